from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prisma_combine.combined import places, render, section
from prisma_combine.verdict import Status, differ_in_layout_only, judge, layout_free

DIRECTORY = "prisma/schema"
BODIES = {
    "base.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
    "user.prisma": '/// Who\nmodel User {\n  id   Int    @id\n  name String @default("a  b")\n}\n',
    "post.prisma": "model Post {\n  id Int @id\n}\n\nenum Kind {\n  A\n}\n",
}
SECTIONS = [section(name, body) for name, body in BODIES.items()]
TEXT = render(DIRECTORY, SECTIONS)

Change = Callable[[str], str]


def _replace(old: str, new: str) -> Change:
    assert TEXT.count(old) == 1, old
    return lambda text: text.replace(old, new)


def _both(*changes: Change) -> Change:
    def change(text: str) -> str:
        for one in changes:
            text = one(text)
        return text

    return change


def _without(name: str) -> Change:
    return lambda text: "".join(
        place.text for place in places(text) if place.section.name != name
    ).join([render(DIRECTORY, []), ""])


def _in_order(*names: str, directory: str = DIRECTORY) -> Change:
    return lambda _: render(directory, [section(name, BODIES[name]) for name in names])


def _stale(name: str, old: str = "Int", new: str = "BigInt") -> Change:
    """The file as it was generated when the source said something else."""
    return lambda text: text.replace(
        render(DIRECTORY, [section(name, BODIES[name])]).removeprefix(render(DIRECTORY, [])),
        render(DIRECTORY, [section(name, BODIES[name].replace(old, new))]).removeprefix(
            render(DIRECTORY, [])
        ),
    )


_edit_user = _replace("name String", "name Int   ")
_edit_post = _replace("  id Int @id\n}\n\nenum", "  id Int @id\n  a Int\n}\n\nenum")
_extra = "// ============================================\n"


