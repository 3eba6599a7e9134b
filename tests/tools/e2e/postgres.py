"""A PostgreSQL server of the tests' own."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def find_binaries() -> Path | None:
    """Return the folder of the newest installed server; Debian keeps it off the PATH."""
    if sys.platform == "win32":
        return None  # neither the users nor the signals below exist there
    found = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return max(found, key=lambda path: int(path.parts[-3])).parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    binaries: Path
    port: int
    password: str

    def url(self, database: str) -> str:
        """Return a database's address."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """Return the rows that a query finds."""
        psql = [str(self.binaries / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]
        ran = subprocess.run(
            [*psql, self.url(database)],
            check=True,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
        )
        return ran.stdout.splitlines()

    def is_ready(self) -> bool:
        """Return whether it takes connections."""
        port = ["-h", "127.0.0.1", "-p", str(self.port)]
        ready = [str(self.binaries / "pg_isready"), "-q", *port]
        return subprocess.run(ready, check=False).returncode == 0


@contextmanager
def running(binaries: Path) -> Iterator[Postgres]:
    """Start a server with an empty folder, and stop it in the end."""
    # PostgreSQL refuses to run as root; its packages make a user for it.
    root = os.geteuid() == 0
    identity: dict[str, Any] = (
        {"user": "postgres", "group": "postgres", "extra_groups": []} if root else {}
    )
    with tempfile.TemporaryDirectory(prefix="prisma-combine-postgres-") as temporary:
        folder = Path(temporary)
        password_file, data, log = folder / "password", str(folder / "data"), folder / "log"
        postgres = Postgres(binaries, free_port(), secrets.token_hex(16))
        password_file.write_text(postgres.password)
        for path in (folder, password_file):
            if root:
                shutil.chown(path, "postgres", "postgres")

        initdb = [str(binaries / "initdb"), "-D", data, "-U", "postgres", "--no-sync"]
        initdb += [f"--pwfile={password_file}", "--auth=scram-sha-256"]
        initdb += ["--encoding=UTF8", "--locale=C"]
        server = [str(binaries / "postgres"), "-D", data, "-p", str(postgres.port)]
        for setting in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"):
            server += ["-c", setting]
        with log.open("wb") as output:
            streams: dict[str, Any] = {"stdout": output, "stderr": subprocess.STDOUT}
            subprocess.run(initdb, cwd=folder, check=True, timeout=120, **streams, **identity)
            # In a session of its own: Ctrl-C is for the tests, which stop the server themselves.
            process = subprocess.Popen(
                server, cwd=folder, start_new_session=True, **streams, **identity
            )
        try:
            deadline = time.monotonic() + 60
            while not postgres.is_ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
                time.sleep(0.1)
            yield postgres
        finally:
            process.send_signal(signal.SIGINT)  # "fast": disconnects clients
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
