"""Rows of people as they may be shown to those who may see them: what tells who somebody is, is left out. Pure."""

import re

import pandas as pd

from data.intake.identity import without_numbers
from data.tables import Column, tables

SHORTEST_REASON, LONGEST_REASON = 6, 200
_LETTER = re.compile(r"[^\W\d_]")


def shown(table: str) -> list[Column]:
    """Return the columns of a table of people that are shown: figures, yes or no, words of a list, months.

    No text of the sender's own: numbers of households and persons are kept as keyed hashes or pseudonyms, which tell
    one row from the next over time, and a free text may hold a name. Village and date are the same in all rows.
    """
    return [c for c in tables()[table].columns if c.type != "str" and c.name != "as_of" and c.role is None]


def masked(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as they are shown: the columns of `shown` that hold something, days as months, in an order of no key.

    Sorted by what they hold, so that the order of rows does not say which is which in another list.
    """
    columns = [c for c in shown(table) if rows[c.name].notna().any()]
    found = pd.DataFrame(
        {c.name: rows[c.name].dt.strftime("%Y-%m") if c.type == "date" else rows[c.name] for c in columns}
    )
    return found.sort_values([c.name for c in columns], ignore_index=True) if columns else found


def reason(text: str) -> str | None:
    """Return a reason as it is logged, None if it is none: a sentence, without numbers that name or reach somebody."""
    said = " ".join(text.split())[:LONGEST_REASON]
    if len(_LETTER.findall(said)) < SHORTEST_REASON:
        return None
    return without_numbers(said)
