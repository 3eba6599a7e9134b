"""The rules about a schema's list of files and its sources, and what they find."""

import posixpath
import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from prisma_combine.errors import shortened
from prisma_combine.schema.language import NAMED, Block, Scan, scan
from prisma_combine.schema.source import Source

CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)", re.MULTILINE)
"""a line that git writes into a file it can't merge"""

_PLACES = 3
"""how many places a message names"""
_COPY = 3
"""how many blocks make a file a copy of others, when all of them are defined there, too"""


class Finding(NamedTuple):
    """A mistake in the sources or in the list of them."""

    rule: str
    path: str
    """relative to the root, with `/`"""
    line: int
    message: str
    """what is wrong, then what to do"""
    listed: str = ""
    """for a mistake in the list: its place in the configuration, as `path:line`"""


class Facts(NamedTuple):
    """The input of the rules: the configuration's lists, and the sources."""

    config: str
    """the configuration's path, as messages show it"""
    directory: str
    """relative to the root, with `/`"""
    chosen: tuple[str, ...] | None
    """the names that `files` stands for, relative to `directory`; None when it is left out"""
    unlisted: tuple[str, ...]
    """names of files below `directory` that `files` should stand for and doesn't"""
    sources: tuple[Source, ...]
    """those that could be read, in the order in which they are combined"""
    where: Callable[[str], list[str]]
    """returns the places of a name in `files`, as `path:line`, or else the place of `files`"""
    absent: str = "does not exist"
    """what is wrong with a file that is not there"""
    entries: tuple[str, ...] = ()
    """`files` as it is written"""


class _Definition(NamedTuple):
    block: Block
    path: str

    @property
    def place(self) -> str:
        return f"{self.path}:{self.block.line}"


_Key = tuple[str, str]
"""a namespace, and a name that only one block in it may have"""


def findings(facts: Facts, *, shallow: bool = False) -> list[Finding]:
    """Return what the rules find, by path and line.

    `shallow` leaves out the rules that scan the sources: a file in sync has passed them before.
    """
    conflicts = list(_conflicts(facts.sources))
    found = [*_about_list(facts), *conflicts]
    if not shallow:
        # The halves of a conflict make other findings, which go when it is resolved.
        unreadable = {finding.path for finding in conflicts}
        scans = {
            source.path: scan(source.text, fields=False)
            for source in facts.sources
            if source.path not in unreadable
        }
        found += _about_language(scans)
    return sorted(found, key=lambda finding: (finding.path, finding.line))


def untracked(path: str, *, is_output: bool) -> Finding:
    """Return the finding for a file that git does not track."""
    message = "not tracked by git, so a commit won't include it; add it"
    return Finding("untracked", path, 1, f"{message}, or ignore it" if is_output else message)


def _about_list(facts: Facts) -> Iterator[Finding]:
    def finding(rule: str, name: str, place: str, message: str) -> Finding:
        path = posixpath.normpath(posixpath.join(facts.directory, name))
        return Finding(rule, path, 1, message, place)

    read = {source.name for source in facts.sources}
    for name, count in Counter(facts.chosen).items():
        if name in read and count == 1:
            continue
        places = facts.where(name)
        where = _named(places)
        if name not in read:
            message = f"listed in {where} but {facts.absent}; add the file or delete the entry"
            yield finding("missing-file", name, places[0], message)
        if count > 1:
            times = "twice" if count == 2 else f"{count} times"
            message = f"listed {times}, in {where}; keep one entry"
            yield finding("listed-twice", name, places[-1], message)
    if facts.unlisted:
        [place, *_] = facts.where("")
        start = _sorted_from(facts.entries)
        for name in facts.unlisted:
            position = _position(facts.entries, start, name)
            message = (
                f'not in `files` of {place}; add "{name}" to it{position}'
                " (or to `exclude`, if it must stay out)"
            )
            yield finding("unlisted-file", name, place, message)


