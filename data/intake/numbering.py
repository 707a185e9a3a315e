"""Numbers of things that a list names without one: the stored number, else one made of year, place and name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

from data.intake.against import Stored
from data.intake.model import Checked, Mask, Problems, rule_book
from data.intake.structure import squeezed
from data.intake.written import Written
from data.tables import Column, Table, tables, typed

BY_NAME = "by_name"
"""What a sender says of the missing column of numbers (`Corrections.options`): that year, place and name make them."""

BY_NAMES = {(f"{table.id}.{c.name}", ""): BY_NAME for table in tables().values() for c in table.columns if c.named_by}
"""The same said of every table that may lack such a column."""
TAKEN, UNSURE = "number_of_stored", "number_unsure"
"""Rules: a stored number takes the place of the made one, and nothing tells which stored number would."""
_YEAR = "plan_year"
_DIGEST = 4


def numbered(table: Table) -> Column | None:
    """Return the column of a table's numbers that its names can stand for; None without one."""
    return next((c for c in table.columns if c.named_by), None)


def moving(table: Table) -> set[str]:
    """Return the columns of a table that say how far things are: running totals and stages."""
    return {c.name for c in table.columns if c.cumulative} | {*rule_book().against.stages.get(table.id, {})}


def made(names: Iterable[object], places: Iterable[str], years: Iterable[object]) -> list[str | None]:
    """Return the number of each thing: the same whenever year, place and name are, however the name is spaced.

    A name that is blank makes none.
    """
    return [
        None if _blank(name) else "-".join([*([] if _blank(year) else [f"{year:.0f}"]), place, _digest(str(name))])
        for name, place, year in zip(names, places, years, strict=True)
    ]


def as_stored(checked: Checked, stored: Stored) -> Checked:
    """Return a file's rows with the stored numbers of things in place of those made, where name and village agree.

    Where both say a year it must agree too. What several stored things, or several rows, could be is refused.
    """
    table = tables().get(checked.table or "")
    column = numbered(table) if table else None
    said = checked.said.options if checked.said else {}
    if table is None or column is None or checked.layout is None or checked.frame.empty:
        return checked
    if said.get((f"{table.id}.{column.name}", "")) != BY_NAME:
        return checked
    frame, key, number = checked.frame.reset_index(drop=True), list(table.key), column.name
    found = _candidates(frame, table, column, stored)
    new = pd.Series([(*own, made)[0] for own, made in zip(found, frame[number], strict=True)], dtype=object)
    several = np.array([len(own) > 1 for own in found])
    # Rows of their own that would become one.
    one = frame.assign(**{number: new}).duplicated(key, keep=False) & ~frame.duplicated(key, keep=False)
    unsure = several | one.to_numpy()
    taken = ~unsure & np.array([bool(own) for own in found])
    problems = Problems(checked.layout.origin)
    problems.parts.append(checked.problems)
    _tell(Written.of(checked.layout, table), column, found, {TAKEN: taken, UNSURE: unsure}, problems)
    kept = typed(table.id, frame.assign(**{number: new.where(taken, frame[number])}))
    return replace(checked, frame=kept.set_index(checked.frame.index), problems=problems.frame())


def _tell(file: Written, column: Column, found: list[list[str]], rules: Mapping[str, Mask], problems: Problems) -> None:
    at = file.naming(column.name)
    for rule, mask in rules.items():
        numbers = [found[row] for row in np.flatnonzero(mask)]
        more = [{"numbers_zh": "、".join(own), "numbers_en": ", ".join(own)} for own in numbers]
        repairs = [own[0] if rule == TAKEN else "" for own in numbers]
        rows = file.rows[mask]
        named = file.original(str(column.named_by), rows)
        problems.add(rule, rows, at, values=named, repairs=repairs, more=more)


def _candidates(frame: pd.DataFrame, table: Table, column: Column, stored: Stored) -> list[list[str]]:
    """Return for each row the stored numbers of things of its name and village; of its year, where any say it.

    None where one of them is what was made for it, which was stored before then.
    """
    name, village = str(column.named_by), table.place_columns[0]
    known = stored(table.id, (column.name, name, village, _YEAR)).drop_duplicates()
    of: dict[tuple[str, str], list[tuple[str, Any]]] = defaultdict(list)
    for number, called, place, year in known[[column.name, name, village, _YEAR]].itertuples(index=False):
        if not (_blank(called) or _blank(place)):
            of[squeezed(called), place].append((number, year))
    result = []
    for own, called, place, year in frame[[column.name, name, village, _YEAR]].itertuples(index=False):
        alike = of.get((squeezed(str(called)), place), []) if not _blank(place) else []
        of_year = {number for number, other in alike if not _blank(other) and other == year}
        undated = {number for number, other in alike if _blank(other) or _blank(year)}
        numbers = of_year or undated
        result.append([] if own in numbers else sorted(numbers))
    return result


def _digest(name: str) -> str:
    return blake2b(squeezed(name).encode(), digest_size=_DIGEST).hexdigest().upper()


def _blank(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]
