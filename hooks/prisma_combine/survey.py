"""What a repository holds that may have to do with a combined schema."""

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from prisma_combine import git, layout, script, source
from prisma_combine.errors import CombineError
from prisma_combine.layout import File
from prisma_combine.script import Script
from prisma_combine.tree import Disk

_LARGEST = 300_000
"""bytes; no script that joins files is larger"""
_CLIENT = frozenset({"schema.prisma", "index.d.ts", "package.json"})
_RUNTIME = frozenset({"runtime", "edge.js", "wasm.js"})


class Survey(NamedTuple):
    """The files of a repository. Paths are relative to its root, with `/`."""

    tree: Disk
    schemas: tuple[File, ...]
    scripts: tuple[Script, ...]
    packages: tuple[str, ...]
    """every package.json"""
    folders: frozenset[str]
    foreign: tuple[str, ...]
    """folders that Prisma has generated, or that belong to another repository"""


def survey(root: str) -> Survey:
    """Looks through a repository, but for hidden files and packages.

    Raises CombineError when git fails. What can't be read is passed over.
    """
    tree = Disk(root)
    schemas: list[str] = []
    scripts: list[str] = []
    folders: set[str] = set()
    foreign: list[str] = []
    for above, below, names in os.walk(root):
        folder = os.path.relpath(above, root).replace(os.sep, "/")
        if folder != "." and _is_foreign(folder, {*below, *names}):
            foreign.append(folder)
            below.clear()
            continue
        below[:] = sorted(name for name in below if name[0] != "." and name != "node_modules")
        folders.add(folder)
        for name in sorted(names):
            path = name if folder == "." else f"{folder}/{name}"
            if not path.isprintable():
                continue
            if name.endswith(".prisma") and name[0] != ".":
                schemas.append(path)
            elif script.may_be(path) and not os.path.islink(os.path.join(above, name)):
                scripts.append(path)
    return Survey(
        tree,
        tuple(_schemas(schemas, tree)),
        tuple(_scripts(scripts, tree)),
        tuple(path for path in scripts if posixpath.basename(path) == "package.json"),
        frozenset(folders),
        tuple(foreign),
    )


def _is_foreign(folder: str, names: set[str]) -> bool:
    client = names >= _CLIENT and not names.isdisjoint(_RUNTIME)
    return client or ".git" in names or posixpath.basename(folder) == "migrations"


def _schemas(paths: Sequence[str], tree: Disk) -> Iterator[File]:
    with git.Tracked(tree.root, ["."]) as tracked:
        untracked = tracked.lacks(paths)
    ignored = {path for path in untracked if git.ignores(tree.root, path)}
    for path in paths:
        text = ""
        # Here what can't be read is a file with nothing in it; its reader says what is wrong.
        with suppress(CombineError):
            text = source.decode(tree.read(path) or b"", path)
        yield layout.file(path, text, ignored=path in ignored)


def _scripts(paths: Iterable[str], tree: Disk) -> Iterator[Script]:
    for path in paths:
        with suppress(CombineError, OSError):
            if os.path.getsize(tree.real(path)) <= _LARGEST:
                data = tree.read(path) or b""
                text = data.decode(errors="replace") if b".prisma" in data else ""
                if found := script.read(path, text):
                    yield found
