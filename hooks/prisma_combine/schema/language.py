"""Scans Prisma's schema language: blocks, the types of their fields, and broken syntax.

This is the language as Prisma 5.22, 6.19 and 7.10 read it. Source of the rules:
https://github.com/prisma/prisma-engines/blob/main/psl/schema-ast/src/parser/datamodel.pest
"""

import re
from typing import NamedTuple

from prisma_combine.errors import shortened

NAMED = frozenset({"model", "view", "type", "enum"})
"""the keywords of the blocks that share one namespace"""

_WITH_FIELDS = frozenset({"model", "view", "type"})
_KEYWORDS = NAMED | {"datasource", "generator"}
_ENTRIES = {"enum": "value", "datasource": "setting", "generator": "setting"}

# Unicode's space separators and the tab. To Prisma any other whitespace is text.
_BLANKS = " \t\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_BLANK = f"[{_BLANKS}]"
# Defined by what ends a name, since Unicode adds letters with each version.
_LETTER = r'[^\s"(){}\[\]/@:=?!,.]'
_NAME = f"{_LETTER}++"
_STRING = r'"[^"\\\n]*+(?:\\[^\n]?+[^"\\\n]*+)*+"'
_GAP = rf"(?: {_BLANK}*+ (?: //[^\n]*+ )? \n ){{0,200}}"

_CLOSED = re.compile(_STRING)
_HEAD = re.compile(
    rf"{_GAP} {_BLANK}*+ ({_NAME}) {_BLANK}++ ({_NAME}) {_BLANK}*+ \{{ [^\n]*+ \n", re.VERBOSE
)
# Matches from one relevant place to the next, usually a whole line. It matches anywhere, so
# nothing backtracks and the scan is linear on any text. Groups repeat greedily within bounds,
# because each repetition takes memory; the next match continues what is over the bound.
# Possessive groups take none, but before Python 3.11.5 they go wrong when a repetition fails
# halfway, which only the escapes of a string never do: https://github.com/python/cpython/issues/106052
_STRETCH = re.compile(
    rf"""
    ( {_GAP} )
    {_BLANK}*+
    (?: ({_NAME}) (?: {_BLANK}++ ({_NAME}) )? )?
    ( (?: [^"/{{}}\n]++ | {_STRING} | /(?![/*]) ){{0,200}} )
    ( \n | //[^\n]*+\n? | \{{++ | \}}++ | /\* | " | )
    """,
    re.VERBOSE,
)
_SCALARS = ("String", "Int", "DateTime", "Boolean", "Float", "Json", "Decimal", "BigInt", "Bytes")
# Begins with the newline before the line: `re` finds a character twice as fast as `^`.
_FIELD = re.compile(
    rf"\n{_BLANK}*+{_NAME}{_BLANK}++(?!(?:{'|'.join(_SCALARS)})(?!{_LETTER}))({_NAME})"
)
_FOREIGN_KEY = re.compile(
    rf"""
    (?: [^"@/{{}}\n]++ | {_STRING} | /(?![/*]) | @(?!relation\b) ){{0,200}}
    @relation\s*+\(
    (?: [^"(){{}}/f]++ | {_STRING} | //[^\n]*+ | f(?!ields\s*+:) ){{0,2000}}
    fields\s*+:
    """,
    re.VERBOSE,
)
# Prisma needs no space after a keyword: `modelA {` is model A. But `types {` is a block of its
# own from Prisma 8 on: https://www.prisma.io/docs/orm/v8/contract-authoring/psl-syntax
_GLUED = re.compile(r"(?!types$)(model|view|type|enum|datasource|generator)(.+)")
_WORD = re.compile(_NAME)
_IMPORT = re.compile(r"import\b")
_HEAD_WITHOUT_BRACE = re.compile(
    rf"((?:{'|'.join(sorted(_KEYWORDS))}){_BLANK}++{_NAME}){_BLANK}*+(?://[^\n]*+)?$", re.MULTILINE
)


class Field(NamedTuple):
    """A field of a model, a view or a composite type; those of a scalar type are left out."""

    type: str
    """without `?` and `[]`"""
    foreign_key: bool
    """whether it has `@relation(… fields: …)`"""


class Block(NamedTuple):
    """A named block at the top level; nested blocks define nothing there."""

    keyword: str
    """any word, since Prisma adds new ones"""
    name: str
    line: int
    fields: tuple[Field, ...] = ()
    """of a model, a view or a composite type"""


class Mistake(NamedTuple):
    """Syntax that Prisma refuses, whatever the other files hold."""

    rule: str
    """`unbalanced`, `stray-brace` or `not-prisma`"""
    line: int
    message: str


