"""Which of the ten tables a sheet holds, where its header stands, and what each column is."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from data.intake import units
from data.intake.across import captioned_totals, over_periods, period_named, says_total, unread_periods
from data.intake.caption_options import option_named
from data.intake.captions import under_captions
from data.intake.corrections import (
    AS_FOUND,
    NEVER,
    NOT_READ,
    NOTHING,
    Corrections,
    Remembered,
    column_keys,
    form_columns,
    form_of,
)
from data.intake.covers import names_people
from data.intake.headings import name_columns
from data.intake.left_out import without_rows
from data.intake.long_form import Long
from data.intake.model import Book, FoundColumn, Layout, Origin, Refusal, Sheet, Told
from data.intake.months import with_years
from data.intake.numbering import moving
from data.intake.numbers import read_number
from data.intake.other_figure import month_in
from data.intake.people_across import rows_of_people, without_cells
from data.intake.row_units import row_scales
from data.intake.structure import Structure, clean, find_structure
from data.intake.taken_apart import filled_down, one_below_the_other, turned, unstacked
from data.intake.template import REFERENCE_SHEETS
from data.intake.unit_columns import unread_units
from data.intake.upload_headers import PLACE_WORDS, PLACES, columns_of, meaning_words, plain
from data.intake.wide import doubted_told, item_columns, rates_told, to_facts
from data.tables import PERSONAL, Table, items, tables

_ENOUGH = 0.4
# Columns that name groups of rows; a blank cell there means the same as above.
_GROUPS = frozenset({"township", "county", "period", "category", "group"})
_TIMES = frozenset({"as_of", "month", "year", "plan_year", "period"})
# What is written of things beside their figures, in whatever table.
_BESIDE = frozenset({"note", "content", "build_nature", "responsible_unit", "beneficiary"})
FACTS = "facts"
_LOOKED_AT = 50


def _score(table: Table, columns: tuple[FoundColumn, ...], view: "View", title: str) -> float:
    """Return how well headers fit: half for the share of the file's columns known, half for the key columns found.

    A title that names an option of the key stands for its column; so do name and
    place for a thing's number, in a list that says how far things are: a plan of them is no report.
    """
    names, telling = {c.name for c in columns if c.name}, _telling(table, columns, view)
    if not names:
        return 0.0
    roles = {c.role for c in columns}
    by_names = bool(roles & {"village_name", "township_name"})
    by_name = {c.name for c in table.columns if by_names and c.role in {"village", "place"}}
    by_title = {c.name for c in table.columns if c.type == "enum" and c.name in table.key and option_named(title, c)}
    found = names | by_name | by_title | _by_naming(table, columns)
    keys = sum(key in found for key in table.key) / len(table.key)
    known = sum(c.score for c in columns if c.role == "column") / len(telling)
    named = 0.1 if plain(view.sheet.name) in {plain(table.id), plain(table.name_zh), plain(table.name_en)} else 0.0
    # Of two tables that fit equally, the one with more columns in common.
    return 0.5 * known + 0.5 * keys + named + len(names) / 1000


def _by_naming(table: Table, columns: tuple[FoundColumn, ...]) -> set[str]:
    """Return the columns of numbers for which names and places stand, in a list that says how far its things are."""
    names, roles = {c.name for c in columns if c.name}, {c.role for c in columns}
    placed = names & {*table.place_columns} or roles & {"village_name", "township_name"}
    return {c.name for c in table.columns if c.named_by in names and placed and names & moving(table)}


def _telling(table: Table, columns: tuple[FoundColumn, ...], view: "View") -> list[FoundColumn]:
    """Return the columns that say which table this is or is not.

    Of a list of things that comes without numbers, what is written beside them (施工单位, 备注, 支付率) says neither.
    """
    telling = [c for c in columns if c.role in {"column", "unknown", "personal"}]
    if not _by_naming(table, columns) - {c.name for c in columns}:
        return telling
    beside = {c.col for c in view.named if c.canonical in _BESIDE or c.kind in {"day", "share"} or c.role == "personal"}
    beside |= {c.col for c in telling if names_people(c.header)}
    return [c for c in telling if c.role == "column" or c.col not in beside]


def recognise(
    book: Book,
    table: str | None = None,
    file_name: str = "",
    said: Corrections = NOTHING,
    remembered: Remembered = NEVER,
) -> Layout:
    """Find the table in a file.

    Parameters
    ----------
    book
        As `read` returns it.
    table
        Id of the upload table if it is known; else the best fitting one is taken.
    file_name
        Says with the title what a table is about.
    said
        What its sender says of it.
    remembered
        What was said of such files before; what is said of this one counts more.

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
    views = [view for sheet in sheets if (view := look(sheet, file_name, said, remembered))]
    if not views:
        raise Refusal("no_table")
    chosen = said.sheet or _chosen_before(views)
    if any(view.said.sheet != chosen for view in views):
        views = [replace(view, said=replace(view.said, sheet=chosen)) for view in views]
    mine = [view for view in views if chosen in {None, view.sheet.name}]
    if not mine:
        raise Refusal("no_table")
    table = table or next((view.said.table for view in mine if view.said.table), None)
    views = [_best_form(view, table) for view in views]
    mine = [view for view in views if chosen in {None, view.sheet.name}]
    every = _fits(views, list(tables().values()))
    fits = [fit for fit in every if chosen in {None, fit.view.sheet.name}]
    # What a workbook says on sheet after sheet is what it is about.
    alike = Counter(fit.form for fit in fits if fit.sure and not fit.view.sheet.hidden and len(mine) > 1)
    wanted = (fit for fit in fits if table in {None, fit.table.id})
    best = max(wanted, key=lambda fit: (max(alike[fit.form], 1) if alike else 1, fit.score))
    if table and (not best.names or best.score < _ENOUGH):
        _refuse_as_other(fits, table)
    if table and not any(best.view.structure.paths):
        raise Refusal("no_table")
    if not (table or best.sure):
        mine = [_without_people(view) for view in mine]
        widest = max(mine, key=lambda view: (not view.sheet.hidden, view.figures, len(view.structure.data_rows)))
        if not len(widest.structure.data_rows):
            raise Refusal("no_table")
        if any(c.canonical in PLACES for c in widest.named):
            said_of_items = [*rates_told(widest.named, widest.structure), *doubted_told(widest.named, widest.structure)]
            widest = replace(widest, told=(*widest.told, *_in_file(said_of_items, widest.origin)))
        return _layout(widest, None, widest.named, 0.0, _others(views, widest))
    if best.view.refusal:
        raise best.view.refusal
    named = tuple(_with_heading(c, best.view.named) for c in best.columns)
    view = best.view
    named, scales, row_units, told = row_scales(view.sheet, view.structure, named, best.table)
    named = _with_title_unit(view.structure, best.table, named)
    told += unread_units(view.sheet, view.structure.data_rows, named)
    totals = [c for c in named if c.role == "unknown" and says_total(view.structure.paths[c.col])]
    told += [Told("total_column", view.structure.header_row, c) for c in totals]
    told += unread_periods(named, view.structure, best.table)
    told += captioned_totals(view.sheet, view.structure, named)
    named = tuple(replace(c, role="ignored") if c in totals else c for c in named)
    view = replace(view, told=(*view.told, *_in_file(told, view.origin)))
    named = tuple(replace(c, unit=view.units.get(c.col, c.unit)) for c in named)
    others = _others([fit.view for fit in every if fit.sure or chosen], best.view)
    return replace(_layout(view, best.table, named, best.score, others), scales=scales, row_units=row_units)


