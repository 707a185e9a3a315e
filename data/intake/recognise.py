"""Which of the ten tables a sheet holds, where its header stands, and what each column is."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np

from data import wording
from data.intake import limits, units
from data.intake.model import Book, FoundColumn, Layout, Refusal, Sheet, rule_book
from data.intake.template import REFERENCE_SHEETS
from data.language import translator
from data.tables import Table, tables

# Names of places instead of codes: read in every table that has a code of that level.
_PLACE_NAMES = {
    "village_name": [
        "村",
        "行政村",
        "村名",
        "村名称",
        "行政村名称",
        "村居",
        "村(社区)",
        "村社区",
        "所在村",
        "village",
        "villagename",
    ],
    "township_name": [
        "乡镇",
        "镇街",
        "乡",
        "镇",
        "乡(镇)",
        "乡镇(街道)",
        "乡镇名",
        "乡镇名称",
        "所在乡镇",
        "township",
        "townshipname",
    ],
}
_IGNORED = ("序号", "编号序号", "no", "no.", "#", "县", "县区", "区县", "县(市、区)", "县(市、区、旗)", "county")
_TOTAL = re.compile(r"^(?:全[县区市镇乡]|本[县区市页镇乡])?(?:合|总|小|共)计[::]?$")
_NOTE = re.compile(r"^(?:备?注|说明|注释|填表说明|填报人|填表人|制表人|审核人|单位负责人)\s*[::\d]")
_TITLE_UNIT = re.compile(r"单位\s*[::]\s*([^\s,,、;;))]+)")
_BRACKET = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_LAST_BRACKET = re.compile(r"[(\[【](?:单位:)?([^()\[\]【】]+)[)\]】]$")
_LAST_UNIT = re.compile(r"[,/、:]([^,/、:]+)$")
_TOTAL_LENGTH = 12
_NOTE_STARTS = frozenset("注备说填制审单")
_ENOUGH = 0.4


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a header for comparison: half-width, lower case, without blanks, underscores and asterisks."""
    return re.sub(r"[\s_*＊]+", "", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=8192)
def split_unit(header: str) -> tuple[str, str | None]:
    """Return a header's plain form without its unit, and the unit: `累计支出（万元）` → (`累计支出`, `万元`)."""
    text = plain(header)
    for pattern in (_LAST_BRACKET, _LAST_UNIT):
        match = pattern.search(text)
        if match and units.known(match[1]) and match.start():
            return text[: match.start()], match[1]
    return text, None


@cache
def _index(table_id: str) -> dict[str, tuple[str, str, float]]:
    """Return plain header → (role, column name, certainty) of a table."""
    table = tables()[table_id]
    found: dict[str, tuple[str, str, float]] = {}

    def put(header: str, role: str, name: str, score: float) -> None:
        text = plain(header)
        if text:
            found.setdefault(text, (role, name, score))

    for column in table.columns:
        put(column.zh, "column", column.name, 1.0)
        put(column.name, "column", column.name, 1.0)
    for column in table.columns:
        put(column.en, "column", column.name, 0.95)
        put(f"{column.en} ({wording.unit(column.unit, translator('en'))})", "column", column.name, 0.95)
    for column in table.columns:
        put(f"{column.zh}{column.note}", "column", column.name, 0.95)
        put(_BRACKET.sub("", plain(column.zh)), "column", column.name, 0.9)
        for alias in column.aliases:
            put(alias, "column", column.name, 0.9)
    for role, names in _PLACE_NAMES.items():
        for name in names:
            put(name, role, "", 0.8)
    for name in _IGNORED:
        put(name, "ignored", "", 0.5)
    return found


