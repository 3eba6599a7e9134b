"""Makes a [[schema]] table of each layout, with what the scripts say of it."""

import json
import posixpath
import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from glob import escape
from typing import NamedTuple

from prisma_combine import config, layout, order, script, state
from prisma_combine.config import Target
from prisma_combine.errors import CombineError
from prisma_combine.layout import Layout
from prisma_combine.rules import Finding
from prisma_combine.script import Reading
from prisma_combine.survey import Survey

_WIDE = 90


class Plan(NamedTuple):
    """One [[schema]] table to be, and why it is as it is. Paths are relative to the root."""

    target: Target
    sources: tuple[str, ...]
    """in the order in which they will be combined, where they can be read"""
    exists: bool
    """the output does"""
    told_by: str
    """the `path:line` or option that names an output which shows itself in no other way"""
    copies: tuple[str, ...]
    """further files that hold what the sources hold"""
    excluded: dict[str, str]
    """why, by pattern"""
    reading: Reading | None
    """the script that joins the sources now"""
    ordered: bool
    """it gives them their order"""
    breaks: Finding | None
    """what is wrong with that order"""
    lost: tuple[tuple[int, str], ...]
    """the lines of the present output that no source has"""
    findings: tuple[Finding, ...]
    error: str
    """why the sources can't be read"""


def placed(
    seen: Survey, layouts: Sequence[Layout], told_by: str
) -> tuple[list[tuple[Layout, str]], list[str]]:
    """The layouts, each with its output and what names that; and the folders passed over.

    Folders of which nothing is combined, as far as one can see, count only where there is nothing
    else. Raises CombineError when nothing tells where a combined file may go.
    """
    found = []
    for one in layouts:
        path, by = (one.output, told_by) if one.output else _written(seen, one)
        if path:
            found.append((one._replace(output=path), by))
    if found:
        taken = {one.directory for one, _ in found}
        return found, [one.directory for one in layouts if one.directory not in taken]
    known = {file.path for file in seen.schemas}
    for one in layouts:
        path = layout.usual_output(one, known)
        if path in known:
            raise CombineError(
                f"{path} is a source itself, so it can't be the combined file; say where that"
                f" goes: --directory {shlex.quote(one.directory)} --output FILE"
            )
        found.append((one._replace(output=path), ""))
    return found, []


def _written(seen: Survey, one: Layout) -> tuple[str, str]:
    """The file that a script combines the sources into, and where it says so."""
    known = {file.path for file in seen.schemas}
    for joining in sorted(seen.scripts, key=lambda found: -layout.near(found.path, one.directory)):
        if script.reading(joining, one.sources, one.directory, "", known):
            for mention in script.outputs(joining, one.sources, known):
                path = _place(seen, one, mention.word, joining.path)
                if path and path.isprintable() and path not in one.sources:
                    return path, f"{joining.path}:{mention.line}"
    return "", ""


def _place(seen: Survey, one: Layout, word: str, path: str) -> str:
    """Where a script writes a file: in a folder around the script, or else in the usual one.

    Empty where only a variable knows.
    """
    name = script.literal(word)
    if not name:
        return ""
    for folder in script.around(path) if "/" in name else ():
        place = posixpath.normpath(posixpath.join(folder, name))
        if (posixpath.dirname(place) or ".") in seen.folders:
            return place
    return posixpath.normpath(f"{layout.usual_home(one)}/{posixpath.basename(name)}")


def plans(seen: Survey, placed: Sequence[tuple[Layout, str]]) -> list[Plan]:
    """The tables for layouts with an output."""
    outputs = {one.output for one, _ in placed}
    made = _judged(seen, [_plan(seen, one, told_by, outputs) for one, told_by in placed])
    for at, plan in enumerate(made):
        # Whoever reads a schema minds no order, so the one that nobody has to keep serves.
        wrong = [finding for finding in plan.findings if finding.rule == "file-order"]
        if wrong:
            target = plan.target._replace(names=_names(seen, plan.target.directory, plan.sources))
            made[at] = plan._replace(target=target, breaks=wrong[0])
    return _judged(seen, made)


def _plan(seen: Survey, one: Layout, told_by: str, outputs: Collection[str]) -> Plan:
    reading = _reading(seen, one)
    ordered = reading is not None and _orders(reading, one)
    sources = _listed(seen, one, reading) if reading and ordered else sorted(one.sources)
    excluded = _excluded(seen, one, {*outputs, *sources})
    if ordered:
        names: tuple[str, ...] | None = _relative(sources, one.directory)
    else:
        names = _names(seen, one.directory, sources)
    return Plan(
        Target(one.output, one.directory, names, tuple(excluded)),
        tuple(sources),
        exists=any(file.path == one.output for file in seen.schemas),
        told_by=told_by,
        copies=one.copies,
        excluded=excluded,
        reading=reading,
        ordered=ordered,
        breaks=None,
        lost=tuple(_lost(seen, one.output, sources)),
        findings=(),
        error="",
    )


