"""What a commit changes, what it leaves alone, and what it refuses."""

import pandas as pd
import pytest
from support.uploads import COUNTY, EAST, WEST, commit, facts, issues, projects, values

from data.store import (
    Batch,
    InvalidSubmissionError,
    KeyTakenError,
    MovedError,
    ReadOnlyError,
    Scope,
    Store,
    StoreError,
    Submission,
)
from data.tables import tables, typed


def test_rows_come_back_typed_as_they_went_in(store: Store) -> None:
    frame = typed(
        "projects",
        pd.DataFrame(
            {
                "project_id": ["P1", "P2", "P3"],
                "as_of": pd.to_datetime(["2023-05-31", "2023-05-31", "2023-06-30"]),
                "village_code": [f"{EAST}001"] * 3,
                "name": ['路, "灌溉"\n100%', "", None],
                "plan_year": [2023, None, 2022],
                "operating": [True, False, True],
                "invest": [0.1, -0.0, None],
            }
        ),
    )
    commit(store, "projects", frame)
    back = store.rows(COUNTY, "projects").sort_values("project_id", ignore_index=True)
    pd.testing.assert_frame_equal(back, frame)
    some = store.rows(COUNTY, "projects", only=["invest", "as_of"])
    assert list(some) == ["as_of", "invest"]
    assert sorted(some["invest"].dropna()) == [0.0, 0.1]


@pytest.mark.parametrize("table", list(tables()))
def test_an_empty_table_has_the_same_columns_and_types(store: Store, table: str) -> None:
    pd.testing.assert_frame_equal(
        store.rows(COUNTY, table), typed(table, pd.DataFrame()), check_index_type=False, check_column_type=False
    )


def test_a_value_that_first_appears_late_is_read(store: Store) -> None:
    # SQLite's reader guesses types from the first thousand rows.
    early = facts("2023-05", villages=900, items=("a", "b"))
    late = facts("2023-06", villages=1, value=0.5).assign(numerator=2.5, source_dept="office")
    commit(store, "facts", pd.concat([early, late], ignore_index=True))
    rows = store.rows(COUNTY, "facts")
    assert len(rows) == 1801
    assert rows["numerator"].dropna().tolist() == [2.5]
    assert rows["source_dept"].dropna().tolist() == ["office"]


def test_the_county_code_column_of_villages_is_its_own(store: Store) -> None:
    frame = pd.DataFrame({"village_code": [f"{EAST}001"], "village_name": ["A"], "county_code": ["990101000000"]})
    commit(store, "villages", typed("villages", frame))
    assert store.rows(COUNTY, "villages")["county_code"].tolist() == ["990101000000"]


def test_replace_leaves_another_townships_file_of_the_same_month_alone(store: Store) -> None:
    commit(store, "facts", facts("2023-05", EAST, value=1))
    commit(store, "facts", facts("2023-05", WEST, value=2))
    commit(store, "facts", facts("2023-06", EAST, value=3))
    assert values(store) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    batch = commit(store, "facts", facts("2023-05", WEST, villages=1, value=5))
    assert values(store) == [1, 1, 1, 3, 3, 3, 5]
    assert (batch.rows, batch.added, batch.changed, batch.unchanged, batch.removed) == (1, 0, 1, 0, 2)
    assert batch.scope == Scope("facts", ("2023-05",), (WEST,))


def test_replace_within_a_wider_scope_takes_away_what_the_file_lacks(store: Store) -> None:
    commit(store, "facts", facts("2023-05", EAST))
    commit(store, "facts", facts("2023-05", WEST, value=2))
    scope = Scope("facts", ("2023-05",), (EAST, WEST))
    whole_county = Submission(COUNTY, "facts", facts("2023-05", EAST, value=7), b"", "f.csv", "a tester", scope=scope)
    batch = store.commit(whole_county)
    assert values(store) == [7, 7, 7]
    assert (batch.changed, batch.removed) == (3, 3)


