"""The hooks as their users run them: the real pre-commit, real repositories, real commits."""

import os
import shutil

import pytest

from conftest import CONFIG, Repository, edit_source, hook_said

HOOKS = """\
default_install_hook_types: [pre-commit, pre-merge-commit]
repos:
  - repo: {project}
    rev: {revision}
    hooks:
      - id: {hook}
"""


def _install(repository: Repository, project: tuple[str, str], hook: str) -> None:
    text = HOOKS.format(project=project[0], revision=project[1], hook=hook)
    repository.write(".pre-commit-config.yaml", text)
    assert repository.run("pre-commit", "install").code == 0
    # The file of the next test's commits, so that those hold what they are about.
    assert repository.commit("Install the hook").code == 0


@pytest.fixture
def hooked(
    repository: Repository, hooked_environment: dict[str, str], project: tuple[str, str]
) -> Repository:
    """A repository with the checking hook installed."""
    repository.environment = hooked_environment
    _install(repository, project, "prisma-combine")
    return repository


@pytest.fixture
def fixing(
    repository: Repository, hooked_environment: dict[str, str], project: tuple[str, str]
) -> Repository:
    """A repository with the fixing hook installed."""
    repository.environment = hooked_environment
    _install(repository, project, "prisma-combine-fix")
    return repository


def test_a_clean_commit_passes(hooked: Repository) -> None:
    edit_source(hooked)
    hooked.tool("combine")
    assert hooked.commit().code == 0


def test_stale(hooked: Repository) -> None:
    edit_source(hooked)
    ran = hooked.commit()
    assert ran.code == 1
    said = hook_said(ran)
    assert "+  name  String" in said
    assert said[-4:] == [
        "prisma/schema.prisma: stale",
        "  user.prisma   +1 -0   changed in prisma/schema/user.prisma:5",
        "mend it: prisma-combine check --fix",
        "then add it: git add prisma/schema.prisma prisma/schema/user.prisma",
    ]
    assert hooked.tool("check", "--fix").code == 1
    assert hooked.commit().code == 0


def test_edited_by_hand(hooked: Repository) -> None:
    hooked.replace("email String @unique", "email String")
    ran = hooked.commit()
    assert (ran.code, hook_said(ran)[-4:]) == (
        1,
        [
            "prisma/schema.prisma: edited by hand",
            "  user.prisma   +1 -1   belongs in prisma/schema/user.prisma:3",
            "keep it: prisma-combine adopt      discard it: prisma-combine check --fix",
            "then add it: git add prisma/schema.prisma prisma/schema/user.prisma",
        ],
    )


def test_the_combined_file_is_deleted(hooked: Repository) -> None:
    hooked.git("rm", "--quiet", "prisma/schema.prisma")
    ran = hooked.commit()
    assert (ran.code, hook_said(ran)[-3:]) == (
        1,
        [
            "prisma/schema.prisma: missing",
            "mend it: prisma-combine check --fix",
            "then add it: git add prisma/schema.prisma",
        ],
    )


def test_a_commit_that_only_deletes_a_source(hooked: Repository) -> None:
    hooked.git("rm", "--quiet", "prisma/schema/post.prisma")
    ran = hooked.commit()
    assert (ran.code, hook_said(ran)) == (
        1,
        [
            "prisma/schema.prisma: can't be combined",
            "  prisma/schema/post.prisma:1: missing-file: listed in prisma-combine.toml:4 but does"
            " not exist; add it or take it off the list",
        ],
    )


def test_a_renamed_source(hooked: Repository) -> None:
    hooked.git("mv", "prisma/schema/post.prisma", "prisma/schema/article.prisma")
    ran = hooked.commit()
    assert ran.code == 1
    assert [line.split(":")[2] for line in hook_said(ran)[1:]] == [
        " unlisted-file",
        " missing-file",
    ]
    hooked.write("prisma-combine.toml", CONFIG.replace("post.prisma", "article.prisma"))
    ran = hooked.commit()
    assert (ran.code, hook_said(ran)[-5:]) == (
        1,
        [
            "prisma/schema.prisma: stale",
            "  article.prisma   new: prisma/schema/article.prisma",
            "  post.prisma      not a source any more: prisma/schema/post.prisma",
            "mend it: prisma-combine check --fix",
            "then add it: git add prisma/schema.prisma prisma/schema/article.prisma",
        ],
    )


def test_an_untracked_source(hooked: Repository) -> None:
    """It lies on the disk, so all looks well here, and CI fails."""
    hooked.write("prisma-combine.toml", CONFIG.replace('"post', '"new.prisma", "post'))
    hooked.write("prisma/schema/new.prisma", "enum Kind {\n  A\n}\n")
    hooked.tool("combine")
    hooked.git("add", "--update")
    ran = hooked.run("git", "commit", "--message", "Forget a file")
    assert (ran.code, hook_said(ran)) == (
        1,
        [
            "prisma/schema.prisma: in sync, but not all of it is tracked",
            "  prisma/schema/new.prisma:1: untracked: git does not track it, so it passes here and"
            " fails in CI; `git add` it",
        ],
    )
    assert hooked.commit().code == 0


def test_partly_staged(hooked: Repository) -> None:
    """The commit is checked, not the disk: pre-commit puts aside what is not staged."""
    edit_source(hooked)
    hooked.tool("combine")
    hooked.git("add", "prisma/schema/user.prisma")
    ran = hooked.run("git", "commit", "--message", "Half of it")
    assert ran.code == 1
    assert "prisma/schema.prisma: stale" in hook_said(ran)
    hooked.git("add", "prisma/schema.prisma")
    hooked.replace("Post[]", "Post[]\n  more  String", "prisma/schema/user.prisma")
    assert hooked.run("git", "commit", "--message", "All of it").code == 0
    assert hooked.tool("check").code == 1


