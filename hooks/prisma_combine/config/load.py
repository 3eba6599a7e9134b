"""prisma-combine.toml: finding and reading it."""

import os
from collections.abc import Callable
from typing import NamedTuple

from prisma_combine.config.table import Target, parse
from prisma_combine.errors import CombineError
from prisma_combine.files import reading

NAME = "prisma-combine.toml"
_DEPTH = 3
"""how many folders deep a configuration is searched below the working directory"""
_MOST = 2000
"""how many folders are searched for it"""


class Config(NamedTuple):
    """A configuration file and its contents."""

    path: str
    """as it is shown: relative to the working directory where that is shorter"""
    root: str
    """its folder: absolute, without symbolic links"""
    text: str
    targets: tuple[Target, ...]
    outputs: frozenset[str]
    """of all targets"""

    def where(self, target: Target, key: str, value: str | None = None) -> str:
        """Return `path:line` of a target's key, or of a string in the key's list."""
        if value is not None and (lines := self.lines(target, key, value)):
            return f"{self.path}:{lines[0]}"
        from prisma_combine.config import positions

        line = positions.line(self.text, ("schema", target.table, *key.split(".")))
        return f"{self.path}:{line}"

    def lines(self, target: Target, key: str, value: str) -> list[int]:
        """Return every line on which a string stands in the list of `files` or `exclude`."""
        return self.places(target, key).get(value, [])

    def places(self, target: Target, key: str) -> dict[str, list[int]]:
        """Return the lines of each string in the list of `files` or `exclude`."""
        from prisma_combine.config import positions

        # The entries of a target are those of the list, in its order.
        entries = target.files or () if key == "files" else target.exclude
        places: dict[str, list[int]] = {}
        for index, entry in enumerate(entries):
            line = positions.line(self.text, ("schema", target.table, key, index))
            lines = places.setdefault(entry, [])
            if line not in lines[-1:]:
                lines.append(line)
        return places


def load(named: str | None, read: Callable[[str, str], bytes | None] | None = None) -> Config:
    """Read the configuration named, or the one found upward from the working directory.

    `read` gets the file's folder and name, and reads it from somewhere else than the disk: git's
    index. Raises CombineError when there is no configuration, or an invalid one.
    """
    if named == "":
        raise CombineError(f"--config: path is empty; name a file, such as {NAME}")
    try:
        path = os.path.abspath(named) if named else _find(os.getcwd())
    except FileNotFoundError:
        raise CombineError("the working directory does not exist any more; cd to one") from None
    # Not the configuration's own real path: a link to a shared one stands for its own folder.
    root = os.path.realpath(os.path.dirname(path))
    shown = reading.shown(path)
    _refuse_foreign(path, root, shown)
    data = reading.read(path) if read is None else read(root, os.path.basename(path))
    if data is None:
        what = "does not exist; check the path"
        if read is not None:
            what = f"is not in the index; git add {shown}"
        raise CombineError(f"{shown}: {what}")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CombineError(f"{shown}:{line}: not UTF-8; save the file as UTF-8") from None
    return of(text, shown, root)


def of(text: str, shown: str, root: str) -> Config:
    """Return the configuration with this text. Raises CombineError when it is invalid."""
    targets = parse(text, shown)
    return Config(shown, root, text, targets, frozenset(one.output for one in targets))


def _refuse_foreign(path: str, root: str, shown: str) -> None:
    """Refuse a link out of the repository, which may be untrusted."""
    if os.path.islink(path):
        top, real = top_level(root) or root, os.path.realpath(path)
        if not real.startswith(os.path.join(top, "")):
            raise CombineError(
                f"{shown}: symbolic link out of {top}, to {real}; replace it with a file"
            )


def top_level(start: str) -> str | None:
    """Return the folder, `start` or one above it, that holds `.git`; None outside a repository."""
    folder = start
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _find(start: str) -> str:
    top = top_level(start)
    folder = start
    while not os.path.lexists(path := os.path.join(folder, NAME)):
        parent = os.path.dirname(folder)
        if folder in (top, parent):
            above = "" if folder == start else " or above it"
            raise CombineError(f"no {NAME} in {start}{above}; {_advice(start)}")
        folder = parent
    return path


def _advice(start: str) -> str:
    """Return what to do when no configuration is found."""
    found = _below(start)
    if not found:
        return "run `prisma-combine init` to write one, or pass `--config PATH`"
    folder = found[0]
    path, there = reading.typed(f"{folder}/{NAME}"), reading.typed(folder)
    more = f" and in {len(found) - 1} more below" if len(found) > 1 else ""
    return f"there is one in {folder}{more}: run `cd {there}`, or pass `--config {path}`"


def _below(start: str) -> list[str]:
    """Return the folders below, not many levels deep, that hold a configuration."""
    found = []
    folders = [""]
    for folder in folders:
        try:
            with os.scandir(os.path.join(start, folder)) as entries:
                names = sorted(
                    (entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries
                )
        except OSError:
            continue  # someone else's folder
        for name, is_folder in names:
            if name == NAME and folder:
                found.append(folder)
            elif is_folder and name != "node_modules" and not name.startswith("."):
                below = f"{folder}/{name}" if folder else name
                if below.count("/") < _DEPTH and len(folders) < _MOST:
                    folders.append(below)
    return found
