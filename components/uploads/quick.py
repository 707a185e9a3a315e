"""Quick look at a table of its own kind: a column of figures on the map, ranked by place or words, over time."""

from collections.abc import Iterable, Mapping

import streamlit as st

from components import formats
from components.board import board
from components.context import Context
from components.county_map import county_map, draw, value_classes
from components.figures.base import CONFIG
from components.figures.upload import over_time
from components.html.base import element
from components.html.notes import no_villages
from components.html.uploads import places_html, understood_html
from components.panels import foot, panel
from components.uploads.held import Held
from data import loaders
from data.intake import rule_book
from data.intake.model import records_of
from data.language import Translator
from data.quick_look import ALL_ROWS, ROWS, TOWNSHIP, VILLAGE, Figure, Totals
from geo.regions import regions

_RANKED = 60
_NAMED = 8
_MISSING = 1000
# Why sheets of the form are not looked at together.
_APART = ("sheet_other_unit", "sheet_without_unit")
_LINES = 400
_MAP_HEIGHT = 300
Ranked = list[tuple[str, str, str, float]]


def panel_of(ctx: Context, held: Held) -> None:
    """Show one column of figures of the file."""
    _, look = ctx._, held.view.look
    with panel("see", _("Quick look"), _("of this file only; nothing is stored")):
        if look.frame.empty:
            st.html(element("p", _("There are no rows to look at."), "quiet"))
            return
        figure, by, moment = _controls(ctx, held)
        if not by:
            st.html(element("p", _("No column of places or words: there is nothing to rank by."), "quiet"))
        else:
            totals = held.view.totals(figure, by, moment)
            if by in {VILLAGE, TOWNSHIP}:
                left, right = st.columns([1.15, 1], gap="small")
                with left:
                    _map(ctx, totals, by, figure)
                with right:
                    _ranking(ctx, held, totals, by, figure)
            else:
                _ranking(ctx, held, totals, by, figure)
            _told(ctx, held, totals, by, figure)
        _line(ctx, held, figure)
        _other_sheets(ctx, held)
        foot(_("Definition: {text}", text=_how(ctx, figure)), _("Source: {text}", text=held.checked.source(ctx.lang)))


def _other_sheets(ctx: Context, held: Held) -> None:
    """Name the sheets that are not looked at, and where to choose one."""
    _, layout = ctx._, held.checked.layout
    if layout is None or not layout.other_sheets:
        return
    named = _(", ").join(f"{name} ({formats.number(n, 0)})" for name, n in layout.other_sheets[:_NAMED])
    rest = len(layout.other_sheets) - _NAMED
    named += _(" and {n} more", n=rest) if rest > 0 else ""
    told = _("Sheets not looked at here (with their rows): {sheets}. Choose one above, under “Sheet that is read”.",
             sheets=named)  # fmt: skip
    st.html(element("p", told, "notice"))
    problems = held.checked.problems
    for apart in records_of(problems[problems["rule"].isin(_APART)]):
        words = rule_book().by_id[str(apart["rule"])].say(ctx.lang, {**apart, **apart["more"]})
        st.html(element("p", words, "notice"))


def _controls(ctx: Context, held: Held) -> tuple[Figure, str, str]:
    """Let column, grouping and period be chosen: all of them one click."""
    _, look = ctx._, held.view.look
    figures = {f.id: f for f in look.figures}
    levels = {VILLAGE: _("By village"), TOWNSHIP: _("By township")}
    groups = {level: levels[level] for level in look.levels}
    groups |= {col: _("By “{column}”", column=title) for col, title in look.labels.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="see_controls"):
        picked = st.selectbox(
            _("Column"), list(figures), format_func=lambda f: titled(figures[f], ctx), key=f"figure_{held.id}",
            label_visibility="collapsed",
        )  # fmt: skip
        by = ""
        if groups:
            by = st.selectbox(
                _("Ranking"), list(groups), format_func=groups.__getitem__, key=f"by_{held.id}",
                label_visibility="collapsed", width=220,
            )  # fmt: skip
        moment = ""
        if look.periods:
            moment = st.selectbox(
                _("Month"), look.periods[::-1], key=f"moment_{held.id}", label_visibility="collapsed", width=130
            )
    return figures[picked], by, moment


