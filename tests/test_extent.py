"""Which rows of a file are taken, and what they replace: its townships, the whole period, or rows of equal key."""

import pandas as pd
import pytest

from data import preview, upload
from data.extent import Extent, Share, everywhere, shares
from data.registry import county
from data.store import Batch, Scope, Store, open_store
from data.tables import typed
from data.upload import Actor
from data.upload_words import UploadError
from geo.regions import regions

BANAN = county("banan")
EAST, WEST, FAR = regions("500113").query("level == 'township'")["code"].iloc[:3]
WHO = Actor("a tester")
APRIL, MAY = "2023-04", "2023-05"


def funds_csv(*rows: tuple[str, str, float]) -> bytes:
    """Write funds of (township, month, spent); a month is known by its last day."""
    last = {APRIL: "2023-04-30", MAY: "2023-05-31"}
    lines = ["区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）"]
    return "\n".join([*lines, *(f"{c},{last[m]},中央,衔接资金,100,{n}" for c, m, n in rows)]).encode()


@pytest.fixture
def store(home) -> Store:
    opened = open_store(f"sqlite:///{home / 'store.db'}")
    commit(opened, funds_csv(*((code, month, 1) for code in (EAST, WEST, FAR) for month in (APRIL, MAY))))
    return opened


def commit(store: Store, raw: bytes, extent: Extent | None = None) -> Batch:
    checked = upload.check(BANAN, raw, "funds.csv")
    assert checked.ok, checked.problem_lines("en")
    return upload.commit(store, BANAN, checked, raw, WHO, extent=extent)


def spent(store: Store) -> dict[tuple[str, str], float]:
    frame = store.rows("500113", "funds")
    return dict(
        zip(zip(frame["geo_code"], frame["as_of"].dt.strftime("%Y-%m"), strict=True), frame["spent"], strict=True)
    )


# East reported April and May anew, West only May: as one file.
RAW = funds_csv((EAST, APRIL, 2), (EAST, MAY, 3), (WEST, MAY, 4))
BEFORE = {(code, month): 1 for code in (EAST, WEST, FAR) for month in (APRIL, MAY)}
ENDED = (WEST, APRIL), (FAR, APRIL), (FAR, MAY)


@pytest.mark.parametrize(
    ("extent", "gone", "new"),
    [
        # West's April lies in the months and townships of the file, which has no row for it.
        (Extent("replace"), ENDED[:1], {(EAST, APRIL): 2, (EAST, MAY): 3, (WEST, MAY): 4}),
        (Extent("period"), ENDED, {(EAST, APRIL): 2, (EAST, MAY): 3, (WEST, MAY): 4}),
        (Extent("merge"), (), {(EAST, APRIL): 2, (EAST, MAY): 3, (WEST, MAY): 4}),
        (Extent("replace", frozenset({MAY})), (), {(EAST, MAY): 3, (WEST, MAY): 4}),
        (Extent("period", frozenset({MAY})), ENDED[2:], {(EAST, MAY): 3, (WEST, MAY): 4}),
        (Extent("replace", None, frozenset({EAST[:9]})), (), {(EAST, APRIL): 2, (EAST, MAY): 3}),
        (Extent("merge", frozenset({APRIL}), frozenset({EAST[:9]})), (), {(EAST, APRIL): 2}),
    ],
)
def test_what_is_told_to_end_ends_and_nothing_else(store: Store, extent: Extent, gone, new) -> None:
    old = preview.stored(store, BANAN, "funds")
    file = preview.placed("funds", upload.check(BANAN, RAW, "funds.csv").frame, BANAN.code)
    scope = extent.scope(file) if extent.stored_mode == "replace" else None
    told = preview.compare(old, extent.of(file), scope)
    batch = commit(store, RAW, extent)
    assert (told.new, told.changed, told.removed) == (0, len(new), len(gone))
    assert (batch.added, batch.changed, batch.removed) == (0, len(new), len(gone))
    assert spent(store) == {pair: value for pair, value in BEFORE.items() if pair not in gone} | new
    assert batch.scope == extent.scope(file)


