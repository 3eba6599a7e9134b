"""Committed text + expected sections -> verdict."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from prisma_combine.combined import (
    CONFLICT,
    Place,
    Section,
    banner,
    is_banner,
    places,
    render,
    render_section,
    stamp,
)


class Status(StrEnum):
    """What is true now of a target, or of one of its sections."""

    IN_SYNC = "in-sync"
    MISSING = "missing"
    STALE = "stale"
    HAND_EDITED = "hand-edited"
    DIVERGED = "diverged"
    REFORMATTED = "reformatted"
    CONFLICTED = "conflicted"
    UNMANAGED = "unmanaged"
    INVALID = "invalid"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


_EDITED = {Status.HAND_EDITED, Status.DIVERGED}
_STALE = {Status.STALE, Status.DIVERGED, Status.ADDED, Status.REMOVED, Status.MOVED}


class SectionVerdict(NamedTuple):
    """The status of one section, and where its header stands in the committed file."""

    name: str
    status: Status
    line: int | None
    """from 1; None when the file has no such section"""


class Verdict(NamedTuple):
    """The status of a target, and of each of its sections."""

    status: Status
    sections: tuple[SectionVerdict, ...]


def judge(committed: str | None, directory: str, sections: Sequence[Section]) -> Verdict:
    """Compares a committed text, LF newlines, with the sections that it should hold."""
    if committed is None:
        return Verdict(Status.MISSING, _added(sections))
    in_sync = committed == render(directory, sections)
    if not in_sync and CONFLICT.search(committed):
        return Verdict(Status.CONFLICTED, ())
    found = places(committed)
    if not found:
        # A file without sections is right where there is no source.
        return Verdict(Status.IN_SYNC if in_sync else Status.UNMANAGED, _added(sections))

    verdicts = _sections(found, sections)
    statuses = {verdict.status for verdict in verdicts}
    before = committed[: len(committed) + 1 - sum(len(place.text) for place in found)]
    statuses.add(_banner(before, banner(directory)))
    return Verdict(_overall(statuses), verdicts)


def _overall(statuses: set[Status]) -> Status:
    edited, stale = statuses & _EDITED, statuses & _STALE
    if edited and stale:
        return Status.DIVERGED
    if edited:
        return Status.HAND_EDITED
    if stale:
        return Status.STALE
    return Status.REFORMATTED if Status.REFORMATTED in statuses else Status.IN_SYNC


def _added(sections: Sequence[Section]) -> tuple[SectionVerdict, ...]:
    return tuple(SectionVerdict(section.name, Status.ADDED, None) for section in sections)


def _sections(found: list[Place], sections: Sequence[Section]) -> tuple[SectionVerdict, ...]:
    """The present sections in the order of the sources, then those of no source."""
    # A merge may leave a section twice; the first is taken for the section.
    first: dict[str, Place] = {}
    for place in found:
        first.setdefault(place.section.name, place)
    moved = _moved([section.name for section in sections], list(first))
    verdicts = []
    for section in sections:
        if section.name not in first:
            verdicts.append(SectionVerdict(section.name, Status.ADDED, None))
            continue
        place = first[section.name]
        status = _section(place, section, moved=section.name in moved)
        verdicts.append(SectionVerdict(section.name, status, place.header))
    names = {section.name for section in sections}
    for place in found:
        if place.section.name not in names or place is not first[place.section.name]:
            status = Status.REMOVED if _as_generated(place, None) else Status.DIVERGED
            verdicts.append(SectionVerdict(place.section.name, status, place.header))
    return tuple(verdicts)


def _section(place: Place, section: Section, *, moved: bool) -> Status:
    stale = place.section.stamp != section.stamp
    # What was edited in both alike is in the source already.
    if place.section.body != section.body and not _as_generated(place, section):
        return Status.DIVERGED if stale or moved else Status.HAND_EDITED
    if stale:
        return Status.STALE
    if moved:
        return Status.MOVED
    return Status.IN_SYNC if place.text == _generated(section) else Status.REFORMATTED


def _as_generated(place: Place, section: Section | None) -> bool:
    """Whether a section is, layout aside, the one that its stamp names."""
    original = place.section
    if stamp(original.body) != original.stamp:
        if section is None or section.stamp != original.stamp:
            return False
        original = section
    return differ_in_layout_only(place.text, _generated(original))


def _generated(section: Section) -> str:
    return render_section(section) + "\n"


def _banner(committed: str, expected: str) -> Status:
    if committed == expected:
        return Status.IN_SYNC
    if differ_in_layout_only(committed, expected):
        return Status.REFORMATTED
    # One that names another directory was right before the configuration changed.
    return Status.STALE if is_banner(committed) else Status.HAND_EDITED


def _moved(expected: list[str], present: list[str]) -> set[str]:
    """The fewest names whose moving turns the present order into the expected one."""
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


_TOKEN = re.compile(
    r"""
    (?P<string> "(?:\\[^\n]|[^"\\\n])*"? )
  | (?P<doc> (?: ///[^\n]* | /\*.*?(?:\*/|\Z) ) [ \t\n]* )
  | (?P<comment> //[^\n]* )
  | (?P<line> [ \t]*\n[ \t\n]* )
  | (?P<blanks> [ \t]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
# Tried where a run of blanks begins and nowhere in it, or a long one would take its square.
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)


def differ_in_layout_only(one: str, other: str) -> bool:
    """Whether at most a formatter may have made one text the other."""
    if one == other:
        return True
    # Most edits are told apart by what is no blank, in a fraction of the time.
    return _without_blanks(one) == _without_blanks(other) and layout_free(one) == layout_free(other)


def _without_blanks(text: str) -> str:
    return "".join(text.removeprefix("\ufeff").split())


def layout_free(text: str) -> str:
    """A text without what a formatter may change: blank lines, alignment, trailing space, BOM.

    Two texts that agree in it mean the same to Prisma, documentation comments included.
    """
    return _TOKEN.sub(_plain, text.removeprefix("\ufeff")).strip("\n")


def _plain(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "doc":
            # A blank line after it keeps it from documenting what follows.
            bare = token[0].rstrip(" \t\n")
            newlines = token[0].count("\n", len(bare))
            return _TRAILING.sub("", bare) + "\n" * min(newlines, 2)
        case "comment":
            return token[0].rstrip(" \t")
        case "line":
            return "\n"
        case "blanks":
            words = _is_word(token.string[max(token.start() - 1, 0) : token.start()]) and _is_word(
                token.string[token.end() : token.end() + 1]
            )
            return " " if words else ""
    return token["string"]


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
