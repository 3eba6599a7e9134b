"""When pre-commit runs the hooks, by its own rules."""

import contextlib
import importlib
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT

# It comes without types.
clientlib = importlib.import_module("pre_commit.clientlib")
running = importlib.import_module("pre_commit.commands.run")
languages = importlib.import_module("pre_commit.all_languages").languages
Hook = importlib.import_module("pre_commit.hook").Hook
Prefix = importlib.import_module("pre_commit.prefix").Prefix

MANIFEST: list[dict[str, Any]] = clientlib.load_manifest(str(PROJECT / ".pre-commit-hooks.yaml"))
IDS = ["prisma-combine", "prisma-combine-fix"]

Calls = list[tuple[list[str], tuple[str, ...]]]
"""what was started, and the file names that it was given"""


class _Recorder:
    """A language of pre-commit's that starts nothing."""

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
    """Makes the files here, but for the deleted."""
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


def test_there_are_two_hooks() -> None:
    assert [hook["id"] for hook in MANIFEST] == IDS


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(
    "names",
    [
        [],  # a commit that only deletes files
        ["prisma/schema/deleted.prisma"],
        ["prisma-combine.toml"],
        ["prisma/schema.prisma"],
        ["prisma/schema/user.prisma", "prisma/schema/post.prisma"],
        ["README.md"],
        ["--help", "-"],
        [f"{number}.md" for number in range(5000)],
    ],
)
def test_a_hook_runs_once_and_is_given_no_names(
    recorder: _Recorder, name: str, names: list[str]
) -> None:
    _make(names)
    _run(name, names)
    entry = ["prisma-combine", "check", *(["--fix"] if name.endswith("-fix") else [])]
    assert recorder.calls == [(entry, ())]


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(
    "changes",
    [
        {"files": r"\.prisma$"},
        {"exclude": "."},
        {"types": ["prisma"]},
        {"args": ["--config", "api/prisma-combine.toml"]},
    ],
)
def test_it_runs_whatever_files_a_user_names(
    recorder: _Recorder, name: str, changes: dict[str, object]
) -> None:
    _run(name, ["README.md"], **changes)
    (command, names) = recorder.calls[0]
    assert names == ()
    assert command[-2:] == (changes.get("args") or command[-2:])


@pytest.mark.parametrize(
    ("names", "runs"),
    [
        ([], False),
        (["README.md"], False),
        (["prisma/schema/deleted.prisma"], False),
        (["prisma/schema/user.prisma"], True),
    ],
)
def test_by_its_files_alone_it_would_miss_commits(
    recorder: _Recorder,
    names: list[str],
    runs: bool,
) -> None:
    """Why it always runs: with `files` in place of `always_run` pre-commit skips it."""
    _make(names)
    _run("prisma-combine", names, always_run=False, files=r"\.prisma$")
    assert len(recorder.calls) == runs


@pytest.mark.parametrize("hook", MANIFEST, ids=IDS)
@pytest.mark.parametrize(
    ("stage", "runs"),
    [
        ("pre-commit", True),
        ("pre-merge-commit", True),
        ("pre-push", True),
        ("manual", True),
        ("commit-msg", False),
        ("post-checkout", False),
        ("prepare-commit-msg", False),
    ],
)
def test_stages(hook: dict[str, Any], stage: str, runs: bool) -> None:
    assert (stage in hook["stages"]) == runs


@pytest.mark.parametrize("hook", MANIFEST, ids=IDS)
def test_what_it_starts_is_installed_with_the_package(hook: dict[str, Any]) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert shlex.split(hook["entry"])[0] in project["scripts"]
    assert hook["language"] == "python"
    assert hook["require_serial"]
