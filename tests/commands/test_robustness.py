"""What goes wrong around the tool: the command line, the repository, the files that git hands out."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from prisma_combine.report import color
from prisma_combine.report.commands import rendered
from support.github import Command, log
from support.program import Ran
from support.repository import (
    BASE,
    CONFIG,
    OUTPUT,
    POST,
    PROGRAM,
    SOURCES,
    USER,
    WITHOUT_FILES,
    Build,
    Repository,
    edit_output,
    edit_source,
)

NEW = "prisma/schema/new.prisma"
TOML = "prisma-combine.toml"
IN_SYNC = f"{OUTPUT}: in sync\n"
DAY = 24 * 60 * 60


def errors(ran: Ran) -> list[str]:
    """Return the errors of a JSON report, the only one on standard output."""
    report = json.loads(ran.out)
    found: list[str] = report["errors"]
    return found


def annotations(ran: Ran) -> list[tuple[str, str, str, str]]:
    """Return the kind, file, line and message of each annotation."""
    commands: list[Command] = log(ran.out).commands
    return [
        (one.name, one.properties.get("file", ""), one.properties.get("line", ""), one.data)
        for one in commands
        if one.name in ("error", "warning", "notice")
    ]


# Exit codes and errors.


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (["--nonsense"], "No such option: --nonsense"),
        (["--config"], "Option '--config' requires an argument."),
        (["--color=pink"], "Invalid value for '--color': 'pink' is not one of"),
        (["--config", ""], "--config: path is empty; name a file, such as prisma-combine.toml"),
        (["--config", "no.toml"], "no.toml: does not exist; check the path"),
        (["nowhere"], "nowhere: no such file or folder; check the path"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_on_the_command_line_is_reported_in_the_format_asked_for(
    repository: Repository, mistake: list[str], message: str
) -> None:
    # The last one asked for counts.
    ran = repository.tool("check", "--format=github", "--format", "json", *mistake)
    assert ran.code == 2
    (error,) = errors(ran)
    assert error.startswith(message)
    ran = repository.tool("check", "--format=github", *mistake)
    assert (ran.code, len(annotations(ran))) == (2, 1)
    assert annotations(ran)[0][3].startswith(message)
    ran = repository.tool("check", *mistake)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


CRASH = """
import sys
from prisma_combine.__main__ import run
from prisma_combine.config import load

def fail(*_):
    raise {error}

load.load = fail
sys.argv = ["prisma-combine", *{arguments!r}]
run()
"""


def _crash(repository: Repository, error: str, *arguments: str) -> Ran:
    program = CRASH.format(error=error, arguments=arguments)
    return repository.run(sys.executable, "-c", program)


@pytest.mark.parametrize("arguments", [["check"], ["check", "--", "."]], ids=["quick", "typer"])
def test_an_unexpected_exception_is_no_verdict(
    repository: Repository, arguments: list[str]
) -> None:
    ran = _crash(repository, "ValueError('no luck \\x1b[2J')", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Traceback (most recent call last):\n")
    *_, error, report, _ = ran.err.split("\n")
    assert error == "ValueError: no luck \\x1b[2J"
    assert report.startswith("prisma-combine: unexpected ValueError, which is a bug. Report it: ")


def test_an_unexpected_exception_is_json(repository: Repository) -> None:
    ran = _crash(repository, "ValueError()", "check", "--format", "json")
    (error,) = errors(ran)
    assert ran.code == 2
    assert error.startswith("unexpected ValueError, which is a bug. Report it: https://")
    assert ran.err.startswith("Traceback (most recent call last):\n")


def test_an_unexpected_exception_is_an_annotation(repository: Repository) -> None:
    ran = _crash(repository, "ValueError('a\\n::error::b')", "check", "--format=github")
    assert (ran.code, ran.err) == (2, "")
    ((kind, _, _, message),) = annotations(ran)
    assert (kind, message[:21]) == ("error", "unexpected ValueError")
    assert "::error::b" in log(ran.out).lines


@pytest.mark.parametrize("arguments", [["check"], ["check", "--", "."]], ids=["quick", "typer"])
def test_an_interrupt_is_no_verdict(repository: Repository, arguments: list[str]) -> None:
    ran = _crash(repository, "KeyboardInterrupt", *arguments)
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "")


def test_a_typer_that_runs_no_command_is_no_verdict(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typer 0.12 with Click 8.3 ends each command with 0."""
    monkeypatch.setattr("prisma_combine.cli.app.app", lambda **_: None)
    with pytest.raises(TypeError):
        repository.tool("check", "--", ".")


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_object_that_git_lacks_is_named(repository: Repository, form: str) -> None:
    blob = repository.git("rev-parse", f":{USER}").strip()
    path = repository.root / ".git/objects" / blob[:2] / blob[2:]
    path.chmod(0o600)  # Windows deletes no read-only file
    path.unlink()
    ran = repository.tool("check", "--staged", "--format", form)
    message = f"{USER}: git lacks the object {blob} of this file; run `git fsck`"
    assert ran.code == 2
    assert f"prisma-combine: {message}\n" in ran.err or errors(ran) == [message]


