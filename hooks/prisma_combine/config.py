"""prisma-combine.toml -> targets."""

import os
import posixpath
import re
import tomllib
from functools import lru_cache
from typing import Any, NamedTuple

from prisma_combine import files
from prisma_combine.errors import CombineError

NAME = "prisma-combine.toml"
_KEYS = ("output", "directory", "files", "exclude")


class Target(NamedTuple):
    """One `[[schema]]` table: one combined file. Paths have `/` and no needless part."""

    output: str
    """relative to the root"""
    directory: str
    """relative to the root"""
    names: tuple[str, ...] | None
    """`files`, relative to `directory`; None where it is left out"""
    exclude: tuple[str, ...]
    """glob patterns, relative to `directory`"""
    table: int = 0
    """which of the tables it is, from 0"""

    def path(self, name: str) -> str:
        """The path, relative to the root, of a file named relative to `directory`."""
        path = name if self.directory == "." else f"{self.directory}/{name}"
        return posixpath.normpath(path) if name.startswith("../") else path


class Config(NamedTuple):
    """A configuration file and what it says."""

    path: str
    """as it is shown: relative to the working directory where that is shorter"""
    root: str
    """its folder: absolute, without symbolic links"""
    text: str
    targets: tuple[Target, ...]
    outputs: frozenset[str]
    """of all targets: none of them is a source"""

    def where(self, target: Target, key: str) -> str:
        """`path:line` of a target's key."""
        return f"{self.path}:{_line(self.text, target.table, key)}"

    def listed(self, target: Target) -> dict[str, list[int]]:
        """For each of a target's names the lines that list it."""
        somewhere = [_line(self.text, target.table, "files")]
        found = _strings(self.text, target.table, "files")
        return {name: found.get(name, somewhere) for name in target.names or ()}


def load(named: str | None, *, staged: bool = False) -> Config:
    """Reads the configuration named, or that found upward from the working directory.

    `staged` takes its text from git's index. Raises CombineError when there is none, or when it
    says what can't be done.
    """
    path = os.path.abspath(named) if named else _find(os.getcwd())
    # Not the configuration's own real path: a link to a shared one stands for its own folder.
    root = os.path.realpath(os.path.dirname(path))
    shown = files.shown(path)
    _refuse_foreign(path, root, shown)
    data = _staged(root, os.path.basename(path)) if staged else files.read(path)
    if data is None:
        what = "is not in git's index; `git add` it" if staged else "no such file; mend the path"
        raise CombineError(f"{shown}: {what}")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CombineError(
            f"{shown}: not UTF-8 at offset {error.start}; save the file as UTF-8"
        ) from None
    return of(text, shown, root)


def of(text: str, shown: str, root: str) -> Config:
    """The configuration that a text holds. Raises CombineError as `parse` does."""
    targets = parse(text, shown)
    return Config(shown, root, text, targets, frozenset(one.output for one in targets))


def _staged(root: str, name: str) -> bytes | None:
    from prisma_combine.index import Index

    return Index(root, [name]).read(name)


def _refuse_foreign(path: str, root: str, shown: str) -> None:
    """Whose repository this is may not be who runs this: what it names stays inside it."""
    if os.path.islink(path):
        top, real = top_level(root) or root, os.path.realpath(path)
        if not real.startswith(os.path.join(top, "")):
            raise CombineError(
                f"{shown}: a symbolic link leads out of {top}, to {real}; put the file itself there"
            )


def top_level(start: str) -> str | None:
    """The folder, `start` or one above it, that holds `.git`; None outside a git repository."""
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
            from prisma_combine.program import command

            above = "" if folder == start else f" or above it, up to {folder}"
            raise CombineError(
                f"no {NAME} in {start}{above};"
                f" write one with `{command('init', None)}`, or name it with --config PATH"
            )
        folder = parent
    return path


