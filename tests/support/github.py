"""Small models of what reads our output on GitHub: the runner, and Markdown."""

import html
import re
from typing import NamedTuple

from prisma_combine.report.visible import visible

REGISTERED = {
    *("stop-commands", "group", "endgroup", "error", "warning", "notice", "debug", "echo"),
    *("add-mask", "add-matcher", "remove-matcher", "add-path", "set-env", "set-output"),
    "save-state",
}


class Command(NamedTuple):
    """A line that the runner acts upon."""

    name: str
    properties: dict[str, str]
    data: str


class Log(NamedTuple):
    """What the runner makes of a step's output."""

    commands: list[Command]
    lines: list[str]
    """all that it only prints"""
    stopped: bool
    """whether it would ignore the commands of what comes next"""


def log(output: str) -> Log:
    """Reads a step's output as the runner does.

    Source: ActionCommand.cs and ActionCommandManager.cs of https://github.com/actions/runner
    """
    found = Log([], [], stopped=False)
    token = ""
    for line in re.split(r"\r\n|[\r\n]", output):
        command = _command(line, {*REGISTERED, token})
        if command is None or (token and command.name != token):
            found.lines.append(line)
        elif token:
            token = ""
        elif command.name == "stop-commands":
            token = command.data
        else:
            found.commands.append(command)
    return found._replace(stopped=bool(token))


def _command(line: str, registered: set[str]) -> Command | None:
    new = re.match(r"\s*::(.*?)::(.*)", line, re.DOTALL)
    if new and new[1].split(" ")[0].lower() in registered:
        return _parsed(new[1], new[2], ",", {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","})
    old = re.search(r"##\[(.*?)\](.*)", line, re.DOTALL)
    if old and old[1].split(" ")[0].lower() in registered:
        return _parsed(old[1], old[2], ";", {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]"})
    return None


def _parsed(head: str, data: str, comma: str, escapes: dict[str, str]) -> Command:
    name, _, listed = head.partition(" ")
    pairs = [pair.partition("=") for pair in listed.strip().split(comma)]
    properties = {key: _unescaped(value, escapes) for key, _, value in pairs if value}
    return Command(name.lower(), properties, _unescaped(data, {"%0D": "\r", "%0A": "\n"}))


def _unescaped(text: str, escapes: dict[str, str]) -> str:
    for escape, character in {**escapes, "%25": "%"}.items():
        text = text.replace(escape, character)
    return text


class Page(NamedTuple):
    """What Markdown makes of a job summary."""

    rows: list[list[str]]
    """of all tables, without the lines below their heads; the cells as they are read"""
    blocks: list[tuple[str, str]]
    """what stands in fences: the language and the text"""
    rest: list[str]
    """all other lines, as they are read"""


def safe_log(said: str) -> Log:
    """What the runner makes of output, which is ours alone and shows all that it holds."""
    assert all(visible(line) == line for line in said.split("\n"))
    read = log(said)
    assert not read.stopped
    names = [command.name for command in read.commands]
    assert names.count("group") == names.count("endgroup") <= 1
    assert set(names) <= {"group", "endgroup", "error", "notice"}
    for command in read.commands:
        if command.name in ("error", "notice"):
            assert set(command.properties) <= {"title", "file", "line"}
            assert command.properties["title"].startswith("prisma-combine")
    return read


def page(markdown: str) -> Page:
    """Reads the Markdown that a job summary uses; no HTML but `code` may be in it.

    Source: https://spec.commonmark.org/0.31.2/#fenced-code-blocks and
    https://github.github.com/gfm/#tables-extension-
    """
    found = Page([], [], [])
    fence, held = "", [""]
    for line in re.split(r"\r\n|[\r\n]", markdown):
        mark = re.fullmatch(r" {0,3}(`{3,}|~{3,})([^`]*)", line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                found.blocks.append((held[0], "".join(f"{text}\n" for text in held[1:])))
                fence = ""
            else:
                held.append(line)
        elif mark:
            fence, held = mark[1], [mark[2]]
        elif line.startswith("|"):
            found.rows.append([_read(cell) for cell in line.strip("|").split("|")])
        elif line:
            found.rest.append(_read(line))
    assert not fence, "a fence is open at the end"
    for row in [row for row in found.rows if set(row) == {"---"}]:
        found.rows.remove(row)
    return found


def _read(markdown: str) -> str:
    bare = re.sub("</?code>", "", markdown)
    inert = re.sub(r"&#[0-9]+;", "", bare)
    structure = re.search(r"[<>&*_`\[\]\\~]|://|www\.", inert)
    assert structure is None, f"{structure} in {markdown!r}"
    return html.unescape(bare).strip()
