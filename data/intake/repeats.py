"""Rows of a file that have the key of an earlier one, and may be left out for it."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from data.intake.model import Checked
from data.tables import tables


@dataclass(frozen=True)
class Repeat:
    """Rows that say the same keys.

    Attributes
    ----------
    rows
        As the file has them, counted from 0, in order.
    alike
        Whether they are equal in all that is read of them.
    """

    rows: tuple[int, ...]
    alike: bool


def repeats(checked: Checked) -> list[Repeat]:
    """Return the rows with equal keys, those of a file's first row first.

    Only where a row may be left out for the others: not where it also says what they do not, as a row with a column per
    item may. Of exports that are added up those that say a person differently; a table on its side has no rows.
    """
    layout, frame = checked.layout, checked.frame
    if checked.table is None or layout is None or layout.turned or frame.empty:
        return []
    if _added_up(checked):
        told = checked.problems.loc[checked.problems["rule"] == "export_differs", "more"]
        return [Repeat(rows, alike=False) for rows in sorted({more["same"] for more in told})]
    key = list(tables()[checked.table].key)
    keyed = frame.loc[frame[key].notna().all(axis=1)]
    again = keyed.loc[keyed.duplicated(key, keep=False)]
    if again.empty:
        return []
    of_key = again.groupby(key, sort=False).ngroup().tolist()
    whole = again.groupby(list(again.columns), sort=False, dropna=False).ngroup().tolist()
    lines, versions = defaultdict[int, list[int]](list), defaultdict[int, set[int]](set)
    for row, group, version in zip(again.index, of_key, whole, strict=True):
        lines[group].append(int(row) - 1)
        versions[group].add(version)
    together = defaultdict[tuple[int, ...], list[int]](list)
    for group, rows in lines.items():
        if len(rows) == len(set(rows)):  # a row of the file that says a key twice is wrong by itself
            together[tuple(sorted(rows))].append(group)
    said = Counter(int(row) - 1 for row in frame.index)
    return [
        Repeat(rows, all(len(versions[group]) == 1 for group in groups))
        for rows, groups in sorted(together.items())
        if all(said[row] == len(groups) for row in rows)
    ]


@dataclass(frozen=True)
class Difference:
    """A column of the table in which rows of one key differ, with what each has; of the long table also the item."""

    column: str
    item: str
    values: tuple[object, ...]


def differing(checked: Checked, repeat: Repeat) -> list[Difference]:
    """Return where rows that say the same keys differ, in the order of the file's rows; nothing of people."""
    if _added_up(checked):
        return []
    key = list(tables()[str(checked.table)].key)
    rows = checked.frame.loc[[row + 1 for row in repeat.rows]]
    groups = [group.sort_index() for _, group in rows.groupby(key, sort=False)]
    return [
        Difference(str(name), str(group["item"].iloc[0]) if "item" in key else "", tuple(group[name]))
        for group in groups
        for name in group.columns
        if name not in key and group[name].nunique(dropna=False) > 1
    ]


def _added_up(checked: Checked) -> bool:
    """Whether the rows of the file are people, or villages, whose figures are those of the table."""
    return checked.layout is not None and bool(checked.layout.export) and checked.layout.own_items