def test_merge_changes_the_same_keys_and_adds_the_others(store: Store) -> None:
    commit(store, "issues", issues(("1", "leak"), ("2", "crack"), ("3", "road")))
    batch = commit(store, "issues", issues(("2", "crack, wider"), ("3", "road"), ("4", "well")))
    assert values(store, "issues", "problem") == ["crack, wider", "leak", "road", "well"]
    assert (batch.mode, batch.added, batch.changed, batch.unchanged, batch.removed) == ("merge", 1, 1, 1, 0)


def test_a_table_can_be_merged_though_it_replaces_by_default(store: Store) -> None:
    commit(store, "facts", facts("2023-05", EAST, villages=3, value=1))
    commit(store, "facts", facts("2023-05", EAST, villages=1, value=8), mode="merge")
    assert values(store) == [1, 1, 8]


def test_rows_of_the_county_itself_are_a_place_of_their_own(store: Store) -> None:
    whole = facts("2023-05", EAST, villages=1, value=4).assign(
        geo_level="county", geo_code="990101000000", village_code=None
    )
    batch = commit(store, "facts", whole)
    assert batch.scope.townships == ("990101000",)
    commit(store, "facts", facts("2023-05", EAST, value=1))
    assert values(store) == [1, 1, 1, 4]


def test_a_place_without_code_counts_for_its_village(store: Store) -> None:
    site = facts("2023-05", WEST, villages=1).assign(geo_level="site", geo_code="安置点一")
    assert commit(store, "facts", site).scope.townships == (WEST,)


def test_staff_are_filed_under_the_month_they_name(store: Store) -> None:
    frame = pd.DataFrame({"staff_id": ["s"], "village_code": [f"{EAST}001"], "month": ["2023-05"]})
    frame["as_of"] = pd.Timestamp("2023-06-02")
    assert commit(store, "staff", typed("staff", frame)).scope.periods == ("2023-05",)


def test_nil_return_empties_its_scope_and_is_listed(store: Store) -> None:
    commit(store, "facts", facts("2023-05", EAST))
    commit(store, "facts", facts("2023-05", WEST, value=2))
    scope = Scope("facts", ("2023-05", "2023-06"), (EAST,))
    nothing = Submission(
        COUNTY, "facts", typed("facts", pd.DataFrame()), b"", "", "a tester", scope=scope, action="nil"
    )
    batch = store.commit(nothing)
    assert values(store) == [2, 2, 2]
    assert (batch.action, batch.rows, batch.removed) == ("nil", 0, 3)
    assert store.nils(COUNTY) == [Scope("facts", ("2023-05",), (EAST,)), Scope("facts", ("2023-06",), (EAST,))]
    commit(store, "facts", facts("2023-06", EAST))
    assert store.nils(COUNTY) == [Scope("facts", ("2023-05",), (EAST,))]
    assert store.nils(COUNTY, batch.batch_id - 1) == []


def test_nil_return_of_a_running_list_says_its_month_and_ends_no_row(store: Store) -> None:
    commit(store, "issues", issues(("1", "leak")))
    scope = Scope("issues", ("2023-05",), (EAST,))
    nothing = Submission(
        COUNTY, "issues", typed("issues", pd.DataFrame()), b"", "", "a tester", scope=scope, action="nil"
    )
    assert store.commit(nothing).mode == "replace"
    assert values(store, "issues", "problem") == ["leak"]
    assert store.nils(COUNTY) == [scope]


def of_items(
    store: Store, frame: pd.DataFrame, *items: str, towns: tuple[str, ...] = (EAST,), seen_at: int | None = None
) -> Batch:
    """Replace a month of some items only."""
    scope = Scope("facts", ("2023-05",), towns, items)
    return store.commit(
        Submission(COUNTY, "facts", frame, b"", "f.csv", "a tester", mode="replace", scope=scope, seen_at=seen_at)
    )


