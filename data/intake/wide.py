"""Tables with a column per item, as offices fill them, turned into the long table: a row per place, item and period."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from data.intake import units
from data.intake.across import (
    Timed,
    day_of,
    period_named,
    says_total,
    timed,
    told_across,
    totals_across,
    undated,
    year_of,
)
from data.intake.computed import computed_from
from data.intake.headings import unit_of
from data.intake.item_names import full_names, item_named, items_by_name, plain_name, without_unit
from data.intake.kinds import is_bare, is_figure
from data.intake.long_form import UNIT, Group, Long, errors_passed_over, lengthened
from data.intake.model import Cells, FoundColumn, Sheet, Told
from data.intake.other_figure import in_brackets, of_item, other_words
from data.intake.structure import Structure, squeezed, unmarked
from data.intake.unit_columns import said_by_rows, unit_columns
from data.intake.upload_headers import PLACES, header_of, meaning_words
from data.tables import items, tables

# What names the place and the date of a row, and the header each has in the long table.
_KEPT = {**PLACES, "period": "日期"}
_PLACES = frozenset(PLACES) - {"county"}
_FIELDS = {"分子": "numerator", "numerator": "numerator", "分母": "denominator", "denominator": "denominator"}


# What heads the whole figure under a caption, beside one of the month, a plan or 其中.
_TO_DATE = re.compile(
    r"(?:(?:截至|截止)?(?:本月|当月|月|本期|本季度?|年初|\d{1,2}月)(?:末|底|止|为止)?)?(?:本年度?|当年|全年|年)?累计(?:数|额|值|完成|金额)?"
    r"|实际(?:数|完成|完成数)?|实有数?|现有数?|合计|总计|总数|小计"
)


@dataclass(frozen=True)
class ItemColumn:
    """A column whose header names an item of the facts, which of its figures it holds, and of which period."""

    found: FoundColumn
    item: str
    field: str
    timed: Timed | None = None

    @property
    def said(self) -> str:
        """What it is called in corrections."""
        return self.item if self.field == "value" else f"{self.item}:{self.field}"

    @property
    def period(self) -> str:
        """The period the header names; empty if it names none."""
        return self.timed.period if self.timed else ""


def item_columns(
    columns: Sequence[FoundColumn],
    structure: Structure,
    said: Mapping[int, str] = MappingProxyType({}),
    units_said: Mapping[int, str] = MappingProxyType({}),
) -> list[ItemColumn]:
    """Return the columns of figures whose header names an item; a ratio needs one column for each of its figures.

    A header without a unit has that of the unit line, if it is of the item's kind. What the sender says that columns
    are (`said`: `item`, or `item:numerator`, by position) and are in counts more than their headers.
    """
    line = units.find_units(structure.unit_text)
    found: list[ItemColumn] = []
    for one in _naming_items(columns, structure, said, units_said):
        if one.field in items()[one.item].fields and not one.found.doubted:
            unit = one.found.unit or units.fitting(line, items()[one.item].unit)
            found.append(replace(one, found=replace(one.found, unit=unit)))
    return found


def rates_told(columns: Sequence[FoundColumn], structure: Structure) -> list[Told]:
    """Return which columns hold only the rate of an item that is added up by its numerator and denominator."""
    return [
        Told("rate_only", structure.header_row, one.found, {"item_zh": item.name_zh, "item_en": item.name_en})
        for one in _naming_items(columns, structure)
        if (item := items()[one.item])
        and not one.found.doubted
        and one.field == "value"
        and {"numerator", "denominator"} <= set(item.fields)
    ]


def doubted_told(columns: Sequence[FoundColumn], structure: Structure) -> list[Told]:
    """Return which columns are not read because their headers say more than the name of an item."""
    facts = tables()["facts"]
    return [
        Told(
            "other_figure",
            structure.header_row,
            one.found,
            {"words": one.found.doubted, **meaning_words(one.item, facts)},
        )
        for one in _naming_items(columns, structure)
        if one.found.doubted
    ]


def _shares_told(
    sheet: Sheet, structure: Structure, left: Sequence[FoundColumn], picked: Sequence[ItemColumn]
) -> list[Told]:
    """Return which columns only say the share that two figures of a ratio beside them make."""
    ratios = {(one.item, one.period) for one in picked}
    of = {(one.item, one.period, one.field): one.found for one in picked}
    pairs = [
        (of[*ratio, "numerator"], of[*ratio, "denominator"])
        for ratio in sorted(ratios)
        if (*ratio, "numerator") in of and (*ratio, "denominator") in of
    ]
    told = []
    for column in left if pairs else ():
        if pair := computed_from(sheet, structure.data_rows, column, pairs):
            words = {"above": pair[0].header, "below": pair[1].header}
            told.append(Told("rate_computed", structure.header_row, column, words))
    return told


def _naming_items(
    columns: Sequence[FoundColumn],
    structure: Structure,
    said: Mapping[int, str] = MappingProxyType({}),
    units_said: Mapping[int, str] = MappingProxyType({}),
) -> list[ItemColumn]:
    """Return the columns whose header names an item, whether or not the item has such a figure."""
    over_time = {one.found.col: one for one in timed(columns, structure)}
    period = period_named(structure, "")
    found: list[ItemColumn] = []
    nameless: list[tuple[FoundColumn, list[str], Timed | None]] = []
    for column in columns:
        told, _, figure = said.get(column.col, "").partition(":")
        if column.role in {"personal", "ignored"}:
            continue
        in_words = not (told or column.kind in {"number", "share", ""})
        path = structure.paths[column.col]
        own = units_said.get(column.col) or unit_of(path)
        moment = over_time.get(column.col)
        marked = [unmarked(part) for part in (moment.rest if moment else path)]
        parts = [_bare(part, own) for part in marked]
        words: list[str] = []
        doubted = ""
        named = (told, figure or _figure_of(told, parts)) if told else _named(parts) or _named(_without_total(parts))
        if not named and (apart := [_apart(part, own) for part in marked]):
            words = [word for _, inside in apart for word in inside]
            named = _named([bare for bare, _ in apart]) if words else None
            parts = [bare for bare, _ in apart] if named else parts
        if in_words and not (named and items()[named[0]].unit == units.FLAG):
            continue  # 是 and 否 are figures of what a place has or has not
        if named and not told:
            named, doubted = _whole(*named, parts, words, period)
        if named:
            likely = named[0] if doubted else ""
            found.append(ItemColumn(replace(column, unit=own, doubted=doubted, likely=likely), *named, moment))
        else:
            nameless.append((replace(column, unit=own), parts, moment))
    return [*found, *_of_title(structure.title, found, nameless)]


def _whole(
    item: str, field: str, parts: Sequence[str], words: Sequence[str], period: str | None
) -> tuple[tuple[str, str], str]:
    """Return the item of a header by its parts besides the item's name, and which words may make it another figure.

    Another item beside it, of which the figures are a part of the first's, is the one meant: 脱贫不稳定户 above
    监测对象户数.
    """
    known = items_by_name()
    if "".join(parts) in known:
        return (item, field), other_words(words, of_item(items()[item]), (), period) or ""
    within = {known[part] for part in parts if part in known and items()[known[part]].part_of == item}
    if len(within) == 1:
        item = within.pop()
    own = items()[item]
    figures = {plain_name(word) for word in (*own.numerator, *own.denominator, *_FIELDS)}
    names = [plain_name(name) for name in (own.name_zh, *own.aliases)]
    whole = {item, own.part_of or item}
    beside = [part for part in parts if known.get(part) not in whole and part not in figures]
    beside = [part for part in beside if not part.endswith(tuple(_FIELDS))]
    return (item, field), other_words([*beside, *words], of_item(own), names, period) or ""


def _of_title(
    title: str,
    found: Sequence[ItemColumn],
    nameless: Sequence[tuple[FoundColumn, Sequence[str], Timed | None]],
) -> list[ItemColumn]:
    """Return columns that name the figures of the ratio that is the title's: 政策知晓度 of 调查人数 and 知晓人数."""
    item = item_named(title)
    if item is None or any(one.item == item and one.field != "value" for one in found):
        return []
    figures = [
        ItemColumn(column, item, field, moment)
        for column, parts, moment in nameless
        if (field := _figure_of(item, parts)) != "value"
    ]
    return figures if {one.field for one in figures} >= {"numerator", "denominator"} else []


