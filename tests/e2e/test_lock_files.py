"""Teams behind a registry mirror use these too, so they name no download addresses."""

import json
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent


@pytest.mark.parametrize("folder", ["sample", "e2e"])
def test_pins_every_package_but_no_address(folder: str) -> None:
    lock = json.loads((TESTS / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []
