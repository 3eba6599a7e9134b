"""`check --staged`: the commit being made is checked, whatever lies on the disk."""

import json
from collections.abc import Callable

import pytest

from conftest import CONFIG, Ran, Repository
from prisma_combine.errors import CombineError
from prisma_combine.index import Index

IN_SYNC = Ran(0, "", "prisma/schema.prisma: in sync\n")
HOOK = "#!/bin/sh\nexec prisma-combine check --staged\n"


def _edit_source(repository: Repository) -> None:
    repository.replace("Post[]", "Post[]\n  name  String", "prisma/schema/user.prisma")


def _status(repository: Repository) -> str:
    ran = repository.tool("check", "--staged", "--format", "json")
    status: str = json.loads(ran.out)["schemas"][0]["status"]
    return status


def test_only_what_is_staged_counts(repository: Repository) -> None:
    _edit_source(repository)
    assert repository.tool("check").code == 1
    assert repository.tool("check", "--staged") == IN_SYNC
    repository.git("add", "prisma/schema")
    assert _status(repository) == "stale"
    repository.tool("combine")
    assert repository.tool("check").code == 0
    assert _status(repository) == "stale"
    repository.git("add", "prisma/schema.prisma")
    assert repository.tool("check", "--staged") == IN_SYNC


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (lambda r: r.git("rm", "--cached", "prisma/schema.prisma"), "missing", ""),
        (
            lambda r: r.git("rm", "--cached", "prisma/schema/user.prisma"),
            "invalid",
            "prisma/schema/user.prisma:1: missing-file: listed in prisma-combine.toml:4 but is not"
            " in git's index; add it or take it off the list",
        ),
        (
            lambda r: (r.write("prisma/schema/new.prisma", ""), r.git("add", ".")),
            "invalid",
            "prisma/schema/new.prisma:1: unlisted-file: ",
        ),
        (
            lambda r: (
                r.write("prisma-combine.toml", CONFIG[: CONFIG.index("files")]),
                r.git("add", "."),
            ),
            "in-sync",
            "",
        ),
        (lambda r: r.write("prisma-combine.toml", "["), "in-sync", ""),
        (lambda r: r.write("prisma/schema/new.prisma", ""), "in-sync", ""),
        (lambda r: r.write("prisma/schema/user.prisma", b"\xff"), "in-sync", ""),
    ],
)
def test_statuses(
    repository: Repository, change: Callable[[Repository], object], status: str, said: str
) -> None:
    change(repository)
    assert _status(repository) == status
    assert said in repository.tool("check", "--staged").err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda r: r.git("rm", "--quiet", "--cached", "prisma-combine.toml"),
            "prisma-combine.toml: is not in git's index",
        ),
        (
            lambda r: r.git("rm", "--quiet", "--cached", "-r", "prisma/schema"),
            'prisma-combine.toml:3: directory "prisma/schema" is not in git\'s index',
        ),
        (
            lambda r: (r.write("prisma/schema/user.prisma", b"\xff"), r.git("add", ".")),
            "prisma/schema/user.prisma:1: not UTF-8",
        ),
    ],
)
def test_errors(
    repository: Repository, change: Callable[[Repository], object], message: str
) -> None:
    change(repository)
    ran = repository.tool("check", "--staged")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"prisma-combine: {message}")
    assert ran.err.count("\n") == 1


def test_outside_a_repository(folder: Repository) -> None:
    assert folder.tool("check", "--staged") == Ran(
        2,
        "",
        f"prisma-combine: {folder.root}: no git repository, so nothing is staged;"
        " leave out --staged\n",
    )


def test_without_git(repository: Repository) -> None:
    (repository.root / "empty").mkdir()
    ran = repository.tool("check", "--staged", environment={"PATH": str(repository.root / "empty")})
    assert ran == Ran(
        2, "", "prisma-combine: git is not installed; install it, or leave out --staged\n"
    )


def test_unmerged(repository: Repository) -> None:
    for branch, text in (("other", "Post[]\n  a  Int"), ("main", "Post[]\n  b  Int")):
        repository.git("switch", "--quiet", "-C", branch, "main")
        repository.replace("Post[]", text, "prisma/schema/user.prisma")
        repository.commit()
        repository.git("switch", "--quiet", "--detach", "HEAD~1" if branch == "other" else "HEAD")
        if branch == "other":
            repository.git("branch", "--force", "main", "HEAD")
    repository.run("git", "merge", "other")
    ran = repository.tool("check", "--staged")
    assert (ran.code, ran.err) == (
        2,
        "prisma-combine: prisma/schema/user.prisma: is unmerged; resolve the merge, then `git add` it\n",
    )


