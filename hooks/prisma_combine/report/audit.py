"""The report of `audit`: a sentence, a table of episodes, and the next step."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from prisma_combine.actions.audit import Audit, Episode, HandEdit, Outcome, Since
from prisma_combine.compare.edits import Edit
from prisma_combine.report.commands import Commands
from prisma_combine.report.visible import visible
from prisma_combine.report.words import SHALLOW, count
from prisma_combine.repository.walk import Commit

_SCREEN = 20
"""lines of the table, unless all are asked for"""
_SOME = 4
"""sections of an episode that are named"""
_COLUMNS = ("date", "commit", "kind", "lasted", "sections")
_FATE = {
    Outcome.CARRIED: "carried into a source in {id} ({date})",
    Outcome.OVERWRITTEN: "overwritten in {id} ({date})",
    Outcome.REVERTED: "reverted in {id} ({date})",
    Outcome.OPEN: "still there",
}
_Code = Callable[[str], str]
"""writes a path so that it stands out"""


def text(audit: Audit, advice: tuple[str, str], *, everything: bool) -> Iterator[str]:
    """Yield the report for a terminal."""
    yield from summary(audit)
    table = _table(audit, visible)
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
    if len(lines) > 1:
        yield ""
        yield from lines if everything else lines[:_SCREEN]
    if len(lines) > _SCREEN and not everything:
        yield f"… and {count(len(lines) - _SCREEN, 'more line')}: add --all"
    why, command = advice
    yield from ("", f"{why}:", f"  {command}")


def markdown(audit: Audit, advice: tuple[str, str]) -> Iterator[str]:
    """Yield the report for an issue or a job summary."""

    def code(path: str) -> str:
        # Entities are neither Markdown nor HTML, nor the end of a cell.
        plain = re.sub(r"[^\w/.-]|_", lambda found: f"&#{ord(found[0])};", visible(path))
        return f"<code>{plain}</code>"

    headline, *notes = summary(audit, code)
    yield f"**{headline}**"
    for note in notes:
        yield from ("", note)
    head, *rows = _table(audit, code)
    if rows:
        yield ""
        for row in (head, ["---"] * len(head), *rows):
            yield f"| {' | '.join(row)} |"
    why, command = advice
    yield from ("", f"{why}: `{command}`")


def summary(audit: Audit, code: _Code = visible) -> Iterator[str]:
    """Yield the headline, and what else is true of the history as a whole."""
    schemas = audit.schemas
    commits, disagreed, formatted = (
        sum(getattr(one, name) for one in schemas)
        for name in ("commits", "disagreed", "reformatted")
    )
    what, its = f"{len(schemas)} combined files", "their"
    if len(schemas) == 1:
        what, its = code(schemas[0].output), "its"
    said = f"{disagreed} of {count(commits, 'commit')} to {what} disagreed with {its} sources"
    if not schemas:
        said = "No commit changed a combined file or its sources"
    if audit.episodes:
        said += f", for {lasted(sum(one.seconds for one in audit.episodes))} in all"
    if edits := [edit for one in audit.episodes for edit in one.edits]:
        lost = sum(edit.outcome is Outcome.OVERWRITTEN for edit in edits)
        number = count(len(edits), "hand edit")
        some = number if lost == len(edits) else f"{lost} of {number}"
        said += f"; {some} {'was' if lost == 1 else 'were'} overwritten"
    yield f"{said}."
    for one in schemas:
        if one.episodes and not (last := one.episodes[-1]).end:
            status, since = last.statuses[-1]
            yield f"{code(one.output)} still does: {status} since {date(since)}."
    if formatted:
        yield f"At {count(formatted, 'more commit')} only the formatting differed."
    if audit.shallow:
        yield f"There may be more: {SHALLOW}. To fetch it: git fetch --unshallow"
    if not audit.complete:
        yield "There may be more: the audit was interrupted."


def advice(audit: Audit, commands: Commands, *, configured: bool) -> tuple[str, str]:
    """Return what to do next: why, and the command."""
    if configured and not all(one.end for one in audit.episodes):
        return "To see what differs now, and how to fix it", str(commands.own("check"))
    why = "To catch the next one" if audit.episodes else "To keep it so"
    if not configured:
        return why, str(commands.own("init"))
    return f"{why}, in CI and in a hook", str(commands.own("check"))


def data(audit: Audit) -> str:
    """Return one JSON object; every path in it is relative to the configuration's folder."""
    return json.dumps({"version": 1} | _plain(audit), indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, Commit):
        when = datetime.fromtimestamp(value.time, UTC)
        return {"id": value.id, "date": when.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if is_dataclass(value):
        shown = [one.name for one in fields(value) if one.repr]
        return {name: _plain(getattr(value, name)) for name in shown}
    if isinstance(value, Since | Edit):
        return {name: _plain(one) for name, one in value._asdict().items()}
    return [*map(_plain, value)] if isinstance(value, list | tuple) else value


def date(commit: Commit) -> str:
    """Return the day of a commit, in UTC."""
    return f"{datetime.fromtimestamp(commit.time, UTC):%Y-%m-%d}"


def lasted(seconds: int) -> str:
    """Return a length of time, in words."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return count(round(seconds / size), unit)
    return "a moment"


def _table(audit: Audit, code: _Code) -> list[list[str]]:
    """Return the rows of all episodes below the head, the newest first."""
    several = len(audit.schemas) > 1
    rows = [["file", *_COLUMNS] if several else [*_COLUMNS]]
    found = [(episode, one) for one in audit.schemas for episode in one.episodes]
    for episode, story in sorted(found, key=lambda pair: -pair[0].commit.time):
        kinds = ", ".join(dict.fromkeys(status for status, _ in episode.statuses))
        length = lasted(episode.seconds) + ("" if episode.end else " so far")
        row = [date(episode.commit), episode.commit.id[:9], kinds, length]
        row = [code(story.output), *row] if several else row
        for cell in _cells(episode, story.directory, code):
            rows.append([*row, cell])
            row = [""] * len(row)
    return rows


def _cells(episode: Episode, directory: str, code: _Code) -> list[str]:
    """Return the sections without hand edits in one cell, and each hand edit in one."""
    edited = {edit.source for edit in episode.edits}
    rest = [_short(path, directory, code) for path in episode.sections if path not in edited]
    more = [f"{len(rest) - _SOME} more"] if len(rest) > _SOME else []
    cells = [", ".join([*rest[:_SOME], *more])] if rest else []
    edits = [f"{_short(one.source, directory, code)}: {_said(one)}" for one in episode.edits]
    return [*cells, *edits] or [""]


def _short(path: str | None, directory: str, code: _Code) -> str:
    return "outside the sections" if path is None else code(path.removeprefix(f"{directory}/"))


def _said(edit: HandEdit) -> str:
    fate = _FATE[edit.outcome]
    if edit.end:
        fate = fate.format(id=edit.end.id[:9], date=date(edit.end))
    if not edit.lines:
        return f"deleted, {fate}"
    added, removed = (sum(getattr(e, side) for e in edit.lines) for side in ("added", "removed"))
    where = ", ".join(str(line.line) for line in edit.lines[:_SOME])
    return f"+{added} -{removed} at line{'s' * (len(edit.lines) > 1)} {where}, {fate}"
