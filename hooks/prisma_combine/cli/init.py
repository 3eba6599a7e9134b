"""`prisma-combine init`."""

import os

from prisma_combine.report.init import drafted
from prisma_combine.report.paths import Shown
from prisma_combine.report.terminal import say, write
from prisma_combine.setup.draft import draft


def init(directory: str | None, output: str | None, *, own_format: bool, dry_run: bool) -> int:
    """Write the configuration and return the exit code."""
    drafted_now = draft(os.getcwd(), directory, output, own_format=own_format)
    if dry_run:
        write(drafted_now.text.encode())
    else:
        drafted_now.write()
    say(drafted(drafted_now, Shown(drafted_now.root), dry_run=dry_run))
    return 0
