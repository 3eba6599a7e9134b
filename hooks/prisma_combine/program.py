"""What a user has to type to run this program again."""

import os
import shlex
import shutil
import sys

NAME = "prisma-combine"


def command(words: str, config: str | None) -> str:
    """A command line for the user's shell: `prisma-combine check --fix`."""
    option = f" --config {shlex.quote(config)}" if config else ""
    return f"{_name()} {words}{option}"


def in_hook() -> bool:
    """Whether git, or pre-commit, runs this for a commit: what counts then is the index."""
    return "GIT_INDEX_FILE" in os.environ or "PRE_COMMIT" in os.environ


def _name() -> str:
    folder = os.path.dirname(sys.executable)
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if os.path.basename(sys.prefix).startswith("py_env-"):
        # An environment of pre-commit's: on the PATH of its hooks, not on the user's.
        path = [entry for entry in path if entry != folder]
    if shutil.which(NAME, path=os.pathsep.join(path)):
        return NAME
    script = shutil.which(NAME, path=folder)
    if script is None:
        # -P, or Python would first look for a module of this name in the working directory.
        return f"{shlex.quote(sys.executable)} -P -m prisma_combine"
    home = os.path.join(os.path.expanduser("~"), "")
    if script.startswith(home) and shlex.quote(script) == script:
        return "~/" + script.removeprefix(home)
    return shlex.quote(script)
