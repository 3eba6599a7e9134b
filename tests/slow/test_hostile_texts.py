"""Text made to do harm, everywhere that a repository can hold it: output stays inert."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from prisma_combine.report.visible import visible
from support.faults import beside
from support.github import log, page, safe_log
from support.program import Ran
from support.repository import CONFIG, OUTPUT, POST, SOURCES, USER, WITHOUT_FILES, Repository

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
# A path in a configuration may hold neither, and no drive; the others would be patterns.
PATHS = [text.replace("/", "_") for text in NAMES if not re.search(r"[\t\\*?[]|^.:", text)]
ALL = [*NAMES, *CONTROLS, *NEWLINES, "\x00", LONG]
SHORT = list(enumerate(text for text in ALL if text != LONG))

pytestmark = pytest.mark.posix  # Windows takes no such names

FORMATS = ["text", "json", "github"]


def _safe(repository: Repository, code: int, *arguments: str) -> Ran:
    """Run `check` in every format, and assert that what it prints is inert."""
    summary = beside(repository, "summary.md")
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
        assert found.rows == []
        assert found.rest[0] == "### prisma-combine"
        more = r"\d+ more lines of the diff are in the log\."
        assert all(re.fullmatch(more, line) for line in found.rest[1:])
        assert [language for language, _ in found.blocks] in (["text"], ["text", "diff"])
        if len(found.blocks) == 2 and not found.rest[1:]:
            assert found.blocks[1][1] in "\n".join(read.lines)


def _commented(texts: list[str]) -> str:
    """Return Prisma comments in which each text is once behind `//`, and once a line of its own."""
    behind = "".join(f"// {text}\n" for text in texts if not {"\r", "\n"} & {*text})
    return behind + "/*\n" + "\n".join(texts) + "\n*/\n"


def test_text_in_sources_is_inert(repository: Repository) -> None:
    repository.write(USER, SOURCES["user.prisma"] + _commented(ALL))
    ran = _safe(repository, 1)
    assert "+// ::error::PWNED\n" in ran.out
    assert repository.run("git", "apply", stdin=_bytes(ran.out)).code == 0
    _safe(repository, 0)
    _safe(repository, 0, "--fix")


def test_text_in_the_context_of_a_diff_is_inert(repository: Repository) -> None:
    """Only a blank stands before the lines that stay."""
    body = "".join(f"/* old */ enum A{number} {{\n}}\n/*\n{text}\n*/\n" for number, text in SHORT)
    repository.write(USER, SOURCES["user.prisma"] + body)
    repository.tool("combine")
    repository.write(USER, SOURCES["user.prisma"] + body.replace("old", "new"))
    ran = _safe(repository, 1)
    assert "\n ```\n" in ran.out
    assert "\n ##[endgroup]\n" in ran.out


def test_names_in_findings_are_inert(repository: Repository) -> None:
    models = "".join(
        f"model {name} {{\n}}\nmodel {name} {{\n}}\n" for name in ("A", "`B`", "<C>", "PWNED", "é")
    )
    repository.write(USER, models + f"model {'D' * 100_000} {{\n}}\n" * 2)
    assert "duplicate-name" in _safe(repository, 1).err
    repository.write(USER, f'model A {{\n}}\n}}\n"{COMMANDS[0]}\n')
    assert "stray-brace" in _safe(repository, 1).err


def test_text_in_the_committed_file_is_inert(repository: Repository) -> None:
    fresh = repository.read()
    edited = fresh.replace("model User {", f"{_commented(ALL)}model User {{")
    repository.write(OUTPUT, edited)
    ran = _safe(repository, 1)
    assert repository.run("git", "apply", stdin=_bytes(ran.out)).code == 0
    assert repository.read() == fresh
    repository.write(OUTPUT, b"\xff" + _bytes(_commented(ALL)))
    _safe(repository, 1)
    # Headers of sources that do not exist.
    headers = "".join(
        f"// {'=' * 44}\n// {text}.prisma\n// {'=' * 44}\n\nenum A {{\n}}\n\n"
        for text in [*NAMES, *CONTROLS]
    )
    repository.write(OUTPUT, fresh + headers)
    _safe(repository, 1)
    assert repository.tool("check", "--fix").code == 1
    assert repository.read() == fresh


def test_names_of_unlisted_files_are_inert(repository: Repository) -> None:
    for text in [*NAMES, *CONTROLS, *NEWLINES]:
        repository.write(f"prisma/schema/x{text}y/{text}.prisma", "")
    odd = os.fsdecode(b"\xff\xed\xa0\x80.prisma")
    repository.write(f"prisma/schema/{odd}", "")
    ran = _safe(repository, 1)
    assert ran.err.count(": unlisted-file: ") >= 20  # the rest is counted
    assert "schema/\\udcff" in ran.err


def test_annotations_name_the_file_as_it_is(repository: Repository) -> None:
    names = [f"prisma/schema/{text}.prisma" for text in COMMANDS if "%" in text or "," in text]
    for name in names:
        repository.write(name, "")
    commands = log(repository.tool("check", "--format=github").out).commands
    assert [command.properties["file"] for command in commands] == sorted(names)
    for text in COMMANDS:
        repository.write("prisma-combine.toml", f"{_toml(text)} = 1\n")
        (command,) = log(repository.tool("check", "--format=github").out).commands
        plain = text.replace("\t", "\N{REPLACEMENT CHARACTER}")
        assert plain in command.data


def test_names_of_sources_are_inert(repository: Repository) -> None:
    names = [f"{text}.prisma" for text in PATHS]
    listed = ", ".join(map(_toml, ["base.prisma", *names]))
    repository.write("prisma-combine.toml", f"{WITHOUT_FILES}files = [{listed}]")
    for number, name in enumerate(names):
        repository.write(f"prisma/schema/{name}", f"enum E{number} {{\n  A\n}}\n")
    repository.remove(USER)
    repository.remove(POST)
    repository.git("add", "--all")
    _safe(repository, 1)
    assert repository.tool("combine").code == 0
    _safe(repository, 0)
    repository.commit()
    repository.write(OUTPUT, repository.read().replace("  A\n", "  B\n"))
    _safe(repository, 1)
    ran = repository.tool("adopt")
    assert ran.code == 0
    assert all(visible(line) == line for line in ran.err.split("\n"))
    assert {repository.read(f"prisma/schema/{name}")[-6:] for name in names} == {"  B\n}\n"}


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param(text, id=f"shell-{number}") for number, text in enumerate(SHELL)),
        *(pytest.param(text, id=f"unseen-{number}") for number, text in enumerate(UNSEEN[2:])),
        pytest.param(COMMANDS[4], id="github"),
        pytest.param("```", id="fence"),
        pytest.param(LONG[:200], id="long"),
    ],
)
def test_paths_in_commands_to_paste_are_quoted(folder: Repository, text: str) -> None:
    """They do what they say, in a shell."""
    folder.write(f"{text}/prisma-combine.toml", _config(f"{text}.prisma", text))
    folder.write(f"{text}/{text}/{text}.prisma", "enum A {\n  A\n}\n")
    summary = beside(folder, "summary.md")
    arguments = ("--format=github", f"--config={text}/prisma-combine.toml")
    ran = folder.tool("check", *arguments, environment={"GITHUB_STEP_SUMMARY": str(summary)})
    assert ran.code == 1
    _safe_on_github(ran, summary)
    ran = folder.tool("check", "--format=text", arguments[1])
    assert ran.code == 1
    if text not in UNSEEN:
        (command,) = (line for line in ran.err.split("\n") if " combine " in line)
        assert folder.run("sh", "-c", command).code == 0
        assert folder.tool("check", arguments[1]).code == 0
    assert not list(folder.root.glob("**/PWNED"))


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _config(output: str, directory: str) -> str:
    return f"[[schema]]\noutput = {_toml(output)}\ndirectory = {_toml(directory)}\n"


CONFIGURATIONS: dict[str, Callable[[str], str]] = {
    "key": lambda text: f"{_toml(text)} = 1\n",
    "key-of-a-schema": lambda text: CONFIG + f"{_toml(text)} = 1\n",
    "anywhere": lambda text: text,
    "comment": lambda text: f"# {text}\n{CONFIG}",
    "output": lambda text: _config(text, "prisma/schema"),
    "output-and-directory": lambda text: _config(f"{text}/x.prisma", f"{text}"),
    "exclude": lambda text: CONFIG + f"exclude = [{_toml(text)}, {_toml('/' + text)}]\n",
    "file": lambda text: CONFIG.replace("post.prisma", _toml(text)[1:-1]),
    "command": lambda text: CONFIG + f"command = {_toml(text)}\n",
    "banner": lambda text: f"{CONFIG}[schema.format]\nbanner = {_toml(text)}\n",
    "header": lambda text: f"{CONFIG}[schema.format]\nheader = {_toml(text + '{name}')}\n",
    "header-of-a-source": lambda text: (
        f"{CONFIG}[schema.format.headers]\n{_toml(text)} = {_toml(text)}\n"
    ),
    "footer": lambda text: f"{CONFIG}[schema.format]\nfooter = {_toml('{lines}' + text)}\n",
    "key-of-a-format": lambda text: f"{CONFIG}[schema.format]\n{_toml(text)} = 1\n",
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_text_in_the_configuration_is_inert(folder: Repository, name: str) -> None:
    folder.write(OUTPUT, "model A {\n}\n")
    for text in [*ALL, "\ud800"]:
        try:
            data = CONFIGURATIONS[name](text).encode()
        except UnicodeEncodeError:
            continue
        folder.write("prisma-combine.toml", data)
        for form in FORMATS:
            ran = folder.tool("check", "--format", form)
            assert ran.code in (1, 2), ran
            assert all(visible(line) == line for line in ran.err.split("\n"))
            if form == "github":
                _safe_on_github(ran, Path("/nowhere"))
            if form == "json":
                json.loads(ran.out)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
