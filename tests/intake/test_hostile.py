"""Files made to cost: each is refused in seconds and in bounded memory, and nothing leaves the file."""

import io
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from intake.making import ods_bytes, record, workbook_with, xls_bytes, xls_sheet, xlsx_bytes

from data.intake import Refusal, limits
from data.intake.files.read import read

ROOT = Path(__file__).parents[2]
A1 = '<row r="1"><c r="A1"><v>1</v></c></row>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def refused(raw, name="f.xlsx"):
    with pytest.raises(Refusal) as error:
        read(raw, name)
    return error.value.rule


def shared(*texts):
    return ("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{t}</t></si>" for t in texts)}</sst>')


def one_text_everywhere(cell='<c r="A{0}" t="s"><v>0</v></c>', rows=300_000):
    named = "".join(f'<row r="{i}">{cell.format(i)}</row>' for i in range(1, rows + 1))
    return workbook_with(named, [shared("x" * 32_000)])


def false_dimension():
    return xls_bytes(("S", record(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 65535, 0)) + xls_sheet([[1]]), False))


def endless_row():
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return ods_bytes(f'<table:table table:name="S">{row}</table:table>')


WORST = {
    "one text named by every cell": (one_text_everywhere, "zip_bomb"),
    "the last corner": (
        lambda: workbook_with(A1 + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "too_many",
    ),
    "nearly nothing": (lambda: workbook_with(A1 + '<row r="300000"><c r="AN300000"><v>1</v></c></row>'), "too_many"),
    "four billion rows": (false_dimension, None),
    "seventeen billion cells": (endless_row, "too_many"),
    "ten million columns": (lambda: b"12," * 6_900_000, "too_many"),
    "a cell of 20 MB": (lambda: b'a,b\n"' + b"x" * 19_000_000, "long_cell"),
    "a page of nothing but tags": (lambda: b"<html><table><tr><td>1" + b"<td " * 400_000, "damaged"),
}
# Grants so much memory beyond what the libraries take, then reads.
PROGRAM = """
import resource, sys
from data.intake import Refusal
from data.intake.files.read import read
raw = sys.stdin.buffer.read()
taken = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")) * 1024
resource.setrlimit(resource.RLIMIT_AS, (taken + 768 * 1024**2,) * 2)
try:
    print("read", read(raw, "x").sheets[0].height)
except Refusal as refusal:
    print(refusal.rule)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to bound memory")
@pytest.mark.parametrize("case", WORST)
def test_the_worst_cost_little(case):
    make, rule = WORST[case]
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=make(),
        capture_output=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )
    assert found.returncode == 0, found.stderr.decode()[-500:]
    assert found.stdout.decode().startswith(rule or "read 1")


def test_a_text_named_by_every_cell_in_other_spellings():
    for cell in ("<c r='A{0}' t='s'><v>0</v></c>", '<c r="A{0}" t="s"><v>&#48;</v></c>', '<c t="s"><v> 0 </v></c>'):
        assert refused(one_text_everywhere(cell, 9_000)) == "zip_bomb"
    assert read(one_text_everywhere(rows=1_000)).sheets[0].height == 1_000


def test_a_cell_of_20_mb_in_a_workbook():
    text = os.urandom(2_000_000).hex()
    assert refused(workbook_with(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>')) == "long_cell"
    assert refused(workbook_with(A1 + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>', [shared(text)])) == "long_cell"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>',
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>&a;</sst>',
        '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><sst/>',
        f"<?xml version='1.0'?><!--{' ' * 9000}--><!DOCTYPE x [<!ENTITY a 'b'>]><sst/>",
    ],
)
def test_entities_of_any_kind(text):
    assert refused(workbook_with(A1, [("xl/sharedStrings.xml", text)])) == "entities"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr("content.xml", text)
    assert refused(output.getvalue()) == "entities"


def test_xml_that_cannot_be_looked_through():
    assert refused(workbook_with(A1, [("xl/worksheets/s.xml", "<x/>".encode("utf-16"))])) == "damaged"


def test_a_worksheet_under_another_name_is_looked_through():
    far = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    assert refused(workbook_with(A1, [("xl/media/picture.png", far)])) == "too_many_columns"


def test_an_archive_that_unpacks_without_end(monkeypatch):
    assert refused(workbook_with(A1, [("xl/media/a.bin", b"0" * 5_000_000)])) == "zip_bomb"
    monkeypatch.setattr(limits, "ZIP_MEMBERS", 3)
    assert refused(xlsx_bytes([["a"]])) == "zip_bomb"


def test_merged_ranges_and_sheets_without_end(monkeypatch):
    many = '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="A4:B5"/></mergeCells>'
    monkeypatch.setattr(limits, "MERGES", 1)
    assert refused(workbook_with(A1, after=many)) == "zip_bomb"
    monkeypatch.setattr(limits, "SHEETS", 0)
    assert refused(workbook_with(A1)) == "too_many_sheets"
    assert refused(xls_bytes(("S", xls_sheet([[1]]), False))) == "too_many_sheets"
    assert refused(endless_row()) == "too_many_sheets"


def test_names_that_lead_out_and_links_elsewhere_do_nothing(tmp_path, monkeypatch):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    link = '<externalLink xmlns="x"><externalBook r:id="rId1" xmlns:r="r"/></externalLink>'
    target = '<Relationship Id="rId1" Target="http://127.0.0.1/x.xlsx" TargetMode="External"/>'
    extra = [
        ("../../out.txt", "x"),
        (f"{tmp_path}/out.txt", "x"),
        ("xl/externalLinks/externalLink1.xml", link),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", f"<Relationships>{target}</Relationships>"),
    ]
    assert read(workbook_with(A1, extra)).sheets[0].row(0) == ["1"]
    assert not list(tmp_path.rglob("out.txt"))


def test_an_encrypted_archive():
    raw = bytearray(xlsx_bytes([["a"]]))
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    assert refused(bytes(raw)) == "encrypted"


def test_time_runs_out(monkeypatch):
    monkeypatch.setattr(limits, "READ_SECONDS", -1)
    assert refused(b"<html><table><tr><td>1</table>") == "too_slow"
    row = '<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
    assert refused(ods_bytes(f'<table:table table:name="S">{row}</table:table>')) == "too_slow"