def _bare(part: str, unit: str | None) -> str:
    """Return a part of a header without its unit, unless it belongs to the name: 示范户 above 户."""
    return name if (name := plain_name(part)) in items_by_name() else without_unit(part, unit)


def _apart(part: str, unit: str | None) -> tuple[str, list[str]]:
    """Return a part of a header without its brackets, and what stands in these besides a unit."""
    text = squeezed(part)
    words = [word for word in in_brackets(text) if not units.known(word)]
    for word in words:
        text = text.replace(f"({word})", "")
    return _bare(text, unit), words


def _without_total(parts: Sequence[str]) -> Sequence[str]:
    """Return the parts of a header without 累计 or 实际 at its end: the figure is what stands above it."""
    return parts[:-1] if len(parts) > 1 and _TO_DATE.fullmatch(parts[-1]) else ()


def _named(parts: Sequence[str]) -> tuple[str, str] | None:
    """Return the item that the parts of a header name, and which of its figures; None if they name none."""
    for part in (*reversed(parts), "".join(parts)):
        # 脱贫不稳定户 above 户数 and 人数 is an item above its own figures only by one of them.
        known = (
            items_by_name() if part in {*parts[-1:], "".join(parts)} or set(parts) & _FIELDS.keys() else full_names()
        )
        if part in known:
            return known[part], _figure_of(known[part], parts)
        for word, field in _FIELDS.items():
            if part.endswith(word) and (bare := part.removesuffix(word).rstrip("/-—:")) in known:
                return known[bare], field
    return None


