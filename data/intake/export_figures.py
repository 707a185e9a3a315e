"""The rows of an export read, and added up by village: items, and indicators of the plans that it answers."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import tables
from data.expressions import Expression
from data.intake.exports import Export, ExportColumn, ExportFigure, FoundExport, catalogue
from data.intake.model import Cells, Codes, Mask
from data.intake.places import register
from data.intake.values import is_blank, narrow, parse
from data.plan_model import parsed

if TYPE_CHECKING:
    from data.plan import Plan
    from data.plan_model import Indicator

_NOTHING = frozenset({"无", "否", "没有", "未享受", "不享受", "0"})
_TAKE = {"first": "first", "any": "any", "most": "max", "count": "sum"}
_ROLLED_UP = frozenset({"sum", "weighted_ratio"})


@dataclass
class Rows:
    """The rows of an export, typed.

    Attributes
    ----------
    frame
        One row per person or thing, each once, under its row of the file (from 0); `_place` numbers its place and day.
    households
        One row per household in it; None where the file does not number them.
    unread
        Column → rows of the file (from 0) whose cell could not be read.
    about
        Column → row of the file (from 0) → the number read of a cell that only says about how much.
    twice
        Rows of the file (from 0) that repeat a person.
    """

    frame: pd.DataFrame
    households: pd.DataFrame | None
    unread: dict[str, Codes] = field(default_factory=dict)
    about: dict[str, dict[int, float]] = field(default_factory=dict)
    twice: Codes = field(default_factory=lambda: np.empty(0, dtype=np.intp))


def read_rows(found: FoundExport, county_code: str | None, rows: Codes, places: Codes) -> Rows:
    """Read the columns that are asked, and no others.

    Parameters
    ----------
    rows
        Rows of the sheet that are of a known place.
    places
        Number of the place and period of each.
    """
    export = found.export
    data: dict[str, Any] = {"_place": places}
    unread: dict[str, Codes] = {}
    for column in export.columns:
        if column.condition:
            continue
        at = found.columns.get(column.name)
        if at is None:
            if column.missing is not None:
                data[column.name] = np.full(len(rows), column.missing == "yes")
            continue
        values, wrong = _values(found, column, at, rows, county_code)
        data[column.name] = values
        if wrong.any():
            unread[column.name] = rows[wrong]
    frame = pd.DataFrame(data, index=pd.Index(rows, name="row"))
    for column in export.columns:
        if column.condition and set(column.needs) <= set(frame):
            frame[column.name] = export.condition(column.condition, "rows").mask(_full(frame, export), {})
    keys = {role: _keys(found, role, rows) for role in ("person", "household") if role in found.roles}
    twice = np.zeros(len(frame), dtype=bool)
    if export.rows == "persons" and "person" in keys:
        known = keys["person"] >= 0
        twice[known] = pd.DataFrame({"p": places, "k": keys["person"]})[known].duplicated().to_numpy()
    frame = frame.loc[~twice]
    households = None
    if "household" in keys and export.households:
        households = _households(export, frame, keys["household"][~twice])
    about = {
        name: told for name, cols in found.columns.items() if (told := _about(found, export.by_name[name], cols, rows))
    }
    return Rows(frame, households, unread, about, rows[twice])


def _full(frame: pd.DataFrame, export: Export) -> pd.DataFrame:
    """Return a frame with every column that a condition may name; those the file lacks are blank."""
    return frame.reindex(columns=[*frame, *(c.name for c in export.columns if c.name not in frame)])


def _keys(found: FoundExport, role: str, rows: Codes) -> Codes:
    """Return a number for each key, -1 for a blank; the keys themselves go no further than here."""
    cells = found.sheet.columns[found.roles[role]]
    numbers = np.array([-1 if is_blank(text) else code for code, text in enumerate(cells.texts)] or [-1], dtype=np.intp)
    result: Codes = numbers[cells.codes[rows]]
    return result


def _values(
    found: FoundExport, column: ExportColumn, at: tuple[int, ...], rows: Codes, county_code: str | None
) -> tuple[Any, Mask]:
    """Return a column's values, and which cells could not be read."""
    fine = np.zeros(len(rows), dtype=bool)
    if column.type == "filled":
        counted = np.zeros(len(rows))
        for col in at:
            counted += _cells(found.sheet.columns[col], rows, [not _nothing(t) for t in found.sheet.columns[col].texts])
        return counted, fine
    cells: Cells = found.sheet.columns[at[0]]
    if column.type == "given":
        return _cells(cells, rows, [not _nothing(text) for text in cells.texts]), fine
    codes, texts = cells.used(rows)
    if not texts:
        return np.empty(0, dtype=object), fine
    if column.type == "workplace":
        read = np.array([_workplace(text, county_code) for text in texts], dtype=object)
        # Without a county's register nothing can be said of where it is.
        located = register(county_code) is not None
        wrong = np.array([located and v is None and not is_blank(t) for v, t in zip(read, texts, strict=True)])
    elif column.words:
        read = np.array([_word(column, text) for text in texts], dtype=object)
        wrong = np.array([v is None and not is_blank(t) for v, t in zip(read, texts, strict=True)])
    else:
        result = parse(column.declared(), texts, found.unit_of(column))
        read = result.found
        blank = np.array([v is None or v != v for v in read.tolist()])  # noqa: PLR0124 - NaN
        wrong = blank & np.array([not is_blank(text) for text in texts])
    values = read[codes]
    if column.type == "bool":
        values = np.array([v is True for v in values], dtype=bool)
    elif column.type == "date":
        values = pd.to_datetime(pd.Series(values, dtype=object)).to_numpy(dtype="datetime64[ns]")
    return values, wrong[codes]


