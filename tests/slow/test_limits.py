"""What a hostile or a large repository costs: time that grows with its size, and no faster."""

import time
from collections.abc import Callable

import pytest

from prisma_combine.config import table
from prisma_combine.errors import CombineError
from prisma_combine.repository.history import Log
from prisma_combine.schema import wildcards
from support.growth import assert_linear
from support.repository import (
    CONFIG,
    OUTPUT,
    SOURCES,
    USER,
    WITHOUT_FILES,
    Repository,
    edit_output,
    make,
    start,
)
from support.script import Report, report

COMMANDS = {"json": ("check", "--format=json"), "adopt": ("adopt", "--dry-run")}
HEAD = WITHOUT_FILES


def _timed(repository: Repository, *arguments: str) -> float:
    """Return the seconds of CPU that a command takes, whatever it says."""
    started = time.process_time()
    ran = repository.tool(*arguments)
    assert ran.code in (0, 1, 2), ran
    return time.process_time() - started


# Patterns and templates of a hostile configuration.

PATTERNS = {
    "stars": "a*" * 1000 + "b.prisma",
    "double-stars": "**/a/" * 800 + "b.prisma",
    "question-marks": "*" + "?" * 3000 + "b.prisma",
    "sets": "*[a-z]" * 600 + ".prisma",
    "open-sets": "[" * 4000,
    "negated-sets": "*[!b]" * 800 + "c",
    "slashes": "/".join("a" * 2000),
    "parents": "../prisma/" * 200 + "*" * 2000,
}


@pytest.mark.parametrize("key", ["files", "exclude"])
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_hostile_pattern_takes_no_time(folder: Repository, pattern: str, key: str) -> None:
    folder.write("prisma-combine.toml", f'{HEAD}{key} = ["{pattern}"]\n')
    for number in range(50):
        folder.write(f"prisma/schema/{'a/' * number}{'a' * 200}.prisma", "")
    assert _timed(folder, "check") < 5


@pytest.mark.parametrize("key", ["files", "exclude"])
def test_ten_thousand_patterns(folder: Repository, key: str) -> None:
    """They are tried on each file."""
    for number in range(20):
        folder.write(f"prisma/schema/{number}/{'a' * 100}.prisma", "")

    def run(count: int) -> Callable[[], object]:
        # Some match a file each, most none.
        entries = (f'"{number % 40}/*a*{number}"' for number in range(count))
        folder.write(f"{key}{count}.toml", f"{HEAD}{key} = [{', '.join(entries)}]\n")
        return lambda: folder.tool("check", "--config", f"{key}{count}.toml")

    assert_linear(key, run, 10_000)