def _figure_of(item: str, parts: Sequence[str]) -> str:
    """Return which figure of an item the parts of a header name besides it: 分子, or what the item calls it."""
    own = {plain_name(word): field for field in ("numerator", "denominator") for word in getattr(items()[item], field)}
    return next((field for p in reversed(parts) if (field := _FIELDS.get(p) or own.get(p))), "value")


def to_facts(
    sheet: Sheet, structure: Structure, columns: Sequence[FoundColumn], picked: Sequence[ItemColumn], about: str = ""
) -> Long | None:
    """Turn a table with a column per item into one row per place and item; blank cells give no row.

    Returns
    -------
    Long or None
        The long table, and what is to be told of units, totals and columns that name no item. None if no column names
        the place of a row.
    """
    over_time = [one.timed for one in picked if one.timed]
    keys = [c for c in columns if c.canonical in _KEPT and c.role != "personal" and not _is_picked(c, picked)]
    if over_time:
        # Each column has its own date.
        keys = [c for c in keys if c.canonical != "period"]
    if not any(c.canonical in _PLACES for c in keys):
        return None
    row, year = structure.header_row, year_of(structure, about)
    picked, totals = _without_totals(picked, structure)
    titles = {c.name: c.header("zh") for c in tables()["facts"].columns}
    told = told_across(over_time, year, row)
    groups: dict[tuple[str, str], dict[str, tuple[Cells, int]]] = {}
    unit_of: dict[tuple[str, str], str] = {}
    for one in picked:
        at = one.found.col
        group = groups.setdefault((one.item, one.period), {})
        if titles[one.field] in group:
            told.append(Told("column_twice", row, one.found, {"other": group[titles[one.field]][1] + 1}))
            continue
        group[titles[one.field]] = (sheet.columns[at], at)
        unit_of.setdefault((one.item, one.period), one.found.unit or "")
    for total in totals:
        parts = [one.found for one in picked if one.item == total.item]
        running = items()[total.item].cumulative is not None
        told += totals_across(sheet, structure.data_rows, [total.found], parts, row, running=running)
    left = _left_out(sheet, structure, columns, [*picked, *totals])
    shares = _shares_told(sheet, structure, left, picked)
    said = {one.found.col for one in shares if one.found}
    rates = [one for one in rates_told(columns, structure) if one.found and one.found.col not in said]
    doubted = [one for one in doubted_told(left, structure) if one.found and one.found.col not in said]
    told += [*shares, *rates, *doubted]
    left = [c for c in left if all(c.col != one.found.col for one in (*shares, *rates, *doubted) if one.found)]
    whole = [c for c in left if says_total(structure.paths[c.col])]
    told += [Told("no_item", row, c) for c in left if c not in whole]
    # Items in one unit may be summed, periods of several items may not.
    alike = len({items()[one.item].unit for one in picked}) == 1 < len(picked) and not over_time
    parts = [replace(one.found, unit=one.found.unit or items()[one.item].unit) for one in picked] if alike else []
    told += totals_across(sheet, structure.data_rows, whole, parts, row, over_time=False)
    targets = {one.found.col: (items()[one.item].unit, one.found.unit or "") for one in picked}
    by_rows, odd = said_by_rows(sheet, structure.data_rows, unit_columns(columns, list(targets)), targets)
    told += odd
    told += _unlike_units(structure, picked)
    told += _other_line(structure, [one for one in picked if one.found.col not in by_rows], targets)
    told += [
        Told("unit_assumed", row, one.found, {"unit": targets[one.found.col][0]})
        for one in picked
        if one.found.col not in by_rows
        and units.money_unsaid(one.found.unit, targets[one.found.col][0], [other.found.unit for other in picked])
        and any(map(is_bare, sheet.columns[one.found.col].used(structure.data_rows)[1]))
    ]
    listed = []
    for (item, period), figures in groups.items():
        day = {_KEPT["period"]: day_of(period, year) or ""} if period else {}
        rows_say = next((by_rows[at] for _, at in figures.values() if at in by_rows), None)
        own_unit = {UNIT: rows_say or unit_of[item, period]} if by_rows or any(unit_of.values()) else {}
        listed.append(Group({titles["item"]: item, **own_unit, **day}, figures))
    told += errors_passed_over(structure.data_rows, listed, columns)
    headers = {col: header_of(path) for col, path in enumerate(structure.paths) if path}
    kept = {_KEPT[str(c.canonical)]: c.col for c in keys}
    long, origin = lengthened(sheet, row, structure.data_rows, kept, listed, headers)
    return Long(long, origin, tuple(told), own_items=True, refusal=undated(over_time, year))


