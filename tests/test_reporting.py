"""Who owed what by which day and what came: worked out by hand from the plans' own rules."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data import derive, reporting
from data import reporting_words as told
from data.language import translator
from data.plan import Plan, load_plan
from data.plan_model import ReportingRule
from data.registry import Owed, counties, county
from data.reporting import Cell, Duty, Total
from data.store import Batch, Scope, Store, Submission, open_store
from data.store.model import Action
from data.tables import empty, tables, typed

ONE, TWO, THREE = "500113003000", "500113004000", "500113005000"
TOWNS = (ONE, TWO, THREE)
RULE = ReportingRule(id="monthly", rule="每月25日前报", recurrence="monthly", due_day=25, clause="一")


def ruled(*rules: ReportingRule, plan: str = "banan-2023") -> Plan:
    """A plan of 2023, issued on its first day, with rules of its own."""
    return load_plan(plan).model_copy(
        update={"reporting_rules": rules, "issue_date": dt.date(2023, 1, 1)},
    )


def due_days(rule: ReportingRule, until: dt.date, **owed: object) -> list[tuple[str, ...]]:
    found = reporting.duties(ruled(rule), [Owed(rule=rule.id, tables=("staff",), **owed)], until)
    return [(*d.months, f"{d.due}") for d in found if d.table == "staff"]


# ---- due days --------------------------------------------------------------------------------------------------------


def test_the_25th_of_every_month():
    assert due_days(RULE, dt.date(2023, 3, 24)) == [("2023-01", "2023-01-25"), ("2023-02", "2023-02-25")]
    assert due_days(RULE, dt.date(2023, 3, 25))[-1] == ("2023-03", "2023-03-25")


def test_a_day_the_month_does_not_have_is_its_last():
    last = RULE.model_copy(update={"due_day": 31})
    assert [day for *_m, day in due_days(last, dt.date(2023, 4, 30))] == [
        "2023-01-31",
        "2023-02-28",
        "2023-03-31",
        "2023-04-30",
    ]


def test_without_a_day_the_end_of_the_period_counts_and_says_so():
    monthly = RULE.model_copy(update={"due_day": None})
    found = reporting.duties(ruled(monthly), (), dt.date(2023, 2, 28))
    assert {(f"{d.due}", d.basis) for d in found} == {("2023-01-31", "period"), ("2023-02-28", "period")}
    quarterly = monthly.model_copy(update={"recurrence": "quarterly"})
    months = ("2023-01", "2023-02", "2023-03")
    assert due_days(quarterly, dt.date(2023, 6, 29)) == [(*months, "2023-03-31")]


def test_a_report_of_may_may_be_due_in_june():
    assert due_days(RULE, dt.date(2023, 2, 25), months_after=1) == [("2023-01", "2023-02-25")]
    # That of the plan's last month is due after its end, and it is the last one.
    assert due_days(RULE, dt.date(2024, 6, 30), months_after=1)[-1] == ("2023-12", "2024-01-25")
    assert due_days(RULE, dt.date(2024, 6, 30))[-1] == ("2023-12", "2023-12-25")


def test_only_the_days_a_plan_lists_are_asked_for():
    days = [dt.date(2023, 6, 30), dt.date(2023, 9, 30), dt.date(2023, 12, 30)]
    rule = RULE.model_copy(update={"recurrence": "quarterly", "due_day": None, "due": tuple(days)})
    assert due_days(rule, dt.date(2023, 12, 31)) == [
        ("2023-04", "2023-05", "2023-06", "2023-06-30"),
        ("2023-07", "2023-08", "2023-09", "2023-09-30"),
        ("2023-10", "2023-11", "2023-12", "2023-12-30"),
    ]


def test_nothing_was_owed_before_the_plan_was_issued():
    assert load_plan("mouding-2023").issue_date == dt.date(2023, 5, 22)
    found = reporting.duties(load_plan("mouding-2023"), (), dt.date(2023, 10, 31))
    assert min(d.due for d in found) == dt.date(2023, 5, 25)


def test_the_counties_own_rules():
    """巴南 by month, 牟定 by the 25th and the quarter ends, 白银 by the 20th; 万州 and 扶欢 have none."""

    def days(slug: str, since: str, until: str) -> dict[str, set[tuple[str, str]]]:
        entry = county(slug)
        found = reporting.duties(load_plan(entry.plans[0]), entry.reporting, dt.date.fromisoformat(until))
        by: dict[str, set[tuple[str, str]]] = {}
        for duty in found:
            if f"{duty.due}" >= since:
                by.setdefault(f"{duty.due}", set()).add((duty.table, duty.by))
        return by

    banan = days("banan", "2023-09-01", "2023-09-30")
    assert set(banan) == {"2023-09-30"}
    assert {("households", "townships"), ("projects", "townships"), ("funds", "区财政局")} <= banan["2023-09-30"]
    mouding = days("mouding", "2023-09-01", "2023-09-30")
    assert set(mouding) == {"2023-09-25", "2023-09-30"}
    assert mouding["2023-09-30"] == {("actions", "各牵头单位")}
    assert set(days("baiyin", "2022-11-01", "2022-12-31")) == {"2022-11-20", "2022-12-20"}
    for slug in ("wanzhou", "qijiang"):
        entry = county(slug)
        found = reporting.duties(load_plan(entry.plans[0]), entry.reporting, dt.date(2022, 12, 31))
        assert {(d.basis, d.rule) for d in found} == {("frequency", None)}


def test_settings_name_rules_and_tables_that_exist():
    for entry in counties():
        rules = {rule.id for plan_id in entry.plans for rule in load_plan(plan_id).reporting_rules}
        assert {one.rule for one in entry.reporting} <= rules
        assert {table for one in entry.reporting for table in one.tables} <= set(tables())


def test_the_main_rule_is_the_most_frequent_and_has_a_day_if_one_does():
    quarterly = RULE.model_copy(update={"id": "quarterly", "recurrence": "quarterly"})
    dayless = RULE.model_copy(update={"id": "dayless", "due_day": None})
    assert reporting.main_rule(ruled(quarterly, dayless, RULE)) == RULE
    assert reporting.main_rule(ruled()) is None


def test_a_table_read_twice_a_year_is_owed_twice_a_year_where_no_rule_says_otherwise():
    plan = ruled()
    one = next(i for i in plan.indicators if i.data.table == "households" and i.frequency == "half-yearly")
    found = reporting.duties(plan.model_copy(update={"indicators": (one,)}), (), dt.date(2023, 12, 31))
    assert [(d.months[0], d.months[-1], f"{d.due}") for d in found] == [
        ("2023-01", "2023-06", "2023-06-30"),
        ("2023-07", "2023-12", "2023-12-31"),
    ]


def test_a_holiday_is_marked_and_the_day_stays():
    assert reporting.on_holiday(dt.date(2023, 9, 29))  # 中秋
    assert not reporting.on_holiday(dt.date(2023, 9, 25))
    rule = RULE.model_copy(update={"due_day": 29})
    september = [d for d in reporting.duties(ruled(rule), (), dt.date(2023, 9, 30)) if d.month == "2023-09"]
    assert {f"{d.due}" for d in september} == {"2023-09-29"}
    assert "2023年9月29日为法定节假日" in told.holiday_words(september, translator("zh"))
    march = [d for d in reporting.duties(ruled(RULE), (), dt.date(2023, 3, 31)) if d.month == "2023-03"]
    assert told.holiday_words(march, translator("zh")) == ""


# ---- what came -------------------------------------------------------------------------------------------------------


def batch(
    n: int, day: str, townships: Sequence[str], *, table: str = "staff", months: Sequence[str] = ("2023-09",),
    action: Action = "import", sample: bool = False, undone_by: int | None = None,
) -> Batch:  # fmt: skip
    """A batch that came on a day at noon in China."""
    at = dt.datetime.fromisoformat(f"{day}T04:00:00+00:00")
    return Batch(
        county_code="500113", batch_id=n, number=n, table=table, action=action, mode="replace", file_name="f.csv",
        sha256=None, actor="x", verified=False, sample=sample, note="", corrections="", at=at, rows=1, added=1,
        changed=0, unchanged=0, removed=0, undoes=None, undone_by=undone_by, undoes_number=None,
        undone_by_number=undone_by, scope=Scope(table, tuple(months), tuple(code[:9] for code in townships)),
    )  # fmt: skip


def duty(by: str = "townships", table: str = "staff", months: Sequence[str] = ("2023-09",)) -> Duty:
    return Duty(table, by, RULE, tuple(months), dt.date(2023, 9, 25), "day")


def stand(
    batches: Sequence[Batch],
    one: Duty | None = None,
    as_of: str = "2023-09-30",
    lists: dict[int, list[str]] | None = None,
) -> dict[str, Cell]:
    came = reporting.arrivals(batches, lists or {}, "500113")
    found = reporting.cells([one or duty()], came, TOWNS, "500113", dt.date.fromisoformat(as_of))
    return {cell.debtor: cell for cell in found}


def test_in_time_late_and_missing():
    found = stand([batch(1, "2023-09-25", [ONE]), batch(2, "2023-09-28", [TWO])])
    assert (found[ONE].state, found[ONE].days) == ("on_time", 0)
    assert (found[TWO].state, found[TWO].days) == ("late", 3)
    assert found[THREE].state == "missing"


def test_the_day_is_that_of_china():
    one = batch(1, "2023-09-25", [ONE])
    # 23:30 in London is the next morning in China.
    late = replace(one, at=dt.datetime(2023, 9, 25, 23, 30, tzinfo=dt.UTC))
    assert stand([late])[ONE].days == 1


def test_nothing_is_missing_before_it_is_due():
    assert {c.state for c in stand([], as_of="2023-09-24").values()} == {"not_due"}
    assert {c.state for c in stand([], as_of="2023-09-25").values()} == {"missing"}


def test_another_month_or_table_is_no_report():
    assert stand([batch(1, "2023-09-25", [ONE], months=["2023-08"])])[ONE].state == "missing"
    assert stand([batch(1, "2023-09-25", [ONE], table="assets")])[ONE].state == "missing"


def test_the_first_of_two_batches_counts():
    found = stand([batch(2, "2023-10-20", [ONE]), batch(1, "2023-09-20", [ONE])])
    assert (found[ONE].state, found[ONE].number) == ("on_time", 1)


def test_an_undone_batch_does_not_count():
    undone = batch(1, "2023-09-20", [ONE], undone_by=2)
    undo = replace(batch(2, "2023-09-21", [ONE], action="undo"), undoes=1)
    assert stand([undone, undo])[ONE].state == "missing"
    again = batch(3, "2023-09-27", [ONE])
    assert (stand([undone, undo, again])[ONE].state, stand([undone, undo, again])[ONE].days) == ("late", 2)


def test_a_nil_return_is_a_report():
    found = stand([batch(1, "2023-09-24", [ONE], action="nil"), batch(2, "2023-09-26", [TWO], action="nil")])
    assert (found[ONE].state, found[ONE].nil) == ("on_time", True)
    assert (found[TWO].state, found[TWO].days, found[TWO].nil) == ("late", 1, True)
    replaced = stand([batch(1, "2023-09-24", [ONE], action="nil"), batch(2, "2023-10-24", [ONE])])
    assert (replaced[ONE].state, replaced[ONE].nil) == ("on_time", False)


def test_a_row_entered_on_a_page_is_no_report():
    one = batch(1, "2023-09-24", [ONE], table="issues", months=["-"], action="edit")
    lists = {1: ["2023-09"]}
    assert stand([one], duty(table="issues"), lists=lists)[ONE].state == "missing"
    assert stand([replace(one, action="import")], duty(table="issues"), lists=lists)[ONE].state == "on_time"


def test_one_batch_for_all_townships():
    assert {c.state for c in stand([batch(1, "2023-09-25", TOWNS)]).values()} == {"on_time"}


def test_of_sample_data_only_the_presence_counts():
    found = stand([batch(1, "2026-11-22", [ONE], sample=True)])
    assert (found[ONE].state, found[ONE].days) == ("came", 0)
    assert found[TWO].state == "missing"


def test_an_office_answers_for_the_whole_county():
    office = duty("区财政局", "funds")
    funds = [batch(1, "2023-09-20", [ONE, TWO], table="funds")]
    assert stand(funds, office)["区财政局"].state == "missing"
    # The last township makes it whole, and its day counts.
    whole = stand([*funds, batch(2, "2023-09-27", [THREE], table="funds")], office)["区财政局"]
    assert (whole.state, whole.days, whole.number) == ("late", 2, 2)
    own = stand([*funds, batch(2, "2023-09-22", ["500113000000"], table="funds")], office)["区财政局"]
    assert (own.state, own.number) == ("on_time", 2)


def test_the_countys_own_row_is_nobody_elses_report():
    assert stand([batch(1, "2023-09-20", ["500113000000"])])[ONE].state == "missing"


def test_any_month_of_a_quarter_reports_the_quarter():
    quarter = duty(months=("2023-07", "2023-08", "2023-09"))
    assert stand([batch(1, "2023-08-20", [ONE], months=["2023-08"])], quarter)[ONE].state == "on_time"
    assert stand([batch(1, "2023-08-20", [ONE], months=["2023-06"])], quarter)[ONE].state == "missing"


def test_a_running_list_is_of_its_events_and_of_the_month_it_came_in():
    issues = duty(table="issues")
    one = batch(1, "2023-09-24", [ONE], table="issues", months=["-"])
    # Its newest event is of July, but it was handed in in September: nothing has happened since.
    assert stand([one], issues, lists={1: ["2023-06", "2023-07"]})[ONE].state == "on_time"
    october = replace(one, at=dt.datetime(2023, 10, 2, 4, tzinfo=dt.UTC))
    assert stand([october], issues, lists={1: ["2023-06", "2023-07"]})[ONE].state == "missing"
    assert stand([october], issues, lists={1: ["2023-08", "2023-09"]})[ONE].days == 7
    everybody = replace(one, scope=Scope("issues", ("-",), ("500113000",)))
    assert {c.state for c in stand([everybody], issues, lists={1: ["2023-09"]}).values()} == {"on_time"}


def test_only_some_townships_may_owe_a_table():
    assert set(stand([], replace(duty(), only=(TWO,)))) == {TWO}


def test_totals_and_the_worst_first():
    found = list(stand([batch(1, "2023-09-25", [ONE]), batch(2, "2023-09-28", [TWO], action="nil")]).values())
    assert Total.of(found) == Total(owed=3, came=2, late=1, missing=1, not_due=0, nil=1)
    assert reporting.worst_first(found) == [THREE, TWO, ONE]


# ---- through the store -----------------------------------------------------------------------------------------------


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'store.db'}")


def test_import_nil_return_and_undo_in_the_store(store: Store):
    """What is committed today is late for 2023, and gone when it is undone."""
    scope = Scope("staff", ("2023-09",), (ONE[:9],))
    nil = store.commit(Submission("500113", "staff", empty("staff"), b"", "", "x", scope=scope, action="nil"))

    def now() -> dict[str, Cell]:
        return stand(store.batches("500113"))

    assert (now()[ONE].state, now()[ONE].nil) == ("late", True)
    assert now()[TWO].state == "missing"
    store.undo("500113", nil.batch_id, "x")
    assert now()[ONE].state == "missing"


def test_months_of_lists_are_those_of_the_figures(store: Store):
    row = {"issue_id": "1", "geo_code": ONE, "found_on": "2023-06-05", "closed_on": "2023-08-20", "problem": "路"}
    frame = typed("issues", pd.DataFrame([row]))
    made = store.commit(Submission("500113", "issues", frame, b"", "i.csv", "x"))
    months = derive.list_months(store, "500113", store.batches("500113"))
    assert months == {made.batch_id: ("2023-06", "2023-07", "2023-08")}


# ---- in words --------------------------------------------------------------------------------------------------------

NAMES = {ONE: "龙洲湾街道", TWO: "鱼洞街道", THREE: "花溪街道"}


def text(batches: Sequence[Batch], lang: str = "zh", *, by_debtor: bool = False, as_of: str = "2023-09-30") -> str:
    found = list(stand(batches, as_of=as_of).values())
    day = dt.date.fromisoformat(as_of)
    return told.missing_text(found, NAMES, day, translator(lang), by_debtor=by_debtor)


def test_the_list_for_the_chat_by_table():
    assert text([batch(1, "2023-09-25", [ONE])]).splitlines() == [
        "截至2023年9月30日，以下镇街（部门）未报：",
        "驻村与帮扶人员月表（2023年9月，9月25日前）：鱼洞街道、花溪街道（2个）",
        "请尽快补报；确无情况的请报零报告。",
    ]


def test_the_list_for_the_chat_by_township():
    lines = text([batch(1, "2023-09-25", [ONE])], by_debtor=True).splitlines()
    assert lines[1:3] == [
        "鱼洞街道：驻村与帮扶人员月表（2023年9月，9月25日前）",
        "花溪街道：驻村与帮扶人员月表（2023年9月，9月25日前）",
    ]


def test_the_list_when_nobody_or_everybody_is_missing():
    assert text([batch(1, "2023-09-25", TOWNS)]) == "截至2023年9月30日，应报各表均已报送。"
    assert "全部3个镇街" in text([])
    assert text([], as_of="2023-09-20").splitlines() == [
        "以下尚未报送，请按期报送，确无情况的报零报告：",
        "驻村与帮扶人员月表（2023年9月，9月25日前）：全部3个镇街",
    ]


def test_the_list_in_english():
    lines = text([batch(1, "2023-09-25", [ONE])], "en").splitlines()
    assert lines[0] == "As of 30 Sep 2023, not reported:"
    assert lines[1].endswith("(Sep 2023, by 25 Sep): 鱼洞街道, 花溪街道 (2 places)")


def test_periods_in_words():
    zh, en = translator("zh"), translator("en")
    quarter, half = [f"2023-0{n}" for n in (7, 8, 9)], [f"2023-{n:02}" for n in range(7, 13)]
    assert [told.period_words(m, zh) for m in (["2023-09"], quarter, half, [f"2023-{n:02}" for n in range(1, 13)])] == [
        "2023年9月",
        "2023年第三季度",
        "2023年下半年",
        "2023年",
    ]
    assert [told.period_words(m, en) for m in (["2023-09"], quarter, half)] == [
        "Sep 2023",
        "Q3 2023",
        "second half of 2023",
    ]


def test_a_day_the_plan_does_not_name_is_never_called_its_deadline():
    zh = translator("zh")
    assert told.due_words(duty(), zh) == "9月25日前"
    assert told.due_words(replace(duty(), basis="frequency"), zh) == "9月25日，推定"
    found = reporting.cells([replace(duty(), basis="frequency")], {}, TOWNS, "500113", dt.date(2023, 9, 30))
    assert "不是计划规定的时限" in told.missing_text(found, NAMES, dt.date(2023, 9, 30), zh)


# ---- what moved ------------------------------------------------------------------------------------------------------


def _arrived(month: str, day: str, *towns: str, sample: bool = False) -> reporting.Arrival:
    codes = frozenset(code[:9] for code in towns)
    return reporting.Arrival(
        number=1, table="staff", months=frozenset({month}), townships=codes, everywhere=False,
        day=dt.date.fromisoformat(day), nil=False, sample=sample,
    )  # fmt: skip


def _moved(*came: reporting.Arrival, since: str = "2023-02-28", now: str = "2023-03-31") -> dict[str, list[tuple]]:
    owed = [
        d
        for d in reporting.duties(ruled(RULE), [Owed(rule="monthly", tables=("staff",))], dt.date(2023, 4, 30))
        if d.table == "staff"
    ]
    by = {}
    for n, one in enumerate(came):
        for month in one.months:
            by.setdefault(("staff", month), []).append(one._replace(number=n))
    days = [dt.date.fromisoformat(text) for text in (since, now)]
    then = reporting.cells(owed, reporting.known_by(by, days[0]), (ONE, TWO), "500113", days[0])
    found = reporting.moved(reporting.cells(owed, by, (ONE, TWO), "500113", days[1]), then, days[0])
    return {group: [(c.debtor, c.duty.months[0]) for c in some] for group, some in found.items()}


def test_what_came_since_and_what_is_newly_missing():
    # January was in; February's came late in March from one; March fell due on the 25th and only the other sent it.
    came = (
        _arrived("2023-01", "2023-01-20", ONE, TWO),
        _arrived("2023-02", "2023-03-03", ONE),
        _arrived("2023-03", "2023-03-24", TWO),
    )
    assert _moved(*came) == {
        "missing": [(ONE, "2023-03")],  # February of the other was missing at the meeting already
        "came": [(ONE, "2023-02"), (TWO, "2023-03")],
    }
    assert _moved(*came, since="2023-03-31") == {}


def test_sample_data_come_on_the_day_due():
    loaded = [_arrived(month, "2026-01-01", ONE, TWO, sample=True) for month in ("2023-01", "2023-02", "2023-03")]
    assert _moved(*loaded) == {"came": [(ONE, "2023-03"), (TWO, "2023-03")]}
