"""The unified diff by git, read with unidiff."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from unidiff.patch import Hunk, PatchSet

from prisma_combine import git, temporary
from prisma_combine.combined import Place, lines_of, places
from prisma_combine.source import Source

_HUNK = re.compile(rb"^(@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@).*$", re.MULTILINE)


class Edit(NamedTuple):
    """The lines of one section that one hunk changes; `added` and `removed` as in the diff."""

    section: str
    line: int
    """of the committed file, from 1"""
    source_line: int | None
    """of the source, from 1; None when the source is not combined any more"""
    added: int
    removed: int


class Diff(NamedTuple):
    """A diff, and what it changes where."""

    text: bytes
    edits: list[Edit]


def diff(
    committed: bytes | None, regenerated: bytes, label: str, sources: Sequence[Source]
) -> Diff | None:
    """The diff from the committed to the regenerated file at `label`; None without git.

    Raises CombineError when git fails, or there is no room for it.
    """
    old = committed or b""
    text = _unified(old, regenerated)
    if text is None:
        return None
    if not text:
        return Diff(b"", [])
    numbers = _Numbers(places(lines_of(old)), places(lines_of(regenerated)), sources)
    hunks = PatchSet(text.decode("utf-8", "surrogateescape"))[0]
    changes = [numbers.changes(hunk) for hunk in hunks]
    names = (found[0].section if found else "" for found in changes)
    # These are git's own lines, as unidiff's are not the same to the byte. A line of the texts
    # can't be taken for a hunk's header: a blank, + or - stands before it.
    start = text.index(b"\n@@") + 1
    # A name in the committed file need not be UTF-8.
    hunked = _HUNK.sub(
        lambda header: header[1] + b" " + next(names).encode("utf-8", "surrogateescape"),
        text[start:],
    )
    before = _label("--- a/", label) if committed is not None else b"--- /dev/null\n"
    edits = [edit for found in changes for edit in found if edit.added or edit.removed]
    return Diff(before + _label("+++ b/", label) + hunked, edits)


def _unified(old: bytes, new: bytes) -> bytes | None:
    with temporary.folder({"a": old, "b": new}) as folder:
        shape = ("--text", "--no-ext-diff", "--no-textconv", "--no-color", "-U3")
        return git.isolated(folder, "diff", "--no-index", *shape, "--", "a", "b", ok=(0, 1))


def _label(prefix: str, path: str) -> bytes:
    # As in git's own diffs, a tab tells `git apply` where a name with blanks ends.
    end = "\t\n" if " " in path else "\n"
    return f"{prefix}{path}{end}".encode()


class _Numbers:
    """Tells for the lines of a hunk which section and which source line they belong to."""

    def __init__(self, old: list[Place], new: list[Place], sources: Sequence[Source]) -> None:
        self._old, self._new = old, new
        self._named = {place.section.name: place for place in new}
        self._lines = {source.name: source.line for source in sources}
        # Once a section, not once a hunk: a section may be large, and have many of them.
        self._counts = {place.section.name: place.section.body.count("\n") for place in new}

    def changes(self, hunk: Hunk) -> list[Edit]:
        """An edit for every section that the hunk touches, in order, headers not counted."""
        edits: dict[str, Edit] = {}
        # Where a side has no line, its start is the line before.
        old = hunk.source_start + (not hunk.source_length)
        new = hunk.target_start + (not hunk.target_length)
        for line in hunk:
            if line.is_removed or line.is_added:
                place = _at(self._old, old) if line.is_removed else _at(self._new, new)
                if place is not None:
                    name = place.section.name
                    counts = (old if line.is_removed else new) >= place.body
                    edit = edits.get(name)
                    if edit is None or (counts and not edit.added + edit.removed):
                        edit = Edit(name, old, self._source_line(name, place, old, new), 0, 0)
                    edits[name] = edit._replace(
                        added=edit.added + (counts and line.is_added),
                        removed=edit.removed + (counts and line.is_removed),
                    )
            old += line.is_removed or line.is_context
            new += line.is_added or line.is_context
        return list(edits.values())

    def _source_line(self, name: str, place: Place, old: int, new: int) -> int | None:
        target = self._named.get(name)
        if target is None:
            return None
        # A section that moved has its lines elsewhere: then its own count must do.
        inside = target.top <= new <= target.end
        offset = new - target.body if inside else old - place.body
        return self._lines[name] + min(max(offset, 0), self._counts[name])


def _at(found: list[Place], line: int) -> Place | None:
    """The place that holds a line; None for the banner."""
    index = bisect_right(found, line, key=lambda place: place.top)
    return found[index - 1] if index else None
