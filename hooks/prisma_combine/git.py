"""The few git calls."""

import os
import subprocess
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cache
from typing import Self

from prisma_combine.config import top_level
from prisma_combine.errors import CombineError

TIMEOUT = 30.0
"""seconds that one call may take"""


class Tracked:
    """What git tracks; asked for early, so that git runs while we read files."""

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        """Paths are relative to the root; a folder stands for all below it."""
        listing = ("--literal-pathspecs", "ls-files", "-z", "--", *paths)
        self._git = _ask(root, *listing) if in_repository(root) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._git is not None and self._git.returncode is None:
            _kill(self._git)

    def lacks(self, paths: Iterable[str]) -> list[str]:
        """Those of the paths that git does not track; none outside a repository or without git.

        Raises CombineError when git fails.
        """
        if self._git is None:
            return []
        tracked = set(os.fsdecode(_output(self._git)).split("\0"))
        # A submodule is one entry; what it holds is tracked by the repository in it.
        return [path for path in paths if tracked.isdisjoint(itself_and_above(path))]


def ignores(root: str, path: str) -> bool:
    """Whether .gitignore names the path. Raises CombineError when git fails."""
    git = _ask(root, "check-ignore", "--", f"./{path}")
    return git is not None and bool(_output(git, ok=(0, 1)))


def store(root: str, data: bytes) -> str | None:
    """Keeps a text among git's objects: its id; None where there is no git or no repository.

    Raises CombineError when git fails.
    """
    git = _ask(root, "hash-object", "-w", "--stdin", stdin=data) if in_repository(root) else None
    return None if git is None else _output(git, data).decode().strip()


def blobs(root: str, names: Sequence[str]) -> list[bytes]:
    """The texts with these ids, or beginnings of ids, as far as git has them here.

    Raises CombineError when git takes too long.
    """
    if not names or not in_repository(root):
        return []
    asked = "".join(f"{name}\n" for name in names).encode()
    git = _ask(root, "cat-file", "--batch", stdin=asked)
    if git is None:
        return []
    # It ends with 128 where a text would have to be fetched first.
    found, out = [], _output(git, asked, ok=(0, 128))
    at = 0
    while (end := out.find(b"\n", at)) >= 0:
        fields = out[at:end].split()
        at = end + 1
        if fields[-1].isdigit():
            size = int(fields[-1])
            if fields[1] == b"blob":
                found.append(out[at : at + size])
            at += size + 1
    return found


def versions(root: str, path: str) -> list[str]:
    """The ids of all texts that a path, relative to the root, has had in any branch, or in none.

    Raises CombineError when git takes too long.
    """
    if not in_repository(root):
        return []
    every = ("--all", "--reflog", "--indexed-objects", "--full-history", "--missing=allow-any")
    listing = ("--literal-pathspecs", "rev-list", "--objects", *every, "--", f"./{path}")
    git = _ask(root, *listing)
    # It ends with 128 where the path lies outside the repository.
    lines = b"" if git is None else _output(git, ok=(0, 128))
    name = os.fsencode(path)
    return [line.split()[0].decode() for line in lines.split(b"\n") if line.endswith(name)]


def merge_file(
    base: str, ours: str, theirs: str, labels: tuple[str, str] = ("ours", "theirs")
) -> tuple[str, bool]:
    """Merges three texts: the merged one, and whether without a conflict.

    Bytes that are not UTF-8 come and go as surrogates.
    Raises CombineError when git fails, or isn't installed.
    """
    from prisma_combine import temporary  # 5 ms that a check which passes does not spend

    texts = {"base": base, "ours": ours, "theirs": theirs}
    encoded = {name: text.encode("utf-8", "surrogateescape") for name, text in texts.items()}
    with temporary.folder(encoded) as folder:
        named = ("-L", labels[0], "-L", "base", "-L", labels[1], "--", "ours", "base", "theirs")
        git = _start_isolated(folder, "merge-file", "-p", *_as_branches(), *named)
        if git is None:
            raise CombineError("git, which merges texts, is not installed; install it")
        # The number of conflicts, up to 127; an error is above.
        merged = _output(git, ok=range(128))
    return merged.decode("utf-8", "surrogateescape"), git.returncode == 0


@cache
def _as_branches() -> tuple[str, ...]:
    """The option to merge files as git merges branches; versions before 2.44 have none."""
    usage = isolated(os.sep, "merge-file", "-h", ok=(129,))
    return ("--diff-algorithm=histogram",) if b"--diff-algorithm" in (usage or b"") else ()


