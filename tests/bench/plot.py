"""Draws the figures of `load`; again with `python tests/bench/plot.py FIGURES.csv PLOT.svg`."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

import figures
from figures import BYTES, CHECKS, PRISMA, PYTHON, SCRIPT, Figure
from repositories import EDITED, IN_SYNC, STALE

_OURS = {"linewidth": 2, "marker": "o", "markersize": 4.5, "zorder": 3}
_THEIRS = {"linewidth": 1.3, "marker": "s", "markersize": 3, "zorder": 2}
TITLES = {
    "models": "models, in up to 200 files",
    "files": "files, two models in each",
    "targets": "targets, four models in each",
}
STYLES: dict[str, dict[str, Any]] = {
    CHECKS[IN_SYNC]: _OURS | {"color": "#0969da"},
    CHECKS[STALE]: _OURS | {"color": "#d4731b"},
    CHECKS[EDITED]: _OURS | {"color": "#a40e26", "linestyle": (0, (4, 2)), "markersize": 3},
    SCRIPT: _THEIRS | {"color": "#1a7f37"},
    PRISMA: _THEIRS | {"color": "#8250df"},
}
_SETTINGS: Any = {
    # Text that can be searched, and the same bytes for the same figures.
    "svg.fonttype": "none",
    "svg.hashsalt": "prisma-combine",
    "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial", "sans-serif"],
    "font.size": 9,
    "text.color": "#1f2328",
    "axes.labelcolor": "#1f2328",
    "axes.edgecolor": "#8c959f",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": "#57606a",
    "ytick.color": "#57606a",
    "grid.color": "#d8dee4",
    "grid.linewidth": 0.6,
}


def draw(drawn: Sequence[Figure], path: Path) -> None:
    """Draws time above peak memory, a column for each axis."""
    names = list(dict.fromkeys(figure.axis for figure in drawn))
    with mpl.rc_context(_SETTINGS):
        canvas = Canvas(figsize=(10.5, 6.6), facecolor="white", layout="constrained")
        panels = canvas.subplots(2, len(names), sharex="col", sharey="row", squeeze=False)
        for column, name in enumerate(names):
            top, bottom = panels[0][column], panels[1][column]
            own = [figure for figure in drawn if figure.axis == name]
            _floor(own, top, bottom)
            for command, style in STYLES.items():
                line = [figure for figure in own if figure.command == command]
                if line:
                    sizes = [figure.size for figure in line]
                    top.plot(sizes, [figure.seconds for figure in line], **style, label=command)
                    bottom.plot(sizes, [figure.megabytes for figure in line], **style)
            top.set_title(TITLES[name], loc="left")
            _scale(bottom, sorted({figure.size for figure in own}))
        for row, (label, shown) in enumerate({"time": _time, "peak memory": _memory}.items()):
            panels[row][0].set_ylabel(label)
            for panel in panels[row]:
                _rule(panel, shown)
        handles, labels = panels[0][0].get_legend_handles_labels()
        canvas.legend(
            handles, labels, loc="outside lower center", ncols=3, frameon=False, handlelength=3
        )
        canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    if path.suffix == ".svg":
        # matplotlib ends the lines of a path with blanks.
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_text("\n".join(line.rstrip() for line in lines), encoding="utf-8", newline="\n")


def _floor(drawn: Sequence[Figure], top: Axes, bottom: Axes) -> None:
    """A band from once to twice what no check of these files in Python can do without."""
    parts = [[one for one in drawn if one.command == command] for command in (BYTES, PYTHON)]
    pairs = list(zip(*parts, strict=True))
    sizes = [read.size for read, _ in pairs]
    least = [read.seconds + start.seconds for read, start in pairs]
    twice = [2 * seconds for seconds in least]
    label = f"once to twice {BYTES}, and {PYTHON}"
    top.fill_between(sizes, least, twice, color="#d0d7de", linewidth=0, zorder=1, label=label)
    memory = [max(read.megabytes, start.megabytes) for read, start in pairs]
    bottom.plot(sizes, memory, color="#afb8c1", linewidth=2, zorder=1)


def _scale(panel: Axes, sizes: Sequence[int]) -> None:
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(ticker.FixedLocator(sizes))
    panel.xaxis.set_major_formatter(ticker.FuncFormatter(lambda size, _: _short(size)))
    panel.xaxis.set_minor_locator(ticker.NullLocator())


def _rule(panel: Axes, shown: Callable[[float], str]) -> None:
    panel.set_yscale("log")
    panel.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: shown(value)))
    panel.yaxis.set_minor_formatter(ticker.NullFormatter())
    panel.tick_params(which="both", length=0)
    panel.grid(visible=True)
    panel.set_axisbelow(True)


def _short(size: float) -> str:
    return f"{size / 1000:g}k" if size >= 1000 else f"{size:g}"


def _time(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


def _memory(megabytes: float) -> str:
    return f"{megabytes / 1000:g} GB" if megabytes >= 1000 else f"{megabytes:g} MB"


def main() -> None:
    """Draws what was measured before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path)
    parser.add_argument("plot", type=Path)
    options = parser.parse_args()
    with options.figures.open(newline="") as file:
        draw(list(figures.read(file)), options.plot)


if __name__ == "__main__":
    main()
