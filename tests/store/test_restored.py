"""Commit and undo restore every row, nil return, measure and profile: random stores and files of a small county."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from data import derive, preview
from data.extent import MODES, Extent
from data.plan import load_plan
from data.registry import county
from data.store import Batch, KeyTakenError, Store, Submission, UndoRefusedError
from data.store.schema import county_version, metadata
from data.tables import Column, Table, empty, items, tables, typed
from data.upload import nil_scope
from geo.regions import regions

ENTRY = county("mouding")
PLAN = load_plan(ENTRY.plans[0])
VILLAGES = regions(ENTRY.code).query("level == 'village'").groupby("parent").head(2)["code"].tolist()[:4]
TOWNSHIPS = sorted({code[:9] for code in VILLAGES})
MONTHS = ("2023-02", "2023-03")
LISTS = [table.id for table in tables().values() if not table.dated and table.id != "villages"]
DATED = [table.id for table in tables().values() if table.dated]
# Items that figures of the plan rest on, and one that stands in for a figure itself.
ITEMS = [*sorted(set(items()) & set(re.findall(r"\w+", PLAN.model_dump_json())))[:3], PLAN.indicators[0].id]

# Sums of these differ in the last digit by the order in which they are added up.
AMOUNTS = st.integers(0, 999).map(lambda n: n / 10)


@dataclass(frozen=True)
class Sent:
    table: str
    mode: str
    rows: pd.DataFrame
    only: frozenset[str] | None  # months
    items: frozenset[str] | None  # that it speaks for


@dataclass(frozen=True)
class Nothing:
    table: str
    months: tuple[str, ...]


@st.composite
def values(draw: st.DrawFn, column: Column, table: Table, month: str, village: str) -> object:
    """Draw a value for a column of a row that is about a village in a month."""
    day = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    fixed = {"as_of": day, "month": month, "village_code": village, "geo_code": village, "geo_level": "village"}
    if column.name in fixed:
        return fixed[column.name]
    if column.name == "item":
        return draw(st.sampled_from(ITEMS))
    if column.name in table.key:
        # An id is of one place: two townships with one number are another test's matter, and refused.
        options = column.values  # noqa: PD011 - the options, no pandas
        return draw(st.sampled_from(options or (f"{village[-6:]}A", f"{village[-6:]}B")))
    if column.type == "bool":
        return draw(st.booleans())
    if column.type == "enum":
        return draw(st.sampled_from(column.values))
    if column.type == "date":
        return draw(st.none() | st.integers(0, 90).map(lambda n: pd.Timestamp(2023, 1, 1) + pd.Timedelta(days=n)))
    if column.numeric:
        return draw(st.none() | (AMOUNTS if column.type == "float" else st.integers(0, 9)))
    return draw(st.sampled_from((None, "甲")))


@st.composite
def sent(draw: st.DrawFn) -> Sent:
    """Draw a file: rows of one table in some villages and months, and how it meets what is stored."""
    table = tables()[draw(st.sampled_from([*DATED, *LISTS]))]
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        month, village = draw(st.sampled_from(MONTHS)), draw(st.sampled_from(VILLAGES))
        rows.append({c.name: draw(values(c, table, month, village)) for c in table.columns})
    frame = typed(table.id, pd.DataFrame(rows)).drop_duplicates(list(table.key), ignore_index=True)
    months = sorted(set(table.months(frame))) if table.dated else []
    only = frozenset(months[:1]) if len(months) > 1 and draw(st.booleans()) else None
    own = None
    if table.id == "facts" and draw(st.booleans()):
        own = frozenset(frame["item"]) | draw(st.frozensets(st.sampled_from(ITEMS)))
    return Sent(table.id, draw(st.sampled_from(list(MODES))), frame, only, own)


nothing = st.builds(Nothing, st.sampled_from([*DATED, *LISTS]), st.sampled_from((MONTHS[:1], MONTHS)))
step = st.one_of(sent(), sent(), nothing)


def commit(store: Store, what: Sent | Nothing) -> Batch | None:
    """Commit and derive; None if the store refused."""
    if isinstance(what, Nothing):
        scope = nil_scope(ENTRY, what.table, list(what.months), TOWNSHIPS[:1])
        batch = store.commit(
            Submission(ENTRY.code, what.table, empty(what.table), b"", "", "a tester", scope=scope, action="nil")
        )
    else:
        extent = Extent(what.mode, what.only, items=what.items)
        rows = preview.placed(what.table, what.rows, ENTRY.code)
        frame = what.rows.loc[extent.kept(rows).to_numpy()].reset_index(drop=True)
        mode, scope = extent.stored_mode, extent.scope(rows)
        assert (scope.items == ()) == (what.items is None)
        try:
            batch = store.commit(
                Submission(ENTRY.code, what.table, frame, b"", "f.csv", "a tester", mode=mode, scope=scope)
            )
        except KeyTakenError:
            return None
    derive.after(store, ENTRY, batch)
    return batch


def undo(store: Store, batch: Batch) -> bool:
    """Undo and derive; return whether the store did."""
    try:
        undone = store.undo(ENTRY.code, batch.batch_id, "a tester")
    except UndoRefusedError:
        return False
    derive.after(store, ENTRY, undone)
    return True


def shown(store: Store, version: int | None = None) -> dict[str, pd.DataFrame]:
    """Return all that pages and figures rest on: rows, nil returns, what batches speak for, measures, profiles."""
    frames = {name: store.rows(ENTRY.code, name, version) for name in tables()}
    nils = [(s.table, *pair) for s in store.nils(ENTRY.code, version) for pair in s.pairs()]
    frames["nils"] = pd.DataFrame(nils, columns=["table", "month", "township"])
    frames["coverage"] = store.coverage(ENTRY.code, version)
    frames["measures"] = store.measures(ENTRY.code, PLAN.id, version=version)
    frames["profiles"] = store.profiles(ENTRY.code, version=version)
    return {
        name: frame.sort_values(list(frame.columns), key=lambda s: s.astype(str), ignore_index=True)
        for name, frame in frames.items()
    }


def same(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    for name, frame in expected.items():
        pd.testing.assert_frame_equal(found[name], frame, check_exact=True, check_dtype=False, obj=name)


@pytest.fixture
def emptied(store: Store) -> Callable[[], Store]:
    """Give each example an empty store."""

    def make() -> Store:
        with store._writer.begin() as connection:
            # The log cannot be emptied, so it goes on counting too.
            for table in [one for name, one in metadata.tables.items() if name not in {"audit", "county_version"}]:
                connection.execute(delete(table))
            connection.execute(delete(county_version).where(county_version.c.dataset != "audit"))
        return store

    return make


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    before=st.lists(step, min_size=1, max_size=3),
    changes=st.lists(step, min_size=1, max_size=2),
    turned=st.booleans(),
)
def test_commit_and_undo_restore_everything(
    emptied: Callable[[], Store], before: list[Sent | Nothing], changes: list[Sent | Nothing], *, turned: bool
) -> None:
    store = emptied()
    for what in before:
        commit(store, what)
    then, version = shown(store), store.version(ENTRY.code)
    batches = [batch for what in changes if (batch := commit(store, what))]
    # Whatever came first is undone first if the store lets us, so that also a batch in the middle is taken out.
    waiting = batches if turned else batches[::-1]
    while waiting:
        done = next((batch for batch in waiting if undo(store, batch)), None)
        assert done is not None, "the newest batch can always be undone"
        waiting = [batch for batch in waiting if batch is not done]
    same(shown(store), then)
    same(shown(store, version), then)  # nor did any of it change what was known then