def titled(figure: Figure, ctx: Context) -> str:
    """Return a figure's name with its unit."""
    if figure.id == ROWS:
        return ctx._("Number of rows")
    unit = formats.unit(figure.unit, ctx._)
    if not unit or unit in figure.title:
        return figure.title
    return f"{figure.title}（{unit}）" if ctx.lang == "zh" else f"{figure.title} ({unit})"


def _how(ctx: Context, figure: Figure) -> str:
    _ = ctx._
    if figure.id == ROWS:
        return _("rows counted")
    return _("sum of the rows") if figure.additive else _("as in the row; never summed")


def ranked(ctx: Context, values: Mapping[str, float], level: str) -> Ranked:
    """Return places with code, name, township (of a village) and value, the most first."""
    known = regions(ctx.county.code)
    names = dict(zip(known["code"], known["short_name"], strict=True))
    above = dict(zip(known["code"], known["parent"], strict=True))
    ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:_RANKED]
    return [(c, names.get(c, c), names.get(above.get(c, ""), "") if level == VILLAGE else "", v) for c, v in ordered]


def of_townships(ctx: Context, values: Mapping[str, float]) -> dict[str, float]:
    """Return for each village the value of its township: the map knows villages."""
    known = regions(ctx.county.code)
    villages = known.loc[known["level"] == "village"]
    pairs = zip(villages["code"], villages["parent"], strict=True)
    return {code: values[town] for code, town in pairs if town in values}


def _map(ctx: Context, totals: Totals, by: str, figure: Figure) -> None:
    _ = ctx._
    document = loaders.map_document(ctx.county.slug, ctx.plan.id)
    if document is None:
        st.html(no_villages(_))
        return
    values, note = totals.values, ""
    if by == TOWNSHIP:
        values, note = of_townships(ctx, totals.values), _("by township; the numbers count its villages")
    unit = formats.unit(figure.unit, _)
    legend, classes = value_classes(dict(values), unit)
    drawing = draw(document, classes, legend, _, unit=unit, note=note)
    county_map(drawing, key="see_map", height=_MAP_HEIGHT, into="see_place")


def _ranking(ctx: Context, held: Held, totals: Totals, by: str, figure: Figure) -> None:
    _, look = ctx._, held.view.look
    # Rows of different quantities or units are listed as the file has them: none is more than another.
    alike = not look.unlike(figure)
    if by in {VILLAGE, TOWNSHIP}:
        rows = ranked(ctx, totals.values, by)
    else:
        ordered = list(totals.values.items())
        ordered = sorted(ordered, key=lambda pair: -pair[1]) if alike else ordered
        notes = {} if alike else look.units_of(by)
        rows = [(str(n), label, notes.get(label, ""), value) for n, (label, value) in enumerate(ordered[:_RANKED])]
    with st.container(key="scroll_see"):
        if not rows:
            st.html(element("p", _("No place has exactly one value, and shares cannot be summed."), "quiet"))
            return
        head = formats.unit(figure.unit, _) or (_("Rows") if figure.id == ROWS else _("Value"))
        of = look.labels.get(by, "")
        html = places_html(rows, _, unit=figure.unit, head=head, of=of, bars=alike)
        board(html, "see", into="see_place")


