"""Which of the ten tables a sheet holds, where its header stands, and what each column is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from data.intake import units
from data.intake.across import captioned_totals, over_periods, says_total, unread_periods
from data.intake.headings import name_columns
from data.intake.long_form import Long
from data.intake.model import Book, FoundColumn, Layout, Origin, Refusal, Sheet, Told
from data.intake.row_units import row_scales
from data.intake.structure import Structure, clean, find_structure
from data.intake.taken_apart import filled_down, one_below_the_other, turned, unstacked
from data.intake.template import REFERENCE_SHEETS
from data.intake.totals import totals_told
from data.intake.upload_headers import columns_of, header_of, plain
from data.intake.wide import item_columns, to_facts
from data.tables import Table, tables

_ENOUGH = 0.4
# Columns that name groups of rows; a blank cell there means the same as above.
_GROUPS = frozenset({"township", "county", "period", "category", "group"})
FACTS = "facts"


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


def recognise(book: Book, table: str | None = None, file_name: str = "") -> Layout:
    """Find the table in a file.

    Parameters
    ----------
    book
        As `read` returns it.
    table
        Id of the upload table if it is known; else the best fitting one is taken.
    file_name
        Says with the title what a table is about.

    Returns
    -------
    Layout
        With `table` None where no upload table fits and none was asked for: any office table.

    Raises
    ------
    Refusal
        No sheet holds a table, or not the one asked for.
    """
    # The lists that come with a template are no data, unless that is all there is.
    sheets = [s for s in book.sheets if s.name not in REFERENCE_SHEETS] or list(book.sheets)
    views = [view for sheet in sheets if (view := look(sheet, file_name))]
    if not views:
        raise Refusal("no_table")
    views = [_best_form(view, table) for view in views]
    fits = _fits(views, list(tables().values()))
    best = max((fit for fit in fits if table in {None, fit.table.id}), key=lambda fit: fit.score)
    if table and (not best.names or best.score < _ENOUGH):
        _refuse_as_other(fits, table)
    if table and not best.names:
        headers = "、".join(_headers(max(views, key=lambda view: view.sheet.width)))
        if not headers:
            raise Refusal("no_table")
        raise Refusal("unknown_table", headers=headers if len(headers) < 200 else f"{headers[:200]}…")
    if not (table or best.sure):
        widest = max(views, key=lambda view: (not view.sheet.hidden, view.figures, len(view.structure.data_rows)))
        if not len(widest.structure.data_rows):
            raise Refusal("no_table")
        return _layout(widest, None, widest.named, 0.0, _others(views, widest))
    if best.view.refusal:
        raise best.view.refusal
    canonical = {c.col: c for c in best.view.named}
    named = tuple(
        replace(c, canonical=canonical[c.col].canonical, kind=canonical[c.col].kind) if c.col in canonical else c
        for c in best.columns
    )
    view = best.view
    named, scales, told = row_scales(view.sheet, view.structure, named, best.table)
    totals = [c for c in named if c.role == "unknown" and says_total(view.structure.paths[c.col])]
    told += [Told("total_column", view.structure.header_row, c) for c in totals]
    told += unread_periods(named, view.structure, best.table)
    told += captioned_totals(view.sheet, view.structure, named)
    named = tuple(replace(c, role="ignored") if c in totals else c for c in named)
    view = replace(view, told=(*view.told, *_in_file(told, view.origin)))
    named = _with_title_unit(view.structure, best.table, named)
    others = _others([fit.view for fit in fits if fit.sure], best.view)
    return replace(_layout(view, best.table, named, best.score, others), scales=scales)


@dataclass(frozen=True)
class View:
    """A sheet as it is read: lists in cells and tables side by side are put one below the other.

    Attributes
    ----------
    origin
        Where the cells stand in the sheet as it came; None where they are the same.
    told
        What is to be told of how it was taken apart.
    own_items, refusal
        As `Long` has them.
    before
        The sheet as it came, where it was taken apart.
    """

    sheet: Sheet
    structure: Structure
    about: str
    origin: Origin | None = None
    told: tuple[Told, ...] = ()
    own_items: bool = False
    refusal: Refusal | None = None
    before: "View | None" = None

    @cached_property
    def named(self) -> tuple[FoundColumn, ...]:
        """The columns as `headings` names them."""
        return name_columns(self.sheet, self.structure, self.about)

    @property
    def figures(self) -> int:
        """Number of cells in columns of figures, as a measure of how much a sheet holds."""
        return sum(c.kind in {"number", "share"} for c in self.named) * len(self.structure.data_rows)


def look(sheet: Sheet, file_name: str) -> View | None:
    """Find out where things stand in a sheet; None if it holds no table."""
    about = f"{re.split(r'[/]', file_name)[-1].rpartition('.')[0]} {sheet.name}"
    structure = find_structure(sheet, about)
    if structure is None:
        return None
    view = View(sheet, structure, about)
    for rule, rows, taken_apart in (
        ("stacked_cells", structure.stacked_rows, unstacked),
        ("side_by_side", structure.header_rows[-1:] if len(structure.panels) > 1 else (), one_below_the_other),
    ):
        if rows:
            apart, origin = taken_apart(view.sheet, view.structure)
            again = find_structure(apart, about)
            if again is not None:
                told = (*view.told, *(Told(rule, int(row)) for row in rows))
                view = View(apart, again, about, origin.of(view.origin), told, before=view.before or view)
    return _filled(view)


def _filled(view: View) -> View:
    groups = [c.col for c in view.named if c.canonical in _GROUPS]
    filled = filled_down(view.sheet, view.structure, groups)
    if filled is None:
        return view
    told = (*view.told, *_in_file([Told("filled_down", int(view.structure.data_rows[0]))], view.origin))
    return replace(view, sheet=filled, told=told)


def _best_form(view: View, table: str | None) -> View:
    """Return a sheet in the form in which it is an upload table: as it stands, made long, or turned on its side."""
    wanted = [t for t in tables().values() if table in {None, t.id}]
    standing = _made_long(view, table) or view
    if standing is not view or any(fit.sure for fit in _fits([view], wanted)):
        return standing
    lying = _on_its_side(view)
    apart = lying and (_made_long(lying, table) or lying)
    return apart if apart and any(fit.sure for fit in _fits([apart], wanted)) else view


def _on_its_side(view: View) -> View | None:
    found = turned(view.sheet, view.structure)
    structure = find_structure(found[0], view.about) if found else None
    if found is None or structure is None:
        return None
    upright = view.structure
    structure = replace(structure, title=upright.title, unit_text=upright.unit_text or structure.unit_text)
    told = (*view.told, *_in_file([Told("turned", max(upright.header_row, 0))], view.origin))
    return _filled(View(found[0], structure, view.about, found[1].of(view.origin), told, before=view.before or view))


def _made_long(view: View, table: str | None) -> View | None:
    """Return a sheet with a column per item or per period as one with a row for each; None if it is no such sheet."""
    wanted = [t for t in tables().values() if table in {None, t.id}]
    fits = [
        _Fit(_score(one, columns, view.sheet.name), apart, one, columns)
        for one in wanted
        if (long := over_periods(view.sheet, view.structure, view.named, view.about, one))
        and (apart := _view(view, long))
        and (columns := columns_of(one.id, apart.structure.paths))
    ]
    best = max((fit for fit in fits if fit.sure), key=lambda fit: fit.score, default=None)
    if best:
        return best.view
    if table not in {None, FACTS} or any(fit.sure for fit in _fits([view], list(tables().values()))):
        return None
    picked = item_columns(view.named, view.structure)
    found = to_facts(view.sheet, view.structure, view.named, picked, view.about) if picked else None
    return _view(view, found) if found else None


def _in_file(told: Sequence[Told], origin: Origin | None) -> list[Told]:
    """Return what is to be told with rows, columns and headers as the file has them."""
    if origin is None:
        return list(told)
    found = []
    for said in told:
        rows, cols = origin.cells([max(said.row, 0)], said.found.col if said.found else 0)
        row, col = int(rows[0]), int(cols[0])
        column = said.found and replace(said.found, col=col, header=origin.header(said.found, row, col))
        found.append(replace(said, row=row, found=column))
    return found


def _view(view: View, long: Long) -> View:
    told = [*totals_told(view.sheet, view.structure, view.named), *long.told]
    return View(
        sheet=long.sheet,
        structure=replace(clean(long.sheet, view.structure.title), unit_text=view.structure.unit_text),
        about=view.about,
        origin=long.origin.of(view.origin),
        told=(*view.told, *_in_file(told, view.origin)),
        own_items=long.own_items,
        refusal=long.refusal,
        before=view.before or view,
    )


@dataclass(frozen=True)
class _Fit:
    """How well a sheet would do as an upload table."""

    score: float
    view: View
    table: Table
    columns: tuple[FoundColumn, ...]

    @property
    def names(self) -> set[str]:
        return {c.name for c in self.columns if c.name}

    @property
    def sure(self) -> bool:
        """Whether nobody needs to say which table it is."""
        told = [c for c in self.columns if c.role in {"column", "unknown", "personal"}]
        # A list of people with their villages is no list of villages.
        known = 2 * sum(c.role == "column" for c in told) >= len(told)
        return known and self.score >= _ENOUGH and len(self.names) >= min(2, len(self.table.key))


def _fits(views: list[View], wanted: list[Table]) -> list[_Fit]:
    fits = []
    for view in views:
        for table in wanted:
            columns = columns_of(table.id, view.structure.paths)
            score = _score(table, columns, view.sheet.name) - (0.05 if view.sheet.hidden else 0.0)
            fits.append(_Fit(score, view, table, columns))
    return fits


def _others(views: list[View], taken: View) -> tuple[str, ...]:
    """Return the names of visible sheets that hold data too and are not read."""
    names = (
        v.sheet.name for v in views if v.sheet is not taken.sheet and not v.sheet.hidden and len(v.structure.data_rows)
    )
    return tuple(dict.fromkeys(names))


def _headers(view: View) -> list[str]:
    return [header_of(path) for path in view.structure.paths if path]


def _refuse_as_other(fits: list[_Fit], table: str) -> None:
    """Say which table a file looks like that is not the one asked for."""
    other = max((fit for fit in fits if fit.sure), key=lambda fit: fit.score, default=None)
    if other and other.table.id != table:
        wanted = tables()[table]
        raise Refusal(
            "other_table", table_zh=wanted.name_zh, table_en=wanted.name_en, other_zh=other.table.name_zh,
            other_en=other.table.name_en,
        )  # fmt: skip


def _layout(
    view: View, table: Table | None, columns: tuple[FoundColumn, ...], score: float, others: tuple[str, ...]
) -> Layout:
    return Layout(
        table=table.id if table else None,
        about=view.about,
        sheet=view.sheet,
        structure=view.structure,
        columns=columns,
        score=round(min(score, 1.0), 3),
        other_sheets=others,
        origin=view.origin,
        own_items=view.own_items,
        told=view.told,
        before=_layout(view.before, None, view.before.named, 0.0, ()) if view.before else None,
    )


def _with_title_unit(structure: Structure, table: Table, columns: tuple[FoundColumn, ...]) -> tuple[FoundColumn, ...]:
    """Give columns without a unit the one of a line such as `单位：元`, where it is of their kind."""
    named = units.find_units(structure.unit_text)

    def with_unit(found: FoundColumn) -> FoundColumn:
        if not found.name or found.unit:
            return found
        fitting = [u for u in named if units.factor(u, table.column(found.name).unit or "") is not None]
        return replace(found, unit=fitting[0]) if fitting else found

    return tuple(with_unit(c) for c in columns)
