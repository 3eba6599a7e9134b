"""Each mistake in the list or in the sources is one finding, which says what to do."""

from collections.abc import Sequence

import pytest

from prisma_combine.schema.rules import Facts, Finding, findings, untracked
from prisma_combine.schema.source import Source, decode

BASE = "datasource db {\n}\n"
MERGE = "<<<<<<< HEAD\nmodel B {\n=======\nenum A {\n}\n>>>>>>> theirs\n"


def facts(
    files: dict[str, str], listed: Sequence[tuple[str, int]] | None = None, entries: str = ""
) -> Facts:
    """Return facts about files below `src/db`, of which some are listed, each with its line."""
    names = files if listed is None else dict(listed)
    lines: dict[str, list[str]] = {}
    for name, line in listed or ():
        lines.setdefault(name, []).append(f"prisma-combine.toml:{line}")
    return Facts(
        config="prisma-combine.toml",
        directory="src/db",
        chosen=None if listed is None else tuple(name for name, _ in listed),
        unlisted=tuple(name for name in sorted(files) if listed and name not in names),
        sources=tuple(
            Source(name, f"src/db/{name}", decode(files[name].encode(), name))
            for name in names
            if name in files
        ),
        where=lambda name: lines.get(name, ["prisma-combine.toml:3"]),
        entries=tuple(entries.split()),
    )


def lines_of(found: list[Finding]) -> list[str]:
    """Return findings as they are printed."""
    return [f"{one.path}:{one.line} {one.rule}: {one.message}" for one in found]


def rules_of(files: dict[str, str]) -> list[str]:
    """Return the place and rule of each finding."""
    return [f"{one.path[7:]}:{one.line} {one.rule}" for one in findings(facts(files))]


def test_the_list_is_compared_with_the_files() -> None:
    listed = [("a.prisma", 4), ("../gone.prisma", 5), ("b.prisma", 5), ("a.prisma", 7)]
    files = dict.fromkeys(["a.prisma", "b.prisma", "x/new.prisma"], "")
    found = findings(facts(files, [*listed, ("a.prisma", 8)]))
    assert lines_of(found) == [
        (
            "src/db/a.prisma:1 listed-twice: listed 3 times, in prisma-combine.toml:4 and"
            " prisma-combine.toml:7 and prisma-combine.toml:8; keep one entry"
        ),
        (
            "src/db/x/new.prisma:1 unlisted-file: not in `files` of prisma-combine.toml:3; add"
            ' "x/new.prisma" to it (or to `exclude`, if it must stay out)'
        ),
        (
            "src/gone.prisma:1 missing-file: listed in prisma-combine.toml:5 but does not exist;"
            " add the file or delete the entry"
        ),
    ]
    assert [one.listed for one in found] == [
        "prisma-combine.toml:8",
        "prisma-combine.toml:3",
        "prisma-combine.toml:5",
    ]
    assert findings(facts(files)) == []


def test_a_file_listed_twice_on_one_line() -> None:
    about = facts({"a.prisma": ""}, [("a.prisma", 4), ("a.prisma", 4)])
    about = about._replace(where=lambda _: ["prisma-combine.toml:4"])
    [finding] = findings(about)
    assert finding.message == "listed twice, in prisma-combine.toml:4; keep one entry"


def test_a_missing_file_may_only_be_missing_from_the_index() -> None:
    [finding] = findings(facts({}, [("a.prisma", 4)])._replace(absent="is not staged"))
    assert "listed in prisma-combine.toml:4 but is not staged; " in finding.message


