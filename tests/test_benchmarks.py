"""The benchmark's parts fit together; how fast anything is stays with `make bench`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.registry import county
from data.store import open_store

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
TUTORIAL = BENCHMARKS / "tutorial"


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the scripts import each other as they do when they are run; forget them afterwards."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.syspath_prepend(TUTORIAL)
    yield
    for name in ("compare", "every_page", "export", "load", "painting", "local_leaflet", "clerks", "office", "uploads"):
        sys.modules.pop(name, None)


@pytest.fixture
def exported(scripts: None, home: Path, tmp_path: Path) -> Path:
    """Write the tutorial page's files from a small store: one month of one table of 白银区."""
    from export import export

    from data import derive
    from data.intake import check_file
    from data.sample import write_sample
    from data.store import Submission

    entry = county("baiyin")
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        for file in write_sample(entry.slug, tmp_path / "sample"):
            if file.table in {"villages", "facts"}:
                raw = file.path.read_bytes()
                checked = check_file(raw, file.path.name, entry.code, file.table)
                frame = checked.frame.reset_index(drop=True)
                store.commit(Submission(entry.code, file.table, frame, raw, file.path.name, "a tester", sample=True))
        derive.derive(store, entry)
        export(store, entry, tmp_path / "export")
    return tmp_path / "export"


def test_tutorial_page_shows_what_ours_shows(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    from data.plan import load_plan

    monkeypatch.setattr(sys, "argv", ["app.py", str(exported)])
    page = AppTest.from_file(TUTORIAL / "app.py", default_timeout=60).run()
    assert not page.exception
    plan = load_plan(county("baiyin").plans[0])
    assert len(page.metric) == len({i.area for i in plan.indicators})
    assert sum(int(m.value.split("/")[1]) for m in page.metric) == len(plan.indicators)
    assert len(page.dataframe[0].value) == len(plan.indicators)
    assert len(page.get("plotly_chart")) == 4

    days = page.sidebar.selectbox[0].options
    earlier = page.sidebar.selectbox[0].select_index(1).run()
    assert not earlier.exception
    assert days == sorted(days, reverse=True)
    kept = pd.read_parquet(exported / "progress.parquet")
    top = kept[(kept["level"] == "top") & (kept["as_of"] == days[1])]
    assert sorted(earlier.dataframe[0].value["indicator"]) == sorted(top["indicator"])


def test_leaflet_is_asked_of_our_own_server(scripts: None) -> None:
    import folium
    import local_leaflet

    before = folium.Map.default_js, folium.Map.default_css
    try:
        local_leaflet.install()
        links = [url for _, url in folium.Map.default_js + folium.Map.default_css]
        assert links
        assert not any("//" in url for url in links)
    finally:
        folium.Map.default_js, folium.Map.default_css = before


def test_table_compares_medians(scripts: None, tmp_path: Path) -> None:
    import compare

    ours, tutorial = compare.sides("banan", tmp_path, tmp_path)
    for value, other in ((1.0, 2.0), (2.0, 8.0), (9.0, 100.0)):
        ours.note("cold page, s", value)
        tutorial.note("cold page, s", other)
    ours.note("sample import, s", 12.0)
    _, cold, alone = compare.table(ours, tutorial).splitlines()
    assert cold.split() == ["cold", "page,", "s", "2.00", "8.00", "4.0x"]
    assert alone.split() == ["sample", "import,", "s", "12.00"]


def test_every_page_stands_in_its_table(scripts: None, tmp_path: Path) -> None:
    import compare
    import every_page

    from components.server.site import PAGES

    pages = compare.addresses(county("mouding"))
    assert set(pages) == {page.name for page in PAGES} | {"a township", "a village"}
    assert pages["overview"] == "/mouding"
    assert pages["reporting"] == "/mouding/reporting"
    assert pages["a village"].startswith("/mouding/village?village=532323")  # 牟定县
    ours, tutorial = pair = compare.sides("mouding", tmp_path, tmp_path)
    ours.server, tutorial.server = compare.Server("http://o", 1), compare.Server("http://t", 2)
    asked = [
        (turn.page, turn.url) for turn in every_page.turns(pair, {"overview": "/mouding", "tasks": "/mouding/tasks"})
    ]
    assert asked == [
        ("overview", "http://t/"), ("overview", "http://o/mouding"), ("tasks", "http://t/"), ("tasks", "http://o/mouding/tasks")
    ]  # fmt: skip

    numbers: every_page.Numbers = {}
    for turn in every_page.turns(pair, {"tasks": "/mouding/tasks"}):
        for measure in every_page.MEASURES:
            for value in (1.0, 2.0, 30.0):
                every_page.note(numbers, turn, measure, value if turn.side is ours else value * 4)
    head, line = every_page.table(numbers).splitlines()
    assert head.endswith(every_page.MEASURES[-1])
    assert line.split() == ["tasks", *["2", "4.0x"] * len(every_page.MEASURES)]


def test_processor_time_of_a_server_counts_its_children(scripts: None) -> None:
    import os
    import subprocess

    from load import processor

    before = processor(os.getpid())
    busy = "import time, sys\nwhile time.process_time() < .5: pass\nprint(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        assert processor(os.getpid()) - before >= 0.45
        child.communicate()


def test_viewer_refuses_a_select_box_the_page_lacks(scripts: None) -> None:
    from load import Viewer

    viewer = Viewer("http://localhost/banan", boxes={"数据截至": ("w1", ["2023-10-31", "2023-09-30"])})
    viewer.choose("数据截至", 3)
    assert viewer.chosen == {"w1": "2023-09-30"}
    with pytest.raises(LookupError, match="数据截至"):
        viewer.choose("Month", 1)


def test_made_files_can_be_committed_as_they_are(scripts: None, tmp_path: Path) -> None:
    import office

    from data.intake import check_file

    entry = county("wanzhou")
    long = office.write(office.long_table(entry, 700), tmp_path / "long.xlsx")
    own = [office.write(f, tmp_path / f"{name}.xlsx") for name, f in office.townships_tables(entry, 2).items()]
    for path, table, rows in ((long, "facts", 700), *((path, "facts", None) for path in own)):
        checked = check_file(path.read_bytes(), path.name, entry.code)
        assert checked.ok, checked.messages("en", 5)
        assert (checked.table, checked.periods) == (table, ("2022-12",))
        assert rows is None or len(checked.frame) == rows
    assert checked.mode == "merge"  # a column per item replaces those items only: no row ends that needs a tick


def test_clerk_fills_in_the_file_and_presses_only_once(scripts: None) -> None:
    from clerks import Clerk
    from streamlit.proto.Common_pb2 import UploadedFileInfo
    from streamlit.proto.WidgetStates_pb2 import WidgetStates

    clerk = Clerk("http://localhost/wanzhou/upload", uploader="box", button="b", pressed=True)
    clerk.held = UploadedFileInfo(name="f.xlsx", size=3, file_id="7")
    states = WidgetStates()
    clerk.fill(states)
    assert {w.id: w.WhichOneof("value") for w in states.widgets} == {
        "box": "file_uploader_state_value", "b": "trigger_value"
    }  # fmt: skip
