"""`audit`: what the history of a combined file tells."""

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from prisma_combine.report.audit import lasted
from prisma_combine.repository.walk import Walk
from support import PROJECT
from support.drift import FOLDER, SOURCES, Drift
from support.repository import (
    CONFIG,
    OUTPUT,
    POST,
    PROGRAM,
    USER,
    WITHOUT_FILES,
    Build,
    Repository,
    edit_source,
)

HEADLINE = (
    "8 of 17 commits to prisma/schema.prisma disagreed with its sources, for 130 days in all;"
    " 1 of 4 hand edits was overwritten."
)
TABLE = """\
date        commit     kind                   lasted          sections
2024-09-02  <edit to be forgotten>  hand-edited, diverged  49 days so far  post.prisma
                                                              account.prisma: +1 -1 at line 11, still there
2024-07-01  <edit in vain>  hand-edited            8 days          user.prisma: +1 -1 at line 11, reverted in <revert> (2024-07-09)
2024-05-20  <edit to be kept>  hand-edited            21 days         user.prisma: +1 -1 at line 13, carried into a source in <adopt> (2024-06-10)
2024-04-08  <edit to be lost>  hand-edited            21 days         post.prisma: +1 -0 at line 21, overwritten in <overwrite> (2024-04-29)
2024-02-12  <stale>  stale                  31 days         user.prisma, post.prisma
"""
MARKDOWN = """\
**8 of 17 commits to <code>prisma/schema.prisma</code> disagreed with its sources, for 130 days in all; 1 of 4 hand edits was overwritten.**

<code>prisma/schema.prisma</code> still does: diverged since 2024-09-30.

| date | commit | kind | lasted | sections |
| --- | --- | --- | --- | --- |
| 2024-09-02 | <edit to be forgotten> | hand-edited, diverged | 49 days so far | <code>post.prisma</code> |
|  |  |  |  | <code>account.prisma</code>: +1 -1 at line 11, still there |
| 2024-07-01 | <edit in vain> | hand-edited | 8 days | <code>user.prisma</code>: +1 -1 at line 11, reverted in <revert> (2024-07-09) |
| 2024-05-20 | <edit to be kept> | hand-edited | 21 days | <code>user.prisma</code>: +1 -1 at line 13, carried into a source in <adopt> (2024-06-10) |
| 2024-04-08 | <edit to be lost> | hand-edited | 21 days | <code>post.prisma</code>: +1 -0 at line 21, overwritten in <overwrite> (2024-04-29) |
| 2024-02-12 | <stale> | stale | 31 days | <code>user.prisma</code>, <code>post.prisma</code> |

To catch the next one: `prisma-combine init`
"""
DAY = 24 * 60 * 60


def commit(message: str, day: str) -> dict[str, str]:
    return {"id": f"<{message}>", "date": f"2024-{day}T12:00:00Z"}


def edit(
    source: str, begin: dict[str, str], line: tuple[int, int, int, int], **end: Any
) -> dict[str, Any]:
    names = ("line", "source_line", "added", "removed")
    lines = [dict(zip(names, line, strict=True))]
    return {"source": f"{FOLDER}/{source}.prisma", "commit": begin, "lines": lines} | end


def episode(
    begin: dict[str, str], end: dict[str, str] | None, days: int, commits: int = 1, **others: Any
) -> dict[str, Any]:
    found = {"commit": begin, "end": end, "commits": commits, "seconds": days * DAY}
    return found | {"statuses": [{"status": "hand-edited", "commit": begin}]} | others


