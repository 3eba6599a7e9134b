"""`prisma-combine adopt`."""

from prisma_combine.actions import adopt as adoption
from prisma_combine.actions.situation import Asked
from prisma_combine.cli.arguments import Options
from prisma_combine.config import load
from prisma_combine.report.terminal import say, write
from prisma_combine.report.text import Text


def adopt(options: Options) -> int:
    """Carry hand edits into the sources and return the exit code."""
    config = load.load(options.config)
    adopted = adoption.adopt(config, config.targets)
    if not options.dry_run:
        adoption.write(config, adopted)
    comparisons = [one.comparison for one in adopted.adoptions]
    with Asked(config) as asked:
        text = Text(config, asked.facts(comparisons), options.config)
    if options.dry_run:
        for change in adoption.differences(config, adopted, text.shown):
            write(change)
    say(text.adopted(adopted, dry_run=options.dry_run))
    return 0 if all(one.complete for one in adopted.adoptions) else 1
