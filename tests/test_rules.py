from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine import source
from prisma_combine.order import dependencies, order, with_datasource
from prisma_combine.psl import scan
from prisma_combine.rules import Facts, findings

BASE = "datasource db {\n}\n"
USER = "model User {\n  role Role\n}\n"
ROLE = "enum Role {\n  A\n}\n"


def told(files: dict[str, str], listed: Sequence[tuple[str, int]] | None = None) -> list[str]:
    """What is found in files below `src/db`, of which some are listed, each with its line."""
    names = files if listed is None else dict(listed)
    lines: dict[str, tuple[int, ...]] = {}
    for name, line in listed or ():
        lines[name] = (*lines.get(name, ()), line)
    facts = Facts(
        config="prisma-combine.toml",
        directory="src/db",
        listed=None if listed is None else tuple(name for name, _ in listed),
        listed_lines=lines,
        found=tuple(files),
        sources=tuple(
            source.read(name, f"src/db/{name}", files[name].encode())
            for name in names
            if name in files
        ),
    )
    return [
        f"{finding.path}:{finding.line} {finding.rule}: {finding.message}"
        for finding in findings(facts)
    ]


def test_what_is_listed() -> None:
    listed = [("a.prisma", 4), ("../gone.prisma", 5), ("b.prisma", 5), ("a.prisma", 7)]
    files = dict.fromkeys(["a.prisma", "b.prisma", "x/new.prisma"], "")
    assert told(files, [*listed, ("b.prisma", 5)]) == [
        (
            "src/db/a.prisma:1 listed-twice: listed 2 times, in prisma-combine.toml:4 and"
            " prisma-combine.toml:7; keep one"
        ),
        "src/db/b.prisma:1 listed-twice: listed 2 times, in prisma-combine.toml:5; keep one",
        (
            "src/db/x/new.prisma:1 unlisted-file: not listed in prisma-combine.toml:4; add it to"
            " `files`, or to `exclude`"
        ),
        (
            "src/gone.prisma:1 missing-file: listed in prisma-combine.toml:5 but does not exist;"
            " add it or take it off the list"
        ),
    ]
    assert told(files) == []


HEADER = "section-header: reads as a section header of the combined file; reword this comment"
MERGE = "conflict-marker: holds an unresolved merge; resolve it"
OPEN = "is still open at the end of the file; close it with"
RENAME = "; rename or remove one of them"
STRAY = "stray-brace: this `}` closes nothing; remove it, or open its block in this file"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BASE + USER + ROLE, []),
        (
            "\n\n//\n// a.prisma 0123456789ab\n//\n\n// ====\n// x y.prisma fedcba987654\n",
            [f"4 {HEADER}", f"8 {HEADER}"],
        ),
        ("/// a.prisma 0123456789ab\n// a.prisma 0123456789a\n // a.prisma 0123456789ab\n", []),
        ("\n//\n<<<<<<< HEAD\n||||||| x\n=======\n>>>>>>> y\n", [f"3 {MERGE}"]),
        ("//\n>>>>>>>\n", [f"2 {MERGE}"]),
        ("// <<<<<<< \n=======\n<<<<<<<<\n", []),
        ("\r\n\r\nmodel A {\r\n", [f"3 unbalanced: this block {OPEN} `}}`"]),
        ("//\n/* model A {\n}\n", [f"2 unbalanced: this comment {OPEN} `*/`"]),
        ('model A {\n  a String @map("}\n', [f'2 unbalanced: this string {OPEN} `"`']),
        ("\n}\nenum A {\n}\n}}\n// }\n", [f"2 {STRAY}", f"5 {STRAY}"]),
        (
            "model A {\n}\nmodel A {\n}\nmodel a {\n}\n",
            [
                "3 duplicate-name: model A is also defined in src/db/a.prisma:1" + RENAME,
            ],
        ),
    ],
)
def test_one_file(text: str, expected: list[str]) -> None:
    assert told({"a.prisma": text}) == [f"src/db/a.prisma:{finding}" for finding in expected]


