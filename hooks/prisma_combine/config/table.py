"""The text of a configuration -> targets."""

import posixpath
import tomllib
from typing import Any, NamedTuple

from prisma_combine.config.names import folded, is_plain, relative
from prisma_combine.config.patterns import is_pattern
from prisma_combine.config.value import Value
from prisma_combine.errors import CombineError, quoted, shortened
from prisma_combine.schema.format import OWN, TRIMS, Format
from prisma_combine.schema.source import plain
from prisma_combine.schema.wildcards import LINES

_KEYS = ("output", "directory", "files", "exclude", "command", "format")
_FORMAT_KEYS = ("banner", "header", "first-header", "headers", "separator", "footer", "trim")
_COMMAND = 1000
"""characters of a command, which is printed in messages"""
_OUTPUT = 'output = "prisma/schema.prisma"'
_DIRECTORY = 'directory = "prisma/schema"'


class Target(NamedTuple):
    """One `[[schema]]` table: one combined file. Paths have `/` and no needless part."""

    output: str
    """relative to the root"""
    directory: str
    """relative to the root"""
    files: tuple[str, ...] | None
    """names and patterns, relative to `directory`; None where the key is left out"""
    exclude: tuple[str, ...]
    """patterns, relative to `directory`"""
    command: str | None
    format: Format
    table: int = 0
    """its place among the tables, from 0"""

    def path(self, name: str) -> str:
        """Return the path, relative to the root, of a file named relative to `directory`."""
        path = name if self.directory == "." else f"{self.directory}/{name}"
        return posixpath.normpath(path) if name.startswith("../") else path

    def name(self, path: str) -> str:
        """Return the name, relative to `directory`, of a file with a path relative to the root."""
        return relative(path, self.directory)


def parse(text: str, shown: str) -> tuple[Target, ...]:
    """Return the targets that a configuration describes; `shown` is its path, for messages.

    Raises CombineError for a text that is not a configuration.
    """
    targets: dict[str, Target] = {}
    for index, value in enumerate(_tables(text, shown)):
        keys = value.table("[[schema]]", _KEYS)
        target = _target(value, keys, index)
        other = targets.setdefault(folded(target.output), target)
        if other is not target:
            same = "is the output of another [[schema]]"
            if other.output != target.output:
                same = f"is the same file as {quoted(other.output)} on macOS and Windows"
            raise keys["output"].error(
                f"output {quoted(target.output)} {same}; give each [[schema]] its own"
            )
    return tuple(targets.values())


def _tables(text: str, shown: str) -> list[Value]:
    document = Value((text, shown), (), "", _document(text, shown))
    for key, value in document.table("").items():
        if key != "schema":
            raise value.error(f"unknown key {quoted(key)}; the only table is [[schema]]")
    tables = document.value.get("schema")
    schema = document.below("schema", "schema", tables)
    if isinstance(tables, dict):
        raise schema.error("[schema] is a single table; write [[schema]]")
    if not isinstance(tables, list) or not tables:
        raise schema.error(f"no [[schema]] table; add one with {_OUTPUT} and {_DIRECTORY}")
    return [schema.below(index, "schema entry", value) for index, value in enumerate(tables)]


