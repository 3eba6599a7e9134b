"""What the hook prints under pre-commit and prek, typed as it is, lets the next commit pass.

The program lies only in the environment that the hook manager made for it.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support.program import Ran
from support.repository import OUTPUT, USER, Repository, edit_source
from support.situations import add_lines, delete_staged, edit_both, stage_source_only

CHECK = """\
default_install_hook_types: [pre-commit, pre-merge-commit]
repos:
  - repo: {project}
    rev: {revision}
    hooks:
      - id: prisma-combine
"""
MANUAL = f"""\
{CHECK}      - id: prisma-combine-fix
        stages: [manual]
      - id: prisma-combine-adopt
"""
_HEADING = re.compile(r" *(To|Then|Or|Once)\b.*:")


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return where the hook managers keep what they install, for all tests."""
    names = ("PRE_COMMIT_HOME", "PREK_HOME")
    return {name: str(tmp_path_factory.mktemp(name.lower())) for name in names}


@pytest.fixture(params=["pre-commit", "prek"])
def runner(
    request: pytest.FixtureRequest,
    repository: Repository,
    homes: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Return a hook manager, and let it be all that the user has."""
    name: str = request.param
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    folder = tmp_path_factory.mktemp("bin")
    (folder / name).symlink_to(program)
    path = [
        one
        for one in repository.environment["PATH"].split(os.pathsep)
        if not (Path(one) / "prisma-combine").exists()
    ]
    repository.environment |= homes | {"PATH": os.pathsep.join([str(folder), *path])}
    return name


def _install(repository: Repository, runner: str, text: str, project: tuple[str, str]) -> None:
    config = text.format(project=project[0], revision=project[1])
    repository.write(".pre-commit-config.yaml", config)
    assert repository.run(runner, "install").code == 0
    assert repository.commit("Install the hook").code == 0


def _blocks(ran: Ran) -> list[list[str]]:
    """Return the commands below each heading."""
    blocks: list[list[str]] = []
    indent = ""
    for line in (ran.out + ran.err).split("\n"):
        if _HEADING.fullmatch(line):
            indent = line[: len(line) - len(line.lstrip())] + "  "
            blocks.append([])
        elif blocks and line.startswith(indent):
            blocks[-1].append(line.removeprefix(indent))
        else:
            indent = "\0"
    return blocks


def _commit(repository: Repository, *arguments: str) -> Ran:
    return repository.run("git", "commit", "--allow-empty", "--message", "Change", *arguments)


def _stage_edit(repository: Repository) -> None:
    add_lines(repository)
    repository.git("add", "--all")


def _stage_stale(repository: Repository) -> None:
    edit_source(repository)
    repository.git("add", "--all")


def _stage_both(repository: Repository) -> None:
    edit_both(repository)
    repository.git("add", "--all")


def _stage_part(repository: Repository) -> None:
    """What is not staged is put aside, and comes back before the commands are typed."""
    _stage_stale(repository)
    repository.replace("postgresql", "sqlite", "prisma/schema/base.prisma")


SITUATIONS = [
    pytest.param(CHECK, _stage_edit, 0, id="keep-by-path"),
    pytest.param(CHECK, _stage_edit, 1, id="throw-away-by-path"),
    pytest.param(CHECK, _stage_part, 0, id="stale-with-unstaged-changes"),
    pytest.param(CHECK, stage_source_only, 0, id="combined-file-not-staged"),
    pytest.param(MANUAL, _stage_both, 0, id="keep-both"),
    pytest.param(MANUAL, _stage_edit, 1, id="throw-away"),
    pytest.param(MANUAL, _stage_stale, 0, id="stale"),
    pytest.param(MANUAL, delete_staged, 0, id="deleted"),
]


@pytest.mark.parametrize(("hooks", "prepare", "number"), SITUATIONS)
def test_next_commit_passes(
    hooks: str,
    prepare: Callable[[Repository], None],
    number: int,
    repository: Repository,
    runner: str,
    project: tuple[str, str],
) -> None:
    _install(repository, runner, hooks, project)
    prepare(repository)
    ran = _commit(repository)
    assert ran.code == 1
    commands = _blocks(ran)[number]
    for command in commands:
        typed = repository.run("sh", "-c", command)
        # The managers fail whenever a hook has changed a file, and so does `check --fix`.
        assert typed.code == 0 or not command.startswith("git "), typed
    assert commands[-1].startswith("git add ")
    assert _commit(repository).code == 0
    assert ("phone" in repository.read(USER)) == (
        prepare in (_stage_edit, _stage_both) and not number
    )
    assert repository.tool("check").code == 0


def test_commit_of_named_files(
    repository: Repository, runner: str, project: tuple[str, str]
) -> None:
    _install(repository, runner, CHECK, project)
    edit_source(repository)
    repository.tool("combine")
    repository.git("add", "--all")
    ran = _commit(repository, USER)
    assert ran.code == 1
    assert _blocks(ran) == [[f"git commit -- {USER} {OUTPUT}"]]
    repository.environment["GIT_EDITOR"] = "echo Change >"
    assert repository.run("git", "commit", "--", USER, OUTPUT).code == 0
    assert repository.git("status", "--short") == ""


def test_commit_from_a_folder_below(
    repository: Repository, runner: str, project: tuple[str, str]
) -> None:
    _install(repository, runner, MANUAL, project)
    _stage_edit(repository)
    ran = repository.run("git", "commit", "--message", "Change", cwd="prisma/schema")
    assert ran.code == 1
    for command in _blocks(ran)[0]:
        repository.run("sh", "-c", command, cwd="prisma/schema")
    assert _commit(repository).code == 0
