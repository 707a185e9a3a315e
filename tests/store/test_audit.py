"""The audit log: every change has its entry in its own transaction, and nobody can change the log."""

import datetime as dt
import getpass
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from support.uploads import COUNTY, EAST, commit, facts, issues

from data.access import Access, DeniedError, Grant, User, access, everything, using
from data.store import NOWHERE, Entry, Store, StoreError, Submission, Wanted, open_store
from data.store import audit as log

LI = User("sso:li", "李四", "oidc", address="198.51.100.7")
DAY = dt.date(2023, 8, 31)


def told(entry: Entry) -> tuple[str, str, Any]:
    return entry.event, entry.subject, entry.detail


def test_a_change_says_what_it_did_and_who_did_it(store: Store) -> None:
    commit(store, "facts", facts("2023-05"), raw=b"a file")
    commit(store, "facts", facts("2023-05", villages=2, value=2.0))
    second = store.batches(COUNTY)[0]
    store.undo(COUNTY, second.batch_id, "审核员", verified=True)
    undone, again, first = store.audit(COUNTY)
    assert [e.number for e in (undone, again, first)] == [3, 2, 1]
    assert told(first)[:2] == ("import", "facts")
    assert first.detail["months"] == ["2023-05"]
    assert first.detail["townships"] == [EAST]
    assert (first.detail["before"], first.detail["after"], first.detail["file"]) == (0, 3, "facts.csv")
    assert (again.detail["changed"], again.detail["removed"], again.detail["before"], again.detail["after"]) == (
        2,
        1,
        3,
        2,
    )
    assert (undone.event, undone.name, undone.verified) == ("undo", "审核员", True)
    assert (undone.detail["undoes"], undone.detail["before"], undone.detail["after"]) == (2, 2, 3)
    assert first.user_id == getpass.getuser()
    assert first.address == ""


def test_who_is_signed_in_stands_with_id_and_address(store: Store) -> None:
    with using(everything(LI, COUNTY)):
        commit(store, "facts", facts("2023-05"))
        store.record(COUNTY, "export", "docx", {"as_of": DAY})
    export, change = store.audit(COUNTY)
    assert (change.user_id, change.address, change.name) == ("sso:li", "198.51.100.7", "a tester")
    assert (export.name, export.verified, export.detail) == ("李四", True, {"as_of": "2023-08-31"})


def test_an_edit_names_rows_and_columns_and_no_value(store: Store) -> None:
    commit(store, "issues", issues(("7", "张三家漏雨")))
    frame = issues(("7", "张三家漏雨")).assign(rectified_on=pd.Timestamp(DAY))
    store.commit(Submission(COUNTY, "issues", frame, b"", "", "a tester", mode="merge", action="edit"))
    entry = store.audit(COUNTY)[0]
    assert (entry.event, entry.detail["keys"], entry.detail["columns"]) == ("edit", ["7"], ["rectified_on"])
    assert "张三" not in str(store.audit(COUNTY))


def test_reasons_are_kept_without_numbers_of_people(store: Store) -> None:
    note = "补报，联系 13812345678、500113199001011234、023-66221234"
    store.commit(Submission(COUNTY, "facts", facts("2023-05"), b"", "facts.csv", "a tester", note))
    assert store.audit(COUNTY)[0].detail["note"] == "补报，联系 ***、***、***"
    commit(store, "facts", facts("2023-06"))
    assert "note" not in store.audit(COUNTY)[0].detail


def test_what_has_a_text_in_its_name_is_found_by_its_id(store: Store) -> None:
    commit(store, "facts", facts("2023-05"))
    store.record(COUNTY, "export", "docx", {"bytes": int(EAST)})  # a number is no place

    def found(*named: str) -> list[str]:
        return [e.event for e in store.audit(COUNTY, Wanted(text="一个名字", named=named))]

    assert found(EAST) == found("facts") == ["import"]
    assert found() == found("990101999") == []


@pytest.mark.parametrize("hours", [-12, 0, 8, 14])
def test_a_moment_asked_for_is_the_same_in_any_zone(store: Store, hours: int) -> None:
    """SQLite compares what is written: between midnight in China and in Greenwich a day's entries were not found."""
    before = dt.datetime.now(dt.timezone(dt.timedelta(hours=hours)))
    commit(store, "facts", facts("2023-05"))
    after = dt.datetime.now(dt.timezone(dt.timedelta(hours=hours)))
    assert len(store.audit(COUNTY, Wanted(since=before, until=after))) == 1
    assert store.audit(COUNTY, Wanted(since=after)) == store.audit(COUNTY, Wanted(until=before)) == []


