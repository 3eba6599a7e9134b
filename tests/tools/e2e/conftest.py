"""What the story needs: Node, npm packages, PostgreSQL, a schema engine, git repositories."""

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from support import PROJECT, SAMPLE
from tools.e2e.postgres import Postgres, find_binaries, running
from tools.e2e.service import Service, environment, find_node, find_npm, run

HERE = Path(__file__).parent

T = TypeVar("T")


def needed(found: T | None, what: str) -> T:
    """Return what was found; skip the test if that is nothing."""
    if found is None:
        pytest.skip(f"no {what} here")
    return found


@dataclass(frozen=True)
class Tools:
    """The programs that the story needs, and an environment for them."""

    postgres: Path
    npm: list[str]
    env: dict[str, str]

    def run(self, folder: Path, *command: str) -> str:
        """Run a command that must succeed; return what it prints."""
        __tracebackhide__ = True
        return run(list(command), folder, self.env)


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    """Return a folder for what is installed once; pytest's own would stay behind."""
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
def packages(tools: Tools, shared: Path) -> Path:
    """Return a folder with this project as a package, and with all that it needs."""
    folder = shared / "packages"
    # pre-commit builds an empty package for a local hook, with setuptools.
    wanted = (str(PROJECT), "setuptools")
    command = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    tools.run(shared, *command, "--wheel-dir", str(folder), *wanted)
    return folder


@pytest.fixture(scope="session")
def env(tools: Tools, shared: Path, schema_engine: str, packages: Path) -> dict[str, str]:
    return tools.env | {
        "PRISMA_SCHEMA_ENGINE_BINARY": schema_engine,
        "PRE_COMMIT_HOME": str(shared / "pre-commit"),
        # The hook installs a release of this project, which may not be published yet.
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": packages.as_uri(),
    }


@pytest.fixture
def service(
    tools: Tools, postgres: Postgres, node_modules: Path, env: dict[str, str]
) -> Iterator[Service]:
    """Return a new team member's clone of the sample, hook installed, and an empty database."""
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
    """Return the clone with its first migration."""
    service.create_migration("init")
    service.apply_migrations()
    service.run("git", "add", "src")
    service.run("git", "commit", "-m", "First migration")
    return service
