"""Facts around a failing check that decide what to advise; gathered only then.

They are about the commit being made and about what git would have to be told. Git's own
comparisons of the work tree would run the filters that the repository's configuration names, so
what git has is read, and compared here.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, Self

from prisma_combine.actions import state as states
from prisma_combine.actions.compare import Comparison
from prisma_combine.compare.verdict import Status
from prisma_combine.config import load
from prisma_combine.config.load import Config
from prisma_combine.errors import CombineError
from prisma_combine.git import objects, process
from prisma_combine.git.process import GitError, Process, directory, in_repository
from prisma_combine.repository import listing
from prisma_combine.repository.disk import Disk
from prisma_combine.repository.tracked import Tracked
from prisma_combine.schema.source import lenient

_PARTIAL = re.compile(r"next-index-\d+\.lock")
"""the index of a commit that takes only the files named on its command line"""


class Lost(NamedTuple):
    """A combined file that is missing now, as `HEAD` has it."""

    lines: int
    """how many of its lines neither the sources nor `HEAD`'s sources hold"""
    staged: bool
    """whether the commit being made deletes it"""


class Situation(NamedTuple):
    """The facts around a check. Paths are relative to the configuration's folder."""

    start: str = os.curdir
    """the folder that the user types commands in"""
    in_hook: bool = False
    managed: bool = False
    """pre-commit or prek shows what a hook prints, and puts unstaged changes aside"""
    partial: bool = False
    """the commit was started with `git commit PATH`"""
    shallow: bool = False
    """the clone lacks a part of the history"""
    repository: bool = False
    known: bool = False
    """git could tell what follows"""
    unstaged: frozenset[str] = frozenset()
    """files that `git add` has something to add of"""
    ignored: frozenset[str] = frozenset()
    """files that git does not track, and ignores"""
    changed: frozenset[str] = frozenset()
    """combined files of schemas with findings that are not as in `HEAD`"""
    lost: Mapping[str, Lost] = {}  # a NamedTuple's default is never changed
    unchecked: frozenset[str] = frozenset()
    """combined files that git ignores, when its index was checked"""
    right_on_disk: frozenset[str] = frozenset()
    """combined files that only have to be staged"""
    left_out: frozenset[str] = frozenset()
    """combined files that are staged, and that `git commit PATH` leaves out"""
    named: tuple[str, ...] = ()
    """what `git commit PATH` was given, relative to the top of the work tree"""


class Asked:
    """Git, started early, so that it is up when the schemas have been compared."""

    def __init__(self, config: Config, *, staged: bool = False) -> None:
        """`staged` says that the index is checked."""
        self._config, self._staged = config, staged
        self._git: Process | None = None
        with suppress(GitError):  # the comparison says what is wrong
            self._git = objects.start(config.root)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._git is not None:
            self._git.kill()

    def facts(self, comparisons: Sequence[Comparison]) -> Situation:
        """Return what is known around these comparisons."""
        config, found = self._config, here(self._config)
        git, self._git = self._git, None
        if git is None:
            return found
        paths = list(dict.fromkeys(_paths(config, comparisons)))
        whole = (Status.MISSING, Status.INVALID)
        of_head = [f"HEAD:./{one.target.output}" for one in comparisons if _is(one, *whole)]
        try:
            texts = objects.read(config.root, [*(f":./{path}" for path in paths), *of_head], git)
        except GitError:
            return found
        ignored = _ignored(config, [path for path in paths if f":./{path}" not in texts])
        disk = Disk(config.root)
        found = found._replace(
            known=True,
            unstaged=frozenset(
                path
                for path in paths
                if path not in ignored and _differs(_read(disk, path), texts.get(f":./{path}"))
            ),
            ignored=ignored,
            changed=frozenset(
                one.target.output
                for one in comparisons
                if _is(one, Status.INVALID)
                and _differs(one.state.committed, texts.get(f"HEAD:./{one.target.output}"))
            ),
        )
        failing = [one for one in comparisons if one.fixable]
        missing = [one for one in failing if _is(one, Status.MISSING)]
        with suppress(GitError):
            found = found._replace(lost=dict(_lost(config, missing, texts)))
            if found.partial:
                found = found._replace(named=_named(config), left_out=_left_out(config, failing))
        if self._staged:
            outputs = frozenset(one.target.output for one in missing)
            found = found._replace(
                unchecked=outputs & ignored,
                right_on_disk=frozenset(_right_on_disk(config, failing)),
            )
        return found


