"""What goes wrong with machines while the tool works: it says so, and changes nothing."""

import os
import re

import pytest

from prisma_combine.git import process
from support.faults import beside, fake_git
from support.repository import (
    BASE,
    COMMANDS,
    OUTPUT,
    USER,
    Repository,
    edit_output,
    edit_source,
)
from support.users import ordinary_user

pytestmark = pytest.mark.posix

WRITERS = [("check", "--fix"), ("combine",), ("adopt",)]
commands = pytest.mark.parametrize("arguments", COMMANDS, ids="-".join)


def _damage(repository: Repository) -> None:
    """Make the repository diverged: an edited combined file, and a source that has changed."""
    edit_output(repository)
    edit_source(repository)


@pytest.mark.parametrize(
    ("arguments", "call", "path", "change"),
    [
        pytest.param(("check", "--fix"), "hash-object", OUTPUT, "edited", id="fix-edited"),
        pytest.param(("check", "--fix"), "hash-object", OUTPUT, "removed", id="fix-removed"),
        pytest.param(("combine",), "hash-object", OUTPUT, "edited", id="combine-edited"),
        pytest.param(("combine",), "hash-object", OUTPUT, "removed", id="combine-removed"),
        pytest.param(("adopt",), "merge-file", OUTPUT, "edited", id="adopt-output-edited"),
        pytest.param(("adopt",), "merge-file", OUTPUT, "removed", id="adopt-output-removed"),
        pytest.param(("adopt",), "merge-file", USER, "edited", id="adopt-source-edited"),
        pytest.param(("adopt",), "merge-file", USER, "removed", id="adopt-source-removed"),
        pytest.param(("adopt",), "merge-file", BASE, "edited", id="adopt-other-source-edited"),
    ],
)
def test_a_file_that_changes_after_it_was_read_is_not_overwritten(
    repository: Repository, arguments: tuple[str, ...], call: str, path: str, change: str
) -> None:
    _damage(repository)
    before = repository.files()
    edited = before[path] + b"// from an editor\n"
    other = beside(repository, "edited")
    other.write_bytes(edited)
    step = "rm -f" if change == "removed" else f"cp {other}"
    fake_git(repository, f'case " $* " in *" {call} "*) {step} "{repository.root / path}";; esac')
    ran = repository.tool(*arguments)
    assert ran.code == 2
    *_, last, _ = ran.err.split("\n")
    assert re.fullmatch(rf"prisma-combine: {path}: .*changed.*; .*again.*", last), last
    after = before | {path: edited}
    if change == "removed":
        del after[path]
    assert repository.files() == after


@commands
@pytest.mark.parametrize(
    ("script", "what"),
    [
        pytest.param("sleep 60", "took longer than 0.5 seconds", id="hangs"),
        pytest.param("echo 'fatal: no luck' >&2; exit 200", "no luck", id="fails"),
        pytest.param("kill -9 $$", "exit -9", id="is-killed"),
    ],
)
def test_a_git_that_fails_is_named_and_nothing_is_written(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    script: str,
    what: str,
) -> None:
    monkeypatch.setattr(process, "TIMEOUT", 0.5)
    fake_git(repository, script)
    for damaged in (False, True):
        if damaged:
            _damage(repository)
        before = repository.files()
        ran = repository.tool(*arguments)
        assert repository.files() == before
        if arguments[0] == "check" or (damaged and "--stdout" not in arguments):
            assert ran.code in ((1, 2) if damaged else (2,))
        # A command that asked git in vain says so, whatever else it can tell.
        assert ran.code == 0 or re.search(what, ran.out + ran.err)


@commands
@pytest.mark.parametrize(
    ("locked", "mode"),
    [
        pytest.param(USER, 0, id="source"),
        pytest.param(OUTPUT, 0, id="output"),
        pytest.param("prisma-combine.toml", 0, id="configuration"),
        pytest.param("prisma/schema", 0, id="directory"),
        pytest.param("prisma", 0, id="folder-above"),
        pytest.param(OUTPUT, 0o444, id="output-read-only"),
        pytest.param("prisma", 0o555, id="folder-read-only"),
    ],
)
def test_without_permission_nothing_is_written(
    repository: Repository, arguments: tuple[str, ...], locked: str, mode: int
) -> None:
    _damage(repository)
    before = repository.files()
    path = repository.root / locked
    usual = path.stat().st_mode
    with ordinary_user():
        path.chmod(mode)
        ran = repository.tool(*arguments)
        path.chmod(usual)
    assert repository.files() == before
    reads = "--staged" not in arguments
    if (reads and not mode) or (arguments in WRITERS and mode):
        assert ran.code == 2
        assert any(re.fullmatch(r"[\w./-]+: can't .*; .*", error) for error in ran.errors())
    else:
        assert ran.code in (0, 1)
        assert "prisma-combine: " not in ran.err


@commands
@pytest.mark.parametrize(
    "without",
    [
        pytest.param(["HOME"], id="no-home"),
        pytest.param(["PATH"], id="no-git"),
        pytest.param(["HOME", "PATH", "LANG", "LC_ALL"], id="nothing"),
    ],
)
def test_a_bare_environment_takes_away_git_and_no_more(
    repository: Repository, arguments: tuple[str, ...], without: list[str]
) -> None:
    edit_output(repository)
    usual = repository.tool(*arguments)
    repository.git("checkout", "--quiet", ".")
    edit_output(repository)
    for name in without:
        repository.environment.pop(name, None)
    repository.environment["PATH"] = "/nowhere" if "PATH" in without else os.environ["PATH"]
    ran = repository.tool(*arguments)
    assert "Traceback" not in ran.err
    if "PATH" in without and ("--staged" in arguments or "--dry-run" in arguments):
        assert ran.code == 2
        assert re.search("install git|git is not installed", ran.err)
    else:
        assert ran.code == usual.code


@pytest.mark.parametrize("moment", [0, 4_000_000_000], ids=["past", "future"])
def test_a_clock_that_jumps_changes_no_verdict(repository: Repository, moment: int) -> None:
    """The content of a file counts, not when it was written."""
    for path in repository.root.rglob("*.prisma"):
        os.utime(path, (moment, moment))
    assert repository.tool("check").code == 0
    repository.replace("email String", "email Str1ng", USER)  # as long as before
    os.utime(repository.root / USER, (moment, moment))
    assert repository.tool("check").code == 1
    assert repository.tool("combine").code == 0
    os.utime(repository.root / OUTPUT, (moment, moment))
    assert repository.tool("check").code == 0
