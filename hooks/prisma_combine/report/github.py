"""The report for GitHub Actions: the log, annotations, and the job summary.

What the runner reads, and how it unescapes it, is in ActionCommand.cs and ActionCommandManager.cs
of https://github.com/actions/runner: a line is a command when it begins with `::name …::`, leading
blanks ignored, or holds `##[name …]` anywhere.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from prisma_combine.actions.compare import Compared, Comparison
from prisma_combine.compare.verdict import Status
from prisma_combine.config.load import top_level
from prisma_combine.report import terminal, words
from prisma_combine.report.commands import NAME
from prisma_combine.report.text import Text
from prisma_combine.report.visible import visible, visible_lines

if TYPE_CHECKING:
    from prisma_combine.actions.rewrite import Rewritten

ANNOTATIONS = 10
"""GitHub shows no more of a type in a step.

Source: https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md
"""
SUMMARY = 1 << 20
"""bytes that a step may write; GitHub drops the whole of a longer summary.

Source: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions
"""
# On Windows a path may begin with a drive.
_PLACE = re.compile(
    r"(?P<path>(?:[A-Za-z]:)?[^:]+)(?::(?P<line>[0-9]+))?: (?P<message>.*)", re.DOTALL
)


class Annotation(NamedTuple):
    """A remark that GitHub shows beside a line."""

    kind: str
    title: str
    message: str
    path: str = ""
    """relative to the repository's top; empty where it is about no file"""
    line: int | None = None


def top(root: str) -> str:
    """Return the folder that GitHub takes an annotation's path to be relative to."""
    checkout = top_level(root)
    workspace = os.path.realpath(os.environ.get("GITHUB_WORKSPACE") or root)
    inside = root == workspace or root.startswith(os.path.join(workspace, ""))
    # Below a workspace that is no checkout itself, one lies where `path:` of actions/checkout
    # put it; below one that is, it is a submodule.
    if inside and (checkout is None or top_level(workspace) == workspace):
        return workspace
    return checkout or root


def write(text: Text, compared: Compared, fixed: "Sequence[Rewritten] | None" = None) -> None:
    """Print the log and the annotations, and append to the job summary.

    `fixed` is what has been rewritten. Among the annotations there is room for the errors, which
    `fail` will print.
    """
    before = list(text.before(compared)) if fixed is None else []
    after = list(text.after(compared) if fixed is None else text.fixed(compared, fixed))
    recipe = after[1:] if fixed is None else []
    diff = visible_lines(text.diff(compared)).split("\n")[:-1]
    say(before)
    if diff:
        _print(["::group::The diff", *_fenced(diff), "::endgroup::"])
    say(after)
    remarks = [remark for one in compared.comparisons for remark in _remarks(text, one, recipe)]
    _print(map(_rendered, _limited(remarks, max(ANNOTATIONS - len(compared.errors), 0))))
    if compared.blind is not None:
        # An error where the check fails only because of it.
        kind = "error" if all(one.passes for one in compared.comparisons) else "warning"
        message = words.BLIND.format(why=compared.blind)
        _print([_rendered(Annotation(kind, NAME, message))])
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        try:
            _append(path, [*before, *after], diff)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            message = f"can't write the job summary: {why}"
            _print([_rendered(Annotation("warning", NAME, message))])


def fail(message: str) -> None:
    """Print why the check could not be made, as annotations."""
    lines = message.split("\n")
    _print(map(_rendered, _limited([_error(line) for line in lines], ANNOTATIONS)))
    say(lines[ANNOTATIONS:])


def say(lines: Iterable[str]) -> None:
    """Print lines for people to the log, where none of them is a command."""
    # To standard output, too: the runner reads it and standard error side by side, in no order.
    lines = list(lines)
    if lines:
        _print(_fenced(lines))


def _limited(remarks: Sequence[Annotation], room: int) -> list[Annotation]:
    """Return at most so many of each kind; the last tells how many were left out."""
    kept = []
    for kind in dict.fromkeys(remark.kind for remark in remarks):
        own = [remark for remark in remarks if remark.kind == kind]
        more = len(own) - room
        kept += own[:room]
        if room and more > 0:
            message = f"{kept[-1].message}\n{more} more are in the log."
            kept[-1] = kept[-1]._replace(message=message)
    return kept