def _told(ctx: Context, held: Held, totals: Totals, by: str, figure: Figure) -> None:
    """Tell the sum, on how many rows it rests, and which places were not found."""
    _, look = ctx._, held.view.look
    n, m = formats.number(totals.rows, 0), formats.number(totals.of, 0)
    facts = [(_("Rows that count"), f"{n}/{m}")]
    if by in {VILLAGE, TOWNSHIP}:
        placed = formats.number(look.placed(by), 0)
        facts.append((_("Rows with a place"), f"{placed}/{formats.number(len(look.frame), 0)}"))
    if totals.total is not None and figure.id != ROWS:
        facts.insert(0, (_("Sum"), formats.quantity(totals.total, figure.unit, _)))
    if len(totals.values) > _RANKED:
        facts.append((_("Listed"), _("the first {n}", n=_RANKED)))
    if totals.left_out:
        facts.append((_("Left out, as a share cannot be summed"), _("{n} with several rows", n=totals.left_out)))
    st.html(understood_html(facts))
    if not look.levels and look.places_named:
        st.html(element("p", _("Its places were not found in this county: there is no map."), "quiet"))
    elif by in {VILLAGE, TOWNSHIP}:
        _unplaced(_, _("Not found in this county (rows: {n}): {names}"), look.missing, _("All that were not found"))
        for name, places in look.likely.items():
            told = _("“{name}” may be: {places}", name=name, places=_(", ").join(places))
            st.html(element("p", told, "quiet"))
        _twice(ctx, held)
        _unplaced(
            _,
            _("Several places in one cell (rows: {n}), counted for their township if all lie in one: {names}"),
            look.several,
            _("All cells with several places"),
        )


def _twice(ctx: Context, held: Held) -> None:
    """Name the villages that have several rows where all others have one: their figures were added up."""
    _, twice = ctx._, held.view.look.twice
    if not twice:
        return
    known = regions(ctx.county.code)
    names = dict(zip(known["code"], known["short_name"], strict=True))
    rows_of = [
        _("{village} (rows {rows})", village=names.get(code, code), rows=_(", ").join(map(str, _lines_in(held, rows))))
        for code, rows in list(twice.items())[:_NAMED]
    ]
    told = _("Villages with several rows, whose figures are added up here; check whether one is sent twice: {villages}",
             villages=_(", ").join(rows_of))  # fmt: skip
    st.html(element("p", told, "notice"))


def _lines_in(held: Held, rows: Iterable[int]) -> list[str]:
    """Return rows as the file numbers them; of several sheets with the sheet's name."""
    found = []
    for row in rows:
        of_sheet, number = held.checked.part_of(row)
        sheet = of_sheet.layout.sheet.name if held.checked.parts and of_sheet.layout else ""
        found.append(f"{sheet} {number}".strip())
    return found


def _unplaced(_: Translator, sentence: str, cells: Mapping[str, int], every: str) -> None:
    """Tell of cells that no place was found for: the first in a sentence, all of them on demand."""
    names = list(cells)
    if not names:
        return
    told = sentence.format(n=formats.number(sum(cells.values()), 0), names=_(", ").join(names[:_NAMED]))
    st.html(element("p", f"{told} …" if len(names) > _NAMED else told, "notice"))
    if len(names) > _NAMED:
        # Its label is markdown, so no word of the file stands in it.
        with st.expander(every):
            st.html(element("p", _(", ").join(names[:_MISSING])))


def _line(ctx: Context, held: Held, figure: Figure) -> None:
    """Draw the figure over the table's columns or rows of time, of all rows or of one."""
    _, look = ctx._, held.view.look
    whose = look.over_time(figure)[:_LINES]
    if not whose:
        return
    row = whose[0]
    if len(whose) > 1:
        names = {r: look.row_name(r) if r else _("All rows together") for r in whose}
        row = st.selectbox(
            _("Over time"), whose, format_func=names.__getitem__, key=f"line_{held.id}_{figure.additive}",
            label_visibility="collapsed",
        )  # fmt: skip
    line = look.line(figure, row)
    unit = figure.unit if figure.additive or row != ALL_ROWS else ""
    chart = over_time(line.words, line.values, _, unit=unit, scale=ctx.scale, height=165)
    st.plotly_chart(chart, key="see_line", config=CONFIG)
