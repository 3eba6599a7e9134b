"""The files as they are in git's index: what the commit being made will have."""

import os
import posixpath
from collections.abc import Iterable

from prisma_combine.errors import CombineError
from prisma_combine.files.reading import shown
from prisma_combine.git import objects
from prisma_combine.git.process import in_repository
from prisma_combine.repository.stored import Stored
from prisma_combine.repository.tracked import SUBMODULE, Entry, Tracked


class Index(Stored):
    """A Tree that reads what is staged. Intent-to-add entries (`git add -N`) are absent."""

    absent = "is not in git's index"

    def __init__(self, root: str, paths: Iterable[str], tracked: Tracked | None = None) -> None:
        """Start reading what is staged at or below the paths, or what `tracked` knows.

        Raises CombineError outside a repository, without git, and when git fails.
        """
        if not in_repository(root):
            raise CombineError(
                f"{root}: not a git repository, so nothing is staged; leave out --staged"
            )
        super().__init__(root, objects.start(root))
        self._tracked = tracked or Tracked(root, paths)
        if not self._tracked.is_known:
            raise CombineError("git is not installed; install it, or leave out --staged")

    def names(self) -> Iterable[str]:
        """Return the paths of all staged files."""
        return self._tracked.staged()

    def find(self, directory: str) -> list[str] | None:
        """Return the `.prisma` files below a directory. Raises CombineError in a submodule."""
        self._refuse_submodule(f"{directory}/")
        return super().find(directory)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file. Raises CombineError."""
        data = super().read(path)
        if data is None:
            self._refuse_submodule(path)
        return data

    def entry(self, path: str) -> Entry | None:
        """Return what is staged at a path; None for none, and for a submodule."""
        entry = self._tracked.entry(path)
        return entry if entry is not None and entry.mode != SUBMODULE else None

    def _refuse_submodule(self, path: str) -> None:
        """Refuse a path in a submodule: this repository stages a commit of it, and no files."""
        folder = posixpath.dirname(path)
        while folder not in ("", "."):
            if os.path.lexists(os.path.join(self._root, folder, ".git")):
                where = shown(folder, self._root)
                raise CombineError(
                    f"{where}: a submodule, so its files are not staged here; leave out --staged"
                )
            folder = posixpath.dirname(folder)
