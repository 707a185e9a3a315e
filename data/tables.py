"""The ten upload tables as data: columns, types, keys; and the typed frames every other module works on."""

from functools import cache
from pathlib import Path
from typing import Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("tables.yaml")
ITEMS_FILE = Path(__file__).with_name("items.yaml")

Kind = Literal["str", "bool", "int", "float", "date", "enum"]


class Column(BaseModel):
    """One column: its name in code and English files, its Chinese header, type, unit and, for an enum, its values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: Kind
    unit: str | None = None
    zh: str
    en: str = ""
    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class Table(BaseModel):
    """One upload table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name_zh: str
    name_en: str = ""
    key: tuple[str, ...]
    grain: str = ""
    filled_by: str = ""
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in declared order."""
        return tuple(c.name for c in self.columns)

    @property
    def dated(self) -> bool:
        """Whether rows are snapshots or amounts of a date; if not, the table is one running list."""
        return "as_of" in self.names

    @property
    def thing(self) -> tuple[str, ...]:
        """The key without its dates: what a row is about; the newest row of each thing is its present state."""
        return tuple(name for name in self.key if name not in {"as_of", "month"})

    def column(self, name: str) -> Column:
        """Return one column; KeyError if there is none."""
        return _by_name(self.id)[name]


class Item(BaseModel):
    """One item of the long table `facts`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name_zh: str
    name_en: str
    levels: tuple[str, ...]
    mode: str
    fields: tuple[str, ...]
    unit: str


@cache
def _by_name(table_id: str) -> dict[str, Column]:
    return {c.name: c for c in tables()[table_id].columns}


@cache
def tables() -> dict[str, Table]:
    """Return the ten tables by id."""
    raw = yaml.safe_load(FILE.read_text("utf-8"))["tables"]
    for table_id, table in raw.items():
        table["id"] = table_id
        for column in table["columns"]:
            kind, _, values = column["type"].partition(":")
            column["type"] = kind
            if values:
                column["values"] = values.split("|")
    return {table_id: Table.model_validate(table) for table_id, table in raw.items()}


@cache
def items() -> dict[str, Item]:
    """Return the items of `facts` by code."""
    return {k: Item.model_validate(v) for k, v in yaml.safe_load(ITEMS_FILE.read_text("utf-8")).items()}


def empty(table_id: str) -> pd.DataFrame:
    """Return a frame of the table's columns and dtypes without rows."""
    return typed(table_id, pd.DataFrame())


def typed(table_id: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Bring a frame to the declared columns, order and dtypes; missing columns become blank.

    str and enum -> object (None for blank), bool -> bool (blank is False), int and float -> float64 (NaN),
    date -> datetime64[ns] (NaT). Values must already be of the right kind; text is not parsed here.
    """
    result = {}
    for column in tables()[table_id].columns:
        values = frame[column.name] if column.name in frame else pd.Series([None] * len(frame), index=frame.index)
        if column.type == "bool":
            result[column.name] = values.astype("object").where(values.notna(), other=False).astype(bool)
        elif column.type in {"int", "float"}:
            result[column.name] = pd.to_numeric(values).astype("float64")
        elif column.type == "date":
            result[column.name] = pd.to_datetime(values).astype("datetime64[ns]")
        else:
            text = values.astype("object")
            result[column.name] = text.where(text.notna(), other=None)
    return pd.DataFrame(result, index=frame.index)