def _reading(seen: Survey, one: Layout) -> Reading | None:
    """What the script says that joins the sources now."""
    known = {file.path for file in seen.schemas}

    def fitness(reading: Reading) -> tuple[bool, int, int, str]:
        beside = posixpath.dirname(one.output) or "."
        close = max(layout.near(reading.script, folder) for folder in (one.directory, beside))
        return not _orders(reading, one), -close, -len(reading.order), reading.script

    readings = (
        script.reading(each, one.sources, one.directory, one.output, known) for each in seen.scripts
    )
    return min(filter(None, readings), key=fitness, default=None)


def _orders(reading: Reading, one: Layout) -> bool:
    """Whether a script gives the sources an order, and not only some of them a place."""
    whole = one.sources.issubset(reading.order)
    return whole or (2 * len(reading.order) >= len(one.sources) and not reading.folder_line)


def _listed(seen: Survey, one: Layout, reading: Reading) -> list[str]:
    """The sources as a script has them.

    What it does not name comes along where it is in the output all the same.
    """
    rest = [file for file in seen.schemas if file.path in one.sources.difference(reading.order)]
    held = {name for file in seen.schemas if file.path == one.output for name in file.names}
    first = sorted((not file.datasource, file.path) for file in rest if file.settings)
    last = [file.path for file in rest if file.names and file.names <= held]
    return [path for _, path in first] + [*reading.order, *last]


def _names(seen: Survey, directory: str, sources: Collection[str]) -> tuple[str, ...] | None:
    """`files` by dependency; None where all lie in the directory, and nothing has to list them."""
    if all(layout.below(path, directory) for path in sources):
        return None
    scans = {file.path: file.scan for file in seen.schemas if file.path in sources}
    needs = order.dependencies(scans)
    return _relative(order.order(scans, needs, order.with_datasource(scans)), directory)


def _relative(paths: Iterable[str], directory: str) -> tuple[str, ...]:
    return tuple(posixpath.relpath(path, directory) for path in paths)


def _excluded(seen: Survey, one: Layout, belonging: Collection[str]) -> dict[str, str]:
    """What is in the directory and doesn't belong: patterns, and why."""
    files = {file.path: file for file in seen.schemas}
    found: dict[str, str] = {}
    for name in sorted(seen.tree.find(one.directory) or ()):
        path = posixpath.normpath(f"{one.directory}/{name}")
        folders = [folder for folder in seen.foreign if layout.below(path, folder)]
        if path in belonging:
            continue
        if not path.isprintable():
            raise CombineError(f"{path!a}: no configuration can hold this name; rename the file")
        if folders:
            pattern = escape(posixpath.relpath(min(folders), one.directory)) + "/**"
            found[pattern] = "generated, or another repository's"
        elif path in one.sources:
            found[escape(name)] = (
                "no script joins it; if it was forgotten, take it out of `exclude`"
            )
        elif path in files and files[path].ignored:
            found[escape(name)] = "git ignores it"
        else:
            found[escape(name)] = (
                "it repeats what another source defines, or is for another database"
            )
    return found


def _lost(seen: Survey, output: str, sources: Collection[str]) -> Iterator[tuple[int, str]]:
    """The lines of the present output that stand in no source, spaces and comments apart."""
    held: set[tuple[str, str]] = set()
    for file in seen.schemas:
        if file.path in sources:
            held.update(line for _, line in layout.lines(file))
    for file in seen.schemas:
        for number, line in layout.lines(file) if file.path == output else ():
            if line not in held:
                yield number, line[1]


def _judged(seen: Survey, plans: Sequence[Plan]) -> list[Plan]:
    """The plans, with what `combine` will find."""
    text = toml(plan.target for plan in plans)
    configuration = config.of(text, config.NAME, seen.tree.root)
    judged = []
    for plan, target in zip(plans, configuration.targets, strict=True):
        try:
            now = state.of(configuration, target, seen.tree)
        except CombineError as error:
            judged.append(plan._replace(error=str(error)))
        else:
            sources = tuple(source.path for source in now.sources)
            judged.append(plan._replace(sources=sources, findings=tuple(now.findings)))
    return judged


def toml(targets: Iterable[Target]) -> str:
    """The configuration that says this."""
    return "\n".join(
        "[[schema]]\n"
        f"output = {_quoted(target.output)}\n"
        f"directory = {_quoted(target.directory)}\n"
        + ("" if target.names is None else f"files = {_list(target.names)}\n")
        + (f"exclude = {_list(target.exclude)}\n" if target.exclude else "")
        for target in targets
    )


def _list(names: Iterable[str]) -> str:
    quoted = [_quoted(name) for name in names]
    line = f"[{', '.join(quoted)}]"
    return line if len(line) <= _WIDE else "[\n" + "".join(f"  {one},\n" for one in quoted) + "]"


def _quoted(text: str) -> str:
    # JSON's strings are TOML's, where the text is printable.
    return json.dumps(text, ensure_ascii=False)
