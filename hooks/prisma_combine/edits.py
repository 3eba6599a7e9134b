"""The hand edits in a combined file, and what becomes of each."""

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from prisma_combine import combined, newlines, source
from prisma_combine.combined import (
    CONFLICT,
    RULE,
    Place,
    Section,
    banner,
    is_banner,
    lines_of,
    places,
    render_section,
)
from prisma_combine.rules import Finding
from prisma_combine.source import Source, trim
from prisma_combine.state import State
from prisma_combine.verdict import differ_in_layout_only

Ancestor = Callable[[str, str], str | None]
"""finds, by a source's path and a stamp, the body that a section was made with"""
Merge = Callable[[str, str, str], tuple[str, bool]]
"""merges base, source and section: the text, and whether it is clean"""

_OPENS = re.compile(r"^<{7}(?: |$)", re.MULTILINE)
_CLOSES = re.compile(r"^>{7}(?: |$)", re.MULTILINE)

# Before it the banner's first line names a directory, perhaps one that was right once.
_REST = banner("").partition("\n")[2]
_BELOW = _REST.split("\n")


class Taken(NamedTuple):
    """A hand edit that goes into its source."""

    place: Place
    body: str
    """what the source is to hold"""
    merged: bool
    """the source had changes of its own"""


class Refused(NamedTuple):
    """Text that stays in the combined file as it is."""

    line: int
    """of the combined file, from 1"""
    why: str
    name: str = ""
    """the section; empty for what is in none"""
    sides: str = ""
    """the conflicts, with markers"""


class Plan(NamedTuple):
    """What is to become of one combined file's hand edits."""

    before: str
    """what stands before the first section"""
    found: list[Place]
    taken: dict[int, Taken]
    """by index in `found`"""
    refused: dict[int, Refused]
    """by index in `found`; -1 is what stands before the first section"""
    whole: Refused | None = None
    """why nothing in this file can be taken"""


def plan(now: State, ancestor: Ancestor, merge: Merge) -> Plan:
    """Which hand edits the sources can take as they are, and which they can't."""
    text = lines_of(now.committed or b"")
    found = places(text)
    before = text[: len(text) + 1 - sum(len(place.text) for place in found)]
    result = Plan(before, found, {}, {})
    if not found:
        why = "this file has no section written by prisma-combine, so its text has no source"
        foreign = text.strip() and not is_banner(text)
        return result._replace(whole=Refused(1, why)) if foreign else result
    marker = CONFLICT.search(text)
    if marker and _torn(result):
        line = text[: marker.start()].count("\n") + 1
        return result._replace(whole=Refused(line, "a merge conflict reaches across sections"))
    if line := _damaged(result, {source.name for source in now.sources}):
        why = "a section header is damaged here; put it back, or discard all edits of this file"
        return result._replace(whole=Refused(line, why))
    if line := _foreign(before):
        why = "text before the first section belongs to no source; move it into a section"
        result.refused[-1] = Refused(line, why)
    sources = {source.name: source for source in now.sources}
    seen = set()
    for index, place in enumerate(found):
        name = place.section.name
        one = sources.get(name)
        outcome: Taken | Refused | None
        # A merge may leave a section twice; the first is taken for the section.
        if one is None or name in seen:
            outcome = _homeless(place, one, now.target.path(name), ancestor)
        else:
            outcome = _edit(place, one, ancestor, merge)
        seen.add(name)
        if isinstance(outcome, Taken):
            result.taken[index] = outcome
        elif outcome:
            result.refused[index] = outcome
    return result


def _torn(plan: Plan) -> bool:
    """Whether a merge conflict is not a single section's own."""
    parts = [plan.before, *(place.text for place in plan.found)]
    return any(len(_OPENS.findall(part)) != len(_CLOSES.findall(part)) for part in parts)


def _damaged(plan: Plan, names: set[str]) -> int:
    """The line of a header that is none any more, so that its section ended in another's; or 0."""
    if names.issubset(place.section.name for place in plan.found):
        return 0
    for place in plan.found:
        lines = place.section.body.split("\n")
        if RULE in lines:
            return place.body + lines.index(RULE)
    return 0


def _foreign(before: str) -> int:
    """The first line before the first section that is not the banner's; 0 when all are."""
    for number, line in enumerate(before.removeprefix("\ufeff").split("\n"), 1):
        if line.strip() not in _BELOW and not is_banner(f"{line}\n{_REST}"):
            return number
    return 0


