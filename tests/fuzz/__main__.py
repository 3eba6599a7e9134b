"""Try the properties with a coverage-guided fuzzer: `python tests/fuzz [NAME…]`.

Each has a process of its own, a number of runs and a seed, so that the same code gets the same
inputs. Nothing stays behind; an input that fails is printed.
"""

import argparse
import importlib
import pkgutil
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
RUNS = 20_000
LONGEST = 4096
"""bytes of an input"""
STUCK = 60
"""seconds after which a run counts as one without an end"""

# The modules in this folder must not hide those of packages.
sys.path[0] = str(HERE.parent)


def main() -> int:
    """Run the fuzzer on each property, print a line for it and return the exit code."""
    from support.properties import PROPERTIES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(PROPERTIES)}")
    help_runs = f"of most properties; fewer of slow ones (default: {RUNS})"
    parser.add_argument("--runs", type=int, default=RUNS, help=help_runs)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    unknown = set(arguments.names).difference(PROPERTIES)
    if unknown:
        parser.error(f"no property {', '.join(sorted(unknown))}")
    failed = False
    for name in arguments.names or PROPERTIES:
        runs = round(arguments.runs / PROPERTIES[name].cost)
        failed |= not _passes(name, max(1, runs), arguments.seed)
    return 1 if failed else 0


def _passes(name: str, runs: int, seed: int) -> bool:
    """Return whether a property holds for so many inputs, and print what there is to say."""
    from support.properties import PROPERTIES

    tried = PROPERTIES[name]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, data in enumerate(tried.seeds):
            (corpus / str(number)).write_bytes(data)
        words = "".join(f'"{_escaped(piece)}"\n' for piece in tried.pieces)
        Path(folder, "words").write_text(words, encoding="ascii")
        options = {
            "runs": runs,
            "seed": seed,
            "max_len": LONGEST,
            "timeout": STUCK,
            "rss_limit_mb": 0,
            "dict": f"{folder}/words",
            "artifact_prefix": f"{folder}/failed-",
        }
        ran = subprocess.run(
            [sys.executable, __file__, "--fuzzer", name]
            + [f"-{option}={value}" for option, value in options.items()]
            + [str(corpus)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = ran.stdout.decode(errors="replace")
        inputs = [path.read_bytes() for path in sorted(Path(folder).glob("failed-*"))]
    took = time.monotonic() - started
    done = re.search(r"^#([0-9]+)\s+DONE\s+cov: ([0-9]+)", said, re.MULTILINE)
    if ran.returncode == 0 and done:
        runs, coverage = (int(number) for number in done.groups())
        print(f"{name:13} {runs:8} runs  {coverage:6} edges  {took:5.0f} s  no failure", flush=True)
        return True
    # Leave out the fuzzer's progress.
    why = re.sub(r"^(?:INFO: |#[0-9]).*\n", "", said, flags=re.MULTILINE)
    print(f"{name:13} failed", *(repr(data) for data in inputs), why, sep="\n", flush=True)
    return False


def _escaped(piece: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in piece)


def fuzz(name: str, options: list[str]) -> None:
    """Become the fuzzer of one property, which ends the process."""
    import atheris

    # What is imported here tells the fuzzer which ways it has gone.
    with atheris.instrument_imports(include=["prisma_combine"]):
        # Functions import some of the modules only when they are called.
        import prisma_combine
        from support.properties import PROPERTIES

        for module in pkgutil.walk_packages(prisma_combine.__path__, "prisma_combine."):
            if not module.name.endswith(("__main__", ".popen")):  # Windows alone has the second
                importlib.import_module(module.name)

    atheris.Setup([sys.argv[0], *options], PROPERTIES[name].holds)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fuzzer"]:
        fuzz(sys.argv[2], sys.argv[3:])
    sys.exit(main())
