"""Compares each combined file with what its sources make."""

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from prisma_combine.actions import state as states
from prisma_combine.actions.state import Depth, State
from prisma_combine.compare.alignment import Alignment, Hunk, Place, align
from prisma_combine.compare.edits import Edit, edits
from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.compare.lines import LineNumbers
from prisma_combine.compare.surroundings import NOTHING, Surroundings, surroundings
from prisma_combine.compare.verdict import (
    SectionVerdict,
    Status,
    Verdict,
    is_unmanaged,
    judge,
)
from prisma_combine.config import load
from prisma_combine.config.load import Config
from prisma_combine.config.patterns import is_pattern
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.files import reading
from prisma_combine.git import objects, texts
from prisma_combine.git.process import GitError
from prisma_combine.repository import history, listing, record
from prisma_combine.repository.disk import Disk
from prisma_combine.repository.history import History, Log
from prisma_combine.repository.tracked import Tracked
from prisma_combine.repository.tree import Tree
from prisma_combine.schema import rules
from prisma_combine.schema.format import Format, Join, encoded, newline
from prisma_combine.schema.rules import CONFLICT, Finding
from prisma_combine.schema.source import lenient

_OUTPUTS = 10
"""earlier texts of a combined file that are read to find out what it was generated from"""
LOSING = frozenset(
    {
        Status.HAND_EDITED,
        Status.DIVERGED,
        Status.DIFFERS,
        Status.CONFLICTED,
        Status.UNMANAGED,
    }
)
"""verdicts with which the combined file may hold text that stands nowhere else"""


_Label = Callable[[str], str] | None


