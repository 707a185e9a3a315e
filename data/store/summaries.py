"""How a county stands by its plans, in few rows: what is compared with other counties. Made anew, never versioned."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete

from data.store.schema import progress_summary, sql_name
from data.store.transfer import bulk

SUMMARY_KINDS = {
    "plan_id": "str",
    "indicator": "str",
    "as_of": "date",
    "concept": "str",
    "value": "float",
    "numerator": "float",
    "denominator": "float",
    "target": "float",
    "start_value": "float",
    "unit": "str",
    "comparator": "str",
    "gap": "float",
    "completion": "float",
    "status": "str",
    "reported": "float",
    "of": "float",
    "written_at_version": "float",
}
"""Columns of a frame and their kinds."""


def replace(connection: Connection, county_code: str, plan_id: str, frame: pd.DataFrame, version: int) -> None:
    """Make `frame` a plan's whole summary."""
    mine = (progress_summary.c.county_code == county_code, progress_summary.c.plan_id == plan_id)
    connection.execute(delete(progress_summary).where(*mine))
    if frame.empty:
        return
    same: dict[str, Any] = {"county_code": county_code, "plan_id": plan_id, "written_at_version": version}
    rows = frame[[name for name in SUMMARY_KINDS if name not in same]].assign(**same)
    rows = rows.sort_values(["indicator", "as_of"], kind="stable")
    bulk(connection, progress_summary, rows.rename(columns={name: sql_name(name) for name in SUMMARY_KINDS}))
