"""What the README says is true."""

import re
import shutil
import tomllib

from conftest import PROJECT, SAMPLE, Ran, Repository
from prisma_combine import config
from prisma_combine.rules import RULES
from prisma_combine.verdict import Status

README = (PROJECT / "README.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def _example(command: str) -> str:
    """What the README says a command prints."""
    said = [block for block in _blocks("console") if block.startswith(f"$ {command}\n")]
    return said[0].partition("\n")[2]


def test_the_examples_are_what_the_tool_prints(folder: Repository) -> None:
    shutil.rmtree(folder.root)
    shutil.copytree(SAMPLE, folder.root, ignore=shutil.ignore_patterns("node_modules"))
    folder.git("init", "--quiet")
    folder.git("add", "--all")
    output = "src/infrastructure/schema.prisma"
    folder.replace(
        "displayName          String    @map", "displayName          String?   @map", output
    )
    checked = folder.tool("check")
    assert (checked.code, checked.out + checked.err) == (1, _example("prisma-combine check"))
    assert folder.tool("adopt") == Ran(0, "", _example("prisma-combine adopt"))
    located = folder.tool("locate", f"{output}:166")
    assert located == Ran(0, _example(f"prisma-combine locate {output}:166"), "")


def test_the_sample_is_in_sync(folder: Repository) -> None:
    ran = folder.tool("check", "--config", str(SAMPLE / "prisma-combine.toml"))
    assert ran.err.endswith("schema.prisma: in sync\n")
    start = _blocks("prisma")[0]
    assert (SAMPLE / "src/infrastructure/schema.prisma").read_text().startswith(start)


def test_the_configuration_is_one() -> None:
    for block in _blocks("toml"):
        assert config.parse(block, "README.md")


def test_every_hook_status_and_rule_is_explained() -> None:
    hooks = re.findall(
        r"^- id: (.+)$", (PROJECT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE
    )
    assert hooks
    targets = set(Status) - {Status.ADDED, Status.REMOVED, Status.MOVED}
    for name in [*hooks, *targets, *RULES, "untracked"]:
        assert re.search(rf"^\| `{name}` \| ", README, re.MULTILINE), name


def test_the_version_of_the_examples_is_the_next_one() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert set(re.findall(r"rev: (\S+)", README)) == {f"v{version}"}
    assert f"\n## {version} " in (PROJECT / "CHANGELOG.md").read_text()


def test_ci_runs_the_test_command() -> None:
    install, test = [block.strip() for block in _blocks("sh") if "pip install" in block]
    assert test in (PROJECT / ".ci" / "run").read_text()
    assert "--config tests/sample/prisma-combine.toml" in install
