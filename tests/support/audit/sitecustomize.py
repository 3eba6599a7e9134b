"""Watch a Python process, or kill it: Python runs this file when its folder is in PYTHONPATH.

With AUDIT_LOG it writes down what is opened, run and connected to. With AUDIT_KILL=3 the process is
killed when it is about to change the disk, or to start a program, for the third time;
AUDIT_SIGNAL=SIGINT interrupts it instead.
"""

import os
import signal
import sys

_LOG = os.environ.get("AUDIT_LOG")
_KILL = int(os.environ.get("AUDIT_KILL", "0"))
_SIGNAL = signal.Signals[os.environ.get("AUDIT_SIGNAL", "SIGKILL")]
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = {
    *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link"),
    *("os.symlink", "os.truncate", "os.posix_spawn", "subprocess.Popen"),
}
_TOLD = ("open", "os.listdir", "os.scandir", "os.exec", "os.posix_spawn", "os.system")
_steps = 0

if _SIGNAL == signal.SIGINT:
    # A shell starts what runs in the background with SIGINT ignored, and Python keeps that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    global _steps  # noqa: PLW0603
    if _LOG and event.startswith((*_TOLD, "subprocess.", "socket.", "ctypes.")):
        os.write(_log, f"{event} {arguments[0]!r} {arguments[1:]!r}\n".encode())
    changes = event in _CHANGES
    if event == "open" and isinstance(arguments[2], int):
        changes = bool(arguments[2] & _WRITES)
    # Python's tempfile tries where it can write with a file of its own.
    if _KILL and changes and sys._getframe(1).f_code.co_name != "_get_default_tempdir":  # noqa: SLF001
        _steps += 1
        if _steps == _KILL:
            os.kill(os.getpid(), _SIGNAL)


_log = os.open(_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if _LOG else -1
sys.addaudithook(_hook)
