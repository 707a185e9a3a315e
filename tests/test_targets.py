"""Targets and bands revised while a plan runs: figures by hand, known then, undone without a trace, refused."""

import datetime as dt
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cli import app
from data import derive, in_force, targets
from data.audit_words import rows as log_rows
from data.briefing.facts import Since, from_store
from data.language import translator
from data.plan_words import revision_words
from data.registry import Bands
from data.store import BANDS, TARGETS, MovedError, Store, UndoRefusedError, open_store
from data.store.audit import Wanted
from data.targets import Target, Why
from data.upload_words import UploadError, refusal
from tests.support.revised import ACTOR, AUGUST, BANAN, DUE, FROM, FUND, JULY, PLAN, RAISED, WHY, raise_it, spend

CODE = BANAN.code


@pytest.fixture
def store(home: Path) -> Store:
    opened = open_store(f"sqlite:///{home / 'store.db'}")
    spend(opened)
    return opened


def standing(store: Store, day: dt.date) -> dict[str, object]:
    found = next(r for r in derive.progress_at(store, BANAN, PLAN, day) if r["indicator"] == FUND)
    return {name: found[name] for name in ("target", "expected", "gap", "status")}


def by_old(day: dt.date) -> dict[str, object]:
    expected = {JULY: 50 + 25 / 3, AUGUST: 50 + 50 / 3}[day]
    gap = {JULY: 60, AUGUST: 70}[day] - expected
    return {"target": 75.0, "expected": pytest.approx(expected), "gap": pytest.approx(gap), "status": "on_schedule"}


BY_NEW = {"target": 85.0, "expected": pytest.approx(50 + 70 / 3), "gap": pytest.approx(-10 / 3),
          "status": "slightly_behind"}  # fmt: skip


def test_both_targets_hold_each_from_its_day_and_an_undo_leaves_nothing(store: Store) -> None:
    assert [standing(store, day) for day in (JULY, AUGUST)] == [by_old(JULY), by_old(AUGUST)]
    summary, measures = store.summary(CODE), store.version(CODE, "measures")
    batch = raise_it(store)
    assert [standing(store, day) for day in (JULY, AUGUST)] == [by_old(JULY), BY_NEW]
    # No measure is computed for it; the summary for those who compare counties follows.
    assert store.version(CODE, "measures") == measures
    assert derive.behind(store, BANAN) == 0
    rows = store.summary(CODE).set_index(["indicator", "as_of"])["target"]
    assert [rows[FUND, pd.Timestamp(day)] for day in (JULY, AUGUST)] == [75, 85]
    plan = in_force.plan(store, CODE, PLAN)
    told = revision_words(plan.indicator(FUND), plan, translator("zh"))
    assert told[0] == "8月1日起目标由 ≥75% 调整为 ≥85%"
    assert told[-1].endswith("（渝乡振发〔2023〕12号）")
    targets.undo(store, BANAN, batch.number, TARGETS, ACTOR, "有误")
    assert [standing(store, day) for day in (JULY, AUGUST)] == [by_old(JULY), by_old(AUGUST)]
    pd.testing.assert_frame_equal(store.summary(CODE), summary)
    assert in_force.plan(store, CODE, PLAN) is PLAN


def test_as_known_then_it_was_not_revised_yet(store: Store) -> None:
    then = store.version(CODE)
    batch = raise_it(store)
    known = from_store(store, BANAN, PLAN, AUGUST, Since(AUGUST, "8月调度会", then))
    assert known.before is not None

    def status(rows: pd.DataFrame) -> str:
        return str(rows.loc[(rows["indicator"] == FUND) & (rows["region"] == known.top), "status"].iloc[0])

    assert (status(known.before), status(known.now)) == ("on_schedule", "slightly_behind")
    assert status(from_store(store, BANAN, PLAN, AUGUST, version=then).now) == "on_schedule"
    targets.undo(store, BANAN, batch.number, TARGETS, ACTOR, "有误")
    assert status(from_store(store, BANAN, PLAN, AUGUST, version=batch.batch_id).now) == "slightly_behind"


def test_a_due_date_of_its_own_is_a_date_to_look_at_until_it_is_undone(store: Store) -> None:
    before = store.measures(CODE, PLAN.id)
    early = Target(75, dt.date(2023, 8, 15), targets.milestones("2023-06-30 50\n2023-08-15 75"))
    batch = raise_it(store, early)
    days = {day.date() for day in store.measures(CODE, PLAN.id)["as_of"]}
    assert days - {day.date() for day in before["as_of"]} == {dt.date(2023, 8, 15)}
    assert derive.behind(store, BANAN) == 0
    assert standing(store, AUGUST)["status"] == "overdue"
    targets.undo(store, BANAN, batch.number, TARGETS, ACTOR, "有误")
    key = ["indicator", "as_of", "region"]
    again = store.measures(CODE, PLAN.id)
    pd.testing.assert_frame_equal(*(f.sort_values(key, ignore_index=True) for f in (again, before)))


