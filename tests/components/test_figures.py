import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from components.figures import base, fields, money, places, profiles, trend, upload
from components.status import STATUSES

NAN = float("nan")
MONTHS = pd.date_range("2023-01-31", periods=9, freq="ME")
DUE = pd.DataFrame({"date": pd.to_datetime(["2023-01-01", "2023-04-30", "2023-09-30"]), "value": [0, 30, 75]})


def series(values):
    return pd.DataFrame({"date": MONTHS[: len(values)], "value": values})


def spread(values, codes=None):
    frame = pd.DataFrame({"name": [f"p{i}" for i in range(len(values))], "value": values})
    return frame.assign(status=codes or ["behind"] * len(values), target=[1.0, *[NAN] * (len(values) - 1)])


def counts():
    return pd.DataFrame({"as_of": [*MONTHS[:2], MONTHS[1]], "category": ["a", "a", "b"], "n": [5, 6, 7]})


def figures(_, scale=1.0):
    two = {"a": "Ill<b>ness</b>", "b": "School"}
    spent = pd.DataFrame({"tier": "central", "date": MONTHS, "rate": [NAN, *range(10, 90, 10)]})
    steps = pd.DataFrame({"date": pd.to_datetime(["2023-04-30", "2023-06-30"]), "rate": [30.0, 50]})
    kinds = pd.DataFrame({"name": ["x", "y"], "clear": [1.0, NAN], "unclear": [0.0, 3]})
    split = pd.DataFrame({"name": ["x", "y"], "a": [1.0, NAN], "b": [2.0, 3]})
    areas = spread([-3.0, NAN, 120.0])
    return {
        "trend": trend.trend(
            series([1, NAN, -3.5, 60]), DUE, _, target=75, milestones=DUE[1:], forecast=series([2, 70])[1:], scale=scale
        ),
        "trend in persons": trend.trend(
            series([NAN, 12000]), DUE.assign(value=[0, NAN, 20000]), _, unit="人", scale=scale
        ),
        "distribution": places.distribution(spread([1, NAN, 50, 100, 130]), _, target=75, scale=scale),
        "one value": places.distribution(spread([5.0, 5.0]), _, unit="万元", scale=scale),
        "ranking": places.ranking(spread([-3.0, NAN, 120.0]), _, due=75, scale=scale),
        "areas": places.against_targets(areas, _, unit="亩", scale=scale),
        "cumulative": places.cumulative(pd.Series([1.0, NAN, 12, 30]), {5: "5", 10: "10"}, _, scale=scale),
        "expenditure": money.expenditure(spent, steps, {"central": "Central"}, _, scale=scale),
        "share": money.share({"Industry": 60.0, "Other": NAN, "Jobs": 40.0}, _, floor=60, scale=scale),
        "assets": money.assets(kinds, _, scale=scale),
        "categories": fields.by_month(counts(), two, _, unit="户", scale=scale),
        "split": profiles.split(split, two, _, scale=scale),
    }


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in {"template", "x", "y", "tickvals", "range", "dash", "shape", "hoverformat", "xanchor"}:
                yield from texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts(part)


def test_every_figure_is_valid_json_without_nan(en):
    for name, fig in figures(en).items():
        json.loads(fig.to_json(), parse_constant=lambda word, name=name: pytest.fail(f"{word} in {name}"))


def test_negative_numbers_are_written_with_a_real_minus(en):
    for name, fig in figures(en).items():
        shown = [t for t in texts(json.loads(fig.to_json())) if not t.startswith(("rgba", "%{"))]
        assert not [t for t in shown if re.search(r"(^|[\s>:])-\d", t)], name
    assert "−3.5%" in str(figures(en)["trend"].to_dict())


def test_meeting_size_grows_letters_and_height_together(en):
    for name, fig in figures(en).items():
        large = figures(en, 1.5)[name]
        assert large.layout.font.size == pytest.approx(fig.layout.font.size * 1.5)
        assert large.layout.height == pytest.approx(fig.layout.height * 1.5, abs=1)