def staged(root: str, paths: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Mode and blob of what the index holds at or below the paths; no blob where it is unmerged.

    Paths are relative to the root. Raises CombineError when there is no index, or git fails.
    """
    listing = ("--literal-pathspecs", "ls-files", "-z", "--stage", "--", *paths)
    if not in_repository(root):
        raise CombineError(f"{root}: no git repository, so nothing is staged; leave out --staged")
    git = _ask(root, *listing)
    if git is None:
        raise CombineError("git is not installed; install it, or leave out --staged")
    entries = {}
    for entry in os.fsdecode(_output(git)).split("\0")[:-1]:
        head, _, path = entry.partition("\t")
        mode, blob, stage = head.split(" ")
        if mode != "160000":  # a submodule's files are not in this index
            entries[path] = (mode, blob if stage == "0" else "")
    return entries


def texts(root: str, ids: Iterable[str]) -> dict[str, bytes]:
    """The blobs with these ids. Raises CombineError when git lacks one, or fails."""
    asked = [name for name in dict.fromkeys(ids) if name]
    stdin = "".join(f"{name}\n" for name in asked).encode()
    git = _ask(root, "cat-file", "--batch", stdin=stdin) if asked else None
    out = b"" if git is None else _output(git, stdin)
    found = {}
    at = 0
    for name in asked:
        head = out[at : out.index(b"\n", at)]
        at += len(head) + 1
        size = int(head.split(b" ")[2])
        found[name] = out[at : at + size]
        at += size + 1
    return found


def in_repository(root: str) -> bool:
    """Whether git would find a repository from this folder."""
    return "GIT_DIR" in os.environ or top_level(root) is not None


def isolated(folder: str, *arguments: str, ok: Container[int] = (0,)) -> bytes | None:
    """What git prints when no configuration or attribute can change it; None without git.

    Raises CombineError when it ends with another code than those, or takes too long.
    """
    git = _start_isolated(folder, *arguments)
    return None if git is None else _output(git, ok=ok)


def _start_isolated(folder: str, *arguments: str) -> "subprocess.Popen[bytes] | None":
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CEILING_DIRECTORIES": os.path.dirname(folder),
    }
    return _start(folder, environment, "-c", "core.attributesFile=/dev/null", *arguments)


def _ask(
    root: str, *arguments: str, stdin: bytes | None = None
) -> "subprocess.Popen[bytes] | None":
    """Starts git on the caller's repository and index: in a hook, those of the commit made."""
    # What a partial clone lacks stays lacking: to fetch it runs programs that the repository's
    # own configuration names. Versions before 2.45 know the second variable only.
    environment = dict(os.environ, GIT_NO_LAZY_FETCH="1", GIT_ALLOW_PROTOCOL="")
    if "GIT_DIR" in environment:
        # With GIT_DIR alone git takes the working directory for the top of the work tree, and
        # we leave that folder for the root.
        environment["GIT_DIR"] = os.path.abspath(environment["GIT_DIR"])
        environment["GIT_WORK_TREE"] = os.path.abspath(environment.get("GIT_WORK_TREE", "."))
    # A repository's own configuration may name a program for fsmonitor to run.
    return _start(root, environment, "-c", "core.fsmonitor=false", *arguments, stdin=stdin)


def _start(
    folder: str, environment: Mapping[str, str], *arguments: str, stdin: bytes | None = None
) -> "subprocess.Popen[bytes] | None":
    try:
        return subprocess.Popen(
            ["git", *arguments],
            cwd=folder,
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CombineError(f"git can't be started: {error}; mend its installation") from None


def _output(
    git: "subprocess.Popen[bytes]", stdin: bytes | None = None, ok: Container[int] = (0,)
) -> bytes:
    shown = subprocess.list2cmdline(git.args)  # type: ignore[arg-type]  # always a list here
    try:
        out, err = git.communicate(stdin, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        _kill(git)
        raise CombineError(
            f"git took longer than {TIMEOUT:g} seconds; see why with `{shown}`"
        ) from None
    if git.returncode not in ok:
        # All of it, on one line: it may hold the remedy, as for a repository of another owner.
        said = " ".join(err.decode(errors="replace").split()) or f"exit {git.returncode}"
        raise CombineError(f"git failed: {said}; see more with `{shown}`")
    return out


def _kill(git: "subprocess.Popen[bytes]") -> None:
    """Ends git at once, without waiting for what it may have started."""
    with git:
        git.kill()


def itself_and_above(path: str) -> list[str]:
    """A path, with `/`, and all folders that it is in."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
