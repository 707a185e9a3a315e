"""Upload tables whose captions say what others say in columns of the key: 中央衔接资金 above 到位额 and 累计支出."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.intake import units
from data.intake.across import measure_of, says_total, totals_across, year_of
from data.intake.caption_options import option_named, said_of
from data.intake.headings import unit_of
from data.intake.long_form import UNIT, Group, Long, errors_passed_over, lengthened
from data.intake.model import Cells, FoundColumn, Sheet, Told
from data.intake.structure import Structure, is_part, unmarked
from data.intake.upload_headers import PLACES, columns_of, header_of, plain, split_unit
from data.tables import Column, Table

_NAMES = {"village_name": PLACES["village"], "township_name": PLACES["township"]}


@dataclass(frozen=True)
class _Under:
    """A column of figures under a caption."""

    found: FoundColumn
    measure: str
    caption: tuple[str, ...]


def under_captions(
    sheet: Sheet, structure: Structure, named: Sequence[FoundColumn], about: str, table: Table
) -> Long | None:
    """Turn a table whose captions name options of the key into one row per caption; None if it is no such form.

    The captions may stand above the figures' names or below them: 到位额 above 中央 and 省级. What a caption says
    besides an option is asked of the sender (`caption_options`). What no caption says is taken from the title, if that
    names one option. A caption of a total makes no rows.
    """
    columns = columns_of(table.id, structure.paths)
    have = {c.name for c in columns if c.role == "column"}
    lacking = [c for c in table.columns if c.type == "enum" and c.name in table.key and c.name not in have]
    under = [one for c in named if lacking and (one := _under(c, structure, table))]
    totals = [one for one in under if says_total(one.caption)]
    parts = [one for one in under if not says_total(one.caption)]
    options = _options(under, lacking, year_of(structure, about))
    names = [(one.caption, one.measure) for one in parts]
    told_apart = len({tuple(sorted(said.items())) for said in options.values()}) == len(options)
    if not parts or not all(options.values()) or not told_apart or len(set(names)) < len(names):
        return None
    taken = {one.found.col for one in under}
    # A figure under no caption cannot be said of each of them; a year can.
    declared = [table.column(str(c.name)) for c in columns if c.col not in taken and c.role == "column"]
    if any(column.numeric and column.unit != "年" for column in declared):
        return None
    units_of = {one.found.col: _unit(one, structure, table) for one in parts}
    differ = any(len({units_of[one.found.col] for one in parts if one.measure == name}) > 1 for _, name in names)
    if differ and any(len({units_of[one.found.col] for one in parts if one.caption == own}) > 1 for own in options):
        return None
    of_title = _of_title(f"{structure.title} {about}", lacking, options)
    titles = {c.name: c.zh for c in table.columns}
    figures: dict[tuple[str, ...], dict[str, tuple[Cells, int]]] = {}
    of_caption: dict[tuple[str, ...], dict[str, str]] = {}
    for one in parts:
        unit = units_of[one.found.col]
        header = f"{titles[one.measure]}（{unit}）" if unit and not differ else titles[one.measure]
        figures.setdefault(one.caption, {})[header] = (sheet.columns[one.found.col], one.found.col)
        of_caption[one.caption] = {UNIT: unit or ""} if differ else {}
    groups = [
        Group({**{titles[name]: text for name, text in {**of_title, **options[own]}.items()}, **of_caption[own]}, cells)
        for own, cells in figures.items()
    ]
    row = structure.header_row
    filled = [c for c in lacking if any(c.zh in group.said for group in groups)]
    words = {
        "count": len(groups),
        "columns_zh": "、".join(f"“{c.zh}”" for c in filled),
        "columns_en": ", ".join(f'"{c.en}"' for c in filled),
    }
    told = [Told("captions_read", row, parts[0].found, words, header_of(parts[0].caption))]
    whole = not any(is_part(one.caption[-1]) for one in parts)
    for total in totals:
        of = [one.found for one in parts if one.measure == total.measure]
        told += totals_across(sheet, structure.data_rows, [total.found], of, row, over_time=False, whole=whole)
    told += errors_passed_over(structure.data_rows, groups, named)
    headers = {col: header_of(path) for col, path in enumerate(structure.paths) if path}
    long, origin = lengthened(sheet, row, structure.data_rows, _kept(columns, named, taken), groups, headers)
    return Long(long, origin, tuple(told))


def _under(found: FoundColumn, structure: Structure, table: Table) -> _Under | None:
    """Return a column that holds a figure of the table under a caption, or one above it; None for any other."""
    path = tuple(part for part in structure.paths[found.col] if not units.known(plain(part).strip("()")))
    if len(path) < 2:
        return None
    for at in (len(path) - 1, 0):
        if measure := measure_of((unmarked(path[at]),), table):
            return _Under(found, measure, path[:at] + path[at + 1 :])
    return None


def _options(
    under: Sequence[_Under], lacking: Sequence[Column], year: int | None
) -> dict[tuple[str, ...], dict[str, str]]:
    """Return caption → column → what it says of it; totals are none.

    What is marked as a part of another caption (中央, 其中：省级) is in its figures already: the mark is asked about.
    What only some captions say of a column is asked of the others by all their words.
    """
    found: dict[tuple[str, ...], dict[str, str]] = {}
    within = False
    for caption in dict.fromkeys(one.caption for one in under):
        marked = is_part(caption[-1])
        if not marked:
            within = not says_total(caption)
        if says_total(caption):
            continue
        parts = [
            *(unmarked(part) for part in caption[:-1]),
            caption[-1] if marked and within else unmarked(caption[-1]),
        ]
        found[caption] = said_of("".join(split_unit(part)[0] for part in parts), lacking, year)
    some = {name for said in found.values() for name in said}
    return {
        caption: {name: said.get(name, plain("".join(caption))) for name in sorted(some)}
        if said or not is_part(caption[-1])
        else said
        for caption, said in found.items()
    }


def _of_title(
    title: str, lacking: Sequence[Column], options: Mapping[tuple[str, ...], Mapping[str, str]]
) -> dict[str, str]:
    """Return column → option for columns of which no caption says anything and the title names one option."""
    unsaid = [column for column in lacking if not any(column.name in said for said in options.values())]
    return {column.name: option for column in unsaid if (option := option_named(title, column))}


def _unit(one: _Under, structure: Structure, table: Table) -> str | None:
    line = units.find_units(structure.unit_text)
    return unit_of(structure.paths[one.found.col]) or units.fitting(line, table.column(one.measure).unit)


def _kept(columns: Sequence[FoundColumn], named: Sequence[FoundColumn], taken: set[int]) -> dict[str, int]:
    """Return header in the long table → column of all that is said of each caption."""
    running = {c.col for c in named if c.canonical == "seq"}
    return {
        _NAMES.get(c.role, c.header): c.col for c in columns if c.col not in taken | running and c.role != "ignored"
    }
