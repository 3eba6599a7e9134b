"""The rules, and what they find in a target's configuration and sources."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice
from typing import NamedTuple

from prisma_combine.combined import CONFLICT, HEADER
from prisma_combine.order import dependencies, order, rings, with_datasource
from prisma_combine.psl import NAMED, Scan, scan
from prisma_combine.source import Source


class Finding(NamedTuple):
    """A mistake in the configuration or in a source."""

    rule: str
    path: str
    """relative to the root, with `/`"""
    line: int
    message: str
    """what is wrong, then what to do"""


class Facts(NamedTuple):
    """What the configuration lists and what the sources hold."""

    config: str
    """the configuration's path, as messages show it"""
    directory: str
    """relative to the root, with `/`"""
    listed: tuple[str, ...] | None
    """the names in `files`, relative to `directory`; None when it is left out"""
    listed_lines: Mapping[str, Sequence[int]]
    """for each listed name its lines in the configuration"""
    found: tuple[str, ...]
    """the names of all `.prisma` files below `directory` but the excluded and the outputs"""
    sources: tuple[Source, ...]
    """those that could be read, in combining order"""
    absent: str = "does not exist"
    """what is wrong with a file that is not there"""


class _Mistake(NamedTuple):
    path: str
    line: int
    message: str


class _Definition(NamedTuple):
    keyword: str
    name: str
    path: str
    line: int


_Scans = Mapping[str, Scan]
"""by source name, in combining order"""

_Rule = Callable[[Facts, _Scans], Iterator[_Mistake]]

_SHORT = 20
"""how many names a message may list each time"""


def findings(facts: Facts, *, in_sync: bool = False) -> list[Finding]:
    """What the rules find, by path and line.

    What is in sync was combined, and so has passed the rules that look into the sources.
    """
    scans = {} if in_sync else {source.name: scan(source.body) for source in facts.sources}
    rules = ABOUT_LISTING if in_sync else RULES.keys()
    found = [Finding(rule, *mistake) for rule in rules for mistake in RULES[rule](facts, scans)]
    return sorted(found, key=lambda finding: (finding.path, finding.line))


def _missing_file(facts: Facts, _: _Scans) -> Iterator[_Mistake]:
    read = {source.name for source in facts.sources}
    for name in dict.fromkeys(facts.listed or ()):
        if name not in read:
            where = _in_config(facts, facts.listed_lines[name])
            message = f"listed in {where} but {facts.absent}; add it or take it off the list"
            yield _Mistake(_path(facts, name), 1, message)


def _unlisted_file(facts: Facts, _: _Scans) -> Iterator[_Mistake]:
    if facts.listed is None:
        return
    lines = sorted(line for lines in facts.listed_lines.values() for line in lines)
    where = _in_config(facts, lines[:1])
    for name in sorted(set(facts.found).difference(facts.listed)):
        message = f"not listed in {where}; add it to `files`, or to `exclude`"
        yield _Mistake(_path(facts, name), 1, message)


def _listed_twice(facts: Facts, _: _Scans) -> Iterator[_Mistake]:
    for name, count in Counter(facts.listed).items():
        if count > 1:
            where = _in_config(facts, facts.listed_lines[name])
            message = f"listed {count} times, in {where}; keep one"
            yield _Mistake(_path(facts, name), 1, message)


def _section_header(facts: Facts, _: _Scans) -> Iterator[_Mistake]:
    for source in facts.sources:
        for line in _lines(source, HEADER):
            message = "reads as a section header of the combined file; reword this comment"
            yield _Mistake(source.path, line, message)


def _conflict_marker(facts: Facts, _: _Scans) -> Iterator[_Mistake]:
    for source in facts.sources:
        for line in islice(_lines(source, CONFLICT), 1):
            yield _Mistake(source.path, line, "holds an unresolved merge; resolve it")


def _unbalanced(facts: Facts, scans: _Scans) -> Iterator[_Mistake]:
    closers = {"block": "`}`", "string": '`"`', "comment": "`*/`"}
    for source in facts.sources:
        if left := scans[source.name].open:
            message = (
                f"this {left.what} is still open at the end of the file;"
                f" close it with {closers[left.what]}"
            )
            yield _Mistake(source.path, _line(source, left.line), message)


