"""`prisma-combine combine`."""

from prisma_combine.actions.compare import compare, raise_errors
from prisma_combine.actions.rewrite import regenerated, rewrite
from prisma_combine.actions.situation import Asked, here
from prisma_combine.actions.state import Depth
from prisma_combine.cli.arguments import Options
from prisma_combine.config import load
from prisma_combine.errors import CombineError
from prisma_combine.report.terminal import say, write
from prisma_combine.report.text import Text
from prisma_combine.repository.disk import Disk


def combine(options: Options) -> int:
    """Write the combined files and return the exit code."""
    config = load.load(options.config)
    if options.stdout and len(config.targets) > 1:
        raise CombineError(
            f"{config.path}: --stdout prints one combined file, and there are"
            f" {len(config.targets)} [[schema]] tables; leave out --stdout"
        )
    tree = Disk(config.root)
    compared = compare(config, config.targets, tree, depth=Depth.ALL, tracking=False, label=None)
    raise_errors(compared)
    sound = [one for one in compared.comparisons if not one.findings]
    invalid = [one for one in compared.comparisons if one.findings]
    facts = Asked(config).facts(invalid) if invalid else here(config)
    text = Text(config, facts, options.config)
    if options.stdout:
        for one in sound:
            write(regenerated(config, one))
        done = []
    else:
        done = rewrite(config, sound)
    say(text.combined(compared, done))
    return 0 if len(sound) == len(compared.comparisons) else 1
