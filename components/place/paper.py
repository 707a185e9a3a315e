"""The place on one sheet of A4, for the printer."""

import streamlit as st

from components import formats
from components.area import trends
from components.context import Context
from components.county_map.drawing import SCHEMATIC
from components.html.base import Markup
from components.html.locator import locator_html
from components.html.notes import sample_mark
from components.html.paper import paper_group, paper_head, paper_html
from components.html.progress import rows_of
from components.html.table import frame_table
from components.place import glance, records
from components.place.finder import Here
from data import loaders

LINES, LINES_BELOW_MANY = 8, 4
"""Rows of each list on the sheet, and below many indicators; the page has them all."""
MANY = 45
"""Indicators from which on the sheet is set in smaller letters: a plan may ask ninety things of a township."""


def sheet(ctx: Context, here: Here) -> None:
    """Put the sheet on the page: the browser prints it in place of what is on the screen."""
    st.html(ctx.built("sheet", lambda: _sheet(ctx, here)))


def _sheet(ctx: Context, here: Here) -> Markup:
    _ = ctx._
    rows = glance.listed(ctx, here).rows
    rows = rows.loc[rows["value"].notna() | ~rows["status"].isin(["nothing", "no_target", "not_scored"])]
    many, series = len(rows) > MANY, trends(ctx)
    groups = [
        paper_group(name, list(rows_of(part)), ctx.labels, series, _)
        for area, name in ctx.areas.items()
        if len(part := rows.loc[rows["area"] == area])
    ]
    town = ctx.names[here.town] if here.town and here.town != here.code else ""
    day = _("Data up to {day}", day=formats.date(ctx.as_of, _))
    head = paper_head(
        ctx.names[here.code],
        [t for t in (ctx.county.name(ctx.lang), town, here.code, ctx.plan.title(ctx.lang), day) if t],
        [(label, value) for label, value, _note in glance.facts_of(ctx, here)],
        sample_mark(_) if ctx.sample else Markup(),
        _where(ctx, here),
    )
    lines = LINES_BELOW_MANY if many else LINES
    lists = [
        (
            title,
            frame_table(
                frame.head(lines), heads, _, kinds=kinds,
                foot=_("and {n} more", n=len(frame) - lines) if len(frame) > lines else "",
            ),
        )
        for title, frame, heads, kinds in records.lists(ctx, here)
        if len(frame)
    ]  # fmt: skip
    foot = [_("Rank: in the township · in the county, 1 is best. Gap in percentage points; minus is behind.")]
    if loaders.boundaries(ctx.county.slug, ctx.plan.id).schematic:
        foot.append(_(SCHEMATIC))
    return paper_html(head, groups, lists, " · ".join(foot), dense=many)


def _where(ctx: Context, here: Here) -> Markup:
    """Return where the place lies: a village in its township, a township in the county."""
    around = ctx.parents[here.code]
    features = [
        (f["properties"]["code"], f["geometry"])
        for f in loaders.boundaries(ctx.county.slug, ctx.plan.id).level(here.level)
        if f["properties"]["parent"] == around
    ]
    return locator_html(features, here.code, ctx.names)
