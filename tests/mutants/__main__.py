"""Whether the tests notice when the code changes: `python tests/mutants`.

mutmut changes the code in one place at a time, in a copy of the project. A change that no test
notices has to be explained in explained.toml, under its module and function, by the line that it
makes; what explains nothing any more is an error too.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from configparser import ConfigParser
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent

_CONFIG = ConfigParser()
_CONFIG.read(HERE / "setup.cfg", encoding="utf-8")
FILES = [Path(file) for file in _CONFIG["mutmut"]["only_mutate"].split()]
TESTS = _CONFIG["mutmut"]["pytest_add_cli_args_test_selection"].split()

SURVIVED = {0, 5, 33}
"""the exit codes of tests that passed, and of none at all; the others are failures and timeouts"""


class Survivor(NamedTuple):
    """A change to the code that no test notices."""

    function: str
    """`order.rings`"""
    line: str
    """what the change makes of a line"""


class Outcome(NamedTuple):
    """What became of the mutants that were tried."""

    tried: Counter[str]
    """how many there were, by module"""
    explained: list[Survivor]
    unexplained: list[Survivor]
    needless: set[Survivor]
    """what is explained and does not survive"""


def main() -> int:
    """Tries the mutants and prints a table; 1 when one survives that is not explained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--sample", type=int, metavar="N", help="try only N of them, always the same"
    )
    sample: int | None = parser.parse_args().sample
    # Each mutant's tests write hundreds of files: in memory, where the system offers that.
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        _copy(Path(folder))
        os.environ["TMPDIR"] = str(Path(folder, "tmp"))
        with chdir(folder):  # where mutmut looks for all that it needs
            outcome = _try(sample)
    _print(outcome)
    return 1 if outcome.unexplained or outcome.needless else 0


def _copy(folder: Path) -> None:
    left_out = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
    shutil.copytree(PROJECT / "hooks", folder / "src", ignore=left_out)
    shutil.copytree(PROJECT / "tests", folder / "tests", ignore=left_out)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    shutil.copy(HERE / "setup.cfg", folder)
    (folder / "tmp").mkdir()


def _try(sample: int | None) -> Outcome:
    names = _spread(_names(), sample) if sample else []
    _run_mutmut(names)
    reasons = _explained()
    outcome = Outcome(Counter(), [], [], set())
    for file in FILES:
        found = json.loads(Path("mutants", f"{file}.meta").read_bytes())["exit_code_by_key"]
        codes = {name: found[name] for name in found if name in names or not names}
        outcome.tried[file.stem] = len(codes)
        for name in (name for name, code in codes.items() if code in SURVIVED):
            survivor = _survivor(file, name)
            if survivor in reasons:
                outcome.explained.append(survivor)
            elif _passes_all_tests(name):
                outcome.unexplained.append(survivor)
            elif not _passes_all_tests(""):
                sys.exit("The slow tests fail without a mutant too")
    if not names:
        outcome.needless.update(reasons.difference(outcome.explained))
    return outcome


def _names() -> list[str]:
    """mutmut's names of all mutants, in the order of the code."""
    return [
        f"prisma_combine.{file.stem}.{name}"
        for file in FILES
        for name in mutate_file_contents(str(file), file.read_text("utf-8")).mutant_names
    ]


def _spread(names: list[str], count: int) -> list[str]:
    """So many of the names, at even distances."""
    return [names[at * len(names) // count] for at in range(min(count, len(names)))]


def _run_mutmut(names: list[str]) -> None:
    command = [str(Path(sys.executable).with_name("mutmut")), "run", *names]
    plugin = {"PYTHONPATH": str(Path("tests/mutants").resolve())}
    with open("log", "w+b") as log:
        ended = subprocess.run(
            command, env=os.environ | plugin, stdout=log, stderr=log, check=False
        )
        if ended.returncode:
            log.seek(0)
            sys.exit(log.read().decode(errors="replace"))


def _explained() -> set[Survivor]:
    modules = tomllib.loads((HERE / "explained.toml").read_text(encoding="utf-8"))
    return {
        Survivor(f"{module}.{function}", line)
        for module, functions in modules.items()
        for function, lines in functions.items()
        for line in lines
    }


def _survivor(file: Path, name: str) -> Survivor:
    lines = get_diff_for_mutant(name, path=file).split("\n")[3:]
    made = [line[1:].strip() for line in lines if line.startswith("+")]
    gone = [line[1:].strip() for line in lines if line.startswith("-")]
    function = name.rpartition(".")[2].partition("__mutmut_")[0]
    plain = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return Survivor(f"{file.stem}.{plain}", " ".join(made) or f"no {' '.join(gone)}")


def _passes_all_tests(name: str) -> bool:
    """Whether the tests pass with all examples too, and the program in processes of its own."""
    return not subprocess.run(
        [sys.executable, "-m", "pytest", "-qx", "--hypothesis-seed=0", *TESTS],
        cwd="mutants",
        env=os.environ
        | {"MUTANT_UNDER_TEST": name, "PYTHONPATH": str(Path("mutants/src").resolve())},
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode


def _print(outcome: Outcome) -> None:
    explained, unexplained = (
        Counter(survivor.function.partition(".")[0] for survivor in survivors)
        for survivors in (outcome.explained, outcome.unexplained)
    )
    print(f"{'':10}{'mutants':>9}{'killed':>9}{'explained':>11}{'score':>9}")
    for module, tried in outcome.tried.items():
        _print_row(module, tried, explained[module], unexplained[module])
    _print_row("all", outcome.tried.total(), explained.total(), unexplained.total())
    for survivor in outcome.unexplained:
        print(f"survives: {survivor.function}: {survivor.line}")
    for survivor in sorted(outcome.needless):
        print(f"explained, but does not survive: {survivor.function}: {survivor.line}")


def _print_row(name: str, tried: int, explained: int, unexplained: int) -> None:
    killed = tried - explained - unexplained
    score = killed / tried if tried else 1
    print(f"{name:10}{tried:9}{killed:9}{explained:11}{score:9.1%}")


if __name__ == "__main__":
    sys.exit(main())
