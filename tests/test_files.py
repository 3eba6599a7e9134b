import os
import stat
from pathlib import Path

import pytest

from conftest import NOBODY, ordinary_user
from prisma_combine import files
from prisma_combine.errors import CombineError


def test_write_keeps_permissions_and_links(tmp_path: Path) -> None:
    real, link, new = tmp_path / "real" / "a", tmp_path / "b", tmp_path / "new" / "c"
    real.parent.mkdir()
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to("real/a")
    files.write(
        str(tmp_path), {str(link): b"a", str(new): b"c"}, {str(link): b"old", str(new): None}
    )
    assert (real.read_bytes(), new.read_bytes()) == (b"a", b"c")
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~umask
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "c", "new", "real"]


def test_write_keeps_the_owner(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
    owner = file.stat().st_uid, file.stat().st_gid
    files.write(str(tmp_path), {str(file): b"new"}, {str(file): b"old"})
    assert (file.read_bytes(), (file.stat().st_uid, file.stat().st_gid)) == (b"new", owner)


def _write_both(first: Path, second: Path) -> None:
    paths = [str(first), str(second)]
    files.write(str(first.parent), dict.fromkeys(paths, b"new"), dict.fromkeys(paths, b"old"))


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "message"),
    [
        (0o555, 0o644, "can't be written: permission denied; make file and folder writable"),
        (0o755, 0o444, "can't be written: the file is read-only; make file and folder writable"),
    ],
)
def test_write_writes_all_or_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder_mode: int,
    file_mode: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    first, locked = tmp_path / "first", tmp_path / "folder" / "locked"
    locked.parent.mkdir()
    for file in (first, locked):
        file.write_bytes(b"old")
    with ordinary_user(tmp_path):
        locked.chmod(file_mode)
        locked.parent.chmod(folder_mode)
        with pytest.raises(CombineError) as raised:
            _write_both(first, locked)
        locked.parent.chmod(0o755)
    assert str(raised.value) == f"folder/locked: {message}"
    assert {path.name for path in tmp_path.rglob("*")} == {"first", "folder", "locked"}
    assert first.read_bytes() == locked.read_bytes() == b"old"


def test_what_can_not_be_finished_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, new, folder = tmp_path / "first", tmp_path / "new", tmp_path / "folder"
    first.write_bytes(b"old")
    first.chmod(0o600)
    folder.mkdir()
    with pytest.raises(CombineError) as raised:
        files.write(
            str(tmp_path),
            dict.fromkeys(map(str, (first, new, folder)), b"new"),
            {str(first): b"old", str(new): None},
        )
    assert str(raised.value) == (
        "folder: can't be written: is a directory; make file and folder writable"
    )
    assert {path.name for path in tmp_path.rglob("*")} == {"first", "folder"}
    assert (first.read_bytes(), stat.S_IMODE(first.stat().st_mode)) == (b"old", 0o600)


@pytest.mark.parametrize("now", [b"edited", None])
def test_what_has_changed_since_it_was_read_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: bytes | None
) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"old")
    if now is not None:
        second.write_bytes(now)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(CombineError) as raised:
        _write_both(first, second)
    assert str(raised.value) == "second: has just changed; run this again"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    # But another run may have written the same.
    second.write_bytes(b"new")
    _write_both(first, second)
    assert first.read_bytes() == second.read_bytes() == b"new"


def test_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file, fifo = tmp_path / "a", tmp_path / "fifo"
    file.write_bytes(b"\0\r\n")
    os.mkfifo(fifo)
    assert files.read(str(file)) == b"\0\r\n"
    assert files.read(str(tmp_path / "b")) is files.read(str(file / "b")) is None
    for path, message in (
        (str(fifo), "fifo: is no regular file; put a text file there"),
        (str(tmp_path), ".: can't be read: is a directory; put a readable file there"),
        ("/dev/null", "/dev/null: is no regular file; put a text file there"),
    ):
        with pytest.raises(CombineError) as raised:
            files.read(path)
        assert str(raised.value) == message
    with ordinary_user(tmp_path):
        file.chmod(0)
        with pytest.raises(CombineError) as raised:
            files.read(str(file))
    assert str(raised.value) == "a: can't be read: permission denied; put a readable file there"
