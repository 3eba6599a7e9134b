"""The files as they are on disk."""

import os
import posixpath
import stat
import sys
from contextlib import AbstractContextManager
from typing import BinaryIO

from prisma_combine.errors import CombineError
from prisma_combine.files import reading
from prisma_combine.git.process import GitError, ask, in_repository
from prisma_combine.repository.tree import LFS, SUFFIX, composed, is_skipped


class Disk:
    """A Tree that reads the files below the root."""

    absent = "does not exist"

    def __init__(self, root: str) -> None:
        """`root` is absolute and free of symbolic links."""
        self.root = root
        self._folders: dict[str, str] = {}

    def find(self, directory: str) -> list[str] | None:
        """Return the `.prisma` files below a directory. Links to folders aren't followed."""
        found: list[str] = []
        pending = [""]
        while pending:
            below = pending.pop()
            folder = posixpath.normpath(posixpath.join(directory, below))
            try:
                with os.scandir(self.real(folder)) as entries:
                    for entry in entries:
                        name = below + composed(entry.name)
                        if is_skipped(entry.name):
                            continue
                        if entry.is_dir(follow_symlinks=False) and not _is_junction(entry):
                            pending.append(name + "/")
                        elif name.endswith(SUFFIX):
                            found.append(name)
            except (FileNotFoundError, NotADirectoryError):
                if not below:
                    return None
            except OSError as error:
                raise CombineError(
                    f"{reading.shown(folder, self.root)}: can't list folder:"
                    f" {reading.reason(error)}; make it readable"
                ) from None
        return found

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file.

        Raises CombineError when it can't be read, lies outside the root, or is not what git has.
        """
        data = reading.read(self.real(path))
        if data is not None:
            self._refuse_filtered(path, data)
        return data

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """Open a file that may be large. Raises as `read` does."""
        return reading.opened(self.real(path))

    def real(self, path: str) -> str:
        """Return where a file is: absolute, without symbolic links.

        Raises CombineError when that is outside the root.
        """
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self._inside(folder, os.path.join(self.root, folder)) + os.sep
        real = self._folders[folder] + name
        return self._inside(path, real) if os.path.islink(real) else real

    def _refuse_filtered(self, path: str, data: bytes) -> None:
        """Refuse a file that git has changed on the way to the disk, so that it can't be joined."""
        if data.startswith(LFS):
            raise CombineError(
                f"{reading.shown(path, self.root)}: a Git LFS pointer in place of the file;"
                " run `git lfs pull`, or take it out of Git LFS in .gitattributes"
            )
        at = data.find(b"$Id: ")
        if at >= 0 and _is_ident(self.root, path):
            line = data.count(b"\n", 0, at) + 1
            raise CombineError(
                f"{reading.shown(path, self.root)}:{line}: git writes another `$Id$` into each"
                " file; remove `ident` from .gitattributes"
            )

    def _inside(self, path: str, link: str) -> str:
        real = os.path.realpath(link)
        if real != self.root and not real.startswith(os.path.join(self.root, "")):
            raise CombineError(
                f"{reading.shown(path, self.root)}: symbolic link leads out of {self.root}, to"
                f" {real}; replace it with the file itself"
            )
        return real


def _is_junction(entry: "os.DirEntry[str]") -> bool:
    """Return whether a folder is Windows's kind of link, which may lead in a loop."""
    if sys.platform != "win32":
        return False
    return entry.stat(follow_symlinks=False).st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT


def _is_ident(root: str, path: str) -> bool:
    try:
        git = ask(root, "check-attr", "-z", "ident", "--", path) if in_repository(root) else None
        return git is not None and git.output().endswith(b"\0set\0")
    except GitError:
        return False
