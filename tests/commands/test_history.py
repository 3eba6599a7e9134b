"""The versions of the sources that git knows, and the record of what was combined last."""

import json
import os
import stat
import time
from collections.abc import Sequence

import pytest

from prisma_combine.git.process import GitError
from prisma_combine.repository import history, record
from prisma_combine.repository.history import History, Log
from prisma_combine.repository.tracked import Tracked
from support.faults import fake_git
from support.repository import BASE, CONFIG, OUTPUT, POST, USER, Repository
from support.users import ordinary_user

CONFIGURATION = "prisma-combine.toml"
FOLDERS = ["prisma/schema"]
NEW = "prisma/schema/new.prisma"


@pytest.fixture(autouse=True)
def _environment(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
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


def _history(
    repository: Repository, folders: Sequence[str] = FOLDERS, files: Sequence[str] = ()
) -> History:
    return history.read(str(repository.root), CONFIGURATION, folders, files)


def _commit(repository: Repository, *texts: str, path: str = USER) -> None:
    for text in texts:
        repository.write(path, text)
        repository.commit()


def test_each_text_once_newest_first(repository: Repository) -> None:
    first = repository.read(USER).encode()
    _commit(repository, "2", "3", "2", "4")
    found = _history(repository)
    assert found.versions[USER] == (b"4", b"2", b"3", first)
    assert found.versions[POST] == (repository.read(POST).encode(),)
    assert found.head == {
        CONFIGURATION,
        *(f"prisma/schema/{name}.prisma" for name in ("base", "user", "post")),
    }
    assert (found.shallow, found.commits) == (False, True)


def test_staged_texts_come_first(repository: Repository) -> None:
    first = repository.read(USER).encode()
    repository.write(USER, "staged")
    repository.write(NEW, "new")
    repository.git("add", USER, NEW)
    repository.write(USER, "on disk")
    root = str(repository.root)
    with Tracked(root, FOLDERS) as tracked, Log(root, CONFIGURATION, FOLDERS, ()) as log:
        found = log.read(tracked.blobs([USER, NEW, POST]))
    assert found.versions[USER] == (b"staged", first)
    assert found.versions[NEW] == (b"new",)
    assert NEW not in found.head


def test_configurations(repository: Repository) -> None:
    _commit(repository, "# 2\n", "# 3\n", path=CONFIGURATION)
    repository.write(CONFIGURATION, "# on disk\n")
    found = _history(repository)
    assert found.configurations == (b"# 3\n", b"# 2\n", CONFIG.encode())
    assert CONFIGURATION not in found.versions


def test_files_outside_the_folders(repository: Repository) -> None:
    enums, odd = "common/enums.prisma", "a b/[x]*\u00e4.prisma"
    _commit(repository, "1", "2", path=enums)
    _commit(repository, "3", "4", path=odd)
    found = _history(repository, files=[enums, odd])
    assert found.versions[enums] == (b"2", b"1")
    assert found.versions[odd] == (b"4", b"3")
    assert {enums, odd} < found.head
    assert enums not in _history(repository).versions


@pytest.mark.posix
@pytest.mark.parametrize("name", ["a b", "[x]*", "\u00e4", "-x", ":x", "a\\b", "'\"", "(top)"])
def test_names_of_folders_are_literal(repository: Repository, name: str) -> None:
    path = f"{name}/a.prisma"
    _commit(repository, "1", "2", path=path)
    assert _history(repository, [name]).versions == {path: (b"2", b"1")}


def test_only_prisma_files_below_the_folders_count(repository: Repository) -> None:
    for number in range(history._COMMITS + 5):  # noqa: SLF001
        _commit(repository, str(number), path="prisma/schema/notes.txt")
    _commit(repository, "2")
    for folders in (["prisma/schema"], ["."]):
        found = _history(repository, folders)
        assert len(found.versions[USER]) == 2
        assert "prisma/schema/notes.txt" not in found.versions


def test_outputs_are_known_by_id(repository: Repository) -> None:
    _commit(repository, "// 2\n", path=OUTPUT)
    root = str(repository.root)
    with Log(root, CONFIGURATION, ["prisma"], [], [OUTPUT]) as log:
        found = log.read()
    assert OUTPUT not in found.versions
    assert OUTPUT in found.head
    ids = [
        repository.git("rev-parse", f"{commit}:{OUTPUT}").strip() for commit in ("HEAD", "HEAD~")
    ]
    assert list(found.outputs[OUTPUT]) == ids


def test_a_root_below_the_top(repository: Repository) -> None:
    first = repository.read(USER).encode()
    _commit(repository, "2")
    _commit(repository, "elsewhere", path="other/schema/user.prisma")
    repository.write("prisma/prisma-combine.toml", "# below\n")
    repository.commit()
    for folders in (["schema"], ["."]):
        found = history.read(str(repository.root / "prisma"), CONFIGURATION, folders, [])
        assert found.versions["schema/user.prisma"] == (b"2", first)
        assert found.configurations == (b"# below\n",)
        assert "schema/user.prisma" in found.head
        assert not any("other" in path for path in found.versions)


def test_removed_and_renamed_sources(repository: Repository) -> None:
    old = repository.read(USER).encode()
    repository.git("mv", USER, NEW)
    repository.git("rm", "--quiet", POST)
    repository.commit()
    found = _history(repository)
    assert found.versions[USER] == found.versions[NEW] == (old,)
    assert POST in found.versions
    assert found.head.isdisjoint([USER, POST])


def test_all_parents_of_a_merge(repository: Repository) -> None:
    first = repository.read(USER).encode()
    repository.git("switch", "--quiet", "--create", "other")
    _commit(repository, "theirs 1", "theirs 2")
    repository.git("switch", "--quiet", "main")
    _commit(repository, "ours")
    repository.git("merge", "--quiet", "--strategy=ours", "other", "--message", "Merge")
    # The merge took our side, so plain `git log` leaves the other branch out.
    assert set(_history(repository).versions[USER]) == {b"ours", b"theirs 2", b"theirs 1", first}
    repository.git("reset", "--quiet", "--hard", "HEAD~")
    repository.run("git", "merge", "--quiet", "other")
    # While the merge is not committed yet, too.
    assert set(_history(repository).versions[USER]) == {b"ours", b"theirs 2", b"theirs 1", first}
    repository.write(USER, "resolved")
    repository.commit()
    assert _history(repository).versions[USER][0] == b"resolved"
    assert len(_history(repository).versions[USER]) == 5


@pytest.mark.posix
def test_links_are_not_texts(repository: Repository) -> None:
    (repository.root / NEW).symlink_to("user.prisma")
    repository.commit()
    repository.remove(NEW)
    _commit(repository, "text", path=NEW)
    assert _history(repository).versions[NEW] == (b"text",)


def test_nothing_is_committed_yet(folder: Repository) -> None:
    folder.git("init", "--quiet", "--template=")
    folder.git("add", "prisma")
    assert _history(folder) == history.NOTHING
    assert not history.NOTHING.commits


def test_outside_a_repository(folder: Repository) -> None:
    assert _history(folder) == history.NOTHING


def test_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.root))
    assert _history(repository) == history.NOTHING


