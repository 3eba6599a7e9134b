"""What must hold for any input: one table, for the fuzzer and for the tests."""

from collections.abc import Callable
from typing import NamedTuple

from support.properties import program, pure, seeds


class Property(NamedTuple):
    """What must hold for any bytes, and how an engine begins to look for bad ones."""

    holds: Callable[[bytes], None]
    """raises when it does not"""
    seeds: tuple[bytes, ...]
    """valid inputs"""
    pieces: tuple[bytes, ...]
    """parts of inputs that are nearly valid"""
    cost: int = 1
    """how many times as long as others it takes"""


PROPERTIES = {
    "configuration": Property(pure.configure, seeds.CONFIGURATIONS, seeds.OF_TOML),
    "language": Property(pure.scan, seeds.LANGUAGE, seeds.OF_TEXT),
    "rules": Property(pure.find, (seeds.SOURCES, *seeds.LANGUAGE), seeds.OF_FORMATS),
    "formatting": Property(pure.unformat, seeds.LANGUAGE, seeds.OF_TEXT),
    "listing": Property(pure.choose, seeds.LISTINGS, (*seeds.OF_TOML, *seeds.OF_PATTERNS)),
    "wildcards": Property(pure.match_wildcards, seeds.TEMPLATES, seeds.OF_TEMPLATES),
    "format": Property(pure.render, seeds.FORMATS, seeds.OF_FORMATS),
    "pattern": Property(pure.match_pattern, seeds.PATTERNS, seeds.OF_PATTERNS),
    "alignment": Property(pure.align, seeds.ALIGNMENTS, seeds.OF_FORMATS),
    "judge": Property(pure.judge, seeds.ALIGNMENTS, seeds.OF_FORMATS),
    "infer": Property(pure.infer_format, seeds.FORMATS, seeds.OF_FORMATS, cost=5),
    "visible": Property(pure.show, seeds.HOSTILE, seeds.OF_REPORTS),
    "program": Property(program.run, seeds.PROGRAMS, seeds.OF_PROGRAMS, cost=50),
}
