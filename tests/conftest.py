"""What all tests share: a home of their own, a county for AppTest, a server, a browser."""

import gc
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from support.scheduling import Scheduling
from xdist.remote import Producer

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from sqlalchemy import Engine
    from support.server import Server

# The time a case takes is the machine's matter, shared with other tests; only what it shows is judged.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are cores: a quarter of the time one waits for its browser or its disk."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Take what is loaded by now out of the garbage collector's rounds: Streamlit makes one after each rerun."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty `XIANJIE_HOME`, so that none reads or writes the developer's own store."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("XIANJIE_HOME", str(folder))
    for name in ("XIANJIE_DATABASE_URL", "XIANJIE_READONLY", "XIANJIE_TRUSTED_PROXIES", "XIANJIE_ACCESS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty store once for all tests of this process: migrations take longer than most tests."""
    from data.store import open_store

    path = tmp_path_factory.mktemp("empty") / "store.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(autouse=True)
def made_stores(empty_store: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let a new SQLite store begin as a copy of an empty one, where its making is not what is tested."""
    if "empty_url" in request.fixturenames:
        return
    from data.store import database, store

    def migrate(engine: "Engine", owner_url: str | None = None) -> None:
        path = Path(str(engine.url.database))
        if engine.dialect.name == "sqlite" and path.parent.is_dir() and not path.exists():
            begun = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
            shutil.copy(empty_store, begun)
            with suppress(FileExistsError):  # another has begun it
                os.link(begun, path)
            begun.unlink()
        database.migrate(engine, owner_url)

    monkeypatch.setattr(store, "migrate", migrate)


@pytest.fixture(autouse=True)
def as_operator() -> Iterator[None]:
    """Let the test itself, which is no page and nobody's session, read what pages read; pages ask in their own threads.

    Tests of the store have their own.
    """
    from data.access import Access, User, everything, using

    class Everywhere(Access):
        def within(self, _county_code: str) -> bool:
            return True

    whole = everything(User("", "a test", "shell"), "000000")
    with using(Everywhere(whole.user, whole.county_code, whole.reach)):
        yield


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Give `__main__` back: AppTest puts the page there, and processes a later test starts would run it."""
    mine = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = mine


@pytest.fixture(scope="module", autouse=True)
def own_caches() -> Iterator[None]:
    """Leave nothing behind of what pages read: Streamlit's caches know county and version, not whose home it was.

    It stays from one test of a file to the next: many open pages of one home, which none of them changes.
    """
    yield
    if streamlit := sys.modules.get("streamlit"):
        streamlit.cache_data.clear()
        streamlit.cache_resource.clear()


@pytest.fixture(autouse=True)
def no_run() -> Iterator[None]:
    """Leave no run of a page behind in the tests' own thread: the next test would read at its versions."""
    yield
    if loaders := sys.modules.get("data.loaders"):
        loaders._RUN.__dict__.clear()


@pytest.fixture
def as_county(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let AppTest, which has no server and so no address, stand in a county: `as_county("banan")`."""

    from components import entrance

    def choose(slug: str) -> None:
        monkeypatch.setattr("components.server.current.slug_of_session", lambda: slug)
        monkeypatch.setattr("components.server.current.user_of_session", entrance.nobody)
        # A browser's cookies and address, which AppTest makes up.
        monkeypatch.setattr("components.actor._kept", lambda: None)
        monkeypatch.setattr("components.entrance._address", lambda: "")

    return choose


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Server]":
    """Serve the application on an empty store, once for all tests of this process."""
    from support.server import running

    with running(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Run one Chromium for all tests of this process."""
    from support.browser import chromium

    with chromium() as started:
        yield started
