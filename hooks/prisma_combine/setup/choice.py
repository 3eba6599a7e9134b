"""Choose among what a combined file may have been made from, by its history."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from posixpath import basename
from typing import NamedTuple

from prisma_combine.config.patterns import is_pattern
from prisma_combine.config.table import Target
from prisma_combine.setup import layout
from prisma_combine.setup.infer import blocks
from prisma_combine.setup.layout import is_below, is_copy
from prisma_combine.setup.past import Snapshot
from prisma_combine.setup.survey import Survey

_CANDIDATES = 24
_SAMPLES = 8
"""Commits at which all candidates are compared."""
_ATTEMPTS = 20
"""Commits at which a combined file that has drifted is tried."""


class Choice(NamedTuple):
    """A target whose combined file is, or was, what the sources make."""

    target: Target
    commit: str = ""
    """The newest commit at which it was; empty when it is now."""
    copies: tuple[str, ...] = ()
    """Other files that may have been made from the same sources."""


def choices(
    seen: Survey, past: list[Snapshot], likely: Iterable[str], directory: str | None
) -> list[Choice]:
    """Return targets for combined files, without copies and without what is a source of another."""

    def rank(one: Choice) -> tuple[bool, ...]:
        path = one.target.output
        unusual = basename(path) != "schema.prisma"
        return is_copy(path), path not in seen.told, one.commit > "", unusual

    now = seen.now
    found = [one for path in sorted(likely) if (one := _choice(now, past, path, directory))]
    kept: list[Choice] = []
    for one in sorted(found, key=rank):
        output = one.target.output
        own = {source.path for source in now.sources(one.target)}
        for index, other in enumerate(kept):
            theirs = {source.path for source in now.sources(other.target)}
            enough = 0 if is_copy(output) else len(own)
            if {other.target.output, output} & (own | theirs) or 2 * len(own & theirs) > enough:
                copies = other.copies if output in theirs else (*other.copies, output)
                kept[index] = other._replace(copies=copies)
                break
        else:
            kept.append(one)
    return kept


def _choice(now: Snapshot, past: list[Snapshot], output: str, named: str | None) -> Choice | None:
    """Return the target that makes a combined file, now or at the newest commit that has one."""
    found = layout.targets(now, output, named)
    snapshots = [one for one in past if output in one.texts]
    if found:
        target = _best(found, snapshots)
        then = _before_drift(now, snapshots, target)
        return _drifted(target, then, now) if then else Choice(target)
    runs = [list(run) for _, run in groupby(snapshots, lambda one: one.texts[output])]
    tried = [one for run in runs for one in run[:: max(1, len(run) - 1)]]
    for then in tried[: 0 if is_copy(output) else _ATTEMPTS]:
        if found := layout.targets(then, output, named):
            best = _drifted(_best(found, snapshots[snapshots.index(then) :]), then, now)
            if now.sources(best.target):
                return best
    return None


def _best(found: Sequence[Target], snapshots: Sequence[Snapshot]) -> Target:
    """Return the target that makes the most snapshots; of several the simplest."""
    some = snapshots[:: len(snapshots) // _SAMPLES + 1]
    return max(found[:_CANDIDATES], key=lambda target: sum(one.agrees(target) for one in some))


def _before_drift(now: Snapshot, snapshots: Sequence[Snapshot], target: Target) -> Snapshot | None:
    """Return the last snapshot before an exception that a target makes, if it is none in truth.

    A file that is left out may be a new source, if the combined file is as before. A header for a
    single source may be a person's, if more snapshots are without it than with it.
    """
    combined, known = now.texts[target.output], blocks(now.texts[target.output])
    for path, text in now.texts.items():
        own = blocks(text)
        if own and own.isdisjoint(known) and is_below(path, target.directory) and not is_copy(path):
            before = [one for one in snapshots if path not in one.texts][:1]
            if before and before[0].texts[target.output] == combined:
                return before[0]
    without = [one for one in snapshots if target.format.headers and one.agrees(_plain(target))]
    times = sum(one.agrees(target) for one in snapshots if without)
    return without[0] if len(without) > times else None


def _plain(target: Target) -> Target:
    return target._replace(format=target.format._replace(headers={}))


def _drifted(target: Target, then: Snapshot, now: Snapshot) -> Choice:
    """Return a choice that was right at an earlier commit, for the files that there are now.

    What was no source then is none now; new files are left for `check` to report.
    """
    target = target if then.agrees(target) else _plain(target)
    left = set(then.names(target.directory)) - {source.name for source in then.sources(target)}
    files = [e for e in target.files or () if is_pattern(e) or target.path(e) in now.texts]
    names = set(now.names(target.directory)) - left
    target = target._replace(files=tuple(files))
    return Choice(layout.excluding(now, target, names), then.commit)
