"""The rows of an export added up by village: items, and indicators of the plans that it answers."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import tables
from data.expressions import Expression
from data.intake.export_rows import Rows
from data.intake.exports import Export, ExportFigure, FoundExport
from data.intake.values import is_blank
from data.plan_model import parsed

if TYPE_CHECKING:
    from data.plan import Plan
    from data.plan_model import Indicator

_ROLLED_UP = frozenset({"sum", "weighted_ratio"})


def listed(
    found: FoundExport, frame: pd.DataFrame, codes: Mapping[int, str], dates: Mapping[int, date]
) -> pd.DataFrame:
    """Return the rows as those of the upload table they belong to, under their rows of the file (from 0)."""
    table = tables.tables()[found.export.table]
    place, when = table.place_columns[0], table.date_column
    own: dict[str, Any] = {place: frame["_place"].map(codes), str(when): frame["_place"].map(dates)}
    if "key" in found.roles:
        cells = found.sheet.columns[found.roles["key"]]
        texts = np.array([None if is_blank(text) else text for text in cells.texts] or [None], dtype=object)
        own[table.thing[0]] = pd.Series(texts[cells.codes[frame.index.to_numpy()]], index=frame.index, dtype=object)
    return tables.typed(table.id, frame.assign(**own))


def _given(export: Export, rows: Rows) -> list[tuple[ExportFigure, list[Expression], pd.DataFrame]]:
    """Return the figures for which the file has all columns, with their conditions and the rows they are made of."""
    given = []
    for figure in export.figures:
        frame = rows.frame if figure.of == "rows" else rows.households
        texts = [text for text in (figure.where, figure.base) if text]
        if frame is None:
            continue
        conditions = [export.condition(text, figure.of) for text in texts]
        asked = {name for condition in conditions for name in condition.columns} | ({figure.sum} - {None})
        if asked - set(figure.optional) <= set(frame):
            given.append((figure, conditions, frame))
    return given


def given_items(export: Export, rows: Rows) -> set[str]:
    """Return the items of which the file can say the figure of any place."""
    return {figure.item for figure, _, _ in _given(export, rows)}


def given_indicators(export: Export, rows: Rows, plans: "list[Plan]") -> set[str]:
    """Return the indicators of plans of which the file can say the figure of any village."""
    provided = _provided(_uploads(export, rows))
    return {indicator.id for plan in plans for indicator in answered(export, provided, plan)}


def item_figures(export: Export, rows: Rows, dates: Mapping[int, date]) -> pd.DataFrame:
    """Return the export's items by place: `_place, item, value, numerator, denominator`.

    Items for which the file lacks a column are left out.

    Parameters
    ----------
    dates
        Day of each place-and-period number.
    """
    parts = [
        _figure(figure.item, figure.sum, figure.base, conditions, frame, dates)
        for figure, conditions, frame in _given(export, rows)
    ]
    empty = pd.DataFrame(columns=["_place", "item", "value", "numerator", "denominator"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def _figure(
    item: str,
    added: str | None,
    base: str | None,
    conditions: list[Expression],
    frame: pd.DataFrame,
    dates: Mapping[int, date],
) -> pd.DataFrame:
    asked = {name for condition in conditions for name in condition.columns}
    # A column that is not there is blank, of any kind that can be.
    full = frame.assign(**{name: pd.Series(pd.NaT, index=frame.index) for name in asked - set(frame)})
    place = frame["_place"].to_numpy()
    held = [np.zeros(len(frame), dtype=bool) for _ in conditions]
    for day in sorted(set(dates.values())):
        of_day = np.isin(place, [number for number, when in dates.items() if when == day])
        for at, condition in enumerate(conditions):
            held[at] |= of_day & condition.mask(full, month_dates(day))
    result = pd.DataFrame({"_place": np.unique(place)})

    def total(weights: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        return pd.Series(weights.astype(float)).groupby(place).sum(min_count=1).reindex(result["_place"]).to_numpy()

    blank = np.full(len(result), np.nan)
    if base is not None:
        within = held[1]
        return result.assign(item=item, value=blank, numerator=total(held[0] & within), denominator=total(within))
    if added is not None:
        amount = pd.to_numeric(frame[added]).to_numpy(dtype=float)
        amount = np.where(held[0], amount, np.nan) if held else amount
        return result.assign(item=item, value=total(amount), numerator=blank, denominator=blank).dropna(subset="value")
    counted = held[0] if held else np.ones(len(frame), dtype=bool)
    return result.assign(item=item, value=total(counted), numerator=blank, denominator=blank)


def month_dates(day: date) -> dict[str, pd.Timestamp]:
    """Return what the date names of the query language mean at a day, where no plan says when it begins."""
    stamp = pd.Timestamp(day)
    half = stamp.replace(month=1 if stamp.month <= 6 else 7, day=1)
    year = stamp.replace(month=1, day=1)
    starts = {"asof": stamp, "d0": year, "d1": stamp, "h0": half, "h1": half + pd.offsets.MonthEnd(6)}
    return starts | {"m0": stamp.replace(day=1), "m1": stamp + pd.offsets.MonthEnd(0)}


def answered(export: Export, provided: Mapping[str, frozenset[str]], plan: "Plan") -> "list[Indicator]":
    """Return the indicators of a plan that an export answers completely.

    Their query asks only for people of whom the export lists all, and reads only columns it has.

    Parameters
    ----------
    provided
        For `households` and `persons` the columns at hand.
    """
    found = []
    for indicator in plan.indicators:
        query = indicator.data
        columns, covered = provided.get(query.table), export.covers.get(query.table)
        if columns is None or not covered or query.rows != "latest" or indicator.rollup not in _ROLLED_UP:
            continue
        if query.agg not in {"count", "share", "sum", "mean", "wmean", "ratio"} or not set(query.columns) <= columns:
            continue
        narrowed = query.base_expression if query.agg == "share" else query.where_expression
        if narrowed and any(narrowed.implies(parsed(text, query.table)) for text in covered):
            found.append(indicator)
    return found


def indicator_figures(
    export: Export, rows: Rows, plans: "list[Plan]", codes: Mapping[int, str], dates: Mapping[int, date]
) -> pd.DataFrame:
    """Return the indicators that the export answers, by place, computed by the plans' own queries.

    Parameters
    ----------
    codes, dates
        Village code and day of each place-and-period number.
    """
    from data.measures import Engine  # noqa: PLC0415 - only exports need to compute
    from data.places import plan_regions  # noqa: PLC0415
    from data.sources import Tables  # noqa: PLC0415

    frames = _uploads(export, rows)
    provided = _provided(frames)
    parts = []
    for plan in plans:
        wanted = answered(export, provided, plan)
        for day in sorted(set(dates.values())) if wanted else ():
            at = {number: code for number, code in codes.items() if dates[number] == day}
            uploaded = Tables({name: _uploaded(name, frame, at, day) for name, frame in frames.items()})
            engine = Engine(plan, uploaded, plan_regions(plan))
            for indicator in wanted:
                part = engine.part(indicator, day)
                numbers = [n for n, code in at.items() if code in engine.tree.index]
                nodes = [engine.tree.index[at[n]] for n in numbers]
                rate = indicator.rollup == "weighted_ratio"
                parts.append(
                    pd.DataFrame(
                        {
                            "_place": numbers,
                            "item": indicator.id,
                            "value": np.nan if rate else part.value[nodes],
                            "numerator": part.numerator[nodes] if rate else np.nan,
                            "denominator": part.denominator[nodes] if rate else np.nan,
                        }
                    )
                )
    if not parts:
        return pd.DataFrame(columns=["_place", "item", "value", "numerator", "denominator"])
    every = pd.concat(parts, ignore_index=True).drop_duplicates(["_place", "item"])
    # A village without anybody an indicator asks about has no rate.
    return every.loc[every["value"].notna() | (every["denominator"] > 0)]


def _uploads(export: Export, rows: Rows) -> dict[str, pd.DataFrame]:
    """Return the rows by the upload table that they would be of."""
    held = {"households": rows.households, "persons": rows.frame if export.rows == "persons" else None}
    return {name: frame for name, frame in held.items() if frame is not None and export.covers.get(name)}


def _provided(frames: Mapping[str, pd.DataFrame]) -> dict[str, frozenset[str]]:
    return {name: frozenset(tables.tables()[name].names) & set(map(str, frame)) for name, frame in frames.items()}


def _uploaded(name: str, frame: pd.DataFrame, codes: Mapping[int, str], day: date) -> pd.DataFrame:
    """Return rows as the upload table has them, under running numbers instead of keys."""
    kept = frame.loc[frame["_place"].isin(list(codes))]
    number = pd.Series(np.arange(len(kept)).astype(str), index=kept.index, dtype=object)
    key = "hh_id" if name == "households" else "person_id"
    given = kept.assign(village_code=kept["_place"].map(codes), as_of=pd.Timestamp(day), **{key: number})
    return tables.typed(name, given.reset_index(drop=True))
