"""Files left out of `files` are ordered by what they depend on."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.schema.language import scan
from prisma_combine.schema.order import dependencies, in_dependency_order, order, rings
from prisma_combine.schema.source import Source
from support import SAMPLE

SOURCES = sorted((SAMPLE / "src/infrastructure/database/schemas").glob("*.prisma"))

Needs = dict[str, set[str]]


def test_a_file_depends_on_those_it_needs_a_key_or_type_from() -> None:
    files = {
        "user.prisma": """\
model User {
  id    Int    @id
  role  Role   @default(USER)
  home  Place?
  stats Stats?
  posts Post[]
  boss  User?  @relation(fields: [bossId], references: [id])
}
""",
        "post.prisma": """\
model Comment {
  post   Post @relation(fields: [postId], references: [id])
  writer User @relation(fields: [writerId], references: [id])
}

model Post {
  author   User      @relation(fields: [authorId], references: [id])
  comments Comment[]
  missing  Nowhere   @relation(fields: [x], references: [id])
}
""",
        "other.prisma": """\
view Stats {
  user User @relation(fields: [userId], references: [id])
}

type Place {
  kind Kind
}

enum Kind {
  HOME
}
""",
        "role.prisma": "enum Role {\n  USER\n}\nnamespace Nowhere {\n}\n",
        "role2.prisma": "model Role {\n}\n",
    }
    scans = {name: scan(text) for name, text in files.items()}
    found = dependencies(scans)
    assert found == dependencies(dict(reversed(scans.items())))
    assert found == {
        "user.prisma": {"role.prisma", "other.prisma"},
        "post.prisma": {"user.prisma"},
        "other.prisma": {"user.prisma"},
        "role.prisma": set(),
        "role2.prisma": set(),
    }


@given(st.permutations(SOURCES))
def test_the_sample_has_one_order(paths: list[Path]) -> None:
    sources = [Source(path.name, path.name, path.read_text(encoding="utf-8")) for path in paths]
    assert [source.name for source in in_dependency_order(sources)] == [
        "base.prisma",
        "user.prisma",
        "integration.prisma",
        "contact.prisma",
        "sync.prisma",
    ]


@pytest.mark.parametrize(
    ("names", "needs", "datasource", "expected"),
    [
        pytest.param("", {}, "", "", id="no-files"),
        pytest.param("c a b", {}, "", "a b c", id="by-name"),
        pytest.param("c a b", {}, "c", "c a b", id="datasource-first"),
        pytest.param("a b c", {"a": "c"}, "", "b c a", id="after-its-need"),
        pytest.param("a b c d", {"a": "c", "c": "d"}, "", "b d c a", id="by-name-when-ready"),
        pytest.param("a b z", {"z": "a b"}, "z", "z a b", id="need-of-the-datasource"),
        pytest.param("a b c d", {"b": "c", "c": "b"}, "", "a b c d", id="ring-in-between"),
        pytest.param("a b c d", {"a": "d", "d": "a", "b": "c"}, "", "a d c b", id="ring-first"),
        pytest.param(
            "a b c d", {"b": "d a", "d": "b", "a": "c"}, "", "c a b d", id="ring-that-needs"
        ),
        pytest.param(
            "a b c d e", {"a": "e", "e": "a c", "c": "d"}, "", "b d c a e", id="ring-of-needs"
        ),
        pytest.param(
            "a b z", {"a": "z", "z": "b", "b": "a"}, "z", "z a b", id="ring-through-the-datasource"
        ),
        pytest.param("a", {"a": "a gone", "gone": "a"}, "nowhere", "a", id="unknown-files"),
        pytest.param("x/a x/b b z/a", {"x/a": "z/a"}, "", "b x/b z/a x/a", id="folders"),
    ],
)
def test_files_come_after_those_they_need(
    names: str, needs: dict[str, str], datasource: str, expected: str
) -> None:
    split = {name: set(needed.split()) for name, needed in needs.items()}
    for listed in (names.split(), names.split()[::-1]):
        assert order(listed, split, datasource.split()) == expected.split()


graphs = st.lists(st.sampled_from("abcdefgh"), unique=True).flatmap(
    lambda names: st.fixed_dictionaries(
        {name: st.sets(st.sampled_from(names), max_size=3) for name in names}
    )
)


@given(graphs, st.sets(st.sampled_from("abc"), max_size=1))
def test_the_order_follows_its_definition(needs: Needs, datasource: set[str]) -> None:
    placed = sorted(datasource & set(needs))
    left = set(needs) - set(placed)
    ring = {name: {other for other in left if _reach(needs, left, name, other)} for name in left}
    assert rings(left, needs) == {name: min(members) for name, members in ring.items()}
    while left:
        waits_for = {
            name: {need for member in ring[name] for need in needs[member] & left} - ring[name]
            for name in left
        }
        first = ring[min(name for name in left if not waits_for[name])]
        placed += sorted(first)
        left -= first
    assert order(reversed(list(needs)), needs, datasource) == placed


def _reach(needs: Needs, among: set[str], one: str, other: str) -> bool:
    """Return whether each of the two needs the other, directly or not."""

    def all_needed(name: str) -> set[str]:
        found = {name}
        while more := {need for each in found for need in needs[each] & among} - found:
            found |= more
        return found

    return other in all_needed(one) and one in all_needed(other)


def test_a_chain_or_ring_may_be_longer_than_the_recursion_limit() -> None:
    names = [f"{number:05}" for number in range(20_000)]
    needs = {name: {before} for before, name in pairwise(names)}
    assert order(names[::-1], needs, ()) == names
    needs[names[0]] = {names[-1]}
    assert order(names[::-1], needs, ()) == names
