"""`prisma-combine audit`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from prisma_combine.actions import audit as audits
from prisma_combine.config import load
from prisma_combine.config.load import Config
from prisma_combine.errors import CombineError
from prisma_combine.report import audit as report
from prisma_combine.report.commands import Commands, Program, program
from prisma_combine.report.paths import Shown
from prisma_combine.report.terminal import say, write


def audit(
    revisions: str | None, named: str | None, form: str, svg: str | None, *, everything: bool
) -> int:
    """Report on the history and return the exit code."""
    config, configured = _config(named)
    with _progress() as progress:
        found = audits.audit(config, revisions, progress)
    shown = Shown(config.root)
    # A report that is posted elsewhere must not name the path of this machine's program.
    typed = Program() if form == "markdown" else program(config.root)
    advice = report.advice(found, Commands(typed, shown, named), configured=configured)
    schemas = [replace(one, output=shown(one.output)) for one in found.schemas]
    named_here = replace(found, schemas=schemas)
    if svg is not None:
        _draw(svg, named_here)
    if form == "json":
        lines = iter([report.data(found)])
    elif form == "markdown":
        lines = report.markdown(named_here, advice)
    else:
        lines = report.text(named_here, advice, everything=everything)
    write("".join(f"{line}\n" for line in lines).encode(errors="replace"))
    return 0 if found.complete else 130


def _config(named: str | None) -> tuple[Config, bool]:
    """Return the configuration, or what `init` would write, and whether there is one."""
    folder = os.getcwd()
    top = load.top_level(folder)
    while named is None and not os.path.lexists(os.path.join(folder, load.NAME)):
        if folder in (top, os.path.dirname(folder)):
            from prisma_combine.setup.draft import draft

            made = draft(os.getcwd())
            return load.of(made.text, load.NAME, made.root), False
        folder = os.path.dirname(folder)
    return load.load(named), True


def _draw(path: str, found: audits.Audit) -> None:
    from prisma_combine.report import history_svg

    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(history_svg.svg(found))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CombineError(f"{path}: can't write the picture: {why}; name another file") from None
    say([f"{path}: written"])


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """Show how much of the history has been read, on a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading the history", total=1.0)
        yield lambda part: bar.update(task, completed=part)
