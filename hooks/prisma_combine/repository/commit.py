"""The files as they are in a commit."""

import os
from collections.abc import Iterable

from prisma_combine.git import objects
from prisma_combine.git.process import GitError, ask, in_repository
from prisma_combine.repository.stored import Stored
from prisma_combine.repository.tracked import SUBMODULE, Entry


class Commit(Stored):
    """A Tree that reads what a commit has."""

    def __init__(self, root: str, revision: str, paths: Iterable[str]) -> None:
        """Start reading what the commit has at or below the paths.

        Raises GitError outside a repository, without git, and when git can't be started.
        """
        super().__init__(root, objects.start(root))
        self.absent = f"is not in {revision}"
        below = list(paths)
        # `ls-tree` takes "." for a folder of this name.
        named = [] if "." in below else below
        asked = ("--literal-pathspecs", "ls-tree", "-rz", revision)
        self._git = ask(root, *asked, "--", *named) if in_repository(root) else None
        if self._git is None:
            raise GitError(f"{root}: can't read {revision} without git and its repository")
        self._entries: dict[str, Entry] | None = None

    def names(self) -> Iterable[str]:
        """Return the paths of all files in the commit. Raises GitError for an unknown revision."""
        return self._all()

    def entry(self, path: str) -> Entry | None:
        """Return a file of the commit; None for none, and for a submodule."""
        return self._all().get(path)

    def _all(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = {}
            out = self._git.output() if self._git else b""
            for line in os.fsdecode(out).split("\0")[:-1]:
                head, _, path = line.partition("\t")
                mode, _, blob = head.split(" ")
                if mode != SUBMODULE:
                    self._entries[path] = Entry(mode, blob)
        return self._entries
