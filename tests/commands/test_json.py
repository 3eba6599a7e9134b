"""The report for programs."""

import json
from typing import Any

import pytest

from support.repository import CONFIG, OUTPUT, POST, USER, Build, Repository, edit_source
from support.situations import (
    SHOP,
    TEAM,
    TOML,
    TWO,
    TWO_SOURCES,
    add_lines,
    add_source,
    both_stale,
    delete_line,
    delete_section,
    edit_both,
    exclude,
)


def _report(repository: Repository, *arguments: str) -> tuple[int, dict[str, Any]]:
    ran = repository.tool("check", "--format", "json", *arguments)
    return ran.code, json.loads(ran.out)


def _sections(repository: Repository) -> list[dict[str, Any]]:
    (schema,) = _report(repository)[1]["schemas"]
    return [section for section in schema["sections"] if section["status"] != "in-sync"]


def test_whole_report(repository: Repository) -> None:
    add_lines(repository)
    diff = repository.tool("check").out
    code, report = _report(repository)
    base, user, post = (
        {"source": f"prisma/schema/{name}.prisma", "status": "in-sync", "line": line, "edits": []}
        for name, line in (("base", 5), ("user", 13), ("post", 25))
    )
    edit = {"line": 20, "source_line": 4, "added": 2, "removed": 0}
    user |= {"status": "hand-edited", "edits": [edit]}
    assert (code, report) == (
        1,
        {
            "version": 1,
            "schemas": [
                {
                    "output": OUTPUT,
                    "status": "hand-edited",
                    "sections": [base, user, post],
                    "findings": [],
                    "diff": diff,
                }
            ],
        },
    )


def test_in_sync(repository: Repository) -> None:
    code, report = _report(repository)
    (schema,) = report["schemas"]
    assert (code, schema["status"], schema["diff"]) == (0, "in-sync", "")
    assert [section["line"] for section in schema["sections"]] == [5, 13, 23]
    assert "errors" not in report


@pytest.mark.parametrize(
    ("prepare", "status", "edit"),
    [
        pytest.param(edit_source, "stale", (21, 5, 1, 0), id="source-gained-a-line"),
        pytest.param(add_lines, "hand-edited", (20, 4, 2, 0), id="person-added-two"),
        pytest.param(delete_line, "hand-edited", (19, 3, 0, 1), id="person-deleted-one"),
        pytest.param(edit_both, "diverged", (20, 4, 2, 0), id="both"),
    ],
)
def test_counts_are_what_somebody_did(
    prepare: "object", status: str, edit: tuple[int, ...], repository: Repository
) -> None:
    assert callable(prepare)
    prepare(repository)
    (section,) = _sections(repository)
    keys = ("line", "source_line", "added", "removed")
    assert (section["status"], section["edits"]) == (status, [dict(zip(keys, edit, strict=True))])


def test_line_is_the_first_of_the_section(build: Build) -> None:
    """Without headers that is the first line of the source."""
    repository = build(TEAM)
    edit_source(repository)
    assert _sections(repository)[0]["line"] == 4


def test_deleted_section_has_no_line(repository: Repository) -> None:
    delete_section(repository)
    assert _sections(repository) == [
        {"source": POST, "status": "hand-edited", "line": None, "edits": []}
    ]


def test_removed_source(repository: Repository) -> None:
    exclude(repository)
    (section,) = _sections(repository)
    assert (section["source"], section["status"], section["line"]) == (POST, "removed", 23)


def test_findings(repository: Repository) -> None:
    add_source(repository)
    code, report = _report(repository)
    (schema,) = report["schemas"]
    assert (code, schema) == (
        1,
        {
            "output": OUTPUT,
            "status": "invalid",
            "sections": [],
            "findings": [
                {
                    "rule": "unlisted-file",
                    "path": "prisma/schema/tag.prisma",
                    "line": 1,
                    "message": f'not in `files` of {TOML}:4; add "tag.prisma" to it after'
                    ' "post.prisma" (or to `exclude`, if it must stay out)',
                }
            ],
            "diff": "",
        },
    )


def test_two_schemas(build: Build) -> None:
    repository = build(TWO, TWO_SOURCES)
    both_stale(repository)
    _, report = _report(repository)
    assert [(one["output"], one["status"]) for one in report["schemas"]] == [
        (OUTPUT, "stale"),
        (SHOP, "stale"),
    ]
    _, report = _report(repository, "apps")
    assert [one["output"] for one in report["schemas"]] == [SHOP]


def test_invalid_configuration(repository: Repository) -> None:
    repository.write(TOML, f"{CONFIG}bad = 1\n")
    code, report = _report(repository)
    assert (code, report["version"], report["schemas"]) == (2, 1, [])
    (error,) = report["errors"]
    assert error.startswith(f'{TOML}:5: unknown key "bad"; ')


def test_schema_that_can_not_be_read(repository: Repository) -> None:
    table = '[[schema]]\noutput = "o.prisma"\ndirectory = "nowhere"\n'
    repository.write(TOML, CONFIG + table)
    edit_source(repository)
    code, report = _report(repository)
    assert (code, [one["status"] for one in report["schemas"]]) == (2, ["stale"])
    (error,) = report["errors"]
    assert error.startswith(f'{TOML}:7: directory "nowhere" does not exist; ')


def test_what_is_not_utf_8_is_replaced(repository: Repository) -> None:
    repository.write(OUTPUT, repository.read().encode().replace(b"email", b"\xff\x00mail"))
    _, report = _report(repository)
    assert "\ufffd\x00mail" in report["schemas"][0]["diff"]


def test_fixing(repository: Repository) -> None:
    edit_source(repository)
    assert _report(repository, "--fix")[0] == 1
    assert _report(repository)[0] == 0
    assert "name  String" in repository.read(USER)
