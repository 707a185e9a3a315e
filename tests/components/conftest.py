"""A small invented plan and its progress, with a name that would run as a script if anything forgot to escape it."""

import pandas as pd
import pytest

from components.html.progress import Label

EVIL = "<img src=x onerror=alert(1)>'\"&"


def english(text, /, **values):
    return text.format(**values) if values else text


def chinese(text, /, **values):
    return english({"same": "持平", "{n} points": "{n} 个百分点", "Reported {n}": "已报 {n}"}.get(text, text), **values)


english.__name__, chinese.__name__ = "en", "zh"


@pytest.fixture
def en():
    return english


@pytest.fixture
def zh():
    return chinese


def make_row(**values):
    base = {
        "indicator": "spend",
        "region": "500113000000",
        "level": "county",
        "value": 61.2,
        "numerator": 612.0,
        "denominator": 1000.0,
        "start_value": None,
        "target": 75.0,
        "comparator": ">=",
        "unit": "%",
        "rule": "milestones",
        "schedule_share": 1.0,
        "expected": 75.0,
        "completion": 81.6,
        "gap": -13.8,
        "status": "far_behind",
        "marks": (),
        "reported": 287,
        "of": 298,
        "newest": pd.Timestamp("2023-09-30"),
        "forecast": 77.0,
        "needed_per_month": 4.6,
        "previous": 57.1,
        "change": 4.1,
        "gap_before": -8.0,
        "status_before": "behind",
    }
    return base | values


@pytest.fixture
def row():
    return make_row


@pytest.fixture
def progress():
    nan = float("nan")
    return pd.DataFrame(
        [
            make_row(
                indicator="jobs",
                value=22012.0,
                target=21450.0,
                unit="人",
                completion=102.6,
                gap=2.6,
                status="done",
                change=0.0,
            ),
            make_row(indicator="quiet", value=nan, completion=nan, gap=nan, status="no_data", change=nan, expected=nan),
            make_row(
                indicator="visit",
                gap=-6.9,
                status="behind",
                marks=("regressed", "implied"),
                change=-2.2,
                status_before="behind",
            ),
            make_row(),
            make_row(indicator="relapse", value=1.0, target=0.0, unit="起", comparator="==", completion=nan, gap=nan),
            make_row(indicator="late", gap=-3.6, status="overdue", marks=("strive",)),
            make_row(
                indicator="land", target=nan, completion=nan, gap=nan, status="not_scored", comparator=None, change=-0.6
            ),
        ]
    )


@pytest.fixture
def labels():
    return {i: Label(f"{i} {EVIL}", EVIL, EVIL) for i in ("jobs", "quiet", "visit", "spend", "relapse", "late", "land")}
