"""Lines of a combined file lead to the sources."""

import contextlib
import io
import os
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import CONFIG, SAMPLE, SOURCES, Ran, Repository
from prisma_combine import config, state
from prisma_combine.combined import render, section
from prisma_combine.errors import CombineError
from prisma_combine.locate import Lines, Outputs, Spot, copy
from prisma_combine.source import Source

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RECORDED = Path(__file__).parent / "recorded"
OUTPUT = "prisma/schema.prisma"
USER = "prisma/schema/user.prisma"
SAMPLE_OUTPUT = "src/infrastructure/schema.prisma"
SCHEMAS = "src/infrastructure/database/schemas"
ORDER = ["base", "user", "integration", "sync", "contact"]


@pytest.fixture
def sample(tmp_path: Path, environment: dict[str, str]) -> Repository:
    repository = Repository(tmp_path, environment)
    shutil.copy(SAMPLE / "prisma-combine.toml", tmp_path)
    for path in [SAMPLE_OUTPUT, *(f"{SCHEMAS}/{name}.prisma" for name in ORDER)]:
        repository.write(path, (SAMPLE / path).read_bytes())
    return repository


def outputs(repository: Repository) -> Outputs:
    configuration = config.load(str(repository.root / "prisma-combine.toml"))
    return Outputs(configuration, lambda path: path)


def source_lines(repository: Repository, name: str) -> list[str]:
    return repository.read(f"{SCHEMAS}/{name}.prisma").split("\n")[:-1]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_line_of_the_sample(sample: Repository, newline: str) -> None:
    sample.write(SAMPLE_OUTPUT, sample.read(SAMPLE_OUTPUT).replace("\n", newline))
    located = outputs(sample)
    number = 0

    def expect(count: int, words: str) -> None:
        nonlocal number
        for _ in range(count):
            number += 1
            assert located.spot(SAMPLE_OUTPUT, number) == words

    expect(3, "this is above the first section, and comes from no source")
    for name in ORDER:
        path = f"{SCHEMAS}/{name}.prisma"
        expect(4, f"this is the header of the section of {path}")
        for line in range(1, len(source_lines(sample, name)) + 1):
            number += 1
            assert located.spot(SAMPLE_OUTPUT, number) == Spot(path, line, exact=True)
        if name != ORDER[-1]:
            expect(1, f"this is the blank line after the section of {path}")
    count = sample.read(SAMPLE_OUTPUT).count("\n")
    assert count == number
    for line in (0, count + 1):
        words = f"there is no such line; the file has {count}"
        assert located.spot(SAMPLE_OUTPUT, line) == words


def test_blank_lines_before_the_body(sample: Repository) -> None:
    path = f"{SCHEMAS}/base.prisma"
    for newline in ("\n", "\r\n", "\r"):
        sample.write(path, "\ufeff" + newline * 2 + "datasource db {" + newline + "}")
        assert sample.tool("combine").code == 0
        line = sample.read(SAMPLE_OUTPUT).split("\n").index("datasource db {") + 1
        assert outputs(sample).spot(SAMPLE_OUTPUT, line) == Spot(path, 3, exact=True)
        assert outputs(sample).spot(SAMPLE_OUTPUT, line + 1) == Spot(path, 4, exact=True)


def broken(sample: Repository) -> None:
    """What Prisma was given when its output was recorded."""
    for name, old, new in [
        ("user", "contacts            Contact[]", "contacts            Contacts[]"),
        ("sync", "@@index([status])", "@@index([state])"),
        ("contact", "deletedAt            DateTime?", "deletedAt            Datetime?"),
    ]:
        sample.replace(old, new, f"{SCHEMAS}/{name}.prisma")
    assert sample.tool("combine").code == 0


@pytest.mark.parametrize("version", ["6", "7"])
@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("cwd", [".", "src", SCHEMAS])
@pytest.mark.parametrize("absolute", [True, False])
def test_prisma_validate(
    sample: Repository, version: str, colour: bool, cwd: str, absolute: bool
) -> None:
    """As Prisma 6.19.3 and 7.10.1 said it: `FORCE_COLOR=1 npx prisma validate`."""
    broken(sample)
    said = (RECORDED / f"prisma-{version}-validate.txt").read_bytes().decode()
    if not colour:
        said = COLOUR.sub("", said)
    # Prisma shows the path as relative to where it runs, or absolute where that is above.
    shown = os.path.relpath(SAMPLE_OUTPUT, cwd)
    said = said.replace(SAMPLE_OUTPUT, str(sample.root / SAMPLE_OUTPUT) if absolute else shown)
    ran = sample.tool("locate", stdin=said.encode(), cwd=cwd)
    assert (ran.code, ran.err) == (0, "")
    plain = COLOUR.sub("", ran.out)
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
    assert re.sub("--> .*", "", plain) == re.sub("--> .*", "", COLOUR.sub("", said))
    assert COLOUR.findall(ran.out) == COLOUR.findall(said)