def test_a_repository_that_git_refuses(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError) as raised:
        _history(repository)
    assert "dubious ownership" in str(raised.value)


def test_a_shallow_clone(repository: Repository) -> None:
    _commit(repository, "2", "3")
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.root}", "clone")
    clone = Repository(repository.root / "clone", repository.environment)
    found = _history(clone)
    assert found.versions[USER] == (b"3",)
    assert (found.shallow, found.commits) == (True, True)
    clone.git("worktree", "add", "--quiet", "linked")
    linked = Repository(clone.root / "linked", repository.environment)
    assert _history(linked).shallow
    clone.git("fetch", "--quiet", "--unshallow")
    assert not _history(linked).shallow
    assert len(_history(linked).versions[USER]) == 3


@pytest.mark.parametrize("kind", ["blob:none", "tree:0"])
def test_a_partial_clone_fetches_nothing(repository: Repository, kind: str) -> None:
    _commit(repository, "2", "3")
    repository.git("config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.root}"
    repository.git("clone", "--quiet", f"--filter={kind}", url, "clone")
    clone = Repository(repository.root / "clone", repository.environment)
    before = sorted(path.name for path in (clone.root / ".git/objects").rglob("*"))
    found = _history(clone)
    assert found.versions[USER] == (b"3",)
    assert found.shallow
    assert sorted(path.name for path in (clone.root / ".git/objects").rglob("*")) == before


def test_a_linked_worktree(repository: Repository) -> None:
    first = repository.read(USER).encode()
    repository.git("worktree", "add", "--quiet", "linked")
    linked = Repository(repository.root / "linked", repository.environment)
    _commit(linked, "linked")
    assert _history(linked).versions[USER] == (b"linked", first)
    assert _history(repository).versions[USER] == (first,)


def test_the_number_of_commits_is_bounded(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(repository, *(str(number) for number in range(10)))
    monkeypatch.setattr(history, "_COMMITS", 4)
    # The oldest of the four commits shows the text before it, too.
    assert _history(repository).versions[USER] == (b"9", b"8", b"7", b"6", b"5")
    assert not _history(repository).shallow


@pytest.mark.posix
@pytest.mark.parametrize("script", ["sleep 60", "exit 1"], ids=["hangs", "fails"])
def test_a_cut_log(repository: Repository, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    _commit(repository, "2")
    fake_git(repository, f'case "$*" in *" log "*) {script};; esac')
    monkeypatch.setenv("PATH", repository.environment["PATH"])
    monkeypatch.setattr(history, "_SECONDS", 0.3)
    started = time.monotonic()
    assert _history(repository).versions[USER] == (b"2",)
    assert time.monotonic() - started < 10


@pytest.mark.posix
def test_no_setting_of_the_repository_changes_or_runs_anything(repository: Repository) -> None:
    _commit(repository, "2")
    repository.git("switch", "--quiet", "--create", "other", "HEAD~")
    _commit(repository, "3")
    repository.git("merge", "--quiet", "--strategy=ours", "main", "--message", "Merge")
    plain = _history(repository)
    repository.write("spy", "#!/bin/sh\ntouch ran\n")
    (repository.root / "spy").chmod(0o755)
    spy = str(repository.root / "spy")
    for key, value in (
        *((key, spy) for key in ("gpg.program", "core.pager", "diff.external", "core.fsmonitor")),
        *(("log.showSignature", "true"), ("log.diffMerges", "remerge"), ("log.follow", "true")),
        *(("diff.orderFile", "/nowhere"), ("diff.relative", "false"), ("diff.renames", "copies")),
        *(("log.abbrevCommit", "true"), ("log.showRoot", "false"), ("color.ui", "always")),
        *(("format.pretty", "fuller"), ("diff.noprefix", "true"), ("log.decorate", "full")),
    ):
        repository.git("config", key, value)
    assert _history(repository) == plain
    assert not (repository.root / "ran").exists()


# What prisma-combine wrote last.

TEXTS = {USER: "model A {\n}\r\n", "prisma/schema/\u00e4.prisma": "\ufeff\0\ud800"}


def _recorded(repository: Repository) -> list[str]:
    folder = repository.root / ".git" / "prisma-combine"
    return sorted(os.listdir(folder)) if folder.exists() else []


def test_a_record_is_kept_for_each_output(repository: Repository) -> None:
    root, below = str(repository.root), str(repository.root / "prisma")
    for output in ("prisma/schema.prisma", "b.prisma", "prisma%2Fschema.prisma"):
        assert record.read(root, output) == {}
        record.write(root, output, TEXTS | {"output": output})
    assert record.read(root, "prisma/schema.prisma") == TEXTS | {"output": "prisma/schema.prisma"}
    assert record.read(below, "schema.prisma") == record.read(root, "prisma/schema.prisma")
    assert record.read(below, "b.prisma") == {}
    record.write(root, "b.prisma", {USER: "later"})
    assert record.read(root, "b.prisma") == {USER: "later"}
    assert len(_recorded(repository)) == 3
    assert repository.git("status", "--porcelain") == ""


def test_each_work_tree_has_its_own_record(repository: Repository) -> None:
    repository.git("worktree", "add", "--quiet", "linked")
    linked = str(repository.root / "linked")
    record.write(linked, OUTPUT, TEXTS)
    assert record.read(linked, OUTPUT) == TEXTS
    assert record.read(str(repository.root), OUTPUT) == {}
    path = repository.git("-C", "linked", "rev-parse", "--git-path", "prisma-combine").strip()
    assert os.path.isdir(path)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\xff", b"[", b"[]", b"1", b"null", b'"sources"', b"[" * 100_000, b"9" * 10_000),
        *(b'{"version": 1}', b'{"version": 1, "sources": []}', b'{"sources": {"a": "b"}}'),
        b'{"version": 2, "sources": {"a": "b"}}',
    ],
    ids=lambda data: repr(data[:20]),
)
def test_a_damaged_record_is_none(repository: Repository, data: bytes) -> None:
    root = str(repository.root)
    record.write(root, OUTPUT, TEXTS)
    (name,) = _recorded(repository)
    repository.write(f".git/prisma-combine/{name}", data)
    assert record.read(root, OUTPUT) == {}
    repository.write(
        f".git/prisma-combine/{name}",
        json.dumps({"version": 1, "sources": {"a": "b", "c": 1, "d": None}}),
    )
    assert record.read(root, OUTPUT) == {"a": "b"}


@pytest.mark.posix
def test_a_record_that_is_no_file_is_none(repository: Repository) -> None:
    root = str(repository.root)
    record.write(root, OUTPUT, TEXTS)
    (name,) = _recorded(repository)
    repository.remove(f".git/prisma-combine/{name}")
    os.mkfifo(repository.root / ".git/prisma-combine" / name)
    assert record.read(root, OUTPUT) == {}


def test_large_texts_are_not_recorded(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = str(repository.root)
    monkeypatch.setattr(record, "_LARGEST", 1000)
    record.write(root, OUTPUT, {USER: "x" * 1000})
    assert record.read(root, OUTPUT)
    # The one before is not the last any more.
    record.write(root, OUTPUT, {USER: "x" * 1001})
    assert record.read(root, OUTPUT) == {}
    assert _recorded(repository) == []
    record.write(root, OUTPUT, {USER: "x" * 1001})


def test_without_a_git_directory_there_is_no_record(folder: Repository) -> None:
    root = str(folder.root)
    before = folder.files()
    record.write(root, OUTPUT, TEXTS)
    assert record.read(root, OUTPUT) == {}
    # A `.git` file of an unpacked archive may lead anywhere.
    target = folder.root / "target"
    target.mkdir()
    folder.write(".git", f"gitdir: {target}\n")
    record.write(root, OUTPUT, TEXTS)
    assert record.read(root, OUTPUT) == {}
    folder.remove(".git")
    assert folder.files() == before


@pytest.mark.posix
def test_without_permission_there_is_no_record(repository: Repository) -> None:
    git = repository.root / ".git"
    mode = stat.S_IMODE(git.stat().st_mode)
    git.chmod(0o555)
    try:
        with ordinary_user():
            record.write(str(repository.root), OUTPUT, TEXTS)
    finally:
        git.chmod(mode)
    assert _recorded(repository) == []
    assert record.read(str(repository.root), OUTPUT) == {}


def test_a_record_needs_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    record.write(str(repository.root), OUTPUT, TEXTS)
    assert record.read(str(repository.root), OUTPUT) == TEXTS
    assert BASE not in record.read(str(repository.root), OUTPUT)
