"""Understands plain command lines, so that they cost no command-line library.

Importing Typer takes longer than everything else that a command does. Whatever is not plain
(help, mistakes, unusual spellings) is left to Typer, which `app` describes the same options to.
"""

from typing import Any, NamedTuple


class Options(NamedTuple):
    """A command line; `command` is one of COMMANDS."""

    command: str = ""
    paths: tuple[str, ...] = ()
    config: str | None = None
    fix: bool = False
    format: str = "text"
    staged: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    stdout: bool = False
    dry_run: bool = False


FORMATS = ("text", "json", "github")
COLORS = ("auto", "always", "never")
# For each command its flags, its options with a value (with the values they take, if not any),
# and how many arguments it takes.
COMMANDS: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]], int]] = {
    "check": (
        ("fix", "staged", "quiet", "verbose"),
        {"config": (), "format": FORMATS, "color": COLORS},
        1_000_000,
    ),
    "combine": (("stdout",), {"config": ()}, 0),
    "adopt": (("dry_run",), {"config": ()}, 0),
    "locate": ((), {"config": ()}, 1),
}


def plain(arguments: list[str]) -> Options | None:
    """Return what a command line says; None for Typer to tell what it says."""
    command, *rest = arguments or [""]
    if command not in COMMANDS:
        return None
    flags, valued, most = COMMANDS[command]
    paths: list[str] = []
    said: dict[str, Any] = {}
    words = iter(rest)
    for word in words:
        if not word.startswith("-"):
            paths.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        key = name.replace("-", "_")
        if word[:2] != "--" or key in said or name != key.replace("_", "-"):
            return None
        if key in flags and not equals:
            said[key] = True
        elif key in valued:
            value = value if equals else next(words, "")
            if not value or value.startswith("-") or (valued[key] and value not in valued[key]):
                return None
            said[key] = value
        else:
            return None
    if len(paths) > most or "" in paths:
        return None
    return Options(command=command, paths=tuple(paths))._replace(**said)
