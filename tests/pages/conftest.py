"""Pages run by AppTest: the frame as one county's session, on sample data or on an empty store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from support.demo import sample_home

from components.server.site import PAGES, ROOT

PATIENCE = 60  # seconds for one run: the first one of a county reads all its measures, beside other tests
Open = Callable[..., AppTest]

# From a folder of its own: beside `pages/`, AppTest would run a page alone, without the frame that navigates to it.
_FRAME = f"import runpy\nrunpy.run_path({str(ROOT / 'frame.py')!r})\n"


def _forget() -> None:
    """Empty Streamlit's caches: their keys know county and version, but not that the home is another one."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session", autouse=True)
def _components() -> Iterator[None]:
    """Look through the installed packages for Streamlit components once, as a server does, not at every AppTest."""
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *_, **__: found)
        yield


@pytest.fixture(autouse=True)
def _no_part_fails(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where a part of a page said that it failed: told in words it is no exception; `faulty` tests ask for it."""
    yield
    if "faulty" not in request.keywords:
        failed = [record for record in caplog.get_records("call") if getattr(record, "event", "") == "error"]
        assert not failed, failed[0].exc_text or failed[0].getMessage()


@pytest.fixture(scope="session")
def shared_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all five counties' sample data, only read."""
    return sample_home(tmp_path_factory)


@pytest.fixture
def on_sample(
    home: Path,
    shared_sample: Path,
    as_county: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Open:
    """Open a page of a county on the sample data: `on_sample("banan", "funds", lang="en")`."""
    monkeypatch.setenv("XIANJIE_HOME", str(shared_sample))
    return opener(as_county)


@pytest.fixture
def on_nothing(home: Path, as_county: Callable[[str], None]) -> Iterator[Open]:
    """Open a page of a county on an empty store."""
    _forget()
    yield opener(as_county)
    _forget()


def opener(as_county: Callable[[str], None]) -> Open:
    def open_page(slug: str, name: str, **query: str) -> AppTest:
        as_county(slug)
        page = AppTest.from_string(_FRAME, default_timeout=PATIENCE)
        page.query_params.update(query)
        page.run()
        if name != PAGES[0].name:
            page.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
        return page

    return open_page
