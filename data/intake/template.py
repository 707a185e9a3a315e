"""Templates to fill in: one workbook per table, made from the same definitions that check it."""

import io

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data import wording
from data.intake.places import LEVEL_NAMES
from data.language import translator
from data.tables import Column, Table, items, tables
from geo.regions import regions

_ROWS = 5_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_TEXTS = {
    "notes": ("填表说明", "Notes"),
    "choices": ("选项", "Options"),
    "items": ("事项", "Items"),
    "villages": ("村代码对照", "Village codes"),
    "column": ("列", "Column"),
    "form": ("填什么", "What to enter"),
    "unit": ("单位", "Unit"),
    "required": ("必填", "Required"),
    "key": ("主键", "key"),
    "must": ("必填", "yes"),
    "code": ("英文列名", "Name in files"),
    "example": ("示例", "Example (示例)"),
    "grain": ("每行", "One row"),
    "who": ("谁来填", "Filled by"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "blank": ("空白表示没有数据，0 表示零，两者不同。", "A blank means no data, 0 means zero."),
    "people": ("请勿填写姓名和身份证号，编号用化名。", "Enter no names or identity numbers; use pseudonymous numbers."),
    "order": (
        "列可以调换次序，不用的列可以删去（主键除外）。",
        "Columns may change places; unused ones may be deleted, except key columns.",
    ),
    "str": ("文字", "text"),
    "int": ("整数", "whole number"),
    "float": ("数字", "number"),
    "date": ("日期", "date"),
}
REFERENCE_SHEETS = frozenset(name for word in ("notes", "choices", "items", "villages") for name in _TEXTS[word])
"""Sheets of a template that hold no data."""
_PLACES = {
    "village": ("村的 12 位统计代码（9 位、6 位自动补零），或村名", "12-digit code of the village, or its name"),
    "township": ("乡镇的 12 位统计代码，或名称", "12-digit code of the township, or its name"),
    "county": ("县区的 12 位统计代码", "12-digit code of the county"),
    "place": ("县区、乡镇或村的 12 位统计代码，或名称", "12-digit code of county, township or village, or its name"),
}


def safe_cell(value: object) -> object:
    """Return a value for an exported table; text that a spreadsheet would run as a formula gets a leading apostrophe.

    Numbers stay numbers: only text is touched, so -5 is still minus five.
    """
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \u3000").startswith(_FORMULA_STARTS) else value


def template(table_id: str, lang: str = "zh", county_code: str | None = None) -> bytes:
    """Return an XLSX workbook to fill in a table.

    Its first sheet holds only the header (frozen, with units, lists for options); a notes sheet explains each column
    and holds the example, so that no example row is ever uploaded. For a county the example is a village of its
    register, and tables that name places have a sheet with all of them.

    Raises
    ------
    KeyError
        There is no such table.
    """
    table = tables()[table_id]
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as book:
        data = book.add_worksheet(_sheet_name(table.name(lang)))
        notes = book.add_worksheet(_say("notes", lang))
        choices = book.add_worksheet(_say("choices", lang))
        styles = _styles(book)
        _write_data(data, table, lang, styles, choices)
        places = regions(county_code) if county_code else None
        _write_notes(notes, table, lang, styles, _place_examples(places))
        if places is not None and table.place_columns:
            _write_villages(book.add_worksheet(_say("villages", lang)), places, lang, styles)
        if table_id == "facts":
            _write_items(book.add_worksheet(_say("items", lang)), lang, styles)
        choices.hide()
    return output.getvalue()


def _say(word: str, lang: str) -> str:
    return _TEXTS[word][0 if lang == "zh" else 1]


def _sheet_name(name: str) -> str:
    return name[:31].replace("/", " ").replace("?", " ")


def _styles(book: xlsxwriter.Workbook) -> dict[str, Format]:
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
    return {
        "key": book.add_format({**head, "bg_color": "#1f4e79", "font_color": "#ffffff"}),
        "head": book.add_format({**head, "bg_color": "#dde7f0"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "str": book.add_format({"num_format": "@"}),
        "enum": book.add_format({"num_format": "@"}),
        "bool": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "int": book.add_format({"num_format": "0"}),
        "float": book.add_format({"num_format": "General"}),
    }


def _write_data(sheet: Worksheet, table: Table, lang: str, styles: dict[str, Format], choices: Worksheet) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 48)
    for position, column in enumerate(table.columns):
        header = header_in(column, lang)
        must = column.name in table.key or column.required
        sheet.write_string(0, position, header, styles["key" if must else "head"])
        sheet.set_column(position, position, max(10, min(26, _width(header) // 2 + 6)), styles[column.type])
        rule = _validation(column, lang, position, choices)
        if rule:
            sheet.data_validation(1, position, _ROWS, position, rule)


def _validation(column: Column, lang: str, position: int, choices: Worksheet) -> dict[str, object] | None:
    """Return the rule of a column's cells. Options stand on their own sheet: a list in the rule may have 255 signs."""
    if column.type == "bool":
        options = [_say("yes", lang), _say("no", lang)]
    elif column.type == "enum":
        options = [column.label(value, lang) for value in column.values]  # noqa: PD011 - no frame
    elif column.numeric:
        low = {"validate": "integer" if column.type == "int" else "decimal", "criteria": ">=", "value": -1e12}
        return {**low, "ignore_blank": True}
    else:
        return None
    choices.write_column(0, position, options)
    letter = xlsxwriter.utility.xl_col_to_name(position, col_abs=True)
    return {"validate": "list", "source": f"='{_say('choices', lang)}'!{letter}$1:{letter}${len(options)}"}


def header_in(column: Column, lang: str) -> str:
    """Return a column's header with its unit, in English with the English word of the unit."""
    unit = wording.unit(column.unit, translator(lang))
    if lang == "zh" or not unit:
        return column.header(lang) if lang == "zh" else column.title(lang)
    return f"{column.title(lang)} ({unit})"


def _place_examples(places: pd.DataFrame | None) -> dict[str, str]:
    """Return the first village of a register with its township and county, by the role of a column."""
    if places is None or not (places["level"] == "village").any():
        return {}
    by_code = places.set_index("code")
    village = places.loc[places["level"] == "village"].iloc[0]
    town = str(village["parent"])
    county = str(by_code["parent"][town])
    names = {"village_name": str(village["short_name"]), "township_name": str(by_code["short_name"][town])}
    return {"village": str(village["code"]), "place": town, "township": town, "county": county} | names


def _write_villages(sheet: Worksheet, places: pd.DataFrame, lang: str, styles: dict[str, Format]) -> None:
    """List the county, its townships and their villages in the order of their codes: level, names, code."""
    zh = lang == "zh"
    heads = ("Level", "County, township", "Village", "12-digit code")
    if zh:
        heads = ("层级", "县区、乡镇", "村", "12 位代码")
    for position, text in enumerate(heads):
        sheet.write_string(0, position, text, styles["head"])
    names = dict(zip(places["code"], places["short_name"], strict=True))
    for row, found in enumerate(places.sort_values("code", kind="stable").itertuples(index=False), 1):
        above, own = (names.get(found.parent, ""), found.short_name) if found.level == "village" else (found.name, "")
        for position, cell in enumerate((LEVEL_NAMES[str(found.level)][0 if zh else 1], above, own, found.code)):
            sheet.write_string(row, position, str(cell), styles["str"])
    sheet.set_column(0, 3, 20)
    sheet.freeze_panes(1, 0)


def _write_notes(sheet: Worksheet, table: Table, lang: str, styles: dict[str, Format], places: dict[str, str]) -> None:
    zh = lang == "zh"
    sheet.write_string(0, 0, table.name(lang), styles["title"])
    sheet.write_string(1, 0, _say("grain", lang))
    sheet.write_string(1, 1, table.grain_zh if zh else table.grain)
    sheet.write_string(2, 0, _say("who", lang))
    sheet.write_string(2, 1, table.filled_by_zh if zh else table.filled_by)
    advice = " ".join(_say(word, lang) for word in ("blank", "people", "order"))
    sheet.merge_range(3, 0, 3, 5, advice, styles["wrap"])
    sheet.set_row(3, 48)
    for position, word in enumerate(("column", "form", "unit", "required", "code", "example")):
        sheet.write_string(5, position, _say(word, lang), styles["head"])
    for row, column in enumerate(table.columns, 6):
        must = _say("key", lang) if column.name in table.key else _say("must", lang) if column.required else ""
        unit = wording.unit(column.unit, translator(lang))
        example = places.get(column.role or "") or _example(column, lang)
        if column.name == "geo_level" and places:
            example = column.label("village", lang)
        if column.name == "geo_code" and places and "geo_level" in table.names:
            example = places["village"]
        cells = (column.title(lang), _form(column, lang), unit, must, column.name, example)
        for position, text in enumerate(cells):
            sheet.write_string(row, position, text, styles["wrap"])
    for position, width in enumerate((26, 60, 12, 8, 22, 28)):
        sheet.set_column(position, position, width)
    sheet.freeze_panes(6, 1)


def _form(column: Column, lang: str) -> str:
    if column.role in _PLACES:
        return _PLACES[column.role][0 if lang == "zh" else 1]
    if column.type == "enum":
        return " / ".join(column.label(value, lang) for value in column.values)  # noqa: PD011 - no frame
    if column.type == "bool":
        return f"{_say('yes', lang)} / {_say('no', lang)}"
    text = _say(column.type, lang)
    if column.note:
        text = f"{text}，{column.note}" if lang == "zh" else f"{text}, {column.note}"
    if column.range:
        low, high = (wording.bound(edge, column.unit) for edge in column.range)
        text += f"，一般在 {low} 至 {high} 之间" if lang == "zh" else f", usually {low} to {high}"
    return text


def _example(column: Column, lang: str) -> str:
    if column.type == "enum":
        return column.label(column.values[-1], lang)  # noqa: PD011 - no frame
    if column.type == "bool":
        return _say("yes", lang)
    if column.type == "date":
        return "2023-05-31"
    if column.numeric:
        return _number(column)
    return {"month": "2023-05", "period": "2023-05", "item": "collective_income"}.get(column.name, "示例")


def _number(column: Column) -> str:
    """Return a number that could stand in a column: within its range, rather at its lower end."""
    low, high = column.range or (0.0, 100.0)
    usual = _USUAL.get(column.name) or _USUAL.get(column.unit or "") or low + (high - low) / 5
    usual = min(max(usual, low), high)
    return f"{usual:.0f}" if column.type == "int" or usual >= _WHOLE else f"{usual:.1f}"


_USUAL = {"元/人·年": 16_000.0, "lon": 106.5, "lat": 29.4, "year": 2023.0, "plan_year": 2023.0, "month_days": 31.0}
_WHOLE = 1_000


def _write_items(sheet: Worksheet, lang: str, styles: dict[str, Format]) -> None:
    """List the items that `facts` takes, with unit and the fields each fills."""
    heads = (
        ("事项代码", "名称", "单位", "填写的列") if lang == "zh" else ("Item code", "Name", "Unit", "Columns to fill")
    )
    fields = {c.name: c.title(lang) for c in tables()["facts"].columns}
    for position, text in enumerate(heads):
        sheet.write_string(0, position, text, styles["head"])
    for row, (code, item) in enumerate(items().items(), 1):
        name = item.name_zh if lang == "zh" else item.name_en
        filled = "、".join(fields[field] for field in item.fields if field in fields)
        for position, text in enumerate((code, name, item.unit, filled)):
            sheet.write_string(row, position, text)
    for position, width in enumerate((36, 44, 14, 20)):
        sheet.set_column(position, position, width)


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)
