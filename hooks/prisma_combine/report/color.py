"""Color for terminals, and for nothing else."""

import os
import sys
from enum import StrEnum
from typing import TextIO


class Color(StrEnum):
    """When to use color."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_IN_A_DIFF = {"+": "32", "-": "31", "@": "36"}


def wanted(stream: TextIO | None, choice: Color) -> bool:
    """Return whether to color what goes to a stream.

    Sources: https://no-color.org and https://force-color.org, where any value but none counts.
    """
    if choice is not Color.AUTO:
        return choice is Color.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and _understood()


def diff(text: str) -> str:
    """Return a diff in git's colors."""
    lines = []
    for line in text.split("\n"):
        is_label = line.startswith(("--- ", "+++ "))
        code = "1" if is_label else _IN_A_DIFF.get(line[:1])
        lines.append(f"\x1b[{code}m{line}\x1b[m" if code else line)
    return "\n".join(lines)


def bold(line: str) -> str:
    """Return a line that stands out."""
    return f"\x1b[1m{line}\x1b[m"


def _understood() -> bool:
    """Return whether the terminal understands escape sequences.

    A Windows console does only once a program has switched that on; Windows Terminal, ConEmu and
    terminals that set TERM always do.
    """
    if sys.platform != "win32":
        return os.environ.get("TERM") != "dumb"
    return any(os.environ.get(name) for name in ("WT_SESSION", "ConEmuANSI", "ANSICON", "TERM"))
