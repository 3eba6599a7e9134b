"""The files that a combined file was made from, and the way a configuration names them."""

import re
from collections.abc import Collection, Iterator, Sequence
from glob import escape
from itertools import groupby
from pathlib import PurePosixPath
from posixpath import dirname

from prisma_combine.config.names import relative
from prisma_combine.config.patterns import covers, is_pattern
from prisma_combine.config.table import Target
from prisma_combine.schema.format import Format
from prisma_combine.setup import infer
from prisma_combine.setup.infer import SETTINGS, Block, blocks, core
from prisma_combine.setup.past import Snapshot

_HOLDERS = 100
"""Files with one block that are looked at."""
_COPY = re.compile(
    r"(?<![a-z])(archived?|backups?|bak|old|cop(y|ies)|legacy|deprecated|te?mp|trash|generated"
    r"|client|dist|build|out)(?![a-z])",
    re.IGNORECASE,
)


def is_copy(path: str) -> bool:
    """Return whether a file is a backup or generated, by its name."""
    return _COPY.search(path) is not None


def is_below(path: str, folder: str) -> bool:
    """Return whether a file is in a folder, or in one below it."""
    return folder == "." or path.startswith(f"{folder}/")


def above(path: str) -> list[str]:
    """Return the folders that a file is in, the nearest first."""
    return [*map(str, PurePosixPath(path).parents)]


def outputs(snapshot: Snapshot) -> dict[str, set[str]]:
    """Return the files that may be combined, and those that hold what they define.

    Half of what such a file defines, at least, stands in others that define less.
    """
    defined = {path: blocks(text) for path, text in snapshot.texts.items()}
    holders: dict[Block, list[str]] = {}
    for path, own in defined.items():
        for block in own:
            holders.setdefault(block, []).append(path)
    found = {}
    for path, own in defined.items():
        others = {other for block in own for other in holders[block][:_HOLDERS]}
        parts = {one for one in others if len(defined[one]) < len(own)}
        left = own.difference(*(defined[part] for part in parts))
        is_copied = len(parts) < 2 and not (left and dict(left).keys() <= SETTINGS)
        if 2 * len(left) <= len(own) and not is_copied and dict(own - left).keys() - SETTINGS:
            found[path] = parts
    return found


def targets(snapshot: Snapshot, output: str, named: str | None = None) -> list[Target]:
    """Return the targets whose sources, in a folder that may be named, make a combined file."""
    found = []
    for directory, paths in _groups(snapshot, output, named):
        # Of files with one text, the likeliest comes first.
        paths.sort(key=lambda path: (is_copy(path), path.count("/"), path))
        sources = {relative(path, directory): snapshot.texts[path] for path in paths}
        reading = infer.read(directory, snapshot.texts[output], sources) or infer.Reading([], [])
        for files in listings(reading.names):
            target = Target(output, directory, files, (), None, Format())
            target = excluding(snapshot, target, reading.names)
            if [source.name for source in snapshot.sources(target)] == reading.names:
                found += [target._replace(format=form) for form in reading.formats]
    return sorted(found, key=_cost)  # the simplest first


def _cost(target: Target) -> int:
    """Return how much there is to say about a target."""
    names = [entry for entry in target.files or () if not is_pattern(entry)]
    away = relative(target.directory, dirname(target.output) or ".").count("..")
    listed = len(target.files or ()) + len(names) + 2 * len(target.exclude)
    return infer.cost(target.format) + listed + away + 4 * (target.directory == ".")


def _groups(snapshot: Snapshot, output: str, named: str | None) -> Iterator[tuple[str, list[str]]]:
    """Yield directories, and the files in and around them that stand in the combined file."""
    texts, combined = snapshot.texts, snapshot.texts[output]
    own = blocks(combined)
    pool = {
        path: core(text)
        for path, text in texts.items()
        if path != output and core(text) and core(text) in combined and own - blocks(text)
    }
    folders = {folder for path in pool for folder in above(path)} if named is None else {named}
    seen = set()
    for folder in sorted(folders, key=lambda one: (-one.count("/"), one == ".", one)):
        names = {path: relative(path, folder) for path in pool}
        chosen = [path for path in pool if is_below(path, folder) and not is_copy(names[path])]
        is_most = 2 * len({pool[path] for path in chosen}) >= len(set(pool.values()))
        if frozenset(chosen) in seen or not (is_most or named):
            continue
        seen.add(frozenset(chosen))
        missing = set(blocks(infer.places(combined, {path: pool[path] for path in chosen})[1]))
        # A missing block is in the nearest file that defines nothing else.
        for path in sorted(pool, key=lambda one: (is_copy(names[one]), names[one].count("../"))):
            if path not in chosen and blocks(pool[path]) and blocks(pool[path]) <= missing:
                missing -= blocks(pool[path])
                chosen.append(path)
        empty = [path for path in texts if is_below(path, folder) and not core(texts[path])]
        yield folder, chosen + empty


def excluding(snapshot: Snapshot, target: Target, names: Collection[str], *others: str) -> Target:
    """Return a target with patterns for the files in its directory that are not its sources."""
    folders = {folder for name in names for folder in above(name)}
    patterns: list[str] = []
    for name in sorted(set(snapshot.names(target.directory)).difference(names)):
        if target.path(name) in {target.output, *others} or any(
            covers(name, pattern) for pattern in patterns
        ):
            continue
        whole = [folder for folder in above(name) if folder not in folders]
        # Without a slash, a pattern matches at any depth.
        anchor = "./" if any(other.endswith(f"/{name}") for other in names) else ""
        patterns.append(f"{escape(whole[-1])}/**" if whole else anchor + escape(name))
    return target._replace(exclude=tuple(patterns))


def listings(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield ways to write an order: with patterns, so that a new file needs no change; a list."""
    literal = tuple(map(escape, names))
    nested = any("/" in name for name in names)
    # The order of Windows is no other order with some files put first.
    is_windows = names == sorted(names, key=str.lower) != sorted(names)
    for is_grouped in (False, True)[is_windows : 1 + nested]:
        for first, last in ((0, 0), (1, 0), (2, 0), (0, 1)):
            middle = names[first : len(names) - last]
            every = ["**/*.prisma" if nested else "*.prisma"]
            way = _grouped(middle) if is_grouped else every
            if len(way) + first // 2 + last < len(middle):
                yield (*literal[:first], *way, *literal[len(names) - last :])
    yield literal


def _grouped(names: Sequence[str]) -> list[str]:
    """Return patterns for folders that follow each other."""
    entries: list[str] = []
    for folder, run in groupby(names, lambda name: name.rpartition("/")[0].partition("/")[0]):
        inside = list(run)
        if folder == ".." or (not folder and len(inside) < 3):
            entries += map(escape, inside)
        else:
            deep = "" if all(dirname(name) == folder for name in inside) else "**/"
            entries.append(f"{escape(folder) or '.'}/{deep}*.prisma")
    return entries
