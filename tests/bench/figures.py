"""The figures of `load`: what was measured, as a table."""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO

from repositories import EDITED, IN_SYNC, STALE

CHECKS = {state: f"prisma-combine check, {state}" for state in (IN_SYNC, STALE, EDITED)}
SCRIPT = "combine-schemas.js && git diff"
PRISMA = "prisma validate"
BYTES = "cat | cmp"
PYTHON = "python -c pass"


class Figure(NamedTuple):
    """What one command took on one repository."""

    axis: str
    """what there is more and more of: models, files or targets"""
    size: int
    """how many of them"""
    command: str
    runs: int
    seconds: float
    """the median"""
    megabytes: float
    """the median of the peaks"""


def write(figures: Iterable[Figure], file: TextIO) -> None:
    """Writes CSV."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Figure._fields)
    for figure in figures:
        row = figure._replace(
            seconds=round(figure.seconds, 4), megabytes=round(figure.megabytes, 1)
        )
        writer.writerow(row)


def read(file: TextIO) -> Iterator[Figure]:
    """Reads the CSV that `write` wrote."""
    for row in csv.DictReader(file):
        yield Figure(
            row["axis"],
            int(row["size"]),
            row["command"],
            int(row["runs"]),
            float(row["seconds"]),
            float(row["megabytes"]),
        )
