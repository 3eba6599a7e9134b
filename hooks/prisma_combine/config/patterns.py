"""Patterns for paths, as in `.gitignore`: `*.test.prisma`, `old/`, `./a?.prisma`, `modules/**`.

Each run of characters between two stars is put at its leftmost place, which leaves the most to the
runs behind it. So nothing is tried twice, and the time is the same for many stars as for few.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

_Items = TypeVar("_Items", str, list[str])
_Run = TypeVar("_Run", "_Characters", "_Folders")

_Set = tuple[tuple[tuple[str, str], ...], bool]
"""one character of a pattern, `?`, `[a-z]` or `[!a]`: the ranges, and whether they are negated"""
_ANY: _Set = ((), True)
_NONE: _Set = ((), False)


class _Sets:
    """A run of characters, some of which are sets."""

    def __init__(self, sets: Sequence[_Set]) -> None:
        self._sets = sets
        self._known: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._sets)

    def find(self, text: str, start: int, end: int) -> int:
        """Return the leftmost place in a text, or -1, as `str.find` does.

        This is the shift-and algorithm, which reads each character once: bit n of the state tells
        whether the first n + 1 sets fit the last n + 1 characters.
        """
        last = len(self._sets) - 1
        if end - start <= last:
            return -1
        state = 0
        for at in range(start, end):
            state = (state << 1 | 1) & self._bits(text[at])
            if state >> last:
                return at - last
        return -1

    def _bits(self, character: str) -> int:
        """Return a number with a bit for each set that has a character."""
        bits = self._known.get(character)
        if bits is None:
            bits = 0
            for n, (ranges, negated) in enumerate(self._sets):
                if any(low <= character <= high for low, high in ranges) is not negated:
                    bits |= 1 << n
            self._known[character] = bits
        return bits


_Characters = str | _Sets
_Folder = tuple[_Characters, ...]
"""a pattern for the name of a folder or file, divided at each `*`"""
_Folders = tuple[_Folder, ...]
_ANY_FOLDER: _Folder = ("", "")


def is_pattern(entry: str) -> bool:
    """Return whether an entry of `files` is a pattern, and not the name of one file."""
    return "*" in entry or "?" in entry or "[" in entry


def matches(name: str, pattern: str) -> bool:
    """Return whether a pattern matches a file."""
    itself, _ = _parsed(pattern)
    return itself is not None and _fits(name.split("/"), itself, _find_folders)


def covers(name: str, pattern: str) -> bool:
    """Return whether a pattern matches a file or one of the folders it is in."""
    _, below = _parsed(pattern)
    return _fits(name.split("/"), below, _find_folders)


def _fits(
    items: _Items, runs: tuple[_Run, ...], find: Callable[[_Items, _Run, int, int], int]
) -> bool:
    """Return whether all runs are in the items: the first at the start, the last at the end."""
    first, last = runs[0], runs[-1]
    at, end = len(first), len(items) - len(last)
    if len(runs) == 1:
        return end == 0 and find(items, first, 0, at) == 0
    if at > end or find(items, last, end, len(items)) < 0 or find(items, first, 0, at) < 0:
        return False
    for run in runs[1:-1]:
        found = find(items, run, at, end)
        if found < 0:
            return False
        at = found + len(run)
    return True


def _find_folders(names: list[str], run: _Folders, start: int, end: int) -> int:
    """Return the leftmost place of folders that follow each other, or -1."""
    for at in range(start, end - len(run) + 1):
        if all(map(_fits_folder, names[at : at + len(run)], run)):
            return at
    return -1


def _fits_folder(name: str, folder: _Folder) -> bool:
    return _fits(name, folder, _find_characters)


def _find_characters(name: str, run: _Characters, start: int, end: int) -> int:
    return run.find(name, start, end) if isinstance(run, _Sets) else name.find(run, start, end)


@cache
def _parsed(pattern: str) -> tuple[tuple[_Folders, ...] | None, tuple[_Folders, ...]]:
    """Return a pattern divided at each `**`, and another one for all that it covers.

    The first is None for a pattern that matches only folders.
    """
    folders_only = pattern.endswith("/")
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    runs: list[list[_Folder]] = [[]]
    if "/" not in pattern.rstrip("/"):
        runs.append([_folder(part) for part in parts])
    else:
        for part in parts:
            if part == "**":
                runs.append([])
            else:
                runs[-1].append(_folder(part))
        if parts[-1:] == ["**"]:  # matches what is in a folder, but not the folder
            runs[-1].append(_ANY_FOLDER)
    itself = None if folders_only else tuple(map(tuple, runs))
    if folders_only:
        runs[-1].append(_ANY_FOLDER)
    return itself, (*map(tuple, runs), ())


def _folder(part: str) -> _Folder:
    """Return a pattern for one name, divided at each `*`."""
    runs: list[list[str | _Set]] = [[]]
    at = 0
    while at < len(part):
        character = part[at]
        at += 1
        if character == "*":
            runs.append([])
        elif character == "?":
            runs[-1].append(_ANY)
        elif character == "[":
            found, at = _set(part, at)
            runs[-1].append(found)
        else:
            runs[-1].append(character)
    return tuple(map(_characters, runs))


def _characters(run: list[str | _Set]) -> _Characters:
    literal = "".join(one for one in run if isinstance(one, str))
    if len(literal) == len(run):
        return literal
    return _Sets([(((one, one),), False) if isinstance(one, str) else one for one in run])


def _set(part: str, at: int) -> tuple[_Set, int]:
    """Return the set whose `[` stands before this place, and the place behind its `]`."""
    negated = part[at : at + 1] in ("!", "^")
    at += negated
    end = part.find("]", at + 1)  # a bracket in the first place is one of the characters
    if end < 0:
        return _NONE, len(part)  # as in git, a pattern with an open bracket matches nothing
    ranges = []
    while at < end:
        is_range = part[at + 1] == "-" and at + 2 < end
        ranges.append((part[at], part[at + 2] if is_range else part[at]))
        at += 3 if is_range else 1
    return (tuple(ranges), negated), end + 1
