"""How `check` bears load: `python tests/bench/load.py`, or with `--short` as CI runs it.

Whole processes of `prisma-combine check`, and of what it is measured against, on repositories
with more and more models, files and targets. The commands on one repository run in turn, so that
a slow moment of the machine meets all alike. Writes the figures as CSV, draws them, and fails
when the time grows faster than what there is to check. It judges CPU time, all processes of a
command together: a busy machine stretches a long command's time by the clock more than a short
one's.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import figures
import node
import repositories
from figures import BYTES, CHECKS, PRISMA, PYTHON, SCRIPT, Figure
from measure import Run, Runner, memory, seconds
from repositories import CONFIGURATIONS, EDITED, IN_SYNC, STALE, Shape, folders

HERE = Path(__file__).parent
PLOT = HERE.parent.parent / ".github" / "load.svg"

SLOW, SLOWEST = 1.0, 8.0
"""seconds; what takes longer runs fewer times, or once"""
PRISMA_UP_TO = {"models": 50_000, "files": 5_000, "targets": 10}
"""what takes it less than a minute"""

GROWTH = 2.0
"""times what the size grows by may the time grow by"""
BOUND = 2.0
"""times as long as `cat | cmp` and Python's start may a check in sync take"""
BOUND_AT = (50_000,)
"""models"""


