"""Bytes to sheets: encodings, delimiters, workbooks, and hostile files."""

import io
import struct
import zipfile
from contextlib import suppress
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake.making import csv_bytes, workbook_with, xlsx_bytes

from data.intake import Refusal, limits
from data.intake.files import grid as grid_module
from data.intake.files.read import read as read_bytes
from data.intake.files.text import decode, sniff

ROWS = [["村代码", "备注", "数值"], ["500113003200", "含逗号,与\n换行", "1"], ["500113003201", '引号"在内', "2"]]


def grid(raw, name="f.csv"):
    sheet = read_bytes(raw, name).sheets[0]
    return [sheet.row(i) for i in range(sheet.height)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_any_encoding_and_delimiter(encoding, delimiter):
    assert grid(csv_bytes(ROWS, encoding, delimiter)) == ROWS


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n"])
def test_line_ends(newline):
    assert grid(csv_bytes([["a", "b"], ["1", "2"]], newline=newline)) == [["a", "b"], ["1", "2"]]


def test_mixed_line_ends_and_no_final_one():
    assert grid(b"a,b\r\n1,2\n3,4\r5,6") == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]


def test_blank_lines_keep_their_place():
    assert grid(b"a,b\n\n1,2\n") == [["a", "b"], ["", ""], ["1", "2"]]


def test_ragged_rows_do_not_shift():
    assert grid(b"a,b,c\n1,2\n1,2,3,4\n") == [["a", "b", "c", ""], ["1", "2", "", ""], ["1", "2", "3", "4"]]


def test_a_column_that_begins_late_lines_up_across_blocks(monkeypatch):
    monkeypatch.setattr(grid_module, "BLOCK_ROWS", 2)
    rows = [["a"], ["b"], ["c"], ["d", "x"], ["e"]]
    assert grid(csv_bytes(rows)) == [["a", ""], ["b", ""], ["c", ""], ["d", "x"], ["e", ""]]


def test_gbk_and_utf8_pasted_together_are_told_apart():
    raw = "序号,乡镇\r\n1,姜家镇\r\n".encode("gbk") + "2,丰盛镇\r\n".encode()
    text, _, lines, _ = decode(raw)
    assert "姜家镇" in text
    assert "丰盛镇" in text
    assert lines == (3,)


def test_a_short_gbk_word_that_looks_like_utf8_stays_gbk():
    # 联通 is the classic: its GBK bytes are valid UTF-8.
    text, encoding, lines, _ = decode("名称\n联通\n其他单位\n".encode("gbk"))
    assert (encoding, lines) == ("gb18030", ())
    assert "联通" in text


def test_blanks_around_cells_go_and_control_characters_too():
    assert grid("a,b\n\u3000甲 ,\u00a0\n乙\x01,\u200b1\n".encode()) == [["a", "b"], ["甲", ""], ["乙", "1"]]


def test_the_apostrophe_that_marks_text_is_no_text():
    assert grid("a,b\n'0123,'=1\n'甲,'\n".encode()) == [["a", "b"], ["0123", "=1"], ["'甲", "'"]]


def test_delimiter_is_the_one_rows_agree_on():
    assert sniff("名称;金额\n甲;12,5\n乙;3,75\n") == ";"
    assert sniff("一列\n甲\n") == ","


def test_workbook_cells_become_text():
    raw = xlsx_bytes([["a", "b", "c", "d", "e"], [1, 2.5, True, date(2023, 5, 31), 500113003200]])
    assert grid(raw, "x.csv")[1] == ["1", "2.5", "TRUE", "2023-05-31", "500113003200"]
    assert grid(xlsx_bytes([["t"], [datetime.fromisoformat("2023-05-31T08:30")]]))[1] == ["2023-05-31 08:30:00"]


def test_one_and_true_in_a_column_stay_apart():
    assert [row[0] for row in grid(xlsx_bytes([["a"], [1], [True], [1.0]]))] == ["a", "1", "TRUE", "1"]


def test_formula_errors_keep_their_name():
    book = openpyxl.Workbook()
    book.create_sheet("第二张 <&>")
    book["第二张 <&>"].append(["金额"])
    for value in ("#REF!", 7):
        book["第二张 <&>"].append([value])
    book["第二张 <&>"]["A2"].data_type = "e"
    output = io.BytesIO()
    book.save(output)
    sheet = read_bytes(output.getvalue()).sheets[1]
    assert [sheet.row(i)[0] for i in range(3)] == ["金额", "#REF!", "7"]


A1 = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'


def far(cell):
    return f'{A1}<row r="1048576">{cell}</row>'


