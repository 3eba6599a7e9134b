"""The check that passes: a comparison, and no more.

Everybody pays for each import here on every commit.
"""

from prisma_combine.config.load import Config
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.repository import listing
from prisma_combine.repository.tracked import Tracked
from prisma_combine.repository.tree import Tree
from prisma_combine.schema import stream

_MARKERS = (b"<<<<<<< ", b">>>>>>> ")


def passes(config: Config, targets: list[Target], tree: Tree) -> bool:
    """Return whether everything is in sync and tracked; False in doubt, for `actions` to judge."""
    try:
        with Tracked(config.root, listing.paths(config)) as tracked:
            return all(_passes(config, target, tree, tracked) for target in targets)
    except CombineError:
        return False


def _passes(config: Config, target: Target, tree: Tree, tracked: Tracked) -> bool:
    found = listing.present(config, target, tree)
    names = listing.chosen(target, found)
    # Git answers while the files are read; only when they don't match is its answer needed first.
    if not _matches(target, names, tree):
        left_out = set(tracked.ignored(map(target.path, found)))
        found = [name for name in found if target.path(name) not in left_out]
        if not left_out or (again := listing.chosen(target, found)) == names:
            return False
        names = again
        if not _matches(target, names, tree):
            return False
    unlisted = [target.path(name) for name in listing.unlisted(target, found, names)]
    if len(tracked.ignored(unlisted)) < len(unlisted):
        return False
    paths = [*map(target.path, names), target.output]
    if tracked.unseen(paths):
        return False
    lacking = tracked.lacks(paths)
    return not lacking or (lacking == [target.output] == tracked.ignored(lacking))


def _matches(target: Target, names: list[str], tree: Tree) -> bool:
    if len(set(names)) < len(names):
        return False

    def body(name: str) -> bytes:
        path = target.path(name)
        data = tree.read(path)
        # A merge can leave the same conflict in a source and in the combined file.
        if data is None or (_MARKERS[0] in data and _MARKERS[1] in data):
            raise CombineError(path)
        return stream.trimmed(data, path, target.format)

    with tree.opened(target.output) as file:
        ordered = target.files is not None
        return file is not None and stream.matches(
            file, target.format, target.directory, names, body, ordered=ordered
        )


def say_in_sync(config: Config, targets: list[Target]) -> None:
    """Print that everything is in sync."""
    from prisma_combine.report.paths import Shown
    from prisma_combine.report.terminal import say

    shown = Shown(config.root)
    say(f"{shown(target.output)}: in sync" for target in targets)