class Axis(NamedTuple):
    """What there is more and more of."""

    name: str
    sizes: tuple[int, ...]

    def shape(self, size: int) -> Shape:
        """The repository of a size."""
        match self.name:
            case "models":
                return Shape(targets=1, files=min(-(-size // 10), 200), models=size)
            case "files":
                return Shape(targets=1, files=size, models=2 * size)
        return Shape(targets=size, files=2, models=4)


class Plan(NamedTuple):
    """How much is measured."""

    axes: tuple[Axis, ...]
    runs: int
    """of each command, after a warm-up"""
    slow_runs: int
    """the same of what is slow"""
    most_models: int
    """in one target; where there are more, only the state in sync is checked"""


FULL = Plan(
    axes=(
        Axis("models", (1, 10, 100, 1_000, 10_000, 50_000)),
        Axis("files", (1, 10, 100, 1_000, 5_000)),
        Axis("targets", (1, 10, 100, 500)),
    ),
    runs=11,
    slow_runs=3,
    most_models=50_000,
)
SHORT = Plan(
    axes=(
        Axis("models", (1, 1_000, 10_000, 50_000)),
        Axis("files", (1, 300, 3_000)),
        Axis("targets", (1, 20, 200)),
    ),
    runs=7,
    slow_runs=1,
    most_models=10_000,
)

Measured = dict[tuple[str, int, str], list[Run]]
"""by axis, size and command"""


def main() -> int:
    """Measures, writes, draws and judges; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="less of it, and no plot")
    parser.add_argument("--no-prisma", action="store_true", help=f"leave {PRISMA} out")
    parser.add_argument("--csv", type=Path, help="where to write the figures; else printed")
    parser.add_argument("--plot", type=Path, help="where to draw; .github/load.svg by default")
    options = parser.parse_args()
    plan = SHORT if options.short else FULL
    measured = measure(plan, prisma=not (options.short or options.no_prisma))
    table = [
        Figure(*key, len(runs), seconds(runs), memory(runs) / 1e6) for key, runs in measured.items()
    ]
    if options.csv:
        with options.csv.open("w", newline="") as file:
            figures.write(table, file)
    else:
        figures.write(table, sys.stdout)
    path = options.plot or (None if options.short else PLOT)
    if path:
        from plot import draw  # the short run needs no matplotlib

        draw(table, path)
    wrong = list(faults(measured))
    for line in wrong:
        print(f"load: {line}", file=sys.stderr)
    return 1 if wrong else 0


def measure(plan: Plan, *, prisma: bool) -> Measured:
    """Runs all there is to run, and tells on standard error how far it is.

    Raises RuntimeError when a command ends otherwise than it should.
    """
    measured: Measured = {}
    environment = node.environment()
    with tempfile.TemporaryDirectory() as name, Runner(environment) as runner:
        validate = node.install_prisma(Path(name, "prisma"), environment) if prisma else []
        for axis in plan.axes:
            for size in axis.sizes:
                with tempfile.TemporaryDirectory(dir=name) as place:
                    commands = _commands(Path(place), axis.shape(size), runner)
                    if axis.shape(size).models > plan.most_models:
                        del commands[CHECKS[STALE]], commands[CHECKS[EDITED]]
                    if validate and size <= PRISMA_UP_TO[axis.name]:
                        commands[PRISMA] = _each(validate, axis.shape(size))
                    runs = _turns(plan, runner, Path(place), commands)
                measured |= {(axis.name, size, label): runs[label] for label in runs}
                shown = ", ".join(f"{label} {seconds(runs[label]):.3f} s" for label in runs)
                print(f"{size:,} {axis.name}: {shown}", file=sys.stderr)
    return measured


def _commands(root: Path, shape: Shape, runner: Runner) -> dict[str, list[str]]:
    """Makes a repository, and the commands to run in it."""
    repositories.make(root, shape)
    where = folders(shape.targets)
    # One process for all targets; so many paths are too long for `sh -c`.
    pairs = " ".join(f"{folder.directory} {folder.script}" for folder in where)
    script = f"node {HERE / 'combine-schemas.js'} {pairs}"
    (root / ".git/script").write_text(f"{script} && git diff --exit-code -- '*script.prisma'\n")
    runner.run(root, ["sh", ".git/script"])
    repositories.track(root)
    # Not with the combined file, where `cmp` would stop at the first line.
    cat = f"cat {'services/*' if shape.targets > 1 else where[0].top}/database/schemas/*.prisma"
    runner.run(root, ["sh", "-c", f"{cat} > .git/joined"])
    checks = {
        CHECKS[state]: ["prisma-combine", "check", "--config", path]
        for state, path in CONFIGURATIONS.items()
    }
    return checks | {
        SCRIPT: ["sh", ".git/script"],
        BYTES: ["sh", "-c", f"{cat} | cmp - .git/joined"],
        PYTHON: [sys.executable, "-c", "pass"],
    }


def _each(validate: Sequence[str], shape: Shape) -> list[str]:
    """Prisma on every combined file."""
    outputs = [folder.output for folder in folders(shape.targets)]
    loop = 'prisma=$1; shift; for output; do $prisma validate --schema "$output" || exit 1; done'
    return ["sh", "-c", loop, "sh", " ".join(validate), *outputs]


def _turns(
    plan: Plan, runner: Runner, root: Path, commands: Mapping[str, Sequence[str]]
) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {}
    due = dict.fromkeys(commands, plan.runs)
    for turn in range(plan.runs + 1):
        for label, command in commands.items():
            if turn > due[label]:
                continue
            run = runner.run(root, command)
            if run.code != (label in (CHECKS[STALE], CHECKS[EDITED])):
                raise RuntimeError(f"{label}: exit {run.code}")
            if turn:
                runs[label].append(run)
                continue
            # The first is a warm-up, unless there is time for no other.
            due[label] = plan.runs if run.seconds < SLOW else plan.slow_runs
            once = run.seconds > SLOWEST
            runs[label] = [run] if once else []
            due[label] = 0 if once else due[label]
    return runs


def faults(measured: Measured) -> Iterator[str]:
    """What is slower than it may be. Ratios within the one run only."""
    for axis in dict.fromkeys(axis for axis, _, _ in measured):
        for label in CHECKS.values():
            yield from _growth(measured, axis, label)
    for size in BOUND_AT:
        if ("models", size, CHECKS[IN_SYNC]) in measured:
            yield from _bound(measured, size)


def _growth(measured: Measured, axis: str, label: str) -> Iterator[str]:
    """Whether the CPU time, less what the smallest size takes, grows with the size."""
    took = {
        size: min(run.cpu for run in runs)
        for (name, size, command), runs in measured.items()
        if (name, command) == (axis, label)
    }
    sizes = list(took)
    least = took[sizes[0]]
    for size, next_size in pairwise(sizes):
        # What is little against the start is all noise.
        own = max(took[size] - least, least / 2)
        times, grown = next_size / size, (took[next_size] - least) / own
        if grown > GROWTH * times:
            yield (
                f"{label}, {size:,} to {next_size:,} {axis}: {times:g} times as many take"
                f" {grown:.1f} times as long, over {GROWTH * times:g}"
            )


def _bound(measured: Measured, size: int) -> Iterator[str]:
    """Whether a check in sync keeps to the bound, in CPU time."""
    runs = [measured["models", size, label] for label in (CHECKS[IN_SYNC], BYTES, PYTHON)]
    check, read, start = (min(run.cpu for run in own) for own in runs)
    ratio = check / (read + start)
    check, read, start = map(seconds, runs)
    shown = (
        f"{CHECKS[IN_SYNC]}, {size:,} models: {ratio:.2f} times the CPU time of `{BYTES}` and"
        f" `{PYTHON}`"
    )
    print(
        f"{shown}, at most {BOUND:g}; {check / (read + start):.2f} times by the clock",
        file=sys.stderr,
    )
    if ratio > BOUND:
        yield f"{shown}, over {BOUND:g}"


if __name__ == "__main__":
    sys.exit(main())
