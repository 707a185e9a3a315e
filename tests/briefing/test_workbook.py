"""The workbook, read again: figures as figures, text as text, what they rest on above them."""

import datetime as dt
import io

import openpyxl
import pytest
from support.briefings import FORMULA, briefing

from data.briefing import workbook
from data.statuses import LOOKS


@pytest.fixture(scope="module")
def book():
    out = io.BytesIO()
    workbook.write(briefing(), out)
    return openpyxl.load_workbook(out)


def head(sheet):
    return next(row[0].row for row in sheet.iter_rows() if row[0].font.b and row[0].fill.fgColor.rgb == "FF0F2F4E")


def test_a_sheet_for_each_table_and_chart_behind_the_contents(book):
    assert book.sheetnames == [
        "目录", "各领域指标状态", "两行 表 1", "两行 表 1 2", "走势", "卫生厕所普及率", "监测帮扶指标",
    ]  # fmt: skip
    contents = book["目录"]
    links = [(cell.value, cell.hyperlink.location) for row in contents for cell in row if cell.hyperlink]
    assert [where.strip("'").split("'!")[0] for _, where in links] == book.sheetnames[1:]
    assert links[1][0] == "两行/表:1"


def test_each_sheet_says_sample_date_and_source_and_prints(book):
    for sheet in book:
        first = [sheet.cell(row, 1).value for row in range(1, 5)]
        assert first[1] == "示例数据：均为编造。"
        assert "数据截至2023年9月30日" in first[2]
        assert first[3].startswith("来源：示例计划")
        assert sheet.freeze_panes.endswith(str(head(sheet) + 1))
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == f"${head(sheet)}:${head(sheet)}"
        if sheet.title != "目录":
            assert sheet.auto_filter.ref


def test_figures_are_numbers_with_units_and_days_are_days(book):
    sheet = book["监测帮扶指标"]
    first = [cell.value for cell in sheet[head(sheet) + 1]]
    assert first == [f"'{FORMULA}", 46.25, -3.75, "滞后", dt.datetime(2023, 9, 5), 1]  # noqa: DTZ001 - a sheet's
    formats = [cell.number_format for cell in sheet[head(sheet) + 1]]
    assert formats[1] == '#,##0.0"%"'
    assert formats[2] == "#,##0.0"
    second = sheet[head(sheet) + 2]
    assert (second[1].value, second[1].number_format) == (9650, '#,##0" 万元"')
    assert (second[2].value, second[2].number_format) == (2, "+#,##0;−#,##0;#,##0")
    assert second[0].value == "甲乙村"
    assert sheet.max_row == head(sheet) + 39


def test_statuses_have_their_colour(book):
    sheet = book["监测帮扶指标"]
    cell = sheet.cell(head(sheet) + 1, 4)
    assert cell.fill.fgColor.rgb[2:] == LOOKS["behind"].fill[1:]
    assert cell.font.color.rgb != cell.fill.fgColor.rgb


def test_no_text_is_run_as_a_formula(book):
    assert [c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"] == []


def test_charts_are_native_and_drawn_from_their_figures(book):
    sheet = book["卫生厕所普及率"]
    top = head(sheet)
    assert [sheet.cell(top + n, 2).value for n in (1, 29, 30)] == [40, 68, None]
    assert {sheet.cell(top + n, 3).value for n in range(1, 31)} == {75.5}
    assert [sheet.cell(top + n, 4).value for n in (2, 5)] == ["滞后", "达标"]  # by the words of its map
    chart = sheet._charts[0]
    assert chart.ser[0].val.numRef.f == f"卫生厕所普及率!$B${top + 1}:$B${top + 30}"
    colours = [point.spPr.solidFill.srgbClr for point in chart.ser[0].dPt[:2]]
    assert colours == [LOOKS["far_behind"].fill[1:], LOOKS["behind"].fill[1:]]
    assert len(book["各领域指标状态"]._charts[0].ser) == 2
    assert len(book["走势"]._charts[0].ser) == 2
