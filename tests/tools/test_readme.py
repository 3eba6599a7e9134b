"""The documentation is true: its links lead somewhere, its examples are what the tool does."""

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

import prisma_combine
from prisma_combine.cli.app import app
from prisma_combine.compare.verdict import Status
from prisma_combine.config import table
from support import PROJECT, SAMPLE
from support.program import Ran
from support.recipes import README, REFERENCE, block, section
from support.repository import OUTPUT, POST, Repository, edit_source

PAGES = [
    "README.md",
    "CHANGELOG.md",
    "hooks/README.md",
    "tests/README.md",
    ".github/CONTRIBUTING.md",
    ".github/SECURITY.md",
    ".github/actions/check/README.md",
]
OWNER = {
    "pyproject.toml",
    "hooks/prisma_combine/__init__.py",
    "hooks/README.md",
    ".github/actions/check/README.md",
}
"""the files that name the account, until it is known"""


def _rows(text: str) -> set[str]:
    """Return what is in backticks at the start of a table's rows."""
    return set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))


def _anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= 150


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page: str) -> None:
    file = PROJECT / page
    text = file.read_text()
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    for link in links:
        path, _, anchor = link.partition("#")
        # GitHub's own pages of the repository, two levels above its files.
        if "://" in path or path.startswith("../../actions/"):
            continue
        target = (file.parent / path).resolve() if path else file
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target.read_text()), link


def test_the_owner_is_named_in_few_places() -> None:
    pattern = re.compile(r"\bOWNER\b")
    files = [PROJECT / name for name in ("README.md", "CHANGELOG.md", "pyproject.toml")]
    for folder in ("hooks", ".github"):
        files += [*(PROJECT / folder).rglob("*.py"), *(PROJECT / folder).rglob("*.md")]
        files += [*(PROJECT / folder).rglob("*.yml")]
    found = {
        file.relative_to(PROJECT).as_posix()
        for file in files
        if pattern.search(file.read_text(encoding="utf-8"))
    }
    assert found - {".github/CONTRIBUTING.md"} <= OWNER


def test_the_configuration_is_that_of_the_sample() -> None:
    shown = block("Quick start", README, language="toml")
    assert shown == (SAMPLE / "prisma-combine.toml").read_text()
    assert table.parse(block("Configuration", language="toml"), "hooks/README.md")


def test_every_hook_key_status_and_rule_is_explained() -> None:
    manifest = (PROJECT / ".pre-commit-hooks.yaml").read_text()
    assert _rows(section("pre-commit")) == set(re.findall(r"^- id: (.+)$", manifest, re.MULTILINE))
    keys = {"output", "directory", "files", "exclude", "command", "format"}
    assert _rows(section("Configuration")) == keys
    assert _rows(section("Configuration", README)) == keys
    whole = section("Describe your format")
    assert {"banner", "header", "first-header", "headers", "separator", "footer", "trim"} == {
        row for row in _rows(whole) if row[0] != "{"
    }
    sections = {Status.ADDED, Status.REMOVED, Status.MOVED}
    assert _rows(section("Verdicts")) == set(Status) - sections
    code = "".join(
        (PROJECT / "hooks/prisma_combine/schema" / name).read_text()
        for name in ("rules.py", "language.py")
    )
    rules = re.findall(r'"((?:[a-z]+-)+[a-z]+|untracked|unbalanced)"', code)
    assert _rows(section("Findings")) == set(rules)


def test_every_command_and_option_is_explained() -> None:
    group: Any = typer.main.get_command(app)
    listed = {row.split()[1] for row in _rows(section("Commands", README))}
    assert listed == group.commands.keys()
    options = section("Commands")
    for command in group.commands.values():
        for option in [one for parameter in command.params for one in parameter.opts]:
            if option.startswith("--") and option != "--help":
                assert re.search(rf"`{option}[ `]", options), option


def _edited(folder: Repository) -> Repository:
    """Return the sample project, with one line of its combined file edited by hand."""
    shutil.rmtree(folder.root)
    shutil.copytree(SAMPLE, folder.root, ignore=shutil.ignore_patterns("node_modules", "dist"))
    folder.git("init", "--quiet")
    folder.commit("Start")
    output = "src/infrastructure/schema.prisma"
    folder.replace("displayName          String ", "displayName          String?", output)
    return folder


