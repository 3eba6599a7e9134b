from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.config.patterns import _parsed, covers, is_pattern, matches
from support.growth import assert_linear

NAMES = [
    "a.prisma",
    "a.test.prisma",
    "old/a.prisma",
    "old/b.prisma",
    "old/er/a.prisma",
    "older/a.prisma",
    "x/old/c.prisma",
]


@pytest.mark.parametrize(
    ("pattern", "matched", "only_covered"),
    [
        ("*", "0123456", ""),
        ("**", "0123456", ""),
        ("*.prisma", "0123456", ""),
        ("*.test.prisma", "1", ""),
        ("a.prisma", "0245", ""),
        ("./a.prisma", "0", ""),
        ("./*.prisma", "01", ""),
        ("./*", "01", "23456"),
        ("*/", "", "23456"),
        ("./*/", "", "23456"),
        ("*/*", "235", "46"),
        ("**/a.prisma", "0245", ""),
        ("**/*", "0123456", ""),
        ("**/er/*", "4", ""),
        ("./**", "0123456", ""),
        ("old", "", "2346"),
        ("old/", "", "2346"),
        ("./old", "", "234"),
        ("./old/", "", "234"),
        ("old/*", "23", "4"),
        ("old/*.prisma", "23", ""),
        ("old/**", "234", ""),
        ("old/**/", "", "4"),
        ("old/**/a.prisma", "24", ""),
        ("old/**/*", "234", ""),
        ("old/**/**/er/**", "4", ""),
        ("**/old", "", "2346"),
        ("**/old/*", "236", "4"),
        ("x/**/c.prisma", "6", ""),
        ("x/**/old/**/c.prisma", "6", ""),
        ("x/**/old/*/**/c.prisma", "", ""),
        ("o*/[!a].prisma", "3", ""),
        ("o*/[^a].prisma", "3", ""),
        ("o*/[a-b].*", "235", ""),
        ("ol?", "", "2346"),
        ("ol?er", "", "5"),
        ("old?er", "", ""),
        ("old/??/*", "4", ""),
        ("old*a.prisma", "", ""),
        ("a.prisma/x", "", ""),
        ("a.prisma/", "", ""),
        ("a*a", "01245", ""),
        ("*a*a*", "01245", ""),
        ("A.prisma", "", ""),
    ],
)
def test_patterns(pattern: str, matched: str, only_covered: str) -> None:
    found = "".join(str(n) for n, name in enumerate(NAMES) if matches(name, pattern))
    more = "".join(str(n) for n, name in enumerate(NAMES) if covers(name, pattern))
    assert found == "".join(sorted(matched))
    assert more == "".join(sorted(matched + only_covered))


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("[ab]", "ab"),
        ("[a-c]", "abc"),
        ("[c-a]", ""),
        ("[!a-c]", "d-]!^["),
        ("[^a-c]", "d-]!^["),
        ("[]]", "]"),
        ("[!]]", "abcd-!^["),
        ("[]-a]", "a]^"),
        ("[a-]", "a-"),
        ("[-a]", "a-"),
        ("[a-c-d]", "abcd-"),
        ("[a!]", "a!"),
        ("[!!]", "abcd-]^["),
        ("[[]", "["),
        ("[", ""),
        ("[a", ""),
        ("[]", ""),
        ("[!]", ""),
        ("?", "abcd-]!^["),
    ],
)
def test_sets(pattern: str, matched: str) -> None:
    assert "".join(c for c in "abcd-]!^[" if matches(c, pattern)) == matched


def test_a_pattern_of_characters_beyond_ascii() -> None:
    assert matches("\u00e9\U0001f600.prisma", "??.prisma")
    assert matches("\u00e9.prisma", "[\u00e0-\u00ff].*")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [("a.prisma", False), ("../a b{c}.prisma", False), ("*", True), ("a?", True), ("[a]", True)],
)
def test_is_pattern(entry: str, expected: bool) -> None:
    assert is_pattern(entry) is expected


PARTS = st.lists(st.sampled_from(["a", "b", "ab", "*", "?", "[!a]", "[a-b]"]), max_size=9)


@given(PARTS.map("".join), st.text("ab", min_size=1, max_size=9))
def test_one_name_matches_as_with_fnmatch(pattern: str, name: str) -> None:
    assert matches(name, f"./{pattern}") == (bool(pattern) and fnmatchcase(name, pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(lambda size: "*a" * size + "b", id="stars"),
        pytest.param(lambda size: "*a?" * size + "b", id="stars-and-question-marks"),
        pytest.param(lambda size: "*" * size + "b", id="only-stars"),
        pytest.param(lambda size: "*" + "?" * size + "b*", id="question-marks"),
        pytest.param(lambda size: "*[" + "b" * size + "]", id="set"),
        pytest.param(lambda size: "[" * size, id="open-sets"),
        pytest.param(lambda size: "**/a*/" * size + "b", id="folders"),
    ],
)
def test_long_patterns_take_linear_time(pattern: Callable[[int], str]) -> None:
    def run(size: int) -> Callable[[], object]:
        def once() -> None:
            # Not from the cache
            _parsed.cache_clear()
            assert not covers("/".join(["a" * 250] * 8), pattern(size))

        return once

    assert_linear("pattern", run, 40_000)


def test_long_names_take_linear_time() -> None:
    def run(size: int) -> Callable[[], object]:
        name = "a" * size
        return lambda: [matches(name, one) for one in ("*a*b", "*?a*a?b*", "*" + "?" * 200 + "b*")]

    assert_linear("name", run, 40_000)


def test_many_patterns_take_linear_time() -> None:
    def run(size: int) -> Callable[[], object]:
        patterns = [f"*x*{n}*.prisma" for n in range(size)]
        return lambda: [covers(NAMES[4], one) for one in patterns]

    assert_linear("patterns", run, 10_000)
