"""Measure every command beside the script that a team has: `python tests/bench`.

Each run is a whole process, on a fresh copy of its state. `node combine-schemas.js && git diff
--exit-code` runs on the same state directly before it, so that a slow moment of the machine meets
both: read the ratios. The figures go to figures.csv, and a plot of them to figures.svg.
"""

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from plot import Figure, draw  # noqa: E402
from support import PROJECT, SAMPLE  # noqa: E402
from support.environment import isolated  # noqa: E402
from support.repository import Repository  # noqa: E402

OUTPUT = "src/infrastructure/schema.prisma"
DATABASE = "src/infrastructure/database"
CONFIG = "prisma-combine.toml"
SCRIPT = f"node {DATABASE}/combine-schemas.js"
BASELINE = f"{SCRIPT} && git diff --exit-code"
TOOLS = ("prisma", "prisma-import@1.0.5")

# A process's peak memory counts from that of the one that starts it, so this is a small one.
CHILD = """\
import os, sys, time
started = time.perf_counter()
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - started
print(f"\\n{os.waitstatus_to_exitcode(status)} {seconds} {usage.ru_maxrss}")
"""
KILOBYTES = 1 if sys.platform == "darwin" else 1024
"""the unit of `ru_maxrss`"""

MODEL = """\
/// What is kept of thing {0}
model Thing{0} {{
  id          Int      @id @default(autoincrement())
  name{0}     String   @db.VarChar(255) // shown in lists
  status      String   @default("active{0}")
  details{0}  Json     @default("{{}}")
  ownerId     Int      @map("owner_of_{0}")
  createdAt   DateTime @default(now()) @map("created_at")
  updatedAt   DateTime @updatedAt @map("updated_at")

  owner Thing{1}   @relation("owner{0}", fields: [ownerId], references: [id])
  owned Thing{2}[] @relation("owner{2}")

  @@index([ownerId, createdAt])
  @@map("things_{0}")
}}
"""


class Shape(NamedTuple):
    """What a repository holds."""

    name: str
    models: int
    """in 200 files beside base.prisma; 0 for the sample project as it is"""
    commits: int
    """in which a source and the combined file changed"""
    part: float = 1
    """of the usual number of runs"""


SHAPES = (
    Shape("five files", 0, commits=20),
    Shape("2,000 models in 201 files", 2_000, commits=20),
    Shape("50,000 models in 201 files", 50_000, commits=1, part=1 / 7),
)


class Command(NamedTuple):
    """What is measured: a command, the state it meets, and its exit code there."""

    name: str
    words: tuple[str, ...]
    state: str = "in sync"
    code: int = 0
    most: int = 50_000
    """models; with more it would run for minutes"""


def commands(line: int, tools: Path) -> list[Command]:
    """Return all commands; `locate` asks for this line."""

    def own(words: str, state: str = "in sync", code: int = 0) -> Command:
        name = f"prisma-combine {words}"
        return Command(name, tuple(name.split(" ")), state, code)

    found = [
        own("check"),
        own("check", "stale", 1),
        own("check", "edited by hand", 1),
        own("check --fix", "stale", 1),
        own("combine", "stale"),
        own("adopt", "edited by hand"),
        own("init", "not configured"),
        own(f"locate {OUTPUT}:{line}")._replace(name="prisma-combine locate"),
        Command("combine-schemas.js", tuple(SCRIPT.split(" "))),
        Command("node -e 0", ("node", "-e", "0")),
        Command("python -c pass", ("python", "-c", "pass")),
    ]
    if (program := tools / "prisma").exists():
        validate = (str(program), "validate", "--schema", OUTPUT)
        found.append(Command("prisma validate", validate, most=2_000))
    if (program := tools / "prisma-import").exists():
        pattern = f"{DATABASE}/schemas/*.prisma"
        join = (str(program), "--force", "--schemas", pattern, "--output", OUTPUT)
        found.append(Command("prisma-import", join, most=2_000))
    return found


def main() -> None:
    """Measure, print the tables, and write the figures and the plot."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=21, help="of each command (default: 21)")
    parser.add_argument("--largest", type=int, default=50_000, help="models (default: 50000)")
    parser.add_argument("--folder", type=Path, default=HERE, help="for the figures and the plot")
    options = parser.parse_args()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        environment = install(place)
        for shape in SHAPES:
            if shape.models <= options.largest:
                repository = make(place / str(shape.models), environment, shape)
                measured = list(
                    measure(repository, shape, max(1, round(options.runs * shape.part)))
                )
                show(measured)
                figures += measured
    file = options.folder / "figures.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([Figure._fields, *figures])
    draw(file, file.with_suffix(".svg"))


def install(place: Path) -> dict[str, str]:
    """Install what is measured, as pre-commit and npm do; return an environment for it.

    pip compiles the bytecode.
    """
    venv.create(place / "venv", with_pip=True)
    inherited = isolated(place)
    path = os.pathsep.join([str(place / "venv/bin"), inherited["PATH"]])
    kept = {key: value for key, value in inherited.items() if not key.startswith("PYTHON")}
    environment = kept | {
        "PATH": path,
        "CHECKPOINT_DISABLE": "1",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
    }
    # To validate, Prisma looks for this engine, and does not start it.
    environment["PRISMA_SCHEMA_ENGINE_BINARY"] = shutil.which("true") or os.devnull
    pip = ["python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(PROJECT)], env=environment, check=True)
    shutil.copy(SAMPLE / ".npmrc", place)
    pinned = json.loads((SAMPLE / "package.json").read_text())["devDependencies"]
    for tool in TOOLS:
        wanted = f"{tool}@{pinned[tool]}" if tool in pinned else tool
        # Prisma's scripts download the schema engine.
        npm = ["npm", "install", "--prefix", str(place), "--ignore-scripts", "--silent", wanted]
        if not shutil.which("npm") or subprocess.run(npm, env=environment, check=False).returncode:
            print(f"left out, npm can't install it: {wanted}", file=sys.stderr)
    return environment


def make(root: Path, environment: dict[str, str], shape: Shape) -> Repository:
    """Make a repository with the team's script, and a configuration since the last commit."""
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns("node_modules"))
    repository = Repository(root, environment)
    if shape.models:
        _enlarge(repository, shape.models)
    config = repository.read(CONFIG)
    repository.remove(CONFIG)
    repository.git("init", "--quiet", "--template=")
    names = sources(repository)[1:]  # base.prisma has no model
    for number in range(shape.commits):
        edit(repository, names[number % len(names)], f"change{number}")
        assert repository.run(*SCRIPT.split(" ")).code == 0
        assert repository.commit().code == 0
    repository.write(CONFIG, config)
    assert repository.commit().code == 0
    # As a clone has it: one pack.
    repository.git("gc", "--quiet")
    return repository