def test_an_error_names_the_file_from_where_the_user_is(repository: Repository) -> None:
    repository.write(USER, b"model User {\n\xff}\n")
    message = "not UTF-8 (byte 0xff); save the file as UTF-8"
    ran = repository.tool("check", cwd="prisma/schema")
    assert (ran.code, ran.err) == (2, f"prisma-combine: user.prisma:2: {message}\n")
    ran = repository.tool("check", "--format", "github", cwd="prisma")
    assert annotations(ran) == [("error", USER, "2", message)]
    # Without a line of its own, an error is about the file.
    repository.write(USER, "version https://git-lfs.github.com/spec/v1\n")
    ran = repository.tool("check", "--format", "github", cwd="prisma")
    assert [one[:3] for one in annotations(ran)] == [("error", USER, "1")]


@pytest.mark.parametrize(
    "line",
    [
        '{} = "a"',
        'output = "{}.prisma"',
        'directory = "{}"',
        'files = ["{}.prisma"]',
        'files = ["{}*"]',
        'exclude = ["{}"]',
        'command = "{}"',
        "[schema.format]\n{} = 1",
        '[schema.format]\ntrim = "{}"',
        '[schema.format.headers]\n"{}.prisma" = ""',
        "[{}]",
        '[[schema]]\noutput = "a.prisma"\n{} =',
    ],
)
def test_messages_quote_no_long_text(folder: Repository, line: str) -> None:
    defaults = {"output": '"a.prisma"', "directory": '"prisma/schema"'}
    kept = [f"{key} = {value}" for key, value in defaults.items() if not line.startswith(key)]
    long = line.replace("{}", "k" * 100_000)
    folder.write(TOML, "\n".join(["[[schema]]", *kept, long, ""]))
    ran = folder.tool("check")
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err) < 400
    assert f"prisma-combine: {TOML}:" in ran.err


@pytest.mark.parametrize(
    "text",
    [
        "model {0} {{\n  id Int @id\n}}\nmodel {0} {{\n  id Int @id\n}}\n",
        "model {0} {{\n",
        "model {0} {{\n  id Int\nmodel {0} {{\n}}\n",
        "{0} {0} {{\n",
        "model {0}\n",
        "enum {0} {{ A }}\n",
    ],
    ids=["twice", "open", "open-before-another", "unknown", "without-brace", "one-line"],
)
def test_findings_quote_no_long_names(repository: Repository, text: str) -> None:
    repository.write(USER, text.format("N" * 100_000))
    ran = repository.tool("check")
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err) < 1000


def test_a_finding_names_a_few_of_many_places(repository: Repository) -> None:
    repository.write(USER, "enum A {\n  B\n}\n" * 1000)
    ran = repository.tool("check")
    assert ran.code == 1
    assert f"in {USER}:1 and {USER}:7 and {USER}:10 and 996 more places;" in ran.err


def test_a_block_on_one_line_is_explained(repository: Repository) -> None:
    repository.write(POST, "enum Role { A B }\n")
    ran = repository.tool("check")
    assert ran.code == 1
    assert (
        f"{POST}:1: unbalanced: Prisma refuses enum Role on one line; end the line after `{{`, and"
        " put each value and the `}` on lines of their own\n" in ran.err
    )


