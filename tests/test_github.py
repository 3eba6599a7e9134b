"""The report for GitHub Actions."""

import re
from pathlib import Path

import pytest

from conftest import CONFIG, SOURCES, Ran, Repository
from runner import Command, Log, log, page

KEEP = "keep it: prisma-combine adopt; discard it: prisma-combine check --fix"
TITLE = "prisma-combine: edited by hand"


@pytest.fixture(autouse=True)
def outside_github(environment: dict[str, str]) -> None:
    """What the runner of our own tests sets must not reach them."""
    for name in [name for name in environment if name.startswith("GITHUB_")]:
        del environment[name]


@pytest.fixture
def summary(repository: Repository) -> Path:
    """The file that becomes the job summary."""
    file = repository.root.parent / f"{repository.root.name}-summary.md"
    repository.environment["GITHUB_STEP_SUMMARY"] = str(file)
    repository.environment["GITHUB_WORKSPACE"] = str(repository.root)
    return file


def _check(repository: Repository, *arguments: str, cwd: str = ".") -> tuple[Ran, Log]:
    ran = repository.tool("check", "--format", "github", *arguments, cwd=cwd)
    assert ran.err == ""
    read = log(ran.out)
    assert not read.stopped
    return ran, read


def _annotations(read: Log) -> list[tuple[str, str, str, str]]:
    """Kind, file, line and message of each."""
    return [
        (
            command.name,
            command.properties.get("file", ""),
            command.properties.get("line", ""),
            command.data,
        )
        for command in read.commands
        if command.name in ("error", "warning", "notice")
    ]


