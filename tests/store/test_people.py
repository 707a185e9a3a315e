"""Lists of people: masked, logged with a reason before they are shown, and only for whom the county names."""

import datetime as dt
import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from support.uploads import COUNTY, EAST, WEST, commit

from data import people
from data.access import DeniedError, Grant, User, access, using
from data.audit_words import rows as in_words
from data.beside import Rows, Source
from data.language import translator
from data.preview import Placed
from data.registry import county
from data.store import ReadOnlyError, Store, open_store
from data.tables import tables, typed

CLERK = User("sso:zhang", "张三（测试镇）", "oidc", address="198.51.100.7")
DAY = dt.date(2023, 8, 31)
VILLAGE = f"{EAST}001"
WHY = "核对七月走访名单"

May = Callable[..., object]


def households(month: str, *numbers: str, village: str = VILLAGE) -> pd.DataFrame:
    day = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    rows = [
        {
            "as_of": day, "village_code": village, "hh_id": n, "monitor_type": "sudden", "settlement": "王五家旁",
            "members_n": 3, "visited_on": day - pd.Timedelta(days=3),
        }
        for n in numbers
    ]  # fmt: skip
    return typed("households", pd.DataFrame(rows))


@pytest.fixture
def guarded(url: str, store: Store) -> Iterator[Store]:
    commit(store, "households", households("2023-07", "H1", "H2"))
    commit(store, "households", households("2023-08", "H1"))
    commit(store, "households", households("2023-08", "H9", village=f"{WEST}001"))
    with open_store(url, guarded=True) as opened:
        yield opened


def test_nothing_that_tells_one_row_from_another_is_shown() -> None:
    for table in ("households", "persons", "staff"):
        told = {column.name for column in people.shown(table)}
        assert told
        assert not told & set(tables()[table].key)
        assert not [name for name in told if tables()[table].column(name).type == "str"]
    shown = people.masked("households", households("2023-08", "H1", "王五"))
    assert list(shown["visited_on"]) == ["2023-08", "2023-08"]
    assert "王五" not in shown.to_csv()
    assert "H1" not in shown.to_csv()


@pytest.mark.parametrize("told", ["", "   ", "看看", "12345678", "!!!!!!!!"])
def test_no_reason_is_no_reason(told: str) -> None:
    assert people.reason(told) is None


def test_a_reason_names_nobody_by_number() -> None:
    said = people.reason("  核对 13812345678 的走访\n情况 ")
    assert said == "核对 *** 的走访 情况"


def test_each_look_is_logged_with_its_reason(guarded: Store, store: Store) -> None:
    with using(access(CLERK, COUNTY, [Grant("approver")], persons=["approver"])):
        found = guarded.people(COUNTY, "households", VILLAGE, DAY, WHY, "张三")
        assert sorted(found["hh_id"]) == ["H1", "H2"]  # the newest row of each, as it counts in figures
        assert guarded.people(COUNTY, "households", VILLAGE, DAY, WHY, "张三", since=DAY)["hh_id"].tolist() == ["H1"]
        assert guarded.people(COUNTY, "households", VILLAGE, dt.date(2023, 6, 30), WHY, "张三").empty
    entries = [entry for entry in store.audit(COUNTY) if entry.event == "people_shown"]
    assert [entry.detail["rows"] for entry in entries] == [0, 1, 2]
    last = entries[-1]
    assert (last.subject, last.user_id, dict(last.detail)) == (
        "households", CLERK.id, {"village": VILLAGE, "as_of": "2023-08-31", "rows": 2, "reason": WHY},
    )  # fmt: skip
    told = in_words([last], translator("zh"))[0]
    assert WHY in told["detail"]
    assert told["subject"] == tables()["households"].name_zh


def test_nobody_sees_them_whom_the_county_does_not_name(guarded: Store, store: Store) -> None:
    for role in ("viewer", "clerk", "approver", "admin"):
        with using(access(CLERK, COUNTY, [Grant(role)])), pytest.raises(DeniedError):
            guarded.people(COUNTY, "households", VILLAGE, DAY, WHY, "张三")
    # A township's clerk sees those of their township.
    with using(access(CLERK, COUNTY, [Grant("township_clerk", (f"{EAST}000",))], persons=["township_clerk"])):
        assert len(guarded.people(COUNTY, "households", VILLAGE, DAY, WHY, "张三")) == 2
        with pytest.raises(DeniedError):
            guarded.people(COUNTY, "households", f"{WEST}001", DAY, WHY, "张三")
    assert [entry.event for entry in store.audit(COUNTY)].count("people_shown") == 1


