"""How long commands take, and how much memory."""

import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_CHILD = Path(__file__).with_name("child.py")
_KILOBYTES = 1 if sys.platform == "darwin" else 1024
"""what getrusage counts in: bytes on macOS"""


class Run(NamedTuple):
    """One run of a command, as a whole process."""

    code: int
    seconds: float
    cpu: float
    """seconds that all its processes computed; hardly more when others compute, too"""
    memory: int
    """bytes: the peak of the largest of its processes, no less than a bare Python's"""


class Runner:
    """Runs commands, one at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_CHILD)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.kill()
        self._child.communicate()

    def run(self, folder: Path, command: Sequence[str]) -> Run:
        """Runs a command in a folder; what it prints is thrown away."""
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write("\0".join([str(folder), *command]) + "\n")
        self._child.stdin.flush()
        code, seconds, cpu, memory = self._child.stdout.readline().split()
        return Run(int(code), float(seconds), float(cpu), int(memory) * _KILOBYTES)


def seconds(runs: Sequence[Run]) -> float:
    """The median."""
    return statistics.median(run.seconds for run in runs)


def memory(runs: Sequence[Run]) -> int:
    """The median, in bytes."""
    return round(statistics.median(run.memory for run in runs))
