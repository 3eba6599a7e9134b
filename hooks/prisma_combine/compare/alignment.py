"""The parts of a combined file that belong to each source.

Known bodies that stand in the file verbatim are its anchors. What lies between two anchors holds
the sections that somebody has changed, and the text that joins sections.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from prisma_combine.compare.anchors import Anchor, anchors
from prisma_combine.compare.blocks import blocks
from prisma_combine.compare.formatting import equal_but_for_formatting
from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.compare.lines import LineNumbers

Hunk = tuple[int, int, int, int]
"""start and count of the old lines, start and count of the new lines; starts count from 0"""
Hunks = Callable[[Sequence[tuple[str, str]]], Sequence[Sequence[Hunk]]]
"""finds the hunks of each pair of texts"""

_BLOCK = re.compile(r"^[ \t]*[A-Za-z]\w*[ \t]+\w+[ \t]*\{", re.MULTILINE)
_BLOCK_WEIGHT = 10
"""how many ordinary lines the first line of a block counts for when a section is looked for"""
_FEW = 20
"""places of a line that are looked at; a line that is more common tells nothing"""


class Place(NamedTuple):
    """A section in a combined file; offsets count characters."""

    name: str
    top: int
    """where its header begins, or its body if it has no header"""
    start: int
    """where its body begins"""
    end: int
    body: str
    """what stands there"""
    known: str | None
    """the known body that stands there, None when it is none"""


class Stray(NamedTuple):
    """Text outside the sections that is not as the format says."""

    where: str
    """`banner`, `header`, `separator`, `footer`, or `copy`: a section that stands there twice"""
    start: int
    end: int
    expected: str
    formatting: bool
    """whether regenerating changes formatting only"""
    name: str | None
    """the section below a header, above anything else; None for the banner"""


class Alignment(NamedTuple):
    """The sections of a combined file in the order of the file, and what is not theirs."""

    places: tuple[Place, ...]
    strays: tuple[Stray, ...]


class _Span:
    """A section whose ends may still move."""

    def __init__(self, name: str, start: int, end: int, known: str | None) -> None:
        self.name, self.start, self.end, self.known = name, start, end, known


def align(text: str, lineages: Sequence[Lineage], frame: Frame, hunks: Hunks) -> Alignment:
    """Find the section of each source in a combined file.

    `lineages` are in the order in which their sections are expected. The frame has no wildcards.
    """
    found = anchors(text, lineages, frame)
    anchored = {one.name for one in found}
    missing = [one for one in lineages if one.name not in anchored]
    spans = [_Span(one.name, one.start, one.end, one.body) for one in found]
    search = _Search(text, found, frame, hunks)
    for number, changed in _gaps(text, found, missing, frame).items():
        spans += search.located(number, changed)
    spans.sort(key=lambda one: (one.start, one.end))
    return _Joints(text, lineages, frame, hunks, spans).alignment()


class _Guess(NamedTuple):
    """Where a changed section seems to be."""

    score: float
    """how much of the version is there"""
    gap: int
    at: int | None
    """where its header or its first block is, if either is there"""
    body: str
    """the version that is most like it"""


_Lines = Mapping[str, Sequence[tuple[int, int]]]
"""the gap and the offset of each place of a line"""


def _gaps(
    text: str, found: Sequence[Anchor], missing: Sequence[Lineage], frame: Frame
) -> dict[int, list[tuple[Lineage, str]]]:
    """Return the changed sections in each gap, in the order of the file, with a version each."""
    if not missing:
        return {}
    guesses = _guesses(_lines(text, found), missing, frame)
    gaps: dict[int, list[tuple[int, Lineage, str]]] = {}
    for lineage in missing:
        if guess := guesses.get(lineage.name):
            there = gaps.setdefault(guess.gap, [])
            # If nothing tells, then where it is expected: below the one before it.
            before = there[-1][0] if there else 0
            there.append((before if guess.at is None else guess.at, lineage, guess.body))
    return {
        number: [(lineage, body) for _, lineage, body in sorted(sections, key=lambda one: one[0])]
        for number, sections in gaps.items()
    }


def _lines(text: str, found: Sequence[Anchor]) -> _Lines:
    """Return the places of the lines between the anchors."""
    lines: dict[str, list[tuple[int, int]]] = {}
    low = 0
    for number in range(len(found) + 1):
        high = found[number].start if number < len(found) else len(text)
        at = low
        for line in text[low:high].split("\n"):
            lines.setdefault(line.strip(), []).append((number, at))
            at += len(line) + 1
        low = found[number].end if number < len(found) else high
    lines.pop("", None)
    return lines


def _guesses(lines: _Lines, missing: Sequence[Lineage], frame: Frame) -> dict[str, _Guess]:
    """Return where the changed sections seem to be, by their sources' names."""
    headers = {one.name: _header(one.name, frame) for one in missing}
    guesses: dict[str, _Guess] = {}
    # A block is in one section only: in the one with a header, and in no removed source's.
    claimed: set[str] = set()
    for one in sorted(missing, key=lambda one: lines.keys().isdisjoint(headers[one.name])):
        header = headers[one.name]
        found = (_guess(body, header, lines, claimed) for body in one.versions)
        enough = (guess for guess in found if guess and (guess.at is not None or one.now))
        best = max(enough, default=None, key=lambda guess: guess.score)
        if best is not None:
            guesses[one.name] = best
            claimed.update(header, _blocks(best.body))
    return guesses


