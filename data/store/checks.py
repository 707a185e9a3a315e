"""What the store asks of a submission before anything is written."""

import datetime as dt
import re

import pandas as pd

from data.store.model import InvalidSubmissionError, Scope, StoreError, Submission
from data.store.schema import ROWS, sql_name
from data.tables import Table, tables, typed

_COUNTY = re.compile(r"[0-9]{6}")
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])|-")
_TOWNSHIP = re.compile(r"[0-9]{9}|-")
_PLACE = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")


def county(county_code: str) -> str:
    """Return the code if it is six digits: a slug or a longer code would quietly open another tenant."""
    if not _COUNTY.fullmatch(county_code):
        raise StoreError(f"a county code is six digits, not '{county_code}'")
    return county_code


def upload(table_id: str) -> Table:
    """Return an upload table; `InvalidSubmissionError` if there is none of this name."""
    _refuse(table_id not in ROWS, f"there is no table '{table_id}'; tables are {', '.join(ROWS)}")
    return tables()[table_id]


def need_actor(actor: str) -> None:
    """Refuse a change by nobody."""
    _refuse(not actor.strip(), "every change needs the name of who makes it")


def need_inside(frame: pd.DataFrame, column: str, chosen: list[str], from_date: dt.date) -> None:
    """Refuse computed rows that belong to other things or earlier dates than those they replace."""
    outside = ~frame[column].isin(chosen) | (frame["as_of"] < pd.Timestamp(from_date))
    _refuse(outside.any(), f"{int(outside.sum())} rows are of another {column} or an earlier date than they replace")


def canonical(frame: pd.DataFrame, kinds: dict[str, str], key: tuple[str, ...]) -> pd.DataFrame:
    """Bring computed rows to the declared columns and dtypes; refuse double or blank keys."""
    missing = [name for name in kinds if name not in frame]
    _refuse(missing, f"columns are missing: {', '.join(missing)}")
    dtypes = {"str": "object", "date": "datetime64[ns]", "float": "float64", "bool": "bool"}
    result = frame[list(kinds)].astype({name: dtypes[kind] for name, kind in kinds.items()}).reset_index(drop=True)
    _refuse(result[list(key)].isna().any(axis=None), f"{', '.join(key)} must not be blank")
    _refuse(result.duplicated(list(key)).any(), f"two rows have the same {', '.join(key)}")
    return result


def _refuse(condition: object, message: str) -> None:
    if condition:
        raise InvalidSubmissionError(message)


def checked(submission: Submission) -> tuple[pd.DataFrame, Scope]:
    """Return the rows as SQL columns with their month and township, and the scope; refuse what is wrong."""
    county(submission.county_code)
    need_actor(submission.actor)
    spec = upload(submission.table)
    frame = typed(spec.id, submission.frame.reset_index(drop=True))
    mode = submission.mode or spec.mode
    if submission.action == "nil":
        _refuse(len(frame), "a nil return has no rows")
        _refuse(submission.scope is None, "a nil return must name its months and townships")
        _refuse(mode != "replace" and submission.mode is not None, "a nil return replaces what was there")
    else:
        _refuse(frame.empty, "there are no rows; to report that there is nothing, send a nil return")
    key = list(spec.key)
    _refuse(frame[key].isna().any(axis=None), f"the key ({', '.join(key)}) is blank in some rows")
    _refuse(frame.duplicated(key).any(), f"some rows have the same key ({', '.join(key)})")
    for column in spec.columns:
        if column.type == "int":
            values = frame[column.name].dropna()
            _refuse((values % 1 != 0).any(), f"{column.name} must be whole numbers")
    periods = spec.months(frame)
    townships = _townships(spec, submission.county_code, frame)
    scope = submission.scope or Scope(spec.id, tuple(sorted(set(periods))), tuple(sorted(set(townships))))
    _refuse(scope.table != spec.id, f"the scope is of table {scope.table}, the rows of {spec.id}")
    _refuse(not (scope.periods and scope.townships), "the scope names no month or no township")
    _refuse(not all(_PERIOD.fullmatch(p) for p in scope.periods), "months are written YYYY-MM")
    _refuse(not all(_TOWNSHIP.fullmatch(t) for t in scope.townships), "townships are codes of nine digits")
    outside = ~(periods.isin(scope.periods) & townships.isin(scope.townships))
    _refuse(outside.any(), f"{int(outside.sum())} rows lie outside the months and townships of the submission")
    if scope.items:
        _refuse("item" not in spec.names, f"table {spec.id} has no items")
        _refuse(submission.action == "nil", "a nil return is of all items")
        others = ~frame["item"].isin(scope.items)
        _refuse(others.any(), f"{int(others.sum())} rows are of other items than those of the submission")
    frame = frame.rename(columns={name: sql_name(name) for name in spec.names})
    return frame.assign(in_period=periods, in_township=townships), scope


def _townships(spec: Table, county_code: str, frame: pd.DataFrame) -> "pd.Series[str]":
    found = pd.Series(None, index=frame.index, dtype=object)
    for column in spec.place_columns:
        codes = {
            place: place.ljust(12, "0")[:9] for place in frame[column].dropna().unique() if _PLACE.fullmatch(place)
        }
        found = found.where(found.notna(), frame[column].map(codes))
    return found.where(found.notna(), f"{county_code}000")
