"""The field of funds and projects: money by tier and place, projects, assets."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from components import formats, indicator_view
from components.board import board
from components.context import Context
from components.county_map import Drawing, MapClass, county_map, draw, value_classes
from components.county_map.classes import Value, of_status
from components.figures.base import CONFIG
from components.figures.money import assets as assets_figure
from components.figures.money import expenditure
from components.html.base import Markup, element
from components.html.lists import facts
from components.html.money import asset_table, fund_table, project_rows
from components.html.notes import provenance
from components.panels import foot, panel, scroll, side_by_side
from components.status import STATUSES
from data import loaders, summaries
from data.language import Translator
from data.plan import Indicator
from data.tables import tables

TIERS = ("central", "provincial", "county")
MOST_PROJECTS = 60
RATE_EDGES = (25.0, 50.0, 75.0, 90.0)
ASSET_TARGETS = {
    "registered": "asset_inventory",
    "title_ok": "asset_title",
    "manager_ok": "asset_manager",
    "custodian_ok": "asset_custodian",
}
"""The plan's concept that asks for each mark of an asset."""
_MUNICIPALITIES = ("11", "12", "31", "50")


def words(ctx: Context, table: str, column: str) -> dict[str, str]:
    """Return what the values of an enum column are called."""
    found = tables()[table].column(column)
    return dict(zip(found.values, found.labels if ctx.lang == "zh" else found.labels_en, strict=True))


def tier_words(ctx: Context) -> dict[str, str]:
    """Return what the tiers of money are called in this county: 市级 and 区级 in a municipality's district."""
    named = words(ctx, "funds", "tier")
    if ctx.lang == "zh":
        if ctx.county.code.startswith(_MUNICIPALITIES):
            named["provincial"] = "市级"
        if ctx.county.name_zh.endswith("区"):
            named["county"] = "区级"
    return named


def sources(ctx: Context, table: str, definition: str) -> list[str]:
    """Return the foot of a panel made from one table."""
    found = tables()[table]
    return provenance(
        ctx._,
        definition=definition,
        source=f"{found.name_zh}（{found.filled_by_zh}）"
        if ctx.lang == "zh"
        else f"{found.name_en} ({found.filled_by})",
        as_of=ctx.as_of,
    )


# ---- expenditure -----------------------------------------------------------------------------------------------------


def money(ctx: Context) -> None:
    """Show what was spent over the months against the milestones, by tier and township with the industry's share."""
    day = ctx.need_date()
    months = ctx.summary("funds", summaries.fund_months)
    linkage = months.loc[months["fund"] == "linkage"]
    if linkage.empty:
        with panel("money", ctx._("Linkage funds")):
            st.html(element("p", ctx._("No funds of {year} have been reported yet.", year=day.year), "quiet"))
        return
    left, right = side_by_side([1, 1.15])
    with left:
        note, figures, figure = ctx.built("expenditure", lambda: _curve(ctx, linkage))
        with panel("curve", ctx._("Expenditure of linkage funds"), note):
            st.html(figures)
            st.plotly_chart(figure, key="expenditure", config=CONFIG)
            told = ctx._("spent ÷ received, year to date; places that are late count with their newest report")
            foot(*sources(ctx, "funds", told))
    with right:
        _by_tier_and_place(ctx, months)


def _expenditure_indicators(ctx: Context) -> dict[str, Indicator]:
    """Return the plan's expenditure targets: of central money ("central") and of all linkage funds ("")."""
    found = {}
    for indicator in ctx.plan.indicators:
        if indicator.concept == "fund_expenditure_progress":
            found["central" if "'central'" in (indicator.data.where or "") else ""] = indicator
    return found


def due_rates(ctx: Context) -> dict[str, float]:
    """Return the expenditure rate due by now per tier ("" for all): the plan's, else the share of the year passed."""
    now = ctx.progress().set_index("indicator")["expected"]
    even = 100 * ctx.need_date().month / 12
    due = {key: float(now[i.id]) for key, i in _expenditure_indicators(ctx).items() if not formats.missing(now[i.id])}
    every = due.get("", due.get("central", even))
    return {tier: due.get(tier, every) for tier in ("", *TIERS)}


