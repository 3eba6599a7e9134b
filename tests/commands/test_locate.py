"""Lines of a combined file lead to the sources."""

import contextlib
import io
import os
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prisma_combine.actions.locate import Outputs, Spot, copy
from prisma_combine.config import load
from prisma_combine.errors import CombineError
from support import PROJECT, SAMPLE
from support.program import Ran
from support.repository import CONFIG, OUTPUT, POST, SOURCES, USER, Repository
from support.script import FORMATS, generate, written

COLOR = re.compile(r"\x1b\[[0-9;]*m")
RECORDED = PROJECT / "tests" / "recorded"
SAMPLE_OUTPUT = "src/infrastructure/schema.prisma"
SCHEMAS = "src/infrastructure/database/schemas"
ORDER = ["base", "user", "integration", "sync", "contact"]
# How the sample's combined file was written when Prisma read it.
RECORDED_CONFIG = """\
[[schema]]
output = "src/infrastructure/schema.prisma"
directory = "src/infrastructure/database/schemas"
files = ["base.prisma", "user.prisma", "integration.prisma", "sync.prisma", "contact.prisma"]
[schema.format]
banner = "// a\\n// b\\n\\n"
header = "// ====\\n// {name}\\n// ====\\n\\n"
separator = "\\n"
"""


@pytest.fixture
def sample(tmp_path: Path, environment: dict[str, str]) -> Repository:
    repository = Repository(tmp_path, environment)
    repository.write("prisma-combine.toml", RECORDED_CONFIG)
    for name in ORDER:
        path = f"{SCHEMAS}/{name}.prisma"
        repository.write(path, (SAMPLE / path).read_bytes())
    generate(repository)
    return repository


def outputs(repository: Repository) -> Outputs:
    config = load.load(str(repository.root / "prisma-combine.toml"))
    return Outputs(config, lambda path: path)


def line_of(repository: Repository, text: str, path: str = OUTPUT) -> int:
    content = repository.read(path)
    assert content.count(text) == 1
    return content[: content.index(text)].count("\n") + 1


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_every_line_of_the_sample(sample: Repository, newline: str) -> None:
    sample.write(SAMPLE_OUTPUT, sample.read(SAMPLE_OUTPUT).replace("\n", newline))
    located = outputs(sample)
    number = 0

    def expect(count: int, words: str) -> None:
        nonlocal number
        for _ in range(count):
            number += 1
            assert located.spot(SAMPLE_OUTPUT, number) == words

    expect(3, "above the first section, in no source")
    for name in ORDER:
        path = f"{SCHEMAS}/{name}.prisma"
        expect(4, f"in the header of {path}, in no source")
        for line in range(1, sample.read(path).count("\n") + 1):
            number += 1
            assert located.spot(SAMPLE_OUTPUT, number) == Spot(path, line, exact=True)
        if name != ORDER[-1]:
            expect(1, f"below the section of {path}, in no source")
    assert sample.read(SAMPLE_OUTPUT).count("\n") == number
    for line in (0, number + 1):
        assert located.spot(SAMPLE_OUTPUT, line) == f"no such line; the file has {number}"


@pytest.mark.parametrize("name", FORMATS)
def test_every_source_line(tmp_path: Path, environment: dict[str, str], name: str) -> None:
    repository = written(tmp_path, environment, CONFIG + FORMATS[name])
    located = outputs(repository)
    for path in (USER, POST):
        for number, line in enumerate(repository.read(path).split("\n")[:-1], 1):
            if line.strip("}"):
                found = located.spot(OUTPUT, line_of(repository, f"{line}\n"))
                assert found == Spot(path, number, exact=True)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_blank_lines_above_what_is_kept(repository: Repository, newline: str) -> None:
    repository.write(USER, "\ufeff" + newline * 2 + "model A {" + newline + "}")
    assert repository.tool("combine").code == 0
    located = outputs(repository)
    line = line_of(repository, "model A {")
    assert located.spot(OUTPUT, line) == Spot(USER, 3, exact=True)
    assert located.spot(OUTPUT, line + 1) == Spot(USER, 4, exact=True)


