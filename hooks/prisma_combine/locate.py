"""The source lines behind the lines of a combined file."""

import os
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import BinaryIO, NamedTuple

from unidiff.patch import PatchSet

from prisma_combine import state
from prisma_combine.combined import lines_of, places
from prisma_combine.config import Config, Target
from prisma_combine.diff import diff
from prisma_combine.errors import CombineError
from prisma_combine.state import State
from prisma_combine.terminal import while_read
from prisma_combine.tree import Disk

_COLOURS = r"(?:\x1b\[[0-9;:]*m)*"


class Spot(NamedTuple):
    """A line of a source."""

    path: str
    """as the user can open it"""
    line: int
    """from 1"""
    exact: bool
    """False when the source lacks this line, as one of the two has been edited since"""


class Lines:
    """The lines of one combined file."""

    def __init__(self, now: State) -> None:
        text = lines_of(now.committed or b"")
        self._count = text.count("\n") + (text[-1:] not in ("", "\n"))
        self._places = places(text)
        self._lengths = [place.section.body.count("\n") for place in self._places]
        self._sources = {source.name: source for source in now.sources}
        self._followed: dict[int, list[tuple[int, bool]] | None] = {}

    def spot(self, line: int, shown: Callable[[str], str]) -> Spot | str:
        """The source line behind a line, from 1, or why there is none.

        `shown` turns a path relative to the root into one that the user can open.
        """
        if not 1 <= line <= self._count:
            return f"there is no such line; the file has {self._count}"
        index = bisect_right(self._places, line, key=lambda place: place.top) - 1
        if index < 0:
            return "this is above the first section, and comes from no source"
        place, length = self._places[index], self._lengths[index]
        source = self._sources.get(place.section.name)
        if source is None:
            name = place.section.name
            return f"this is in the section of {name}, which is no source of this file"
        if line < place.body or not length:
            return f"this is the header of the section of {shown(source.path)}"
        if line >= place.body + length:
            return f"this is the blank line after the section of {shown(source.path)}"
        if index not in self._followed:
            self._followed[index] = _followed(place.section.body, source.body)
        followed = self._followed[index]
        at = line - place.body
        now, exact = followed[at] if followed else (at, True)
        return Spot(shown(source.path), source.line + now, exact)


def _followed(old: str, new: str) -> list[tuple[int, bool]] | None:
    """Where each line of an old text, from 0, is in a new one; None where they are the same.

    Where it is gone that is the line in its place, and False says so; without git all are.
    """
    if old == new:
        return None
    last = max(new.count("\n") - 1, 0)
    count = old.count("\n")
    changes = diff(old.encode("utf-8", "surrogateescape"), new.encode(), "body", ())
    if changes is None:
        return [(min(line, last), False) for line in range(count)]
    found: list[tuple[int, bool]] = []
    here = 0
    for hunk in PatchSet(changes.text.decode("utf-8", "surrogateescape"))[0]:
        # Where a side has no line, its start is the line before.
        start = hunk.source_start - (hunk.source_length > 0)
        found += [(here + line, True) for line in range(start - len(found))]
        here = hunk.target_start - (hunk.target_length > 0)
        for line in hunk:
            if not line.is_added:
                found.append((here, True) if line.is_context else (min(here, last), False))
            here += not line.is_removed
    return found + [(here + line, True) for line in range(count - len(found))]


class Outputs:
    """The combined files of a configuration, by every path that means one of them."""

    def __init__(self, config: Config, shown: Callable[[str], str]) -> None:
        """`shown` turns a path relative to the root into one that the user can open."""
        self._config, self._shown = config, shown
        self._tree = Disk(config.root)
        self._lines: dict[Target, Lines] = {}
        self._named: dict[str, Target] = {}
        ends: dict[str, list[Target]] = {}
        for target in config.targets:
            path = os.path.join(config.root, target.output)
            for spelling in (path, self._tree.real(target.output), shown(target.output)):
                self._named[spelling.replace(os.sep, "/")] = target
            parts = target.output.split("/")
            for at in range(len(parts)):
                ends.setdefault("/".join(parts[at:]), []).append(target)
        for end, targets in ends.items():
            # Where this is some other file's path it means that file.
            if len(targets) == 1 and not os.path.lexists(end):
                self._named.setdefault(end, targets[0])
        paths = "|".join(map(re.escape, self._named)).replace("/", r"[/\\]")
        self._place = re.compile(
            rf"((?:^|[^\w./\\~@+-]|\x1b\[[0-9;:]*m)(?:\.[/\\])?)({paths})"
            rf"({_COLOURS}:{_COLOURS})([0-9]{{1,9}})(?![0-9])"
        )

    def spot(self, path: str, line: int) -> Spot | str:
        """The source line behind a line, from 1, of a combined file, or why there is none.

        Raises CombineError when the target can't be read.
        """
        spelling = os.path.normpath(path).replace(os.sep, "/")
        real = os.path.realpath(path)
        target = self._named.get(spelling) or self._named.get(real.replace(os.sep, "/"))
        if target is None:
            outputs = ", ".join(self._shown(one.output) for one in self._config.targets)
            return f"this is none of the combined files, which are: {outputs}"
        if target not in self._lines:
            self._lines[target] = Lines(state.of(self._config, target, self._tree))
        return self._lines[target].spot(line, self._shown)

    def replaced(self, text: str) -> str:
        """A text with each `path:line` of a combined file turned into its source's.

        Raises CombineError when a target can't be read.
        """
        return self._place.sub(self._replacement, text)

    def _replacement(self, found: re.Match[str]) -> str:
        before, path, between, line = found.groups()
        spot = self.spot(path.replace("\\", "/"), int(line))
        if isinstance(spot, str):
            return found[0]
        return f"{before.removesuffix('./')}{spot.path}{between}{spot.line}"


def copy_stdin(replaced: Callable[[str], str]) -> None:
    """Copies standard input to standard output, a line at a time, as `replaced` returns it.

    What can't be replaced is copied as it is, to the end; then the CombineError is raised.
    """
    # Either is None when the shell has closed it.
    if not sys.stdin or not sys.stdout:
        return
    if sys.stdin.isatty():
        raise CombineError(
            "neither FILE:LINE nor a pipe to read;"
            " run `npx prisma validate 2>&1 | prisma-combine locate`"
        )
    with while_read():
        copy(sys.stdin.buffer, sys.stdout.buffer, replaced)


def copy(lines: Iterable[bytes], out: BinaryIO, replaced: Callable[[str], str]) -> None:
    """Copies lines as they come, each as `replaced` returns it; bytes that are no text survive.

    After a CombineError from `replaced` it copies the rest as it is, then raises it.
    """
    failed: CombineError | None = None
    for line in lines:
        data = line
        if failed is None:
            try:
                text = replaced(line.decode("utf-8", "surrogateescape"))
                data = text.encode("utf-8", "surrogateescape")
            except CombineError as error:
                failed = error
        out.write(data)
        # The next line may be long in coming.
        out.flush()
    if failed:
        raise failed
