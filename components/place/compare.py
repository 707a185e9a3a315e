"""Up to six villages, or townships, side by side by every indicator."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from components import address, formats
from components.context import Context
from components.fragment import fragment
from components.html.base import Markup, element
from components.html.one_place import side_by_side_table
from components.html.progress import rows_of, urgent_first
from components.panels import foot, panel
from components.place.finder import Here, search_box
from components.status import band_note
from data import loaders
from data.language import Translator
from data.plan import Indicator
from data.progress import place_in_order

MOST = 6
ADD, FIELD = "compare_add", "find_compare"
"""Session state keys of a place picked to be added, and of the field it is looked for in."""
_NONE = "none"  # in the address, where all were taken out


class _Lists:
    """What can stand in the address: codes with commas between, of which some are known."""

    def __init__(self, codes: Collection[str]) -> None:
        self._codes = codes

    def __contains__(self, text: object) -> bool:
        return text == _NONE or bool(self.of(str(text)))

    def of(self, text: str) -> list[str]:
        """Return the known codes of a list, each once."""
        return [code for code in dict.fromkeys(text.split(",")) if code in self._codes][:MOST]


def side_by_side_places(ctx: Context, here: Here | None) -> None:
    """Show the places chosen as columns, the indicators as rows.

    Villages are compared with villages. On the page of the whole the first one chosen decides of which kind they are.
    """
    _ = ctx._
    frame = ctx.regions
    below = frame.loc[frame["code"] != ctx.plan.top_region]
    codes = list(below["code"] if here is None else below.loc[below["level"] == here.level, "code"])
    known = _Lists(codes)
    kept = address.keep("places", known)
    chosen = known.of(kept) if kept else [here.code] if here and here.code in codes else []
    levels = dict(zip(below["code"], below["level"], strict=True))
    level = here.level if here else levels[chosen[0]] if chosen else "any"
    if here is None and chosen:
        codes = [code for code in codes if levels[code] == level]
        chosen = [code for code in chosen if levels[code] == level]
    labels, key = ctx.place_labels, f"compare_{level}"
    added = st.session_state.pop(ADD, None)
    if added in codes and added not in chosen and len(chosen) < MOST:
        chosen = [*chosen, added]
        st.session_state["places"] = ",".join(chosen)
        address.picked("places")
        st.session_state[FIELD] = ""
        st.rerun()
    if st.session_state.get(key) != chosen:
        st.session_state[key] = chosen  # said outright: the address may bring others
    titles = {"village": _("Villages side by side"), "township": _("Townships side by side")}
    title = titles.get(level, _("Side by side"))
    with panel("compare", title, _("up to {n}", n=MOST)):
        if len(chosen) < MOST:
            _search(ctx, frozenset(codes) - frozenset(chosen))
        picked = st.multiselect(
            title, codes, max_selections=MOST, key=key, on_change=_keep, args=(key,), label_visibility="collapsed",
            format_func=lambda c: f"{labels[c].name} {labels[c].note}".strip(),
            placeholder=_("Choose places to compare"),
        )  # fmt: skip
        if len(picked) < 2:
            st.html(element("p", _("Choose two places or more."), "quiet"))
            return
        st.html(ctx.built("side by side", lambda: _table(ctx, picked), tuple(picked)))
        bands = ctx.bands
        foot(
            _("in bold: the best of those shown; none where two read the same"),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            band_note(bands.slightly_behind, bands.behind, _),
        )


@fragment
def _search(ctx: Context, among: frozenset[str]) -> None:
    """Let the viewer add a place by name, first letters or code, as the search of the page finds it."""
    if ADD in st.session_state:
        st.rerun()
    _ = ctx._
    search_box(ctx, FIELD, ADD, _("Add a place to compare"), _("Add by name, first letters (pyc) or code"), among)


def _keep(key: str) -> None:
    """Put the places chosen into the address, so that a link and a reload bring them back."""
    st.session_state["places"] = ",".join(st.session_state[key]) or _NONE
    address.picked("places")


def _table(ctx: Context, picked: list[str]) -> Markup:
    """Return the indicators that any of the places has a part in, where they differ most urgently first."""
    rows = loaders.evaluated(ctx.county.slug, ctx.plan.id, ctx.need_date())
    rows = rows.loc[rows["region"].isin(picked)]
    part = rows["value"].notna() | rows["target"].notna()
    rows = rows.loc[rows["indicator"].isin(set(rows.loc[part, "indicator"]))]
    order = list(dict.fromkeys(urgent_first(rows)["indicator"]))
    bold = {
        str(name): best(group, ctx.plan.indicator(str(name)), ctx._)
        for name, group in rows.groupby("indicator", sort=False)
    }
    cells = {(row.indicator, row.region): row for row in rows_of(rows)}
    heads = {code: ctx.place_labels[code] for code in picked}
    return side_by_side_table(order, ctx.labels, heads, cells, bold, ctx._)


def best(rows: pd.DataFrame, indicator: Indicator, _: Translator) -> str | None:
    """Return the place with the best value of an indicator; None where another reads the same, or has no figure.

    What readers cannot tell apart is not told apart: of 93.33 % and 93.34 % neither is the better.
    """
    known = rows.loc[rows["value"].notna()]
    if len(known) < 2:
        return None
    first = int(place_in_order(known["value"], indicator).argmin())
    figures = [formats.quantity(v, unit, _) for v, unit in zip(known["value"], known["unit"], strict=True)]
    return str(known["region"].iloc[first]) if figures.count(figures[first]) == 1 else None
