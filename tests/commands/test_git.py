"""Git processes, the repository that they find, and what git tracks."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.errors import CombineError
from prisma_combine.git import objects, popen, process, texts
from prisma_combine.repository.index import Index
from prisma_combine.repository.tracked import Tracked
from support.repository import BASE, OUTPUT, POST, USER, Repository

NEW = "prisma/schema/new.prisma"
NAMED = ["prisma/schema", OUTPUT]
DAY = 24 * 60 * 60
CHILDREN = [popen.Child, *(base for base in process.Process.__bases__ if base is not popen.Child)]


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


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Repository:
    """Return another repository."""
    other = Repository(tmp_path_factory.mktemp("other"), environment)
    other.write("enums.prisma", "enum A {\n}\n")
    other.git("init", "--quiet", "--template=")
    other.commit()
    return other


def _lacks(root: Path, paths: list[str]) -> list[str]:
    with Tracked(str(root), paths) as tracked:
        return tracked.lacks(paths)


def test_what_git_does_not_track_is_lacked(repository: Repository) -> None:
    special = "prisma/schema/[new].prisma"
    repository.write(special, "")
    repository.write("prisma/schema/n.prisma", "")
    repository.git("add", "prisma/schema/n.prisma")
    paths = [USER, special, "prisma/schema/n.prisma"]
    with Tracked(str(repository.root), ["prisma/schema"]) as tracked:
        assert tracked.lacks(paths) == [special]
        assert tracked.ignored(paths) == []
    assert _lacks(repository.root, [special]) == [special]


def test_ignored_files_are_those_on_disk(repository: Repository) -> None:
    repository.write(".gitignore", f"/{OUTPUT}\n*.copy.prisma\n")
    copy, missing = "prisma/schema/a.copy.prisma", "prisma/schema/b.copy.prisma"
    repository.write(copy, "")
    repository.write(NEW, "")
    paths = [OUTPUT, copy, missing, NEW, USER]
    with Tracked(str(repository.root), NAMED) as tracked:
        assert tracked.ignored(paths) == [copy]  # the combined file is tracked all the same
    repository.git("rm", "--quiet", "--cached", OUTPUT)
    with Tracked(str(repository.root), NAMED) as tracked:
        assert tracked.ignored(paths) == [OUTPUT, copy]
        assert tracked.lacks(paths) == [OUTPUT, copy, missing, NEW]


@pytest.mark.parametrize("text", ["", "enum E {\n  A\n}\n"], ids=["empty", "with-text"])
def test_an_intent_to_add_entry_is_not_tracked(repository: Repository, text: str) -> None:
    empty = "prisma/schema/empty.prisma"
    repository.write(empty, "")
    repository.git("add", empty)
    repository.write(NEW, text)
    repository.git("add", "--intent-to-add", NEW)
    # From a folder below the top, too: git prints some paths relative to the top.
    for root, at in (("prisma", "schema"), (".", "prisma/schema")):
        paths = [f"{at}/{name}.prisma" for name in ("new", "empty", "user")]
        with Tracked(str(repository.root / root), [at]) as tracked:
            assert tracked.lacks(paths) == [f"{at}/new.prisma"]
            assert tracked.ignored(paths) == []
            assert list(tracked.blobs(paths)) == paths[1:]
            assert f"{at}/new.prisma" not in tracked.staged()
            assert tracked.entry(f"{at}/new.prisma") is None


def test_a_submodule_tracks_its_own_files(repository: Repository, other: Repository) -> None:
    repository.git("submodule", "--quiet", "add", str(other.root), "prisma/schema/common")
    enums = "prisma/schema/common/enums.prisma"
    for named in ("prisma/schema", "prisma/schema/common", enums):
        with Tracked(str(repository.root), [named]) as tracked:
            assert tracked.lacks([enums]) == tracked.ignored([enums]) == []


def test_a_repository_inside_that_is_no_submodule_is_not_tracked(
    repository: Repository, other: Repository
) -> None:
    shutil.copytree(other.root, repository.root / "prisma/schema/common")
    enums = "prisma/schema/common/enums.prisma"
    with Tracked(str(repository.root), ["prisma/schema"]) as tracked:
        assert tracked.lacks([enums]) == [enums]
        assert tracked.ignored([enums]) == []


@pytest.mark.posix
def test_a_folder_behind_a_link_is_tracked_where_it_is(repository: Repository) -> None:
    (repository.root / "link").symlink_to("prisma")
    repository.write(NEW, "")
    with Tracked(str(repository.root), ["link/schema"]) as tracked:
        assert tracked.lacks(["link/schema/user.prisma", "link/schema/new.prisma"]) == [
            "link/schema/new.prisma"
        ]
        assert tracked.blobs(["link/schema/user.prisma"])
    # A link is tracked or not, whatever it leads to.
    (repository.root / "prisma/schema/link.prisma").symlink_to("user.prisma")
    assert _lacks(repository.root, ["prisma/schema/link.prisma"])


def test_sparse_checkout(repository: Repository) -> None:
    repository.git("update-index", "--skip-worktree", USER)
    repository.git("update-index", "--assume-unchanged", USER, POST)
    repository.remove(USER)
    with Tracked(str(repository.root), NAMED) as tracked:
        assert tracked.sparse() == [USER]
        assert tracked.unseen([USER, POST, NEW, BASE]) == {
            USER: "skip-worktree",
            POST: "assume-unchanged",
        }
        assert tracked.lacks([USER, POST]) == []


def test_outside_a_repository_nothing_is_lacked(folder: Repository) -> None:
    root = str(folder.root)
    with Tracked(root, NAMED) as tracked:
        assert tracked.lacks([USER]) == tracked.ignored([USER]) == tracked.staged() == []
    assert objects.store(root, b"text") is None
    assert objects.read(root, ["HEAD:./a"]) == {}
    assert process.directory(root) is None


def test_without_git_nothing_is_lacked(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.root))
    root = str(repository.root)
    with Tracked(root, NAMED) as tracked:
        assert not tracked.is_known
        assert tracked.lacks([NEW]) == tracked.ignored([NEW]) == []
    assert objects.store(root, b"text") is None
    assert objects.read(root, ["HEAD:./a"]) == {}
    assert texts.unified(b"a", b"b") is None
    assert texts.hunks([("a", "b")]) is None
    with pytest.raises(CombineError) as raised:
        texts.merge("a", "b", "c")
    assert str(raised.value) == "git, which merges texts, is not installed; install it"


def test_store(repository: Repository) -> None:
    blob = objects.store(str(repository.root), b"\xff\r\n")
    assert blob
    assert repository.git("cat-file", "-p", blob) == "\udcff\r\n"
    assert objects.read(str(repository.root), [blob]) == {blob: b"\xff\r\n"}


def test_objects_that_are_missing_or_no_blobs_are_absent(repository: Repository) -> None:
    odd = "prisma/a b \u00e4 [x] 7"
    repository.write(odd, "odd\n")
    repository.commit()
    names = [f"HEAD:./{odd}", "HEAD:./a 5", "HEAD:./a\nb", "HEAD", "HEAD:prisma", "0" * 40]
    found = objects.read(str(repository.root), names)
    assert found == {f"HEAD:./{odd}": b"odd\n"}
    below = objects.read(str(repository.root / "prisma"), ["HEAD:./schema/user.prisma"])
    assert list(below) == ["HEAD:./schema/user.prisma"]


def test_long_lists_of_objects_do_not_block(repository: Repository) -> None:
    """Git starts to answer, and fills its pipe, before it has read all names."""
    data = b"x" * 500
    blob = objects.store(str(repository.root), data)
    names = [f"{blob}^{{blob}}{' ' * count}" for count in range(2000)]
    missing = [f"HEAD:./{'m' * 100}{number}" for number in range(5000)]
    found = objects.read(str(repository.root), [*missing, *names])
    assert len(found) == 0 or set(found.values()) == {data}
    assert objects.read(str(repository.root), [*missing, str(blob)]) == {str(blob): data}


def test_reading_stops_at_the_limit(repository: Repository) -> None:
    root = str(repository.root)
    blobs = [str(objects.store(root, bytes([65 + n]) * 1_000_000)) for n in range(20)]
    found = objects.read(root, blobs, limit=3_000_000)
    assert blobs[0] in found
    assert len(found) < 20
    assert all(len(data) == 1_000_000 for data in found.values())


# Where a hook runs, and the variables that git gives it there.


def test_a_hook_in_a_linked_worktree(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = repository.root / "linked"
    repository.git("worktree", "add", "--quiet", str(tree))
    git = repository.root / ".git" / "worktrees" / "linked"
    assert process.directory(str(tree)) == os.path.realpath(git)
    monkeypatch.chdir(tree / "prisma" / "schema")
    monkeypatch.setenv("GIT_DIR", str(git))
    for index in (git / "index", None):
        if index:
            monkeypatch.setenv("GIT_INDEX_FILE", str(index))
        else:
            monkeypatch.delenv("GIT_INDEX_FILE")
        assert _lacks(tree, [USER, OUTPUT]) == []
        assert _lacks(tree / "prisma", ["schema/user.prisma", "x"]) == ["x"]
        assert Index(str(tree), ["prisma"]).find("prisma/schema")
        assert process.directory(str(tree)) == os.path.realpath(git)


def test_a_hook_that_changes_to_another_work_tree_of_the_repository(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(NEW, "")
    repository.git("worktree", "add", "--quiet", "linked")
    repository.git("add", NEW)
    monkeypatch.setenv("GIT_DIR", str(repository.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository.root / ".git" / "index"))
    assert _lacks(repository.root, [NEW]) == []
    assert _lacks(repository.root / "linked", [NEW, USER]) == [NEW]


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "{}/.git"},
        {"GIT_DIR": "{}/.git", "GIT_INDEX_FILE": "{}/.git/index", "GIT_PREFIX": "a/"},
        {"GIT_DIR": "{}/.git", "GIT_WORK_TREE": "{}"},
        {"GIT_INDEX_FILE": "{}/.git/next-index-1.lock"},
        {"GIT_DIR": "{}/bare.git"},
        {"GIT_LITERAL_PATHSPECS": "1"},
        {"GIT_ICASE_PATHSPECS": "1"},
        {"GIT_DIR": "", "GIT_INDEX_FILE": ""},
    ],
    ids="-".join,
)
def test_a_hook_of_another_repository(
    repository: Repository,
    other: Repository,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
) -> None:
    other.git("clone", "--quiet", "--bare", ".", "bare.git")
    repository.write(NEW, "")
    monkeypatch.chdir(other.root)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(other.root))
    root = str(repository.root)
    assert _lacks(repository.root, [USER, NEW]) == [NEW]
    assert list(objects.read(root, ["HEAD:./prisma/schema/user.prisma"])) != []
    assert process.directory(root) == os.path.realpath(repository.root / ".git")


def test_a_hook_of_the_repository_around_a_submodule(
    repository: Repository, other: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("submodule", "--quiet", "add", str(other.root), "common")
    monkeypatch.chdir(repository.root)
    inner = repository.root / "common"
    git = repository.root / ".git" / "modules" / "common"
    assert process.directory(str(inner)) == os.path.realpath(git)
    for variables in (
        {"GIT_INDEX_FILE": str(repository.root / ".git" / "index")},
        {"GIT_DIR": ".git"},
        {"GIT_DIR": str(git), "GIT_INDEX_FILE": str(git / "index")},
    ):
        with monkeypatch.context() as changed:
            for name, value in variables.items():
                changed.setenv(name, value)
            assert _lacks(inner, ["enums.prisma", "x"]) == ["x"]


def test_the_caller_names_the_index(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `git commit PATH` does."""
    repository.write(NEW, "")
    index = str(repository.root / ".git" / "other-index")
    repository.git("add", NEW, environment={"GIT_INDEX_FILE": index})
    paths = ["schema/new.prisma", "schema/user.prisma"]
    monkeypatch.chdir(repository.root)
    for variables in (
        {"GIT_INDEX_FILE": index},
        {"GIT_INDEX_FILE": index, "GIT_DIR": ".git"},
        {"GIT_INDEX_FILE": ".git/other-index", "GIT_DIR": ".git"},
        {"GIT_INDEX_FILE": ".git/other-index"},
        {"GIT_INDEX_FILE": index, "GIT_DIR": ".git", "GIT_WORK_TREE": "."},
    ):
        with monkeypatch.context() as changed:
            for name, value in variables.items():
                changed.setenv(name, value)
            with Tracked(str(repository.root / "prisma"), ["schema"]) as tracked:
                assert tracked.lacks(paths) == ["schema/user.prisma"]


