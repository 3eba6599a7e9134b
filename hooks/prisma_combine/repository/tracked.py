"""Ask git which files it tracks and which it ignores."""

import os
from collections.abc import Iterable
from typing import NamedTuple, Self

from prisma_combine.git.process import GitError, Process, ask, in_repository

LINK = "120000"
SUBMODULE = "160000"
# The id of no bytes, in SHA-1 and in SHA-256 repositories, as git prints it with its stage.
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813 0",
)


_SPARSE = "Ss"
"""the letters of files with skip-worktree, in small where assume-unchanged is set, too"""


class Entry(NamedTuple):
    """A path in git's index."""

    mode: str
    blob: str
    """the id of what is staged; empty while the file is unmerged"""
    unseen: str = ""
    """why git doesn't look for changes on disk: `skip-worktree` or `assume-unchanged`"""

    @property
    def is_text(self) -> bool:
        """True for a merged file that is neither a link nor a submodule."""
        return bool(self.blob) and self.mode not in (LINK, SUBMODULE)


class Tracked:
    """Git's view of some files; asked early, so that git runs while we read them.

    Outside a repository, and without git, no file is lacked or ignored. Paths are relative to the
    root, with `/`. Methods raise GitError when git fails.
    """

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        """Start git. It can then tell about files at or below these paths."""
        self._root = root
        self._git: Process | None = None
        self._failure: GitError | None = None
        # Only a few entries are looked at, so each stays as git prints it until then.
        self._entries: dict[str, str] = {}
        self._marked: list[str] = []
        self._untracked: set[str] = set()
        self._added: set[str] | None = None
        if in_repository(root):
            listed = ("-z", "-v", "--stage", "--cached", "--others", "--exclude-standard")
            # The link itself, and where it leads: git follows no links.
            known = {
                known: None for path in paths for known in (_known(root, path), _real(root, path))
            }
            try:
                self._git = ask(root, "--literal-pathspecs", "ls-files", *listed, "--", *known)
            except GitError as error:
                self._failure = error
        self.is_known = self._git is not None or self._failure is not None
        """False outside a repository and without git"""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._git is not None:
            self._git.kill()

    def lacks(self, paths: Iterable[str]) -> list[str]:
        """Return those of the paths that git does not track, intent-to-add entries included."""
        return [path for path in paths if not self._tracks(path)] if self.is_known else []

    def ignored(self, paths: Iterable[str]) -> list[str]:
        """Return those of the paths that are on disk, and that git ignores."""
        return [path for path in self.lacks(paths) if self._ignores(path)]

    def sparse(self) -> list[str]:
        """Return all paths that git tracks, and a sparse checkout may leave out."""
        if not self.is_known:
            return []
        self._read()
        return [path for path in self._marked if self._entries[path][0] in _SPARSE]

    def unseen(self, paths: Iterable[str]) -> dict[str, str]:
        """Return those of the paths whose changes git doesn't see, and the option that says so."""
        if not self.is_known:
            return {}
        self._read()
        found = [(path, self.entry(path)) for path in paths] if self._marked else []
        return {path: entry.unseen for path, entry in found if entry and entry.unseen}

    def blobs(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the ids of the texts that are staged at these paths."""
        found = [(path, self.entry(path)) for path in paths]
        return {path: entry.blob for path, entry in found if entry and entry.is_text}

    def forget(self) -> None:
        """Go on as without git, after it has failed."""
        self.is_known = False
        self.__exit__()
        self._git = None

    def entry(self, path: str) -> Entry | None:
        """Return what is staged at a path; None when a commit would not have it."""
        if not self.is_known:
            return None
        name, head = self._staged(path)
        if head is None or (_is_empty(head) and name in self._intended()):
            return None
        tag, mode, blob, stage = head.split(" ")
        unseen = "assume-unchanged" if tag.islower() else ""
        unseen = "skip-worktree" if tag in _SPARSE else unseen
        return Entry(mode, blob if stage == "0" else "", unseen)

    def staged(self) -> list[str]:
        """Return all paths that a commit would have."""
        if not self.is_known:
            return []
        self._read()
        lacked = self._intended() if any(map(_is_empty, self._entries.values())) else ()
        return [path for path in self._entries if path not in lacked]

    def _read(self) -> None:
        if self._failure is not None:
            raise self._failure
        git, self._git = self._git, None
        if git is None:
            return
        for line in os.fsdecode(git.output()).split("\0")[:-1]:
            if line.startswith("? "):
                # A folder that is another repository, but not a submodule, ends with a slash.
                self._untracked.add(line[2:].removesuffix("/"))
            else:
                head, _, path = line.partition("\t")
                self._entries[path] = head
                if head[0] != "H":
                    self._marked.append(path)

    def _staged(self, path: str) -> tuple[str, str | None]:
        """Return a path as git knows it, and its entry as git prints it."""
        self._read()
        known = path if path in self._entries else _known(self._root, path)
        return known, self._entries.get(known)

    def _tracks(self, path: str) -> bool:
        known, head = self._staged(path)
        if head is not None:
            return self.entry(path) is not None
        above = _itself_and_above(known)
        return self._untracked.isdisjoint(above) and any(map(self._is_repository, above[:-1]))

    def _ignores(self, path: str) -> bool:
        known, head = self._staged(path)
        return (
            head is None
            and self._untracked.isdisjoint(_itself_and_above(known))
            and os.path.lexists(os.path.join(self._root, path))
        )

    def _is_repository(self, folder: str) -> bool:
        """Return whether a folder is a submodule, which tracks its files itself."""
        return os.path.lexists(os.path.join(self._root, folder, ".git"))

    def _intended(self) -> set[str]:
        """Return the intent-to-add entries (`git add -N`), which look like empty files."""
        if self._added is None:
            listed = ("-z", "--name-only", "--relative", "--diff-filter=A")
            # Otherwise git would look for changes in each submodule.
            git = ask(self._root, "diff-files", *listed, "--ignore-submodules=all")
            self._added = set() if git is None else set(os.fsdecode(git.output()).split("\0"))
        return self._added


def _is_empty(head: str) -> bool:
    return head.endswith(_EMPTY)


def _real(root: str, path: str) -> str:
    """Return where a path leads, if that is below the root."""
    real = os.path.realpath(os.path.join(root, path))
    below = os.path.join(root, "")
    return real.removeprefix(below).replace(os.sep, "/") if real.startswith(below) else path


def _known(root: str, path: str) -> str:
    """Return a path as git knows it: its folder without symbolic links."""
    folder, slash, name = path.rpartition("/")
    return _real(root, folder) + slash + name if slash else path


def _itself_and_above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
