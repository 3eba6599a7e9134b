"""Choose sources and a combined file for our own format."""

from collections.abc import Collection, Iterator, Mapping
from posixpath import basename, dirname, normpath

from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.schema.format import OWN
from prisma_combine.setup import layout, refusal
from prisma_combine.setup.infer import Block, blocks
from prisma_combine.setup.layout import is_below, is_copy
from prisma_combine.setup.past import Snapshot
from prisma_combine.setup.survey import Survey

_ASK = "name the folder of the sources and the combined file with --directory and --output"


def targets(
    seen: Survey, likely: Mapping[str, set[str]], directory: str | None, output: str | None
) -> Iterator[Target]:
    """Yield targets in our own format. Raises CombineError when it can't tell which."""
    now = seen.now
    used: set[str] = set()
    for path in sorted(likely, key=lambda one: (is_copy(one), one not in seen.told, one)):
        if used.isdisjoint({path, *likely[path]}):
            used |= {path, *likely[path]}
            folder = directory or _home(now, likely[path], now.texts[path])
            yield _target(seen, folder, path, likely)
    if not used:
        parts = [path for path, text in now.texts.items() if blocks(text) and not is_copy(path)]
        if len(parts) < 2 and not directory:
            raise CombineError(
                f"no split .prisma files here, {f'only {parts[0]}' if parts else 'not one'}; put"
                " one file per domain into a folder, such as prisma/schema/user.prisma"
            )
        every = "\n".join(now.texts[path] for path in parts)
        folder = directory or _home(now, parts, every)
        below = [path for path in parts if is_below(path, folder)]
        heads = [path for path in below if "datasource" in dict(blocks(now.texts[path]))]
        if len(heads) > 1 and not directory:
            raise CombineError(f"{' and '.join(heads)}: more than one datasource; {_ASK}")
        yield _target(seen, folder, output or _usual(seen, folder), likely)


def _target(seen: Survey, directory: str, output: str, likely: Collection[str]) -> Target:
    now = seen.now
    others = {output, *likely}
    present = [path for path in now.texts if is_below(path, directory) and path not in others]
    if error := refusal.tool(seen, output, present):
        raise error
    sources: list[str] = []
    defined: set[Block] = set()
    # A file that repeats others is a leftover.
    for path in sorted(present, key=lambda path: (is_copy(path), path.count("/"), path)):
        own = blocks(now.texts[path])
        if not own or not own <= defined:
            sources.append(path)
            defined |= own
    if not defined:
        raise CombineError(f"{directory}: no sources here; {_ASK}")
    target = Target(output, directory, None, (), None, OWN)
    return layout.excluding(now, target, [target.name(path) for path in sources], *others)


def _home(now: Snapshot, parts: Collection[str], whole: str) -> str:
    """Return the deepest folder below which files define the most of a text's blocks."""

    def rank(folder: str) -> tuple[int, int, bool]:
        text = "\n".join(now.texts[path] for path in parts if is_below(path, folder))
        return len(blocks(text) & blocks(whole)), folder.count("/"), folder != "."

    return max({folder for path in parts for folder in layout.above(path)}, key=rank)


def _usual(seen: Survey, directory: str) -> str:
    """Return where a combined file belongs: not where Prisma reads the sources themselves."""
    for path in sorted(seen.told - seen.files):
        if path.endswith(".prisma") and is_below(f"{directory}/", dirname(path) or "."):
            return path
    usual = basename(directory) in ("prisma", ".")
    for folder in layout.above(f"{directory}/x")[not usual :]:
        path = normpath(f"{folder}/schema.prisma")
        if path not in seen.files and not any(is_below(path, one) for one in seen.told):
            return path
    raise CombineError(f"can't tell where the combined file belongs; {_ASK}")