@pytest.mark.parametrize(
    ("change", "status", "sections"),
    [
        (lambda text: text, "in-sync", {}),
        (_in_order("base.prisma", "user.prisma", "post.prisma"), "in-sync", {}),
        (lambda text: _edit_user(text).replace("name Int   ", "name String"), "in-sync", {}),
        (_stale("user.prisma"), "stale", {"user.prisma": "stale"}),
        (
            _both(_stale("user.prisma"), _stale("post.prisma")),
            "stale",
            {"user.prisma": "stale", "post.prisma": "stale"},
        ),
        (_in_order("base.prisma", "user.prisma"), "stale", {"post.prisma": "added"}),
        (
            _both(_in_order("base.prisma", "post.prisma"), _edit_post),
            "diverged",
            {"user.prisma": "added", "post.prisma": "hand-edited"},
        ),
        (
            lambda text: text + "\n" + _extra + "// old.prisma e69de29bb2d1\n" + _extra,
            "stale",
            {"old.prisma": "removed"},
        ),
        (
            lambda _: render(DIRECTORY, [section("old.prisma", "")]),
            "stale",
            dict.fromkeys(BODIES, "added") | {"old.prisma": "removed"},
        ),
        (
            _in_order("base.prisma", "post.prisma", "user.prisma"),
            "stale",
            {"post.prisma": "moved"},
        ),
        (
            _in_order("post.prisma", "base.prisma", "user.prisma"),
            "stale",
            {"post.prisma": "moved"},
        ),
        (_in_order(*BODIES, directory="prisma/elsewhere"), "stale", {}),
        (
            # The same edit in both: nothing of it could be lost.
            lambda text: text.replace(SECTIONS[1].stamp, "0" * 12),
            "stale",
            {"user.prisma": "stale"},
        ),
        (_edit_user, "hand-edited", {"user.prisma": "hand-edited"}),
        (
            _both(_edit_user, _edit_post),
            "hand-edited",
            {"user.prisma": "hand-edited", "post.prisma": "hand-edited"},
        ),
        (lambda text: text + "model New {\n}\n", "hand-edited", {"post.prisma": "hand-edited"}),
        (_replace("a  b", "a b"), "hand-edited", {"user.prisma": "hand-edited"}),
        (_replace("/// Who\n", "/// Who\n\n"), "hand-edited", {"user.prisma": "hand-edited"}),
        (_replace("// @generated", "// Written"), "hand-edited", {}),
        (lambda text: render(DIRECTORY, []) + "model New {\n}\n\n" + text, "hand-edited", {}),
        (
            _both(_edit_user, _stale("post.prisma")),
            "diverged",
            {"user.prisma": "hand-edited", "post.prisma": "stale"},
        ),
        (
            lambda text: _stale("user.prisma")(text).replace("name String", "nick String"),
            "diverged",
            {"user.prisma": "diverged"},
        ),
        (
            lambda text: (
                text + "\n" + _extra + "// new.prisma 0123456789ab\n" + _extra + "\nmodel N {\n}\n"
            ),
            "diverged",
            {"new.prisma": "diverged"},
        ),
        (
            _both(_in_order("base.prisma", "post.prisma", "user.prisma"), _edit_post),
            "diverged",
            {"post.prisma": "diverged"},
        ),
        (_replace("id   Int    @id", "id Int @id"), "reformatted", {"user.prisma": "reformatted"}),
        (
            _replace("datasource db {\n", "datasource db { \n\n\n"),
            "reformatted",
            {"base.prisma": "reformatted"},
        ),
        (lambda text: text.rstrip("\n"), "reformatted", {"post.prisma": "reformatted"}),
        (lambda text: text + "\n", "reformatted", {"post.prisma": "reformatted"}),
        (lambda text: "\ufeff" + text, "reformatted", {}),
        (
            lambda text: text.replace("\n\n", "\n\n\n").replace("/// Who\n", "/// Who  \n"),
            "reformatted",
            dict.fromkeys(BODIES, "reformatted"),
        ),
        (
            _replace("  id Int @id\n}\n\nenum", "<<<<<<< HEAD\n=======\n>>>>>>> other\n"),
            "conflicted",
            {},
        ),
        (lambda text: text + "||||||| merged common ancestors\n", "conflicted", {}),
        (lambda text: ">>>>>>>\n" + text, "conflicted", {}),
        (lambda _: "", "unmanaged", dict.fromkeys(BODIES, "added")),
        (lambda _: "\n".join(BODIES.values()), "unmanaged", dict.fromkeys(BODIES, "added")),
        (lambda _: render(DIRECTORY, []), "unmanaged", dict.fromkeys(BODIES, "added")),
    ],
)
def test_judge(change: Change, status: str, sections: dict[str, str]) -> None:
    committed = change(TEXT)
    verdict = judge(committed, DIRECTORY, SECTIONS)
    differing = {found.name: found.status.value for found in verdict.sections}
    differing = {name: found for name, found in differing.items() if found != "in-sync"}
    assert (verdict.status.value, differing) == (status, sections)
    lines = committed.split("\n")
    for found in verdict.sections:
        assert found.line is None or lines[found.line - 1].startswith(f"// {found.name} ")
        assert (found.line is None) == (found.status is Status.ADDED)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_judge_nothing(count: int) -> None:
    verdict = judge(None, DIRECTORY, SECTIONS[:count])
    assert verdict.status is Status.MISSING
    assert [(found.name, found.status.value, found.line) for found in verdict.sections] == [
        (section.name, "added", None) for section in SECTIONS[:count]
    ]


@pytest.mark.parametrize(("directory", "status"), [("d", "in-sync"), ("e", "unmanaged")])
def test_judge_where_there_is_no_source(directory: str, status: str) -> None:
    verdict = judge(render("d", []), directory, [])
    assert (verdict.status.value, verdict.sections) == (status, ())