def _summary(said: Sequence[str], diff: Sequence[str], room: int) -> str:
    """Return the job summary in Markdown, in at most so many bytes of UTF-8."""
    # A fence may be as long as what it holds, twice.
    report = _cut(said, room // 8, "text", "lines")
    changes = _cut(diff, room // 4, "diff", "lines of the diff") if diff else []
    markdown = "".join(f"{line}\n" for line in ["", f"### {NAME}", "", *report, *changes])
    return markdown if len(markdown.encode()) <= room else ""


def _remarks(text: Text, one: Comparison, recipe: Sequence[str]) -> Iterator[Annotation]:
    for finding in one.findings:
        title = f"{NAME}: {finding.rule}"
        path = text.shown(finding.path)
        message = "\n".join([finding.message, *recipe])
        yield Annotation("error", title, message, path, finding.line)
    status = one.verdict.status
    if status not in words.TITLE:
        return
    title = f"{NAME}: {words.TITLE[status]}"
    output, line = text.shown(one.target.output), 1
    places = list(text.places(one))
    for place in places:
        where = f"{output}:{place.line}"
        what = place.row.removeprefix(f"{where}: ").removeprefix(f"{output}: ")
        yield Annotation("error", title, "\n".join([what, *recipe]), output, place.line)
        if place.section is not None:
            beside = words.BESIDE_SOURCE.get(place.section.status, "")
            there = place.edit.source_line if place.edit else 1
            if beside and there is not None:
                path = text.shown(one.target.path(place.section.name))
                message = beside.format(here=where if place.edit else output)
                yield Annotation("notice", title, message, path, there)
    if not places:
        if status is Status.MISSING:
            found = _PLACE.fullmatch(f"{text.config.where(one.target, 'output')}: ")
            output = text.shown(os.path.basename(text.config.path))
            line = int(found["line"] or 1) if found else 1
        yield Annotation("error", title, "\n".join([*text.verdict(one), *recipe]), output, line)


def _error(line: str) -> Annotation:
    """Return an error, at the place that it names."""
    found = _PLACE.fullmatch(line)
    if found is None or not (found["line"] or os.path.lexists(found["path"])):
        return Annotation("error", NAME, line)
    path = os.path.abspath(found["path"])
    folder = top(os.path.realpath(os.path.dirname(path)))
    shown = os.path.relpath(path, folder).replace(os.sep, "/")
    if shown.startswith("../"):
        shown = found["path"]
    return Annotation("error", NAME, found["message"], shown, int(found["line"] or 1))


def _rendered(remark: Annotation) -> str:
    """Return an annotation as a command, which is one line."""
    properties = {"title": remark.title}
    if remark.path:
        properties["file"] = remark.path
        if remark.line:
            properties["line"] = str(remark.line)
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{remark.kind} {listed}::{_data(remark.message)}"


def _data(message: str) -> str:
    return "%0A".join(visible(line).replace("%", "%25") for line in message.split("\n"))


def _property(value: str) -> str:
    return visible(value).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def _fenced(lines: Iterable[str]) -> list[str]:
    """Return lines to print, between tokens where the runner would take one for a command."""
    shown = list(map(visible, lines))
    if not any("##[" in line or line.lstrip().startswith("::") for line in shown):
        return shown
    token = secrets.token_hex(16)
    return [f"::stop-commands::{token}", *shown, f"::{token}::"]


def _print(lines: Iterable[str]) -> None:
    # The runner reads UTF-8, whatever the locale.
    terminal.write("".join(f"{line}\n" for line in lines).encode())


def _append(path: str, said: Sequence[str], diff: Sequence[str]) -> None:
    with open(path, "ab") as file:
        file.write(_summary(said, diff, SUMMARY - file.tell()).encode())


def _cut(lines: Sequence[str], room: int, language: str, what: str) -> list[str]:
    """Return a fenced block of as many lines as there is room for, and how many it lacks."""
    kept = list(_fitting(map(visible, lines), room))
    left = len(lines) - len(kept)
    more = [f"{left} more {what} are in the log.", ""] if left else []
    return [*_block(language, kept), *more]


def _fitting(lines: Iterable[str], room: int) -> Iterator[str]:
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            return
        yield line


def _block(language: str, lines: Sequence[str]) -> list[str]:
    """Return a fenced block; no line in it can be taken for its end.

    Source: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
    """
    ticks = re.findall("`+", "\n".join(lines))
    fence = "`" * max([3, *(len(run) + 1 for run in ticks)])
    return [f"{fence}{language}", *lines, fence, ""]