def test_places_of_names_in_the_configuration(repository: Repository) -> None:
    repository.write(
        TOML,
        """\
[[schema]]
output = "prisma/schema.prisma" # not "user.prisma"
directory = "prisma/schema"
# files = ["user.prisma"]
files = [
  "base.prisma", # "user.prisma"
  "user.prisma", "post.prisma",
  'user.prisma',
  "gone.prisma",
]
exclude = ["user.prisma"]
""",
    )
    ran = repository.tool("check")
    assert ran.code == 1
    assert f"{USER}:1: listed-twice: listed twice, in {TOML}:7 and {TOML}:8;" in ran.err
    assert f"missing-file: listed in {TOML}:9 but does not exist;" in ran.err


# Which files are sources.


def test_an_excluded_name_counts_at_any_depth(build: Build) -> None:
    repository = build(f'{WITHOUT_FILES}exclude = ["*.test.prisma"]\n')
    for path in ("x.test.prisma", "sub/x.test.prisma", "sub/sub/x.test.prisma"):
        repository.write(f"prisma/schema/{path}", "not Prisma\n")
    assert repository.tool("check") == Ran(0, "", IN_SYNC)
    assert repository.tool("check", "--format", "json").code == 0
    repository.git("add", "--all")
    assert repository.tool("check", "--staged") == Ran(0, "", IN_SYNC)


def test_an_excluded_path_counts_from_the_directory(build: Build) -> None:
    repository = build(f'{WITHOUT_FILES}exclude = ["sub/*.test.prisma"]\n')
    repository.write("prisma/schema/sub/x.test.prisma", "")
    assert repository.tool("check").code == 0
    repository.write("prisma/schema/sub/sub/x.test.prisma", "enum A {\n  A\n}\n")
    assert repository.tool("check").code == 1


def test_a_copy_that_a_generator_writes_is_no_source(build: Build) -> None:
    """The generator of the client copies the schema into a folder that git ignores."""
    config = '[[schema]]\noutput = "prisma/schema.prisma"\ndirectory = "prisma"\n'
    repository = build(config)
    repository.write(".gitignore", "prisma/generated/\n")
    repository.commit()
    for name in ("schema.prisma", "old.prisma"):
        repository.write(f"prisma/generated/client/{name}", repository.read())
    for arguments in ([], ["--staged"], ["--format", "json"], ["--verbose"]):
        assert repository.tool("check", *arguments).code == 0
    before = repository.files()
    assert repository.tool("combine").code == 0
    assert repository.files() == before


def test_patterns_stand_for_sources_in_other_folders(folder: Repository) -> None:
    folder.write("src/user/user.prisma", SOURCES["user.prisma"])
    folder.write("src/post/post.prisma", SOURCES["post.prisma"])
    folder.write(
        TOML,
        f'[[schema]]\noutput = "{OUTPUT}"\ndirectory = "src"\n'
        'files = ["../prisma/schema/base.prisma", "**/*.prisma"]\n',
    )
    assert folder.tool("combine").code == 0
    assert [line for line in folder.read().split("\n") if line.endswith("{")] == [
        *("datasource db {", "model Post {", "model User {")
    ]


def test_an_entry_that_is_only_intended_is_not_committed(repository: Repository) -> None:
    repository.replace('"post.prisma"', '"post.prisma", "new.prisma"', TOML)
    repository.write(NEW, "enum E {\n  A\n}\n")
    assert repository.tool("combine").code == 0
    repository.git("add", OUTPUT, TOML)
    repository.git("add", "--intent-to-add", NEW)
    ran = repository.tool("check")
    assert ran.code == 1
    assert f"{NEW}:1: untracked: not tracked by git" in ran.err
    ran = repository.tool("check", "--staged")
    assert ran.code == 1
    assert f"{NEW}:1: missing-file: listed in {TOML}:4 but is not in git's index" in ran.err
    repository.git("add", NEW)
    assert repository.tool("check", "--staged") == repository.tool("check") == Ran(0, "", IN_SYNC)


# Scripts that run beside each other.


