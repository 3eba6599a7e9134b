"""Read a combined file's format off its text: the sources stand in it, the rest is the format.

combined = gap + source + gap + source + … + gap
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from os.path import commonprefix
from typing import NamedTuple

from prisma_combine.schema import wildcards
from prisma_combine.schema.format import WHITESPACE, Format, expanded, join
from prisma_combine.schema.source import Source

Block = tuple[str, str]
"""A keyword and a name."""
SETTINGS = frozenset({"datasource", "generator"})

_BLOCK = re.compile(r"(?:^|\})[ \t]*([a-z]+)[ \t]+(\w+)[ \t]*\{", re.MULTILINE)
_PAIRS = 40
_FORMATS = 4
_LONGEST = 4000
"""Characters between two sources; more is no header."""
# Where `both` and `end` do the same, the script more often has JavaScript's `trim()`.
_TRIMS = ("none", "both", "end")
_MODIFIERS = ("", "upper", "title", "words", "lower", "words:upper", "words:lower", "lower:title")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = re.compile(
    rf"""
    (?<![\w.])
    (?: (?: (?: Sun|Mon|Tue|Wed|Thu|Fri|Sat ) [a-z]* | {_MONTH} | \d{{1,4}} ) [ ,.]{{1,3}} ){{0,4}}
    (?<![\w.])
    (?: \d{{4}}-\d\d-\d\d | \d{{1,4}} ([./]) [ ]? \d{{1,2}} \1 [ ]? \d{{2,4}} | \d{{1,2}}:\d\d
      | {_MONTH} [ ] \d{{1,2}} ,? [ ] \d{{4}} | \d{{1,2}} [ ] {_MONTH} [ ] \d{{4}} | 1\d{{12}}\b )
    (?: \S | [ ] (?= \d | [AP]M\b | [A-Z]{{3,4}}\b ) | [ ] \( [^)\n]* \) )*
    """,
    re.VERBOSE,
)
_Gap = tuple[str, str]
"""A source's name, and the text before it."""
_Word = tuple[str, Mapping[str, str]]
"""A placeholder, and what it stands for by source."""


class Reading(NamedTuple):
    """The order of the sources in a combined file, and the formats that render it."""

    names: list[str]
    formats: list[Format]
    """The simplest first."""


def core(text: str) -> str:
    """Return a text without the whitespace at its ends, which a script may trim."""
    return text.strip(WHITESPACE)


def blocks(text: str) -> frozenset[Block]:
    """Return what a text defines."""
    return frozenset((found[1], found[2]) for found in _BLOCK.finditer(text))


def read(directory: str, combined: str, sources: Mapping[str, str]) -> Reading | None:
    """Return how those sources that stand in the combined file make it, byte for byte."""
    names, _ = places(combined, sources)
    empty = [name for name, text in sources.items() if not core(text)]
    # An empty source may be anywhere, or left out.
    orders = [names[:first] + sorted(names[first:] + empty) for first in range(3 if empty else 0)]
    for chosen in [*orders, names] if names else ():
        order = [Source(name, name, sources[name]) for name in chosen]
        if formats := _Gaps(directory, combined, order).formats():
            return Reading(chosen, formats)
    return None


def renders(form: Format, directory: str, combined: str, order: Sequence[Source]) -> bool:
    """Return whether sources in this order make the combined file."""
    parts = join(form, directory, order)
    return wildcards.match_around(parts.banner, parts.middle, parts.footer, combined) is not None


def places(combined: str, sources: Mapping[str, str]) -> tuple[list[str], str]:
    """Return the sources that stand in the combined file, in order, and the text that is left.

    The whitespace at their ends may differ. A longer one comes before those that stand in it.
    """
    found = {}
    texts = {name: core(text) for name, text in sources.items() if core(text)}
    for name, text in sorted(texts.items(), key=lambda one: -len(one[1])):
        start = combined.find(text)
        if start >= 0:
            found[name] = start
            combined = combined[:start] + "\n" * len(text) + combined[start + len(text) :]
    return sorted(found, key=found.__getitem__), combined


def cost(form: Format) -> int:
    """Return how much there is to say about a format."""
    said = sum(value != default for value, default in zip(form, Format(), strict=True))
    return said + 2 * len(form.headers)


def _prefix(texts: Iterable[str]) -> str:
    return commonprefix([*texts])  # noqa: RUF071  # of texts, not of paths


