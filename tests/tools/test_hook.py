"""The hooks as their users run them: the real pre-commit, real repositories, real commits."""

import pytest

from support.hooks import hook_said
from support.program import Ran
from support.repository import (
    CONFIG,
    OUTPUT,
    POST,
    USER,
    Repository,
    edit_output,
    edit_source,
)

HOOKS = """\
default_install_hook_types: [pre-commit, pre-merge-commit]
repos:
  - repo: {project}
    rev: {revision}
    hooks:
      - id: {hook}
"""
STALE = "is out of date"


def _install(repository: Repository, project: tuple[str, str], hook: str) -> None:
    text = HOOKS.format(project=project[0], revision=project[1], hook=hook)
    repository.write(".pre-commit-config.yaml", text)
    assert repository.run("pre-commit", "install").code == 0
    # Not in the next test's commit, which then holds what the test is about.
    assert repository.commit("Install the hook").code == 0


@pytest.fixture
def hooked(
    repository: Repository, hooked_environment: dict[str, str], project: tuple[str, str]
) -> Repository:
    """Return a repository with the checking hook installed."""
    repository.environment = hooked_environment
    _install(repository, project, "prisma-combine")
    return repository


@pytest.fixture
def fixing(
    repository: Repository, hooked_environment: dict[str, str], project: tuple[str, str]
) -> Repository:
    """Return a repository with the fixing hook installed."""
    repository.environment = hooked_environment
    _install(repository, project, "prisma-combine-fix")
    return repository


def _said(ran: Ran) -> str:
    assert ran.code == 1, ran
    return "\n".join(hook_said(ran))


def test_a_commit_in_sync_passes(hooked: Repository) -> None:
    edit_source(hooked)
    hooked.tool("combine")
    assert hooked.commit().code == 0


def test_a_stale_combined_file_is_refused_until_it_is_combined(hooked: Repository) -> None:
    edit_source(hooked)
    said = _said(hooked.commit())
    assert STALE in said
    assert "+  name  String" in said
    assert hooked.tool("check", "--fix").code == 1
    assert hooked.commit().code == 0


def test_a_hand_edit_is_refused_until_it_is_adopted(hooked: Repository) -> None:
    edit_output(hooked)
    assert "by hand" in _said(hooked.commit())
    assert hooked.tool("adopt").code == 0
    assert hooked.commit().code == 0


def test_a_deleted_combined_file_is_refused(hooked: Repository) -> None:
    hooked.git("rm", "--quiet", OUTPUT)
    assert f"This commit deletes {OUTPUT}" in _said(hooked.commit())


def test_a_commit_that_only_deletes_a_source_is_refused(hooked: Repository) -> None:
    hooked.git("rm", "--quiet", POST)
    assert f"{POST}:1: missing-file: " in _said(hooked.commit())


def test_a_renamed_source_is_refused_until_it_is_listed_and_combined(hooked: Repository) -> None:
    hooked.git("mv", POST, "prisma/schema/article.prisma")
    said = _said(hooked.commit())
    assert ": unlisted-file: " in said
    assert ": missing-file: " in said
    hooked.write("prisma-combine.toml", CONFIG.replace("post.prisma", "article.prisma"))
    assert STALE in _said(hooked.commit())
    hooked.tool("combine")
    assert hooked.commit().code == 0


def test_an_untracked_source_is_refused(hooked: Repository) -> None:
    """It is on the disk, so that everything looks well here, and CI would fail."""
    hooked.write("prisma-combine.toml", CONFIG.replace('"post', '"new.prisma", "post'))
    hooked.write("prisma/schema/new.prisma", "enum Kind {\n  A\n}\n")
    hooked.tool("combine")
    hooked.git("add", "--update")
    said = _said(hooked.run("git", "commit", "--message", "Forget a file"))
    assert "prisma/schema/new.prisma:1: untracked: " in said
    assert hooked.commit().code == 0


