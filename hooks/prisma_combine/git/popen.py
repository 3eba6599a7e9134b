"""Start a program and talk to it: `spawn` for systems without posix_spawn."""

import os
import subprocess
import time
from contextlib import suppress

if os.name == "nt":
    # Otherwise Windows looks for programs in the working directory first, and finds a git.exe that
    # an untrusted repository holds (CVE-2023-40590).
    os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")


class Child:
    """A running program."""

    def __init__(self, command: list[str], environment: dict[str, str], *, has_input: bool) -> None:
        """Start the program, found on the PATH, in the working directory. Raises OSError."""
        self.is_cut = False
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @property
    def returncode(self) -> int | None:
        """The exit code; None while the program runs."""
        return self._process.returncode

    def communicate(self, stdin: bytes, deadline: float, limit: int) -> tuple[bytes, bytes]:
        """Return what the program prints on standard output and standard error until it ends.

        It is killed at the deadline, a time of `time.monotonic`.
        """
        del limit  # subprocess has none
        given = stdin if self._process.stdin else None
        try:
            return self._process.communicate(given, max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.is_cut = True
            self._process.kill()
        with suppress(subprocess.TimeoutExpired):  # a child of the program may keep a pipe open
            return self._process.communicate(timeout=1)
        return b"", b""

    def kill(self) -> None:
        """End the program at once, without waiting for what it may have started itself."""
        with self._process:
            self._process.kill()
