"""The commands that messages name: how they are spelled, and where they work."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from prisma_combine.report.commands import argument, rendered
from support.program import Ran
from support.repository import (
    BASE,
    CONFIG,
    OUTPUT,
    POST,
    SOURCES,
    USER,
    Build,
    Repository,
    edit_source,
)
from support.situations import (
    IN_HOOK,
    MANAGED,
    TEAM,
    add_lines,
    define_twice,
    edit_and_change_others,
    edit_banner_and_model,
    ignore_output,
    stage_source_only,
    stage_stale,
)

HOOKS = """\
repos:
  - repo: https://github.com/OWNER/prisma-combine
    rev: v1
    hooks:
      - id: prisma-combine
"""
MANUAL = f"""\
{HOOKS}      - id: prisma-combine-fix
        stages: [manual]
      - {{id: prisma-combine-adopt}}
"""
PREK = """\
[[repos]]
repo = "https://github.com/OWNER/prisma-combine"
rev = "v1"
hooks = [{ id = "prisma-combine" }, { id = "prisma-combine-fix" }, { id = "prisma-combine-adopt" }]
"""


@pytest.mark.parametrize(
    ("words", "posix", "windows"),
    [
        pytest.param(("git", "add", "a/b.prisma"), "git add a/b.prisma", None, id="plain"),
        pytest.param(("git", "add", "a b"), "git add 'a b'", 'git add "a b"', id="blank"),
        pytest.param(("git", "add", "a'b"), "git add 'a'\"'\"'b'", 'git add "a\'b"', id="quote"),
        pytest.param(("git", "add", "a,b;c"), "git add 'a,b;c'", 'git add "a,b;c"', id="comma"),
        pytest.param(("git", "add", "$(x)"), "git add '$(x)'", "git add '$(x)'", id="dollar"),
        pytest.param(("git", "add", "~/a"), "git add '~/a'", 'git add "~/a"', id="tilde"),
        pytest.param(("~/a b/c", "d"), "~/'a b/c' d", None, id="program-at-home"),
        pytest.param(("C:\\a\\b.exe", "d"), None, "C:\\a\\b.exe d", id="program-on-windows"),
        pytest.param(("C:\\a b\\c", "d"), None, '& "C:\\a b\\c" d', id="program-in-quotes"),
    ],
)
def test_quoting(words: tuple[str, ...], posix: str | None, windows: str | None) -> None:
    if posix is not None:
        assert rendered(words, windows=False) == posix
    if windows is not None:
        assert rendered(words, windows=True) == windows


@pytest.mark.parametrize(
    ("path", "typed"), [("-a", "./-a"), (":a", "./:a"), ("a-b", "a-b"), ("../-a", "../-a")]
)
def test_paths_that_look_like_something_else(path: str, typed: str) -> None:
    assert argument(path) == typed


def _commands(repository: Repository, *arguments: str, **options: str) -> list[str]:
    """Return the commands that a failing check names, and what is said about them."""
    cwd = options.pop("cwd", ".")
    ran = repository.tool("check", *arguments, cwd=cwd, environment=options)
    assert ran.code == 1
    return ran.err.partition("\n\n")[2].split("\n")[:-1]


# The program lies only in a hook's environment.


@pytest.fixture(params=["py_env-python3.11", "hooks/python-TXL"])
def environment_of_hook(
    request: pytest.FixtureRequest,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, str]:
    """Return who runs the hook, and the path of the program in its environment."""
    prefix = tmp_path_factory.mktemp("cache") / request.param
    folder = prefix / "bin"
    folder.mkdir(parents=True)
    program = folder / "prisma-combine"
    program.touch()
    program.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    # The hook finds the program; the user does not.
    own = Path(os.path.realpath(sys.executable)).parent
    path = [
        one
        for one in repository.environment["PATH"].split(os.pathsep)
        if not (Path(one) / "prisma-combine").exists() and Path(one) != own
    ]
    repository.environment["PATH"] = os.pathsep.join([str(folder), *path])
    runner = "pre-commit" if request.param.startswith("py_env") else "prek"
    return runner, str(program)


@pytest.mark.posix
def test_without_manual_hooks(repository: Repository, environment_of_hook: tuple[str, str]) -> None:
    runner, path = environment_of_hook
    repository.write(".pre-commit-config.yaml", HOOKS)
    add_lines(repository)
    assert _commands(repository, PRE_COMMIT="1") == [
        f"To keep the edit (it goes into {USER}):",
        f"  {path} adopt",
        f"  git add {OUTPUT} prisma/schema",
        f"To throw it away (only {OUTPUT} changes):",
        f"  {path} check --fix {OUTPUT}",
        f"  git add {OUTPUT} prisma/schema",
        f"(That path is the prisma-combine that {runner} installed for this hook; it is safe to"
        " run. Colleagues get the same command from their own hook, with a path of their own.)",
    ]


@pytest.mark.posix
@pytest.mark.parametrize(
    ("name", "text"), [(".pre-commit-config.yaml", MANUAL), ("prek.toml", PREK)]
)
def test_with_manual_hooks(
    repository: Repository, environment_of_hook: tuple[str, str], name: str, text: str
) -> None:
    runner, _ = environment_of_hook
    repository.write(name, text)
    add_lines(repository)
    assert _commands(repository, PRE_COMMIT="1") == [
        f"To keep the edit (it goes into {USER}):",
        f"  {runner} run prisma-combine-adopt --hook-stage manual --all-files",
        f"  git add {OUTPUT} prisma/schema",
        f"To throw it away (only {OUTPUT} changes):",
        f"  {runner} run prisma-combine-fix --hook-stage manual --all-files",
        f"  git add {OUTPUT} prisma/schema",
        f"({runner} says `Failed` whenever a hook changes files; here that means it worked.)",
    ]


@pytest.mark.posix
def test_with_one_manual_hook(repository: Repository, environment_of_hook: tuple[str, str]) -> None:
    """`adopt` updates a stale file, too."""
    runner, _ = environment_of_hook
    repository.write(".pre-commit-config.yaml", f"{HOOKS}      - id: 'prisma-combine-adopt'\n")
    edit_source(repository)
    assert _commands(repository)[:2] == [
        "To bring it up to date:",
        f"  {runner} run prisma-combine-adopt --hook-stage manual --all-files",
    ]


@pytest.mark.posix
@pytest.mark.parametrize(
    "text",
    [
        HOOKS,
        f"{HOOKS}      # - id: prisma-combine-adopt\n",
        f"{HOOKS}      - id: prisma-combine-adopted\n",
    ],
)
def test_hooks_that_are_not_there(
    repository: Repository, environment_of_hook: tuple[str, str], text: str
) -> None:
    _, path = environment_of_hook
    repository.write(".pre-commit-config.yaml", text)
    add_lines(repository)
    assert _commands(repository)[1] == f"  {path} adopt"


@pytest.mark.posix
def test_path_at_home(repository: Repository, environment_of_hook: tuple[str, str]) -> None:
    _, path = environment_of_hook
    repository.environment["HOME"] = str(Path(path).parents[3])
    edit_source(repository)
    below = Path(path).relative_to(Path(path).parents[3])
    assert _commands(repository)[1] == f"  ~/{below} combine"


@pytest.mark.posix
def test_team_command_needs_no_path(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = build(TEAM)
    monkeypatch.setattr(sys, "prefix", "/nowhere/py_env-python3.11")
    monkeypatch.setattr(sys, "executable", "/nowhere/py_env-python3.11/bin/python")
    repository.environment["PATH"] = "/usr/bin:/bin"
    edit_source(repository)
    assert _commands(repository) == [
        "To bring it up to date:",
        f"  cat prisma/schema/base.prisma {USER} prisma/schema/post.prisma > {OUTPUT}",
        f"  git add {OUTPUT} {USER}",
    ]


# Where the user is.


def test_in_the_folder_that_git_commit_was_run_in(repository: Repository) -> None:
    add_lines(repository)
    environment = IN_HOOK | {"GIT_PREFIX": "prisma/schema/"}
    assert _commands(repository, **environment) == [
        "To keep the edit (it goes into user.prisma):",
        "  prisma-combine adopt",
        "  git add ../schema.prisma user.prisma",
        "To throw it away (only ../schema.prisma changes):",
        "  prisma-combine check --fix ../schema.prisma",
        "  git add ../schema.prisma",
    ]


def test_named_configuration(repository: Repository) -> None:
    (repository.root / "apps" / "a b").mkdir(parents=True)
    repository.git("mv", "prisma", "prisma-combine.toml", "apps/a b")
    repository.commit()
    config = "apps/a b/prisma-combine.toml"
    repository.replace("@unique\n", "@unique\n  phone String\n", f"apps/a b/{OUTPUT}")
    output, user = f"apps/a b/{OUTPUT}", f"apps/a b/{USER}"
    program = "prisma-combine"
    assert _commands(repository, "--config", config) == [
        f"To keep the edit (it goes into {user}):",
        f"  {rendered((program, 'adopt', '--config', config))}",
        f"  {rendered(('git', 'add', output, user))}",
        f"To throw it away (only {output} changes):",
        f"  {rendered((program, 'check', '--fix', output, '--config', config))}",
        f"  {rendered(('git', 'add', output))}",
    ]
    # A hook is given a path from the top, and its user may be elsewhere.
    environment = IN_HOOK | {"GIT_PREFIX": "apps/"}
    config_below = "a b/prisma-combine.toml"
    assert _commands(repository, "--config", config, **environment)[1] == (
        f"  {rendered((program, 'adopt', '--config', config_below))}"
    )


def test_named_configuration_and_team_command(build: Build) -> None:
    repository = build(TEAM)
    repository.git("mv", "prisma-combine.toml", "combine.toml")
    repository.commit()
    edit_source(repository)
    assert _commands(repository, "--config", "../combine.toml", cwd="prisma") == [
        "To bring it up to date:",
        "  cd ..",
        f"  cat prisma/schema/base.prisma {USER} prisma/schema/post.prisma > {OUTPUT}",
        f"  git add {OUTPUT} {USER}",
    ]


# What a hook manager has put aside.


def _change_another(repository: Repository) -> None:
    stage_stale(repository)
    repository.replace("postgresql", "sqlite", BASE)


@pytest.mark.parametrize("prepare", [stage_source_only, _change_another])
def test_what_was_put_aside_belongs_to_the_commit(
    prepare: Callable[[Repository], None], repository: Repository
) -> None:
    """It is back when the commands are typed, and goes into the combined file."""
    prepare(repository)
    aside = repository.git("diff").encode()
    repository.git("checkout", "--", ".")
    said = _commands(repository, **MANAGED)
    assert repository.run("git", "apply", stdin=aside).code == 0
    assert said == [
        "To bring it up to date:",
        "  prisma-combine combine",
        f"  git add {OUTPUT} prisma/schema",
    ]
    assert repository.tool("combine").code == 0
    repository.git("add", OUTPUT, "prisma/schema")
    assert repository.tool("check", "--staged").code == 0


def test_what_was_put_aside_without_a_folder_to_name(build: Build) -> None:
    sources = {f"../../{name}": text for name, text in SOURCES.items()}
    repository = build(CONFIG.replace('"prisma/schema"', '"."'), sources)
    repository.replace("Post[]", "Post[]\n  name  String", "user.prisma")
    assert _commands(repository, **MANAGED)[-1] == (
        f"  git add {OUTPUT} base.prisma user.prisma post.prisma"
    )


# What git ignores.


def test_combined_file_that_git_ignores_is_never_staged(repository: Repository) -> None:
    ignore_output(repository)
    said = f"{OUTPUT}: not checked, because git ignores it and never stages it\n"
    for _ in range(2):
        assert repository.tool("check", "--staged") == Ran(0, "", said)
        assert repository.tool("check", "--staged", "--quiet") == Ran(0, "", "")
        # Nor does the file have to be there.
        (repository.root / OUTPUT).unlink(missing_ok=True)
    assert _commands(repository)[:3] == [
        "To generate it:",
        "  prisma-combine combine",
        f"  git add {USER}",
    ]


def test_mistakes_are_found_beside_an_ignored_file(repository: Repository) -> None:
    ignore_output(repository)
    define_twice(repository)
    repository.git("add", "--all")
    ran = repository.tool("check", "--staged")
    assert (ran.code, "duplicate-name" in ran.err) == (1, True)


def test_ignored_source_has_to_be_forced(repository: Repository) -> None:
    repository.write(".gitignore", f"{USER}\n")
    repository.git("rm", "--quiet", "--cached", USER)
    repository.commit()
    edit_source(repository)
    *_, plain, forced = _commands(repository)
    assert (plain, forced) == (f"  git add {OUTPUT}", f"  git add --force {USER}")


# What `adopt` leaves to be staged.


def _adopted(repository: Repository, cwd: str = ".") -> list[str]:
    """Return the last command that it names."""
    ran = repository.tool("adopt", cwd=cwd)
    return ran.err.split("\n")[-2].split()


def test_everything_that_has_changed_is_staged(repository: Repository) -> None:
    edit_and_change_others(repository)
    assert _adopted(repository) == ["git", "add", OUTPUT, BASE, USER, POST]


def test_combined_file_that_needs_no_rewrite_is_staged(repository: Repository) -> None:
    """One edit is taken and one is left, so the combined file stays as it is."""
    edit_banner_and_model(repository)
    before = repository.read()
    assert _adopted(repository, "prisma") == ["git", "add", "schema.prisma", "schema/user.prisma"]
    assert (repository.read(), "phone" in repository.read(USER)) == (before, True)


def test_ignored_combined_file_is_not_staged(repository: Repository) -> None:
    ignore_output(repository)
    assert _adopted(repository) == ["git", "add", USER]


# What the work tree can make git run.


@pytest.mark.posix
def test_no_filter_runs(repository: Repository) -> None:
    """An index older than the files makes git compare contents, which filters convert."""
    add_lines(repository)
    repository.write(".gitattributes", "* filter=x\n")
    repository.git("config", "filter.x.clean", f"touch {repository.root / 'PWNED'}; cat")
    os.utime(repository.root / ".git/index", (0, 0))
    for arguments in ((), ("--staged",)):
        repository.tool("check", *arguments)
    repository.tool("adopt")
    assert not (repository.root / "PWNED").exists()