def _chosen_before(views: "list[View]") -> str | None:
    """Return the sheet that was chosen of such a file before; of several of a form it was that month's or place's."""
    of_form = Counter(view.form for view in views)
    names = (v.sheet.name for v in views if v.said.sheet == v.sheet.name and of_form[v.form] == 1)
    return next(names, None)


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
    before, summed
        The sheet as it came, where it was taken apart, and as it was before its columns became rows.
    form
        Of the sheet as it came, see `form_of`.
    said, now
        What its sender says of it or said of the form before; what is said of this very file.
    wide
        Of a sheet with a column per item that became rows: the sheet with its columns and what each was taken for.
    """

    sheet: Sheet
    structure: Structure
    about: str
    form: str = ""
    said: Corrections = NOTHING
    now: Corrections = NOTHING
    origin: Origin | None = None
    told: tuple[Told, ...] = ()
    own_items: bool = False
    refusal: Refusal | None = None
    before: "View | None" = None
    summed: "View | None" = None
    wide: "Wide | None" = None

    @cached_property
    def named(self) -> tuple[FoundColumn, ...]:
        """The columns as `headings` names them."""
        return name_columns(self.sheet, self.structure, self.about)

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """What tells the sheet from those of another form."""
        return form_columns(self.structure.paths)

    @property
    def wanted(self) -> dict[int, str]:
        """What its sender says that columns are, by their position."""
        told = self.said.columns
        return {n: told[key] for n, key in enumerate(self.keys) if told.get(key, AS_FOUND) != AS_FOUND}

    @property
    def units(self) -> dict[int, str]:
        """The units its sender says that columns are in, by their position."""
        return {n: self.said.units[key] for n, key in enumerate(self.keys) if self.said.units.get(key)}

    @property
    def keys(self) -> tuple[str, ...]:
        """What each column is called in corrections."""
        return column_keys(self.structure.paths)

    @property
    def figures(self) -> int:
        """Number of cells in columns of figures, as a measure of how much a sheet holds."""
        return sum(c.kind in {"number", "share"} for c in self.named) * len(self.structure.data_rows)


def look(sheet: Sheet, file_name: str, said: Corrections = NOTHING, remembered: Remembered = NEVER) -> View | None:
    """Find out where things stand in a sheet; None if it holds no table."""
    about = f"{re.split(r'[/]', file_name)[-1].rpartition('.')[0]} {sheet.name}"
    structure = find_structure(sheet, about)
    if structure is None:
        return None
    form = form_of(structure.paths, structure.title, structure.unit_text)
    view = View(sheet, structure, about, form, said.over(remembered.about(form)), said)
    for rule, rows, taken_apart in (
        ("stacked_cells", structure.stacked_rows, unstacked),
        ("side_by_side", structure.header_rows[-1:] if len(structure.panels) > 1 else (), one_below_the_other),
    ):
        if rows:
            apart, origin = taken_apart(view.sheet, view.structure)
            again = find_structure(apart, about)
            if again is not None:
                told = (*view.told, *(Told(rule, int(row)) for row in rows))
                at = origin.of(view.origin)
                view = replace(view, sheet=apart, structure=again, origin=at, told=told, before=view.before or view)
    view = _filled(view)
    # After labels are filled down: rows below one that is left out keep what it says of them.
    gone = {row for name, row in said.rows if name == sheet.name}
    return replace(view, structure=without_rows(view.structure, view.origin, gone))


def _filled(view: View) -> View:
    groups = [c.col for c in view.named if c.canonical in _GROUPS]
    filled = filled_down(view.sheet, view.structure, groups)
    if filled is not None:
        told = (*view.told, *_in_file([Told("filled_down", int(view.structure.data_rows[0]))], view.origin))
        view = replace(view, sheet=filled, told=told)
    dated = with_years(view.sheet, view.structure, view.named, view.about)
    return replace(view, sheet=dated[0], structure=dated[1]) if dated else view


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
    unit_text = upright.unit_text or structure.unit_text
    structure = replace(structure, title=upright.title, unit_text=unit_text, days=upright.days)
    told = (*view.told, *_in_file([Told("turned", max(upright.header_row, 0))], view.origin))
    at = found[1].of(view.origin)
    return _filled(replace(view, sheet=found[0], structure=structure, origin=at, told=told, before=view.before or view))


def _without_people(view: View) -> View:
    """Return a table of its own kind without rows of people's names, as a table on its side has them."""
    rows = rows_of_people(view.sheet, view.structure)
    bare = without_cells(view.sheet, rows) if rows else None
    structure = find_structure(bare, view.about) if bare else None
    if bare is None or structure is None:
        return view
    told = [
        Told("personal_row", row, FoundColumn(0, view.sheet.columns[0].text(row), None, "personal", None, 1.0))
        for row in rows
    ]
    return _filled(replace(view, sheet=bare, structure=structure, told=(*view.told, *_in_file(told, view.origin))))