def test_judge_takes_the_first_of_two_sections_of_one_name() -> None:
    twice = TEXT + "\n" + render("", SECTIONS[2:]).removeprefix(render("", []))
    verdict = judge(twice, DIRECTORY, SECTIONS)
    assert verdict.status is Status.STALE
    assert [(found.name, found.status.value) for found in verdict.sections] == [
        ("base.prisma", "in-sync"),
        ("user.prisma", "in-sync"),
        ("post.prisma", "in-sync"),
        ("post.prisma", "removed"),
    ]


@given(st.permutations(range(7)))
def test_the_fewest_sections_have_moved(places: list[int]) -> None:
    expected = [section(f"{place}.prisma", "enum A {\n}\n") for place in range(7)]
    committed = render(DIRECTORY, [expected[place] for place in places])
    verdict = judge(committed, DIRECTORY, expected)
    stay = [found.name for found in verdict.sections if found.status is Status.IN_SYNC]
    assert {found.status for found in verdict.sections} <= {Status.IN_SYNC, Status.MOVED}
    assert [f"{place}.prisma" for place in places if f"{place}.prisma" in stay] == stay
    longer = combinations(places, len(stay) + 1)
    assert not any(list(rising) == sorted(rising) for rising in longer)


def test_what_was_generated_is_in_sync_whatever_it_holds() -> None:
    sections = [section("a.prisma", "// how a conflict looks:\n<<<<<<< ours\n")]
    verdict = judge(render(DIRECTORY, sections), DIRECTORY, sections)
    assert verdict.status is Status.IN_SYNC


@given(st.data())
def test_any_change_to_one_character_of_a_body_names_its_section(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(TEXT)))
    start = TEXT.index(place.section.body)
    at = data.draw(st.integers(start, start + len(place.section.body) - 1))
    new = data.draw(
        st.one_of(st.just(""), st.characters(codec="utf-8"), st.sampled_from(' \t\n"/}'))
    )
    committed = TEXT[:at] + new + TEXT[at + data.draw(st.integers(0, 1)) :]
    committed = committed.replace("\r\n", "\n")
    assume(committed != TEXT)
    verdict = judge(committed, DIRECTORY, SECTIONS)
    assert verdict.status in {Status.HAND_EDITED, Status.REFORMATTED}
    differing = [found.name for found in verdict.sections if found.status is not Status.IN_SYNC]
    assert differing == [place.section.name]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a  Int\n\n\nb", " a Int \n\tb\n", True),
        ("a Int @id", "a Int@id", True),
        ("a Int", "aInt", False),
        ("a Int", "a\nInt", False),
        ("aInt", "a\nInt", False),
        ('"a b"', '"a  b"', False),
        ('"a\\" b"', '"a\\"  b"', False),
        ("// a  b ", "// a  b", True),
        ("// a  b", "// a b", False),
        ("// a\n\nb", "// a\nb", True),
        ("/// a\n\n\nb", "/// a\n\nb", True),
        ("/// a\n\nb", "/// a\nb", False),
        ("/* a\n b */ c", "/* a \n b */c", True),
        ("/* a\n b */", "/* a\n  b */", False),
        ('a // "\n "x  y"', 'a// "\n"x y"', False),
        ("/* a  b", "/* a b", False),
        ('"a  b', '"a b', False),
        ("/* a\n\n b */\nc", "/* a\n\n b */\n\nc", False),
        ("/// a\n", "/// a", True),
        ("a _b", "a_b", False),
        ("a b(c)", "ab(c)", False),
        # Prisma's blanks are layout, and nothing else.
        ("// a\f", "// a", False),
        ("/// a\u2028\n", "/// a\n", False),
        ("a\n\f\n", "a\n", False),
        # A word may end in any letter.
        ("// aX", "// a", False),
        ("/// aX\n", "/// a\n", False),
        ("aX", "a", False),
    ],
)
def test_layout_free(one: str, other: str, same: bool) -> None:
    assert (layout_free(one) == layout_free(other)) is same
    assert differ_in_layout_only(one, other) is same
