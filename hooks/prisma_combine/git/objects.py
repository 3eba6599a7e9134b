"""Read and store the objects of the user's repository."""

import sys
from collections.abc import Iterable

from prisma_combine.git.process import Process, ask, in_repository


def start(root: str) -> Process | None:
    """Start the process that `read` asks, so that it is up when the names are known."""
    return ask(root, "cat-file", "--batch", stdin=b"") if in_repository(root) else None


def read(
    root: str,
    names: Iterable[str],
    process: Process | None = None,
    limit: int = sys.maxsize,
) -> dict[str, bytes]:
    """Return the blobs with these names: ids, or `HEAD:./path` with a path relative to the root.

    Names of missing objects, and of objects that are not blobs, are absent; so are the last names
    when there is more than `limit` bytes to read. `process` comes from `start`. Raises GitError.
    """
    # Git reads one name a line.
    asked = [name for name in dict.fromkeys(names) if "\n" not in name]
    process = process or (start(root) if asked else None)
    if process is None:
        return {}
    stdin = "".join(f"{name}\n" for name in asked).encode("utf-8", "surrogateescape")
    # In a partial clone git fails at the first object that it would have to fetch.
    out = process.partial(stdin, limit=limit)
    found = {}
    at = 0
    for name in asked:
        end = out.find(b"\n", at)
        if end < 0:
            break
        _, _, kind_and_size = out[at:end].partition(b" ")
        kind, _, size = kind_and_size.rpartition(b" ")
        at = end + 1
        if size.isdigit():  # not "missing" or "ambiguous"
            if kind == b"blob" and at + int(size) < len(out):
                found[name] = out[at : at + int(size)]
            at += int(size) + 1
    return found


def store(root: str, data: bytes) -> str | None:
    """Store a text as a blob and return its id; None without git or a repository.

    Raises GitError when git fails or takes too long.
    """
    if not in_repository(root):
        return None
    process = ask(root, "hash-object", "-w", "--stdin", stdin=data)
    return None if process is None else process.output().decode().strip()
