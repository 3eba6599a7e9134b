"""A real git repository to try the tool in."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).parent.parent
SAMPLE = PROJECT / "tests" / "sample"

CONFIG = """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
files = ["base.prisma", "user.prisma", "post.prisma"]
"""
SOURCES = {
    "base.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
    "user.prisma": "model User {\n  id    Int    @id\n  email String @unique\n  posts Post[]\n}\n",
    "post.prisma": (
        "model Post {\n  id       Int  @id\n  authorId Int\n"
        "  author   User @relation(fields: [authorId], references: [id])\n}\n"
    ),
}


COMMANDS = [
    ("check",),
    ("check", "--format", "json"),
    ("check", "--fix"),
    ("check", "--staged"),
    ("combine",),
    ("combine", "--stdout"),
    ("adopt",),
    ("adopt", "--dry-run"),
    ("locate", "prisma/schema.prisma:20"),
]
"""those that need a configuration"""

NOBODY = 65534
"""the user and group that own nothing"""


@contextmanager
def ordinary_user(folder: Path) -> Iterator[None]:
    """Root may write anywhere: for a while we are somebody who owns a folder and no more."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    above = folder.parent
    while above != above.parent:  # pytest's folders are for their owner alone
        if not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
        above = above.parent
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


class Ran(NamedTuple):
    """How a program ended."""

    code: int
    out: str
    err: str


class Repository:
    """A folder with a git repository, a configuration and three sources."""

    output = "prisma/schema.prisma"

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.root = root
        self.environment = dict(environment)

    def write(self, path: str, text: str | bytes) -> None:
        """Writes a file, newlines as they are."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, path: str = output) -> str:
        """A file's text, newlines as they are."""
        return (self.root / path).read_bytes().decode()

    def replace(self, old: str, new: str, path: str = output) -> None:
        """Changes the one place in a file that holds a text."""
        text = self.read(path)
        assert text.count(old) == 1, f"{old!r} is in {path} {text.count(old)} times"
        self.write(path, text.replace(old, new))

    def run(
        self,
        *command: str,
        stdin: bytes | None = None,
        cwd: str = ".",
        environment: Mapping[str, str] | None = None,
    ) -> Ran:
        """Runs a program in the repository, with more in its environment."""
        ended = subprocess.run(
            command,
            cwd=self.root / cwd,
            env=self.environment | dict(environment or {}),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )
        return Ran(
            ended.returncode,
            ended.stdout.decode(errors="surrogateescape"),
            ended.stderr.decode(errors="surrogateescape"),
        )

    def tool(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        cwd: str = ".",
        environment: Mapping[str, str] | None = None,
    ) -> Ran:
        """Runs prisma-combine in the repository."""
        program = (sys.executable, "-m", "prisma_combine")
        return self.run(*program, *arguments, stdin=stdin, cwd=cwd, environment=environment)

    def git(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Runs git in the repository; what it prints."""
        ran = self.run("git", *arguments, environment=environment)
        assert ran.code == 0, ran
        return ran.out

    def commit(self, message: str = "Change") -> Ran:
        """Stages all there is and commits it, hooks and all."""
        self.git("add", "--all")
        return self.run("git", "commit", "--message", message)

    def files(self) -> dict[str, bytes]:
        """Every file in the work tree."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        }


def make(root: Path, environment: Mapping[str, str]) -> Repository:
    """A folder with configuration and sources."""
    repository = Repository(root, environment)
    repository.write("prisma-combine.toml", CONFIG)
    for name, text in SOURCES.items():
        repository.write(f"prisma/schema/{name}", text)
    return repository


def start(repository: Repository) -> None:
    """Makes it a git repository, combined and committed."""
    repository.git("init", "--quiet")
    assert repository.tool("combine") == Ran(0, "", "prisma/schema.prisma: written\n")
    assert repository.commit("Start").code == 0


def edit_source(repository: Repository) -> None:
    """Adds a field to a source; nothing is combined anew."""
    repository.replace("Post[]", "Post[]\n  name  String", "prisma/schema/user.prisma")


def hook_said(ran: Ran) -> list[str]:
    """What the hook printed below pre-commit's own lines."""
    lines = (ran.out + ran.err).split("\n")
    head = next((n for n, line in enumerate(lines) if line.startswith("- exit code: ")), None)
    return [line for line in lines[head + 1 :] if line] if head is not None else []


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which git knows a user and nothing of the machine's configuration."""
    home = tmp_path_factory.mktemp("home")
    config = home / "gitconfig"
    config.write_text(
        "[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n"
        '[protocol "file"]\nallow = always\n'
    )
    foreign = ("GIT", "FORCE_COLOR", "NO_COLOR", "PRE_COMMIT")  # and so GITHUB_
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(config),
        # The command that the messages name is then the same on every machine.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }


@pytest.fixture
def folder(tmp_path: Path, environment: dict[str, str]) -> Repository:
    """Configuration and sources, without git and without a combined file."""
    return make(tmp_path, environment)


@pytest.fixture
def repository(folder: Repository) -> Repository:
    """The same in a git repository, combined and committed."""
    start(folder)
    return folder


@pytest.fixture(scope="session")
def project(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> tuple[str, str]:
    """A clone of this project as it is in the work tree, and its revision."""
    clone = Repository(tmp_path_factory.mktemp("project"), environment)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout
    for name in listed.decode().split("\0"):
        file = PROJECT / name
        if name and file.is_file():
            (clone.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, clone.root / name)
    clone.git("init", "--quiet")
    clone.commit()
    return str(clone.root), clone.git("rev-parse", "HEAD").strip()


@pytest.fixture(scope="session")
def hooked_environment(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Where pre-commit installs the hooks once for all tests."""
    return environment | {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}
