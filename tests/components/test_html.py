import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from components import overview, panels
from components.html import heat, lists, notes, places, tiles, uploads
from components.html import progress as pr
from components.html import table as tb
from components.html.base import Markup, element, join
from components.status import STATUSES
from data import tally
from data.grid import Cell, Grid, Line
from data.intake.model import FoundColumn
from data.language import translator
from data.progress import JUDGED

EVIL = "<img src=x onerror=alert(1)>'\"&"
VOID = {"img", "br", "input", "circle", "polyline"}


class Reader(HTMLParser):
    """Collects elements and text, and insists that every element is closed."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.words = [], [], []
        self.feed(str(html))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(self.words)

    def ids(self):
        return [a["data-id"] for _, a in self.elements if "data-id" in a]


def villages(row, count=3):
    return pd.DataFrame(
        [
            row(region=f"v{i}", name=f"{EVIL}{i}", parent="t1" if i % 2 else EVIL, status="behind", level="village")
            for i in range(count)
        ]
    )


def everything(progress, labels, row, _):
    evil = {EVIL: EVIL}
    shares = tally.shares(progress.assign(region=EVIL), dict.fromkeys(labels, EVIL))
    plan = {"id": EVIL, "clause": EVIL, "name": EVIL, "marks": (EVIL,), "area": EVIL, "target": EVIL, "due": None}
    plan |= {"milestones": EVIL, "office": EVIL, "rule": EVIL, "definition": EVIL, "reason": EVIL}
    units = progress.assign(unit=EVIL, marks=[(EVIL,)] * len(progress))
    return {
        "table": pr.progress_table(units, labels, _, columns=(*pr.AREA, "rank", "newest", "before", "change_year")),
        "unnamed": pr.progress_table(progress.assign(indicator=EVIL), {}, _),
        "unscored": pr.unscored_table(progress, labels, _),
        "changes": pr.changes_table(progress, labels, _),
        "why": pr.why_html("behind", "linear", EVIL, _, office=EVIL),
        "heat": heat.heat_table(shares, evil, evil, _, first=EVIL),
        "grid": places.tile_grid(villages(row), {"t1": EVIL, EVIL: EVIL}, _),
        "facts": lists.facts([(EVIL, EVIL, EVIL)]),
        "plan": lists.plan_table(pd.DataFrame([plan]), _, areas={}),
        "timeline": lists.timeline([lists.Event("2023-06-30", EVIL, EVIL, EVIL)], "2023-01-01", "2023-12-31", _),
        "frame": tb.frame_table(pd.DataFrame({"a": [EVIL]}), {"a": EVIL}, _, key="a"),
        "empty": notes.empty_state(EVIL, [EVIL], [EVIL]),
        "no data": notes.no_data(EVIL, _),
        "head": panels.head_html(EVIL, EVIL, EVIL),
        "sheet": uploads.grid_html(sheet(EVIL), [(EVIL, EVIL)], _),
        "places of a file": uploads.places_html([(EVIL, EVIL, EVIL, 1.0)], _, unit=EVIL, head=EVIL, of=EVIL),
        "joined": join([EVIL, element("b", EVIL)]),
    }


def sheet(text):
    found = FoundColumn(0, text, None, "unknown", None, 0.0)
    roles = [("header",), ("data",), ("total",), ("note",)]
    lines = tuple(Line(n, role, (Cell(text),), skipped=2 * (n == 3)) for n, role in enumerate(roles, 1))
    return Grid((("A", found),), lines, 0, 5)


def test_a_sheet_names_the_role_of_each_row_and_what_is_left_out():
    html = uploads.grid_html(sheet("户数"), [("户数", "户")], translator("zh"))
    shown = [" ".join(re.sub("<[^>]*>", " ", line).split()) for line in str(html).split("<tr")[2:]]
    assert shown == [
        "class='g-header'> 1 表头 户数", "class='g-taken'> 识别为 户数 户", "class='g-data'> 2 数据 户数",
        "class='g-gap'> … 另有 2 行", "class='g-total'> 3 合计 户数", "class='g-note'> 4 备注 户数",
        "class='g-gap'> … 另有 5 行",
    ]  # fmt: skip


def test_values_that_cannot_be_compared_have_no_bars(en):
    rows = [("1", "a", "t", 1.0), ("2", "b", "km", 900.0)]
    assert "class='pb" in uploads.places_html(rows, en, unit="", head="Value")
    assert "class='pb" not in uploads.places_html(rows, en, unit="", head="Value", bars=False)


def test_no_data_value_becomes_an_element_or_an_attribute_anywhere(progress, labels, en, row):
    for name, html in everything(progress, labels, row, en).items():
        assert isinstance(html, Markup), name
        reader = Reader(html)
        assert "img" not in {tag for tag, _ in reader.elements}, name
        assert not [a for _, attrs in reader.elements for a in attrs if a.startswith("on")], name
        assert "<img src=x onerror=alert(1)>'\"&" in reader.text, name


def test_worst_come_first_and_a_broken_yes_no_target_leads(progress):
    assert pr.worst_first(progress)["indicator"].tolist() == [
        "relapse",
        "spend",
        "late",
        "visit",
        "jobs",
        "quiet",
        "land",
    ]
    assert list(pr.worst_first(progress).columns) == list(progress.columns)


def test_rows_report_their_indicator_or_their_region(progress, labels, en, row):
    assert Reader(pr.progress_table(progress, labels, en)).ids() == progress["indicator"].tolist()
    by_region = pr.progress_table(villages(row), {}, en, by="region", columns=pr.VILLAGES)
    assert Reader(by_region).ids() == ["v0", "v1", "v2"]
    assert Reader(pr.progress_table(progress, labels, en, pickable=False)).ids() == []


def test_a_row_says_status_gap_mark_and_change(progress, labels, en):
    text = Reader(pr.progress_table(progress[progress["indicator"] == "visit"], labels, en)).text
    for words in ("Behind", "−6.9", "fell back", "inferred", "↓\u00a02.2"):
        assert words in text
    yes_no = Reader(pr.progress_table(progress[progress["indicator"] == "relapse"], labels, en)).text
    assert "not met" in yes_no
    assert "nan" not in Reader(pr.progress_table(progress, labels, en, columns=pr.AREA)).text.lower()


def test_a_step_back_too_small_to_read_has_no_mark(labels, en, row):
    def told(previous):
        frame = pd.DataFrame([row(marks=("regressed",), value=61.2, previous=previous, change=61.2 - previous)])
        return Reader(pr.progress_table(frame, labels, en)).text

    assert "fell back" not in told(61.201)
    assert "same" in told(61.201)
    assert "fell back" in told(61.4)


def test_what_is_not_due_is_ahead_of_nothing(labels, en, row):
    frame = pd.DataFrame([row(status="not_due", expected=0.0, gap=83.3)])
    assert "83.3" not in Reader(pr.progress_table(frame, labels, en)).text
    done = pd.DataFrame([row(status="done", rule="deadline", schedule_share=0.0, expected=0.0, gap=100.0)])
    assert Reader(pr.progress_table(done, labels, en, columns=("gap",))).text.endswith("—")
    average = done.assign(marks=[("alternative",)], gap=1.5)
    assert "+1.5" in Reader(pr.progress_table(average, labels, en, columns=("gap",))).text


def test_equal_places_share_their_rank(labels, en, row):
    frame = pd.DataFrame([row(region=f"v{i}", rank=rank) for i, rank in enumerate((1.0, 1.0, 3.0))])
    html = pr.progress_table(frame, labels, en, columns=("rank",), by="region")
    assert re.findall(r"class='?\"?rk'?\"?>(\d+)<", str(html)) == ["1", "1", "3"]


def test_a_share_of_villages_says_what_each_must_reach(labels, en, row):
    named = {"spend": labels["spend"]._replace(each="village ≥2 times")}
    html = Reader(pr.progress_table(pd.DataFrame([row(target=100.0)]), named, en)).text
    assert "100" in html
    assert "village ≥2 times" in html
    assert "share of villages there" in html
    counts = Reader(pr.progress_table(pd.DataFrame([row(target=2.0, unit="次")]), named, en)).text
    assert "village ≥2 times" not in counts


def test_the_average_that_counts_instead_stands_below_the_target(labels, en, row):
    met = row(target=79.2, value=77.3, alternative=76.3, marks=("alternative",), status="done", gap=1.0)
    assert "national average 76.3%" in Reader(pr.progress_table(pd.DataFrame([met]), labels, en)).text
    missed = pd.DataFrame([met | {"marks": ()}])
    assert "76.3" not in Reader(pr.progress_table(missed, labels, en)).text


def test_things_that_are_due_are_whole_unless_they_would_read_as_reached(labels, en, row):
    def due(value):
        frame = pd.DataFrame([row(unit="类", value=value, expected=4.5)])
        return Reader(pr.progress_table(frame, labels, en, columns=("due",))).text

    assert " 5 " in f" {due(3.0)} "
    assert "4.5" in due(5.0)


@pytest.mark.parametrize(
    ("completion", "length"), [(0, "0.0"), (99.9, "99.9"), (100, "100.0"), (260, "100.0"), (-5, "0.0")]
)
def test_a_bar_is_as_long_as_what_is_reached_and_never_longer_than_its_track(completion, length):
    html = pr.bar_html(completion, 0.75)
    assert f"--a:{length};" in html
    assert "--e:75.0" in html


def test_a_bar_without_schedule_has_no_tick_and_one_without_value_no_length():
    assert "class='pb no'" in pr.bar_html(50, None)
    assert "--a" not in pr.bar_html(float("nan"), 0.5)


@pytest.mark.parametrize("completion", [100.0, 130.0, 400.0])
def test_a_hundred_per_cent_and_more_keep_the_colour_of_done(completion, labels, en, row):
    html = pr.progress_table(pd.DataFrame([row(indicator="jobs", completion=completion, status="done")]), labels, en)
    rows = [a for tag, a in Reader(html).elements if tag == "tr" and "data-id" in a]
    assert [a["class"] for a in rows] == ["s-done"]


def test_sparkline_leaves_out_what_is_missing_and_ends_at_the_last_value():
    html = str(pr.spark_html([1, None, float("nan"), 3]))
    assert html.count(",") == 2
    assert "cx='67.0' cy='3.0'" in html
    assert pr.spark_html([]) == pr.spark_html([None]) == pr.spark_html(None) == ""
    assert "NaN" not in pr.spark_html([2, 2, 2])


def test_changes_show_only_what_moved_what_got_worse_first(progress, labels, en):
    moved = progress.assign(
        status_before=["on_schedule", "no_data", "on_schedule", "far_behind", None, "far_behind", "not_scored"]
    )
    assert Reader(pr.changes_table(moved, labels, en)).text.index("visit") < Reader(
        pr.changes_table(moved, labels, en)
    ).text.index("late")
    assert "spend" not in pr.changes_table(moved, labels, en)
    assert "No status changed" in pr.changes_table(progress.assign(status_before=progress["status"]), labels, en)


def test_tallies_count_binding_and_soft_targets_apart(progress):
    areas = {
        "jobs": "work",
        "visit": "care",
        "spend": "funds",
        "relapse": "care",
        "late": "care",
        "land": "funds",
        "quiet": "funds",
    }
    found = tally.tallies(progress, areas | {"none": "support"})
    assert found["care"].binding == {"far_behind": 1, "behind": 1}
    assert found["care"].soft == {"overdue": 1}
    assert found["funds"].total == 3
    assert found["funds"].scored == 2
    assert found["support"] == tally.Tally({}, {}, 0)


def test_what_is_behind_is_counted_as_the_tiles_count_it(progress):
    # spend, relapse and visit bind; late is a target to strive for.
    assert tally.urgent(progress) == (3, 1)
    assert tally.urgent(progress.assign(before="done"), "before") == (0, 0)


def test_soft_targets_come_after_all_binding_ones_that_are_behind(progress, row):
    soft = pd.DataFrame([row(indicator="hope", status="far_behind", gap=-50.0, marks=("reference",))])
    listed = overview._most_urgent(pd.concat([soft, progress], ignore_index=True))["indicator"].tolist()
    assert listed == ["relapse", "spend", "visit", "hope", "late", "jobs", "quiet"]
    only = pd.concat([soft, progress.loc[progress["indicator"] == "visit"]], ignore_index=True)
    assert pr.urgent_first(only)["indicator"].tolist() == ["visit", "hope"]  # so do the pages of the areas


LINK = {"title": "Funds", "href": "/banan/funds"}


def test_a_tile_takes_the_colour_of_its_worst_status(en):
    html = str(tiles.tile_html(tally.Tally({"overdue": 1, "behind": 2, "done": 3}, {}, 7), en, **LINK))
    assert "<div class='n s-overdue'>Behind <b>3</b><span>/ 6" in html
    assert html.index("s-done' style") < html.index("s-behind' style") < html.index("s-overdue' style")
    calm = tiles.tile_html(tally.Tally({"slightly_behind": 2, "done": 3}, {}, 5), en, **LINK)
    assert "<div class='n s-done'>Behind <b>0</b>" in calm


def test_a_tile_is_green_only_if_something_is_judged_and_nothing_is_behind(en):
    def tile(binding, soft, total=9):
        return str(tiles.tile_html(tally.Tally(binding, soft, total), en, **LINK))

    assert "<div class='n s-not-scored'><span>Nothing scored</span></div>" in tile({}, {})
    assert "<div class='n s-not-scored'><span>Nothing binding</span></div>" in tile({}, {"done": 1})
    assert "<div class='n s-not-due'>Behind <b>0</b>" in tile({"done": 2}, {"behind": 1})
    assert "<div class='n s-not-due'>Behind <b>0</b>" in tile({"not_due": 2, "no_data": 1, "nothing": 1}, {})
    assert "<div class='n s-done'>Behind <b>0</b>" in tile({"done": 2}, {"done": 1})
    assert "Nothing to count<b>1</b>" in tile({"done": 2, "nothing": 1}, {})


def test_shares_judge_only_what_is_due_and_has_data():
    def at(region, code, indicator):
        return {"region": region, "indicator": indicator, "status": code, "marks": ()}

    rows = [at("a", s, "x") for s in ("done", "on_schedule", "behind", "slightly_behind")]
    rows += [at("a", s, "y") for s in ("no_data", "not_due", "not_scored", "no_target", "nothing")]
    rows += [at("b", "no_data", "x")]
    found = tally.shares(pd.DataFrame(rows), {"x": "area1", "y": "area2"})
    assert found.loc["a", "area1"] == 50
    assert found.loc["a", "total"] == 50
    assert np.isnan(found.loc["a", "area2"])
    assert (found.loc["a", "reported"], found.loc["a", "of"]) == (6, 7)  # what is nothing has been reported
    assert np.isnan(found.loc["b", "total"])
    assert (found.loc["b", "reported"], found.loc["b", "of"]) == (0, 1)
    assert found.index.tolist() == ["a", "b"]
    before = pd.DataFrame([at("a", "done", "x")])
    assert tally.shares(pd.DataFrame(rows), {"x": "area1", "y": "area2"}, before).loc["a", "change"] == -50


def test_shares_rest_on_what_binds_as_the_tiles_do(progress):
    # jobs is done; spend, relapse and visit are behind; late, to strive for, is overdue and counted apart.
    areas = dict.fromkeys(progress["indicator"], "care")
    found = tally.shares(progress, areas).iloc[0]
    assert (found["total"], found["care"]) == (25, 25)
    assert (found["reported"], found["of"]) == (4, 5)  # quiet has not reported
    binding = tally.tallies(progress, areas)["care"].binding
    assert sum(n for code, n in binding.items() if code in JUDGED) == 4
    hopes = progress.assign(marks=[("reference",)] * len(progress))
    assert np.isnan(tally.shares(hopes, areas)["total"].iloc[0])


@pytest.mark.parametrize(
    ("value", "css"),
    [
        (0, "h0"),
        (59.9, "h0"),
        (60, "h1"),
        (70, "h2"),
        (80, "h3"),
        (89.9, "h3"),
        (90, "h4"),
        (100, "h4"),
        (120, "h4"),
        (None, "hx"),
    ],
)
def test_heat_classes_include_their_lower_edge(value, css):
    assert heat.heat_class(value) == css


def test_a_long_heat_table_stands_in_two_halves_a_short_one_in_one(en):
    def shares(n):
        frame = pd.DataFrame(
            {"a": [50.0] * n, "total": 50.0, "change": 0.0, "reported": 1, "of": 1}, index=[f"t{i}" for i in range(n)]
        )
        return str(heat.heat_table(frame, {"a": "A"}, {}, en))

    assert shares(23).count("<table") == 2
    assert Reader(shares(23)).ids() == [f"t{i}" for i in range(23)]
    assert shares(8).count("<table") == 1
    assert shares(0).count("<table") == 1


def test_every_village_is_one_square_of_its_status(en, row):
    frame = villages(row, 5)
    html = places.tile_grid(frame, {"t1": "T", EVIL: "U", "empty": "V"}, en)
    reader = Reader(html)
    assert sorted(reader.ids()) == [f"v{i}" for i in range(5)]
    squares = [a for _, a in reader.elements if a.get("role") == "option"]
    assert {a["class"] for a in squares} == {"sq s-behind"}
    assert all("Behind" in a["aria-label"] for a in squares)
    assert "V" not in reader.text.split()


def test_timeline_keeps_labels_apart_and_inside():
    def _(text, /, **values):
        return text.format(**values)

    events = [lists.Event("2023-06-30", "a long label that takes some room") for _i in range(3)]
    html = str(
        lists.timeline(
            [*events, lists.Event("2024-05-01", "after the end")], "2023-01-01", "2023-12-31", _, as_of="2023-06-30"
        )
    )
    assert {f"--l:{lane}" in html for lane in (0, 1, 2)} == {True}
    assert "flip' style='--x:100.00" in html


def test_provenance_leaves_out_what_is_not_known(zh):
    assert notes.provenance(zh) == []
    assert notes.provenance(zh, reported=(287, 298)) == ["已报 287/298 村"]


def test_every_status_can_stand_in_every_table(labels, en, row):
    frame = pd.DataFrame([row(indicator="spend", status=code) for code in STATUSES])
    reader = Reader(pr.progress_table(frame, labels, en, columns=pr.AREA))
    assert [a["class"] for tag, a in reader.elements if tag == "tr" and "data-id" in a] == [
        s.css for s in STATUSES.values()
    ]
