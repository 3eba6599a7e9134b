"""Which file depends on which, and the order that puts each after what it needs."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from prisma_combine.psl import NAMED, Scan


class Dependency(NamedTuple):
    """The field for which one file depends on another."""

    line: int
    """in the scanned text"""
    model: str
    field: str
    type: str


def dependencies(scans: Mapping[str, Scan]) -> dict[str, dict[str, Dependency]]:
    """For each file the files that it depends on, each with the first field that makes it so.

    Of a relation's two sides only the one with the foreign key makes a dependency.
    """
    owners: dict[str, tuple[str, bool]] = {}
    for file in sorted(scans):
        for block in scans[file].blocks:
            if block.keyword in NAMED:
                owners.setdefault(block.name, (file, block.keyword == "model"))
    needs: dict[str, dict[str, Dependency]] = {file: {} for file in scans}
    for file, found in needs.items():
        for block in scans[file].blocks:
            for field in block.fields:
                if field.type not in owners:
                    continue
                owner, is_model = owners[field.type]
                if owner != file and (field.foreign_key or not is_model):
                    made_by = Dependency(field.line, block.name, field.name, field.type)
                    found.setdefault(owner, made_by)
    return needs


def with_datasource(scans: Mapping[str, Scan]) -> set[str]:
    """The files that hold a datasource block."""
    return {
        file
        for file, scan in scans.items()
        if any(block.keyword == "datasource" for block in scan.blocks)
    }


def order(
    names: Iterable[str],
    needs: Mapping[str, Collection[str]],
    datasources: Iterable[str],
) -> list[str]:
    """The files in order: the datasource's first, then each after those that it needs.

    Whatever that leaves open goes by name. Files that need each other stay together.
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
    """For each file the first by name among itself and those that it is in a ring with."""
    # Tarjan's algorithm. Each visit is a generator, resumed from a list: a chain of files may be
    # longer than Python lets functions call each other.
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