def _curve(ctx: Context, linkage: pd.DataFrame) -> tuple[str, Markup, go.Figure]:
    """Return the panel's note, the newest figures, and rates over the months."""
    _ = ctx._
    named = tier_words(ctx)
    sums = linkage.groupby("date")[["received", "spent"]].sum(min_count=1)
    national = linkage.groupby("date")["national_avg"].max()
    parts = [
        pd.DataFrame(
            {"tier": linkage["tier"], "date": linkage["date"], "rate": 100 * linkage["spent"] / linkage["received"]}
        ),
        pd.DataFrame({"tier": "", "date": sums.index, "rate": 100 * sums["spent"] / sums["received"]}),
        pd.DataFrame({"tier": "national", "date": national.index, "rate": national}),
    ]
    spent = pd.concat(parts, ignore_index=True).dropna(subset="rate")
    indicator = next((i for i in _expenditure_indicators(ctx).values() if i.milestones), None)
    year = ctx.need_date().year
    steps = [m for m in ctx.in_force(indicator).milestones if m.date.year == year] if indicator else []
    milestones = pd.DataFrame(
        {"date": pd.to_datetime([m.date for m in steps]), "rate": [float(m.value) for m in steps]}
    )
    lines = {tier: named[tier] for tier in TIERS if tier in set(linkage["tier"])}
    if len(lines) > 1:
        lines[""] = _("All tiers")
    if national.notna().any():
        lines["national"] = _("National average")
    note = _("{year}, against the plan's milestones", year=year) if steps else _("{year}, year to date", year=year)
    last, before = sums.iloc[-1], sums.iloc[-2] if len(sums) > 1 else None
    rate = 100 * last["spent"] / last["received"] if last["received"] else None
    step = last["spent"] - before["spent"] if before is not None else last["spent"]
    figures = facts(
        [
            (_("Received"), formats.quantity_html(last["received"], "万元", _), ""),
            (_("Spent"), formats.quantity_html(last["spent"], "万元", _), ""),
            (_("Expenditure rate"), formats.quantity_html(rate, "%", _), ""),
            (_("Spent this month"), formats.quantity_html(step, "万元", _), ""),
        ]
    )
    # As high as the table beside it, which lists townships where there are any.
    height = 430 if ctx.lower_level == "township" else 270
    return note, figures, expenditure(spent, milestones, lines, _, scale=ctx.scale, height=height)


def _by_tier_and_place(ctx: Context, months: pd.DataFrame) -> None:
    _ = ctx._
    of_industry = (ctx.in_force(i) for i in ctx.plan.indicators if i.concept == "fund_industry_share")
    floors = {i.id: i for i in of_industry if i.value is not None}
    floor = next((float(i.value or 0) for i in floors.values()), None)
    with panel(
        "tiers",
        _("By tier and place") if ctx.lower_level == "township" else _("By tier"),
        _("tick: due by schedule; share for industry: at least {n}", n=formats.percent(floor, 0))
        if floor
        else _("tick: due by schedule"),
    ):
        st.html(ctx.built("tiers", lambda: _tier_table(ctx, months, floor)))
        places = ctx.summary("funds", summaries.fund_places)
        places = places.loc[places["geo_code"] != ctx.plan.top_region]
        if len(places) > 1:
            with scroll("fund_places"):
                table = ctx.built("fund places", lambda: _place_table(ctx, places, floor))
                board(table, "fund_places", ctx.township, into="township")
        definition = (
            _("share for industry = for industry ÷ received (central funds)")
            if floor
            else _("share for industry = for industry ÷ received")
        )
        foot(*sources(ctx, "funds", definition), _("Reported {n}", n=_reported(ctx, places)) if len(places) > 1 else "")


def _tier_table(ctx: Context, months: pd.DataFrame, floor: float | None) -> Markup:
    _ = ctx._
    named = tier_words(ctx)
    due = due_rates(ctx)
    now = months.loc[months["date"] == months["date"].max()]
    linkage = now.loc[now["fund"] == "linkage"].set_index("tier")
    rows = [
        _fund_row(tier, named[tier], linkage.loc[tier], due[tier], floor if tier == "central" else None)
        for tier in TIERS
        if tier in linkage.index
    ]
    total = linkage[list(summaries.AMOUNTS)].sum(min_count=1)
    rows.append(_fund_row("all", _("All tiers"), total, due[""], None) | {"total": True})
    kinds = words(ctx, "funds", "fund")
    rest = now.loc[now["fund"] != "linkage"].groupby("fund", sort=False)[list(summaries.AMOUNTS)].sum(min_count=1)
    rows += [_fund_row(str(fund), kinds.get(str(fund), str(fund)), row, None, None) for fund, row in rest.iterrows()]
    return fund_table(pd.DataFrame(rows), _, first=_("Fund"), due=None, floor=None, bands=ctx.bands)