def test_a_replace_of_some_items_leaves_the_others(store: Store) -> None:
    commit(store, "facts", facts("2023-05", items=("roads", "wells"), value=1))
    batch = of_items(store, facts("2023-05", villages=1, items=("roads",), value=5), "roads", "bridges")
    assert (batch.rows, batch.changed, batch.removed) == (1, 1, 2)
    assert batch.scope.items == ("roads", "bridges")
    rows = store.rows(COUNTY, "facts")
    assert sorted(zip(rows["item"], rows["value"], strict=True)) == [("roads", 5), *[("wells", 1)] * 3]
    undone = store.undo(COUNTY, batch.batch_id, "a tester")
    assert undone.scope == batch.scope
    assert values(store) == [1] * 6


@pytest.mark.parametrize(
    ("table", "items", "words"),
    [("facts", ("wells",), "other items"), ("projects", ("roads",), "no items")],
)
def test_items_that_do_not_fit_the_rows_are_refused(store: Store, table: str, items, words: str) -> None:
    frame = facts("2023-05") if table == "facts" else projects(("P1", "2023-05", EAST, 1))
    scope = Scope(table, ("2023-05",), (EAST,), items)
    with pytest.raises(InvalidSubmissionError, match=words):
        store.commit(Submission(COUNTY, table, frame, b"", "f.csv", "a tester", mode="replace", scope=scope))


def test_who_sends_other_items_does_not_stop_a_commit(store: Store) -> None:
    first = of_items(store, facts("2023-05", items=("roads",)), "roads")
    of_items(store, facts("2023-05", items=("wells",)), "wells")
    of_items(store, facts("2023-05", items=("roads",), value=2), "roads", seen_at=first.batch_id)
    with pytest.raises(MovedError):
        of_items(store, facts("2023-05", items=("wells",), value=3), "wells", seen_at=first.batch_id)


def test_that_there_is_nothing_of_some_items_is_no_report_of_a_township(store: Store) -> None:
    scope = Scope("facts", ("2023-05",), (EAST, WEST))
    nothing = typed("facts", pd.DataFrame())
    store.commit(Submission(COUNTY, "facts", nothing, b"", "", "a tester", scope=scope, action="nil"))
    batch = of_items(store, facts("2023-05", EAST), "roads", towns=(EAST, WEST))
    assert store.nils(COUNTY) == [Scope("facts", ("2023-05",), (WEST,))]
    reported = store.coverage(COUNTY)
    assert reported.loc[reported["batch_id"] == batch.batch_id, "township"].tolist() == [EAST]


def test_coverage_lists_active_batches(store: Store) -> None:
    first = commit(store, "facts", facts("2023-05", EAST))
    scope = Scope("funds", ("2023-05",), (WEST,))
    nothing = Submission(
        COUNTY, "funds", typed("funds", pd.DataFrame()), b"", "", "a tester", scope=scope, action="nil"
    )
    second = store.commit(nothing)

    def covered(version: int | None = None) -> list[list[object]]:
        return sorted(store.coverage(COUNTY, version).to_numpy().tolist())

    both = [
        ["facts", "2023-05", EAST, first.batch_id, False],
        ["funds", "2023-05", WEST, second.batch_id, True],
    ]
    assert covered() == both
    store.undo(COUNTY, first.batch_id, "a tester")
    assert covered() == both[1:]
    assert covered(second.batch_id) == both
    assert covered(first.batch_id) == both[:1]


def test_a_number_used_by_two_townships_is_refused_not_overwritten(store: Store) -> None:
    east = commit(store, "projects", projects(("P1", "2023-05", EAST, 1)))
    before = store.version(COUNTY)
    with pytest.raises(KeyTakenError) as refused:
        commit(store, "projects", projects(("P1", "2023-05", WEST, 2)))
    assert [b.batch_id for b in refused.value.batches] == [east.batch_id]
    assert store.version(COUNTY) == before
    assert values(store, "projects", "paid") == [1]
    commit(store, "projects", projects(("P1", "2023-06", WEST, 2)))


