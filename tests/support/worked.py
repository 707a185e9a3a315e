"""Small plans, places and tables for examples that can be checked with a pencil.

Six villages in two townships: A (A1, A2, A3) and B (B1, B2, B3); the plan runs over 2023.
"""

import datetime as dt
from typing import Any

import pandas as pd

from data.measures import Engine, compute
from data.plan import Indicator, Plan
from data.progress import Cube, evaluate
from data.registry import Bands
from data.report import dates_needed
from data.sources import Tables
from data.tables import typed

COUNTY = "890001000000"
A, B = "890001101000", "890001102000"
A1, A2, A3 = "890001101201", "890001101202", "890001101203"
B1, B2, B3 = "890001102201", "890001102202", "890001102203"
VILLAGES = (A1, A2, A3, B1, B2, B3)

REGIONS = pd.DataFrame(
    [
        (COUNTY, "示例县", "county", "890000000000", None),
        (A, "甲镇", "township", COUNTY, None),
        (B, "乙镇", "township", COUNTY, None),
        *(
            (code, name, "village", A, "village")
            for code, name in zip((A1, A2, A3), ("甲一村", "甲二村", "甲三村"), strict=True)
        ),
        *(
            (code, name, "village", B, kind)
            for code, name, kind in (
                (B1, "乙一村", "village"),
                (B2, "乙二村", "village"),
                (B3, "乙三社区", "community"),
            )
        ),
    ],
    columns=["code", "name", "level", "parent", "unit_type"],
).assign(kind=None, short_name=lambda f: f["name"], lon=float("nan"), lat=float("nan"))

DEFAULTS: dict[str, Any] = {
    "id": "x",
    "concept": "toilet_rate",
    "name_zh": "指标",
    "name_en": "Indicator",
    "area": "livable_villages",
    "clause": "一",
    "kind": "explicit",
    "strength": "binding",
    "unit": "%",
    "comparator": ">=",
    "value": 100,
    "value_original": "100%",
    "due": "2023-12-31",
    "due_basis": "period_end",
    "frequency": "continuous",
    "accrual": "state",
    "rule": "linear",
    "level": "household",
    "rollup": "weighted_ratio",
    "lead_basis": "named",
    "lead": ["县乡村振兴局"],
}


def indicator(data: dict[str, Any] | None = None, **fields: Any) -> Indicator:
    """Make an indicator from a few words; the rest has plain defaults."""
    query = {"table": "households", "rows": "latest", "agg": "share", "where": "toilet_ok"} | (data or {})
    merged = DEFAULTS | fields | {"data": {k: v for k, v in query.items() if v is not None}}
    merged.setdefault("rollup_value", merged["value"])
    return Indicator.model_validate(merged)


def plan(*indicators: Indicator, start: str = "2023-01-01", end: str = "2023-12-31") -> Plan:
    """Make a plan of 示例县 from indicators."""
    return Plan.model_validate(
        {
            "id": "worked",
            "county_zh": "示例县",
            "county_en": "Example County",
            "adm_code": "890001",
            "top_region": COUNTY,
            "level": "county",
            "title_zh": "示例计划",
            "title_en": "Worked example",
            "issue_date": start,
            "issuing_body": "示例县",
            "period": {"start": start, "end": end},
            "indicators": indicators,
        }
    )


def table(table_id: str, *rows: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Make one typed table from rows that name only what matters."""
    return {table_id: typed(table_id, pd.DataFrame(list(rows)))}


def households(village: str, as_of: str, n: int, **columns: Any) -> list[dict[str, Any]]:
    """Return `n` households of a village; a column given as a number is true for the first that many."""
    rows = []
    for k in range(n):
        row: dict[str, Any] = {"village_code": village, "hh_id": f"{village}-{k}", "as_of": as_of}
        for name, value in columns.items():
            row[name] = k < value if isinstance(value, int) and not isinstance(value, bool) else value
        rows.append(row)
    return rows


def fact(place: str, as_of: str, item: str, value: float | None = None, **columns: Any) -> dict[str, Any]:
    """Return one row of `facts`; the level follows from the code."""
    level = "county" if place.endswith("000000") else "township" if place.endswith("000") else "village"
    return {"geo_level": level, "geo_code": place, "as_of": as_of, "item": item, "value": value} | columns


def evaluated(
    one: Indicator, tables: dict[str, pd.DataFrame], day: str, *, start: str = "2023-01-01", nil: tuple[Any, ...] = ()
) -> dict[str, dict[str, Any]]:
    """Evaluate one indicator at a date: {region code: row of progress}."""
    whole = plan(one, start=start)
    as_of = dt.date.fromisoformat(day)
    measures = compute(Engine(whole, Tables(tables, nil), REGIONS), dates_needed(whole, as_of))
    rows = evaluate(Cube(whole, measures, REGIONS), as_of, Bands())
    return {row["region"]: row for row in rows.to_dict("records")}
