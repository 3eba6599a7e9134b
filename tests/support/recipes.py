"""The documentation's blocks, taken out of it as they are written."""

import re
from typing import NamedTuple

from support import PROJECT

README = (PROJECT / "README.md").read_text()
REFERENCE = (PROJECT / "hooks" / "README.md").read_text()
ACTION = (PROJECT / ".github" / "actions" / "check" / "README.md").read_text()

_BLOCK = re.compile(
    r"(?:`([^`\n]+)`(?:, [^\n]*)?:\n\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE
)


class Block(NamedTuple):
    """A fenced block."""

    file: str
    """the path that the sentence above ends with; empty where the block is commands"""
    language: str
    text: str


def section(heading: str, page: str = REFERENCE) -> str:
    """Return what stands below a heading, up to the next one."""
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^##+ |\Z)", page, re.DOTALL | re.MULTILINE
    )
    assert found, heading
    return found[1]


def blocks(heading: str, page: str = REFERENCE) -> list[Block]:
    """Return the blocks below a heading."""
    return [Block(*found) for found in _BLOCK.findall(section(heading, page))]


def block(heading: str, page: str = REFERENCE, *, file: str = "", language: str = "") -> str:
    """Return the text of the one block that is this file, or in this language."""
    texts = [
        one.text
        for one in blocks(heading, page)
        if one.file == file and language in ("", one.language)
    ]
    assert len(texts) == 1, (heading, file, language)
    return texts[0]
