"""Prints to a terminal, a file or a pipe."""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from prisma_combine.report import color as colors
from prisma_combine.report.color import Color
from prisma_combine.report.visible import visible, visible_lines

# Windows reports a closed pipe as EINVAL.
_CLOSED = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)


def say(lines: Iterable[str], color: Color = Color.NEVER) -> None:
    """Print to standard error, so that standard output holds the diff or the JSON alone.

    With `color` the first line, which is the verdict, stands out.
    """
    bold = colors.wanted(sys.stderr, color)
    for line in lines:
        shown = visible(line)
        if bold:
            shown, bold = colors.bold(shown), False
        # A closed standard error must not keep the work from being done.
        with suppress(OSError):
            if sys.stderr is not None:  # closed by the caller
                print(shown, file=sys.stderr, flush=True)


def write(data: bytes, color: Color = Color.NEVER) -> None:
    """Print to standard output: bytes for programs, visible text for people at a terminal."""
    if sys.stdout is None or not data:  # closed by the caller
        return
    if colors.wanted(sys.stdout, color):
        data = colors.diff(visible_lines(data)).encode()
    elif sys.stdout.isatty():
        data = visible_lines(data).encode()
    with while_read():
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


@contextmanager
def while_read() -> Iterator[None]:
    """Stop printing to standard output, quietly, when its reader has gone, as `head` does."""
    try:
        yield
    except OSError as error:
        if error.errno not in _CLOSED:
            raise
        # Python would try once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
