"""Prints to a terminal, a file or a pipe."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from prisma_combine.report import colour
from prisma_combine.report.colour import Colour
from prisma_combine.report.visible import visible, visible_lines


def say(lines: Iterable[str], color: Colour = Colour.NEVER, *, passes: bool | None = None) -> None:
    """Prints to standard error, which standard output's diff and JSON are kept free of."""
    for line in lines:
        shown = visible(line)
        if passes is not None and colour.wanted(sys.stderr, color):
            shown = colour.verdict(shown, passes=passes)
        # What nobody can be told any more must not keep the work from being done.
        with suppress(OSError):
            if sys.stderr is not None:  # closed by the caller
                print(shown, file=sys.stderr)


def write(data: bytes, color: Colour = Colour.NEVER) -> None:
    """Prints to standard output what programs read to the byte; a terminal is for eyes."""
    if sys.stdout is None:  # closed by the caller
        return
    if colour.wanted(sys.stdout, color):
        data = colour.diff(visible_lines(data)).encode()
    elif sys.stdout.isatty():
        data = visible_lines(data).encode()
    with while_read():
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


@contextmanager
def while_read() -> Iterator[None]:
    """Leaves off printing to standard output once its reader has enough, as `head` soon has."""
    try:
        yield
    except BrokenPipeError:
        # Python would try once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