def _other_line(
    structure: Structure, picked: Sequence[ItemColumn], targets: Mapping[int, tuple[str, str]]
) -> list[Told]:
    """Return the columns without a unit of their own, where the line of units is in none that any item can have."""
    line = units.find_units(structure.unit_text)
    if not line or any(units.fitting(line, wanted) for wanted, _ in targets.values()):
        return []
    return [
        Told(
            "flag_unit" if wanted == units.FLAG else "wrong_unit",
            structure.header_row,
            one.found,
            {"unit": line[0], "target": wanted, "factor": ""},
        )
        for one in picked
        if not one.found.unit and units.counts(wanted := targets[one.found.col][0])
    ]


def _unlike_units(structure: Structure, picked: Sequence[ItemColumn]) -> list[Told]:
    """Return the figures of a ratio whose headers give them other units than each other: 万人 of 人, 户 of 人."""
    first: dict[tuple[str, str], FoundColumn] = {}
    told = []
    for one in picked:
        if one.found.unit and items()[one.item].unit == units.OF_RATIO:
            other = first.setdefault((one.item, one.period), one.found)
            if units.factor(one.found.unit, other.unit or "") != 1:
                words = {"unit": one.found.unit, "other": other.header, "other_unit": other.unit}
                told.append(Told("ratio_units", structure.header_row, one.found, words))
    return told


def _is_picked(column: FoundColumn, picked: Sequence[ItemColumn]) -> bool:
    return any(one.found.col == column.col for one in picked)


def _without_totals(picked: Sequence[ItemColumn], structure: Structure) -> tuple[list[ItemColumn], list[ItemColumn]]:
    """Part the totals of an item's periods from these."""
    over_time = {one.item for one in picked if one.period}
    totals = [o for o in picked if o.item in over_time and not o.period and says_total(structure.paths[o.found.col])]
    return [one for one in picked if one not in totals], totals


def _left_out(
    sheet: Sheet, structure: Structure, columns: Sequence[FoundColumn], picked: Sequence[ItemColumn]
) -> list[FoundColumn]:
    """Return columns of figures that name no item, also where but one cell under an unknown header is a figure."""

    def holds_figures(column: FoundColumn) -> bool:
        if column.kind:
            return column.kind in {"number", "share"}
        return any(is_figure(text) for text in sheet.columns[column.col].used(structure.data_rows)[1])

    asked = [c for c in columns if c.canonical != "seq" and c.role != "personal" and not _is_picked(c, picked)]
    return [c for c in asked if holds_figures(c)]
