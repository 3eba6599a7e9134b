"""The places that sources and combined files are read from."""

import sys
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

SUFFIX = ".prisma"
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
LFS = b"version https://git-lfs.github.com/spec/"
"""what a Git LFS pointer, which stands for a file, begins with"""


class Tree(Protocol):
    """The files below the root, on disk or in git. Paths are relative to the root, with `/`."""

    absent: str
    """what is wrong with a path that is not there: `does not exist`"""

    def find(self, directory: str) -> list[str] | None:
        """Return the `.prisma` files below a directory, relative to it.

        Hidden files, and those in hidden folders or `node_modules`, are left out. Returns None
        when there is no such directory.
        """

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file. Raises CombineError."""

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """Open a file that may be large; None when there is no such file. Raises CombineError."""


def is_skipped(name: str) -> bool:
    """Return whether a file or folder of this name is left out, with all below it."""
    return name.startswith(".") or name == "node_modules"


def composed(name: str) -> str:
    """Return a file's name in git's spelling: some macOS file systems decompose letters.

    See core.precomposeUnicode in https://git-scm.com/docs/git-config.
    """
    if sys.platform != "darwin" or name.isascii():
        return name
    from unicodedata import normalize

    return normalize("NFC", name)