@pytest.mark.posix
def test_a_folder_that_the_caller_has_locked_is_no_obstacle(repository: Repository) -> None:
    """`flock . prisma-combine combine` waits for nothing."""
    import fcntl

    edit_source(repository)
    descriptor = os.open(repository.root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        command = [*PROGRAM, "combine"]
        done = subprocess.run(
            command, cwd=repository.root, env=repository.environment, timeout=60, check=False
        )
    finally:
        os.close(descriptor)
    assert done.returncode == 0
    assert "name  String" in repository.read()


def test_two_configurations_in_one_folder_do_not_disturb_each_other(folder: Repository) -> None:
    folder.git("init", "--quiet", "--template=")
    for name in ("a", "b"):
        table = CONFIG.replace("schema.prisma", f"{name}.prisma")
        folder.write(f"{name}.toml", table)
    for _ in range(3):
        running = [
            subprocess.Popen(
                [*PROGRAM, "combine", "--config", f"{name}.toml"],
                cwd=folder.root,
                env=folder.environment,
                stderr=subprocess.PIPE,
            )
            for name in ("a", "b")
        ]
        ended = [(process.communicate()[1], process.returncode) for process in running]
        assert [code for _, code in ended] == [0, 0], ended
        edit_source(folder)
    for name in ("a", "b"):
        assert folder.tool("combine", "--config", f"{name}.toml").code == 0
    assert folder.read("prisma/a.prisma") == folder.read("prisma/b.prisma")
    assert sorted(path.name for path in (folder.root / "prisma").iterdir()) == [
        *("a.prisma", "b.prisma", "schema")
    ]


def test_what_a_killed_run_left_in_the_git_directory_is_removed(repository: Repository) -> None:
    records = repository.root / ".git/prisma-combine"
    (record,) = records.iterdir()
    old, new = (records / f".{record.name}.{digit * 16}.tmp" for digit in "12")
    for left in (old, new):
        left.write_text("{")
    os.utime(old, (0, time.time() - DAY - 60))
    edit_source(repository)
    assert repository.tool("combine").code == 0
    assert set(records.iterdir()) == {record, new}


# Hooks, and the variables that git gives them.


@pytest.fixture
def below(repository: Repository) -> Repository:
    """Return a repository whose configuration is in `backend`."""
    (repository.root / "backend").mkdir()
    repository.git("mv", "prisma", TOML, "backend")
    assert repository.commit().code == 0
    return repository


def _hook(repository: Repository, folder: str = "backend", hooks: str = "") -> None:
    """Let each commit check a folder, on disk and staged."""
    program = " ".join(PROGRAM)
    script = f"#!/bin/sh\ncd {folder} && {program} check && {program} check --staged\n"
    path = Path(hooks or repository.root / ".git/hooks") / "pre-commit"
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


def _commit(repository: Repository, *before: str, cwd: str = ".", **variables: str) -> Ran:
    words = ("commit", "--quiet", "--allow-empty", "--message", "Next")
    return repository.run("git", *before, *words, cwd=cwd, environment=variables)


BOTH_IN_SYNC = IN_SYNC + IN_SYNC


@pytest.mark.posix
def test_a_hook_in_a_linked_worktree(below: Repository) -> None:
    _hook(below)
    below.git("worktree", "add", "--quiet", "linked")
    assert _commit(below, cwd="linked").err == BOTH_IN_SYNC
    below.write("linked/backend/prisma/schema/new.prisma", "")
    ran = _commit(below, cwd="linked")
    assert ran.code == 1
    assert f"{NEW}:1: unlisted-file: " in ran.err
    assert "untracked" not in ran.err.replace("new.prisma:1: untracked", "")


@pytest.mark.posix
@pytest.mark.parametrize(
    ("arguments", "cwd", "variables"),
    [
        pytest.param([], ".", {}, id="plain"),
        pytest.param([], "backend/prisma", {}, id="below-the-top"),
        pytest.param(["-C", "{}"], "/", {}, id="option-c"),
        pytest.param([], ".", {"GIT_DIR": "{}/.git"}, id="git-dir"),
        pytest.param([], ".", {"GIT_DIR": ".git"}, id="relative-git-dir"),
        pytest.param(
            [], ".", {"GIT_DIR": "{}/.git", "GIT_WORK_TREE": "{}"}, id="git-dir-and-work-tree"
        ),
        pytest.param([], ".", {"GIT_DIR": ".git", "GIT_WORK_TREE": "."}, id="relative-both"),
        pytest.param([], "/", {"GIT_DIR": "{}/.git", "GIT_WORK_TREE": "{}"}, id="elsewhere"),
        pytest.param(["--git-dir={}/.git", "--work-tree={}"], "/", {}, id="options"),
    ],
)
def test_a_hook_however_git_was_started(
    below: Repository, arguments: list[str], cwd: str, variables: dict[str, str]
) -> None:
    _hook(below)
    root = str(below.root)
    given = {name: value.format(root) for name, value in variables.items()}
    ran = _commit(below, *(one.format(root) for one in arguments), cwd=cwd, **given)
    assert ran == Ran(0, "", BOTH_IN_SYNC)
    below.git("rm", "--quiet", "--cached", "backend/prisma/schema/user.prisma")
    ran = _commit(below, *(one.format(root) for one in arguments), cwd=cwd, **given)
    assert ran.code == 1
    assert [line for line in ran.err.split("\n") if "untracked" in line] == [
        f"  {USER}:1: untracked: not tracked by git, so a commit won't include it; add it"
    ]


@pytest.mark.posix
@pytest.mark.parametrize("variables", [{}, {"GIT_DIR": ".git"}], ids=["plain", "git-dir"])
def test_a_hook_sees_what_a_commit_of_one_path_has(
    below: Repository, variables: dict[str, str]
) -> None:
    source = f"backend/{USER}"
    below.replace("Post[]", "Post[]\n  name  String", source)
    assert below.tool("combine", cwd="backend").code == 0
    below.git("add", "--all")
    _hook(below)
    words = ("git", "commit", "--quiet", "--message", "Next")
    ran = below.run(*words, "--", source, environment=variables)
    assert ran.code == 1
    assert "`git commit PATH` takes only the files that it names" in ran.err
    assert below.run(*words, environment=variables) == Ran(0, "", BOTH_IN_SYNC)


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Repository:
    """Return another repository."""
    other = Repository(tmp_path_factory.mktemp("other"), environment)
    other.git("init", "--quiet", "--template=")
    other.write("a", "")
    other.commit()
    return other


def test_a_hook_of_another_repository_changes_nothing(below: Repository, other: Repository) -> None:
    other.git("clone", "--quiet", "--bare", ".", "bare.git")
    for name in (".git", "bare.git"):
        variables = {"GIT_DIR": str(other.root / name)}
        for arguments in (["check"], ["check", "--staged"]):
            ran = below.tool(*arguments, cwd="backend", environment=variables)
            assert ran == Ran(0, "", IN_SYNC)


@pytest.mark.posix
def test_hooks_of_a_submodule_and_of_the_repository_around_it(
    below: Repository, other: Repository
) -> None:
    other.git("submodule", "--quiet", "add", str(below.root), "service")
    other.commit()
    _hook(other, "service/backend")
    assert _commit(other) == Ran(0, "", BOTH_IN_SYNC)
    inside = Repository(other.root / "service", below.environment)
    _hook(inside, hooks=str(other.root / ".git/modules/service/hooks"))
    assert _commit(inside) == Ran(0, "", BOTH_IN_SYNC)


def test_sources_in_a_submodule(below: Repository, other: Repository) -> None:
    other.git("submodule", "--quiet", "add", str(below.root), "service")
    other.write(
        TOML, '[[schema]]\noutput = "a.prisma"\ndirectory = "service/backend/prisma/schema"\n'
    )
    assert other.tool("combine").code == 0
    other.commit()
    assert other.tool("check").code == 0
    ran = other.tool("check", "--staged")
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        "prisma-combine: service: a submodule, so its files are not staged here;"
        " leave out --staged\n",
    )


