"""The `.prisma` files of a repository, now and at earlier commits."""

from collections import deque
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import NamedTuple

from prisma_combine.config.load import NAME
from prisma_combine.config.names import is_plain
from prisma_combine.config.patterns import covers
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.git import objects
from prisma_combine.repository.listing import chosen
from prisma_combine.repository.tracked import Entry
from prisma_combine.repository.tree import SUFFIX, is_skipped
from prisma_combine.repository.walk import Walk
from prisma_combine.schema.source import Source, lenient
from prisma_combine.setup.infer import renders

_COMMITS = 100
_BYTES = 1 << 28


class Snapshot(NamedTuple):
    """The texts of the `.prisma` files that can be sources, by path relative to the root."""

    texts: Mapping[str, str]
    commit: str = ""

    def names(self, directory: str) -> list[str]:
        """Return the files below a directory, relative to it."""
        above = "" if directory == "." else f"{directory}/"
        return sorted(path[len(above) :] for path in self.texts if path.startswith(above))

    def sources(self, target: Target, outputs: Collection[str] = ()) -> list[Source]:
        """Return the sources of a target, as far as they are there. Raises CombineError."""
        present = [
            name
            for name in self.names(target.directory)
            if target.path(name) not in {target.output, *outputs}
            and not any(covers(name, pattern) for pattern in target.exclude)
        ]
        paths = [(name, target.path(name)) for name in chosen(target, present)]
        return [Source(name, path, self.texts[path]) for name, path in paths if path in self.texts]

    def agrees(self, target: Target) -> bool:
        """Return whether the combined file is what the sources make."""
        combined, sources = self.texts.get(target.output, ""), self.sources(target)
        return sources != [] and renders(target.format, target.directory, combined, sources)


def history(root: str) -> list[Snapshot]:
    """Return the files after the last commits that changed one, the newest first."""
    states = deque[tuple[str, dict[str, Entry | None]]](maxlen=_COMMITS)
    files: dict[str, Entry | None] = {}
    with suppress(CombineError), Walk(root, None, NAME) as walk:  # no git, or no commit yet
        for commit, changed in walk:
            files |= {k: walk.entry(k) for k in changed if is_source(k) and is_plain(k)}
            states.appendleft((commit.id, dict(files)))
    wanted = [one.blob for _, files in states for one in files.values() if one]
    data = objects.read(root, wanted, limit=_BYTES)
    texts = {blob: lenient(one) for blob, one in data.items()}
    return [
        Snapshot({k: texts[one.blob] for k, one in files.items() if one and one.blob in texts}, at)
        for at, files in states
    ]


def is_source(path: str) -> bool:
    """Return whether a file can be a source by its name."""
    return path.endswith(SUFFIX) and not any(map(is_skipped, path.split("/")))