def _stray_brace(facts: Facts, scans: _Scans) -> Iterator[_Mistake]:
    for source in facts.sources:
        for line in scans[source.name].strays:
            message = "this `}` closes nothing; remove it, or open its block in this file"
            yield _Mistake(source.path, _line(source, line), message)


def _duplicate_name(facts: Facts, scans: _Scans) -> Iterator[_Mistake]:
    for keywords in (NAMED, {"generator"}):
        first: dict[str, _Definition] = {}
        for here in _definitions(facts, scans, keywords):
            there = first.setdefault(here.name, here)
            if there is not here:
                kind = "" if there.keyword == here.keyword else f" as {there.keyword}"
                message = (
                    f"{here.keyword} {here.name} is also defined{kind} in"
                    f" {there.path}:{there.line}; rename or remove one of them"
                )
                yield _Mistake(here.path, here.line, message)


def _many_datasources(facts: Facts, scans: _Scans) -> Iterator[_Mistake]:
    defined = list(_definitions(facts, scans, {"datasource"}))
    for here in defined[1:]:
        there = defined[0]
        message = (
            f"datasource {here.name} is one too many, after {there.name} in"
            f" {there.path}:{there.line}; keep one of them"
        )
        yield _Mistake(here.path, here.line, message)


def _file_order(facts: Facts, scans: _Scans) -> Iterator[_Mistake]:
    if facts.listed is None:
        return
    needs = dependencies(scans)
    ring = rings(scans, needs)
    place = {name: number for number, name in enumerate(scans)}
    # The file with the datasource comes first whatever it needs, so it may.
    datasources = with_datasource(scans)
    better = ""
    for source in facts.sources:
        name = source.name
        if name in datasources:
            continue
        for need, made_by in needs[name].items():
            if place[need] < place[name] or ring[need] == ring[name]:
                continue
            if len(place) <= _SHORT or not better:
                better = ", ".join(order(facts.listed, needs, datasources))
                remedy = f"list the files in this order: {better}"
            else:
                remedy = f"list {need} before {name}"
            message = (
                f"{name} stands before {need}, but {made_by.model}.{made_by.field} in it"
                f" needs {made_by.type} from there; {remedy}"
            )
            yield _Mistake(source.path, _line(source, made_by.line), message)
            break


RULES: Mapping[str, _Rule] = {
    "missing-file": _missing_file,
    "unlisted-file": _unlisted_file,
    "listed-twice": _listed_twice,
    "section-header": _section_header,
    "conflict-marker": _conflict_marker,
    "unbalanced": _unbalanced,
    "stray-brace": _stray_brace,
    "duplicate-name": _duplicate_name,
    "many-datasources": _many_datasources,
    "file-order": _file_order,
}
ABOUT_LISTING = frozenset({"missing-file", "unlisted-file", "listed-twice"})
"""the rules that need not look into the sources"""


def _definitions(facts: Facts, scans: _Scans, keywords: Set[str]) -> Iterator[_Definition]:
    for source in facts.sources:
        for block in scans[source.name].blocks:
            if block.keyword in keywords:
                line = _line(source, block.line)
                yield _Definition(block.keyword, block.name, source.path, line)


def _lines(source: Source, pattern: re.Pattern[str]) -> Iterator[int]:
    """The lines of the file on which a pattern matches."""
    line, at = source.line, 0
    for match in pattern.finditer(source.body):
        line += source.body.count("\n", at, match.start())
        at = match.start()
        yield line


def _line(source: Source, line: int) -> int:
    """The line of the file for a line of its body, both from 1."""
    return source.line + line - 1


def _path(facts: Facts, name: str) -> str:
    return posixpath.normpath(posixpath.join(facts.directory, name))


def _in_config(facts: Facts, lines: Iterable[int]) -> str:
    places = [f"{facts.config}:{line}" for line in dict.fromkeys(lines)]
    return " and ".join(places) or facts.config