def _made_long(view: View, table: str | None) -> View | None:
    """Return a sheet with a column per item or per period as one with a row for each; None if it is no such sheet."""
    wanted = [t for t in tables().values() if table in {None, t.id}]
    fits = [
        _Fit(_score(one, columns, apart, view.structure.title), apart, one, columns)
        for one in wanted
        if (long := _long(view, one)) and (apart := _view(view, long)) and (columns := _columns(one, apart))
    ]
    best = max((fit for fit in fits if fit.sure), key=lambda fit: fit.score, default=None)
    if best:
        return best.view
    wanted_items = {col: name for col, name in view.wanted.items() if name.partition(":")[0] in items()}
    sure = not wanted_items and any(fit.sure for fit in _fits([view], list(tables().values())))
    if table not in {None, FACTS} or sure:
        return None
    named = tuple(_as_key(c, view.wanted.get(c.col)) for c in view.named)
    picked = item_columns(named, view.structure, wanted_items, view.units)
    found = to_facts(view.sheet, view.structure, named, picked, view.about) if picked else None
    if found is None:
        return None
    items_of = {one.found.col: one for one in picked}
    asked = tuple(
        replace(items_of[c.col].found, name=items_of[c.col].said, role="item") if c.col in items_of else c
        for c in named
    )
    # What was said of columns is done with; the long table has others.
    said = replace(view.said, columns={}, units={})
    return replace(_view(view, found), said=said, wide=Wide(view, asked))


