"""Start the server: what `xianjie serve` does."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from components.server.site import ROOT
from data.access import ModeError, mode

APP = ROOT / "app.py"


def serve(host: str = "127.0.0.1", port: int = 8501, options: Sequence[str] = ()) -> NoReturn:
    """Become the server process: exactly `streamlit run app.py`, from any folder.

    Parameters
    ----------
    host, port
        Where to listen. Loopback by default: put a proxy with TLS in front before a county uses it.
    options : sequence of str
        Further options of `streamlit run`, such as `--server.maxUploadSize=50`.
    """
    try:
        mode()
    except ModeError as error:
        raise SystemExit(str(error)) from None
    # glibc otherwise keeps one heap per thread, and each rerun is a thread.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    arguments = ["-m", "streamlit", "run", str(APP), f"--server.address={host}", f"--server.port={port}", *options]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - our own arguments, no shell wanted
