"""Where things stand in a sheet as offices write it: title, unit line, header of up to three rows, data, totals, notes.

Works on any table of two columns or more and knows no upload table; what the columns mean is said by `headings`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np

from data.intake import limits, units
from data.intake.identity import MOBILE
from data.intake.kinds import BLANK, NUMBER, TEXT, kind_of, names_unit
from data.intake.model import Codes, Mask, Sheet
from data.intake.numbers import read_number, rough
from data.intake.periods import is_bare_day
from data.intake.sections import numbered_sections, section_of_row
from data.intake.signed import begins_signing, goes_on_signing

Kinds = np.ndarray[tuple[int, int], np.dtype[np.int8]]
Figures = np.ndarray[tuple[int, int], np.dtype[np.float64]]

_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19[4-9]\d|20\d\d)(?:年|年度)?")
_LETTERS = re.compile(r"[^\W\d_]")
# Nobody sees them; they come with texts copied from web pages.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FOOTNOTE = re.compile(r"\[\d{1,2}\]|[①-⑳]|\(注\d*\)")

_TOTAL = re.compile(
    r"(?:全|本)?[省市州盟县区旗镇乡村页国]?[(]?(?:(?:合|总|小|共)计|汇总|总数)[)]?[::]?|全[省市州盟县区旗镇乡村国]|total|subtotal|sum"
)
_SUBTOTAL = re.compile(r"\S{1,14}(?:合|小|总)计[::]?")
_ENDS_AS_TOTAL = re.compile(r"[(]?[合小总]计[)]?[::]?$")
_UNIT_LINE = re.compile(r"(?:计量|金额|面积)?单位\s*[::]\s*\S")
_ATTACHMENT = re.compile(r"附[件表录]?\s*\d*[-\d]*[::]?|表\s*\d[-\d.]*[::]?")
_LABELLED = re.compile(r"[^::]{2,12}[::].{0,60}")
_UNTIL = re.compile(r"(?:数据|时间)?截[至止]到?[:：]?(?=.*\d)[\d年月日底末旬上中下./-]+")
_NOTE = re.compile(
    r"(?:注释?|备注|说明|填表说明|填报说明|数据来源|资料来源|来源|监督电话|联系电话|注\d)\s*[::\d].*|注释?[::]?"
)
_SIGNED = re.compile(r"(?:填报|填表|制表|审核|复核|负责|经办|单位负责|分管领导)[人长]?\s*[::(].*")
# What says that a row or column is a part of the one before it; what numbers it.
_PART_MARK = r"其中[:：,]?|[#△▲※☆★●○◆·]+"
_PART = re.compile(rf"(?:{_PART_MARK})\s*(?=\S{{2}})")
_NESTED = re.compile(
    rf"(?:{_PART_MARK}"
    r"|[(（][一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,3}[、.．]|\d{1,2}[、.．)）](?=\D))\s*(?=\S{2})"
)
_DATED = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?|月)?")
_COLUMN_NUMBERS = frozenset({*"甲乙丙丁戊己", "栏次", "行次"})
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:=[-+*/×÷()\d%]+)?")
_LEVELS = (
    ("village", re.compile(r".*(?:村|社区|居委会|村委会|居|嘎查|村民委员会|居民委员会)$")),
    ("township", re.compile(r".*(?:镇|鎮|乡|鄉|街道|街道办|街道办事处|苏木)$")),
    ("county", re.compile(r".*(?:县|縣|区|區|市|旗|州|盟)$")),
)
# What a column of places is headed: 乡镇, 所在村, 县区.
_ANY_PLACE = re.compile(r"(?:所在|所属|行政|自然|建制)?[省市州盟县縣区區旗乡鄉镇鎮街道村社居组]+(?:名称|名)?")
_RANK = {"village": 1, "township": 2, "county": 3}
_HEADER_DEPTH = 4
_FEWEST_SUMMED = 3
_PLACE_LENGTH = 16


@dataclass(frozen=True)
class Structure:
    """Where things stand in a sheet; rows and columns count from 0.

    Attributes
    ----------
    title_rows, unit_rows
        Above the header; a row that holds both stands in both.
    header_rows
        One to four rows; empty where the table has no header.
    paths
        For each column its header from top to bottom, merged cells filled: `("比重", "2020年")`; () if it has none.
    data_rows
        Shape (n,): rows of data, without totals, sections, notes and repeated headers.
    section_of
        Shape (n,): for each data row the section row above it, -1 if there is none.
    panels
        Columns (first, after last) of groups that stand side by side with the same headers; one group: no panels.
    stacked_rows
        Data rows whose cells hold lists of several lines, as long in two columns or more.
    title
        The title as one line.
    days
        Cells above the table that are nothing but a day: they do not say what it is about.
    unit_text
        All texts above and below the table that name units, and what the title ends with: 统计表（元）.
    rows_left_out
        Rows of data that its sender leaves out one by one, each with the section row above it; not in `data_rows`.
    """

    title_rows: tuple[int, ...]
    unit_rows: tuple[int, ...]
    header_rows: tuple[int, ...]
    paths: tuple[tuple[str, ...], ...]
    data_rows: Codes
    total_rows: tuple[int, ...]
    section_rows: tuple[int, ...]
    note_rows: tuple[int, ...]
    section_of: Codes
    panels: tuple[tuple[int, int], ...]
    stacked_rows: tuple[int, ...]
    title: str
    unit_text: str
    days: tuple[str, ...] = ()
    rows_left_out: Mapping[int, int] = field(default_factory=dict)

    @property
    def header_row(self) -> int:
        """The lowest row of the header, -1 without one."""
        return self.header_rows[-1] if self.header_rows else -1


@lru_cache(maxsize=16384)
def squeezed(text: str) -> str:
    """Return a text for comparison: half-width, without any blank, line break or footnote mark."""
    return _FOOTNOTE.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", UNSEEN.sub("", text)))).lower()


@lru_cache(maxsize=16384)
def unmarked(text: str) -> str:
    """Return a label without what nests or numbers it: `其中：脱贫户`, `#脱贫户`, `（一）脱贫户`."""
    text = text.strip()
    while match := _NESTED.match(text):
        text = text[match.end() :]
    return text


def is_part(text: str) -> bool:
    """Whether a label says that it is a part of the one before it: 其中：省级, #省级."""
    return bool(_PART.match(text.strip()))


