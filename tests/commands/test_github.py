"""The report for GitHub Actions: the log, the annotations and the job summary."""

import re
from pathlib import Path

import pytest

from prisma_combine.report.commands import rendered
from support.github import Command, Log, log, page, safe_log
from support.program import Ran
from support.repository import (
    BASE,
    CONFIG,
    OUTPUT,
    POST,
    SOURCES,
    USER,
    WITHOUT_FILES,
    Build,
    Repository,
    edit_output,
    edit_source,
)
from support.situations import (
    CART,
    SHOP,
    TEAM,
    TOML,
    TWO,
    TWO_SOURCES,
    add_lines,
    add_source,
    conflict,
    define_twice,
    edit_banner,
    edit_both,
    exclude,
    forget_source,
    never_combine,
    pull,
    realign,
    reorder,
    stale_and_edited,
)

KEEP = f"""\
To keep the edit (it goes into {USER}):
  prisma-combine adopt
  git add {OUTPUT} {USER}
To throw it away (only {OUTPUT} changes):
  prisma-combine check --fix {OUTPUT}
  git add {OUTPUT}"""
UPDATE = f"""\
To bring it up to date:
  prisma-combine combine
  git add {OUTPUT} {USER}"""


@pytest.fixture
def summary(repository: Repository) -> Path:
    """Return the file that becomes the job summary."""
    return _on_github(repository)


def _on_github(repository: Repository) -> Path:
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


def _annotations(read: Log) -> list[tuple[str, str, str, str, str]]:
    """Return the kind, title, file, line and message of each."""
    return [
        (
            command.name,
            command.properties["title"].removeprefix("prisma-combine: "),
            command.properties.get("file", ""),
            command.properties.get("line", ""),
            command.data,
        )
        for command in read.commands
        if command.name in ("error", "warning", "notice")
    ]


def test_log(repository: Repository) -> None:
    add_lines(repository)
    diff = repository.tool("check").out
    ran, _ = _check(repository)
    title = "title=prisma-combine%3A edited by hand"
    recipe = KEEP.replace("\n", "%0A")
    assert ran == Ran(
        1,
        f"""\
{OUTPUT} is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  {OUTPUT}:20: 2 lines added, which belong in {USER}:4
In the diff, `-` is what {OUTPUT} holds now, `+` is what the sources make. Lines added by hand show as `-`.
::group::The diff
{diff}::endgroup::

{KEEP}
::error {title},file={OUTPUT},line=20::2 lines added, which belong in {USER}:4%0A{recipe}
::notice {title},file={USER},line=4::the edit in {OUTPUT}:20 belongs here
""",
        "",
    )


def test_in_sync(repository: Repository, summary: Path) -> None:
    ran, read = _check(repository)
    assert (ran.code, read.commands) == (0, [])
    assert f"{OUTPUT}: in sync" in read.lines
    assert page(summary.read_text()).blocks == [("text", f"{OUTPUT}: in sync\n")]


def test_summary(repository: Repository, summary: Path) -> None:
    edit_both(repository)
    ran = repository.tool("check")
    summary.write_text("What an earlier command of the step wrote")
    assert _check(repository)[0].code == 1
    earlier, read = summary.read_text().split("\n", 1)
    assert earlier == "What an earlier command of the step wrote"
    # The checkout of a workflow has nothing that isn't committed, so this is as on a desk.
    assert page(read) == ([], [("text", ran.err), ("diff", ran.out)], ["### prisma-combine"])


STALE = (
    ("error", "out of date", OUTPUT, "21", f"{USER}:5: 1 line added since\n{UPDATE}"),
    ("notice", "out of date", USER, "5", f"{OUTPUT}:21 does not have this change yet"),
)


def test_annotations_of_a_stale_file(repository: Repository) -> None:
    edit_source(repository)
    assert _annotations(_check(repository)[1]) == [*STALE]


