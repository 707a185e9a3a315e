"""Upload tables whose captions say what others say in columns of the key: 中央衔接资金 above 到位额 and 累计支出."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.intake import units
from data.intake.across import measure_of, says_total, totals_across
from data.intake.headings import unit_of
from data.intake.long_form import Group, Long, errors_passed_over, lengthened
from data.intake.model import Cells, FoundColumn, Sheet, Told
from data.intake.structure import Structure, unmarked
from data.intake.upload_headers import PLACES, columns_of, header_of, plain
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

    What a caption says besides an option it names is what the other column holds: of 市级衔接资金 the 市级, about which
    the sender is asked if it is no option. What no caption says is taken from the title, if that names one option. A
    caption of a total makes no rows.
    """
    columns = columns_of(table.id, structure.paths)
    have = {c.name for c in columns if c.role == "column"}
    lacking = [c for c in table.columns if c.type == "enum" and c.name in table.key and c.name not in have]
    under = [one for c in named if lacking and (one := _under(c, structure, table))]
    totals = [one for one in under if says_total(one.caption)]
    parts = [one for one in under if not says_total(one.caption)]
    options = {one.caption: _options("".join(one.caption), lacking) for one in parts}
    names = [(one.caption, one.measure) for one in parts]
    told_apart = len({tuple(sorted(said.items())) for said in options.values()}) == len(options)
    if not parts or not all(options.values()) or not told_apart or len(set(names)) < len(names):
        return None
    taken = {one.found.col for one in under}
    # A figure under no caption cannot be said of each of them.
    if any(c.col not in taken and c.role == "column" and table.column(str(c.name)).numeric for c in columns):
        return None
    units_of = {name: {_unit(one, structure, table) for one in parts if one.measure == name} for _, name in names}
    if any(len(own) > 1 for own in units_of.values()):
        return None
    of_title = _of_title(f"{structure.title} {about}", lacking, options)
    titles = {c.name: c.zh for c in table.columns}
    figures: dict[tuple[str, ...], dict[str, tuple[Cells, int]]] = {}
    for one in parts:
        unit = next(iter(units_of[one.measure]))
        header = f"{titles[one.measure]}（{unit}）" if unit else titles[one.measure]
        figures.setdefault(one.caption, {})[header] = (sheet.columns[one.found.col], one.found.col)
    groups = [
        Group({titles[name]: text for name, text in {**of_title, **options[caption]}.items()}, own)
        for caption, own in figures.items()
    ]
    row = structure.header_row
    filled = [c for c in lacking if any(c.zh in group.said for group in groups)]
    words = {
        "count": len(groups),
        "columns_zh": "、".join(f"“{c.zh}”" for c in filled),
        "columns_en": ", ".join(f'"{c.en}"' for c in filled),
    }
    told = [Told("captions_read", row, parts[0].found, words, header_of(parts[0].caption))]
    for total in totals:
        of = [one.found for one in parts if one.measure == total.measure]
        told += totals_across(sheet, structure.data_rows, [total.found], of, row, over_time=False)
    told += errors_passed_over(structure.data_rows, groups, named)
    headers = {col: header_of(path) for col, path in enumerate(structure.paths) if path}
    long, origin = lengthened(sheet, row, structure.data_rows, _kept(columns, named, taken), groups, headers)
    return Long(long, origin, tuple(told))


def _under(found: FoundColumn, structure: Structure, table: Table) -> _Under | None:
    """Return a column that holds a figure of the table under a caption; None for any other."""
    path = tuple(unmarked(part) for part in structure.paths[found.col])
    path = tuple(part for part in path if not units.known(plain(part).strip("()")))
    measure = measure_of(path[-1:], table) if len(path) > 1 else None
    return _Under(found, measure, path[:-1]) if measure else None


def _options(caption: str, lacking: Sequence[Column]) -> dict[str, str]:
    """Return column → what a caption says of it: an option it names, of the last one the rest of the caption."""
    rest, found = plain(caption), dict[str, str]()
    for column in lacking:
        inside = [label for label in column.labels if plain(label) in rest]
        if len(inside) == 1:
            found[column.name] = inside[0]
            rest = rest.replace(plain(inside[0]), "", 1)
    left = [column for column in lacking if column.name not in found]
    if found and rest and len(left) == 1:
        found[left[0].name] = rest
    return found


def _of_title(
    title: str, lacking: Sequence[Column], options: Mapping[tuple[str, ...], Mapping[str, str]]
) -> dict[str, str]:
    """Return column → option for columns of which no caption says anything and the title names one option."""
    found = {}
    for column in lacking:
        inside = [label for label in column.labels if plain(label) in plain(title)]
        if len(inside) == 1 and not any(column.name in said for said in options.values()):
            found[column.name] = inside[0]
    return found


def _unit(one: _Under, structure: Structure, table: Table) -> str | None:
    line = units.find_units(structure.unit_text)
    return unit_of(structure.paths[one.found.col]) or units.fitting(line, table.column(one.measure).unit)


def _kept(columns: Sequence[FoundColumn], named: Sequence[FoundColumn], taken: set[int]) -> dict[str, int]:
    """Return header in the long table → column of all that is said of each caption."""
    running = {c.col for c in named if c.canonical == "seq"}
    return {
        _NAMES.get(c.role, c.header): c.col for c in columns if c.col not in taken | running and c.role != "ignored"
    }
