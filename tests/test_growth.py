"""Eight times as much takes about eight times as long, not 64 times."""

import time
from collections.abc import Callable

from prisma_combine.check import Report
from prisma_combine.combined import render, section
from prisma_combine.config import Target
from prisma_combine.diff import Diff, Edit, diff
from prisma_combine.report import json, text
from prisma_combine.source import Source
from prisma_combine.state import State
from prisma_combine.verdict import SectionVerdict, Status, Verdict

TIMES = 8


def test_a_diff_with_many_hunks_in_one_section() -> None:
    _grows_evenly(_diff, 500)


def test_a_report_on_many_sections() -> None:
    _grows_evenly(_reports, 1000)


def _diff(size: int) -> Callable[[], object]:
    body = "".join(f"// {line}\n" for line in range(size * 20))
    old, new = (
        render("d", [section("a.prisma", text)]).encode()
        for text in (body.replace("0\n", "x\n"), body)
    )
    return lambda: diff(old, new, "o.prisma", [Source("a.prisma", "d/a.prisma", body, 1)])


def _reports(size: int) -> Callable[[], object]:
    names = tuple(f"{number}.prisma" for number in range(size))
    report = Report(
        State(Target("o.prisma", "d", names, ()), (), [], b""),
        Verdict(
            Status.HAND_EDITED,
            tuple(SectionVerdict(name, Status.HAND_EDITED, 1) for name in names),
        ),
        [],
        Diff(b"", [Edit(name, 1, 1, 1, 1) for name in names]),
    )
    return lambda: (list(text.parts(report)), json.render([report]))


def _grows_evenly(work: Callable[[int], Callable[[], object]], size: int) -> None:
    assert _seconds(work(size * TIMES)) < _seconds(work(size)) * TIMES * 3


def _seconds(work: Callable[[], object]) -> float:
    """Of this process alone: what else the machine does doesn't count."""
    times = []
    for _ in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)
