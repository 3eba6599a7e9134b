"""What there is of a target: its sources, what is wrong with them, and both texts."""

from typing import NamedTuple

from prisma_combine import listing, order, psl, source
from prisma_combine.combined import Section, lines_of, parse, render, section
from prisma_combine.config import Config, Target
from prisma_combine.errors import CombineError
from prisma_combine.rules import Facts, Finding, findings
from prisma_combine.source import Source
from prisma_combine.tree import Tree


class State(NamedTuple):
    """A target as it is now."""

    target: Target
    sources: tuple[Source, ...]
    """in the order in which they are combined"""
    findings: list[Finding]
    """what keeps them from being combined"""
    committed: bytes | None
    """the combined file; None when there is none"""

    @property
    def sections(self) -> list[Section]:
        """The sections that the combined file should have."""
        return [_section(source) for source in self.sources]

    @property
    def regenerated(self) -> bytes:
        """What the combined file should hold, with the newlines that it has."""
        text = render(self.target.directory, self.sections)
        return (text.replace("\n", "\r\n") if _has_crlf(self.committed) else text).encode()


def of(config: Config, target: Target, tree: Tree) -> State:
    """Reads all there is of a target. Raises CombineError when something can't be read."""
    found = listing.present(config, target, tree)
    sources = []
    for name in dict.fromkeys(found if target.names is None else target.names):
        path = target.path(name)
        data = tree.read(path)
        if data is None and target.names is None:
            what = "is a link to nothing, or has just gone; remove it, or run this again"
            raise CombineError(f"{path}: {what}")
        if data is not None:
            sources.append(source.read(name, path, data))
    committed = tree.read(target.output)
    text = None if committed is None else lines_of(committed)
    if target.names is None:
        # A file in sync tells the order itself, so that a check that passes need not read the
        # language for it.
        sources = _as_in(text or "", sources)
    in_sync = text == render(target.directory, map(_section, sources))
    if target.names is None and not in_sync:
        sources = _in_dependency_order(sources)
    facts = Facts(
        config=config.path,
        directory=target.directory,
        listed=target.names,
        listed_lines=config.listed(target),
        found=tuple(found),
        sources=tuple(sources),
        absent=tree.absent,
    )
    return State(target, tuple(sources), findings(facts, in_sync=in_sync), committed)


def _section(source: Source) -> Section:
    return section(source.name, source.body)


def _as_in(committed: str, sources: list[Source]) -> list[Source]:
    rank = {section.name: place for place, section in enumerate(parse(committed))}
    return sorted(sources, key=lambda source: rank.get(source.name, len(rank)))


def _in_dependency_order(sources: list[Source]) -> list[Source]:
    scans = {source.name: psl.scan(source.body) for source in sources}
    names = order.order(scans, order.dependencies(scans), order.with_datasource(scans))
    named = {source.name: source for source in sources}
    return [named[name] for name in names]


def _has_crlf(data: bytes | None) -> bool:
    crlf = (data or b"").count(b"\r\n")
    return crlf * 2 > (data or b"").count(b"\n")