def test_the_json_is_what_the_tool_prints(folder: Repository) -> None:
    ran = _edited(folder).tool("check", "--format", "json")
    assert ran.code == 1
    real = json.loads(ran.out)
    shown = json.loads(block("Output", language="json"))
    (schema,) = real["schemas"]
    schema["sections"] = [one for one in schema["sections"] if one["status"] != "in-sync"]
    diff = shown["schemas"][0]["diff"].partition("b/")[0]
    assert schema["diff"].startswith(diff)
    schema["diff"] = shown["schemas"][0]["diff"]
    assert real == shown


def test_a_finding_has_the_keys_that_are_named(repository: Repository) -> None:
    repository.remove(POST)
    report = json.loads(repository.tool("check", "--format", "json").out)
    (finding,) = report["schemas"][0]["findings"]
    assert list(finding) == ["rule", "path", "line", "message"]
    named = re.findall(r"A finding has (.+)\.", section("Output"))
    assert re.findall(r"`(\w+)`", named[0]) == list(finding)


def _edit_output(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")


def _edit_both(repository: Repository) -> None:
    edit_source(repository)
    _edit_output(repository)


def _reformat(repository: Repository) -> None:
    repository.replace("  id    Int    @id", "  id Int @id")


def _conflict(repository: Repository) -> None:
    text = repository.read()
    repository.write(OUTPUT, f"{text}<<<<<<< ours\n=======\n>>>>>>> theirs\n")


def _remove(repository: Repository) -> None:
    repository.remove(POST)


@pytest.mark.parametrize(
    ("row", "change"),
    [
        pytest.param(0, edit_source, id="stale"),
        pytest.param(1, _edit_output, id="hand-edited"),
        pytest.param(2, _edit_both, id="diverged"),
        pytest.param(3, _reformat, id="reformatted"),
        pytest.param(4, _conflict, id="conflicted"),
        pytest.param(5, _remove, id="invalid"),
    ],
)
def test_a_failing_check_says_what_the_readme_says(
    repository: Repository, row: int, change: Callable[[Repository], None]
) -> None:
    said = re.findall(r"^\| ([^|]+?) \|", section("When the check fails", README), re.MULTILINE)
    rows = [one for one in said if one not in ("it says", "---")]
    assert len(rows) == 6
    change(repository)
    ran = repository.tool("check")
    assert ran.code == 1
    words = [re.escape(one) for one in re.split(r", | or | by hand", rows[row]) if one]
    assert re.search("|".join(words), ran.err, re.IGNORECASE), ran.err


def test_the_quick_start_leads_to_a_passing_check(
    environment: dict[str, str], tmp_path: Path
) -> None:
    repository = Repository(tmp_path, environment)
    ignored = shutil.ignore_patterns(
        "node_modules", "dist", "prisma-combine.toml", ".pre-commit-config.yaml"
    )
    shutil.copytree(SAMPLE, repository.root, ignore=ignored, dirs_exist_ok=True)
    repository.git("init", "--quiet")
    repository.commit("Start")
    commands = block("Quick start", README, language="sh").removesuffix("\n").split("\n")
    assert len(commands) == 2
    for command in commands:
        ran = repository.tool(*command.split()[1:])
        assert ran.code == 0, ran
    assert ran == Ran(0, "", "src/infrastructure/schema.prisma: in sync\n")
    assert repository.git("status", "--short") == "?? prisma-combine.toml\n"
    written = tomllib.loads(repository.read("prisma-combine.toml"))
    assert written == tomllib.loads(block("Quick start", README, language="toml"))


def test_the_version_of_the_examples_is_the_next_one() -> None:
    version = prisma_combine.__version__
    assert re.findall(r"rev: (\S+)", REFERENCE) == [f"v{version}"]
    assert set(re.findall(r"prisma-combine==([\d.]+)", README + REFERENCE)) == {version}
    assert f"\n## {version} (" in (PROJECT / "CHANGELOG.md").read_text()


def test_ci_runs_the_two_commands() -> None:
    check, test = re.findall(r"```sh\n(python -m pip .+)\n```", section("Try it", README))
    assert test in (PROJECT / ".ci" / "run").read_text()
    workflow = (PROJECT / ".github" / "workflows" / "ci.yml").read_text()
    assert check.partition(" && ")[2] in workflow


def test_our_own_format_is_as_described(repository: Repository) -> None:
    text = repository.read()
    assert text.startswith("// @generated from prisma/schema")
    assert "// user.prisma\n" in text
    assert not re.search(r"\d{4}-\d\d-\d\d|[0-9a-f]{12}", text)
