"""Where the files of a target are read from."""

import os
import posixpath
import sys
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from prisma_combine import files
from prisma_combine.errors import CombineError

SUFFIX = ".prisma"


class Tree(Protocol):
    """What the sources and the combined file are read from."""

    absent: str
    """what is wrong with a path that is not there"""

    def find(self, directory: str) -> list[str] | None:
        """The `.prisma` files below a directory, relative to it; None when there is none such."""

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None when there is no such file."""

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """The same to be read piece by piece, for what may be large."""


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name holds no source.

    Names with a dot in front are editors' and systems' own, and packages bring schemas that are
    not the project's.
    """
    return name.startswith(".") or name == "node_modules"


def composed(name: str) -> str:
    """A file's name as git spells it: some of macOS's file systems take letters apart.

    Source: core.precomposeUnicode in https://git-scm.com/docs/git-config
    """
    if sys.platform != "darwin" or name.isascii():
        return name
    from unicodedata import normalize

    return normalize("NFC", name)


class Disk:
    """The files below the root as they are on the disk. Paths are relative to it, with `/`."""

    absent = "does not exist"

    def __init__(self, root: str) -> None:
        self.root = root
        self._folders: dict[str, str] = {}

    def find(self, directory: str) -> list[str] | None:
        """The `.prisma` files below a directory, relative to it; None when there is none such.

        As with git, links to folders are not followed.
        """
        found: list[str] = []
        pending = [""]
        while pending:
            below = pending.pop()
            folder = posixpath.normpath(posixpath.join(directory, below))
            try:
                with os.scandir(self.real(folder)) as entries:
                    for entry in entries:
                        name = below + composed(entry.name)
                        if is_passed_over(entry.name):
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(name + "/")
                        elif name.endswith(SUFFIX):
                            found.append(name)
            except (FileNotFoundError, NotADirectoryError):
                if not below:
                    return None
            except OSError as error:
                raise CombineError(
                    f"{folder}: can't be listed: {files.reason(error)}; make the folder readable"
                ) from None
        return found

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None when there is no such file.

        Raises CombineError when it can't be read, or lies outside the root.
        """
        return files.read(self.real(path))

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """The same to be read piece by piece, for what may be large. Raises as `read` does."""
        return files.opened(self.real(path))

    def real(self, path: str) -> str:
        """Where a file really is: absolute, without symbolic links.

        Raises CombineError when that is outside the root.
        """
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self._inside(folder, os.path.join(self.root, folder)) + os.sep
        real = self._folders[folder] + name
        return self._inside(path, real) if os.path.islink(real) else real

    def _inside(self, path: str, link: str) -> str:
        real = os.path.realpath(link)
        if real != self.root and not real.startswith(os.path.join(self.root, "")):
            raise CombineError(
                f"{path}: a symbolic link leads out of {self.root}, to {real};"
                " put the file itself there"
            )
        return real