def test_commit_of_a_path(hooked: Repository) -> None:
    """`git commit PATH` makes an index of its own."""
    edit_source(hooked)
    hooked.tool("combine")
    ran = hooked.run("git", "commit", "--message", "One path", "prisma/schema/user.prisma")
    assert ran.code == 1
    assert hooked.run("git", "commit", "--message", "Both", "prisma").code == 0


def _branch_other(repository: Repository) -> None:
    """Makes a branch with one more field, and goes back to main."""
    repository.git("switch", "--quiet", "--create", "other")
    edit_source(repository)
    repository.tool("combine")
    assert repository.commit().code == 0
    repository.git("switch", "--quiet", "main")


def test_a_clean_merge(hooked: Repository) -> None:
    """It runs no pre-commit hook, and brings in what no hook has seen."""
    _branch_other(hooked)
    hooked.replace("authorId Int", "authorId BigInt", "prisma/schema/post.prisma")
    hooked.git("commit", "--no-verify", "--all", "--message", "Edit in the browser")
    ran = hooked.run("git", "merge", "--no-edit", "other")
    assert ran.code == 1
    assert "prisma/schema.prisma: stale" in hook_said(ran)
    hooked.tool("combine")
    assert hooked.commit("Merge").code == 0
    assert hooked.git("rev-list", "--merges", "--count", "HEAD") == "1\n"


def test_a_merge_with_a_conflict(hooked: Repository) -> None:
    _branch_other(hooked)
    hooked.replace("id    Int ", "id    BigInt ", "prisma/schema/user.prisma")
    hooked.tool("combine")
    hooked.commit()
    ran = hooked.run("git", "merge", "--no-edit", "other")
    assert "CONFLICT (content): Merge conflict in prisma/schema.prisma" in ran.out
    assert hooked.tool("check").err == (
        "prisma/schema.prisma: holds merge conflict markers\nmend it: prisma-combine check --fix\n"
    )
    assert hooked.tool("combine").code == 0
    assert hooked.commit("Merge").code == 0
    assert hooked.git("rev-list", "--merges", "--count", "HEAD") == "1\n"


def test_a_worktree(hooked: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("worktree") / "tree"
    hooked.git("worktree", "add", "--quiet", str(place))
    tree = Repository(place, hooked.environment)
    tree.replace("Post[]", "Post[]\n  name  String", "prisma/schema/user.prisma")
    ran = tree.commit()
    assert (ran.code, hook_said(ran)[-4]) == (1, "prisma/schema.prisma: stale")
    tree.tool("combine")
    assert tree.commit().code == 0


def test_a_configuration_below_the_top(hooked: Repository, project: tuple[str, str]) -> None:
    """A monorepo names it in the hook's arguments."""
    (hooked.root / "api").mkdir()
    hooked.git("mv", "prisma", "prisma-combine.toml", "api")
    text = hooked.read(".pre-commit-config.yaml")
    args = "        args: [--config, api/prisma-combine.toml]\n"
    hooked.write(".pre-commit-config.yaml", text + args)
    assert hooked.commit().code == 0
    hooked.replace("email String @unique", "email String", "api/prisma/schema.prisma")
    ran = hooked.commit()
    assert (ran.code, hook_said(ran)[-5:]) == (
        1,
        [
            "api/prisma/schema.prisma: edited by hand",
            "  user.prisma   +1 -1   belongs in api/prisma/schema/user.prisma:3",
            "keep it: prisma-combine adopt --config api/prisma-combine.toml",
            "discard it: prisma-combine check --fix --config api/prisma-combine.toml",
            "then add it: git add api/prisma/schema.prisma api/prisma/schema/user.prisma",
        ],
    )
    assert project


def test_the_fixer(fixing: Repository) -> None:
    edit_source(fixing)
    ran = fixing.commit()
    assert (ran.code, hook_said(ran)[-4:]) == (
        1,
        [
            "prisma/schema.prisma: stale",
            "  user.prisma   +1 -0   changed in prisma/schema/user.prisma:5",
            "prisma/schema.prisma: written",
            "commit it: git add prisma/schema.prisma",
        ],
    )
    assert "- files were modified by this hook" in ran.out + ran.err
    assert fixing.commit().code == 0


def test_the_command_works_where_only_pre_commit_is_installed(hooked: Repository) -> None:
    """The user's PATH then has no prisma-combine; the message names the hook's own."""
    folder = hooked.root.parent / f"{hooked.root.name}-bin"
    folder.mkdir()
    for program in ("git", "pre-commit", "sh", "env"):
        found = shutil.which(program, path=hooked.environment["PATH"])
        assert found
        (folder / program).symlink_to(found)
    only = {"PATH": os.pathsep.join([str(folder), "/usr/bin", "/bin"])}
    edit_source(hooked)
    hooked.git("add", ".")
    ran = hooked.run("git", "commit", "--message", "Stale", environment=only)
    assert ran.code == 1
    mend = hook_said(ran)[-2].removeprefix("mend it: ")
    assert mend.endswith("/bin/prisma-combine check --fix")
    assert hooked.run("sh", "-c", mend, environment=only).code == 1
    assert hooked.run("git", "commit", "--all", "--message", "Fresh", environment=only).code == 0
