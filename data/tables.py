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
Role = Literal["village", "township", "county", "place", "village_name", "township_name"]
# A figure that never falls: within a year it is summed up from January on, or from the start of the thing.
Cumulative = Literal["year", "always"]
# Tables whose rows are people or households: pages only ever count them.
PERSONAL = frozenset({"households", "persons", "staff"})
# Stands for "the table has no months" or "no places" wherever a period or township is asked for.
NONE = "-"


class Column(BaseModel):
    """One column: its name in code, its headers, type and unit, and what is plausible in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: Kind
    unit: str | None = None
    zh: str
    en: str = ""
    note: str = ""
    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    labels_en: tuple[str, ...] = ()
    called: tuple[tuple[str, tuple[str, ...]], ...] = ()
    range: tuple[float, float] | None = None
    cumulative: Cumulative | None = None
    required: bool = False
    role: Role | None = None
    holds: Literal["post", "office"] | None = None
    refers: Literal["indicator"] | None = None
    says: Literal["due", "done"] | None = None
    counted_from: tuple[str, ...] = ()
    # Of a thing's number: the column that with place and year tells things apart that come without one.
    named_by: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether it is text that people write as they like: no key, no place, no month, no thing's number."""
        return self.type == "str" and self.role is None and not self.name.endswith(("_id", "period", "month"))

    @property
    def numeric(self) -> bool:
        """Whether values are numbers."""
        return self.type in {"int", "float"}

    def title(self, lang: str) -> str:
        """Return the header in `lang`, without unit."""
        return self.zh if lang == "zh" else self.en or self.name

    def header(self, lang: str) -> str:
        """Return the header in `lang` with its unit, as templates print it: `累计支出（万元）`."""
        if not self.unit:
            return self.title(lang)
        return f"{self.title(lang)}（{self.unit}）" if lang == "zh" else f"{self.title(lang)} ({self.unit})"

    def label(self, value: str, lang: str) -> str:
        """Return what an enum value is called in `lang`; an unknown value stays as it is."""
        if value not in self.values:
            return value
        return (self.labels if lang == "zh" else self.labels_en)[self.values.index(value)]


class Table(BaseModel):
    """One upload table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name_zh: str
    name_en: str = ""
    key: tuple[str, ...]
    mode: Literal["replace", "merge"] = "replace"
    events: tuple[str, ...] = ()
    grain: str = ""
    grain_zh: str = ""
    filled_by: str = ""
    filled_by_zh: str = ""
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
    def date_column(self) -> str | None:
        """The column that dates a row; None for a running list."""
        return "as_of" if self.dated else None

    @property
    def place_columns(self) -> tuple[str, ...]:
        """Columns whose code says where a row belongs, the most exact first (`village_code`, then `geo_code`)."""
        found = {c.name for c in self.columns if c.role in {"village", "place"}}
        return tuple(name for name in ("village_code", "geo_code") if name in found)

    @property
    def thing(self) -> tuple[str, ...]:
        """The key without its dates: what a row is about; the newest row of each thing is its present state."""
        return tuple(name for name in self.key if name not in {"as_of", "month"})

    def months(self, frame: pd.DataFrame) -> pd.Series:
        """Return the month each typed row belongs to, `YYYY-MM`, blank without a date; `-` in a running list."""
        if "month" in self.names:
            return frame["month"].astype(object)
        if self.date_column is None:
            return pd.Series(NONE, index=frame.index, dtype=object)
        months: pd.Series = frame[self.date_column].dt.strftime("%Y-%m")
        return months.astype(object)

    def name(self, lang: str) -> str:
        """Return the table's name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en

    def column(self, name: str) -> Column:
        """Return one column; KeyError if there is none."""
        return _by_name(self.id)[name]


class Item(BaseModel):
    """One item of the long table `facts`; `items.yaml` says what each attribute means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name_zh: str
    name_en: str
    levels: tuple[str, ...]
    mode: str
    fields: tuple[str, ...]
    unit: str
    cumulative: Cumulative | None = None
    range: tuple[float, float] | None = None
    aliases: tuple[str, ...] = ()
    adds: bool = True
    signed: bool = False
    beyond: bool = False
    part_of: str | None = None
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()


@cache
def _by_name(table_id: str) -> dict[str, Column]:
    return {c.name: c for c in tables()[table_id].columns}


@cache
def tables() -> dict[str, Table]:
    """Return the ten tables by id."""
    raw = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)["tables"]
    for table_id, table in raw.items():
        table["id"] = table_id
        for column in table["columns"]:
            labels = [text.partition("|") for text in column.get("values", {}).values()]
            column["labels"] = [zh for zh, _, _ in labels]
            column["labels_en"] = [en or zh for zh, _, en in labels]
            column["values"] = list(column.get("values", {}))
            column["called"] = list(column.get("called", {}).items())
    return {table_id: Table.model_validate(table) for table_id, table in raw.items()}


@cache
def items() -> dict[str, Item]:
    """Return the items of `facts` by code."""
    raw = yaml.load(ITEMS_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {code: Item.model_validate(item) for code, item in raw.items()}


def empty(table_id: str) -> pd.DataFrame:
    """Return a frame of the table's columns and dtypes without rows."""
    return typed(table_id, pd.DataFrame())


def typed(table_id: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Bring a frame to the declared columns, order and dtypes; missing columns become blank.

    str and enum -> object (None for blank), bool -> bool (blank is False), int and float -> float64 (NaN),
    date -> datetime64[ns] (NaT). Values must already be of the right kind; text is not parsed here.
    """
    result: dict[str, pd.Series] = {}
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
