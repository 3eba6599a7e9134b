"""A tree whose texts are git objects."""

import posixpath
from bisect import bisect_left
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import BinaryIO

from prisma_combine.errors import CombineError
from prisma_combine.files.reading import shown
from prisma_combine.git import objects
from prisma_combine.git.process import Process
from prisma_combine.repository.tracked import LINK, Entry
from prisma_combine.repository.tree import LFS, SUFFIX, is_skipped

_LINKS = 8


class Stored:
    """A Tree that reads blobs, all `.prisma` files in one git process."""

    absent = "does not exist"

    def __init__(self, root: str, process: Process | None) -> None:
        """`process` comes from `objects.start`."""
        self._root = root
        self._process = process
        self._texts: dict[str, bytes] = {}
        self._paths: list[str] | None = None

    def names(self) -> Iterable[str]:
        """Return the paths of all files."""
        raise NotImplementedError

    def entry(self, path: str) -> Entry | None:
        """Return a file's mode and blob; None when there is no such file."""
        raise NotImplementedError

    def find(self, directory: str) -> list[str] | None:
        """Return the `.prisma` files below a directory, relative to it."""
        if self._paths is None:
            self._paths = sorted(self.names())
        below = "" if directory == "." else f"{directory}/"
        start, end = (bisect_left(self._paths, edge) for edge in (below, f"{below}\U0010ffff"))
        if start == end:
            return None
        names = [path[len(below) :] for path in self._paths[start:end] if path.endswith(SUFFIX)]
        return [name for name in names if not any(map(is_skipped, name.split("/")))]

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file.

        Raises CombineError for an unmerged file, a missing object, a link that leads in a loop,
        and a Git LFS pointer.
        """
        real = path
        for _ in range(_LINKS):
            entry = self.entry(real)
            if entry is None:
                return None
            if not entry.blob:
                where = shown(path, self._root)
                raise CombineError(f"{where}: unmerged; resolve the conflict, then `git add` it")
            data = self._text(path, entry.blob)
            if entry.mode != LINK:
                return data
            target = data.decode("utf-8", "surrogateescape")
            real = posixpath.normpath(posixpath.join(posixpath.dirname(real), target))
        where = shown(path, self._root)
        raise CombineError(f"{where}: symbolic link loop; replace it with the file itself")

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """Open a file. Raises as `read` does."""
        data = self.read(path)
        return nullcontext(None if data is None else BytesIO(data))

    def _text(self, path: str, blob: str) -> bytes:
        if blob not in self._texts:
            wanted = [blob]
            if not self._texts:
                found = map(self.entry, filter(_is_schema, self.names()))
                wanted += [entry.blob for entry in found if entry and entry.blob]
            process, self._process = self._process, None
            self._texts |= objects.read(self._root, wanted, process)
        data = self._texts.get(blob)
        where = shown(path, self._root)
        if data is None:
            raise CombineError(f"{where}: git lacks the object {blob} of this file; run `git fsck`")
        if data.startswith(LFS):
            raise CombineError(
                f"{where}: a Git LFS pointer in git; take it out of Git LFS in .gitattributes"
            )
        return data


def _is_schema(path: str) -> bool:
    return path.endswith(SUFFIX)
