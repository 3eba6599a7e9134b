"""Wildcards in a banner or footer: `{any}` is text on one line, `{lines}` any text but models.

Every match is greedy from its anchored end, which is exact for these two wildcards, so matching
takes linear time: a literal after `{any}` either ends the line, and then has one possible place,
or its leftmost place on the line leaves the most to what follows.
"""

import re
from collections.abc import Iterable, Sequence

ANY, LINES = "{any}", "{lines}"
_NAMED_BLOCK = r"(?m)^[ \t]*(?:model|view|type|enum)[ \t]+\w"
_TRIES = 1000
"""places of the middle that are tried, so that a hostile file can't make the search quadratic"""


def has(template: str) -> bool:
    """Return whether a template holds a wildcard."""
    return ANY in template or LINES in template


def split(template: str) -> list[str]:
    """Return literals and wildcards in turn: literals at even places, perhaps empty."""
    parts: list[str] = []
    for number, chunk in enumerate(template.split(LINES)):
        parts += [LINES] if number else []
        for place, literal in enumerate(chunk.split(ANY)):
            parts += [ANY, literal] if place else [literal]
    return parts


def fill(template: str, values: Sequence[str]) -> str:
    """Return a template with each wildcard replaced by its value."""
    parts = split(template)
    parts[1::2] = values
    return "".join(parts)


def match(template: str, text: str) -> list[str] | None:
    """Return what each wildcard matches when the template is the whole text, else None."""
    return _match_parts(split(template), text)


def match_around(banner: str, middle: str, footer: str, text: str) -> list[str] | None:
    """Return what the wildcards of banner and footer match when `middle` stands between them.

    At most one `{lines}` in each, which the configuration sees to.
    """
    before, after = split(banner), split(footer)
    if LINES not in before or LINES not in after:
        joined = [*before[:-1], before[-1] + middle + after[0], *after[1:]]
        return _match_parts(joined, text)
    # Only between two of them does the middle float.
    first, last = before.index(LINES), after.index(LINES)
    head = _prefix(before[:first], text)
    foot = _suffix(after[last + 1 :], text)
    if head is None or foot is None or head[1] + foot[1] > len(text):
        return None
    start, end = head[1], len(text) - foot[1]
    fixed = before[-1] + middle + after[0]
    lead, trail = [*before[first + 1 : -1], ""], ["", *after[1:last]]
    at = text.find(fixed, start, end)
    for _ in range(_TRIES):
        if at < 0:
            return None
        stop = at + len(fixed)
        left = _suffix(lead, text[_lines_above(text, lead, start, at) : at])
        right = left and _prefix(trail, text[stop : _lines_below(text, trail, stop, end)])
        lines = text[start : at - left[1]] if left else ""
        rest = text[stop + right[1] : end] if right else ""
        if left and right and _is_settings(lines) and _is_settings(rest):
            return [*head[0], lines, *left[0], *right[0], rest, *foot[0]]
        at = text.find(fixed, at + 1, end)
    return None


def _lines_above(text: str, parts: Sequence[str], low: int, at: int) -> int:
    """Return where the lines begin that parts without `{lines}` can match above an offset."""
    for _ in range("".join(parts).count("\n") + 1):
        at = text.rfind("\n", low, at)
        if at < 0:
            return low
    return at + 1


def _lines_below(text: str, parts: Sequence[str], at: int, high: int) -> int:
    """Return where the lines end that parts without `{lines}` can match below an offset."""
    for _ in range("".join(parts).count("\n") + 1):
        at = text.find("\n", at, high) + 1
        if not at:
            return high
    return at


def head(template: str, text: str, sections: Iterable[str] = ()) -> str | None:
    """Return the beginning of a text that a template stands for; None where it begins otherwise.

    Where the template ends in a wildcard, or has `{lines}`, one of the sections follows it.
    """
    return _head(split(template), text, sections)


def tail(template: str, text: str, sections: Iterable[str] = ()) -> str | None:
    """Return the end of a text that a template stands for, as `head` does for the beginning."""
    found = _head(_backwards(split(template)), text[::-1], (one[::-1] for one in sections))
    return None if found is None else found[::-1]


def _head(parts: list[str], text: str, sections: Iterable[str]) -> str | None:
    if len(parts) == 1 or (parts[-1] and LINES not in parts):
        found = _prefix(parts, text)
        return None if found is None else text[: found[1]]
    for section in sections:
        at = text.find(parts[-1] + section)
        start = text[: at + len(parts[-1])]
        if at >= 0 and _match_parts(parts, start) is not None:
            return start
    return None


def _match_parts(parts: list[str], text: str) -> list[str] | None:
    # A literal, such as a whole combined file, may look like a wildcard.
    if LINES not in parts[1::2]:
        found = _prefix(parts, text, whole=True)
        return None if found is None else found[0]
    at = 2 * parts[1::2].index(LINES) + 1
    before = _prefix(parts[:at], text)
    if before is None:
        return None
    after = _suffix(parts[at + 1 :], text[before[1] :])
    if after is None:
        return None
    lines = text[before[1] : len(text) - after[1]]
    return [*before[0], lines, *after[0]] if _is_settings(lines) else None


def _is_settings(text: str) -> bool:
    """Return whether `{lines}` may stand for a text: a model in it would escape every check."""
    return re.search(_NAMED_BLOCK, text) is None


def _prefix(
    parts: Sequence[str], text: str, *, whole: bool = False
) -> tuple[list[str], int] | None:
    """Match literals with `{any}` between them at the start; the values, and the length."""
    if not parts:
        return [], 0
    if not text.startswith(parts[0]):
        return None
    at = len(parts[0])
    end = -1
    values = []
    for index in range(2, len(parts), 2):
        literal = parts[index]
        if end < at:
            newline = text.find("\n", at)
            end = len(text) if newline < 0 else newline
        if index == len(parts) - 1 and whole:
            start = len(text) - len(literal)
        elif "\n" in literal:
            start = end - literal.index("\n")
        else:
            start = text.find(literal, at, end)
        if not at <= start <= end or not text.startswith(literal, start):
            return None
        values.append(text[at:start])
        at = start + len(literal)
    return (values, at) if not whole or at == len(text) else None


def _suffix(parts: Sequence[str], text: str) -> tuple[list[str], int] | None:
    """Match literals with `{any}` between them at the end; the values, and the length."""
    found = _prefix(_backwards(parts), text[::-1])
    return None if found is None else ([value[::-1] for value in reversed(found[0])], found[1])


def _backwards(parts: Sequence[str]) -> list[str]:
    # Wildcards are at odd places.
    return [part if at % 2 else part[::-1] for at, part in enumerate(reversed(parts))]
