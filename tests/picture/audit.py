"""Draw the picture of a history in the README: `python tests/picture/audit.py`.

A test of `audit` checks that it is up to date.
"""

import sys
import tempfile
from pathlib import Path

# The modules in this folder must not hide those of packages.
sys.path[0] = str(Path(__file__).parent.parent)

from support import PROJECT  # noqa: E402
from support.drift import Drift  # noqa: E402
from support.environment import isolated  # noqa: E402


def main() -> int:
    """Draw the picture and return the exit code."""
    with tempfile.TemporaryDirectory() as place:
        drift = Drift(Path(place) / "repository", isolated(Path(place)), configured=False)
        file = PROJECT / ".github" / "audit.svg"
        return drift.repository.tool("audit", "--svg", str(file)).code


if __name__ == "__main__":
    sys.exit(main())
