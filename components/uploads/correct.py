"""Corrections in place: what only the sender can say of places, options, columns, units and single cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from components import formats
from components.context import Context
from components.html.base import element
from components.panels import panel
from components.uploads import held as session
from components.uploads import repeats
from components.uploads.held import Held
from data.covering import identifies
from data.grid import columns_in_file
from data.intake import Checked, places, rule_book, units
from data.intake.corrections import AS_FOUND, NOT_READ, At, Corrections
from data.intake.covers import of_column
from data.intake.identity import COVERED, IDENTITY
from data.intake.model import FoundColumn, Layout, Question, letter, records_of
from data.intake.numbering import BY_NAME
from data.intake.same_option import sorts
from data.intake.signed import covered_row
from data.intake.upload_headers import meanings
from data.tables import Table, items, tables

_ASKED = 6
_CELLS = 6
# Wrong cells whose meaning is asked for as a place or an option.
_QUESTIONED = frozenset(
    {
        "unknown_place",
        "ambiguous_place",
        "place_elsewhere",
        "wrong_level",
        "other_county",
        "unknown_item",
        "unknown_value",
    }
)
_UNITS = ("元", "万元", "亿元", "%", "亩", "万亩", "公顷", "人", "万人", "户", "公里", "米", "个")


def corrections(ctx: Context, held: Held) -> None:
    """Show what is asked of the sender, what else can be corrected, and what was; each step checks the file anew."""
    _, table = ctx._, tables().get(held.checked.table or "")
    if held.checked.layout is None:
        return
    if table is None:
        _of_a_look(ctx, held)
        return
    with panel("correct", _("Correct it here"), _("the file itself stays as it is"), stretch=False):
        _questions(ctx, held)
        repeats.ask(ctx, held)
        _cells(ctx, held, held.view.once("wrong cells", lambda: _wrong_cells(held)))
        with st.expander(_("Columns, units and other cells")):
            _column(ctx, held, table)
            _other_cell(ctx, held)
        _said(ctx, held, table)


def _of_a_look(ctx: Context, held: Held) -> None:
    """Let the places be said that a quick look did not find, and taken back."""
    _, look, asked = ctx._, held.view.look, held.view.unfound()
    if not (asked or look.said):
        return
    known = places.register(ctx.county.code)
    with panel("correct", _("Correct it here"), _("the file itself stays as it is"), stretch=False):
        _asked_of(ctx, held, asked)
        with st.container(horizontal=True, key="said"):
            for n, (at, code) in enumerate(look.said.items()):
                text = _place_said(at, known.full(code) if known else code)
                _take_back(ctx, text, n, partial(_say, held, places={at: AS_FOUND}), own=at in held.said.places)


# -- places and options ------------------------------------------------------------------------------------------------


def _questions(ctx: Context, held: Held) -> None:
    _asked_of(ctx, held, held.shown.questions)


def _asked_of(ctx: Context, held: Held, asked: Sequence[Question]) -> None:
    _ = ctx._
    for question in asked[:_ASKED]:
        _question(ctx, held, question)
    if len(asked) > _ASKED:
        st.html(element("p", _("and {n} more, once these are answered", n=len(asked) - _ASKED), "quiet"))


def _question(ctx: Context, held: Held, asked: Question) -> None:
    _ = ctx._
    names = _places(ctx, held, asked) if asked.kind == "place" else _options(ctx, held, asked)
    beside = asked.township if asked.township != asked.text else ""
    told = " · ".join(filter(None, [_asked(ctx, held, asked), beside, _("{n} rows", n=formats.number(asked.rows, 0))]))
    key = f"ask_{held.file_id}_{asked.kind}_{asked.column}_{asked.text}_{asked.township}"
    _choose(told, names, key, partial(_answer, held, asked), _("Choose what is meant"))


def _asked(ctx: Context, held: Held, asked: Question) -> str:
    """Return what is asked: which place or option a text is, or of which kind all rows are."""
    _ = ctx._
    if asked.kind == "place" and asked.text:
        return _("“{text}”: which place is it?", text=asked.text)
    column = tables()[held.checked.table or ""].column(asked.column).title(ctx.lang)
    if asked.likely == (BY_NAME,):
        return _("The file has no column “{column}”: how are its rows told apart?", column=column)
    if not asked.text:
        return _("“{column}” is not stated: which one are all rows of the file?", column=column)
    return _("“{text}” in “{column}”: which one is it?", text=asked.text, column=asked.header or column)


def _answer(held: Held, asked: Question, meant: str) -> None:
    if asked.kind == "place":
        _say(held, places={(asked.text, asked.township): meant})
    else:
        _say(held, options={(f"{held.checked.table}.{asked.column}", asked.text): meant})


def _places(ctx: Context, held: Held, asked: Question) -> dict[str, str]:
    """Return the places of the county and leaving the rows out; first what the text may mean, then its township's."""
    known = places.register(ctx.county.code)
    if known is None:
        return {}
    table = tables().get(held.checked.table or "")
    role = table.column(asked.column).role or "place" if table else "place"
    fitting = [code for code, level in known.level.items() if role in {"place", level}]
    near = [code for code in fitting if asked.around and known.township(code) == asked.around]
    codes = dict.fromkeys([*asked.likely, *near, *fitting])
    found = {code: known.full(code) for code in codes}
    return found | {NOT_READ: ctx._("Leave these rows out")} if table else found


