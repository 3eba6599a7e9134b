"""The command line, as Typer describes it."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from prisma_combine import __version__
from prisma_combine.cli.arguments import Options

# The \\b keeps the lines that follow as they are.
_EXAMPLES = """\
Examples:

\b
  prisma-combine init                   write prisma-combine.toml for this repository
  prisma-combine check                  is the combined file what its sources make?
  prisma-combine adopt                  carry hand edits back into the sources
  prisma-combine audit                  when did it differ, by the git history?
  prisma-combine check | git apply      apply the printed diff
  npx prisma validate 2>&1 | prisma-combine locate
"""

app = typer.Typer(
    name="prisma-combine",
    help="Keep a combined schema.prisma in sync with the files it is generated from.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Typer's exception for mistakes on the command line: Click's, or since 0.26 its own copy.
_Mistake: type[Exception] = typer.BadParameter.__bases__[0]

ConfigPath = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="PATH",
        help="The configuration; by default prisma-combine.toml here or in a folder above.",
    ),
]


class Format(StrEnum):
    """How `check` reports."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class Report(StrEnum):
    """How `audit` reports."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class Color(StrEnum):
    """When `check` colors."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def _version(wanted: bool) -> None:  # noqa: FBT001  # Typer calls it
    if wanted:
        print(f"prisma-combine {__version__}")
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


@app.command()
def init(
    *,
    directory: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="The folder of the split files.")
    ] = None,
    output: Annotated[str | None, typer.Option(metavar="FILE", help="The combined file.")] = None,
    own_format: Annotated[
        bool, typer.Option("--own-format", help="Use prisma-combine's own format.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the configuration; write nothing.")
    ] = False,
) -> None:
    """Write prisma-combine.toml for a repository that has none.

    Finds the combined file, its sources, their order and the format by looking at the files. No
    file but prisma-combine.toml is written. Exit codes: 0 written, 2 when it can't tell.
    """
    from prisma_combine.cli.init import init

    raise typer.Exit(init(directory, output, own_format=own_format, dry_run=dry_run))


@app.command()
def check(
    *,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Check only the schemas these belong to."),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Rewrite the combined files.")] = False,
    format: Annotated[Format, typer.Option(help="How to report.")] = Format.TEXT,
    staged: Annotated[
        bool, typer.Option("--staged", help="Check what is staged in git, not the files on disk.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing if it passes.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Name each section.")] = False,
    color: Annotated[Color, typer.Option(help="When to use color.")] = Color.AUTO,
    config: ConfigPath = None,
) -> None:
    """Compare the combined files with their sources.

    Prints what differs, and the diff. Exit codes: 0 in sync, 1 out of sync (even if --fix rewrote
    it), 2 error.

    \b
    Examples:
      prisma-combine check
      prisma-combine check --staged                in a hook, without pre-commit
      prisma-combine check --fix apps/api
      prisma-combine check --format github         in GitHub Actions
    """
    from prisma_combine.cli.check import check

    options = Options(
        "check",
        tuple(paths or ()),
        config,
        fix=fix,
        format=format,
        staged=staged,
        quiet=quiet,
        verbose=verbose,
        color=color,
    )
    raise typer.Exit(check(options))


@app.command()
def combine(
    *,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print it; write nothing.")] = False,
    config: ConfigPath = None,
) -> None:
    """Write the combined files.

    Resolves a conflicted combined file, too. Exit codes: 0 written or in sync, 1 mistakes in the
    sources, 2 error.

    \b
    Examples:
      prisma-combine combine
      prisma-combine combine --stdout | npx prisma validate --schema /dev/stdin
    """
    from prisma_combine.cli.combine import combine

    raise typer.Exit(combine(Options("combine", config=config, stdout=stdout)))


@app.command()
def adopt(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the diff to the sources; write nothing.")
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Carry hand edits from the combined files back into the sources.

    Then rewrites the combined files. Exit codes: 0 all carried, 1 some could not be, 2 error.

    \b
    Examples:
      prisma-combine adopt --dry-run
      prisma-combine adopt
    """
    from prisma_combine.cli.adopt import adopt

    raise typer.Exit(adopt(Options("adopt", config=config, dry_run=dry_run)))


@app.command()
def locate(
    *,
    place: Annotated[
        str | None, typer.Argument(metavar="[FILE:LINE]", help="A line of a combined file.")
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Print the source line behind a line of a combined file.

    Without FILE:LINE, copy standard input and replace each place in a combined file by its
    source's. Exit codes: 0, 1 when no source has the line, 2 error.

    \b
    Examples:
      prisma-combine locate prisma/schema.prisma:184
      npx prisma validate 2>&1 | prisma-combine locate
    """
    from prisma_combine.cli.locate import locate

    raise typer.Exit(locate(Options("locate", () if place is None else (place,), config)))


@app.command()
def audit(
    *,
    revisions: Annotated[
        str | None,
        typer.Argument(metavar="[REVISION-RANGE]", help="Such as v1.0..HEAD; by default HEAD."),
    ] = None,
    format: Annotated[Report, typer.Option(help="How to report.")] = Report.TEXT,
    svg: Annotated[
        str | None, typer.Option(metavar="FILE", help="Draw the history into a file, too.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List everything, not only what is newest.")
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Tell when the combined files disagreed with their sources, by the git history.

    It also tells what became of the edits made by hand. It needs no configuration, and changes
    nothing in the repository. Exit codes: 0 whatever it finds, 2 error.

    \b
    Examples:
      prisma-combine audit
      prisma-combine audit v1.0..HEAD --all
      prisma-combine audit --format markdown >> "$GITHUB_STEP_SUMMARY"
      prisma-combine audit --svg history.svg
    """
    from prisma_combine.cli.audit import audit

    raise typer.Exit(audit(revisions, config, format, svg, everything=everything))


def run() -> int:
    """Run the command that the command line names and return its exit code."""
    try:
        # Otherwise Typer decides about exit codes: 1 for an interrupt (before 0.26).
        code = app(standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except _Mistake as mistake:
        return _mistaken(mistake)
    if not isinstance(code, int):
        raise TypeError(f"Typer returned {code!r} and no exit code")
    return code


def _mistaken(mistake: Any) -> int:
    from prisma_combine.cli import failure

    mistake.show()
    failure.note(mistake.format_message())
    return 2
