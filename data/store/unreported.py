"""Measures that say no more than that of n units none has reported: kept as one list of places, not row by row.

Before a county has uploaded all its tables they are most of what is computed. Such a list is of an indicator at a date;
a row that says something stands before it. Lists are few and the same at most dates, so each is kept once.
"""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256

import numpy as np
import pandas as pd

UNREPORTED_KINDS = {"indicator": "str", "as_of": "date", "places": "str"}
_SILENT = ("value", "numerator", "denominator", "alternative", "newest")


def packed(
    measures: pd.DataFrame, singly: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Divide measures into rows that say something and lists of places that have not reported.

    Parameters
    ----------
    measures
        Columns of `MEASURE_KINDS`, whatever others.
    singly
        Stored rows. Where rows without a report were stored one by one, as older releases did, they stay so: whatever
        is the same must not seem changed.

    Returns
    -------
    rows, lists, places
        `rows` has the columns of `measures`, `lists` those of `UNREPORTED_KINDS`; `places` are the lists' texts.
    """
    silent = _silent(measures)
    if singly is not None and len(singly):
        old = singly.loc[_silent(singly), ["indicator", "as_of"]].drop_duplicates()
        if len(old):
            silent &= ~pd.MultiIndex.from_frame(measures[["indicator", "as_of"]]).isin(pd.MultiIndex.from_frame(old))
    indicators, names = pd.factorize(measures["indicator"])
    days, dates = pd.factorize(measures["as_of"])
    block = indicators * max(len(dates), 1) + days
    wanted = np.unique(block[silent])
    listed = np.isin(block, wanted) & (silent | (measures["of"].to_numpy() > 0))
    regions, codes = pd.factorize(measures["region"])
    levels, level_names = pd.factorize(measures["level"])
    at = np.flatnonzero(listed)
    at = at[np.lexsort((regions[at], block[at]))]
    begin = np.searchsorted(block[at], wanted)
    found: dict[bytes, str] = {}
    places: dict[str, str] = {}
    keys = []
    of = measures["of"].to_numpy()
    for one in np.split(at, begin[1:]) if len(wanted) else []:
        known = b"".join((regions[one].tobytes(), levels[one].tobytes(), of[one].tobytes()))
        if known not in found:
            rows = sorted(zip(codes[regions[one]], level_names[levels[one]], of[one].tolist(), strict=True))
            text = json.dumps(rows, separators=(",", ":"))
            found[known] = sha256(text.encode()).hexdigest()[:32]
            places[found[known]] = text
        keys.append(found[known])
    lists = pd.DataFrame(
        {
            "indicator": pd.Series(np.asarray(names, dtype=object)[wanted // max(len(dates), 1)], dtype=object),
            "as_of": pd.Series(np.asarray(dates, dtype="datetime64[ns]")[wanted % max(len(dates), 1)]),
            "places": pd.Series(keys, dtype=object),
        }
    )
    return measures.loc[~silent], lists, places


def unpacked(
    rows: pd.DataFrame, lists: pd.DataFrame, places: Mapping[str, str], regions: Collection[str] | None = None
) -> pd.DataFrame:
    """Return the measures that `packed` divided, those of some regions if given."""
    if lists.empty:
        return rows
    names, days = lists["indicator"].to_numpy(), lists["as_of"].to_numpy()
    within = pd.MultiIndex.from_arrays([names, days]).get_indexer(
        pd.MultiIndex.from_frame(rows[["indicator", "as_of"]])
    )
    made: dict[str, list[np.ndarray]] = {name: [] for name in ("indicator", "region", "level", "as_of", "of")}
    for key, group in lists.groupby("places", sort=False).indices.items():
        code, level, of = _columns(places[str(key)], regions)
        place = np.full(len(lists), -1)
        place[group] = np.arange(len(group))
        given = np.zeros((len(group), len(code)), dtype=bool)
        mine = np.flatnonzero(np.where(within >= 0, place[within], -1) >= 0)
        column = pd.Index(code).get_indexer(rows["region"].to_numpy()[mine])
        given[place[within[mine]][column >= 0], column[column >= 0]] = True
        block, where = np.nonzero(~given)
        for name, values in (
            ("indicator", names[group][block]),
            ("region", code[where]),
            ("level", level[where]),
            ("as_of", days[group][block]),
            ("of", of[where]),
        ):
            made[name].append(values)
    n = sum(len(part) for part in made["of"])
    fill = {
        "reported": np.zeros(n),
        "direct": np.zeros(n, dtype=bool),
        "newest": np.full(n, np.datetime64("NaT", "ns")),
    }
    columns = {
        name: np.concatenate([rows[name].to_numpy(), *(made.get(name) or [fill.get(name, np.full(n, np.nan))])])
        for name in rows.columns
    }
    return pd.DataFrame({name: pd.Series(v, dtype=v.dtype, copy=False) for name, v in columns.items()}, copy=False)


def _silent(measures: pd.DataFrame) -> np.ndarray:
    result = (measures["reported"].to_numpy() == 0) & ~measures["direct"].to_numpy() & measures["of"].notna().to_numpy()
    for name in _SILENT:
        result &= measures[name].isna().to_numpy()
    return np.asarray(result)


def _columns(text: str, regions: Collection[str] | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    wanted = None if regions is None else set(regions)
    rows = [row for row in json.loads(text) if wanted is None or row[0] in wanted]
    code, level = np.empty(len(rows), dtype=object), np.empty(len(rows), dtype=object)
    code[:], level[:] = [row[0] for row in rows], [row[1] for row in rows]
    return code, level, np.array([row[2] for row in rows], dtype=float)