def test_annotations_of_several_edits(repository: Repository) -> None:
    edit_output(repository)
    found = _annotations(_check(repository)[1])
    title = "edited by hand"
    assert [(*one[:4], one[4].split("\n")[0]) for one in found] == [
        ("error", title, OUTPUT, "19", f"1 line changed, which belongs in {USER}:3"),
        ("error", title, OUTPUT, "29", f"1 line changed, which belongs in {POST}:3"),
        ("notice", title, USER, "3", f"the edit in {OUTPUT}:19 belongs here"),
        ("notice", title, POST, "3", f"the edit in {OUTPUT}:29 belongs here"),
    ]


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        pytest.param(
            edit_both,
            [
                ("error", "edited, and out of date", OUTPUT, "20"),
                ("notice", "edited, and out of date", USER, "4"),
            ],
            id="diverged",
        ),
        pytest.param(
            realign,
            [("error", "layout differs", OUTPUT, "18"), ("notice", "layout differs", USER, "2")],
            id="layout",
        ),
        pytest.param(
            reorder,
            [("error", "out of date", OUTPUT, "13"), ("notice", "out of date", USER, "1")],
            id="moved",
        ),
        pytest.param(exclude, [("error", "out of date", OUTPUT, "23")], id="removed"),
        pytest.param(edit_banner, [("error", "edited by hand", OUTPUT, "1")], id="banner"),
        pytest.param(conflict, [("error", "merge conflict", OUTPUT, "1")], id="conflict"),
        pytest.param(pull, [("error", "written by something else", OUTPUT, "1")], id="pulled"),
        pytest.param(define_twice, [("error", "duplicate-name", POST, "7")], id="mistake"),
        pytest.param(
            add_source,
            [("error", "unlisted-file", "prisma/schema/tag.prisma", "1")],
            id="unlisted",
        ),
    ],
)
def test_places_of_annotations(
    prepare: "object", expected: list[tuple[str, str, str, str]], repository: Repository
) -> None:
    assert callable(prepare)
    prepare(repository)
    assert [one[:4] for one in _annotations(_check(repository)[1])] == expected


def test_missing_is_said_beside_the_configuration(repository: Repository) -> None:
    never_combine(repository)
    assert _annotations(_check(repository)[1]) == [
        (
            "error",
            "missing",
            TOML,
            "2",
            f"""\
{OUTPUT} does not exist. It is generated from prisma/schema/*.prisma: 31 lines.
To generate it:
  prisma-combine combine
  git add {OUTPUT}""",
        )
    ]


def test_mistake_says_what_to_type_after_it(repository: Repository) -> None:
    add_source(repository)
    [found] = _annotations(_check(repository)[1])
    assert (
        found[4]
        == f"""\
not in `files` of {TOML}:4; add "tag.prisma" to it after "post.prisma" (or to `exclude`, if it must stay out)
Once that is fixed:
  prisma-combine combine
  git add {OUTPUT} prisma/schema/tag.prisma {TOML}"""
    )


def test_untracked(repository: Repository) -> None:
    forget_source(repository)
    [found] = _annotations(_check(repository)[1])
    assert found == (
        "error",
        "untracked",
        "prisma/schema/tag.prisma",
        "1",
        """\
not tracked by git, so a commit won't include it; add it
To stage it:
  git add prisma/schema/tag.prisma""",
    )


def test_team_command(build: Build) -> None:
    repository = build(TEAM)
    edit_source(repository)
    [found, _] = _annotations(_check(repository)[1])
    assert (
        found[4]
        == f"""\
{USER}:5: 1 line added since
To bring it up to date:
  cat {BASE} {USER} {POST} > {OUTPUT}
  git add {OUTPUT} {USER}"""
    )


def test_two_schemas_have_one_recipe(build: Build) -> None:
    """A command beside one schema must not throw away what was edited in the other."""
    repository = build(TWO, TWO_SOURCES)
    summary = _on_github(repository)
    stale_and_edited(repository)
    found = _annotations(_check(repository)[1])
    recipes = {one[4].partition("\n")[2] for one in found if one[0] == "error"}
    assert recipes == {
        f"""\
To keep the edit (it goes into {CART}):
  prisma-combine adopt
  git add {OUTPUT} {SHOP} {CART} {USER}
To throw it away:
  prisma-combine check --fix {OUTPUT} {SHOP}
  git add {OUTPUT} {SHOP} {USER}"""
    }
    assert page(summary.read_text()).blocks[0][1].endswith("".join(recipes) + "\n")


