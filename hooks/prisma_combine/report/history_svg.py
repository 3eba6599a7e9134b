"""A picture of the history: a line for each combined file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from prisma_combine.actions.audit import Audit, Story
from prisma_combine.compare.verdict import Status
from prisma_combine.report.audit import date, lasted, summary
from prisma_combine.report.visible import visible
from prisma_combine.report.words import count

_WIDTH, _EDGE, _TOP, _ROW, _BAR = 880, 24, 96, 84, 16
_LETTER = 6.2
"""the width of a letter of the small text, at most"""
_STYLE = """\
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
.small { font-size: 11px }
.head { font-size: 15px; font-weight: 600 }
.back { fill: #ffffff; stroke: #d1d9e0 }
text { fill: #1f2328 }
.small, .grid { fill: #59636e }
.track { fill: #e6eaef }
.stale { fill: #d4a000 }
.edited { fill: #8250df }
.other { fill: #818b98 }
@media (prefers-color-scheme: dark) {
.back { fill: #0d1117; stroke: #3d444d }
text { fill: #f0f6fc }
.small, .grid { fill: #9198a1 }
.track { fill: #262c36 }
.stale { fill: #d29922 }
.edited { fill: #ab7df8 }
.other { fill: #656c76 }
}
"""
_CLASSES = {
    Status.STALE: ("stale",),
    Status.HAND_EDITED: ("edited",),
    Status.UNMANAGED: ("edited",),
    Status.DIVERGED: ("stale", "edited"),
}


def svg(audit: Audit) -> str:
    """Return the picture."""
    headline = next(summary(audit))
    first, _, rest = map(escape, headline.partition(", for "))
    height = _TOP + _ROW * len(audit.schemas) + 16
    begins = [one.begin.time for one in audit.schemas if one.begin] or [audit.tip.time]
    scale = _Scale(min(begins), audit.tip.time)
    rows = [
        row
        for number, one in enumerate(audit.schemas)
        for row in _story(audit, one, scale, _TOP + _ROW * number)
    ]
    body = "\n".join([*_legend(audit), *_months(scale, height), *rows])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" role="img">\n<title>{escape(headline)}</title>\n'
        f"<style>\n{_STYLE}</style>\n"
        f'<rect class="back" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="8"/>\n'
        f'<text class="head" x="{_EDGE}" y="34">{first}</text>\n'
        f'<text x="{_EDGE}" y="56">{rest and f"for {rest}"}</text>\n{body}\n</svg>\n'
    )


class _Scale:
    """Turns times into places on the line."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, max(last, first + 1)

    def __call__(self, time: int) -> float:
        part = (time - self.first) / (self.last - self.first)
        return round(_EDGE + min(max(part, 0), 1) * (_WIDTH - 2 * _EDGE), 1)


def _legend(audit: Audit) -> Iterator[str]:
    words = {"stale": "stale", "edited": "edited by hand"}
    if any(one.status not in _CLASSES for episode in audit.episodes for one in episode.statuses):
        words["other"] = "something else"
    for number, (kind, said) in enumerate(words.items()):
        x = _EDGE + 110 * number
        yield f'<rect class="{kind}" x="{x}" y="73" width="11" height="11" rx="2"/>'
        yield f'<text class="small" x="{x + 16}" y="83">{said}</text>'


def _months(scale: _Scale, height: int) -> Iterator[str]:
    """Yield a mark at every month, or at every few."""
    first, last = (datetime.fromtimestamp(time, UTC) for time in (scale.first, scale.last))
    low, high = first.year * 12 + first.month, last.year * 12 + last.month
    step = next(n for n in (1, 2, 3, 6, *range(12, high, 12)) if (high - low) / n <= 9)
    for month in range(-(-low // step) * step, high, step):
        day = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        x = scale(int(day.timestamp()))
        yield f'<rect class="track" x="{x}" y="{_TOP}" width="1" height="{height - _TOP - 24}"/>'
        yield f'<text class="small" x="{x}" y="{height - 10}">{day:%b %Y}</text>'


def _story(audit: Audit, story: Story, scale: _Scale, top: int) -> Iterator[str]:
    said = f"{story.disagreed} of {count(story.commits, 'commit')}"
    y = top + 30
    begin, end = scale(story.begin.time if story.begin else scale.first), scale(scale.last)
    yield f'<text x="{_EDGE}" y="{y - 8}">{escape(visible(story.output))}'
    yield f'<tspan class="small" dx="8">{said}</tspan></text>'
    yield _bar("track", begin, y, end - begin, _BAR)
    free = [0.0, 0.0]
    for episode in story.episodes:
        edges = [commit for _, commit in episode.statuses] + [episode.end or audit.tip]
        for (status, since), until in zip(episode.statuses, edges[1:], strict=True):
            kinds = _CLASSES.get(status, ("other",))
            x, part = scale(since.time), _BAR / len(kinds)
            title = f"{status}, {date(since)} to {date(until)}"
            for number, kind in enumerate(kinds):
                width = max(scale(until.time) - x, 3)
                yield _bar(kind, x, y + part * number, width, part, title)
        label = f"{date(episode.commit)}, {lasted(episode.seconds)}"
        x = min(scale(episode.commit.time), _WIDTH - _EDGE - len(label) * _LETTER)
        line = next((one for one in (0, 1) if free[one] <= x), None)
        if line is not None:
            free[line] = x + (len(label) + 2) * _LETTER
            yield f'<text class="small" x="{x:.1f}" y="{y + 30 + 13 * line}">{label}</text>'


def _bar(kind: str, x: float, y: float, width: float, height: float, title: str = "") -> str:
    """Return a part of a line; a browser shows its title where the mouse is."""
    shape = f'x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height:g}"'
    return f'<rect class="{kind}" {shape}>{title and f"<title>{title}</title>"}</rect>'
