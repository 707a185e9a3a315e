"""A real server for a test: `streamlit run app.py` on a free port, with a store of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PATIENCE = 90  # seconds for a start, on a machine that is busy with the other tests


@dataclass(frozen=True)
class Server:
    """A running server: its address, its home folder, its process id and where it writes its log."""

    url: str
    home: Path
    pid: int
    log: Path

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    home: Path, environment: Mapping[str, str] | None = None, command: tuple[str, ...] = (), port: int | None = None
) -> Iterator[Server]:
    """Serve the application until the block ends.

    Parameters
    ----------
    home
        `XIANJIE_HOME` of the server; its log is written there too.
    environment
        Further variables.
    command
        What to run instead of `streamlit run app.py`; `{port}` is filled in.
    port
        Where it must answer, if others were told before.
    """
    port = port or free_port()
    command = command or (sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port={port}")
    log = home / "server.log"
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("XIANJIE_", "STREAMLIT_"))}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [part.format(port=port) for part in command],
            cwd=ROOT,
            env=variables | {"XIANJIE_HOME": str(home)} | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    with answering(process, f"{url}/_stcore/health", log):
        yield Server(url, home, process.pid, log)
    # Told in words on the page, and easily overlooked there.
    faults = [
        line for line in log.read_text(errors="replace").splitlines() if '"where": "page"' in line and '"trace"' in line
    ]
    assert not faults, f"a page failed: {faults[0]}"


@contextmanager
def answering(process: subprocess.Popen, url: str, log: Path, *, each: float = 2) -> Iterator[None]:
    """Wait until a process answers at an address, and end it and all it started when the block ends.

    Parameters
    ----------
    each : seconds for one attempt.
    """
    try:
        _wait(process, url, log, each)
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(process: subprocess.Popen, url: str, log: Path, each: float) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=each):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url} in {_PATIENCE} s:\n{log.read_text()[-3000:]}")
