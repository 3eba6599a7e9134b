"""Run git: on the user's repository as their own git would, or isolated from every setting."""

import os
import sys
import time
from collections.abc import Container

from prisma_combine.errors import CombineError

if sys.platform == "win32":
    from prisma_combine.git.popen import Child
else:
    from prisma_combine.git.spawn import Child

TIMEOUT = 30.0
"""Seconds that one git process may take."""

# `git --icase-pathspecs commit` sets these for hooks; our pathspecs say what they are.
_PATHSPECS = (
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
# The output of `git rev-parse --local-env-vars` (git 2.39), without the two that hold `git -c`
# settings: git itself passes these on to submodules.
_LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
)


class GitError(CombineError):
    """Git failed. Where git is not essential, go on as if there were none."""


class Process(Child):
    """A git process; it runs while Python does other work."""

    def __init__(
        self, command: list[str], environment: dict[str, str], stdin: bytes | None, fix: str
    ) -> None:
        """Start git. Without `stdin` it gets none; `fix` ends messages."""
        self._fix = fix
        self._stdin = stdin or b""
        self._deadline = time.monotonic() + TIMEOUT
        super().__init__(command, environment, has_input=stdin is not None)

    def output(self, stdin: bytes | None = None, ok: Container[int] = (0,)) -> bytes:
        """Return what git prints, once it has ended.

        `stdin` replaces what the process was started with. Raises GitError when git ends with
        another code than those, or takes too long.
        """
        given = self._stdin if stdin is None else stdin
        out, errors = self.communicate(given, self._deadline, sys.maxsize)
        if self.is_cut:
            raise GitError(f"git took longer than {TIMEOUT:g} seconds{self._fix}")
        if self.returncode not in ok:
            raise self._failure(errors)
        return out

    def partial(
        self, stdin: bytes = b"", seconds: float | None = None, limit: int = sys.maxsize
    ) -> bytes:
        """Return what git prints until it ends or fails, cut after so many seconds or bytes.

        Raises GitError when git fails and has printed nothing.
        """
        deadline = time.monotonic() + (TIMEOUT if seconds is None else seconds)
        out, errors = self.communicate(stdin, deadline, limit)
        if self.returncode and not self.is_cut and not out:
            raise self._failure(errors)
        return out

    def _failure(self, errors: bytes) -> GitError:
        said = _said(errors) or f"exit {self.returncode}"
        return GitError(f"git failed: {said}{self._fix}")


def ask(root: str, *arguments: str, stdin: bytes | None = None) -> Process | None:
    """Start git on the user's repository and index: in a hook, those of the commit being made.

    Returns None without git. Raises GitError when git can't be started.
    """
    return _start(command(root, *arguments), environment(root), stdin, "; check `git status`")


def command(root: str, *arguments: str) -> list[str]:
    """Return a git command line for the user's repository."""
    # The repository's configuration may name a program for fsmonitor.
    return ["git", "-C", root, "-c", "core.fsmonitor=false", *arguments]


def environment(root: str) -> dict[str, str]:
    """Return the environment for git on the user's repository."""
    # Fetching what a partial clone lacks would run programs that the repository's configuration
    # names, too. Versions before 2.45 know only the second variable.
    safe = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "LC_ALL": "C"}
    return _environment(root) | safe


def isolated(folder: str, *arguments: str) -> Process | None:
    """Start git in a folder where no configuration or attribute can change what it prints.

    Returns None without git. Raises GitError when git can't be started.
    """
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CEILING_DIRECTORIES": os.path.dirname(folder),
        "LC_ALL": "C",
    }
    command = ["git", "-C", folder, "-c", "core.attributesFile=/dev/null", *arguments]
    return _start(command, environment, None, "")


def in_repository(root: str) -> bool:
    """Return whether git would look for a repository at this folder."""
    return "GIT_DIR" in os.environ or top_level(root) is not None


def top_level(start: str) -> str | None:
    """Return the folder, `start` or one above it, that holds `.git`; None outside a repository."""
    folder = start
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def directory(root: str) -> str | None:
    """Return the git directory that `ask` uses, found without a process; None if there is none."""
    named = _environment(root).get("GIT_DIR")
    if named is not None:
        return named if os.path.isdir(named) else None
    top = top_level(root)
    return None if top is None else _own(top)


def _start(
    command: list[str], environment: dict[str, str], stdin: bytes | None, fix: str
) -> Process | None:
    try:
        return Process(command, environment, stdin, fix)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GitError(f"can't start git: {(error.strerror or str(error)).lower()}") from None


def _environment(root: str) -> dict[str, str]:
    """Return the environment with what its `GIT_*` variables say about the root's repository.

    A hook's `GIT_DIR` without `GIT_WORK_TREE` makes the working directory the top of the work
    tree (git, environment variables), and ours is any folder of it.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _PATHSPECS}
    if "GIT_DIR" not in environment and "GIT_INDEX_FILE" not in environment:
        return environment
    top = top_level(root)
    if top is not None and _is_foreign(environment, top):
        for name in _LOCAL:
            environment.pop(name, None)
    elif "GIT_DIR" in environment:
        git = _located(environment["GIT_DIR"], top)
        if top is not None and os.path.realpath(git) == _own(top):
            # The one given may be relative to a folder that the hook has left.
            environment["GIT_WORK_TREE"] = top
        environment.setdefault("GIT_WORK_TREE", top or os.getcwd())
        environment["GIT_DIR"] = git
    # We start git in another folder. It looks for a relative index from the top of the work tree.
    for name in ("GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"):
        if name in environment:
            environment[name] = os.path.abspath(environment[name])
    return environment


def _is_foreign(environment: dict[str, str], top: str) -> bool:
    """Return whether the variables are about another repository, whose hook runs us."""
    own = _own(top)
    if own is None:
        return False
    if "GIT_DIR" not in environment:
        named = environment["GIT_INDEX_FILE"]
        index = os.path.join(top, named)
        if not os.path.isabs(named):
            # Relative to the top of the repository whose hook runs us.
            return not os.path.lexists(index)
        folder = os.path.dirname(index)
        is_git = os.path.lexists(os.path.join(folder, "HEAD"))
        return is_git and os.path.realpath(folder) != own
    tree = environment.get("GIT_WORK_TREE")
    if tree is not None and os.path.realpath(tree) == os.path.realpath(top):
        return False
    return os.path.realpath(_located(environment["GIT_DIR"], top)) != own


def _located(git: str, top: str | None) -> str:
    """Return an absolute path; git gives hooks one relative to the top, which they may leave."""
    path = os.path.abspath(git)
    if top is not None and not os.path.lexists(path):
        path = os.path.join(top, git)
    return path


def _own(top: str) -> str | None:
    """Return what `.git` in a folder leads to; None where it leads nowhere."""
    path = os.path.join(top, ".git")
    if os.path.isfile(path):  # a linked worktree or a submodule
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                key, _, value = file.read(1 << 13).partition(": ")
        except OSError:
            return None
        path = os.path.join(top, value.rstrip("\r\n")) if key == "gitdir" else ""
    # Git, too, takes only a folder with this file for a repository.
    return os.path.realpath(path) if os.path.lexists(os.path.join(path, "HEAD")) else None


def _said(errors: bytes) -> str:
    """Return the first line of git's own words that is an error."""
    lines = [line.strip() for line in errors.decode(errors="replace").split("\n") if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    return fatal[0].partition(": ")[2] if fatal else " ".join(lines[:1])