def parse(text: str, shown: str) -> tuple[Target, ...]:
    """The targets that a configuration's text describes; `shown` is its path, for messages.

    Raises CombineError with file, line and remedy.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        line = place[1] if place else text.count("\n") + 1
        what = str(error).partition(" (at ")[0]
        raise CombineError(f"{shown}:{line}: not valid TOML: {what}; mend this line") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; a list in a list in …
        raise CombineError(f"{shown}: not valid TOML: too large or too deep; mend it") from None

    for key in table:
        if key != "schema":
            line = _line_of(text.split("\n"), key)
            hint = _near_miss(key, ("schema",)) or "the one table is [[schema]]"
            raise CombineError(f'{shown}:{line}: unknown key "{plain(key)}"; {hint}')
    tables = table.get("schema")
    if isinstance(tables, dict):
        line = _line_of(text.split("\n"), "schema")
        raise CombineError(f"{shown}:{line}: [schema] is one table of a list; write [[schema]]")
    if not isinstance(tables, list) or not tables:
        raise CombineError(
            f"{shown}:1: no [[schema]] table; add one with"
            ' output = "prisma/schema.prisma" and directory = "prisma/schema"'
        )

    targets: dict[str, Target] = {}
    for index, entry in enumerate(tables):
        target = _Reader(text, shown, index).target(entry)
        other = targets.setdefault(folded(target.output), target)
        if other is not target:
            line = _line(text, index, "output")
            case = "" if other.output == target.output else ", where case makes no difference"
            raise CombineError(
                f'{shown}:{line}: another [[schema]] writes "{other.output}" too{case};'
                " give each an output of its own"
            )
    return tuple(targets.values())


class _Reader:
    """Reads one `[[schema]]` table; every error knows its line."""

    def __init__(self, text: str, shown: str, index: int) -> None:
        self._text, self._shown, self._index = text, shown, index

    def target(self, entry: object) -> Target:
        if not isinstance(entry, dict):
            raise self._error("schema", "a [[schema]] is a table; write its keys below [[schema]]")
        for key in entry:
            if key not in _KEYS:
                hint = _near_miss(key, _KEYS) or f"the keys are {', '.join(_KEYS)}"
                raise self._error(key, f'unknown key "{plain(key)}"; {hint}')
        output = self._path(entry, "output", "prisma/schema.prisma")
        directory = self._path(entry, "directory", "prisma/schema")
        if not output.endswith(".prisma"):
            raise self._error(
                "output", f'output "{output}" is no .prisma file; end its name with .prisma'
            )
        exclude = self._strings(entry, "exclude") or []
        for pattern in exclude:
            if pattern.startswith("/") or ".." in pattern.split("/"):
                raise self._error(
                    "exclude",
                    f'"{pattern}" leaves the directory; patterns are relative to it',
                    pattern,
                )
        names = self._names(entry, output, directory)
        return Target(output, directory, names, tuple(exclude), self._index)

    def _names(self, entry: dict[str, Any], output: str, directory: str) -> tuple[str, ...] | None:
        listed = self._strings(entry, "files")
        if listed is None:
            return None
        if not listed:
            raise self._error(
                "files",
                '"files" is empty; list the sources, or leave "files" out to combine every'
                ' .prisma file below "directory"',
            )
        names = []
        for name in listed:
            path = self._inside("files", name, posixpath.join(directory, name))
            if not path.endswith(".prisma"):
                raise self._error("files", f'"{name}" is no .prisma file; take it out', name)
            if folded(path) == folded(output):
                case = "" if path == output else ", where case makes no difference"
                raise self._error(
                    "files",
                    f'"{name}" is the output{case}; take it out: it can\'t be a source',
                    name,
                )
            below = path.startswith(f"{directory}/")
            names.append(
                path[len(directory) + 1 :] if below else posixpath.relpath(path, directory)
            )
        return tuple(names)

    def _path(self, entry: dict[str, Any], key: str, example: str) -> str:
        value = entry.get(key)
        if value is None:
            raise self._error("", f'this [[schema]] has no "{key}"; add {key} = "{example}"')
        if not isinstance(value, str):
            raise self._error(
                key, f'"{key}" must be a string, not {_kind(value)}; write {key} = "{example}"'
            )
        return self._inside(key, value, value)

    def _strings(self, entry: dict[str, Any], key: str) -> list[str] | None:
        value = entry.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._error(
                key,
                f'"{key}" must be a list of strings, not {_kind(value)};'
                f' write {key} = ["base.prisma"]',
            )
        for item in value:
            if not isinstance(item, str):
                raise self._error(
                    key, f'"{key}" must hold strings only, not {_kind(item)}; quote each name'
                )
        return value

    def _inside(self, key: str, value: str, path: str) -> str:
        """A path without needless parts. Raises CombineError when it leaves the root."""
        if not value or plain(value) != value or (os.name == "nt" and ":" in value[2:]):
            raise self._error(key, f'"{plain(value)}" can\'t be a path; write a plain one', value)
        if "\\" in value:
            raise self._error(key, f'"{value}" has a backslash; write / on every system', value)
        if value.startswith("/") or re.match("[A-Za-z]:", value):
            raise self._error(
                key, f'"{value}" is absolute; write it relative to {self._base(key)}', value
            )
        path = posixpath.normpath(path)
        if path == ".." or path.startswith("../"):
            raise self._error(
                key,
                f'"{value}" lies outside the folder of {posixpath.basename(self._shown)};'
                " move the configuration up, or the files below it",
                value,
            )
        return path

    @staticmethod
    def _base(key: str) -> str:
        return "directory" if key == "files" else f"the folder of {NAME}"

    def _error(self, key: str, message: str, value: str | None = None) -> CombineError:
        lines = {} if value is None else _strings(self._text, self._index, key)
        (line, *_) = lines.get(value or "", [_line(self._text, self._index, key)])
        return CombineError(f"{self._shown}:{line}: {message}")


# tomllib tells no positions; where the text is written in some other way than one table after
# another, these give the line of the nearest thing found.


@lru_cache(maxsize=1)
def _tables(text: str) -> list[tuple[int, list[str]]]:
    """The [[schema]] tables: how many lines stand before each, and its lines."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*schema\s*\]\]", line)]
    ends = [*starts, len(lines)][1:]
    return [(start, lines[start:end]) for start, end in zip(starts, ends, strict=True)]