def _header(name: str, frame: Frame) -> list[str]:
    """Return the lines of a header that tell it from other text."""
    lines = frame.header(name, first=False).split("\n")
    return [line.strip() for line in lines if re.search(r"\w", line)]


def _blocks(body: str) -> set[str]:
    """Return the first lines of the blocks in a body."""
    return {line.strip() for line in body.split("\n") if _BLOCK.match(line)}


def _guess(body: str, header: Sequence[str], lines: _Lines, claimed: set[str]) -> _Guess | None:
    """Return where a version seems to be; None where too little of it is anywhere."""
    own = [line.strip() for line in body.split("\n") if line.strip()]
    blocks = _blocks(body)
    strong = {*header, *blocks} - claimed
    there = sum(line in lines for line in own)
    if lines.keys().isdisjoint(strong) and (there * 2 <= len(own) or claimed & blocks):
        return None
    weights: dict[int, float] = {}
    first: dict[int, int] = {}
    for line in (*header, *own):
        places = lines.get(line, ())[:_FEW]
        for number, at in places:
            weight = (_BLOCK_WEIGHT if line in strong else 1) / len(places)
            weights[number] = weights.get(number, 0) + weight
            if line in strong:
                first.setdefault(number, at)
    if not weights:
        return None
    number = max(weights, key=lambda one: weights[one])
    score = (2 * there - len(own)) / (len(own) + 1)
    return _Guess(score, number, first.get(number), body)


def _expected(frame: Frame, above: str | None, below: str | None) -> str:
    """Return the text between two sections; None stands for the file's top or end."""
    if above is None:
        end = frame.form.footer if below is None else frame.header(below, first=True)
        return frame.banner + end
    return frame.form.footer if below is None else frame.between(below)


class _Search(NamedTuple):
    """Looks for changed sections between anchors."""

    text: str
    found: Sequence[Anchor]
    frame: Frame
    hunks: Hunks

    def located(self, number: int, changed: Sequence[tuple[Lineage, str]]) -> list[_Span]:
        """Return the places of the changed sections of one gap."""
        above = self.found[number - 1] if number else None
        below = self.found[number] if number < len(self.found) else None
        low, high = above.end if above else 0, below.start if below else len(self.text)
        names = [above.name if above else None, *(lineage.name for lineage, _ in changed)]
        names.append(below.name if below else None)
        glue = [_expected(self.frame, one, other) for one, other in pairwise(names)]
        gap = self.text[low:high]
        places = _split(gap, glue) or _diffed(gap, glue, [body for _, body in changed], self.hunks)
        spans = []
        for (lineage, _), (start, end) in zip(changed, places, strict=True):
            body = gap[start:end]
            # Whitespace that the format trims is none of the section's.
            begin = start + (body.index(kept) if (kept := self.frame.form.trimmed(body)) else 0)
            spans.append(_Span(lineage.name, low + begin, low + begin + len(kept), None))
        return spans


def _without_comments(text: str) -> str:
    """Return a text without the comments at its end, which are about what follows."""
    at = len(text)
    while at and text[at - 1] == "\n":
        start = text.rfind("\n", 0, at - 1) + 1
        if not text[start:at].lstrip().startswith("//"):
            break
        at = start
    return text[:at]


