"""Works out the configuration of a repository that has none."""

import json
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from prisma_combine import config, files, git, layout, plan, program, script
from prisma_combine.errors import CombineError
from prisma_combine.layout import File, Layout
from prisma_combine.plan import Plan
from prisma_combine.survey import Survey, survey

COMBINE = f"{program.NAME} combine"
HOOKS = ".pre-commit-config.yaml"
_STRING = re.compile(r'("(?:[^"\\\n]|\\.)*+")(\s*:)?')


class Command(NamedTuple):
    """A command in a package.json that is to change."""

    path: str
    line: int
    name: str
    new: str


class Draft(NamedTuple):
    """A configuration to be, and what else is to change."""

    root: str
    text: str
    plans: tuple[Plan, ...]
    passed: tuple[str, ...]
    """folders that look like split files, of which nothing is combined"""
    commands: tuple[Command, ...]
    packages: bool
    """there is a package.json"""
    hooks: str | None
    """the text of pre-commit's configuration, where there is one"""
    tracked: tuple[str, ...]
    """what git is to track after the first run"""

    def write(self) -> None:
        """Writes the configuration. Raises CombineError when it can't be written."""
        path = os.path.join(self.root, config.NAME)
        files.write(self.root, {path: self.text.encode()}, {path: None})


def draft(directory: str | None, output: str | None) -> Draft:
    """Works out a configuration for the repository around the working directory.

    `directory` and `output` are what the user names, relative to the working directory.
    Raises CombineError when there is a configuration, or nothing tells what it should be.
    """
    start = os.path.realpath(os.getcwd())
    root = config.top_level(start) or start
    _refuse_second(start, root)
    named = (_named("--directory", directory, root), _named("--output", output, root))
    seen = survey(root)
    layouts = _layouts(seen.schemas, *named)
    placed, passed = plan.placed(seen, layouts, "--output" if output else "")
    plans = plan.plans(seen, placed)
    hooks = seen.tree.read(HOOKS)
    written = [config.NAME, *(one.target.output for one in plans)]
    return Draft(
        root,
        plan.toml(one.target for one in plans),
        tuple(plans),
        tuple(passed),
        tuple(_commands(seen, plans)),
        packages=bool(seen.packages),
        hooks=None if hooks is None else hooks.decode(errors="replace"),
        tracked=tuple(
            path for path in written if git.in_repository(root) and not git.ignores(root, path)
        ),
    )


def _refuse_second(start: str, root: str) -> None:
    folder = start
    while not os.path.lexists(path := os.path.join(folder, config.NAME)):
        if folder == root:
            return
        folder = os.path.dirname(folder)
    raise CombineError(
        f"{os.path.relpath(path)}: is there already, and stays as it is;"
        " edit it, or remove it and run this again"
    )


def _named(option: str, path: str | None, root: str) -> str:
    """A path that the user names, relative to the root; empty where there is none."""
    if path is None:
        return ""
    above, name = os.path.split(os.path.abspath(path))
    real = os.path.relpath(os.path.join(os.path.realpath(above), name), root).replace(os.sep, "/")
    if real == ".." or real.startswith("../"):
        raise CombineError(f"{option} {path}: lies outside {root}; name a path in it")
    if option == "--directory" and not os.path.isdir(path):
        raise CombineError(f"{option} {path}: no such folder; name that of the split files")
    if option == "--output" and not path.endswith(".prisma"):
        raise CombineError(f"{option} {path}: is no .prisma file; end its name with .prisma")
    return real


def _layouts(schemas: Sequence[File], directory: str, output: str) -> list[Layout]:
    if directory:
        one = layout.at(schemas, directory, output)
        if one.sources:
            return [one]
        raise CombineError(
            f"--directory {directory}: holds no .prisma file that can be a source;"
            " name the folder of the split files"
        )
    found = layout.find(schemas)
    if output:
        of_it = [one for one in found if output in (one.output, *one.copies)] or found
        if len(of_it) == 1:
            (one,) = of_it
            copies = sorted({one.output, *one.copies} - {output, ""})
            sources = one.sources - {output}
            return [one._replace(output=output, copies=tuple(copies), sources=sources)]
    elif found:
        return found
    raise CombineError(_question(schemas))


def _question(schemas: Sequence[File]) -> str:
    """What to ask for when nothing tells which files belong together."""
    folders: dict[str, list[str]] = {}
    for one in schemas:
        if one.scan.blocks and not one.ignored:
            folder, name = posixpath.split(one.path)
            folders.setdefault(folder or ".", []).append(name)
    if sum(map(len, folders.values())) < 2:
        there = [posixpath.normpath(f"{folder}/{names[0]}") for folder, names in folders.items()]
        what = f"only {there[0]}, in one piece" if there else "none at all"
        return (
            f"found no split .prisma files here: {what}; write one file for each domain into a"
            " folder, as prisma/schema/user.prisma, or run this in the repository that has one"
        )
    asked = (
        "can't tell which .prisma files are combined into which; name the folder of the split"
        " files and the combined file with --directory and --output"
    )
    found = (
        f"  {folder}: {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"
        for folder, names in sorted(folders.items())
    )
    return "\n".join([asked, *found])


def _commands(seen: Survey, plans: Iterable[Plan]) -> Iterator[Command]:
    joining = {one.reading.script for one in plans if one.reading}
    for path in seen.packages:
        text, package = "", None
        with suppress(CombineError, ValueError, RecursionError):
            text = (seen.tree.read(path) or b"").decode()
            package = json.loads(text)
        scripts = package.get("scripts") if isinstance(package, dict) else None
        lines: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            for string, colon in _STRING.findall(line):
                if colon:
                    lines.setdefault(string, number)
        for name, old in scripts.items() if isinstance(scripts, dict) else ():
            new = _command(old, path, joining)
            if new is not None:
                yield Command(path, lines.get(json.dumps(name, ensure_ascii=False), 1), name, new)


def _command(old: object, package: str, joining: Iterable[str]) -> str | None:
    """A command of a package.json with `combine` for what joins the sources; None without it."""
    new = None
    for path in joining if isinstance(old, str) else ():
        other = posixpath.basename(path) == "package.json" and path != package
        if not other and layout.below(path, posixpath.dirname(package) or "."):
            new = script.replaced(new or str(old), path, COMBINE) or new
    return new
