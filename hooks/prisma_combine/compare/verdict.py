"""Base, sources and committed text -> what is true of a combined file."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from prisma_combine.compare.alignment import Alignment, Place, Stray
from prisma_combine.compare.formatting import equal_but_for_formatting
from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.schema import wildcards


class Status(StrEnum):
    """A verdict on a combined file, or on one of its sections."""

    IN_SYNC = "in-sync"
    MISSING = "missing"
    STALE = "stale"
    HAND_EDITED = "hand-edited"
    DIVERGED = "diverged"
    DIFFERS = "differs"
    REFORMATTED = "reformatted"
    CONFLICTED = "conflicted"
    UNMANAGED = "unmanaged"
    INVALID = "invalid"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


EDITED = frozenset({Status.HAND_EDITED, Status.DIVERGED, Status.DIFFERS})
"""statuses of a section that may hold text that stands nowhere else"""
_STALE = frozenset({Status.STALE, Status.DIVERGED, Status.ADDED, Status.REMOVED, Status.MOVED})


class SectionVerdict(NamedTuple):
    """The verdict on one section."""

    name: str
    status: Status
    place: Place | None
    """None when the file has no such section"""
    base: str | None
    """the body that it was last known to be generated from"""


class Verdict(NamedTuple):
    """The verdicts on a combined file and on each of its sections."""

    status: Status
    sections: tuple[SectionVerdict, ...] = ()
    """the present sources' in their order, then those of removed ones"""
    strays: tuple[Stray, ...] = ()


def judge(
    alignment: Alignment,
    lineages: Sequence[Lineage],
    outputs: Iterable[Mapping[str, str]],
    *,
    history: bool,
    reframed: bool = False,
) -> Verdict:
    """Judge a combined file that differs from what its sources make.

    `outputs` are the sections of earlier combined files, newest first: the known body of each
    source, empty for an unknown one. `history` says whether all versions that the sources had are
    known. `reframed` says that the sections were found in the
    format of an earlier configuration.
    """
    places = {one.name: one for one in alignment.places}
    moved = _moved(
        [one.name for one in lineages if one.now is not None],
        [one.name for one in alignment.places],
    )
    earlier = _Lazy(outputs)
    sections = []
    for lineage in lineages:
        place = places.get(lineage.name)
        if place is None:
            if lineage.now is not None:
                sections.append(_absent(lineage.name, lineage.now, earlier))
            continue
        judged = _section(place, lineage, earlier, history=history)
        if judged.status is Status.IN_SYNC and lineage.name in moved:
            judged = judged._replace(status=Status.MOVED)
        sections.append(judged)
    sections.sort(key=lambda one: one.status is Status.REMOVED)
    statuses = {one.status for one in sections}
    if reframed:
        statuses.add(Status.STALE)
    statuses.update(_stray(one, history=history) for one in alignment.strays)
    return Verdict(_overall(statuses), tuple(sections), alignment.strays)


class _Lazy:
    """An iterable that is read once, and no further than needed."""

    def __init__(self, outputs: Iterable[Mapping[str, str]]) -> None:
        self._outputs = iter(outputs)
        self._read: list[Mapping[str, str]] = []

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        yield from self._read
        for one in self._outputs:
            self._read.append(one)
            yield one


def _absent(name: str, now: str, outputs: _Lazy) -> SectionVerdict:
    """Judge a source without a section: it is new, or somebody has deleted its section."""
    if not now.strip():
        return SectionVerdict(name, Status.IN_SYNC, None, now)
    deleted = name in next(iter(outputs), {})
    return SectionVerdict(name, Status.HAND_EDITED if deleted else Status.ADDED, None, None)


def _stray(stray: Stray, *, history: bool) -> Status:
    if stray.where == "copy":
        return Status.STALE
    if stray.formatting:
        return Status.REFORMATTED
    return Status.HAND_EDITED if history else Status.DIFFERS


def _overall(statuses: set[Status]) -> Status:
    if Status.DIFFERS in statuses:
        return Status.DIFFERS
    edited, stale = statuses & EDITED, statuses & _STALE
    if edited:
        return Status.DIVERGED if stale else Status.HAND_EDITED
    if stale:
        return Status.STALE
    # No section and no joint differs: only whitespace around them can.
    return Status.REFORMATTED


