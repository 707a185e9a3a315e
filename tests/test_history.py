"""What a batch did to the figures: from as they stood before it to as they stood until the next one."""

import datetime as dt

import pandas as pd
import pytest

from data import upload
from data.history import figures_moved
from data.plan import load_plan
from data.registry import county
from data.store import open_store
from data.upload import Actor

PLAN = load_plan("banan-2023")
APRIL, MAY = dt.date(2023, 4, 30), dt.date(2023, 5, 31)
HEAD = "区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）"


@pytest.fixture
def send(home):
    def committed(spent, month="04-30", received=100):
        banan, store = county("banan"), open_store()
        raw = f"{HEAD}\n500113000000,2023-{month},中央,衔接资金,{received},{spent}\n".encode()
        return upload.commit(store, banan, upload.check(banan, raw, f"{spent}.csv"), raw, Actor("a tester"))

    return committed


def moved(batch):
    store = open_store()
    found = figures_moved(store, PLAN, batch, store.batches("500113"))
    return {(found.since, found.day, r.before, r.after) for r in found.figures.itertuples()}, found.figures


def test_the_figures_before_and_after_a_batch(send):
    batches = [send(20), send(35), send(36.5, "05-31")]
    changed, _ = moved(batches[1])
    assert (APRIL, APRIL, 20, 35) in changed
    assert {since for since, *_ in changed} == {APRIL}
    assert figures_moved(open_store(), PLAN, batches[2], open_store().batches("500113")).since == APRIL


def test_a_new_date_is_compared_with_the_newest_before_it(send):
    first, _, third = send(20), send(35), send(36.5, "05-31")
    changed, found = moved(third)
    assert (APRIL, MAY, 35, 36.5) in changed
    # What the batch's own table says comes first: every later date moves other figures too.
    own = {i.id for i in PLAN.indicators if i.data.table == "funds"}
    reads = [one in own for one in found["indicator"]]
    assert reads == sorted(reads, reverse=True)
    assert reads[0]
    # Before the first there was no date at all: its figures are all new.
    changed, _ = moved(first)
    assert any(since is None and day == APRIL and pd.isna(then) and now == 20 for since, day, then, now in changed)


def test_an_undo_that_takes_a_date_away_says_what_stands_again(send):
    send(20)
    second = send(35, "05-31")
    store = open_store()
    undone = upload.undo(store, county("banan"), second.number, Actor("a tester"))
    changed, _ = moved(undone)
    assert (MAY, APRIL, 35, 20) in changed


def test_what_cannot_be_read_as_a_change_is_none(send):
    # 8.62 % and 8.6231 % are both 8.6 %; 8.56 % and 8.64 % differ by what a figure of one decimal can show.
    batches = [send(8620, received=100000), send(8623.1, received=100000)]
    assert not moved(batches[1])[0]
    again = [send(8560, received=100000), send(8640, received=100000)]
    assert (APRIL, APRIL, 8.56, 8.64) in moved(again[1])[0]


def test_a_figure_of_the_month_before_is_not_reported_in_the_next_as_on_pages(send):
    banan, store = county("banan"), open_store()
    raw = "人员编号,村代码,月份,身份,在村天数,当月天数\na1,500113115219,2023-04,工作队员,20,30\n".encode()
    upload.commit(store, banan, upload.check(banan, raw, "staff.csv"), raw, Actor("a tester"))
    _, found = moved(send(36.5, "05-31"))
    (row,) = found.loc[found["indicator"] == "cadre_days_compliance"].itertuples()
    # There for two thirds of April; nobody has said anything of May, and pages show no value of it.
    assert row.before == 100
    assert pd.isna(row.after)
    assert (row.silent_before, row.silent_after) == (False, True)
