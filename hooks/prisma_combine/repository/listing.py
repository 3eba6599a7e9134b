"""The files of a schema: its sources, the schemas a path belongs to, the paths git must track."""

import os
import posixpath
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from itertools import takewhile

from prisma_combine.config.load import Config
from prisma_combine.config.names import is_plain
from prisma_combine.config.patterns import covers, is_pattern, matches
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError, quoted, shortened
from prisma_combine.repository.tree import Tree, is_skipped

_MANY = 100


def present(config: Config, target: Target, tree: Tree, ignored: Container[str] = ()) -> list[str]:
    """Return the names of the files that can be sources without being written out, sorted.

    They are the `.prisma` files below the directory, and those elsewhere that a pattern matches,
    without outputs, excluded files and `ignored`: paths, relative to the root, that git ignores.
    Raises CombineError when there is no such directory.
    """
    found = tree.find(target.directory)
    if found is None:
        where, folder = config.where(target, "directory"), quoted(target.directory)
        raise CombineError(
            f"{where}: directory {folder} {tree.absent}; check the path, or create the folder"
        )
    names = set(found)
    for entry in target.files or ():
        if entry.startswith("../") and is_pattern(entry):
            names.update(_elsewhere(target, entry, tree))
    return sorted(
        name
        for name in names
        if (path := target.path(name)) not in config.outputs
        and path not in ignored
        and not _is_excluded(target, name)
    )


def chosen(target: Target, present: Sequence[str]) -> list[str]:
    """Return the names that `files` stands for, in its order; without `files`, all present ones.

    A pattern stands for the files that no other entry names and no earlier pattern matches. Names
    that are written out are kept as they are: they may not exist, or stand there twice.
    Raises CombineError for a matched file whose name can't be written into a combined file.
    """
    if target.files is None:
        return _writable(target, present)
    literal = {entry for entry in target.files if not is_pattern(entry)}
    left = [name for name in present if name not in literal]
    names: list[str] = []
    for entry in target.files:
        if entry in literal:
            names.append(entry)
        else:
            matched = {name for name in left if _applies(matches, target, name, entry)}
            names += _writable(target, sorted(matched))
            left = [name for name in left if name not in matched]
    return names


def unlisted(target: Target, present: Sequence[str], chosen: Collection[str]) -> list[str]:
    """Return the names of the files that are present, but no sources."""
    return [] if target.files is None else sorted(set(present).difference(chosen))


def is_chosen(target: Target, path: str) -> bool:
    """Return whether a file, by its path relative to the root, would be a source if it existed."""
    name = target.name(path)
    if target.files is None:
        return not name.startswith("../") and not _is_excluded(target, name)
    return name in target.files or any(
        is_pattern(entry) and _applies(matches, target, name, entry) for entry in target.files
    )


def touched(config: Config, named: Sequence[str], tree: Tree) -> list[Target]:
    """Return the targets with a source, the output or the configuration at or below a named path.

    Paths are relative to the working directory; where none is named all targets are touched.
    Raises CombineError when a path does not exist.
    """
    if not named:
        return list(config.targets)
    root = os.path.join(config.root, "")
    paths = set()
    for path in named:
        if not os.path.lexists(path):
            raise CombineError(f"{path}: no such file or folder; check the path")
        folder, name = os.path.split(os.path.abspath(path))
        real = os.path.join(os.path.realpath(folder), name)
        if root.startswith(os.path.join(real, "")):
            paths.add(".")
        elif real.startswith(root):
            paths.add(real.removeprefix(root).replace(os.sep, "/"))
    if not paths.isdisjoint((".", os.path.basename(config.path))):
        return list(config.targets)

    def is_touched(target: Target) -> bool:
        names = {*present(config, target, tree), *_literal(target)}
        return any(
            not paths.isdisjoint(_with_folders(path))
            for path in (target.output, *map(target.path, names))
        )

    return [target for target in config.targets if is_touched(target)]


def paths(config: Config) -> list[str]:
    """Return paths, relative to the root, that hold everything that must be tracked."""
    found = []
    for target in config.targets:
        found += [target.directory, target.output]
        for entry in target.files or ():
            if entry.startswith("../"):
                found.append(_start(target, entry) if is_pattern(entry) else target.path(entry))
    found = list(dict.fromkeys(found))
    # Git compares each file with each path, and the length of a command line is limited.
    return found if len(found) <= _MANY else ["."]


def _literal(target: Target) -> list[str]:
    return [entry for entry in target.files or () if not is_pattern(entry)]


def _with_folders(path: str) -> Iterator[str]:
    """Yield a path and the folders it is in."""
    while path:
        yield path
        path = posixpath.dirname(path)


def _writable(target: Target, names: Sequence[str]) -> list[str]:
    for name in names:
        if not is_plain(name):
            raise CombineError(
                f"{shortened(target.path(name))}: name has a control character or is not UTF-8;"
                " rename the file"
            )
    return list(names)


def _is_excluded(target: Target, name: str) -> bool:
    bare = name
    while bare.startswith("../"):
        bare = bare[3:]
    return any(
        _applies(covers, target, name, pattern)
        if "/" in pattern.rstrip("/")
        else covers(bare, pattern)
        for pattern in target.exclude
    )


def _applies(rule: Callable[[str, str], bool], target: Target, name: str, pattern: str) -> bool:
    """Return whether a file's name, relative to the directory, obeys a rule with a pattern."""
    if not pattern.startswith("../"):
        return not name.startswith("../") and rule(name, pattern)
    folder, rest = _base(target, pattern)
    path = target.path(name)
    if folder == ".":
        return rule(path, rest)
    return path.startswith(f"{folder}/") and rule(path[len(folder) + 1 :], rest)


def _base(target: Target, pattern: str) -> tuple[str, str]:
    """Return the folder to which `../` leads, relative to the root, and the rest of a pattern."""
    folder = target.directory
    while pattern.startswith("../"):
        folder, pattern = posixpath.dirname(folder) or ".", pattern[3:]
    return folder, f"./{pattern}"


def _start(target: Target, pattern: str) -> str:
    """Return the folder, relative to the root, below which a pattern with `../` matches."""
    folder, rest = _base(target, pattern)
    *folders, _ = rest.split("/")
    known = takewhile(lambda one: not is_pattern(one), folders)
    return posixpath.normpath(posixpath.join(folder, *known))


def _elsewhere(target: Target, pattern: str, tree: Tree) -> Iterator[str]:
    """Yield the names of the files that a pattern with `../` matches."""
    start = _start(target, pattern)
    for found in tree.find(start) or ():
        name = target.name(posixpath.normpath(posixpath.join(start, found)))
        if _applies(matches, target, name, pattern) and not _is_hidden(name):
            yield name


def _is_hidden(name: str) -> bool:
    """Return whether a pattern names a folder that is otherwise skipped: `../.cache/*.prisma`."""
    return any(is_skipped(part) for part in name.split("/") if part != "..")
