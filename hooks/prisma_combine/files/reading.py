"""Read files."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO

from prisma_combine.errors import CombineError

# Without O_NONBLOCK, opening a FIFO waits for a writer. Windows doesn't have it, but has
# O_BINARY, without which newlines change.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(path: str) -> bytes | None:
    """Return a regular file's bytes; None when there is no such file.

    Raises CombineError when it is something else or can't be read.
    """
    try:
        descriptor, size = _open(path)
        try:
            # Usually the whole file in one call: a passing check may read hundreds of them.
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
    """Open a regular file that may be large. Yields and raises what `read` does."""
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


def reason(error: OSError) -> str:
    """Return an operating system error in words: `permission denied`."""
    return (error.strerror or type(error).__name__).lower()


def shown(path: str, root: str = "") -> str:
    """Return a path as it is shown: relative to the working directory where that is shorter.

    `root` is the folder that the path is relative to, if it isn't the working directory.
    """
    try:
        if root and root == os.getcwd():  # as a rule, and for every source
            return path
        path = os.path.join(root, path)
        return min(os.path.relpath(path), path, key=len).replace(os.sep, "/")
    except (OSError, ValueError):  # no working directory; another drive on Windows
        return os.path.join(root, path)


def typed(path: str) -> str:
    """Return a path as it is typed in a command."""
    if os.name == "nt":
        return f'"{path}"' if " " in path else path
    from shlex import quote  # needed for messages only

    return quote(path)


def _open(path: str) -> tuple[int, int]:
    """Return the descriptor and the size of a regular file."""
    descriptor = os.open(path, _READ)
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status.st_size
    os.close(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise CombineError(f"{shown(path)}: not a regular file; replace it with a text file")


def _unreadable(path: str, error: OSError) -> CombineError:
    if error.errno == errno.ELOOP:
        return CombineError(f"{shown(path)}: symbolic link loop; replace it with the file itself")
    fix = "replace it with a text file" if error.errno == errno.EISDIR else "make it readable"
    return CombineError(f"{shown(path)}: can't read file: {reason(error)}; {fix}")