LOST, KEPT = commit("edit to be lost", "04-08"), commit("edit to be kept", "05-20")
VAIN, FORGOTTEN = commit("edit in vain", "07-01"), commit("edit to be forgotten", "09-02")
STALE = commit("stale", "02-12")
OVERWRITE, ADOPT = commit("overwrite", "04-29"), commit("adopt", "06-10")
REVERT, REGENERATE = commit("revert", "07-09"), commit("regenerate", "03-14")
JSON = {
    "version": 1,
    "schemas": [
        {
            "output": OUTPUT,
            "directory": FOLDER,
            "begin": commit("start", "01-08"),
            "commits": 17,
            "disagreed": 8,
            "reformatted": 0,
            "episodes": [
                episode(
                    STALE,
                    REGENERATE,
                    31,
                    3,
                    statuses=[{"status": "stale", "commit": STALE}],
                    sections={USER: "stale", POST: "stale"},
                    edits=[],
                ),
                episode(
                    LOST,
                    OVERWRITE,
                    21,
                    sections={POST: "hand-edited"},
                    edits=[edit("post", LOST, (21, 5, 1, 0), outcome="overwritten", end=OVERWRITE)],
                ),
                episode(
                    KEPT,
                    ADOPT,
                    21,
                    sections={USER: "hand-edited"},
                    edits=[edit("user", KEPT, (13, 5, 1, 1), outcome="carried", end=ADOPT)],
                ),
                episode(
                    VAIN,
                    REVERT,
                    8,
                    sections={USER: "hand-edited"},
                    edits=[edit("user", VAIN, (11, 3, 1, 1), outcome="reverted", end=REVERT)],
                ),
                episode(
                    FORGOTTEN,
                    None,
                    49,
                    2,
                    statuses=[
                        {"status": "hand-edited", "commit": FORGOTTEN},
                        {"status": "diverged", "commit": commit("and stale", "09-30")},
                    ],
                    sections={f"{FOLDER}/account.prisma": "hand-edited", POST: "stale"},
                    edits=[edit("account", FORGOTTEN, (11, 3, 1, 1), outcome="open", end=None)],
                ),
            ],
        }
    ],
    "tip": commit("last", "10-21"),
    "shallow": False,
    "complete": True,
}


