"""A repository with a script of its own, in which everything that `audit` tells has happened."""

from collections.abc import Mapping
from pathlib import Path

from support.repository import OUTPUT, Repository

FOLDER = "prisma/schema"
SOURCES = {
    "base": 'datasource db {\n  provider = "postgresql"\n}\n',
    "user": "model User {\n  id    Int    @id\n  email String\n}\n",
    "post": "model Post {\n  id    Int    @id\n  title String\n}\n",
}
CONFIG = """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
files = ["base.prisma", "user.prisma", "post.prisma"]

[schema.format]
header = '''
// {stem}

'''
separator = "\\n"
"""


class Drift:
    """The repository, and the ids of its commits by their messages."""

    def __init__(self, root: Path, environment: Mapping[str, str], *, configured: bool) -> None:
        """Make it. `configured` commits a configuration that changes with the script."""
        self.repository = Repository(root, environment)
        self.commits: dict[str, str] = {}
        self._header = "// {}\n\n"
        self._names = [*SOURCES]
        root.mkdir(parents=True, exist_ok=True)
        self.repository.git("init", "--quiet", "--template=", "--initial-branch=main")
        if configured:
            self.repository.write("prisma-combine.toml", CONFIG)
        for name, text in SOURCES.items():
            self.repository.write(f"{FOLDER}/{name}.prisma", text)
        self._history(configured=configured)

    def _history(self, *, configured: bool) -> None:  # noqa: PLR0915
        user, post = f"{FOLDER}/user.prisma", f"{FOLDER}/post.prisma"
        edit = self.repository.replace
        self.regenerate()
        self.commit("start", "2024-01-08")

        self._header = "// ---- {} ----\n\n"
        if configured:
            edit("// {stem}", "// ---- {stem} ----", "prisma-combine.toml")
        self.regenerate()
        self.commit("header", "2024-01-29")

        edit("email String", "email String\n  name  String", user)
        self.commit("stale", "2024-02-12")
        edit("title String", "title String\n  body  String", post)
        self.commit("stale, too", "2024-02-19")
        edit("name  String", "name  String?", user)
        self.commit("stale, again", "2024-02-26")
        self.regenerate()
        self.commit("regenerate", "2024-03-14")

        edit("body  String", "body  String\n  likes Int")
        self.commit("edit to be lost", "2024-04-08")
        edit("name  String?", "name  String?\n  age   Int?", user)
        self.regenerate()
        self.commit("overwrite", "2024-04-29")

        edit("age   Int?", "age   BigInt?")
        self.commit("edit to be kept", "2024-05-20")
        edit("age   Int?", "age   BigInt?", user)
        self.regenerate()
        self.commit("adopt", "2024-06-10")

        edit("email String", "email String @unique")
        self.commit("edit in vain", "2024-07-01")
        self.commit("revert", "2024-07-09", "revert", "--no-edit", "HEAD")

        self.repository.git("switch", "--quiet", "--create", "branch")
        edit("model User {\n  id    Int ", "model User {\n  id    BigInt ", user)
        self.regenerate()
        self.commit("on a branch", "2024-07-15")
        self.repository.git("switch", "--quiet", "main")
        edit("title String", "title String?", post)
        self.regenerate()
        self.commit("on main", "2024-07-16")
        self.commit("merge", "2024-07-22", "merge", "--quiet", "--no-ff", "branch")

        self.repository.git("mv", user, f"{FOLDER}/account.prisma")
        self._names = ["base", "account", "post"]
        if configured:
            edit("user.prisma", "account.prisma", "prisma-combine.toml")
        self.regenerate()
        self.commit("rename", "2024-08-05")

        edit("email String", "email String @db.Text")
        self.commit("edit to be forgotten", "2024-09-02")
        edit("body  String", "body  String?", post)
        self.commit("and stale", "2024-09-30")
        self.repository.write("README.md", "Words\n")
        self.commit("last", "2024-10-21")

    def regenerate(self) -> None:
        """Do what the team's script does."""
        read = self.repository.read
        parts = [
            self._header.format(name) + read(f"{FOLDER}/{name}.prisma") for name in self._names
        ]
        self.repository.write(OUTPUT, "\n".join(parts))

    def commit(self, message: str, day: str, *command: str) -> None:
        """Commit everything, or run another git command that commits."""
        when = {f"GIT_{who}_DATE": f"{day}T12:00:00Z" for who in ("AUTHOR", "COMMITTER")}
        self.repository.git("add", "--all")
        git = command or ("commit", "--quiet", "--message", message)
        self.repository.git(*git, environment=when)
        self.commits[message] = self.repository.git("rev-parse", "HEAD").strip()