def _line(text: str, index: int, key: str) -> int:
    """The line, from 1, of a key in the [[schema]] with this index; of the table without one."""
    tables = _tables(text)
    if index >= len(tables):
        return _line_of(text.split("\n"), "schema")
    before, lines = tables[index]
    return before + (_line_of(lines, key) if key else 1)


def _strings(text: str, index: int, key: str) -> dict[str, list[int]]:
    """The strings that stand behind a key in a [[schema]], each with its lines."""
    found: dict[str, list[int]] = {}
    tables = _tables(text)
    if index < len(tables):
        before, lines = tables[index]
        first = _line_of(lines, key) if key else 1
        for number, line in enumerate(lines[first - 1 :], before + first):
            for quoted in re.finditer(r""""([^"]*)"|'([^']*)'""", line):
                on = found.setdefault(quoted[1] or quoted[2] or "", [])
                if on[-1:] != [number]:
                    on.append(number)
    return found


def _line_of(lines: list[str], key: str) -> int:
    """The line, from 1, on which a key or its table begins; 1 where it is not to be found."""
    begins = re.compile(rf"""\s*(?:\[+\s*)?["']?{re.escape(key)}["']?\s*[]=.]""")
    return next((n for n, line in enumerate(lines, 1) if begins.match(line)), 1)


def folded(path: str) -> str:
    """What paths have in common that mean one file on macOS or on Windows."""
    if path.isascii():
        return path.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFC", path).casefold())


def plain(text: str) -> str:
    """A name with what no name may hold replaced: control characters, and bytes not UTF-8."""
    if text.isprintable():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_odd(ord(c)) else c for c in text)


def _is_odd(code: int) -> bool:
    return code < 0x20 or code == 0x7F or 0xD800 <= code <= 0xDFFF


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return kinds.get(type(value), "a list" if isinstance(value, list) else "a table or date")


def _near_miss(word: str, known: tuple[str, ...]) -> str:
    """`did you mean …?` for the known word that is at most two edits away, else nothing."""
    near = min(known, key=lambda other: _edits(word[:40], other))
    return f'did you mean "{near}"?' if _edits(word[:40], near) <= 2 else ""


def _edits(a: str, b: str) -> int:
    """The Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]
