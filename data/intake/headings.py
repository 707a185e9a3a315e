"""What the headers of any office table mean: canonical name, kind and unit of each column, by header and content."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

from data.intake import units
from data.intake.kinds import NUMBER, TEXT, in_words, is_figure
from data.intake.model import Cells, Codes, FoundColumn, Sheet, rule_book
from data.intake.numbers import rough
from data.intake.periods import is_day
from data.intake.place_headers import place_header
from data.intake.structure import Structure, is_total, place_level, squeezed

FILE = Path(__file__).with_name("headings.yaml")
Kind = Literal["number", "share", "label", "list", "text", "period", "day", "code"]

_TEXT_KINDS = frozenset({"label", "list", "text"})
_SPLIT = re.compile(r"[、,，;；/\s]+")
_JOINED = re.compile(r"\S{1,10}(?:镇|鎮|乡|鄉|街道)\S{1,10}(?:村|社区|居委会|居)")
_MONEY = re.compile(r"资金|金额|投资|补助|补贴|经费|拨款|收入|支出|费用")
_INNER_UNIT = re.compile(r"[(\[【](?:单位:)?([^()\[\]【】]{1,8})[)\]】]")
_ENOUGH = 0.6
_FIGURES = 0.7
_HALF = 0.5
# Before which look at a header it is taken apart into words for places.
_PUT_TOGETHER = 2
# What is counted is no amount: 受益户数, 覆盖村个数, 带动就业（人）; 到位数 may be one.
_COUNTED = re.compile(r"(?:[个户人名家村组处座台套件项次口头只株辆条]数量?|数量|人次|人口|劳动力|(?<!每)[户人个])$")
_RATE = re.compile(r"(?:率|比重|占比|比例|百分比|进度)$")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    canonical: str
    kind: Kind
    exact: tuple[str, ...] = Field((), alias="is")
    has: tuple[str, ...] = ()
    without: tuple[str, ...] = Field((), alias="not")
    unit: str | None = None
    column: str | None = None
    place: bool = False
    level: bool = False
    group: bool = False
    money: bool = False
    units_only: bool = False


class _Word(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    has: tuple[str, ...]
    suffix: str = ""
    canonical: str = ""
    total: str = ""
    unit: str = ""

    def fits(self, text: str) -> bool:
        return any(squeezed(word) in text for word in self.has)


class _Quantity(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    has: tuple[str, ...]
    units: tuple[str, ...]


class _Catalogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    headings: tuple[_Entry, ...]
    levels: tuple[_Word, ...]
    groups: tuple[_Word, ...]
    titles: tuple[_Word, ...]
    quantities: tuple[_Quantity, ...]


@cache
def catalogue() -> _Catalogue:
    """Return the headers known, as `headings.yaml` lists them."""
    return _Catalogue.model_validate(yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader))


@cache
def table_column(canonical: str) -> str | None:
    """Return the column of the ten upload tables that means the same, `projects.name`; None if there is none."""
    return next((e.column for e in catalogue().headings if e.canonical == canonical), None)


def name_columns(sheet: Sheet, structure: Structure, about: str) -> tuple[FoundColumn, ...]:
    """Say what each column is.

    Parameters
    ----------
    sheet, structure
        A sheet and where things stand in it.
    about
        Name of file and sheet, which with the title say who pays and what is counted.

    Returns
    -------
    tuple of FoundColumn
        Of every column that has a header or holds data; role `personal` or `unknown`.
    """
    return _Namer(sheet, structure, about).columns()


@dataclass
class _Content:
    """What a column's data cells look like."""

    numbers: float  # share of the cells with content
    empty: bool
    texts: list[str]
    smallest: float
    largest: float
    decimals: bool
    percents: float  # share of the numbers that are written with %


