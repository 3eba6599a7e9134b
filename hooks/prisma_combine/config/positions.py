"""Where the keys and strings of a configuration stand.

tomllib gives no positions. tomlkit gives none either, but keeps every character, so the lines can
be counted along its document. Import this only to report something: tomlkit takes 30 ms.
"""

import re
from functools import lru_cache
from typing import Any

from tomlkit import parse
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item, Table

Keys = tuple[str | int, ...]
"""the way to a value: keys, and places in a list from 0"""
_LARGEST = 1 << 20
"""characters that tomlkit is given; it takes 2 s for these"""
_SPELLING = dict.fromkeys(map(ord, " \t\"'"))
_GAP = re.compile(r"(?:[\s,]|#[^\n]*)*+")


def line(text: str, keys: Keys) -> int:
    """Return the line, from 1, of a value, or of the nearest table around it."""
    found = _lines(text)
    while keys and keys not in found:
        keys = keys[:-1]
    return found.get(keys, 1)


@lru_cache(maxsize=1)
def _lines(text: str) -> dict[Keys, int]:
    if len(text) > _LARGEST:
        return _headers(text)
    try:
        document = parse(text)
    except (TOMLKitError, RecursionError):
        return _headers(text)
    # When an unknown table stands between two [[schema]] tables, tomlkit changes their order. It
    # also spells the second `[["schema"]]` like the first, which does not matter here.
    if document.as_string().translate(_SPELLING) != text.translate(_SPELLING):
        return _headers(text)
    counter = _Counter()
    counter.body(document.body, ())
    return counter.lines


def _headers(text: str) -> dict[Keys, int]:
    """Return where tables seem to begin."""
    found: dict[Keys, int] = {}
    tables = 0
    for number, written in enumerate(text.split("\n"), 1):
        bare = "".join(written.split())
        if bare.startswith("[[schema]]"):
            found["schema", tables] = number
            tables += 1
        elif bare.startswith("["):
            key = bare.lstrip("[").partition("]")[0].partition(".")[0].strip("\"'")
            found.setdefault((key,), number)
    return found


class _Counter:
    """Counts the lines along a document."""

    def __init__(self) -> None:
        self.lines: dict[Keys, int] = {}
        self._line = 1

    def body(self, body: list[tuple[Any, Item]], keys: Keys) -> None:
        """Pass the body of a document or table."""
        for key, item in body:
            if key is None:
                self._pass(item.as_string())
            elif isinstance(item, AoT):
                for index, table in enumerate(item.body):
                    self._table(table, (*keys, key.key, index))
            elif isinstance(item, Table):
                self._table(item, (*keys, key.key))
            else:
                self._pass(item.trivia.indent)
                self._value(item, (*keys, key.key))
                self._pass(item.trivia.comment + item.trivia.trail)

    def _table(self, table: Table, keys: Keys) -> None:
        if table.is_super_table():  # has no line of its own: `[a.b]`, `a.b = 1`
            self.lines.setdefault(keys, self._line)
        else:
            self._pass(table.trivia.indent)
            self.lines.setdefault(keys, self._line)
            self._pass(table.trivia.comment + table.trivia.trail)
        self.body(table.value.body, keys)

    def _value(self, value: Any, keys: Keys) -> None:
        self.lines.setdefault(keys, self._line)
        if isinstance(value, InlineTable):
            self.body(value.value.body, keys)
        elif isinstance(value, Array):
            self._array(value, keys)
        elif isinstance(value, Item):
            self._pass(value.as_string())

    def _array(self, array: Array, keys: Keys) -> None:
        text = array.as_string()
        at = 1
        for index, value in enumerate(array):
            found = _GAP.match(text, at)
            end = found.end() if found else at
            self._pass(text[at:end])
            self._value(value, (*keys, index))
            # tomlkit hands out booleans as Python's
            at = end + len(value.as_string() if isinstance(value, Item) else str(value))
        self._pass(text[at:])

    def _pass(self, text: str) -> None:
        self._line += text.count("\n")
