"""Teams behind a registry mirror use these too, so they name no download addresses."""

import json
from pathlib import Path

import pytest

from support import SAMPLE

HERE = Path(__file__).parent


@pytest.mark.parametrize("folder", [SAMPLE, HERE], ids=["sample", "schema-engine"])
def test_lock_file_pins_every_package_and_no_address(folder: Path) -> None:
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []
