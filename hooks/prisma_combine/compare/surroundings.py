"""The banner and the footer of a combined file, where these have wildcards."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.schema import wildcards


class Surroundings(NamedTuple):
    """The text above and below the sections; None where it isn't as the format says."""

    banner: str | None
    footer: str | None

    def otherwise(self, other: "Surroundings") -> "Surroundings":
        """Return what these are, or else the others."""
        return Surroundings(
            other.banner if self.banner is None else self.banner,
            other.footer if self.footer is None else self.footer,
        )


NOTHING = Surroundings(None, None)


def surroundings(
    text: str, lineages: Sequence[Lineage], frame: Frame, before: Surroundings = NOTHING
) -> Surroundings:
    """Find them in a combined file; `before` is what they were in an earlier one."""
    present = [one for one in lineages if one.now is not None]
    banner, footer = frame.banner, frame.form.footer
    # Where `{lines}` ends is hard to tell, unless nothing in it has changed.
    if wildcards.LINES in banner and before.banner and text.startswith(before.banner):
        above: str | None = before.banner
    else:
        above = wildcards.head(banner, text, _beginnings(present, frame))
    if wildcards.LINES in footer and before.footer and text.endswith(before.footer):
        return Surroundings(above, before.footer)
    return Surroundings(above, wildcards.tail(footer, text, _ends(present, frame)))


def _beginnings(present: Sequence[Lineage], frame: Frame) -> Iterator[str]:
    """Yield how the text below the banner may begin."""
    start = ""
    for number, one in enumerate(present):
        start += frame.between(one.name) if number else frame.header(one.name, first=True)
        yield from (start + body for body in one.versions if body.strip())
        if start.strip():
            yield start
        if one.now:
            return


def _ends(present: Sequence[Lineage], frame: Frame) -> Iterator[str]:
    """Yield how the text above the footer may end."""
    end = ""
    for one in reversed(present):
        yield from (body + end for body in one.versions if body.strip())
        if one.now:
            return
        end = frame.between(one.name) + end
