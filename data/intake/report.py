"""The result of a check as JSON, in the form other programs and `xianjie check --json` read."""

from typing import Any

import numpy as np
import pandas as pd

from data.intake import units
from data.intake.headings import table_column
from data.intake.model import SEVERITY_ZH, Checked, FoundColumn, records_of
from data.intake.template import safe_cell
from data.tables import tables


def as_json(checked: Checked, lang: str) -> dict[str, Any]:
    """Return a check's result; rows and columns count from 0, as in the physical sheet."""
    layout = checked.layout
    # Of several sheets that are one table the rows of data; what is said of where things stand is of the first.
    parts = [one.layout for one in (part.checked for part in checked.parts) if one.layout]
    sheets = {one.sheet.name: one.in_file(one.data_rows) for one in parts}
    result: dict[str, Any] = {
        "outcome": checked.outcome,
        "file": checked.file_name,
        "kind": checked.table or "generic",
        "table": checked.table,
        "sheet": layout.sheet.name if layout else None,
        "sheets": sheets,
        "encoding": checked.encoding,
        "delimiter": checked.delimiter,
        "header_rows": layout.in_file(layout.structure.header_rows) if layout else [],
        "data_rows": layout.in_file(layout.data_rows) if layout else [],
        "n_data_rows": sum(map(len, sheets.values())) if sheets else len(layout.data_rows) if layout else 0,
        "total_rows": layout.in_file(layout.structure.total_rows) if layout else [],
        "note_rows": layout.in_file(layout.structure.note_rows) if layout else [],
        "columns": [_column(checked, c) for c in checked.columns if c.role != "personal"],
        "sums": _sums(checked),
        "period": checked.periods[-1] if checked.periods else layout.period if layout else None,
        "periods": list(checked.periods),
        "county": checked.county_code,
        "townships": list(checked.townships),
        "export": layout.export if layout else None,
        "personal": checked.personal,
        "counts": checked.counts(),
    }
    if checked.refusal:
        result["problems"] = [
            {
                "row": None,
                "col": None,
                "value": "",
                "rule": checked.refusal.rule,
                "severity": "refusal",
                "message": checked.refusal.text(lang),
            }
        ]
        return result
    records = records_of(checked.problems)
    result["problems"] = [
        {
            "row": _number(record["row"], -1) if not checked.parts else _in_sheet(checked, record["row"]),
            **({"sheet": record["sheet"]} if checked.parts else {}),
            "col": _number(record["col"], 0),
            "column": record["column"],
            "value": record["value"],
            "rule": record["rule"],
            "severity": record["severity"],
            "repair": record["repair"],
            "count": int(record["count"]),
            "message": message,
        }
        for record, message in zip(records, checked.messages(lang), strict=True)
    ]
    return result


def _in_sheet(checked: Checked, row: Any) -> int | None:
    return None if pd.isna(row) else checked.part_of(int(row))[1] - 1


def as_csv(checked: Checked, lang: str) -> bytes:
    """Return the problem list as UTF-8 CSV with a mark by which Excel knows the encoding."""
    heads = ("文件", "工作表", "行", "列", "值", "规则", "程度", "说明", "读作")
    listing = checked.listing(lang).astype("object")
    listing.insert(0, "file", checked.file_name)
    # Of several sheets the rows say theirs.
    listing.insert(1, "sheet", "" if checked.parts else checked.sheet)
    if lang == "zh":
        listing["severity"] = listing["severity"].map(SEVERITY_ZH)
        listing.columns = pd.Index(heads)
    text: str = listing.map(safe_cell).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def rows_as_csv(checked: Checked) -> bytes:
    """Return the checked rows with the headers of the template, as a file that can be imported again."""
    table = tables()[str(checked.table)]
    filled = [c for c in table.columns if c.type == "bool" or checked.frame[c.name].notna().any()]
    frame = checked.frame[[c.name for c in filled]].copy()
    for column in filled:
        if column.type == "date":
            frame[column.name] = frame[column.name].dt.strftime("%Y-%m-%d")
        elif not column.numeric and column.type != "bool":
            frame[column.name] = frame[column.name].map(safe_cell)
    frame.columns = pd.Index([c.header("zh") for c in filled])
    text: str = frame.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def _number(value: Any, shift: int) -> int | None:
    return None if pd.isna(value) else int(value) + shift


def _column(checked: Checked, found: FoundColumn) -> dict[str, Any]:
    column = tables()[checked.table].column(found.name) if checked.table and found.name else None
    if column is None:
        dtype = "number" if found.kind in {"number", "share"} else "date" if found.kind in {"period", "day"} else "text"
    else:
        dtype = "number" if column.numeric else "date" if column.type == "date" else "text"
    alike = table_column(found.canonical) if found.canonical and not checked.table else None
    return {
        "col": found.col,
        "header": found.header,
        "canonical": found.canonical or (column.name if column else None),
        "table_column": f"{checked.table}.{column.name}" if column else alike,
        "unit": found.unit or (column.unit if column else None),
        "dtype": dtype,
        "score": found.score,
    }


def _sums(checked: Checked) -> dict[str, float]:
    """Return the sums of numeric columns by position, in the unit the file uses, totals left out."""
    if checked.refusal or checked.frame.empty:
        return {}
    if checked.table is None:
        figures = [c.col for c in checked.columns if c.kind in {"number", "share"} and c.role != "personal"]
        return {str(col): round(float(np.nansum(checked.frame[col])), 6) for col in figures}
    sums = {}
    for found in checked.columns:
        column = tables()[checked.table].column(found.name) if found.name else None
        if column is not None and column.numeric:
            scale = (units.factor(found.unit, column.unit) if found.unit and column.unit else None) or 1.0
            sums[str(found.col)] = round(float(np.nansum(checked.frame[column.name])) / scale, 6)
    return sums
