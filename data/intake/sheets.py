"""Which sheets of a workbook are read: one that its sender chooses, else all of one form together as one table."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake.corrections import Corrections, form_columns
from data.intake.exports import FoundExport, find_export
from data.intake.model import Book, Checked, Layout, Part, Problems, Question, Refusal, Sheet
from data.intake.same_form import addable, like, put_together, unlike_units
from data.intake.structure import find_structure, is_total
from data.intake.template import REFERENCE_SHEETS
from data.tables import tables

# Told of all sheets together, whatever each told by itself.
_OF_SHEETS = ("sheet_not_read", "sheets_together")
# Told of the whole workbook, by the sheet that is read first.
_OF_BOOK = ("sheet_divided", "unit_of_above")
_APART = ("sheet_other_unit", "sheet_without_unit")
# A form has more than one column.
_FEWEST = 2


def readable(book: Book) -> list[str]:
    """Return the names of the sheets that a sender may choose: those shown that hold anything, but no notes of ours."""
    return [s.name for s in book.sheets if not s.hidden and s.name not in REFERENCE_SHEETS and s.filled.any()]


def need_sheet(book: Book, name: str | None) -> None:
    """Refuse a file that lacks the sheet chosen."""
    names = readable(book)
    if name and name not in {s.name for s in book.sheets}:
        raise Refusal("no_sheet", sheet=name, sheets="、".join(names))


def together(book: Book, checked: Checked, check: Callable[[Book], Checked]) -> Checked:
    """Read the other sheets of the same form too, each for itself, and return all of them as one table.

    The result of the one sheet where its sender chose it, where there is no other of its form, or where it sums up
    the others.

    Parameters
    ----------
    checked
        What the sheet that fits best was understood as.
    check
        Checks a workbook, as that one was checked.
    """
    layout = checked.layout
    # The sheets of an export are put together before they are added up.
    if layout is None or checked.refusal or layout.turned or layout.said.sheet or layout.export:
        return checked
    alone = [replace(book, sheets=(sheet,), notes=(), mixed_lines=()) for sheet in _alike(book, layout)]
    every = list(map(check, alone))
    late = next((one for one in every if one.refusal and one.refusal.rule == "too_slow"), None)
    if late:
        return late
    found = [one for one in every if one.table == checked.table and one.refusal is None]
    fits = [not checked.generic or addable(checked, one) for one in found]
    apart = [one for one, fit in zip(found, fits, strict=True) if not fit]
    found = [one for one, fit in zip(found, fits, strict=True) if fit]
    parts = sorted([checked, *found], key=lambda one: [s.name for s in book.sheets].index(_name(one)))
    if checked.generic:
        parts = [parts[0], *(like(parts[0], one) for one in parts[1:])]
    names = {_name(one) for one in parts}
    left = tuple(other for other in layout.other_sheets if other[0] not in names)
    read = joined(parts, left) if found else checked
    told = pd.concat([read.problems, _why_apart(checked, apart)], ignore_index=True) if apart else read.problems
    return replace(read, problems=told)


def _why_apart(first: Checked, apart: Sequence[Checked]) -> pd.DataFrame:
    """Tell of sheets of the same form which column's unit keeps them from being read with the first."""
    problems = Problems()
    for other in apart:
        for target, found in unlike_units(first, other):
            words = {"sheet": _name(other), "other": _name(first), "header": found.header}
            words |= {"unit": found.unit or target.unit or "", "other_unit": target.unit or found.unit or ""}
            unsaid = other if found.unit is None else first
            rule = "sheet_other_unit" if found.unit and target.unit else "sheet_without_unit"
            problems.add(rule, more={**words, "unsaid": _name(unsaid)})
    return problems.frame().assign(sheet="")


def each(checked: Checked, work: Callable[[Checked], Checked]) -> Checked:
    """Return a result of which each sheet was worked on."""
    if not checked.parts or checked.layout is None:
        return work(checked)
    again = joined([work(part.checked) for part in checked.parts], checked.layout.other_sheets)
    # Why sheets are apart is said of none of those that were worked on.
    apart = checked.problems[checked.problems["rule"].isin(_APART)]
    return replace(again, problems=pd.concat([again.problems, apart], ignore_index=True)) if len(apart) else again


def joined(sheets: Sequence[Checked], left: tuple[tuple[str, int], ...]) -> Checked:
    """Return the results of sheets as that of one table, whose rows are numbered through (`Checked.part_of`).

    Parameters
    ----------
    left
        The sheets that are not read, with their number of rows.
    """
    first = next(one for one in sheets if one.layout is not None)
    heights = [0, *np.cumsum([_source(one).sheet.height for one in sheets])]
    parts = tuple(Part(one, int(before)) for one, before in zip(sheets, heights, strict=False))
    frames, layout = put_together(sheets) if first.generic else ([one.frame for one in sheets], first.layout)
    frame = pd.concat([f.set_axis(f.index + p.before) for f, p in zip(frames, parts, strict=True)])
    again = [] if first.generic else [_again(parts, frame)]
    problems = pd.concat([_told(sheets, left), *(_of_part(p) for p in parts), *again], ignore_index=True)
    # What is said of all sheets is said once, and of none of them.
    whole = problems["row"].isna()
    same = problems[["rule", "column", "value"]].assign(more=problems["more"].map(str))
    problems.loc[whole & (same.duplicated(keep=False) | problems["rule"].isin(_OF_BOOK)), "sheet"] = ""
    said = Corrections()
    for one in sheets:
        said = (one.said or Corrections()).over(said)
    return replace(
        first,
        frame=frame.rename_axis("row"),
        problems=problems.loc[~(whole & same.duplicated())].reset_index(drop=True),
        layout=replace(layout, other_sheets=left) if layout else None,
        questions=_questions(sheets),
        said=said,
        periods=_union(one.periods for one in sheets),
        townships=_union(one.townships for one in sheets),
        personal=any(one.personal for one in sheets),
        items=_union(one.items for one in sheets),
        whole=any(one.whole for one in sheets),
        parts=parts,
    )