def test_revisions_of_a_target_are_taken_back_the_newest_first(store: Store) -> None:
    first = raise_it(store)
    second = raise_it(store, Target(90, DUE, targets.milestones("2023-06-30 50\n2023-09-30 90")), dt.date(2023, 9, 1))
    with pytest.raises(UndoRefusedError) as refused:
        targets.undo(store, BANAN, first.number, TARGETS, ACTOR, "有误")
    assert [b.number for b in refused.value.batches] == [second.number]
    stages = in_force.plan(store, CODE, PLAN).indicator(FUND).stages
    assert [(s.since, s.indicator.value) for s in stages] == [(None, 75), (FROM, 85), (dt.date(2023, 9, 1), 90)]


def test_another_of_the_same_day_stands_in_its_place_until_it_is_undone(store: Store) -> None:
    raise_it(store)
    second = raise_it(store, Target(80, DUE, targets.milestones("2023-06-30 50\n2023-09-30 80")))
    assert standing(store, AUGUST)["target"] == 80
    targets.undo(store, BANAN, second.number, TARGETS, ACTOR, "有误")
    assert standing(store, AUGUST) == BY_NEW
    held = [(one.revision.value, one.counts) for one in store.target_revisions(CODE, ever=True)]
    assert held == [(80, False), (85, True)]


def test_what_somebody_revised_meanwhile_is_not_overruled_unseen(store: Store) -> None:
    raise_it(store)
    with pytest.raises(MovedError):
        targets.revise(store, BANAN, PLAN, FUND, FROM, Target(80, DUE, targets.milestones("2023-09-30 80")), WHY,
                       ACTOR, seen_at=0)  # fmt: skip


def step(text: str, value: float, due: dt.date = DUE) -> Target:
    return Target(value, due, targets.milestones(text))


@pytest.mark.parametrize(
    ("day", "target", "why", "told"),
    [
        (FROM, step("2023-04-30 30\n2023-06-30 50\n2023-09-30 75", 75), WHY, "与现行要求相同"),
        (FROM, step("2023-09-30 75", 85), WHY, "最后一个里程碑是 75，目标是 85"),
        (FROM, step("2023-09-30 85\n2023-06-30 85", 85), WHY, "依次递增"),
        (FROM, step("2022-06-30 50\n2023-09-30 85", 85), WHY, "2022-06-30 的里程碑"),
        (FROM, step("", 85), WHY, "请至少填一个"),
        (PLAN.start, RAISED, WHY, "之后执行"),
        (dt.date(2023, 10, 1), RAISED, WHY, "请推迟完成时限"),
        (FROM, Target(float("nan"), DUE), WHY, "目标须是数值"),
        (FROM, RAISED, Why(" ", "市级加码"), "依据文号"),
        (FROM, RAISED, Why("渝乡振发〔2023〕12号", ""), "请填写原因"),
    ],
)
def test_what_no_plan_could_ask_is_refused_in_words(day: dt.date, target: Target, why: Why, told: str) -> None:
    with pytest.raises(UploadError) as refused:
        targets.proposed(PLAN, FUND, day, target, why)
    assert told in refusal(refused.value, translator("zh"))


def test_the_same_is_not_stored_twice(store: Store) -> None:
    raise_it(store)
    with pytest.raises(UploadError, match="asked already"):
        raise_it(store)


def test_one_that_a_later_revision_would_not_fit_is_refused(store: Store) -> None:
    raise_it(store, day=dt.date(2023, 9, 1))
    with pytest.raises(UploadError) as refused:
        raise_it(store, RAISED)  # then the one of September would change nothing
    assert "2023-09-01" in refusal(refused.value, translator("zh"))


@pytest.mark.parametrize("line", ["六月 50", "2023-02-30 50", "2023-06-30"])
def test_a_milestone_is_a_date_and_a_number(line: str) -> None:
    with pytest.raises(UploadError, match="no milestone"):
        targets.milestones(line)


def test_a_revision_of_an_indicator_that_the_file_lost_is_about_nothing(store: Store) -> None:
    raise_it(store)
    less = PLAN.but(indicators=tuple(i for i in PLAN.indicators if i.id != FUND))
    assert in_force.plan(store, CODE, less).indicators == less.indicators


