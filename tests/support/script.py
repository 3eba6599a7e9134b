"""The team's own script, and what `check` says of the file that it wrote."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from prisma_combine.config import load
from prisma_combine.schema.format import join
from prisma_combine.schema.source import Source, decode
from support.repository import CONFIG, SOURCES, Repository, make

FORMATS = {
    "own": "",
    "headers": """
[schema.format]
header = "// ===== {name} =====\\n\\n"
separator = "\\n\\n"
footer = "\\n\\n"
trim = "both"
""",
    "plain": """
[schema.format]
separator = "\\n"
""",
    "dated": """
[schema.format]
banner = "// generated on {any}\\n\\n"
header = "/* {stem:upper} */\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "end"
""",
}
"""ends of a configuration with one schema"""


def written(
    root: Path,
    environment: Mapping[str, str],
    config: str,
    sources: Mapping[str, str] = SOURCES,
) -> Repository:
    """Return a repository whose combined file the script has written, committed."""
    repository = make(root, environment, config, sources)
    repository.git("init", "--quiet", "--template=")
    generate(repository)
    repository.commit("Start")
    return repository


class Tell:
    """Makes repositories whose combined file the script has written, each kind once."""

    def __init__(
        self,
        prepared: dict[str, Repository],
        environment: Mapping[str, str],
        folders: Callable[[str], Path],
        root: Path,
    ) -> None:
        self._prepared, self._environment = prepared, environment
        self._folders, self._root = folders, root

    def __call__(self, name: str) -> Repository:
        """Return one in one of the FORMATS."""
        key = f"written in {name}"
        if key not in self._prepared:
            folder = self._folders("written")
            self._prepared[key] = written(folder, self._environment, CONFIG + FORMATS[name])
        return self._prepared[key].copy(self._root)


def generate(repository: Repository, *, date: str = "Monday") -> None:
    """Write the combined files as a script does, which leaves no record of what it wrote."""
    config = load.load(str(repository.root / "prisma-combine.toml"))
    for target in config.targets:
        sources = []
        for name in target.files or ():
            path = target.path(name)
            data = (repository.root / path).read_bytes()
            sources.append(Source(name, path, decode(data, path)))
        made = join(target.format, target.directory, sources).text()
        repository.write(target.output, made.replace("{any}", date))


class Edit(NamedTuple):
    """An edit of a section."""

    text: str
    """the line of the combined file at which it is"""
    source_line: int | None
    added: int
    removed: int


class Report(NamedTuple):
    """What `check` says of one schema."""

    status: str
    sections: Mapping[str, str]
    """the status of each section that is not in sync, by its source's name"""
    edits: Mapping[str, tuple[Edit, ...]]
    """the same with the edits of those that have any"""


def report(repository: Repository, *arguments: str) -> Report:
    """Return what `check` says of the one schema."""
    ran = repository.tool("check", "--format", "json", *arguments)
    (schema,) = json.loads(ran.out)["schemas"]
    assert (ran.err, schema["findings"]) == ("", [])
    assert ran.code == (schema["status"] != "in-sync")
    lines = _committed(repository, schema["output"], staged="--staged" in arguments)
    sections = {}
    edits = {}
    for section in schema["sections"]:
        name = section["source"].rpartition("/")[2]
        if section["status"] != "in-sync":
            sections[name] = section["status"]
        if section["edits"]:
            edits[name] = tuple(
                Edit(lines[one["line"] - 1], one["source_line"], one["added"], one["removed"])
                for one in section["edits"]
            )
    return Report(schema["status"], sections, edits)


def _committed(repository: Repository, output: str, *, staged: bool) -> list[str]:
    """Return the lines of a combined file, and an empty one below the last."""
    if staged:
        text = repository.git("show", f":{output}")
    else:
        text = repository.read(output) if (repository.root / output).exists() else ""
    return [line.removesuffix("\r") for line in [*text.split("\n"), ""]]
