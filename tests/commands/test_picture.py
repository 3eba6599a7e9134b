"""The picture in the README shows what the tool prints."""

import subprocess
import sys

import pytest

from support import PROJECT


@pytest.mark.posix
def test_the_picture_is_current() -> None:
    command = (sys.executable, str(PROJECT / "tests" / "picture"), "--check")
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