def _by_name(ctx: Context) -> str:
    """Return in words how things without numbers are numbered."""
    return ctx._("Number them by year, place and name")


def _options(ctx: Context, held: Held, asked: Question) -> dict[str, str]:
    of_table = tables()[held.checked.table or ""].column(asked.column)
    if asked.column == "item":
        every = {code: item.name_zh if ctx.lang == "zh" else item.name_en for code, item in items().items()}
        return {code: every.get(code, code) for code in dict.fromkeys([*asked.likely, *every])}
    if of_table.named_by:
        return {BY_NAME: _by_name(ctx)}
    names = {value: of_table.label(value, ctx.lang) for value in asked.likely}
    table = tables()[held.checked.table or ""]
    if not asked.text or not sorts(of_table, table):
        return names
    # What the file has already under this option is added to what is taken for it.
    taken = set(held.checked.frame[asked.column].dropna())
    added = {
        v: ctx._("{option}: add to what the file has of it", option=name) for v, name in names.items() if v in taken
    }
    return {**names, **added, NOT_READ: ctx._("Leave these figures out")}


# -- columns and units -------------------------------------------------------------------------------------------------


def _column(ctx: Context, held: Held, table: Table) -> None:
    """Let a column be chosen, those not understood first, and said what it is and in which unit."""
    _, layout = ctx._, held.checked.layout
    columns = [c for c in layout.asked if c.role != "personal" and layout.keys[c.col]] if layout else []
    columns.sort(key=lambda c: c.role != "unknown")
    if layout is None or not columns:
        return
    words = meanings(table, ctx.lang)
    by_key = {layout.keys[c.col]: c for c in columns}
    labels = {key: _column_label(ctx, c, words) for key, c in by_key.items()}
    key = st.selectbox(_("Column of the file"), list(labels), format_func=labels.__getitem__,
                       key=f"fix_column_{held.file_id}")  # fmt: skip
    found = by_key[key]
    now = held.checked.said.columns.get(key, AS_FOUND) if held.checked.said else AS_FOUND
    names = {AS_FOUND: _("As recognised"), **words, NOT_READ: _("Do not read it")}
    _choose(_("Read as"), names, f"fix_name_{held.id}_{key}", partial(_name, held, key), now=now)
    own = [unit for unit in (found.unit,) if unit]
    target = _unit(table, found)
    fitting = [u for u in _UNITS if target and units.factor(u, target) is not None]
    if fitting:
        choice = {unit: unit if ctx.lang == "zh" else formats.unit(unit, _) for unit in dict.fromkeys([*own, *fitting])}
        _choose(_("Unit of its figures in the file"), choice, f"fix_unit_{held.id}_{key}", partial(_in, held, key),
                _("As the table: {unit}", unit=formats.unit(target, _)), now=own[0] if own else None)  # fmt: skip


def _unit(table: Table, found: FoundColumn) -> str:
    """Return the unit that figures of a column are brought to; "" if it has none."""
    code = (found.name or "").partition(":")[0]
    if code in items():
        return items()[code].unit
    return table.column(code).unit or "" if code in table.names and table.column(code).numeric else ""


def _column_label(ctx: Context, found: FoundColumn, words: Mapping[str, str]) -> str:
    meant = words.get(found.name or found.role, "")
    if found.role in {"unknown", "ignored"}:
        meant = ctx._("not used")
    return f"{letter(found.col)} {found.header}" + (f" → {meant}" if meant else "")


def _name(held: Held, key: str, name: str) -> None:
    _say(held, columns={key: name})


