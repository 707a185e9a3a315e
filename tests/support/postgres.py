"""A private PostgreSQL for tests: Debian's own server, on loopback, in a folder that is deleted afterwards."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from support.server import free_port

VERSIONS = Path("/usr/lib/postgresql")
_SERVER_USER = "postgres"  # PostgreSQL refuses to run as root; Debian's package makes this user
_names = count()


class PostgresMissingError(RuntimeError):
    """The machine has no PostgreSQL server."""

    def __init__(self) -> None:
        super().__init__(f"no PostgreSQL under {VERSIONS}: install it with `apt-get install postgresql`")


class Postgres:
    """A running server; `url(database)` addresses it, `create` makes an empty database, `stop` and `start` it."""

    def __init__(self, port: int, password: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.port = port
        self._password = password
        self._start = start
        self._server = start()

    def stop(self) -> None:
        """Stop the server; "fast": it does not wait for clients that forgot to leave."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait(timeout=30)

    def start(self) -> None:
        """Start it again where it was stopped."""
        self._server = self._start()

    def url(self, database: str) -> str:
        return f"postgresql://tester:{self._password}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make a new database, as a copy of `template`, and return its URL."""
        name = f"test_{os.getpid()}_{next(_names)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)
        return self.url(name)


def _programs() -> Path:
    found = sorted(VERSIONS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise PostgresMissingError
    return found[-1].parent


def _as_server_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(_SERVER_USER)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server of one's own, and stop and delete it at the end.

    Raises
    ------
    PostgresMissingError
        PostgreSQL is not installed; the message names the package.
    """
    programs = _programs()
    # Not pytest's folder: that is closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="xianjie-postgres-"))
    password = secrets.token_hex(16)
    try:
        (folder / "password").write_text(password)
        if os.geteuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, _SERVER_USER, _SERVER_USER)
        data = folder / "data"
        subprocess.run(
            [
                *_as_server_user(),
                programs / "initdb",
                *("--pgdata", data, "--username", "tester", "--pwfile", folder / "password"),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": 60,
            # A test never cuts the power.
            "fsync": "off",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [*_as_server_user(), programs / "postgres", "-D", data, *settings]
        with (folder / "log").open("wb") as log:

            def start() -> subprocess.Popen[bytes]:
                server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
                _wait(programs, port, server, folder / "log")
                return server

            made = Postgres(port, password, start)
            try:
                yield made
            finally:
                made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(programs: Path, port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    ready = [programs / "pg_isready", "--host=127.0.0.1", f"--port={port}", "--timeout=1", "--quiet"]
    for _ in range(300):
        if server.poll() is not None:
            break
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