def _place_table(ctx: Context, places: pd.DataFrame, floor: float | None) -> Markup:
    rows = _place_rows(ctx, places, central=floor is not None)
    first, due = ctx._("Township"), due_rates(ctx)[""]
    return fund_table(rows, ctx._, first=first, due=due, floor=floor, bands=ctx.bands, pickable=True)


def _reported(ctx: Context, places: pd.DataFrame) -> str:
    newest = int((places["as_of"] == places["as_of"].max()).sum())
    return formats.share_of(newest, len(places), "", ctx._)


def _fund_row(code: str, name: str, row: pd.Series, due: float | None, floor: float | None) -> dict[str, object]:
    received = row["received"] or float("nan")
    used = row["industry"] if code != "land_revenue" else float("nan")
    return {
        "id": code,
        "name": name,
        "received": row["received"],
        "spent": row["spent"],
        "rate": 100 * row["spent"] / received,
        "industry_rate": 100 * used / received,
        "due": due,
        "floor": floor,
        "total": False,
    }


def _place_rows(ctx: Context, places: pd.DataFrame, *, central: bool) -> pd.DataFrame:
    part, whole = ("central_industry", "central_received") if central else ("industry", "received")
    rows = pd.DataFrame(
        {
            "id": places["geo_code"],
            "name": places["geo_code"].map(ctx.names),
            "received": places["received"],
            "spent": places["spent"],
            "rate": 100 * places["spent"] / places["received"],
            "industry_rate": 100 * places[part] / places[whole],
        }
    )
    return rows.sort_values("rate", kind="stable")


# ---- projects --------------------------------------------------------------------------------------------------------


def projects(ctx: Context) -> None:
    """Show projects with stage, money and pace, the furthest behind first, and where they are."""
    _ = ctx._
    every = ctx.summary("projects", summaries.project_list)
    if every.empty:
        with panel("projects", _("Projects")):
            st.html(element("p", _("No project has been reported yet."), "quiet"))
        return
    left, right = side_by_side([1.72, 1])
    with left, panel("projects", _("Projects"), ctx.built("project note", lambda: _project_note(ctx, every))):
        filters = _filters(ctx, every)
        table, count = ctx.built("projects", lambda: _project_table(ctx, every, *filters), *filters)
        with scroll("projects"):
            picked = board(table, "projects", into="project")
        more = _("first {n} of {of} shown", n=MOST_PROJECTS, of=count) if count > MOST_PROJECTS else ""
        definition = _("expenditure = spent ÷ investment; schedule = share of the plan year that has passed")
        foot(*sources(ctx, "projects", definition), more)
    with right, panel("project_map", _("Projects on the map")):
        _project_map(ctx, every, picked)


def _project_note(ctx: Context, every: pd.DataFrame) -> str:
    _ = ctx._
    begun = every["status"].isin(["started", "finished", "accepted"]).mean()
    done = every["status"].isin(list(summaries.FINISHED)).mean()
    invest, paid = every["invest"].sum(), every["paid"].sum()
    return _(
        "{n} in all, investment {invest}, spent {paid}; begun {begun}, finished {done}",
        n=len(every),
        invest=formats.quantity(invest, "万元", _),
        paid=formats.quantity(paid, "万元", _),
        begun=formats.percent(100 * begun),
        done=formats.percent(100 * done),
    )


