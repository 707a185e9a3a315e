"""Facts of six villages that can be checked with a pencil, for briefings."""

import datetime as dt

import pandas as pd

from data.briefing.facts import Facts, Since
from data.measures import Engine, compute
from data.progress import Cube, evaluate, series
from data.registry import Bands, County, Ranking
from data.shown import as_shown
from data.sources import Tables
from data.tables import empty
from geo.boundaries import Boundaries
from support.worked import A1, A2, A3, B1, B2, B3, COUNTY, REGIONS, households, indicator, plan, table

NOW, THEN = dt.date(2023, 9, 30), dt.date(2023, 8, 31)
# 甲镇 has all its toilets, 乙镇 half of them: 75 % in the county. Water is in order everywhere but in one village.
TOILETS = {A1: 10, A2: 10, A3: 10, B1: 5, B2: 5, B3: 5}
WATER = {A1: 10, A2: 10, A3: 10, B1: 10, B2: 10, B3: 4}
PLACE = County(
    slug="example", code="890001", name_zh="示例县", name_en="Example County", plans=("worked",),
    ranking=Ranking(minimum=1, red=1, black=1),
)  # fmt: skip
PLAN = plan(
    indicator({"where": "toilet_ok"}, id="toilets", name_zh="厕所改造率", name_en="Toilets"),
    indicator(
        {"where": "responsible_ok"}, id="water", name_zh="饮水达标率", name_en="Water", rule="keep", area="monitoring"
    ),
    indicator(
        {"table": "assets", "where": "registered"},
        id="assets",
        name_zh="资产登记率",
        name_en="Assets",
        area="monitoring",
        level="asset",
    ),
)


def facts(*, since: bool = True, sample: bool = True) -> Facts:
    """Return the facts at the end of September, compared with August, when one toilet fewer a village was there."""
    rows = []
    for village, toilets in TOILETS.items():
        for day, fewer in ((THEN, 1), (NOW, 0)):
            done, water = toilets - fewer, WATER[village]
            rows += households(village, day.isoformat(), 10, toilet_ok=done, responsible_ok=water)
    uploaded = Tables(table("households", *rows), ())
    cube = Cube(PLAN, compute(Engine(PLAN, uploaded, REGIONS), [THEN, NOW]), REGIONS)

    def at(day: dt.date) -> pd.DataFrame:
        return as_shown(evaluate(cube, day, Bands()).assign(as_of=pd.Timestamp(day)), PLAN)

    trend = series(cube, COUNTY)
    return Facts(
        county=PLACE,
        plan=PLAN,
        bands=PLACE.bands,
        as_of=NOW,
        since=Since(THEN, "8月调度会") if since else None,
        version=7,
        sample=sample,
        regions=REGIONS,
        now=at(NOW),
        before=at(THEN) if since else None,
        trend={str(k): v.reset_index(drop=True) for k, v in trend.groupby("indicator", sort=False)},
        issues=empty("issues"),
        actions=empty("actions"),
        reports=(),
        boundaries=Boundaries(()),
    )
