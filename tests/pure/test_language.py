"""Blocks, fields and mistakes are read as Prisma reads them."""

import tracemalloc
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.schema.language import Block, Mistake, Scan, scan


def blocks_of(text: str) -> str:
    """Return the blocks of a text, one a line, with their fields; `key` for a foreign key."""
    lines = []
    for block in scan(text).blocks:
        lines.append(f"{block.line} {block.keyword} {block.name}")
        lines += [f"  {field.type}{' key' if field.foreign_key else ''}" for field in block.fields]
    return "\n".join(lines)


def mistakes_of(text: str) -> list[str]:
    """Return the rule and line of each mistake."""
    return [f"{mistake.rule} {mistake.line}" for mistake in scan(text).mistakes]


BLOCKS = {
    "nothing": ("", ""),
    "every-kind": (
        """\
        // model Commented {
        /// enum Documented {
        datasource db { // "
          provider = "postgresql"
        } generator client {
          output = "}{" // }
        }
        /* model Starred {
        } */ model User{ /* the rest of this line is nothing }
          id     Int    @id // }
          // fields Post @relation(fields: [x])
          enum   Role?  @default("//")
          /* a Post
          b Post */ c Post[] @relation("fields: [x]")
          d.     Post
          e      Text   @default("\\"} \\\\") @map("@relation")
          f      User?  @relation(fields: [x])
          @@map("}")
        }
        view  Info {
        \tuser User   @relation (name: "f, (x)", fields: [userId], references: [id])
          self Info? @relation(references: [id],
            fields: [selfId])
        }

        type\u00a0Größe {
          unit Unsupported("x}")? /// Int
        }
        enum Role {
          ADMIN @map("a b")
          USER Int
        }
        """,
        """\
        3 datasource db
        5 generator client
        9 model User
          Role
          Post
          Text
          User key
        20 view Info
          User key
          Info key
        26 type Größe
          Unsupported
        29 enum Role""",
    ),
    "no-space-after-the-keyword": (
        "modelUser{\n}\nenumenum {\n}\nmodels {\n}\n",
        "1 model User\n3 enum enum\n5 model s",
    ),
    "no-name": ("model {\n  a B\n}\n", ""),
    "plain": (
        """\
        // model Commented {

        model User {
          id    Int    @id // "
          role  Role   @default(A)
          post  Post   @relation("a", fields: [x], references: [id])
          no    Post   // @relation(fields: [x])
          posts Post[]  @relation("fields: [x]")
          inter Inter?
          more  Post /* @relation(fields: [x]) */
          even  Post @relation(
            fields: [x])
        }
        """,
        "3 model User\n  Role\n  Post key\n  Post\n  Post\n  Inter\n  Post\n  Post key",
    ),
    "plain-without-block-comment": (
        "model A {\n  a B // @relation(fields: [x])\n  b C @relation(fields: [x])\n}\nenum B {\n  C D\n}\n",
        "1 model A\n  B\n  C key\n5 enum B",
    ),
    "nested-and-unknown": (
        """\
        namespace auth {
          model User {
            id Int
          } }
        types {
          Id = String
        }
        policy Own { on User { } } view V {
        }
        """,
        "1 namespace auth\n8 policy Own\n8 view V",
    ),
    "no-other-newlines": (
        "model A {\n  a B // \x0b\x0c\x1c\x85\u2028 {\n  b C\n}\n",
        "1 model A\n  B\n  C",
    ),
    "lone-cr": (
        "// x\rmodel A {\r  a B // x\r  b C\r}\r\n// x\rmodel B {\r}",
        "1 model A\n  B\n  C\n2 model B",
    ),
    "ignored-after-the-brace": (
        'model A { "/* }\n  a B\n}\nenum B {}}\n  C\n} model C { // {\n}\n',
        "1 model A\n  B\n4 enum B\n6 model C",
    ),
    "brace-not-first": (
        "enum A {\n  B\n  /* x\n  */ }\n/* x */ enum B {\n }\n",
        "1 enum A\n5 enum B",
    ),
    "nested-on-one-line": (
        "model A {\n  a B\n  @@index([a], where: { b: true })\n  c D\n}\n",
        "1 model A\n  B\n  D",
    ),
    "blank-outside": (
        "\u00a0\u1680\u2000\u200a\u202f\u205f\u3000\t \nenum A {\n}\u3000",
        "2 enum A",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_and_fields(text: str, expected: str) -> None:
    text = dedent(text)
    assert blocks_of(text) == dedent(expected)
    assert scan(text).mistakes == ()


def test_fields_are_left_out_on_request() -> None:
    found = scan("model A {\n  a B\n}\nmodel B {\n  /**/\n  a A\n}\n", fields=False)
    assert [(block.name, block.fields) for block in found.blocks] == [("A", ()), ("B", ())]


@pytest.mark.parametrize("comment", ["", " // {"], ids=["plain", "closer-look"])
def test_scalars_are_not_read_as_fields(comment: str) -> None:
    text = f"model A {{\n  a Int{comment}\n  b Strings\n  c String?\n  d Json[]\n}}\n"
    assert blocks_of(text) == "1 model A\n  Strings"


def test_many_strings_on_one_line() -> None:
    for count in range(300):
        text = "model A {\n  a B " + '""' * count + "b C\n}\n"
        assert blocks_of(text) == "1 model A\n  B"


MISTAKES = {
    "open-at-the-brace": ("model A {", ["unbalanced 1"]),
    "open-later": ("\n\nmodel A {\n  id Int\n", ["unbalanced 3"]),
    "open-unknown": ("x {\n  y {\n  }\n", ["unbalanced 1"]),
    "open-before-a-block": ("model A {\n  id Int\n\nmodel B {\n  id Int\n}\n", ["unbalanced 1"]),
    "open-before-a-duplicate": ("model A {\nmodel B {\n}\nmodel B {\n}\n}\n}\n", ["stray-brace 7"]),
    "nested-braces": ("x {\n  {{ } }}\n", []),
    "no-keyword": ("\n{{{", ["not-prisma 2"]),
    "no-keyword-closed": ("{\n}\n", ["not-prisma 1"]),
    "no-keyword-after-blank": (" /* x */ {\n}\nx {\n}\n", ["not-prisma 1"]),
    "open-string": ('model A {\n  a String @map("}\n', ["unbalanced 2"]),
    "open-string-outside": ('"', ["unbalanced 1"]),
    "open-string-escaped": ('"\\"', ["unbalanced 1"]),
    "open-string-backslash": ('"\\', ["unbalanced 1"]),
    "string-outside": ('"\n"\n\n', ["not-prisma 1"]),
    "open-string-and-brace": ('"a\n}\n', ["stray-brace 2"]),
    "open-string-inside": ('model A {\n  a "\n}\n', []),
    "open-comment": ("model A {\n  id Int /* x }\n}\n", ["unbalanced 2"]),
    "open-comment-outside": ("/*/", ["unbalanced 1"]),
    "open-comment-after-text": ("x /*\n", ["unbalanced 1", "not-prisma 1"]),
    "comments": ("/**/ /*/ */ /***/ // /*\n/// /*\n", []),
    "comments-do-not-nest": ("/* /* */ */", ["not-prisma 1"]),
    "strays": ("} }\n// }\nx {\n}}\nmodel A {\n}}\n", ["stray-brace 1", "stray-brace 4", "stray-brace 6"]),
    "strays-in-a-row": ("}}\n}\n\n}\nx {\n}\n", ["stray-brace 1"]),
    "rest-of-a-block": ("\n  id Int\n  // x\n  a Int\n}\nx {\n}\n", ["stray-brace 5"]),
    "text-and-brace": ("x }\n", ["stray-brace 1"]),
    "closed-too-early": ("model A {\n}\n  id Int\n}\n", ["stray-brace 4"]),
    "one-line": ("enum A { B C }\n", ["unbalanced 1"]),
    "one-line-before-a-block": ("\nenum A { B } // x\nmodel B {\n}\n}x\n", ["not-prisma 5"]),
    "one-line-before-blocks": ("enum A { B }\nenum C { D }\nmodel B {\n}\n", ["unbalanced 1"]),
    "empty-on-one-line": ("model A {}", ["unbalanced 1"]),
    "one-line-unknown": ("policy A { b }\n", []),
    "brace-after-a-field": ("model A {\n  id Int }\n", ["unbalanced 2"]),
    "brace-after-a-string": ('model A {\n  "x" }\n', ["unbalanced 2"]),
    "brace-after-a-field-and-another": ("enum A {\n  B }\n\n  C\n}\n", ["unbalanced 2"]),
    "brace-after-a-field-twice": ("enum A {\n  B }}\nx {\n}\n}\n", ["unbalanced 2", "stray-brace 5"]),
    "brace-after-a-field-unknown": ("x {\n  a b }\n", []),
    "import": ('import { A } from "./a"\nmodel A {\n}\n', ["not-prisma 1"]),
    "imports": ('import { A } from "./a"\nimport * from "b"\n\nimport "c"\n', ["not-prisma 1"]),
    "import-on-lines": ('import {\n  A\n} from "./a"\nmodel B {\n}\n', ["not-prisma 1"]),
    "import-below": ('model A {\n}\nimport "a"\nmodel B {\n}\nimport "b"\n', ["not-prisma 3", "not-prisma 6"]),
    "important": ("important {\n}\n", []),
    "brace-on-the-next-line": ("model A // x\n{\n  id Int\n}\n", ["not-prisma 1"]),
    "no-brace": ("model A\n  id Int\n}\nmodel B {\n}\n", ["not-prisma 1"]),
    "no-brace-at-the-end": ("model A", ["not-prisma 1"]),
    "type-alias": ("type A = Int\n", ["not-prisma 1"]),
    "text-at-the-end": ("x {\n}\n\ny", ["not-prisma 4"]),
    "text-after-a-block": ("x {\n} y\n", ["not-prisma 2"]),
    "text-after-a-comment": ("/*\n*/ y // x\n", ["not-prisma 2"]),
    "text-before-a-comment": ("y /*\n*/ x {\n}\n", ["not-prisma 1"]),
    "text-on-many-lines": ("a\n\nb c\n// x\nd\nx {\n}\ny\n", ["not-prisma 1", "not-prisma 8"]),
    "text-before-a-head": ('"a" model A {\n}\n', ["not-prisma 1"]),
    "slash": ("/\n", ["not-prisma 1"]),
    "no-blank": ("\u2028\nx {\n}\n\x0c", ["not-prisma 1", "not-prisma 4"]),
    "no-blank-before-a-head": ("\u2028model A {\n}\n", ["not-prisma 1"]),
    "lone-cr": ("// x\ry\r\n\r\n}\r", ["stray-brace 3"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_found_once_and_where_it_is(text: str, expected: list[str]) -> None:
    assert mistakes_of(text) == expected


LINES = "the `}` on lines of their own"
REFUSES_A_LINE = "on one line; end the line after `{`, and put each"
MESSAGES = {
    "open": ("model A {\n", "model A is still open at the end of the file; close it with `}`"),
    "open-nameless": ("model {\n", "this block is still open at the end of the file; close it with `}`"),
    "open-before": (
        "model A {\n  a B\n  // model X {\n\n  enum B{\n}\nenum C {\n}\n",
        "model A is not closed before enum B on line 5; close it with `}`",
    ),
    "open-unknown": (
        "a {\nmodel B {\n}\n", "this block is still open at the end of the file; close it with `}`"
    ),
    "open-unknown-inside": (
        "model A {\n  a {\n  }\n", "model A is still open at the end of the file; close it with `}`"
    ),
    "open-comment-after-the-brace": (
        "model A { // }\n", "model A is still open at the end of the file; close it with `}`"
    ),
    "string": ('"', 'this string is still open at the end of the file; close it with `"`'),
    "comment": ("/*", "this comment is still open at the end of the file; close it with `*/`"),
    "enum": ("enum A { B C } // x", f"Prisma refuses enum A {REFUSES_A_LINE} value and {LINES}"),
    "model": ("model A{}", f"Prisma refuses model A {REFUSES_A_LINE} field and {LINES}"),
    "datasource": (
        "datasource db { }\nx {\n}", f"Prisma refuses datasource db {REFUSES_A_LINE} setting and {LINES}"
    ),
    "late": ("enum A {\n  B }", "Prisma wants this `}` on a line of its own; put a line break before it"),
    "stray": ("}", "this `}` closes nothing; delete it, or open its block in this file"),
    "rest": (
        "\n  id Int\n\n  a Int\n}",
        "this `}` closes nothing, so the text since line 2 is outside a block; put the first line of"
        " its block above it, or delete both",
    ),
    "import": (
        'import { A } from "./a"',
        "Prisma refuses `import`, which is for prisma-import; delete the line: all files see each"
        " other's blocks",
    ),
    "no-brace": ("model  A // x", "`{` is missing after `model  A`; put it at the end of this line"),
    "text": ("x", "Prisma refuses text outside a block; delete it, or comment it out with `//`"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MESSAGES.values(), ids=MESSAGES)
def test_messages_say_what_to_do(text: str, expected: str) -> None:
    [mistake] = scan(text).mistakes
    assert mistake.message == expected


PIECES = [
    '"', "\\", "{", "}", "(", ")", "/", "/*", "*/", "//", "@relation(", "fields:", "model", "enum",
    "A", "é", "\n", " ", "b C", "model A {\n", "x {", "}\n", "\u00a0", "\u2028", "import ", "\n}\n",
]  # fmt: skip
pieces = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.text() | pieces)
def test_any_text_is_read(text: str) -> None:
    found = scan(text)
    lines = [block.line for block in found.blocks] + [one.line for one in found.mistakes]
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)
    assert [one.line for one in found.blocks] == sorted(one.line for one in found.blocks)
    assert {one.rule for one in found.mistakes} <= {"unbalanced", "stray-brace", "not-prisma"}


@given(st.text() | pieces)
def test_fields_change_nothing_else(text: str) -> None:
    found = scan(text)
    blocks = tuple(block._replace(fields=()) for block in found.blocks)
    assert scan(text, fields=False) == found._replace(blocks=blocks)


@given(pieces, pieces)
def test_a_complete_text_changes_nothing_that_follows(before: str, after: str) -> None:
    before += "\nlast block {\n}\n"
    down = before.count("\n")
    one, two = scan(before), scan(after)
    if one.blocks[-1:] != (Block("last", "block", down - 1),):
        return
    assert scan(before + after) == Scan(
        one.blocks + tuple(block._replace(line=block.line + down) for block in two.blocks),
        one.mistakes + tuple(_moved(mistake, down) for mistake in two.mistakes),
    )


def _moved(mistake: Mistake, down: int) -> Mistake:
    """Return a mistake further down; some messages name a line as well."""
    words = mistake.message.split(" ")
    for at, word in enumerate(words[:-1]):
        if word == "line" and (digits := words[at + 1].rstrip(";")).isdecimal():
            words[at + 1] = words[at + 1].replace(digits, str(int(digits) + down))
    return mistake._replace(line=mistake.line + down, message=" ".join(words))


@pytest.mark.parametrize(
    "part", ['"', '"\\"', "\\", "/ ", "//\n", "\n", "(", "@relation(", "{", "x\n", "}\n", "{}\n"]
)
def test_hostile_text_needs_little_memory(part: str) -> None:
    text = part * (300_000 // len(part))
    tracemalloc.start()
    scan(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
