"""How the bytes that an engine makes up become the texts of a property."""

from collections.abc import Iterable
from contextlib import suppress

from prisma_combine.errors import CombineError
from prisma_combine.schema.format import TRIMS, Format
from prisma_combine.schema.source import Source, decode, plain
from prisma_combine.schema.wildcards import ANY, LINES
from support.properties.seeds import BETWEEN, DIRECTORY, NAMES


def split(data: bytes, count: int) -> list[bytes]:
    """Return so many texts; those that an input lacks are empty."""
    parts = data.split(BETWEEN, count - 1)
    return parts + [b""] * (count - len(parts))


def text(data: bytes) -> str:
    """Return any bytes as text."""
    return plain(data.decode("utf-8", "replace"))


def sources(texts: Iterable[bytes]) -> list[Source]:
    """Return the sources with these texts, without those that are not UTF-8."""
    found = []
    for name, data in zip(NAMES, texts, strict=False):
        with suppress(CombineError):
            found.append(Source(name, f"{DIRECTORY}/{name}", decode(data, name)))
    return found


def format_of(parts: list[bytes]) -> Format:
    """Return the format with this banner, header, separator, footer, trim and first-header."""
    banner, header, separator, footer, trim, first = map(text, parts)
    # A configuration with more is an error.
    if banner.count(LINES) > 1:
        banner = banner.replace(LINES, ANY)
    if footer.count(LINES) > 1:
        footer = footer.replace(LINES, ANY)
    return Format(
        banner=banner.replace(ANY + ANY, ANY),
        header=header,
        separator=separator,
        footer=footer.replace(ANY + ANY, ANY),
        trim=trim if trim in TRIMS else "none",
        first_header=bool(first),
    )
