"""Compare and merge texts with git, independent of every repository and setting."""

import os
import re
import stat
import time
from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Self

from prisma_combine.errors import CombineError
from prisma_combine.git.process import Process, isolated

Hunk = tuple[int, int, int, int]
"""Old start, old count, new start, new count; lines are counted from 0"""

_FOLDER = re.compile(r"prisma-combine-[0-9a-f]{16}\.tmp")
_DAY = 24 * 60 * 60.0
_PLAIN = ("--text", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames")
# A line of the texts has a blank, + or - before it and can't be taken for a header.
_HEADER = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


class _Job:
    """A git process on files in a temporary folder; leave the `with` block to remove these."""

    def __init__(self, files: Mapping[str, bytes], *arguments: str) -> None:
        self._git: Process | None = None
        try:
            above = _temporary()
            _sweep(above)
            self._folder = os.path.join(above, f"prisma-combine-{os.urandom(8).hex()}.tmp")
            os.mkdir(self._folder, 0o700)
            try:
                for name, data in files.items():
                    with open(os.path.join(self._folder, name), "wb") as file:
                        file.write(data)
                self._git = isolated(self._folder, *arguments)
            except BaseException:
                _remove(self._folder)
                raise
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise CombineError(
                f"can't write temporary files: {why}; set TMPDIR to a folder with free space"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._git is not None:
            self._git.kill()
        _remove(self._folder)

    def output(self, ok: Container[int]) -> bytes | None:
        return None if self._git is None else self._git.output(ok=ok)

    @property
    def returncode(self) -> int | None:
        return self._git.returncode if self._git else None


class Unified(_Job):
    """A diff that git makes while Python does other work."""

    def __init__(self, old: bytes, new: bytes) -> None:
        """Start git. Raises CombineError when there is no room for temporary files."""
        super().__init__({"a": old, "b": new}, "diff", "--no-index", *_PLAIN, "-U3", "--", "a", "b")

    def result(self) -> bytes | None:
        """Return git's unified diff, empty for equal texts; None without git. Raises GitError."""
        return self.output((0, 1))


class Hunks(_Job):
    """Alignments of pairs of texts, which git makes while Python does other work.

    All pairs are compared as one, since each temporary file costs as much as a small diff. White
    space at the end of each line, different for each pair, keeps git from aligning one pair's
    lines with another's.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Start git. Raises CombineError when there is no room for temporary files."""
        width = (2 * len(pairs)).bit_length()
        sides: tuple[list[str], list[str]] = ([], [])
        self._ends: tuple[list[int], list[int]] = ([], [])
        for number, pair in enumerate(pairs):
            for text, marked, ends in zip(pair, sides, self._ends, strict=True):
                marked.append(_marked(text, number, width) if pair[0] != pair[1] else "")
                ends.append((ends[-1] if ends else 0) + marked[-1].count("\n"))
        files = {"old": _encoded("".join(sides[0])), "new": _encoded("".join(sides[1]))}
        # Patience aligns on the lines that are unique, not on `}`. Histogram would, too, but is
        # quadratic: 3 s where each of 10,000 models has changed; patience takes 0.4 s.
        shape = ("-U0", "--inter-hunk-context=0", "--diff-algorithm=patience")
        super().__init__(files, "diff", "--no-index", *_PLAIN, *shape, "--", *files)

    def result(self) -> list[list[Hunk]] | None:
        """Return the differing lines of each pair; None without git. Raises GitError."""
        out = self.output((0, 1))
        if out is None:
            return None
        found: list[list[Hunk]] = [[] for _ in self._ends[0]]
        for header in _HEADER.finditer(out):
            old, new = _side(header[1], header[2]), _side(header[3], header[4])
            # A hunk may end one pair and start the next ones.
            first = min(
                bisect_right(ends, side[0])
                for ends, side in zip(self._ends, (old, new), strict=True)
                if side[0] < side[1]
            )
            for number in range(first, len(found)):
                removed, added = (
                    _clipped(side, ends, number)
                    for ends, side in zip(self._ends, (old, new), strict=True)
                )
                if removed[1] or added[1]:
                    found[number].append((*removed, *added))
                elif old[1] <= self._ends[0][number] and new[1] <= self._ends[1][number]:
                    break
        return found


def unified(old: bytes, new: bytes) -> bytes | None:
    """Return git's unified diff, empty for equal texts; None without git.

    Raises CombineError when git fails or there is no room for temporary files.
    """
    with Unified(old, new) as diff:
        return diff.result()


def hunks(pairs: Sequence[tuple[str, str]]) -> list[list[Hunk]] | None:
    """Return the differing lines of each pair of texts, in one git process; None without git.

    Raises CombineError when git fails or there is no room for temporary files.
    """
    if all(old == new for old, new in pairs):
        return [[] for _ in pairs]
    with Hunks(pairs) as alignment:
        return alignment.result()


def merge(
    base: str, ours: str, theirs: str, labels: tuple[str, str] = ("ours", "theirs")
) -> tuple[str, bool]:
    """Return the merge of three texts, and whether it is free of conflicts.

    Bytes that are not UTF-8 are surrogates in all of these. Raises CombineError when git fails or
    is not installed.
    """
    texts = {"ours": _encoded(ours), "base": _encoded(base), "theirs": _encoded(theirs)}
    named = ("-L", labels[0], "-L", "base", "-L", labels[1], "--", *texts)
    with _Job(texts, "merge-file", "-p", *_as_branches(), *named) as job:
        # The exit code is the number of conflicts, up to 127; an error is above.
        merged = job.output(range(128))
        if merged is None:
            raise CombineError("git, which merges texts, is not installed; install it")
        return merged.decode("utf-8", "surrogateescape"), job.returncode == 0


@cache
def _as_branches() -> tuple[str, ...]:
    """Return the option to merge texts as `git merge` does; git before 2.44 has none."""
    git = isolated(os.sep, "merge-file", "-h")
    usage = b"" if git is None else git.output(ok=(129,))
    return ("--diff-algorithm=histogram",) if b"--diff-algorithm" in usage else ()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _marked(text: str, number: int, width: int) -> str:
    """Return a text with a mark of this width at the end of each line, a final newline included."""
    mark, mark_of_open_line = (
        f"{2 * number + is_open:0{width}b}".replace("0", " ").replace("1", "\t")
        for is_open in (0, 1)
    )
    marked = text.replace("\n", f"{mark}\n")
    return marked if not text or text.endswith("\n") else f"{marked}{mark_of_open_line}\n"


def _side(start: bytes, count: bytes | None) -> tuple[int, int]:
    """Return the first line of one side of a hunk, and the line after it, counted from 0."""
    lines = 1 if count is None else int(count)
    # A side without lines starts after the line that git names.
    first = int(start) - (lines > 0)
    return first, first + lines


def _clipped(side: tuple[int, int], ends: list[int], number: int) -> tuple[int, int]:
    """Return start and count of the part of one side that lies in a pair's text."""
    low, high = ends[number - 1] if number else 0, ends[number]
    first, last = (min(max(line, low), high) for line in side)
    return first - low, last - first


def _temporary() -> str:
    """Return the folder for temporary files."""
    folder = os.path.abspath(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108
    if os.name == "posix" and os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK):
        return folder
    import tempfile  # 7 ms, and needed only to look elsewhere

    return tempfile.gettempdir()


def _sweep(above: str) -> None:
    """Remove our temporary folders that killed runs left more than a day ago."""
    for name in filter(_FOLDER.fullmatch, os.listdir(above)):
        path = os.path.join(above, name)
        with suppress(OSError):
            status = os.lstat(path)
            is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == _user()
            if is_ours and status.st_mtime < time.time() - _DAY:
                _remove(path)


def _user() -> int:
    """Return what `st_uid` of our own files is; it is 0 for all files on Windows."""
    return os.getuid() if hasattr(os, "getuid") else 0


def _remove(folder: str) -> None:
    """Remove a folder and the files in it, as far as possible."""
    with suppress(OSError):
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)
