"""The properties of `tests/fuzz`, put to the test with inputs that are nearly right."""

import os
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.properties import PROPERTIES, Property

TIMES = int(os.environ.get("PRISMA_COMBINE_FUZZ", "1"))
"""how many times as many examples as usual"""


class Splice(NamedTuple):
    """A change to an input: so many bytes at a place, in parts of the whole, become others."""

    at: float
    length: int
    new: bytes

    def made(self, data: bytes) -> bytes:
        """The input with the change."""
        at = int(self.at * len(data))
        return data[:at] + self.new + data[at + self.length :]


def _spliced(data: bytes, splices: list[Splice]) -> bytes:
    for splice in splices:
        data = splice.made(data)
    return data


def inputs(tried: Property) -> st.SearchStrategy[bytes]:
    """Valid inputs with changes to them, what such are made of in any order, and any bytes."""
    pieces = st.sampled_from(tried.pieces)
    text = st.lists(pieces | st.binary(max_size=3), max_size=40).map(b"".join)
    new = st.lists(pieces, max_size=3).map(b"".join)
    splices = st.builds(Splice, st.floats(0, 1), st.sampled_from([0, 0, 1, 2, 9, 60]), new)
    changed = st.builds(_spliced, st.sampled_from(tried.seeds), st.lists(splices, max_size=5))
    return changed | text | st.binary(max_size=200)


@pytest.mark.parametrize("name", PROPERTIES)
def test_property(name: str) -> None:
    tried = PROPERTIES[name]

    @settings(
        max_examples=(60 if tried.slow else 600) * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(tried))
    def holds(data: bytes) -> None:
        tried.holds(data)

    for seed in tried.seeds:
        tried.holds(seed)
    holds()