def _in(held: Held, key: str, unit: str) -> None:
    _say(held, units={key: unit})


# -- cells -------------------------------------------------------------------------------------------------------------


def _wrong_cells(held: Held) -> pd.DataFrame:
    """Return the problems of cells to be written anew: one each, none that could tell who somebody is."""
    problems = held.shown.problems
    wrong = problems[(problems["severity"] == "error") & problems["row"].notna() & problems["col"].notna()]
    wrong = wrong[~wrong["rule"].isin(_QUESTIONED)].drop_duplicates(["row", "col"])
    # A row that says just what an earlier one does is left out, not written anew.
    alike = {row + 1 for repeat in repeats.found(held) if repeat.alike for row in repeat.rows}
    wrong = wrong[~(wrong["row"].isin(alike) & (wrong["rule"] == "duplicate_key"))]
    return wrong[wrong["col"].isin(_open(held).keys()) & ~wrong["value"].str.contains(COVERED, regex=False)]


def _open(held: Held) -> dict[int, FoundColumn]:
    """Return the columns whose cells may be shown, by position."""
    layout = held.checked.layout
    if layout is None or layout.turned or layout.export:
        return {}  # a table on its side, or an export, has the names of people in any of its columns
    table, found = held.checked.table, held.view.once("columns in file", lambda: columns_in_file(held.checked))
    return {c.col: c for c in found.values() if c.role != "personal" and not identifies(table, c)}


def _sheet(checked: Checked) -> Layout:
    """Return the sheet as the file has it, of several the first."""
    layout = checked.layout
    if layout is None:
        raise ValueError("nothing was read")
    return layout.before or layout


def _cells(ctx: Context, held: Held, wrong: pd.DataFrame) -> None:
    """Let the cells with errors be written anew."""
    _ = ctx._
    names = {rule.id: rule.name(ctx.lang) for rule in rule_book().rules}
    for at in records_of(wrong.head(_CELLS)):
        of_sheet, number = held.checked.part_of(int(at["row"]))
        sheet, row, col = _sheet(of_sheet).sheet, number - 1, int(at["col"])
        named = f"“{sheet.name}”" if held.checked.parts else ""
        told = f"{named}{letter(col)}{number} {at['header']} · {names[at['rule']]}"
        _cell(held, (sheet.name, row, col), sheet.columns[col].text(row), told)
    if len(wrong) > _CELLS:
        st.html(element("p", _("and {n} more, once these are corrected", n=len(wrong) - _CELLS), "quiet"))


def _other_cell(ctx: Context, held: Held) -> None:
    """Let any cell be written anew, by its row and column."""
    _, layout, columns = ctx._, _sheet(held.checked), _open(held)
    if not columns or not len(layout.data_rows):
        return
    left, right = st.columns(2)
    first, words = int(layout.data_rows[0]) + 1, {col: f"{letter(col)} {c.header}" for col, c in columns.items()}
    col = left.selectbox(_("Column of the cell"), list(words), format_func=words.__getitem__,
                         key=f"cell_col_{held.file_id}")  # fmt: skip
    row = right.number_input(_("Row of the cell"), 1, layout.sheet.height, first, key=f"cell_row_{held.file_id}")
    text = layout.sheet.columns[col].text(row - 1)
    beside = row - 1 in {*layout.structure.title_rows, *layout.structure.note_rows}
    if IDENTITY.search(text):
        st.html(element("p", _("An identity number stands there; it is not shown."), "quiet"))
    elif of_column(columns[col], layout.table)(covered_row(layout.sheet.row(row - 1), aside=beside)[col]) != text:
        st.html(element("p", _("A name or telephone number stands there; it is not shown."), "quiet"))
    else:
        _cell(held, (layout.sheet.name, row - 1, col), text, f"{letter(col)}{row}")
    if row - 1 in layout.data_rows:
        st.button(_("Leave out row {n}", n=row), on_click=partial(repeats.leave_out, held, [row - 1]),
                  key=f"leave_out_{held.file_id}")  # fmt: skip


def _cell(held: Held, at: At, text: str, label: str) -> None:
    key = f"cell_{held.file_id}_{at[1]}_{at[2]}_{label}"

    def corrected() -> None:
        new = str(st.session_state[key]).strip()
        if new != text:
            _say(held, cells={at: new})

    st.text_input(formats.as_label(label), text, max_chars=200, key=key, on_change=corrected)


# -- what was said -----------------------------------------------------------------------------------------------------