# Repositories that git refuses.


def _dangle(repository: Repository) -> None:
    """Be a worktree that is mounted into a container without its repository."""
    (repository.root / ".git").rename(repository.root.parent / f"{repository.root.name}-git")
    repository.write(".git", "gitdir: /nowhere/.git/worktrees/a\n")


def _own_by_another(repository: Repository) -> None:
    """Be a repository of somebody who isn't in git's `safe.directory`."""
    repository.environment["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"


def _break_configuration(repository: Repository) -> None:
    """Have a global configuration that git can't read."""
    path = repository.root.parent / f"{repository.root.name}-gitconfig"
    path.write_text("[\n")
    repository.environment["GIT_CONFIG_GLOBAL"] = str(path)


refusing = pytest.mark.parametrize(
    ("refuse", "why"),
    [
        pytest.param(_dangle, "not a git repository: ", id="git-file-leads-nowhere"),
        pytest.param(_own_by_another, "detected dubious ownership in repository", id="owner"),
        pytest.param(_break_configuration, "bad config line 1 in file ", id="configuration"),
    ],
)
BLIND = "What git tracks, and what there was before, could not be read: git failed: "


@refusing
def test_a_repository_that_git_refuses_does_not_pass_unseen(
    repository: Repository, refuse: Callable[[Repository], None], why: str
) -> None:
    refuse(repository)
    ran = repository.tool("check")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{IN_SYNC}{BLIND}{why}")
    assert ran.err.count("\n") == 2
    for arguments in (["--quiet"], ["--fix"], ["--verbose"]):
        ran = repository.tool("check", *arguments)
        assert (ran.code, ran.out, ran.err.count(BLIND)) == (2, "", 1)
    ran = repository.tool("check", "--format", "json")
    assert (ran.code, ran.err) == (2, "")
    assert json.loads(ran.out)["schemas"][0]["status"] == "in-sync"
    assert errors(ran)[0].startswith(f"git failed: {why}")
    ran = repository.tool("check", "--format", "github")
    assert ran.code == 2
    ((kind, _, _, message),) = annotations(ran)
    assert (kind, message[: len(BLIND)]) == ("error", BLIND)
    ran = repository.tool("check", "--staged")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"prisma-combine: git failed: {why}")


