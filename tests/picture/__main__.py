"""Draw the terminal in the README from what the tool really prints: `python tests/picture`.

With `--check` nothing is written, and the exit code is 1 when the pictures are out of date.
"""

import argparse
import html
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

# The modules in this folder must not hide those of packages.
sys.path[0] = str(Path(__file__).parent.parent)

from support import PROJECT, SAMPLE  # noqa: E402
from support.environment import isolated  # noqa: E402
from support.repository import Repository  # noqa: E402

FOLDER = "src/infrastructure"
EDIT = (
    "  company              String?\n",
    "  company              String?\n  title                String?\n",
)
COMMIT = 'git commit -qam "Add a title to contacts"'
HOOK = "#!/bin/sh\nexec prisma-combine check --staged\n"

COLUMNS = 112
"""the width of the terminal; longer lines are wrapped, as a terminal does"""
WIDTH, HEIGHT = 8.43, 20
"""of a character at the size of the font"""
PADDING = 20
_COLOR = re.compile(r"\x1b\[(\d*)m")
_CLASSES = {"1": "bold", "31": "red", "32": "green", "36": "cyan"}


class Theme(NamedTuple):
    """The colors of a picture: those of GitHub's own pages."""

    background: str
    border: str
    text: str
    faint: str
    red: str
    green: str
    cyan: str


THEMES = {
    "light": Theme("#f6f8fa", "#d1d9e0", "#1f2328", "#59636e", "#cf222e", "#116329", "#1b7c83"),
    "dark": Theme("#0d1117", "#3d444d", "#f0f6fc", "#9198a1", "#ff7b72", "#7ee787", "#76e3ea"),
}


class Span(NamedTuple):
    """Some text, and how it looks: one of _CLASSES, `faint`, or nothing."""

    style: str
    text: str


def main() -> int:
    """Draw or check the pictures and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    checks = parser.parse_args().check
    with tempfile.TemporaryDirectory() as place:
        lines = session(Path(place))
    stale = []
    for name, theme in THEMES.items():
        file = PROJECT / ".github" / f"terminal-{name}.svg"
        drawn = picture(lines, theme)
        if checks and (not file.exists() or file.read_text() != drawn):
            stale.append(file.relative_to(PROJECT))
        elif not checks:
            file.write_text(drawn)
    for path in stale:
        print(f"{path} is out of date; run `python tests/picture`", file=sys.stderr)
    return 1 if stale else 0


def session(place: Path) -> list[list[Span]]:
    """Make a commit that fails, do what the output says, and return what the terminal shows."""
    environment = isolated(place) | {"FORCE_COLOR": "1", "PWD": ""}
    environment["PATH"] = os.pathsep.join([str(_program(place)), environment["PATH"]])
    root = place / "contact-sync"
    ignored = shutil.ignore_patterns("node_modules", "dist", ".pre-commit-config.yaml")
    shutil.copytree(SAMPLE, root, ignore=ignored)
    repository = Repository(root, environment)
    repository.git("init", "--quiet")
    repository.commit("Before")
    hook = root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    repository.replace(*EDIT, f"{FOLDER}/schema.prisma")

    failed = _typed(repository, COMMIT, code=1)
    shown = failed
    for command in _first_block(failed):
        shown += _typed(repository, command)
    return shown + _typed(repository, COMMIT)


def _program(place: Path) -> Path:
    """Return a folder with a `prisma-combine` that is the code of this work tree."""
    folder = place / "bin"
    folder.mkdir()
    program = folder / "prisma-combine"
    hooks = PROJECT / "hooks"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path[0] = {str(hooks)!r}\n"
        "from prisma_combine.__main__ import run\nrun()\n"
    )
    program.chmod(0o755)
    return folder


def _typed(repository: Repository, command: str, code: int = 0) -> list[list[Span]]:
    script = f"cd {FOLDER} && export PWD && {{ {command}; }} 2>&1"
    ran = repository.run("sh", "-c", script)
    if ran.code != code:
        raise RuntimeError(f"`{command}` ended with {ran.code}:\n{ran.out}")
    prompt = [Span("faint", f"{FOLDER} $ "), Span("bold", command)]
    return [prompt, *_lines(ran.out), [Span("", "")]]


def _lines(out: str) -> list[list[Span]]:
    """Return the lines of an output, wrapped, with its colors as spans."""
    lines = []
    for line in out.split("\n")[:-1]:
        spans, style, column = [], "", 0
        for place, part in enumerate(_COLOR.split(line)):
            if place % 2:
                style = _CLASSES.get(part, "")
                continue
            rest = part.expandtabs(8)
            while column + len(rest) > COLUMNS:
                spans.append(Span(style, rest[: COLUMNS - column]))
                rest, column = rest[COLUMNS - column :], 0
                lines.append(spans)
                spans = []
            column += len(rest)
            spans.append(Span(style, rest))
        lines.append(spans)
    return lines


def _first_block(lines: list[list[Span]]) -> list[str]:
    """Return the commands of the first way out that the output offers."""
    texts = ["".join(span.text for span in line) for line in lines]
    start = next(number for number, text in enumerate(texts) if re.match(r"To .*:$", text))
    commands = []
    for text in texts[start + 1 :]:
        if not text.startswith("  "):
            break
        commands.append(text.strip())
    return commands


def picture(lines: list[list[Span]], theme: Theme) -> str:
    """Return the terminal as SVG."""
    while not "".join(span.text for span in lines[-1]):
        lines = lines[:-1]
    width = round(COLUMNS * WIDTH) + 2 * PADDING
    height = len(lines) * HEIGHT + 2 * PADDING
    rows = []
    for number, line in enumerate(lines):
        spans = "".join(
            f'<tspan class="{span.style}">{html.escape(span.text)}</tspan>'
            if span.style
            else html.escape(span.text)
            for span in line
            if span.text
        )
        if spans:
            rows.append(f'<text x="{PADDING}" y="{PADDING + 15 + number * HEIGHT}">{spans}</text>')
    styles = (
        "text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;"
        f" fill: {theme.text}; white-space: pre; }}\n"
        f".bold {{ font-weight: 600; }}\n.faint {{ fill: {theme.faint}; }}\n"
        f".red {{ fill: {theme.red}; }}\n.green {{ fill: {theme.green}; }}\n.cyan {{ fill: {theme.cyan}; }}\n"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img">\n'
        f"<style>\n{styles}</style>\n"
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"'
        f' fill="{theme.background}" stroke="{theme.border}"/>\n' + "\n".join(rows) + "\n</svg>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