class Scan(NamedTuple):
    """The content of one text; lines count from 1 and end at LF only."""

    blocks: tuple[Block, ...]
    mistakes: tuple[Mistake, ...]
    """without those that only follow from another one"""


def scan(text: str, *, fields: bool = True) -> Scan:
    """Return the blocks and mistakes of any text; without fields it takes half the time."""
    return _Scanner(text, fields=fields).scan()


class _Scanner:
    """The state of one scan: the position, and the top-level block around it, if any."""

    def __init__(self, text: str, *, fields: bool) -> None:
        self.original = text
        # A lone CR ends a line for Prisma, but not for editors and git.
        self.text = text.replace("\r", "\n")
        self.at = 0
        self.counted, self.line = 0, 1
        self.blocks: list[Block] = []
        self.mistakes: list[Mistake] = []
        self.visible = -1
        """where the first text on the current line is, comments aside"""
        self.depth = 0
        self.keyword = self.name = ""
        self.known = False
        """whether the block has a keyword of Prisma 7"""
        self.head = self.top = 0
        self.wants_fields = fields
        self.fields: list[Field] = []
        self.inside = ""
        """the first block that begins in this one, and its line"""
        self.loose = 0
        """the line of the first text since the last block"""
        self.excused = False
        """whether a mistake since the last block explains those that follow"""

    def scan(self) -> Scan:
        size = len(self.text)
        whole = True
        while self.at < size and (stretch := self._next_stretch()):
            lead, first, second, rest, stop = stretch.groups()
            self.at = stretch.end()
            if lead:
                self._end_line()
            if self.visible < 0 and (first or rest.strip(_BLANKS)):
                self.visible = stretch.start(2 if first else 4)
            if second and whole and self.depth == 1:
                self._add_field(second, stretch.start(4))
            whole = stop != ""
            match stop[:1]:
                case "\n":
                    self._end_line()
                case "{":
                    self._open(stretch, len(stop))
                case "}":
                    self._close(len(stop))
                case '"':
                    whole = self._string()
                case "/":
                    self._comment(stop)
        self._end()
        self.mistakes.sort(key=lambda mistake: mistake.line)
        return Scan(tuple(self.blocks), tuple(self.mistakes))

    def _next_stretch(self) -> re.Match[str] | None:
        passed = True
        while passed and not self.depth and self.visible < 0:
            passed = self._plain_block()
        return _STRETCH.match(self.text, self.at)

    def _plain_block(self) -> bool:
        """Pass a block without braces and block comments in it; return whether one is here."""
        text = self.text
        head = _HEAD.match(text, self.at)
        if head is None or head[1] not in _KEYWORDS:
            return False
        start = head.end()
        end = text.find("}", start)
        # The stretches read at least this far, so trying this first stays linear.
        if end < 0 or text[end - 1] != "\n":
            return False
        if text.find("{", start, end) >= 0 or text.find("/*", start, end) >= 0:
            return False
        self._begin_block(head[1], head[2], head.start(1))
        if self.wants_fields and self.keyword in _WITH_FIELDS:
            self.fields = [
                Field(field[1], _FOREIGN_KEY.match(text, field.end()) is not None)
                for field in _FIELD.finditer(text, start - 1, end)
            ]
        self._end_block()
        self.at = end + 1
        return True

    def _open(self, stretch: re.Match[str], braces: int) -> None:
        if self.visible < 0:
            self.visible = stretch.start(5)
        keyword = name = ""
        if self.visible == stretch.start(2):
            keyword, name = stretch[2], stretch[3] or ""
        known = keyword in _KEYWORDS and not stretch[4].strip(_BLANKS)
        if self.depth:
            if known and self.known and self.depth == 1 and not self.inside:
                self.inside = f"{keyword} {shortened(name)} on line {self._line_of(self.visible)}"
            self.depth += braces
            return
        if not name and (glued := _GLUED.fullmatch(keyword)):
            keyword, name = glued.groups()
            known = not stretch[4].strip(_BLANKS)
        if keyword == "import" or not _WORD.match(self.text, self.visible):
            self._end_line()
            self.keyword = self.name = ""
        else:
            self._begin_block(keyword, name, self.visible)
        self.known = known
        if known:
            # Prisma ignores the rest of this line, whatever it holds.
            self.depth = 1
            self._skip_line()
        else:
            self.depth = braces
        self.visible = -1

    def _begin_block(self, keyword: str, name: str, head: int) -> None:
        self._end_gap()
        self.keyword, self.name, self.head, self.top = keyword, name, head, self._line_of(head)
        self.fields = []
        self.inside = ""

    def _end_block(self) -> None:
        if self.name:
            self.blocks.append(Block(self.keyword, self.name, self.top, tuple(self.fields)))

    def _add_field(self, type_: str, end: int) -> None:
        if self.wants_fields and self.keyword in _WITH_FIELDS and type_ not in _SCALARS:
            self.fields.append(Field(type_, _FOREIGN_KEY.match(self.text, end) is not None))

    def _close(self, braces: int) -> None:
        if not self.depth:
            self._end_line()
        elif self.depth <= braces:
            if self.known and self.visible >= 0:
                message = "Prisma wants this `}` on a line of its own; put a line break before it"
                self._found("unbalanced", self._line_of(self.at), message)
            self._end_block()
            self.visible = -1
        if self.depth < braces and not self.excused:
            message = "this `}` closes nothing; delete it, or open its block in this file"
            if self.loose:
                message = (
                    f"this `}}` closes nothing, so the text since line {self.loose} is outside a"
                    " block; put the first line of its block above it, or delete both"
                )
                self.loose = 0
            self._found("stray-brace", self._line_of(self.at), message)
        self.depth = max(0, self.depth - braces)

    def _string(self) -> bool:
        """Pass the string of the quote just read; return whether a line begins after it."""
        quote = self.at - 1
        if self.visible < 0:
            self.visible = quote
        if closed := _CLOSED.match(self.text, quote):
            self.at = closed.end()
            return False
        self._skip_line()
        if self.at == len(self.text):
            message = 'this string is still open at the end of the file; close it with `"`'
            self._found("unbalanced", self._line_of(quote), message)
        self._end_line()
        return True

    def _comment(self, opening: str) -> None:
        if opening != "/*":
            self._end_line()
            return
        end = self.text.find("*/", self.at)
        if end < 0:
            self._end_line()
            message = "this comment is still open at the end of the file; close it with `*/`"
            self._found("unbalanced", self._line_of(self.at), message)
            self.at = len(self.text)
        else:
            if self.text.find("\n", self.at, end) >= 0:
                self._end_line()
            self.at = end + 2

    def _skip_line(self) -> None:
        newline = self.text.find("\n", self.at)
        self.at = newline + 1 if newline >= 0 else len(self.text)

    def _end_line(self) -> None:
        """Judge what the line holds outside all blocks."""
        at, self.visible = self.visible, -1
        if at < 0 or self.depth or self.excused:
            return
        if _IMPORT.match(self.text, at):
            message = (
                "Prisma refuses `import`, which is for prisma-import; delete the line: all files"
                " see each other's blocks"
            )
            self._found("not-prisma", self._line_of(at), message)
        elif head := _HEAD_WITHOUT_BRACE.match(self.text, at):
            what = shortened(head[1])
            message = f"`{{` is missing after `{what}`; put it at the end of this line"
            self._found("not-prisma", self._line_of(at), message)
        elif not self.loose:
            self.loose = self._line_of(at)

    def _end_gap(self) -> None:
        if self.loose:
            message = "Prisma refuses text outside a block; delete it, or comment it out with `//`"
            self._found("not-prisma", self.loose, message)
        self.loose, self.excused = 0, False

    def _end(self) -> None:
        self._end_line()
        if self.depth:
            # Text outside all blocks that is unclosed has `loose` set: one finding is enough.
            if not self.excused and not self.loose:
                self._found("unbalanced", self.top, self._unclosed())
            self._end_block()
        self._end_gap()

    def _unclosed(self) -> str:
        what = shortened(f"{self.keyword} {self.name}") if self.name else "this block"
        self.at = self.head
        self._skip_line()
        ignored = self.text[self.head : self.at].partition("{")[2].partition("//")[0]
        if self.known and ignored.rstrip(_BLANKS + "\n").endswith("}"):
            entry = _ENTRIES.get(self.keyword, "field")
            return (
                f"Prisma refuses {what} on one line; end the line after `{{`, and put each {entry}"
                " and the `}` on lines of their own"
            )
        where = (
            f"not closed before {self.inside}"
            if self.inside
            else "still open at the end of the file"
        )
        return f"{what} is {where}; close it with `}}`"

    def _found(self, rule: str, line: int, message: str) -> None:
        self.mistakes.append(Mistake(rule, line, message))
        self.excused = True

    def _line_of(self, at: int) -> int:
        if at >= self.counted:
            self.line += self.original.count("\n", self.counted, at)
        else:
            self.line -= self.original.count("\n", at, self.counted)
        self.counted = at
        return self.line
