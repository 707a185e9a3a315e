"""What was known when: the version for a day, a batch, a meeting; and the figures read there."""

import datetime as dt

import pytest

from data import derive, loaders, meetings, upload
from data.language import translator
from data.past import Moment, day_shown, moment, until
from data.registry import county
from data.store import Batch, Scope, Snapshot, Store, open_store
from data.upload import Actor
from data.upload_words import UploadError
from tests.test_cli import ok, run

BANAN = county("banan")
CODE = BANAN.code
HEAD = "区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）\n"
_ = translator("zh")


def batch(number: int, batch_id: int, at: str) -> Batch:
    none = dict.fromkeys(("undoes", "undone_by", "undoes_number", "undone_by_number"))
    return Batch(
        CODE, batch_id, number, "funds", "import", "merge", "", None, "县办", verified=False, sample=False, note="",
        corrections="", at=dt.datetime.fromisoformat(at), rows=1, added=1, changed=0, unchanged=0, removed=0,
        scope=Scope("funds"), **none,
    )  # fmt: skip


# Batches 1, 2 and 3 are versions 1, 4 and 9: computing takes versions too. The third came at 23:30 UTC on 6 September,
# which is 07:30 on the 7th in China.
BATCHES = [
    batch(3, 9, "2023-09-06T23:30:00+00:00"),
    batch(2, 4, "2023-09-05T08:00:00+00:00"),
    batch(1, 1, "2023-09-01T01:00:00+00:00"),
]
MEETING = Snapshot(CODE, 1, "8月调度会", dt.date(2023, 8, 31), 6, "县办", verified=False, note="",
                   at=dt.datetime.fromisoformat("2023-09-05T09:00:00+00:00"))  # fmt: skip


@pytest.mark.parametrize(
    ("day", "version", "last"),
    # A day means its end in China. What is computed after a batch counts as its doing until the next one comes.
    [("2023-08-31", None, None), ("2023-09-01", 3, 1), ("2023-09-04", 3, 1), ("2023-09-05", 8, 2),
     ("2023-09-06", 8, 2), ("2023-09-07", None, 3)],
)  # fmt: skip
def test_a_day_is_the_last_batch_committed_by_its_end(day: str, version: int | None, last: int | None) -> None:
    found = until(dt.date.fromisoformat(day), BATCHES)
    assert (found.version, found.last.number if found.last else None) == (version, last)
    assert moment("then", dt.date.fromisoformat(day), BATCHES, []) == found


def test_a_batch_and_a_meeting_are_moments_too() -> None:
    assert moment("b1", None, BATCHES, []) == Moment(dt.date(2023, 9, 1), 3, BATCHES[2])
    assert moment("b3", None, BATCHES, []) == Moment(dt.date(2023, 9, 7), None, BATCHES[0])
    assert moment("s1", None, BATCHES, [MEETING]) == Moment(dt.date(2023, 9, 5), 6, BATCHES[1], MEETING)


@pytest.mark.parametrize("key", ["b4", "s2", "s0", "b", "then2", "", "b01", "<b>"])
def test_what_there_is_not_is_no_moment(key: str) -> None:
    assert moment(key, dt.date(2023, 9, 5), BATCHES, [MEETING]) is None


def test_the_date_shown_is_the_newest_known_not_after_the_one_asked() -> None:
    days = [dt.date(2023, 8, 31), dt.date(2023, 7, 31)]
    assert day_shown(dt.date(2023, 8, 31), days) == dt.date(2023, 8, 31)
    assert day_shown(dt.date(2023, 8, 30), days) == dt.date(2023, 7, 31)
    assert day_shown(dt.date(2023, 7, 30), days) is None


# ---- figures at a version --------------------------------------------------------------------------------------------


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    opened = open_store()
    monkeypatch.setattr(loaders, "store", lambda: opened)
    for cached in (
        loaders._measured,
        loaders._evaluated,
        loaders._at,
        loaders._batches,
        loaders._rows,
        loaders._snapshots,
    ):
        cached.clear()
    for cached in (loaders._evaluation_dates, loaders._regions, loaders._series, loaders._profiles, loaders._parts):
        cached.clear()
    return opened


def send(store: Store, month: str, spent: float) -> Batch:
    raw = f"{HEAD}{CODE}000000,2023-{month},中央,衔接资金,100,{spent}\n".encode()
    checked = upload.check(BANAN, raw, f"{month}-{spent}.csv")
    return upload.commit(store, BANAN, checked, raw, Actor("县办"))


def spent(day: dt.date) -> float:
    rows = loaders.at("banan", "banan-2023", day).set_index("indicator")
    return float(rows.loc["central_fund_expenditure", "value"])


# Early in the year: for every month end since its beginning it is kept of every village that nothing was reported.
FEBRUARY, MARCH = dt.date(2023, 2, 28), dt.date(2023, 3, 31)


