"""Templates: what they hold, and that one filled in is understood without a word."""

import io
from datetime import date

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from data.intake import check_file, safe_cell, template
from data.intake.conditions import conditions
from data.tables import tables
from geo.regions import regions

VILLAGE = "500113003200"
PLACES = {"village": VILLAGE, "township": "500113003000", "county": "500113000000", "place": "500113000000"}
NAMES = {"village_name": "道角村", "township_name": "龙洲湾街道"}


def cell(column, lang, number):
    if column.role:
        return {**PLACES, **NAMES}[column.role]
    if column.name == "geo_level":
        return column.label("county", lang)
    if column.name == "item":
        return "collective_income"
    if column.refers == "indicator":
        return "hh_visit_coverage"
    if column.name in {"month", "period"}:
        return "2023-05"
    if column.type == "bool":
        return "是" if lang == "zh" else "no"
    if column.type == "enum":
        return column.label(column.values[number % len(column.values)], lang)
    if column.type == "date":
        return "2023-05-31"
    if column.numeric:
        return {"lon": 106.5, "lat": 29.4, "year": 2023, "plan_year": 2023, "month_days": 31}.get(column.name, 2)
    if column.holds:
        return "镇乡村振兴办主任" if column.holds == "post" else "镇乡村振兴办"
    return f"编号{number}"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("table_id", list(tables()))
def test_a_filled_template_is_understood_without_a_problem(table_id, lang):
    book = openpyxl.load_workbook(io.BytesIO(template(table_id, lang)))
    sheet = book.worksheets[0]
    for position, column in enumerate(tables()[table_id].columns, 1):
        sheet.cell(2, position).value = cell(column, lang, 1)
    output = io.BytesIO()
    book.save(output)
    checked = check_file(output.getvalue(), "filled.xlsx", "500113")
    assert checked.table == table_id
    # The cells make no sense together; each is understood.
    logic = {condition.rule.id for condition in conditions(table_id)}
    assert set(checked.problems["rule"]) <= logic, checked.messages("en")
    assert len(checked.frame) == 1
    row = checked.frame.iloc[0]
    for column in tables()[table_id].columns:
        if column.type == "enum" and column.name != "geo_level":
            assert row[column.name] == column.values[1]
        elif column.type == "bool":
            assert row[column.name] == (lang == "zh")


@pytest.mark.parametrize("table_id", list(tables()))
def test_lists_freeze_and_notes(table_id):
    book = openpyxl.load_workbook(io.BytesIO(template(table_id)))
    data, notes, choices = book.worksheets[:3]
    assert data.freeze_panes == "A2"
    assert data.max_row == 1
    assert choices.sheet_state == "hidden"
    lists = {}
    for rule in data.data_validations.dataValidation:
        if rule.type == "list":
            name, reference = rule.formula1.rsplit("!", 1)
            assert name.strip("'") == choices.title
            for part in str(rule.sqref).split():
                lists[part.split(":")[0]] = [c[0].value for c in choices[reference.replace("$", "")]]
    for position, column in enumerate(tables()[table_id].columns, 1):
        expected = list(column.labels) if column.type == "enum" else ["是", "否"] if column.type == "bool" else None
        assert lists.get(f"{get_column_letter(position)}2") == expected, column.name
    text = "\n".join(str(c) for row in notes.iter_rows(values_only=True) for c in row if c is not None)
    for column in tables()[table_id].columns:
        assert column.zh in text
        assert column.name in text
    assert "示例" in text
    assert tables()[table_id].filled_by_zh in text
    assert "示例" not in str([c.value for c in data[1]])


def test_an_unknown_table():
    with pytest.raises(KeyError):
        template("nothing")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", " =cmd|'/c calc'!A0", "\r=1"])
def test_formula_text_is_neutralised(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["道角村", "", "a=b", -5, 3.5, None, True])
def test_everything_else_is_left_alone(value):
    assert safe_cell(value) == value
    assert type(safe_cell(value)) is type(value)


def test_years_have_no_gaps_and_a_fund_belongs_to_a_township():
    notes = openpyxl.load_workbook(io.BytesIO(template("funds", "zh", "500113"))).worksheets[1]
    told = {row[4].value: row for row in notes.iter_rows(min_row=7)}
    assert "2010 至 2040" in told["year"][1].value
    assert told["geo_code"][5].value == "500113003000"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("table_id", list(tables()))
def test_the_example_of_a_county_can_be_imitated(table_id, lang):
    """Its example column, put into the data sheet, passes the check; the sheets beside it are no data."""
    book = openpyxl.load_workbook(io.BytesIO(template(table_id, lang, "500113")))
    sheet, notes = book.worksheets[:2]
    for position in range(1, len(tables()[table_id].columns) + 1):
        sheet.cell(2, position).value = notes.cell(6 + position, 6).value
    output = io.BytesIO()
    book.save(output)
    checked = check_file(output.getvalue(), "示例.xlsx", "500113", today=date(2023, 12, 31))
    assert checked.table == table_id
    assert not [m for m, s in zip(checked.messages("en"), checked.problems["severity"], strict=True) if s == "error"]
    assert not set(checked.problems["rule"]) & {"out_of_range", "sheet_not_read", "unknown_column"}
    if tables()[table_id].place_columns:
        villages = book["村代码对照" if lang == "zh" else "Village codes"]
        assert [cell.value for cell in villages["D"][:4]][1:] == ["500113000000", "500113003000", "500113003002"]
        assert villages.max_row == len(regions("500113")) + 1
    if lang == "en":
        assert "万元" not in str([c.value for c in sheet[1]])
