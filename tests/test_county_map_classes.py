"""What the colours of the map mean, and what is sent to the browser."""

import json
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import palette
from components.county_map import drawing, status_classes, status_values, value_classes
from components.status import ORDER
from data.language import translator
from geo.map_document import MapDocument

EN = translator("en")


def test_statuses_keep_their_order_and_their_tint() -> None:
    classes = status_classes(EN)
    assert [c.word for c in classes][:3] == ["Far behind", "Overdue", "Behind"]
    assert classes[ORDER["on_schedule"]].fill.light == "#BCD9ED"
    assert classes[ORDER["far_behind"]].texture == "dense"
    assert status_classes(EN, "keep")[ORDER["done"]].word == "Met"


def test_progress_rows_become_classes_and_numbers() -> None:
    frame = pd.DataFrame(
        {"region": ["1", "2", "3"], "status": ["done", "no_data", "behind"], "value": [100.0, float("nan"), 46.3]}
    )
    assert status_values(frame) == {
        "1": (ORDER["done"], 100.0),
        "2": (ORDER["no_data"], None),
        "3": (ORDER["behind"], 46.3),
    }


def test_values_are_classed_between_round_edges() -> None:
    classes, values = value_classes({"a": 3, "b": 20, "c": 47.5, "d": 99, "e": None, "f": math.nan}, "%")
    assert [c.word for c in classes] == ["<20%", "20–40%", "40–60%", "60–80%", "≥80%"]
    assert values == {"a": (0, 3.0), "b": (1, 20.0), "c": (2, 47.5), "d": (4, 99.0)}
    assert [c.fill for c in classes] == list(palette.AMOUNT)
    assert not any(c.texture for c in classes)  # nothing is asked, so nothing warns


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_amounts_go_one_way_from_the_ground_of_the_map(theme: int) -> None:
    ground = sum(bytes.fromhex(palette.SURFACES["panel"][theme][1:]))
    away = [abs(sum(bytes.fromhex(shade[theme][1:])) - ground) for shade in palette.AMOUNT]
    assert away == sorted(away)


def test_given_edges_are_kept() -> None:
    classes, values = value_classes({"a": 59.9, "b": 60, "c": 90}, "%", edges=(60, 70, 80, 90))
    assert [c.word for c in classes] == ["<60%", "60–70%", "70–80%", "80–90%", "≥90%"]
    assert [values[k][0] for k in "abc"] == [0, 1, 4]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 1), ["0个", "1个"]),
        ((1, 2), ["1个", "2个"]),
        ((0, 1, 4), ["0个", "1个", "2个", "3个", "4个"]),
        ((0, 1, 9), ["<2个", "2–3个", "4–5个", "6–7个", "≥8个"]),
        ((0, 1.5), ["<0.5个", "0.5–1个", "≥1个"]),
    ],
)
def test_whole_numbers_have_whole_edges(numbers: tuple[float, ...], words: list[str]) -> None:
    classes, values = value_classes({str(n): n for n in numbers}, "个")
    assert [c.word for c in classes] == words
    assert values[str(max(numbers))][0] == len(words) - 1


@pytest.mark.parametrize(("numbers", "words"), [({}, []), ({"a": None}, []), ({"a": 5, "b": 5}, ["5户"])])
def test_nothing_or_one_value(numbers: dict[str, float | None], words: list[str]) -> None:
    assert [c.word for c in value_classes(numbers, "户")[0]] == words


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_classes_cover_all_values_in_order(numbers: list[float]) -> None:
    classes, values = value_classes({str(i): n for i, n in enumerate(numbers)}, "")
    assert 1 <= len(classes) <= 5
    assert all(0 <= index < len(classes) for index, _ in values.values())
    pairs = sorted(values.values(), key=lambda v: v[1] or 0)
    assert [index for index, _ in pairs] == sorted(index for index, _ in pairs)


DOCUMENT = MapDocument("500113-000000000000.html", ("a", "b", "c"), schematic=True)


def test_a_village_without_value_is_not_reported_and_one_without_shape_is_counted() -> None:
    rows, kinds = drawing.classify(DOCUMENT, {"a": (0, 1.0), "z": (0, 2.0)}, value_classes({"a": 1}, "")[0], EN)
    assert kinds == "011"
    assert [(row["word"], row["count"]) for row in rows] == [("1", 2), ("Not reported", 2)]


def test_not_reported_stands_once_in_a_legend_of_statuses() -> None:
    values = {"a": (ORDER["no_data"], None)}
    rows, _kinds = drawing.classify(DOCUMENT, values, status_classes(EN), EN)
    assert [(row["word"], row["count"]) for row in rows if row["count"]] == [("Not reported", 3)]


def test_610_villages_are_a_few_kilobytes() -> None:
    """What one change sends at most, written as Streamlit does: JSON in ASCII."""
    codes = tuple(f"500101{i:06d}" for i in range(610))
    document = MapDocument("500101-000000000000.html", codes, schematic=True)
    values = {code: (i % 10, 10000 + i / 10) for i, code in enumerate(codes)}
    rows, kinds = drawing.classify(document, values, status_classes(translator("zh")), translator("zh"))
    numbers = [drawing.rounded(values[c][1], 1) for c in codes]
    assert len(json.dumps({"legend": rows, "kinds": kinds, "numbers": numbers})) < 9_500


def test_a_unit_that_begins_with_a_figure_stands_apart_from_the_number():
    words = [c.word for c in value_classes({"a": 10, "b": 20}, "10k yuan")[0]]
    assert words == ["<15 × 10k yuan", "15–19 × 10k yuan", "20 × 10k yuan"]
    assert [c.word for c in value_classes({"a": 10, "b": 20}, "万元")[0]] == ["<15万元", "15–19万元", "20万元"]
