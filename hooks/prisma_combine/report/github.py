"""The report for GitHub Actions: a log with the diff folded away, annotations, the job summary.

What the runner reads, and how it unescapes it, is in ActionCommand.cs and ActionCommandManager.cs
of https://github.com/actions/runner: a line is a command when it begins with `::name …::`, blanks
in front ignored, or holds `##[name …]` anywhere.
"""

import os
import re
import secrets
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from prisma_combine import config, files, program, terminal
from prisma_combine.check import Report
from prisma_combine.config import Config, top_level
from prisma_combine.report import text
from prisma_combine.report.text import Command, Shown
from prisma_combine.report.visible import visible, visible_lines
from prisma_combine.verdict import Status

ANNOTATIONS = 10
"""GitHub shows no more of a type in a step.

Source: https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md
"""
SUMMARY = 1 << 20
"""bytes that a step may write; GitHub drops the whole of a longer summary.

Source: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions
"""

_HERE = {
    Status.STALE: "this has changed, and {} has not",
    Status.HAND_EDITED: "an edit in {} belongs here",
    Status.DIVERGED: "an edit in {} belongs here, and this has changed too",
    Status.REFORMATTED: "{} has this in another layout",
    Status.ADDED: "this is not yet in {}",
    Status.MOVED: "this stands elsewhere in {}",
}


class Annotation(NamedTuple):
    """A remark that GitHub shows beside a line."""

    kind: str
    title: str
    message: str
    path: str = ""
    """relative to the repository's top; empty where it is about no file"""
    line: int | None = None


def top(root: str) -> str:
    """The folder that GitHub takes an annotation's path to be relative to."""
    checkout = top_level(root)
    workspace = os.path.realpath(os.environ.get("GITHUB_WORKSPACE") or root)
    inside = root == workspace or root.startswith(os.path.join(workspace, ""))
    # Below a workspace that is no checkout itself, one lies where `path:` of actions/checkout
    # put it; below one that is, it is a submodule.
    if inside and (checkout is None or top_level(workspace) == workspace):
        return workspace
    return checkout or root


def command(configuration: Config, top: str) -> Callable[[str], str]:
    """Turns `check --fix` into a command line for somebody in the top folder of a clone."""
    path = os.path.join(configuration.root, os.path.basename(configuration.path))
    named = os.path.relpath(path, top).replace(os.sep, "/")
    option = [] if named == config.NAME else ["--config", named]
    return lambda words: shlex.join([program.NAME, *words.split(), *option])


def write(
    reports: Sequence[Report],
    shown: Shown,
    command: Command | None,
    errors: int,
) -> None:
    """Prints the log and the annotations, and appends to the job summary.

    Without `command` it names no way to mend anything. It leaves room among the annotations for
    so many errors, which `fail` will print.
    """
    say(line for one in reports for line in text.report(one, shown, command))
    say(text.count(reports))
    diff = _diff(reports)
    if diff:
        _print(["::group::The diff", *_fenced(diff), "::endgroup::"])
    remarks = annotations(reports, shown, command)
    _print(map(_rendered, limited(remarks, max(ANNOTATIONS - errors, 0))))
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        try:
            _append(path, reports, shown, command)
        except OSError as error:
            message = f"the job summary can't be written: {files.reason(error)}"
            _print([_rendered(Annotation("warning", program.NAME, message))])


def fail(message: str) -> None:
    """Prints what keeps the tool from doing its work, as annotations."""
    lines = message.split("\n")
    remarks = [Annotation("error", program.NAME, line) for line in lines]
    _print(map(_rendered, limited(remarks, ANNOTATIONS)))
    say(lines[ANNOTATIONS:])


def say(lines: Iterable[str]) -> None:
    """Prints lines for people to the log, where none of them is a command."""
    # To standard output too: the runner reads it and standard error side by side, in no order.
    lines = list(lines)
    if lines:
        _print(_fenced(lines))


def annotations(
    reports: Sequence[Report], shown: Shown, command: Command | None
) -> list[Annotation]:
    """The remarks on findings, on the combined files' lines and on the sources' lines."""
    return [remark for one in reports for remark in _remarks(one, shown, command)]


def limited(remarks: Sequence[Annotation], room: int) -> list[Annotation]:
    """At most so many of each kind; the last tells how many there are beyond."""
    kept = []
    for kind in dict.fromkeys(remark.kind for remark in remarks):
        own = [remark for remark in remarks if remark.kind == kind]
        more = len(own) - room
        kept += own[:room]
        if room and more > 0:
            message = f"{kept[-1].message}; and {more} more, which the log names"
            kept[-1] = kept[-1]._replace(message=message)
    return kept


