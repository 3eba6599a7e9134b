"""Merges three versions of a combined file section by section."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from prisma_combine import combined, newlines, order, psl
from prisma_combine.combined import CONFLICT, Section, lines_of, places, render_section

MergeTexts = Callable[[str, str, str], tuple[str, bool]]
"""merges base, ours and theirs: the text, and whether it is clean"""


class _File(NamedTuple):
    before: str
    """what stands before the first section"""
    sections: dict[str, Section]
    """by name, in the file's order"""


def merge(base: bytes, ours: bytes, theirs: bytes, merge_texts: MergeTexts) -> tuple[bytes, bool]:
    """Merges combined files: the result, with the newlines of ours, and whether it is clean.

    Only a section whose own text conflicts gets conflict markers. Where one of the three was not
    written by prisma-combine, they are merged as any text.
    """
    old, mine, other = (_read(lines_of(data)) for data in (base, ours, theirs))
    if old and mine and other:
        text, clean = _merge(old, mine, other, merge_texts)
        if newlines.used(ours or theirs) == "\r\n":
            text = text.replace("\n", "\r\n")
    else:
        texts = [data.decode("utf-8", "surrogateescape") for data in (base, ours, theirs)]
        text, clean = merge_texts(texts[0], texts[1], texts[2])
    return text.encode("utf-8", "surrogateescape"), clean


def conflicting(merged: bytes) -> list[str]:
    """The names of the sections with a conflict in them."""
    found = places(lines_of(merged))
    return [place.section.name for place in found if CONFLICT.search(place.text)]


def _merge(base: _File, ours: _File, theirs: _File, merge_texts: MergeTexts) -> tuple[str, bool]:
    before, clean = _three(base.before, ours.before, theirs.before, merge_texts)
    merged: dict[str, Section] = {}
    for name in ours.sections | theirs.sections:
        three = [file.sections.get(name) for file in (base, ours, theirs)]
        section, is_clean = _section(three[0], three[1], three[2], merge_texts)
        clean = clean and is_clean
        if section:
            merged[name] = section
    names = _order(base.sections, ours.sections, theirs.sections, merged, merge_texts)
    return before + "\n".join(render_section(merged[name]) for name in names), clean


def _read(text: str) -> _File | None:
    """A combined file, or an empty one; None for a text that is something else."""
    found = places(text)
    sections = {place.section.name: place.section for place in found}
    if len(sections) < len(found) or (text.strip() and not found):
        return None
    before = text[: len(text) + 1 - sum(len(place.text) for place in found)] if found else ""
    return _File(before, sections)


def _three(base: str, ours: str, theirs: str, merge_texts: MergeTexts) -> tuple[str, bool]:
    """`merge_texts`, which costs a process, where there is something to merge."""
    if theirs in (base, ours):
        return ours, True
    return (theirs, True) if base == ours else merge_texts(base, ours, theirs)


def _section(
    base: Section | None, ours: Section | None, theirs: Section | None, merge_texts: MergeTexts
) -> tuple[Section | None, bool]:
    """A merged section, None where it goes; and whether it is clean."""
    sides = [side for side in (ours, theirs) if side]
    one = sides[0]
    if base is None and len(sides) == 1:
        return one, True
    texts = [section.body if section else "" for section in (base, ours, theirs)]
    body, clean = _three(texts[0], texts[1], texts[2], merge_texts)
    if len(sides) == 1 and not body:
        return None, True
    if clean and all(combined.stamp(side.body) == side.stamp for side in sides):
        return combined.section(one.name, body), True
    # What was edited by hand must still be seen to be: its body is not the one of its stamp.
    if base and theirs and base.stamp == one.stamp:
        one = theirs
    return Section(one.name, one.stamp, body), clean


def _order(
    base: Mapping[str, Section],
    ours: Mapping[str, Section],
    theirs: Mapping[str, Section],
    merged: Mapping[str, Section],
    merge_texts: MergeTexts,
) -> list[str]:
    """The names of the merged sections, in order."""
    # Where the configuration lists no files the sources decide, and those of both sides.
    if all(list(file) == _in_dependency_order(file) for file in (base, ours, theirs)):
        return _in_dependency_order(merged)
    lists = ["".join(f"{name}\n" for name in file) for file in (base, ours, theirs)]
    text, clean = _three(lists[0], lists[1], lists[2], merge_texts)
    # Each name with the one behind it; before the first stands an empty one.
    behind = {"": ""}
    for file in (text.split("\n") if clean else ours, ours, theirs):
        last = ""
        for name in file:
            if name in merged:
                if name not in behind:
                    behind[name], behind[last] = behind[last], name
                last = name
    names = []
    last = ""
    while last := behind[last]:
        names.append(last)
    return names


def _in_dependency_order(sections: Mapping[str, Section]) -> list[str]:
    scans = {name: psl.scan(section.body) for name, section in sections.items()}
    return order.order(scans, order.dependencies(scans), order.with_datasource(scans))
