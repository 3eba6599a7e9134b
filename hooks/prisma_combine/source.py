"""Reads and normalises one source."""

from typing import NamedTuple

from prisma_combine.errors import CombineError

_BLANK = " \t\n"


class Source(NamedTuple):
    """One split file."""

    name: str
    """relative to the target's directory, with `/`"""
    path: str
    """relative to the root, with `/`"""
    body: str
    line: int
    """the line of the file, from 1, on which the body begins"""


def decode(data: bytes, path: str) -> str:
    """A source's text with LF newlines and without BOM, blank lines at its ends still there.

    Raises CombineError when the bytes are not UTF-8.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CombineError(
            f"{path}:{line}: not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start};"
            " save the file as UTF-8"
        ) from None
    return plain(text)


def plain(text: str) -> str:
    """A text with LF newlines and without BOM."""
    text = text.removeprefix("\ufeff")
    # Prisma ends a line at a lone CR too, so turning it into LF changes no meaning.
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def trim(text: str) -> tuple[str, int]:
    """The body of a text with LF newlines, and how many blank lines stood before it."""
    if text[-1:] == "\n" and not text[-2:-1].isspace() and not text[:1].isspace():
        return text, 0  # as a rule; what follows would copy it thrice
    tail = text.rstrip(_BLANK)
    if not tail:
        return "", 0
    # Only whole lines go: the first line's indent and the last line's trailing blanks stay.
    start = text.rfind("\n", 0, len(text) - len(text.lstrip(_BLANK))) + 1
    end = text.find("\n", len(tail))
    body = text[start:] if end < 0 else text[start:end]
    return body + "\n", text.count("\n", 0, start)


def read(name: str, path: str, data: bytes) -> Source:
    """The source that a file's bytes hold. Raises CombineError when they are not UTF-8."""
    body, skipped = trim(decode(data, path))
    return Source(name, path, body, skipped + 1)
