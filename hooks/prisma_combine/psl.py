"""Scans Prisma's schema language: blocks, their fields and relations, and what is left open.

The language as Prisma 5.22, 6.19 and 7.10 read it. Source of the rules:
https://github.com/prisma/prisma-engines/blob/main/psl/schema-ast/src/parser/datamodel.pest
"""

import re
from typing import NamedTuple

NAMED = frozenset({"model", "view", "type", "enum"})
"""the keywords of the blocks that share one namespace"""

_WITH_FIELDS = frozenset({"model", "view", "type"})
_KEYWORDS = NAMED | {"datasource", "generator"}

_BLANK = r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
# By what ends a name rather than by what may stand in one: Unicode grows.
_NAME = r'[^\s"(){}\[\]/@:=?!,.]++'
_STRING = r'"[^"\\\n]*+(?:\\[^\n]?+[^"\\\n]*+)*+"'

_CLOSED = re.compile(_STRING)
# The stretch from one place that matters to the next, a whole line as a rule. It matches
# anywhere, so nothing ever backtracks, and the scan is linear on any text. Its groups repeat
# greedily, within bounds, as each turn holds memory; what is over the bound is the next stretch.
# Possessive groups hold none, but go wrong before Python 3.11.5 when a turn fails halfway, as
# only the escapes of a string never do. Source: https://github.com/python/cpython/issues/106052
_STRETCH = re.compile(
    rf"""
    ( (?: {_BLANK}*+ (?: //[^\n]*+ )? \n ){{0,200}} )
    {_BLANK}*+
    (?: ({_NAME}) (?: {_BLANK}++ ({_NAME}) )? )?
    ( (?: [^"/{{}}\n]++ | {_STRING} | /(?![/*]) ){{0,200}} )
    ( \n | //[^\n]*+\n? | \{{++ | \}}++ | /\* | " | )
    """,
    re.VERBOSE,
)
_FOREIGN_KEY = re.compile(
    rf"""
    (?: [^"@\n]++ | {_STRING} | @(?!relation\b) ){{0,200}}
    @relation\s*+\(
    (?: [^"(){{}}/f]++ | {_STRING} | //[^\n]*+ | f(?!ields\s*+:) ){{0,2000}}
    fields\s*+:
    """,
    re.VERBOSE,
)
# Prisma wants no space after a keyword: `modelA {` is model A. But `types {` is a block of its
# own from Prisma 8 on, https://www.prisma.io/docs/orm/v8/contract-authoring/psl-syntax
_GLUED = re.compile(r"(?!types$)(model|view|type|enum|datasource|generator)(.+)")


class Field(NamedTuple):
    """A field of a model, a view or a composite type."""

    name: str
    type: str
    """without `?` and `[]`"""
    foreign_key: bool
    """it has `@relation(… fields: …)`"""
    line: int


class Block(NamedTuple):
    """A named block at the top level; what is nested in it defines nothing there."""

    keyword: str
    """any word: Prisma adds new ones"""
    name: str
    line: int
    fields: tuple[Field, ...]
    """of a model, a view or a composite type; else empty"""


class Open(NamedTuple):
    """What is still open at the end of a text."""

    what: str
    """`block`, `string` or `comment`"""
    line: int


class Scan(NamedTuple):
    """What one text holds; lines count from 1."""

    blocks: tuple[Block, ...]
    open: Open | None
    """a string or comment rather than the block around it, whose end it may have swallowed"""
    strays: tuple[int, ...]
    """the lines with a `}` that closes nothing"""


def scan(text: str) -> Scan:
    """Scans a text with LF newlines, whatever it holds."""
    return _Scanner(text).scan()


class _Scanner:
    """The state of one scan: where it is, and the top-level block that it is in, if any."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.blocks: list[Block] = []
        self.strays: list[int] = []
        self.still_open: Open | None = None
        self.depth = 0
        self.keyword = self.name = ""
        self.top = 0
        self.fields: list[Field] = []

    def scan(self) -> Scan:
        text, size = self.text, len(self.text)
        whole = True
        while self.at < size and (stretch := _STRETCH.match(text, self.at)):
            lead, first, second, rest, stop = stretch.groups()
            self.at = stretch.end()
            self.line += lead.count("\n")
            if second and whole and self.depth == 1 and self.keyword in _WITH_FIELDS:
                key = "@relation" in rest and bool(_FOREIGN_KEY.match(text, stretch.start(4)))
                self.fields.append(Field(first, second, key, self.line))
            whole = stop != ""
            match stop[:1]:
                case "\n":
                    self.line += 1
                case "{":
                    self._open(first or "", second or "", rest, len(stop))
                case "}":
                    self._close(len(stop))
                case '"':
                    whole = self._string()
                case "/":
                    self._comment(stop)
        if self.depth:
            self.still_open = self.still_open or Open("block", self.top)
            self._end_block()
        return Scan(tuple(self.blocks), self.still_open, tuple(self.strays))

    def _open(self, keyword: str, name: str, rest: str, braces: int) -> None:
        if self.depth:
            self.depth += braces
            return
        if not name and (glued := _GLUED.fullmatch(keyword)):
            keyword, name = glued.groups()
        self.keyword, self.name, self.top = keyword, name, self.line
        self.fields = []
        if keyword in _KEYWORDS and not rest.strip():
            # Prisma takes the rest of this line for a comment, whatever it holds.
            self.depth = 1
            self._next_line()
        else:
            self.depth = braces

    def _close(self, braces: int) -> None:
        if self.depth < braces and self.strays[-1:] != [self.line]:
            self.strays.append(self.line)
        if 0 < self.depth <= braces:
            self._end_block()
        self.depth = max(0, self.depth - braces)

    def _end_block(self) -> None:
        if self.name:
            self.blocks.append(Block(self.keyword, self.name, self.top, tuple(self.fields)))

    def _string(self) -> bool:
        """Passes what begins with the quote just read; false if the line goes on after it."""
        if closed := _CLOSED.match(self.text, self.at - 1):
            self.at = closed.end()
            return False
        opened = self.line
        self._next_line()
        if self.at == len(self.text):
            self.still_open = Open("string", opened)
        return True

    def _comment(self, read: str) -> None:
        if read != "/*":
            self.line += 1
            return
        end = self.text.find("*/", self.at)
        if end < 0:
            self.still_open = Open("comment", self.line)
            self.at = len(self.text)
        else:
            self.line += self.text.count("\n", self.at, end)
            self.at = end + 2

    def _next_line(self) -> None:
        newline = self.text.find("\n", self.at)
        self.at = newline + 1 if newline >= 0 else len(self.text)
        self.line += 1
