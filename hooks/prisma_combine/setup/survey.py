"""The files of a repository that have to do with a combined schema."""

import json
import os
import re
import shlex
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from posixpath import basename, dirname, join, normpath

from prisma_combine.config.load import NAME
from prisma_combine.errors import CombineError
from prisma_combine.git.process import ask, in_repository
from prisma_combine.repository.disk import Disk
from prisma_combine.schema.source import lenient
from prisma_combine.setup.layout import above
from prisma_combine.setup.past import Snapshot, is_source

_WRITES = re.compile(r"write|output|create|open\(|>", re.IGNORECASE)
_ENDS = ("", ".js", ".ts")
_FORMATS = re.compile(r"\bprisma(?: |-)format\b|\bprettier\b")
_TELLS = re.compile(r"package\.json|prisma\.config\.[cm]?[jt]s")
_TOLD = re.compile(
    r"""(?:"prisma"\s*:\s*\{[^{}]*?"schema"|\bschema)\s*:[^"'`\n]*["'`]([^"'`\n]+)["'`]"""
)


class Survey:
    """The files of a repository, less those that git ignores. Paths are relative to its root."""

    def __init__(self, root: str) -> None:
        """List the files. Raises CombineError when git fails."""
        self.disk = Disk(root)
        shown = ("-z", "--cached", "--others", "--exclude-standard")
        git = ask(root, "ls-files", *shown) if in_repository(root) else None
        listed = os.fsdecode(git.output()).split("\0")[:-1] if git else os.listdir(root)
        self.files = frozenset([*listed, *((not git and self.disk.find(".")) or ())])
        # Folders with a configuration of their own are left out.
        self.configured = sorted(path for path in self.files if basename(path) == NAME)
        covered = tuple(f"{dirname(path)}/" for path in self.configured)
        sources = [path for path in filter(is_source, self.files) if not path.startswith(covered)]
        texts = {path: self.read(path) for path in sorted(sources)}
        self.now = Snapshot({path: text for path, text in texts.items() if text is not None})

    def read(self, path: str) -> str | None:
        """Return a file's text; None when it is not there or not readable."""
        data = None
        with suppress(CombineError):
            data = self.disk.read(path)
        return None if data is None else lenient(data)

    @cached_property
    def told(self) -> frozenset[str]:
        """The files and folders that Prisma is told to read."""
        paths = [path for path in self.files if _TELLS.fullmatch(basename(path))]
        said = [(dirname(path), _TOLD.findall(self.read(path) or "")) for path in paths]
        return frozenset(normpath(join(folder, one)) for folder, found in said for one in found)

    def command(self, output: str, sources: Sequence[str]) -> str | None:
        """Return what runs the one npm script that writes a combined file and formats nothing.

        Of several, in the nearest package.json and in the root's, it does the least else.
        """
        folders = [one for one in above(output) if normpath(f"{one}/package.json") in self.files]
        found: list[tuple[int, str]] = []
        for folder in dict.fromkeys([*folders[:1], *folders[-1:]]):
            for name, line in self._scripts(folder).items():
                steps = re.split(r"&&|\|\||[;|\n]", str(line))
                joins = any(self._joins(folder, step, output, sources) for step in steps)
                if joins and not _FORMATS.search(str(line)):
                    where = ["--prefix", folder] if folder != "." else []
                    found.append((len(steps), shlex.join(["npm", *where, "run", name])))
        least = [command for steps, command in found if steps == min(found)[0]]
        return least[0] if len(least) == 1 else None

    def _scripts(self, folder: str) -> dict[str, object]:
        package = None
        with suppress(ValueError, RecursionError):
            package = json.loads(self.read(normpath(f"{folder}/package.json")) or "")
        table = package.get("scripts") if isinstance(package, dict) else None
        return table if isinstance(table, dict) else {}

    def _joins(self, folder: str, step: str, output: str, sources: Sequence[str]) -> bool:
        """Return whether a command writes the combined file, or runs a script that names it."""
        step = re.sub("[\"']", "", step)
        if any(basename(to) == basename(output) for to in re.findall(r">\s*(\S+)", step)):
            return True
        names = {name for path in sources for name in path.split("/")[-2:]} | {".prisma"}
        named = re.compile(rf"""["'`/*](?:{"|".join(map(re.escape, names))})["'`/)]|\*\.prisma""")
        paths = {normpath(join(folder, word + end)) for word in step.split() for end in _ENDS}
        texts = [self.read(path) or "" for path in paths & self.files]
        return any(
            basename(output) in one and _WRITES.search(one) and named.search(one) for one in texts
        )