def test_snapshots_and_boundaries_have_entries(store: Store) -> None:
    commit(store, "facts", facts("2023-05"))
    store.keep_snapshot(COUNTY, "8月调度会", DAY, "县办", "定下补报")
    assert store.audit(COUNTY)[0].detail["note"] == "定下补报"
    store.remove_snapshot(COUNTY, 1, "县办")
    store.put_boundaries(COUNTY, b"{}", report={}, raw=b"{}", file_name="b.geojson", actor="县办")
    entries = [(e.event, e.subject) for e in store.audit(COUNTY)]
    assert entries[:2] == [("import", "boundaries"), ("snapshot_removed", "8月调度会")]
    assert entries[2:] == [("snapshot_kept", "8月调度会"), ("import", "facts")]


def test_a_refused_change_leaves_no_entry_and_a_failing_entry_no_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError):
        store.undo(COUNTY, 99, "审核员")
    assert store.audit(COUNTY) == []

    def fail(*_: object) -> None:
        raise StoreError("no")

    monkeypatch.setattr(log, "write", fail)
    for change in (
        lambda: commit(store, "facts", facts("2023-05")),
        lambda: store.set_member(COUNTY, "sso:li", [Grant("viewer")], "操作员"),
    ):
        with pytest.raises(StoreError):
            change()
    assert store.batches(COUNTY) == []
    assert store.rows(COUNTY, "facts").empty
    assert store.members(COUNTY) == []


ALTERED = "SELECT county_code, number, at, user_id, 'nobody', verified, address, event, subject, detail FROM audit"
CLASH = "ON CONFLICT (county_code, number) DO UPDATE SET name = 'nobody'"


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit SET name = 'nobody'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 1",
        "TRUNCATE audit",  # PostgreSQL's
        f"INSERT OR REPLACE INTO audit {ALTERED}",  # SQLite's
        f"INSERT INTO audit {ALTERED} WHERE true {CLASH}",
    ],
)
def test_the_log_is_never_changed(store: Store, attack: str) -> None:
    commit(store, "facts", facts("2023-05"))
    before = store.audit(COUNTY)
    with pytest.raises(DBAPIError), store._engine.begin() as connection:
        connection.execute(text(attack))
    assert store.audit(COUNTY) == before
    assert before


def test_entries_are_found(store: Store) -> None:
    with using(everything(LI, COUNTY)):
        store.record(COUNTY, "sign_in")
        store.record(COUNTY, "export", "通报 100%.docx")
    store.record(COUNTY, "sign_in", actor="王五")
    store.record("990102", "sign_in")
    store.record(NOWHERE, "refused", "view")

    def found(**wanted: Any) -> list[int]:
        return [e.number for e in store.audit(COUNTY, Wanted(**wanted))]

    assert found() == [3, 2, 1]
    assert found(event="sign_in") == [3, 1]
    assert found(who="李四") == [2, 1]
    assert found(who="SSO:") == [2, 1]
    assert found(text="100%") == [2]
    assert found(text="1_0%") == []
    assert found(text="198.51") == [2, 1]
    assert found(limit=1) == [3]
    middle = store.audit(COUNTY)[1].at
    assert found(since=middle) == [3, 2]
    assert found(until=middle) == [1]
    assert [e.event for e in store.audit(NOWHERE)] == ["refused"]


def test_refusals_are_logged_once_a_minute(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody: Access = access(LI, COUNTY, [])
    now = [1000.0]
    monkeypatch.setattr("data.events.time.monotonic", lambda: now[0])
    with open_store(url, guarded=True) as guarded:
        for later in (0, 30, 90):
            now[0] = 1000.0 + later
            with using(nobody), pytest.raises(DeniedError):
                guarded.rows(COUNTY, "facts")
        with pytest.raises(DeniedError):
            guarded.rows("../990101", "facts")
    entries = store.audit(COUNTY)
    assert [(e.event, e.subject, e.user_id) for e in entries] == [("refused", "view", "sso:li")] * 2
    assert [e.event for e in store.audit(NOWHERE)] == ["refused"]


def test_a_read_only_deployment_refuses_all_the_same_and_its_server_says_who(
    url: str, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    commit(store, "facts", facts("2023-05"))
    nobody: Access = access(LI, COUNTY, [])
    caplog.set_level("INFO", "data.events")  # as the server does
    with open_store(url, guarded=True, read_only=True) as guarded, using(nobody), pytest.raises(DeniedError):
        guarded.rows(COUNTY, "facts")
    told = [record.fields for record in caplog.records if getattr(record, "event", "") == "audit"]
    assert [(line["what"], line["subject"], line["who"]) for line in told] == [("refused", "view", LI.id)]
    assert [e.event for e in store.audit(COUNTY)] == ["import"]
