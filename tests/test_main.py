"""The way of a check that passes: what it imports, and that it judges as `cli` does."""

import json
import sys

import pytest

from conftest import CONFIG, Ran, Repository

HEAVY = {
    "typer",
    "click",
    "rich",
    "pydantic",
    "unidiff",
    "dataclasses",
    "inspect",
    "pathlib",
    "json",
}
# Reading the language, diffs, reports: what only a check with something to say needs.
LATE = {
    f"prisma_combine.{name}"
    for name in ("cli", "check", "verdict", "diff", "psl", "rules", "order")
}


def _imported(repository: Repository, *arguments: str) -> tuple[Ran, set[str]]:
    program = f"""
import sys
sys.argv = ["prisma-combine", *{arguments!r}]
before = set(sys.modules)
from prisma_combine.__main__ import main
try:
    code = main()
finally:
    print(*sorted(set(sys.modules) - before))
sys.exit(code)
"""
    ran = repository.run(sys.executable, "-c", program)
    return ran, set(ran.out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--fix"],
        ["check", "--config", "prisma-combine.toml"],
        ["check", "--config=prisma-combine.toml"],
        ["check", "prisma/schema/user.prisma", "prisma/schema.prisma"],
    ],
)
def test_a_check_in_sync_imports_next_to_nothing(
    repository: Repository, arguments: list[str]
) -> None:
    ran, modules = _imported(repository, *arguments)
    assert (ran.code, ran.err) == (0, "prisma/schema.prisma: in sync\n")
    assert modules & (HEAVY | LATE) == set()


def test_without_files_in_the_configuration_too(repository: Repository) -> None:
    repository.write("prisma-combine.toml", CONFIG[: CONFIG.index("files")])
    repository.tool("combine")
    ran, modules = _imported(repository, "check")
    assert (ran.code, ran.err) == (0, "prisma/schema.prisma: in sync\n")
    assert modules & (HEAVY | LATE) == set()


def test_the_measure_sees_what_is_imported(repository: Repository) -> None:
    repository.replace("Int  @id", "BigInt  @id")
    ran, modules = _imported(repository, "check")
    assert ran.code == 1
    assert modules >= LATE | {"typer", "unidiff"}


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("prisma/schema.prisma", None),
        ("prisma/schema.prisma", b""),
        ("prisma/schema.prisma", b"\xff"),
        ("prisma/schema/user.prisma", None),
        ("prisma/schema/user.prisma", b"\xff"),
        ("prisma/schema/user.prisma", b"model User {\n}\n"),
        ("prisma/schema/new.prisma", b""),
        ("prisma/schema/new/new.prisma", b"enum A {\n  A\n}\n"),
    ],
)
def test_a_check_that_passes_does_so_in_every_format(
    repository: Repository,
    path: str,
    text: bytes | None,
    listed: bool,
) -> None:
    if not listed:
        repository.write("prisma-combine.toml", CONFIG[: CONFIG.index("files")])
        repository.tool("combine")
        repository.commit()
    plain, slow = repository.tool("check"), repository.tool("check", "--format", "json")
    assert plain.code == slow.code == 0
    assert json.loads(slow.out)["schemas"][0]["status"] == "in-sync"
    if text is None:
        (repository.root / path).unlink()
    else:
        repository.write(path, text)
    plain, slow = repository.tool("check"), repository.tool("check", "--format", "json")
    assert plain.code == slow.code != 0
