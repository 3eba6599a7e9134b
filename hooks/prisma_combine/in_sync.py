"""The check that passes: a comparison, and no more.

Every import here is paid for on every commit: Typer and unidiff are for when there is something
to say.
"""

from io import BytesIO
from typing import BinaryIO, NamedTuple

from prisma_combine import combined, config, git, listing, source
from prisma_combine.config import Config, Target
from prisma_combine.errors import CombineError
from prisma_combine.report.paths import Shown
from prisma_combine.terminal import say
from prisma_combine.tree import Tree


def is_in_sync(arguments: list[str]) -> bool:
    """Whether this is a check that passes. `cli` looks again at all that it doubts."""
    check = _check(arguments)
    if check is None:
        return False
    configuration = config.load(check.config, staged=check.staged)
    tree = listing.tree(configuration, staged=check.staged)
    targets = listing.touched(configuration, check.paths, tree)
    try:
        with git.Tracked(configuration.root, listing.paths(configuration)) as tracked:
            combining: list[str] = []
            for target in targets:
                made_of = _combined(configuration, target, tree)
                if made_of is None:
                    return False
                combining += made_of
            if tracked.lacks(combining):
                return False
    except CombineError:
        return False
    if not check.quiet:
        shown = Shown(configuration.root)
        say(f"{shown(target.output)}: in sync" for target in targets)
    return True


class _Check(NamedTuple):
    config: str | None = None
    staged: bool = False
    quiet: bool = False
    paths: tuple[str, ...] = ()


def _check(arguments: list[str]) -> _Check | None:
    """A `check` with plain options; None for all that is less plain."""
    if arguments[:1] != ["check"]:
        return None
    check = _Check()
    rest = iter(arguments[1:])
    for argument in rest:
        name, _, value = argument.partition("=")
        if name == "--config":
            check = check._replace(config=value or next(rest, None))
        elif argument == "--staged":
            check = check._replace(staged=True)
        elif argument == "--quiet":
            check = check._replace(quiet=True)
        elif not argument.startswith("-"):
            check = check._replace(paths=(*check.paths, argument))
        elif argument != "--fix":
            return None
    return check


def _combined(configuration: Config, target: Target, tree: Tree) -> list[str] | None:
    """The paths that make up a target in sync; None when it isn't."""
    found = listing.present(configuration, target, tree)
    names = found if target.names is None else list(target.names)
    below = [name for name in names if not name.startswith("../")]
    known = set(names)
    if sorted(below) != found or len(known) < len(names):
        return None

    def body(name: str) -> bytes | None:
        path = target.path(name)
        data = tree.read(path) if name in known else None
        return None if data is None else source.read(name, path, data).body.encode()

    with tree.opened(target.output) as file:
        committed = combined.rendered(_with_lf(file), target.directory, body) if file else None
    if target.names is None and committed is not None:
        committed.sort()  # what was written is in the right order; whether it is all there counts
    if committed != names:
        return None
    return [*map(target.path, names), target.output]


def _with_lf(file: BinaryIO) -> BinaryIO:
    crlf = file.readline().endswith(b"\r\n")
    file.seek(0)
    return BytesIO(file.read().replace(b"\r\n", b"\n")) if crlf else file
