"""Carries the blocks of a combined file without sections back into the sources.

`prisma db pull` writes such a file: it renders every block anew and drops `//` comments, the
headers among them. The names of the blocks still tell whose they are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prisma_combine.compare.formatting import unformatted
from prisma_combine.errors import shortened

_BEGINS = re.compile(r"^[ \t]*(\w+)[ \t]+(\w+)[ \t]*\{")
_ENDS = re.compile(r"^[ \t]*\}")
_COMMENT = re.compile(r"""^((?:[^"/]|"(?:\\.|[^"\\])*"|/(?!/))*?)[ \t]*(//.*)$""")


class Block(NamedTuple):
    """A block and its lines; lines count from 0."""

    keyword: str
    name: str
    start: int
    end: int
    """the line after its last"""


class Carried(NamedTuple):
    """The sources with the blocks in them."""

    texts: dict[str, str]
    """the new texts of the sources that change, by name"""
    missing: tuple[tuple[str, int, str], ...]
    """blocks that the combined file lacks: the source's name, the line there, from 1, and what"""
    loose: tuple[int, ...]
    """lines of the combined file, from 1, that are in no block and in no source"""
    known: bool
    """whether the combined file has any block of the sources"""


def carry(text: str, sources: Mapping[str, str], generated: str) -> Carried:
    """Put what the blocks of a combined file have been changed to into the sources.

    `generated` is what the sources make; what else it holds comes from the format.
    """
    lines = text.split("\n")
    theirs = {(one.keyword, one.name): one for one in blocks(lines)}
    texts = {name: source.split("\n") for name, source in sources.items()}
    owners: dict[tuple[str, str], str] = {}
    missing = []
    for name, own in texts.items():
        shift = 0
        for block in blocks(own):
            key = (block.keyword, block.name)
            owners[key] = name
            if key not in theirs:
                what = shortened(f"{block.keyword} {block.name}")
                missing.append((name, block.start + 1, what))
                continue
            at = slice(block.start + shift, block.end + shift)
            changed = lines[theirs[key].start : theirs[key].end]
            merged = _merged(own[at], changed)
            if merged != own[at]:
                shift += len(merged) - len(own[at])
                own[at] = merged
    made = generated.split("\n")
    for block in blocks(made):
        key = (block.keyword, block.name)
        if key in theirs and key not in owners:
            del theirs[key]
    # A new block goes where the block above it belongs.
    owner = next(iter(texts), None)
    for key, block in theirs.items():
        owner = owners.get(key, owner)
        if key not in owners and owner is not None:
            own = texts[owner]
            while own and not own[-1].strip():
                own.pop()
            own += ["", *lines[block.start : block.end], ""]
    new = {name: "\n".join(own) for name, own in texts.items()}
    return Carried(
        {name: source for name, source in new.items() if source != sources[name]},
        tuple(missing),
        tuple(_loose(lines, theirs.values(), made)),
        not theirs.keys().isdisjoint(owners),
    )


def _loose(lines: Sequence[str], carried: Iterable[Block], made: Iterable[str]) -> Iterator[int]:
    inside = {number for block in carried for number in range(block.start, block.end)}
    known = {"", *(line.strip() for line in made)}
    for number, line in enumerate(lines):
        if number not in inside and line.strip() not in known:
            yield number + 1


def blocks(lines: Sequence[str]) -> list[Block]:
    """Return the blocks of a formatted text."""
    found = []
    begun: tuple[str, str, int] | None = None
    for number, line in enumerate(lines):
        if begun is None:
            if begins := _BEGINS.match(line):
                begun = (begins[1], begins[2], number)
        elif _ENDS.match(line):
            found.append(Block(*begun, number + 1))
            begun = None
    return found


def _merged(own: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Return a block's lines as in theirs, with the comments and blank lines of its own."""
    if [unformatted(one) for one in theirs] == [unformatted(one) for one in own]:
        return list(own)
    above: dict[str, list[str]] = {}
    beside: dict[str, str] = {}
    pending: list[str] = []
    for line in own:
        comment = _COMMENT.match(line)
        if not line.strip() or (comment and not comment[1].strip()):
            pending.append(line)
            continue
        key = _key(line)
        above[key], pending = pending, []
        if comment and not comment[2].startswith("///"):
            beside[key] = comment[2]
    keys = {_key(line) for line in theirs}
    kept = {line for key in keys for line in above.get(key, ())}
    merged = []
    for line in theirs:
        if line.lstrip().startswith("//") or not line.strip():
            if line not in kept:
                merged.append(line)
            continue
        key = _key(line)
        merged += above.get(key, [])
        merged.append(line + (f" {beside[key]}" if key in beside and "//" not in line else ""))
    return merged


def _key(line: str) -> str:
    """Return what tells a line of a block from the others: a field's name, or all of it."""
    line = line.strip()
    return unformatted(line) if line[:1] in "@}" else re.split(r"[\s(]", line, maxsplit=1)[0]
