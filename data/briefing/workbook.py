"""A briefing as a workbook: a sheet for each table and each chart, with what they rest on above them."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data import wording
from data.briefing import room
from data.briefing.cells import number_format, told
from data.briefing.looks import on
from data.briefing.model import Briefing, Cell, Chart, Column, Number, Section, Table, Told
from data.briefing.text import written
from data.intake.template import safe_cell
from data.language import Translator, translator
from data.statuses import look, word

_NAVY, _LINE, _MUTED, _GOLD = "#0F2F4E", "#D5DCE4", "#536170", "#8A5A00"
_INK = "#17212B"
_FONT = {"zh": "微软雅黑", "en": "Arial"}
_ILLEGAL = re.compile(r"[\[\]:*?/\\'!\x00-\x1f]")  # Excel's, and what ends a name within a reference
_LONGEST = 31
_NARROW, _WIDE = 8.0, 46.0
"""Widths of columns, in characters of Latin type."""
_DAY = {"zh": 'yyyy"年"m"月"d"日"', "en": "d mmm yyyy"}
_A4 = 9
_ROW = 17
"""Height of a line, in points."""
_BESIDE = 6
"""Columns up to which a chart stands beside its figures; it stands below more."""
_UNIT = re.compile(r"[^\d.,+\-−\s\u202f]")


def write(briefing: Briefing, out: Path | BinaryIO) -> None:
    """Write a briefing as an Excel workbook: contents with links, then a sheet for each table and each chart."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(out) if isinstance(out, Path) else out, options) as book:
        book.set_properties({"title": written(briefing.title, briefing.lang), "comments": briefing.source})
        _Writer(briefing, book).write()