def match_header(table_id: str, header: str) -> tuple[str, str | None, str | None, float]:
    """Return what a header means in a table: role, column name, unit, certainty."""
    index = _index(table_id)
    text, unit = split_unit(header)
    for form, discount in ((plain(header), 0.0), (text, 0.0), (_BRACKET.sub("", text), 0.05)):
        if form in index:
            role, name, score = index[form]
            return role, name or None, unit, score - discount
    if any(word.replace(" ", "") in plain(header) for word in rule_book().personal):
        return "personal", None, None, 1.0
    return "unknown", None, unit, 0.0


def _columns(table_id: str, headers: list[str]) -> tuple[FoundColumn, ...]:
    found = []
    for col, header in enumerate(headers):
        if header:
            role, name, unit, score = match_header(table_id, header)
            found.append(FoundColumn(col, " ".join(header.split()), name, role, unit, round(score, 2)))
    return tuple(found)


def _score(table: Table, columns: tuple[FoundColumn, ...], hint: str) -> float:
    """Return how well headers fit: half for the share of the file's columns known, half for the key columns found."""
    names = {c.name for c in columns if c.name}
    telling = [c for c in columns if c.role in {"column", "unknown", "personal"}]
    if not names:
        return 0.0
    roles = {c.role for c in columns}
    by_names = bool(roles & {"village_name", "township_name"})
    by_name = {c.name for c in table.columns if by_names and c.role in {"village", "place"}}
    keys = sum(key in names or key in by_name for key in table.key) / len(table.key)
    known = sum(c.score for c in columns if c.role == "column") / len(telling)
    named = 0.1 if plain(hint) in {plain(table.id), plain(table.name_zh), plain(table.name_en)} else 0.0
    # Of two tables that fit equally, the one with more columns in common.
    return 0.5 * known + 0.5 * keys + named + len(names) / 1000


def _header_candidates(sheet: Sheet) -> list[int]:
    filled = np.flatnonzero(sheet.filled)
    return [int(row) for row in filled[: limits.HEADER_SEARCH_ROWS]]


def recognise(book: Book, table: str | None = None) -> Layout:
    """Find the table in a file.

    Parameters
    ----------
    book
        As `read` returns it.
    table
        Id of the upload table if it is known; else the best fitting one is taken.

    Raises
    ------
    Refusal
        No sheet holds a header row of an upload table.
    """
    # The lists that come with a template are no data, unless that is all there is.
    sheets = [s for s in book.sheets if s.name not in REFERENCE_SHEETS] or list(book.sheets)
    fits = [fit for sheet in sheets if (fit := _best(sheet, [tables()[table]] if table else list(tables().values())))]
    if not fits:
        raise Refusal("no_table")
    best = max(fits, key=lambda fit: fit.score)
    if (table and not best.names) or not (table or best.sure):
        _refuse_as_other(sheets, table)
        headers = max((_headers(s) for s in sheets), key=len)
        if len(headers) <= 1:
            raise Refusal("no_table")
        shown = "、".join(headers)
        raise Refusal("unknown_table", headers=shown if len(shown) < 200 else f"{shown[:200]}…")
    if table and best.score < _ENOUGH:
        _refuse_as_other(sheets, table)
    others = [s for s in sheets if s is not best.sheet and not s.hidden]
    ignored = tuple(s.name for s in others if (fit := _best(s, list(tables().values()))) and fit.sure and fit.rows)
    return replace(_layout(best.sheet, best.row, best.table, best.columns, best.score), other_sheets=ignored)


@dataclass(frozen=True)
class _Fit:
    """How well one row of a sheet would do as the header of a table."""

    score: float
    sheet: Sheet
    row: int
    table: Table
    columns: tuple[FoundColumn, ...]

    @property
    def names(self) -> set[str]:
        return {c.name for c in self.columns if c.name}

    @property
    def sure(self) -> bool:
        """Whether nobody needs to say which table it is."""
        return self.score >= _ENOUGH and len(self.names) >= min(2, len(self.table.key))

    @property
    def rows(self) -> bool:
        """Whether anything stands below the header."""
        return bool(self.sheet.filled[self.row + 1 :].any())


