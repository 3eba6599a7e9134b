"""Follow combined files through the history: when they disagreed with their sources, and how."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from prisma_combine.actions import state as states
from prisma_combine.actions.state import Depth, State
from prisma_combine.compare.alignment import Hunk, align
from prisma_combine.compare.edits import Edit, edits
from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.compare.lines import LineNumbers
from prisma_combine.compare.surroundings import surroundings
from prisma_combine.compare.verdict import Status, Verdict, is_unmanaged, judge
from prisma_combine.config import load
from prisma_combine.config.load import Config
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.git import texts
from prisma_combine.git.process import GitError
from prisma_combine.repository.tracked import Tracked
from prisma_combine.repository.walk import Commit, Walk
from prisma_combine.schema.rules import CONFLICT
from prisma_combine.schema.source import lenient
from prisma_combine.setup import infer, layout
from prisma_combine.setup.past import Snapshot, is_source

_VERSIONS = 20
"""texts of a source that are known; also, former sources"""


class Outcome(StrEnum):
    """The fate of a hand edit."""

    CARRIED = "carried"
    """a source has it"""
    OVERWRITTEN = "overwritten"
    """lost in a commit that changed a source, too"""
    REVERTED = "reverted"
    """lost in a commit that changed the combined file alone"""
    OPEN = "open"
    """still there"""


@dataclass
class HandEdit:
    """A change made by hand in one section of a combined file."""

    source: str | None
    """the source's path; None for text outside all sections"""
    commit: Commit
    base: str = field(repr=False)
    body: str = field(repr=False)
    lines: Sequence[Edit] = ()
    outcome: Outcome = Outcome.OPEN
    end: Commit | None = None


class Since(NamedTuple):
    """A verdict on a combined file, and the commit it holds from."""

    status: Status
    commit: Commit


@dataclass
class Episode:
    """Commits in a row at which a combined file disagreed with its sources."""

    commit: Commit
    end: Commit | None = None
    """the one at which they agreed again"""
    commits: int = 0
    seconds: int = 0
    """how long it has lasted, at the last commit"""
    statuses: list[Since] = field(default_factory=list)
    sections: dict[str, Status] = field(default_factory=dict)
    """what was last true of those that disagreed, by the path of their source"""
    edits: list[HandEdit] = field(default_factory=list)


@dataclass
class Story:
    """The history of one combined file."""

    output: str
    directory: str = "."
    begin: Commit | None = None
    commits: int = 0
    """how many changed the combined file, its sources, or how it is combined"""
    disagreed: int = 0
    """at how many of them it disagreed with its sources"""
    reformatted: int = 0
    """at how many more it differed in formatting only"""
    episodes: list[Episode] = field(default_factory=list)


@dataclass
class Audit:
    """The histories of all combined files."""

    schemas: Sequence[Story]
    tip: Commit
    shallow: bool
    """whether the clone lacks the beginning"""
    complete: bool
    """False when it was interrupted"""

    @property
    def episodes(self) -> list[Episode]:
        """Those of all schemas, one schema after another."""
        return [episode for one in self.schemas for episode in one.episodes]


def audit(
    config: Config, revisions: str | None = None, progress: Callable[[float], None] = lambda _: None
) -> Audit:
    """Walk the commits of a revision or a range.

    `config` is for commits that have no configuration. `progress` gets the part of the time that
    has passed, from 0 to 1. An interrupt ends the walk early. Raises CombineError.
    """
    name = os.path.basename(config.path)
    followers: dict[str, _Follower] = {}
    first = own = None
    complete = True
    with Walk(config.root, revisions, name) as walk:
        try:
            for commit, changed in walk:
                first = first or commit
                if name in changed:
                    own = _configuration(walk, config, own)
                targets = {one.output: one for one in (own or config).targets}
                for output in targets.keys() - followers.keys():
                    followers[output] = _Follower(output, walk)
                for output, follower in followers.items():
                    if commit.id == walk.start:
                        follower.restart()
                    follower.follow(commit, changed, own or config, targets.get(output))
                progress((commit.time - first.time) / max(walk.tip.time - first.time, 1))
        except KeyboardInterrupt:
            complete = False
        if walk.start == "":
            followers.clear()
        stories = [one.story for _, one in sorted(followers.items()) if one.story.commits]
        if not stories and complete and not revisions:
            outputs = " and ".join(sorted(config.outputs))
            raise CombineError(
                f"{outputs}: not what its sources make at any commit; commit it once"
            )
        tip = walk.tip if complete or not first else commit
        found = Audit(stories, tip, walk.is_shallow, complete)
        for one in found.episodes:
            one.seconds = max((one.end or tip).time - one.commit.time, 0)
        return found