class Comparison(NamedTuple):
    """The verdict on one schema, and everything that goes with it."""

    state: State
    verdict: Verdict
    untracked: tuple[Finding, ...] = ()
    edits: Mapping[str, Sequence[Edit]] = {}
    regenerated: bytes | None = None
    """what the combined file should hold; None when that can't be told"""
    diff: bytes | None = b""
    """from the committed to the regenerated text; None without git"""
    found_in: Format | None = None
    """the format that the sections were found in, which may be that of an earlier configuration"""
    trackable: bool = True
    """False for a combined file that git ignores"""

    @property
    def target(self) -> Target:
        """The schema's configuration."""
        return self.state.target

    @property
    def form(self) -> Format:
        """The format of the combined file as it is."""
        return self.found_in or self.target.format

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every mistake in the sources, untracked files included."""
        return (*self.state.findings, *self.untracked)

    @property
    def fixable(self) -> bool:
        """True if writing the combined file would change it."""
        return self.verdict.status not in (Status.IN_SYNC, Status.INVALID)

    @property
    def passes(self) -> bool:
        """True if there is nothing to do."""
        return self.verdict.status is Status.IN_SYNC and not self.findings


class Compared(NamedTuple):
    """The verdicts on several schemas."""

    comparisons: tuple[Comparison, ...]
    errors: tuple[str, ...]
    """why other schemas could not be compared"""
    blind: str | None
    """why git could not tell what it tracks and what there was before"""


def raise_errors(compared: Compared) -> None:
    """Raise CombineError when a schema could not be compared."""
    if compared.errors:
        raise CombineError("\n".join(compared.errors))


def compare(
    config: Config,
    targets: Sequence[Target],
    tree: Tree,
    *,
    depth: Depth = Depth.NEEDED,
    tracking: bool = True,
    label: Callable[[str], str] | None = str,
) -> Compared:
    """Compare schemas as they are in a tree.

    `tracking` looks for untracked files. `label` turns the combined file's path into the one in
    the diff; without it there are no diffs and no counts of edits.
    """
    return _Comparer(config, tree, depth, tracking=tracking, label=label).compared(targets)


class _Comparer:
    """Reads what several schemas share once, and only when one of them needs it."""

    def __init__(
        self, config: Config, tree: Tree, depth: Depth, *, tracking: bool, label: _Label
    ) -> None:
        self._config, self._tree, self._depth = config, tree, depth
        self._tracking, self._label = tracking, label
        self._log: Log | None = None
        self._history: History | None = None
        self._blind: str | None = None
        self._staged: Mapping[str, str] = {}

    def compared(self, targets: Sequence[Target]) -> Compared:
        comparisons, errors = [], []
        with self._tracked() as tracked:
            found = []
            for target in targets:
                try:
                    state = states.read(self._config, target, self._tree, tracked, self._depth)
                    if self._tracking and isinstance(self._tree, Disk):
                        _refuse_unseen(self._config, state, tracked)
                except GitError:
                    raise
                except CombineError as error:
                    errors.append(str(error))
                    continue
                found.append(state)
                if not state.in_sync and not state.findings and self._log is None:
                    self._log = self._started()
            self._staged = tracked.blobs(one.path for state in found for one in state.sources)
            for state in found:
                comparison = self._comparison(state)
                if self._tracking:
                    comparison = comparison._replace(
                        untracked=tuple(_untracked(state, tracked)),
                        trackable=state.target.output not in tracked.ignored([state.target.output]),
                    )
                comparisons.append(comparison)
        return Compared(tuple(comparisons), tuple(errors), self._blind)

    def _started(self) -> Log | None:
        """Start reading the history of all schemas."""
        config = self._config
        folders = sorted({one.directory for one in config.targets})
        literal = {
            target.path(name)
            for target in config.targets
            for name in target.files or ()
            if not is_pattern(name)
        }
        name = os.path.basename(config.path)
        try:
            return Log(config.root, name, folders, sorted(literal), sorted(config.outputs))
        except GitError as error:
            self._blind = str(error)
            return None

    def _tracked(self) -> Tracked:
        tracked = Tracked(self._config.root, listing.paths(self._config))
        try:
            tracked.lacks([""])  # git may fail only now
        except GitError as error:
            self._blind = str(error)
            tracked.forget()
        return tracked

    def _comparison(self, state: State) -> Comparison:
        if state.findings:
            return Comparison(state, Verdict(Status.INVALID))
        if state.in_sync:
            verdict = Verdict(Status.IN_SYNC, tuple(_generated_sections(state)))
            return Comparison(state, verdict, regenerated=state.committed)
        return _Schema(self._config, state, self._read_history(), self._label).comparison()

    def _read_history(self) -> History:
        if self._history is None:
            self._history = history.NOTHING
            if self._log is not None:
                try:
                    with self._log:
                        self._history = self._log.read(self._staged)
                except GitError as error:
                    self._blind = str(error)
        return self._history


class _Schema:
    """One schema that is not in sync, with its history."""

    def __init__(self, config: Config, state: State, known: History, label: _Label) -> None:
        self._config, self._state, self._history = config, state, known
        self._label = label
        self._recorded = record.read(config.root, state.target.output)

    def comparison(self) -> Comparison:
        state = self._state
        text = state.text
        if state.committed is None:
            return self._whole(Status.MISSING)
        if CONFLICT.search(text):
            return self._whole(Status.CONFLICTED)
        if self._is_unmanaged(text):
            return self._whole(Status.UNMANAGED)
        frame, lineages, alignment = self._aligned(text)
        made = self._made()
        regenerated = self._encoded(made)
        changes = self._started(regenerated)
        known = bool(self._recorded) or (self._history.commits and not self._history.shallow)
        verdict = judge(
            alignment,
            lineages,
            self._generated(frame, lineages),
            history=known,
            reframed=frame != state.frame,
        )
        found = edits(verdict, text, state.sources, frame.form, hunks) if self._label else {}
        return Comparison(
            state,
            verdict,
            edits=found,
            regenerated=regenerated,
            diff=self._labelled(changes, alignment.places, made),
            found_in=frame.form,
        )

    def _whole(self, status: Status) -> Comparison:
        """Judge a combined file that has no sections to speak of."""
        state = self._state
        made = self._made()
        regenerated = self._encoded(made)
        changes = self._started(regenerated)
        sections = tuple(
            SectionVerdict(one.name, Status.ADDED, None, None) for one in state.join.sections
        )
        verdict = Verdict(status, () if status is Status.CONFLICTED else sections)
        diff = self._labelled(changes, (), made)
        return Comparison(state, verdict, regenerated=regenerated, diff=diff)

    # Versions of the sources.

    @cached_property
    def _today(self) -> list[Lineage]:
        return self._lineages(self._state.frame)

    def _lineages(self, frame: Frame) -> list[Lineage]:
        target, form = self._state.target, frame.form
        versions = self._history.versions
        present = {one.path for one in self._state.sources}
        lineages = []
        for one in self._state.sources:
            earlier = self._bodies(one.path, frame)
            if self._history.commits and one.path not in self._history.head:
                earlier.append("")
            now = form.trimmed(one.text)
            written = self._recorded.get(one.path)
            written = None if written is None else form.trimmed(written)
            lineages.append(Lineage(one.name, now, _distinct(earlier, now), written))
        once = [target, *self._earlier_targets]
        for path in dict.fromkeys((*versions, *self._recorded)):
            if path in present or path in self._config.outputs:
                continue
            if path in self._recorded or any(listing.is_chosen(one, path) for one in once):
                name = target.name(path)
                lineages.append(Lineage(name, None, _distinct(self._bodies(path, frame), None)))
        return lineages

    def _bodies(self, path: str, frame: Frame) -> list[str]:
        """Return the known bodies of a source but today's, newest first."""
        bodies = []
        if path in self._recorded:
            bodies.append(frame.form.trimmed(self._recorded[path]))
        for data in self._history.versions.get(path, ()):
            with suppress(UnicodeEncodeError):  # a version that was not UTF-8 was never combined
                text = lenient(data)
                text.encode()
                bodies.append(frame.form.trimmed(text))
        return bodies

    def _is_unmanaged(self, text: str) -> bool:
        """Return whether a text has nothing of today's format or of an earlier one."""
        names = [one.name for one in self._today if one.now]
        frames = chain([self._state.frame], self._earlier_frames())
        return all(is_unmanaged(text, frame, names) for frame in frames)

    def _aligned(self, text: str) -> tuple[Frame, Sequence[Lineage], Alignment]:
        """Align in today's format, or in an earlier one that fits better."""
        best = self._aligned_in(self._state.frame, self._today, text)
        if _faults(best[2]):
            frames = self._earlier_frames()
            others = (self._aligned_in(frame, self._lineages(frame), text) for frame in frames)
            best = min([best, *others], key=lambda one: _faults(one[2]))
        return best

    def _aligned_in(
        self, frame: Frame, lineages: Sequence[Lineage], text: str
    ) -> tuple[Frame, Sequence[Lineage], Alignment]:
        found = self._surroundings(frame, lineages)
        filled = frame.filled(found.banner or "", found.footer or "")
        return frame, lineages, align(text, lineages, filled, hunks)

    def _earlier_frames(self) -> Iterator[Frame]:
        seen = {_key(self._state.frame)}
        for target in self._earlier_targets:
            frame = Frame(target.format, target.directory)
            if _key(frame) not in seen:
                seen.add(_key(frame))
                yield frame

    @cached_property
    def _earlier_targets(self) -> list[Target]:
        """The schema in earlier configurations, newest first."""
        found = []
        for data in self._history.configurations:
            with suppress(CombineError):
                earlier = load.of(lenient(data), self._config.path, self._config.root)
                output = self._state.target.output
                found += [one for one in earlier.targets if one.output == output]
        return found

    def _outputs(self) -> Iterator[str]:
        """Yield earlier texts of the combined file, newest first, read as they are needed."""
        ids = self._history.outputs.get(self._state.target.output, ())
        for few in (ids[:1], ids[1:_OUTPUTS]):
            found = objects.read(self._config.root, few) if few else {}
            yield from (lenient(found[one]) for one in few if one in found)

    def _generated(self, frame: Frame, lineages: Sequence[Lineage]) -> Iterator[Mapping[str, str]]:
        """Yield the known bodies in earlier combined files, newest first."""
        for output in self._outputs():
            if output != self._state.text:
                found = surroundings(output, lineages, frame)
                filled = frame.filled(found.banner or "", found.footer or "")
                aligned = align(output, lineages, filled, _all_changed)
                yield {one.name: one.known or "" for one in aligned.places}

    # The regenerated text.

    def _surroundings(self, frame: Frame, lineages: Sequence[Lineage]) -> Surroundings:
        """Return banner and footer as they are in the file, or else were in an earlier one."""
        if not frame.form.has_wildcards:
            return Surroundings(frame.banner, frame.form.footer)
        before = NOTHING
        for output in self._outputs():
            before = before.otherwise(surroundings(output, lineages, frame))
            if None not in before:
                break
        if frame != self._state.frame:
            return before  # what was added to it would be lost in today's format
        text = "" if CONFLICT.search(self._state.text) else self._state.text
        return surroundings(text, lineages, frame, before).otherwise(before)

    def _made(self) -> Join | None:
        """Return what the combined file should hold; None when a wildcard's text is lost."""
        banner, footer = self._surroundings(self._state.frame, self._today)
        if banner is None or footer is None:
            return None
        return self._state.join._replace(banner=banner, footer=footer)

    def _encoded(self, made: Join | None) -> bytes | None:
        return None if made is None else encoded(made.text(), newline(self._state.committed or b""))

    # The diff.

    def _started(self, regenerated: bytes | None) -> texts.Unified | None:
        if regenerated is None or self._label is None:
            return None
        return texts.Unified(self._state.committed or b"", regenerated)

    def _labelled(
        self, changes: texts.Unified | None, places: Sequence[Place], made: Join | None
    ) -> bytes | None:
        if changes is None or made is None or self._label is None:
            return b""
        with changes:
            diff = changes.result()
        if not diff:
            return diff
        start = diff.index(b"\n@@") + 1
        lines = LineNumbers(self._state.text)
        old_lines = [(lines.at(one.top), one.name) for one in places]
        output = self._label(self._state.target.output).encode()
        old = b"a/" + output + b"\tcommitted" if self._state.committed is not None else b"/dev/null"
        head = b"--- %s\n+++ b/%s\tgenerated\n" % (old, output)
        return head + _named(diff[start:], (old_lines, _generated_lines(made)))