# A place that is named.


def test_a_place_named(repository: Repository) -> None:
    line = line_of(repository, "  email String")
    post = line_of(repository, "model Post")
    for named, cwd, printed in [
        (f"prisma/schema.prisma:{line}", ".", f"{USER}:3\n"),
        (f"schema.prisma:{line}", ".", f"{USER}:3\n"),
        (f"schema.prisma:{line}:7", "prisma", "schema/user.prisma:3:7\n"),
        (f"../schema.prisma:{post}", "prisma/schema", "post.prisma:1\n"),
        (f"{repository.root}/prisma/schema.prisma:{line}", ".", f"{USER}:3\n"),
    ]:
        assert repository.tool("locate", named, cwd=cwd) == Ran(0, printed, "")


def test_a_place_in_no_source(repository: Repository) -> None:
    count = repository.read().count("\n")
    header = line_of(repository, "// user.prisma")
    below = line_of(repository, "  posts Post[]") + 2
    for named, words in {
        f"{OUTPUT}:2": "above the first section, in no source",
        f"{OUTPUT}:{header}": f"in the header of {USER}, in no source",
        f"{OUTPUT}:{below}": f"below the section of {USER}, in no source",
        f"{OUTPUT}:{count + 1}": f"no such line; the file has {count}",
        f"{OUTPUT}:0": f"no such line; the file has {count}",
        f"{USER}:3": f"not a combined file; the combined files are: {OUTPUT}",
    }.items():
        assert repository.tool("locate", named) == Ran(1, "", f"{named}: {words}\n")


@pytest.mark.parametrize("named", ["prisma/schema.prisma", "schema.prisma:", ":18", "a.prisma:-1"])
def test_no_place(repository: Repository, named: str) -> None:
    ran = repository.tool("locate", named)
    assert (ran.code, ran.out) == (2, "")
    assert f"{named}: not FILE:LINE; write it like prisma/schema.prisma:184" in ran.err


@pytest.mark.posix
def test_a_link_to_the_combined_file(repository: Repository) -> None:
    (repository.root / "link.prisma").symlink_to(OUTPUT)
    line = line_of(repository, "  email String")
    assert repository.tool("locate", f"link.prisma:{line}") == Ran(0, f"{USER}:3\n", "")


# What has changed since.


def test_a_source_edited_since(repository: Repository) -> None:
    repository.write(USER, "// about users\n" + SOURCES["user.prisma"].replace("  email", "  mail"))
    line = line_of(repository, "  email String")
    assert repository.tool("locate", f"{OUTPUT}:{line - 1}") == Ran(0, f"{USER}:3\n", "")
    assert repository.tool("locate", f"{OUTPUT}:{line + 1}") == Ran(0, f"{USER}:5\n", "")
    ran = repository.tool("locate", f"{OUTPUT}:{line}")
    assert (ran.code, ran.out) == (0, f"{USER}:4\n")
    assert ran.err.startswith(f"{OUTPUT}:{line}: changed since")


def test_a_section_edited_since(repository: Repository) -> None:
    repository.replace("  posts Post[]", "  name  String\n  posts Post[]")
    line = line_of(repository, "  name  String")
    ran = repository.tool("locate", f"{OUTPUT}:{line}")
    assert (ran.code, ran.out) == (0, f"{USER}:4\n")
    assert ran.err.startswith(f"{OUTPUT}:{line}: changed since")
    assert repository.tool("locate", f"{OUTPUT}:{line + 1}") == Ran(0, f"{USER}:4\n", "")


def test_without_git_nothing_is_said_to_be_exact(repository: Repository) -> None:
    repository.replace("posts Post[]", "posts Post[]\n  name  String", USER)
    line = line_of(repository, "  email String")
    ran = repository.tool("locate", f"{OUTPUT}:{line}", environment={"PATH": str(repository.root)})
    assert (ran.code, ran.out) == (0, f"{USER}:3\n")
    assert "changed since" in ran.err


