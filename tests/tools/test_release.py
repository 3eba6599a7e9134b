"""The release workflow's own steps."""

import importlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import PROJECT

yaml: Callable[[str], Any] = importlib.import_module("yaml").safe_load
WORKFLOW = yaml((PROJECT / ".github" / "workflows" / "release.yml").read_text())
STEPS: dict[str, str] = {
    step["name"]: step["run"]
    for job in WORKFLOW["jobs"].values()
    for step in job["steps"]
    if "run" in step
}
LOG = "# Changelog\n\nEvery change.\n\n## 0.10.0 (2026-02-01)\n\n- Ten.\n\n## 0.1.0 (2026-01-01)\n\n- One.\n- Two.\n\n## 0.0.1 (2025-01-01)\n\n- Old.\n"


def _run(step: str, folder: Path, tag: str) -> subprocess.CompletedProcess[str]:
    bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step])
    environment = {"PATH": "/usr/bin:/bin", "TAG": tag, "RUNNER_TEMP": str(folder)}
    return subprocess.run(
        bash, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize(
    ("tag", "notes"),
    [
        pytest.param("v0.1.0", "\n- One.\n- Two.\n\n", id="in-the-middle"),
        pytest.param("v0.10.0", "\n- Ten.\n\n", id="newest"),
        pytest.param("v0.0.1", "\n- Old.\n", id="oldest"),
    ],
)
def test_the_notes_are_those_of_the_version(tmp_path: Path, tag: str, notes: str) -> None:
    (tmp_path / "CHANGELOG.md").write_text(LOG)
    assert _run("Take the notes from the changelog", tmp_path, tag).returncode == 0
    assert (tmp_path / "notes.md").read_text() == notes


@pytest.mark.parametrize(
    ("tag", "built", "says"),
    [
        pytest.param("v0.1.0", "0.1.0", "", id="agree"),
        pytest.param(
            "v0.1.1",
            "0.1.0",
            "the version in hooks/prisma_combine/__init__.py is another",
            id="version",
        ),
        pytest.param("v0.2.0", "0.2.0", 'no heading "## 0.2.0 (', id="changelog"),
        pytest.param("v0.1", "0.1", 'no heading "## 0.1 (', id="dots-are-dots"),
    ],
)
def test_tag_version_and_changelog_agree(tmp_path: Path, tag: str, built: str, says: str) -> None:
    (tmp_path / "CHANGELOG.md").write_text(LOG)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / f"prisma_combine-{built}.tar.gz").touch()
    ran = _run("Compare the tag with the version and the changelog", tmp_path, tag)
    assert ran.returncode == bool(says)
    assert says in ran.stdout
