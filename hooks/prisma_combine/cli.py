"""The commands and their exit codes."""

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import cache, partial
from importlib import metadata
from typing import Annotated

import typer

from prisma_combine import adopt as adopting
from prisma_combine import config, files, git, listing, merge, program, state
from prisma_combine.check import (
    Report,
    is_in_sync_on_disk,
    report,
    rewrite,
    tidy,
    unstaged,
    untracked,
    verdict,
)
from prisma_combine.config import Config, Target
from prisma_combine.errors import CombineError
from prisma_combine.locate import Outputs, copy_stdin
from prisma_combine.report import adopt as adoption
from prisma_combine.report import github, json, text
from prisma_combine.report.colour import Colour
from prisma_combine.report.paths import Shown
from prisma_combine.report.text import Command
from prisma_combine.state import State
from prisma_combine.terminal import say, write
from prisma_combine.tree import Disk, Tree
from prisma_combine.verdict import Status

# The \\b keeps the lines that follow as they are.
_EXAMPLES = """\
Examples:

\b
  prisma-combine check                         is the combined file what its sources make?
  prisma-combine check | git apply             mend it with the printed diff
  prisma-combine adopt                         carry hand edits back into the sources
  prisma-combine combine                       write the combined file
  npx prisma validate 2>&1 | prisma-combine locate
"""

app = typer.Typer(
    name=program.NAME,
    help="Keeps a combined schema.prisma in step with the split files that it is made from.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"{program.NAME} {metadata.version(program.NAME)}")
        raise typer.Exit


@app.callback(epilog=_EXAMPLES)
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


ConfigPath = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="PATH",
        help=f"The configuration; by default {config.NAME} here or in a folder above.",
    ),
]


class Format(StrEnum):
    """How `check` reports."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@app.command()
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Look only at the schemas that these touch."),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Rewrite the combined files too.")] = False,
    format: Annotated[Format, typer.Option(help="How to report.")] = Format.TEXT,
    staged: Annotated[
        bool, typer.Option("--staged", help="Read from git's index: what would be committed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what is wrong.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Name each section.")] = False,
    color: Annotated[Colour, typer.Option(help="When to colour.")] = Colour.AUTO,
    config_path: ConfigPath = None,
) -> None:
    """Compare the combined files with their sources.

    Prints what differs, and the diff. Exits with 0 when all is in sync, with 1 when something
    is not, --fix or no, and with 2 when it can't tell.
    """
    configuration = config.load(config_path, staged=staged)
    shown = Shown(configuration.root)
    command: Command = partial(program.command, config=config_path)
    tell: Callable[[Iterable[str]], None] = say
    if format is Format.GITHUB:
        top = github.top(configuration.root)
        shown, command = Shown(configuration.root, top), github.command(configuration, top)
        tell = github.say
    if staged:
        command = partial(_staged, command)
    tree = listing.tree(configuration, staged=staged)
    targets = listing.touched(configuration, paths or [], tree)
    states, errors = _read(configuration, targets, tree)
    reports = [
        report(one, findings, shown.label(one.target.output))
        for one, findings in zip(states, untracked(configuration, states), strict=True)
    ]
    fixes = fix and not errors
    fixing = [one for one in reports if fixes and one.fixable]
    if format is Format.JSON:
        write(json.render(reports).encode() + b"\n")
    elif format is Format.GITHUB:
        github.write(reports, shown, None if fixing else command, len(errors))
    else:
        write(b"".join(one.diff.text for one in reports if one.diff), color)
        for one in reports:
            if not (quiet and one.passes):
                told = None if fixes and one.fixable else _for(one, configuration, shown, command)
                first, *rest = _told(one, configuration, shown, told, staged, verbose)
                say([first], color, passes=one.passes)
                say(rest)
        say(text.count(reports) if not quiet else [])
    if fix:
        tidy(configuration, states)
    kept = rewrite(configuration, [(one.state, one.verdict) for one in fixing], staged=staged)
    for one in fixing:
        blob = kept[one.state.target.output]
        tell(text.rewritten(one.state.target.output, one.verdict, blob, shown, command))
        tell(text.add("commit it", [one.state.target.output], shown))
    if errors:
        raise CombineError("\n".join(errors))
    raise typer.Exit(0 if all(one.passes for one in reports) else 1)


@app.command()
def combine(
    stdout: Annotated[bool, typer.Option("--stdout", help="Print it; write nothing.")] = False,
    config_path: ConfigPath = None,
) -> None:
    """Write the combined files.

    Exits with 0 when they are written or were right already, with 1 when the sources have
    findings, with 2 when it can't do its work.
    """
    configuration = config.load(config_path)
    shown = Shown(configuration.root)
    if stdout and len(configuration.targets) > 1:
        raise CombineError(
            f"{configuration.path}: --stdout prints one combined file, and there are"
            f" {len(configuration.targets)} [[schema]] tables; leave it out"
        )
    states, errors = _read(configuration, configuration.targets, Disk(configuration.root))
    if errors:
        raise CombineError("\n".join(errors))
    for one in states:
        say(text.faulty(one, shown))
    sound = [(one, verdict(one)) for one in states if not one.findings]
    if stdout:
        for one, _ in sound:
            write(one.regenerated)
    else:
        tidy(configuration, states)
        writing = [pair for pair in sound if pair[1].status is not Status.IN_SYNC]
        kept = rewrite(configuration, writing)
        command = partial(program.command, config=config_path)
        for one, judged in sound:
            output = one.target.output
            say(text.rewritten(output, judged, kept.get(output), shown, command))
    raise typer.Exit(0 if len(sound) == len(states) else 1)


def _read(
    configuration: Config, targets: Iterable[Target], tree: Tree
) -> tuple[list[State], list[str]]:
    """The targets that can be read, and why the others can't be."""
    states, errors = [], []
    for target in targets:
        try:
            states.append(state.of(configuration, target, tree))
        except CombineError as error:
            errors.append(str(error))
    return states, errors