class _Gaps:
    """The text between sources in their order."""

    def __init__(self, directory: str, combined: str, order: list[Source]) -> None:
        self.directory, self.combined, self.order = directory, combined, order
        names = [one.name for one in order]
        found: dict[tuple[str, ...], str] = {}
        for modifier, base in product(_MODIFIERS, ("name", "stem", "dir", "path")):
            word = "{" + base + (modifier and ":" + modifier) + "}"
            values = tuple(expanded(word, name, directory) for name in names)
            if all(values) and (len(set(values)) > 1 or len(names) == 1):
                found.setdefault(values, word)
        longest = sorted(found, key=lambda values: -len("".join(values)))
        self.words = [(found[values], dict(zip(names, values, strict=True))) for values in longest]

    def formats(self) -> list[Format]:
        """Return the formats that render the combined file."""
        found = [one for trim in _TRIMS for one in self._trimmed(Format(trim=trim))]
        # A text of its own for a single source is the exception.
        return sorted([one for one in found if not one.headers] or found, key=cost)[:_FORMATS]

    def _trimmed(self, form: Format) -> Iterator[Format]:
        """Yield the formats with a trim, if it can be right."""
        gaps: list[_Gap] = []
        end, is_known = 0, True
        for one in self.order:
            body = form.trimmed(one.text)
            if not core(body):  # it may stand anywhere
                gaps, is_known = gaps or [(one.name, "")], False
                continue
            start = self.combined.find(body, end)
            if start < 0:
                return
            gaps += [(one.name, self.combined[end:start])] if is_known else []
            is_known, end = True, start + len(body)
        if any(len(gap) > _LONGEST or _BLOCK.search(gap) for _, gap in gaps[1:]):
            return
        shapes = [self._cut(form, lead, tail, gaps) for lead, tail in self._templates(gaps)]
        yield from filter(None, map(self._framed, shapes))

    def _templates(self, gaps: Sequence[_Gap]) -> Iterable[tuple[str, str]]:
        """Return texts before sources: up to the first placeholder, and from there."""
        between = gaps[1:]
        samples = [gaps, between, *pairwise(between[:_PAIRS]), *([one] for one in between[:3])]
        # Of what ends at one place, the longest or else the shortest: {path} or {dir}/{name}.
        found = [
            self._template(sample, words)
            for sample in filter(None, samples)
            for words in (self.words, self.words[::-1])
        ]
        blank = min((len(gap) - len(gap.lstrip("\n")) for _, gap in between), default=0)
        return dict.fromkeys([*filter(None, found), ("\n" * blank, "")])

    def _template(self, samples: Sequence[_Gap], words: Sequence[_Word]) -> tuple[str, str] | None:
        """Return the template that makes several gaps, read from their ends backward."""
        texts = [text for _, text in samples]
        known = [(word, [values[name] for name, _ in samples]) for word, values in words]

        def stands(text: str, value: str, end: int) -> bool:
            start = end - len(value)
            if start < 0 or not text.startswith(value, start):
                return False
            around = text[max(0, start - 1) : start] + text[end : end + 1]
            # A single gap proves little: in it, a source's name must be a word of its own.
            return len(texts) > 1 or not any(map(str.isalnum, around))

        at = [*map(len, texts)]
        literal = tail = ""
        while True:
            found = [one for one in known if all(map(stands, texts, one[1], at))]
            if found:
                tail, literal = found[0][0] + literal + tail, ""
                at = [end - len(value) for end, value in zip(at, found[0][1], strict=True)]
            elif 0 in at or len({text[end - 1] for text, end in zip(texts, at, strict=True)}) > 1:
                break
            else:
                at = [end - 1 for end in at]
                literal = texts[0][at[0]] + literal
        heads = [text[:end] + literal for text, end in zip(texts, at, strict=True)]
        # A banner ends where the text before a placeholder begins, and not in it.
        is_cut = heads[0] and heads[-1] and heads[0][-1] != heads[-1][-1]
        leads = {*heads[samples[0][0] == self.order[0].name :]}
        return (heads[-1], tail) if len(leads) == 1 and not is_cut else None

    def _cut(self, form: Format, lead: str, tail: str, gaps: Sequence[_Gap]) -> Format:
        """Return a format whose separator and header make a text between sources."""
        made = {name: expanded(tail, name, self.directory) for name, _ in gaps}
        other = {name: gap for name, gap in gaps[1:] if lead + made[name] != gap}
        most = len(_prefix([lead, *other.values()]))
        first, top = gaps[0]
        above = top.removesuffix(made[first])
        has_first = top.endswith(made[first])
        least = len(lead) - len(_prefix([lead[::-1], above[::-1]])) if has_first else 0
        # A header begins a line; without a banner, all text before the first source is header.
        blank = len(lead) - len(lead.lstrip("\n")) if tail else len(lead)
        line = lead.find("\n", least - 1) + 1 if least else 0
        is_bare = has_first and len(above) == len(lead) - least
        cut = min(most, least if is_bare else max(least, blank, line))
        header = lead[cut:] + tail
        return form._replace(
            header=header,
            first_header=(has_first and least <= most) or not header,
            headers={name: gap[cut:] for name, gap in other.items()},
            separator=lead[:cut],
        )

    def _framed(self, form: Format) -> Format | None:
        """Return the format with the banner and footer that complete the combined file."""
        middle = join(form, self.directory, self.order).middle
        banner, found, footer = self.combined.partition(middle)
        dated = _DATE.search("\n".join([form.header, form.separator, *form.headers.values()]))
        if dated or not found or not dict(blocks(f"{banner}\n{footer}")).keys() <= SETTINGS:
            return None
        form = form._replace(banner=_loose(banner), footer=_loose(footer))
        return form if renders(form, self.directory, self.combined, self.order) else None


def _loose(text: str) -> str:
    """Return a banner or footer with wildcards for settings and dates."""
    found = list(_BLOCK.finditer(text))
    if found:
        end = max(text.rfind("}") + 1, found[-1].end())
        text = text[: found[0].start(1)] + wildcards.LINES + text[end:]
    return "\n".join(_DATE.sub(wildcards.ANY, line, count=1) for line in text.split("\n"))
