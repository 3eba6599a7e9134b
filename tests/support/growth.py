"""Measure how time grows with size."""

import gc
import time
from collections.abc import Callable

import pytest

GROWTH = 8
MOST = 20
"""times as long for `GROWTH` times as much; where time is quadratic it is 64"""
UNMEASURABLE = 0.0005
"""seconds of CPU: less may have any cause"""


def _seconds(run: Callable[[], object]) -> float:
    # The collector's time grows with whatever other tests have left, and it may run at any moment.
    gc.disable()
    try:
        started = time.process_time()
        run()
        return time.process_time() - started
    finally:
        gc.enable()


def assert_linear(what: str, run: Callable[[int], Callable[[], object]], size: int) -> None:
    """Run what is made for a size, and for an eighth of it, and fail if time grew faster.

    A time that is too long is measured again, as another program may have been in the way.
    """
    large = run(size)
    longest = _seconds(large)
    if longest <= MOST * UNMEASURABLE:
        return
    small = run(size // GROWTH)
    shortest = max(UNMEASURABLE, min(_seconds(small) for _ in range(3)))
    for _ in range(5):
        if longest <= MOST * shortest:
            return
        longest = min(longest, _seconds(large))
        shortest = max(shortest, _seconds(small))
    if longest <= MOST * shortest:
        return
    pytest.fail(f"{what}: {longest:.3f} s, and {shortest:.4f} s for an eighth of it")
