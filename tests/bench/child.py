"""Runs commands for `measure` and tells what each took. Started with `python -I -S`.

A process's peak memory counts from that of the one which started it, so this is a small one: it
imports nothing that Python has not loaded already.
"""

import os
import sys
import time


def main() -> None:
    """For each line, a folder and a command, prints exit code, seconds, CPU time and peak memory."""
    quiet = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in range(3)]
    for line in sys.stdin:
        folder, *command = line.removesuffix("\n").split("\0")
        os.chdir(folder)
        started = time.perf_counter()
        process = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
        _, status, usage = os.wait4(process, 0)
        seconds = time.perf_counter() - started
        cpu = usage.ru_utime + usage.ru_stime
        print(os.waitstatus_to_exitcode(status), seconds, cpu, usage.ru_maxrss, flush=True)


if __name__ == "__main__":
    main()
