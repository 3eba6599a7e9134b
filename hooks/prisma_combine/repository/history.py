"""Read every version of the sources that git knows, within a bound."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Self

from prisma_combine.git import objects
from prisma_combine.git.process import GitError, ask, directory, in_repository
from prisma_combine.repository.tree import SUFFIX

_COMMITS = 100
_SECONDS = 5.0
_BYTES = 1 << 28
# These keep a repository's configuration from changing what `git log` prints, or from running the
# program that it names for signatures.
_SETTINGS = (
    "log.showSignature=false",
    "log.diffMerges=separate",
    "log.follow=false",
    "diff.orderFile=/dev/null",
)
# The commits that a merge, cherry-pick or revert in progress brings in.
_INCOMING = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")


class History(NamedTuple):
    """The texts of the sources that git knows. Paths are relative to the root."""

    versions: Mapping[str, tuple[bytes, ...]]
    """every known text of a path, newest first: staged, then in `HEAD`, then in commits before"""
    head: frozenset[str]
    """the paths that `HEAD` has"""
    configurations: tuple[bytes, ...]
    """texts of the configuration in `HEAD` and before, newest first"""
    outputs: Mapping[str, tuple[str, ...]]
    """the ids of the texts of each combined file in `HEAD` and before, newest first"""
    shallow: bool
    """whether this clone lacks a part of the history"""
    commits: bool
    """False when nothing is committed yet, outside a repository, and without git"""


NOTHING = History({}, frozenset(), (), {}, shallow=False, commits=False)
"""what there is without git"""


class Log:
    """The history, which git reads while Python does other work."""

    def __init__(
        self,
        root: str,
        config_name: str,
        folders: Sequence[str],
        files: Sequence[str],
        outputs: Sequence[str] = (),
    ) -> None:
        """Start git. Paths are relative to the root.

        The history is that of the `.prisma` files below the folders, except the outputs, and of
        the files. Raises GitError when git can't be started.
        """
        self._root = root
        self._config = config_name
        self._files = frozenset(files)
        self._outputs = outputs
        self._is_cut = False
        self._log = self._tree = self._objects = None
        if not in_repository(root):
            return
        named = [config_name, *files, *outputs]
        globs = [f":(glob){_escaped(folder)}**/*{SUFFIX}" for folder in folders]
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        git = directory(root) or ""
        incoming = [name for name in _INCOMING if os.path.exists(os.path.join(git, name))]
        shape = ("-z", "--raw", "--no-abbrev", "--no-renames", "--relative", "--format=")
        # Follow all parents, also where a merge took one side as it was; compare with each.
        walk = ("-m", "--full-history", f"--max-count={_COMMITS}", "--ignore-missing")
        literal = [f":(literal){path}" for path in named]
        self._log = ask(
            root, *settings, "log", *shape, *walk, "HEAD", *incoming, "--", *literal, *globs
        )
        below = () if "." in folders else (*named, *folders)
        self._tree = ask(root, "--literal-pathspecs", "ls-tree", "-rz", "HEAD", "--", *below)
        self._objects = objects.start(root)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self._log, self._tree, self._objects):
            if process is not None:
                process.kill()

    def read(self, staged: Mapping[str, str] | None = None) -> History:
        """Return the history; `staged` has the ids of the texts in the index, by path.

        Raises GitError when git fails; what is missing or takes too long is left out.
        """
        if self._log is None or self._tree is None:
            return NOTHING
        head = self._head()
        ids: dict[str, dict[str, None]] = {}
        outputs: dict[str, dict[str, None]] = {}
        for path, blob in (*(staged or {}).items(), *(head or {}).items(), *self._logged()):
            if path in self._outputs:
                outputs.setdefault(path, {})[blob] = None
            elif self._belongs(path):
                ids.setdefault(path, {})[blob] = None
        # Git may not get to the end of a long list.
        first = [blob for known in ids.values() for blob in list(known)[:2]]
        names = dict.fromkeys((*first, *(blob for known in ids.values() for blob in known)))
        texts = objects.read(self._root, names, self._objects, _BYTES)
        versions = {
            path: tuple(texts[blob] for blob in known if blob in texts)
            for path, known in ids.items()
        }
        configurations = versions.pop(self._config, ())
        is_shallow = self._is_cut or len(texts) < len(names) or _is_shallow(self._root)
        written = {path: tuple(known) for path, known in outputs.items()}
        return History(
            versions,
            frozenset(head or ()),
            configurations,
            written,
            shallow=is_shallow,
            commits=head is not None,
        )

    def _head(self) -> dict[str, str] | None:
        """Return the ids of the texts in `HEAD`; None where nothing is committed."""
        if self._tree is None:
            return None
        try:
            out = self._tree.output()
        except GitError:
            # It exits with 1 where there is no such revision, otherwise with 128.
            git = ask(self._root, "rev-parse", "--verify", "--quiet", "HEAD")
            if git is not None and not git.output(ok=(0, 1)):
                return None
            raise
        found = {}
        for line in os.fsdecode(out).split("\0")[:-1]:
            head, _, path = line.partition("\t")
            mode, _, blob = head.split(" ")
            if mode.startswith("100") and (path in self._outputs or self._belongs(path)):
                found[path] = blob
        return found

    def _logged(self) -> Iterator[tuple[str, str]]:
        """Yield the paths and ids of the texts before and after each change, newest first."""
        if self._log is None:
            return
        try:
            out = self._log.partial(seconds=_SECONDS)
        except GitError:  # such as for a tree that a partial clone lacks
            self._is_cut = True
            return
        words = iter(os.fsdecode(out).split("\0"))
        for word in words:
            fields = word.lstrip("\n").split(" ")
            if len(fields) == 5 and fields[0].startswith(":"):
                path = next(words, "")
                for mode, blob in ((fields[1], fields[3]), (fields[0][1:], fields[2])):
                    if mode.startswith("100"):
                        yield path, blob

    def _belongs(self, path: str) -> bool:
        if path in self._files or path == self._config:
            return True
        return path.endswith(SUFFIX) and path not in self._outputs


def read(root: str, config_name: str, folders: Sequence[str], files: Sequence[str]) -> History:
    """Return the history of what is committed, as `Log` does. Raises GitError."""
    with Log(root, config_name, folders, files) as log:
        return log.read()


def _escaped(folder: str) -> str:
    """Return the start of a glob pattern for what is in a folder."""
    return "" if folder == "." else re.sub(r"([*?\[\\])", r"\\\1", folder) + "/"


def _is_shallow(root: str) -> bool:
    git = directory(root) or ""
    try:
        with open(os.path.join(git, "commondir"), encoding="utf-8") as file:
            git = os.path.join(git, file.read().rstrip("\n"))
    except (OSError, ValueError):  # not a linked worktree
        pass
    return os.path.exists(os.path.join(git, "shallow"))