def _named(places: Sequence[str]) -> str:
    more = len(places) - _PLACES
    named = " and ".join(places[:_PLACES])
    return f"{named} and {more} more places" if more > 0 else named


def _sorted_from(entries: Sequence[str]) -> int:
    """Return where the part of a list that is sorted by path begins, if it is most of the list."""
    # One or two files are often put first.
    for start in range(min(3, len(entries) - 1)):
        if all(one < other for one, other in pairwise(entries[start:])):
            return start
    return len(entries)


def _position(entries: Sequence[str], start: int, name: str) -> str:
    if not entries:
        return ""
    at = bisect(entries, name, lo=start)
    return f' after "{entries[at - 1]}"' if at else f' before "{entries[0]}"'


def _conflicts(sources: Iterable[Source]) -> Iterator[Finding]:
    for source in sources:
        # Most sources have none, and a plain search takes a fraction of the pattern's time.
        if any(sign * 7 in source.text for sign in "<>|") and (
            marker := CONFLICT.search(source.text)
        ):
            line = source.text.count("\n", 0, marker.start()) + 1
            message = "unresolved merge conflict; resolve it"
            yield Finding("conflict-marker", source.path, line, message)


def _about_language(scans: Mapping[str, Scan]) -> Iterator[Finding]:
    """Apply the rules to scans by path, in the order in which the sources are combined."""
    defined: dict[_Key, list[_Definition]] = {}
    for path, found in scans.items():
        for mistake in found.mistakes:
            yield Finding(mistake.rule, path, mistake.line, mistake.message)
        for block in found.blocks:
            if key := _key(block):
                defined.setdefault(key, []).append(_Definition(block, path))
    copies = _copies(defined)
    for path, others in copies.items():
        line = next(block.line for block in scans[path].blocks if _key(block))
        message = f"every block here is also defined in {others}; delete or exclude one copy"
        yield Finding("duplicate-name", path, line, message)
    for definitions in defined.values():
        kept = [one for one in definitions if one.path not in copies]
        if len(kept) > 1:
            yield _twice(kept)


def _key(block: Block) -> _Key | None:
    if block.keyword in NAMED:
        return "", block.name
    if block.keyword == "generator":
        return block.keyword, block.name
    return (block.keyword, "") if block.keyword == "datasource" else None


def _twice(definitions: Sequence[_Definition]) -> Finding:
    first, (block, path), *more = definitions
    places = _named([one.place for one in (first, *more)])
    which = "all but one" if more else "one"
    if block.keyword == "datasource":
        message = f"a schema has one datasource, and there is another in {places}; delete {which}"
        return Finding("many-datasources", path, block.line, message)
    kind = "" if first.block.keyword == block.keyword else f" as {first.block.keyword}"
    message = f"{block.keyword} {shortened(block.name)} is also defined{kind} in {places}"
    return Finding("duplicate-name", path, block.line, f"{message}; rename or delete {which}")


def _copies(defined: Mapping[_Key, Iterable[_Definition]]) -> dict[str, str]:
    """Return the paths of sources that only repeat the blocks of others, and which others.

    A copied file is one mistake, not one for each of its blocks.
    """
    owners = {key: dict.fromkeys(one.path for one in many) for key, many in defined.items()}
    keys: dict[str, list[_Key]] = {}
    for key, paths in owners.items():
        for path in paths:
            keys.setdefault(path, []).append(key)
    copies = {}
    last_first = list(keys)[::-1]
    # The copy of several files has more blocks than each of them; else the later file is the copy.
    for path in sorted(last_first, key=lambda path: len(keys[path]), reverse=True):
        own = keys[path]
        if len(own) >= _COPY and all(len(owners[key]) > 1 for key in own):
            for key in own:
                del owners[key][path]
            others = list(dict.fromkeys(next(iter(owners[key])) for key in own))
            more = f" and {len(others) - 1} more files" if len(others) > 2 else ""
            copies[path] = others[0] + more if more else " and ".join(others)
    return copies