def test_names_are_shared_between_files_and_kinds() -> None:
    files = {
        "b.prisma": "\n\nmodel A {\n}\ngenerator A {\n}\ndatasource A {\n}\npolicy A {\n}\n",
        "a.prisma": "\nenum A {\n}\n\nmodel A {\n}\npolicy A {\n}\n",
        "c.prisma": "generator A {\n}\nnamespace n {\n  model A {\n  }\n}\nview b {\n}\n",
        "d.prisma": "type b {\n}\ntypes {\n}\n",
        "e.prisma": "types {\n}\nmodel B {\n}\n",
    }
    assert told(files) == [
        "src/db/a.prisma:2 duplicate-name: enum A is also defined as model in src/db/b.prisma:3"
        + RENAME,
        "src/db/a.prisma:5 duplicate-name: model A is also defined in src/db/b.prisma:3" + RENAME,
        "src/db/c.prisma:1 duplicate-name: generator A is also defined in src/db/b.prisma:5"
        + RENAME,
        "src/db/d.prisma:1 duplicate-name: type b is also defined as view in src/db/c.prisma:7"
        + RENAME,
    ]


def test_many_datasources() -> None:
    message = "is one too many, after db in src/db/b.prisma:2; keep one of them"
    files = {"b.prisma": "\n" + BASE, "a.prisma": "datasource other {\n}\n" + BASE}
    assert told(files) == [
        f"src/db/a.prisma:1 many-datasources: datasource other {message}",
        f"src/db/a.prisma:3 many-datasources: datasource db {message}",
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"base.prisma": BASE, "user.prisma": "\n" + USER, "role.prisma": ROLE},
            [
                (
                    "src/db/user.prisma:3 file-order: user.prisma stands before role.prisma, but"
                    " User.role in it needs Role from there; list the files in this order:"
                    " base.prisma, role.prisma, user.prisma"
                )
            ],
        ),
        (
            {
                "role.prisma": ROLE,
                "user.prisma": USER.replace("}", "  kind Kind\n}"),
                "kind.prisma": "enum Kind {\n}\n",
            },
            [
                (
                    "src/db/user.prisma:3 file-order: user.prisma stands before kind.prisma, but"
                    " User.kind in it needs Kind from there; list the files in this order:"
                    " kind.prisma, role.prisma, user.prisma"
                )
            ],
        ),
        # The datasource's file comes first whatever it needs, but need not come first.
        ({"base.prisma": BASE + USER, "role.prisma": ROLE}, []),
        ({"role.prisma": ROLE, "base.prisma": BASE}, []),
        # In a ring every order breaks something.
        ({"a.prisma": "view A {\n  b B\n}\n", "b.prisma": "view B {\n  a A\n}\n"}, []),
    ],
)
def test_file_order(files: dict[str, str], expected: list[str]) -> None:
    assert told(files, [(name, 3) for name in files]) == expected
    assert told(files) == []


@pytest.mark.parametrize(("count", "each_time"), [(20, True), (21, False)])
def test_a_long_order_is_told_once(count: int, each_time: bool) -> None:
    files = {
        f"{number:02}.prisma": f"type T{number} {{\n  t T{number + 1}\n}}\n"
        for number in range(count)
    }
    names = list(files)
    remedies = [finding.split("; ")[1] for finding in told(files, [(name, 3) for name in names])]
    whole = f"list the files in this order: {', '.join(names[::-1])}"
    assert remedies == [
        whole,
        *[
            whole if each_time else f"list {need} before {name}"
            for name, need in pairwise(names[1:])
        ],
    ]


FIELDS = ["e E{}", "m M{}", "m M{} @relation(fields: [x], references: [id])", "v V{}?", "t T{}[]"]
uses = st.lists(
    st.lists(st.tuples(st.sampled_from(FIELDS), st.integers(0, 5)), max_size=4),
    min_size=1,
    max_size=6,
)


@given(uses, st.integers(0, 6))
def test_the_order_that_would_do_does(uses: list[list[tuple[str, int]]], base: int) -> None:
    files = {}
    for number, used in enumerate(uses):
        lines = "".join(f"  {field.format(owner)}\n" for field, owner in used)
        files[f"{number}.prisma"] = (
            f"model M{number} {{\n{lines}}}\nenum E{number} {{\n}}\n"
            f"view V{number} {{\n}}\ntype T{number} {{\n}}\n{BASE if number == base else ''}"
        )
    scans = {name: scan(text) for name, text in files.items()}
    names = order(scans, dependencies(scans), with_datasource(scans))
    assert told(files, [(name, 3) for name in names]) == []