def _about(found: FoundExport, column: ExportColumn, at: tuple[int, ...], rows: Codes) -> dict[int, float]:
    """Return the rows whose number is only about right, with what was read."""
    if column.type not in {"int", "float"} or column.words:
        return {}
    cells = found.sheet.columns[at[0]]
    texts = sorted({cells.text(row) for row in rows.tolist()} - {""})
    read = parse(column.declared(), texts, found.unit_of(column))
    of = {texts[n]: float(read.found[n]) for n, note in read.notes.items() if note[0] == "about_number"}
    return {row: of[text] for row in rows.tolist() if (text := cells.text(row)) in of}


def _cells(cells: Cells, rows: Codes, by_text: list[bool]) -> "np.ndarray[Any, Any]":
    known = np.array(by_text or [False], dtype=bool)
    return known[cells.codes[rows]]


def _nothing(text: str) -> bool:
    return is_blank(text) or narrow(text) in _NOTHING


def _word(column: ExportColumn, text: str) -> object:
    """Return the value a cell says, None for a blank and for what is not known."""
    value = None if is_blank(text) else column.said.get(narrow(text))
    return value if value is None or column.type != "bool" else value == "yes"


@cache
def _workplace(text: str, county_code: str | None) -> str | None:
    """Return where somebody works as seen from the county; None if the text does not say."""
    known, word = register(county_code), unicodedata.normalize("NFKC", text).strip()
    if known is None or county_code is None or is_blank(text):
        return None
    provinces = catalogue().provinces
    own = provinces.get(int(county_code[:2]), "")
    named = next((name for name in provinces.values() if word.startswith(name)), None)
    if named not in {None, own}:
        return "out_province"
    home = known.name.get(f"{county_code[:6]}000000", "")
    if home and home[:-1] in word:
        return "county"
    return "province" if named else None


def _households(export: Export, frame: pd.DataFrame, keys: Codes) -> pd.DataFrame:
    """Return one row per household of a place; members without a number are left out."""
    members = _full(frame, export).loc[keys >= 0]
    groups = members.groupby([members["_place"], keys[keys >= 0]], sort=False)
    made: dict[str, Any] = {"_place": groups["_place"].first()}
    for column in export.households:
        from_itself = not column.where and column.take != "count"
        if not ({column.name} if from_itself else set(column.needs)) <= set(frame):
            continue
        if column.where:
            held = pd.Series(export.condition(column.where, "rows").mask(members, {}), index=members.index)
        elif column.take == "count":
            held = pd.Series(data=True, index=members.index)
        else:
            held = members[column.name]
        by = held.groupby([members["_place"], keys[keys >= 0]], sort=False)
        made[column.name] = by.agg(_TAKE[column.take])
    return pd.DataFrame(made).reset_index(drop=True)


# -- adding up ---------------------------------------------------------------------------------------------------------


def listed(found: FoundExport, rows: Rows, codes: Mapping[int, str], dates: Mapping[int, date]) -> pd.DataFrame:
    """Return the rows as those of the upload table they belong to, under their rows of the file (from 0)."""
    table, frame = tables.tables()[found.export.table], rows.frame
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
