"""A pytest plugin that makes tests cheap enough to run for every mutant."""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, chdir
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from conftest import Ran, Repository

# The same examples each time, and once one fails that is enough.
settings.register_profile(
    "mutants",
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("mutants")


def tool(
    repository: "Repository",
    *arguments: str,
    stdin: bytes | None = None,
    cwd: str = ".",
    environment: Mapping[str, str] | None = None,
) -> "Ran":
    """What `Repository.tool` does, without a process of its own."""
    from conftest import Ran
    from prisma_combine.__main__ import main

    given = io.TextIOWrapper(io.BytesIO(stdin or b""))
    out, err = (
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape") for _ in "oe"
    )
    with (
        chdir(repository.root / cwd),
        patch.dict(os.environ, repository.environment | dict(environment or {}), clear=True),
        patch.multiple(
            sys, argv=["prisma-combine", *arguments], stdin=given, stdout=out, stderr=err
        ),
    ):
        try:
            code = main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode(errors="surrogateescape"))
    return Ran(code, *texts)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests last that start git, as most mutants fall before them."""
    items.sort(key=lambda item: "environment" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="module", autouse=True)
def _in_process(request: pytest.FixtureRequest) -> Iterator[None]:
    from conftest import Repository

    with ExitStack() as patches:
        # Where pytest runs again in one process, a module may have the class of the first time.
        for one in {Repository, getattr(request.module, "Repository", Repository)}:
            patches.enter_context(patch.object(one, "tool", tool))
        # No test is about a power cut.
        patches.enter_context(patch.object(os, "fsync", lambda _: None))
        yield
