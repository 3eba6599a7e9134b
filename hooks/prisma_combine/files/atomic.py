"""Replace files atomically, with their permissions kept."""

import contextlib
import errno
import os
import re
import stat
import time
from collections.abc import Iterable, Mapping

from prisma_combine.errors import CombineError
from prisma_combine.files.reading import read, reason, shown

_DAY = 24 * 60 * 60.0
_TEMPORARY = re.compile(r"\..+\.(?:prisma|toml|json)\.[0-9a-f]{16}\.tmp")


def write(new: Mapping[str, bytes], seen: Mapping[str, bytes | None]) -> None:
    """Replace or create files: all of them, or none.

    `seen` has what was read of these files, and of others that their new texts depend on; None
    for no file. A symbolic link stays; the file it leads to is replaced. Raises CombineError when
    one can't be written, or isn't as it was seen; then all are as before.
    """
    new = {os.path.realpath(path): data for path, data in new.items()}
    seen = {os.path.realpath(path): data for path, data in seen.items()}
    ready: dict[str, str] = {}
    done: list[str] = []
    path = ""
    try:
        for path, data in new.items():
            ready[path] = beside(path)
            _prepare(path, ready[path], data)
        for path, old in seen.items():
            # Another run may have written the same.
            if read(path) not in (old, new.get(path, old)):
                raise CombineError(f"{shown(path)}: changed while prisma-combine ran; run it again")
        for path in new:
            os.replace(ready[path], path)
            done.append(path)
            _sync_folder(os.path.dirname(path))
    except OSError as error:
        for other in done:
            ready[other] = beside(other)
            _put_back(other, ready[other], seen[other])
        raise _unwritable(path, error) from None
    finally:
        for left in ready.values():
            with contextlib.suppress(OSError):
                os.unlink(left)
        sweep({os.path.dirname(path) for path in new})


def beside(path: str) -> str:
    """Return the path of a new file in the same folder: hidden, and not that of a source."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.{os.urandom(8).hex()}.tmp")


def _prepare(path: str, ready: str, data: bytes) -> None:
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "file is read-only")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(ready, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _keep_permissions(path, ready)


def _put_back(path: str, ready: str, old: bytes | None) -> None:
    with contextlib.suppress(OSError):
        if old is None:
            os.unlink(path)
        else:
            _prepare(path, ready, old)
            os.replace(ready, path)


def _keep_permissions(path: str, ready: str) -> None:
    try:
        old = os.stat(path)
    except FileNotFoundError:
        return
    new = os.stat(ready)
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        # Only root may give files away; anyone else keeps the new file as their own.
        with contextlib.suppress(PermissionError):
            os.chown(ready, old.st_uid, old.st_gid)
    os.chmod(ready, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: str) -> None:
    """Make the replacement survive a power cut, where the system can."""
    if os.name == "posix":
        with contextlib.suppress(OSError):  # not every file system can, nor every user
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def sweep(folders: Iterable[str]) -> None:
    """Remove what killed runs left in these folders more than a day ago."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for name in filter(_TEMPORARY.fullmatch, os.listdir(folder)):
                left = os.path.join(folder, name)
                if os.lstat(left).st_mtime < time.time() - _DAY:
                    os.unlink(left)


def _unwritable(path: str, error: OSError) -> CombineError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    fix = "free some space" if full else "make the file and its folder writable"
    return CombineError(f"{shown(path)}: can't write output: {reason(error)}; {fix}")
