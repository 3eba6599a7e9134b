"""Text that a terminal or a log could take for something else is escaped."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.report.visible import visible, visible_lines

PLAIN = "model User { // é 日本 🙂\t\\x1b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PLAIN, PLAIN),
        ("a\x00\x1b[31m\x7f", r"a\x00\x1b[31m\x7f"),
        ("a\r\nb", r"a\x0d\x0ab"),
        ("\x85\x9b\xa0\xad", r"\x85\x9b\xa0\xad"),
        ("\u2028\u2029\u202e\u2066\u200b\ufeff", r"\u2028\u2029\u202e\u2066\u200b\ufeff"),
        ("\u3164\u2800\ufe0f\u115f", r"\u3164\u2800\ufe0f\u115f"),
        ("\U000e0041\U000e0100", r"\U000e0041\U000e0100"),
        (os.fsdecode(b"\xff.prisma"), r"\udcff.prisma"),
    ],
)
def test_what_is_invisible_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


@given(st.text(st.characters()))
def test_the_result_is_one_line_that_can_be_encoded(text: str) -> None:
    shown = visible(text)
    assert shown.encode().decode() == shown
    assert shown.replace("\t", "").isprintable()
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"", ""),
        (b"a\n\tb\x1b\n", "a\n\tb\\x1b\n"),
        (b"a\xff", "a\\udcff"),
        (b"@@ -1 +1 @@ a\n-a\r\n+b\r\n", "@@ -1 +1 @@ a\n-a\n+b\n"),
        (b"@@ -1 +1 @@ a\n-a\r\n+a\n", "@@ -1 +1 @@ a\n-a\\x0d\n+a\n"),
        (b"-a\r\r\n", "-a\\x0d\n"),
    ],
)
def test_newlines_stay_and_a_changed_one_is_shown(data: bytes, shown: str) -> None:
    assert visible_lines(data) == shown
