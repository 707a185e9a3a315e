"""What is said of figures side by side: wherein they differ, and never an average or a rank over counties."""

import pandas as pd
import pytest

from data.comparison import Standing, lines, standing
from data.plan import load_plan
from data.registry import RegistryError, county, groups, read_whole

DAY = pd.Timestamp(2023, 5, 31)


def of(slug: str, day: pd.Timestamp = DAY, unit: str = "%", target: float = 75.0) -> Standing:
    entry = county(slug)
    plan = load_plan("banan-2023")
    one = next(i for i in plan.indicators if i.concept == "fund_expenditure_progress")
    row = {"plan_id": plan.id, "indicator": one.id, "concept": one.concept, "as_of": day, "value": 40.0, "unit": unit}
    row |= {"target": target, "start_value": float("nan"), "status": "behind", "comparator": ">=", "gap": -7.0}
    return standing(entry, [plan], pd.DataFrame([row]), sample=False)


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ({}, ()),
        ({"unit": "万元"}, ("unit",)),
        ({"target": 80.0}, ("target",)),
        ({"day": pd.Timestamp(2023, 4, 30)}, ("date",)),
        ({"target": float("nan")}, ("kind", "target")),
    ],
)
def test_what_differs_is_named(other: dict[str, object], differs: tuple[str, ...]) -> None:
    (line,) = lines([of("banan"), of("wanzhou", **other)])  # type: ignore[arg-type]
    assert line.differs == differs
    assert line.shared


def test_what_one_county_alone_has_differs_from_nothing() -> None:
    (line,) = lines([of("banan")])
    assert (line.shared, line.differs) == (False, ())
    assert lines([of("banan")], "support") == []


def test_what_the_plan_asks_no_more_is_left_out() -> None:
    entry, plan = county("banan"), load_plan("banan-2023")
    gone = pd.DataFrame([{"plan_id": plan.id, "indicator": "gone", "as_of": DAY, "value": 1.0}])
    assert standing(entry, [plan], gone, sample=False).entries == ()


ONE = "{slug: a, code: '990101', name_zh: 甲县, name_en: A, plans: [p]}"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("[{slug: g, name_zh: 市, name_en: City, counties: [a, b]}]", "no county b"),
        ("[{slug: g, name_zh: 市, name_en: City, counties: [a]}, {slug: g, name_zh: 市, name_en: C, counties: [a]}]",
         "twice: g"),
        ("[{slug: g, name_zh: 市, counties: [a]}]", "name_en"),
    ],
)  # fmt: skip
def test_a_group_that_cannot_be_used_is_told(told: str, wrong: str) -> None:
    with pytest.raises(RegistryError, match=wrong):
        read_whole(f"counties: [{ONE}]\ngroups: {told}\n")


def test_groups_are_read() -> None:
    assert [(g.slug, g.counties) for g in groups()] == [("chongqing", ("banan", "wanzhou", "qijiang"))]