def test_all_that_it_prints(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")
    diff = repository.tool("check").out
    ran, _ = _check(repository)
    report, fold = re.findall("^::stop-commands::([0-9a-f]{32})$", ran.out, re.MULTILINE)
    assert report != fold
    title = "title=prisma-combine%3A edited by hand"
    assert ran == Ran(
        1,
        f"""\
::stop-commands::{report}
prisma/schema.prisma: edited by hand
  user.prisma   +1 -1   belongs in prisma/schema/user.prisma:3
keep it: prisma-combine adopt      discard it: prisma-combine check --fix
::{report}::
::group::The diff
::stop-commands::{fold}
{diff}::{fold}::
::endgroup::
::error {title},file=prisma/schema.prisma,line=18::user.prisma: belongs in \
prisma/schema/user.prisma:3; {KEEP}
::notice {title},file=prisma/schema/user.prisma,line=3::an edit in prisma/schema.prisma:18 \
belongs here
""",
        "",
    )


def test_in_sync(repository: Repository, summary: Path) -> None:
    ran, read = _check(repository)
    assert (ran.code, read.commands) == (0, [])
    assert "prisma/schema.prisma: in sync" in read.lines
    assert page(summary.read_text()).rows[1:] == [["prisma/schema.prisma", "", "", "in sync"]]


def test_the_summary(repository: Repository, summary: Path) -> None:
    repository.replace("email String @unique", "email String")
    repository.replace("authorId Int", "authorId BigInt", "prisma/schema/post.prisma")
    diff = repository.tool("check").out
    summary.write_text("What an earlier command of the step wrote")
    assert _check(repository)[0].code == 1
    earlier, read = summary.read_text().split("\n", 1)
    assert earlier == "What an earlier command of the step wrote"
    output = "prisma/schema.prisma"
    assert page(read) == (
        [
            ["combined file", "section", "lines", "status"],
            [output, "", "", "edited by hand, and stale"],
            [f"{output}:18", "user.prisma", "+1 -1", "belongs in prisma/schema/user.prisma:3"],
            [f"{output}:28", "post.prisma", "+1 -1", "changed in prisma/schema/post.prisma:3"],
        ],
        [
            ("sh", "prisma-combine adopt\n"),
            ("sh", "prisma-combine check --fix\n"),
            ("diff", diff),
        ],
        [
            "### prisma-combine",
            "To keep what was edited by hand:",
            "To write it anew from the sources:",
            "The diff:",
        ],
    )


def test_without_a_diff_or_a_summary_to_write(folder: Repository) -> None:
    """As on a machine without git, and outside GitHub."""
    empty = folder.root / "bin"
    empty.mkdir()
    folder.environment["PATH"] = str(empty)
    ran, read = _check(folder)
    assert ran.code == 1
    message = "prisma/schema.prisma: missing; mend it: prisma-combine check --fix"
    assert _annotations(read) == [("error", "prisma/schema.prisma", "", message)]


def test_what_each_section_needs(repository: Repository, summary: Path) -> None:
    repository.write("prisma-combine.toml", CONFIG.replace('"user.prisma"', '"new.prisma"'))
    repository.git("mv", "prisma/schema/user.prisma", "prisma/schema/new.prisma")
    repository.replace("Int  @id", "BigInt  @id")
    output = "prisma/schema.prisma"
    _, read = _check(repository)
    assert _annotations(read) == [
        ("error", output, "", f"new.prisma: new: prisma/schema/new.prisma; {KEEP}"),
        ("error", output, "27", f"post.prisma: belongs in prisma/schema/post.prisma:2; {KEEP}"),
        (
            "error",
            output,
            "13",
            f"user.prisma: not a source any more: prisma/schema/user.prisma; {KEEP}",
        ),
        ("notice", "prisma/schema/new.prisma", "1", f"this is not yet in {output}"),
        ("notice", "prisma/schema/post.prisma", "2", f"an edit in {output}:27 belongs here"),
    ]
    assert summary.exists()


def test_findings(repository: Repository, summary: Path) -> None:
    repository.replace("}", "}}", "prisma/schema/user.prisma")
    ran, read = _check(repository)
    message = "this `}` closes nothing; remove it, or open its block in this file"
    assert ran.code == 1
    assert read.commands == [
        Command(
            "error",
            {
                "title": "prisma-combine: stray-brace",
                "file": "prisma/schema/user.prisma",
                "line": "5",
            },
            message,
        )
    ]
    found = page(summary.read_text())
    assert found.rows[1:] == [["prisma/schema.prisma", "", "", "can't be combined"]]
    assert found.rest[1:] == [f"- prisma/schema/user.prisma:5 stray-brace: {message}"]
    assert found.blocks == []


def test_no_more_annotations_than_github_shows(repository: Repository, summary: Path) -> None:
    fields = "".join(f"  f{number} Int\n\n\n\n\n\n\n\n" for number in range(13))
    repository.replace("  id    Int    @id\n", f"  id    Int    @id\n{fields}", USER)
    repository.tool("combine")
    repository.write(repository.output, re.sub(r"( f\d+) Int", r"\1 BigInt", repository.read()))
    _, read = _check(repository)
    found = _annotations(read)
    assert [kind for kind, *_ in found] == ["error"] * 10 + ["notice"] * 10
    assert [line for _, path, line, _ in found if path == USER] == [
        str(3 + 8 * number) for number in range(10)
    ]
    assert found[9][3].endswith(f"{KEEP}; and 3 more, which the log names")
    assert found[19][3].endswith(" belongs here; and 3 more, which the log names")
    assert sum(line.startswith("  user.prisma   +1 -1   ") for line in read.lines) == 13
    assert len(page(summary.read_text()).rows) == 2 + 13


USER = "prisma/schema/user.prisma"


def test_errors_are_annotations_too(repository: Repository, summary: Path) -> None:
    ran, read = _check(repository, "--config", "no\x1bne.toml")
    assert ran.code == 2
    assert _annotations(read) == [("error", "", "", "no\\x1bne.toml: no such file; mend the path")]
    assert not summary.exists()


def test_a_target_that_can_not_be_read_hides_no_other(
    repository: Repository, summary: Path
) -> None:
    tables = "".join(
        f'[[schema]]\noutput = "{number}.prisma"\ndirectory = "{number}"\n' for number in range(9)
    )
    repository.write("prisma-combine.toml", CONFIG + tables)
    repository.replace("email String @unique", "email String")
    repository.write("1/a.prisma", "<<<<<<< HEAD\n=======\n>>>>>>> other\n")
    repository.write("2/a.prisma", "enum A {\n  A\n}\n")
    repository.git("add", "--all")
    ran, read = _check(repository)
    assert ran.code == 2
    found = _annotations(read)
    places = [(kind, path) for kind, path, *_ in found]
    assert (
        places
        == [
            ("error", "prisma/schema.prisma"),
            ("error", "1/a.prisma"),
            ("error", "2.prisma"),
            ("notice", USER),
        ]
        + [("error", "")] * 7
    )
    assert found[-1][3].startswith('prisma-combine.toml:31: directory "8" does not exist; ')
    assert len(page(summary.read_text()).rows) == 5


def test_more_errors_than_github_shows(repository: Repository) -> None:
    tables = "".join(
        f'[[schema]]\noutput = "{number}.prisma"\ndirectory = "{number}"\n' for number in range(14)
    )
    repository.write("prisma-combine.toml", CONFIG + tables)
    repository.replace("email String @unique", "email String")
    _, read = _check(repository)
    found = _annotations(read)
    assert [kind for kind, *_ in found] == ["error"] * 10
    assert found[-1][3].endswith("; and 4 more, which the log names")
    assert sum("prisma-combine.toml:" in line for line in read.lines) == 4


def test_fixing(repository: Repository, summary: Path) -> None:
    repository.replace("email String @unique", "email String")
    ran, read = _check(repository, "--fix")
    assert ran.code == 1
    assert "prisma/schema.prisma: written" in read.lines
    assert "commit it: git add prisma/schema.prisma" in read.lines
    assert "mend it" not in ran.out
    assert [language for language, _ in page(summary.read_text()).blocks] == ["diff"]
    assert _check(repository)[0].code == 0


@pytest.fixture
def below(repository: Repository) -> Repository:
    """A repository with the configuration in a folder."""
    (repository.root / "apps" / "a b").mkdir(parents=True)
    repository.git("mv", "prisma", "prisma-combine.toml", "apps/a b")
    repository.commit()
    repository.replace("email String @unique", "email String", f"apps/a b/{repository.output}")
    return repository


@pytest.mark.parametrize("workspace", [".", None, "..", "apps", "/nowhere"])
@pytest.mark.parametrize("cwd", [".", "apps/a b/prisma"])
def test_paths_are_those_from_the_top(
    below: Repository, workspace: str | None, cwd: str, summary: Path
) -> None:
    """The workspace may also be above the checkout, or be told wrong."""
    below.environment.pop("GITHUB_WORKSPACE")
    if workspace:
        below.environment["GITHUB_WORKSPACE"] = str((below.root / workspace).resolve())
    named = ("--config", "apps/a b/prisma-combine.toml") if cwd == "." else ()
    ran, read = _check(below, *named, cwd=cwd)
    assert ran.code == 1
    assert [path for _, path, *_ in _annotations(read)] == [
        "apps/a b/prisma/schema.prisma",
        "apps/a b/prisma/schema/user.prisma",
    ]
    assert "--- a/apps/a b/prisma/schema.prisma\t" in read.lines
    blocks = page(summary.read_text()).blocks
    assert blocks[1] == (
        "sh",
        "prisma-combine check --fix --config 'apps/a b/prisma-combine.toml'\n",
    )
    # What stands in the summary works in the top folder of a clone.
    assert below.run("git", "apply", "--check", stdin=blocks[2][1].encode()).code == 0
    assert below.run("sh", "-c", blocks[1][1]).code == 1
    assert _check(below, *named, cwd=cwd)[0].code == 0


def test_paths_without_a_repository(folder: Repository) -> None:
    folder.environment["GITHUB_WORKSPACE"] = str(folder.root.parent)
    _, read = _check(folder)
    assert _annotations(read)[0][1] == f"{folder.root.name}/prisma/schema.prisma"
    folder.environment.pop("GITHUB_WORKSPACE")
    _, read = _check(folder)
    assert _annotations(read)[0][1] == "prisma/schema.prisma"


def test_paths_in_a_submodule(repository: Repository, summary: Path) -> None:
    """Annotations are for the repository that the workflow is of."""
    outer = Repository(repository.root.parent / "outer", repository.environment)
    outer.root.mkdir()
    outer.git("init", "--quiet")
    outer.git("submodule", "--quiet", "add", str(repository.root), "inner")
    outer.environment["GITHUB_WORKSPACE"] = str(outer.root)
    outer.replace("email String @unique", "email String", "inner/prisma/schema.prisma")
    _, read = _check(outer, "--config", "inner/prisma-combine.toml")
    assert _annotations(read)[0][1] == "inner/prisma/schema.prisma"
    assert summary.exists()


def _fill(repository: Repository, body: str) -> None:
    repository.write(USER, SOURCES["user.prisma"] + body)


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"// {number:>40}\n" for number in range(60_000)),
        f"// {'`' * 3_000_000}\n",
        "".join(f"// {'`' * size}\n" for size in range(1_500)),
        "// é🙂\u202e\n" * 200_000,
    ],
    ids=["lines", "one line", "fences", "escapes"],
)
def test_the_summary_is_cut_before_the_limit(
    repository: Repository, summary: Path, body: str
) -> None:
    _fill(repository, body)
    ran, _ = _check(repository)
    assert ran.code == 1
    found = page(summary.read_text())
    assert summary.stat().st_size <= 1 << 20
    assert found.blocks[1][1].startswith(f"--- a/{repository.output}\n")
    assert re.fullmatch(r"\d+ more lines are left out here; the log has them.", found.rest[-1])


