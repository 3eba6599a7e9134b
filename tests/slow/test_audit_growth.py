"""`audit` on long histories: each commit is read once, and none is kept."""

import gc
import subprocess
import time
import tracemalloc
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from prisma_combine.actions.audit import audit
from prisma_combine.config import load
from support.repository import Repository

CONFIG = """\
[[schema]]
output = "schema.prisma"
directory = "parts"
files = ["*.prisma"]
format = { separator = "\\n" }
"""
NAMES = [f"part{number:02}" for number in range(20)]


def history(
    root: Path, environment: Mapping[str, str], commits: int, *, combined_once: bool = False
) -> load.Config:
    """Make a history in which every tenth commit is stale, and every tenth edited by hand.

    With `combined_once` all but the first are stale.
    """
    repository = Repository(root, environment)
    root.mkdir()
    repository.git("init", "--quiet", "--template=", "--initial-branch=main")
    models = {name: [f"model {name} {{", "  id Int @id", "}", ""] for name in NAMES}
    stream: list[str] = []

    def write(path: str, text: str) -> None:
        stream.append(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n")

    for number in range(commits):
        stream.append(
            "commit refs/heads/main\n"
            f"committer A <a@b.c> {1_700_000_000 + 3600 * number} +0000\ndata 0\n"
        )
        name = NAMES[number % 20]
        lines = models[name]
        lines[2:2] = [f"  field{number} String?"]
        del lines[6:-2]
        for other in NAMES if number == 0 else [name]:
            write(f"parts/{other}.prisma", "\n".join(models[other]))
        combined = "\n".join("\n".join(models[other]) for other in NAMES)
        if number % 10 == 4:
            combined = combined.replace("  id Int @id", "  id BigInt @id", 1)
        if number == 0 or (number % 10 != 7 and not combined_once):
            write("schema.prisma", combined)
    command = ["git", "fast-import", "--quiet"]
    data = "".join(stream).encode()
    subprocess.run(command, cwd=root, env=repository.environment, input=data, check=True)
    return load.of(CONFIG, "prisma-combine.toml", str(root))


def test_two_thousand_commits_take_less_than_ten_seconds(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    config = history(tmp_path / "history", environment, 2000)
    start = time.process_time()
    found = audit(config).schemas[0]
    assert (found.commits, found.disagreed) == (2000, 400)
    # A busy machine counts for nothing.
    assert time.process_time() - start < 10


def test_memory_does_not_grow_with_the_history(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prisma_combine.actions.audit._VERSIONS", 5)  # reached sooner
    config = history(tmp_path / "history", environment, 1000, combined_once=True)
    sizes: list[int] = []
    commits = count()

    def measure(_: float) -> None:
        if next(commits) % 50 == 0:
            gc.collect()  # empties Python's lists of tuples for reuse, too
            sizes.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    try:
        found = audit(config, progress=measure).schemas[0]
    finally:
        tracemalloc.stop()
    assert (found.commits, found.disagreed, len(found.episodes)) == (1000, 999, 1)
    assert max(sizes[10:]) < 1.1 * max(sizes[5:10])
