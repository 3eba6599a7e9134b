from pathlib import Path

import pytest

from conftest import Repository
from prisma_combine import git
from prisma_combine.errors import CombineError


@pytest.fixture(autouse=True)
def _environment(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_tracked(repository: Repository) -> None:
    root = str(repository.root)
    repository.write("prisma/schema/[new].prisma", "")
    repository.write("prisma/schema/n.prisma", "")
    repository.git("add", "prisma/schema/n.prisma")
    paths = [f"prisma/schema/{name}.prisma" for name in ("user", "[new]", "n")]
    with git.Tracked(root, ["prisma/schema"]) as tracked:
        assert tracked.lacks(paths) == ["prisma/schema/[new].prisma"]
    with git.Tracked(root, ["prisma/schema/[new].prisma"]) as tracked:
        assert tracked.lacks(paths) == paths


def test_a_submodule_tracks_its_own(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Repository(tmp_path_factory.mktemp("other"), repository.environment)
    other.write("enums.prisma", "enum A {\n}\n")
    other.git("init", "--quiet")
    other.commit()
    repository.git("submodule", "--quiet", "add", str(other.root), "prisma/schema/common")
    with git.Tracked(str(repository.root), ["prisma/schema"]) as tracked:
        assert tracked.lacks(["prisma/schema/common/enums.prisma"]) == []


def test_outside_a_repository_nothing_is_untracked(folder: Repository) -> None:
    with git.Tracked(str(folder.root), ["prisma"]) as tracked:
        assert tracked.lacks(["prisma/schema/user.prisma"]) == []
    assert git.store(str(folder.root), b"text") is None


def test_store(repository: Repository) -> None:
    blob = git.store(str(repository.root), b"\xff\r\n")
    assert blob
    assert repository.git("cat-file", "-p", blob) == "\udcff\r\n"


def test_ignores(repository: Repository) -> None:
    repository.write(".gitignore", "prisma/schema.prisma\n")
    assert git.ignores(str(repository.root), "prisma/schema.prisma") is False  # it is tracked
    repository.git("rm", "--quiet", "--cached", "prisma/schema.prisma")
    assert git.ignores(str(repository.root), "prisma/schema.prisma") is True
    assert git.ignores(str(repository.root), "prisma/schema/user.prisma") is False


def test_the_caller_names_the_index(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `git commit PATH` does, and as git does for the hooks of a worktree."""
    repository.write("prisma/schema/new.prisma", "")
    index = str(repository.root / ".git" / "other-index")
    repository.git("add", "prisma/schema/new.prisma", environment={"GIT_INDEX_FILE": index})
    monkeypatch.chdir(repository.root)
    for name, value in (("GIT_INDEX_FILE", index), ("GIT_DIR", ".git")):
        monkeypatch.setenv(name, value)
        with git.Tracked(str(repository.root / "prisma"), ["schema"]) as tracked:
            assert tracked.lacks(["schema/new.prisma", "schema/user.prisma"]) == [
                "schema/user.prisma"
            ]


def test_no_program_of_the_repository_is_run(repository: Repository) -> None:
    repository.write("spy", "#!/bin/sh\ntouch ran\n")
    (repository.root / "spy").chmod(0o755)
    repository.write("prisma/schema/new.prisma", "enum E {\n  A\n}\n")
    for key in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "filter.x.clean",
        "filter.x.smudge",
    ):
        repository.git("config", key, str(repository.root / "spy"))
    repository.write(".gitattributes", "* filter=x diff=x\n")
    repository.replace("Int", "BigInt", "prisma/schema/user.prisma")
    repository.replace("Int  @id", "BigInt  @id")
    assert repository.tool("check").code == 1
    assert repository.tool("check", "--fix").code == 1
    assert not (repository.root / "ran").exists()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "sleep 60",
            "git took longer than 0.2 seconds; see why with"
            " `git -c core.fsmonitor=false hash-object -w --stdin`",
        ),
        (
            "echo 'fatal: no luck' >&2; echo more >&2; exit 128",
            "git failed: fatal: no luck more; see more with"
            " `git -c core.fsmonitor=false hash-object -w --stdin`",
        ),
        (
            "exit 3",
            "git failed: exit 3; see more with"
            " `git -c core.fsmonitor=false hash-object -w --stdin`",
        ),
    ],
)
def test_git_that_hangs_or_fails(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    message: str,
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setattr(git, "TIMEOUT", 0.2)
    with pytest.raises(CombineError) as raised:
        git.store(str(repository.root), b"")
    assert str(raised.value) == message
