"""Texts made to do harm, everywhere that a repository can put them."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import CONFIG, SOURCES, Ran, Repository
from prisma_combine.report.visible import visible
from runner import log, page, safe_log

COMMANDS = [
    "::error::PWNED",
    " \t ::set-output name=PWNED::x",
    "::ERROR file=a::PWNED",
    "##[set-output name=PWNED]x",
    "x ##[error]PWNED",
    "##[endgroup]",
    "::endgroup::",
    "::stop-commands::PWNED",
    "::add-mask::e",
    "%0A::error::PWNED",
    "%0D%0A::error::PWNED",
    "%250A::error::PWNED",
    "a,line=9::PWNED",
]
CONTROLS = [
    "\x1b[2J\x1b[31mPWNED\x1b[0m",
    "\x1b]8;;x\x07PWNED\x1b]8;;\x07",
    "\x9b2J",
    "\x08\x08\x08\x7f",
    "\x0b::error::PWNED",
    "\x0c::error::PWNED",
    "\x1c::error::PWNED",
    "\x85::error::PWNED",
]
# A newline in a file name; in a source these end a line.
NEWLINES = ["\n::error::PWNED", "\r::error::PWNED", "\r\n##[error]PWNED"]
UNSEEN = [
    "\u2028::error::PWNED",
    "\xa0::error::PWNED",
    "\u202eDENWP\u202c",
    "\u2066\u2069\u200e\u061c",
    "\u200b\u200d\ufeff\xad",
    "\ufe0f\U000e0100\U000e0041",
]
MARKDOWN = [
    "```",
    "    ````diff",
    "~~~~",
    "</details></code><script>alert(1)</script>",
    "<!-- PWNED",
    "| a | b |",
    "\\| a \\\\| b",
    "[PWNED](javascript:alert(1))",
    "![x](https://x.invalid/x.png)",
    "https://x.invalid www.x.invalid a@x.invalid @PWNED",
    "&lt;b&gt;&#124;",
    "*_`PWNED`_*",
    "# PWNED",
]
SHELL = ["$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", '"; touch PWNED; "', "-rf"]
NAMES = [*COMMANDS, *UNSEEN, *MARKDOWN, *SHELL]
LONG = "x" * 300_000
# A path in a configuration may hold neither.
PATHS = [text.replace("/", "_") for text in NAMES if not re.search(r"[\t\\]", text)]
ALL = [*NAMES, *CONTROLS, *NEWLINES, "\x00", LONG]

named = pytest.mark.skipif(os.name == "nt", reason="Windows takes no such names")

FORMATS = ["text", "json", "github"]


def _safe(repository: Repository, code: int, *arguments: str) -> Ran:
    """What `check` says in every format does what it should and no more."""
    summary = repository.root.parent / f"{repository.root.name}-summary.md"
    summary.unlink(missing_ok=True)
    ran = {
        name: repository.tool(
            *("check", "--format", name, *arguments),
            environment={"GITHUB_STEP_SUMMARY": str(summary)},
        )
        for name in FORMATS
    }
    assert {name: one.code for name, one in ran.items()} == dict.fromkeys(FORMATS, code)
    for one in ran.values():
        assert "Traceback" not in one.err
        assert all(visible(line) == line for line in one.err.split("\n"))
    if code != 2:
        assert json.loads(ran["json"].out)["version"] == 1
    _safe_on_github(ran["github"], summary)
    assert not list(repository.root.rglob("PWNED*"))
    return ran["text"]


def _safe_on_github(ran: Ran, summary: Path) -> None:
    assert ran.err == ""
    read = safe_log(ran.out)
    if summary.exists():
        text = summary.read_bytes().decode()
        assert all(visible(line) == line for line in text.split("\n"))
        found = page(text)
        assert {len(row) for row in found.rows} == {4}
        blocks = [language for language, _ in found.blocks]
        assert blocks in ([], ["diff"], ["sh", "diff"], ["sh", "sh", "diff"])
        if blocks:
            assert found.blocks[-1][1] in "\n".join(read.lines)


def test_in_sources(repository: Repository) -> None:
    body = "".join(f"// {text}\n{text}\n" for text in ALL)
    repository.write("prisma/schema/user.prisma", SOURCES["user.prisma"] + body)
    ran = _safe(repository, 1)
    assert "+// ::error::PWNED\n" in ran.out
    assert repository.run("git", "apply", stdin=_bytes(ran.out)).code == 0
    _safe(repository, 0)
    _safe(repository, 0, "--fix")
    # Where it stays, nothing but a blank stands before it in the diff.
    body = "".join(f"// new\n{text}\n" for text in ALL if text != LONG)
    repository.write("prisma/schema/user.prisma", SOURCES["user.prisma"] + body)
    repository.tool("combine")
    repository.replace(body, body.replace("new", "newer"), "prisma/schema/user.prisma")
    ran = _safe(repository, 1)
    assert "\n ```\n" in ran.out
    assert "\n ##[endgroup]\n" in ran.out


def test_in_the_language_of_sources(repository: Repository) -> None:
    """Names that findings speak of."""
    models = "".join(
        f"model {name} {{\n}}\nmodel {name} {{\n}}\n" for name in ("A", "`B`", "<C>", "PWNED", "é")
    )
    repository.write("prisma/schema/user.prisma", models + f"model {'D' * 100_000} {{\n}}\n" * 2)
    assert "duplicate-name" in _safe(repository, 1).err
    repository.write("prisma/schema/user.prisma", f'model A {{\n}}\n}}\n"{COMMANDS[0]}\n')
    assert "stray-brace" in _safe(repository, 1).err


def test_in_the_committed_file(repository: Repository) -> None:
    body = "".join(f"// {text}\n{text}\n" for text in ALL)
    fresh = repository.read()
    repository.write(repository.output, fresh.replace("model User {", f"{body}model User {{"))
    ran = _safe(repository, 1)
    assert repository.run("git", "apply", stdin=_bytes(ran.out)).code == 0
    assert repository.read() == fresh
    repository.write(repository.output, b"\xff\xfe" + _bytes(body))
    _safe(repository, 1)
    stamped = "".join(f"// {text}.prisma 0123456789ab\n" for text in [*NAMES, *CONTROLS])
    repository.write(repository.output, fresh + stamped)
    ran = _safe(repository, 1)
    assert ran.err.count("\n") > len(NAMES)
    assert repository.tool("check", "--fix").code == 1
    assert repository.read() == fresh


@named
def test_in_file_names(repository: Repository) -> None:
    """Of files that the configuration does not list: nobody has looked at their names."""
    for text in [*NAMES, *CONTROLS, *NEWLINES]:
        repository.write(f"prisma/schema/x{text}y/{text}.prisma", "")
    odd = os.fsdecode(b"\xff\xed\xa0\x80.prisma")
    repository.write(f"prisma/schema/{odd}", "")
    ran = _safe(repository, 1)
    assert ran.err.count(": unlisted-file: ") >= len(NAMES)
    assert "schema/\\udcff" in ran.err


@named
def test_annotations_say_what_they_are_about(repository: Repository) -> None:
    names = [f"prisma/schema/{text}.prisma" for text in COMMANDS if "%" in text or "," in text]
    for name in names:
        repository.write(name, "")
    commands = log(repository.tool("check", "--format=github").out).commands
    assert [command.properties["file"] for command in commands] == sorted(names)
    for text in COMMANDS:
        repository.write("prisma-combine.toml", f"{_toml(text)} = 1\n")
        (command,) = log(repository.tool("check", "--format=github").out).commands
        plain = text.replace("\t", "\N{REPLACEMENT CHARACTER}")
        assert command.data.startswith(f'prisma-combine.toml:1: unknown key "{plain}"; ')


@named
def test_in_the_names_of_sources(repository: Repository) -> None:
    names = [f"{text}.prisma" for text in PATHS]
    listed = ", ".join(map(_toml, ["base.prisma", *names]))
    repository.write("prisma-combine.toml", CONFIG[: CONFIG.index("files")] + f"files = [{listed}]")
    for number, name in enumerate(names):
        repository.write(f"prisma/schema/{name}", f"enum E{number} {{\n  A\n}}\n")
    (repository.root / "prisma/schema/user.prisma").unlink()
    (repository.root / "prisma/schema/post.prisma").unlink()
    repository.git("add", "--all")
    assert _safe(repository, 1).err.count("new: ") == len(names)
    assert repository.tool("combine").code == 0
    _safe(repository, 0)
    repository.write(repository.output, repository.read().replace("  A\n", "  B\n"))
    ran = _safe(repository, 1)
    assert ran.err.count("belongs in") == len(names)


@named
@pytest.mark.parametrize("text", [*SHELL, *COMMANDS[:1], *UNSEEN[:3], "```", LONG[:200]])
def test_in_the_paths_of_the_configuration(folder: Repository, text: str) -> None:
    """And the commands that the report names do what they say, in a shell."""
    folder.write(f"{text}/prisma-combine.toml", _config(f"{text}.prisma", text))
    folder.write(f"{text}/{text}/{text}.prisma", "enum A {\n  A\n}\n")
    summary = folder.root.parent / f"{folder.root.name}.md"
    arguments = ("--format=github", f"--config={text}/prisma-combine.toml")
    ran = folder.tool("check", *arguments, environment={"GITHUB_STEP_SUMMARY": str(summary)})
    assert ran.code == 1
    _safe_on_github(ran, summary)
    ran = folder.tool("check", "--format=text", arguments[1])
    assert ran.code == 1
    if text not in UNSEEN:
        line = ran.err.split("mend it: ")[1]
        assert folder.run("sh", "-c", line).code == 1
        assert folder.tool("check", arguments[1]).code == 0
    assert not list(folder.root.glob("**/PWNED"))


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _config(output: str, directory: str) -> str:
    return f"[[schema]]\noutput = {_toml(output)}\ndirectory = {_toml(directory)}\n"


CONFIGURATIONS: list[Callable[[str], str]] = [
    lambda text: f"{_toml(text)} = 1\n",
    lambda text: CONFIG + f"{_toml(text)} = 1\n",
    lambda text: text,
    lambda text: f"# {text}\n{CONFIG}",
    lambda text: _config(text, "prisma/schema"),
    lambda text: _config(f"{text}/x.prisma", f"{text}"),
    lambda text: CONFIG + f"exclude = [{_toml(text)}, {_toml('/' + text)}]\n",
    lambda text: CONFIG.replace("post.prisma", _toml(text)[1:-1]),
]


@pytest.mark.parametrize("number", range(len(CONFIGURATIONS)))
def test_in_the_configuration(
    folder: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    number: int,
) -> None:
    from prisma_combine.__main__ import main

    monkeypatch.chdir(folder.root)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for text in [*ALL, "\ud800"]:
        try:
            data = CONFIGURATIONS[number](text).encode()
        except UnicodeEncodeError:
            continue
        folder.write("prisma-combine.toml", data)
        for name in FORMATS:
            monkeypatch.setattr("sys.argv", ["prisma-combine", "check", "--format", name])
            try:
                code = main()
            except SystemExit as ended:
                code = int(ended.code or 0)
            ran = Ran(code, *capfd.readouterr())
            assert code in (1, 2), ran
            assert all(visible(line) == line for line in ran.err.split("\n"))
            if name == "github":
                _safe_on_github(ran, Path("/nowhere"))
            if name == "json" and code == 1:
                json.loads(ran.out)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