def _long(view: View, table: Table) -> Long | None:
    """Return a sheet with a column per period, or with figures under captions, as rows of an upload table."""
    return over_periods(view.sheet, view.structure, view.named, view.about, table) or under_captions(
        view.sheet, view.structure, view.named, view.about, table
    )


def _as_key(found: FoundColumn, wanted: str | None) -> FoundColumn:
    """Return a column of a sheet with a column per item as its sender says: the place of a row, or not read."""
    if wanted in PLACE_WORDS:
        return replace(found, canonical=wanted.removesuffix("_name"), role="column", kind="label")
    return replace(found, role="ignored", canonical=None, kind="text") if wanted == NOT_READ else found


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
    return replace(
        view,
        sheet=long.sheet,
        structure=replace(
            clean(long.sheet, view.structure.title), unit_text=view.structure.unit_text, days=view.structure.days
        ),
        origin=long.origin.of(view.origin),
        told=(*view.told, *_in_file(long.told, view.origin)),
        own_items=long.own_items,
        refusal=long.refusal,
        before=view.before or view,
        summed=view,
    )


@dataclass(frozen=True)
class Wide:
    """A sheet with a column per item before its columns became rows.

    Attributes
    ----------
    asked
        Its columns; those of items have the role `item` and the item as their name.
    """

    view: View
    asked: tuple[FoundColumn, ...]


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
    def form(self) -> tuple[str, ...]:
        return (self.table.id, *(self.view.before or self.view).headers)

    @property
    def sure(self) -> bool:
        """Whether nobody needs to say which table it is."""
        told = _telling(self.table, self.columns, self.view)
        # A list of people with their villages is no list of villages.
        known = 2 * sum(c.role == "column" for c in told) >= len(told)
        # When rows are of says nothing of what they are.
        telling = self.names - _TIMES
        return bool(known and telling) and self.score >= _ENOUGH and len(self.names) >= min(2, len(self.table.key))


def _fits(views: list[View], wanted: list[Table]) -> list[_Fit]:
    fits = []
    for view in views:
        for table in wanted:
            columns = _columns(table, view)
            score = _score(table, columns, view, view.structure.title) - (0.05 if view.sheet.hidden else 0.0)
            fits.append(_Fit(score, view, table, columns))
    return fits


def _columns(table: Table, view: View) -> tuple[FoundColumn, ...]:
    """Return the columns of an upload table as the sender says; another column taken for the same gives way."""
    columns = columns_of(table.id, view.structure.paths, period_named(view.structure, view.about))
    columns = _without_counts(table, columns, view)
    known = {col: name for col, name in view.wanted.items() if name in {NOT_READ, *table.names, *PLACE_WORDS}}
    if not known:
        return columns
    taken = set(known.values()) - {NOT_READ}

    def said(found: FoundColumn) -> FoundColumn:
        name = known.get(found.col)
        if found.role == "personal":
            return found  # names and numbers of people stay out, whatever is said
        if name is None:
            lost = (found.name or found.role) in taken
            return replace(found, name=None, role="unknown", score=0.0) if lost else found
        if name in PLACE_WORDS:
            return replace(found, name=None, role=name, score=1.0)
        return replace(found, name=name or None, role="column" if name else "ignored", score=1.0)

    return tuple(said(c) for c in columns)


