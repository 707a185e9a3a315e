"""What a file is, whatever it is called: encodings, old workbooks, OpenDocument, pages, and what is told of them."""

import io
import struct
import zipfile
from contextlib import suppress

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake.making import csv_bytes, ods_bytes, record, workbook_with, xls_bytes, xls_sheet, xlsx_bytes

from data.intake import Refusal, rule_book
from data.intake.files import ole, package
from data.intake.files.facts import cell_name, column_number
from data.intake.files.read import read
from data.intake.files.text import decode
from data.intake.model import Cells

ROWS = [["乡镇", "户数"], ["姜家镇", 12], ["丰盛镇", 7.5]]
TEXTS = [["乡镇", "户数"], ["姜家镇", "12"], ["丰盛镇", "7.5"]]


def rows_of(sheet):
    return [sheet.row(i) for i in range(sheet.height)]


def grid(raw, name=""):
    return rows_of(read(raw, name).sheets[0])


def notes(raw, name=""):
    found = read(raw, name).notes
    for rule, words in found:
        assert rule_book().by_id[rule].severity == "warning"
        for lang in ("zh", "en"):
            assert rule_book().by_id[rule].say(lang, words)
    return {rule: dict(words) for rule, words in found}


def refused(raw, name=""):
    with pytest.raises(Refusal) as error:
        read(raw, name)
    return error.value.rule


# -- encodings -------------------------------------------------------------------------------------------------------

TRADITIONAL = [["鄉鎮", "人口數"], ["錦和鎮", "1234"], ["高村鎮", "567"], ["堯市鎮", "89"]]
SIMPLIFIED = [["乡镇", "人口数"], ["锦和镇", "1234"], ["高村镇", "567"], ["尧市镇", "89"]]


@pytest.mark.parametrize("encoding", ["big5", "cp950"])
def test_big5_is_told_by_content_and_said(encoding):
    raw = csv_bytes(TRADITIONAL, encoding)
    assert grid(raw) == TRADITIONAL
    assert notes(raw)["encoding_guessed"] == {"encoding": "BIG5"}


@pytest.mark.parametrize("rows", [TRADITIONAL, SIMPLIFIED, TRADITIONAL[:2], SIMPLIFIED[:2], [["鄉鎮", "錦和鎮"]]])
@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_gb18030_stays_itself_in_either_script(rows, encoding):
    raw = csv_bytes(rows, encoding)
    assert grid(raw) == rows
    assert notes(raw) == {}
    assert read(raw).encoding == "gb18030"


WORDS = "人口,户籍,面积,耕地,村委会,联通,移动,芦溪,鹿寨,鼎城,黟县,婺源,亳州,儋州,濮阳,睢县,郯城,莒县,邳州,歙县"


@pytest.mark.parametrize("word", WORDS.split(","))
def test_two_words_in_gb18030_are_neither_big5_nor_utf8(word):
    for other in WORDS.split(","):
        assert decode(f"{word},{other}\n".encode("gbk"))[:2] == (f"{word},{other}\n", "gb18030")


def test_a_letter_with_an_accent_stays_utf8():
    assert grid("a,b\ncafé,ʤ\n".encode()) == [["a", "b"], ["café", "ʤ"]]


def test_two_words_in_big5_are_too_few_to_tell():
    assert decode("名,丁\n".encode("big5")).encoding == "gb18030"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_said(encoding):
    assert notes(csv_bytes(SIMPLIFIED, encoding))["encoding_guessed"] == {"encoding": encoding.upper()}
    assert notes("\ufeff".encode(encoding) + csv_bytes(SIMPLIFIED, encoding)) == {}


def test_a_zero_byte_makes_no_utf16():
    assert grid(b"a,b\n1,\x002\n3,4\n") == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_what_is_pasted_from_a_spreadsheet():
    assert grid('乡镇\t备注\r\n姜家镇\t"两行\n备注"\r\n丰盛镇\t'.encode()) == [
        ["乡镇", "备注"],
        ["姜家镇", "两行\n备注"],
        ["丰盛镇", ""],
    ]


