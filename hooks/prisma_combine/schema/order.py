"""Dependencies between source files, and the order that follows from them."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping

from prisma_combine.schema.language import NAMED, Scan, scan
from prisma_combine.schema.source import Source


def in_dependency_order(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return sources in the order for `files` left out."""
    named = {source.name: source for source in sources}
    scans = {name: scan(source.text) for name, source in named.items()}
    names = order(scans, dependencies(scans), with_datasource(scans))
    return tuple(named[name] for name in names)


def dependencies(scans: Mapping[str, Scan]) -> dict[str, set[str]]:
    """Return for each file the files that it depends on.

    A relation makes its side with the foreign key depend on the other.
    """
    owners: dict[str, tuple[str, bool]] = {}
    for file in sorted(scans):
        for block in scans[file].blocks:
            if block.keyword in NAMED:
                owners.setdefault(block.name, (file, block.keyword == "model"))
    needs: dict[str, set[str]] = {file: set() for file in scans}
    for file, found in needs.items():
        for block in scans[file].blocks:
            for field in block.fields:
                owner, is_model = owners.get(field.type, (file, False))
                if owner != file and (field.foreign_key or not is_model):
                    found.add(owner)
    return needs


def with_datasource(scans: Mapping[str, Scan]) -> set[str]:
    """Return the files that hold a datasource block."""
    return {
        file
        for file, found in scans.items()
        if any(block.keyword == "datasource" for block in found.blocks)
    }


def order(
    names: Iterable[str],
    needs: Mapping[str, Collection[str]],
    datasources: Iterable[str],
) -> list[str]:
    """Return the files in order: first the datasource's, then each after those that it needs.

    Ties are broken by name. Files that need each other stay together.
    """
    rest = set(names)
    ordered = sorted(rest.intersection(datasources))
    rest.difference_update(ordered)
    ring = rings(rest, needs)
    members: dict[str, list[str]] = {}
    for name in sorted(rest):
        members.setdefault(ring[name], []).append(name)
    needed_by: dict[str, set[str]] = {first: set() for first in members}
    for name in rest:
        for need in rest.intersection(needs.get(name, ())):
            if ring[need] != ring[name]:
                needed_by[ring[need]].add(ring[name])
    waits_for = dict.fromkeys(members, 0)
    for waiting in needed_by.values():
        for first in waiting:
            waits_for[first] += 1
    ready = [first for first, count in waits_for.items() if not count]
    heapq.heapify(ready)
    while ready:
        placed = heapq.heappop(ready)
        ordered += members[placed]
        for first in needed_by[placed]:
            waits_for[first] -= 1
            if not waits_for[first]:
                heapq.heappush(ready, first)
    return ordered


def rings(names: Iterable[str], needs: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return for each file the first by name of the files that need it and that it needs."""
    # Tarjan's algorithm for strongly connected components. Each visit is a generator on a list,
    # because a chain of files may be longer than Python's recursion limit.
    among = set(names)
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    undecided: list[str] = []
    ring: dict[str, str] = {}

    def visit(name: str) -> Iterator[str]:
        number[name] = lowest[name] = len(number)
        undecided.append(name)
        for need in among.intersection(needs.get(name, ())):
            if need not in number:
                yield need
            if need not in ring:
                lowest[name] = min(lowest[name], lowest[need])
        if lowest[name] == number[name]:
            members = [undecided.pop()]
            while members[-1] != name:
                members.append(undecided.pop())
            ring.update(dict.fromkeys(members, min(members)))

    for name in among:
        visits = [visit(name)] if name not in number else []
        while visits:
            deeper = next(visits[-1], None)
            if deeper is None:
                visits.pop()
            else:
                visits.append(visit(deeper))
    return ring