def test_a_summary_that_is_nearly_full(repository: Repository, summary: Path) -> None:
    _fill(repository, "".join(f"// {number}\n" for number in range(2_000)))
    for left in (0, 10, 500, 3_000, 12_000):
        summary.write_bytes(b"\n" * ((1 << 20) - left))
        assert _check(repository)[0].code == 1
        assert summary.stat().st_size <= 1 << 20
        page(summary.read_text())
    assert "are left out here" in summary.read_text()


def test_many_findings_and_sections(repository: Repository, summary: Path) -> None:
    for number in range(3_000):
        repository.write(f"prisma/schema/{'x' * 200}{number}.prisma", "")
    ran, read = _check(repository)
    assert (ran.code, len(read.commands)) == (1, 10)
    assert read.commands[-1].data.endswith("; and 2990 more, which the log names")
    assert summary.stat().st_size <= 1 << 20
    assert re.search(
        r"\n\d+ more findings are left out here; the log has them.",
        "\n".join(page(summary.read_text()).rest),
    )


def test_a_summary_that_can_not_be_written(repository: Repository) -> None:
    repository.environment["GITHUB_STEP_SUMMARY"] = str(repository.root / "prisma")
    ran, read = _check(repository)
    assert ran.code == 0
    assert _annotations(read) == [
        ("warning", "", "", "the job summary can't be written: is a directory")
    ]