def _split(gap: str, glue: Sequence[str]) -> list[tuple[int, int]] | None:
    """Return the sections' offsets if each has its header, and what follows is as expected."""
    *headers, last = glue
    stop = gap.rfind(last)
    if not last.strip() and not gap.endswith(last):
        return None
    edges = []
    at = 0
    for one in headers:
        start = gap.find(one, at, max(stop, 0)) if one.strip() else -1
        if start < 0:
            return None
        at = start + len(one)
        edges += [start, at]
    edges.append(stop)
    return list(zip(edges[1::2], edges[2::2], strict=True))


def _diffed(
    gap: str, glue: Sequence[str], bodies: Sequence[str], hunks: Hunks
) -> list[tuple[int, int]]:
    """Return the sections' offsets by aligning the gap with what would be generated there."""
    expected = ""
    edges = []
    for before, body in zip(glue, bodies, strict=False):
        expected += before
        edges.append((len(expected), len(expected) + len(body)))
        expected += body
    expected += glue[-1]
    offset = _mapping(expected, gap, hunks)
    inside = _Blocks(gap)
    begins: list[int] = []
    ends = []
    for (start, end), before, body in zip(edges, glue, bodies, strict=False):
        # Text inserted between a header and its body belongs to the body.
        lead = body[: len(body) - len(body.lstrip("\n"))]
        begin = offset(start + len(lead), above=not before.strip())
        if not before.strip():
            begin = inside.outside(begin)
        begin -= len(lead) if gap.endswith(lead, 0, begin) else 0
        begins.append(max([begin, *begins[-1:]]))
        ends.append(offset(end, above=True))
    for number, (begin, below) in enumerate(pairwise([*begins, len(gap)])):
        # The joint before a section that was found says where the one above ends.
        if gap.endswith(glue[number + 1], begin, below):
            ends[number] = below - len(glue[number + 1])
        ends[number] = min(max(ends[number], begin), below)
    return list(zip(begins, ends, strict=True))


class _Blocks:
    """The blocks of a text."""

    def __init__(self, text: str) -> None:
        self._text, self._lines = text, LineNumbers(text)
        self._blocks = blocks(text.split("\n"))

    def outside(self, at: int) -> int:
        """Return an offset, or where text follows the block that it is in."""
        line = self._lines.at(at) - 1
        index = bisect_right(self._blocks, line, key=lambda one: one.start) - 1
        if index < 0 or not self._blocks[index].start < line < self._blocks[index].end:
            return at
        below = self._lines.start(self._blocks[index].end + 1)
        while self._text.startswith("\n", below):
            below += 1
        return min(below, len(self._text))


class _Mapping(Protocol):
    def __call__(self, at: int, *, above: bool) -> int:
        """Return where an offset is in the other text; `above` is where inserted text belongs."""


def _mapping(old: str, new: str, hunks: Hunks) -> _Mapping:
    """Return a function from an offset in the old text to the one in the new text."""
    (found,) = hunks([(old, new)])
    first_lines = [hunk[0] for hunk in found]
    before, after = LineNumbers(old), LineNumbers(new)

    def offset(at: int, *, above: bool) -> int:
        line = before.at(at) - 1
        column = at - before.start(line + 1)
        # An insertion is above the line at which it is.
        is_below = not above and not column
        index = bisect_right(first_lines, line) - 1
        if index >= 0 and is_below and first_lines[index] == line and not found[index][1]:
            index -= 1
        if index < 0:
            return min(at, len(new))
        old_start, old_count, new_start, new_count = found[index]
        if line >= old_start + old_count:
            number = line + new_start + new_count - old_start - old_count
            return min(after.start(number + 1) + column, len(new))
        if column:  # the end of a line that has changed
            number = new_start + min(line - old_start + 1, new_count)
            return max(after.start(number + 1) - 1, 0)
        return min(after.start(new_start + min(line - old_start, new_count) + 1), len(new))

    return offset


