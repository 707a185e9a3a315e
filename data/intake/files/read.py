"""Any bytes to sheets of text, told by content and never by the file's extension."""

import re
from dataclasses import replace

from data.intake import limits
from data.intake.files import ole, text, web
from data.intake.files.workbook import read_xls, read_zip
from data.intake.identity import IDENTITY, MASK
from data.intake.model import Book, Refusal
from data.intake.signed import covered

_GEOJSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{.{0,4000}?"type"\s*:\s*"Feature(?:Collection)?"', re.DOTALL)
# What the first bytes say: everything here is no table.
_OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"Rar!", "压缩包", "an archive"),
    (b"7z\xbc\xaf", "压缩包", "an archive"),
    (b"\x1f\x8b", "压缩包", "an archive"),
    (b"{\\rtf", "文字处理文档", "a text document"),
    (b"MZ", "程序", "a program"),
    (b"\x7fELF", "程序", "a program"),
)
# What each kind of file is called, and the extensions it has by right.
_KINDS: dict[str, tuple[str, str, frozenset[str]]] = {
    "csv": ("文本表格（CSV）", "a text table (CSV)", frozenset({"csv", "txt", "tsv", "tab", "prn"})),
    "xlsx": ("Excel 工作簿（XLSX）", "an Excel workbook (XLSX)", frozenset({"xlsx", "xlsm", "xltx", "xltm"})),
    "xls": ("Excel 97 工作簿（XLS）", "an Excel 97 workbook (XLS)", frozenset({"xls", "xlt"})),
    "ods": ("OpenDocument 表格（ODS）", "an OpenDocument sheet (ODS)", frozenset({"ods", "ots"})),
    "html": ("网页", "a web page", frozenset({"html", "htm", "xhtml"})),
}
# Extensions of tables that other programs write in one of these kinds.
_KNOWN = frozenset({"et", "ett", "xlsb"}).union(*(extensions for _, _, extensions in _KINDS.values()))


def read(raw: bytes, file_name: str = "") -> Book:
    """Read a file.

    Parameters
    ----------
    raw
        The file's content: CSV or TSV in UTF-8, GB18030, Big5 or UTF-16; XLSX, XLS or ODS; a page with a table.
    file_name
        Names the one sheet of a text file; it never decides how the file is read.

    Raises
    ------
    Refusal
        The file is none of these, damaged, encrypted, hostile, or beyond `limits`.
    """
    if not raw.strip(b"\0 \r\n\t"):
        raise Refusal("empty_file")
    if _GEOJSON.match(raw):
        raise Refusal("geojson")
    if len(raw) > limits.FILE_BYTES:
        raise Refusal("too_large", size=f"{len(raw) / 1024**2:.1f}", limit=limits.FILE_BYTES // 1024**2)
    for magic, zh, en in _OTHER_KINDS:
        if raw.startswith(magic):
            raise Refusal("wrong_kind", kind_zh=zh, kind_en=en)
    base, _, extension = re.split(r"[\\/]", file_name)[-1].rpartition(".")
    if raw.startswith(b"PK\x03\x04"):
        book = read_zip(raw)
    elif raw.startswith(ole.MAGIC):
        book = read_xls(raw)
    else:
        book = _read_written(raw, base or extension)
    return _with_extension(_naming_nobody(book), extension.lower() if base else "")


def _naming_nobody(book: Book) -> Book:
    """Return a book whose sheets are called after nobody; text files have the name of the file."""
    names = [covered(IDENTITY.sub(MASK, sheet.name)) for sheet in book.sheets]
    if names == [sheet.name for sheet in book.sheets]:
        return book
    told = [f"{name}{n + 1}" if names.count(name) > 1 else name for n, name in enumerate(names)]
    return replace(book, sheets=tuple(replace(sheet, name=name) for sheet, name in zip(book.sheets, told, strict=True)))


def _read_written(raw: bytes, name: str) -> Book:
    """Read what is text: a table, or a page."""
    decoded = text.decode(raw)
    head = decoded.text[:4000].lstrip().lower()
    if web.is_page(head):
        said = web.charset(raw)
        return web.read_page((text.named(raw, said) if said else None) or decoded, name)
    if head.startswith("mime-version:"):
        raise Refusal("save_as_xlsx", kind_zh="单个文件网页（.mht）", kind_en="a single-file web page (.mht)")
    if head.startswith("<?xml"):
        raise Refusal("save_as_xlsx", kind_zh="XML 文件", kind_en="an XML file")
    return text.read_text(decoded, name)


def _with_extension(book: Book, extension: str) -> Book:
    """Tell of an extension that promises another kind of file."""
    zh, en, fitting = _KINDS[book.kind]
    if extension not in _KNOWN - fitting:
        return book
    words = {"extension": f".{extension}", "kind_zh": zh, "kind_en": en}
    return replace(book, notes=(("other_extension", words), *book.notes))
