"""Wildcards match what a regular expression of the same meaning matches."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prisma_combine.schema import wildcards

LITERALS = st.text(alphabet="ab\n", max_size=3)
TEXTS = st.text(alphabet="ab\n", max_size=10)


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Return a template that a configuration may have: at most one `{lines}`."""
    count = draw(st.integers(0, 3))
    kinds = [draw(st.sampled_from(["{any}", "{any}", "{lines}"])) for _ in range(count)]
    assume(kinds.count("{lines}") <= 1)
    parts = [draw(LITERALS) for _ in range(count + 1)]
    # Two in a row would be the same as one.
    assume(all(parts[1:-1]))
    return parts[0] + "".join(kind + part for kind, part in zip(kinds, parts[1:], strict=True))


def pattern(template: str) -> str:
    meanings = {"{any}": "([^\n]*)", "{lines}": "([\\s\\S]*)"}
    return "".join(meanings.get(one, re.escape(one)) for one in wildcards.split(template))


@given(templates(), TEXTS)
def test_match(template: str, text: str) -> None:
    values = wildcards.match(template, text)
    assert (values is not None) == bool(re.fullmatch(pattern(template), text))
    if values is not None:
        assert wildcards.fill(template, values) == text


@given(templates(), templates(), TEXTS, TEXTS)
def test_match_around(banner: str, footer: str, middle: str, text: str) -> None:
    values = wildcards.match_around(banner, middle, footer, text)
    expected = pattern(banner) + re.escape(middle) + pattern(footer)
    assert (values is not None) == bool(re.fullmatch(expected, text))
    if values is not None:
        assert filled(banner, footer, values, middle) == text


@given(
    templates(),
    templates(),
    TEXTS,
    st.lists(st.text(alphabet="ab", max_size=3), min_size=6, max_size=6),
)
def test_a_filled_template_matches(
    banner: str, footer: str, middle: str, values: list[str]
) -> None:
    count = len(wildcards.split(banner)) // 2 + len(wildcards.split(footer)) // 2
    text = filled(banner, footer, values[:count], middle)
    assert wildcards.match_around(banner, middle, footer, text) is not None


def filled(banner: str, footer: str, values: list[str], middle: str) -> str:
    count = len(wildcards.split(banner)) // 2
    return wildcards.fill(banner, values[:count]) + middle + wildcards.fill(footer, values[count:])


@given(templates(), TEXTS, TEXTS)
def test_head_and_tail_match(template: str, text: str, section: str) -> None:
    head = wildcards.head(template, text, [section])
    if head is not None:
        assert text.startswith(head)
        assert wildcards.match(template, head) is not None
    tail = wildcards.tail(template, text, [section])
    if tail is not None:
        assert text.endswith(tail)
        assert wildcards.match(template, tail) is not None


@pytest.mark.parametrize(
    ("template", "text", "head"),
    [
        pytest.param("// a\n", "// a\nmodel", "// a\n", id="literal"),
        pytest.param("// a\n", "// b\nmodel", None, id="other-literal"),
        pytest.param("// {any}\n", "// a\nmodel", "// a\n", id="any"),
        pytest.param("// {any}\n", "\n// a\nmodel", None, id="any-elsewhere"),
        pytest.param("// {any}", "// a b\nmodel", None, id="any-at-the-end"),
        pytest.param("// {any}", "// a b<model", "// a b", id="any-before-a-section"),
        pytest.param(
            "{lines}// end\n", "a\n// end\nb\n// end\n<model", "a\n// end\nb\n// end\n", id="lines"
        ),
        pytest.param("{lines}\n", "a\nmodel", None, id="lines-before-no-section"),
        pytest.param("// {any}\n{lines}\n", "// a\nb\n\n<model", "// a\nb\n\n", id="both"),
        pytest.param("", "model", "", id="empty"),
    ],
)
def test_head(template: str, text: str, head: str | None) -> None:
    assert wildcards.head(template, text, ["<"]) == head


@pytest.mark.parametrize(
    ("template", "text", "tail"),
    [
        pytest.param("\n// end\n", "model\n// end\n", "\n// end\n", id="literal"),
        pytest.param("\n// {any}\n", "model\n// a\n", "\n// a\n", id="any"),
        pytest.param("{any}\n", "model> a\n", " a\n", id="any-after-a-section"),
        pytest.param("\n// end{lines}", "model>\n// end\na\n", "\n// end\na\n", id="lines"),
        pytest.param("\n{lines}", "model\na\n", None, id="lines-after-no-section"),
        pytest.param("", "model", "", id="empty"),
    ],
)
def test_tail(template: str, text: str, tail: str | None) -> None:
    assert wildcards.tail(template, text, [">"]) == tail


def test_sections_are_tried_in_their_order() -> None:
    assert wildcards.head("{lines}\n", "a\nfirst\nsecond", ["second", "first"]) == "a\nfirst\n"
    assert wildcards.head("{lines}\n", "a\nfirst\nsecond", ["third", "first"]) == "a\n"


def test_has() -> None:
    assert wildcards.has("// {any}")
    assert wildcards.has("{lines}")
    assert not wildcards.has("{name} {directory} {Any}")


def test_lines_never_stand_for_a_model() -> None:
    settings = "generator client {\n}\n"
    for template, text in (("{lines}// end\n", "{}// end\n"), ("// top\n{lines}", "// top\n{}")):
        assert wildcards.match(template, text.replace("{}", settings)) == [settings]
        for block in ("model A {\n}\n", "  enum B {\n}\n", "view C {\n}\n", "type D {\n}\n"):
            assert wildcards.match(template, text.replace("{}", settings + block)) is None
    around = "{settings}M{rest}"
    assert wildcards.match_around("{lines}", "M", "{lines}", around) == ["{settings}", "{rest}"]
    assert wildcards.match_around("{lines}", "M", "{lines}", "model A {\n}\nM") is None


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{any}x", "a\nx"),
        ("// {any}", "// a\nb"),
        ("a{any}b{any}c", "a\nb c"),
        ("{any}\nx", "a\nb\nx"),
    ],
)
def test_any_stays_on_its_line(template: str, text: str) -> None:
    assert wildcards.match(template, text) is None