def test_a_file_of_some_items_ends_none_of_others(store: Store) -> None:
    """Whatever is chosen: a column per item speaks for these items only."""

    def facts(*rows: tuple[str, str, float]) -> bytes:
        lines = [f"{code},2023-04-30,{item},{value}" for code, item, value in rows]
        return "\n".join(["代码或名称,日期,事项,数值", *lines]).encode()

    def left() -> set[tuple[str, str]]:
        rows = store.rows(BANAN.code, "facts")
        return set(zip(rows["geo_code"], rows["item"], strict=True))

    both = [(code, item, 1) for code in (EAST, WEST) for item in ("workshops_count", "collective_income")]
    long, wide = facts(*both), f"乡镇,帮扶车间数（家）\n{regions('500113').set_index('code')['name'][EAST]},2".encode()
    upload.commit(store, BANAN, upload.check(BANAN, long, "f.csv"), long, WHO)
    checked = upload.check(BANAN, wide, "各乡镇情况.csv", period="2023-04")
    assert (checked.mode, checked.items) == ("merge", ("workshops_count",))
    extent = Extent.of_file(checked, "period")
    rows = preview.placed("facts", checked.frame, BANAN.code)
    old = preview.stored(store, BANAN, "facts")
    assert {(s.township, s.stored, s.rows) for s in shares(old, rows, extent)} == {(EAST[:9], 1, 1), (WEST[:9], 1, 0)}
    told = preview.compare(old, rows, extent.scope(rows))
    batch = upload.commit(store, BANAN, checked, wide, WHO, extent=extent)
    assert (told.changed, told.removed) == (batch.changed, batch.removed) == (1, 1)
    assert left() == {(code, item) for code, item, _ in both} - {(WEST, "workshops_count")}
    assert store.batches(BANAN.code)[0].scope.items == ("workshops_count",)


def test_the_scope_is_told_with_what_the_file_lacks_first(store: Store) -> None:
    old = preview.stored(store, BANAN, "funds")
    file = preview.placed("funds", upload.check(BANAN, RAW, "funds.csv").frame, BANAN.code)
    told = shares(old, file, Extent("replace"))
    assert told[0] == Share(APRIL, WEST[:9], stored=1, rows=0)
    assert {(s.month, s.township, s.stored, s.rows) for s in told[1:]} == {
        (APRIL, EAST[:9], 1, 1), (MAY, EAST[:9], 1, 1), (MAY, WEST[:9], 1, 1)
    }  # fmt: skip
    assert {(s.month, s.township) for s in shares(old, file, Extent("period")) if not s.rows} == {
        (month, code[:9]) for code, month in ENDED
    }


def test_the_rest_of_a_file_can_be_taken_later_but_no_part_twice(store: Store) -> None:
    east, west = (Extent("replace", None, frozenset({code[:9]})) for code in (EAST, WEST))
    commit(store, RAW, east)
    with pytest.raises(UploadError, match="stored already as batch"):
        commit(store, RAW, east)
    with pytest.raises(UploadError, match="stored already as batch"):
        commit(store, RAW)
    commit(store, RAW, west)
    assert spent(store) == BEFORE | {(EAST, APRIL): 2, (EAST, MAY): 3, (WEST, MAY): 4}


def test_months_and_townships_that_no_row_has_together_are_refused(store: Store) -> None:
    with pytest.raises(UploadError, match="no rows of the months and townships chosen"):
        commit(store, RAW, Extent("replace", frozenset({APRIL}), frozenset({WEST[:9]})))
    assert spent(store) == BEFORE


def test_a_list_has_no_months_and_speaks_for_the_whole_county_if_so_chosen() -> None:
    village = regions("500113").query("parent == @EAST")["code"].iloc[0]
    frame = typed("issues", pd.DataFrame({"issue_id": ["1"], "village_code": [village], "problem": ["leak"]}))
    rows = preview.placed("issues", frame, BANAN.code)
    assert Extent("replace").scope(rows) == Scope("issues", ("-",), (EAST[:9],))
    assert Extent("period", frozenset({MAY})).scope(rows) == Scope(
        "issues", ("-",), tuple(sorted(everywhere("500113")))
    )


def test_progress_goes_from_storing_to_the_end(store: Store) -> None:
    told: list[float] = []
    raw = funds_csv((EAST, APRIL, 7))
    upload.commit(store, BANAN, upload.check(BANAN, raw, "funds.csv"), raw, WHO, tell=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (upload.STORED, 1)
    assert len(told) > 5  # one step for each indicator that reads the table
