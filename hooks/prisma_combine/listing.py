"""Which files are a target's sources, which targets a path touches, what git must track."""

import os
from collections.abc import Sequence, Set

from prisma_combine.config import Config, Target, plain
from prisma_combine.errors import CombineError
from prisma_combine.git import itself_and_above
from prisma_combine.tree import Disk, Tree

_MANY = 100


def tree(config: Config, *, staged: bool) -> Tree:
    """What the targets are read from: the disk, or git's index.

    Raises CombineError when there is no index, or git fails.
    """
    if not staged:
        return Disk(config.root)
    from prisma_combine.index import Index  # few need it

    return Index(config.root, paths(config))


def present(config: Config, target: Target, tree: Tree) -> list[str]:
    """The names of the `.prisma` files below the directory that belong, sorted.

    Raises CombineError when there is no such directory, or a name that no header can hold.
    """
    found = tree.find(target.directory)
    if found is None:
        raise CombineError(
            f'{config.where(target, "directory")}: directory "{target.directory}" {tree.absent};'
            " mend the path, or add the folder"
        )
    names = sorted(
        name
        for name in found
        if target.path(name) not in config.outputs
        and not any(_matches(name, pattern) for pattern in target.exclude)
    )
    for name in names if target.names is None else ():
        if plain(name) != name:
            shown = plain(target.path(name))
            raise CombineError(f"{shown}: can't be named in a combined file; rename it")
    return names


def touched(config: Config, named: Sequence[str], tree: Tree) -> list[Target]:
    """The targets with a source, the output or the configuration at or below a named path.

    Paths are relative to the working directory; where none is named all targets are touched.
    Raises CombineError when a path does not exist.
    """
    if not named:
        return list(config.targets)
    root = os.path.join(config.root, "")
    touched = set()
    for path in named:
        if not os.path.lexists(path):
            raise CombineError(f"{path}: no such file or folder; mend the path")
        folder, name = os.path.split(os.path.abspath(path))
        real = os.path.join(os.path.realpath(folder), name)
        if root.startswith(os.path.join(real, "")):
            touched.add(".")
        elif real.startswith(root):
            touched.add(real.removeprefix(root).replace(os.sep, "/"))
    if not touched.isdisjoint((".", os.path.basename(config.path))):
        return list(config.targets)
    return [target for target in config.targets if _touches(config, target, touched, tree)]


def _touches(config: Config, target: Target, touched: Set[str], tree: Tree) -> bool:
    names = [*present(config, target, tree), *(target.names or ())]
    return any(
        not touched.isdisjoint(itself_and_above(path))
        for path in [target.output, *map(target.path, names)]
    )


def paths(config: Config) -> list[str]:
    """Paths that hold all that must be tracked: the directories, what is listed, the outputs."""
    found = []
    for target in config.targets:
        found += [target.directory, target.output]
        found += [target.path(name) for name in target.names or () if name.startswith("../")]
    # Git compares each file with each path, and no command line may be of any length.
    return found if len(found) <= _MANY else ["."]


def _matches(name: str, pattern: str) -> bool:
    """Whether a glob pattern names a path or a folder above it; `**` is any number of folders."""
    from fnmatch import fnmatchcase  # few configurations exclude anything

    patterns = [part for part in pattern.split("/") if part not in ("", ".")]
    # The places in the pattern that may come next, as each part of the path is read.
    states = _reachable(patterns, {0})
    for part in name.split("/"):
        if len(patterns) in states:
            break
        stay = {at for at in states if patterns[at] == "**"}
        step = {at + 1 for at in states - stay if fnmatchcase(part, patterns[at])}
        states = _reachable(patterns, stay | step)
    return bool(patterns) and len(patterns) in states


def _reachable(patterns: list[str], states: set[int]) -> set[int]:
    """The states, and those behind a `**` that stands for no folder at all."""
    reached = set(states)
    for at in range(len(patterns)):
        if at in reached and patterns[at] == "**":
            reached.add(at + 1)
    return reached
