"""Draw the figures that were measured."""

import csv
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

_LEFT, _RIGHT, _EDGE, _ROW, _BAR = 290, 170, 24, 22, 12
_UNIT = 140
"""the width of a bar as long as the script's"""
_MOST = 3.0
"""times the script's; longer bars are cut off"""
_WIDTH = round(_LEFT + _UNIT * _MOST + _RIGHT)
_STYLE = """\
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
.head { font-weight: 600 }
.back { fill: #ffffff; stroke: #d1d9e0 }
text { fill: #1f2328 }
.faint { fill: #59636e }
.own { fill: #0969da }
.other { fill: #818b98 }
@media (prefers-color-scheme: dark) {
.back { fill: #0d1117; stroke: #3d444d }
text { fill: #f0f6fc }
.faint { fill: #9198a1 }
.own { fill: #4493f8 }
.other { fill: #656c76 }
}
"""


class Figure(NamedTuple):
    """What a command took in a repository: medians."""

    repository: str
    command: str
    state: str
    """that it meets"""
    runs: int
    milliseconds: float
    ratio: float
    """to the script and `git diff`, on the same state in the same turn"""
    megabytes: float
    """peak memory"""


def draw(figures: Path, plot: Path) -> None:
    """Draw an SVG from a CSV file, a bar for each ratio."""
    with figures.open(newline="", encoding="utf-8") as file:
        rows = [
            Figure(name, command, state, int(runs), float(taken), float(ratio), float(memory))
            for name, command, state, runs, taken, ratio, memory in list(csv.reader(file))[1:]
        ]
    y = _EDGE + _ROW // 2
    drawn = []
    for name, group in groupby(rows, lambda one: one.repository):
        y += 2 * _ROW
        top = y - _ROW // 4
        drawn.append(f'<text class="head" x="{_EDGE}" y="{y - _ROW // 2}">{escape(name)}</text>')
        for one in group:
            drawn += _bar(one, y)
            y += _ROW
        height = y - top
        drawn.append(
            f'<rect class="faint" x="{_LEFT + _UNIT}" y="{top}" width="1" height="{height}"/>'
        )
    height = y + _EDGE
    title = "Time, in units of `node combine-schemas.js &amp;&amp; git diff --exit-code`"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" role="img">',
        f"<title>{title}</title>",
        f"<style>\n{_STYLE}</style>",
        f'<rect class="back" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<text class="faint" x="{_EDGE}" y="{_EDGE + _BAR}">{title}</text>',
        *drawn,
        "</svg>",
    ]
    plot.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _bar(one: Figure, y: int) -> Iterator[str]:
    kind = "own" if one.command.startswith("prisma-combine") else "other"
    width = _UNIT * min(one.ratio, _MOST)
    text = y + _BAR - 1
    name = f"{one.command}, {one.state}" if kind == "own" else one.command
    yield f'<text x="{_LEFT - 10}" y="{text}" text-anchor="end">{escape(name)}</text>'
    yield f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2"/>'
    said = f"{one.ratio:.2f} · {one.milliseconds:,.0f} ms"
    yield f'<text class="faint" x="{_WIDTH - _EDGE}" y="{text}" text-anchor="end">{said}</text>'
