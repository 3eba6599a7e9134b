"""Writes combined files."""

from collections.abc import Sequence
from typing import NamedTuple

from prisma_combine.actions.compare import LOSING, Comparison
from prisma_combine.compare.verdict import Status
from prisma_combine.config.load import Config
from prisma_combine.errors import CombineError
from prisma_combine.files import atomic, reading
from prisma_combine.git import objects
from prisma_combine.git.process import GitError
from prisma_combine.repository import record
from prisma_combine.repository.disk import Disk
from prisma_combine.schema.source import lenient


class Rewritten(NamedTuple):
    """One combined file after `rewrite`."""

    comparison: Comparison
    changed: bool
    kept: str | None = None
    """the id of the blob that holds the old text, if some of it may stand nowhere else"""


def rewrite(
    config: Config, comparisons: Sequence[Comparison], *, staged: bool = False
) -> list[Rewritten]:
    """Write the combined files that differ from what their sources make.

    `staged` says that the comparisons are of git's index. Raises CombineError, with no file
    written, when one can't be kept or written, or has changed since it was read.
    """
    disk = Disk(config.root)
    new: dict[str, bytes] = {}
    seen: dict[str, bytes | None] = {}
    done = []
    for one in comparisons:
        output = one.target.output
        if one.verdict.status is Status.IN_SYNC:
            done.append(Rewritten(one, changed=False))
            continue
        text = regenerated(config, one)
        real = disk.real(output)
        present = disk.read(output)
        if _text(present) not in (_text(one.state.committed), _text(text)):
            fix = "`git add` or `git restore` it first" if staged else "run the command again"
            what = "has unstaged changes" if staged else "has changed while it was being read"
            raise CombineError(f"{reading.shown(output, config.root)}: {what}; {fix}")
        new[real], seen[real] = text, present
        losing = one.verdict.status in LOSING and present not in (None, text)
        kept = _kept(config.root, output, present or b"") if losing else None
        done.append(Rewritten(one, changed=present != text, kept=kept))
    atomic.write(new, seen)
    for rewritten in done:
        state = rewritten.comparison.state
        record.write(
            config.root, state.target.output, {one.path: one.text for one in state.sources}
        )
    return done


def _kept(root: str, output: str, data: bytes) -> str | None:
    try:
        return objects.store(root, data)
    except GitError as error:
        where = reading.shown(output, root)
        raise CombineError(
            f"{where}: not rewritten, as git can't keep the text that only it may hold: {error}"
        ) from None


def regenerated(config: Config, one: Comparison) -> bytes:
    """Return what a combined file should hold. Raises CombineError when that can't be told."""
    if one.regenerated is not None:
        return one.regenerated
    command = one.target.command
    fix = f"run `{command}`" if command else "restore the file from git"
    where = config.where(one.target, "output")
    raise CombineError(
        f"{where}: can't regenerate {one.target.output}: what {{any}} or {{lines}} of its format"
        f" stands for is neither in the file nor in HEAD; {fix}"
    )


def _text(data: bytes | None) -> str | None:
    return None if data is None else lenient(data)