def _enlarge(repository: Repository, models: int) -> None:
    """Replace the sources of the sample project by more, in its script and configuration, too."""
    for path in sources(repository)[1:]:
        repository.remove(path)
    names = ["base.prisma"]
    for number in range(200):
        own = range(number * models // 200, (number + 1) * models // 200)
        texts = (MODEL.format(at, (at - 1) % models, (at + 1) % models) for at in own)
        names.append(f"domain{number:03}.prisma")
        repository.write(f"{DATABASE}/schemas/{names[-1]}", "\n".join(texts))
    for path in (CONFIG, f"{DATABASE}/combine-schemas.js"):
        text = re.sub(r"(?<=iles = )\[[^]]*\]", json.dumps(names), repository.read(path))
        repository.write(path, text)


def sources(repository: Repository) -> list[str]:
    """Return the paths of the sources."""
    found = sorted(repository.root.glob(f"{DATABASE}/schemas/*.prisma"))
    return [path.relative_to(repository.root).as_posix() for path in found]


def edit(repository: Repository, source: str, field: str, path: str | None = None) -> None:
    """Add a field to the last block of a source, in the source itself or in another file."""
    old = repository.read(source)
    body, brace, rest = old.rpartition("\n}")
    repository.replace(old, f"{body}\n  {field} Int?{brace}{rest}", path or source)


def prepare(repository: Repository, state: str) -> None:
    """Bring a repository into a state, all of it staged, without a trace of an earlier run."""
    revision = "main~1" if state == "not configured" else "main"
    repository.git("checkout", "--quiet", "--force", "--detach", revision)
    repository.git("clean", "--quiet", "--force", "-d")
    shutil.rmtree(repository.root / ".git/prisma-combine", ignore_errors=True)
    names = sources(repository)
    source = names[len(names) // 2]
    if state in ("stale", "edited by hand"):
        edit(repository, source, "added", OUTPUT if state == "edited by hand" else source)
    # Git reads a file again that isn't older than the index.
    for path in filter(Path.exists, map(repository.root.joinpath, (OUTPUT, source, CONFIG))):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 60))
    repository.git("add", "--all")


class Run(NamedTuple):
    """What a process took."""

    seconds: float
    megabytes: float
    """at its peak, or at that of the largest process that it started"""


def run(repository: Repository, words: Sequence[str], code: int) -> Run:
    """Run a command, which must end with this exit code."""
    ran = repository.run(sys.executable, "-I", "-S", "-c", CHILD, *words)
    exit_code, seconds, memory = ran.out.rpartition("\n")[0].rpartition("\n")[2].split(" ")
    assert int(exit_code) == code, (words, ran)
    return Run(float(seconds), int(memory) * KILOBYTES / 1e6)


def measure(repository: Repository, shape: Shape, runs: int) -> Iterator[Figure]:
    """Run each command in turn, and the script directly before it; yield what they took."""
    line = repository.read(OUTPUT).count("\n") // 2
    tools = repository.root.parent / "node_modules/.bin"
    wanted = [one for one in commands(line, tools) if shape.models <= one.most]
    taken: dict[Command, list[tuple[Run, Run]]] = {one: [] for one in wanted}
    for _ in range(runs):
        for one in wanted:
            prepare(repository, one.state)
            changed = one.state in ("stale", "edited by hand")
            script = run(repository, ["sh", "-c", BASELINE], int(changed))
            prepare(repository, one.state)
            taken[one].append((run(repository, one.words, one.code), script))
    # The script itself, in the turns of the passing check.
    baseline = Command("combine-schemas.js && git diff", ())
    measured = {baseline: [(script, script) for _, script in taken[wanted[0]]]} | taken
    for one, pairs in measured.items():
        yield Figure(
            shape.name,
            one.name,
            one.state,
            len(pairs),
            round(median(own.seconds for own, _ in pairs) * 1000, 1),
            round(median(own.seconds / script.seconds for own, script in pairs), 3),
            round(median(own.megabytes for own, _ in pairs), 1),
        )


def show(figures: Sequence[Figure]) -> None:
    """Print a table in Markdown."""
    print(f"\n| {figures[0].repository} | state | ms | ratio | MB |")
    print("| --- | --- | ---: | ---: | ---: |")
    for one in figures:
        numbers = f"{one.milliseconds:.0f} | {one.ratio:.2f} | {one.megabytes:.0f}"
        print(f"| `{one.command}` | {one.state} | {numbers} |", flush=True)


if __name__ == "__main__":
    main()