def test_without_a_log_or_a_reason_there_is_no_list(url: str, guarded: Store, store: Store) -> None:
    with open_store(url, read_only=True) as closed, pytest.raises(ReadOnlyError):
        closed.people(COUNTY, "households", VILLAGE, DAY, WHY, "张三")
    for table, why in (("households", " "), ("villages", WHY)):
        with pytest.raises(ValueError, match="reason"):
            store.people(COUNTY, table, VILLAGE, DAY, why, "张三")


def test_a_townships_clerk_holds_files_against_people_of_their_own_only(guarded: Store, store: Store) -> None:
    """What a file has in common with the stored rows would tell who is in another township's list, and what of them."""
    east = access(CLERK, COUNTY, [Grant("township_clerk", (f"{EAST}000",))])
    with using(east):
        assert set(guarded.rows(COUNTY, "households")["hh_id"]) == {"H1", "H2"}
        assert set(guarded.past_rows(COUNTY, "households")["hh_id"]) == {"H1", "H2"}
        assert guarded.ever(COUNTY, "households", "hh_id") == {"H1", "H2"}
        theirs = {b.scope.townships: b.batch_id for b in guarded.batches(COUNTY)}
        guarded.raw(COUNTY, theirs[EAST,])
        with pytest.raises(DeniedError):  # the file as it came, of people of another township
            guarded.raw(COUNTY, theirs[WEST,])
    both = access(CLERK, COUNTY, [Grant("township_clerk", (f"{EAST}000",)), Grant("clerk")])
    for one in (both, access(CLERK, COUNTY, [Grant("viewer")], persons=["viewer"])):
        with using(one):
            assert set(guarded.rows(COUNTY, "households")["hh_id"]) == {"H1", "H2", "H9"}
    assert len(store.rows(COUNTY, "households")) == 4


def of_a_test(monkeypatch: pytest.MonkeyPatch, guarded: Store) -> Any:
    """Return what pages read with, on the store of a test, whose county has no list of villages."""
    from data import loaders, preview

    entry = county("banan").model_copy(update={"code": COUNTY})
    monkeypatch.setattr(loaders, "store", lambda: guarded)
    monkeypatch.setattr(loaders, "county", lambda _slug: entry)
    monkeypatch.setattr(preview, "_levels", lambda _code: {})
    loaders._tables.clear()
    return loaders


def test_what_is_remembered_of_people_is_of_who_may_read_it(guarded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    loaders = of_a_test(monkeypatch, guarded)
    seen = []
    for grant in (Grant("clerk"), Grant("township_clerk", (f"{EAST}000",)), Grant("township_clerk", (f"{WEST}000",))):
        with using(access(CLERK, COUNTY, [grant])):
            loaders.begin_run()
            rows = Rows(Source.of(guarded, loaders.county("banan")), guarded)
            frames = (
                loaders.stored("banan", "households").frame,
                rows.placed("households").frame,
                rows.columns("households", ("hh_id",)),
            )
            seen.append(tuple(set(frame["hh_id"]) for frame in frames))
    assert seen == [({"H1", "H2", "H9"},) * 3, ({"H1", "H2"},) * 3, ({"H9"},) * 3]
    with using(access(CLERK, COUNTY, [Grant("viewer")])), pytest.raises(DeniedError):
        rows.columns("households", ("hh_id",))


def test_of_a_table_held_against_files_only_the_newest_is_remembered(
    guarded: Store, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaders = of_a_test(monkeypatch, guarded)

    def read() -> "weakref.ref[Placed]":
        loaders.begin_run()
        assert loaders.stored("banan", "households") is loaders.stored("banan", "households")
        return weakref.ref(loaders.stored("banan", "households"))

    with using(access(CLERK, COUNTY, [Grant("clerk")])):
        before = read()
        commit(store, "households", households("2023-09", "H1"))
        after = read()
        gc.collect()
        assert before() is None
        found = after()
        assert found is not None
        assert "2023-09" in found.months
