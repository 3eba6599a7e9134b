"""What goes wrong with machines and people, while the tool is at work: nothing is lost."""

import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count

import pytest

from conftest import COMMANDS, PROJECT, Ran, Repository, edit_source, ordinary_user
from prisma_combine import git
from prisma_combine.__main__ import main

KILLS = int(os.environ.get("PRISMA_COMBINE_KILLS", "20"))
"""at random moments, of each command"""

AUDIT = str(PROJECT / "tests" / "audit")
OUTPUT = "prisma/schema.prisma"
USER = "prisma/schema/user.prisma"
PROGRAM = (sys.executable, "-m", "prisma_combine")


def _stale(repository: Repository) -> None:
    edit_source(repository)


def _edited(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")
    repository.replace("authorId Int", "authorId BigInt")


WRITERS: list[tuple[tuple[str, ...], Callable[[Repository], None], int]] = [
    (("check", "--fix"), _stale, 1),
    (("check", "--fix"), _edited, 1),
    (("combine",), _stale, 0),
    (("combine",), _edited, 0),
    (("adopt",), _edited, 0),
]
"""arguments, what is to be mended, the exit code of the run that mends it"""
FULL = re.compile(r"prisma-combine: .*")
writers = pytest.mark.parametrize(
    ("arguments", "damage", "code"),
    WRITERS,
    ids=[f"{arguments[0]}-{damage.__name__[1:]}" for arguments, damage, _ in WRITERS],
)


class Killed:
    """A repository in which a command is killed again and again."""

    def __init__(self, repository: Repository, arguments: tuple[str, ...], code: int) -> None:
        self.repository, self.arguments, self.code = repository, arguments, code
        self.temporary = repository.root.parent / f"{repository.root.name}-tmp"
        self.temporary.mkdir()
        self.variables = {"TMPDIR": str(self.temporary)}
        self.old = repository.files()
        assert repository.tool(*arguments, environment=self.variables).code == code
        self.new = repository.files()
        assert self.new.keys() == self.old.keys()
        assert self.new != self.old
        self.seen: set[str] = set()

    def restore(self) -> None:
        """The files as they were."""
        for path, data in self.old.items():
            self.repository.write(path, data)

    def start(
        self, stderr: int = subprocess.DEVNULL, **variables: str
    ) -> "subprocess.Popen[bytes]":
        """Starts the command, with more in its environment."""
        return subprocess.Popen(
            [*PROGRAM, *self.arguments],
            cwd=self.repository.root,
            env=self.repository.environment | self.variables | variables,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )

    def judge(self) -> None:
        """Each file is wholly old or wholly new, and the next run leaves all new and tidy."""
        found = self.repository.files()
        for path in self.old:
            assert found[path] in (self.old[path], self.new[path])
        changed = {path for path in self.old if self.old[path] != self.new[path]}
        written = {path for path in changed if found[path] == self.new[path]}
        if 0 < len(written) < len(changed):
            self.seen.add("halfway")
        if found.keys() != self.old.keys():
            self.seen.add("beside")
        if os.listdir(self.temporary):
            self.seen.add("temporary")
        again = self.repository.tool(*self.arguments, environment=self.variables)
        assert again.code == (0 if written == changed else self.code), again
        assert self.repository.files() == self.new
        assert os.listdir(self.temporary) == []


@writers
def test_killed_at_each_step(
    repository: Repository,
    arguments: tuple[str, ...],
    damage: Callable[[Repository], None],
    code: int,
) -> None:
    """Each time that it is about to change the disk or to start git."""
    damage(repository)
    killed = Killed(repository, arguments, code)
    step = 0
    ended = -signal.SIGKILL
    while ended == -signal.SIGKILL:
        step += 1
        killed.restore()
        ended = killed.start(AUDIT_KILL=str(step), PYTHONPATH=AUDIT).wait()
        killed.judge()
    assert ended == code
    assert step > 5  # the last one is no kill
    assert killed.seen >= {"beside"} | ({"halfway"} if arguments == ("adopt",) else set())


@writers
def test_killed_at_random(
    repository: Repository,
    arguments: tuple[str, ...],
    damage: Callable[[Repository], None],
    code: int,
) -> None:
    damage(repository)
    # So much that writing it takes a while.
    for path in (USER, OUTPUT):
        repository.write(path, repository.read(path) + "// a long comment\n" * 100_000)
    killed = Killed(repository, arguments, code)
    folder = repository.root / "prisma"
    chance = random.Random(KILLS)  # noqa: S311  # to be repeated, not to be secret
    for number in range(KILLS):
        killed.restore()
        running = killed.start()
        if number % 2:
            while running.poll() is None and not list(folder.glob(".schema.prisma.*")):
                pass
            time.sleep(chance.uniform(0, 0.01))
        else:
            time.sleep(chance.uniform(0, 0.5))
        running.kill()
        assert running.wait() in (code, -signal.SIGKILL)
        killed.judge()


@writers
def test_twenty_at_once(
    repository: Repository,
    arguments: tuple[str, ...],
    damage: Callable[[Repository], None],
    code: int,
) -> None:
    damage(repository)
    killed = Killed(repository, arguments, code)
    killed.restore()
    running = [killed.start() for _ in range(20)]
    ended = {process.wait() for process in running}
    assert ended <= {0, code}
    killed.judge()


@pytest.mark.parametrize("room", [0, 300])
@writers
def test_a_full_disk(
    repository: Repository,
    arguments: tuple[str, ...],
    damage: Callable[[Repository], None],
    code: int,
    room: int,
) -> None:
    """No file can grow beyond so many bytes."""
    assert code < 2
    damage(repository)
    before = repository.files()
    temporary = repository.root.parent / f"{repository.root.name}-tmp"
    temporary.mkdir()
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    program = f"{limit}; from prisma_combine.__main__ import run; run()"
    ran = repository.run(
        *(sys.executable, "-c", program, *arguments), environment={"TMPDIR": str(temporary)}
    )
    assert ran.code == 2
    *_, last, _ = ran.err.split("\n")
    assert FULL.fullmatch(last), last
    assert repository.files() == before
    assert os.listdir(temporary) == []


@writers
def test_interrupted_at_each_step(
    repository: Repository,
    arguments: tuple[str, ...],
    damage: Callable[[Repository], None],
    code: int,
) -> None:
    """As by Ctrl-C."""
    damage(repository)
    killed = Killed(repository, arguments, code)
    interrupted = 0
    for step in count(1):
        killed.restore()
        program = killed.start(
            AUDIT_KILL=str(step), AUDIT_SIGNAL="SIGINT", PYTHONPATH=AUDIT, stderr=subprocess.PIPE
        )
        _, err = program.communicate()
        assert b"Traceback" not in err
        assert program.returncode in (130, code)
        killed.judge()
        interrupted += program.returncode == 130
        if program.returncode == code:
            break
    assert interrupted >= 5


CHANGES: list[tuple[tuple[str, ...], str, str, str]] = [
    (("check", "--fix"), "diff", OUTPUT, "edited"),
    (("check", "--fix"), "diff", OUTPUT, "removed"),
    (("combine",), "hash-object", OUTPUT, "edited"),
    (("combine",), "hash-object", OUTPUT, "removed"),
    (("adopt",), "merge-file", OUTPUT, "edited"),
    (("adopt",), "merge-file", OUTPUT, "removed"),
    (("adopt",), "merge-file", USER, "edited"),
    (("adopt",), "merge-file", USER, "removed"),
    (("adopt",), "merge-file", "prisma/schema/base.prisma", "edited"),
]


@pytest.mark.parametrize(("arguments", "call", "path", "change"), CHANGES)
def test_a_file_that_changes_between_reading_and_writing(
    repository: Repository, arguments: tuple[str, ...], call: str, path: str, change: str
) -> None:
    _edited(repository)
    _stale(repository)
    before = repository.files()
    edited = before[path] + b"// from an editor\n"
    other = repository.root.parent / f"{repository.root.name}-edited"
    other.write_bytes(edited)
    step = "rm -f" if change == "removed" else f"cp {other}"
    _fake_git(repository, f'case " $* " in *" {call} "*) {step} "{repository.root / path}";; esac')
    ran = repository.tool(*arguments)
    assert ran.code == 2
    *_, last, _ = ran.err.split("\n")
    assert last == f"prisma-combine: {path}: has just changed; run this again"
    after = before | {path: edited}
    if change == "removed":
        del after[path]
    assert repository.files() == after


def _fake_git(repository: Repository, script: str) -> None:
    """Puts a git in front of the real one that first does something else."""
    real = shutil.which("git", path=repository.environment["PATH"])
    program = repository.root.parent / f"{repository.root.name}-bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n{script}\nexec {real} "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{repository.environment['PATH']}"
    repository.environment["PATH"] = path


commands = pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)


