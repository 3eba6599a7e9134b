"""`prisma-combine locate`."""

import os
import re
import sys
from functools import cache

from prisma_combine.actions.locate import Outputs, copy
from prisma_combine.cli.arguments import Options
from prisma_combine.config import load
from prisma_combine.errors import CombineError
from prisma_combine.report.paths import Shown
from prisma_combine.report.terminal import say, while_read, write


def locate(options: Options) -> int:
    """Print the source line behind a combined line and return the exit code."""

    @cache
    def outputs() -> Outputs:
        config = load.load(options.config)
        return Outputs(config, Shown(config.root))

    if not options.paths:
        # Either is None when the shell has closed it.
        if sys.stdin and sys.stdout:
            if sys.stdin.isatty():
                raise CombineError(
                    "nothing to locate; run `prisma-combine locate FILE:LINE`,"
                    " or `npx prisma validate 2>&1 | prisma-combine locate`"
                )
            with while_read():
                copy(sys.stdin.buffer, sys.stdout.buffer, lambda text: outputs().replaced(text))
        return 0
    place = options.paths[0]
    named = re.fullmatch(r"(.+?):([0-9]{1,9})(:[0-9]+)?", place)
    if named is None:
        raise CombineError(f"{place}: not FILE:LINE; write it like prisma/schema.prisma:184")
    found = outputs().spot(named[1], int(named[2]))
    if isinstance(found, str):
        say([f"{place}: {found}"])
        return 1
    write(os.fsencode(f"{found.path}:{found.line}{named[3] or ''}\n"))
    if not found.exact:
        say([f"{place}: changed since; the line closest to it in {found.path} is shown"])
    return 0
