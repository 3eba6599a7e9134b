"""Temporary files, and an end to those that a killed run left behind.

A run that has some holds a lock, which the system takes back however the run ends. So what nobody
has locked is nobody's any more, and is removed by the next run that has use for such files.
Where there are no such locks, as on Windows, what a killed run left stays.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from prisma_combine.errors import CombineError

_BESIDE = re.compile(r"\..+\.(?:prisma|toml)\.[0-9a-f]{8}\.tmp")
_PREFIX = ".prisma-combine-"
_FOLDER = re.compile(re.escape(_PREFIX) + "[a-z0-9_]{8}")


def beside(path: str) -> str:
    """A path, as yet free, for what is to be moved to `path`: in the same folder."""
    folder, name = os.path.split(path)
    # Hidden and without the ending .prisma, so that nobody takes it for a source.
    return os.path.join(folder, f".{name}.{os.urandom(4).hex()}.tmp")


@contextmanager
def kept(root: str) -> Iterator[None]:
    """Keeps what is put beside files below the root from being swept away meanwhile."""
    with _opened(root) as descriptor:
        _lock(descriptor, shared=True)
        yield


def sweep(root: str, paths: Iterable[str]) -> None:
    """Removes what killed runs left beside files below the root, unless another is at work."""
    with _opened(root) as descriptor:
        if _lock(descriptor):
            for folder in {os.path.dirname(path) for path in paths}:
                for name in filter(_BESIDE.fullmatch, _names(folder)):
                    with suppress(OSError):
                        os.unlink(os.path.join(folder, name))


@contextmanager
def folder(texts: Mapping[str, bytes]) -> Iterator[str]:
    """A temporary folder with these files, gone afterwards, as are those that killed runs left.

    Raises CombineError when there is no room for it.
    """
    try:
        with _folder() as path:
            for name, data in texts.items():
                with open(os.path.join(path, name), "wb") as file:
                    file.write(data)
            yield path
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CombineError(f"temporary files can't be written: {why}; make room for them") from None


@contextmanager
def _folder() -> Iterator[str]:
    above = tempfile.gettempdir()
    for name in filter(_FOLDER.fullmatch, _names(above)):
        path = os.path.join(above, name)
        with _opened(path) as descriptor:
            if _lock(descriptor):
                _remove(path, descriptor)
    while True:
        path = tempfile.mkdtemp(prefix=_PREFIX, dir=above)
        with _opened(path) as descriptor:
            _lock(descriptor, shared=True)
            if not os.path.exists(path):  # another run has swept it before it was locked
                continue
            try:
                yield path
            finally:
                _remove(path, descriptor)
            return


@contextmanager
def _opened(folder: str) -> Iterator[int | None]:
    """A folder's descriptor; None where it is none, or can't be opened, as on Windows."""
    flags = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(folder, flags)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int | None, *, shared: bool = False) -> bool:
    """Locks a folder until it is closed: with others, or alone if nobody else has locked it."""
    if sys.platform == "win32" or descriptor is None:
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # locked, or no locks on this file system
        return False
    return True


def _names(folder: str | int) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _remove(folder: str, descriptor: int | None) -> None:
    """Removes a folder and the files in it; nothing below, and nothing by way of a link."""
    with suppress(OSError):
        for name in _names(folder if descriptor is None else descriptor):
            if descriptor is None:
                os.unlink(os.path.join(folder, name))
            else:
                os.unlink(name, dir_fd=descriptor)
        os.rmdir(folder)
