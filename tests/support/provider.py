"""A real OpenID Connect provider for a test: canaille, set up and started by the commands a county would use."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.server import ROOT, answering, free_port

COMMAND = ROOT / "deploy" / "identity" / "identity.sh"
ENVIRONMENT = ROOT / ".tools" / "identity"  # made by `deploy/setup.sh test`
PASSWORD = "a password for tests"


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
    with answering(process, f"{url}/.well-known/openid-configuration", home / "provider.log", each=5):
        yield url
