"""The workbook of the township meeting, against figures worked out by hand."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest
from support import worked
from support.briefings import NOWHERE
from support.worked import A1, A2, A3, B1, B2, B3, REGIONS, households

from data.briefing import townships
from data.briefing.facts import Facts
from data.measures import Engine, compute
from data.progress import Cube, evaluate
from data.registry import County
from data.report import dates_needed
from data.shown import as_shown
from data.sources import Tables

DAY = dt.date(2023, 6, 30)  # half of the year: 50% is due


@pytest.fixture(scope="module")
def facts():
    """Two indicators in six villages of ten households.

    Toilets: A has 9 + 4 + 1 of 30, B has 10 + 9 + 8 of 30. Tap water the other way round is left to one village each.
    """
    toilets = worked.indicator(id="toilets", name_zh="卫生厕所", name_en="Toilets")
    water = worked.indicator({"where": "water_quality_ok"}, id="water", name_zh="饮水", name_en="Water", rule="keep")
    plan = worked.plan(toilets, water)
    rows = [
        row
        for village, n, wet in ((A1, 9, 10), (A2, 4, 10), (A3, 1, 10), (B1, 10, 10), (B2, 9, 10), (B3, 8, 5))
        for row in households(village, "2023-06-30", 10, toilet_ok=n, water_quality_ok=wet)
    ]
    measures = compute(Engine(plan, Tables(worked.table("households", *rows)), REGIONS), dates_needed(plan, DAY))
    county = County.model_validate(
        {
            "slug": "worked",
            "code": "890001",
            "name_zh": "示例县",
            "name_en": "Example County",
            "plans": ["worked"],
            "bands": {},
            "ranking": {"minimum": 1},
            "offices": [],
        }
    )
    found = evaluate(Cube(plan, measures, REGIONS), DAY, county.bands)
    now = as_shown(found.assign(as_of=pd.Timestamp(DAY)), plan)
    nothing = pd.DataFrame()
    return Facts(
        county=county,
        plan=plan,
        bands=county.bands,
        as_of=DAY,
        since=None,
        version=3,
        sample=True,
        regions=REGIONS,
        now=now,
        before=None,
        trend={},
        issues=nothing,
        actions=nothing,
        reports=(),
        boundaries=NOWHERE,
    )


def read(facts, **options):
    out = io.BytesIO()
    townships.write(facts, out, **options)
    return openpyxl.load_workbook(out)


def rows_of(sheet):
    """Return the rows under the head, by column."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(n for n, row in enumerate(rows) if row[0] in {"指标", "位次"})
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]


def test_a_summary_and_a_sheet_for_each_township(facts):
    book = read(facts)
    assert book.sheetnames == ["目录", "汇总", "甲镇", "乙镇"]
    first, second = rows_of(book["汇总"])
    # 甲镇 lacks toilets, 乙镇 water: one of two judged each
    assert [first[k] for k in ("镇街", "达标率", "达序时或完成", "可评定", "滞后或逾期")] == ["甲镇", 50, 1, 2, 0]
    assert [second[k] for k in ("镇街", "达标率", "达序时或完成", "可评定", "滞后或逾期")] == ["乙镇", 50, 1, 2, 1]
    # equal scores: half of what counts is 46.7 of 50 % there (1.7 points short), 83.3 of 100 % here (8.3)
    assert (first["位次"], second["位次"]) == (1, 2)
    assert (first["略慢"], second["最滞后的指标"]) == (1, "饮水")


def test_a_township_has_its_indicators_its_rank_and_its_villages_behind(facts):
    toilets, water = rows_of(read(facts)["甲镇"])
    assert toilets["指标"] == "卫生厕所"
    assert toilets["目标"] == "≥100%"
    assert toilets["数值"] == pytest.approx(100 * 14 / 30)
    assert toilets["差距（百分点）"] == pytest.approx(100 * 14 / 30 - toilets["序时应达"])
    assert (toilets["状态"], toilets["位次"], toilets["参排数"]) == ("略慢", 2, 2)
    assert toilets["滞后村数"] == 2
    assert list(toilets.values())[-1] == "甲三村（10%）、甲二村（40%）"  # the furthest behind first
    assert (water["位次"], water["状态"], water["滞后村数"]) == (1, "达标", "—")


def test_a_sheet_says_how_its_township_stands_and_that_data_is_sample(facts):
    sheet = read(facts)["乙镇"]
    said = [str(sheet.cell(row, 1).value) for row in range(1, 7)]
    assert said[1].startswith("示例数据")
    assert any("2023年6月30日" in text for text in said)
    assert "可评定的约束性指标2项，达到序时或已完成1项，滞后或逾期1项；达标率50%，在2个参排地方中列第2位。" in said


def test_narrowed_to_a_township_ranks_stay_those_of_all(facts):
    book = read(facts, towns=[worked.B])
    assert book.sheetnames == ["目录", "汇总", "乙镇"]
    assert {row["参排数"] for row in rows_of(book["乙镇"])} == {2}


def test_english(facts):
    assert read(facts, lang="en").sheetnames == ["Contents", "Summary", "甲镇", "乙镇"]
