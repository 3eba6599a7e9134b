"""The oldest dependencies that pyproject.toml allows do what the newest do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import PROJECT
from support.lowest import lowest
from support.program import Ran
from support.repository import COMMANDS, Repository, edit_output


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python that has the oldest dependencies, and nothing else."""
    place = tmp_path_factory.mktemp("oldest") / "venv"
    subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", place], check=True)
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *lowest()], check=True)
    return python


def _with(python: Path, repository: Repository, arguments: tuple[str, ...]) -> Ran:
    repository.environment["PYTHONPATH"] = str(PROJECT / "hooks")
    return repository.run(str(python), "-m", "prisma_combine", *arguments)


CASES = {
    **{"-".join(words): words for words in COMMANDS},
    # Typer reads what the quick reader of command lines leaves to it.
    "typer-check": ("check", "--", "."),
    "typer-fix": ("check", "--fix", "--", "."),
    "typer-json": ("check", "--format", "json", "--", "."),
    "typer-adopt": ("adopt", "--"),
    "typer-combine": ("combine", "--"),
    "typer-init": ("init",),
    "version": ("--version",),
    # tomlkit tells the line of an error.
    "configuration": ("check", "--config", "bad.toml"),
}


@pytest.mark.parametrize("arguments", CASES.values(), ids=CASES)
def test_a_command_does_the_same(
    repository: Repository,
    python: Path,
    arguments: tuple[str, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    repository.write(
        "bad.toml", '[[schema]]\noutput = "a.prisma"\n\ndirectory = "b"\nfiles = [3]\n'
    )
    edit_output(repository)
    if arguments == ("init",):
        repository.remove("prisma-combine.toml")
        repository.git("checkout", "--", "prisma")
    copy = repository.copy(tmp_path_factory.mktemp("copy"))
    # Paths in errors may be absolute.
    ran, usual = _with(python, repository, arguments), copy.process(*arguments)
    assert ran.code == usual.code
    assert "Traceback" not in ran.err
    assert ran.out == usual.out
    assert ran.err.replace(str(python), "") == usual.err.replace(sys.executable, "")
    assert repository.files() == copy.files()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "--nonsense"), "No such option"),
        (("check", "--config"), "requires an argument"),
        (("check", "--format=yaml"), "'yaml' is not one of"),
        (("locate", "a:1", "b:2"), "extra argument"),
        (("nonsense",), "No such command"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_refused(
    repository: Repository, python: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = _with(python, repository, arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["", "init", "check", "combine", "adopt", "locate"])
def test_help(repository: Repository, python: Path, command: str) -> None:
    ran = _with(python, repository, (*command.split(), "--help"))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.lstrip().startswith("Usage: ")
