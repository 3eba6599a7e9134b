import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.errors import CombineError
from prisma_combine.source import read, trim


@pytest.mark.parametrize(
    ("data", "body", "line"),
    [
        (b"model A {\n}\n", "model A {\n}\n", 1),
        (b"model A {\n}", "model A {\n}\n", 1),
        (b"model A {\r\n}\r\n", "model A {\n}\n", 1),
        (b"// a\rmodel A {\r}\r", "// a\nmodel A {\n}\n", 1),
        (b"// a\r\n\rb\n\r", "// a\n\nb\n", 1),
        (b"\xef\xbb\xbfmodel A {\n}\n", "model A {\n}\n", 1),
        (b"// \xef\xbb\xbf inside\n", "// \ufeff inside\n", 1),
        (b"\n \t\n\r\n  model A {\n}\n\n \n\t", "  model A {\n}\n", 4),
        (b"\xef\xbb\xbf\r\n\r\nmodel A {}  \t", "model A {}  \t\n", 3),
        (b"a \n \n b\n", "a \n \n b\n", 1),
        (
            b"// \x0b\x0c\x1c\xc2\x85\xe2\x80\xa8 no newlines\n",
            "// \v\f\x1c\x85\u2028 no newlines\n",
            1,
        ),
        (b"\x0c\nmodel A {\n}\n", "\f\nmodel A {\n}\n", 1),
        ("\u00a0\n".encode(), "\u00a0\n", 1),
        (b"", "", 1),
        (b" \t\r\n\n", "", 1),
        (b"\xef\xbb\xbf", "", 1),
    ],
)
def test_read_normalises(data: bytes, body: str, line: int) -> None:
    source = read("a.prisma", "prisma/a.prisma", data)
    assert source == ("a.prisma", "prisma/a.prisma", body, line)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"// \xff\n", "a.prisma:1: not UTF-8: byte 0xff at offset 3; save the file as UTF-8"),
        (b"a\r\n\n\xc3", "a.prisma:3: not UTF-8: byte 0xc3 at offset 4; save the file as UTF-8"),
        (b"\xff\xfea\0", "a.prisma:1: not UTF-8: byte 0xff at offset 0; save the file as UTF-8"),
    ],
)
def test_read_names_the_byte_that_is_not_utf8(data: bytes, message: str) -> None:
    with pytest.raises(CombineError) as raised:
        read("a.prisma", "a.prisma", data)
    assert str(raised.value) == message


@given(st.text(alphabet=" \t\nab"))
def test_trim_takes_whole_blank_lines_from_the_ends_only(text: str) -> None:
    body, skipped = trim(text)
    assert trim(body) == (body, 0)
    lines = text.split("\n")
    kept = body.split("\n")[:-1]
    assert lines[skipped : skipped + len(kept)] == kept
    assert not "".join(lines[:skipped] + lines[skipped + len(kept) :]).strip(" \t")