def test_a_decimal_comma_stays_as_written():
    assert grid("乡镇;资金\n姜家镇;12,5\n丰盛镇;1.234,5\n".encode())[1:] == [["姜家镇", "12,5"], ["丰盛镇", "1.234,5"]]


def test_a_quotation_mark_left_open_is_said():
    assert notes('乡镇,备注\n姜家镇,"差一个引号\n丰盛镇,2\n'.encode())["open_quote"] == {"row": 2}
    assert notes('乡镇,备注\n姜家镇,5" 管\n丰盛镇,2\n'.encode()) == {}


# -- names and contents ----------------------------------------------------------------------------------------------

PAGE = "<html><table><tr><td>乡镇</td><td>户数</td></tr><tr><td>姜家镇</td><td>12</td></tr></table></html>"


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        (csv_bytes(SIMPLIFIED), "a.xlsx", "CSV"),
        (csv_bytes(SIMPLIFIED), "a.CSV", None),
        (csv_bytes(SIMPLIFIED), "a.txt", None),
        (csv_bytes(SIMPLIFIED), "粘贴", None),
        (xlsx_bytes(ROWS), "a.csv", "XLSX"),
        (xlsx_bytes(ROWS), "a.xls", "XLSX"),
        (xlsx_bytes(ROWS), "a.xlsx", None),
        (xls_bytes(("一", xls_sheet(ROWS), False)), "a.et", "XLS"),
        (xls_bytes(("一", xls_sheet(ROWS), False)), "a.xlsx", "XLS"),
        (xls_bytes(("一", xls_sheet(ROWS), False)), "a.xls", None),
        (PAGE.encode("gbk"), "a.xls", "网页"),
        (PAGE.encode("gbk"), "a.html", None),
    ],
)
def test_an_extension_that_does_not_fit_is_said(raw, name, told):
    found = notes(raw, name).get("other_extension")
    assert (found is None) if told is None else (told in found["kind_zh"])


# -- XLSX ------------------------------------------------------------------------------------------------------------


def saved(book):
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def test_merged_cells_hidden_rows_and_sheets():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in [["标题", None, None], ["甲", "乙", None], [1, 2, 3], [None, 4, 5]]:
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    sheet.row_dimensions[4].hidden = True
    sheet.row_dimensions[9].hidden = True
    book.create_sheet("草稿").append(["不看"])
    book["草稿"].sheet_state = "hidden"
    raw = saved(book)
    (found,) = read(raw).sheets
    assert found.merged == ((0, 0, 0, 2), (2, 0, 3, 0))
    assert found.row(0) == ["标题", "", ""]
    assert found.hidden_rows == {3}
    assert notes(raw) == {
        "hidden_rows": {"sheet": "表", "count": 1, "row": 4},
        "hidden_sheets": {"sheets": "草稿"},
    }


def test_a_hidden_sheet_is_read_where_there_is_nothing_else():
    book = openpyxl.Workbook()
    book.create_sheet("草稿").append(["a"])
    book["草稿"].sheet_state = "hidden"
    assert [sheet.hidden for sheet in read(saved(book)).sheets] == [False, True]


def test_a_formula_never_computed_is_said_and_an_empty_result_is_none():
    book = openpyxl.Workbook()
    for row in [["甲"], [1], ["=A2+1"]]:
        book.active.append(row)
    assert notes(saved(book))["formula_without_result"] == {"sheet": "Sheet", "count": 1, "cell": "A3"}
    cell = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>'
    assert notes(workbook_with(cell)) == {}


def test_blank_cells_far_out_are_left_out_and_said():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" t="s"><v>0</v></c></row>'
    texts = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t> </t></si></sst>'
    raw = workbook_with(far, [("xl/sharedStrings.xml", texts)])
    assert grid(raw) == [["1"]]
    assert notes(raw) == {"stray_cells": {"sheet": "Sheet1", "cell": "XFD1048576"}}


