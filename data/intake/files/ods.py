"""OpenDocument sheets (.ods).

Read here and not by the reader of workbooks: that one multiplies repeated cells before anybody can look, and knows
neither merged cells nor errors of this format.
"""

import time
import zipfile

from data.intake import limits
from data.intake.files import grid
from data.intake.files.facts import Facts, cell_name
from data.intake.files.package import is_xml, parse, refuse_entities
from data.intake.model import Merge, Refusal, Sheet

_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_TEXTS = frozenset({"text:p", "text:h"})
_NUMBERS = frozenset({"float", "currency", "percentage"})


def read_ods(archive: zipfile.ZipFile) -> tuple[list[Sheet], list[Facts]]:
    """Return the sheets of an OpenDocument file and what else was found out about each.

    Raises
    ------
    Refusal
        It is encrypted, damaged, hostile, or beyond `limits`.
    """
    names = set(archive.namelist())
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refusal("encrypted")
    content = archive.read("content.xml")
    if not is_xml(content):
        raise Refusal("damaged")
    refuse_entities(content)
    reader = _Reader()
    parse(content, reader.start, reader.end, reader.data, reader.tick)
    return reader.sheets, reader.facts


class _Reader:
    """Takes the events of `content.xml`. A repeated blank costs nothing until something stands behind it."""

    def __init__(self) -> None:
        self.began = time.thread_time()
        self.sheets: list[Sheet] = []
        self.facts: list[Facts] = []
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.tables = 0  # tables inside tables are passed over
        self.aside = 0  # so are comments on cells
        self.total = 0

    def tick(self) -> None:
        """Give up in time."""
        if time.thread_time() - self.began > limits.READ_SECONDS:
            raise Refusal("too_slow", limit=limits.READ_SECONDS)

    def start(self, tag: str, said: dict[str, str]) -> None:
        """Take the start of an element."""
        if tag == "style:style":
            self.style = said.get("style:name", "")
        elif tag == "style:table-properties" and said.get("table:display") == "false":
            self.hidden_styles.add(self.style)
        elif tag == "table:table":
            self.tables += 1
            if self.tables == 1:
                self._start_sheet(said)
        elif self.tables != 1:
            return
        elif tag == "office:annotation":
            self.aside += 1
        elif tag == "table:table-row":
            self.row: list[str] = []
            self.blanks = 0
            self.row_times = _times(said.get("table:number-rows-repeated"))
            self.row_hidden = said.get("table:visibility") in {"collapse", "filter"}
            self.row_merges: list[tuple[int, int, int]] = []
        elif tag in _CELLS:
            self._start_cell(said)
        elif self.cell is not None and not self.aside:
            if tag in _TEXTS:
                self.paragraphs += 1
                if self.paragraphs > 1:
                    self._write("\n")
            elif tag == "text:s":
                self._write(" " * min(_times(said.get("text:c")), limits.CELL_CHARACTERS))
            elif tag in {"text:tab", "text:line-break"}:
                self._write("\t" if tag == "text:tab" else "\n")

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "table:table":
            self.tables -= 1
            if not self.tables:
                self._end_sheet()
        elif self.tables != 1:
            return
        elif tag == "office:annotation":
            self.aside -= 1
        elif tag in _CELLS and self.cell is not None:
            self._end_cell()
        elif tag == "table:table-row":
            self._end_row()

    def data(self, text: str) -> None:
        """Take text."""
        if self.tables == 1 and self.cell is not None and self.paragraphs and not self.aside:
            self._write(text)

    def _start_sheet(self, said: dict[str, str]) -> None:
        if len(self.sheets) >= limits.SHEETS:
            raise Refusal("too_many_sheets", count=len(self.sheets) + 1, limit=limits.SHEETS)
        self.columns = grid.Columns(said.get("table:name", ""))
        self.hidden = said.get("table:style-name", "") in self.hidden_styles
        self.merged: list[Merge] = []
        self.hidden_rows: set[int] = set()
        self.without_result: list[str] = []
        self.errors: dict[tuple[int, int], str] = {}
        self.blank_rows = 0
        self.cell: list[str] | None = None
        self.row, self.blanks, self.row_times, self.row_hidden, self.row_merges = [], 0, 1, False, []
        self.pending: list[list[str]] = []

    def _start_cell(self, said: dict[str, str]) -> None:
        self.cell, self.said, self.paragraphs, self.length = [], said, 0, 0
        down, right = _times(said.get("table:number-rows-spanned")), _times(said.get("table:number-columns-spanned"))
        if down > 1 or right > 1:
            self.row_merges.append((len(self.row) + self.blanks, down, right))

    def _write(self, text: str) -> None:
        if self.cell is not None:
            self.cell.append(text)
            self.length += len(text)
            if self.length > 2 * limits.CELL_CHARACTERS:  # blanks around it go
                raise grid.long_cell(self._height())

    def _height(self) -> int:
        return self.columns.height + len(self.pending) + self.blank_rows

    def _end_cell(self) -> None:
        said, shown = self.said, "".join(self.cell or ())
        self.cell = None
        times = _times(said.get("table:number-columns-repeated"))
        value = _value(said, shown)
        column = len(self.row) + self.blanks
        if not value.strip(grid.BLANKS):
            if "table:formula" in said and "office:value-type" not in said and len(self.without_result) < limits.ROWS:
                self.without_result.append(cell_name(self._height(), column))
            self.blanks += times
            return
        grid.bounds(self.columns.name, 1, column + times)
        self.row.extend([""] * self.blanks)
        self.row.extend([value] * times)
        self.blanks = 0

    def _end_row(self) -> None:
        if not self.row:
            self.blank_rows += self.row_times
            return
        name, width = self.columns.name, max(len(self.row), len(self.columns.texts))
        first = self._height()
        grid.bounds(name, first + self.row_times, width)
        if self.blank_rows:
            self._flush()
            self.columns.repeat([], self.blank_rows)
            self.blank_rows = 0
        if self.row_times > 1:
            self._flush()
            self.columns.repeat(self.row, self.row_times)
        else:
            self.pending.append(self.row)
            if len(self.pending) >= grid.BLOCK_ROWS:
                self._flush()
        if self.row_hidden:
            self.hidden_rows.update(range(first, first + self.row_times))
        for column, down, right in self.row_merges:
            if len(self.merged) >= limits.MERGES:
                raise Refusal("damaged")
            self.merged.append((first, column, first + down - 1, column + right - 1))

    def _flush(self) -> None:
        self.columns.extend(self.pending)
        self.pending = []

    def _end_sheet(self) -> None:
        self._flush()
        columns = self.columns
        self.total += columns.height * len(columns.texts)
        if self.total > limits.CELLS:
            raise Refusal("too_many_cells", sheet=columns.name, count=self.total, limit=limits.CELLS)
        hidden_rows = frozenset(self.hidden_rows)
        merged = grid.merges(self.merged, columns.height, len(columns.texts))
        self.sheets.append(columns.sheet(hidden=self.hidden, merged=merged, hidden_rows=hidden_rows))
        self.facts.append(Facts(hidden_rows=hidden_rows, without_result=tuple(self.without_result)))


def _value(said: dict[str, str], shown: str) -> str:
    """Return a cell as text, in the form that workbooks of other formats give."""
    kind = said.get("office:value-type", "")
    if said.get("calcext:value-type") == "error":
        return shown
    if kind in _NUMBERS:
        try:
            number = float(said.get("office:value", ""))
        except ValueError:
            return shown
        return str(int(number)) if number.is_integer() and abs(number) < 1e18 else repr(number)
    if kind == "date":
        return said.get("office:date-value", shown).removesuffix("T00:00:00").replace("T", " ")
    if kind == "boolean":
        return said.get("office:boolean-value", shown).upper()
    if kind == "string":
        return said.get("office:string-value") or shown
    return shown


def _times(said: str | None) -> int:
    """Return how often something is repeated; more than any sheet holds is as good as endless."""
    if said is None:
        return 1
    if not (said.isascii() and said.isdigit()):
        raise Refusal("damaged")
    return max(1, int(said[:9]))
