"""Whether the tests notice when the code changes: `python tests/mutants [--sample N]`.

mutmut changes the code in one place at a time, in a copy of the project, and starts the default
test run. A change that no test notices has to be explained in explained.toml, under its module
and function, by the line that it makes. What explains nothing any more is an error, too.
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
from collections.abc import Collection, Mapping
from configparser import ConfigParser
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
SURVIVED = {0, 5, 33}
"""the exit codes of tests that passed, and of none at all; the others are failures and timeouts"""


class Mutant(NamedTuple):
    """A change to the code."""

    function: str
    """`compare.verdict._base`"""
    line: str
    """what the change makes of a line"""


def main() -> int:
    """Try the mutants, print a table, and return 1 when one survives that is not explained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N", help="try N of them, always the same")
    sample: int | None = parser.parse_args().sample
    # Each mutant's tests write hundreds of files: in memory, where the system offers that.
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        left_out = shutil.ignore_patterns("__pycache__", "node_modules", ".git", ".*_cache")
        shutil.copytree(PROJECT, folder, ignore=left_out, dirs_exist_ok=True)
        shutil.copytree(Path(folder, "hooks"), Path(folder, "src"))
        shutil.copy(HERE / "setup.cfg", folder)
        Path(folder, "tmp").mkdir()
        os.environ["TMPDIR"] = str(Path(folder, "tmp"))
        with chdir(folder):  # where mutmut looks for all that it needs
            files = _files()
            names = [name for own in files.values() for name in own]
            if sample:
                names = names[:: max(1, len(names) // sample)][:sample]
            _run_mutmut(names if sample else [])
            survivors = _survivors(files, names)
    explained = _explained()
    unexplained = [one for one in survivors if one not in explained]
    needless = [] if sample else sorted(explained.difference(survivors))
    _print(Counter(map(_folder, names)), survivors, unexplained)
    for one in unexplained:
        print(f"survives: {one.function}: {one.line}")
    for one in needless:
        print(f"explained, but does not survive: {one.function}: {one.line}")
    return 1 if unexplained or needless else 0


def _files() -> dict[Path, list[str]]:
    """Return the names of all mutants in each file, in the order of the code."""
    config = ConfigParser()
    config.read("setup.cfg", encoding="utf-8")
    found = {}
    for pattern in config["mutmut"]["only_mutate"].split():
        for file in sorted(Path().glob(pattern)):
            module = ".".join(file.with_suffix("").parts[1:])
            made = mutate_file_contents(str(file), file.read_text("utf-8")).mutant_names
            found[file] = [f"{module}.{name}" for name in made]
    return found


def _run_mutmut(names: Collection[str]) -> None:
    command = [str(Path(sys.executable).with_name("mutmut")), "run", *names]
    with open("log", "w+b") as log:
        ended = subprocess.run(command, stdout=log, stderr=log, check=False)
        if ended.returncode:
            log.seek(0)
            sys.exit(log.read().decode(errors="replace"))


def _survivors(files: Mapping[Path, list[str]], tried: Collection[str]) -> list[Mutant]:
    survivors: list[Mutant] = []
    for file in files:
        meta = Path("mutants", f"{file}.meta")
        codes = json.loads(meta.read_bytes())["exit_code_by_key"] if meta.exists() else {}
        own = set(files[file]).intersection(tried)
        survivors += [_mutant(file, name) for name in own if codes[name] in SURVIVED]
    return sorted(survivors)


def _mutant(file: Path, name: str) -> Mutant:
    lines = get_diff_for_mutant(name, path=file).split("\n")[3:]
    made = [line[1:].strip() for line in lines if line.startswith("+")]
    gone = [line[1:].strip() for line in lines if line.startswith("-")]
    module, _, function = name.removeprefix("prisma_combine.").rpartition(".")
    plain = function.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ")
    return Mutant(f"{module}.{plain.replace('ǁ', '.')}", " ".join(made) or f"no {' '.join(gone)}")


def _explained() -> set[Mutant]:
    functions = tomllib.loads((HERE / "explained.toml").read_text(encoding="utf-8"))
    return {Mutant(function, line) for function, lines in functions.items() for line in lines}


def _folder(name: str) -> str:
    return name.removeprefix("prisma_combine.").partition(".")[0]


def _print(
    tried: Counter[str], survivors: Collection[Mutant], unexplained: Collection[Mutant]
) -> None:
    survived, unknown = (
        Counter(_folder(one.function) for one in many) for many in (survivors, unexplained)
    )
    print(f"{'':12}{'mutants':>9}{'killed':>9}{'explained':>11}{'score':>9}")
    for folder in [*tried, ""]:
        count, alive, open_ = (
            counts[folder] if folder else counts.total() for counts in (tried, survived, unknown)
        )
        score = 1 - open_ / count if count else 1
        row = f"{count:9}{count - alive:9}{alive - open_:11}{score:9.1%}"
        print(f"{folder or 'all':12}{row}")


if __name__ == "__main__":
    sys.exit(main())
