"""Which upload table a sheet that is none of them comes nearest to, and what it lacks for it."""

from dataclasses import dataclass

from data.intake.across import period_named
from data.intake.model import Layout
from data.intake.upload_headers import columns_of
from data.tables import Column, Table, tables

_FEW = 3
_DATED = frozenset({"as_of", "month", "period"})


@dataclass(frozen=True)
class Nearest:
    """An upload table that most of a sheet's columns fit.

    Attributes
    ----------
    known, of
        How many of the sheet's columns it has, of those that say something.
    missing
        Columns without which its rows cannot be stored and that nothing else in the sheet says.
    """

    table: Table
    known: int
    of: int
    missing: tuple[Column, ...]


def nearest(layout: Layout | None) -> Nearest | None:
    """Return the upload table that at least half of a sheet's columns fit, and no fewer than three; None if none is."""
    if layout is None:
        return None
    # Any table names its village: that does not make it the list of villages.
    found = [one for table in tables().values() if table.id != "villages" and (one := _fit(layout, table))]
    return max(found, key=lambda one: (one.known, -len(one.missing)), default=None)


def _fit(layout: Layout, table: Table) -> Nearest | None:
    columns = columns_of(table.id, layout.structure.paths, period_named(layout.structure, layout.about))
    told = [c for c in columns if c.role in {"column", "unknown"}]
    names = {c.name for c in columns if c.name}
    if len(names) < _FEW or 2 * len(names) < len(told):
        return None
    placed = any(c.role in {"village_name", "township_name"} for c in columns)
    missing = [
        c for c in table.columns
        if (c.name in table.key or c.required) and c.name not in names and c.name not in _DATED
        # Of which kind all rows are is asked; a level and a code follow from the name of the place.
        and c.type != "enum" and not (placed and c.role)
    ]  # fmt: skip
    return Nearest(table, len(names), len(told), tuple(missing))