# Asked of every name again and again: one pass over a long list must not drive out the one before.
@lru_cache(maxsize=65536)
def place_level(text: str) -> str | None:
    """Return which level of place a name's ending speaks for; None for what is no name of a place."""
    plain = squeezed(text)
    if not 2 <= len(plain) <= _PLACE_LENGTH or kind_of(plain) != TEXT:
        return None
    return next((level for level, ending in _LEVELS if ending.fullmatch(plain)), None)


def place_rank(text: str) -> int:
    """Return how high a place is that a label names, also before 小计: village 1, township 2, county 3, else 0."""
    level = place_level(text) or place_level(_ENDS_AS_TOTAL.sub("", squeezed(text)))
    return _RANK[level] if level else 0


def is_total(text: str) -> bool:
    """Whether a label names a total: 合 计, 小计, 全县, 杭州市小计."""
    plain = squeezed(text)
    return bool(_TOTAL.fullmatch(plain) or _SUBTOTAL.fullmatch(plain))


def find_structure(sheet: Sheet, about: str = "") -> Structure | None:
    """Find out where things stand in a sheet.

    Parameters
    ----------
    sheet
        A grid of text.
    about
        Name of file and sheet: a first row that names the county of the title is its total.

    Returns
    -------
    Structure or None
        None if the sheet holds no table: no row has two cells.
    """
    if sheet.width < 2 or not sheet.filled.any():
        return None
    found = _Finder(sheet, about)
    return found.structure() if found.has_table else None


@dataclass(frozen=True)
class Head:
    """The header of a sheet, and what else may stand above one.

    Attributes
    ----------
    rows
        Its rows, from 0.
    captions
        Whether a row may be a title or a line of units of the table below it: neither data, total nor note.
    """

    rows: tuple[int, ...]
    captions: Callable[[int], bool]


def find_head(sheet: Sheet, about: str = "") -> Head | None:
    """Find the header of a sheet; None if it has none. See `find_structure`."""
    if sheet.width < 2 or not sheet.filled.any():
        return None
    found = _Finder(sheet, about)
    rows = found.header_rows() if found.has_table else []
    return Head(tuple(rows), found.captions) if rows else None


def clean(sheet: Sheet, title: str) -> Structure:
    """Return the structure of a sheet known to hold a header in its first row and data in all others."""
    data = np.arange(1, sheet.height, dtype=np.intp)
    paths = tuple((cells.text(0),) if cells.text(0) else () for cells in sheet.columns)
    return Structure(
        title_rows=(), unit_rows=(), header_rows=(0,), paths=paths, data_rows=data, total_rows=(), section_rows=(),
        note_rows=(), section_of=np.full(len(data), -1, dtype=np.int32), panels=((0, sheet.width),), stacked_rows=(),
        title=title, unit_text="",
    )  # fmt: skip


