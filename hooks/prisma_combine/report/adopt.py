"""What is said of hand edits that go into the sources, or can't."""

import shlex
from collections.abc import Iterator, Sequence

from prisma_combine.adopt import Adopted, Adoption
from prisma_combine.edits import Refused
from prisma_combine.report import text
from prisma_combine.report.text import Command, Shown


def adopted(one: Adoption, shown: Shown, command: Command, *, dry_run: bool) -> Iterator[str]:
    """What becomes of a target's hand edits."""
    output = shown(one.state.target.output)
    words = "would be adopted" if dry_run else "adopted"
    for edit in one.taken:
        path = shown(one.state.target.path(edit.place.section.name))
        merged = ", merged with what has changed there since" if edit.merged else ""
        yield f"{path}: {words}{merged}"
    for refused in one.refused:
        yield from _refused(output, refused)
    if one.state.findings:
        yield from text.faulty(one.state, shown)
        return
    if one.refused:
        yield (
            f"what is not adopted stays in {output}: bring it into a source by hand, then run"
            f" `{command('combine')}`"
        )
    elif not one.taken:
        yield f"{output}: nothing to adopt"


def written(adopted: Adopted, shown: Shown) -> Iterator[str]:
    """Which combined files have been written, and what to do next."""
    yield from (f"{shown(path)}: written" for path in adopted.outputs)
    paths = [*adopted.sources, *adopted.outputs]
    if paths:
        yield f"commit it: git add {' '.join(shlex.quote(shown(path)) for path in paths)}"


def conflict(path: str, sections: Sequence[str], combine: str) -> Iterator[str]:
    """What a merge of combined files has left to do; `combine` is a command line."""
    where = f" in {', '.join(sections)}" if sections else ""
    yield f"{path}: conflict{where}; resolve the sources, then run `{combine}`"


def _refused(output: str, refused: Refused) -> Iterator[str]:
    name = f"{refused.name}: " if refused.name else ""
    yield f"{output}:{refused.line}: not adopted: {name}{refused.why}"
    for line in refused.sides.split("\n")[:-1]:
        yield f"  {line}"
