"""Reads whole files, and replaces them atomically with their permissions kept."""

import contextlib
import errno
import os
import stat
from collections.abc import Mapping

from prisma_combine.errors import CombineError

# Without O_NONBLOCK a FIFO waits for a writer that may never come. Windows has no such flag, and
# one of its own against changing newlines.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(path: str) -> bytes | None:
    """A regular file's bytes; None when there is no such file.

    Raises CombineError when it is something else, or can't be read.
    """
    try:
        descriptor = os.open(path, _READ)
        try:
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if not stat.S_ISREG(status.st_mode):
                raise CombineError(f"{shown(path)}: is no regular file; put a text file there")
            # As a rule the whole file in one call: hundreds of them are read on every commit.
            data = os.read(descriptor, status.st_size + 1)
            while more := os.read(descriptor, 1 << 20):
                data += more
            return data
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CombineError(
            f"{shown(path)}: can't be read: {reason(error)}; put a readable file there"
        ) from None


def write(texts: Mapping[str, bytes]) -> None:
    """Replaces files, or makes them: each whole or not at all, permissions and owner kept.

    A symbolic link stays; what it points to is replaced.
    Raises CombineError when one of them can't be written; then none is.
    """
    temporary: dict[str, str] = {}
    path = ""
    try:
        for path, data in texts.items():
            real = os.path.realpath(path)
            temporary[real] = _temporary(real)
            _prepare(real, temporary[real], data)
        for path, ready in temporary.items():
            os.replace(ready, path)
            _sync_folder(os.path.dirname(path))
    except OSError as error:
        raise CombineError(
            f"{shown(path)}: can't be written: {reason(error)}; make file and folder writable"
        ) from None
    finally:
        for ready in temporary.values():
            with contextlib.suppress(OSError):
                os.unlink(ready)


def _temporary(path: str) -> str:
    folder, name = os.path.split(path)
    # Hidden and without the ending .prisma, so that nobody takes it for a source.
    return os.path.join(folder, f".{name}.{os.getpid()}.tmp")


def _prepare(path: str, temporary: str, data: bytes) -> None:
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _keep_permissions(path, temporary)


def _keep_permissions(path: str, temporary: str) -> None:
    try:
        old = os.stat(path)
    except FileNotFoundError:
        return
    new = os.stat(temporary)
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        # Only root may give files away; for anybody else the new file is their own.
        with contextlib.suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
    os.chmod(temporary, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: str) -> None:
    """Makes the replacement outlive a power cut, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some file systems can't sync a folder
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