_ByLine = Sequence[tuple[int, str]]
"""the first line of each section, from 1"""
_HUNK = re.compile(
    rb"^(@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@)[^\n]*\n((?: [^\n]*\n){0,3})(?=(.))", re.MULTILINE
)


def _named(hunks: bytes, lines: tuple[_ByLine, _ByLine]) -> bytes:
    """Name in each hunk's header the section of its first changed line."""

    def header(found: re.Match[bytes]) -> bytes:
        context = found[4].count(b"\n")
        old, new = int(found[2]) + context, int(found[3]) + context
        name = _section_at(lines[0], old) if found[5] == b"-" else ""
        name = name or _section_at(lines[1], new)
        label = b" " + name.encode("utf-8", "surrogateescape") if name else b""
        return found[1] + label + b"\n" + found[4]

    return _HUNK.sub(header, hunks)


def _section_at(lines: _ByLine, line: int) -> str:
    index = bisect_right(lines, line, key=lambda one: one[0])
    return lines[index - 1][1] if index else ""


def _generated_lines(parts: Join) -> list[tuple[int, str]]:
    line = parts.banner.count("\n") + 1
    lines = []
    for one in parts.sections:
        lines.append((line, one.name))
        line += (one.header + one.body + parts.separator).count("\n")
    return lines


