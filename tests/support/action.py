"""The composite action, and a small model of the runner that runs it."""

import importlib
import re
import sys
from pathlib import Path
from typing import Any

from support import PROJECT
from support.program import Ran
from support.repository import Repository

FILE = PROJECT / ".github" / "actions" / "check" / "action.yml"
TEXT = FILE.read_text()
ACTION: dict[str, Any] = importlib.import_module("yaml").safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


class Runner:
    """Run the action's shell steps in a workspace.

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
        """Run one step."""
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
