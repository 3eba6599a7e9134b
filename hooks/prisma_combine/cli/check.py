"""`prisma-combine check`."""

from collections.abc import Callable

from prisma_combine import fastpath
from prisma_combine.cli.arguments import Options
from prisma_combine.config import load
from prisma_combine.config.load import Config
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.repository import listing
from prisma_combine.repository.disk import Disk
from prisma_combine.repository.tree import Tree


def check(options: Options) -> int:
    """Compare the combined files with their sources and return the exit code."""
    config = load.load(options.config, _staged if options.staged else None)
    tree = _tree(config, staged=options.staged)
    targets = listing.touched(config, options.paths, tree)
    if options.format == "text" and not options.verbose and fastpath.passes(config, targets, tree):
        if not options.quiet:
            fastpath.say_in_sync(config, targets)
        return 0
    return _judged(options, config, targets, tree)


def _judged(options: Options, config: Config, targets: list[Target], tree: Tree) -> int:
    from prisma_combine.actions.compare import compare
    from prisma_combine.actions.rewrite import rewrite
    from prisma_combine.actions.situation import Asked
    from prisma_combine.actions.state import Depth
    from prisma_combine.report.color import Color
    from prisma_combine.report.terminal import say, write
    from prisma_combine.report.text import Text

    on_github = options.format == "github"
    depth = Depth.NEEDED if options.format == "text" else Depth.ALL
    with Asked(config, staged=options.staged) as asked:
        compared = compare(config, targets, tree, depth=depth, label=_label(config))
        facts = asked.facts(compared.comparisons)
    checked = [one for one in compared.comparisons if one.target.output not in facts.unchecked]
    compared = compared._replace(comparisons=tuple(checked))
    text = Text(config, facts, None if on_github else options.config, github=on_github)
    color = Color(options.color)
    done = None
    fixable = [one for one in compared.comparisons if one.fixable]
    if options.fix and fixable and not compared.errors:
        done = rewrite(config, fixable, staged=options.staged)
    if options.format == "json":
        from prisma_combine.report import json

        errors = [*compared.errors, *([compared.blind] if compared.blind else [])]
        write(json.render(compared.comparisons, errors).encode() + b"\n")
    elif on_github:
        from prisma_combine.report import github

        github.write(text, compared, fixed=done)
    elif done is not None:
        say(text.fixed(compared, done, quiet=options.quiet))
    else:
        say(text.before(compared, quiet=options.quiet, verbose=options.verbose), color=color)
        write(text.diff(compared, brief=text.brief()), color)
        say(text.after(compared))
    if compared.errors and options.format != "json":
        raise CombineError("\n".join(compared.errors))
    if compared.errors:
        return 2
    if all(one.passes for one in compared.comparisons):
        return 2 if compared.blind else 0
    return 1


def _label(config: Config) -> Callable[[str], str]:
    """Return a function that names paths for `git apply`, which takes none above the folder."""
    from prisma_combine.report.paths import Shown

    shown = Shown(config.root)
    return lambda path: path if (name := shown(path)).startswith("../") else name


def _tree(config: Config, *, staged: bool) -> Tree:
    if not staged:
        return Disk(config.root)
    from prisma_combine.repository.index import Index

    return Index(config.root, listing.paths(config))


def _staged(root: str, name: str) -> bytes | None:
    from prisma_combine.repository.index import Index

    return Index(root, [name]).read(name)