def _as_said_told(view: View, asked: tuple[FoundColumn, ...], table: Table) -> list[Told]:
    """Tell which columns and units are as the sender says."""
    row = max(view.structure.header_row, 0)
    told = []
    for found in asked:
        name, unit, key = view.wanted.get(found.col), view.units.get(found.col), view.keys[found.col]
        if found.role == "personal":
            continue
        if name == NOT_READ:
            told.append(Told("column_not_read", row, found))
        elif name is not None and (words := meaning_words(name, table)):
            told.append(Told("column_as_said" if key in view.now.columns else "column_remembered", row, found, words))
        if unit:
            told.append(
                Told("unit_as_said" if key in view.now.units else "unit_remembered", row, found, {"unit": unit})
            )
    return _in_file(told, view.origin)


def _of_a_month(view: View, columns: tuple[FoundColumn, ...], table: Table) -> list[Told]:
    """Tell of the first running total of a table whose title says that its figures are of one month."""
    word = month_in(view.structure.title)
    found = next((c for c in columns if c.name and table.column(c.name).cumulative), None) if word else None
    row = max(view.structure.header_row, 0)
    return _in_file([Told("title_of_month", row, found, {"word": word})], view.origin) if found else []


def _without_counts(table: Table, columns: tuple[FoundColumn, ...], view: View) -> tuple[FoundColumn, ...]:
    """Take figures for no answers: where nobody is named, 脱贫人口 over 45 says how many there are."""
    named = {c.name for c in columns}
    if table.id not in PERSONAL or any(name.endswith("_id") and name in named for name in table.key):
        return columns
    answers = {c.name for c in table.columns if c.type == "bool"}
    return tuple(
        replace(c, name=None, role="unknown", score=0.0) if c.name in answers and _counts(view, c.col) else c
        for c in columns
    )


def _counts(view: View, col: int) -> bool:
    """Whether most of a column's first cells are numbers, and not all of them 0 and 1."""
    texts = [text for row in view.structure.data_rows[:_LOOKED_AT] if (text := view.sheet.columns[col].text(int(row)))]
    numbers = [number.value for text in texts if (number := read_number(text))]
    return 2 * len(numbers) > len(texts) and any(value not in {0, 1} for value in numbers)


def _others(views: list[View], taken: View) -> tuple[tuple[str, int], ...]:
    """Return the visible sheets that hold data too and are not read, by name, with their number of rows."""
    rows: dict[str, int] = {}
    for view in views:
        apart = view.summed or view
        if view.sheet is not taken.sheet and not view.sheet.hidden and len(apart.structure.data_rows):
            rows.setdefault(view.sheet.name, len(apart.structure.data_rows))
    return tuple(rows.items())


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
    view: View, table: Table | None, columns: tuple[FoundColumn, ...], score: float, others: tuple[tuple[str, int], ...]
) -> Layout:
    source = view.wide.view if view.wide else view
    asked = view.wide.asked if view.wide else columns
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
        told=(
            *view.told,
            *((*_as_said_told(source, asked, table), *_of_a_month(view, columns, table)) if table else ()),
        ),
        before=_layout(view.before, None, view.before.named, 0.0, ()) if view.before else None,
        summed=_layout(view.summed, None, view.summed.named, 0.0, ()) if view.summed else None,
        form=view.form,
        said=source.said,
        now=source.now,
        keys=source.keys,
        asked=asked,
        wide=view.wide is not None,
    )


def _with_heading(found: FoundColumn, headings: Sequence[FoundColumn]) -> FoundColumn:
    """Return a column of an upload table with what its header and content say of it in any table.

    What is not read is in the unit of the line above the table too: its stated total is compared in it.
    """
    heading = next((one for one in headings if one.col == found.col), None)
    if heading is None:
        return found
    unit = found.unit or (heading.unit if found.role == "unknown" else None)
    return replace(found, canonical=heading.canonical, kind=heading.kind, unit=unit)


def _with_title_unit(structure: Structure, table: Table, columns: tuple[FoundColumn, ...]) -> tuple[FoundColumn, ...]:
    """Give columns without a unit the one of a line such as `单位：元`, where it is of their kind."""
    named = units.find_units(structure.unit_text)

    def with_unit(found: FoundColumn) -> FoundColumn:
        if not found.name or found.unit:
            return found
        return replace(found, unit=units.fitting(named, table.column(found.name).unit))

    return tuple(with_unit(c) for c in columns)