def test_manual_hooks_are_what_every_colleague_has(repository: Repository) -> None:
    repository.write(
        ".pre-commit-config.yaml",
        "repos:\n  - repo: x\n    hooks:\n      - id: prisma-combine-adopt\n"
        "      - id: prisma-combine-fix\n",
    )
    add_lines(repository)
    found = _annotations(_check(repository)[1])[0]
    assert found[4].split("\n")[1:] == [
        f"To keep the edit (it goes into {USER}):",
        "  pre-commit run prisma-combine-adopt --hook-stage manual --all-files",
        f"  git add {OUTPUT} {USER}",
        f"To throw it away (only {OUTPUT} changes):",
        "  pre-commit run prisma-combine-fix --hook-stage manual --all-files",
        f"  git add {OUTPUT}",
        "(pre-commit says `Failed` whenever a hook changes files; here that means it worked.)",
    ]


def test_fixing(repository: Repository, summary: Path) -> None:
    edit_source(repository)
    ran, read = _check(repository, "--fix")
    assert ran.code == 1
    said = f"""\
{OUTPUT}: rewritten from prisma/schema/*.prisma
To stage it:
  git add {OUTPUT} {USER}
"""
    assert page(summary.read_text()).blocks[0] == ("text", said)
    assert all(line in read.lines for line in said.split("\n"))
    assert _annotations(read)[0][4] == f"{USER}:5: 1 line added since"
    assert _check(repository)[0].code == 0


# How much GitHub shows.


def test_no_more_annotations_than_github_shows(repository: Repository, summary: Path) -> None:
    fields = "".join(f"  f{number} Int\n\n\n\n\n\n\n\n" for number in range(13))
    repository.replace("  id    Int    @id\n", f"  id    Int    @id\n{fields}", USER)
    repository.tool("combine")
    repository.commit()
    repository.write(OUTPUT, re.sub(r"( f\d+) Int", r"\1 BigInt", repository.read()))
    _, read = _check(repository)
    found = _annotations(read)
    assert [kind for kind, *_ in found] == ["error"] * 10 + ["notice"] * 10
    assert [one[3] for one in found if one[2] == USER] == [
        str(3 + 8 * number) for number in range(10)
    ]
    assert found[9][4].endswith("\n3 more are in the log.")
    assert found[19][4].endswith(" belongs here\n3 more are in the log.")
    rows = [line for line in read.lines if ": 1 line changed, which belongs in " in line]
    assert len(rows) == 13
    assert summary.exists()


def test_more_errors_than_github_shows(repository: Repository) -> None:
    tables = "".join(
        f'[[schema]]\noutput = "{number}.prisma"\ndirectory = "{number}"\n' for number in range(14)
    )
    repository.write(TOML, CONFIG + tables)
    add_lines(repository)
    ran, read = _check(repository)
    found = _annotations(read)
    assert ran.code == 2
    assert [kind for kind, *_ in found] == ["error"] * 10
    assert found[-1][4].endswith("\n4 more are in the log.")


