"""Remember what the combined file was last generated from, in the git directory.

The team's own script leaves no such record; this one is what makes "combine, edit, combine, edit"
without a commit in between a stale file and not an edited one.
"""

import contextlib
import json
import os
from collections.abc import Mapping

from prisma_combine.errors import CombineError
from prisma_combine.files import atomic, reading
from prisma_combine.git.process import directory, top_level

_LARGEST = 32 << 20


def write(root: str, output: str, texts: Mapping[str, str]) -> None:
    """Remember the texts of the sources, by path, that `output` was combined from.

    Does nothing where that isn't possible: outside a repository, or without permission.
    """
    path = _path(root, output)
    if path is None:
        return
    ready = atomic.beside(path)
    with contextlib.suppress(OSError):
        if sum(map(len, texts.values())) > _LARGEST:
            os.unlink(path)
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            with open(ready, "x", encoding="ascii") as file:
                file.write(json.dumps({"version": 1, "sources": dict(texts)}))
            os.replace(ready, path)
        except OSError:
            os.unlink(ready)
        atomic.sweep([os.path.dirname(path)])


def read(root: str, output: str) -> dict[str, str]:
    """Return the texts that `write` was last given; none when there is no valid record."""
    path = _path(root, output)
    try:
        # JSON escapes up to six characters for one.
        if path is None or os.path.getsize(path) > 7 * _LARGEST:
            return {}
        record = json.loads(reading.read(path) or b"")
    except (OSError, ValueError, RecursionError, CombineError):
        return {}
    sources = record.get("sources") if isinstance(record, dict) else None
    if not isinstance(sources, dict) or record.get("version") != 1:
        return {}
    return {path: text for path, text in sources.items() if isinstance(text, str)}


def _path(root: str, output: str) -> str | None:
    git = directory(root)
    if git is None:
        return None
    # One repository may have several roots with outputs of one name.
    path = os.path.relpath(os.path.join(root, output), top_level(root) or root)
    name = path.replace("%", "%25").replace(os.sep, "%2F")
    return os.path.join(git, "prisma-combine", f"{name}.json")