def _filters(ctx: Context, every: pd.DataFrame) -> tuple[str | None, str, str]:
    """Let the viewer narrow the list by stage and kind, and choose its order: stage, kind, order."""
    _ = ctx._
    stages, kinds = words(ctx, "projects", "status"), words(ctx, "projects", "kind")
    counts, by_kind = ctx.built(
        "project counts", lambda: [every[c].value_counts().to_dict() for c in ("status", "kind")]
    )
    orders = {
        "gap": _("Furthest behind first"),
        "still": _("Longest without movement first"),
        "invest": _("Largest first"),
    }
    with st.container(horizontal=True, key="project_filters", vertical_alignment="center"):
        stage = st.segmented_control(
            _("Stage"), [s for s in stages if s in counts], key="project_stage", label_visibility="collapsed",
            format_func=lambda s: f"{stages[s]} {counts[s]}",
        )  # fmt: skip
        kind = st.selectbox(
            _("Kind"), ["", *(k for k in kinds if k in by_kind)], key="project_kind",
            label_visibility="collapsed", width=150,
            format_func=lambda k: f"{kinds[k]} {by_kind[k]}" if k else _("All kinds"),
        )  # fmt: skip
        order = st.selectbox(
            _("Order"),
            list(orders),
            key="project_order",
            label_visibility="collapsed",
            format_func=orders.__getitem__,
            width=190,
        )
    return stage, kind, order


def _project_table(ctx: Context, every: pd.DataFrame, stage: str | None, kind: str, order: str) -> tuple[Markup, int]:
    """Return the first of the projects asked for, and how many there are."""
    chosen = every
    if stage:
        chosen = chosen.loc[chosen["status"] == stage]
    if kind:
        chosen = chosen.loc[chosen["kind"] == kind]
    if order != "gap":
        chosen = chosen.sort_values(order, ascending=False, kind="stable")
    return project_list(ctx, chosen.head(MOST_PROJECTS)), len(chosen)


def project_list(ctx: Context, rows: pd.DataFrame, *, people: bool = False) -> Markup:
    """Return projects as a table with the names of places and stages; with the people they serve if asked."""
    towns = dict(zip(ctx.regions["code"], ctx.regions["parent"].map(ctx.names).fillna(""), strict=True))
    return project_rows(
        rows, ctx.names, {} if ctx.lower_level == "village" else towns,
        words(ctx, "projects", "status"), words(ctx, "projects", "kind"),
        ctx.bands, ctx._, people=people,
    )  # fmt: skip


def _project_map(ctx: Context, every: pd.DataFrame, picked: str | None) -> None:
    _ = ctx._
    shows = {"rate": _("Expenditure rate"), "invest": _("Investment"), "stage": _("Stage")}
    what = st.segmented_control(
        _("Show"), list(shows), default="rate", required=True, format_func=shows.__getitem__, key="project_show",
        label_visibility="collapsed",
    )  # fmt: skip
    villages = ctx.built("village projects", lambda: summaries.village_projects(every))
    drawing = ctx.built("project map", lambda: _project_drawing(ctx, villages, str(what)), what)
    if drawing is not None:
        where = ctx.built("project places", lambda: dict(zip(every["project_id"], every["village_code"], strict=True)))
        selected = where.get(picked or "") or st.session_state.get("village")
        county_map(drawing, key="map_projects", selected=selected, focus=ctx.township, height=360, into="village")
    village = str(st.session_state.get("village"))
    if village in villages.index:
        own = every.loc[every["village_code"] == village, "name"]
        told = element("p", _("{place}: {names}", place=ctx.names[village], names=_(", ").join(own)), "quiet")
        st.html(told + indicator_view.place_link(ctx, village))
    foot(*sources(ctx, "projects", _("sum over the projects of a village")))


def _project_drawing(ctx: Context, villages: pd.DataFrame, what: str) -> Drawing | None:
    document = loaders.map_document(ctx.county.slug, ctx.plan.id)
    if document is None:
        return None
    legend, values, unit = _project_classes(ctx, villages, what)
    return draw(document, values, legend, ctx._, unit=unit, labels=_project_labels(villages, ctx._), within=ctx.inside)


def _project_labels(villages: pd.DataFrame, _: Translator) -> dict[str, str]:
    return {
        str(code): _(
            "{n} projects, investment {invest}, spent {paid}",
            n=n,
            invest=formats.quantity(i, "万元", _),
            paid=formats.quantity(p, "万元", _),
        )
        for code, n, i, p in zip(villages.index, villages["n"], villages["invest"], villages["paid"], strict=True)
    }


