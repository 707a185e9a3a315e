"""Tables written the way an office keeps them: Chinese headers with units, 是/否, ISO dates, codes as text."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import xlsxwriter

from data.tables import Column, tables

XLSX_ROWS = 2000  # more rows go to CSV
CREATED = datetime(2023, 1, 1)  # noqa: DTZ001 - a fixed property, so that the bytes do not depend on the clock


def write_table(table_id: str, frame: pd.DataFrame, stem: Path) -> Path:
    """Write a typed frame as `stem`.xlsx, or `stem`.csv if it is long or one of the tables that grow large.

    Returns
    -------
    Path
        The file written.
    """
    columns = tables()[table_id].columns
    large = table_id in {"households", "persons", "facts"} or len(frame) > XLSX_ROWS
    path = stem.with_name(f"{stem.name}.{'csv' if large else 'xlsx'}")
    if large:
        _write_csv(frame, columns, path)
    else:
        _write_xlsx(frame, columns, path)
    return path


def _text(values: pd.Series, column: Column) -> pd.Series:
    """Return a column as text; blanks stay missing."""
    if column.type == "bool":
        return pd.Series(np.where(values.to_numpy(bool), "是", "否"), dtype="object")
    if column.type == "date":
        return pd.Series(values.dt.strftime("%Y-%m-%d"), dtype="object")
    if column.type == "enum":
        texts = {value: column.label(value, "zh") for value in column.values}  # noqa: PD011 - no frame
    elif column.numeric:
        texts = {value: f"{value:.15g}" for value in values.dropna().unique()}
    else:
        return values
    return values.map(texts).astype("object")


def _write_csv(frame: pd.DataFrame, columns: tuple[Column, ...], path: Path) -> None:
    texts = [pa.array(_text(frame[c.name], c).reset_index(drop=True), pa.string(), from_pandas=True) for c in columns]
    table = pa.table(texts, names=[c.header("zh") for c in columns])
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        # our texts hold no commas or quotes; Arrow raises if one ever does
        pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="none"))


def _write_xlsx(frame: pd.DataFrame, columns: tuple[Column, ...], path: Path) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"title": "示例数据", "comments": "示例数据，非真实数据", "created": CREATED})
        sheet = book.add_worksheet("示例数据")
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 14)
        sheet.write_row(0, 0, [c.header("zh") for c in columns], bold)
        cells = [frame[c.name].tolist() if c.numeric else _text(frame[c.name], c).tolist() for c in columns]
        for number, row in enumerate(zip(*cells, strict=True), start=1):
            for at, value in enumerate(row):
                if value is None or value != value:  # noqa: PLR0124 - NaN
                    continue
                if isinstance(value, str):
                    sheet.write_string(number, at, value)
                else:
                    sheet.write_number(number, at, value)