TEMPLATES = {
    "any": "{any}" * 20_000,
    "any-and-text": "{any}a" * 20_000,
    "any-on-lines": "{any}\\n" * 20_000,
    "placeholders": "{path:upper:title}" * 5_000,
    "open-braces": "{" * 100_000,
    "modifiers": "{path" + ":upper" * 15_000,
    "blanks": " " * 100_000,
    "slashes": "/" * 100_000,
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("key", ["banner", "header", "separator", "footer"])
def test_a_hostile_format_takes_no_time(folder: Repository, key: str, command: str) -> None:
    for name, template in TEMPLATES.items():
        folder.write("prisma-combine.toml", f'{CONFIG}[schema.format]\n{key} = "{template}"\n')
        for text in ("a\n" * 50_000, "{any}" * 20_000, " " * 100_000):
            folder.write(OUTPUT, text)
            assert _timed(folder, *COMMANDS[command]) < 5, name


def test_wildcards_on_both_sides_of_what_stands_there_often() -> None:
    """A middle that floats between two of them is looked for in a bounded number of places."""

    def run(size: int) -> Callable[[], object]:
        text = "model A {\n}\n" * size

        def match() -> None:
            wildcards.match_around("{lines}{any}x", "model A {\n}\n", "y{any}{lines}", text)
            wildcards.match_around("{lines}\n", "model A {\n}\n", "model{lines}", text)

        return match

    assert_linear("wildcards", run, 80_000)


def test_lines_over_100_megabytes(folder: Repository) -> None:
    form = '[schema.format]\nbanner = "{lines}\\n// begin\\n"\nfooter = "// end\\n{lines}"\n'
    folder.write("prisma-combine.toml", CONFIG + form)
    body = "".join(SOURCES.values())
    around = "// a line that stands only in the script\n" * 1_250_000
    folder.write(OUTPUT, f"{around}\n// begin\n{body}// end\n{around}")
    started = time.process_time()
    ran = folder.tool("check")
    assert (ran.code, ran.err) == (0, f"{OUTPUT}: in sync\n")
    assert time.process_time() - started < 10


def test_lines_over_10_megabytes_that_are_not_in_sync(folder: Repository) -> None:
    form = '[schema.format]\nbanner = "{lines}\\n// begin\\n"\nfooter = "// end\\n{lines}"\n'
    folder.write("prisma-combine.toml", CONFIG + form)

    def run(size: int) -> Callable[[], object]:
        around = "// a line that stands only in the script\n" * size
        body = "".join(SOURCES.values()).replace("email String", "email Int")

        def check() -> None:
            folder.write(OUTPUT, f"{around}\n// begin\n{body}// end\n{around}")
            assert folder.tool("check").code == 1

        return check

    assert_linear("lines", run, 125_000)


def test_a_header_of_a_megabyte(folder: Repository) -> None:
    template = "// {path} {stem:title} a header that goes on and on\n" * 20_000
    form = f"[schema.format]\nheader = '''{template}'''\nseparator = '\\n'\n"
    folder.write("prisma-combine.toml", CONFIG + form)
    folder.git("init", "--quiet", "--template=")
    folder.commit()
    assert _timed(folder, "combine") < 10
    assert len(folder.read()) > 2_900_000
    folder.commit()
    assert _timed(folder, "check") < 5
    edit_output(folder)
    for command in COMMANDS.values():
        assert _timed(folder, *command) < 30


# History.


@pytest.fixture(scope="module")
def deep(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> tuple[Repository, int]:
    """Return a repository with 10,000 commits, each of which changed a source."""
    repository = make(tmp_path_factory.mktemp("deep"), environment)
    start(repository)
    commits = 10_000
    stream = []
    combined = repository.read()
    for number in range(commits):
        field = f"  f{number} Int\n}}\n"
        source = SOURCES["user.prisma"].removesuffix("}\n") + field
        output = combined.replace("  posts Post[]\n}\n", f"  posts Post[]\n{field}")
        message = f"data {len(str(number))}\n{number}\n"
        parent = "from refs/heads/main^0\n" if not number else ""
        stream.append(
            f"commit refs/heads/main\ncommitter A <a@example.com> {1_600_000_000 + number} +0000\n"
            f"{message}{parent}M 100644 inline {USER}\ndata {len(source)}\n{source}\n"
            f"M 100644 inline {OUTPUT}\ndata {len(output)}\n{output}\n"
        )
    ran = repository.run("git", "fast-import", "--quiet", stdin="".join(stream).encode())
    assert ran.code == 0, ran
    repository.git("reset", "--quiet", "--hard")
    return repository, commits


def test_a_deep_history_stays_within_the_bound(deep: tuple[Repository, int]) -> None:
    repository, commits = deep
    assert repository.git("rev-list", "--count", "HEAD").strip() == str(commits + 1)
    started = time.monotonic()
    with Log(str(repository.root), "prisma-combine.toml", ["prisma/schema"], [], [OUTPUT]) as log:
        history = log.read()
    assert time.monotonic() - started < 5
    assert 50 <= len(history.versions[USER]) <= 102
    assert history.versions[USER][0] == repository.read(USER).encode()


@pytest.mark.parametrize("age", [1, 50, 5_000])
def test_a_verdict_in_a_deep_history(deep: tuple[Repository, int], age: int) -> None:
    """A version beyond the bound is not known, so the file may hold an edit."""
    repository, _ = deep
    old = repository.git("show", f"HEAD~{age}:{OUTPUT}")
    repository.write(OUTPUT, old)
    started = time.monotonic()
    found: Report = report(repository)
    assert time.monotonic() - started < 10
    repository.git("checkout", "--quiet", "--", ".")
    assert found.status == ("stale" if age <= 50 else "diverged")


# Mistakes in large configurations.


def test_ten_thousand_missing_files(folder: Repository) -> None:
    def run(count: int) -> Callable[[], object]:
        entries = ", ".join(f'"{number}.prisma"' for number in range(count))
        folder.write(f"{count}.toml", f"{HEAD}files = [{entries}]\n")

        def check() -> None:
            ran = folder.tool("check", "--config", f"{count}.toml")
            assert ran.code == 1
            assert "more places; --verbose names all of them" in ran.err

        return check

    assert_linear("missing", run, 10_000)


def test_a_configuration_of_ten_megabytes(folder: Repository) -> None:
    folder.write("prisma-combine.toml", CONFIG + "# a comment\n" * 900_000)
    assert _timed(folder, "check") < 10
    # Finding the very line would take a minute.
    folder.write("prisma-combine.toml", CONFIG + "# a comment\n" * 900_000 + "bad = 1\n")
    started = time.process_time()
    ran = folder.tool("check")
    assert ran.code == 2
    assert ran.err.startswith('prisma-combine: prisma-combine.toml:1: unknown key "bad"; ')
    assert time.process_time() - started < 10


def test_a_long_path_is_refused_at_once() -> None:
    for size in (4_096, 3_000_000):
        text = f'{CONFIG.partition("directory")[0]}directory = "{"a/" * (size // 2)}"\n'
        if size > 4_096:
            with pytest.raises(CombineError):
                table.parse(text, "a.toml")
        else:
            assert table.parse(text, "a.toml")