def summary(reports: Sequence[Report], shown: Shown, command: Command | None, room: int) -> str:
    """The job summary in Markdown, in at most so many bytes of UTF-8."""
    rows = [row for one in reports for row in _rows(one, shown)]
    found = [
        f"- {_code(f'{shown(finding.path)}:{finding.line}')} {_plain(finding.rule)}:"
        f" {_plain(finding.message)}"
        for one in reports
        for finding in one.findings
    ]
    lines = ["", f"### {program.NAME}", ""]
    lines += [_row("combined file", "section", "lines", "status"), "|" + " --- |" * 4]
    lines += [*_cut(rows, room // 10, "rows"), ""]
    if found:
        lines += [*_cut(found, room // 10, "findings"), ""]
    lines += _remedies(reports, command)
    diff = _diff(reports)
    if diff:
        # The fence may be as long as what it holds, twice.
        kept = list(_fitting(diff, room // 4))
        lines += ["The diff:", "", *_block("diff", kept), *_left_out(diff, kept, "lines")]
    markdown = "".join(f"{line}\n" for line in lines)
    return markdown if len(markdown.encode()) <= room else ""


def _remarks(report: Report, shown: Shown, command: Command | None) -> Iterator[Annotation]:
    for finding in report.findings:
        title = f"{program.NAME}: {finding.rule}"
        yield Annotation("error", title, finding.message, shown(finding.path), finding.line)
    status = report.verdict.status
    if status in (Status.IN_SYNC, Status.INVALID):
        return
    output = shown(report.state.target.output)
    title = f"{program.NAME}: {text.words(report)}"
    remedies = "".join(f"; {one}" for one in text.remedies(report, command)) if command else ""
    parts = list(text.parts(report))
    if not parts:
        yield Annotation("error", title, f"{output}: {text.words(report)}{remedies}", output)
    for section, edit in parts:
        line = edit.line if edit else section.line
        what = f"{section.name}: {text.where(report, section, edit, shown)}{remedies}"
        yield Annotation("error", title, what, output, line)
        if section.status in _HERE and not (edit and edit.source_line is None):
            here = _HERE[section.status].format(f"{output}:{line}" if line else output)
            path = shown(report.state.target.path(section.name))
            yield Annotation("notice", title, here, path, (edit and edit.source_line) or 1)


def _rendered(remark: Annotation) -> str:
    """An annotation as a command; visible text has no newlines, so one line."""
    properties = {"title": remark.title}
    if remark.path:
        properties["file"] = remark.path
        if remark.line:
            properties["line"] = str(remark.line)
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{remark.kind} {listed}::{_data(remark.message)}"


def _data(message: str) -> str:
    return visible(message).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def _fenced(lines: Iterable[str]) -> list[str]:
    token = secrets.token_hex(16)
    return [f"::stop-commands::{token}", *map(visible, lines), f"::{token}::"]


def _print(lines: Iterable[str]) -> None:
    # The runner reads UTF-8, whatever the locale.
    terminal.write("".join(f"{line}\n" for line in lines).encode())


def _append(path: str, reports: Sequence[Report], shown: Shown, command: Command | None) -> None:
    with open(path, "ab") as file:
        room = SUMMARY - file.tell()
        file.write(summary(reports, shown, command, room).encode())


def _diff(reports: Iterable[Report]) -> list[str]:
    diffs = [one.diff.text for one in reports if one.diff]
    return "".join(map(visible_lines, diffs)).split("\n")[:-1]


def _rows(report: Report, shown: Shown) -> Iterator[str]:
    output = shown(report.state.target.output)
    yield _row(_code(output), "", "", text.words(report))
    for section, edit in text.parts(report):
        line = edit.line if edit else section.line
        yield _row(
            _code(f"{output}:{line}" if line else output),
            _code(section.name),
            f"+{edit.added} -{edit.removed}" if edit else "",
            _plain(text.where(report, section, edit, shown)),
        )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _remedies(reports: Sequence[Report], command: Command | None) -> list[str]:
    if command is None or not any(one.fixable for one in reports):
        return []
    lines = []
    if any(one.verdict.status in text.EDITED for one in reports):
        lines += ["To keep what was edited by hand:", "", *_block("sh", [command("adopt")])]
    lines += ["To write it anew from the sources:", "", *_block("sh", [command("check --fix")])]
    return lines


def _cut(lines: Sequence[str], room: int, what: str) -> list[str]:
    kept = list(_fitting(lines, room))
    return [*kept, *_left_out(lines, kept, what)]


def _fitting(lines: Iterable[str], room: int) -> Iterator[str]:
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            return
        yield line


def _left_out(lines: Sequence[str], kept: Sequence[str], what: str) -> list[str]:
    count = len(lines) - len(kept)
    return ["", f"{count} more {what} are left out here; the log has them."] if count else []


def _block(language: str, lines: Sequence[str]) -> list[str]:
    """A fenced block; no line of it can be taken for the end of it.

    Source: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
    """
    ticks = re.findall("`+", "\n".join(lines))
    fence = "`" * max([3, *(len(run) + 1 for run in ticks)])
    return [f"{fence}{language}", *map(visible, lines), fence, ""]


def _code(name: str) -> str:
    return f"<code>{_plain(name)}</code>"


def _plain(words: str) -> str:
    """Words in which nothing is Markdown or HTML: characters by number never mean structure.

    Source: https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
    """
    return re.sub(r"[^\w\s]|_", lambda found: f"&#{ord(found[0])};", visible(words))
