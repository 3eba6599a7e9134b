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
    files.write({str(link): b"a", str(new): b"c"})
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
    files.write({str(file): b"new"})
    assert (file.read_bytes(), (file.stat().st_uid, file.stat().st_gid)) == (b"new", owner)


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
            files.write({str(first): b"new", str(locked): b"new"})
        locked.parent.chmod(0o755)
    assert str(raised.value) == f"folder/locked: {message}"
    assert {path.name for path in tmp_path.rglob("*")} == {"first", "folder", "locked"}
    assert first.read_bytes() == locked.read_bytes() == b"old"


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
