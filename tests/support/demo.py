"""Homes filled with the marked sample data: loaded once a test run, by whichever process comes first, then copied."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from data import demo
from data.registry import county
from data.store import open_store

# From the smallest to the largest: who needs a county gets those before it too, and pays for no larger one.
ORDER = ("qijiang", "mouding", "banan", "baiyin", "wanzhou")


def sample_home(factory: pytest.TempPathFactory, through: str = ORDER[-1]) -> Path:
    """Return a new home whose store holds the sample data of the counties of `ORDER` up to `through`."""
    home = factory.mktemp("sample")
    shutil.copy(_template(factory, ORDER.index(through) + 1), home / "store.db")
    return home


def _template(factory: pytest.TempPathFactory, count: int) -> Path:
    """Return the store of the first `count` counties, built on the one before it under a lock."""
    base = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent  # shared by all workers of the run
    done = base / f"sample-{count}.db"
    with (base / f"sample-{count}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            building = base / f"sample-{count}.building.db"
            if count > 1:
                shutil.copy(_template(factory, count - 1), building)
            with open_store(f"sqlite:///{building}") as store:
                demo.load(store, county(ORDER[count - 1]))
            building.rename(done)
    return done