def test_a_source_that_is_gone(repository: Repository) -> None:
    repository.replace(', "post.prisma"', "", "prisma-combine.toml")
    repository.remove(POST)
    line = line_of(repository, "authorId Int\n")
    words = f"in the section of {POST}, which isn't a source any more"
    assert repository.tool("locate", f"{OUTPUT}:{line}") == Ran(
        1, "", f"{OUTPUT}:{line}: {words}\n"
    )


def test_a_file_without_sections(repository: Repository) -> None:
    repository.write(OUTPUT, "model User {\n}\n")
    ran = repository.tool("locate", f"{OUTPUT}:1")
    assert (ran.code, ran.out) == (1, "")
    assert f"{OUTPUT}:1: not in a section" in ran.err


def test_sources_with_findings(repository: Repository) -> None:
    repository.write(POST, SOURCES["post.prisma"] + "}\n")
    line = line_of(repository, "  email String")
    assert repository.tool("locate", f"{OUTPUT}:{line}") == Ran(0, f"{USER}:3\n", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_source_edited_since(folder: Repository, data: st.DataObject) -> None:
    """A line that is called the same is; one that is still there, in order, is found."""
    old = [f"  line{number} Int" for number in range(data.draw(st.integers(1, 30)))]
    kept = [data.draw(st.sampled_from([True, True, True, False])) for _ in old]
    new = []
    for line, keeps in zip(old, kept, strict=True):
        new += [f"  // {data.draw(st.integers(0, 3))}"] * data.draw(st.sampled_from([0, 0, 0, 9]))
        new += [line] * keeps
    folder.write("prisma-combine.toml", CONFIG + FORMATS["plain"])
    folder.write(USER, "".join(f"{line}\n" for line in old))
    generate(folder)
    folder.write(USER, "".join(f"{line}\n" for line in new))
    located = outputs(folder)
    first = line_of(folder, f"{old[0]}\n")
    for number, line in enumerate(old):
        found = located.spot(OUTPUT, first + number)
        if isinstance(found, Spot) and found.exact:
            assert (found.path, new[found.line - 1]) == (USER, line)


# A filter for the output of other programs.


def broken(sample: Repository) -> None:
    """Write what Prisma was given when its output was recorded."""
    for name, old, new in [
        ("user", "contacts            Contact[]", "contacts            Contacts[]"),
        ("sync", "@@index([status])", "@@index([state])"),
        ("contact", "deletedAt            DateTime?", "deletedAt            Datetime?"),
    ]:
        sample.replace(old, new, f"{SCHEMAS}/{name}.prisma")
    generate(sample)


@pytest.mark.parametrize("version", ["6", "7"])
@pytest.mark.parametrize("color", [True, False], ids=["color", ""])
@pytest.mark.parametrize("cwd", [".", "src", SCHEMAS])
@pytest.mark.parametrize("absolute", [True, False], ids=["absolute", "relative"])
def test_prisma_validate(
    sample: Repository, version: str, color: bool, cwd: str, absolute: bool
) -> None:
    """As Prisma 6.19.3 and 7.10.1 said it: `FORCE_COLOR=1 npx prisma validate`."""
    broken(sample)
    said = (RECORDED / f"prisma-{version}-validate.txt").read_bytes().decode()
    if not color:
        said = COLOR.sub("", said)
    # Prisma shows the path relative to where it runs, or absolute where that is above.
    shown = Path(os.path.relpath(SAMPLE_OUTPUT, cwd)).as_posix()
    path = (sample.root / SAMPLE_OUTPUT).as_posix() if absolute else shown
    said = said.replace(SAMPLE_OUTPUT, path)
    ran = sample.tool("locate", stdin=said.encode(), cwd=cwd)
    assert (ran.code, ran.err) == (0, "")
    plain = COLOR.sub("", ran.out)
    places = re.findall(r"--> +(.*):([0-9]+)\n", plain)
    assert [(os.path.basename(path), number) for path, number in places] == [
        ("user.prisma", "10"),
        ("contact.prisma", "18"),
        ("sync.prisma", "46"),
        ("contact.prisma", "24"),
        *([("base.prisma", "7")] if version == "6" else []),
    ]
    for path, number in places:
        line = (sample.root / cwd / path).read_text().split("\n")[int(number) - 1]
        assert f" | {line}\n" in plain
    # All else is as it was.
    assert re.sub("--> .*", "", plain) == re.sub("--> .*", "", COLOR.sub("", said))
    assert COLOR.findall(ran.out) == COLOR.findall(said)


def replaced(repository: Repository, text: str, cwd: str = ".") -> str:
    ran = repository.tool("locate", stdin=text.encode(errors="surrogateescape"), cwd=cwd)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_what_is_replaced(repository: Repository) -> None:
    line = line_of(repository, "  email String")
    expected = {
        f"prisma/schema.prisma:{line}": f"{USER}:3",
        f"./prisma/schema.prisma:{line}:5: error": f"{USER}:3:5: error",
        f"schema.prisma:{line}": f"{USER}:3",
        f"{repository.root.as_posix()}/prisma/schema.prisma:{line}": f"{USER}:3",
        f"(schema.prisma:{line}), schema.prisma:{line + 1}.": f"({USER}:3), {USER}:4.",
        f"prisma\\schema.prisma:{line}": f"{USER}:3",
        f"\x1b[96mschema.prisma\x1b[0m:\x1b[93m{line}\x1b[0m:\x1b[93m5": (
            f"\x1b[96m{USER}\x1b[0m:\x1b[93m3\x1b[0m:\x1b[93m5"
        ),
        f"\x1b[1m\x1b[4mschema.prisma:{line}\x1b[24m": f"\x1b[1m\x1b[4m{USER}:3\x1b[24m",
        f"a schema.prisma:{line}\r\nb\udcff\x00 schema.prisma:{line}\u2028": (
            f"a {USER}:3\r\nb\udcff\x00 {USER}:3\u2028"
        ),
    }
    lines = replaced(repository, "\n".join(expected)).split("\n")
    assert lines == "\n".join(expected.values()).split("\n")


def test_what_is_not_replaced(repository: Repository) -> None:
    line = line_of(repository, "  email String")
    repository.write("other/schema.prisma", "")
    said = [
        "",
        "schema.prisma",
        f"schema.prisma: {line}",
        "schema.prisma:x",
        "schema.prisma:1",  # the banner
        "schema.prisma:13",  # a header
        "schema.prisma:0",
        "schema.prisma:99999999999999999999",
        f"other/schema.prisma:{line}",
        f"../schema.prisma:{line}",
        f"/schema.prisma:{line}",
        f"my-schema.prisma:{line}",
        f"schema.prisma.bak:{line}",
        f"{USER}:3",
        "a\x00b",
        "\udcfe\udcff\x00\x1b[",
        "x" * 5000,
    ]
    text = "".join(f"{one}\n {one} \r\n" for one in said)
    assert replaced(repository, text) == text
    assert replaced(repository, "no newline\r") == "no newline\r"
    # There it is another file's path.
    alone = f"schema.prisma:{line}"
    assert replaced(repository, alone, cwd="other") == alone
    assert replaced(repository, f"../prisma/{alone}", cwd="other") == f"../{USER}:3"


@pytest.mark.parametrize("color", [True, False], ids=["color", ""])
def test_a_path_on_a_line_of_its_own(repository: Repository, color: bool) -> None:
    """As ESLint prints it: the path, then a line for each message."""
    line = line_of(repository, "  email String")
    path, start, end = f"{repository.root.as_posix()}/{OUTPUT}", "", ""
    if color:
        path, start, end = f"\x1b[4m{path}\x1b[24m", "\x1b[2m", "\x1b[22m"
    said = f"""
{path}
  {start}{line}:3{end}  error    Field must be documented  prisma-lint/doc
  {start}1:1{end}  warning  In the banner  x

/elsewhere/other.prisma
  {start}{line}:3{end}  error  Not ours  x

✖ 3 problems (2 errors, 1 warning)
  {line}:3 is no place here
"""
    expected = said.replace(f"{line}:3{end}  error    Field", f"{USER}:3:3{end}  error    Field")
    assert replaced(repository, said) == expected


def test_two_schemas(repository: Repository) -> None:
    table = CONFIG.replace("prisma/", "{0}/prisma/")
    repository.write("prisma-combine.toml", "\n".join(table.format(name) for name in "ab"))
    for folder in "ab":
        for name, text in SOURCES.items():
            repository.write(f"{folder}/prisma/schema/{name}", text)
    repository.tool("combine")
    line = line_of(repository, "  email String", f"a/{OUTPUT}")
    said = f"schema.prisma:{line} a/{OUTPUT}:{line} b/{OUTPUT}:{line}\n"
    assert replaced(repository, said) == f"schema.prisma:{line} a/{USER}:3 b/{USER}:3\n"
    said = f"schema.prisma:{line} prisma/schema.prisma:{line}\n"
    assert replaced(repository, said, cwd="a") == f"schema.prisma:{line} {USER}:3\n"
    said = f"prisma/schema.prisma:{line}\n"
    assert replaced(repository, said) == said


@pytest.mark.posix
def test_the_reader_goes_away(repository: Repository) -> None:
    """As in `prisma-combine locate < log | head -1`."""
    line = line_of(repository, "  email String")
    with subprocess.Popen(
        [sys.executable, "-m", "prisma_combine", "locate"],
        cwd=repository.root,
        env=repository.environment | {"PYTHONUNBUFFERED": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(f"schema.prisma:{line}\n".encode())
        # The line comes before there is another one.
        assert select.select([running.stdout], [], [], 20)[0]
        assert running.stdout.read(100) == f"{USER}:3\n".encode()
        running.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            running.stdin.write(b"more\n" * 100_000)
        assert running.stderr.read() == b""
        assert running.wait(20) == 0


@pytest.mark.posix
@pytest.mark.parametrize("closed", [">&-", "<&-", "<&- >&-"])
def test_closed_from_the_start(repository: Repository, closed: str) -> None:
    command = f'echo schema.prisma:18 | "{sys.executable}" -m prisma_combine locate {closed}'
    assert repository.run("sh", "-c", command) == Ran(0, "", "")


@pytest.mark.posix
def test_nothing_to_read(repository: Repository) -> None:
    """From a terminal it would wait for input that the user does not know of."""
    import pty

    ours, theirs = pty.openpty()
    ran = subprocess.run(
        [sys.executable, "-m", "prisma_combine", "locate"],
        cwd=repository.root,
        env=repository.environment,
        stdin=theirs,
        capture_output=True,
        check=False,
        timeout=60,
    )
    os.close(ours)
    os.close(theirs)
    assert ran.returncode == 2
    assert "nothing to locate; run `prisma-combine locate FILE:LINE`" in ran.stderr.decode()


@pytest.mark.parametrize("bad", [USER, "prisma-combine.toml"])
def test_a_filter_loses_nothing(repository: Repository, bad: str) -> None:
    """Whatever is wrong with the configuration or the sources, the text comes through."""
    said = b"schema.prisma:18\nb\xff\n" * 3
    repository.write(bad, b"\xff")
    ran = repository.tool("locate", stdin=said)
    assert (ran.code, ran.out.encode(errors="surrogateescape")) == (2, said)
    assert f"{bad}:1: not UTF-8" in ran.err


def test_copy() -> None:
    def replaced(text: str) -> str:
        if "b" in text:
            raise CombineError("no b")
        return text.upper()

    out = io.BytesIO()
    with pytest.raises(CombineError, match="no b"):
        copy([b"a\n", b"b\n", b"a\xff"], out, replaced)
    assert out.getvalue() == b"A\nb\na\xff"


@given(st.lists(st.binary()))
def test_any_bytes_come_through(lines: list[bytes]) -> None:
    out = io.BytesIO()
    copy(lines, out, str)
    assert out.getvalue() == b"".join(lines)
