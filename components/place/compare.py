"""Up to six villages, or townships, side by side by every indicator."""

import pandas as pd
import streamlit as st

from components import formats
from components.context import Context
from components.html.base import Markup, element
from components.html.one_place import side_by_side_table
from components.html.progress import rows_of, urgent_first
from components.panels import foot, panel
from components.place.finder import Here
from components.status import band_note
from data import loaders
from data.plan import Indicator
from data.progress import place_in_order

MOST = 6


def side_by_side_places(ctx: Context, here: Here | None) -> None:
    """Show the places chosen as columns, the indicators as rows."""
    _ = ctx._
    level = here.level if here else "township"
    frame = ctx.regions
    codes = list(frame.loc[(frame["level"] == level) & (frame["code"] != ctx.plan.top_region), "code"])
    labels = ctx.place_labels
    first = [here.code] if here and here.code in codes else []
    title = _("Villages side by side") if level == "village" else _("Townships side by side")
    with panel("compare", title, _("up to {n}", n=MOST)):
        picked = st.multiselect(
            title, codes, default=first, max_selections=MOST, key=f"compare_{level}", label_visibility="collapsed",
            format_func=lambda c: f"{labels[c].name} {labels[c].note}".strip(),
            placeholder=_("Choose places to compare"),
        )  # fmt: skip
        if len(picked) < 2:
            st.html(element("p", _("Choose two places or more."), "quiet"))
            return
        st.html(ctx.built("side by side", lambda: _table(ctx, picked), tuple(picked)))
        bands = ctx.county.bands
        foot(
            _("in bold: the best of those shown"),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            band_note(bands.slightly_behind, bands.behind, _),
        )


def _table(ctx: Context, picked: list[str]) -> Markup:
    """Return the indicators that any of the places has a part in, where they differ most urgently first."""
    rows = loaders.evaluated(ctx.county.slug, ctx.plan.id, ctx.need_date())
    rows = rows.loc[rows["region"].isin(picked)]
    part = rows["value"].notna() | rows["target"].notna()
    rows = rows.loc[rows["indicator"].isin(set(rows.loc[part, "indicator"]))]
    order = list(dict.fromkeys(urgent_first(rows)["indicator"]))
    best = {
        str(name): _best(group["value"], ctx.plan.indicator(str(name)))
        for name, group in rows.groupby("indicator", sort=False)
    }
    cells = {(row.indicator, row.region): row for row in rows_of(rows)}
    heads = {code: ctx.place_labels[code] for code in picked}
    return side_by_side_table(order, ctx.labels, heads, cells, best, ctx._)


def _best(values: pd.Series, indicator: Indicator) -> float | None:
    """Return the best value; None where all that have one are alike."""
    known = values.dropna()
    if known.nunique() < 2:
        return None
    found: float = known.iloc[int(place_in_order(known, indicator).argmin())]
    return found