def _best(sheet: Sheet, wanted: list[Table]) -> _Fit | None:
    best: _Fit | None = None
    for row in _header_candidates(sheet):
        texts = sheet.row(row)
        for table in wanted:
            columns = _columns(table.id, texts)
            score = _score(table, columns, sheet.name) - (0.05 if sheet.hidden else 0.0)
            if best is None or score > best.score:
                best = _Fit(score, sheet, row, table, columns)
    return best


def _headers(sheet: Sheet) -> list[str]:
    """Return the texts of the row most likely meant as header: the one with most different texts."""
    rows = [[" ".join(text.split()) for text in sheet.row(row) if text] for row in _header_candidates(sheet)]
    return max(rows, key=lambda texts: len(set(texts)), default=[])


def _refuse_as_other(sheets: list[Sheet], table: str | None) -> None:
    """Say which table a file looks like that is not the one asked for."""
    fits = [fit for sheet in sheets if table and (fit := _best(sheet, list(tables().values())))]
    other = max((fit for fit in fits if fit.sure), key=lambda fit: fit.score, default=None)
    if table and other and other.table.id != table:
        wanted = tables()[table]
        raise Refusal(
            "other_table", table_zh=wanted.name_zh, table_en=wanted.name_en, other_zh=other.table.name_zh,
            other_en=other.table.name_en,
        )  # fmt: skip


def _layout(sheet: Sheet, header_row: int, table: Table, columns: tuple[FoundColumn, ...], score: float) -> Layout:
    filled = np.flatnonzero(sheet.filled)
    titles = tuple(int(row) for row in filled[filled < header_row])
    below = filled[filled > header_row]
    totals, notes = _special_rows(sheet, below)
    data = below[~np.isin(below, [*totals, *notes])]
    return Layout(
        table=table.id,
        sheet=sheet,
        header_row=header_row,
        columns=_with_title_unit(sheet, titles, table, columns),
        title_rows=titles,
        data_rows=data,
        total_rows=totals,
        note_rows=notes,
        score=round(min(score, 1.0), 3),
    )


def _special_rows(sheet: Sheet, rows: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return rows of totals (their first filled cell says so) and notes (their only filled cell begins 注：)."""
    totals: set[int] = set()
    notes: set[int] = set()
    wanted = set(rows.tolist())
    for number, column in enumerate(sheet.columns[:4]):
        special = [
            (code, _TOTAL.match(plain(text)) is not None)
            for code, text in enumerate(column.texts)
            # Few texts are short with 计 or begin like a note; only those are worth a closer look.
            if ("计" in text and len(text) < _TOTAL_LENGTH and _TOTAL.match(plain(text)))
            or (text[:1] in _NOTE_STARTS and _NOTE.match(unicodedata.normalize("NFKC", text)))
        ]
        for code, is_total in special:
            for row in np.flatnonzero(column.codes == code).tolist():
                first = all(c.blank[row] for c in sheet.columns[:number])
                if row in wanted and first:
                    alone = all(c.blank[row] for c in sheet.columns[number + 1 :])
                    if is_total:
                        totals.add(row)
                    elif alone:
                        notes.add(row)
    return tuple(sorted(totals)), tuple(sorted(notes))


def _with_title_unit(
    sheet: Sheet, titles: tuple[int, ...], table: Table, columns: tuple[FoundColumn, ...]
) -> tuple[FoundColumn, ...]:
    """Give columns without a unit the one of a line such as `单位：元` above the header, where it is of their kind."""
    text = " ".join(" ".join(sheet.row(row)) for row in titles)
    match = _TITLE_UNIT.search(unicodedata.normalize("NFKC", text))
    if not match or not units.known(match[1]):
        return columns
    unit = match[1]
    return tuple(
        FoundColumn(c.col, c.header, c.name, c.role, unit, c.score)
        if c.name and not c.unit and units.factor(unit, table.column(c.name).unit or "") is not None
        else c
        for c in columns
    )
