"""The program as a process of its own, and the streams and terminals that it meets."""

import os
import re
import subprocess
import sys

import pytest

from support.program import Ran
from support.repository import (
    COMMANDS,
    PROGRAM,
    USER,
    Repository,
    edit_output,
)


@pytest.mark.parametrize("arguments", [*COMMANDS, ("init",), ("--help",)], ids="-".join)
def test_a_process_does_what_a_call_does(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, arguments: tuple[str, ...]
) -> None:
    edit_output(repository)
    copy = repository.copy(tmp_path_factory.mktemp("copy"))
    code, *streams = repository.run("prisma-combine", *arguments)
    # Windows ends lines with CRLF.
    assert (code, *(one.replace("\r\n", "\n") for one in streams)) == copy.tool(*arguments)
    assert repository.files() == copy.files()


@pytest.mark.parametrize("arguments", [("check",), ("combine",)], ids="-".join)
def test_the_script_and_the_module_are_the_same(
    repository: Repository, arguments: tuple[str, ...]
) -> None:
    assert repository.run("prisma-combine", *arguments) == repository.process(*arguments)


@pytest.mark.posix
def test_a_closed_pipe_ends_the_output_quietly(repository: Repository) -> None:
    repository.write(USER, "// x\n" * 100_000)
    ran = repository.run("sh", "-c", f"{' '.join(PROGRAM)} check | head -1")
    assert (ran.code, ran.out) == (0, "--- a/prisma/schema.prisma\tcommitted\n")
    assert "Traceback" not in ran.err
    assert "Exception" not in ran.err


@pytest.mark.posix
def test_a_closed_standard_output_changes_no_verdict(repository: Repository) -> None:
    edit_output(repository)
    ran = repository.run("sh", "-c", f"exec {' '.join(PROGRAM)} check >&-")
    assert ran == Ran(1, "", repository.tool("check").err)


@pytest.mark.posix
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_full_standard_output_is_an_error(repository: Repository, form: str) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full on this system")
    edit_output(repository)
    ran = repository.run("sh", "-c", f"exec {' '.join(PROGRAM)} check --format {form} >/dev/full")
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert re.fullmatch("prisma-combine: .*no space left on device.*", ran.err.split("\n")[-2])


def test_an_unexpected_exception_ends_with_2_and_is_shown(repository: Repository) -> None:
    program = """
import sys
from prisma_combine.__main__ import run
from prisma_combine.config import load
load.load = lambda *_, **__: 1 / 0
sys.argv = ["prisma-combine", "combine"]
run()
"""
    ran = repository.run(sys.executable, "-c", program)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Traceback (most recent call last):\n")
    assert "\nZeroDivisionError: division by zero\n" in ran.err
    assert re.search("^prisma-combine: .*[Rr]eport it: http.*\\n\\Z", ran.err, re.MULTILINE)


def _on_a_terminal(repository: Repository, *arguments: str) -> bytes:
    """Run the program with a terminal as standard output; return what it prints there."""
    import pty

    ours, theirs = pty.openpty()
    subprocess.run(
        [*PROGRAM, *arguments],
        cwd=repository.root,
        env=repository.environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    os.close(theirs)
    read = b""
    while True:
        try:
            data = os.read(ours, 1 << 16)
        except OSError:  # Linux says so at the end
            data = b""
        if not data:
            os.close(ours)
            return read.replace(b"\r\n", b"\n")
        read += data


@pytest.mark.posix
def test_a_diff_is_escaped_and_colored_on_a_terminal_only(repository: Repository) -> None:
    repository.replace("email String @unique", "email String // \x1b[2J\u202e")
    piped = repository.tool("check").out
    assert "-  email String // \x1b[2J\u202e\n" in piped
    assert repository.run("git", "apply", "--check", stdin=piped.encode()).code == 0
    shown = _on_a_terminal(repository, "check")
    assert b"\x1b[31m-  email String" in shown
    shown = re.sub(rb"\x1b\[[0-9;]*m", b"", shown)
    assert b"-  email String // \\x1b[2J\\u202e\n" in shown
    assert b"\x1b[2J" not in shown
    assert b"// \\x1b[2J\\u202e\n" in _on_a_terminal(repository, "adopt", "--dry-run")


@pytest.mark.posix
def test_a_working_directory_that_is_gone_is_an_error(repository: Repository) -> None:
    gone = repository.root / "gone"
    gone.mkdir()
    program = (
        f"import os, sys; os.rmdir({str(gone)!r}); sys.argv = ['prisma-combine', 'check']; "
        "from prisma_combine.__main__ import run; run()"
    )
    ran = repository.run(sys.executable, "-c", program, cwd="gone")
    assert ran.code == 2
    assert "Traceback" not in ran.err
