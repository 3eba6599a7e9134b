"""Reads whole files, and replaces them atomically with their permissions kept."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from prisma_combine.errors import CombineError

# Without O_NONBLOCK a FIFO waits for a writer that may never come. Windows has no such flag, and
# one of its own against changing newlines.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(path: str) -> bytes | None:
    """A regular file's bytes; None when there is no such file.

    Raises CombineError when it is something else, or can't be read.
    """
    try:
        descriptor, size = _open(path)
        try:
            # As a rule the whole file in one call: hundreds of them are read on every commit.
            data = os.read(descriptor, size + 1)
            while len(data) != size and (more := os.read(descriptor, 1 << 20)):
                data += more
            return data
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(path, error) from None


@contextlib.contextmanager
def opened(path: str) -> Iterator[BinaryIO | None]:
    """The same to be read piece by piece."""
    try:
        descriptor, _ = _open(path)
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    except OSError as error:
        raise _unreadable(path, error) from None
    with open(descriptor, "rb") as file:
        try:
            yield file
        except OSError as error:
            raise _unreadable(path, error) from None


def _open(path: str) -> tuple[int, int]:
    """The descriptor and the size of a regular file."""
    descriptor = os.open(path, _READ)
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status.st_size
    os.close(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise CombineError(f"{shown(path)}: is no regular file; put a text file there")


def _unreadable(path: str, error: OSError) -> CombineError:
    return CombineError(f"{shown(path)}: can't be read: {reason(error)}; put a readable file there")


def write(root: str, new: Mapping[str, bytes], seen: Mapping[str, bytes | None]) -> None:
    """Replaces files below the root, or makes them: each whole or not at all.

    `seen` is what was read of these, and of others on which their new texts rest; None for no file.
    Permissions and owner are kept. A symbolic link stays; what it points to is replaced.
    Raises CombineError when one can't be written, or is not as it was seen; then all are as before.
    """
    from prisma_combine import temporary  # 5 ms that a check which passes does not spend

    new = {os.path.realpath(path): data for path, data in new.items()}
    seen = {os.path.realpath(path): data for path, data in seen.items()}
    ready: dict[str, str] = {}
    done: list[str] = []
    path = ""
    with temporary.kept(root):
        try:
            for path, data in new.items():
                ready[path] = temporary.beside(path)
                _prepare(path, ready[path], data)
            for path, old in seen.items():
                # Another run may have come to the same end first.
                if read(path) not in (old, new.get(path, old)):
                    raise CombineError(f"{shown(path)}: has just changed; run this again")
            for path in new:
                os.replace(ready[path], path)
                done.append(path)
                _sync_folder(os.path.dirname(path))
        except OSError as error:
            for other in done:
                ready[other] = temporary.beside(other)
                _put_back(other, ready[other], seen[other])
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            remedy = "make room" if full else "make file and folder writable"
            raise CombineError(
                f"{shown(path)}: can't be written: {reason(error)}; {remedy}"
            ) from None
        finally:
            for left in ready.values():
                with contextlib.suppress(OSError):
                    os.unlink(left)


def _put_back(path: str, ready: str, old: bytes | None) -> None:
    with contextlib.suppress(OSError):
        if old is None:
            os.unlink(path)
        else:
            _prepare(path, ready, old)
            os.replace(ready, path)


def _prepare(path: str, ready: str, data: bytes) -> None:
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(ready, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _keep_permissions(path, ready)


def _keep_permissions(path: str, ready: str) -> None:
    try:
        old = os.stat(path)
    except FileNotFoundError:
        return
    new = os.stat(ready)
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        # Only root may give files away; for anybody else the new file is their own.
        with contextlib.suppress(PermissionError):
            os.chown(ready, old.st_uid, old.st_gid)
    os.chmod(ready, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: str) -> None:
    """Makes the replacement outlive a power cut, where the system can."""
    if os.name == "posix":
        with contextlib.suppress(OSError):  # not every file system can, nor every user
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def reason(error: OSError) -> str:
    """An operating system error in words: `permission denied`."""
    return (error.strerror or type(error).__name__).lower()


def shown(path: str) -> str:
    """A path as it is shown: relative to the working directory where that is shorter."""
    try:
        return min(os.path.relpath(path), path, key=len)
    except (OSError, ValueError):  # no working directory; another drive
        return path