_TAGS = ('<c r="A1"/>', '<c r="XFD1048576">', '<c r="AZ20" s="1">', '<c r="AZ20', "<c r='B2'/>", "<c/>", '<c\nr="C3"/>')
_OTHERS = (
    '<cols><col min="1"/></cols>',
    '<cfRule priority="1"/>',
    '<row r="9">',
    "<x:c/>",
    '<c r="A12345678"/>',
    "<c",
    "·",
)


@given(st.lists(st.sampled_from((*_TAGS, *_OTHERS)), max_size=8).map("".join))
def test_a_worksheet_that_is_seen_fast_reaches_as_far_as_one_read_tag_by_tag(content):
    fast = package._usual_reach(content.encode())
    assert fast in {None, package._spelled_reach(content.encode())}


def test_worksheets_as_programs_write_them_are_seen_fast():
    content = b'<cols><col min="1"/></cols><sheetData><row r="7"><c r="AB7" t="s"><v>0</v></c><c r="C12"/></row>'
    assert package._usual_reach(content) == (12, 28, 2)


def test_cells_that_are_the_same_text_are_one_whatever_they_were_in_the_workbook():
    book = openpyxl.Workbook()
    for row in [["项", 1], ["项 ", "1"], [1.0, True]]:
        book.active.append(row)
    first, second = read(saved(book), "a.xlsx").sheets[0].columns
    assert (first.texts, first.codes.tolist()) == (["项", "1"], [0, 0, 1])
    assert (second.texts, second.codes.tolist()) == (["1", "TRUE"], [0, 0, 1])


@pytest.mark.parametrize(("distinct", "size"), [(200, 1), (300, 2), (70_000, 4)])
def test_a_column_takes_no_more_bytes_than_its_texts_need(distinct, size):
    texts = [f"甲{n}" for n in range(distinct)]
    column = Cells(np.arange(distinct), texts)
    assert column.codes.itemsize == size
    assert [column.text(0), column.text(distinct - 1)] == [texts[0], texts[-1]]


def test_cells_that_do_not_say_their_place_are_counted():
    assert grid(workbook_with("<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>")) == [
        ["1", "2"],
        ["", ""],
        ["3", ""],
    ]
    assert refused(workbook_with(f"<row>{'<c/>' * 600}</row>{'<row/>' * 999}<row><c><v>1</v></c></row>")) == (
        "too_many_columns"
    )


def test_names_of_cells():
    assert [cell_name(0, 0), cell_name(9, 26), cell_name(1048575, 16383)] == ["A1", "AA10", "XFD1048576"]
    assert column_number("XFD") == 16383


# -- XLS -------------------------------------------------------------------------------------------------------------


def test_an_old_workbook_with_merges_errors_and_hidden_things():
    error = record(0x205, struct.pack("<HHHBB", 3, 1, 0, 0x17, 1))
    formula = struct.pack("<HHH", 4, 1, 0) + b"\x02\0\x07\0\0\0\xff\xff" + bytes(8)
    hidden = record(0x208, struct.pack("<HHHHHHI", 2, 0, 2, 255, 0, 0, 0x20))
    merged = record(0xE5, struct.pack("<HHHHH", 1, 0, 1, 0, 0))
    cells = xls_sheet(ROWS) + error + record(0x06, formula) + hidden + merged
    raw = xls_bytes(("资金", cells, False), ("草稿", xls_sheet([["x"]]), True))
    (sheet,) = read(raw).sheets
    assert rows_of(sheet) == [*TEXTS, ["", "#REF!"], ["", "#DIV/0!"]]
    assert sheet.name == "资金"
    assert sheet.merged == ((0, 0, 1, 0),)
    assert notes(raw) == {"hidden_rows": {"sheet": "资金", "count": 1, "row": 3}, "hidden_sheets": {"sheets": "草稿"}}


def strings(*texts):
    kept = [struct.pack("<HB", len(t), 1) + t.encode("utf-16-le") for t in texts]
    return record(0xFC, struct.pack("<ii", len(texts), len(texts)) + b"".join(kept))


def named(row, column, number):
    return record(0xFD, struct.pack("<HHHI", row, column, 0, number))


