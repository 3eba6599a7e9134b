"""Kill the commands that write, at every step and at random: no text is lost."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count

import pytest

from support.faults import AUDITED, Interrupted, beside, random_moments
from support.repository import OUTPUT, PROGRAM, USER, Repository, edit_output, edit_source

pytestmark = pytest.mark.posix

KILLS = int(os.environ.get("PRISMA_COMBINE_KILLS", "20"))
"""at random moments, of each command"""

Damage = Callable[[Repository], None]

writers = pytest.mark.parametrize(
    ("arguments", "damage", "code"),
    [
        pytest.param(("check", "--fix"), edit_source, 1, id="fix-stale"),
        pytest.param(("check", "--fix"), edit_output, 1, id="fix-edited"),
        pytest.param(("combine",), edit_source, 0, id="combine-stale"),
        pytest.param(("combine",), edit_output, 0, id="combine-edited"),
        pytest.param(("adopt",), edit_output, 0, id="adopt-edited"),
    ],
)
"""commands, what they are to fix, and the exit code when they have"""


@writers
def test_a_command_killed_at_each_step_loses_nothing(
    repository: Repository, arguments: tuple[str, ...], damage: Damage, code: int
) -> None:
    """A step is a change of the disk, or the start of git."""
    damage(repository)
    killed = Interrupted(repository, arguments, code)
    step = 0
    ended = -signal.SIGKILL
    while ended == -signal.SIGKILL:
        step += 1
        killed.restore()
        ended = killed.start(AUDIT_KILL=str(step), PYTHONPATH=AUDITED).wait()
        _assert_kept(repository, killed)
        killed.judge()
    assert ended == code
    assert step > 5  # the last one is not a kill
    assert killed.seen >= {"beside"} | ({"halfway"} if arguments == ("adopt",) else set())


def _assert_kept(repository: Repository, killed: Interrupted) -> None:
    """Assert that an edited text is still in the file, in the sources or in git."""
    edited = killed.old[OUTPUT]
    if killed.arguments == ("adopt",) or repository.files()[OUTPUT] == edited:
        return
    blob = repository.run("git", "hash-object", "--stdin", stdin=edited).out.strip()
    assert repository.run("git", "cat-file", "-p", blob).out.encode() == edited


@writers
def test_a_command_killed_at_random_loses_nothing(
    repository: Repository, arguments: tuple[str, ...], damage: Damage, code: int
) -> None:
    damage(repository)
    # Large enough that writing it takes a while.
    for path in (USER, OUTPUT):
        repository.replace("  posts Post[]\n", "  posts Post[]\n" + "  // long\n" * 20_000, path)
    killed = Interrupted(repository, arguments, code)
    folder = repository.root / "prisma"
    chance = random_moments(KILLS)
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
def test_a_command_interrupted_at_each_step_ends_quietly(
    repository: Repository, arguments: tuple[str, ...], damage: Damage, code: int
) -> None:
    """An interrupt is what Ctrl-C sends."""
    damage(repository)
    killed = Interrupted(repository, arguments, code)
    interrupted = 0
    for step in count(1):
        killed.restore()
        program = killed.start(
            AUDIT_KILL=str(step),
            AUDIT_SIGNAL="SIGINT",
            PYTHONPATH=AUDITED,
            stderr=subprocess.PIPE,
        )
        _, err = program.communicate()
        assert b"Traceback" not in err
        assert program.returncode in (130, code)
        killed.judge()
        interrupted += program.returncode == 130
        if program.returncode == code:
            break
    assert interrupted >= 5


@writers
def test_twenty_at_once_agree(
    repository: Repository, arguments: tuple[str, ...], damage: Damage, code: int
) -> None:
    damage(repository)
    killed = Interrupted(repository, arguments, code)
    killed.restore()
    running = [killed.start() for _ in range(20)]
    ended = {process.wait() for process in running}
    # One that finds the files changed by another says so, and writes nothing.
    assert ended <= {0, code, 2}
    killed.judge()


@pytest.mark.parametrize("room", [0, 100])
@writers
def test_a_full_disk_changes_nothing(
    repository: Repository, arguments: tuple[str, ...], damage: Damage, code: int, room: int
) -> None:
    """No file can grow beyond so many bytes."""
    assert code < 2
    damage(repository)
    before = repository.files()
    temporary = beside(repository, "tmp")
    temporary.mkdir()
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    program = f"{limit}; from prisma_combine.__main__ import run; run()"
    ran = repository.run(
        *(sys.executable, "-c", program, *arguments), environment={"TMPDIR": str(temporary)}
    )
    assert ran.code == 2
    *_, last, _ = ran.err.split("\n")
    assert re.fullmatch(r"prisma-combine: .*", last), last
    assert repository.files() == before
    assert os.listdir(temporary) == []


STREAMS = ["| head -1", "2>&1 | true", ">&-", "2>&-", "<&- >&- 2>&-"]
if os.path.exists("/dev/full"):
    STREAMS.append("2>/dev/full")


@pytest.mark.parametrize("stream", STREAMS)
@writers
def test_the_work_is_done_though_nobody_reads_the_output(
    repository: Repository, arguments: tuple[str, ...], damage: Damage, code: int, stream: str
) -> None:
    repository.write(USER, repository.read(USER) + "// a long comment\n" * 10_000)
    repository.tool("combine")
    damage(repository)
    program = f"{shlex.join(PROGRAM)} {shlex.join(arguments)}"
    ran = repository.run("bash", "-c", f"set -o pipefail; {program} {stream}")
    assert ran.code == code
    assert "Traceback" not in ran.err
    ran = repository.run("bash", "-c", f"set -o pipefail; {shlex.join(PROGRAM)} check {stream}")
    assert ran.code == 0, ran