class _Joints:
    """Looks at the text between the sections: it is as expected, or belongs to one of them."""

    def __init__(
        self,
        text: str,
        lineages: Sequence[Lineage],
        frame: Frame,
        hunks: Hunks,
        spans: list[_Span],
    ) -> None:
        self._text, self._frame, self._hunks, self._spans = text, frame, hunks, spans
        self._known = {body.strip() for one in lineages for body in one.versions} - {""}
        self._headers = {frame.header(one.name, first=False).strip() for one in lineages} - {""}
        self._strays: list[Stray] = []

    def alignment(self) -> Alignment:
        low = 0
        for above, below in zip([None, *self._spans], [*self._spans, None], strict=True):
            high = below.start if below else len(self._text)
            following = below.end if below else high
            self._joint(above, below, low, high)
            low = following
        places = tuple(self._place(one, first=not number) for number, one in enumerate(self._spans))
        return Alignment(places, tuple(self._strays))

    def _place(self, span: _Span, *, first: bool) -> Place:
        header = self._frame.header(span.name, first=first).lstrip("\n")
        headed = self._text.endswith(header, 0, span.start)
        top = span.start - len(header) if headed else span.start
        body = self._text[span.start : span.end]
        return Place(span.name, top, span.start, span.end, body, span.known)

    def _joint(self, above: _Span | None, below: _Span | None, low: int, high: int) -> None:
        text = self._text[low:high]
        name = above.name if above else None
        expected = _expected(self._frame, name, below.name if below else None)
        if above is None:
            self._top(below, high, text)
        elif text == expected:
            pass
        elif below and (rest := _without_comments(text)) != text and rest.endswith(expected):
            self._prepend(below, low + len(rest))
            self._joint(above, below, low, low + len(rest))
        elif text.endswith(expected) and (text.strip() or self._frame.form.trim == "none"):
            self._extend(above, high - len(expected))
        elif self._is_formatted(low, high, expected):
            self._stray("footer" if below is None else "separator", low, high, expected, name)
        elif below is not None and text.startswith(expected) and expected.strip():
            self._prepend(below, low + len(expected))
        elif not re.search(r"\w", expected):
            self._extend(above, low + len(text.rstrip("\n")))
            end = low + len(text.rstrip("\n"))
            if self._text[end:high] != expected:
                where = "footer" if below is None else "separator"
                self._stray(where, end, high, expected, name)
        else:
            self._header(above, below, low, high, expected)

    def _top(self, below: _Span | None, high: int, text: str) -> None:
        """Tell the banner from what was added above the first section."""
        banner = self._frame.banner
        expected = _expected(self._frame, None, below.name if below else None)
        header = expected.removeprefix(banner)
        if text == expected:
            return
        if below and text.startswith(expected):
            if text[len(expected) :].strip() or self._frame.form.trim == "none":
                self._prepend(below, len(expected))
            else:
                self._stray("banner", len(expected), high, "", None)
        elif header and text.endswith(header):
            self._stray("banner", 0, high - len(header), banner, None)
        elif header and text.startswith(banner):
            self._stray("header", len(banner), high, header, below.name if below else None)
        else:
            self._stray("banner", 0, high, expected, None)

    def _header(
        self, above: _Span, below: _Span | None, low: int, high: int, expected: str
    ) -> None:
        """Tell a changed header from what was added above and below it."""
        text = self._text[low:high]
        offset = _mapping(expected, text, self._hunks)
        inner = expected.strip("\n")
        start = expected.index(inner)
        top = offset(start, above=True)
        bottom = offset(start + len(inner), above=False)
        if text[:top].strip():
            end = low + len(text[:top].rstrip("\n"))
            self._extend(above, end)
            low = end
        if below is not None and text[bottom:].strip():
            begin = high - len(text[bottom:].lstrip("\n"))
            self._prepend(below, begin)
            high = begin
        if self._text[low:high] != expected:
            where = "footer" if below is None else "header"
            self._stray(where, low, high, expected, (below or above).name)

    def _stray(self, where: str, low: int, high: int, expected: str, name: str | None) -> None:
        formatting = self._is_formatted(low, high, expected)
        self._strays.append(Stray(where, low, high, expected, formatting, name))

    def _is_formatted(self, low: int, high: int, expected: str) -> bool:
        """Return whether the text between two offsets differs in formatting only."""
        # The end of a line may be missing: `// user.prismamodel User {`.
        before, after = self._text[max(low - 1, 0) : low], self._text[high : high + 1]
        return equal_but_for_formatting(
            self._text[max(low - 1, 0) : high + 1], before + expected + after
        )

    def _extend(self, span: _Span, end: int) -> None:
        """Count text below a section to it, unless it is a copy of a section."""
        separator = self._frame.form.separator.strip()
        extra = self._text[span.end : end].strip().removeprefix(separator).strip()
        lines = extra.split("\n")
        for height in {one.count("\n") + 1 for one in self._headers}:
            if "\n".join(lines[:height]) in self._headers:
                extra = "\n".join(lines[height:]).strip()
        if extra in self._known:
            self._strays.append(Stray("copy", span.end, end, "", formatting=True, name=span.name))
        else:
            span.end, span.known = end, None

    def _prepend(self, span: _Span, start: int) -> None:
        """Count text above a section to it."""
        span.start, span.known = start, None
