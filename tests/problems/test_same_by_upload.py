"""Whatever the page can do with a problem, a list that says the same gives the same stored rows and the same figures.

The only difference that is meant: who sends a list reports its months, what is entered on a page is nobody's report.
"""

import csv
import dataclasses
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import beside, derive, upload
from data.intake.corrections import Corrections
from data.measures import Engine, compute
from data.places import plan_regions
from data.plan import load_plan
from data.problems import course, moves, record, verify
from data.problems.moves import HandOver, Row
from data.registry import county
from data.store import Store, open_store
from data.tables import tables
from data.upload import Actor

BANAN = county("banan")
TOP = f"{BANAN.code}000000"
VILLAGE, TOWN = "500113115219", "500113115000"
CLERK, CHECKER = Actor("李（区乡村振兴局）"), Actor("王（区纪委）")
HANDED = HandOver(
    "guarantee_open_issues", VILLAGE, "housing", "severe", "屋面漏水", "区住房城乡建委", "农房科负责人岗",
    dt.date(2023, 7, 1), dt.date(2023, 7, 15), "入户鉴定，\n换瓦",
)  # fmt: skip


def on(month: int, day: int) -> dt.date:
    return dt.date(2023, month, day)


Step = Callable[[Store, Row], object]
"""What an official does on the page, with the row as the page shows it."""


def change(move: Callable[[Row], Row], actor: Actor = CLERK) -> Step:
    return lambda store, row: record.change(store, BANAN, row, move, actor)


def close(day: dt.date) -> Step:
    return lambda store, row: record.close(store, BANAN, row, day, CHECKER)


def note(day: dt.date, text: str) -> Step:
    return lambda store, row: record.note(store, BANAN, row, day, text, CLERK)


def again(**other: Any) -> Step:
    return lambda store, _row: record.hand_over(store, BANAN, dataclasses.replace(HANDED, **other), CLERK)


def rectify(day: dt.date) -> Step:
    return change(lambda row: moves.rectify(row, day))


def send_back(day: dt.date) -> Step:
    return lambda store, row: record.send_back(store, BANAN, row, day, CHECKER)


SEND_BACK = send_back(on(8, 15))
REOPEN = change(lambda row: moves.reopen(row, on(9, 20), on(10, 10)))
HAND_OVER_AGAIN = again(
    day=on(9, 20),
    due=on(10, 10),
    problem="又漏水",
    office="区民政局",
    post="救助科负责人岗",
    measure="",
    severity="normal",
)
CLOSED = (rectify(on(7, 20)), close(on(7, 25)))
WAYS: dict[str, tuple[Step, ...]] = {
    "handed over": (),
    "noted": (note(on(7, 5), "已入户"), note(on(7, 6), " 材料已到  ")),
    "rectified": (rectify(on(8, 10)),),
    "sent back": (rectify(on(8, 10)), SEND_BACK),
    "sent back and rectified anew": (rectify(on(8, 10)), SEND_BACK, rectify(on(8, 20))),
    "closed": CLOSED,
    "reopened": (*CLOSED, REOPEN),
    "handed over again": (*CLOSED, HAND_OVER_AGAIN),
    "back and closed again": (*CLOSED, HAND_OVER_AGAIN, note(on(9, 25), "返工"), rectify(on(10, 5)), close(on(10, 9))),
    "back twice": (*CLOSED, REOPEN, rectify(on(9, 25)), close(on(9, 26)), again(day=on(10, 12), due=on(10, 30))),
}
PLACES = {"village": VILLAGE, "township": TOWN, "county": TOP}


