"""Paths as the user can type them."""

import os
from contextlib import suppress


class Shown:
    """Turns paths relative to the root into paths relative to a folder that the user is in."""

    def __init__(self, root: str, start: str = os.curdir) -> None:
        self._root, self._start = root, start

    def __call__(self, path: str) -> str:
        """Return a path to click on or to copy."""
        full = os.path.join(self._root, path)
        with suppress(ValueError):  # the user is on another drive
            full = os.path.relpath(full, self._start)
        return full.replace(os.sep, "/")
