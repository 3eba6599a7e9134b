"""What the story needs: Node, npm packages, PostgreSQL, a schema engine, git repositories."""

import json
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from e2e.postgres import Postgres, find_binaries, running
from e2e.service import Service, environment, find_node, find_npm, run

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "sample"
PROJECT = HERE.parent.parent

T = TypeVar("T")


def needed(found: T | None, what: str) -> T:
    """Left out with a reason where something isn't installed, but never in CI."""
    if found is None:
        reason = f"left out, no {what} here: install it, then run `python -m pytest tests/e2e`"
        if os.environ.get("PRISMA_COMBINE_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@dataclass(frozen=True)
class Tools:
    postgres: Path
    npm: list[str]
    env: dict[str, str]

    def run(self, folder: Path, *command: str) -> str:
        __tracebackhide__ = True
        return run(list(command), folder, self.env)


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    """A folder for what is installed once a run. Not pytest's own, which stays behind."""
    with tempfile.TemporaryDirectory(prefix="prisma-combine-e2e-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def tools(shared: Path) -> Tools:
    postgres = needed(find_binaries(), "PostgreSQL server (Debian: postgresql)")
    node = needed(find_node(), "Node.js 20.19 or newer")
    npm = needed(find_npm(node), "npm")
    caches = {"TMPDIR": shared / "tmp", "XDG_CACHE_HOME": shared / "cache"}
    for folder in caches.values():
        folder.mkdir()
    env = environment(node) | {name: str(folder) for name, folder in caches.items()}
    return Tools(postgres, npm, env)


@pytest.fixture(scope="session")
def postgres(tools: Tools) -> Iterator[Postgres]:
    # So that a killed run, too, takes the server down.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running(tools.postgres) as server:
            yield server
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def node_modules(tools: Tools, shared: Path) -> Path:
    folder = shared / "sample"
    folder.mkdir()
    for name in (".npmrc", "package.json", "package-lock.json"):
        shutil.copy(SAMPLE / name, folder)
    # The scripts download the schema engine.
    tools.run(folder, *tools.npm, "ci", "--ignore-scripts")
    return folder / "node_modules"


@pytest.fixture(scope="session")
def schema_engine(tools: Tools, shared: Path, node_modules: Path) -> str:
    given = os.environ.get("PRISMA_SCHEMA_ENGINE_BINARY")
    if given:
        return given
    package = json.loads((node_modules / "@prisma/engines-version/package.json").read_text())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "prisma/master"
    for downloaded in cache.glob(f"{package['prisma']['enginesVersion']}/*/schema-engine"):
        return str(downloaded)

    folder = shared / "engine"
    folder.mkdir()
    for name in ("package.json", "package-lock.json", "schema-engine.mjs"):
        shutil.copy(HERE / name, folder)
    tools.run(folder, *tools.npm, "ci", "--ignore-scripts")
    return str(folder / "schema-engine.mjs")


@pytest.fixture(scope="session")
def hook_repository(tools: Tools, shared: Path) -> tuple[str, str]:
    """The address of the hook in the sample's .pre-commit-config.yaml, and where it is instead."""
    [(address, tag)] = re.findall(
        r"repo: (\S+)\s+rev: (\S+)", (SAMPLE / ".pre-commit-config.yaml").read_text()
    )
    folder = shared / "hook"
    listed = tools.run(PROJECT, "git", "ls-files", "-z", "-co", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    tools.run(folder, "git", "init", "-q")
    tools.run(folder, "git", "add", "-A", "-f")
    tools.run(folder, "git", "commit", "-q", "-m", "Release")
    tools.run(folder, "git", "tag", tag)
    return address, str(folder)


@pytest.fixture(scope="session")
def env(
    tools: Tools, shared: Path, schema_engine: str, hook_repository: tuple[str, str]
) -> dict[str, str]:
    address, instead = hook_repository
    return tools.env | {
        "PRISMA_SCHEMA_ENGINE_BINARY": schema_engine,
        "PRE_COMMIT_HOME": str(shared / "pre-commit"),
        # Of git's variables pre-commit hands on these, but not GIT_CONFIG_GLOBAL.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{instead}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
    }


@pytest.fixture
def service(
    tools: Tools, postgres: Postgres, node_modules: Path, env: dict[str, str]
) -> Iterator[Service]:
    """A new team member's clone of the sample service, hook installed, and an empty database."""
    with tempfile.TemporaryDirectory(prefix="prisma-combine-service-") as temporary:
        origin, clone = Path(temporary, "origin"), Path(temporary, "clone")
        built = shutil.ignore_patterns("node_modules", "dist", "generated")
        shutil.copytree(SAMPLE, origin, ignore=built)
        tools.run(origin, "git", "init", "-q")
        tools.run(origin, "git", "add", "-A")
        tools.run(origin, "git", "commit", "-q", "-m", "The service")
        tools.run(origin, "git", "clone", "-q", str(origin), str(clone))
        (clone / "node_modules").symlink_to(node_modules)

        database = Path(temporary).name
        postgres.query(f'CREATE DATABASE "{database}"')
        address = {"DATABASE_URL": postgres.url(database)}
        service = Service(clone, tools.npm, env | address, postgres, database)
        service.run("pre-commit", "install")
        yield service


@pytest.fixture
def migrated(service: Service) -> Service:
    service.create_migration("init")
    service.apply_migrations()
    service.run("git", "add", "src")
    service.run("git", "commit", "-m", "First migration")
    return service
