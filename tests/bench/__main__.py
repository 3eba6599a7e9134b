"""How long a check that passes takes, beside what it replaces: `python tests/bench`.

Whole processes, one after another in turn, so that a slow moment of the machine meets all alike;
read the ratios.
"""

import argparse
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import repositories
from repositories import Shape, folders

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "sample"
[FOLDER] = folders(targets=1)
SCRIPT = f"node {HERE / 'combine-schemas.js'} {FOLDER.directory} {FOLDER.script}"

COMMANDS = {
    "prisma-combine check": "prisma-combine check",
    "combine-schemas.js && git diff": f"{SCRIPT} && git diff --exit-code {FOLDER.script}",
    "node -e 0": "node -e 0",
    "python -c pass": f"{sys.executable} -c pass",
}


def make_sample(root: Path) -> None:
    """The sample project."""
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns("node_modules"))


def make_large(root: Path) -> None:
    """201 files with 2,000 models."""
    repositories.make(root, Shape(targets=1, files=200, models=2_000))


def _run(command: str, root: Path) -> float:
    words = ["sh", "-c", command] if "&&" in command else shlex.split(command)
    started = time.perf_counter()
    subprocess.run(words, cwd=root, capture_output=True, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Makes the repositories, measures, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21, help="of each command, after a warm-up")
    runs = parser.parse_args().runs
    print("| repository | command | median ms | against the script | against node |")
    print("| --- | --- | ---: | ---: | ---: |")
    for name, make in {"sample": make_sample, "201 files, 2,000 models": make_large}.items():
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "repository"
            make(root)
            for command in ("git init -q", "prisma-combine combine", SCRIPT, "git add ."):
                _run(command, root)
            identity = "-c user.name=Bench -c user.email=bench@example.com"
            _run(f"git {identity} commit -qm Bench", root)
            times: dict[str, list[float]] = {label: [] for label in COMMANDS}
            for turn in range(runs + 1):
                for label, command in COMMANDS.items():
                    seconds = _run(command, root)
                    if turn:
                        times[label].append(seconds)
        labels = list(COMMANDS)
        for label in labels:
            median = statistics.median(times[label]) * 1000
            ratios = [_ratio(times[label], times[other]) for other in labels[1:3]]
            print(f"| {name} | `{label}` | {median:.0f} | {ratios[0]:.2f} | {ratios[1]:.2f} |")


def _ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


if __name__ == "__main__":
    main()
