"""Colour for terminals, and for nothing else."""

import os
from enum import StrEnum
from typing import TextIO


class Colour(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_OF_A_DIFF = {"+": "32", "-": "31", "@": "36"}


def wanted(stream: TextIO | None, choice: Colour) -> bool:
    """Whether to colour what goes to a stream.

    Sources: https://no-color.org and https://force-color.org, which let any value but none speak.
    """
    if choice is not Colour.AUTO:
        return choice is Colour.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream is not None and stream.isatty())


def diff(text: str) -> str:
    """A diff in git's colours."""
    lines = []
    for line in text.split("\n"):
        bold = line.startswith(("--- ", "+++ "))
        code = "1" if bold else _OF_A_DIFF.get(line[:1])
        lines.append(f"\x1b[{code}m{line}\x1b[m" if code else line)
    return "\n".join(lines)


def verdict(line: str, *, passes: bool) -> str:
    """The line with a target's status, green or red."""
    return f"\x1b[{32 if passes else 31}m{line}\x1b[m"
