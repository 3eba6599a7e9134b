"""Walk the commits of a branch, oldest first; each commit and each file is read once."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from prisma_combine.errors import CombineError
from prisma_combine.git.process import GitError, ask, command, environment, in_repository
from prisma_combine.repository.stored import Stored
from prisma_combine.repository.tracked import SUBMODULE, Entry
from prisma_combine.repository.tree import SUFFIX

# These keep a repository's configuration from changing what `git log` prints, or from running the
# program that it names for signatures.
_SETTINGS = (
    *("-c", "log.showSignature=false", "-c", "log.diffMerges=first-parent"),
    *("-c", "log.follow=false", "-c", "diff.orderFile=/dev/null", "-c", "core.fsmonitor=false"),
)
_LATEST = 1 << 37
"""the year 6325; Python knows none after 9999, which a commit may claim"""


class Commit(NamedTuple):
    """A commit, without its author."""

    id: str
    time: int
    """when it was committed, in seconds since 1970"""


class Walk(Stored):
    """The first parents of a revision, and the Tree of the one that has been reached."""

    absent = "is not in this commit"

    def __init__(self, root: str, revisions: str | None, config_name: str) -> None:
        """Start git. `revisions` is a revision or a range. Raises CombineError."""
        super().__init__(root, None)
        if not in_repository(root):
            raise CombineError(f"{root}: not a git repository; run the audit in one")
        named = revisions or "HEAD"
        # Git would take a dash for an option.
        found = "" if named[0] == "-" else _said(root, "log", "-1", "--format=%H %ct", named, "--")
        if not found:
            raise CombineError(f"{named}: no commits; name a range such as v1.0..HEAD")
        self.tip = _commit(found)
        below = ("--", f":(literal){config_name}", f":(glob)**/*{SUFFIX}")
        self.start = None
        """the id of the range's first commit, if there is a range; empty for none"""
        if revisions:
            listed = _said(root, "rev-list", "--first-parent", named, *below)
            self.start = listed.rpartition("\n")[2]
        self.is_shallow = _said(root, "rev-parse", "--is-shallow-repository") == "true"
        self._entries: dict[str, Entry] = {}
        shape = ("-z", "--raw", "--no-abbrev", "--no-renames", "--relative", "--format=%H %ct")
        self._log = _start(
            root, "log", "--first-parent", "-m", "--reverse", *shape, self.tip.id, *below
        )
        self._objects = _start(root, "cat-file", "--batch")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for git in (self._log, self._objects):
            git.kill()
            git.communicate()

    def __iter__(self) -> Iterator[tuple[Commit, frozenset[str]]]:
        """Go to each commit that changed a `.prisma` file or the configuration.

        Yields it, and the paths that it changed. Raises GitError.
        """
        commit = ""
        changed: dict[str, Entry] = {}
        words = _words(self._log)
        for word in words:
            if word.lstrip("\n").startswith(":"):
                _, mode, _, blob, _ = word.split(" ")
                changed[next(words)] = Entry(mode, blob)
            elif word or commit:
                if commit:
                    yield _commit(commit), self._reached(changed)
                commit, changed = word, {}

    def names(self) -> Iterable[str]:
        """Return the paths of the `.prisma` files in the commit, and the configuration's."""
        return self._entries

    def entry(self, path: str) -> Entry | None:
        """Return a file of the commit; None for none, and for a submodule."""
        return self._entries.get(path)

    def _reached(self, changed: dict[str, Entry]) -> frozenset[str]:
        self._paths = None
        for path, entry in changed.items():
            if old := self._entries.pop(path, None):
                self._texts.pop(old.blob, None)
            if int(entry.mode) and entry.mode != SUBMODULE:
                self._entries[path] = entry
        return frozenset(changed)

    def _text(self, path: str, blob: str) -> bytes:
        if blob not in self._texts and (git := self._objects).stdin and git.stdout:
            git.stdin.write(f"{blob}\n".encode())
            git.stdin.flush()
            _, _, size = git.stdout.readline().rpartition(b" ")
            if not size[:-1].isdigit():
                raise GitError(f"{path}: git lacks the object {blob}; clone without --filter")
            self._texts[blob] = git.stdout.read(int(size) + 1)[:-1]
        return self._texts[blob]


def _start(root: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start git with pipes: what it prints may be larger than the memory."""
    git, settings = command(root, *_SETTINGS, *arguments), environment(root)
    pipe, none = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(git, env=settings, stdin=pipe, stdout=pipe, stderr=none)


def _words(git: subprocess.Popen[bytes]) -> Iterator[str]:
    """Yield what git prints, at last an empty word. Raises GitError when it fails."""
    rest = b""
    while data := os.read(git.stdout.fileno(), 1 << 13) if git.stdout else b"":
        *words, rest = (rest + data).split(b"\0")
        yield from map(os.fsdecode, words)
    if git.wait():
        raise GitError("git log failed; run `git fsck`, or clone without --filter")
    yield ""


def _commit(said: str) -> Commit:
    name, time = said.split(" ")
    return Commit(name, min(int(time), _LATEST))


def _said(root: str, *arguments: str) -> str:
    git = ask(root, *_SETTINGS, *arguments)
    if git is None:
        raise GitError("git is not installed; install it")
    return os.fsdecode(git.output()).strip()