def test_schema_that_can_not_be_read_hides_no_other(repository: Repository, summary: Path) -> None:
    tables = "".join(
        f'[[schema]]\noutput = "{number}.prisma"\ndirectory = "{number}"\n' for number in range(3)
    )
    repository.write(TOML, CONFIG + tables)
    add_lines(repository)
    repository.write("1/a.prisma", "<<<<<<< HEAD\n=======\n>>>>>>> other\n")
    repository.write("2/a.prisma", "enum A {\n  A\n}\n")
    repository.git("add", "--all")
    ran, read = _check(repository)
    assert ran.code == 2
    assert [one[:4] for one in _annotations(read)] == [
        ("error", "edited by hand", OUTPUT, "20"),
        ("error", "conflict-marker", "1/a.prisma", "1"),
        ("error", "missing", TOML, "12"),
        ("notice", "edited by hand", USER, "4"),
        ("error", "prisma-combine", TOML, "7"),
    ]
    assert "1/a.prisma:1: conflict-marker" in summary.read_text()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param(TOML, (TOML, "5"), id="at-the-line"),
        pytest.param("no\x1bne.toml", ("", ""), id="no-such-file"),
    ],
)
def test_errors_are_annotations_too(
    path: str, place: tuple[str, str], repository: Repository, summary: Path
) -> None:
    repository.write(TOML, f"{CONFIG}bad = 1\n")
    ran, read = _check(repository, "--config", path)
    [found] = _annotations(read)
    assert (ran.code, found[2:4]) == (2, place)
    assert "\x1b" not in ran.out
    assert not summary.exists()


def _fill(repository: Repository, body: str) -> None:
    repository.write(USER, SOURCES["user.prisma"] + body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("".join(f"// {number:>40}\n" for number in range(60_000)), id="lines"),
        pytest.param(f"// {'`' * 3_000_000}\n", id="one-line"),
        pytest.param("".join(f"// {'`' * size}\n" for size in range(1_500)), id="fences"),
        pytest.param("// é🙂\u202e\n" * 200_000, id="escapes"),
    ],
)
def test_summary_is_cut_before_the_limit(repository: Repository, summary: Path, body: str) -> None:
    _fill(repository, body)
    ran, _ = _check(repository)
    assert ran.code == 1
    found = page(summary.read_text())
    assert summary.stat().st_size <= 1 << 20
    assert found.blocks[1][1].startswith(f"--- a/{OUTPUT}\t")
    assert re.fullmatch(r"\d+ more lines of the diff are in the log.", found.rest[-1])


def test_summary_that_is_nearly_full(repository: Repository, summary: Path) -> None:
    _fill(repository, "".join(f"// {number}\n" for number in range(2_000)))
    for left in (0, 10, 500, 3_000, 12_000):
        summary.write_bytes(b"\n" * ((1 << 20) - left))
        assert _check(repository)[0].code == 1
        assert summary.stat().st_size <= 1 << 20
        page(summary.read_text())
    assert "are in the log" in summary.read_text()


def test_many_mistakes(repository: Repository, summary: Path) -> None:
    for number in range(3_000):
        repository.write(f"prisma/schema/{'x' * 200}{number}.prisma", "")
    ran, read = _check(repository)
    assert (ran.code, len(read.commands)) == (1, 10)
    assert read.commands[-1].data.endswith("\n2990 more are in the log.")
    assert summary.stat().st_size <= 1 << 20


@pytest.mark.posix
def test_summary_that_can_not_be_written(repository: Repository) -> None:
    repository.environment["GITHUB_STEP_SUMMARY"] = str(repository.root / "prisma")
    ran, read = _check(repository)
    assert ran.code == 0
    assert _annotations(read) == [
        ("warning", "prisma-combine", "", "", "can't write the job summary: is a directory")
    ]


# Which folder paths are relative to.


@pytest.fixture
def below(repository: Repository) -> Repository:
    """Return a repository with the configuration in a folder."""
    (repository.root / "apps" / "a b").mkdir(parents=True)
    repository.git("mv", "prisma", TOML, "apps/a b")
    repository.commit()
    repository.replace("email String @unique", "email String", f"apps/a b/{OUTPUT}")
    return repository


