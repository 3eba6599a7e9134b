"""Builders and models that tests of every kind share."""

from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
SAMPLE = PROJECT / "tests" / "sample"
