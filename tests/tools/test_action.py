"""The composite action: its steps, run as they are written, as the runner runs them."""

import re
import shutil
from pathlib import Path

import pytest

from support import PROJECT, SAMPLE
from support.action import ACTION, STEPS, TEXT, Runner
from support.github import log, page
from support.program import Ran
from support.repository import Repository

OUTPUT = "src/infrastructure/schema.prisma"


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


def test_the_action_passes_in_sync(runner: Runner, sample: Repository) -> None:
    ran = _check(runner, sample)
    assert (ran.code, ran.err) == (0, "")
    assert f"{OUTPUT}: in sync" in log(ran.out).lines
    assert page(runner.summary.read_text()).blocks == [("text", f"{OUTPUT}: in sync\n")]


def test_the_action_fails_on_a_stale_file_and_writes_nothing(
    runner: Runner, sample: Repository
) -> None:
    source = "src/infrastructure/database/schemas/contact.prisma"
    sample.replace("String[]  @map", "String[] @map", source)
    before = sample.files()
    ran = _check(runner, sample)
    assert (ran.code, ran.err) == (1, "")
    read = log(ran.out)
    assert any("is out of date" in line for line in read.lines)
    assert [
        (command.name, command.properties.get("file"))
        for command in read.commands
        if "group" not in command.name
    ] == [("error", OUTPUT), ("notice", source)]
    blocks = page(runner.summary.read_text()).blocks
    assert [language for language, _ in blocks] == ["text", "diff"]
    assert "is out of date" in blocks[0][1]
    assert sample.run("git", "apply", "--check", stdin=blocks[1][1].encode()).code == 0
    assert sample.files() == before


def test_the_action_takes_a_configuration_below_the_top(runner: Runner, sample: Repository) -> None:
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
    assert command.data.startswith(f"{config}: does not exist; ")


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