def test_a_run_pinned_to_a_version_reads_all_of_it_there(store: Store) -> None:
    first = send(store, "02-28", 40)
    then = store.version(CODE)
    send(store, "02-28", 60)
    send(store, "03-31", 70)
    loaders.begin_run()
    assert (spent(FEBRUARY), spent(MARCH)) == (60, 70)
    loaders.pin("banan", then)
    assert spent(FEBRUARY) == 40
    assert loaders.evaluation_dates("banan", "banan-2023")[0] == FEBRUARY
    assert list(loaders.rows("banan", "funds")["spent"]) == [40]
    assert [b.batch_id for b in loaders.batches("banan")] == [first.batch_id]
    # Another county is not at that version; and the next run is in the present again.
    assert loaders.version("mouding") == 0
    loaders.begin_run()
    assert spent(FEBRUARY) == 60


def test_within_a_block_only_and_what_did_not_change_is_shared(store: Store) -> None:
    send(store, "02-28", 40)
    then = store.version(CODE)
    send(store, "03-31", 70)
    loaders.begin_run()
    with loaders.known_at("banan", then):
        assert loaders.version("banan", "measures") == then
        assert loaders.version("banan", "villages") == 0
        assert loaders.evaluation_dates("banan", "banan-2023")[0] == FEBRUARY
        with loaders.known_at("banan", None):  # as the block reads it
            assert loaders.evaluation_dates("banan", "banan-2023")[0] == FEBRUARY
    assert loaders.evaluation_dates("banan", "banan-2023")[0] == MARCH


def test_a_part_that_reruns_by_itself_keeps_the_moment(store: Store) -> None:
    send(store, "02-28", 40)
    then = store.version(CODE)
    send(store, "02-28", 60)
    loaders.begin_run()
    loaders.join_run("banan", then)
    assert spent(FEBRUARY) == 40
    loaders.join_run("banan", None)
    assert spent(FEBRUARY) == 60


# ---- meetings --------------------------------------------------------------------------------------------------------


def test_a_meeting_keeps_the_newest_date_under_the_name_of_its_month(store: Store) -> None:
    send(store, "02-28", 40)
    kept = meetings.keep(store, BANAN, Actor("县办"), _)
    assert (kept.label, kept.version) == ("2月调度会 · 2023-02-28", store.version(CODE))
    assert meetings.keep(store, BANAN, Actor("县办"), _).name == "2月调度会2"
    with pytest.raises(UploadError, match="2023-02-28"):
        meetings.keep(store, BANAN, Actor("县办"), _, as_of=dt.date(2023, 2, 15))


def test_a_meeting_can_be_kept_after_the_fact_as_known_after_a_batch(store: Store) -> None:
    first = send(store, "02-28", 40)
    send(store, "02-28", 60)
    kept = meetings.keep(store, BANAN, Actor("县办"), _, as_of=FEBRUARY, batch=first.number)
    loaders.begin_run()
    with loaders.known_at("banan", kept.version):
        assert spent(FEBRUARY) == 40


def test_later_data_and_a_recomputation_leave_a_meeting_as_it_was(store: Store) -> None:
    send(store, "02-28", 40)
    kept = meetings.keep(store, BANAN, Actor("县办"), _)
    late = send(store, "02-28", 60)
    upload.undo(store, BANAN, late.number, Actor("县办"))
    send(store, "03-31", 70)
    derive.derive(store, BANAN)
    loaders.begin_run()
    with loaders.known_at("banan", kept.version):
        assert spent(FEBRUARY) == 40
        assert loaders.evaluation_dates("banan", "banan-2023")[0] == FEBRUARY


def test_without_figures_there_is_nothing_to_keep(store: Store) -> None:
    with pytest.raises(UploadError, match="no figures"):
        meetings.keep(store, BANAN, Actor("县办"), _)


# ---- command line ----------------------------------------------------------------------------------------------------


def test_the_command_adds_lists_and_removes(store: Store) -> None:
    send(store, "02-28", 40)
    (kept,) = ok("snapshot", "add", "-c", "banan", "--note", "三件事", "--actor", "县办")
    assert (kept["number"], kept["name"], kept["as_of"], kept["active"]) == (1, "2月调度会", "2023-02-28", True)
    assert (kept["actor"], kept["note"]) == ("县办", "三件事")
    assert "2月调度会" in run("snapshot", "list", "-c", "banan").stdout
    (gone,) = ok("snapshot", "remove", "-c", "banan", 1, "--actor", "值班员")
    assert (gone["removed_by"], gone["active"]) == ("值班员", False)
    assert [s["active"] for s in ok("snapshot", "list", "-c", "banan")] == [False]
    assert "已由值班员移除" in run("snapshot", "list", "-c", "banan").stdout


def test_the_command_refuses_in_words(store: Store) -> None:
    assert "无可留存" in run("snapshot", "add", "-c", "banan").stderr
    send(store, "02-28", 40)
    ok("snapshot", "add", "-c", "banan", "--name", "会")
    for arguments, told in (
        (("add", "--name", "会"), "已有同名"),
        (("add", "--as-of", "2023-02-27"), "2023-02-28"),
        (("add", "--batch", "7"), "7"),
        (("remove", "7"), "没有这个编号"),
    ):
        stopped = run("snapshot", arguments[0], "-c", "banan", *arguments[1:])
        assert (stopped.exit_code, told in stopped.stderr) == (1, True), stopped.stderr
    closed = run("snapshot", "add", "-c", "banan", "--name", "晚", XIANJIE_READONLY="1")
    assert (closed.exit_code, "只读" in closed.stderr) == (1, True)