def _told(
    one: Report,
    configuration: Config,
    shown: Shown,
    command: Command | None,
    staged: bool,
    verbose: bool,
) -> Iterator[str]:
    """What is said of one target; without `command` no way to mend it is named."""
    # All that is wrong may be that what is mended already was not added.
    add = staged and one.fixable and is_in_sync_on_disk(configuration, one.state)
    yield from text.report(one, shown, None if add else command, verbose=verbose)
    if add:
        yield from text.add("mend it", one.differing, shown)
    elif command and one.fixable and (staged or program.in_hook()):
        if staged:
            yield from text.unstaged(unstaged(configuration, one.state), shown)
        yield from text.add("then add it", one.differing, shown)


def _for(one: Report, configuration: Config, shown: Shown, command: Command) -> Command:
    """The command for one target: where there are several, a fix must leave the others alone."""
    if len(configuration.targets) == 1:
        return command
    target = one.state.target
    path = target.directory if one.state.committed is None else target.output
    named = shlex.quote(shown(path))
    return lambda words: command(f"{words} {named}" if words.startswith("check") else words)


def _staged(command: Command, words: str) -> str:
    return command(words.replace("check", "check --staged"))


@app.command()
def adopt(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the diff to the sources; write nothing.")
    ] = False,
    config_path: ConfigPath = None,
) -> None:
    """Carry hand edits back into the sources.

    Exits with 0 when the sources have them all, with 1 when some could not be carried, with 2
    when it can't do its work.
    """
    configuration = config.load(config_path)
    shown = Shown(configuration.root)
    adopted = adopting.adopt(configuration)
    if dry_run:
        for change in adopting.differences(adopted, shown.label):
            write(change)
    else:
        tidy(configuration, [one.state for one in adopted.adoptions])
        adopted.write()
    command = partial(program.command, config=config_path)
    for one in adopted.adoptions:
        say(adoption.adopted(one, shown, command, dry_run=dry_run))
    if not dry_run:
        say(adoption.written(adopted, shown))
    raise typer.Exit(0 if all(one.passes for one in adopted.adoptions) else 1)


@app.command()
def locate(
    place: Annotated[
        str | None, typer.Argument(metavar="[FILE:LINE]", help="A line of a combined file.")
    ] = None,
    config_path: ConfigPath = None,
) -> None:
    """Print the source line behind a combined line.

    Without FILE:LINE it copies standard input, with the source's place for each that it reads, as
    in `npx prisma validate 2>&1 | prisma-combine locate`. Exits with 0, with 1 when no source has
    the line, with 2 when it can't do its work.
    """

    @cache
    def outputs() -> Outputs:
        configuration = config.load(config_path)
        return Outputs(configuration, Shown(configuration.root))

    if place is None:
        copy_stdin(lambda text: outputs().replaced(text))
        return
    named = re.fullmatch(r"(.+?):([0-9]{1,9})(:[0-9]+)?", place)
    if named is None:
        raise CombineError(f"{place}: names no line; write FILE:LINE: prisma/schema.prisma:184")
    found = outputs().spot(named[1], int(named[2]))
    if isinstance(found, str):
        say([f"{place}: {found}"])
        raise typer.Exit(1)
    write(os.fsencode(f"{found.path}:{found.line}{named[3] or ''}\n"))
    if not found.exact:
        say([f"{place}: not a line of {found.path} as it is now; it belongs there"])


@app.command("merge-driver")
def merge_driver(
    base: Annotated[str, typer.Argument(metavar="%O")],
    ours: Annotated[str, typer.Argument(metavar="%A")],
    theirs: Annotated[str, typer.Argument(metavar="%B")],
    path: Annotated[str, typer.Argument(metavar="%P")],
) -> None:
    """Merge combined files, for git.

    Three versions are merged section by section; the result replaces %A. Exits with 0 when it
    is clean, with 1 when it has conflicts, with 2 when it can't do its work.
    """
    texts = []
    for name in (base, ours, theirs):
        data = None if name == os.devnull else files.read(name)
        if data is None and name != base:
            raise CombineError(f"{name}: no such file; give the three that git names: %O %A %B")
        texts.append(data or b"")
    merged, clean = merge.merge(texts[0], texts[1], texts[2], git.merge_file)
    files.write(".", {ours: merged}, {ours: texts[1]})
    if not clean:
        say(adoption.conflict(path, merge.conflicting(merged), program.command("combine", None)))
        raise typer.Exit(1)


@app.command()
def init(
    directory: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="The folder of the split files.")
    ] = None,
    output: Annotated[str | None, typer.Option(metavar="FILE", help="The combined file.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the configuration; write nothing.")
    ] = False,
) -> None:
    """Write prisma-combine.toml for a repository that has none.

    Finds the split files, the combined file and their order, also in the script that combines
    them now, which it never runs. Exits with 0, or with 2 when it can't tell.
    """
    from prisma_combine.init import draft
    from prisma_combine.report.init import drafted

    drafted_now = draft(directory, output)
    if dry_run:
        write(drafted_now.text.encode())
    else:
        drafted_now.write()
    say(drafted(drafted_now, Shown(drafted_now.root), dry_run=dry_run))
