"""Small files as offices write them."""

import csv
import io
import struct
import zipfile

import openpyxl

from data.intake.files import ole


def csv_bytes(rows, encoding="utf-8", delimiter=",", newline="\r\n"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows, title="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def workbook(**sheets):
    """Return a workbook with these sheets, each a list of rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


def workbook_with(sheet_data, extra=(), after=""):
    """Return a workbook whose one sheet is written by hand, with parts added."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes([["a"]]))) as source,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                content = f"{start}{sheet_data}</sheetData>{after}</worksheet>".encode()
            out.writestr(name, content)
        for name, content in extra:
            out.writestr(name, content)
    return output.getvalue()


def record(kind, content=b""):
    """Return a record of an XLS file."""
    return struct.pack("<HH", kind, len(content)) + content


def xls_sheet(rows):
    """Return the records of cells: numbers and texts."""
    cells = []
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str) and value:
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                cells.append(record(0x204, struct.pack("<HHH", at, column, 0) + text))
            elif value not in {None, ""}:
                cells.append(record(0x203, struct.pack("<HHHd", at, column, 0, value)))
    return b"".join(cells)


def xls_bytes(*sheets, shared=b""):
    """Return an XLS file of sheets given as (name, records, hidden)."""
    begin = [record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0)) for kind in (5, 0x10)]
    names = [name.encode("utf-16-le") for name, _, _ in sheets]
    at = len(begin[0]) + sum(12 + len(name) for name in names) + len(shared) + 4
    head, body = begin[0], b""
    for name, (_, records, hidden) in zip(names, sheets, strict=True):
        part = begin[1] + records + record(0x0A)
        place = struct.pack("<IBBBB", at + len(body), hidden, 0, len(name) // 2, 1)
        head += record(0x85, place + name)
        body += part
    return ole.container(head + shared + record(0x0A) + body)


def ods_bytes(*tables, styles=""):
    """Return an OpenDocument file of tables given as XML."""
    spaces = " ".join(f'xmlns:{n}="urn:{n}"' for n in ("office", "table", "text", "style", "calcext"))
    inner = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>{inner}"
            "</office:document-content>",
        )
    return output.getvalue()
