"""Reading files, and replacing them all or none."""

import os
import stat
import time
from pathlib import Path

import pytest

from prisma_combine.errors import CombineError
from prisma_combine.files import atomic, reading
from support.users import NOBODY, ordinary_user

DAY = 24 * 60 * 60


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _replace(*files: Path) -> None:
    paths = [str(file) for file in files]
    atomic.write(dict.fromkeys(paths, b"new"), dict.fromkeys(paths, b"old"))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


@pytest.mark.posix
def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    real, link, new = tmp_path / "real" / "a", tmp_path / "b", tmp_path / "new" / "c"
    real.parent.mkdir()
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to("real/a")
    atomic.write({str(link): b"a", str(new): b"c"}, {str(link): b"old", str(new): None})
    assert (real.read_bytes(), new.read_bytes()) == (b"a", b"c")
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~umask
    assert _names(tmp_path) == {"a", "b", "c", "new", "real"}


@pytest.mark.posix
def test_the_owner_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
    owner = file.stat().st_uid, file.stat().st_gid
    _replace(file)
    assert (file.read_bytes(), (file.stat().st_uid, file.stat().st_gid)) == (b"new", owner)


@pytest.mark.posix
@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "reason"),
    [
        pytest.param(0o555, 0o644, "permission denied", id="read-only-folder"),
        pytest.param(0o755, 0o444, "file is read-only", id="read-only-file"),
    ],
)
def test_one_file_that_cannot_be_written_leaves_all_as_they_were(
    tmp_path: Path, folder_mode: int, file_mode: int, reason: str
) -> None:
    first, locked = tmp_path / "first", tmp_path / "folder" / "locked"
    locked.parent.mkdir()
    for file in (first, locked):
        file.write_bytes(b"old")
    locked.chmod(file_mode)
    locked.parent.chmod(folder_mode)
    with ordinary_user(), pytest.raises(CombineError) as raised:
        _replace(first, locked)
    locked.parent.chmod(0o755)
    assert str(raised.value) == (
        f"folder/locked: can't write output: {reason}; make the file and its folder writable"
    )
    assert _names(tmp_path) == {"first", "folder", "locked"}
    assert first.read_bytes() == locked.read_bytes() == b"old"


@pytest.mark.posix
def test_files_already_replaced_are_put_back(tmp_path: Path) -> None:
    first, new, folder = tmp_path / "first", tmp_path / "new", tmp_path / "folder"
    first.write_bytes(b"old")
    first.chmod(0o600)
    folder.mkdir()
    with pytest.raises(CombineError) as raised:
        atomic.write(
            dict.fromkeys(map(str, (first, new, folder)), b"new"),
            {str(first): b"old", str(new): None},
        )
    assert str(raised.value) == (
        "folder: can't write output: is a directory; make the file and its folder writable"
    )
    assert _names(tmp_path) == {"first", "folder"}
    assert (first.read_bytes(), stat.S_IMODE(first.stat().st_mode)) == (b"old", 0o600)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    file = tmp_path / "a"
    file.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CombineError) as raised:
        _replace(file)
    assert str(raised.value) == ("a: can't write output: no space left on device; free some space")
    assert (_names(tmp_path), file.read_bytes()) == ({"a"}, b"old")


@pytest.mark.parametrize("now", [b"edited", None], ids=["edited", "deleted"])
def test_a_file_that_changed_since_it_was_read_is_kept(tmp_path: Path, now: bytes | None) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"old")
    if now is not None:
        second.write_bytes(now)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(CombineError) as raised:
        _replace(first, second)
    assert str(raised.value) == "second: changed while prisma-combine ran; run it again"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_another_run_may_have_written_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"old")
    second.write_bytes(b"new")
    _replace(first, second)
    assert first.read_bytes() == second.read_bytes() == b"new"


def test_only_old_leftovers_of_killed_runs_are_removed(tmp_path: Path) -> None:
    names = {
        "old": ".a.prisma.0123456789abcdef.tmp",
        "of another run": ".a.prisma.fedcba9876543210.tmp",
        "not ours": ".a.prisma.0123.tmp",
        "not hidden": "a.prisma.0123456789abcdef.tmp",
    }
    for key, name in names.items():
        (tmp_path / name).write_bytes(b"")
        if key != "of another run":
            os.utime(tmp_path / name, (0, time.time() - DAY - 60))
    file = tmp_path / "a.prisma"
    file.write_bytes(b"old")
    _replace(file)
    assert _names(tmp_path) == {"a.prisma", *names.values()} - {names["old"]}


@pytest.mark.posix
def test_a_folder_that_the_caller_has_locked_is_no_obstacle(tmp_path: Path) -> None:
    """`flock . prisma-combine combine` is a common way to serialize scripts."""
    import fcntl

    file = tmp_path / "a"
    file.write_bytes(b"old")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _replace(file)
    finally:
        os.close(descriptor)
    assert file.read_bytes() == b"new"


def test_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"\0\r\n")
    assert reading.read(str(file)) == b"\0\r\n"
    with reading.opened(str(file)) as opened:
        assert opened is not None
        assert opened.read() == b"\0\r\n"


def test_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    for name in ("b", "a/b"):
        assert reading.read(str(tmp_path / name)) is None
        with reading.opened(str(tmp_path / name)) as opened:
            assert opened is None


@pytest.mark.posix
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("fifo", "fifo: not a regular file; replace it with a text file"),
        ("/dev/null", "/dev/null: not a regular file; replace it with a text file"),
        ("folder", "folder: can't read file: is a directory; replace it with a text file"),
        ("loop", "loop: symbolic link loop; replace it with the file itself"),
        ("secret", "secret: can't read file: permission denied; make it readable"),
    ],
    ids=lambda value: value if " " not in value else "",
)
def test_what_is_not_a_readable_file_is_refused(tmp_path: Path, path: str, message: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "secret").write_bytes(b"")
    (tmp_path / "secret").chmod(0)
    with ordinary_user():
        with pytest.raises(CombineError) as raised:
            reading.read(str(tmp_path / path))
        assert str(raised.value) == message
        with pytest.raises(CombineError) as raised, reading.opened(str(tmp_path / path)):
            pass
        assert str(raised.value) == message