class _Finder:
    """One look at one sheet."""

    def __init__(self, sheet: Sheet, about: str) -> None:
        self.sheet = sheet
        self.about = about
        self.kinds: Kinds = np.stack([cells.kinds[cells.codes] for cells in sheet.columns], axis=1)
        self.filled: Mask = self.kinds != BLANK
        self.counts = self.filled.sum(axis=1)
        self.rows = np.flatnonzero(self.counts)
        self.numeric = [self._is_numeric(column) for column in range(sheet.width)]

    @property
    def has_table(self) -> bool:
        """Whether any row holds two cells or more."""
        return bool((self.counts >= 2).any())

    def _is_numeric(self, column: int) -> bool:
        """Whether most cells from the column's first number on are numbers."""
        kinds = self.kinds[:, column]
        numbers = np.flatnonzero(kinds == NUMBER)
        # A telephone number at the end is no figure.
        if not len(numbers) or (
            len(numbers) == 1 and MOBILE.fullmatch(squeezed(self.sheet.columns[column].text(int(numbers[0]))))
        ):
            return False
        below = kinds[numbers[0] :]
        # A table of one or two rows with notes under it has few cells; the notes stand in its first column.
        return int((below == NUMBER).sum()) >= int((below == TEXT).sum()) or (below[:3] == NUMBER).sum() >= 2

    def structure(self) -> Structure:
        """Return what was found."""
        header, unit_inside = self._header()
        first = header[0] if header else int(self.rows[0])
        above = [int(r) for r in self.rows if r < first] if header else []
        titles, unit_rows = self._above(above)
        body = self.rows[self.rows > (header[-1] if header else -1)]
        body = body[~np.isin(body, unit_inside)]
        paths = self._paths(header)
        notes = self._notes(body)
        body = body[~np.isin(body, list(notes))]
        repeated = self._repeated(body, header)
        totals = self._totals(body[~np.isin(body, list(repeated))], titles)
        body = body[~np.isin(body, list(repeated | totals))]
        sections = self._sections(body)
        data = body[~np.isin(body, list(sections))]
        ordered = np.array(sorted(sections), dtype=np.intp)
        at = np.searchsorted(ordered, data) - 1
        section_of = np.where(at >= 0, ordered[at] if len(ordered) else -1, -1).astype(np.int32)
        unit_rows = sorted({*unit_rows, *unit_inside})
        named = [self._line(r) for r in [*unit_rows, *sorted(notes)] if units.find_units(self._line(r))]
        named += [f"单位：{'、'.join(found)}" for r in titles if (found := units.units_after(self._titled(r)))]
        if not named and (found := units.units_after(self.about)):
            named = [f"单位：{'、'.join(found)}"]
        return Structure(
            title_rows=tuple(titles),
            unit_rows=tuple(unit_rows),
            header_rows=tuple(header),
            paths=paths,
            data_rows=data,
            total_rows=tuple(sorted(totals)),
            section_rows=tuple(sorted(sections)),
            note_rows=tuple(sorted(notes | repeated)),
            section_of=section_of,
            panels=_panels(paths),
            stacked_rows=self._stacked(data),
            title=" ".join(t for r in titles if (t := self._titled(r)) and not _ATTACHMENT.fullmatch(squeezed(t))),
            unit_text=" ".join(named),
            days=tuple(text for r in titles for text in self.sheet.row(r) if is_bare_day(text)),
        )

    # -- the head ----------------------------------------------------------------------------------------------------

    def _line(self, row: int) -> str:
        return " ".join(" ".join(text.split()) for text in self.sheet.row(row) if text)

    def _titled(self, row: int) -> str:
        return " ".join(" ".join(text.split()) for text in self.sheet.row(row) if text and not is_bare_day(text))

    def header_rows(self) -> list[int]:
        """Return the rows of the header."""
        return self._header()[0]

    def captions(self, row: int) -> bool:
        """Whether a row may be a title or a line of units of the table below it: neither data, total nor note."""
        cells = [t for t in self.sheet.row(row) if t]
        plain = [squeezed(t) for t in cells]
        if not cells or _NOTE.fullmatch(plain[0]) or is_total(cells[0]):
            return False
        if any(_UNIT_LINE.match(t) and units.find_units(t) for t in plain):
            return True
        if self._signed(row) or _signs(plain):
            return False
        return self.kinds[row].max() == TEXT and (len(cells) == 1 or self._titleish(row))

    def _titleish(self, row: int) -> bool:
        """Whether a row speaks of the table rather than naming its columns."""
        cells = [squeezed(t) for t in self.sheet.row(row) if t]
        telling = [
            bool(_UNIT_LINE.match(c) or _ATTACHMENT.fullmatch(c) or _LABELLED.fullmatch(c) or len(c) > 60)
            for c in cells
        ]
        if self._signed(row):
            return True
        # The day may stand in a cell of its own: 填报日期： | 2023-06-05, 填报单位：… | 截至6月底.
        if any(telling) and all(
            t or is_bare_day(c) or _UNTIL.fullmatch(c) for t, c in zip(telling, cells, strict=True)
        ):
            return True
        return len(cells) <= 2 and any(telling) and int(self.counts[row]) * 2 < self._typical

    def _signed(self, row: int) -> bool:
        """Whether a row says who filled the table in, words and names in cells of their own."""
        cells = [squeezed(t) for t in self.sheet.row(row) if t]
        return bool(cells) and begins_signing(cells[0]) and _signs(cells)

    @property
    def _typical(self) -> float:
        """How many cells most rows of more than one cell have."""
        many = self.counts[self.counts >= 2]
        return float(np.median(many)) if len(many) else 0.0

    def _years(self, row: int) -> bool:
        """Whether all numbers of a row are different years, as columns are headed by them."""
        texts = [squeezed(self.sheet.columns[c].text(row)) for c in np.flatnonzero(self.kinds[row] == NUMBER)]
        if not texts or not all(_YEAR.fullmatch(t) for t in texts) or len(set(texts)) < len(texts):
            return False
        columns = np.flatnonzero(self.kinds[row] == NUMBER)
        if len(texts) == 1 and any(is_total(text) for text in self.sheet.row(row)):
            return False  # a total of 1940 households
        # Years below too: a column of dates, not a header.
        under = self.rows[self.rows > row][:5]
        below = [squeezed(self.sheet.columns[c].text(r)) for c in columns for r in under]
        return any(t and not _YEAR.fullmatch(t) for t in below)

    def _classes(self, row: int) -> bool:
        """Whether all numbers of a row are classes that head columns, each its own: 1年 2年 3年 above 5 7 9."""
        at = np.flatnonzero(self.kinds[row] == NUMBER)
        texts = [squeezed(self.sheet.columns[c].text(row)) for c in at]
        if not texts or len(set(texts)) < len(texts) or not all(map(names_unit, texts)):
            return False
        under = self.rows[self.rows > row][:5]
        below = [t for c in at for r in under if (t := self.sheet.columns[c].text(r)) and kind_of(t) == NUMBER]
        return bool(below) and not any(map(names_unit, below))

    def _column_numbers(self, row: int) -> bool:
        """Whether a row numbers the columns, 甲 乙 1 2 3 throughout; 甲 among other texts is somebody's grade.

        Without letters something else has to say that they are no figures: (1) (2), 1 2 3=2/1.
        """
        texts = [text for t in self.sheet.row(row) if (text := squeezed(t))]
        letters = [text for text in texts if text in _COLUMN_NUMBERS]
        numbers = [_COLUMN_NUMBER.fullmatch(text) for text in texts if text not in _COLUMN_NUMBERS]
        counted = [int(match[1]) for match in numbers if match]
        begins = texts[:1] == letters[:1] if letters else any("(" in text or "=" in text for text in texts)
        return (
            begins
            and all(numbers)
            and len(texts) > 1
            and len(set(letters)) == len(letters)
            and counted == list(range(1, len(counted) + 1))
        )

    def _first_data(self) -> int:
        """Return the first row that looks like data: a number where the column holds numbers."""
        wanted = np.array(self.numeric, dtype=bool)
        seen_header = False
        for row in self.rows[: limits.HEADER_SEARCH_ROWS + _HEADER_DEPTH].tolist():
            numbers = bool(((self.kinds[row] == NUMBER) & wanted).any())
            # A telephone number is no figure.
            if numbers and int(self.counts[row]) > 1 and not self._signed(row):
                label_blank = not self.filled[row, 0]
                header_like = (seen_header and self._column_numbers(row)) or (
                    (self._years(row) or self._classes(row)) and (label_blank or not seen_header)
                )
                if not header_like:
                    return int(row)
            seen_header = seen_header or (int(self.counts[row]) >= 2 and not self._titleish(row))
        return -1

    def _header(self) -> tuple[list[int], list[int]]:
        """Return the header's rows, and rows within or right under it that only name units."""
        data = self._first_data()
        last = data if data >= 0 else int(self.rows[-1]) + 1
        heads = [int(r) for r in self.rows if r < last]
        start = next((r for r in heads if self.counts[r] >= 2 and not self._titleish(r)), None)
        if start is None:
            return [], []
        header, inside = [start], []
        for row in (r for r in heads if start < r <= start + _HEADER_DEPTH + 2):
            if len(header) == _HEADER_DEPTH:
                break
            if self._continues(row, header):
                header.append(row)
            elif units.find_units(self._line(row)) and int(self.counts[row]) == 1:
                inside.append(row)
            else:
                break
        return header, inside

    def _continues(self, row: int, header: list[int]) -> bool:
        """Whether a row under the header belongs to it."""
        if any(r0 in header and r1 >= row for r0, _, r1, _ in self.sheet.merged):
            return True
        if self._column_numbers(row):
            return True
        texts = self.sheet.row(row)
        if section_of_row(texts):
            return False
        cells = [(c, t) for c, t in enumerate(texts) if t]
        if all(units.known(squeezed(t).strip("()")) for _, t in cells):
            return True
        if self._like_data(row, header):
            return False
        first = int(np.flatnonzero(self.filled[header[0]])[0])
        classes = self._classes(row)
        named = all(self.kinds[row, c] == TEXT or classes or _YEAR.fullmatch(squeezed(t)) for c, t in cells)
        label_like = all(_LETTERS.search(t) or _YEAR.fullmatch(squeezed(t)) for _, t in cells)
        blank_label = not any(c <= first for c, _ in cells)
        if len(cells) == 1:
            return (
                blank_label
                and named
                and label_like
                and len(cells[0][1]) < 30
                and not units.find_units(texts[cells[0][0]])
            )
        if blank_label and named and label_like and max(len(t) for _, t in cells) < 40:
            return True
        numeric = [c for c in range(self.sheet.width) if self.numeric[c] and self.filled[row, c]]
        worded = [c for c in numeric if self.kinds[row, c] == TEXT and _LETTERS.search(texts[c])]
        return len(numeric) >= 1 and len(worded) * 2 > len(numeric) and self.kinds[row, first] != NUMBER

    def _like_data(self, row: int, header: list[int]) -> bool:
        """Whether a row without figures is one whose figures are missing or written in words, not a header.

        Its labels are like those of the rows below, its figures carry units of their own, or it names again columns
        that all have a name of their own.
        """
        texts = [squeezed(t) for t in self.sheet.row(row)]
        above = [[squeezed(t) for t in self.sheet.row(h)] for h in header]
        labels = [c for c, t in enumerate(texts) if t and not self.numeric[c] and self.kinds[row, c] == TEXT]
        labels = [c for c in labels if not any(line[c] == texts[c] for line in above)]
        if not labels:
            return False
        under = self.rows[self.rows > row][: limits.HEADER_SEARCH_ROWS]
        if not self._printed_again(row, under) and any(self._like_those(c, texts[c], under) for c in labels):
            return True
        figures = [t for c, t in enumerate(texts) if t and self.numeric[c]]
        if above[0][labels[0]] and any(_amount(t) for t in figures):
            return True
        # A caption is said twice or stands over columns without a name.
        lowest = [next((line[c] for line in reversed(above) if line[c]), "") for c in range(len(texts))]
        used = np.flatnonzero(self.filled[[row, *under]].any(axis=0)).tolist()
        if not figures or not all(lowest[c] for c in used) or len({lowest[c] for c in used}) < len(used):
            return False
        # The same once more in another language or as codes.
        return not all(t.isascii() for t in texts)

    def _printed_again(self, row: int, under: Codes) -> bool:
        """Whether a row stands below once more as it is, as headers do on each page."""
        same = np.ones(len(under), dtype=bool)
        for cells in self.sheet.columns:
            same &= cells.codes[under] == cells.codes[row]
        return bool(same.any())

    def _like_those(self, column: int, text: str, under: Codes) -> bool:
        """Whether a label is like those below it: a place of their level, a number of their form, one of them."""
        cells = self.sheet.columns[column]
        below = [t for r in under.tolist() if (t := squeezed(cells.text(r))) and not is_total(t)]
        if text in below and not is_total(text):
            return True
        level = None if _ANY_PLACE.fullmatch(text) else place_level(text)
        alike = [t for t in below if level and place_level(t) == level]
        form = _DIGIT.sub("0", text) if _DIGIT.search(text) else ""
        formed = [t for t in below if form and _DIGIT.sub("0", t) == form]
        return 2 * max(len(alike), len(formed)) > len(below)

    def _above(self, rows: list[int]) -> tuple[list[int], list[int]]:
        """Return the rows of the title and those that name units."""
        unit_rows = [r for r in rows if units.find_units(self._line(r))]
        only = [r for r in unit_rows if all(_UNIT_LINE.match(squeezed(t)) for t in self.sheet.row(r) if t)]
        return [r for r in rows if r not in only], unit_rows

    def _paths(self, header: list[int]) -> tuple[tuple[str, ...], ...]:
        named = [r for r in header if not self._column_numbers(r)]
        grid = [[" ".join(UNSEEN.sub("", t).split()) for t in self.sheet.row(r)] for r in named]
        # From below: a caption speaks for columns that have a header of their own under it, filled or written.
        for depth, row in reversed(list(enumerate(named))):
            spans = [m for m in self.sheet.merged if m[0] in named and m[0] <= row <= m[2]]
            for r0, c0, _, c1 in spans:
                text = grid[named.index(r0)][c0]
                for column in range(c0, min(c1, self.sheet.width - 1) + 1):
                    grid[depth][column] = grid[depth][column] or text
            if depth + 1 < len(named) and not any(m[3] > m[1] for m in spans):
                _spread(grid[depth], grid[depth + 1])
        paths = []
        for column in range(self.sheet.width):
            path: list[str] = []
            for line in grid:
                if line[column] and line[column] not in path:
                    path.append(line[column])
            paths.append(tuple(path))
        return tuple(paths)

    # -- the body ----------------------------------------------------------------------------------------------------

    @property
    def _label_columns(self) -> list[int]:
        """Columns of text before the first column of figures; a running number is no figure."""
        found = []
        for column in range(min(self.sheet.width, 8)):
            if not self.numeric[column]:
                found.append(column)
            elif found and not self._counts_up(column):
                break
        return found or [0]

    def _counts_up(self, column: int) -> bool:
        cells = self.sheet.columns[column]
        numbers = [cells.text(int(r)) for r in np.flatnonzero(self.kinds[:, column] == NUMBER)[:20]]
        return all(n.isdecimal() for n in numbers) and [int(n) for n in numbers] == list(
            range(int(numbers[0]), int(numbers[0]) + len(numbers))
        )

    def _notes(self, body: Codes) -> set[int]:
        """Return the rows below the table: everything of one cell after the last row of several, and what signs it."""
        notes: set[int] = set()
        usual = self._usual_level(body)
        for row in reversed(body.tolist()):
            cells = [t for t in self.sheet.row(row) if t]
            first = squeezed(cells[0])
            plain = [squeezed(t) for t in cells]
            signs = _signs(plain)
            remark = _NOTE.fullmatch(first) and (len(cells) == 1 or int(self.counts[row]) * 2 < self._typical)
            # A village that reported nothing has one cell too, its name.
            place = bool(usual) and place_level(cells[0]) == usual
            called = bool(MOBILE.fullmatch(first)) and not any(np.array(self.numeric)[self.filled[row]])
            alone = len(cells) == 1 and (self.kinds[row].max() == TEXT or called) and not place
            if not (signs or remark or alone):
                break
            notes.add(row)
        # A note begins with its word wherever it stands, and lines of one cell after it belong to it.
        return notes | self._noted(body)

    def _noted(self, body: Codes) -> set[int]:
        found: set[int] = set()
        single = body[self.counts[body] == 1]
        for row in single.tolist():
            text = next(t for t in self.sheet.row(row) if t)
            if _NOTE.fullmatch(squeezed(text)):
                found.add(row)
        return found

    def _usual_level(self, rows: Codes) -> str | None:
        """Return the level of place that most labels of these rows have."""
        for column in reversed(self._label_columns):
            levels = self._levels(column, rows)
            known = [level for level in levels if level]
            if known and len(known) * 2 > len(rows):
                return max(set(known), key=known.count)
        return None

    def _levels(self, column: int, rows: Codes) -> list[str | None]:
        cells = self.sheet.columns[column]
        by_text = [place_level(t) if len(t) <= 2 * _PLACE_LENGTH else None for t in cells.texts]
        return [by_text[code] for code in cells.codes[rows].tolist()]

    def _repeated(self, body: Codes, header: list[int]) -> set[int]:
        """Return rows that say the header again, as on each page of a printed list."""
        found: set[int] = set()
        for row in header:
            same = np.ones(len(body), dtype=bool)
            for cells in self.sheet.columns:
                same &= cells.codes[body] == cells.codes[row]
            found |= set(body[same].tolist())
        return found

    def _totals(self, body: Codes, titles: list[int]) -> set[int]:
        labels = self._label_columns
        totals = self._named_totals(body, labels)
        rest = body[~np.isin(body, list(totals))]
        totals |= self._unnamed_total(rest, labels)
        rest = rest[~np.isin(rest, list(totals))]
        totals |= self._sums_of_rows(rest, labels)
        rest = rest[~np.isin(rest, list(totals))]
        return totals | self._place_total(rest, labels, titles)

    def _named_totals(self, body: Codes, labels: list[int]) -> set[int]:
        """Return rows that a label calls a total: 小计, 全县.

        A column that says so of every row is no mark but tells what the whole table is of: 层级 is 合计 throughout,
        one row per township. Rows that another label calls a total are totals all the same.
        """
        # The word may stand in the column of running numbers.
        columns = sorted({0, *labels})
        named = np.zeros((len(body), len(columns)), dtype=bool)
        for at, column in enumerate(columns):
            cells = self.sheet.columns[column]
            total = np.array([bool(t) and len(t) <= 24 and is_total(t) for t in cells.texts] or [False], dtype=bool)
            named[:, at] = total[cells.codes[body]]
        said = self.filled[body][:, columns] & ~named
        for at in range(len(columns)):
            others = np.delete(named, at, axis=1).any(axis=1)
            of = ~others & np.delete(said, at, axis=1).any(axis=1)
            if (of | others).all() and of.sum() > 1 and named[of, at].all():
                named[:, at] = False
        return set(body[named.any(axis=1)].tolist())

    def _figures(self, rows: Codes) -> Figures:
        """Return the numbers of rows, one column per column of figures; NaN where there is none."""
        columns = [c for c, numeric in enumerate(self.numeric) if numeric and not self._counts_up(c)]
        figures = np.full((len(rows), len(columns)), np.nan)
        for at, column in enumerate(columns):
            cells = self.sheet.columns[column]
            values = np.array([rough(t) for t in cells.texts] or [np.nan])
            figures[:, at] = values[cells.codes[rows]]
        return figures

    def _unnamed_total(self, rows: Codes, labels: list[int]) -> set[int]:
        """Return a first or last row without any label whose figures are nowhere exceeded."""
        if len(rows) < 3:
            return set()
        blank: Mask = ~np.asarray(self.filled[rows][:, labels].any(axis=1))
        if int(blank.sum()) != 1 or not (blank[0] or blank[-1]):
            return set()
        figures = np.abs(self._figures(rows))
        at = 0 if blank[0] else len(rows) - 1
        own, others = figures[at], np.delete(figures, at, axis=0)
        known = ~np.isnan(own) & ~np.isnan(others).all(axis=0)
        if not known.any():
            return set()
        return {int(rows[at])} if (own[known] >= np.nanmax(others[:, known], axis=0)).all() else set()

    def _place_total(self, rows: Codes, labels: list[int], titles: list[int]) -> set[int]:
        """Return rows of a higher place than most: a county among townships that is clearly their sum."""
        if len(rows) < 4:
            return set()
        column = next((c for c in labels if self._place_column(c, rows)), None)
        if column is None:
            return set()
        levels = self._levels(column, rows)
        usual = max((lv for lv in levels if lv), key=levels.count)
        about = squeezed(self.about + "".join(self._line(r) for r in titles))
        totals: set[int] = set()
        figures: Figures | None = None
        for at, level in enumerate(levels):
            if not level or _RANK[level] <= _RANK[usual]:
                continue
            if any(self.filled[rows[at], c] for c in labels if c != column and not self.numeric[c]):
                continue
            # Of several the largest is not the sum of all.
            alone = levels.count(level) == 1
            figures = self._figures(rows) if figures is None else figures
            name = squeezed(self.sheet.columns[column].text(int(rows[at])))
            with np.errstate(all="ignore"):
                tops = figures[at] >= np.nanmax(np.delete(figures, at, axis=0), axis=0)
            edge = at in {0, len(rows) - 1}
            if (edge and (name in about or name.endswith(("县", "縣", "旗")))) or (
                alone and tops.any() and tops.mean() > 0.5
            ):
                totals.add(int(rows[at]))
        return totals

    def _sums_of_rows(self, rows: Codes, labels: list[int]) -> set[int]:
        """Return rows that are the sums of others: of a higher place, of those right under it; without a label, of all.

        姜家镇 30, 其中：平原村 10, 文石村 20; or last. Half of a row's figures have to be sums, as shares
        are none. Where half of the townships are sums of their villages all are meant so: one that is not is a total
        that differs.
        """
        ranks = self._ranks(rows, labels)
        blank = ~np.asarray(self.filled[rows][:, labels].any(axis=1))
        if len(rows) < _FEWEST_SUMMED or (blank.sum() != 1 and len(set(ranks) - {0}) < 2):
            return set()
        figures = self._figures(rows)
        found: set[int] = set()
        for rank in sorted(set(ranks) - {0, 1}):
            ways = [
                {at: self._beside(at, ranks, found, step) for at, own in enumerate(ranks) if own == rank}
                for step in (1, -1)
            ]
            # Sums stand above what they sum or below it, throughout.
            sums = [
                sum(_is_sum(figures[at], figures[parts]) for at, parts in way.items() if len(parts) > 1) for way in ways
            ]
            way = ways[sums[1] > sums[0]]
            if max(sums) and 2 * max(sums) >= sum(len(parts) > 1 for parts in way.values()):
                found |= {at for at, parts in way.items() if parts}
        if blank.sum() == 1:
            at = int(np.flatnonzero(blank)[0])
            parts = [n for n in range(len(rows)) if n != at and n not in found]
            if len(parts) > 1 and _is_sum(figures[at], figures[parts]):
                found.add(at)
        return {int(rows[at]) for at in found}

    @staticmethod
    def _beside(at: int, ranks: list[int], sums: set[int], step: int) -> list[int]:
        """Return the rows of lower places right below a row, or above it, without those that are sums themselves."""
        found = []
        n = at + step
        while 0 <= n < len(ranks) and 0 < ranks[n] < ranks[at]:
            if n not in sums:
                found.append(n)
            n += step
        return found

    def _ranks(self, rows: Codes, labels: list[int]) -> list[int]:
        """Return how high the place is that each row names last: 1 a village; 0 where it names none."""
        ranks = [0] * len(rows)
        for column in labels:
            filled = self.filled[rows, column]
            for at, level in enumerate(self._levels(column, rows)):
                if filled[at]:
                    ranks[at] = _RANK[level] if level else 0
        return ranks

    def _place_column(self, column: int, rows: Codes) -> bool:
        levels = [lv for lv in self._levels(column, rows) if lv]
        return len(levels) >= 0.7 * len(rows) and levels.count(max(set(levels), key=levels.count)) >= 0.7 * len(rows)

    def _sections(self, body: Codes) -> set[int]:
        """Return rows that head others: by their number, or one cell among rows of several."""
        labels = sorted({0, *self._label_columns})
        numbered = numbered_sections(self.sheet, self.filled, self.numeric, labels, body)
        return numbered | self._captions_alone(body[~np.isin(body, list(numbered))])

    def _captions_alone(self, body: Codes) -> set[int]:
        """Return rows of one cell among rows of several: captions, but no place that reported nothing."""
        if not len(body):
            return set()
        single = body[self.counts[body] == 1]
        usual = self._usual_level(body)
        if not len(single) or (usual is None and len(single) * 2 > len(body)):
            return set()
        labels = {0, *self._label_columns}
        found = set()
        for row in single.tolist():
            column = int(np.flatnonzero(self.filled[row])[0])
            text = self.sheet.columns[column].text(row)
            if column in labels and self.kinds[row, column] == TEXT and not (usual and place_level(text) == usual):
                found.add(row)
        return found

    def _stacked(self, data: Codes) -> tuple[int, ...]:
        """Return data rows that hold lists of several lines, equally long in two columns or more."""
        lines = np.zeros((len(data), self.sheet.width), dtype=np.int32)
        for number, cells in enumerate(self.sheet.columns):
            counts = np.array([t.count("\n") + 1 if "\n" in t else 0 for t in cells.texts] or [0], dtype=np.int32)
            if counts.max() >= 3:
                lines[:, number] = counts[cells.codes[data]]
        if not lines.any():
            return ()
        found = []
        for row, counts in zip(data.tolist(), lines, strict=True):
            many = counts[counts >= 3]
            if len(many) >= 2 and len(set(many.tolist())) == 1:
                found.append(row)
        return tuple(found)