class _Namer:
    def __init__(self, sheet: Sheet, structure: Structure, about: str) -> None:
        self.sheet = sheet
        self.structure = structure
        self.title = squeezed(structure.title + about)
        self.units = units.find_units(structure.unit_text)
        self.content = [_content(cells, structure.data_rows) for cells in sheet.columns]
        self.by_title = next((w for w in catalogue().titles if w.fits(self.title)), None)

    def columns(self) -> tuple[FoundColumn, ...]:
        structure = self.structure
        paths = structure.paths
        found: list[FoundColumn] = []
        for col, path in enumerate(paths):
            if not path and self.content[col].empty:
                continue
            header = "/".join(path)
            if any(word.replace(" ", "") in squeezed(header) for word in rule_book().personal):
                found.append(FoundColumn(col, header, None, "personal", None, 1.0))
                continue
            entry = self._entry(col, path)
            # What the cells say themselves counts more than a unit line that speaks of other columns.
            unit = unit_of(path) or ("%" if self.content[col].percents >= _HALF else None)
            canonical, kind, score = self._named(entry, col, path, unit)
            found.append(FoundColumn(col, header, None, "unknown", unit, score, canonical, kind))
        return self._with_units(self._counted(self._labelled(found)))

    # -- by header ---------------------------------------------------------------------------------------------------

    def _entry(self, col: int, path: tuple[str, ...]) -> _Entry | None:
        """Return the first entry that fits a header's parts, lowest first, and the column's content."""
        parts = [_bare(part) for part in reversed(path)]
        flat = "".join(reversed(parts))
        looks = [(parts[:1], True), ([flat], True), (parts[:1], False), (parts[1:], True), ([flat], False)]
        of_places = [place_header(path[-1]) or place_header("".join(path))] if path else []
        for at, (texts, exact) in enumerate(looks):
            for entry in catalogue().headings:
                # What no list knows as it stands may be put together from words for places.
                if at == _PUT_TOGETHER and entry.canonical in of_places and self._suits(entry, col, flat):
                    return entry
                if any(_fits(entry, t, exact=exact) for t in texts) and self._suits(entry, col, flat):
                    return entry
        return None

    def _suits(self, entry: _Entry, col: int, flat: str) -> bool:
        content = self.content[col]
        if entry.units_only:
            known = [t for t in content.texts if units.known(t)]
            return bool(content.texts) and len(known) >= _ENOUGH * len(content.texts)
        if entry.money and not self._about_money(col, flat):
            return False
        if entry.kind == "day":
            # Of a column without anything its words decide: 竣工时间 is a day, 竣工 anything.
            return _days(self.sheet.columns[col], self.structure.data_rows) >= _ENOUGH or (
                content.empty and flat.endswith(("时间", "日期"))
            )
        if content.empty or entry.canonical in {"seq", "plot", "crop"}:
            return True
        if entry.kind in {"number", "share"}:
            # Figures written in a way that is not read are still meant as figures; they are told one by one.
            if content.numbers >= 0.3:
                return True
            figures = sum(is_figure(text) and not is_day(text) for text in content.texts)
            return figures > 0.7 * len(content.texts)
        return entry.kind not in _TEXT_KINDS or content.numbers < 0.7

    def _about_money(self, col: int, flat: str) -> bool:
        """Whether a column counts money: by its own unit, else by words of the header or the title."""
        if unit_of(self.structure.paths[col]):
            return self._money_unit(col)
        return bool(self._money_unit(col) or _MONEY.search(flat) or _MONEY.search(self.title))

    def _money_unit(self, col: int) -> bool:
        unit = unit_of(self.structure.paths[col]) or next(iter(self.units), None)
        return bool(unit and units.factor(unit, "元"))

    def _named(
        self, entry: _Entry | None, col: int, path: tuple[str, ...], unit: str | None
    ) -> tuple[str | None, str, float]:
        """Return canonical name, kind and certainty of a column by its header."""
        if entry is None:
            return None, "number" if self.content[col].numbers >= _FIGURES else "", 0.0
        flat = squeezed("/".join(path))
        canonical = entry.canonical
        if entry.place:
            return self._place(entry, col), "label", 0.9
        if entry.kind == "number" and unit == "%":
            return ("population_share" if canonical == "population" else "indicator_value"), "share", 0.7
        if entry.level:
            words = [squeezed(p) for p in reversed(path)]
            own = next((w for text in words for w in catalogue().levels if w.fits(text)), None)
            level = own or (
                None if _total_money(flat) else next((w for w in catalogue().levels if w.fits(self.title)), None)
            )
            group = self._group(flat)
            canonical = f"funds_{level.suffix}" if level else "funds" if group else "funds_total"
        if entry.group:
            group = self._group(flat)
            canonical = f"{canonical}_{group}" if group else canonical
        return canonical, entry.kind, 0.9

    @staticmethod
    def _group(flat: str) -> str:
        return next((w.suffix for w in catalogue().groups if w.fits(flat)), "")

    def _place(self, entry: _Entry, col: int) -> str | None:
        """Return which place a column names: as its header says, else as its content shows."""
        shown = self._place_shown(col)
        if entry.canonical in {"place", "township_list"}:
            return shown or (entry.canonical if entry.canonical == "township_list" else None)
        joined = shown == "township_village" and entry.canonical in {"township", "village"}
        listed = shown == "township_list" and entry.canonical == "township"
        return shown if joined or listed else entry.canonical

    def _place_shown(self, col: int) -> str | None:
        texts = self.content[col].texts
        if not texts:
            return None
        plain = [squeezed(t) for t in texts]
        if sum(bool(_JOINED.fullmatch(t)) for t in plain) >= 0.7 * len(plain):
            return "township_village"
        levels = [place_level(t) for t in plain]
        known = [lv for lv in levels if lv]
        if len(known) >= _ENOUGH * len(plain):
            # Lists end like a place too: 双河乡、活水乡.
            listed = [t for t in plain if len(_SPLIT.split(t)) > 1]
            level = Counter(known).most_common(1)[0][0]
            return f"{level}_list" if len(listed) * 3 > len(plain) and level == "township" else level
        parts = [p for t in texts for p in _SPLIT.split(squeezed_list(t)) if p]
        if parts and sum(place_level(p) == "township" for p in parts) >= 0.8 * len(parts):
            return "township_list"
        return None

    # -- by the other columns ----------------------------------------------------------------------------------------

    def _labelled(self, found: list[FoundColumn]) -> list[FoundColumn]:
        """Give the first column of text a meaning where its header is blank, or too general for what it holds."""
        at = next((i for i, c in enumerate(found) if self._texts(c.col) and c.canonical not in {"seq", "unit"}), None)
        if at is None:
            return found
        column = found[at]
        general = squeezed(column.header) in {"", "指标", "项目", "指标名称", "名称"}
        money = any((c.canonical or "").startswith("funds") for c in found)
        if general and column.canonical in {None, "indicator", "project_name"}:
            shown = self._place_shown(column.col)
            heads = [self.structure.paths[c.col][-1] for c in self._figures(found) if self.structure.paths[c.col]]
            # Where the columns are places the rows are not: 通公路的村 is counted, 平原村 is a village.
            across = 2 * sum(place_level(head) is not None for head in heads) > len(heads)
            if shown and not across:
                found[at] = replace(column, canonical=shown, kind="label", score=0.8)
            elif not (column.canonical == "project_name" and money) and self._figures(found):
                found[at] = replace(column, canonical="indicator", kind="label", score=0.8)
        return found

    def _texts(self, col: int) -> bool:
        content = self.content[col]
        return not content.empty and content.numbers < 0.5

    def _figures(self, found: list[FoundColumn]) -> list[FoundColumn]:
        return [c for c in found if c.kind in {"number", "share"} and c.canonical not in {"seq", "period"}]

    def _counted(self, found: list[FoundColumn]) -> list[FoundColumn]:
        """Name columns of figures whose header is a category, a year or a place: by the label column or the title."""
        labels = {c.canonical for c in found}
        result: list[FoundColumn] = []
        by_rows = "indicator" in labels
        places = labels & {"township", "village", "county", "township_village"}
        seen: dict[str, str] = {}
        for column in found:
            renamed = column
            if column.kind in {"number", "share"} and column.canonical in {None, "value", "indicator_value"}:
                renamed = self._category(column, by_rows=by_rows, by_place=bool(places))
            canonical = renamed.canonical or ""
            if canonical.startswith("funds_") and seen.get(canonical, column.header) != column.header:
                group = canonical.rsplit("_", 1)[-1] in {"C", "D", "none"}
                if not group and len(self.structure.panels) == 1:
                    renamed = replace(renamed, canonical=f"{canonical}_item")
            seen.setdefault(canonical, column.header)
            result.append(renamed)
        return result

    def _category(self, column: FoundColumn, *, by_rows: bool, by_place: bool) -> FoundColumn:
        leaf = squeezed(self.structure.paths[column.col][-1]) if self.structure.paths[column.col] else ""
        if by_rows:
            return replace(column, canonical="value", score=max(column.score, 0.7))
        if self._shares(column):
            named = (
                "population_share" if self.by_title and self.by_title.canonical == "population" else "indicator_value"
            )
            return replace(column, canonical=named, kind="share", score=0.6)
        if self.by_title and column.canonical is None:
            total = is_total(leaf) and self.by_title.total
            of_title = self.by_title.unit if self.by_title.unit in self._line(column) else None
            unit = column.unit or of_title
            return replace(column, canonical=total or self.by_title.canonical, unit=unit, score=0.6)
        if is_total(leaf) and self._money_unit(column.col):
            return replace(column, canonical="funds_total", score=0.6)
        if by_place and column.header:
            return replace(column, canonical="indicator_value", score=0.5)
        return column

    def _shares(self, column: FoundColumn) -> bool:
        """Whether figures can only be per cent: the table has such a unit, and none is above 100."""
        content = self.content[column.col]
        if column.unit or "%" not in self.units or content.empty:
            return column.unit == "%"
        return self.units == ("%",) or (content.smallest >= 0 and content.largest <= 100 and content.decimals)

    def _with_units(self, found: list[FoundColumn]) -> tuple[FoundColumn, ...]:
        """Give columns of figures without a unit the one of the unit column, or of the unit line where it fits."""
        own = next((self.content[c.col].texts for c in found if c.canonical == "unit"), None)
        result = []
        for column in found:
            unit = column.unit
            if column.kind in {"number", "share"} and unit is None:
                unit = self._from_line(column) if own is None else own[0] if len(set(own)) == 1 else None
            result.append(replace(column, unit=unit))
        return tuple(result)

    def _line(self, column: FoundColumn) -> tuple[str, ...]:
        """Return the units of the unit line that may be a column's: those of the kind that its header says is measured.

        What is counted is in none of money.
        """
        named = (_COUNTED.search(part) for part in map(_bare, reversed(self.structure.paths[column.col])))
        money = (_MONEY.search(part) for part in map(_bare, reversed(self.structure.paths[column.col])))
        # The lowest part of the header that says either decides: 补助户数/金额 is an amount.
        says = next((bool(counted) for counted, paid in zip(named, money, strict=True) if counted or paid), False)
        fitting = _measured_in(self.structure.paths[column.col])
        return tuple(
            unit
            for unit in self.units
            if not (says and units.factor(unit, "元"))
            and (not fitting or unit == "%" or any(units.factor(unit, wanted) for wanted in fitting))
        )

    def _from_line(self, column: FoundColumn) -> str | None:
        if column.kind == "share":
            return "%"
        base = re.sub(r"_(?:C|D|none)$", "", column.canonical or "")
        entry = next((e for e in catalogue().headings if e.canonical == base), None)
        wanted = "元" if base.startswith("funds") else entry.unit if entry else None
        absolute = [u for u in self._line(column) if u != "%"]
        if wanted:
            fitting = [u for u in absolute if units.factor(u, wanted)]
            if fitting:
                return fitting[0]
            # 人口数 without any unit line counts people; money without one may be 元 or 万元.
            return wanted if wanted in {"人", "户"} and not absolute else None
        if self.units == ("%",):
            return "%"
        if _RATE.search(_bare(self.structure.paths[column.col][-1]) if self.structure.paths[column.col] else ""):
            return None  # the unit line speaks of the amounts beside it
        return absolute[0] if len(absolute) == 1 else None


