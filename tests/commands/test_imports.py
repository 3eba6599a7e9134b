"""What the commands import: everyone pays for it on each commit."""

import os
import sys

import pytest

from support.program import Ran
from support.repository import (
    COMMANDS,
    OUTPUT,
    WITHOUT_FILES,
    Build,
    Repository,
    edit_output,
    edit_source,
)

HEAVY = {
    *("typer", "click", "rich", "pydantic", "unidiff", "tomlkit"),
    *("json", "dataclasses", "pathlib", "inspect", "tempfile", "importlib.metadata", "shlex"),
}
"""libraries and modules that a passing check does without"""
if os.name == "posix":
    HEAVY.add("subprocess")
# Only a check with something to say needs these.
LATE = {
    f"prisma_combine.{name}"
    for name in (
        *("actions", "actions.compare", "compare", "compare.verdict", "setup"),
        *("git.texts", "git.objects", "report.text", "report.words", "report.commands"),
        *("repository.history", "repository.record", "schema.language", "schema.rules"),
        *("cli.app", "cli.failure", "config.positions", "files.atomic"),
    )
}


def _imported(repository: Repository, *arguments: str) -> tuple[Ran, set[str]]:
    """Run the program; return what it has imported, too."""
    program = f"""
import sys
sys.argv = ["prisma-combine", *{arguments!r}]
before = set(sys.modules)
from prisma_combine.__main__ import main
code = main()
print("", *sorted(set(sys.modules) - before))
sys.exit(code)
"""
    ran = repository.run(sys.executable, "-c", program)
    return ran, set(ran.out.split("\n")[-2].split())


PASSING = {
    "check": ["check"],
    "fix": ["check", "--fix"],
    "config": ["check", "--config", "prisma-combine.toml"],
    "config-equals": ["check", "--config=prisma-combine.toml"],
    "paths": ["check", "prisma/schema/user.prisma", OUTPUT],
}


@pytest.mark.parametrize("arguments", PASSING.values(), ids=PASSING)
def test_a_passing_check_imports_next_to_nothing(
    repository: Repository, arguments: list[str]
) -> None:
    ran, modules = _imported(repository, *arguments)
    assert (ran.code, ran.err) == (0, f"{OUTPUT}: in sync\n")
    assert modules & (HEAVY | LATE) == set()


def test_a_passing_check_of_all_files_imports_next_to_nothing(build: Build) -> None:
    ran, modules = _imported(build(WITHOUT_FILES), "check")
    assert (ran.code, ran.err) == (0, f"{OUTPUT}: in sync\n")
    assert modules & (HEAVY | LATE) == set()


def test_a_passing_check_of_patterns_imports_next_to_nothing(build: Build) -> None:
    repository = build(f'{WITHOUT_FILES}files = ["base.prisma", "*.prisma"]\nexclude = ["*.x"]\n')
    ran, modules = _imported(repository, "check")
    assert (ran.code, ran.err) == (0, f"{OUTPUT}: in sync\n")
    assert modules & (HEAVY | LATE) == set()


def test_a_passing_check_of_an_ignored_combined_file_imports_next_to_nothing(
    repository: Repository,
) -> None:
    repository.write(".gitignore", f"/{OUTPUT}\n")
    repository.git("rm", "--quiet", "--cached", OUTPUT)
    repository.commit()
    ran, modules = _imported(repository, "check")
    assert (ran.code, ran.err) == (0, f"{OUTPUT}: in sync\n")
    assert modules & (HEAVY | LATE) == set()


def test_a_passing_check_beside_ignored_files_imports_next_to_nothing(build: Build) -> None:
    repository = build(WITHOUT_FILES)
    repository.write(".gitignore", "generated/\n")
    repository.commit()
    repository.write("prisma/schema/generated/client/schema.prisma", repository.read())
    ran, modules = _imported(repository, "check")
    assert (ran.code, ran.err) == (0, f"{OUTPUT}: in sync\n")
    assert modules & (HEAVY | LATE) == set()


def test_a_passing_check_of_the_index_imports_no_more_than_it_reads(
    repository: Repository,
) -> None:
    ran, modules = _imported(repository, "check", "--staged")
    assert (ran.code, ran.err) == (0, f"{OUTPUT}: in sync\n")
    assert modules & (HEAVY | LATE) == {"prisma_combine.git.objects"}


def test_a_failing_check_imports_what_the_measure_looks_for(repository: Repository) -> None:
    edit_output(repository)
    ran, modules = _imported(repository, "check")
    assert ran.code == 1
    assert modules >= {"json", "prisma_combine.actions.compare", "prisma_combine.report.text"}
    assert not modules & {"typer", "click", "rich", "dataclasses", "inspect", "tempfile"}


@pytest.mark.parametrize("arguments", COMMANDS, ids="-".join)
def test_no_command_imports_pydantic(repository: Repository, arguments: tuple[str, ...]) -> None:
    """It makes a failing check 2.6 times as slow (Typer from 0.29)."""
    edit_source(repository)
    ran, modules = _imported(repository, *arguments)
    assert ran.code in (0, 1)
    assert not [name for name in modules if name.startswith("pydantic")]


@pytest.mark.parametrize(
    "arguments", [["check", "--", "."], ["--help"], ["--version"]], ids=["check", "help", "version"]
)
def test_typer_imports_no_pydantic(repository: Repository, arguments: list[str]) -> None:
    ran, modules = _imported(repository, *arguments)
    assert ran.code == 0
    assert "typer" in modules
    assert not [name for name in modules if name.startswith("pydantic")]
