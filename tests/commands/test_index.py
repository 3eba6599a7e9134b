"""Sources and combined files as git's index and its commits hold them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from prisma_combine.errors import CombineError
from prisma_combine.git.process import GitError
from prisma_combine.repository.commit import Commit
from prisma_combine.repository.disk import Disk
from prisma_combine.repository.index import Index
from prisma_combine.repository.tracked import Tracked
from prisma_combine.repository.tree import Tree
from support.repository import BASE, OUTPUT, POST, USER, Repository

NEW = "prisma/schema/new.prisma"
NAMED = ["prisma/schema", OUTPUT]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


@pytest.fixture(autouse=True)
def _environment(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(folder: Repository) -> Repository:
    """Return sources and a combined file, committed."""
    folder.write(OUTPUT, "// combined\n")
    folder.git("init", "--quiet", "--template=")
    folder.commit()
    return folder


def _index(repository: Repository, *named: str) -> Index:
    return Index(str(repository.root), named or NAMED)


def _commit(repository: Repository, *named: str) -> Commit:
    return Commit(str(repository.root), "HEAD", named or NAMED)


def _names(tree: Tree, directory: str = "prisma/schema") -> list[str]:
    return sorted(tree.find(directory) or ())


TREES = [
    pytest.param(lambda r: Disk(str(r.root)), id="disk"),
    pytest.param(_index, id="index"),
    pytest.param(_commit, id="commit"),
]


@pytest.mark.parametrize("tree", TREES)
def test_all_trees_read_the_same(
    repository: Repository, tree: Callable[[Repository], Tree]
) -> None:
    for path in (
        *("sub/\u00e4 [x].prisma", "sub/.hidden.prisma", ".hidden/a.prisma", "notes.txt"),
        *("node_modules/a.prisma", "sub/node_modules/a.prisma"),
    ):
        repository.write(f"prisma/schema/{path}", "\ufeff// x\r\n")
    repository.write(USER, "\r\n")
    repository.commit()
    found = tree(repository)
    names = ["base.prisma", "post.prisma", "sub/\u00e4 [x].prisma", "user.prisma"]
    assert _names(found) == names
    assert _names(found, "prisma") == ["schema.prisma", *(f"schema/{name}" for name in names)]
    assert _names(found, ".") == ["prisma/schema.prisma", *(f"prisma/schema/{n}" for n in names)]
    assert found.find("prisma/none") is None
    assert found.read(USER) == b"\r\n"
    assert found.read(f"prisma/schema/{names[2]}") == b"\xef\xbb\xbf// x\r\n"
    assert found.read(NEW) is found.read("prisma/schema/user.prisma/a") is None
    with found.opened(OUTPUT) as file:
        assert file is not None
        assert file.read() == b"// combined\n"
    with found.opened(NEW) as file:
        assert file is None


def test_only_what_is_staged_counts(repository: Repository) -> None:
    old = repository.read(USER)
    repository.write(USER, "// staged\n")
    repository.write(NEW, "// new\n")
    repository.git("add", USER)
    repository.git("rm", "--quiet", "--cached", POST)
    repository.write(USER, "// on disk\n")
    index = _index(repository)
    assert _names(index) == ["base.prisma", "user.prisma"]
    assert (index.read(USER), index.read(POST)) == (b"// staged\n", None)
    commit = _commit(repository)
    assert _names(commit) == ["base.prisma", "post.prisma", "user.prisma"]
    assert commit.read(USER) == old.encode()


def test_one_process_answers_for_the_index_and_for_what_is_tracked(
    repository: Repository,
) -> None:
    repository.write(NEW, "")
    with Tracked(str(repository.root), NAMED) as tracked:
        index = Index(str(repository.root), (), tracked)
        assert index.read(USER) == repository.read(USER).encode()
        assert tracked.lacks([USER, NEW]) == [NEW]


def test_files_outside_the_named_folders_can_be_read(repository: Repository) -> None:
    repository.write("common/enums.prisma", "enum A {\n}\n")
    repository.commit()
    index = _index(repository, "prisma-combine.toml", "common/enums.prisma")
    assert index.read("prisma-combine.toml") == repository.read("prisma-combine.toml").encode()
    assert index.read("common/enums.prisma") == b"enum A {\n}\n"
    assert index.read(USER) is None


def test_a_root_below_the_top(repository: Repository) -> None:
    root = str(repository.root / "prisma")
    for tree in (
        Index(root, ["schema", "schema.prisma"]),
        Commit(root, "HEAD", ["."]),
        Commit(root, "HEAD", ["schema"]),
    ):
        assert _names(tree, "schema") == ["base.prisma", "post.prisma", "user.prisma"]
        assert tree.read("schema/user.prisma") == repository.read(USER).encode()


@pytest.mark.parametrize("text", ["", "// text\n"], ids=["empty", "with-text"])
def test_an_intent_to_add_entry_is_absent(repository: Repository, text: str) -> None:
    repository.write(NEW, text)
    repository.git("add", "--intent-to-add", NEW)
    index = _index(repository)
    assert _names(index) == ["base.prisma", "post.prisma", "user.prisma"]
    assert index.read(NEW) is None


def test_an_empty_file_is_there(repository: Repository) -> None:
    repository.write(NEW, "")
    repository.commit()
    for tree in (_index(repository), _commit(repository)):
        assert "new.prisma" in _names(tree)
        assert tree.read(NEW) == b""


def test_an_unmerged_file(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "other")
    repository.write(USER, "// theirs\n")
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.write(USER, "// ours\n")
    repository.commit()
    assert repository.run("git", "merge", "other").code == 1
    index = _index(repository)
    assert "user.prisma" in _names(index)
    with pytest.raises(CombineError) as raised:
        index.read(USER)
    assert str(raised.value) == f"{USER}: unmerged; resolve the conflict, then `git add` it"
    assert index.read(BASE) == repository.read(BASE).encode()
    with Tracked(str(repository.root), NAMED) as tracked:
        assert tracked.lacks([USER]) == []
        assert tracked.blobs([USER]) == {}


@pytest.mark.posix
@pytest.mark.parametrize("tree", [_index, _commit], ids=["index", "commit"])
def test_links(repository: Repository, tree: Callable[[Repository, str], Tree]) -> None:
    (repository.root / USER).rename(repository.root / "prisma/real.txt")
    links = {
        "user.prisma": "../real.txt",
        "out.prisma": "../../../etc/passwd",
        "loop.prisma": "loop.prisma",
    }
    for name, target in links.items():
        (repository.root / "prisma/schema" / name).symlink_to(target)
    repository.commit()
    found = tree(repository, "prisma")
    assert found.read(USER) == (repository.root / "prisma/real.txt").read_bytes()
    assert found.read("prisma/schema/out.prisma") is None
    with pytest.raises(CombineError) as raised:
        found.read("prisma/schema/loop.prisma")
    assert str(raised.value) == (
        "prisma/schema/loop.prisma: symbolic link loop; replace it with the file itself"
    )


@pytest.mark.posix
def test_links_on_disk(repository: Repository) -> None:
    (repository.root / "prisma/schema/out.prisma").symlink_to("/etc/passwd")
    (repository.root / "prisma/schema/in.prisma").symlink_to("user.prisma")
    (repository.root / "prisma/schema/folder").symlink_to("..")
    disk = Disk(str(repository.root))
    assert _names(disk) == [
        *("base.prisma", "in.prisma", "out.prisma", "post.prisma", "user.prisma"),
    ]
    assert disk.read("prisma/schema/in.prisma") == repository.read(USER).encode()
    with pytest.raises(CombineError) as raised:
        disk.read("prisma/schema/out.prisma")
    assert str(raised.value) == (
        f"prisma/schema/out.prisma: symbolic link leads out of {repository.root}, to"
        f" {os.path.realpath('/etc/passwd')}; replace it with the file itself"
    )


def test_a_submodule_is_not_in_the_index(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Repository(tmp_path_factory.mktemp("other"), repository.environment)
    other.write("a.prisma", "")
    other.git("init", "--quiet", "--template=")
    other.commit()
    repository.git("submodule", "--quiet", "add", str(other.root), "prisma/schema/common.prisma")
    repository.commit()
    inside = "prisma/schema/common.prisma/a.prisma"
    index, commit = _index(repository), _commit(repository)
    assert index.read("prisma/schema/common.prisma") is None
    assert commit.read("prisma/schema/common.prisma") is commit.read(inside) is None
    for call in (lambda: index.read(inside), lambda: index.find("prisma/schema/common.prisma")):
        with pytest.raises(CombineError) as raised:
            call()
        assert str(raised.value) == (
            "prisma/schema/common.prisma: a submodule, so its files are not staged here;"
            " leave out --staged"
        )


@pytest.mark.parametrize("tree", TREES[1:])
def test_a_missing_object_is_named(
    repository: Repository, tree: Callable[[Repository], Tree]
) -> None:
    blob = repository.git("rev-parse", f":{USER}").strip()
    (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    found = tree(repository)
    assert found.read(BASE) == repository.read(BASE).encode()
    with pytest.raises(CombineError) as raised:
        found.read(USER)
    assert str(raised.value) == f"{USER}: git lacks the object {blob} of this file; run `git fsck`"


@pytest.mark.parametrize("tree", TREES[1:])
def test_a_git_lfs_pointer_is_refused(
    repository: Repository, tree: Callable[[Repository], Tree]
) -> None:
    repository.write(USER, POINTER)
    repository.commit()
    with pytest.raises(CombineError) as raised:
        tree(repository).read(USER)
    assert str(raised.value) == (
        f"{USER}: a Git LFS pointer in git; take it out of Git LFS in .gitattributes"
    )


@pytest.mark.parametrize(
    ("attributes", "on_disk", "staged"),
    [
        pytest.param("text eol=crlf", b"// a\r\n// b\r\n", b"// a\n// b\n", id="crlf"),
        pytest.param("ident", b"// $Id: 1 $\n", b"// $Id$\n", id="ident"),
        pytest.param(
            "working-tree-encoding=UTF-16",
            "// \u00e4\n".encode("utf-16"),
            "// \u00e4\n".encode(),
            id="utf-16",
        ),
    ],
)
def test_the_index_has_what_git_makes_of_a_file(
    repository: Repository, attributes: str, on_disk: bytes, staged: bytes
) -> None:
    repository.write(".gitattributes", f"*.prisma {attributes}\n")
    repository.write(USER, on_disk)
    repository.git("add", USER)
    assert _index(repository).read(USER) == staged


def test_outside_a_repository(folder: Repository) -> None:
    with pytest.raises(CombineError) as raised:
        _index(folder)
    assert str(raised.value) == (
        f"{folder.root}: not a git repository, so nothing is staged; leave out --staged"
    )
    with pytest.raises(GitError):
        _commit(folder)


def test_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.root))
    with pytest.raises(CombineError) as raised:
        _index(repository)
    assert str(raised.value) == "git is not installed; install it, or leave out --staged"
    with pytest.raises(GitError):
        _commit(repository)


def test_an_unknown_revision(repository: Repository) -> None:
    commit = Commit(str(repository.root), "nonsense", NAMED)
    with pytest.raises(GitError) as raised:
        commit.find("prisma")
    assert str(raised.value) == "git failed: Not a valid object name nonsense; check `git status`"