def test_figures_set_no_ground_and_no_letter_colour_so_that_the_theme_shows_through(en):
    for fig in figures(en).values():
        assert fig.layout.paper_bgcolor == fig.layout.plot_bgcolor == base.CLEAR
        assert fig.layout.font.color is None
    assert base.CONFIG["displayModeBar"] is False


def test_categories_differ_in_pattern_as_well_as_in_colour(en):
    for name in ("categories", "split", "assets", "share"):
        bars = [t for t in figures(en)[name].data if isinstance(t, go.Bar)]
        assert len({t.marker.color for t in bars}) == len(bars), name
        assert len({t.marker.pattern.shape for t in bars}) == len(bars), name


def test_bars_of_parts_say_in_words_what_their_numbers_are_and_have_room_for_them(en):
    frame = pd.DataFrame({"name": ["x", "y"], "a": [1.0, NAN], "b": [2.0, 3], "c": [0.0, 4]})
    two = profiles.split(frame, {"a": "Done", "b": "Under way"}, en)
    assert list(two.layout.yaxis.ticktext) == [
        "x<br>Done <b>1</b> · Under way <b>2</b>",
        "y<br>Done <b>not shown</b> · Under way <b>3</b>",
    ]
    three = profiles.split(frame, {"a": "a", "b": "b", "c": "c"}, en)
    assert list(three.layout.yaxis.ticktext) == ["x <b>3</b>", "y <b>7</b>"]
    assert two.layout.height >= 60 + 2 * 40  # two lines a bar


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2023-01-15", "2023-06-30", ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]),
        ("2021-01-31", "2023-12-31", ["Jan 2021", "Jul", "Jan 2022", "Jul", "Jan 2023", "Jul"]),
        ("2022-11-30", "2023-12-31", ["Nov 2022", "Jan 2023", "Mar", "May", "Jul", "Sep", "Nov"]),
        ("2022-05-31", "2023-12-31", ["Jul 2022", "Oct", "Jan 2023", "Apr", "Jul", "Oct"]),
    ],
)
def test_months_left_out_divide_the_year_and_each_year_is_told_once(en, first, last, told):
    ticks, words = base.month_ticks([first, last], en, most=8)
    assert words == told
    assert len(ticks) == len(words)


def test_names_from_uploads_are_not_read_as_markup(en):
    evil = "<a href='x'>v</a>"
    frame = spread([1.0]).assign(name=[evil])
    for fig in (places.ranking(frame, en), places.against_targets(frame, en, unit="亩")):
        assert "<a" not in fig.to_json()
        assert "\\u003ca" not in fig.to_json()


def test_places_of_the_same_name_keep_a_bar_each(en):
    fig = places.ranking(spread([1.0, 2.0]).assign(name=["新村", "新村"]), en)
    assert list(fig.data[0].y) == [0, 1]
    assert len(fig.layout.yaxis.ticktext) == 2


def test_ranking_colours_follow_the_status_even_beyond_a_hundred_per_cent(en):
    fig = places.ranking(spread([140.0, 100.0, 40.0], ["done", "done", "far_behind"]), en)
    done, far = STATUSES["done"].fill.light, STATUSES["far_behind"].fill.light
    assert list(fig.data[0].marker.color) == [done, done, far]
    assert fig.layout.xaxis.range[1] > 140


def test_distribution_counts_every_village_with_a_value_once(en):
    values = np.random.default_rng(1).normal(80, 20, 313)
    values[:13] = NAN
    codes = ["behind" if v < 75 else "done" for v in values]
    fig = places.distribution(spread(list(values), codes), en, target=75)
    assert sum(sum(bar.y) for bar in fig.data) == 300
    assert {bar.name for bar in fig.data} == {"Behind", "Done"}
    low, high = fig.layout.xaxis.range
    assert low < np.nanmin(values)
    assert high > np.nanmax(values)


@pytest.mark.parametrize("values", [[0.0, 47.0, 100.0], [43.0, 80.0, 100.0], [0.2, 13.7], [3.0, 3.0]])
def test_ticks_of_the_distribution_stand_at_edges_of_its_bars(en, values):
    fig = places.distribution(spread(values), en, unit="万元" if max(values) < 20 else "%", target=max(values))
    bar = fig.data[0]
    width = bar.width / 0.92
    whole = values[0] == values[-1]
    for centre in bar.x:
        edge = (centre - (0 if whole else width / 2)) / width
        assert abs(edge - round(edge)) < 1e-6
    steps = fig.layout.xaxis.dtick / width
    assert abs(steps - round(steps)) < 1e-6
    tallest = max(sum(t.y[i] for t in fig.data if i < len(t.y)) for i in range(len(bar.x)))
    assert fig.layout.yaxis.range[1] > 1.15 * tallest


