"""The properties by name, and what an engine needs to know to put each to the test."""

from collections.abc import Callable
from typing import NamedTuple

from fuzz import program, pure, seeds


class Property(NamedTuple):
    """What must hold of any bytes."""

    holds: Callable[[bytes], None]
    """raises when it does not"""
    seeds: tuple[bytes, ...]
    """valid inputs"""
    pieces: tuple[bytes, ...]
    """what near-valid ones are made of"""
    slow: bool = False
    """it starts programs, or writes files"""


PROPERTIES = {
    "config": Property(pure.reads_a_configuration, seeds.CONFIGURATIONS, seeds.OF_TOML),
    "source": Property(pure.reads_a_source, seeds.BODIES, seeds.OF_TEXT),
    "combined": Property(pure.reads_a_combined_file, seeds.COMBINED_FILES, seeds.OF_COMBINED),
    "psl": Property(pure.scans_the_language, seeds.LANGUAGE, seeds.OF_TEXT),
    "verdict": Property(pure.judges, seeds.COMBINED_FILES, seeds.OF_COMBINED),
    "adopt": Property(pure.adopts, seeds.COMBINED_FILES, seeds.OF_COMBINED),
    "merge": Property(pure.merges, seeds.MERGES, seeds.OF_COMBINED),
    "script": Property(pure.reads_a_script, seeds.SCRIPTS, seeds.OF_SCRIPTS),
    "filter": Property(program.replaces_places, seeds.OUTPUTS, seeds.OF_OUTPUT),
    "locate": Property(pure.locates, seeds.COMBINED_FILES, seeds.OF_COMBINED, slow=True),
    "report": Property(program.reports, seeds.REPORTS, seeds.OF_REPORTS, slow=True),
    "program": Property(program.runs, seeds.PROGRAMS, seeds.OF_PROGRAMS, slow=True),
}