def _document(text: str, shown: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).rpartition(" (at ")
        line = place.removeprefix("line ").partition(",")[0]
        if not line.isdecimal():  # "end of document"
            line = str(text.rstrip("\n").count("\n") + 1)
        raise CombineError(
            f"{shown}:{line}: not valid TOML: {shortened(what or str(error))}; fix this line"
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; a list in a list in …
        raise CombineError(f"{shown}: not valid TOML: too large or too deep; simplify it") from None


def _target(table: Value, keys: dict[str, Value], index: int) -> Target:
    for key, example in (("output", _OUTPUT), ("directory", _DIRECTORY)):
        if key not in keys:
            raise table.error(f"no {key} in this [[schema]]; add {example}")
        keys[key].string(f"write {example}")
    output, directory = keys["output"].path(), keys["directory"].path()
    if not output.endswith(".prisma"):
        raise keys["output"].error(
            f"output {quoted(output)} is not a .prisma file; end it with .prisma"
        )
    return Target(
        output,
        directory,
        _files(keys["files"], output, directory) if "files" in keys else None,
        _exclude(keys["exclude"], directory) if "exclude" in keys else (),
        _command(keys["command"]) if "command" in keys else None,
        _format(keys["format"], directory) if "format" in keys else OWN,
        index,
    )


def _files(files: Value, output: str, directory: str) -> tuple[str, ...]:
    names = []
    for entry in files.strings():
        path, written = entry.path(directory), quoted(entry.value)
        name = relative(path, directory)
        if is_pattern(name):
            name = _anchored(name, entry.value)
        elif folded(path) == folded(output):
            where = "" if path == output else " on macOS and Windows"
            raise entry.error(f"files entry {written} is the output{where}; remove it")
        if entry.value.endswith("/") or not (is_pattern(name) or name.endswith(".prisma")):
            raise entry.error(
                f"files entry {written} is not a .prisma file;"
                " name a file, or write a pattern such as modules/*.prisma"
            )
        names.append(name)
    if not names:
        raise files.error(
            "files is empty; list the sources, or remove files to combine every .prisma file"
            " below directory"
        )
    return tuple(names)


def _exclude(exclude: Value, directory: str) -> tuple[str, ...]:
    patterns = []
    for entry in exclude.strings():
        pattern = relative(entry.path(directory), directory)
        if pattern.rpartition("/")[2] in (".", ".."):
            raise entry.error(
                f"exclude entry {quoted(entry.value)} holds the whole directory;"
                " name files or folders in it"
            )
        slash = "/" if entry.value.endswith("/") else ""
        patterns.append(_anchored(pattern, entry.value) + slash)
    return tuple(patterns)


def _anchored(pattern: str, written: str) -> str:
    """Return a pattern that has a slash if it was written with one.

    Without a slash it matches at any depth.
    """
    return f"./{pattern}" if "/" in written.rstrip("/") and "/" not in pattern else pattern


def _command(command: Value) -> str:
    text = command.string()
    if not text.strip():
        raise command.error(
            'command is empty; write command = "npm run prisma:merge", or remove it'
        )
    if len(text) > _COMMAND:
        raise command.error(
            f"command {quoted(text)} is longer than {_COMMAND} characters; put it into a script"
        )
    if not is_plain(text):
        raise command.error(f"command {quoted(text)} has a control character; write it on one line")
    return text


def _format(table: Value, directory: str) -> Format:
    keys = table.table("[schema.format]", _FORMAT_KEYS)
    headers, first = keys.pop("headers", None), keys.pop("first-header", None)
    if first and not isinstance(first.value, bool):
        raise first.error(
            f"first-header must be true or false, not {first.kind}; write first-header = false"
        )
    texts: dict[str, Any] = {key: plain(value.string()) for key, value in keys.items()}
    for key in ("banner", "footer"):
        if texts.get(key, "").count(LINES) > 1:
            raise keys[key].error(f"{key} has more than one {LINES}; keep one")
    if texts.get("trim", TRIMS[0]) not in TRIMS:
        choices = ", ".join(f'"{trim}"' for trim in TRIMS)
        raise keys["trim"].error(f"trim {quoted(texts['trim'])} is unknown; write one of {choices}")
    return Format(
        first_header=first.value if first else True,
        headers=_headers(headers, directory) if headers else {},
        **texts,
    )


def _headers(table: Value, directory: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for key, header in table.table("[schema.format.headers]").items():
        source = header.named("headers key", key)
        name = relative(source.path(directory), directory)
        if not name.endswith(".prisma"):
            raise source.error(f"headers key {quoted(key)} is not a .prisma file; name a source")
        if name in headers:
            raise source.error(f"headers key {quoted(key)} names a file again; keep one of the two")
        headers[name] = plain(header.named(f"header of {quoted(key)}", header.value).string())
    return headers
