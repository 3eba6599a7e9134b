"""Start a program and talk to it through pipes.

`subprocess` takes 5 ms to import, this less than 1 ms (a passing check: 60 ms). Windows, which has
no posix_spawn, uses `popen`.
"""

import os
import select
import sys
import time

if sys.platform == "win32":
    raise ImportError("this module needs posix_spawn")  # so mypy, too, skips it on Windows


class Child:
    """A running program."""

    def __init__(self, command: list[str], environment: dict[str, str], *, has_input: bool) -> None:
        """Start the program, found on the PATH, in the working directory. Raises OSError."""
        self.returncode: int | None = None
        self.is_cut = False
        ours: list[int] = []
        theirs: list[int] = []
        try:
            for is_input in (False, False, True) if has_input else (False, False):
                reader, writer = os.pipe()
                ours.append(writer if is_input else reader)
                theirs.append(reader if is_input else writer)
            null = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
            given = (os.POSIX_SPAWN_DUP2, theirs[2], 0) if has_input else null
            pipes = [(os.POSIX_SPAWN_DUP2, end, at) for at, end in enumerate(theirs[:2], start=1)]
            self._pid = os.posix_spawnp(
                command[0], command, environment, file_actions=[given, *pipes]
            )
        except OSError:
            _close(ours)
            raise
        finally:
            _close(theirs)
        self._pipes = ours

    def communicate(self, stdin: bytes, deadline: float, limit: int) -> tuple[bytes, bytes]:
        """Return what the program prints on standard output and standard error until it ends.

        It is killed at the deadline, a time of `time.monotonic`, or after about `limit` bytes.
        """
        printed: dict[int, list[bytes]] = {pipe: [] for pipe in self._pipes[:2]}
        sent = received = 0
        poll = select.poll()
        for pipe in self._pipes:
            poll.register(pipe, select.POLLIN if pipe in printed else select.POLLOUT)
        while self._pipes:
            ready = poll.poll(_left(deadline) * 1000)
            if not ready or not _left(deadline) or received > limit:
                self.is_cut = True
                break
            for pipe, _ in ready:
                if pipe in printed:
                    data = os.read(pipe, 1 << 16)
                    printed[pipe].append(data)
                    received += len(data)
                    done = not data
                else:
                    sent = _send(pipe, stdin, sent)
                    done = sent == len(stdin)
                if done:
                    poll.unregister(pipe)
                    self._pipes.remove(pipe)
                    os.close(pipe)
        while not self.is_cut and not self._ended(os.WNOHANG):
            time.sleep(0.0001)
            self.is_cut = not _left(deadline)
        if self.is_cut:
            self.kill()
        out, errors = printed.values()
        return b"".join(out), b"".join(errors)

    def kill(self) -> None:
        """End the program at once, without waiting for what it may have started itself."""
        _close(self._pipes)
        self._pipes = []
        if self.returncode is None:
            os.kill(self._pid, 9)
            self._ended(0)

    def _ended(self, options: int) -> bool:
        try:
            pid, status = os.waitpid(self._pid, options)
        except ChildProcessError:  # with SIGCHLD ignored, the system has already reaped it
            pid, status = self._pid, 0
        if pid:
            self.returncode = os.waitstatus_to_exitcode(status)
        return bool(pid)


def _send(pipe: int, data: bytes, start: int) -> int:
    """Return up to where the data is sent, or need not be, as nobody reads it."""
    try:
        # A pipe that is ready takes this much without blocking (POSIX, write).
        return start + os.write(pipe, data[start : start + select.PIPE_BUF])
    except BrokenPipeError:
        return len(data)


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())


def _close(pipes: list[int]) -> None:
    for pipe in pipes:
        os.close(pipe)