@commands
@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("sleep 60", "git took longer than 0.5 seconds; see why with `git -c core."),
        ("echo 'fatal: no luck' >&2; exit 200", "git failed: fatal: no luck; see more with `git "),
        ("kill -9 $$", "git failed: exit -9; see more with `git "),
    ],
    ids=["hangs", "fails", "is killed"],
)
def test_git_that_does_not_do_its_work(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    script: str,
    what: str,
) -> None:
    monkeypatch.setattr(git, "TIMEOUT", 0.5)
    _fake_git(repository, script)
    for damaged in (False, True):
        if damaged:
            _edited(repository)
            _stale(repository)
        before = repository.files()
        ran = _in_process(repository, monkeypatch, capfd, *arguments)
        asks = damaged if arguments[0] != "check" else True
        if asks and "--stdout" not in arguments:
            assert ran.code == 2
            assert ran.err.split("\n")[-2].startswith(f"prisma-combine: {what}")
        else:
            assert ran.code == 0
        assert repository.files() == before


def _in_process(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    *arguments: str,
) -> Ran:
    """Runs the program in this process, which may have been changed for the test."""
    for name, value in repository.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(repository.root)
    monkeypatch.setattr("sys.argv", ["prisma-combine", *arguments])
    try:
        code = main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Ran(code, *capfd.readouterr())


