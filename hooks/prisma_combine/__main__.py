"""The entry point: leaves at once when all is in sync, else hands over to `cli`."""

import gc
import os
import sys
from contextlib import suppress


def run() -> None:
    """Runs the command line as a process of its own, which ends with it."""
    # What a check in sync makes is soon gone with it; looking for cycles takes a 25th of its time.
    gc.disable()
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    with suppress(OSError, AttributeError):  # who reads it may have gone, or closed it
        sys.stderr.flush()
    # To take the interpreter apart would be a seventh of that time.
    os._exit(code)


def main() -> int:
    """Runs the command line; the exit code, where Typer does not exit itself."""
    # Imported here, so that an interrupt is met quietly from the first moment.
    from prisma_combine.errors import CombineError

    try:
        from prisma_combine.in_sync import is_in_sync

        if is_in_sync(sys.argv[1:]):
            return 0
        gc.enable()
        from prisma_combine.cli import app

        app()
    except CombineError as error:
        _fail(str(error))
        return 2
    except OSError as error:
        # What concerns files is a CombineError; this is about printing, or the working directory.
        _fail(f"{error.strerror or error}; mend that, and run this again")
        return 2
    return 0


def _fail(message: str) -> None:
    if "--format github" in " ".join(sys.argv).replace("=", " "):
        from prisma_combine.report import github

        github.fail(message)
        return
    from prisma_combine.terminal import say

    say(f"prisma-combine: {line}" for line in message.split("\n"))


if __name__ == "__main__":
    run()
