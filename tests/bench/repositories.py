"""Makes large repositories, each in three states at once."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from prisma_combine.combined import Section, render, section

IN_SYNC, STALE, EDITED = "in sync", "stale", "edited by hand"

# Each state has a configuration and combined files of its own; the sources are the same.
CONFIGURATIONS = {
    IN_SYNC: "prisma-combine.toml",
    STALE: "stale.toml",
    EDITED: "edited.toml",
}
_OUTPUTS = {IN_SYNC: "schema.prisma", STALE: "stale.prisma", EDITED: "edited.prisma"}


class Shape(NamedTuple):
    """What a repository holds."""

    targets: int
    files: int
    """of each target, besides base.prisma"""
    models: int
    """of each target, spread evenly over the files"""


class Folder(NamedTuple):
    """Where one target lies, relative to the repository's root."""

    top: str

    @property
    def directory(self) -> str:
        """Of the sources."""
        return f"{self.top}/database/schemas"

    @property
    def output(self) -> str:
        """The combined file in sync."""
        return f"{self.top}/{_OUTPUTS[IN_SYNC]}"

    @property
    def script(self) -> str:
        """What combine-schemas.js writes."""
        return f"{self.top}/script.prisma"


def folders(targets: int) -> list[Folder]:
    """Where the targets of a repository with so many of them lie."""
    if targets == 1:
        return [Folder("src/infrastructure")]
    return [Folder(f"services/service{number:03}") for number in range(targets)]


def make(root: Path, shape: Shape) -> None:
    """Writes sources, and for each state configuration and combined files.

    In the states that differ, every file does, in one line.
    """
    subprocess.run(["git", "init", "--quiet", root], check=True)
    tables: dict[str, list[str]] = {state: [] for state in CONFIGURATIONS}
    for folder in folders(shape.targets):
        directory = root / folder.directory
        directory.mkdir(parents=True)
        sections = []
        for name, body in _sources(shape):
            (directory / name).write_text(body)
            sections.append(section(name, body))
        names = ", ".join(f'"{section.name}"' for section in sections)
        for state, output in _OUTPUTS.items():
            path = f"{folder.top}/{output}"
            made_of = [_STATES[state](one) for one in sections]
            (root / path).write_text(render(folder.directory, made_of))
            tables[state].append(
                f'[[schema]]\noutput = "{path}"\ndirectory = "{folder.directory}"\n'
                f"files = [{names}]\n"
            )
    for state, path in CONFIGURATIONS.items():
        (root / path).write_text("\n".join(tables[state]))


def track(root: Path) -> None:
    """Has git track all there is."""
    subprocess.run(["git", "-c", "core.compression=0", "add", "."], cwd=root, check=True)


def _sources(shape: Shape) -> Iterator[tuple[str, str]]:
    yield "base.prisma", 'datasource db {\n  provider = "postgresql"\n}\n'
    for file in range(shape.files):
        first, end = (at * shape.models // shape.files for at in (file, file + 1))
        yield f"domain{file:04}.prisma", "\n".join(map(_model, range(first, end)))


def _model(number: int) -> str:
    fields = "".join(f"  field{field:02}   String?   @db.VarChar(255)\n" for field in range(12))
    return (
        f"/// What is kept of thing {number}\nmodel Thing{number} {{\n"
        f"  id        Int       @id @default(autoincrement())\n{fields}"
        f'  createdAt DateTime  @default(now()) @map("created_at")\n\n  @@map("thing{number}")\n}}\n'
    )


def _changed(body: str) -> str:
    return body.replace("VarChar(255)", "VarChar(127)", 1)


_STATES: dict[str, Callable[[Section], Section]] = {
    IN_SYNC: lambda one: one,
    STALE: lambda one: section(one.name, _changed(one.body)),
    EDITED: lambda one: one._replace(body=_changed(one.body)),
}
