"""A real OpenID Connect provider for a test: canaille, set up and started by the commands a county would use."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.server import ROOT, free_port

COMMAND = ROOT / "deploy" / "identity" / "identity.sh"
ENVIRONMENT = ROOT / ".tools" / "identity"  # made by `deploy/setup.sh test`
PASSWORD = "a password for tests"
_PATIENCE = 90


@contextmanager
def provider(home: Path, dashboard: str, **accounts: str) -> Iterator[str]:
    """Serve a provider with these accounts and their names until the block ends; yield its address.

    `secrets.toml` in its home is what the dashboard at the address given needs to know of it.
    """
    address = f"127.0.0.1:{free_port()}"
    url = f"http://{address}"
    environment = os.environ | {"IDENTITY_VENV": str(ENVIRONMENT)}

    def command(*arguments: str, told: str = "") -> None:
        subprocess.run([COMMAND, *arguments], check=True, env=environment, input=told.encode(), capture_output=True)

    command("install", str(home), url, dashboard)
    for account, name in accounts.items():
        command("user", str(home), account, name, told=f"{PASSWORD}\n")
    with (home / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            [COMMAND, "run", str(home), address], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait(process, f"{url}/.well-known/openid-configuration", home / "provider.log")
        yield url
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(process: subprocess.Popen, url: str, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the provider ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url} in {_PATIENCE} s:\n{log.read_text()[-3000:]}")