def _edit(place: Place, source: Source, ancestor: Ancestor, merge: Merge) -> Taken | Refused | None:
    """What becomes of a section that has a source; None when nothing in it is to be carried."""
    refuse = partial(Refused, place.header, name=source.name)
    stamp = place.section.stamp
    body = _body(place.section.body)
    if body == source.body or _as_generated(place.section):
        return None
    if body is None or CONFLICT.search(place.text):
        what = "bytes that are not UTF-8; mend them" if body is None else "a conflict; resolve it"
        return refuse(f"holds {what}")
    base = ancestor(source.path, stamp)
    if base is None:
        return refuse("its source has changed too, and git lacks the text that both started from")
    if differ_in_layout_only(base, body):
        return None
    text, clean = (body, True) if base == source.body else merge(base, source.body, body)
    if not clean:
        return refuse("its source has changed the same lines", sides=_conflicts(text))
    body, _ = trim(text)
    # Else the source has the edit already, and more.
    return Taken(place, body, merged=base != source.body) if body != source.body else None


def _homeless(place: Place, twin: Source | None, path: str, ancestor: Ancestor) -> Refused | None:
    """What becomes of a second section, or of one without a source; None when it can go."""
    name, stamp, body = place.section
    if _as_generated(place.section) or (twin and twin.body == body):
        return None
    base = ancestor(path, stamp) if path.isprintable() else None
    if base is not None and differ_in_layout_only(base, body):
        return None
    if twin:
        why = "a second section of this name; move its text into the first"
    else:
        why = f"there is no source {path}; make it, or move this text into another section"
    return Refused(place.header, why, name)


def unsound(taken: Taken, now: State, found: Finding) -> Refused:
    """The refusal of an edit for what would be found wrong with the sources that have it."""
    place = taken.place
    source = next(one for one in now.sources if one.name == place.section.name)
    where = "" if found.path == source.path else f"{found.path}:{found.line}: "
    line = place.header if where or taken.merged else place.body + found.line - source.line
    return Refused(line, f"{where}{found.rule}: {found.message}", source.name)


def _as_generated(section: Section) -> bool:
    return combined.stamp(section.body) == section.stamp


def _body(text: str) -> str | None:
    """The body that a source with this text has; None when it can't be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    body, _ = trim(source.plain(text))
    return body


def _conflicts(text: str) -> str:
    """The conflicts in a merged text, markers included."""
    inside, kept = False, []
    for line in text.split("\n"):
        inside = inside or line.startswith("<<<<<<< ")
        if inside:
            kept.append(line + "\n")
        inside = inside and not line.startswith(">>>>>>> ")
    return "".join(kept)


def rewritten(data: bytes, body: str, path: str) -> bytes:
    """A source's bytes with another body; BOM, newlines and blank ends stay as they are.

    Raises CombineError when the bytes are not UTF-8.
    """
    text = source.decode(data, path)
    old, _ = trim(text)
    if old and body:
        body = text.replace(old[:-1], body[:-1])
    bom = "\ufeff" if data.startswith("\ufeff".encode()) else ""
    return (bom + body.replace("\n", newlines.used(data))).encode()


def regenerated(then: State, plan: Plan) -> bytes:
    """The combined file of the sources, in which all that was refused stands as it was."""
    if not plan.refused:
        return then.regenerated
    texts = {one.name: render_section(one) + "\n" for one in then.sections}
    # What has no place of its own follows the section that it stood behind. But a second section
    # of a name never comes before the first, or it would be taken for it.
    behind: dict[str, list[str]] = {name: [] for name in ("", *texts)}
    order = {name: number for number, name in enumerate(behind)}
    last, seen = "", set()
    for index, place in enumerate(plan.found):
        name = place.section.name
        if name in texts and name not in seen:
            last = name
            if index in plan.refused:
                texts[name] = place.text
        elif index in plan.refused:
            behind[max(last, name, key=lambda name: order.get(name, 0))].append(place.text)
        seen.add(name)
    top = plan.before if -1 in plan.refused else banner(then.target.directory)
    parts = [top, *behind[""]]
    for name, own in texts.items():
        parts += own, *behind[name]
    # Each section but the last has a blank line behind it.
    text = "".join(parts)[:-1]
    if b"\r\n" in then.regenerated:
        text = text.replace("\n", "\r\n")
    return text.encode(errors="surrogateescape")
