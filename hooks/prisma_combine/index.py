"""The files as they are in git's index: what the commit being made will hold."""

import posixpath
from bisect import bisect_left
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import BinaryIO

from prisma_combine import git
from prisma_combine.errors import CombineError
from prisma_combine.tree import SUFFIX, is_passed_over

_LINK = "120000"


class Index:
    """Reads as `tree.Disk` does, from the index. Paths are relative to the root, with `/`."""

    absent = "is not in git's index"

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        """Reads all that the index holds at or below the paths.

        Raises CombineError when there is no index, or git fails.
        """
        self._root = root
        self._entries = git.staged(root, paths)
        self._paths = sorted(self._entries)
        schemas = [path for path in self._paths if path.endswith(SUFFIX)]
        self._texts = git.texts(root, (self._entries[path][1] for path in schemas))

    def find(self, directory: str) -> list[str] | None:
        """The `.prisma` files below a directory, relative to it; None when there is none such."""
        below = "" if directory == "." else f"{directory}/"
        start, end = (bisect_left(self._paths, edge) for edge in (below, below + "\U0010ffff"))
        if start == end:
            return None
        names = [path.removeprefix(below) for path in self._paths[start:end]]
        return [
            name
            for name in names
            if name.endswith(SUFFIX) and not any(map(is_passed_over, name.split("/")))
        ]

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None when the index has no such file.

        Raises CombineError for an unmerged file, and for a link that leads round or out.
        """
        real = path
        for _ in range(8):
            if real not in self._entries:
                return None
            mode, blob = self._entries[real]
            if not blob:
                raise CombineError(f"{path}: is unmerged; resolve the merge, then `git add` it")
            if blob not in self._texts:  # a configuration, or what a link leads to
                self._texts |= git.texts(self._root, [blob])
            if mode != _LINK:
                return self._texts[blob]
            target = self._texts[blob].decode(errors="replace")
            real = posixpath.normpath(posixpath.join(posixpath.dirname(real), target))
        raise CombineError(f"{path}: a symbolic link that leads round; put the file itself there")

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """The same to be read piece by piece. Raises as `read` does."""
        data = self.read(path)
        return nullcontext(None if data is None else BytesIO(data))
