"""Kill the tool while it works, and put a git in its way."""

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

from support import PROJECT
from support.repository import PROGRAM, Repository

AUDIT = PROJECT / "tests" / "support" / "audit"
_TEMPORARY = re.compile(r"\..+\.(?:prisma|toml)\.[0-9a-f]{16}\.tmp")
AUDITED = os.pathsep.join(filter(None, [str(AUDIT), os.environ.get("PYTHONPATH")]))
"""as PYTHONPATH, it lets a process be killed at a step, or write down what it opens"""


def beside(repository: Repository, name: str) -> Path:
    """Return a path next to a repository, which no other test uses."""
    return repository.root.parent / f"{repository.root.name}-{name}"


class Interrupted:
    """A repository in which a command is killed again and again.

    It runs the command once to the end, to know what it makes of the files.
    """

    def __init__(self, repository: Repository, arguments: tuple[str, ...], code: int) -> None:
        self.repository, self.arguments, self.code = repository, arguments, code
        self.temporary = beside(repository, "tmp")
        self.temporary.mkdir()
        self.variables = {"TMPDIR": str(self.temporary)}
        self.old = repository.files()
        self._pristine = repository.copy(beside(repository, "pristine"))
        ran = repository.tool(*arguments, environment=self.variables)
        assert ran.code == code, ran
        self.new = repository.files()
        assert self.new.keys() == self.old.keys()
        assert self.new != self.old
        self.seen: set[str] = set()

    def restore(self) -> None:
        """Put everything back, git's objects and the record of the last write included."""
        shutil.rmtree(self.repository.root)
        self._pristine.copy(self.repository.root)

    def start(
        self, stderr: int = subprocess.DEVNULL, **variables: str
    ) -> "subprocess.Popen[bytes]":
        """Start the command, with more in its environment."""
        return subprocess.Popen(
            [*PROGRAM, *self.arguments],
            cwd=self.repository.root,
            env=self.repository.environment | self.variables | variables,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )

    def judge(self) -> None:
        """Assert that each file is old or new as a whole, and that the next run finishes."""
        found, left = self._files()
        assert found.keys() == self.old.keys()
        for path in self.old:
            assert found[path] in (self.old[path], self.new[path])
        changed = {path for path in self.old if self.old[path] != self.new[path]}
        written = {path for path in changed if found[path] == self.new[path]}
        if 0 < len(written) < len(changed):
            self.seen.add("halfway")
        if left:
            self.seen.add("beside")
        if os.listdir(self.temporary):
            self.seen.add("temporary")
        again = self.repository.tool(*self.arguments, environment=self.variables)
        assert again.code == (0 if written == changed else self.code), again
        assert self._files()[0] == self.new

    def _files(self) -> tuple[dict[str, bytes], list[str]]:
        """Return the files, and the names of temporary ones.

        Those may belong to another run, so that only a later one removes them.
        """
        files = self.repository.files()
        left = [path for path in files if _TEMPORARY.fullmatch(os.path.basename(path))]
        return {path: data for path, data in files.items() if path not in left}, left


def random_moments(count: int) -> random.Random:
    """Return a source of moments that is the same in each run."""
    return random.Random(count)  # noqa: S311  # to be repeated, not to be secret


def fake_git(repository: Repository, script: str) -> None:
    """Put a git in front of the real one that first does something else."""
    real = shutil.which("git", path=repository.environment["PATH"])
    program = beside(repository, "bin") / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n{script}\nexec {real} "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{repository.environment['PATH']}"
    repository.environment["PATH"] = path
