"""Edits of a section: their lines, here and in the source."""

from collections.abc import Sequence
from typing import NamedTuple

from prisma_combine.compare.alignment import Hunk, Hunks
from prisma_combine.compare.lines import LineNumbers
from prisma_combine.compare.verdict import SectionVerdict, Status, Verdict
from prisma_combine.schema.format import Format
from prisma_combine.schema.source import Source


class Edit(NamedTuple):
    """Lines that changed together.

    `added` and `removed` count what somebody did: to the combined file if the section was edited
    there, otherwise to the source.
    """

    line: int
    """of the combined file, from 1"""
    source_line: int | None
    """of the source, from 1; None when there is none any more"""
    added: int
    removed: int


def edits(
    verdict: Verdict, committed: str, sources: Sequence[Source], form: Format, hunks: Hunks
) -> dict[str, list[Edit]]:
    """Return the edits of each section that isn't as generated from today's source."""
    texts = {one.name: one.text for one in sources}
    changed = [
        one
        for one in verdict.sections
        if one.place is not None and one.status not in (Status.IN_SYNC, Status.MOVED)
    ]
    pairs: list[tuple[str, str]] = []
    for one in changed:
        now = form.trimmed(texts[one.name]) if one.name in texts else None
        pairs += _pairs(one, now)
    found = iter(hunks(pairs))
    lines = LineNumbers(committed)
    result = {}
    for one in changed:
        first = lines.at(one.place.start) if one.place else 1
        own, moved = next(found), next(found)
        source_first = _first_line(texts[one.name], form) if one.name in texts else None
        edit = _of_source if one.status in (Status.STALE, Status.REMOVED) else _of_section
        result[one.name] = [edit(hunk, moved, first, source_first) for hunk in own]
    return result


def _pairs(one: SectionVerdict, now: str | None) -> list[tuple[str, str]]:
    """Return the two texts whose hunks are the edits, and two that map the old lines to today's."""
    body = _closed(one.place.body if one.place else "")
    base = _closed(one.base or "")
    if one.status is Status.STALE:
        return [(body, _closed(now or "")), ("", "")]
    return [(base, body), (base, base if now is None else _closed(now))]


def _closed(text: str) -> str:
    """Return a text whose last line ends like the others, so that git can align it with them."""
    return text if not text or text.endswith("\n") else f"{text}\n"


def _of_source(hunk: Hunk, _: Sequence[Hunk], first: int, source_first: int | None) -> Edit:
    """Return an edit of the source since the section was generated."""
    old_start, old_count, new_start, new_count = hunk
    source_line = None if source_first is None else source_first + new_start
    return Edit(first + old_start, source_line, new_count, old_count)


def _of_section(hunk: Hunk, moved: Sequence[Hunk], first: int, source_first: int | None) -> Edit:
    """Return an edit of the section since it was generated."""
    old_start, old_count, new_start, new_count = hunk
    source_line = None if source_first is None else source_first + _mapped(old_start, moved)
    return Edit(first + new_start, source_line, new_count, old_count)


def _mapped(line: int, hunks: Sequence[Hunk]) -> int:
    """Return where a line of the old text is in the new one; both count from 0."""
    shift = 0
    for old_start, old_count, new_start, new_count in hunks:
        if line < old_start:
            break
        if line < old_start + old_count:
            return new_start + min(line - old_start, max(new_count - 1, 0))
        shift = new_start + new_count - old_start - old_count
    return line + shift


def _first_line(text: str, form: Format) -> int:
    """Return the line of a source, from 1, on which its trimmed text begins."""
    body = form.trimmed(text)
    return text.count("\n", 0, text.index(body)) + 1 if body else 1