@pytest.mark.parametrize("workspace", [".", None, "..", "apps", "/nowhere"])
@pytest.mark.parametrize("cwd", [".", "apps/a b/prisma"])
def test_paths_are_those_from_the_top(
    below: Repository, workspace: str | None, cwd: str, summary: Path
) -> None:
    """The workspace may be above the checkout, or be told wrong."""
    below.environment.pop("GITHUB_WORKSPACE")
    if workspace:
        below.environment["GITHUB_WORKSPACE"] = str((below.root / workspace).resolve())
    named = ("--config", f"apps/a b/{TOML}") if cwd == "." else ()
    ran, read = _check(below, *named, cwd=cwd)
    assert ran.code == 1
    assert [one[2] for one in _annotations(read)] == [f"apps/a b/{OUTPUT}", f"apps/a b/{USER}"]
    said = page(summary.read_text()).blocks[0][1]
    commands = [line.strip() for line in said.split("\n") if line.startswith("  prisma-combine ")]
    config = ("--config", f"apps/a b/{TOML}")
    fix = ("check", "--fix", f"apps/a b/{OUTPUT}", *config)
    program = "prisma-combine"
    assert commands == [rendered((program, "adopt", *config)), rendered((program, *fix))]
    # They work in the top folder of a clone.
    assert below.tool(*fix).code == 1
    assert _check(below, *named, cwd=cwd)[0].code == 0


def test_paths_without_a_repository(folder: Repository) -> None:
    folder.environment["GITHUB_WORKSPACE"] = str(folder.root.parent)
    _, read = _check(folder)
    assert _annotations(read)[0][2] == f"{folder.root.name}/{TOML}"
    folder.environment.pop("GITHUB_WORKSPACE")
    _, read = _check(folder)
    assert _annotations(read)[0][2] == TOML


def test_paths_in_a_submodule(repository: Repository, summary: Path) -> None:
    """Annotations are for the repository that the workflow is of."""
    outer = Repository(repository.root.parent / f"{repository.root.name}-outer", {})
    outer.environment = repository.environment
    outer.root.mkdir()
    outer.git("init", "--quiet")
    outer.git("submodule", "--quiet", "add", str(repository.root), "inner")
    outer.environment["GITHUB_WORKSPACE"] = str(outer.root)
    outer.replace("email String @unique", "email String", f"inner/{OUTPUT}")
    _, read = _check(outer, "--config", f"inner/{TOML}")
    assert _annotations(read)[0][2] == f"inner/{OUTPUT}"
    assert summary.exists()


# Untrusted text.

HOSTILE = (
    "::error::x",
    "  ::stop-commands::x",
    "##[error]x",
    "<script>",
    "```",
    "%0A::error::x",
    "\x1b[31m",
    "\r::error::x",
    "\u202e",
)


def test_fence_around_what_the_runner_would_act_upon(repository: Repository) -> None:
    add_lines(repository)
    repository.replace("  fax   String\n", "  fax   String // ##[error]x\n")
    lines = _check(repository)[0].out.split("\n")
    [start] = (number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    token = lines[start].removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", token)
    end = lines.index(f"::{token}::")
    assert start == lines.index("::group::The diff") + 1
    assert end == lines.index("::endgroup::") - 1
    assert "-  fax   String // ##[error]x" in lines[start:end]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_lines(text: str, repository: Repository, summary: Path) -> None:
    repository.write(USER, f"{SOURCES['user.prisma']}// {text}\n")
    ran, _ = _check(repository)
    safe_log(ran.out)
    assert page(summary.read_text()).rest == ["### prisma-combine"]


@pytest.mark.posix
@pytest.mark.parametrize(
    "name", ["a::error::b", "a%0Ab", "a,line=3", "a`b", "a <b>", "a##[error]b"]
)
def test_hostile_names(name: str, build: Build) -> None:
    repository = build(WITHOUT_FILES, SOURCES | {f"{name}.prisma": ""})
    summary = _on_github(repository)
    repository.write(f"prisma/schema/{name}.prisma", "enum A {\n  A\n}\n")
    ran, _ = _check(repository)
    read = safe_log(ran.out)
    assert read.commands[-1].properties["file"] == f"prisma/schema/{name}.prisma"
    assert page(summary.read_text()).rest == ["### prisma-combine"]


def test_command_names_are_not_taken_from_the_repository(build: Build) -> None:
    repository = build(CONFIG + 'command = "::error::x"\n')
    edit_source(repository)
    ran, _ = _check(repository)
    assert {command.name for command in safe_log(ran.out).commands} <= {
        *("group", "endgroup", "error", "notice")
    }
    assert Command("error", {}, "x") not in safe_log(ran.out).commands
