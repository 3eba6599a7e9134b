"""Finds known bodies that stand in a combined file verbatim, wherever they stand."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from prisma_combine.compare.lineage import Frame, Lineage

_MOST = 50
"""places of one line that are tried; a line that is more common tells nothing"""


class Anchor(NamedTuple):
    """A known body where it stands in a combined file; offsets count characters."""

    name: str
    start: int
    end: int
    body: str


def anchors(text: str, lineages: Sequence[Lineage], frame: Frame) -> list[Anchor]:
    """Return at most one anchor for each lineage, in the order of the file.

    `lineages` are in the order in which their sections are expected. The frame has no wildcards.
    """
    front = list(_from_start(text, lineages, frame))
    low = front[-1].end if front else 0
    placed = {one.name for one in front}
    rest = [one for one in lineages if one.name not in placed]
    back = list(_from_end(text, low, rest, frame, first=not front))
    high = back[-1].start if back else len(text)
    placed = {one.name for one in back}
    rest = [one for one in rest if one.name not in placed]
    return [*front, *_anywhere(text, low, high, rest, frame), *reversed(back)]


def _from_start(text: str, lineages: Iterable[Lineage], frame: Frame) -> Iterator[Anchor]:
    """Yield the anchors that follow each other from the top without a gap."""
    if not text.startswith(frame.banner):
        return
    at, first = len(frame.banner), True
    for lineage in lineages:
        glue = frame.header(lineage.name, first=True) if first else frame.between(lineage.name)
        start = at + len(glue)
        standing = (one for one in lineage.versions if text.startswith(one, start))
        body = _longest(lineage, standing) if text.startswith(glue, at) else None
        if body is not None:
            at, first = start + len(body), False
            yield Anchor(lineage.name, start, at, body)
        elif lineage.now:
            return


def _from_end(
    text: str, low: int, lineages: Sequence[Lineage], frame: Frame, *, first: bool
) -> Iterator[Anchor]:
    """Yield the anchors that follow each other from the bottom up, to `low`."""
    if not text.endswith(frame.form.footer):
        return
    at = len(text) - len(frame.form.footer)
    for index in reversed(range(len(lineages))):
        lineage = lineages[index]
        top = first and not index
        glue = frame.header(lineage.name, first=True) if top else frame.between(lineage.name)
        standing = (one for one in lineage.versions if text.endswith(glue + one, low, at))
        body = _longest(lineage, standing)
        if body is not None:
            yield Anchor(lineage.name, at - len(body), at, body)
            at -= len(glue) + len(body)
        elif lineage.now:
            return


def _longest(lineage: Lineage, standing: Iterable[str]) -> str | None:
    # A shorter version may be the beginning of a longer one.
    found = (one for one in standing if one or one == lineage.now)
    return max(found, key=len, default=None)


def _anywhere(
    text: str, low: int, high: int, lineages: Iterable[Lineage], frame: Frame
) -> list[Anchor]:
    """Return the anchors between two offsets, longest bodies first where they would overlap."""
    index = _Lines(text, low, high)
    wanted = sorted(
        ((one, body) for one in lineages for body in one.versions if body.strip()),
        key=lambda pair: -len(pair[1]),
    )
    found: dict[str, Anchor] = {}
    claimed: list[tuple[int, int]] = []
    # A renamed source has the body of the removed one: the header tells which of them it is.
    for headed in (True, False):
        for lineage, body in wanted:
            header = frame.header(lineage.name, first=False) if headed else ""
            if lineage.name in found or (headed and not header):
                continue
            for start in index.places(body):
                span = (start, start + len(body))
                at = bisect_left(claimed, span)
                free = not at or claimed[at - 1][1] <= start
                free = free and (at == len(claimed) or span[1] <= claimed[at][0])
                if free and text.endswith(header, 0, start):
                    found[lineage.name] = Anchor(lineage.name, *span, body)
                    claimed.insert(at, span)
                    break
    return sorted(found.values(), key=lambda one: one.start)


class _Lines:
    """The lines of a part of a text, by what they say."""

    def __init__(self, text: str, low: int, high: int) -> None:
        self._text, self._low, self._high = text, low, high
        self._starts: dict[str, list[int]] = {}
        at = low
        for line in text[low:high].split("\n"):
            self._starts.setdefault(line, []).append(at)
            at += len(line) + 1

    def places(self, body: str) -> Iterator[int]:
        """Yield the offsets at which a body stands, looking where its rarest line stands."""
        lines = body.split("\n")
        # The first and the last may share their line with a neighbor.
        inner = range(1, len(lines) - 1) if len(lines) > 2 else range(len(lines))
        rarest = min(inner, key=lambda number: len(self._starts.get(lines[number], ())))
        before = sum(len(line) + 1 for line in lines[:rarest])
        for at in self._starts.get(lines[rarest], [])[:_MOST]:
            start = at - before
            inside = self._low <= start and start + len(body) <= self._high
            if inside and self._text.startswith(body, start):
                yield start