def test_what_met_the_same_township_since_it_was_compared_stops_a_commit(store: Store) -> None:
    first = commit(store, "facts", facts("2023-05", EAST, value=1))
    commit(store, "facts", facts("2023-05", WEST, value=2))  # of a neighbour: no matter

    def send(value: float) -> Batch:
        frame = facts("2023-05", EAST, value=value)
        seen = Submission(COUNTY, "facts", frame, b"", "f.csv", "a tester", mode="replace", seen_at=first.batch_id)
        return store.commit(seen)

    second = send(3)
    with pytest.raises(MovedError) as refused:
        send(4)
    assert [b.batch_id for b in refused.value.batches] == [second.batch_id]


def test_the_same_file_is_recognised_while_it_counts(store: Store) -> None:
    assert store.seen(COUNTY, b"a file") is None
    batch = commit(store, "facts", facts("2023-05"), raw=b"a file")
    assert store.seen(COUNTY, b"a file") == batch
    assert store.seen(COUNTY, batch.sha256 or "", "facts") == batch
    assert store.seen(COUNTY, b"a file", "funds") is None
    assert store.seen("990102", b"a file") is None
    store.undo(COUNTY, batch.batch_id, "a tester")
    assert store.seen(COUNTY, b"a file") is None
    again = commit(store, "facts", facts("2023-05"), raw=b"a file")
    assert store.seen(COUNTY, b"a file") == again


def test_raw_files_are_kept_byte_for_byte(store: Store) -> None:
    body = bytes(range(256)) * 100
    batch = commit(store, "facts", facts("2023-05"), raw=body)
    assert store.raw(COUNTY, batch.batch_id) == body
    assert store.raw(COUNTY, commit(store, "facts", facts("2023-06")).batch_id) is None


def test_history_tells_who_did_what(store: Store) -> None:
    first = commit(store, "facts", facts("2023-05"), raw=b"x")
    edit = Submission(
        COUNTY, "facts", facts("2023-06", villages=1), b"", "C:/x/f.csv", "another", "as agreed", verified=True,
        sample=True, action="edit",
    )  # fmt: skip
    store.commit(edit)
    store.undo(COUNTY, first.batch_id, "a tester", "wrong file")
    shown = store.history(COUNTY)
    assert shown["batch_id"].tolist() == [3, 2, 1]
    assert shown["action"].tolist() == ["undo", "edit", "import"]
    assert shown["actor"].tolist() == ["a tester", "another", "a tester"]
    assert shown["note"].tolist() == ["wrong file", "as agreed", ""]
    assert shown["verified"].tolist() == [False, True, False]
    assert shown["sample"].tolist() == [False, True, False]
    assert shown["active"].tolist() == [False, True, False]
    assert shown["undoes"].fillna(0).tolist() == [1, 0, 0]
    assert shown["undone_by"].fillna(0).tolist() == [0, 0, 3]
    assert shown["periods"].tolist() == [("2023-05",), ("2023-06",), ("2023-05",)]
    assert store.history("990102").empty


def test_counties_do_not_see_each_other(store: Store) -> None:
    commit(store, "facts", facts("2023-05", value=1))
    commit(store, "facts", facts("2023-05", value=2), county="990102")
    commit(store, "facts", facts("2023-05", value=3), county="990102")
    assert values(store) == [1, 1, 1]
    assert values(store, county="990102") == [3, 3, 3]
    assert (store.version(COUNTY), store.version("990102")) == (1, 2)
    with pytest.raises(StoreError):
        store.undo(COUNTY, 2, "a tester")


def test_versions_move_once_per_change_and_only_for_what_changed(store: Store) -> None:
    assert store.version(COUNTY) == 0
    commit(store, "facts", facts("2023-05"))
    commit(store, "issues", issues(("1", "leak")))
    commit(store, "facts", facts("2023-06"))
    assert [store.version(COUNTY, d) for d in ("*", "facts", "issues", "funds")] == [3, 3, 2, 0]
    assert store.versions(COUNTY).items() >= {"*": 3, "facts": 3, "issues": 2}.items()
    assert store.data_version(COUNTY) == 3


