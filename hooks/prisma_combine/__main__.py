"""The entry point, and the one place for exit codes."""

import gc
import os
import sys
from contextlib import suppress


def run() -> None:
    """Run the command line as a process of its own, which ends with it."""
    # Skip cyclic garbage collection: the process ends before it pays off (4 % of a passing check).
    gc.disable()
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 2
    except Exception:  # noqa: BLE001  # Python would exit 1, which reads as "not in sync"
        code = _crashed()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):  # closed by the caller, or by its reader
            stream.flush()
    # Skip the interpreter's own clean-up (14 % of a passing check).
    os._exit(code)


def main() -> int:
    """Run the command line and return its exit code."""
    # Imported here, so that an interrupt during the imports is met quietly, too.
    from importlib import import_module

    from prisma_combine.cli import arguments
    from prisma_combine.errors import CombineError

    options = arguments.plain(sys.argv[1:])
    try:
        if options is None:
            from prisma_combine.cli import app

            return app.run()
        # Each command pays for its own imports only.
        module = import_module(f"prisma_combine.cli.{options.command}")
        return int(getattr(module, options.command)(options))
    except CombineError as error:
        from prisma_combine.cli.failure import fail

        fail(str(error))
    except OSError as error:
        # Files raise CombineError; this is about printing, or about the working directory.
        from prisma_combine.cli.failure import fail

        fail(f"can't continue: {(error.strerror or str(error)).lower()}")
    return 2


def _crashed() -> int:
    import traceback

    from prisma_combine import ISSUES

    try:
        from prisma_combine.cli import failure

        failure.say(traceback.format_exc().rstrip("\n").split("\n"))
        name = type(sys.exception()).__name__
        failure.fail(f"unexpected {name}, which is a bug. Report it: {ISSUES}")
    except Exception:  # noqa: BLE001  # what failed may be what prints
        with suppress(OSError, AttributeError):
            traceback.print_exc()
    return 2


if __name__ == "__main__":
    run()