def _configuration(walk: Walk, today: Config, last: Config | None) -> Config | None:
    """Return a commit's own configuration, or the last one where it is invalid."""
    data = walk.read(os.path.basename(today.path))
    try:
        return None if data is None else load.of(lenient(data), today.path, today.root)
    except CombineError:
        return last


class _Committed(Tracked):
    """Git's view of a commit's files: it ignores none."""

    def __init__(self) -> None:
        self.is_known = False


class _Follower:
    """Follows one combined file from commit to commit."""

    def __init__(self, output: str, walk: Walk) -> None:
        self.story = Story(output)
        self._walk = walk
        self._target: Target | None = None
        """what the file was last generated with"""
        self._frame: Frame | None = None
        self._blobs: dict[str, str] = {}
        """the ids of its sources, in their order, and its own, by path"""
        self._text = ""
        self._bases: dict[str, str] = {}
        """what each section was last generated from"""
        self._known: dict[str, dict[str, None]] = {}
        """texts of each source, by path, the newest last"""
        self._full = not walk.is_shallow
        """whether it is known what the sections can have been generated from"""
        self._open: dict[str, HandEdit] = {}

    def restart(self) -> None:
        """Leave out what ended before now."""
        left = [one for one in self.story.episodes if not one.end]
        self.story = Story(self.story.output, episodes=left)
        for one in left:
            one.commits = 0

    def follow(
        self, commit: Commit, changed: frozenset[str], config: Config, target: Target | None
    ) -> None:
        """Go to a commit that changed some paths."""
        name = os.path.basename(config.path)
        known = [one for one in (target, self._target) if one]
        if target and not any(path == name or _concerns(known, path) for path in changed):
            return
        state = self._state(config, target, own=name in self._walk.names()) if target else None
        found = {path: self._walk.entry(path) for path in (state.paths if state else ())}
        blobs = {path: entry.blob for path, entry in found.items() if entry}
        moved = {path for path, _ in blobs.items() ^ self._blobs.items()}
        frame = state.frame if state else None
        if state is None:
            self._agree(commit, None, moved)
        elif frame != self._frame or [*blobs] != [*self._blobs] or moved:
            self._judge(commit, state, moved)
        self._frame, self._blobs = frame, blobs

    # The schema at a commit.

    def _state(self, config: Config, target: Target, *, own: bool) -> State | None:
        """Return the sources and the combined file; None until one has been made of the other."""
        now, last = self._read(config, target), None
        if own or (now and now.in_sync):
            return now
        if self._target and self._target != target:
            last = self._read(config, self._target)
            paths = [one.path for one in last.sources] if last else []
            more = [one.path for one in now.sources if one.path not in paths] if now else []
            if more and self._target.files:  # a list of then lacks what came later
                files = (*self._target.files, *map(self._target.name, more))
                last = self._read(config, self._target._replace(files=files))
            if last and last.in_sync:
                return last
        output = self._walk.entry(self.story.output)
        is_new = output and output.blob != self._blobs.get(self.story.output)
        # The team's script may have had another format, order or folder then.
        then = next(self._inferred(config, now or last), None) if is_new else None
        return then or ((last or now) if self._target else None)

    def _read(self, config: Config, target: Target) -> State | None:
        try:
            state = states.read(config, target, self._walk, _Committed(), Depth.NONE)
        except GitError:
            raise
        except CombineError:  # such as for a folder that was not there yet
            return None
        return state if state.sources and state.committed is not None else None

    def _inferred(self, config: Config, read: State | None) -> Iterator[State]:
        """Yield what the combined file can have been made of, with no text of unknown origin.

        `read` is what is known to be a part of it.
        """
        if read and any(infer.core(one.text) not in read.text for one in read.sources):
            return  # the usual case, a hand edit or a source that was not combined yet
        data = {path: self._walk.read(path) for path in self._walk.names() if is_source(path)}
        snapshot = Snapshot({path: lenient(text) for path, text in data.items() if text})
        wanted = {one.path for one in read.sources} if read else set()
        for target in layout.targets(snapshot, self.story.output):
            form, state = target.format, self._read(config, target)
            framing = infer.blocks(form.banner + form.header + form.separator + form.footer)
            # A comment added by hand looks like a header of its own, a model like a footer.
            if form.headers or not {keyword for keyword, _ in framing} <= infer.SETTINGS:
                continue
            if state and state.in_sync and wanted <= {one.path for one in state.sources}:
                yield state

    # Its verdict.

    def _judge(self, commit: Commit, state: State, moved: set[str]) -> None:
        self.story.begin = self.story.begin or commit
        self.story.directory = state.target.directory
        self.story.commits += 1
        if state.in_sync:
            self._full, self._target = True, state.target
            self._bases = {one.name: one.text for one in state.sources}
            self._agree(commit, state, moved)
        else:
            frame, verdict = self._verdict(state)
            self._bases |= {one.name: one.base for one in verdict.sections if one.base is not None}
            self._target = self._target or state.target
            self._edit(commit, state, frame, verdict, moved)
            if verdict.status is Status.REFORMATTED:
                self.story.reformatted += 1
                self._agree(commit, state, moved)
            else:
                self._disagree(commit, state.target, verdict)
        self._text = state.text
        for source in state.sources:
            known = self._known.pop(source.path, {})
            known.pop(source.text, None)
            self._known[source.path] = known | {source.text: None}
            if len(known) == _VERSIONS:
                del self._known[source.path][next(iter(known))]
        while len(self._known) > len(state.sources) + _VERSIONS:
            del self._known[next(iter(self._known))]

    def _verdict(self, state: State) -> tuple[Frame, Verdict]:
        """Judge in the format of now, or in the last one if that fits better."""
        text, last = state.text, self._target or state.target
        frames = [state.frame, Frame(last.format, last.directory)]
        if CONFLICT.search(text):
            return state.frame, Verdict(Status.CONFLICTED)
        if all(is_unmanaged(text, one, [s.name for s in state.sources]) for one in frames):
            return state.frame, Verdict(Status.UNMANAGED)
        found = []
        for frame in frames[: 1 + (frames[0] != frames[1])]:
            lineages = list(self._lineages(state, frame))
            before = surroundings(self._text, lineages, frame)
            around = surroundings(text, lineages, frame, before).otherwise(before)
            filled = frame.filled(around.banner or "", around.footer or "")
            alignment = align(text, lineages, filled, _hunks)
            faults = sum(one.known is None for one in alignment.places) + len(alignment.strays)
            found.append((faults, frame, lineages, alignment))
        _, frame, lineages, alignment = min(found, key=lambda one: one[0])
        bases = {name: frame.form.trimmed(body) for name, body in self._bases.items()}
        reframed = frame != state.frame
        return frame, judge(alignment, lineages, [bases], history=self._full, reframed=reframed)

    def _lineages(self, state: State, frame: Frame) -> Iterator[Lineage]:
        """Yield what is known of the sources, and of former ones that the file still holds."""
        present = {one.path: one for one in state.sources}
        taken: set[str] = set()
        for path in dict.fromkeys((*present, *self._known)):
            name = state.target.name(path)
            known = [*reversed(self._known.get(path, {})), self._bases.get(name)]
            # An empty text stands for the commit without the file.
            texts = [text for text in known if text is not None] or [""]
            bodies = tuple(dict.fromkeys(map(frame.form.trimmed, texts)))
            if path in present:
                now = frame.form.trimmed(present[path].text)
                taken.update((now, *bodies))
                yield Lineage(name, now, tuple(body for body in bodies if body != now))
            elif any(body.strip() and body in state.text for body in {*bodies} - taken):
                yield Lineage(name, None, bodies)

    # Episodes.

    def _agree(self, commit: Commit, state: State | None, moved: set[str]) -> None:
        self._close(self._open.keys(), commit, state, moved)
        if self.story.episodes:
            last = self.story.episodes[-1]
            last.end = last.end or commit

    def _disagree(self, commit: Commit, target: Target, verdict: Verdict) -> None:
        episode = self._episode(commit)
        episode.commits += 1
        self.story.disagreed += 1
        if not episode.statuses or episode.statuses[-1].status is not verdict.status:
            episode.statuses.append(Since(verdict.status, commit))
        for one in verdict.sections:
            if one.status not in (Status.IN_SYNC, Status.REFORMATTED):
                episode.sections[target.path(one.name)] = one.status

    def _episode(self, commit: Commit) -> Episode:
        if not self.story.episodes or self.story.episodes[-1].end:
            self.story.episodes.append(Episode(commit))
        return self.story.episodes[-1]

    def _edit(
        self, commit: Commit, state: State, frame: Frame, verdict: Verdict, moved: set[str]
    ) -> None:
        if verdict.status in (Status.CONFLICTED, Status.UNMANAGED):
            return  # nothing tells where the sections are
        now = dict(_edited(commit, state, verdict))
        self._close(self._open.keys() - now.keys(), commit, state, moved)
        if self.story.output not in moved:
            return
        found = edits(verdict, state.text, state.sources, frame.form, _hunks) if now else {}
        diverged = {one.name for one in verdict.sections if one.status is Status.DIVERGED}
        for name, edit in now.items():
            edit.lines = edit.lines or found.get(name, ())
            if old := self._open.get(name):
                old.lines, old.base, old.body = edit.lines, edit.base, edit.body
            # A script that ran between two changes of the source leaves the same as a hand.
            elif name not in diverged or edit.source not in moved:
                self._open[name] = edit
                self._episode(commit).edits.append(edit)

    def _close(
        self, names: Iterable[str], commit: Commit, state: State | None, moved: set[str]
    ) -> None:
        for name in list(names):
            edit = self._open.pop(name)
            edit.end = commit
            edit.outcome = Outcome.OVERWRITTEN
            if state and _is_carried(edit, state):
                edit.outcome = Outcome.CARRIED
            elif moved == {self.story.output}:
                edit.outcome = Outcome.REVERTED


