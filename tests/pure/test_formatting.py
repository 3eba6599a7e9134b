"""What a formatter may change, and what means something else to Prisma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.compare.formatting import equal_but_for_formatting, unformatted

PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "B1",
            "_",
            " ",
            "\t",
            "\n",
            "\n\n",
            '"',
            '"x  y"',
            "\\",
            "//",
            "///",
            "/*",
            "*/",
            "{",
            "}",
        ]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a  Int\n\n\nb", " a Int \n\tb\n", id="alignment-and-blank-lines"),
        pytest.param("a Int @id", "a Int@id", id="blanks-where-no-word-ends"),
        pytest.param("a b(c)", "a b (c)", id="blanks-before-a-parenthesis"),
        pytest.param("// a  b ", "// a  b", id="blanks-after-a-comment"),
        pytest.param("// a\n\nb", "// a\nb", id="blank-line-after-a-comment"),
        pytest.param("/// a\n\n\nb", "/// a\n\nb", id="second-blank-line-after-documentation"),
        pytest.param("/// a\n", "/// a", id="newline-at-the-end"),
        pytest.param("/* a\n b */ c", "/* a \n b */c", id="blanks-around-a-block-comment"),
    ],
)
def test_formatting(one: str, other: str) -> None:
    assert equal_but_for_formatting(one, other)
    assert unformatted(one) == unformatted(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a Int", "aInt", id="two-words"),
        pytest.param("a _b", "a_b", id="underscore-is-a-letter"),
        pytest.param("a b(c)", "ab(c)", id="two-words-before-a-parenthesis"),
        pytest.param("a Int", "a\nInt", id="two-lines"),
        pytest.param("aInt", "a\nInt", id="newline-in-a-word"),
        pytest.param('"a b"', '"a  b"', id="string"),
        pytest.param('"a\\" b"', '"a\\"  b"', id="quote-in-a-string"),
        pytest.param('"a  b', '"a b', id="open-string"),
        pytest.param("// a  b", "// a b", id="comment"),
        pytest.param('a // "\n "x  y"', 'a// "\n"x y"', id="quote-in-a-comment"),
        pytest.param("/// a\n\nb", "/// a\nb", id="blank-line-ends-documentation"),
        pytest.param("/* a\n b */", "/* a\n  b */", id="indentation-in-a-block-comment"),
        pytest.param("/* a  b", "/* a b", id="open-block-comment"),
        pytest.param("/* a */\nc", "/* a */\n\nc", id="blank-line-after-a-block-comment"),
        pytest.param("// a\f", "// a", id="form-feed"),
        pytest.param("/// a\u2028\n", "/// a\n", id="line-separator"),
        pytest.param("a\n\f\n", "a\n", id="line-with-a-form-feed"),
        pytest.param("// aX", "// a", id="last-letter-of-a-comment"),
        pytest.param("// a\nmodel B", "// amodel B", id="comment-that-swallows-a-line"),
    ],
)
def test_not_formatting(one: str, other: str) -> None:
    assert not equal_but_for_formatting(one, other)
    assert unformatted(one) != unformatted(other)


@given(PIECES)
def test_an_unformatted_text_stays_as_it_is(text: str) -> None:
    assert unformatted(unformatted(text)) == unformatted(text)
    assert equal_but_for_formatting(text, unformatted(text))


@given(PIECES, PIECES)
def test_equal_means_equal_when_unformatted(one: str, other: str) -> None:
    assert equal_but_for_formatting(one, other) == (unformatted(one) == unformatted(other))