def replaced(repository: Repository, text: str, cwd: str = ".") -> str:
    ran = repository.tool("locate", stdin=text.encode(errors="surrogateescape"), cwd=cwd)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_what_is_replaced(repository: Repository) -> None:
    expected = {
        "prisma/schema.prisma:18": f"{USER}:3",
        "./prisma/schema.prisma:18:5: error": f"{USER}:3:5: error",
        "schema.prisma:18": f"{USER}:3",
        f"{repository.root}/prisma/schema.prisma:18": f"{USER}:3",
        "(schema.prisma:18), schema.prisma:19.": f"({USER}:3), {USER}:4.",
        "prisma\\schema.prisma:18": f"{USER}:3",
        "\x1b[96mschema.prisma\x1b[0m:\x1b[93m18\x1b[0m:\x1b[93m5": (
            f"\x1b[96m{USER}\x1b[0m:\x1b[93m3\x1b[0m:\x1b[93m5"
        ),
        "\x1b[1m\x1b[4mschema.prisma:18\x1b[24m": f"\x1b[1m\x1b[4m{USER}:3\x1b[24m",
        "a schema.prisma:18\r\nb\udcff\x00 schema.prisma:18\u2028": (
            f"a {USER}:3\r\nb\udcff\x00 {USER}:3\u2028"
        ),
    }
    lines = replaced(repository, "\n".join(expected)).split("\n")
    assert lines == "\n".join(expected.values()).split("\n")


def test_what_is_not(repository: Repository) -> None:
    repository.write("other/schema.prisma", "")
    said = [
        "",
        "schema.prisma",
        "schema.prisma: 18",
        "schema.prisma:x",
        "schema.prisma:1",  # the banner
        "schema.prisma:13",  # a header
        "schema.prisma:0",
        "schema.prisma:99999999999999999999",
        "other/schema.prisma:18",
        "../schema.prisma:18",
        "/schema.prisma:18",
        "my-schema.prisma:18",
        "schema.prisma.bak:18",
        f"{USER}:3",
        "\udcfe\udcff\x00\x1b[",
    ]
    text = "".join(f"{one}\n {one} \r\n" for one in said)
    assert replaced(repository, text) == text
    assert replaced(repository, "no newline\r") == "no newline\r"
    # There it is another file's path.
    assert replaced(repository, "schema.prisma:18", cwd="other") == "schema.prisma:18"
    assert replaced(repository, "../prisma/schema.prisma:18", cwd="other") == f"../{USER}:3"


def test_two_schemas(repository: Repository) -> None:
    table = CONFIG.replace("prisma/", "{0}/prisma/")
    repository.write("prisma-combine.toml", "\n".join(table.format(name) for name in "ab"))
    for folder in "ab":
        for name, text in SOURCES.items():
            repository.write(f"{folder}/prisma/schema/{name}", text)
    repository.tool("combine")
    said = "schema.prisma:18 a/prisma/schema.prisma:18 b/prisma/schema.prisma:18\n"
    assert replaced(repository, said) == f"schema.prisma:18 a/{USER}:3 b/{USER}:3\n"
    said = "schema.prisma:18 prisma/schema.prisma:18\n"
    assert replaced(repository, said, cwd="a") == f"schema.prisma:18 {USER}:3\n"
    said = "prisma/schema.prisma:18\n"
    assert replaced(repository, said) == said


def test_a_place_named(repository: Repository) -> None:
    for named, cwd, printed in [
        ("prisma/schema.prisma:18", ".", f"{USER}:3\n"),
        ("schema.prisma:18", ".", f"{USER}:3\n"),
        ("schema.prisma:18:7", "prisma", "schema/user.prisma:3:7\n"),
        ("../schema.prisma:26", "prisma/schema", "post.prisma:1\n"),
        (f"{repository.root}/prisma/schema.prisma:18", ".", f"{USER}:3\n"),
    ]:
        assert repository.tool("locate", named, cwd=cwd) == Ran(0, printed, "")