def _concerns(targets: Sequence[Target], path: str) -> bool:
    """Return whether a path can be that of a source or of the combined file."""
    return any(
        path == one.output
        or one.directory == "."
        or path.startswith(f"{one.directory}/")
        or any(entry.startswith("../") for entry in one.files or ())
        for one in targets
    )


def _edited(commit: Commit, state: State, verdict: Verdict) -> Iterator[tuple[str, HandEdit]]:
    """Yield the sections that are edited by hand, and the text outside them."""
    texts = {one.name: one.text for one in state.sources}
    for one in verdict.sections:
        if one.status in (Status.HAND_EDITED, Status.DIVERGED):
            base = texts.get(one.name, "") if one.base is None else one.base
            body = one.place.body if one.place else ""
            yield one.name, HandEdit(state.target.path(one.name), commit, base, body)
    lines = LineNumbers(state.text)
    for stray in verdict.strays:
        if stray.where != "copy" and not stray.formatting:
            path = state.target.path(stray.name) if stray.name else None
            base, body = stray.expected, state.text[stray.start : stray.end]
            old, new = Counter(base.split("\n")), Counter(body.split("\n"))
            line = Edit(lines.at(stray.start), None, (new - old).total(), (old - new).total())
            yield f"{stray.where} {stray.name}", HandEdit(path, commit, base, body, [line])


def _is_carried(edit: HandEdit, state: State) -> bool:
    """Return whether a source has what was changed by hand."""
    body, (added, removed) = _lines(edit.body), _changed(edit)
    words = {line.split(" ")[0] for line in added}
    for source in state.sources:
        if source.path == edit.source:
            now = _lines(source.text)
            there = all(now[line] >= body[line] for line in added)
            gone = all(now[line] <= body[line] for line in removed)
        else:  # counting the lines of every source would take most of the time
            there = bool(words) and all(word in source.text for word in words)
            there, gone = there and added <= _lines(source.text), not removed
        if there and gone:
            return True
    return False


def _changed(edit: HandEdit) -> tuple[Counter[str], Counter[str]]:
    """Return the lines that were added by hand, and those that were removed."""
    base, body = _lines(edit.base), _lines(edit.body)
    return body - base, base - body


def _lines(text: str) -> Counter[str]:
    """Return how often each line is there, apart from its whitespace."""
    return Counter(" ".join(line.split()) for line in text.split("\n") if re.search(r"\w", line))


def _hunks(pairs: Sequence[tuple[str, str]]) -> Sequence[Sequence[Hunk]]:
    return texts.hunks(pairs) or []  # there is git, which has read the history