def test_a_source_that_was_not_added(repository: Repository) -> None:
    """The combined file was: to mend that one would be the wrong way round."""
    _edit_source(repository)
    repository.tool("combine")
    repository.git("add", "prisma/schema.prisma")
    ran = repository.tool("check", "--staged")
    assert (ran.code, ran.err) == (
        1,
        """\
prisma/schema.prisma: stale
  user.prisma   +0 -1   changed in prisma/schema/user.prisma:5
mend it: git add prisma/schema.prisma prisma/schema/user.prisma
""",
    )
    repository.git("add", "prisma/schema")
    assert repository.tool("check", "--staged") == IN_SYNC


def test_fix_writes_the_disk_and_leaves_the_index(repository: Repository) -> None:
    file = repository.root / "prisma" / "schema.prisma"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    repository.git("config", "core.autocrlf", "true")
    _edit_source(repository)
    repository.git("add", ".")
    index = repository.git("ls-files", "--stage")
    _edit_source_again = repository.read("prisma/schema/user.prisma") + "// not staged\n"
    repository.write("prisma/schema/user.prisma", _edit_source_again)
    ran = repository.tool("check", "--staged", "--fix")
    assert (ran.code, ran.err.split("\n")[-3:]) == (
        1,
        ["prisma/schema.prisma: written", "commit it: git add prisma/schema.prisma", ""],
    )
    assert repository.git("ls-files", "--stage") == index
    assert b"  name  String\r\n" in file.read_bytes()
    assert b"not staged" not in file.read_bytes()
    repository.git("add", "prisma/schema.prisma")
    assert repository.tool("check", "--staged") == IN_SYNC


def test_fix_refuses_to_write_over_unstaged_changes(repository: Repository) -> None:
    _edit_source(repository)
    repository.git("add", ".")
    repository.replace("Int  @id", "BigInt  @id")
    before = repository.files()
    ran = repository.tool("check", "--staged", "--fix")
    assert (ran.code, ran.err.split("\n")[-2]) == (
        2,
        "prisma-combine: prisma/schema.prisma: has changes that are not staged; `git add` or"
        " `git restore` it first",
    )
    assert repository.files() == before


def test_a_plain_git_hook(repository: Repository) -> None:
    """`git commit`, `-a`, and of one path: each has an index of its own."""
    repository.write(".git/hooks/pre-commit", HOOK)
    (repository.root / ".git/hooks/pre-commit").chmod(0o755)
    _edit_source(repository)
    assert repository.run("git", "commit", "--all", "--message", "Stale").code == 1
    repository.tool("combine")
    assert repository.run("git", "commit", "--message", "One", "prisma/schema").code == 1
    repository.write("prisma/schema/user.prisma", repository.read("prisma/schema/user.prisma"))
    assert repository.run("git", "commit", "--message", "Both", "prisma").code == 0
    repository.replace("Int  @id", "BigInt  @id")
    assert repository.run("git", "commit", "--allow-empty", "--message", "Not staged").code == 0
    assert repository.run("git", "commit", "--all", "--message", "Edited").code == 1


def test_links(repository: Repository) -> None:
    (repository.root / "prisma/schema/user.prisma").rename(repository.root / "prisma/real.txt")
    links = {
        "schema/user.prisma": "../real.txt",
        "schema/out.prisma": "../../../etc/passwd",
        "schema/loop.prisma": "loop.prisma",
    }
    for name, target in links.items():
        (repository.root / "prisma" / name).symlink_to(target)
    repository.git("add", ".")
    index = Index(str(repository.root), ["prisma"])
    assert (
        index.read("prisma/schema/user.prisma")
        == (repository.root / "prisma/real.txt").read_bytes()
    )
    assert index.read("prisma/schema/out.prisma") is None
    with pytest.raises(CombineError) as raised:
        index.read("prisma/schema/loop.prisma")
    assert str(raised.value) == (
        "prisma/schema/loop.prisma: a symbolic link that leads round; put the file itself there"
    )