def test_a_place_that_no_source_has(repository: Repository) -> None:
    for named, words in {
        "prisma/schema.prisma:2": "this is above the first section, and comes from no source",
        "prisma/schema.prisma:13": f"this is the header of the section of {USER}",
        "prisma/schema.prisma:21": f"this is the blank line after the section of {USER}",
        "prisma/schema.prisma:31": "there is no such line; the file has 30",
        "prisma/schema.prisma:0": "there is no such line; the file has 30",
        f"{USER}:3": "this is none of the combined files, which are: prisma/schema.prisma",
    }.items():
        assert repository.tool("locate", named) == Ran(1, "", f"{named}: {words}\n")


def test_a_place_that_is_none(repository: Repository) -> None:
    for named in ("prisma/schema.prisma", "prisma/schema.prisma:", ":18", "schema.prisma:-1"):
        assert repository.tool("locate", named) == Ran(
            2,
            "",
            f"prisma-combine: {named}: names no line; write FILE:LINE: prisma/schema.prisma:184\n",
        )


def test_a_source_edited_since(repository: Repository) -> None:
    repository.write(USER, "// about users\n" + SOURCES["user.prisma"].replace("  email", "  mail"))
    assert repository.tool("locate", "schema.prisma:17") == Ran(0, f"{USER}:3\n", "")
    assert repository.tool("locate", "schema.prisma:19") == Ran(0, f"{USER}:5\n", "")
    assert repository.tool("locate", "schema.prisma:18") == Ran(
        0, f"{USER}:4\n", f"schema.prisma:18: not a line of {USER} as it is now; it belongs there\n"
    )


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_source_edited_since(data: st.DataObject) -> None:
    """What is said to be the same line is; and one that is still there in order is found."""
    old = [f"  line{number} Int" for number in range(data.draw(st.integers(1, 30)))]
    kept = [data.draw(st.sampled_from([True, True, True, False])) for _ in old]
    new = []
    for line, keeps in zip(old, kept, strict=True):
        new += [f"  // {data.draw(st.integers(0, 3))}"] * data.draw(
            st.sampled_from([0, 0, 0, 0, 1, 9])
        )
        new += [line] * keeps
    body, changed = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    target = config.parse(CONFIG, "toml")[0]._replace(names=None)
    made_of = Source("a.prisma", "a.prisma", changed, 3)
    committed = render("prisma/schema", [section("a.prisma", body)])
    now = state.State(target, (made_of,), [], committed.encode())
    lines = Lines(now)
    first = committed.split("\n").index(old[0]) + 1
    for number, line in enumerate(old):
        found = lines.spot(first + number, str)
        assert isinstance(found, Spot)
        assert 0 <= found.line - 3 <= max(len(new) - 1, 0)
        assert found.exact == kept[number]
        if found.exact:
            assert new[found.line - 3] == line


def test_the_reader_goes_away(repository: Repository) -> None:
    """As in `prisma-combine locate < log | head -1`."""
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
        running.stdin.write(b"schema.prisma:18\n")
        # The line comes before there is another one.
        assert select.select([running.stdout], [], [], 20)[0]
        assert running.stdout.read(100) == f"{USER}:3\n".encode()
        running.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            running.stdin.write(b"more\n" * 100_000)
        assert running.stderr.read() == b""
        assert running.wait(20) == 0


@pytest.mark.parametrize("closed", [">&-", "<&-", "<&- >&-"])
def test_closed_from_the_start(repository: Repository, closed: str) -> None:
    command = f'echo schema.prisma:18 | "{sys.executable}" -m prisma_combine locate {closed}'
    assert repository.run("sh", "-c", command) == Ran(0, "", "")


def test_nothing_to_read(repository: Repository) -> None:
    """From a terminal it would wait for a user who does not know what for."""
    pty = pytest.importorskip("pty")
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
    assert (ran.returncode, ran.stderr.decode()) == (
        2,
        "prisma-combine: neither FILE:LINE nor a pipe to read;"
        " run `npx prisma validate 2>&1 | prisma-combine locate`\n",
    )


def test_a_filter_loses_nothing(repository: Repository) -> None:
    """Whatever is wrong with the configuration or the sources, the text comes through."""
    said = b"schema.prisma:18\nb\xff\n" * 3
    repository.write(USER, b"\xff")
    ran = repository.tool("locate", stdin=said)
    assert (ran.code, ran.out.encode(errors="surrogateescape")) == (2, said)
    assert ran.err.startswith(f"prisma-combine: {USER}:1: not UTF-8")
    repository.write("prisma-combine.toml", "")
    ran = repository.tool("locate", stdin=said)
    assert (ran.code, ran.out.encode(errors="surrogateescape")) == (2, said)
    assert ran.err.startswith("prisma-combine: prisma-combine.toml:1: no [[schema]] table")


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
