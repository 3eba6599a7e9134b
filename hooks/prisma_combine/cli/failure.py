"""Says why a command could not do its work."""

import re
import sys
from collections.abc import Iterable
from contextlib import suppress


def fail(message: str) -> None:
    """Print an error in the format that was asked for."""
    note(message)
    if _format() != "github":
        say(f"prisma-combine: {line}" for line in message.split("\n"))


def note(message: str) -> None:
    """Print an error for the program that reads the report; people have been told."""
    form = _format()
    if form == "json":
        from prisma_combine.report import json, terminal

        with suppress(OSError):  # which may be what the message is about
            terminal.write(json.errors(message.split("\n")).encode() + b"\n")
    elif form == "github":
        from prisma_combine.report import github

        with suppress(OSError):
            github.fail(message)


def say(lines: Iterable[str]) -> None:
    """Print lines for people, which may hold foreign text."""
    if _format() == "github":
        from prisma_combine.report import github

        github.say(lines)
        return
    from prisma_combine.report import terminal

    terminal.say(lines)


def _format() -> str:
    """Return the last `--format` of the command line, which may be invalid otherwise."""
    words = "\0".join(["", *sys.argv[1:], ""])
    found = re.findall("(?<=\0)--format[=\0]([a-z]+)(?=\0)", words)
    return str(found[-1]) if found else ""
