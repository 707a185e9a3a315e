"""Which of the ten tables a sheet holds, where its header stands, and what each column is."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

from data import wording
from data.intake import units
from data.intake.corrections import AS_FOUND, NEVER, NOT_READ, NOTHING, Corrections, Remembered, column_keys, form_of
from data.intake.headings import name_columns
from data.intake.model import Book, Codes, FoundColumn, Layout, Refusal, Sheet, Told, rule_book
from data.intake.structure import Structure, clean, find_structure
from data.intake.taken_apart import filled_down, one_below_the_other, unstacked
from data.intake.template import REFERENCE_SHEETS
from data.intake.totals import totals_told
from data.intake.wide import item_columns, to_facts
from data.language import translator
from data.tables import Table, items, tables

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
_PLACE_WORDS = {"village_name": ("村名", "name of the village"), "township_name": ("乡镇名", "name of the township")}
_IGNORED = ("序号", "编号序号", "no", "no.", "#", "县", "县区", "区县", "县(市、区)", "县(市、区、旗)", "county")
_BRACKET = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_LAST_BRACKET = re.compile(r"[(\[【](?:单位:)?([^()\[\]【】]+)[)\]】]$")
_LAST_UNIT = re.compile(r"[,/、:]([^,/、:]+)$")
_ENOUGH = 0.4
# Columns that name groups of rows; a blank cell there means the same as above.
_GROUPS = frozenset({"township", "county", "period", "category", "group"})
FACTS = "facts"
Paths = tuple[tuple[str, ...], ...]


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


def _columns(table_id: str, paths: Paths) -> tuple[FoundColumn, ...]:
    """Say what each column is in a table: by its lowest header, by all parts together, by those above."""
    found = []
    for col, path in enumerate(paths):
        if not path:
            continue
        forms = [path[-1]] if len(path) == 1 else [path[-1], "".join(path), *reversed(path[:-1])]
        matches = [match_header(table_id, form) for form in forms]
        role, name, unit, score = max(matches, key=lambda match: match[3])
        unit = unit or next((u for _, _, u, _ in matches if u), None)
        found.append(FoundColumn(col, _header(path), name, role, unit, round(score, 2)))
    return tuple(found)


def _header(path: tuple[str, ...]) -> str:
    return "/".join(" ".join(part.split()) for part in path)


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
    table = table or next((view.said.table for view in views if view.said.table), None)
    if table in {None, FACTS}:
        views = [_long(view) or view for view in views]
    fits = _fits(views, list(tables().values()))
    best = max((fit for fit in fits if table in {None, fit.table.id}), key=lambda fit: fit.score)
    if table and (not best.names or best.score < _ENOUGH):
        _refuse_as_other(fits, table)
    if table and not any(best.view.structure.paths):
        raise Refusal("no_table")
    if not (table or best.sure):
        widest = max(views, key=lambda view: (not view.sheet.hidden, view.figures, len(view.structure.data_rows)))
        if not len(widest.structure.data_rows):
            raise Refusal("no_table")
        return _layout(widest, None, widest.named, 0.0, _others(views, widest))
    columns = _with_title_unit(best.view.structure, best.table, best.columns)
    columns = tuple(replace(c, unit=best.view.units.get(c.col, c.unit)) for c in columns)
    canonical = {c.col: c for c in best.view.named}
    named = tuple(
        replace(c, canonical=canonical[c.col].canonical, kind=canonical[c.col].kind) if c.col in canonical else c
        for c in columns
    )
    others = _others([fit.view for fit in fits if fit.sure], best.view)
    return _layout(best.view, best.table, named, best.score, others)


@dataclass(frozen=True)
class View:
    """A sheet as it is read: lists in cells and tables side by side are put one below the other.

    Attributes
    ----------
    origin
        Row of the sheet as it came for each row of this one; None where they are the same.
    told
        What is to be told of how it was taken apart.
    columns
        Column of the sheet as it came for the figure of each row, where a column per item became a row per item.
    before
        The sheet as it came, where it was taken apart.
    form
        Of the sheet as it came, see `form_of`.
    said
        What its sender says of it or said of the form before.
    wide
        Of a sheet with a column per item that became rows: the sheet with its columns and what each was taken for.
    """

    sheet: Sheet
    structure: Structure
    about: str
    form: str = ""
    said: Corrections = NOTHING
    origin: Codes | None = None
    told: tuple[Told, ...] = ()
    columns: Codes | None = None
    before: "View | None" = None
    wide: "Wide | None" = None

    @cached_property
    def named(self) -> tuple[FoundColumn, ...]:
        """The columns as `headings` names them."""
        return name_columns(self.sheet, self.structure, self.about)

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
    form = form_of(structure.paths)
    view = View(sheet, structure, about, form, said.over(remembered.about(form)))
    for rule, rows, taken_apart in (
        ("stacked_cells", structure.stacked_rows, unstacked),
        ("side_by_side", structure.header_rows[-1:] if len(structure.panels) > 1 else (), one_below_the_other),
    ):
        if rows:
            apart, origin = taken_apart(view.sheet, view.structure)
            again = find_structure(apart, about)
            if again is not None:
                told = (*view.told, *(Told(rule, int(row)) for row in rows))
                rows_of = origin if view.origin is None else view.origin[origin]
                view = replace(
                    view, sheet=apart, structure=again, origin=rows_of, told=told, before=view.before or view
                )
    groups = [c.col for c in view.named if c.canonical in _GROUPS]
    filled = filled_down(view.sheet, view.structure, groups)
    if filled is not None:
        told = (*view.told, Told("filled_down", int(view.structure.data_rows[0])))
        view = replace(view, sheet=filled, told=told)
    return view


def _long(view: View) -> View | None:
    """Return a sheet with a column per item as the long table of facts; None if it is no such sheet."""
    wanted = view.wanted
    items_said = {col: name for col, name in wanted.items() if name.partition(":")[0] in items()}
    if not items_said and any(fit.sure for fit in _fits([view], list(tables().values()))):
        return None
    named = tuple(_as_key(c, wanted.get(c.col)) for c in view.named)
    picked = item_columns(named, view.structure, items_said, view.units)
    found = to_facts(view.sheet, view.structure, named, picked) if picked else None
    if found is None:
        return None
    sheet, rows, columns, told = found
    structure = clean(sheet, view.structure.title)
    origin = rows if view.origin is None else view.origin[rows]
    totals = totals_told(view.sheet, view.structure, view.named)
    if view.origin is not None:
        totals = [replace(t, row=int(view.origin[t.row])) for t in totals]
    items_of = {p.found.col: p for p in picked}
    asked = tuple(
        replace(items_of[c.col].found, name=items_of[c.col].said, role="item") if c.col in items_of else c
        for c in named
    )
    # What was said of columns is done with; the long table has others.
    said = replace(view.said, columns={}, units={})
    return replace(
        view, sheet=sheet, structure=structure, origin=origin, told=(*view.told, *totals, *told), columns=columns,
        before=view.before or view, said=said, wide=Wide(view, asked),
    )  # fmt: skip


def _as_key(found: FoundColumn, wanted: str | None) -> FoundColumn:
    """Return a column of a sheet with a column per item as its sender says: the place of a row, or not read."""
    if wanted in _PLACE_NAMES:
        return replace(found, canonical=wanted.removesuffix("_name"), role="column", kind="label")
    return replace(found, role="ignored", canonical=None, kind="text") if wanted == NOT_READ else found


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
            columns = _as_said(table, _columns(table.id, view.structure.paths), view.wanted)
            score = _score(table, columns, view.sheet.name) - (0.05 if view.sheet.hidden else 0.0)
            fits.append(_Fit(score, view, table, columns))
    return fits


def _as_said(table: Table, columns: tuple[FoundColumn, ...], wanted: Mapping[int, str]) -> tuple[FoundColumn, ...]:
    """Return the columns of an upload table as the sender says; another column taken for the same gives way."""
    known = {col: name for col, name in wanted.items() if name in {NOT_READ, *table.names, *_PLACE_NAMES}}
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
        if name in _PLACE_NAMES:
            return replace(found, name=None, role=name, score=1.0)
        return replace(found, name=name or None, role="column" if name else "ignored", score=1.0)

    return tuple(said(c) for c in columns)


def _as_said_told(view: View, asked: tuple[FoundColumn, ...], table: Table) -> list[Told]:
    """Tell which columns and units are as the sender says."""
    row = view.structure.header_row
    row = max(int(view.origin[row]) if view.origin is not None and row >= 0 else row, 0)
    told = []
    for found in asked:
        name, unit = view.wanted.get(found.col), view.units.get(found.col)
        if found.role == "personal":
            continue
        if name == NOT_READ:
            told.append(Told("column_not_read", row, found))
        elif name is not None and (words := meaning_words(name, table)):
            told.append(Told("column_as_said", row, found, words))
        if unit:
            told.append(Told("unit_as_said", row, found, {"unit": unit}))
    return told


def meanings(table: Table, lang: str) -> dict[str, str]:
    """Return what a column of a file may be taken for in an upload table, with its word in `lang`."""
    names = [*table.names, *_PLACE_WORDS]
    if table.id == FACTS:
        for code, item in items().items():
            names += [code] if "value" in item.fields else [f"{code}:{field}" for field in item.fields]
    return {name: str(meaning_words(name, table)[f"meaning_{lang}"]) for name in names}


def meaning_words(name: str, table: Table) -> dict[str, object]:
    """Return in both languages what a column may be taken for: a column of a table, an item, the name of a place.

    A ratio's item names its figure too: `policy_awareness:numerator`. Nothing is returned for a name that is unknown.
    """
    code, _, figure = name.partition(":")
    if code in items():
        zh, en = items()[code].name_zh, items()[code].name_en
        if figure:
            column = tables()[FACTS].column(figure)
            zh, en = f"{zh}（{column.title('zh')}）", f"{en} ({column.title('en')})"
    elif name in _PLACE_WORDS:
        zh, en = _PLACE_WORDS[name]
    elif name in table.names:
        zh, en = table.column(name).title("zh"), table.column(name).title("en")
    else:
        return {}
    return {"meaning_zh": zh, "meaning_en": en}


def _others(views: list[View], taken: View) -> tuple[str, ...]:
    """Return the names of visible sheets that hold data too and are not read."""
    names = (
        v.sheet.name for v in views if v.sheet is not taken.sheet and not v.sheet.hidden and len(v.structure.data_rows)
    )
    return tuple(dict.fromkeys(names))


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
        origin_columns=view.columns,
        told=(*view.told, *(_as_said_told(source, asked, table) if table else ())),
        before=_layout(view.before, None, view.before.named, 0.0, ()) if view.before else None,
        form=view.form,
        said=source.said,
        keys=source.keys,
        asked=asked,
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
