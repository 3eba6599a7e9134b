"""Fixtures for tests of every kind, and which kind a test is."""

import os
import shutil
import subprocess
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

pytest.register_assert_rewrite("support.repository", "support.github", "support.growth")

from support import PROJECT  # noqa: E402
from support.environment import isolated  # noqa: E402
from support.repository import CONFIG, SOURCES, Build, Repository, make, start  # noqa: E402

HERE = Path(__file__).parent
HOOKS = ("test_hook.py", "test_printed_commands.py", "test_recipes.py")
"""the files in tools whose tests let pre-commit install this project"""
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
REQUIRE_ALL = os.environ.get("PRISMA_COMBINE_REQUIRE_ALL") == "1"

# Time limits of single examples fail on a busy machine.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile(
    "ci", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("ci"), max_examples=5000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test by its folder."""
    kind = item.path.relative_to(HERE).parts[0]
    if kind in ("tools", "slow"):
        item.add_marker(kind)
    if os.name == "nt" and item.get_closest_marker("posix"):
        item.add_marker(pytest.mark.skip(reason="needs POSIX"))


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # without types
    """Let one worker make an installation, and run all tests that need it."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, _ = nodeid.partition("::")
        if "tests/tools/" not in path:
            return nodeid
        name = path.rpartition("tests/tools/")[2].partition("/")[0]
        return "hooks" if name in HOOKS else name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Replace xdist's own scheduling; its groups (3.8) do nothing in pytest 9."""
    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skipped test fail where everything has to run."""
    report = yield
    return _strict(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let a skipped module fail where everything has to run."""
    report = yield
    return _strict(report)


def _strict(report: Report) -> Report:
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"{why} (and PRISMA_COMBINE_REQUIRE_ALL is set)"
    return report


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which git knows a user and not the machine's configuration."""
    return isolated(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def prepared() -> dict[str, Repository]:
    """Return the repositories that were made once, to be copied by each test."""
    return {}


@pytest.fixture
def folder(tmp_path: Path, environment: dict[str, str]) -> Repository:
    """Return a configuration and sources, without git and without a combined file."""
    return make(tmp_path, environment)


@pytest.fixture
def build(
    tmp_path: Path,
    environment: dict[str, str],
    prepared: dict[str, Repository],
    tmp_path_factory: pytest.TempPathFactory,
) -> Build:
    """Return a function that makes a repository in the test's folder, combined and committed."""

    def build(config: str = CONFIG, sources: Mapping[str, str] = SOURCES) -> Repository:
        key = repr((config, sorted(sources.items())))
        if key not in prepared:
            made = make(tmp_path_factory.mktemp("prepared"), environment, config, sources)
            start(made)
            prepared[key] = made
        return prepared[key].copy(tmp_path)

    return build


@pytest.fixture
def repository(build: Build) -> Repository:
    """Return the usual configuration and sources in a repository, combined and committed."""
    return build()


@pytest.fixture(scope="session")
def project(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> tuple[str, str]:
    """Return the folder of a clone of this project, as it is in the work tree, and its revision."""
    clone = Repository(tmp_path_factory.mktemp("project"), environment)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout
    for name in listed.decode().split("\0"):
        file = PROJECT / name
        if name and file.is_file():
            (clone.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, clone.root / name)
    clone.git("init", "--quiet")
    clone.commit()
    return str(clone.root), clone.git("rev-parse", "HEAD").strip()


@pytest.fixture(scope="session")
def hooked_environment(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Return an environment in which pre-commit installs the hooks once for all tests."""
    return environment | {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}