def listed(store: Store, table: str, *rows: Row) -> None:
    """Send rows as a clerk's list; that it goes back to what was before is meant."""
    spec = tables()[table]

    def word(name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        return "" if value is None else spec.column(name).label(str(value), "zh")

    out = io.StringIO()
    cells = [[word(c.name, row.get(c.name)) for c in spec.columns] for row in rows]
    csv.writer(out).writerows([[c.header("zh") for c in spec.columns], *cells])
    raw = out.getvalue().encode()
    stored = beside.stored(store, BANAN)
    checked = upload.check(BANAN, raw, "list.csv", table, said=Corrections(older=True), stored=stored)
    assert checked.ok, checked.messages("zh")
    closing = any(row.get("closed_on") for row in rows)
    upload.commit(store, BANAN, checked, raw, CHECKER if closing else CLERK, again=True)


def all_sent(store: Store) -> None:
    """Send lists of the whole county and figures up to October, so that lists speak for every place."""
    work = moves.note({"issue_id": "A0", "village_code": None, "geo_code": TOP}, on(6, 1), "全区排查", ())
    listed(store, "actions", work)
    known = moves.hand_over(dataclasses.replace(HANDED, place=TOP, domain="risk", day=on(6, 1), due=on(6, 9)), ())
    listed(store, "issues", known | {"issue_id": "A0", "rectified_on": on(6, 5), "closed_on": on(6, 6)})
    raw = f"区划代码,月末,层级,资金种类,到位额（万元）\n{TOP},2023-10-31,中央,衔接资金,100\n".encode()
    upload.commit(store, BANAN, upload.check(BANAN, raw, "funds.csv"), raw, CLERK)


def of(store: Store, table: str) -> list[Row]:
    rows = record.as_rows(store.rows(BANAN.code, table))
    return [row for row in rows if row["issue_id"] != "A0"]


@pytest.fixture
def both(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Store, Store]:
    """Two stores that know the same, one for the page and one for lists; figures are computed at the end."""
    assert home
    monkeypatch.setattr(upload, "_then_derive", lambda *_args: None)
    page, file = (open_store(f"sqlite:///{tmp_path / name}.db") for name in ("page", "file"))
    for store in (page, file):
        all_sent(store)
    return page, file


def step_by_step(page: Store, file: Store, wanted: HandOver, way: tuple[Step, ...]) -> None:
    """Do each step on the page and send what it made of the rows as lists to the other store."""
    notes = 0
    for step in (lambda store, _row: record.hand_over(store, BANAN, wanted, CLERK), *way):
        step(page, *(of(page, "issues") or [{}]))
        work = of(page, "actions")
        if len(work) > notes:
            listed(file, "actions", work[-1])
            notes = len(work)
        else:
            listed(file, "issues", of(page, "issues")[0])


def compare(page: Store, file: Store) -> pd.DataFrame:
    """Compare rows, course and figures of both stores; return the figures."""
    for table in ("issues", "actions"):
        key = list(tables()[table].key)
        rows = [store.rows(BANAN.code, table).sort_values(key, ignore_index=True) for store in (page, file)]
        pd.testing.assert_frame_equal(*rows)
    number = of(page, "issues")[0]["issue_id"]
    courses = []
    for store in (page, file):
        notes = store.rows(BANAN.code, "actions", batch_id=True)
        steps = course.course(verify.counting(store, BANAN, number), notes.loc[notes["issue_id"] == number], {})
        courses.append([dataclasses.replace(step, batch=0) for step in steps])
    assert courses[0] == courses[1]
    figures = []
    plan = load_plan(BANAN.plans[0])
    lists = [i.id for i in plan.indicators if i.data.table in {"issues", "actions"}]
    for store in (page, file):
        engine = Engine(plan, derive.load_tables(store, BANAN), plan_regions(plan, None))
        found = compute(engine, [on(7, 31), on(9, 30), on(10, 31)], lists)
        told = ["indicator", "region", "as_of", "numerator", "denominator", "value"]
        figures.append(found[told].sort_values(told[:3], ignore_index=True))
    pd.testing.assert_frame_equal(*figures)
    assert figures[0]["value"].notna().any()
    return figures[0]


@pytest.mark.parametrize("way", WAYS)
def test_every_move_of_the_page_by_list(both: tuple[Store, Store], way: str) -> None:
    step_by_step(*both, HANDED, WAYS[way])
    figures = compare(*both)
    # Due on 15 July: it is overdue at the end of July unless it was closed by then.
    told = figures.loc[(figures["indicator"] == HANDED.indicator) & (figures["region"] == TOP)].set_index("as_of")
    assert told.loc["2023-07-31", "value"] == (0 if WAYS[way][:2] == CLOSED else 1)


OPTIONS = {column.name: column.model_dump()["values"] for column in tables()["issues"].columns}
FIELDS: list[dict[str, Any]] = [
    *({name: value} for name in ("domain", "severity") for value in OPTIONS[name]),
    {"measure": ""},
    {"problem": "含，逗号 与\n换行", "office": "某街道", "post": "Ａ岗"},
]


@pytest.mark.parametrize("place", PLACES)
def test_every_field_of_the_page_by_list(both: tuple[Store, Store], place: str) -> None:
    page, file = both
    for n, other in enumerate(FIELDS[list(PLACES).index(place) :: len(PLACES)]):
        # Each a problem of its own: another day is another number, another indicator another problem.
        wanted = dataclasses.replace(HANDED, place=PLACES[place], indicator=f"of_{n}", **other)
        record.hand_over(page, BANAN, wanted, CLERK)
        number = f"J5001132023070100{n + 1}" if n < 9 else f"J500113202307010{n + 1:02d}"
        row = next(row for row in of(page, "issues") if row["issue_id"] == number)
        record.note(page, BANAN, row, on(7, 3), "已到现场", CLERK)
    for table in ("issues", "actions"):
        listed(file, table, *of(page, table))
    compare(page, file)