def here(config: Config) -> Situation:
    """Return what is known without asking git."""
    managed = "PRE_COMMIT" in os.environ
    index = os.path.basename(os.environ.get("GIT_INDEX_FILE", ""))
    git = directory(config.root)
    return Situation(
        start=_start(managed=managed),
        in_hook=managed or bool(index),
        managed=managed,
        partial=_PARTIAL.fullmatch(index) is not None,
        shallow=git is not None and os.path.exists(os.path.join(git, "shallow")),
        repository=in_repository(config.root),
    )


def _start(*, managed: bool) -> str:
    """Return the folder the user is in: hooks run at the top of the work tree."""
    here = os.getcwd()
    if "GIT_INDEX_FILE" in os.environ:
        start = os.path.join(here, os.environ.get("GIT_PREFIX", ""))
    elif managed:
        start = os.environ.get("PWD", here)
    else:
        return here
    start = os.path.realpath(start)
    inside = start.startswith(os.path.join(os.path.realpath(here), ""))
    return start if inside and os.path.isdir(start) else here


def _paths(config: Config, comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield the paths that a remedy may be about."""
    yield os.path.basename(config.path)
    for one in comparisons:
        yield one.target.output
        yield from (source.path for source in one.state.sources)
        yield from (one.target.path(section.name) for section in one.verdict.sections)
        yield from (finding.path for finding in one.findings)


def _is(one: Comparison, *statuses: Status) -> bool:
    return one.verdict.status in statuses


def _read(disk: Disk, path: str) -> bytes | None:
    with suppress(CombineError):  # what can't be read has been reported
        return disk.read(path)
    return None


def _differs(data: bytes | None, other: bytes | None) -> bool:
    if data is None or other is None:
        return data is not other
    return lenient(data) != lenient(other)


def _ignored(config: Config, untracked: Sequence[str]) -> frozenset[str]:
    """Return those of the paths that git ignores."""
    with suppress(GitError):  # a path in a submodule
        # A path that begins with a colon would be a pattern.
        stdin = os.fsencode("".join(f"./{path}\0" for path in untracked))
        command = ("check-ignore", "-z", "--stdin")
        git = process.ask(config.root, *command, stdin=stdin) if untracked else None
        if git is not None:
            found = os.fsdecode(git.output(ok=(0, 1))).split("\0")[:-1]
            return frozenset(path.removeprefix("./") for path in found)
    return frozenset()


def _lost(
    config: Config, missing: Sequence[Comparison], texts: Mapping[str, bytes]
) -> Iterator[tuple[str, Lost]]:
    for one in missing:
        output = one.target.output
        if f"HEAD:./{output}" not in texts:
            continue
        lines = _unlike(_lines(texts[f"HEAD:./{output}"]), [one.regenerated or b""])
        if lines:
            names = [f"HEAD:./{source.path}" for source in one.state.sources]
            lines = _unlike(lines, objects.read(config.root, names).values())
        yield output, Lost(len(lines), staged=f":./{output}" not in texts)


def _unlike(lines: Sequence[str], texts: Iterable[bytes]) -> list[str]:
    """Return the lines that none of these texts has."""
    known = {line for text in texts for line in _lines(text)}
    return [line for line in lines if line not in known]


def _lines(data: bytes) -> list[str]:
    return [line.strip() for line in lenient(data).split("\n") if line.strip()]


def _named(config: Config) -> tuple[str, ...]:
    names = ("-z", "--cached", "--name-only", "--no-renames", "HEAD")
    git = process.ask(config.root, "diff-index", *names)
    return () if git is None else tuple(os.fsdecode(git.output()).split("\0")[:-1])


def _left_out(config: Config, failing: Sequence[Comparison]) -> frozenset[str]:
    """Return the combined files that are right in the user's own index."""
    with _own_index():
        texts = objects.read(config.root, [f":./{one.target.output}" for one in failing])
    return frozenset(
        one.target.output
        for one in failing
        if one.regenerated is not None
        and not _differs(texts.get(f":./{one.target.output}"), one.regenerated)
    )


@contextmanager
def _own_index() -> Iterator[None]:
    """Let git use the repository's index, and not the temporary one of `git commit PATH`."""
    temporary = os.environ.pop("GIT_INDEX_FILE")
    try:
        yield
    finally:
        os.environ["GIT_INDEX_FILE"] = temporary


def _right_on_disk(config: Config, failing: Sequence[Comparison]) -> Iterator[str]:
    """Yield the combined files that are in sync on disk, when the index was checked."""
    outputs = {one.target.output for one in failing}
    with suppress(CombineError):
        now = load.load(os.path.join(config.root, os.path.basename(config.path)))
        with Tracked(config.root, listing.paths(now)) as tracked:
            for target in now.targets:
                if target.output in outputs:
                    state = states.read(now, target, Disk(config.root), tracked)
                    if state.in_sync and not state.findings:
                        yield target.output
