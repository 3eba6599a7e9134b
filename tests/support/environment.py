"""An environment for the programs under test."""

import os
import sys
from pathlib import Path

_GITCONFIG = """\
[user]
name = Ada
email = ada@example.com
[init]
defaultBranch = main
[core]
fsync = none
[gc]
auto = 0
[maintenance]
auto = false
[protocol "file"]
allow = always
"""


def isolated(home: Path) -> dict[str, str]:
    """Return an environment in which git knows a user and not the machine's configuration."""
    config = home / "gitconfig"
    config.write_text(_GITCONFIG)
    foreign = ("GIT", "FORCE_COLOR", "NO_COLOR", "PRE_COMMIT")  # GITHUB_ too
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(config),
        # The command that the messages name is then the same on every machine.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