def test_shared_texts_that_go_on_in_another_record():
    whole = struct.pack("<ii", 2, 2) + struct.pack("<HB", 4, 1) + "姜家".encode("utf-16-le")
    rest = b"\x01" + "镇村".encode("utf-16-le") + struct.pack("<HBH", 2, 8, 1) + b"ab" + bytes(4)
    raw = xls_bytes(("S", named(0, 0, 0) + named(0, 1, 1), False), shared=record(0xFC, whole) + record(0x3C, rest))
    assert grid(raw) == [["姜家镇村", "ab"]]


@pytest.mark.parametrize(
    ("cells", "shared", "rule"),
    [
        (xls_sheet([[1]]) + record(0x203, struct.pack("<HHHd", 65535, 255, 0, 1)), b"", "too_many_cells"),
        (xls_sheet([[1]]) + record(0x203, struct.pack("<HHHd", 1, 65535, 0, 1)), b"", "too_many_columns"),
        (xls_sheet([[1]]), record(0xFC, struct.pack("<ii", 2**31 - 1, 2**31 - 1) + b"\1\0\0a"), "damaged"),
        (xls_sheet([[1]]), record(0x2F, bytes(6)), "encrypted"),
        (b"".join(named(i, 0, 0) for i in range(9000)), strings("长" * 4000) * 1 + b"", None),
        (b"".join(named(i, 0, 0) for i in range(20000)), strings("长" * 4000), "zip_bomb"),
    ],
)
def test_claims_of_an_old_workbook_cost_nothing(cells, shared, rule):
    raw = xls_bytes(("S", cells, False), shared=shared)
    if rule is None:
        assert read(raw).sheets[0].height == 9000
    else:
        assert refused(raw) == rule


def test_a_false_dimension_of_an_old_workbook_is_not_believed():
    dimension = record(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 65535, 0))
    assert grid(xls_bytes(("S", dimension + xls_sheet(ROWS), False))) == TEXTS


