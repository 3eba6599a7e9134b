"""Puts the properties to the test with a coverage-guided fuzzer: `python tests/fuzz [NAME…]`.

Each has a process of its own, a number of runs and a seed, so that the same code is given the same
inputs. Nothing stays behind; an input that fails is printed.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
RUNS = 20_000
SLOW = 50
"""how many times as long a run takes where programs are started"""
LONGEST = 4096
"""bytes of an input"""
STUCK = 60
"""seconds after which a run counts as one without an end"""

# What lies here must not hide a module of the same name that some package has.
sys.path[0] = str(HERE.parent)


def main() -> int:
    """Runs the fuzzer on each property, and prints a line for it; the exit code."""
    from fuzz.properties import PROPERTIES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(PROPERTIES)}")
    parser.add_argument("--times", type=int, default=1, help="as many runs as usual")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    unknown = set(arguments.names).difference(PROPERTIES)
    if unknown:
        parser.error(f"no property {', '.join(sorted(unknown))}")
    failed = False
    for name in arguments.names or PROPERTIES:
        runs = RUNS // SLOW if PROPERTIES[name].slow else RUNS
        failed |= not _passes(name, runs * arguments.times, arguments.seed)
    return 1 if failed else 0


def _passes(name: str, runs: int, seed: int) -> bool:
    """Whether a property holds of so many inputs; prints what there is to say."""
    from fuzz.properties import PROPERTIES

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
        print(f"{name:10} {runs:8} runs  {coverage:6} edges  {took:5.0f} s  no failure", flush=True)
        return True
    # The way there is the fuzzer's own concern.
    why = re.sub(r"^(?:INFO: |#[0-9]).*\n", "", said, flags=re.MULTILINE)
    print(f"{name:10} failed", *(repr(data) for data in inputs), why, sep="\n", flush=True)
    return False


def _escaped(piece: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in piece)


def fuzz(name: str, options: list[str]) -> None:
    """Becomes the fuzzer of one property; it ends the process."""
    import atheris

    # What is imported here tells the fuzzer which ways it has gone.
    with atheris.instrument_imports(include=["prisma_combine"]):
        from fuzz.properties import PROPERTIES

        # What a function imports when it is called.
        from prisma_combine import cli, index, init, terminal  # noqa: F401
        from prisma_combine.report import adopt, github  # noqa: F401
        from prisma_combine.report import init as drafted  # noqa: F401

    atheris.Setup([sys.argv[0], *options], PROPERTIES[name].holds)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fuzzer"]:
        fuzz(sys.argv[2], sys.argv[3:])
    sys.exit(main())