def test_a_target_of_nothing_is_drawn_inside_the_plot(en):
    counts = pd.DataFrame({"as_of": pd.to_datetime(["2023-01-31"]), "category": ["a"], "n": [0]})
    fig = fields.by_month(counts, {"a": "A"}, en, unit="户", target=0)
    assert fig.layout.yaxis.range[1] > 0


def test_cumulative_says_which_share_reaches_each_threshold(en):
    fig = places.cumulative(pd.Series([4.0, 5, 10, 20]), {5: "five", 10: "ten"}, en)
    words = fig.layout.annotations[0].text
    assert "five  <b>75.0%</b>" in words
    assert "ten  <b>50.0%</b>" in words


def test_a_gap_in_the_schedule_breaks_its_line(en):
    due = pd.DataFrame({"date": MONTHS[:3], "value": [100.0, NAN, 0.0]})
    fig = trend.trend(series([1.0]), due, en)
    assert list(fig.data[0].y) == [100.0, None, 0.0]
    assert fig.data[0].connectgaps is None


def test_nothing_reported_is_said_in_words(en):
    none = pd.DataFrame({"date": [], "value": [], "name": [], "status": [], "target": [], "tier": [], "rate": []})
    empty = [
        trend.trend(none, none, en),
        places.distribution(spread([NAN]), en),
        places.ranking(spread([NAN]), en),
        places.cumulative(pd.Series([NAN]), {}, en),
        money.expenditure(none, none, {}, en),
        money.share({"a": NAN}, en),
        money.assets(pd.DataFrame(), en),
        profiles.split(pd.DataFrame(), {}, en),
        fields.by_month(counts(), {"z": "Z"}, en, unit="户"),
    ]
    assert all("reported" in fig.layout.annotations[0].text for fig in empty)


def test_month_axis_is_thinned_and_names_the_year_once_a_year(zh):
    ticks, words = base.month_ticks([pd.Timestamp("2021-01-31"), pd.Timestamp("2022-12-31")], zh)
    assert ticks[0] == "2021-01-31"
    assert len(ticks) <= 13
    assert words[0] == "2021年1月"
    assert words[1] == "3月"
    assert "2022年1月" in words


def test_a_unit_wider_than_the_margin_starts_at_the_edge_and_the_legend_gives_way():
    wide, narrow = (base.Draft(1, 190, left=48) for _ in range(2))
    wide.unit("households")
    narrow.unit("万元")
    assert (wide.notes[0]["xanchor"], wide.notes[0]["xshift"], wide.layout["legend"]["xanchor"]) == (
        "left",
        -48,
        "right",
    )
    assert narrow.notes[0]["xanchor"] == "right"
    assert "xanchor" not in narrow.layout["legend"]


def test_words_under_a_trend_stay_level_and_fit_a_phone(zh):
    months = [str(m) for m in pd.period_range("2022-01", periods=23, freq="M")]
    drawn = upload.before_and_after(pd.Series(1.0, months[:22]), pd.Series([2.0], months[22:]), zh).to_dict()
    axis = drawn["layout"]["xaxis"]
    assert axis["tickangle"] == 0
    assert list(axis["ticktext"]) == ["2022年1月", "7月", "2023年1月", "7月"]
    words = [f"2023年{n}月" for n in range(1, 13)]
    axis = upload.over_time(words, [1.0] * 12, zh).to_dict()["layout"]["xaxis"]
    assert axis["tickangle"] == 0
    assert sum(base.ems(word) + 1 for word in axis["ticktext"]) <= 22
    short = upload.over_time(["1月", "2月", "3月"], [1.0] * 3, zh).to_dict()["layout"]["xaxis"]
    assert list(short["ticktext"]) == ["1月", "2月", "3月"]
