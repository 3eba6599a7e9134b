"""Commands as values, and how they are written for the user's shell."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from prisma_combine.actions.compare import Comparison
from prisma_combine.report.paths import Shown

NAME = "prisma-combine"
HOOK_FIX = "prisma-combine-fix"
HOOK_ADOPT = "prisma-combine-adopt"

_FILES = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
# PowerShell and cmd both take these without quotes; `,`, `@` and `;` mean something to PowerShell.
_BARE_ON_WINDOWS = re.compile(r"[\w./\\:=+-]+")
# PowerShell expands these in double quotes, or takes them for one.
_EXPANDED = re.compile("[$`\u201c-\u201e]")
_SINGLE = re.compile("['\u2018-\u201b]")
_LARGEST = 1 << 20
"""bytes of a hook manager's configuration that are looked at"""


class Command(NamedTuple):
    """A command line. `verbatim` is one that the team wrote, printed as it is."""

    words: tuple[str, ...] = ()
    verbatim: str = ""

    def __str__(self) -> str:
        """Return what to type."""
        return self.verbatim or rendered(self.words)


def rendered(words: Sequence[str], *, windows: bool = os.name == "nt") -> str:
    """Return a command line for a POSIX shell, or for PowerShell; most work in cmd, too."""
    if windows:
        typed = list(map(_quoted_on_windows, words))
        # PowerShell prints a program in quotes instead of running it.
        return " ".join(["&", *typed] if typed[0][0] in "'\"" else typed)
    program, *arguments = words
    # Quotes would keep the shell from expanding it.
    home = "~/" if program.startswith("~/") else ""
    return home + shlex.join([program.removeprefix(home), *arguments])


def _quoted_on_windows(word: str) -> str:
    if _BARE_ON_WINDOWS.fullmatch(word):
        return word
    if _EXPANDED.search(word):
        return "'" + _SINGLE.sub(r"\g<0>\g<0>", word) + "'"
    return f'"{word}"'


def argument(path: str) -> str:
    """Return a path that no program takes for an option, or for git's pathspec magic."""
    return f"./{path}" if path.startswith(("-", ":")) else path


class Program(NamedTuple):
    """How the user can type `prisma-combine`."""

    words: tuple[str, ...] = (NAME,)
    runner: str = ""
    """`pre-commit` or `prek`, if its environment is the only place of the program"""
    hooks: frozenset[str] = frozenset()
    """the manual hooks that the repository has for this runner"""

    def hook(self, name: str) -> Command | None:
        """Return the command that runs a manual hook; None where it isn't configured."""
        if name not in self.hooks:
            return None
        # With --all-files it works on the files as they are and stashes nothing.
        return Command((self.runner, "run", name, "--hook-stage", "manual", "--all-files"))


class Commands:
    """The commands that a user can type in one folder. Paths are relative to the root."""

    def __init__(self, program: Program, shown: Shown, config: str | None = None) -> None:
        """`config` is the path to pass with `--config`, None to leave it out."""
        self.program, self.shown = program, shown
        self._option = ("--config", argument(config)) if config else ()

    def own(self, *words: str) -> Command:
        """Return a command of this program."""
        return Command((*self.program.words, *words, *self._option))

    def adopt(self) -> Command:
        """Return the command that carries the hand edits of all schemas into the sources."""
        return self.program.hook(HOOK_ADOPT) or self.own("adopt")

    def combine(self, *, is_stale: bool = False) -> Command:
        """Return the command that writes all combined files; `is_stale`: present, but stale."""
        hook = self.program.hook(HOOK_FIX) or (self.program.hook(HOOK_ADOPT) if is_stale else None)
        return hook or self.own("combine")

    def fix(self, items: Iterable[Comparison], *, are_all: bool = False) -> Command:
        """Return the command that writes the combined files of these schemas and no others."""
        hook = self.program.hook(HOOK_FIX) if are_all else None
        return hook or self.own("check", "--fix", *self._arguments(map(_named, items)))

    def git(self, *words: str, paths: Iterable[str] = ()) -> Command:
        """Return a git command."""
        return Command(("git", *words, *self._arguments(paths)))

    def is_foreign(self, command: Command) -> bool:
        """Return whether a command runs the program out of a hook's environment."""
        own = self.program.words
        return bool(self.program.runner) and own != (NAME,) and command.words[: len(own)] == own

    def _arguments(self, paths: Iterable[str]) -> list[str]:
        return [argument(self.shown(path)) for path in dict.fromkeys(paths)]


def _named(one: Comparison) -> str:
    """Return a path that stands for a schema; a missing file can't be named."""
    if one.state.committed is not None:
        return one.target.output
    if one.target.directory != "." or not one.state.sources:
        return one.target.directory
    return one.state.sources[0].path


def program(top: str) -> Program:
    """Return how to type the program in the repository at `top`."""
    folder = os.path.dirname(sys.executable)
    runner = _runner(sys.prefix)
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if runner:
        # It is in the PATH of the runner's hooks, but not in the user's.
        path = [entry for entry in path if entry != folder]
    if shutil.which(NAME, path=os.pathsep.join(path)):
        return Program()
    script = shutil.which(NAME, path=folder)
    # With -P, Python does not look for a module of this name in the working directory.
    words = (_short(script),) if script else (sys.executable, "-P", "-m", "prisma_combine")
    return Program(words, runner, _hooks(top, _FILES) if runner else frozenset())


def of_a_clone(top: str) -> Program:
    """Return how anyone with a clone of the repository at `top` can type the program."""
    for runner, names in (("pre-commit", _FILES[:2]), ("prek", _FILES[2:])):
        if hooks := _hooks(top, names):
            return Program((NAME,), runner, hooks)
    return Program()


def _runner(prefix: str) -> str:
    """Return whose hook environment a folder is: `…/py_env-python3.11`, `…/hooks/python-XYZ`."""
    above, name = os.path.split(prefix)
    if name.startswith("py_env-"):
        return "pre-commit"
    if name.startswith("python-") and os.path.basename(above) == "hooks":
        return "prek"
    return ""


def _short(path: str) -> str:
    home = os.path.join(os.path.expanduser("~"), "")
    return f"~/{path.removeprefix(home)}" if os.name != "nt" and path.startswith(home) else path


def _hooks(top: str, files: Sequence[str]) -> frozenset[str]:
    """Return which of our manual hooks the hook managers' configuration names.

    Text is enough to tell: reading YAML would take a library.
    """
    text = ""
    for name in files:
        try:
            with open(os.path.join(top, name), encoding="utf-8", errors="replace") as file:
                text += file.read(_LARGEST) + "\n"
        except OSError:
            continue
    names = (HOOK_FIX, HOOK_ADOPT)
    line = r"""^[^#\n]*\bid["']?[ \t]*[:=][ \t]*["']?{}(?![\w-])"""
    return frozenset(n for n in names if re.search(line.format(n), text, re.MULTILINE))