@refusing
def test_a_repository_that_git_refuses_has_a_verdict(
    repository: Repository, refuse: Callable[[Repository], None], why: str
) -> None:
    repository.replace("  email String @unique\n", "")
    refuse(repository)
    ran = repository.tool("check")
    assert ran.code == 1
    assert ran.out.startswith(f"--- a/{OUTPUT}\tcommitted\n")
    before, _, after = ran.err.partition(BLIND)
    assert before.startswith(f"{OUTPUT} is generated from prisma/schema/*.prisma")
    assert after.startswith(why)
    assert f"prisma-combine check --fix {OUTPUT}\n" in after
    ran = repository.tool("check", "--format", "json")
    assert (ran.code, len(errors(ran))) == (1, 1)
    ran = repository.tool("check", "--format", "github")
    assert (ran.code, [one[0] for one in annotations(ran)].count("warning")) == (1, 1)


@refusing
@pytest.mark.parametrize("arguments", [("check", "--fix"), ("combine",), ("adopt",)], ids="-".join)
def test_nothing_is_overwritten_that_git_can_not_keep(
    repository: Repository,
    refuse: Callable[[Repository], None],
    why: str,
    arguments: tuple[str, ...],
) -> None:
    edit_output(repository)
    refuse(repository)
    before = repository.files()
    ran = repository.tool(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert f"git failed: {why}" in ran.err
    assert repository.files() == before


@refusing
def test_a_missing_file_is_written_all_the_same(
    repository: Repository, refuse: Callable[[Repository], None], why: str
) -> None:
    combined = repository.read()
    repository.remove(OUTPUT)
    refuse(repository)
    assert repository.tool("combine").code == 0, why
    assert repository.read() == combined
    assert repository.tool("locate", f"{OUTPUT}:20").code == 0


# Files that differ from what git has.

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


def _check_out(repository: Repository, attributes: str) -> None:
    """Commit attributes, and let git write all files anew."""
    repository.write(".gitattributes", attributes)
    repository.commit()
    shutil.rmtree(repository.root / "prisma")
    repository.git("checkout", "--", "prisma")


def _refused(repository: Repository, message: str, *commands: str) -> None:
    """Assert that each command stops with this error, and writes nothing."""
    before = repository.files()
    for command in commands or ("check", "combine", "adopt"):
        ran = repository.tool(*command.split(" "))
        assert (ran.code, ran.out, ran.err) == (2, "", f"prisma-combine: {message}\n"), command
    assert repository.files() == before


@pytest.mark.parametrize("how", ["text eol=crlf", "core.autocrlf"])
def test_newlines_that_git_changes(repository: Repository, how: str) -> None:
    if how == "core.autocrlf":
        repository.git("config", how, "true")
    _check_out(repository, "" if how == "core.autocrlf" else f"*.prisma {how}\n")
    assert "\r\n" in repository.read(USER)
    assert "\r\n" in repository.read()
    for arguments in ([], ["--staged"]):
        assert repository.tool("check", *arguments) == Ran(0, "", IN_SYNC)
    repository.replace("email String @unique", "email String", USER)
    assert repository.tool("combine").code == 0
    assert repository.read().count("\n") == repository.read().count("\r\n")
    repository.git("add", "--all")
    for arguments in ([], ["--staged"]):
        assert repository.tool("check", *arguments) == Ran(0, "", IN_SYNC)
    assert len(repository.git("diff", "--cached", "--numstat").split("\n")) == 3


def test_keywords_that_git_replaces(repository: Repository) -> None:
    repository.write(USER, f"{SOURCES['user.prisma']}// $Id$\n")
    assert repository.tool("combine").code == 0
    _check_out(repository, "*.prisma ident\n")
    message = (
        f"{USER}:6: git writes another `$Id$` into each file; remove `ident` from .gitattributes"
    )
    _refused(repository, message)
    assert repository.tool("check", "--staged") == Ran(0, "", IN_SYNC)
    # Without the attribute it is text like any other.
    _check_out(repository, "")
    repository.write(USER, f"{SOURCES['user.prisma']}// $Id: 1 $\n")
    assert repository.tool("combine").code == 0
    assert repository.tool("check").code == 0
    assert "// $Id: 1 $\n" in repository.read()


@pytest.mark.parametrize("path", [USER, OUTPUT], ids=["source", "output"])
def test_utf_16(repository: Repository, path: str) -> None:
    text = repository.read(path)
    repository.write(".gitattributes", f"{path} working-tree-encoding=UTF-16\n")
    repository.write(path, text.encode("utf-16"))
    repository.git("add", "--all")
    message = (
        f"{path}:1: UTF-16, which Prisma can't read; save the file as UTF-8, without"
        " working-tree-encoding in .gitattributes"
    )
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        repository.write(path, text.encode(encoding))
        _refused(repository, message)
    # Git converts it.
    assert repository.tool("check", "--staged") == Ran(0, "", IN_SYNC)
    # Windows PowerShell's `>` writes it, and git does not know.
    repository.remove(".gitattributes")
    repository.git("add", "--all")
    _refused(repository, message, "check --staged")


@pytest.mark.parametrize("path", [USER, OUTPUT], ids=["source", "output"])
def test_git_lfs_pointers(repository: Repository, path: str) -> None:
    repository.write(path, POINTER)
    repository.git("add", "--all")
    fix = "run `git lfs pull`, or take it out of Git LFS in .gitattributes"
    _refused(repository, f"{path}: a Git LFS pointer in place of the file; {fix}")
    fix = "take it out of Git LFS in .gitattributes"
    _refused(repository, f"{path}: a Git LFS pointer in git; {fix}", "check --staged")


def _sparse(path: str) -> str:
    return (
        f"{path}: left out of the work tree by a sparse checkout;"
        " run `git sparse-checkout disable`, or `prisma-combine check --staged`"
    )


def _leave_out(repository: Repository, *patterns: str) -> None:
    # Git keeps files of which it does not know that they have not changed.
    repository.git("status")
    repository.git("sparse-checkout", "set", "--no-cone", "/*", *patterns)


@pytest.mark.parametrize(
    "files",
    ["", CONFIG.partition(WITHOUT_FILES)[2], 'files = ["base.prisma", "*.prisma"]\n'],
    ids=["all", "listed", "patterns"],
)
@pytest.mark.parametrize(
    ("left_out", "first"),
    [(USER, USER), (OUTPUT, OUTPUT), ("prisma/schema/", BASE)],
    ids=["source", "output", "directory"],
)
def test_a_sparse_checkout_is_not_combined(
    build: Build, files: str, left_out: str, first: str
) -> None:
    """Otherwise the combined file would lose models."""
    repository = build(WITHOUT_FILES + files)
    _leave_out(repository, f"!/{left_out}")
    assert not (repository.root / first).exists()
    _refused(repository, _sparse(first), "check", "check --fix", "combine", "adopt")
    assert repository.tool("check", "--staged") == Ran(0, "", IN_SYNC)
    repository.git("sparse-checkout", "disable")
    assert repository.tool("check") == Ran(0, "", IN_SYNC)


def test_a_sparse_checkout_may_lack_other_files(build: Build) -> None:
    repository = build(f'{WITHOUT_FILES}exclude = ["old"]\n')
    repository.write("prisma/schema/old/old.prisma", "enum A {\n  A\n}\n")
    repository.write("other/a.prisma", "")
    repository.commit()
    _leave_out(repository, "!old/", "!/other/")
    assert not (repository.root / "prisma/schema/old").exists()
    assert repository.tool("check") == Ran(0, "", IN_SYNC)
    assert repository.tool("check", "--format", "json").code == 0


@contextmanager
def _overlooked(repository: Repository, how: str, *paths: str) -> Iterator[None]:
    """Let git overlook changes to some files."""
    repository.git("update-index", f"--{how}", *paths)
    yield
    repository.git("update-index", f"--no-{how}", *paths)


@pytest.mark.parametrize("how", ["skip-worktree", "assume-unchanged"])
def test_changes_that_git_is_told_to_overlook(repository: Repository, how: str) -> None:
    message = (
        f"{USER}: git is told to overlook its changes ({how}), so no commit will have them;"
        f" run `git update-index --no-{how} {USER}`"
    )
    with _overlooked(repository, how, USER):
        # Without a change there is nothing to say.
        assert repository.tool("check") == Ran(0, "", IN_SYNC)
        edit_source(repository)
        _refused(repository, message, "check", "check --fix")
        assert repository.tool("check", "--staged") == Ran(0, "", IN_SYNC)
        # Nor does it pass when the change is in the combined file.
        assert repository.tool("combine").code == 0
        _refused(repository, message, "check")
        # A private change to both stays private.
        with _overlooked(repository, how, OUTPUT):
            for arguments in ([], ["--staged"]):
                assert repository.tool("check", *arguments) == Ran(0, "", IN_SYNC)
    assert repository.tool("check").code == 0


# Windows.


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        pytest.param(("C:\\a b\\c.exe", "check"), '& "C:\\a b\\c.exe" check', id="program"),
        pytest.param(("git", "add", "a b"), 'git add "a b"', id="blank"),
        pytest.param(("git", "add", "a'b"), 'git add "a\'b"', id="quote"),
        pytest.param(("git", "add", "$(calc)"), "git add '$(calc)'", id="expansion"),
        pytest.param(("git", "add", "`a'b"), "git add '`a''b'", id="escape"),
        pytest.param(
            ("git", "add", "a\u201d; b \u2018"), "git add 'a\u201d; b \u2018\u2018'", id="quotes"
        ),
    ],
)
def test_commands_for_powershell(words: tuple[str, ...], typed: str) -> None:
    assert rendered(words, windows=True) == typed