@dataclass
class _Writer:
    briefing: Briefing
    book: xlsxwriter.Workbook
    names: set[str] = field(default_factory=set)
    formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        return self.briefing.lang

    @cached_property
    def _(self) -> Translator:
        return translator(self.lang)

    def write(self) -> None:
        _ = self._
        contents = self.book.add_worksheet(self.sheet_name(_("Contents")))
        made = []
        for section, block in self.blocks():
            sheet = self.book.add_worksheet(self.sheet_name(self.set(block.title)))
            if isinstance(block, Table):
                self.table(sheet, block)
            else:
                self.chart(sheet, block)
            made.append((section, block, sheet.get_name()))
        self.contents(contents, made)
        contents.activate()

    def blocks(self) -> Iterator[tuple[Section, Table | Chart]]:
        for section in self.briefing.walk():
            for block in section.blocks:
                if isinstance(block, Table | Chart):
                    yield section, block

    def set(self, text: str) -> str:
        """Return a text as it stands in a cell: set, and inert where a spreadsheet would run it."""
        return str(safe_cell(written(text, self.lang)))

    def sheet_name(self, title: str) -> str:
        """Return a name no other sheet has, of the signs and the length Excel allows."""
        bare = _ILLEGAL.sub(" ", title).strip(" '") or "-"
        for n in range(1, 10_000):
            tail = "" if n == 1 else f" {n}"
            name = bare[: _LONGEST - len(tail)].rstrip(" '") + tail
            if name.lower() not in self.names and name.lower() != "history":
                break
        self.names.add(name.lower())
        return name

    def format(self, **properties: Any) -> Format:
        """Return a format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            base = {"font_name": _FONT[self.lang], "font_size": 11, "valign": "vcenter"}
            self.formats[key] = self.book.add_format(base | properties)
        return self.formats[key]

    # ---- sheets ------------------------------------------------------------------------------------------------------

    def top(self, sheet: Worksheet, title: str, note: str = "") -> int:
        """Write what stands above every sheet: title, statement, source and note; return the next free row."""
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, self.set(title), self.format(font_size=16, bold=True, font_color=_NAVY))
        sheet.set_row(0, 26)
        row = 1
        for text in self.briefing.statement:
            marked = self.briefing.sample and row == 1
            look_ = self.format(font_color=_GOLD, bold=True) if marked else self.format(font_color=_MUTED)
            sheet.write_string(row, 0, self.set(text), look_)
            row += 1
        for text in (self.briefing.source, note):
            if text:
                sheet.write_string(row, 0, self.set(text), self.format(font_color=_MUTED))
                row += 1
        return row

    def printed(self, sheet: Worksheet, head: int) -> None:
        """Set up printing: A4 landscape, as wide as the page, the head on every page, numbered."""
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L{_escaped(self.set(self.briefing.source))}&R&P / &N")

    def heads(self, sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
        for k, column in enumerate(columns):
            style = self.format(
                indent=1,
                bold=True,
                font_color="#FFFFFF",
                bg_color=_NAVY,
                text_wrap=True,
                align="right" if column.right else "left",
            )
            sheet.write_string(row, k, self.set(column.name), style)
        sheet.set_row(row, 34 if any(len(column.name) > 8 for column in columns) else 24)
        sheet.freeze_panes(row + 1, 1)

    def table(self, sheet: Worksheet, table: Table) -> None:
        row = self.top(sheet, table.title, table.note)
        self.heads(sheet, row, table.columns)
        for n, cells in enumerate(table.rows, start=row + 1):
            for k, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
                self.cell(sheet, n, k, cell, right=column.right)
        widths = self.widths(table)
        for k, width in enumerate(widths):
            sheet.set_column(k, k, width)
        for n, cells in enumerate(table.rows, start=row + 1):  # not every program fits rows to wrapped text
            texts = (told(cell, self.lang) for cell in cells)
            count = max(room.lines(text, width / 2 - 1) for text, width in zip(texts, widths, strict=True))
            sheet.set_row(n, _ROW * count + 3)
        last = row + max(len(table.rows), 1)
        sheet.autofilter(row, 0, last, len(table.columns) - 1)
        self.printed(sheet, row)

    def cell(self, sheet: Worksheet, row: int, column: int, cell: Cell, *, right: bool) -> None:
        """Write a cell as what it is: figures as numbers with their unit, days as days, statuses in their colour."""
        base: dict[str, Any] = {"bottom": 1, "bottom_color": _LINE, "align": "right" if right else "left", "indent": 1}
        if isinstance(cell, Number):
            unit = wording.unit(cell.unit, self._) if _UNIT.search(cell.written) else ""
            figures = number_format([cell.value], unit, signed=cell.written.startswith("+"))
            sheet.write_number(row, column, cell.value, self.format(**base, num_format=figures))
        elif isinstance(cell, Told):
            fill = look(cell.code).fill
            style = self.format(**base, bg_color=fill, font_color=on(fill), bold=True)
            sheet.write_string(row, column, self.set(cell.word), style)
        elif isinstance(cell, dt.date):
            style = self.format(**base, num_format=_DAY[self.lang])
            sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), style)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, self.format(**base, num_format="0"))
        else:
            sheet.write_string(row, column, str(safe_cell(told(cell, self.lang))), self.format(**base, text_wrap=True))

    def widths(self, table: Table) -> list[float]:
        """Return the widths of a table's columns by what stands in them; long texts wrap."""
        found = []
        for k, column in enumerate(table.columns):
            texts = [told(row[k], self.lang) for row in table.rows]
            natural = max(map(room.width, texts), default=0.0)
            head = max(room.longest_word(column.name), min(room.width(column.name), 8.0)) + 1.6  # the filter's button
            found.append(min(max(2.0 * max(natural, head) + 2.5, _NARROW), _WIDE))
        return found

    def contents(self, sheet: Worksheet, made: Sequence[tuple[Section, Table | Chart, str]]) -> None:
        _ = self._
        row = self.top(sheet, self.briefing.title)
        columns = (Column(_("Serial number"), right=True), Column(_("Sheet")), Column(_("Section")), Column(_("Kind")))
        self.heads(sheet, row, columns)
        link = self.format(font_color="#0B5CAD", underline=1, bottom=1, bottom_color=_LINE)
        plain = self.format(bottom=1, bottom_color=_LINE, indent=1)
        for n, (section, block, name) in enumerate(made, start=1):
            sheet.write_number(row + n, 0, n, plain)
            quoted = name.replace("'", "''")
            sheet.write_url(row + n, 1, f"internal:'{quoted}'!A1", link, self.set(block.title))
            sheet.write_string(row + n, 2, self.set(section.title), plain)
            sheet.write_string(row + n, 3, _("Table") if isinstance(block, Table) else _("Chart"), plain)
        for k, width in enumerate((6, 44, 28, 10)):
            sheet.set_column(k, k, width)
        self.printed(sheet, row)

    # ---- charts ------------------------------------------------------------------------------------------------------

    def chart(self, sheet: Worksheet, chart: Chart) -> None:
        """Write the figures of a chart, and the chart beside them."""
        _ = self._
        unit = wording.unit(chart.unit, _)
        head = self.top(sheet, chart.title, chart.note)
        statuses = any(series.statuses for series in chart.series)
        columns = [Column(_("Name")), *(Column(series.name, right=True) for series in chart.series)]
        if chart.line:
            columns.append(Column(chart.line[1], right=True))
        if statuses:
            columns.append(Column(_("Status")))
        self.heads(sheet, head, columns)
        values = [v for s in chart.series for v in s.values if v is not None]
        figures = number_format([*values, *([chart.line[0]] if chart.line else [])], unit)
        plain = self.format(bottom=1, bottom_color=_LINE, indent=1)
        number = self.format(bottom=1, bottom_color=_LINE, align="right", indent=1, num_format=figures)
        for n, category in enumerate(chart.categories):
            row = head + 1 + n
            sheet.write_string(row, 0, self.set(category), plain)
            for k, series in enumerate(chart.series, start=1):
                value = series.values[n]
                if value is None:
                    sheet.write_blank(row, k, None, plain)
                else:
                    sheet.write_number(row, k, value, number)
            if chart.line:
                sheet.write_number(row, 1 + len(chart.series), chart.line[0], number)
            if statuses:
                code = next((s.statuses[n] for s in chart.series if s.statuses), "")
                told_ = Told(code, chart.words.get(code) or word(code, None, _))
                self.cell(sheet, row, len(columns) - 1, told_, right=False)
        for k, column in enumerate(columns):
            texts = chart.categories if k == 0 else ()
            wide = max(room.longest_word(column.name) + 1.6, *map(room.width, texts), 4.0) * 2 + 2
            sheet.set_column(k, k, min(wide, 30))
        if chart.categories:
            sheet.autofilter(head, 0, head + len(chart.categories), len(columns) - 1)
            native = self.native(sheet.get_name(), chart, head, figures)
            beside = len(columns) <= _BESIDE
            place = (head, len(columns)) if beside else (head + len(chart.categories) + 2, 0)
            sheet.insert_chart(*place, native, {"x_offset": 20 if beside else 0})
        self.printed(sheet, head)

    def native(self, sheet: str, chart: Chart, head: int, figures: str) -> Any:
        """Return the chart that Excel draws of a sheet's figures."""
        kind: dict[str, str] = {"type": "line" if chart.kind == "lines" else "bar"}
        if chart.kind == "stacked":
            kind["subtype"] = "stacked"
        native = self.book.add_chart(kind)
        first, last = head + 1, head + len(chart.categories)
        font = {"name": _FONT[self.lang], "size": 10}
        bars = chart.kind == "bars"
        for k, series in enumerate(chart.series, start=1):
            points = [{"fill": {"color": look(code).fill}} for code in series.statuses]
            colour = series.colour or _NAVY
            shape = {"line": {"color": colour, "width": 2.25}} if chart.kind == "lines" else {"fill": {"color": colour}}
            labels: dict[str, Any] = {"value": True, "font": font}
            if chart.line and bars:  # behind the bar's end stands what is due
                fills = [look(code).fill for code in series.statuses] or [colour] * len(series.values)
                low = 0.15 * chart.line[0]  # a figure longer than its bar stands on white
                inks = (on(fill) if (v or 0.0) > low else _INK for v, fill in zip(series.values, fills, strict=True))
                fonts = ({**font, "color": colour_, "bold": True} for colour_ in inks)
                labels |= {"position": "inside_base", "custom": [{"font": one} for one in fonts]}
            if chart.kind == "stacked":
                labels |= {"num_format": "0;;;", "position": "center", "font": {**font, "color": on(colour)}}
            native.add_series(
                {
                    "name": [sheet, head, k],
                    "categories": [sheet, first, 0, last, 0],
                    "values": [sheet, first, k, last, k],
                    **shape,
                    **({"points": points} if points else {}),
                    **({} if chart.kind == "lines" else {"data_labels": labels, "gap": 40}),
                    **({"overlap": 100} if bars and (len(chart.series) == 1 or chart.line) else {}),
                }
            )
        if chart.line:
            k = 1 + len(chart.series)
            edge = {"color": _INK, "width": 1.25, "dash_type": "dash"}
            native.add_series(
                {
                    "name": [sheet, head, k],
                    "categories": [sheet, first, 0, last, 0],
                    "values": [sheet, first, k, last, k],
                    "line" if chart.kind == "lines" else "border": edge,
                    **({} if chart.kind == "lines" else {"fill": {"none": True}}),
                }
            )
        # The title of the sheet: of a text that looks like a reference the library would make one.
        native.set_title({"name": [sheet, 0, 0], "name_font": {**font, "size": 14}, "overlay": False})
        grid = {"visible": True, "line": {"color": _LINE}}
        if chart.kind == "lines":
            native.set_x_axis({"num_font": font})
            native.set_y_axis(
                {"num_font": font, "num_format": figures, "major_gridlines": grid, "line": {"none": True}}
            )
        else:  # the figures stand on the bars
            native.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
            native.set_y_axis({"num_font": font, "reverse": True, "major_gridlines": {"visible": False}})
        several = len(chart.series) > 1 or chart.line
        native.set_legend({"position": "bottom", "font": font} if several else {"none": True})
        native.set_size({"width": 760, "height": max(360, 90 + 24 * len(chart.categories))})
        return native


def _escaped(text: str) -> str:
    """Return a text as it stands in a footer, where & begins an instruction."""
    return text.replace("&", "&&")[:200]
