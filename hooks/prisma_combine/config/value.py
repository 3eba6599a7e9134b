"""A value of the configuration: checks its type, and knows where it stands."""

import os
import posixpath
from typing import Any

from prisma_combine.config.names import is_plain
from prisma_combine.errors import CombineError, quoted

_LONGEST = 4096
"""characters of a path; no system takes longer ones"""
_KINDS = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "a table",
}


class Value:
    """A value of the configuration."""

    def __init__(
        self, source: tuple[str, str], keys: tuple[str | int, ...], label: str, value: Any
    ) -> None:
        """Keep a value.

        `source` is the configuration's text, and its path for messages. `keys` lead to the value:
        keys, and places in a list from 0. `label` is its name in messages.
        """
        self._source, self._keys, self.label, self.value = source, keys, label, value

    def error(self, message: str) -> CombineError:
        """Return an error with the place of this value."""
        from prisma_combine.config import positions  # imports tomlkit, which takes 30 ms

        text, shown = self._source
        return CombineError(f"{shown}:{positions.line(text, self._keys)}: {message}")

    def below(self, key: str | int, label: str, value: object) -> "Value":
        """Return a value in this table or list."""
        return Value(self._source, (*self._keys, key), label, value)

    def named(self, label: str, value: object) -> "Value":
        """Return another value in the same place."""
        return Value(self._source, self._keys, label, value)

    def table(self, title: str, known: tuple[str, ...] | None = None) -> dict[str, "Value"]:
        """Return the values of a table that has no other keys than those known."""
        if not isinstance(self.value, dict):
            raise self.error(
                f"{self.label} must be a table, not {self.kind}; write its keys below {title}"
            )
        values = {key: self.below(key, key, value) for key, value in self.value.items()}
        for key, value in values.items():
            if known and key not in known:
                raise value.error(
                    f"unknown key {quoted(key)}; the keys of {title} are {', '.join(known)}"
                )
        return values

    def strings(self) -> list["Value"]:
        """Return the entries of a list of strings that are not empty."""
        if not isinstance(self.value, list):
            raise self.error(
                f"{self.label} must be a list of strings, not {self.kind};"
                f' write {self.label} = ["a.prisma"]'
            )
        entries = [
            self.below(index, f"{self.label} entry", value)
            for index, value in enumerate(self.value)
        ]
        for entry in entries:
            entry.string()
        return entries

    def string(self, fix: str = "quote it") -> str:
        """Return a string."""
        if not isinstance(self.value, str):
            raise self.error(f"{self.label} must be a string, not {self.kind}; {fix}")
        return self.value

    def path(self, directory: str = ".") -> str:
        """Return a path in the configuration's folder, without needless parts.

        The value is relative to `directory`, the path returned to the configuration's folder.
        """
        written = self.string()
        if not written:
            raise self.error(f"{self.label} is an empty string; write a path")
        subject = f"{self.label} {quoted(written)}"
        if len(written) > _LONGEST:
            raise self.error(f"{subject} is longer than {_LONGEST} characters; shorten it")
        if not is_plain(written):
            raise self.error(f"{subject} has a control character; rename the file")
        if "\\" in written:
            raise self.error(f"{subject} has a backslash; write / on every system")
        base = posixpath.basename(self._source[1])
        # Windows takes what stands before a colon for a drive, what follows for a stream.
        if written.startswith("/") or written[1:2] == ":":
            folder = f"the folder of {base}" if directory == "." else "directory"
            raise self.error(f"{subject} is absolute; write it relative to {folder}")
        path = posixpath.normpath(posixpath.join(directory, written))
        if path[1:2] == ":" or (os.name == "nt" and ":" in path):
            raise self.error(f"{subject} has a colon; rename the file")
        if path == ".." or path.startswith("../"):
            raise self.error(
                f"{subject} is outside the folder of {base};"
                " move the configuration up, or the files below it"
            )
        return path

    @property
    def kind(self) -> str:
        """The type of the value, in words."""
        return _KINDS.get(type(self.value), "a date")
