"""The folder of a deployment: its store, and files of a county that hold before the program's."""

import os
from functools import lru_cache
from pathlib import Path


def home() -> Path:
    """Return the folder, `XIANJIE_HOME` (default `./var`)."""
    folder = Path(os.environ.get("XIANJIE_HOME") or "var")
    return _resolved(folder) if folder.is_absolute() else folder.resolve()


@lru_cache(maxsize=16)
def _resolved(folder: Path) -> Path:
    return folder.resolve()


def private(folder: Path) -> None:
    """Make a folder that no other account may enter, and those that lead to it; one that is there stays as it is."""
    if not folder.is_dir():
        private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def own(name: str, shipped: Path) -> Path:
    """Return the file of this name in the folder if there is one, else the program's: an upgrade replaces only that."""
    mine = home() / name
    return mine if mine.is_file() else shipped
