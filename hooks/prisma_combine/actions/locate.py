"""The source lines behind the lines of a combined file."""

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO, NamedTuple

from prisma_combine.actions import compare
from prisma_combine.actions.compare import Comparison
from prisma_combine.actions.state import Depth
from prisma_combine.compare.alignment import Hunk
from prisma_combine.compare.lines import LineNumbers
from prisma_combine.compare.verdict import Status
from prisma_combine.config.load import Config
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.repository.disk import Disk

_COLORS = r"(?:\x1b\[[0-9;:]*m)*"
_PATH_ALONE = re.compile(rf"^{_COLORS}(\S.*?){_COLORS}\s*$")
_LINE_BELOW = re.compile(rf"^(\s+{_COLORS})([0-9]{{1,9}})(:[0-9]+\b)")


class Spot(NamedTuple):
    """A line of a source."""

    path: str
    """as the user can open it"""
    line: int
    """from 1"""
    exact: bool
    """False when the source lacks this line, as one of the two has been edited since"""


class _Part(NamedTuple):
    """A section, by lines from 1."""

    top: int
    body: int
    end: int
    """the line after the last one of its body"""
    path: str
    """relative to the root"""
    source_line: int | None
    """where its text begins in the source; None when there is none any more"""
    hunks: Sequence[Hunk]
    """from what stands there to the source"""


class Lines:
    """The lines of one combined file."""

    def __init__(self, comparison: Comparison) -> None:
        state = comparison.state
        text = state.text
        self._count = text.count("\n") + (text[-1:] not in ("", "\n"))
        self._unlocated = comparison.verdict.status in (Status.UNMANAGED, Status.CONFLICTED)
        placed = [(one.name, one.place) for one in comparison.verdict.sections if one.place]
        sources = {one.name: one.text for one in state.sources}
        trimmed = comparison.form.trimmed
        pairs = [(place.body, trimmed(sources[name])) for name, place in placed if name in sources]
        changed = [pair for pair in pairs if pair[0] != pair[1]]
        found = dict(zip(changed, compare.hunks(changed), strict=True))
        self._parts: list[_Part] = []
        lines = LineNumbers(text)
        for name, place in placed:
            source = sources.get(name)
            now = None if source is None else trimmed(source)
            first = None
            if source is not None and now is not None:
                first = source.count("\n", 0, source.index(now)) + 1
            start = lines.at(place.start)
            last = lines.at(max(place.end - 1, place.start))
            self._parts.append(
                _Part(
                    lines.at(place.top),
                    start,
                    last + 1 if place.body else start,
                    state.target.path(name),
                    first,
                    found.get((place.body, now or ""), ()),
                )
            )
        self._parts.sort(key=lambda one: (one.top, one.end))

    def spot(self, line: int, shown: Callable[[str], str]) -> Spot | str:
        """Return the source line behind a line, from 1, or why there is none.

        `shown` turns a path relative to the root into one that the user can open.
        """
        if not 1 <= line <= self._count:
            return f"no such line; the file has {self._count}"
        if self._unlocated:
            return "not in a section; run `prisma-combine check` to see what is wrong with the file"
        index = bisect_right(self._parts, line, key=lambda one: one.top) - 1
        if index < 0:
            return "above the first section, in no source"
        part = self._parts[index]
        if part.source_line is None:
            return f"in the section of {shown(part.path)}, which isn't a source any more"
        if line < part.body:
            return f"in the header of {shown(part.path)}, in no source"
        if line >= part.end:
            return f"below the section of {shown(part.path)}, in no source"
        number, exact = _followed(line - part.body, part.hunks)
        return Spot(shown(part.path), part.source_line + number, exact)


def _followed(line: int, hunks: Sequence[Hunk]) -> tuple[int, bool]:
    """Return where a line, from 0, is in the source, and whether it is there unchanged."""
    shift = 0
    for old_start, old_count, new_start, new_count in hunks:
        if line < old_start:
            break
        if line < old_start + old_count:
            return new_start + min(line - old_start, max(new_count - 1, 0)), False
        shift = new_start + new_count - old_start - old_count
    return line + shift, True


class Outputs:
    """The combined files of a configuration, by every path that names one of them."""

    def __init__(self, config: Config, shown: Callable[[str], str]) -> None:
        """`shown` turns a path relative to the root into one that the user can open."""
        self._config, self._shown = config, shown
        self._tree = Disk(config.root)
        self._lines: dict[str, Lines] = {}
        self._above: str | None = None
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
            rf"({_COLORS}:{_COLORS})([0-9]{{1,9}})(?![0-9])"
        )

    def spot(self, path: str, line: int) -> Spot | str:
        """Return the source line behind a line, from 1, of a combined file, or why there is none.

        Raises CombineError when the schema can't be read.
        """
        target = self._target(path)
        if target is None:
            outputs = ", ".join(self._shown(one.output) for one in self._config.targets)
            return f"not a combined file; the combined files are: {outputs}"
        if target.output not in self._lines:
            compared = compare.compare(
                self._config, [target], self._tree, depth=Depth.NONE, tracking=False, label=None
            )
            compare.raise_errors(compared)
            self._lines[target.output] = Lines(compared.comparisons[0])
        return self._lines[target.output].spot(line, self._shown)

    def replaced(self, text: str) -> str:
        """Return a line with each `path:line` of a combined file turned into its source's.

        Some linters print the path on a line of its own and `line:column` below it: these get the
        source's place in front. Raises CombineError when a schema can't be read.
        """
        below = _LINE_BELOW.match(text) if self._above else None
        if below and self._above:
            spot = self.spot(self._above, int(below[2]))
            if isinstance(spot, Spot):
                return f"{below[1]}{spot.path}:{spot.line}{below[3]}{text[below.end() :]}"
            return text
        alone = _PATH_ALONE.match(text)
        if alone:
            self._above = alone[1] if self._spelled(alone[1]) else None
        return self._place.sub(self._replacement, text)

    def _target(self, path: str) -> Target | None:
        return self._spelled(path) or self._spelled(os.path.realpath(path))

    def _spelled(self, path: str) -> Target | None:
        return self._named.get(os.path.normpath(path).replace(os.sep, "/"))

    def _replacement(self, found: re.Match[str]) -> str:
        before, path, between, line = found.groups()
        spot = self.spot(path.replace("\\", "/"), int(line))
        if isinstance(spot, str):
            return found[0]
        return f"{before.removesuffix('./')}{spot.path}{between}{spot.line}"


def copy(lines: Iterable[bytes], out: BinaryIO, replaced: Callable[[str], str]) -> None:
    """Copy lines as they come, each as `replaced` returns it; bytes that are not UTF-8 survive.

    After a CombineError from `replaced`, copy the rest as it is, then raise it.
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
        # The next line may take a while.
        out.flush()
    if failed:
        raise failed
