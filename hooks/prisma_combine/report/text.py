"""The report for people."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence

from prisma_combine.check import LOSING, Report
from prisma_combine.diff import Edit
from prisma_combine.report.visible import visible
from prisma_combine.rules import Finding
from prisma_combine.state import State
from prisma_combine.verdict import SectionVerdict, Status, Verdict

_TARGET = {
    Status.IN_SYNC: "in sync",
    Status.MISSING: "missing",
    Status.STALE: "stale",
    Status.HAND_EDITED: "edited by hand",
    Status.DIVERGED: "edited by hand, and stale",
    Status.REFORMATTED: "reformatted: only its layout differs",
    Status.CONFLICTED: "holds merge conflict markers",
    Status.UNMANAGED: "not written by prisma-combine",
    Status.INVALID: "can't be combined",
}
_SECTION = {
    Status.IN_SYNC: "in sync with {}",
    Status.STALE: "changed in {}",
    Status.HAND_EDITED: "belongs in {}",
    Status.DIVERGED: "belongs in {}, which has changed too",
    Status.REFORMATTED: "layout of {}",
    Status.ADDED: "new: {}",
    Status.REMOVED: "not a source any more: {}",
    Status.MOVED: "moved: {}",
}
_LOST = {
    Status.HAND_EDITED: "edited by hand",
    Status.DIVERGED: "edited by hand",
    Status.CONFLICTED: "in conflict",
    Status.UNMANAGED: "not written by prisma-combine",
}
EDITED = {Status.HAND_EDITED, Status.DIVERGED}

Shown = Callable[[str], str]
"""turns a path relative to the root into one that the user can open"""
Command = Callable[[str], str]
"""turns words, `check --fix`, into a command line"""


def report(
    report: Report, shown: Shown, command: Command | None, *, verbose: bool = False
) -> Iterator[str]:
    """What a target's report says; without `command` it names no way to mend it.

    `verbose` names the sections that are in sync, too.
    """
    yield f"{shown(report.state.target.output)}: {words(report)}"
    for found in report.findings:
        yield f"  {finding(found, shown)}"
    yield from _sections(report, shown, verbose=verbose)
    if report.diff is None:
        yield "there is no diff, because git is not installed"
    if command is None or not report.fixable:
        return
    ways = remedies(report, command)
    yield from ["      ".join(ways)] if len("".join(ways)) < 100 else ways


def words(report: Report) -> str:
    """The status of a target in words."""
    status = report.verdict.status
    untracked = status is Status.IN_SYNC and report.findings
    return f"{_TARGET[status]}, but not all of it is tracked" if untracked else _TARGET[status]


def remedies(report: Report, command: Command) -> list[str]:
    """What can be done about a combined file that is not in sync."""
    fix = command("check --fix")
    if any(section.status in EDITED for section in report.verdict.sections):
        return [f"keep it: {command('adopt')}", f"discard it: {fix}"]
    return [f"mend it: {fix}"]


def unstaged(paths: Iterable[str], shown: Shown) -> Iterator[str]:
    """Sources whose changes the commit will not hold."""
    for path in paths:
        yield f"not staged: {shown(path)} has changes; if they belong here, `git add` it first"


def count(reports: Sequence[Report]) -> Iterator[str]:
    """How many targets pass, where there are several."""
    if len(reports) > 1:
        passing = sum(report.passes for report in reports)
        yield f"{passing} of {len(reports)} schemas in sync"


def rewritten(
    output: str, verdict: Verdict, blob: str | None, shown: Shown, command: Command
) -> Iterator[str]:
    """What became of a combined file, and where text went that a rewrite replaced."""
    if verdict.status is Status.IN_SYNC:
        yield f"{shown(output)}: up to date"
        return
    yield f"{shown(output)}: written"
    if verdict.status not in LOSING:
        return
    edited = [section.name for section in verdict.sections if section.status in EDITED]
    where = f" in {', '.join(edited)}" if edited else ""
    yield f"  it replaced a file that was {_LOST[verdict.status]}{where}"
    if blob is None:
        yield "  the old text is not kept, because there is no git repository"
        return
    show = f"git cat-file -p {blob}"
    yield f"  the old text is kept; show it: {show}"
    if edited:
        path = shlex.quote(shown(output))
        yield f"  carry the edit into the sources: {show} > {path} && {command('adopt')}"


def add(words: str, paths: Iterable[str], shown: Shown) -> Iterator[str]:
    """The command that stages some paths."""
    yield f"{words}: git add {' '.join(shlex.quote(shown(path)) for path in paths)}"


def faulty(state: State, shown: Shown) -> Iterator[str]:
    """Why a command leaves a target alone; nothing where it need not."""
    if state.findings:
        yield f"{shown(state.target.output)}: can't be combined; mend the sources first"
    yield from (f"  {finding(found, shown)}" for found in state.findings)


def finding(finding: Finding, shown: Shown) -> str:
    """`path:line: rule: message`."""
    return f"{shown(finding.path)}:{finding.line}: {finding.rule}: {finding.message}"


def parts(report: Report, *, verbose: bool = False) -> Iterator[tuple[SectionVerdict, Edit | None]]:
    """The sections that differ, once for each of their edits, or once where they have none.

    `verbose` gives those in sync, too.
    """
    if report.verdict.status in (Status.MISSING, Status.UNMANAGED):
        return
    edits = report.edits
    for section in report.verdict.sections:
        if section.status is Status.MOVED:
            yield section, None
        elif verbose or section.status is not Status.IN_SYNC:
            own: Sequence[Edit | None] = edits.get(section.name) or [None]
            yield from ((section, edit) for edit in own)


def where(report: Report, section: SectionVerdict, edit: Edit | None, shown: Shown) -> str:
    """What a section's status means for its source, and the place there."""
    path = shown(report.state.target.path(section.name))
    line = f":{edit.source_line}" if edit and edit.source_line else ""
    return _SECTION[section.status].format(path + line)


def _sections(report: Report, shown: Shown, *, verbose: bool) -> Iterator[str]:
    rows = [
        (
            visible(section.name),
            f"+{edit.added} -{edit.removed}" if edit else "",
            where(report, section, edit, shown),
        )
        for section, edit in parts(report, verbose=verbose)
    ]
    names = max((len(name) for name, _, _ in rows), default=0)
    numbers = max((len(counts) + 3 for _, counts, _ in rows if counts), default=0)
    for name, counts, words in rows:
        yield f"  {name:{names}}   {counts:{numbers}}{words}"
