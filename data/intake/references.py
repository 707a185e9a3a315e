"""Rules over what rows name and another table should know: villages, households, projects, reports of the month."""

from typing import Any

import pandas as pd

from data.expressions import parse
from data.intake.model import Mask, Reference
from data.tables import tables


def unknown(reference: Reference, frame: pd.DataFrame, table_id: str, stored: pd.DataFrame) -> Mask:
    """Return which rows name something that the stored rows lack, though they know others like it.

    Parameters
    ----------
    frame
        Typed rows of the table `table_id`.
    stored
        All rows of `reference.table` that count.

    Returns
    -------
    ndarray of bool, shape (len(frame),)
    """
    asked = frame[reference.column].notna().to_numpy(copy=True)
    if reference.where:
        asked &= parse(reference.where, tables()[table_id]).mask(frame, {})
    named = _cases(frame, reference.column, reference)
    known = pd.concat([_cases(stored, column, reference) for column in reference.columns]).dropna(subset=["name"])
    areas = pd.MultiIndex.from_frame(known[["month", "area"]].drop_duplicates())
    things = pd.MultiIndex.from_frame(known[["month", "name"]].drop_duplicates())
    found = pd.Series(pd.MultiIndex.from_frame(named[["month", "name"]]).isin(things), index=named.index)
    # Of what the file names in an area each thing counts once, however many rows it has.
    once = ~named.duplicated() & asked
    share = found[once].groupby([named["month"], named["area"]]).mean().rename("share")
    enough = named.join(share, on=["month", "area"])["share"] >= reference.least
    there = pd.MultiIndex.from_frame(named[["month", "area"]]).isin(areas)
    missed: Mask = asked & there & ~found.to_numpy() & enough.to_numpy()
    return missed


def silent(
    reference: Reference, reported: pd.DataFrame, towns: set[str], naming: pd.DataFrame
) -> list[tuple[str, str]]:
    """Return months and places that the newest naming rows of their time name and the rows reported lack.

    The other way round from `unknown`: the file is of `reference.table`.

    Parameters
    ----------
    reported
        The file's rows together with the stored ones of its months.
    towns
        First nine digits of the townships the file speaks of; others are not missed.
    naming
        Stored rows of the first of `reference.tables`.
    """
    found = []
    months = reported["as_of"].dt.to_period("M")
    for month in sorted(months.dropna().unique()):
        before = naming.loc[naming["as_of"] <= month.end_time]
        newest = before.loc[before["as_of"] == before["as_of"].max(), reference.column].dropna()
        of_month = reported.loc[months == month]
        there = {code for name in reference.columns for code in of_month[name].dropna()}
        for _, named in newest.drop_duplicates().groupby(newest.str[:9]):
            missed = sorted(set(named) - there)
            known = len(named) - len(missed)
            if str(named.iloc[0])[:9] in towns and known and known >= reference.least * len(named):
                found += [(str(month), name) for name in missed]
    return found


def _cases(frame: pd.DataFrame, column: str, reference: Reference) -> pd.DataFrame:
    """Return what each row names, where and when."""
    name = frame[column]
    area: pd.Series[Any] = pd.Series("", index=frame.index, dtype=object)
    if reference.within == "township":
        area = name.map({code: code[:9] for code in name.dropna().unique()}).astype(object)
    elif reference.within == "village":
        area = frame["village_code"]
    month: pd.Series[Any] = pd.Series("", index=frame.index, dtype=object)
    if reference.monthly:
        month = frame["as_of"].map({day: f"{day:%Y-%m}" for day in frame["as_of"].dropna().unique()}).astype(object)
    return pd.DataFrame({"month": month, "area": area, "name": name}).reset_index(drop=True)