def _said(ctx: Context, held: Held, table: Table) -> None:
    """List what counts in place of what was understood, each with a way to take it back."""
    _, counted = ctx._, held.checked.said
    if not counted:
        return
    lines = list(_lines(ctx, held, counted, table))
    if not lines:
        return
    told = _("Corrected so far; once committed, places, options, columns and units are remembered for the next file of "
             "this form:")  # fmt: skip
    st.html(element("p", told, "quiet"))
    with st.container(horizontal=True, key="said"):
        for n, (text, own, take_back) in enumerate(lines):
            _take_back(ctx, text, n, take_back, own=own)


def _take_back(ctx: Context, text: str, n: int, then: Callable[[], None], *, own: bool) -> None:
    """Show one thing that was said, of this very file (`own`) or before, as what takes it back."""
    _, label = ctx._, text if own else " · ".join([text, ctx._("remembered")])
    st.button(formats.as_label(label), icon=":material/undo:", help=_("Take it back"), key=f"said_{n}", on_click=then)


def _place_said(at: tuple[str, str], place: str) -> str:
    named = f"{at[1]} {at[0]}" if at[1] not in {"", at[0]} else at[0]
    return f"{named} → {place}"


def _lines(
    ctx: Context, held: Held, counted: Corrections, table: Table
) -> Iterable[tuple[str, bool, Callable[[], None]]]:
    """Yield each correction in words, whether it was said of this very file, and what takes it back."""
    _, said, known = ctx._, held.said, places.register(ctx.county.code)
    words = {NOT_READ: _("not read"), BY_NAME: _by_name(ctx), **meanings(table, ctx.lang)}
    for key, name in counted.columns.items():
        if name != AS_FOUND:
            yield f"{key} → {words.get(name, name)}", key in said.columns, partial(_name, held, key, AS_FOUND)
    for key, unit in counted.units.items():
        if unit:
            yield f"{key} → {formats.unit(unit, _)}", key in said.units, partial(_in, held, key, "")
    for at, code in counted.places.items():
        if code != AS_FOUND:
            place = known.full(code) if known and code in known.level else words[NOT_READ]
            yield _place_said(at, place), at in said.places, partial(_say, held, places={at: AS_FOUND})
    for of, value in counted.options.items():
        if value != AS_FOUND:
            column = of[0].partition(".")[2]
            meant = words.get(value) or (
                table.column(column).label(value, ctx.lang) if column in table.names else value
            )
            named = of[1] or words.get(column, column)
            yield f"{named} → {meant}", of in said.options, partial(_say, held, options={of: AS_FOUND})
    for cell, text in counted.cells.items():
        yield f"{letter(cell[2])}{cell[1] + 1} → {text or _('blank')}", True, partial(_as_in_file, held, cell)
    if counted.rows:
        rows = repeats.listed(ctx, [str(row + 1) for _sheet_name, row in sorted(counted.rows)])
        yield _("row {rows} → {what}", rows=rows, what=words[NOT_READ]), True, partial(_rows_as_in_file, held)
    if counted.ours:
        yield _("read as a table of this county"), True, partial(_not_ours, held)
    if counted.older:
        yield _("the list counts, not what is newer"), True, partial(_not_older, held)


def _not_ours(held: Held) -> None:
    session.say(held.file_id, replace(session.corrections(held.file_id), ours=False))


def _not_older(held: Held) -> None:
    session.say(held.file_id, replace(session.corrections(held.file_id), older=False))


def _as_in_file(held: Held, at: At) -> None:
    said = session.corrections(held.file_id)
    session.say(held.file_id, replace(said, cells={cell: text for cell, text in said.cells.items() if cell != at}))


def _rows_as_in_file(held: Held) -> None:
    session.say(held.file_id, replace(session.corrections(held.file_id), rows={}))


def _say(held: Held, **said: Mapping[object, str]) -> None:
    new = Corrections(**said)  # type: ignore[arg-type]
    session.say(held.file_id, new.over(session.corrections(held.file_id)))


def _choose(
    label: str,
    names: Mapping[str, str],
    key: str,
    then: Callable[[str], None],
    nothing: str = "",
    now: str | None = None,
) -> None:
    """Offer a choice that counts as soon as it is made."""
    options = list(names)

    def chosen() -> None:
        value = st.session_state[key]
        if value is not None and value != now:
            then(value)

    st.selectbox(
        formats.as_label(label), options, index=options.index(now) if now in options else None,
        format_func=names.__getitem__, placeholder=nothing or None, key=key, on_change=chosen,
    )  # fmt: skip