@pytest.mark.parametrize(
    ("entries", "position"),
    [
        pytest.param("", "", id="unknown"),
        pytest.param("a.prisma c.prisma z.prisma", ' after "c.prisma"', id="sorted"),
        pytest.param("x.prisma z.prisma", ' before "x.prisma"', id="sorted-first"),
        pytest.param("y.prisma a.prisma c.prisma z.prisma", ' after "c.prisma"', id="base-first"),
        pytest.param("y.prisma x.prisma z.prisma", ' after "y.prisma"', id="base-first-and-first"),
        pytest.param("y.prisma a.prisma z.prisma b.prisma", ' after "b.prisma"', id="unsorted"),
        pytest.param("b.prisma a.prisma", ' after "a.prisma"', id="unsorted-two"),
        pytest.param("a.prisma", ' after "a.prisma"', id="one"),
        pytest.param("base.prisma x/*.prisma", ' after "base.prisma"', id="pattern"),
    ],
)
def test_an_unlisted_file_has_a_place_in_the_list(entries: str, position: str) -> None:
    about = facts({"a.prisma": "", "n.prisma": ""}, [("a.prisma", 4)], entries)
    [finding] = findings(about)
    assert finding.message == (
        f'not in `files` of prisma-combine.toml:3; add "n.prisma" to it{position} (or to `exclude`, if it must stay out)'
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("\n//\n<<<<<<< HEAD\n||||||| x\n=======\n>>>>>>> y\n", 3, id="whole"),
        pytest.param("//\r\n>>>>>>>\r\n", 2, id="rest"),
        pytest.param("x {\n|||||||\n}\n", 2, id="middle"),
    ],
)
def test_conflict_marker(text: str, line: int) -> None:
    expected = f"src/db/a.prisma:{line} conflict-marker: unresolved merge conflict; resolve it"
    assert lines_of(findings(facts({"a.prisma": text}))) == [expected]


def test_what_only_resembles_a_conflict_marker() -> None:
    assert rules_of({"a.prisma": "// <<<<<<< \n /*\n=======\n<<<<<<<<\n>>>>>>>>>> x\n*/\n"}) == []


def test_a_conflict_brings_no_other_finding() -> None:
    files = {"b.prisma": "model A {\n}\n", "a.prisma": f"}}\n{MERGE}{BASE}", "c.prisma": BASE}
    assert rules_of(files) == ["a.prisma:2 conflict-marker"]


def test_what_is_in_sync_is_searched_for_conflicts_and_not_scanned() -> None:
    about = facts({"a.prisma": "}", "b.prisma": MERGE}, [("a.prisma", 4), ("b.prisma", 5)] * 2)
    found = findings(about, shallow=True)
    assert [one.rule for one in found] == ["listed-twice", "listed-twice", "conflict-marker"]


def test_mistakes_in_the_language_are_findings() -> None:
    files = {
        "b.prisma": "\n\nmodel A {\r\n",
        "a.prisma": "}\nmodel B {\n}\nimport 'a'\n",
        "c.prisma": "enum B { C }\n",
    }
    assert lines_of(findings(facts(files))) == [
        (
            "src/db/a.prisma:1 stray-brace: this `}` closes nothing; delete it, or open its block"
            " in this file"
        ),
        (
            "src/db/a.prisma:4 not-prisma: Prisma refuses `import`, which is for prisma-import;"
            " delete the line: all files see each other's blocks"
        ),
        (
            "src/db/b.prisma:3 unbalanced: model A is still open at the end of the file; close it"
            " with `}`"
        ),
        (
            "src/db/c.prisma:1 unbalanced: Prisma refuses enum B on one line; end the line after"
            " `{`, and put each value and the `}` on lines of their own"
        ),
        (
            "src/db/c.prisma:1 duplicate-name: enum B is also defined as model in src/db/a.prisma:2;"
            " rename or delete one"
        ),
    ]


