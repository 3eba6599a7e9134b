"""One split file."""

import re
from typing import NamedTuple

from prisma_combine.errors import CombineError


class Source(NamedTuple):
    """A split file as it is read."""

    name: str
    """relative to the schema's directory, with `/`"""
    path: str
    """relative to the configuration's folder, with `/`"""
    text: str
    """LF newlines, no BOM, otherwise as in the file"""


def decode(data: bytes, path: str) -> str:
    """Return a source's text with LF newlines and without BOM.

    `path` is the one to show. Raises CombineError when the bytes are not UTF-8.
    """
    refuse_utf16(data, path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CombineError(
            f"{path}:{line}: not UTF-8 (byte 0x{data[error.start]:02x}); save the file as UTF-8"
        ) from None
    return plain(text)


def refuse_utf16(data: bytes, path: str) -> None:
    """Raise CombineError for the encoding that PowerShell's `>` writes; `path` is shown."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        raise CombineError(
            f"{path}:1: UTF-16, which Prisma can't read; save the file as UTF-8, without"
            " working-tree-encoding in .gitattributes"
        )


def plain(text: str) -> str:
    """Return a text with LF newlines and without BOMs, which count for nothing."""
    if "\r\n" in text:
        # All in one, or what is left could be a CRLF again.
        text = re.sub(r"\r+\n", "\n", text)
    # A script that doesn't trim copies a source's BOM into the middle of its output.
    return text.replace("\ufeff", "") if not text.isascii() else text


def lenient(data: bytes) -> str:
    """Return a combined file's text; bytes that are not UTF-8 survive the way back."""
    return plain(data.decode("utf-8", "surrogateescape"))