def _section(place: Place, lineage: Lineage, outputs: _Lazy, *, history: bool) -> SectionVerdict:
    now, body = lineage.now, place.body

    def verdict(status: Status, base: str) -> SectionVerdict:
        return SectionVerdict(lineage.name, status, place, base)

    if now is None:
        known = any(equal_but_for_formatting(body, one) for one in lineage.earlier)
        return verdict(
            Status.REMOVED if known else Status.DIVERGED,
            _base(body, lineage, _before(lineage, outputs)),
        )
    if body == now:
        return verdict(Status.IN_SYNC, now)
    if body in lineage.earlier:
        return verdict(Status.STALE, body)
    if equal_but_for_formatting(body, now):
        return verdict(Status.REFORMATTED, now)
    for one in lineage.earlier:
        if equal_but_for_formatting(body, one):
            return verdict(Status.STALE, one)
    before = _before(lineage, outputs)
    base = _base(body, lineage, before)
    if not history:
        return verdict(Status.DIFFERS, base)
    if base != now and _is_part(body, now):
        return verdict(Status.STALE, base)
    # A script may have generated it since from a text that git never saw.
    certain = base == now and (before in (None, now) or lineage.written == now)
    return verdict(Status.HAND_EDITED if certain else Status.DIVERGED, base)


def _before(lineage: Lineage, outputs: _Lazy) -> str | None:
    """Return the version that the section last was in a commit, None if that isn't known."""
    return next((one[lineage.name] for one in outputs if one.get(lineage.name)), None)


def _base(body: str, lineage: Lineage, before: str | None) -> str:
    """Return the version that a section was generated from, as far as can be known."""
    candidates = [*lineage.earlier, *lineage.versions]
    if before is not None:
        # Since then it can have been generated from a newer version only.
        newer = lineage.versions[: lineage.versions.index(before)]
        candidates = [*filter(None, (lineage.written,)), before, *reversed(newer)]
    lines = Counter(_lines(body))

    def closeness(version: str) -> int:
        own = Counter(_lines(version))
        return 2 * (own & lines).total() - own.total()

    # max() keeps the first of equals: in doubt an earlier one, as `diverged` offers both ways.
    closest = max(candidates, key=closeness)
    if closest == lineage.now != lineage.written and _is_part(body, closest):
        # Lines are missing: deleted by hand, unless a version lacked them, too.
        missing = Counter(_lines(closest)) - lines
        for one in candidates:
            if not missing & Counter(_lines(one)):
                return one
    return closest


def _is_part(body: str, now: str) -> bool:
    """Return whether every line of a body is a line of the source, in order."""
    rest = iter(_lines(now))
    return all(line in rest for line in _lines(body))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _moved(expected: Sequence[str], present: Sequence[str]) -> set[str]:
    """Return the fewest names whose moving turns the present order into the expected one."""
    rank = {name: index for index, name in enumerate(expected)}
    order = [name for name in present if name in rank]
    # The longest rising run of ranks stays: for each length the last name of the best run.
    lasts: list[int] = []
    names: list[str] = []
    before: dict[str, str | None] = {}
    for name in order:
        at = bisect_left(lasts, rank[name])
        before[name] = names[at - 1] if at else None
        lasts[at : at + 1] = [rank[name]]
        names[at : at + 1] = [name]
    moved = set(order)
    stays = names[-1] if names else None
    while stays is not None:
        moved.discard(stays)
        stays = before[stays]
    return moved


def is_unmanaged(text: str, frame: Frame, names: Iterable[str]) -> bool:
    """Return whether the format has a banner or headers, and a text has none of them.

    `names` are the sources' in their order.
    """
    framing = wildcards.split(frame.banner)[::2]
    framing += [frame.header(name, first=not index) for index, name in enumerate(names)]
    lines = {line.strip() for one in framing for line in one.split("\n") if re.search(r"\w", line)}
    # Whatever else wrote it may have kept everything but the comments.
    comments = [line for line in lines if line.startswith(("//", "/*", "*"))]
    return bool(comments) and not any(line in text for line in comments)