def test_bands_colour_otherwise_until_undone_and_as_known_then(store: Store) -> None:
    raise_it(store)
    then = store.version(CODE)
    batch = targets.revise_bands(store, BANAN, -2, -3, WHY, ACTOR)
    assert in_force.bands(store, BANAN) == Bands(slightly_behind=-2, behind=-3)
    assert standing(store, AUGUST)["status"] == "far_behind"
    assert in_force.bands(store, BANAN, then) == BANAN.bands
    assert derive.behind(store, BANAN) == 0
    targets.undo(store, BANAN, batch.number, BANDS, ACTOR, "有误")
    assert standing(store, AUGUST) == BY_NEW
    with pytest.raises(UploadError, match="edges"):
        targets.revise_bands(store, BANAN, -10, -5, WHY, ACTOR)


def test_the_log_has_what_was_asked_before_and_after(store: Store) -> None:
    batch = raise_it(store)
    targets.undo(store, BANAN, batch.number, TARGETS, ACTOR, "有误")
    undone, made = (row["detail"] for row in log_rows(store.audit(CODE, Wanted(limit=2)), translator("zh")))
    assert "目标 75% → 85%；" in made.replace("; ", "；")
    assert "目标 85% → 75%；" in undone.replace("; ", "；")
    assert undone.endswith("原因：有误")


def test_by_command(store: Store) -> None:
    run = CliRunner().invoke
    said = ["--document", WHY.document, "--reason", WHY.reason]
    steps = [part for line in RAISED.milestones for part in ("--milestone", f"{line.date} {line.value:g}")]
    asked = ["target", "set", FUND, "-c", "banan", "--from", "2023-08-01", "--value", "85", *steps, *said]
    told = run(app, [*asked, "--dry-run"])
    assert told.exit_code == 0, told.output
    assert re.match(r"未作任何改动。\n.*1 个地方中有 1 个状态改变。", told.output)
    assert re.search("略慢 +0 +1\n达序时 +1 +0\n", told.output)
    assert re.search("巴南区 +75% → 85% +3.3 → −3.3 +达序时 → 略慢", told.output)
    found = json.loads(run(app, [*asked, "--dry-run", "--json"]).output)
    assert (found["as_of"], found["statuses"], found["statuses_new"]) == (
        str(AUGUST), {"on_schedule": 1}, {"slightly_behind": 1}
    )  # fmt: skip
    assert {name: found["places"][0][f"{name}_new"] for name in BY_NEW} == BY_NEW
    early = run(app, [*asked[:6], "2023-09-01", *asked[7:], "--dry-run", "--lang", "en"]).output
    assert "It would hold from 2023-09-01; at 2023-08-31" in early
    assert run(app, [*asked[:3], "--dry-run"]).exit_code == 2
    assert run(app, [*asked[:7], *said, "--dry-run"]).exit_code == 1  # it is what is asked already
    assert store.target_revisions(CODE, ever=True) == []
    made = run(app, asked)
    assert made.exit_code == 0, made.output
    assert standing(store, AUGUST) == BY_NEW
    assert "85%" in run(app, ["target", "list", "-c", "banan"]).output
    assert "8月1日起目标由 ≥75% 调整为 ≥85%" in run(app, ["plan", "show", PLAN.id]).output
    number = str(store.batches(CODE)[0].number)
    assert run(app, ["band", "undo", number, "-c", "banan"]).exit_code == 1  # a target, no band
    assert run(app, ["target", "undo", number, "-c", "banan", "--note", "有误"]).exit_code == 0
    assert standing(store, AUGUST) == by_old(AUGUST)
    ended = run(app, ["target", "list", "-c", "banan"]).output
    assert f"已被第 {store.batches(CODE)[0].number} 批撤销" in ended  # as the page says it
    assert "命令行 (未认证)" in ended
    edges = ["--slightly-behind", "-2", "--behind", "-3"]
    assert run(app, ["band", "set", "-c", "banan", *edges, *said]).exit_code == 0
    listed = run(app, ["bands", "list", "-c", "banan", "--lang", "en"]).output
    assert "slightly behind to -2, behind to -3" in listed
    assert run(app, ["band", "list", "-c", "banan", "--lang", "en"]).output == listed  # both names hold
    refused = run(app, ["target", "set", "nothing", "-c", "banan", "--from", "2023-08-01", *said, "--lang", "en"])
    assert refused.exit_code == 1
    assert "The plan has no indicator nothing." in refused.output
