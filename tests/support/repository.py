"""A git repository with split sources, to run the tool in."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from support.program import Ran, in_process, text

CONFIG = """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
files = ["base.prisma", "user.prisma", "post.prisma"]
"""
WITHOUT_FILES = CONFIG[: CONFIG.index("files")]
SOURCES = {
    "base.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
    "user.prisma": "model User {\n  id    Int    @id\n  email String @unique\n  posts Post[]\n}\n",
    "post.prisma": (
        "model Post {\n  id       Int  @id\n  authorId Int\n"
        "  author   User @relation(fields: [authorId], references: [id])\n}\n"
    ),
}
OUTPUT = "prisma/schema.prisma"
BASE = "prisma/schema/base.prisma"
USER = "prisma/schema/user.prisma"
POST = "prisma/schema/post.prisma"
PROGRAM = (sys.executable, "-m", "prisma_combine")

COMMANDS = [
    ("check",),
    ("check", "--format", "json"),
    ("check", "--fix"),
    ("check", "--staged"),
    ("combine",),
    ("combine", "--stdout"),
    ("adopt",),
    ("adopt", "--dry-run"),
    ("locate", f"{OUTPUT}:20"),
]
"""the commands that need a configuration"""


class Repository:
    """A folder to run programs in, usually one with a git repository."""

    output = OUTPUT

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.root = root
        self.environment = dict(environment)

    def write(self, path: str, content: str | bytes) -> None:
        """Write a file, newlines as they are."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, path: str = OUTPUT) -> str:
        """Return a file's text, newlines as they are."""
        return (self.root / path).read_bytes().decode()

    def remove(self, path: str) -> None:
        """Delete a file."""
        (self.root / path).unlink()

    def replace(self, old: str, new: str, path: str = OUTPUT) -> None:
        """Change the one place in a file that holds a text."""
        content = self.read(path)
        assert content.count(old) == 1, f"{old!r} is in {path} {content.count(old)} times"
        self.write(path, content.replace(old, new))

    def tool(
        self,
        *arguments: str,
        stdin: bytes = b"",
        cwd: str = ".",
        environment: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run prisma-combine in this process."""
        given = self.environment | dict(environment or {})
        return in_process(arguments, self.root / cwd, given, stdin)

    def process(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        cwd: str = ".",
        environment: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run prisma-combine in a process of its own."""
        return self.run(*PROGRAM, *arguments, stdin=stdin, cwd=cwd, environment=environment)

    def run(
        self,
        *command: str,
        stdin: bytes | None = None,
        cwd: str = ".",
        environment: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run any program, with more in its environment."""
        ended = subprocess.run(
            command,
            cwd=self.root / cwd,
            env=self.environment | dict(environment or {}),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )
        return Ran(ended.returncode, text(ended.stdout), text(ended.stderr))

    def git(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Run git, which must succeed, and return what it prints."""
        ran = self.run("git", *arguments, environment=environment)
        assert ran.code == 0, ran
        return ran.out

    def commit(self, message: str = "Change") -> Ran:
        """Stage everything and commit it, hooks included."""
        self.git("add", "--all")
        return self.run("git", "commit", "--quiet", "--message", message)

    def files(self) -> dict[str, bytes]:
        """Return every file in the work tree."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        }

    def copy(self, root: Path) -> "Repository":
        """Copy it to another folder."""
        shutil.copytree(self.root, root, symlinks=True, dirs_exist_ok=True)
        return Repository(root, self.environment)


def make(
    root: Path,
    environment: Mapping[str, str],
    config: str = CONFIG,
    sources: Mapping[str, str] = SOURCES,
) -> Repository:
    """Write a configuration and its sources into a folder."""
    repository = Repository(root, environment)
    repository.write("prisma-combine.toml", config)
    for name, content in sources.items():
        repository.write(f"prisma/schema/{name}", content)
    return repository


def start(repository: Repository) -> None:
    """Make a folder a git repository, combined and committed."""
    # git's sample hooks alone would double the number of files.
    repository.git("init", "--quiet", "--template=")
    ran = repository.tool("combine")
    assert ran.code == 0, ran
    ran = repository.commit("Start")
    assert ran.code == 0, ran


Build = Callable[..., Repository]
"""takes the configuration and the sources, as `make` does"""


def edit_source(repository: Repository) -> None:
    """Add a field to a source, so that the combined file is stale."""
    repository.replace("Post[]", "Post[]\n  name  String", USER)


def edit_output(repository: Repository) -> None:
    """Change a field of each of two models in the combined file."""
    repository.replace("email String @unique", "email String")
    repository.replace("authorId Int", "authorId BigInt")