@pytest.mark.parametrize(
    ("platform", "variables", "colored"),
    [
        ("win32", {}, False),
        ("win32", {"WT_SESSION": "1"}, True),
        ("win32", {"TERM": "xterm"}, True),
        ("linux", {}, True),
        ("linux", {"TERM": "dumb"}, False),
        ("win32", {"FORCE_COLOR": "1"}, True),
        ("linux", {"NO_COLOR": "1"}, False),
    ],
)
def test_only_a_terminal_that_understands_it_gets_color(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], colored: bool
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    terminal: Any = Terminal()
    for name in ("WT_SESSION", "ConEmuANSI", "ANSICON", "TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert color.wanted(terminal, color.Color.AUTO) is colored


def test_a_source_that_was_not_staged_is_named(repository: Repository) -> None:
    """Otherwise its section in the staged combined file would read as added by hand."""
    repository.write("prisma/schema/tag.prisma", "model Tag {\n  id Int @id\n}\n")
    repository.replace('"post.prisma"', '"post.prisma", "*.prisma"', "prisma-combine.toml")
    assert repository.tool("combine").code == 0
    repository.git("add", "prisma-combine.toml", OUTPUT)
    ran = repository.tool("check", "--staged", "--format", "json")
    (schema,) = json.loads(ran.out)["schemas"]
    assert (ran.code, schema["status"]) == (1, "invalid")
    assert [(one["rule"], one["path"]) for one in schema["findings"]] == [
        ("untracked", "prisma/schema/tag.prisma")
    ]
    repository.git("add", "prisma/schema/tag.prisma")
    assert repository.tool("check", "--staged").code == 0
