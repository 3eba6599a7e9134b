"""Carrying blocks of a combined file without sections, as `prisma db pull` writes it."""

import pytest

from prisma_combine.compare.blocks import blocks, carry

BASE = '// the shop\ndatasource db {\n  provider = "sqlite"\n}\n'
USER = """\
/// A person.
model User {
  id    Int    @id
  // shown to all
  email String @unique // lower case

  posts Post[]

  @@map("users")
}
"""
POST = "model Post {\n  id Int @id\n}\n\nenum Kind {\n  A\n  B\n}\n"
SOURCES = {"base.prisma": BASE, "user.prisma": USER, "post.prisma": POST}
GENERATED = BASE + "\n" + USER + "\n" + POST
PULLED = """\
datasource db {
  provider = "sqlite"
}

/// A person.
model User {
  id    Int    @id
  email String @unique
  posts Post[]

  @@map("users")
}

model Post {
  id Int @id
}

enum Kind {
  A
  B
}
"""


def test_nothing_changed() -> None:
    carried = carry(PULLED, SOURCES, GENERATED)
    assert (carried.texts, carried.missing, carried.loose) == ({}, (), ())
    assert carried.known


@pytest.mark.parametrize(
    ("old", "new", "name", "before", "after"),
    [
        pytest.param(
            "  posts Post[]\n",
            "  posts Post[]\n  nick  String?\n",
            "user.prisma",
            "  posts Post[]\n",
            "  posts Post[]\n  nick  String?\n",
            id="new-field",
        ),
        pytest.param(
            "  email String @unique\n",
            "  email String? @unique\n",
            "user.prisma",
            "  email String @unique // lower case\n",
            "  email String? @unique // lower case\n",
            id="changed-field-keeps-its-comments",
        ),
        pytest.param(
            "  email String @unique\n",
            "",
            "user.prisma",
            "  // shown to all\n  email String @unique // lower case\n",
            "",
            id="field-gone-with-its-comments",
        ),
        pytest.param(
            '  @@map("users")\n',
            '  @@map("people")\n',
            "user.prisma",
            '  @@map("users")\n',
            '  @@map("people")\n',
            id="block-attribute",
        ),
        pytest.param("  A\n  B\n", "  A\n  C\n", "post.prisma", "  B\n", "  C\n", id="enum-value"),
        pytest.param(
            "model Post {\n  id Int @id\n}\n",
            "model Post {\n  id Int @id\n}\n\nmodel Tag {\n  id Int @id\n}\n",
            "post.prisma",
            POST,
            POST + "\nmodel Tag {\n  id Int @id\n}\n",
            id="new-model-goes-where-the-one-above-is",
        ),
    ],
)
def test_changed(old: str, new: str, name: str, before: str, after: str) -> None:
    assert PULLED.count(old) == 1
    carried = carry(PULLED.replace(old, new), SOURCES, GENERATED)
    assert SOURCES[name].count(before) == 1
    expected = SOURCES[name].replace(before, after)
    # A field that goes takes the blank line above the next one with it.
    assert {key: text.replace("\n\n", "\n") for key, text in carried.texts.items()} == {
        name: expected.replace("\n\n", "\n")
    }
    assert (carried.missing, carried.loose) == ((), ())


def test_a_block_is_missing() -> None:
    text = PULLED.replace("enum Kind {\n  A\n  B\n}\n", "")
    carried = carry(text, SOURCES, GENERATED)
    assert carried.texts == {}
    assert carried.missing == (("post.prisma", 5, "enum Kind"),)


def test_what_is_in_no_block_is_loose() -> None:
    text = PULLED.replace("model Post", "// mine\n/// A person.\nmodel Post") + "}\n"
    carried = carry(text, SOURCES, GENERATED)
    line = text.split("\n").index("// mine") + 1
    assert carried.loose == (line,)


def test_the_first_of_two_blocks_of_a_name_is_loose() -> None:
    text = PULLED.replace("  id Int @id\n", "  first Int\n") + "\nmodel Post {\n  other Int\n}\n"
    carried = carry(text, SOURCES, GENERATED)
    assert "  other Int\n" in carried.texts["post.prisma"]
    assert carried.loose == (text.split("\n").index("  first Int") + 1,)


def test_blocks_of_the_banner_are_no_source_s() -> None:
    banner = 'generator client {\n  provider = "prisma-client"\n}\n\n'
    carried = carry(banner + PULLED, SOURCES, banner + GENERATED)
    assert (carried.texts, carried.loose) == ({}, ())


def test_comments_in_the_combined_file_are_kept() -> None:
    text = PULLED.replace("  posts Post[]\n", "  // new\n  posts Post[]\n  // last\n")
    carried = carry(text, SOURCES, GENERATED)
    assert "  // new\n  posts Post[]\n  // last\n" in carried.texts["user.prisma"].replace(
        "\n\n", "\n"
    )


def test_a_comment_whose_field_is_gone_is_kept_where_it_still_stands() -> None:
    text = PULLED.replace("  email String @unique\n", "  // shown to all\n")
    carried = carry(text, SOURCES, GENERATED)
    assert "  // shown to all\n" in carried.texts["user.prisma"]


def test_another_file_altogether() -> None:
    assert not carry("hello\n", SOURCES, GENERATED).known
    assert not carry("", SOURCES, GENERATED).known


def test_blocks() -> None:
    lines = [
        "model A {",
        "  b B {",
        "}",
        "}",
        "/// x",
        "  enum  C{",
        "}  // end",
        "model Open {",
        "",
    ]
    assert [(one.keyword, one.name, one.start, one.end) for one in blocks(lines)] == [
        ("model", "A", 0, 3),
        ("enum", "C", 5, 7),
    ]