@pytest.fixture(scope="module", params=[False, True], ids=["unconfigured", "configured"])
def drift(
    request: pytest.FixtureRequest,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Drift:
    """Return a known history; no test may change it."""
    return Drift(tmp_path_factory.mktemp("drift"), environment, configured=request.param)


def named(drift: Drift, text: str) -> str:
    """Return a text with the messages of commits for their ids."""
    for message, name in drift.commits.items():
        text = text.replace(name, f"<{message}>").replace(name[:9], f"<{message}>")
    return text


def advice(drift: Drift) -> tuple[str, str]:
    if "prisma-combine.toml" in drift.repository.files():
        return "To see what differs now, and how to fix it:", "prisma-combine check"
    return "To catch the next one:", "prisma-combine init"


def headline(repository: Repository, *arguments: str) -> str:
    ran = repository.tool("audit", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.split("\n")[0]


def kinds(repository: Repository, *arguments: str) -> list[tuple[str, list[str]]]:
    """Return the statuses of each episode, and what became of its hand edits."""
    ran = repository.tool("audit", "--format", "json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return [
        (" ".join(one["status"] for one in e["statuses"]), [one["outcome"] for one in e["edits"]])
        for schema in json.loads(ran.out)["schemas"]
        for e in schema["episodes"]
    ]


# Reports.


def test_text(drift: Drift) -> None:
    ran = drift.repository.tool("audit")
    assert (ran.code, ran.err) == (0, "")
    why, command = advice(drift)
    still = "prisma/schema.prisma still does: diverged since 2024-09-30."
    assert named(drift, ran.out) == f"{HEADLINE}\n{still}\n\n{TABLE}\n{why}\n  {command}\n"


def test_json(drift: Drift) -> None:
    ran = drift.repository.tool("audit", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(named(drift, ran.out)) == JSON


def test_markdown(drift: Drift) -> None:
    ran = drift.repository.tool("audit", "--format", "markdown")
    assert (ran.code, ran.err) == (0, "")
    why, command = advice(drift)
    expected = MARKDOWN.replace(
        "To catch the next one: `prisma-combine init`", f"{why} `{command}`"
    )
    assert named(drift, ran.out) == expected


def test_picture_is_that_of_the_readme(drift: Drift, tmp_path: Path) -> None:
    file = tmp_path / "history.svg"
    ran = drift.repository.tool("audit", "--svg", str(file))
    assert (ran.code, ran.err) == (0, f"{file}: written\n")
    assert file.read_bytes() == (PROJECT / ".github" / "audit.svg").read_bytes()


@pytest.mark.parametrize("drift", [False], indirect=True, ids=["unconfigured"])
def test_nothing_is_written(drift: Drift) -> None:
    repository = drift.repository
    git = sorted((repository.root / ".git").rglob("*"))
    before = repository.files(), git, [file.stat().st_mtime_ns for file in git]
    repository.tool("audit")
    git = sorted((repository.root / ".git").rglob("*"))
    assert (repository.files(), git, [file.stat().st_mtime_ns for file in git]) == before


@pytest.mark.parametrize("drift", [False], indirect=True, ids=["unconfigured"])
def test_range(drift: Drift) -> None:
    start, end = drift.commits["overwrite"], drift.commits["revert"]
    first = headline(drift.repository, f"{start}..{end}").split(" disagreed")[0]
    assert first == "2 of 4 commits to prisma/schema.prisma"
    assert kinds(drift.repository, f"{start}..{end}") == [
        ("hand-edited", ["carried"]),
        ("hand-edited", ["reverted"]),
    ]


@pytest.mark.parametrize("drift", [False], indirect=True, ids=["unconfigured"])
def test_range_that_starts_in_an_episode(drift: Drift) -> None:
    start, end = drift.commits["stale, too"], drift.commits["regenerate"]
    assert headline(drift.repository, f"{start}..{end}") == (
        "1 of 2 commits to prisma/schema.prisma disagreed with its sources, for 31 days in all."
    )


@pytest.mark.parametrize("drift", [False], indirect=True, ids=["unconfigured"])
def test_shallow_clone(drift: Drift, tmp_path: Path) -> None:
    source = f"file://{drift.repository.root}"
    drift.repository.git("clone", "--quiet", "--depth", "11", source, str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone", drift.repository.environment)
    ran = clone.tool("audit")
    assert ran.out.split("\n")[:3] == [
        "4 of 10 commits to prisma/schema.prisma disagreed with its sources, for 78 days in all;"
        " 0 of 3 hand edits were overwritten.",
        "prisma/schema.prisma still does: diverged since 2024-09-30.",
        "There may be more: this clone has only a part of the history."
        " To fetch it: git fetch --unshallow",
    ]


# What is told apart.


def write_by_script(repository: Repository) -> None:
    """Write the combined file, in our own format."""
    assert repository.tool("combine").code == 0


def append(repository: Repository, text: str) -> None:
    repository.write(OUTPUT, repository.read() + text)


def test_in_sync(repository: Repository) -> None:
    assert repository.tool("audit").out == (
        "0 of 1 commit to prisma/schema.prisma disagreed with its sources.\n\n"
        "To keep it so, in CI and in a hook:\n  prisma-combine check\n"
    )


def regenerate_with_a_source(repository: Repository) -> None:
    repository.replace("authorId Int\n", "authorId Int\n  text String\n", POST)
    write_by_script(repository)


def carry(repository: Repository) -> None:
    assert repository.tool("adopt").code == 0


def carry_into_a_new_source(repository: Repository) -> None:
    repository.write(f"{FOLDER}/tag.prisma", "model Tag {\n  id Int @id\n}\n")
    repository.replace('"post.prisma"', '"post.prisma", "tag.prisma"', "prisma-combine.toml")
    write_by_script(repository)


def leave_out_post(repository: Repository) -> None:
    repository.replace(', "post.prisma"', "", "prisma-combine.toml")
    write_by_script(repository)


@pytest.mark.parametrize(
    ("damage", "repair", "expected"),
    [
        pytest.param(
            lambda r: r.replace("email String @unique", "email String @unique @db.Text"),
            regenerate_with_a_source,
            ("hand-edited", ["overwritten"]),
            id="edit-overwritten",
        ),
        pytest.param(
            lambda r: r.replace("email String @unique", "email String"),
            carry,
            ("hand-edited", ["carried"]),
            id="edit-carried",
        ),
        pytest.param(
            lambda r: r.replace("  email String @unique\n", ""),
            carry,
            ("hand-edited", ["carried"]),
            id="lines-deleted-and-carried",
        ),
        pytest.param(
            lambda r: append(r, "\nmodel Tag {\n  id Int @id\n}\n"),
            regenerate_with_a_source,
            ("hand-edited", ["overwritten"]),
            id="model-added-and-overwritten",
        ),
        pytest.param(
            lambda r: r.replace("// @generated", "model Tag {\n  id Int @id\n}\n// @generated"),
            carry_into_a_new_source,
            ("hand-edited", ["carried"]),
            id="model-added-on-top-and-carried-into-a-new-source",
        ),
        pytest.param(
            lambda r: r.write(OUTPUT, r.read()[: r.read().index("// ====", 500)]),
            write_by_script,
            ("hand-edited", ["reverted"]),
            id="section-deleted",
        ),
        pytest.param(
            lambda r: r.remove(POST),
            leave_out_post,
            ("stale", []),
            id="source-removed",
        ),
        pytest.param(
            lambda r: r.replace("// user.prisma", "// users"),
            write_by_script,
            ("hand-edited", ["reverted"]),
            id="header-changed",
        ),
        pytest.param(
            lambda r: r.write(OUTPUT, "model Pulled {\n  id Int @id\n}\n"),
            write_by_script,
            ("unmanaged", []),
            id="written-by-prisma-db-pull",
        ),
        pytest.param(
            lambda r: r.write(OUTPUT, "<<<<<<< HEAD\n" + r.read()),
            write_by_script,
            ("conflicted", []),
            id="conflict-marker",
        ),
        pytest.param(
            lambda r: r.write(
                "prisma-combine.toml", CONFIG + '[schema.format]\nheader = "// {name}\\n"\n'
            ),
            write_by_script,
            ("stale", []),
            id="format-changed",
        ),
    ],
)
def test_episode(
    repository: Repository,
    damage: Callable[[Repository], object],
    repair: Callable[[Repository], object],
    expected: tuple[str, list[str]],
) -> None:
    damage(repository)
    repository.commit("Damage")
    status, edits = expected
    assert kinds(repository) == [(status, ["open"] * len(edits))]
    repair(repository)
    repository.commit("Repair")
    assert kinds(repository) == [expected]


def test_both_changed_between_two_runs_of_the_script(repository: Repository) -> None:
    repository.replace("email String @unique", "email Int", USER)
    write_by_script(repository)
    repository.replace("email Int", "email BigInt", USER)
    repository.commit()
    assert kinds(repository) == [("diverged", [])]


def test_formatting_is_counted_apart(repository: Repository) -> None:
    repository.replace("id    Int    @id", "id Int @id")
    repository.commit()
    assert repository.tool("audit").out.split("\n")[:2] == [
        "0 of 2 commits to prisma/schema.prisma disagreed with its sources.",
        "At 1 more commit only the formatting differed.",
    ]


def test_other_files_are_not_counted(repository: Repository) -> None:
    repository.write("other/model.prisma", "model Other {\n  id Int @id\n}\n")
    repository.commit()
    repository.write("prisma-combine.toml", CONFIG + 'command = "npm run join"\n')
    repository.commit()
    assert headline(repository).startswith("0 of 1 commit to")
    assert headline(repository, "HEAD~2..HEAD") == (
        "No commit changed a combined file or its sources."
    )


def test_the_order_of_the_sources_changed(repository: Repository) -> None:
    config = CONFIG.replace('"user.prisma", "post.prisma"', '"post.prisma", "user.prisma"')
    repository.write("prisma-combine.toml", config)
    repository.commit()
    assert kinds(repository) == [("stale", [])]


def test_an_invalid_configuration_counts_as_the_one_before(repository: Repository) -> None:
    config = repository.read("prisma-combine.toml")
    repository.write("prisma-combine.toml", "[[schema]\n")
    edit_source(repository)
    repository.commit()
    repository.write("prisma-combine.toml", config)
    write_by_script(repository)
    repository.commit()
    assert kinds(repository) == [("stale", [])]


def test_the_output_is_removed_and_comes_back(repository: Repository) -> None:
    text = repository.read()
    repository.replace("email String @unique", "email String")
    repository.commit()
    repository.remove(OUTPUT)
    repository.commit()
    repository.write(OUTPUT, text)
    repository.commit()
    assert kinds(repository) == [("hand-edited", ["overwritten"])]


def test_several_schemas(build: Build) -> None:
    second = WITHOUT_FILES.replace("schema.prisma", "other.prisma")
    repository = build(CONFIG + second)
    edit_source(repository)
    write_by_script(repository)
    repository.commit()
    repository.replace("email String @unique", "email String")
    repository.commit()
    ran = repository.tool("audit", cwd="prisma")
    day, name = repository.git(
        "log", "-1", "--date=format-local:%Y-%m-%d", "--format=%cd %H", environment={"TZ": "UTC"}
    ).split()
    assert ran.out == (
        "1 of 5 commits to 2 combined files disagreed with their sources, for a moment in all;"
        " 0 of 1 hand edit were overwritten.\n"
        f"schema.prisma still does: hand-edited since {day}.\n\n"
        "file           date        commit     kind         lasted           sections\n"
        f"schema.prisma  {day}  {name[:9]}  hand-edited  a moment so far  user.prisma: +1 -1 at line 19, still there\n\n"
        "To see what differs now, and how to fix it:\n  prisma-combine check\n"
    )


# Without a configuration.


def unconfigured(tmp_path: Path, environment: dict[str, str]) -> Repository:
    """Return a repository whose sources are joined without headers."""
    repository = Repository(tmp_path, environment)
    repository.git("init", "--quiet", "--template=")
    return repository


def join(repository: Repository, *names: str, folder: str = FOLDER, banner: str = "") -> None:
    """Join sources as a script does, and commit."""
    texts = [repository.read(f"{folder}/{name}.prisma") for name in names or SOURCES]
    repository.write(OUTPUT, banner + "\n".join(texts))
    assert repository.commit().code == 0


def test_before_the_schema_was_split(tmp_path: Path, environment: dict[str, str]) -> None:
    repository = unconfigured(tmp_path, environment)
    for number in range(3):
        repository.write(OUTPUT, "".join(SOURCES.values()) + f"// {number}\n")
        repository.commit()
    for name, text in SOURCES.items():
        repository.write(f"{FOLDER}/{name}.prisma", text)
    join(repository)
    repository.replace("email String", "email Int", USER)
    repository.commit()
    assert headline(repository).startswith("1 of 2 commits to prisma/schema.prisma")
    assert kinds(repository) == [("stale", [])]


def test_folder_banner_and_order_changed(tmp_path: Path, environment: dict[str, str]) -> None:
    repository = unconfigured(tmp_path, environment)
    for name, text in SOURCES.items():
        repository.write(f"prisma/parts/{name}.prisma", text)
    join(repository, folder="prisma/parts")
    repository.replace("email String", "email Int", "prisma/parts/user.prisma")
    repository.commit("Stale")
    join(repository, "base", "post", "user", folder="prisma/parts", banner="// By a script\n")
    repository.git("mv", "prisma/parts", FOLDER)
    join(repository, "base", "post", "user")
    repository.replace("title String", "title Int", POST)
    repository.commit("Stale")
    join(repository, "base", "post", "user")
    assert headline(repository).startswith("2 of 6 commits to prisma/schema.prisma")
    assert kinds(repository) == [("stale", []), ("stale", [])]


def test_a_new_user_of_a_repository_with_a_script(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    repository = unconfigured(tmp_path, environment)
    repository.write(
        "package.json", '{"scripts": {"join": "cat prisma/schema/*.prisma > prisma/schema.prisma"}}'
    )
    for name, text in SOURCES.items():
        repository.write(f"{FOLDER}/{name}.prisma", text)
    join(repository)
    join(repository, "base", "post", "user")
    assert headline(repository) == (
        "0 of 2 commits to prisma/schema.prisma disagreed with its sources."
    )


# The command line.


@pytest.mark.parametrize("drift", [False], indirect=True, ids=["unconfigured"])
def test_long_tables_are_cut(drift: Drift, monkeypatch: pytest.MonkeyPatch) -> None:
    every = drift.repository.tool("audit").out.split("\n")
    monkeypatch.setattr("prisma_combine.report.audit._SCREEN", 4)
    lines = drift.repository.tool("audit").out.split("\n")
    assert lines[:7] == every[:7]
    assert lines[7:9] == ["… and 3 more lines: add --all", ""]
    assert drift.repository.tool("audit", "--all").out.split("\n") == every


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("v9",), "git failed: bad revision 'v9'; check `git status`"),
        (("HEAD..HEAD",), "HEAD..HEAD: no commits; name a range such as v1.0..HEAD"),
        (("--", "--all"), "--all: no commits; name a range such as v1.0..HEAD"),
        (("--config", "none.toml"), "none.toml: does not exist; check the path"),
        (
            ("--svg", "none/a.svg"),
            "none/a.svg: can't write the picture: no such file or directory; name another file",
        ),
    ],
)
def test_errors(repository: Repository, arguments: tuple[str, ...], error: str) -> None:
    ran = repository.tool("audit", *arguments)
    assert (ran.code, ran.out, ran.err) == (2, "", f"prisma-combine: {error}\n")


def test_error_as_json(repository: Repository) -> None:
    ran = repository.tool("audit", "--format", "json", "HEAD..HEAD")
    assert ran.code == 2
    assert json.loads(ran.out)["errors"] == [
        "HEAD..HEAD: no commits; name a range such as v1.0..HEAD"
    ]


def test_no_repository(folder: Repository) -> None:
    ran = folder.tool("audit")
    assert ran.code == 2
    assert ran.err.endswith(": not a git repository; run the audit in one\n")


def test_combined_file_that_is_not_committed(repository: Repository) -> None:
    repository.write(".gitignore", "/prisma/schema.prisma\n")
    repository.git("rm", "--quiet", "--cached", OUTPUT)
    repository.git("commit", "--quiet", "--amend", "--all", "--message", "Ignore it")
    assert repository.tool("audit").err == (
        "prisma-combine: prisma/schema.prisma: not what its sources make at any commit;"
        " commit it once\n"
    )


def test_interrupt(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_source(repository)
    repository.commit()
    write_by_script(repository)
    repository.commit()
    walk = Walk.__iter__

    def interrupted(self: Walk) -> object:
        for number, step in enumerate(walk(self)):
            if number == 2:
                raise KeyboardInterrupt
            yield step

    monkeypatch.setattr(Walk, "__iter__", interrupted)
    ran = repository.tool("audit")
    assert (ran.code, ran.err) == (130, "")
    assert ran.out.startswith("1 of 2 commits to prisma/schema.prisma disagreed with its sources")
    assert "There may be more: the audit was interrupted.\n" in ran.out


def test_a_process_of_its_own(repository: Repository) -> None:
    ran = repository.process("audit")
    assert ran == (0, repository.tool("audit").out, "")  # no progress where no terminal is


@pytest.mark.posix
def test_progress_on_a_terminal(repository: Repository) -> None:
    import pty

    ours, theirs = pty.openpty()
    command, environment = [*PROGRAM, "audit"], repository.environment | {"TERM": "xterm"}
    place = repository.root
    subprocess.run(command, cwd=place, env=environment, stdout=theirs, stderr=theirs, check=True)
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # Linux reports the end of a terminal as an error
        while data := os.read(ours, 1 << 12):
            shown += data
    os.close(ours)
    progress, _, report = shown.rpartition(b"0 of 1 commit")
    assert b"Reading the history" in progress
    assert b"Reading the history" not in report


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a moment"),
        (60, "1 minute"),
        (3599, "60 minutes"),
        (3600, "1 hour"),
        (36 * 3600, "2 days"),
        (400 * DAY, "400 days"),
    ],
)
def test_length_of_time(seconds: int, words: str) -> None:
    assert lasted(seconds) == words


@pytest.mark.posix  # Windows knows no such names
def test_names_of_files_are_harmless(build: Build) -> None:
    config = 'output = "a|b`<i>&amp;.prisma"\ndirectory = "prisma/schema"\n'
    repository = build(f"[[schema]]\n{config}")
    ran = repository.tool("audit", "--format", "markdown")
    name = "<code>a&#124;b&#96;&#60;i&#62;&#38;amp&#59;.prisma</code>"
    assert f"commit to {name} disagreed" in ran.out
    repository.tool("audit", "--svg", "a.svg")
    assert "a|b`&lt;i&gt;&amp;amp;.prisma" in repository.read("a.svg")