def _project_classes(
    ctx: Context, villages: pd.DataFrame, what: str
) -> tuple[list[MapClass], Mapping[str, Value], str]:
    _ = ctx._
    values: dict[str, Value]
    if what == "stage":
        named = words(ctx, "projects", "status")
        looks = dict(
            zip(
                summaries.STAGES,
                ("far_behind", "behind", "slightly_behind", "not_due", "on_schedule", "done"),
                strict=True,
            )
        )
        legend = [of_status(STATUSES[looks[s]], named[s]) for s in summaries.STAGES]
        at = {s: i for i, s in enumerate(summaries.STAGES)}
        values = {str(c): (at[s], None) for c, s in zip(villages.index, villages["stage"], strict=True)}
        unit = ""
    else:
        numbers = {str(c): v for c, v in zip(villages.index, villages[what], strict=True)}
        unit = "%" if what == "rate" else formats.unit("万元", _)
        edges = RATE_EDGES if what == "rate" else ()
        legend, values = value_classes(numbers, unit, edges=edges)
    none = len(legend)
    legend = [*legend, of_status(STATUSES["no_target"], _("No project"))]
    codes = ctx.regions.loc[ctx.regions["level"] == "village", "code"]
    return legend, {c: values.get(c, (none, None)) for c in codes}, unit


# ---- assets ----------------------------------------------------------------------------------------------------------


class _Assets(NamedTuple):
    """Assets: a note, a figure by kind and title, the table by kind, and dividends (empty where none are due)."""

    note: str
    figure: go.Figure
    table: Markup
    dividends: Markup


def assets(ctx: Context) -> None:
    """Show assets by kind: title, register, managers and custodians, idle and lost ones, dividends."""
    _ = ctx._
    found = ctx.built("assets", lambda: _assets(ctx))
    if found is None:
        return
    left, right = side_by_side([1, 1.72])
    with left, panel("asset_value", _("Assets by kind and title"), _("original value")):
        st.plotly_chart(found.figure, key="assets", config=CONFIG)
        foot(*sources(ctx, "assets", _("original value (10k yuan) by whether the title is clear")))
    with right, panel("asset_state", _("State of assets"), found.note):
        st.html(found.table)
        if found.dividends:
            st.html(found.dividends)
        foot(*sources(ctx, "assets", _("number of assets with the mark ÷ all assets of the kind")))


def _assets(ctx: Context) -> _Assets | None:
    _ = ctx._
    rows = ctx.summary("assets", summaries.asset_list)
    if rows.empty:
        return None
    named = words(ctx, "assets", "kind")
    present = [k for k in named if k in set(rows["kind"])]
    kinds = summaries.asset_kinds(rows).reindex(present)
    total = kinds.sum()
    frame = pd.DataFrame(
        {"name": [named[str(k)] for k in kinds.index], "clear": kinds["clear"], "unclear": kinds["unclear"]}
    )
    every = pd.concat([kinds, total.to_frame("").T]).rename_axis("kind").reset_index()
    value = formats.quantity(total["original"], "万元", _)
    return _Assets(
        note=_("{n} assets, {value}", n=formats.number(total["n"], 0), value=value),
        figure=assets_figure(frame, _, scale=ctx.scale),
        table=asset_table(every, named, asset_due(ctx.progress()), ctx.bands, _),
        dividends=_dividends(ctx, total) if total["dividend_due"] else Markup(),
    )


def asset_due(progress: pd.DataFrame) -> dict[str, float]:
    """Return the rate due by now, in per cent, of each mark of an asset the plan asks for; nothing is due too early."""
    asked = progress.loc[
        (progress["unit"] == "%") & ~progress["status"].isin(["not_due", "no_target", "not_scored"])
    ].dropna(subset="expected")
    due = dict(zip(asked["concept"], asked["expected"].astype(float), strict=True))
    return {flag: due[concept] for flag, concept in ASSET_TARGETS.items() if concept in due}


def _dividends(ctx: Context, total: pd.Series) -> Markup:
    _ = ctx._
    due, paid, late = (total[f"dividend_{part}"] for part in ("due", "paid", "late"))
    return facts(
        [
            (_("Dividends due"), formats.quantity_html(due, "万元", _), ""),
            (_("Dividends paid"), formats.quantity_html(paid, "万元", _), formats.percent(100 * paid / due)),
            (_("Dividends overdue"), formats.quantity_html(late, "万元", _), ""),
        ]
    )