def test_the_caller_names_repository_and_work_tree(
    folder: Repository, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A work tree without `.git`, as people keep their dotfiles, or with one that leads nowhere."""
    git = tmp_path_factory.mktemp("bare") / "dots.git"
    folder.git("init", "--quiet", "--bare", "--template=", str(git))
    located = {"GIT_DIR": str(git), "GIT_WORK_TREE": "."}
    folder.git("add", "prisma", environment=located)
    folder.write(NEW, "")
    monkeypatch.chdir(folder.root)
    for variables in (located, {"GIT_DIR": str(git)}):
        with monkeypatch.context() as changed:
            for name, value in variables.items():
                changed.setenv(name, value)
            assert _lacks(folder.root, [USER, NEW]) == [NEW]
            assert process.directory(str(folder.root)) == str(git)
            folder.write(".git", "gitdir: /nowhere\n")
            assert _lacks(folder.root, [USER, NEW]) == [NEW]
            folder.remove(".git")


def _dangle(repository: Repository, _: pytest.MonkeyPatch) -> None:
    shutil.rmtree(repository.root / ".git")
    repository.write(".git", "gitdir: /nowhere/.git/worktrees/a\n")


def _own_by_another(_: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")


def _break_configuration(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write(".git/broken", "[\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repository.root / ".git" / "broken"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(_dangle, "not a git repository: ", id="git-file-leads-nowhere"),
        pytest.param(_own_by_another, "detected dubious ownership in repository at '", id="owner"),
        pytest.param(_break_configuration, "bad config line 1 in file ", id="configuration"),
    ],
)
def test_a_repository_that_git_refuses(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Repository, pytest.MonkeyPatch], None],
    message: str,
) -> None:
    change(repository, monkeypatch)
    root = str(repository.root)
    for call in (
        lambda: _lacks(repository.root, [USER]),
        lambda: objects.read(root, ["HEAD:./a"]),
        lambda: Index(root, NAMED).find("prisma"),
    ):
        with pytest.raises(process.GitError) as raised:
            call()
        assert str(raised.value).startswith(f"git failed: {message}")
        assert str(raised.value).endswith("; check `git status`")
        assert "\n" not in str(raised.value)
    # These need no repository.
    assert texts.unified(b"a\n", b"b\n")
    assert texts.hunks([("a\n", "b\n")]) == [[(0, 1, 0, 1)]]


@pytest.mark.posix
def test_a_git_file_that_is_no_file_is_not_read(folder: Repository) -> None:
    os.mkfifo(folder.root / ".git")
    assert process.directory(str(folder.root)) is None
    with pytest.raises(process.GitError):
        _lacks(folder.root, [USER])


# Processes.


@pytest.mark.posix
@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param("exec sleep 60", "git took longer than 0.2 seconds", id="hangs"),
        pytest.param("sleep 60", "git took longer than 0.2 seconds", id="child-hangs"),
        pytest.param(
            "exec >&- 2>&- sleep 60", "git took longer than 0.2 seconds", id="hangs-silently"
        ),
        pytest.param("exec yes", "git took longer than 0.2 seconds", id="never-ends"),
        pytest.param(
            "echo warning: x >&2; echo 'fatal: no luck' >&2; echo more >&2; exit 128",
            "git failed: no luck",
            id="fails",
        ),
        pytest.param("exit 3", "git failed: exit 3", id="fails-silently"),
        pytest.param("kill -9 $$", "git failed: exit -9", id="is-killed"),
    ],
)
def test_git_hangs_or_fails(
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
    monkeypatch.setattr(process, "TIMEOUT", 0.2)
    started = time.monotonic()
    with pytest.raises(process.GitError) as raised:
        objects.store(str(repository.root), b"x" * 1_000_000)
    assert str(raised.value) == f"{message}; check `git status`"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("code", "ended", "cut"),
    [
        pytest.param("read(); out('o' * 200000); err('e' * 200000)", 0, False, id="long-output"),
        pytest.param("out('o' * 200000); err('e' * 200000); read()", 0, False, id="late-input"),
        pytest.param("out('o' * 200000); err('e' * 200000); sys.exit(7)", 7, False, id="no-input"),
        pytest.param("out('o' * 200000); err('e' * 200000); time.sleep(60)", -9, True, id="hangs"),
    ],
)
@pytest.mark.parametrize("child", CHILDREN, ids=lambda child: child.__module__.split(".")[-1])
def test_a_program_is_read_to_its_end(
    child: "type[popen.Child]", code: str, ended: int, cut: bool
) -> None:
    program = f"""
import sys, time
read, out, err = sys.stdin.read, sys.stdout.write, sys.stderr.write
{code}
sys.stdout.flush()
"""
    limit = time.monotonic() + (0.8 if cut else 20)
    command = [sys.executable, "-c", program.replace("; time", "; sys.stdout.flush(); time")]
    process = child(command, dict(os.environ), has_input=True)
    out, errors = process.communicate(b"i" * 300_000, limit, sys.maxsize)
    assert (out, errors) == (b"o" * 200_000, b"e" * 200_000)
    assert process.is_cut is cut
    assert process.returncode == ended or os.name == "nt"
    process.kill()


@pytest.mark.parametrize("child", CHILDREN, ids=lambda child: child.__module__.split(".")[-1])
def test_a_program_can_be_killed_unread(child: "type[popen.Child]") -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    process = child(command, dict(os.environ), has_input=True)
    process.kill()
    assert process.returncode
    with pytest.raises(FileNotFoundError):
        child(["prisma-combine-no-such-program"], dict(os.environ), has_input=False)


@pytest.mark.posix
def test_a_git_that_cannot_be_started(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_bytes(b"")
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(process.GitError) as raised:
        objects.store(str(repository.root), b"")
    assert str(raised.value) == "can't start git: permission denied"


@pytest.mark.posix
def test_processes_start_with_any_standard_streams_closed(repository: Repository) -> None:
    code = (
        "import os, sys\n"
        "for n in map(int, sys.argv[1]): os.close(n)\n"
        "from prisma_combine.git import objects\n"
        "blob = objects.store('.', b'text')\n"
        "os._exit(objects.read('.', [blob]) != {blob: b'text'})\n"
    )
    for closed in ("", "0", "1", "2", "01", "02", "12", "012"):
        command = [sys.executable, "-c", code, closed]
        ended = subprocess.run(command, cwd=repository.root, env=os.environ, check=False)
        assert ended.returncode == 0, closed


@pytest.mark.posix
def test_processes_start_with_ignored_child_signals(repository: Repository) -> None:
    code = (
        "import signal\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "from prisma_combine.git import objects\n"
        "assert objects.store('.', b'text')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=repository.root, check=False)
    assert ended.returncode == 0


@pytest.mark.posix
def test_no_program_of_the_repository_is_run(repository: Repository) -> None:
    repository.write("spy", "#!/bin/sh\ntouch ran\n")
    (repository.root / "spy").chmod(0o755)
    for key in (
        *("core.fsmonitor", "core.pager", "diff.external", "filter.x.clean", "filter.x.smudge"),
        *("diff.x.textconv", "core.sshCommand", "gpg.program"),
    ):
        repository.git("config", key, str(repository.root / "spy"))
    repository.write(".gitattributes", "* filter=x diff=x\n")
    repository.write(USER, "")
    repository.write(NEW, "")
    root = str(repository.root)
    with Tracked(root, NAMED) as tracked:
        tracked.lacks([USER, NEW])
        tracked.ignored([USER, NEW])
        tracked.staged()
    blob = objects.store(root, b"x")
    objects.read(root, [str(blob), "HEAD:./prisma/schema/user.prisma"])
    assert not (repository.root / "ran").exists()


# Diffs and merges.


def test_unified() -> None:
    assert texts.unified(b"a\n", b"a\n") == b""
    diff = texts.unified(b"a\nb\r\n\xff", b"a\nc\n")
    assert diff is not None
    assert diff.partition(b"@@")[2] == (
        b" -1,3 +1,2 @@\n a\n-b\r\n-\xff\n\\ No newline at end of file\n+c\n"
    )


def test_merge() -> None:
    assert texts.merge("a\n\n\nb\n", "a1\n\n\nb\n", "a\n\n\nb2\udcff") == (
        "a1\n\n\nb2\udcff",
        True,
    )
    assert texts.merge("a\n", "b\n", "c\n", ("mine", "yours")) == (
        "<<<<<<< mine\nb\n=======\nc\n>>>>>>> yours\n",
        False,
    )


_LINES = ["a\n", "b\n", "}\n", "\n", " \n", "\t\n", "x\r\n", "@@ -1 +1 @@\n", "\udcff\n", "c", "\r"]
_text = st.lists(st.sampled_from(_LINES), max_size=8).map("".join)


@given(st.lists(st.tuples(_text, st.one_of(_text, st.just(""))), max_size=6))
def test_hunks_turn_each_old_text_into_the_new_one(pairs: list[tuple[str, str]]) -> None:
    found = texts.hunks(pairs)
    assert found is not None
    assert len(found) == len(pairs)
    for (old, new), hunks in zip(pairs, found, strict=True):
        before, after = _lines(old), _lines(new)
        made: list[str] = []
        at = 0
        for old_start, old_count, new_start, new_count in hunks:
            assert old_count or new_count
            made += before[at:old_start]
            assert len(made) == new_start
            made += after[new_start : new_start + new_count]
            at = old_start + old_count
        assert made + before[at:] == after


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def test_equal_pairs_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert texts.hunks([("a", "a"), ("", "")]) == [[], []]
    assert texts.hunks([]) == []


def test_a_block_added_between_two_alike_is_one_hunk() -> None:
    blocks = [f"model {name} {{\n  id Int @id\n}}\n\n" for name in "ABC"]
    old, new = blocks[0] + blocks[2], "".join(blocks)
    assert texts.hunks([("x\n", "y\n"), (old, new)]) == [[(0, 1, 0, 1)], [(4, 0, 4, 4)]]


HOSTILE = """\
[diff]
external = false
noprefix = true
mnemonicPrefix = true
context = 0
interHunkContext = 100
algorithm = patience
renames = copies
orderFile = /nonexistent
[diff "broken"]
textconv = false
command = false
xfuncname = "("
[color]
ui = always
[core]
attributesFile = ATTRIBUTES
pager = false
[merge]
conflictStyle = diff3
"""


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_CONFIG_GLOBAL": "{}/hostile"},
        {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "diff.external",
            "GIT_CONFIG_VALUE_0": "false",
        },
        {"GIT_EXTERNAL_DIFF": "false"},
        {"GIT_DIFF_OPTS": "-u0"},
        {"GIT_TRACE": "1"},
        {"GIT_DIR": "{}/nowhere", "GIT_WORK_TREE": "/"},
        {"TMPDIR": "{}"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_no_setting_changes_a_diff_or_a_merge(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    old = "".join(f"{number}\n" for number in range(20))
    new = old.replace("3\n", "x\n")

    def results() -> tuple[object, ...]:
        return (
            texts.unified(old.encode(), new.encode()),
            texts.hunks([(old, new)]),
            texts.merge(old, new, old.replace("3\n", "y\n")),
        )

    plain = results()
    repository.write("attributes", "* diff=broken binary -text merge=binary\n")
    repository.write("hostile", HOSTILE.replace("ATTRIBUTES", f"{repository.root}/attributes"))
    repository.git("config", "diff.noprefix", "true")
    repository.write(".gitattributes", "* -diff\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(repository.root))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert results() == plain


def test_temporary_folders_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # Windows has other variables
    old, new = "prisma-combine-0123456789abcdef.tmp", "prisma-combine-fedcba9876543210.tmp"
    others = ["prisma-combine-projects", f"x{old}"]
    for name in (old, new, *others):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_bytes(b"")
        if name != new:
            os.utime(tmp_path / name, (0, time.time() - DAY - 60))
    with texts.Unified(b"a", b"b"):
        assert len(os.listdir(tmp_path)) == 4
    with pytest.raises(InterruptedError), texts.Unified(b"a", b"b"):
        raise InterruptedError
    assert sorted(os.listdir(tmp_path)) == sorted([new, *others])


def test_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", os.path.join(os.sep, "nowhere"))
    monkeypatch.setattr("tempfile.tempdir", os.path.join(os.sep, "nowhere"))
    with pytest.raises(CombineError) as raised:
        texts.unified(b"a", b"b")
    assert str(raised.value) == (
        "can't write temporary files: no such file or directory;"
        " set TMPDIR to a folder with free space"
    )