@commands
@pytest.mark.parametrize(
    ("locked", "mode"),
    [
        (USER, 0),
        (OUTPUT, 0),
        ("prisma-combine.toml", 0),
        ("prisma/schema", 0),
        ("prisma", 0),
        (OUTPUT, 0o444),
        ("prisma", 0o555),
    ],
)
def test_no_permission(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    locked: str,
    mode: int,
) -> None:
    _edited(repository)
    _stale(repository)
    before = repository.files()
    path = repository.root / locked
    usual = path.stat().st_mode
    with ordinary_user(repository.root):
        path.chmod(mode)
        ran = _in_process(repository, monkeypatch, capfd, *arguments)
        path.chmod(usual)
    assert repository.files() == before
    reads = "--staged" not in arguments
    writes = arguments in (("check", "--fix"), ("combine",), ("adopt",))
    if (reads and not mode) or (writes and mode):
        assert ran.code == 2
        last = ran.err.split("\n")[-2]
        assert re.fullmatch(r"prisma-combine: [\w./-]+: can't be \w+: .*; .*", last), last
    else:
        assert ran.code in (0, 1)
        assert "prisma-combine: " not in ran.err


@commands
@pytest.mark.parametrize("without", [["HOME"], ["PATH"], ["HOME", "PATH", "LANG", "LC_ALL"]])
def test_a_bare_environment(
    repository: Repository, arguments: tuple[str, ...], without: list[str]
) -> None:
    """Without git on the path there is no diff and no index; all else is as ever."""
    _edited(repository)
    usual = repository.tool(*arguments)
    repository.git("checkout", "--quiet", ".")
    _edited(repository)
    for name in without:
        repository.environment.pop(name, None)
    repository.environment["PATH"] = "/nowhere" if "PATH" in without else os.environ["PATH"]
    ran = repository.tool(*arguments)
    if "PATH" not in without:
        assert ran.code == usual.code
    elif "--staged" in arguments or "--dry-run" in arguments:
        assert ran.code == 2
        assert "git is not installed" in ran.err or "install git" in ran.err
    else:
        assert ran.code == usual.code
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("moment", [0, 4_000_000_000])
def test_a_clock_that_jumps(repository: Repository, moment: int) -> None:
    """What a file holds counts, and not when it was written."""
    for path in repository.root.rglob("*.prisma"):
        os.utime(path, (moment, moment))
    assert repository.tool("check").code == 0
    repository.replace("email String", "email Str1ng", USER)  # as long as it was
    os.utime(repository.root / USER, (moment, moment))
    assert repository.tool("check").code == 1
    assert repository.tool("combine").code == 0
    os.utime(repository.root / OUTPUT, (moment, moment))
    assert repository.tool("check").code == 0


STREAMS = ["| head -1", "2>&1 | true", ">&-", "2>&-", "<&- >&- 2>&-"]
if os.path.exists("/dev/full"):
    STREAMS.append("2>/dev/full")


@pytest.mark.parametrize("stream", STREAMS)
@writers
def test_streams_that_nobody_reads(
    repository: Repository,
    arguments: tuple[str, ...],
    damage: Callable[[Repository], None],
    code: int,
    stream: str,
) -> None:
    """The work is done, and the exit code tells."""
    repository.write(USER, repository.read(USER) + "// a long comment\n" * 10_000)
    repository.tool("combine")
    damage(repository)
    program = f"{shlex.join(PROGRAM)} {shlex.join(arguments)}"
    ran = repository.run("bash", "-c", f"set -o pipefail; {program} {stream}")
    assert ran.code == code
    assert "Traceback" not in ran.err
    ran = repository.run("bash", "-c", f"set -o pipefail; {shlex.join(PROGRAM)} check {stream}")
    assert ran.code == 0, ran