def test_the_commit_is_checked_and_not_the_disk(hooked: Repository) -> None:
    """pre-commit stashes unstaged changes."""
    edit_source(hooked)
    hooked.tool("combine")
    hooked.git("add", USER)
    assert OUTPUT in _said(hooked.run("git", "commit", "--message", "Half of it"))
    hooked.git("add", OUTPUT)
    hooked.replace("Post[]", "Post[]\n  more  String", USER)
    assert hooked.run("git", "commit", "--message", "All of it").code == 0
    assert hooked.tool("check").code == 1


def test_a_commit_of_a_path_is_checked_in_its_own_index(hooked: Repository) -> None:
    edit_source(hooked)
    hooked.tool("combine")
    assert hooked.run("git", "commit", "--message", "One path", USER).code == 1
    assert hooked.run("git", "commit", "--message", "Both", "prisma").code == 0


def _branch_other(repository: Repository) -> None:
    """Make a branch with one more field, and go back to main."""
    repository.git("switch", "--quiet", "--create", "other")
    edit_source(repository)
    repository.tool("combine")
    assert repository.commit().code == 0
    repository.git("switch", "--quiet", "main")


def test_a_clean_merge_that_is_out_of_sync_is_refused(hooked: Repository) -> None:
    """A clean merge runs no pre-commit hook."""
    _branch_other(hooked)
    hooked.replace("authorId Int", "authorId BigInt", POST)
    hooked.git("commit", "--quiet", "--no-verify", "--all", "--message", "Edit in the browser")
    assert STALE in _said(hooked.run("git", "merge", "--no-edit", "other"))
    hooked.tool("combine")
    assert hooked.commit("Merge").code == 0
    assert hooked.git("rev-list", "--merges", "--count", "HEAD") == "1\n"


def test_a_conflict_is_settled_by_combine(hooked: Repository) -> None:
    _branch_other(hooked)
    hooked.replace("  posts Post[]\n", "  posts Post[]\n  age   Int\n", USER)
    hooked.tool("combine")
    hooked.commit()
    ran = hooked.run("git", "merge", "--no-edit", "other")
    assert f"CONFLICT (content): Merge conflict in {OUTPUT}" in ran.out
    merged = hooked.read(USER)
    for marker in ("<<<<<<< HEAD\n", "=======\n", ">>>>>>> other\n"):
        merged = merged.replace(marker, "")
    hooked.write(USER, merged)
    assert "merge conflict" in hooked.tool("check").err
    assert hooked.tool("combine").code == 0
    assert hooked.commit("Merge").code == 0
    assert hooked.git("rev-list", "--merges", "--count", "HEAD") == "1\n"


def test_a_linked_worktree_is_checked(
    hooked: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("worktree") / "tree"
    hooked.git("worktree", "add", "--quiet", str(place))
    tree = Repository(place, hooked.environment)
    tree.replace("Post[]", "Post[]\n  name  String", USER)
    assert STALE in _said(tree.commit())
    tree.tool("combine")
    assert tree.commit().code == 0


def test_a_configuration_below_the_top_is_named_in_the_arguments(hooked: Repository) -> None:
    (hooked.root / "api").mkdir()
    hooked.git("mv", "prisma", "prisma-combine.toml", "api")
    text = hooked.read(".pre-commit-config.yaml")
    args = "        args: [--config, api/prisma-combine.toml]\n"
    hooked.write(".pre-commit-config.yaml", text + args)
    assert hooked.commit().code == 0
    hooked.replace("email String @unique", "email String", f"api/{OUTPUT}")
    assert "--config api/prisma-combine.toml" in _said(hooked.commit())


def test_the_fixing_hook_fails_once_and_rewrites_the_file(fixing: Repository) -> None:
    edit_source(fixing)
    ran = fixing.commit()
    assert f"git add {OUTPUT}" in _said(ran)
    assert "- files were modified by this hook" in ran.out + ran.err
    assert fixing.commit().code == 0
