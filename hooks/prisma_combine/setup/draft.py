"""Work out the configuration of a repository that has none."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from posixpath import dirname
from typing import NamedTuple

from prisma_combine.config import load
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.files import atomic
from prisma_combine.git.process import top_level
from prisma_combine.schema.format import OWN
from prisma_combine.schema.rules import Facts, Finding, findings
from prisma_combine.schema.source import decode
from prisma_combine.schema.wildcards import LINES
from prisma_combine.setup import layout, own, refusal, toml
from prisma_combine.setup.choice import Choice, choices
from prisma_combine.setup.infer import SETTINGS, blocks, core
from prisma_combine.setup.past import Snapshot, history
from prisma_combine.setup.survey import Survey


class Schema(NamedTuple):
    """A combined file, and what is to be said about it. Paths are relative to the root."""

    target: Target
    sources: tuple[str, ...]
    left_out: tuple[str, ...]
    """Files below the directory that are not sources."""
    findings: tuple[Finding, ...]
    copies: tuple[str, ...]
    """Other files that may have been made from the same sources."""
    commit: str
    """The newest commit at which it was what the sources make; empty when it is so now."""
    changed: tuple[str, ...]
    """Sources that are not in it as they are."""
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    """Blocks of the sources that are not in it; `dropped` has those that no source holds."""


class Draft(NamedTuple):
    """A configuration to be."""

    root: str
    text: str
    schemas: tuple[Schema, ...]
    others: Sequence[CombineError]
    """Problems with other combined files."""
    configured: Sequence[str]
    """Configurations in folders below the root."""
    files: frozenset[str]
    """Every file that git doesn't ignore."""

    def write(self) -> None:
        """Write the configuration. Raises CombineError."""
        path = os.path.join(self.root, load.NAME)
        atomic.write({path: self.text.encode()}, {path: None})


def draft(
    start: str, directory: str | None = None, output: str | None = None, *, own_format: bool = False
) -> Draft:
    """Work out a configuration for the repository around a folder. Raises CombineError.

    `directory` and `output` are what the user names, relative to that folder.
    """
    start = os.path.realpath(start)
    root = top_level(start) or start
    for folder in layout.above(f"{os.path.relpath(start, root).replace(os.sep, '/')}/x"):
        path = os.path.join(root, folder, load.NAME)
        if os.path.lexists(path):
            shown = os.path.relpath(path, start)
            raise CombineError(
                f"{shown}: already exists; edit it, or delete it and {refusal.AGAIN}"
            )
    directory = _named("--directory", directory, start, root)
    output = _named("--output", output, start, root)
    seen = Survey(root)
    if seen.configured and not seen.now.texts:
        path = seen.configured[0]
        raise CombineError(f"{path}: already exists; run prisma-combine in {dirname(path)}")
    likely = _likely(seen.now, directory, output)
    chosen = [] if own_format else choices(seen, history(root), likely, directory)
    others = [] if own_format else list(_others(seen, likely, chosen))
    if others and not chosen:
        raise others[0]
    chosen = chosen or [Choice(one) for one in own.targets(seen, likely, directory, output)]
    outputs = {one.target.output for one in chosen}
    schemas = tuple(_schema(seen, one, outputs, likely) for one in chosen)
    text = "\n".join(toml.written(one.target) for one in schemas)
    for one, target in zip(schemas, load.of(text, load.NAME, root).targets, strict=True):
        is_right = target.format == OWN or one.commit or seen.now.agrees(target)
        if target._replace(table=0) != one.target or not is_right:
            raise CombineError(f"{target.output}: no configuration can describe it")
    return Draft(root, text, schemas, others, seen.configured, seen.files)


def _named(option: str, path: str | None, start: str, root: str) -> str | None:
    """Return a path that the user names, relative to the root."""
    if path is None:
        return None
    above, name = os.path.split(os.path.abspath(os.path.join(start, path)))
    full = os.path.join(os.path.realpath(above), name)
    real = os.path.relpath(full, root).replace(os.sep, "/")
    if real == ".." or real.startswith("../"):
        raise CombineError(f"{option} {path}: outside {root}; name a path inside it")
    if option == "--directory" and not os.path.isdir(full):
        raise CombineError(f"{option} {path}: not a folder; name the folder of the sources")
    if option == "--output" and not path.endswith(".prisma"):
        raise CombineError(f"{option} {path}: not a .prisma file; end its name with .prisma")
    return real


def _likely(now: Snapshot, directory: str | None, output: str | None) -> dict[str, set[str]]:
    """Return the combined files, and for each the files that hold what it defines."""
    found = layout.outputs(now)
    below = {path for path in now.texts if layout.is_below(path, directory or ".")}
    if output is not None:
        return {output: found.get(output, below - {output})} if output in now.texts else {}
    return {path: parts for path, parts in found.items() if parts & below}


def _others(
    seen: Survey, likely: Mapping[str, set[str]], chosen: Collection[Choice]
) -> Iterator[CombineError]:
    """Yield what is wrong with combined files that nothing makes, the likeliest first."""
    used = {source.path for one in chosen for source in seen.now.sources(one.target)}
    used |= {path for one in chosen for path in (one.target.output, *one.copies)}
    for path in sorted(likely, key=lambda one: (one not in seen.told, -len(likely[one]), one)):
        if used.isdisjoint({path, *likely[path]}) and not layout.is_copy(path):
            used |= likely[path]
            yield refusal.refusal(seen, path, likely[path])


def _schema(seen: Survey, chosen: Choice, outputs: set[str], likely: Collection[str]) -> Schema:
    now, target = seen.now, chosen.target
    sources = now.sources(target, outputs)
    paths = tuple(source.path for source in sources)
    for path in paths:
        decode(seen.disk.read(path) or b"", path)  # raises where it isn't UTF-8
    combined, ends = now.texts.get(target.output, ""), target.format.banner + target.format.footer
    if LINES in ends and combined and (error := refusal.odd(seen, target.output, paths)):
        raise error
    if target.format != OWN:  # the team's script writes another format than ours
        target = target._replace(command=seen.command(target.output, paths))
    here, there = blocks(combined), blocks("\n".join(source.text for source in sources))
    lost = {block for block in here - there if block[0] not in SETTINGS}
    for path in sorted(set(now.texts).difference(paths, outputs, likely)):
        if lost & blocks(now.texts[path]) and not layout.is_copy(path):
            raise CombineError(
                f"{path}: would be left out, and holds a part of {target.output}; name a folder"
                " with all sources in it with --directory"
            )
    facts = Facts(load.NAME, target.directory, None, (), tuple(sources), lambda _: [load.NAME])
    changed = [one.path for one in sources if core(one.text) not in combined]
    left = {target.path(name) for name in now.names(target.directory)}.difference(paths, outputs)
    return Schema(
        target=target,
        sources=paths,
        left_out=tuple(sorted(left)),
        findings=tuple(findings(facts)),
        copies=chosen.copies,
        commit=chosen.commit,
        changed=tuple(changed),
        dropped=tuple(map(" ".join, sorted(here - there))),
        added=tuple(map(" ".join, sorted(there - here))) if combined else (),
    )
