"""A schema as it is now: its sources, their findings, and the combined file."""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto
from functools import cache
from io import BytesIO
from typing import NamedTuple

from prisma_combine.compare.lineage import Frame
from prisma_combine.config.load import Config
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.files import reading
from prisma_combine.repository import listing
from prisma_combine.repository.disk import Disk
from prisma_combine.repository.tracked import Tracked
from prisma_combine.repository.tree import SUFFIX, Tree
from prisma_combine.schema import order, rules, stream, wildcards
from prisma_combine.schema.format import Join, join
from prisma_combine.schema.rules import Facts, Finding
from prisma_combine.schema.source import Source, decode, lenient, refuse_utf16


class Depth(Enum):
    """The choice of rules that are applied to the sources."""

    NONE = auto()
    """none, for commands that work on broken sources, too"""
    NEEDED = auto()
    """all, but only the quick ones when the combined file is in sync"""
    ALL = auto()


class State(NamedTuple):
    """A schema as it is now."""

    target: Target
    sources: tuple[Source, ...]
    """in the order in which they are combined"""
    findings: tuple[Finding, ...]
    """mistakes in the sources; with any of them nothing can be combined"""
    committed: bytes | None
    """the combined file; None when there is none"""
    in_sync: bool

    @property
    def frame(self) -> Frame:
        """The text around the sections."""
        return Frame(self.target.format, self.target.directory)

    @property
    def text(self) -> str:
        """The combined file's text."""
        return lenient(self.committed or b"")

    @property
    def join(self) -> Join:
        """The parts of the combined file that the sources make."""
        return join(self.target.format, self.target.directory, self.sources)

    @property
    def paths(self) -> list[str]:
        """The sources, and the combined file if there is one."""
        output = [] if self.committed is None else [self.target.output]
        return [*(one.path for one in self.sources), *output]


def read(
    config: Config,
    target: Target,
    tree: Tree,
    tracked: Tracked,
    depth: Depth = Depth.NEEDED,
) -> State:
    """Read a schema. Raises CombineError when something can't be read."""
    if isinstance(tree, Disk):
        _refuse_sparse(target, tree, tracked)
    found = listing.present(config, target, tree)
    ignored = set(tracked.ignored(map(target.path, found)))
    found = [name for name in found if target.path(name) not in ignored]
    names = listing.chosen(target, found)
    sources = tuple(_sources(config, target, tree, names))
    committed = tree.read(target.output)
    refuse_utf16(committed or b"", reading.shown(target.output, config.root))
    sources, in_sync = _arranged(target, sources, committed)
    if depth is Depth.NONE:
        return State(target, sources, (), committed, in_sync)
    unlisted = listing.unlisted(target, found, names)
    forgotten = []
    if not in_sync and committed is not None and not isinstance(tree, Disk):
        forgotten = list(_forgotten(config, target, lenient(committed), tracked))
        unlisted += [name for name in forgotten if not listing.is_chosen(target, target.path(name))]
    about = facts(config, target, sources, names, unlisted, tree.absent)
    findings = rules.findings(about, shallow=in_sync and depth is not Depth.ALL)
    findings += [rules.untracked(target.path(one), is_output=False) for one in forgotten]
    return State(target, sources, tuple(findings), committed, in_sync)


def facts(
    config: Config,
    target: Target,
    sources: Sequence[Source],
    chosen: Sequence[str] | None = None,
    unlisted: Sequence[str] = (),
    absent: str = "does not exist",
) -> Facts:
    """Return what the rules look at."""

    @cache
    def places() -> dict[str, list[int]]:
        return config.places(target, "files")

    def where(name: str) -> list[str]:
        lines = [f"{config.path}:{line}" for line in places().get(name, ())]
        return lines or [config.where(target, "files")]

    return Facts(
        config=config.path,
        directory=target.directory,
        chosen=None if target.files is None or chosen is None else tuple(chosen),
        unlisted=tuple(unlisted),
        sources=tuple(sources),
        where=where,
        absent=absent,
        entries=target.files or (),
    )


def _forgotten(config: Config, target: Target, text: str, tracked: Tracked) -> Iterator[str]:
    """Yield the files that a staged combined file holds, but that are not staged themselves."""
    disk = Disk(config.root)
    names = listing.present(config, target, disk) if disk.find(target.directory) else []
    lacking = set(tracked.lacks(map(target.path, names)))
    lacking.difference_update(tracked.ignored(lacking))
    for name in names:
        if target.path(name) in lacking:
            body = target.format.trimmed(lenient(disk.read(target.path(name)) or b""))
            if body.strip() and body in text:
                yield name


def _refuse_sparse(target: Target, disk: Disk, tracked: Tracked) -> None:
    """Refuse a work tree that lacks files: without them the combined file would lack models."""
    for path in tracked.sparse():
        is_part = path == target.output or (
            path.endswith(SUFFIX) and listing.is_chosen(target, path)
        )
        if is_part and disk.read(path) is None:
            raise CombineError(
                f"{reading.shown(path, disk.root)}: left out of the work tree by a sparse checkout;"
                " run `git sparse-checkout disable`, or `prisma-combine check --staged`"
            )


def _sources(config: Config, target: Target, tree: Tree, names: Sequence[str]) -> Iterator[Source]:
    for name in dict.fromkeys(names):
        path = target.path(name)
        data = tree.read(path)
        where = reading.shown(path, config.root)
        if data is not None:
            yield Source(name, path, decode(data, where))
        elif target.files is None:
            raise CombineError(f"{where}: {tree.absent}; delete this link, or run it again")


def _arranged(
    target: Target, sources: tuple[Source, ...], committed: bytes | None
) -> tuple[tuple[Source, ...], bool]:
    """Return the sources in order, and whether the combined file is what they make."""
    if target.files is None:
        # A file in sync has an order of its own, and finding the right one takes a scan.
        if committed is not None and _is_written(target, sources, committed, ordered=False):
            return sources, True
        sources = order.in_dependency_order(sources)
    written = committed is not None and _is_written(target, sources, committed, ordered=True)
    return sources, written


def _is_written(
    target: Target, sources: Sequence[Source], committed: bytes, *, ordered: bool
) -> bool:
    form = target.format
    if ordered:
        parts = join(form, target.directory, sources)
        text = lenient(committed)
        if form.has_wildcards:
            found = wildcards.match_around(parts.banner, parts.middle, parts.footer, text)
            return found is not None
        return text == parts.text()
    bodies = {one.name: form.trimmed(one.text).encode() for one in sources}
    file = BytesIO(lenient(committed).encode(errors="surrogateescape"))
    body: Callable[[str], bytes] = bodies.__getitem__
    return stream.matches(file, form, target.directory, list(bodies), body, ordered=False)