REFUSED = {
    "no rows": {"frame": typed("facts", pd.DataFrame())},
    "no actor": {"actor": " "},
    "unknown table": {"table": "nonsense"},
    "blank key": {"frame": facts("2023-05").assign(item=None)},
    "double key": {"frame": pd.concat([facts("2023-05"), facts("2023-05")])},
    "scope of another table": {"scope": Scope("funds", ("2023-05",), (EAST,))},
    "rows outside the months": {"scope": Scope("facts", ("2023-04",), (EAST,))},
    "rows outside the townships": {"scope": Scope("facts", ("2023-05",), (WEST,))},
    "empty scope": {"scope": Scope("facts", (), (EAST,))},
    "no month": {"scope": Scope("facts", ("2023-05", "May"), (EAST,))},
    "nil with rows": {"action": "nil", "scope": Scope("facts", ("2023-05",), (EAST,))},
    "nil without scope": {"action": "nil", "frame": typed("facts", pd.DataFrame())},
    "text for a number": {"table": "staff", "frame": None},
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_a_wrong_submission_changes_nothing(store: Store, case: str) -> None:
    commit(store, "facts", facts("2023-05", value=1))
    asked = {"county_code": COUNTY, "table": "facts", "frame": facts("2023-05", value=2), "raw": b"wrong"}
    asked |= {"file_name": "f.csv", "actor": "a tester"} | REFUSED[case]
    if asked["frame"] is None:  # half a person on duty
        staff = pd.DataFrame({"staff_id": ["s"], "village_code": [f"{EAST}001"], "month": ["2023-05"]})
        asked["frame"] = typed("staff", staff.assign(as_of=pd.Timestamp("2023-05-31"), visits_n=1.5))
    with pytest.raises(InvalidSubmissionError):
        store.commit(Submission(**asked))
    assert values(store) == [1, 1, 1]
    assert store.version(COUNTY) == 1
    assert store.seen(COUNTY, b"wrong") is None


def test_an_error_of_the_driver_shows_no_value_of_a_row(store: Store) -> None:
    secret = "身份证 500113199001011234"
    frame = facts("2023-05").astype({"value": object})
    frame.loc[0, "source_dept"] = secret + "\udcff"  # no database can hold half a surrogate
    with pytest.raises(StoreError) as refused:
        commit(store, "facts", frame)
    shown: BaseException | None = refused.value
    while shown is not None and not (shown.__suppress_context__ and shown.__cause__ is None):
        assert secret not in str(shown)
        shown = shown.__cause__ or shown.__context__
    assert secret not in str(shown)
    assert store.version(COUNTY) == 0


def test_a_slug_is_no_county(store: Store) -> None:
    for wrong in ("banan", "5001130", "500113000000", "50011", "５００１１３"):
        with pytest.raises(StoreError):
            store.version(wrong)


def test_read_only_refuses_every_change(url: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from data.store import open_store

    batch = commit(store, "facts", facts("2023-05"))
    monkeypatch.setenv("XIANJIE_READONLY", "1")
    with open_store(url) as frozen:
        with pytest.raises(ReadOnlyError):
            commit(frozen, "facts", facts("2023-06"))
        with pytest.raises(ReadOnlyError):
            frozen.undo(COUNTY, batch.batch_id, "a tester")
        assert frozen.version(COUNTY) == 1


def test_each_batch_of_a_file_that_names_people_keeps_its_own_rows(store: Store) -> None:
    def send(township: str, kept: bytes) -> Batch:
        frame = facts("2023-05", township)
        return store.commit(
            Submission(COUNTY, "facts", frame, b"names", "f.csv", "a tester", mode="replace", kept=kept)
        )

    east, west = send(EAST, b"rows of the east"), send(WEST, b"rows of the west")
    assert store.raw(COUNTY, east.batch_id) == b"rows of the east"
    assert store.raw(COUNTY, west.batch_id) == b"rows of the west"
    assert store.seen(COUNTY, b"names") == west