def _signs(cells: list[str]) -> bool:
    """Whether a row says who filled it in and when; the name may stand in the cell after its word."""
    said = [bool(_SIGNED.fullmatch(t) or _LABELLED.fullmatch(t) or begins_signing(t)) for t in cells]
    named = [False, *(begins_signing(t) and goes_on_signing(t, after) for t, after in pairwise(cells))]
    if len(cells) > 1 and begins_signing(cells[0]) and not (said[1] or named[1] or _DATED.fullmatch(cells[1])):
        return False
    return said[0] and all(
        told or after or _DATED.fullmatch(t) for told, after, t in zip(said, named, cells, strict=True)
    )


def _amount(text: str) -> bool:
    """Whether a text is a number with or without a unit, or an error in place of one."""
    return not _YEAR.fullmatch(text) and (read_number(text) is not None or text.startswith("#"))


def _is_sum(own: "np.ndarray[tuple[int], np.dtype[np.float64]]", parts: Figures) -> bool:
    """Whether at least half of a row's figures are the sums of those of others, and not only zeros."""
    known = ~np.isnan(own) & ~np.isnan(parts).all(axis=0)
    same = known & np.isclose(own, np.nansum(parts, axis=0), rtol=1e-9, atol=1e-6)
    return bool(2 * same.sum() >= known.sum() and (own[same] != 0).any())


def _spread(upper: list[str], lower: list[str]) -> None:
    """Let a caption speak for the blank cells to its right, as if merged, where each has a header of its own below."""
    caption, own = "", False
    for column, text in enumerate(upper):
        if text:
            caption, own = text, bool(lower[column])
        elif caption and own and lower[column]:
            upper[column] = caption
        elif not lower[column]:
            caption = ""


def _panels(paths: tuple[tuple[str, ...], ...]) -> tuple[tuple[int, int], ...]:
    """Return the groups of columns with the same headers; one group if nothing repeats."""
    named = [c for c, path in enumerate(paths) if path]
    headers = [squeezed("/".join(paths[c])) for c in named]
    whole = ((named[0], named[-1] + 1),) if named else ()
    for size in range(2, len(headers) // 2 + 1):
        if len(headers) % size == 0 and all(h == headers[i % size] for i, h in enumerate(headers)):
            return tuple((named[i], named[i + size - 1] + 1) for i in range(0, len(headers), size))
    return whole
