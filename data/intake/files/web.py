"""Web pages that bear a spreadsheet's name: what Excel saves as a page, and what office systems call XLS."""

import re
import time
from html.parser import HTMLParser

from data.intake import limits
from data.intake.files import grid, text
from data.intake.model import Book, Merge, Refusal

_STARTS = ("<!doctype html", "<html", "<head", "<meta", "<body", "<table", "<div", "<style", "<!--", "<center", "<form")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_DROPPED = ("script", "style", "noscript", "template", "object", "svg")
_BLOCKS = frozenset({"p", "div", "br", "li"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
# A table of nothing but its frame does not matter by being large: cells that hold something count.
_CELLS = ("td", "th")


def is_page(head: str) -> bool:
    """Whether a text begins as a web page does."""
    start = head[:4000].lstrip(grid.BLANKS).lower()
    return start.startswith(_STARTS) or (start.startswith("<") and "<html" in start)


def charset(raw: bytes) -> str | None:
    """Return the encoding that a page says it has."""
    found = _CHARSET.search(raw[:4096])
    return found[1].decode("ascii", "replace") if found else None


def read_page(decoded: text.Decoded, name: str) -> Book:
    """Return the largest table of a page as a book of one sheet.

    Raises
    ------
    Refusal
        It has no table, or is beyond `limits`.
    """
    parser = _Tables(name)
    body = _without(decoded.text)
    began = time.thread_time()
    at = 0
    while at < len(body):
        # Pieces end where a tag does: one without an end would be looked through again for every piece.
        end = body.find(">", at + limits.PAGE_PIECE) + 1 or len(body)
        if end - at > limits.PAGE_PENDING:
            opened = body.rfind("<", at, end) > body.rfind(">", at, end - 1)
            raise Refusal("damaged") if opened else grid.long_cell(parser.height)
        try:
            parser.feed(body[at:end])
        except AssertionError:  # declarations the parser does not know
            raise Refusal("damaged") from None
        if len(parser.rawdata) > limits.PAGE_PENDING:  # a quotation mark that nothing closes
            raise Refusal("damaged")
        at = end
        if time.thread_time() - began > limits.READ_SECONDS:
            raise Refusal("too_slow", limit=limits.READ_SECONDS)
    # What is left in the parser is a tag cut off, no text.
    parser.end()
    best = max(parser.found, key=lambda table: table.filled, default=None)
    if best is None or not best.filled:
        raise Refusal("save_as_xlsx", kind_zh="没有表格的网页", kind_en="a web page without a table")
    columns = grid.Columns(name)
    for row in range(0, len(best.rows), grid.BLOCK_ROWS):
        columns.extend(best.rows[row : row + grid.BLOCK_ROWS])
    merged = grid.merges(best.merged, columns.height, len(columns.texts))
    return Book("html", (columns.sheet(merged=merged),), encoding=decoded.encoding, notes=(("web_page", {}),))


def _without(page: str) -> str:
    """Return a page without comments, scripts and the like, in one pass whatever they hold."""
    lower = page.lower()
    if len(lower) != len(page):  # a few letters change their length
        lower = page
    pieces, at = [], 0
    opening = re.compile(rf"<!--|<!\[|<(?:{'|'.join(_DROPPED)})(?=[\s>/])")
    while found := opening.search(lower, at):
        pieces.append(page[at : found.start()])
        close = {"<!--": "-->", "<![": ">"}.get(found[0], f"</{found[0][1:]}")
        end = lower.find(close, found.end())
        end = lower.find(">", end) if end >= 0 else end
        if end < 0:
            return "".join(pieces)
        at = end + 1
    return "".join((*pieces, page[at:]))


class _Table:
    """A table as it is read: cells go to the next place that no cell above or to the left reaches into."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[str]] = []
        self.merged: list[Merge] = []
        self.filled = 0
        self.taken: dict[int, int] = {}  # column → first row that is free again
        self.column = 0
        self.span = (1, 1)
        self.cell: list[str] | None = None
        self.length = 0

    def start_row(self) -> None:
        self.end_cell()
        self.rows.append([])
        self.column = 0
        grid.bounds(self.name, len(self.rows), 1)

    def start_cell(self, down: int, right: int) -> None:
        self.end_cell()
        if not self.rows:
            self.start_row()
        self.span = (down, right)
        self.cell, self.length = [], 0

    def write(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)
            self.length += len(data)

    def end_cell(self) -> None:
        if self.cell is None:
            return
        here, (down, right) = len(self.rows) - 1, self.span
        if self.length > 4 * limits.CELL_CHARACTERS:  # blanks between tags go
            raise grid.long_cell(here)
        lines = "".join(self.cell).split("\v")
        content = "\n".join(line for line in (_SPACES.sub(" ", line).strip() for line in lines) if line)
        self.cell = None
        while self.taken.get(self.column, 0) > here:
            self.column += 1
        grid.bounds(self.name, len(self.rows), self.column + right)
        row = self.rows[here]
        row.extend([""] * (self.column - len(row)))
        row.extend([content, *[""] * (right - 1)])
        self.filled += bool(content)
        if down > 1:
            self.taken.update(dict.fromkeys(range(self.column, self.column + right), here + down))
        if down > 1 or right > 1:
            if len(self.merged) >= limits.MERGES:
                raise Refusal("damaged")
            self.merged.append((here, self.column, here + down - 1, self.column + right - 1))
        self.column += right


class _Tables(HTMLParser):
    """Collects the tables of a page; one inside another is a table of its own, and its text no text of the outer."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.open: list[_Table] = []
        self.found: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            if len(self.open) >= limits.PAGE_DEPTH:
                raise Refusal("damaged")
            self.open.append(_Table(self.name))
        elif not self.open:
            return
        elif tag == "tr":
            self.open[-1].start_row()
        elif tag in _CELLS:
            said = dict(attrs)
            self.open[-1].start_cell(
                _span(said.get("rowspan"), limits.ROWS), _span(said.get("colspan"), limits.COLUMNS + 1)
            )
        elif tag == "caption":
            self.open[-1].start_row()
            self.open[-1].start_cell(1, 1)
        elif tag in _BLOCKS:
            self.open[-1].write("\v")

    def handle_endtag(self, tag: str) -> None:
        if not self.open:
            return
        if tag == "table":
            table = self.open.pop()
            table.end_cell()
            self._keep(table)
        elif tag in {*_CELLS, "caption", "tr"}:
            self.open[-1].end_cell()
        elif tag in _BLOCKS:
            self.open[-1].write("\v")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].write(data.replace("\v", " "))

    @property
    def height(self) -> int:
        """Rows of the table that is being read, less one."""
        return max(len(self.open[-1].rows) - 1, 0) if self.open else 0

    def unknown_decl(self, data: str) -> None:
        """Pass over what Excel writes between `<![` and `]>`."""

    def end(self) -> None:
        """Close the tables a page left open."""
        while self.open:
            self.handle_endtag("table")

    def _keep(self, table: _Table) -> None:
        """Keep only the largest: a page may have thousands."""
        if not self.found or table.filled > self.found[0].filled:
            self.found = [table]


def _span(said: str | None, most: int) -> int:
    return max(1, min(int(said), most)) if said and said.isascii() and said.isdigit() and len(said) < 10 else 1
