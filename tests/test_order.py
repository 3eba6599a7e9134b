from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.order import Dependency, dependencies, order, rings, with_datasource
from prisma_combine.psl import scan

SAMPLE = Path(__file__).parent / "sample/src/infrastructure/database/schemas"

Needs = dict[str, set[str]]


def test_dependencies() -> None:
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
        "user.prisma": {
            "role.prisma": Dependency(3, "User", "role", "Role"),
            "other.prisma": Dependency(4, "User", "home", "Place"),
        },
        "post.prisma": {"user.prisma": Dependency(3, "Comment", "writer", "User")},
        "other.prisma": {"user.prisma": Dependency(2, "Stats", "user", "User")},
        "role.prisma": {},
        "role2.prisma": {},
    }


@given(st.permutations(sorted(SAMPLE.glob("*.prisma"))))
def test_the_sample(paths: list[Path]) -> None:
    scans = {path.name: scan(path.read_text(encoding="utf-8")) for path in paths}
    assert order(scans, dependencies(scans), with_datasource(scans)) == [
        "base.prisma",
        "user.prisma",
        "integration.prisma",
        "contact.prisma",
        "sync.prisma",
    ]


@pytest.mark.parametrize(
    ("names", "needs", "datasource", "expected"),
    [
        ("", {}, "", ""),
        ("c a b", {}, "", "a b c"),
        ("c a b", {}, "c", "c a b"),
        ("a b c", {"a": "c"}, "", "b c a"),
        ("a b c d", {"a": "c", "c": "d"}, "", "b d c a"),
        ("a b z", {"z": "a b"}, "z", "z a b"),
        ("a b c d", {"b": "c", "c": "b"}, "", "a b c d"),
        ("a b c d", {"a": "d", "d": "a", "b": "c"}, "", "a d c b"),
        ("a b c d", {"b": "d a", "d": "b", "a": "c"}, "", "c a b d"),
        ("a b c d e", {"a": "e", "e": "a c", "c": "d"}, "", "b d c a e"),
        ("a b z", {"a": "z", "z": "b", "b": "a"}, "z", "z a b"),
        ("a", {"a": "a gone", "gone": "a"}, "nowhere", "a"),
        ("x/a x/b b z/a", {"x/a": "z/a"}, "", "b x/b z/a x/a"),
    ],
)
def test_order(names: str, needs: dict[str, str], datasource: str, expected: str) -> None:
    split = {name: set(needed.split()) for name, needed in needs.items()}
    for listed in (names.split(), names.split()[::-1]):
        assert order(listed, split, datasource.split()) == expected.split()


graphs = st.lists(st.sampled_from("abcdefgh"), unique=True).flatmap(
    lambda names: st.fixed_dictionaries(
        {name: st.sets(st.sampled_from(names), max_size=3) for name in names}
    )
)


@given(graphs, st.sets(st.sampled_from("abc"), max_size=1))
def test_order_is_what_its_words_say(needs: Needs, datasource: set[str]) -> None:
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
    """Whether each of the two needs the other, by whatever way."""

    def all_needed(name: str) -> set[str]:
        found = {name}
        while more := {need for each in found for need in needs[each] & among} - found:
            found |= more
        return found

    return other in all_needed(one) and one in all_needed(other)


def test_many_files_in_a_row_and_in_a_ring() -> None:
    names = [f"{number:05}" for number in range(20_000)]
    needs = {name: {before} for before, name in pairwise(names)}
    assert order(names[::-1], needs, ()) == names
    needs[names[0]] = {names[-1]}
    assert order(names[::-1], needs, ()) == names