def of_one_export(book: Book, found: FoundExport, chosen: str | None) -> list[FoundExport]:
    """Return all sheets of an export's form, in the order of the workbook; only itself where its sender chose it."""
    others = [] if chosen else _others(book, found.sheet)
    each = [one for sheet in others if (one := find_export(replace(book, sheets=(sheet,))))]
    own = form_columns(found.structure.paths)
    alike = [
        one
        for one in each
        if one.export.id == found.export.id
        and len(one.structure.data_rows)
        and form_columns(one.structure.paths) == own
    ]
    order = [sheet.name for sheet in book.sheets]
    return sorted([found, *alike], key=lambda one: order.index(one.sheet.name))


def _alike(book: Book, layout: Layout) -> list[Sheet]:
    """Return the other sheets that are full tables with the same columns, in any order."""
    own = form_columns((layout.before or layout).structure.paths)
    others = _others(book, layout.sheet) if len(own) >= _FEWEST else []
    structures = [(s, find_structure(s, s.name)) for s in others]
    return [s for s, found in structures if found and len(found.data_rows) and form_columns(found.paths) == own]


def _others(book: Book, taken: Sheet) -> list[Sheet]:
    """Return the sheets that may be read with another: none of those that sum up the rest, or hold notes."""
    names = set(readable(book))
    if taken.name not in names or _sums_up(taken.name):
        return []
    return [s for s in book.sheets if s.name in names - {taken.name} and not _sums_up(s.name)]


def _sums_up(name: str) -> bool:
    return is_total(name) or "汇总" in name


def _source(checked: Checked) -> Layout:
    if checked.layout is None:
        raise ValueError("a sheet that was not read")
    return checked.layout.before or checked.layout


def _name(checked: Checked) -> str:
    return _source(checked).sheet.name


def _told(sheets: Sequence[Checked], left: tuple[tuple[str, int], ...]) -> pd.DataFrame:
    """Tell which sheets are read as one table, and which are not read."""
    problems = Problems()
    rows = [(_name(one), len(set(one.frame.index))) for one in sheets]
    problems.add("sheets_together", more=_listed(rows, "sheets"))
    if left:
        names = "、".join(name for name, _ in rows)
        read = sum(n for _, n in rows)
        problems.add("sheet_not_read", more={"sheet": names, "read": read, **_listed(left, "others")})
    return problems.frame().assign(sheet="")


def _listed(sheets: Iterable[tuple[str, int]], word: str) -> dict[str, object]:
    sheets = list(sheets)
    return {
        f"{word}_zh": "、".join(f"“{name}”（{n} 行）" for name, n in sheets),
        f"{word}_en": ", ".join(f'"{name}" ({n} rows)' for name, n in sheets),
    }


def _of_part(part: Part) -> pd.DataFrame:
    told = part.checked.problems
    own = told.loc[~told["rule"].isin(_OF_SHEETS)]
    return own.assign(row=own["row"] + part.before, sheet=_name(part.checked))


def _again(parts: Sequence[Part], frame: pd.DataFrame) -> pd.DataFrame:
    """Tell of rows with the key of a row of an earlier sheet."""
    table, problems = tables()[str(parts[0].checked.table)], Problems()
    key = list(table.key)
    keyed = frame.loc[frame[key].notna().all(axis=1), key]
    of_part = np.searchsorted([p.before for p in parts], keyed.index.to_numpy(), side="left") - 1
    keyed = keyed.assign(_part=of_part, _row=keyed.index)
    earlier = keyed.groupby(key, sort=False)[["_part", "_row"]].transform("first")
    # A row that repeats one of its own sheet is told there.
    wrong = ((earlier["_part"] != keyed["_part"]) & ~keyed.duplicated([*key, "_part"])).to_numpy()
    again, first = keyed.loc[wrong], earlier.loc[wrong]
    named, names = " + ".join(table.column(name).zh for name in key), [_name(part.checked) for part in parts]
    more = [
        {"other": names[at], "first": row - parts[at].before, "key": named}
        for at, row in zip(first["_part"].tolist(), first["_row"].tolist(), strict=True)
    ]
    values = ["、".join(_written(value) for value in row) for row in again[key].itertuples(index=False)]
    problems.add("duplicate_in_sheet", again["_row"].to_numpy() - 1, column=key[0], values=values, more=more)
    return problems.frame().assign(sheet=[names[int(at)] for at in again["_part"]])


def _written(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _questions(sheets: Sequence[Checked]) -> tuple[Question, ...]:
    asked: dict[tuple[str, str, str, str], Question] = {}
    for one in (question for checked in sheets for question in checked.questions):
        key = (one.kind, one.column, one.text, one.township)
        before = asked.get(key)
        asked[key] = replace(one, rows=one.rows + before.rows) if before else one
    return tuple(asked.values())


def _union(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({one for part in parts for one in part}))
