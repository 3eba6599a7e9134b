import tracemalloc
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.psl import Open, Scan, scan


def told(text: str) -> str:
    """The blocks of a text, a line each: where, what; `key` for a foreign key."""
    lines = []
    for block in scan(text).blocks:
        lines.append(f"{block.line} {block.keyword} {block.name}")
        lines += [
            f"  {field.line} {field.name} {field.type}{' key' if field.foreign_key else ''}"
            for field in block.fields
        ]
    return "\n".join(lines)


BLOCKS = {
    "nothing": ("", ""),
    "every kind, with all that may stand around it": (
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
          10 id Int
          12 enum Role
          14 c Post
          16 e Text
          17 f User key
        20 view Info
          21 user User key
          22 self Info key
        26 type Größe
          27 unit Unsupported
        29 enum Role""",
    ),
    "no space after the keyword": (
        "modelUser{\n}\nenumenum {\n}\nmodels {\n}\n",
        "1 model User\n3 enum enum\n5 model s",
    ),
    "no name or no brace on the keyword's line": ("model A\n{\n}\nmodel {\n  a B\n}\n", ""),
    "nested and unknown": (
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
    "lines end at LF only": (
        "model A {\n  a Int // \x0b\x0c\x1c\x85\u2028 {\n  b Int\n}\n",
        "1 model A\n  2 a Int\n  3 b Int",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_and_fields(text: str, expected: str) -> None:
    text = dedent(text)
    assert told(text) == dedent(expected)
    assert scan(text)[1:] == (None, ())


def test_many_strings_on_one_line() -> None:
    for count in range(300):
        text = "model A {\n  a Int " + '""' * count + "b C\n}\n"
        assert told(text) == "1 model A\n  2 a Int"


@pytest.mark.parametrize(
    ("text", "still_open", "strays"),
    [
        ("model A {", Open("block", 1), ()),
        ("\n\nmodel A { }\n", Open("block", 3), ()),
        ("x {\n  y {\n  }\n", Open("block", 1), ()),
        ("{{{", Open("block", 1), ()),
        ("x {\n  {{ } }}\n", None, ()),
        ("model A {\n  id Int\n\nmodel B {\n  id Int\n}\n", Open("block", 1), ()),
        ('model A {\n  a String @map("}\n', Open("string", 2), ()),
        ('"', Open("string", 1), ()),
        ('"\\"', Open("string", 1), ()),
        ('"\\', Open("string", 1), ()),
        ('"\n"\n\n', None, ()),
        ('"a\n}\n', None, (2,)),
        ("model A {\n  id Int /* x }\n}\n", Open("comment", 2), ()),
        ("/*/", Open("comment", 1), ()),
        ("/**/ /*/ */ /***/ // /*\n/// /*\n", None, ()),
        ("/* /* */ */", None, ()),
        ("} }\n// }\n}}\nmodel A {\n}}\n", None, (1, 3, 5)),
    ],
)
def test_open_ends_and_stray_braces(
    text: str, still_open: Open | None, strays: tuple[int, ...]
) -> None:
    assert scan(text)[1:] == (still_open, strays)


PIECES = [
    '"', "\\", "{", "}", "(", ")", "/", "/*", "*/", "//", "@relation(", "fields:", "model", "enum",
    "A", "é", "\n", " ", "b C", "model A {\n", "x {", "}\n", "\u00a0", "\u2028",
]  # fmt: skip
pieces = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.text() | pieces)
def test_any_text_is_read(text: str) -> None:
    found = scan(text)
    lines = [block.line for block in found.blocks]
    lines += [field.line for block in found.blocks for field in block.fields]
    lines += [*found.strays, *([found.open.line] if found.open else [])]
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


@given(pieces, pieces)
def test_what_is_closed_changes_nothing_that_follows(before: str, after: str) -> None:
    one, two = scan(before + "\n"), scan(after)
    if one.open:
        return
    down = before.count("\n") + 1
    shifted = tuple(
        block._replace(
            line=block.line + down,
            fields=tuple(field._replace(line=field.line + down) for field in block.fields),
        )
        for block in two.blocks
    )
    assert scan(f"{before}\n{after}") == Scan(
        one.blocks + shifted,
        two.open and two.open._replace(line=two.open.line + down),
        one.strays + tuple(line + down for line in two.strays),
    )


@pytest.mark.parametrize("hurtful", ['"', '"\\"', "\\", "/ ", "//\n", "\n", "(", "@relation(", "{"])
def test_hurtful_text_needs_little_memory(hurtful: str) -> None:
    text = hurtful * (300_000 // len(hurtful))
    tracemalloc.start()
    scan(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
