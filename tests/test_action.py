"""The composite action: its steps, run as they are written, as the runner runs them."""

import importlib
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT, SAMPLE, Ran, Repository
from runner import log, page

FILE = PROJECT / ".github" / "actions" / "check" / "action.yml"
TEXT = FILE.read_text()
ACTION: dict[str, Any] = importlib.import_module("yaml").safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
OUTPUT = "src/infrastructure/schema.prisma"


class Runner:
    """Runs the action's shell steps in a workspace.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax for
    the command of `shell: bash`, and https://docs.github.com/actions/reference/workflows-and-actions/variables
    for what is in the environment.
    """

    def __init__(self, place: Path, environment: dict[str, str]) -> None:
        self.temp = place / "runner temp"
        self.temp.mkdir()
        self.summary = place / "summary.md"
        self._script = place / "script.sh"
        self._environment = environment | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(FILE.parent),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.temp),
        }

    def run(self, step: dict[str, Any], workspace: Path, **inputs: str) -> Ran:
        """Runs one step."""
        assert step["shell"] == "bash"
        given = {name: one["default"] for name, one in ACTION["inputs"].items()} | inputs
        known = {f"inputs.{name}": value for name, value in given.items()}
        known["steps.python.outputs.python-path"] = sys.executable
        named = {
            name: re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], value)
            for name, value in step.get("env", {}).items()
        }
        self.summary.unlink(missing_ok=True)
        self._script.write_text(step["run"])
        machine = Repository(workspace, self._environment | {"GITHUB_WORKSPACE": str(workspace)})
        bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(self._script))
        return machine.run(*bash, environment=named)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Runner:
    """A machine on which all steps but the last have run."""
    place = tmp_path_factory.mktemp("machine")
    outside = {name: value for name, value in environment.items() if name[:7] != "GITHUB_"}
    machine = Runner(place, outside)
    for step in STEPS[1:-1]:
        assert machine.run(step, place) == Ran(0, "", "")
    return machine


@pytest.fixture
def sample(tmp_path: Path, environment: dict[str, str]) -> Repository:
    """The sample project, checked out."""
    shutil.copytree(
        SAMPLE, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules")
    )
    sample = Repository(tmp_path, environment)
    sample.git("init", "--quiet")
    sample.git("add", "--all")
    return sample


def _check(runner: Runner, sample: Repository, **inputs: str) -> Ran:
    return runner.run(STEPS[-1], sample.root, **inputs)


def test_in_sync(runner: Runner, sample: Repository) -> None:
    ran = _check(runner, sample)
    assert (ran.code, ran.err) == (0, "")
    assert f"{OUTPUT}: in sync" in log(ran.out).lines
    assert page(runner.summary.read_text()).rows[1:] == [[OUTPUT, "", "", "in sync"]]


def test_stale(runner: Runner, sample: Repository) -> None:
    source = "src/infrastructure/database/schemas/contact.prisma"
    sample.replace("String[]  @map", "String[] @map", source)
    before = sample.files()
    ran = _check(runner, sample)
    assert (ran.code, ran.err) == (1, "")
    read = log(ran.out)
    assert f"{OUTPUT}: stale" in read.lines
    assert [
        (command.name, command.properties.get("file"))
        for command in read.commands
        if "group" not in command.name
    ] == [("error", OUTPUT), ("notice", source)]
    blocks = page(runner.summary.read_text()).blocks
    assert blocks[0] == ("sh", "prisma-combine check --fix\n")
    assert sample.run("git", "apply", "--check", stdin=blocks[1][1].encode()).code == 0
    assert sample.files() == before


def test_a_configuration_below_the_top(runner: Runner, sample: Repository) -> None:
    (sample.root / "the api").mkdir()
    sample.git("mv", "src", "prisma-combine.toml", "the api")
    assert "no prisma-combine.toml in " in _check(runner, sample).out
    ran = _check(runner, sample, config="the api/prisma-combine.toml")
    assert ran.code == 0
    assert f"the api/{OUTPUT}: in sync" in log(ran.out).lines


@pytest.mark.parametrize("config", ["$(touch PWNED)", "`touch PWNED`", '"; touch PWNED; "', "-x y"])
def test_an_input_is_a_path_and_nothing_else(
    runner: Runner, sample: Repository, config: str
) -> None:
    before = sample.files()
    ran = _check(runner, sample, config=config)
    assert (ran.code, ran.err, sample.files()) == (2, "", before)
    (command,) = log(ran.out).commands
    assert command.data.startswith(f"{config}: no such file; ")


def test_it_is_only_what_it_needs_to_be() -> None:
    """One action of somebody else's, pinned; no token; nothing but paths from outside."""
    assert [step["uses"].split("@")[0] for step in STEPS if "uses" in step] == [
        "actions/setup-python"
    ]
    assert re.findall(r"uses: (\S+)@[0-9a-f]{40} # v\d+\.\d+\.\d+$", TEXT, re.MULTILINE)
    assert set(re.findall(r"\$\{\{ (.+?) \}\}", TEXT)) == {
        "inputs.config",
        "inputs.python-version",
        "steps.python.outputs.python-path",
    }
    assert not any("${{" in step.get("run", "") for step in STEPS)
    assert "token" not in TEXT
    assert "secrets" not in TEXT


def test_the_python_that_it_sets_up_is_one_that_we_run_on() -> None:
    assert STEPS[0]["id"] == "python"
    assert STEPS[0]["with"]["python-version"] == "${{ inputs.python-version }}"
    default = ACTION["inputs"]["python-version"]["default"]
    assert f"Python :: {default}" in (PROJECT / "pyproject.toml").read_text()