def _measured_in(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return a unit of each kind that figures under a header can be in; none if it does not say what is measured."""
    for part in map(_bare, reversed(path)):
        if found := next((q for q in catalogue().quantities if any(word in part for word in q.has)), None):
            return found.units
    return ()


@cache
def _bare(part: str) -> str:
    """Return a part of a header without unit and blanks."""
    text = squeezed(part)
    for match in reversed(list(_INNER_UNIT.finditer(text))):
        if units.known(match[1]) and (match.start() or match.end() < len(text)):
            text = text[: match.start()] + text[match.end() :]
    upper, slash, lower = text.partition("/")
    return upper if slash and upper and units.known(lower.strip("()")) else text


def unit_of(path: tuple[str, ...]) -> str | None:
    """Return the unit a header itself names, lowest part first."""
    for part in reversed(path):
        text = squeezed(part)
        if units.known(text.strip("()")) and len(path) > 1:
            return text.strip("()")
        for match in reversed(list(_INNER_UNIT.finditer(text))):
            if units.known(match[1]):
                return match[1]
        if stated := units.unit_in_header(part):
            return stated
    return None


def _fits(entry: _Entry, text: str, *, exact: bool) -> bool:
    if not text or any(squeezed(word) in text for word in entry.without):
        return False
    if exact:
        return text in {squeezed(word) for word in entry.exact}
    return any(squeezed(word) in text for word in entry.has)


def _total_money(flat: str) -> bool:
    return any(word in flat for word in ("合计", "总投资", "总额", "总计"))


def squeezed_list(text: str) -> str:
    """Return a list of names without the blanks inside names; line breaks part them."""
    return re.sub(r"[ \u3000\t]+", "", text)


def _content(cells: Cells, rows: Codes) -> _Content:
    times = np.bincount(cells.codes[rows], minlength=len(cells.kinds))
    used = times > 0
    texts_at = np.flatnonzero(used & (cells.kinds == TEXT))
    spelled = np.array([in_words(cells.texts[code]) for code in texts_at.tolist()], dtype=bool)
    figures = np.union1d(np.flatnonzero(used & (cells.kinds == NUMBER)), texts_at[spelled])
    words = texts_at[~spelled]
    numbers, filled = int(times[figures].sum()), int(times[figures].sum() + times[words].sum())
    written = [cells.texts[code] for code in figures.tolist()]
    percents = int(sum(times[code] for code, text in zip(figures, written, strict=True) if text[-1] in "%％"))
    values = np.array([rough(text) for text in written])
    texts: list[str] = []
    for code in words.tolist():
        if len(texts) >= 2000:
            break
        texts.extend([cells.texts[code]] * min(int(times[code]), 50))
    return _Content(
        numbers=numbers / filled if filled else 0.0,
        empty=not filled,
        texts=texts,
        smallest=float(np.fmin.reduce(values, initial=np.inf)),
        largest=float(np.fmax.reduce(values, initial=-np.inf)),
        decimals=any("." in text or "%" in text for text in written),
        percents=percents / numbers if numbers else 0.0,
    )


def _days(cells: Cells, rows: Codes) -> float:
    """Return the share of the cells with content that name a day or a month, also one that the calendar lacks."""
    codes, texts = cells.used(rows)
    named = np.array([is_day(text) for text in texts], dtype=bool)[codes]
    filled = ~cells.blank[rows]
    return float(named.sum() / filled.sum()) if filled.any() else 0.0