def test_containers():
    for size in (1, 4096, 5_000_000):
        content = bytes(range(256)) * (size // 256 + 1)
        assert ole.stream(ole.container(content), "Workbook")[: len(content)] == content
    with pytest.raises(Refusal, match="Word"):
        read(ole.container(b"", "WordDocument"))
    assert refused(ole.container(b"", "EncryptedPackage")) == "encrypted"
    loop = bytearray(ole.container(bytes(9000)))
    loop[-4096 + 4 * 3 : -4096 + 4 * 4] = struct.pack("<I", 2)
    assert refused(bytes(loop)) == "damaged"


# -- OpenDocument ----------------------------------------------------------------------------------------------------

TAIL = (
    '<table:table-row table:number-rows-repeated="1048570">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def text_cell(text, more=""):
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def number_cell(value, more=""):
    return f'<table:table-cell office:value-type="float" office:value="{value}" {more}/>'


def table(*rows, name="表", more=""):
    return f'<table:table table:name="{name}" {more}>{"".join(rows)}</table:table>'


def row(*cells, more=""):
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def test_an_open_document():
    blanks = '<table:table-cell table:number-columns-repeated="16380"/>'
    raw = ods_bytes(
        table(
            row(text_cell("乡镇情况", 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>", blanks),
            row(text_cell("乡镇"), text_cell("户数"), blanks),
            row(table(), more='table:number-rows-repeated="2"'),
            row(text_cell("姜<text:s text:c='2'/>家"), number_cell("12.0"), blanks, more='table:visibility="filter"'),
            row(text_cell("同上"), number_cell("7.5"), more='table:number-rows-repeated="2"'),
            row(
                '<table:table-cell office:value-type="date" office:date-value="2023-05-31"><text:p>5月</text:p>'
                "</table:table-cell>",
                '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
                "<office:annotation><text:p>批注</text:p></office:annotation><text:p>#REF!</text:p></table:table-cell>",
            ),
            TAIL,
        ),
        table(row(text_cell("x")), name="草稿", more='table:style-name="h"'),
        styles='<style:style style:name="h"><style:table-properties table:display="false"/></style:style>',
    )
    (sheet,) = read(raw).sheets
    assert rows_of(sheet) == [
        ["乡镇情况", ""],
        ["乡镇", "户数"],
        ["", ""],
        ["", ""],
        ["姜  家", "12"],
        ["同上", "7.5"],
        ["同上", "7.5"],
        ["2023-05-31", "#REF!"],
    ]
    assert sheet.merged == ((0, 0, 0, 1),)
    assert sheet.hidden_rows == {4}
    assert set(notes(raw, "a.ods")) == {"hidden_rows", "hidden_sheets"}


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (row(number_cell(1, 'table:number-columns-repeated="16384"')), "too_many_columns"),
        (row(number_cell(1), more='table:number-rows-repeated="1048576"'), "too_many_rows"),
        (
            row(
                number_cell(1, 'table:number-columns-repeated="500"'),
                more='table:number-rows-repeated="200000"',
            ),
            "too_many_cells",
        ),
        (row(text_cell('<text:s text:c="999999999"/>' * 9 + "a")), "long_cell"),
        (row(number_cell(1, 'table:number-columns-repeated="-1"')), "damaged"),
        (TAIL, "no_table"),
    ],
)
def test_repeats_of_an_open_document_cost_nothing(rows, rule):
    assert refused(ods_bytes(table(rows))) == rule


# -- web pages -------------------------------------------------------------------------------------------------------


def test_the_largest_table_of_a_page():
    page = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset=gb2312>
    <style>td {color: red}</style><script>if (a<b) document.write("<table><tr><td>假</td></tr></table>")</script></head>
    <body><table><tr><td>导航</td></tr></table><!-- <table> -->
    <table border=1><caption>某县衔接资金</caption><tr><th rowspan=2>乡镇<th colspan=2>资金&#40;万元&#41;</tr>
    <tr><td>省级<td>县级</tr><![if supportMisalignedColumns]>
    <tr><td> 姜家镇 <br>（街道）</td><td>12<table><tr><td>内</td></tr></table></td><td>&nbsp;3</td></tr>
    </table></body></html>"""
    raw = page.encode("gb18030")
    book = read(raw, "导出.xls")
    assert rows_of(book.sheets[0]) == [
        ["某县衔接资金", "", ""],
        ["乡镇", "资金(万元)", ""],
        ["", "省级", "县级"],
        ["姜家镇\n（街道）", "12", "3"],
    ]
    assert book.sheets[0].merged == ((1, 0, 2, 0), (1, 1, 1, 2))
    assert (book.kind, book.encoding) == ("html", "gb18030")
    assert set(notes(raw, "导出.xls")) == {"other_extension", "web_page"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_pages_in_any_encoding(encoding):
    raw = "<html><meta charset=CODE><table><tr><td>鄉鎮<td>人口</table>".replace("CODE", encoding).encode(encoding)
    assert grid(raw) == [["鄉鎮", "人口"]]


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"<html><table><tr>" + b"<td>1" * 600, "too_many_columns"),
        (b"<html>" + b"<table><tr><td>" * 100, "damaged"),
        (b"<html><table><tr><td>" + b"x" * 200_000 + b"<", "long_cell"),
        (b"<html><table><tr><td>1" + b"<a href='" * 300_000, "damaged"),
        (b"<html><table><tr><td>1" + b"<a href='" + b">" * 1_500_000, "damaged"),
        (b"<html><table><tr><td>" + b"&" * 2_000_000, "long_cell"),
        (b"<html>" + b"<script>" * 100_000, "save_as_xlsx"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "save_as_xlsx"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "save_as_xlsx"),
    ],
)
def test_pages_that_are_refused(raw, rule):
    assert refused(raw) == rule


# -- anything --------------------------------------------------------------------------------------------------------

SEEDS = {
    "xlsx": xlsx_bytes(ROWS),
    "stored": workbook_with('<row r="1"><c r="A1"><f>1</f><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c></row>'),
    "xls": xls_bytes(("一", xls_sheet(ROWS) + record(0xE5, struct.pack("<HHHHH", 1, 0, 1, 0, 0)), False)),
    "shared": xls_bytes(("一", named(0, 0, 0) + named(2, 1, 1), False), shared=strings("姜家镇", "丰盛镇")),
    "ods": ods_bytes(table(row(text_cell("a"), number_cell(1)), TAIL)),
    "csv": csv_bytes(SIMPLIFIED, "gbk"),
    "wide": csv_bytes(SIMPLIFIED, "utf-16"),
    "html": PAGE.encode("gbk"),
}


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=6),
    st.floats(0.05, 1),
    st.booleans(),
)
def test_damage_of_any_kind_is_refused_or_read(seed, changes, kept, cut):
    raw = bytearray(SEEDS[seed])
    for place, content in changes:
        at = int(place * len(raw))
        raw[at : at + len(content)] = content
    with suppress(Refusal):
        read(bytes(raw[: int(kept * len(raw))] if cut else raw), "x.xlsx")


_HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>乡镇</t></is></c><c r="B1" t="inlineStr"><is><t>户</t></is></c></row>'
)


@pytest.mark.parametrize(
    "cell",
    [
        '<!-- <c r="B2"><v>9</v></c> --><c r="B2"><v>5</v></c>',
        '<c r="B2"><v>5<!-- 9 --></v></c>',
        '<c t="e" r="B2"><v>#REF!</v></c>',
        '<c s="0" t="e" r="B2"><f>A1/0</f><v>#DIV/0!</v></c>',
        "<c t = 'e' r = 'B2'><!-- x --><v>#REF!</v></c>",
        '<!-- <c r="B2" t="e"><v>#REF!</v></c> --><c r="B2"><v>5</v></c>',
        '<c r="B2"><v>5</v></c><c r="B2"><v>7</v></c>',
        '<c r="B2" t="e"><v>#REF!</v></c><c r="B2"><v>5</v></c>',
        '<c r="B2"><v>5</v></c><c r="B2" t="e"><v>#REF!</v></c>',
        "<c><v>5</v></c>",
        '<c r="D2"><v>4</v></c><c r="B2"><v>5</v></c>',
        '<c r="b2"><v>5</v></c>',
        '<c r="B4"><v>5</v></c>',
        '<c r="B2"><v>5</v></c></row><row r="2"><c r="B2"><v>8</v></c>',
    ],
)
def test_odd_cells_are_read_as_openpyxl_reads_them(cell):
    raw = workbook_with(f'{_HEAD}<row r="2"><c r="A2" t="inlineStr"><is><t>甲</t></is></c>{cell}</row>')
    rows = openpyxl.load_workbook(io.BytesIO(raw), data_only=True).active.iter_rows(values_only=True)
    wanted = [["" if value is None else str(value) for value in row] for row in rows]
    (sheet,) = read(raw, "t.xlsx").sheets
    assert [sheet.row(row) for row in range(sheet.height)] == wanted


@pytest.mark.parametrize("reference", ["A1", "A1:XFD1048576", "B2:C3", "junk", ""])
def test_a_wrong_dimension_hides_no_cell_or_the_file_is_refused(reference):
    raw = workbook_with(f'{_HEAD}<row r="2"><c r="B2"><v>5</v></c></row>')
    raw = with_part(raw, "xl/worksheets/sheet1.xml", b"<sheetData>", f'<dimension ref="{reference}"/><sheetData>')
    if reference in {"junk", ""}:
        with pytest.raises(Refusal, match="damaged"):
            read(raw, "t.xlsx")
        return
    (sheet,) = read(raw, "t.xlsx").sheets
    assert [sheet.row(row) for row in range(sheet.height)] == [["乡镇", "户"], ["", "5"]]


def test_comments_that_are_never_closed_cost_one_pass():
    assert package._without_comments(b"<!--" * 2_000_000) == b"<!--" * 2_000_000
    assert package._without_comments(b"a<!-- b -->c<!-- d") == b"ac<!-- d"


def with_part(raw: bytes, name: str, old: bytes, new: str) -> bytes:
    """Return a package with a text of one part replaced."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(output, "w") as out:
        for part in source.namelist():
            content = source.read(part)
            out.writestr(part, content.replace(old, new.encode()) if part == name else content)
    return output.getvalue()
