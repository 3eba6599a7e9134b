"""Compares each target with what it should be, and rewrites it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from prisma_combine import files, git, listing, source, temporary
from prisma_combine.combined import lines_of
from prisma_combine.config import Config
from prisma_combine.diff import Diff, Edit, diff
from prisma_combine.errors import CombineError
from prisma_combine.rules import Finding
from prisma_combine.state import State
from prisma_combine.state import of as read_state
from prisma_combine.tree import Disk
from prisma_combine.verdict import Status, Verdict, judge

# In these the committed file may hold text that stands nowhere else.
LOSING = {Status.HAND_EDITED, Status.DIVERGED, Status.CONFLICTED, Status.UNMANAGED}
_NO_SECTIONS = {Status.MISSING, Status.UNMANAGED}


class Report(NamedTuple):
    """What is to be said of one target."""

    state: State
    verdict: Verdict
    findings: list[Finding]
    diff: Diff | None
    """None where git is not installed"""

    @property
    def fixable(self) -> bool:
        """Whether a rewrite would mend something."""
        return self.verdict.status not in (Status.IN_SYNC, Status.INVALID)

    @property
    def differing(self) -> list[str]:
        """The paths of the combined file and of the sources with which it is not in sync."""
        target = self.state.target
        sections = [] if self.verdict.status in _NO_SECTIONS else self.verdict.sections
        return [target.output] + [
            target.path(section.name)
            for section in sections
            if section.status not in (Status.IN_SYNC, Status.REFORMATTED, Status.REMOVED)
        ]

    @property
    def edits(self) -> dict[str, list[Edit]]:
        """What the diff changes, by section."""
        edits: dict[str, list[Edit]] = {}
        for edit in self.diff.edits if self.diff else ():
            edits.setdefault(edit.section, []).append(edit)
        return edits

    @property
    def passes(self) -> bool:
        """Whether there is nothing to mend."""
        return self.verdict.status is Status.IN_SYNC and not self.findings


def verdict(state: State) -> Verdict:
    """The verdict on a target."""
    if state.findings:
        return Verdict(Status.INVALID, ())
    return judge(_text(state.committed), state.target.directory, state.sections)


def report(state: State, untracked: Sequence[Finding], label: str) -> Report:
    """All there is to say of a target; `label` is its path in the diff.

    Raises CombineError when git fails.
    """
    judged = verdict(state)
    report = Report(state, judged, [*state.findings, *untracked], Diff(b"", []))
    if not report.fixable:
        return report
    changes = diff(state.committed, state.regenerated, label, state.sources)
    return report._replace(diff=changes)


def untracked(config: Config, states: Sequence[State]) -> list[list[Finding]]:
    """For each target the sources, and the combined file, that CI will not see.

    Raises CombineError when git fails.
    """
    with git.Tracked(config.root, listing.paths(config)) as tracked:
        lacking = set(tracked.lacks(path for state in states for path in _paths(state)))
    return [
        [
            Finding(
                "untracked",
                path,
                1,
                "git does not track it, so it passes here and fails in CI; `git add` it",
            )
            for path in _paths(state)
            if path in lacking
            and not (path == state.target.output and git.ignores(config.root, path))
        ]
        for state in states
    ]


def is_in_sync_on_disk(config: Config, state: State) -> bool:
    """Whether a target that was read from the index is in sync on the disk."""
    there = read_state(config, state.target, Disk(config.root))
    return not there.findings and verdict(there).status is Status.IN_SYNC


def unstaged(config: Config, state: State) -> list[str]:
    """The sources of a state read from the index that are otherwise on the disk."""
    disk = Disk(config.root)
    return [
        one.path
        for one in state.sources
        if (data := disk.read(one.path)) is not None
        and source.trim(lines_of(data).removeprefix("\ufeff"))[0] != one.body
    ]


def tidy(config: Config, states: Iterable[State]) -> None:
    """Removes what killed runs left beside the sources and the combined files."""
    disk = Disk(config.root)
    paths = (path for one in states for path in (one.target.output, *_source_paths(one)))
    temporary.sweep(config.root, map(disk.real, paths))


def rewrite(
    config: Config, judged: Sequence[tuple[State, Verdict]], *, staged: bool = False
) -> dict[str, str | None]:
    """Writes combined files; for each output the blob that keeps its old text, if any was due.

    Old text is kept where some of it may stand nowhere else and there is a git repository.
    `staged` says that the states are those of the index. Raises CombineError, with no file
    written, when one can't be kept or written, or is not as it was read.
    """
    disk = Disk(config.root)
    kept: dict[str, str | None] = {}
    new: dict[str, bytes] = {}
    seen: dict[str, bytes | None] = {}
    for state, verdict in judged:
        output = state.target.output
        present = disk.read(output)
        text = state._replace(committed=present).regenerated
        if _text(present) not in (_text(state.committed), _text(text)):
            why = "has changes that are not staged; `git add` or `git restore` it first"
            raise CombineError(f"{output}: {why if staged else 'has just changed; run this again'}")
        losing = present not in (None, text) and verdict.status in LOSING
        kept[output] = git.store(config.root, present or b"") if losing else None
        new[disk.real(output)], seen[disk.real(output)] = text, present
    files.write(config.root, new, seen)
    return kept


def _text(data: bytes | None) -> str | None:
    return None if data is None else lines_of(data)


def _paths(state: State) -> list[str]:
    output = [] if state.committed is None else [state.target.output]
    return _source_paths(state) + output


def _source_paths(state: State) -> list[str]:
    return [one.path for one in state.sources]
