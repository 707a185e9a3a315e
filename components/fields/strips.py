"""Rates of each township with a strip of its villages: what livable villages and support share."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components import formats, indicator_view
from components.board import board
from components.context import Context
from components.html.base import Markup, element, raw
from components.html.strips import Strip, strips_table
from components.panels import foot, panel
from components.status import URGENT
from data import loaders
from data.plan import Indicator
from data.shown import WITHHELD

MOST = 7
BEHIND = (*URGENT, "slightly_behind")
_LONG = 12


def of_places(ctx: Context, area: str) -> list[Indicator]:
    """Return the area's indicators that are a state of each village: rates, and counts every village must reach."""
    return [
        i for i in ctx.plan.indicators
        if i.area == area and i.level != "county" and i.rollup in {"weighted_ratio", "share_of_villages"}
    ]  # fmt: skip


def strips(ctx: Context, indicators: Sequence[Indicator], *, key: str, title: str, definition: str) -> None:
    """Show townships by indicators, those furthest behind on top; a row narrows the page to the township."""
    _ = ctx._
    level = ctx.lower_level
    table, rows, least, late = ctx.built(f"strips {key}", lambda: _table(ctx, indicators, level))
    if not rows:
        return
    note = (
        _("one bar per village, lowest first; places furthest behind on top")
        if level == "township"
        else _("places furthest behind on top")
    )
    with panel(f"strips_{key}", title, note):
        with st.container(key=f"scroll_strips_{key}") if rows > _LONG else st.container(key=f"strips_{key}"):
            board(table, f"strips_{key}", ctx.township, into=level)
        foot(
            _("Definition: {text}", text=definition),
            _("colours and symbols: the status of each village") if level == "village" else "",
            _("bars in the warning colour: villages behind schedule") if late else "",
            _("Source: {text}", text="、".join(dict.fromkeys(i.lead[0] for i in indicators if i.lead)))
            if any(i.lead for i in indicators)
            else "",
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            _("least reported: {n}", n=least),
        )


def _table(ctx: Context, indicators: Sequence[Indicator], level: str) -> tuple[Markup, int, str, bool]:
    """Return the table, its number of places (0 if nothing is worth a column), what is least reported, any bar late."""
    _ = ctx._
    cells, order, shown = _cells(ctx, [i.id for i in indicators], level)
    by_id = {i.id: i for i in indicators}
    table = strips_table(
        order,
        ctx.names,
        {i: _head(ctx, by_id[i]) for i in shown},
        cells,
        _,
        whole=ctx.region,
        first=_("Township") if level == "township" else _("Village"),
    )
    late = any(s.passed is not None and s.passed < len(s.heights) for s in cells.values())
    return table, len(order) if shown else 0, _least_reported(ctx, shown), late


def _head(ctx: Context, indicator: Indicator) -> Markup:
    name = element("span", indicator.name(ctx.lang), "hdw")
    indicator = ctx.in_force(indicator)
    if indicator.value is None:
        return name
    sign = {"<=": "≤", ">=": "≥"}.get(indicator.comparator, "")
    return name + raw(f"<small>{sign}{formats.quantity(indicator.value, indicator.unit, ctx._)}</small>")


def _least_reported(ctx: Context, shown: Sequence[str]) -> str:
    rows = ctx.progress()
    rows = rows.loc[rows["indicator"].isin(list(shown)) & (rows["of"] > 0)]
    if rows.empty:
        return formats.NOTHING
    row = rows.iloc[int((rows["reported"] / rows["of"]).to_numpy().argmin())]
    unit = indicator_view.reporters(ctx.plan.indicator(row["indicator"]))
    return formats.share_of(row["reported"], row["of"], unit, ctx._)


def _cells(
    ctx: Context, indicators: Sequence[str], level: str
) -> tuple[dict[tuple[str, str], Strip], list[str], list[str]]:
    """Return strips by place and indicator, places in order, and the indicators worth a column."""
    frame = loaders.evaluated(ctx.county.slug, ctx.plan.id, ctx.need_date())
    frame = frame.loc[frame["indicator"].isin(list(indicators))]
    region, tree = ctx.region, ctx.regions
    parents = dict(zip(tree["code"], tree["parent"], strict=True))
    inside = _inside(tree, region) if level == "village" else (tree["parent"] == region) & (tree["level"] == level)
    below = tree.loc[inside, "code"].tolist()
    places = list(dict.fromkeys(below))
    comparable = tree.loc[tree["level"] == "township", "code"].tolist() or places
    villages = frame.loc[frame["level"] == "village"].assign(parent=lambda f: f["region"].map(parents))
    cells: dict[tuple[str, str], Strip] = {}
    shown = []
    for indicator in indicators:
        rows = frame.loc[frame["indicator"] == indicator].set_index("region")
        # A rate of one settlement needs no column; a rate of the few villages it is asked of does. A township has
        # the columns of the whole plan, as far as it has figures.
        whole = rows["value"].loc[rows.index.isin(comparable)]
        if not rows["value"].reindex(places).notna().any() or whole.notna().sum() * 2 < len(whole):
            continue
        shown.append(indicator)
        own = villages.loc[villages["indicator"] == indicator]
        groups: dict[str, pd.DataFrame] = {}
        if level == "township":
            groups = {str(parent): part for parent, part in own.groupby("parent")} | {region: own}
        for place in [region, *places]:
            if place in rows.index:
                cells[place, indicator] = _strip(rows.loc[place], groups.get(place))
        if len(shown) == MOST:
            break
    rank = {p: _rank([cells.get((p, i)) for i in shown]) for p in places}
    return cells, sorted(places, key=rank.__getitem__), shown


def _inside(tree: pd.DataFrame, region: str) -> pd.Series:
    towns = set(tree.loc[tree["parent"] == region, "code"]) | {region}
    return (tree["level"] == "village") & tree["parent"].isin(towns)


def _rank(strips: Sequence[Strip | None]) -> float:
    """Return the mean share of villages that are where they should be by now; places without any come last."""
    known = [s for s in strips if s is not None and not formats.missing(s.value)]
    if not known:
        return float("inf")
    parts = [
        s.passed / len(s.heights) if s.heights and s.passed is not None else float(s.value or 0) / 100 for s in known
    ]
    return sum(parts) / len(parts)


def _strip(row: pd.Series, villages: pd.DataFrame | None) -> Strip:
    value = None if pd.isna(row["value"]) else float(row["value"])
    if villages is None or villages.empty:
        return Strip(value, row["unit"], row["status"], of=_count(row["of"]))
    known = villages.dropna(subset="value").sort_values("value", kind="stable")
    numbers = known["value"].astype(float)
    target = known["target"].astype(float)
    top = 100.0 if row["unit"] == "%" and numbers.max() > 1 else max(float(numbers.max()) if len(numbers) else 1, 1)
    scale = target.where(target > 0).fillna(top)
    heights = tuple(min(h, 1.0) for h in (numbers / scale).round(2))
    judged = ~known["status"].isin(["no_target", "not_scored"])
    passed = int((~known["status"].isin(BEHIND)).sum()) if judged.any() else None
    hidden = int((villages["status"] == WITHHELD).sum())
    return Strip(
        value, row["unit"], row["status"], heights, passed, _count(row["of"]), _count(row["reported"]), hidden,
    )  # fmt: skip


def _count(value: float | None) -> int:
    return 0 if value is None or pd.isna(value) else int(value)