def test_names_are_shared_between_files_and_kinds() -> None:
    files = {
        "b.prisma": "\n\nmodel A {\n}\ngenerator A {\n}\ndatasource A {\n}\npolicy A {\n}\n",
        "a.prisma": "\nenum A {\n}\n\npolicy A {\n}\n",
        "c.prisma": "generator A {\n}\nnamespace n {\n  model A {\n  }\n}\nview b {\n}\n",
        "d.prisma": "type b {\n}\ntypes {\n}\n",
        "e.prisma": "types {\n}\nmodel B {\n}\n",
    }
    assert lines_of(findings(facts(files))) == [
        (
            "src/db/a.prisma:2 duplicate-name: enum A is also defined as model in src/db/b.prisma:3;"
            " rename or delete one"
        ),
        (
            "src/db/c.prisma:1 duplicate-name: generator A is also defined in src/db/b.prisma:5;"
            " rename or delete one"
        ),
        (
            "src/db/d.prisma:1 duplicate-name: type b is also defined as view in src/db/c.prisma:7;"
            " rename or delete one"
        ),
    ]


def test_a_name_defined_three_times_is_one_finding() -> None:
    files = {"b.prisma": "model A {\n}\n\nmodel A {\n}\n", "a.prisma": "model A {\n}\nmodel a {\n}"}
    assert lines_of(findings(facts(files))) == [
        "src/db/b.prisma:4 duplicate-name: model A is also defined in src/db/b.prisma:1 and"
        " src/db/a.prisma:1; rename or delete all but one"
    ]


def test_many_datasources() -> None:
    files = {"b.prisma": "\n" + BASE, "a.prisma": "datasource other {\n}\n"}
    message = "many-datasources: a schema has one datasource, and there is another in"
    assert lines_of(findings(facts(files))) == [
        f"src/db/a.prisma:1 {message} src/db/b.prisma:2; delete one"
    ]
    assert lines_of(findings(facts({**files, "c.prisma": BASE}))) == [
        f"src/db/a.prisma:1 {message} src/db/b.prisma:2 and src/db/c.prisma:1; delete all but one"
    ]


THREE = "model A {\n}\nmodel B {\n}\ngenerator g {\n}\n"


def test_a_copied_file_is_one_finding() -> None:
    files = {"a.prisma": THREE, "a copy.prisma": "\n" + THREE, "b.prisma": "model C {\n}\n"}
    assert lines_of(findings(facts(files))) == [
        "src/db/a copy.prisma:2 duplicate-name: every block here is also defined in src/db/a.prisma;"
        " delete or exclude one copy"
    ]


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize(
    ("names", "others"),
    [
        pytest.param("abc", "src/db/a.prisma and 2 more files", id="three"),
        pytest.param("ab", "src/db/a.prisma and src/db/b.prisma", id="two"),
    ],
)
def test_a_copy_of_the_combined_file_is_one_finding(names: str, others: str, first: bool) -> None:
    files = {f"{name}.prisma": f"datasource {name} {{\n}}\n{THREE}" for name in "a"}
    files |= {f"{name}.prisma": f"model {name} {{\n}}\n" for name in names[1:]}
    copy = {"client/schema.prisma": "// generated\n" + "".join(files.values())}
    files = {**copy, **files} if first else {**files, **copy}
    assert lines_of(findings(facts(files))) == [
        f"src/db/client/schema.prisma:2 duplicate-name: every block here is also defined in {others};"
        " delete or exclude one copy"
    ]


def test_a_file_that_adds_a_block_is_no_copy() -> None:
    files = {"a.prisma": THREE + "model C {\n}\n", "b.prisma": THREE + "model D {\n}\n"}
    assert rules_of(files) == [f"b.prisma:{line} duplicate-name" for line in (1, 3, 5)]
    assert rules_of({"a.prisma": THREE, "b.prisma": THREE[:24]}) == [
        f"b.prisma:{line} duplicate-name" for line in (1, 3)
    ]


@pytest.mark.parametrize(
    ("is_output", "end"),
    [
        pytest.param(False, "add it", id="source"),
        pytest.param(True, "add it, or ignore it", id="output"),
    ],
)
def test_untracked(is_output: bool, end: str) -> None:
    message = f"not tracked by git, so a commit won't include it; {end}"
    assert untracked("a", is_output=is_output) == Finding("untracked", "a", 1, message)