def test_a_blank_in_the_last_corner_costs_nothing():
    for cell in (
        '<c r="XFD1048576" t="inlineStr"><is><t> </t></is></c>',
        '<c r="XFD1048576" s="1"/>',
        "<c r = 'XFD1048576'><v></v></c>",
        '<c r\n=\t"XFD1048576"/>',
    ):
        sheet = read_bytes(workbook_with(far(cell))).sheets[0]
        assert (sheet.height, sheet.width) == (1, 1)


def refused(raw, name="f.xlsx"):
    with pytest.raises(Refusal) as error:
        read_bytes(raw, name)
    assert error.value.text("zh") != error.value.text("en")
    return error.value.rule


def test_a_value_in_the_last_corner_is_refused_before_it_costs_memory():
    assert refused(workbook_with(far('<c r="XFD1048576"><v>1</v></c>'))) == "too_many_rows"
    assert refused(workbook_with(far("<c r = 'XFD1048576'><v>1</v></c>"))) == "too_many_rows"
    assert refused(workbook_with(A1 + '<row r="2"><c r="XFD2"><v>1</v></c></row>')) == "too_many_columns"
    assert refused(workbook_with(A1 + '<row r="250000"><c r="SA250000"><v>1</v></c></row>')) == "too_many_cells"


def test_entities_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "x">]><sst/>'
    assert refused(workbook_with(A1, [("xl/other.xml", bomb)])) == "entities"


def test_zip_bomb_is_refused():
    assert refused(workbook_with(A1, [("xl/media/a.bin", b"0" * 5_000_000)])) == "zip_bomb"


def test_unpacked_total_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "ZIP_BYTES", 1000)
    assert refused(xlsx_bytes([["a"]])) == "zip_bomb"


def test_truncated_workbook():
    raw = xlsx_bytes([["a", "b"], [1, 2]])
    assert refused(raw[: len(raw) // 2]) == "damaged"
    assert refused(raw[:-30]) == "damaged"


def test_a_lie_about_a_part_is_noticed():
    raw = bytearray(xlsx_bytes([["a", "b"], [1, 2]]))
    at = raw.find(b"PK\x01\x02")
    raw[at + 16 : at + 20] = struct.pack("<I", 12345)  # checksum in the directory
    assert refused(bytes(raw)) == "damaged"


def test_encrypted_workbook():
    assert (
        refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
        == "encrypted"
    )


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"\xff\xfe", "empty_file"),
        (b"  \r\n\t", "empty_file"),
        (b"%PDF-1.7 ...", "wrong_kind"),
        (b"\x89PNG\r\n\x1a\n0000", "wrong_kind"),
        (b' {"type": "FeatureCollection", "features": []}', "geojson"),
        (b"<html><p>1</p></html>", "save_as_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "damaged"),
        (bytes(range(1, 9)) * 100, "encoding"),
        (b"PK\x03\x04rubbish", "damaged"),
    ],
)
def test_what_is_no_table(raw, rule):
    assert refused(raw) == rule


def test_archives_and_documents_are_named():
    def archive(name):
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w") as out:
            out.writestr(name, "x")
        return output.getvalue()

    for name, rule in (("xl/workbook.bin", "save_as_xlsx"), ("content.xml", "wrong_kind")):
        assert refused(archive(name)) == rule
    for name, word in (("a.txt", "archive"), ("word/document.xml", "Word"), ("ppt/slides.xml", "presentation")):
        with pytest.raises(Refusal, match=word):
            read_bytes(archive(name))


def test_ten_million_columns():
    assert refused(b"a," * 5_000_000, "wide.csv") == "too_many_columns"


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 100)
    assert refused(b"a,b\n" * 200, "long.csv") == "too_many_rows"


def test_size(monkeypatch):
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    assert refused(b"a,b\n1,2\n3,4\n") == "too_large"


def test_a_cell_without_end():
    assert refused(b'a,b\n"' + b"x" * 200_000, "f.csv") == "long_cell"
    assert refused(b"a,b\n" + b"x" * 40_000 + b",1\n", "f.csv") == "long_cell"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_raise_anything_but_a_refusal(raw):
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"):
        with suppress(Refusal):
            read_bytes(start + raw, "x")


seen = st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Cf", "Zl", "Zp"))
# An apostrophe in front tells a spreadsheet that text follows, and is no part of it.
cells = st.text(seen, min_size=1, max_size=8).filter(lambda text: not text.startswith("'"))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=8), st.sampled_from(["utf-8", "gb18030"]))
def test_what_is_written_is_what_is_read(rows, encoding):
    head = [["第一列文字", "第二列文字", "第三列文字"]]
    assert grid(csv_bytes([*head, *rows], encoding)) == [*head, *rows]
