"""The properties of `support.properties`, with inputs that are nearly right."""

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.properties import PROPERTIES, Property


class Splice(NamedTuple):
    """A change to an input: so many bytes at a place become others."""

    at: float
    """as a part of the whole"""
    length: int
    new: bytes

    def made(self, data: bytes) -> bytes:
        """Return the input with the change."""
        at = int(self.at * len(data))
        return data[:at] + self.new + data[at + self.length :]


def _spliced(data: bytes, splices: list[Splice]) -> bytes:
    for splice in splices:
        data = splice.made(data)
    return data


def _inputs(tried: Property) -> st.SearchStrategy[bytes]:
    """Return valid inputs with changes, their pieces in any order, and any bytes."""
    pieces = st.sampled_from(tried.pieces)
    text = st.lists(pieces | st.binary(max_size=3), max_size=40).map(b"".join)
    new = st.lists(pieces, max_size=3).map(b"".join)
    splices = st.builds(Splice, st.floats(0, 1), st.sampled_from([0, 0, 1, 2, 9, 60]), new)
    changed = st.builds(_spliced, st.sampled_from(tried.seeds), st.lists(splices, max_size=5))
    return changed | text | st.binary(max_size=200)


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_holds_for_valid_inputs(name: str) -> None:
    for seed in PROPERTIES[name].seeds:
        PROPERTIES[name].holds(seed)


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_holds_for_nearly_valid_inputs(name: str) -> None:
    tried = PROPERTIES[name]

    @settings(suppress_health_check=list(HealthCheck))
    @given(_inputs(tried))
    def holds(data: bytes) -> None:
        tried.holds(data)

    holds()
