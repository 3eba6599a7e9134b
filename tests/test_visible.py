"""Foreign text on its way to a terminal."""

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Repository
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
def test_what_can_not_be_seen_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


@given(st.text(st.characters()))
def test_it_is_always_one_line_that_can_be_encoded(text: str) -> None:
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
def test_many_lines(data: bytes, shown: str) -> None:
    assert visible_lines(data) == shown


def _on_a_terminal(repository: Repository, *arguments: str) -> bytes:
    pty = pytest.importorskip("pty", reason="Windows has none")
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "prisma_combine", *arguments],
        cwd=repository.root,
        env=repository.environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    os.close(theirs)
    read = b""
    while True:
        try:
            read += os.read(ours, 65536)
        except OSError:  # how Linux tells that all has been read
            return read.replace(b"\r\n", b"\n")
        if not read:
            return read


def test_a_diff_is_for_eyes_on_a_terminal_and_for_git_elsewhere(repository: Repository) -> None:
    repository.replace("email String @unique", "email String // \x1b[2J\u202e", repository.output)
    piped = repository.tool("check").out
    assert "-  email String // \x1b[2J\u202e\n" in piped
    assert repository.run("git", "apply", "--check", stdin=piped.encode()).code == 0
    shown = re.sub(rb"\x1b\[[0-9;]*m", b"", _on_a_terminal(repository, "check"))
    assert b"-  email String // \\x1b[2J\\u202e\n" in shown
    assert b"\x1b[2J" not in shown
    edited = _on_a_terminal(repository, "adopt", "--dry-run")
    assert b"// \\x1b[2J\\u202e\n" in edited
