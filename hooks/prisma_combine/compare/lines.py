"""Line numbers of offsets."""

from bisect import bisect_right
from itertools import accumulate


class LineNumbers:
    """The line numbers of a text; counting lines anew for each offset would be quadratic."""

    def __init__(self, text: str) -> None:
        lengths = map(len, text.split("\n"))
        self._starts = list(accumulate(lengths, lambda at, length: at + length + 1, initial=0))

    def at(self, offset: int) -> int:
        """Return the line, from 1, of an offset in characters."""
        return bisect_right(self._starts, offset)

    def start(self, line: int) -> int:
        """Return the offset of a line, from 1; that of the last one for those below it."""
        return self._starts[min(line, len(self._starts)) - 1]
