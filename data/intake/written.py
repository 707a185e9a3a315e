"""A recognised table as its file writes it: the cells and headers that people can look for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

from data.intake.generic import shown
from data.intake.model import Cells, Codes, FoundColumn, Layout
from data.tables import Table, items


def days(dates: "pd.Series[Any]") -> list[str]:
    """Return dates as people read them."""
    told: list[str] = np.datetime_as_string(dates.to_numpy("datetime64[D]")).tolist()
    return told


@dataclass(frozen=True)
class Written:
    """Where the columns of an upload table stand in a file.

    Attributes
    ----------
    found
        Columns of the table that the file has, by name.
    """

    layout: Layout
    table: Table
    found: dict[str, FoundColumn] = field(default_factory=dict)

    @classmethod
    def of(cls, layout: Layout, table: Table) -> Self:
        """Find the columns of a table in a layout; of two that are the same, the first counts."""
        found: dict[str, FoundColumn] = {}
        for column in layout.columns:
            if column.role == "column" and column.name:
                found.setdefault(column.name, column)
        return cls(layout, table, found)

    @property
    def rows(self) -> Codes:
        """Rows of data, from 0 as in the sheet."""
        return self.layout.data_rows

    def cells(self, found: FoundColumn) -> tuple[Codes, list[str]]:
        """Return a column's data cells, only with the texts that occur in them."""
        cells: Cells = self.layout.sheet.columns[found.col]
        return cells.used(self.rows)

    def named(self, role: str) -> FoundColumn | None:
        """Return the file's column of place names with this role, declared by the table or not."""
        for found in self.layout.columns:
            if found.role == role or (found.name and self.table.column(found.name).role == role):
                return found
        return None

    def at(self, name: str) -> FoundColumn:
        """Return a column of the table; one that stands nowhere (col -1) if the file lacks it."""
        column = self.table.column(name)
        return self.found.get(name) or FoundColumn(-1, column.zh, name, "column", None, 0.0)

    def place(self, name: str) -> FoundColumn:
        """Return the column a place was read from: codes, or the names in the row."""
        return self.found.get(name) or self.named("village_name") or self.named("township_name") or self.at(name)

    def original(self, name: str, rows: Sequence[int] | Codes) -> list[str]:
        """Return the cells as written; blanks where the file has no such column."""
        found = self.found.get(name)
        if found is None:
            return [""]
        cells = self.layout.sheet.columns[found.col]
        codes = cells.codes[np.asarray(rows, dtype=np.intp)].tolist()
        texts = {code: shown(cells.texts[code]) for code in set(codes)}
        return [texts[code] for code in codes] or [""]

    def writes(self, name: str) -> bool:
        """Whether the file has a column of the table: the figures of an item's column are named by its header."""
        if self.naming(name):
            return True
        return bool(self.table.column(name).role and self.place(name).col >= 0)

    def naming(self, name: str) -> FoundColumn | None:
        """Return the file's column of the table, of numbers that it lacks the one that names their things."""
        return self.found.get(name) or self.found.get(self.table.column(name).named_by or "")

    def key_cells(self, name: str, rows: Codes, values: "pd.Series[Any]") -> tuple[str, list[str]]:
        """Return the header a key column has in the file and its cells; the value read where a cell is blank."""
        column, found = self.table.column(name), self.naming(name)
        if found is None and column.role:
            found = self.named("village_name") or self.named("township_name")
        cells = self.layout.sheet.columns[found.col] if found else None
        texts = []
        for row, value in zip(rows, values, strict=True):
            read = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else column.label(str(value), "zh")
            text = cells.text(row) if cells else ""
            if self.layout.own_items and name == "item" and text in items():
                text = items()[text].name_zh  # such a file has no column of items: header or title name them
            texts.append(shown(text or read))
        if self.layout.own_items and name == "item":
            return "", texts
        return (found.header if found else column.zh), texts