def _generated_sections(state: State) -> Iterator[SectionVerdict]:
    """Yield the sections of a combined file that is in sync."""
    parts, text = state.join, state.text
    at = text.index(parts.middle) if state.target.format.has_wildcards else len(parts.banner)
    for one in parts.sections:
        start = at + len(one.header)
        end = start + len(one.body)
        top = start - len(one.header.lstrip("\n"))
        place = Place(one.name, top, start, end, one.body, one.body)
        yield SectionVerdict(one.name, Status.IN_SYNC, place, one.body)
        at = end + len(parts.separator)


def hunks(pairs: Sequence[tuple[str, str]]) -> Sequence[Sequence[Hunk]]:
    """Return the differing lines of each pair of texts."""
    found = texts.hunks(pairs)
    return _all_changed(pairs) if found is None else found


def _all_changed(pairs: Sequence[tuple[str, str]]) -> Sequence[Sequence[Hunk]]:
    """Return what is known without git."""
    return [[(0, old.count("\n") + 1, 0, new.count("\n") + 1)] for old, new in pairs]


def _faults(alignment: Alignment) -> int:
    return sum(one.known is None for one in alignment.places) + len(alignment.strays)


def _key(frame: Frame) -> tuple[object, ...]:
    form = frame.form._replace(headers={})
    return (repr(form), tuple(sorted(frame.form.headers.items())), frame.directory)


def _distinct(bodies: Iterable[str], now: str | None) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(bodies) if one != now)


def _refuse_unseen(config: Config, state: State, tracked: Tracked) -> None:
    """Refuse sources with changes that no commit will have, though the combined file's will be."""
    output = state.target.output
    unseen = tracked.unseen([*(one.path for one in state.sources), output])
    if not unseen or (state.in_sync and output in unseen):
        return
    blobs = tracked.blobs(unseen)
    staged = objects.read(config.root, blobs.values())
    for one in state.sources:
        data = staged.get(blobs.get(one.path, ""))
        if data is not None and lenient(data) != one.text:
            where, why = reading.shown(one.path, config.root), unseen[one.path]
            raise CombineError(
                f"{where}: git is told to overlook its changes ({why}), so no commit will have"
                f" them; run `git update-index --no-{why} {reading.typed(where)}`"
            )


def _untracked(state: State, tracked: Tracked) -> Iterator[Finding]:
    output = state.target.output
    for path in tracked.lacks(state.paths):
        if path != output or not tracked.ignored([output]):
            yield rules.untracked(path, is_output=path == output)
