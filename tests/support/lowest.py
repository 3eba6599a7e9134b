"""The oldest versions of the dependencies that pyproject.toml allows; run, it prints them for pip."""

import tomllib
from pathlib import Path

_PROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"


def lowest() -> list[str]:
    """Return a requirement for each dependency that only its oldest version meets."""
    project = tomllib.loads(_PROJECT.read_text())["project"]
    found = []
    for requirement in project["dependencies"]:
        bound, _, _ = requirement.partition(",")
        name, operator, version = bound.partition(">=")
        assert operator, f"{requirement} has no lower bound"
        found.append(f"{name}=={version}")
    return found


if __name__ == "__main__":
    print(*lowest())
