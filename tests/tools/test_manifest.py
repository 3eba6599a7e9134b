"""pre-commit's own code says when it runs the hooks."""

import contextlib
import importlib
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from support import PROJECT

# It comes without types.
clientlib = importlib.import_module("pre_commit.clientlib")
running = importlib.import_module("pre_commit.commands.run")
languages = importlib.import_module("pre_commit.all_languages").languages
Hook = importlib.import_module("pre_commit.hook").Hook
Prefix = importlib.import_module("pre_commit.prefix").Prefix

MANIFEST: list[dict[str, Any]] = clientlib.load_manifest(str(PROJECT / ".pre-commit-hooks.yaml"))
IDS = [hook["id"] for hook in MANIFEST]
ENTRIES = {
    "prisma-combine": ["prisma-combine", "check"],
    "prisma-combine-fix": ["prisma-combine", "check", "--fix"],
    "prisma-combine-adopt": ["prisma-combine", "adopt"],
}

Calls = list[tuple[list[str], tuple[str, ...]]]
"""the commands, each with the file names that it was given"""


class _Recorder:
    """A language of pre-commit that starts nothing."""

    def __init__(self) -> None:
        self.calls: Calls = []

    @contextlib.contextmanager
    def in_env(self, *_: object) -> Iterator[None]:
        yield

    def run_hook(
        self, _: object, entry: str, args: Sequence[str], names: tuple[str, ...], **__: object
    ) -> tuple[int, bytes]:
        self.calls.append(([*shlex.split(entry), *args], names))
        return 0, b""


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Recorder:
    recorder = _Recorder()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(languages, "python", recorder)
    return recorder


def _make(names: Sequence[str]) -> None:
    """Make the files here, except for deleted ones."""
    for name in names:
        if "deleted" not in name:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).touch()


def _run(name: str, names: Sequence[str], **changes: object) -> None:
    declared = next(hook for hook in MANIFEST if hook["id"] == name)
    hook = Hook.create("", Prefix("."), declared | changes)
    run_single_hook = running._run_single_hook  # noqa: SLF001  # what decides whether it runs
    classifier = running.Classifier(names)
    run_single_hook(classifier, hook, set(), 80, b"", verbose=False, use_color=False)


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(
    "names",
    [
        pytest.param([], id="only-deletions"),
        pytest.param(["prisma/schema/deleted.prisma"], id="deleted"),
        pytest.param(["prisma-combine.toml"], id="configuration"),
        pytest.param(["prisma/schema.prisma"], id="output"),
        pytest.param(["prisma/schema/user.prisma", "prisma/schema/post.prisma"], id="sources"),
        pytest.param(["README.md"], id="other"),
        pytest.param(["--help", "-"], id="options"),
        pytest.param([f"{number}.md" for number in range(300)], id="many"),
    ],
)
def test_a_hook_runs_once_and_is_given_no_names(
    recorder: _Recorder, name: str, names: list[str]
) -> None:
    _make(names)
    _run(name, names)
    assert recorder.calls == [(ENTRIES[name], ())]


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"files": r"\.prisma$"}, id="files"),
        pytest.param({"exclude": "."}, id="exclude"),
        pytest.param({"types": ["prisma"]}, id="types"),
        pytest.param({"args": ["--config", "api/prisma-combine.toml"]}, id="args"),
    ],
)
def test_a_hook_runs_whatever_files_a_user_names(
    recorder: _Recorder, name: str, changes: dict[str, object]
) -> None:
    _run(name, ["README.md"], **changes)
    (command, names) = recorder.calls[0]
    assert names == ()
    assert command[-2:] == (changes.get("args") or command[-2:])


@pytest.mark.parametrize(
    ("names", "runs"),
    [
        pytest.param([], False, id="only-deletions"),
        pytest.param(["README.md"], False, id="other"),
        pytest.param(["prisma/schema/deleted.prisma"], False, id="deleted"),
        pytest.param(["prisma/schema/user.prisma"], True, id="source"),
    ],
)
def test_a_hook_with_files_would_miss_commits(
    recorder: _Recorder,
    names: list[str],
    runs: bool,
) -> None:
    """With `files` in place of `always_run` pre-commit skips it."""
    _make(names)
    _run("prisma-combine", names, always_run=False, files=r"\.prisma$")
    assert len(recorder.calls) == runs


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("prisma-combine", ["pre-commit", "pre-merge-commit", "pre-push", "manual"]),
        ("prisma-combine-fix", ["pre-commit", "pre-merge-commit", "pre-push", "manual"]),
        # It puts edits into the sources, which nobody has asked a commit to do.
        ("prisma-combine-adopt", ["manual"]),
    ],
)
def test_a_hook_runs_in_these_stages(name: str, stages: list[str]) -> None:
    (hook,) = (hook for hook in MANIFEST if hook["id"] == name)
    assert hook["stages"] == stages


@pytest.mark.parametrize("hook", MANIFEST, ids=IDS)
def test_what_it_starts_is_installed_with_the_package(hook: dict[str, Any]) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert shlex.split(hook["entry"])[0] in project["scripts"]
    assert hook["language"] == "python"
    assert hook["require_serial"]
