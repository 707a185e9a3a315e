"""Funds: expenditure against its milestones, shares against their floor, assets by kind and title."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import ACTUAL, WARN, Draft, colours, dates, empty, fill, month_ticks, numbers, plain
from components.palette import NEUTRAL
from data.language import Translator

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_MARKERS = ("circle", "square", "diamond", "triangle-up", "cross")


def expenditure(
    spent: pd.DataFrame,
    milestones: pd.DataFrame,
    tiers: Mapping[str, str],
    _: Translator,
    *,
    scale: float = 1,
    height: int = 250,
) -> go.Figure:
    """Draw the expenditure rate of each tier over the months against the plan's milestones.

    Parameters
    ----------
    spent : columns tier, date, rate (per cent).
    milestones : columns date, rate; a step line, since each holds from its day on.
    tiers : translated name by tier, in the order drawn.
    """
    if spent.empty:
        return empty(_("Nothing reported yet"), scale, height)
    fig = Draft(scale, height, hovermode="x unified")
    end = max([*spent["date"], *milestones["date"]])
    if len(milestones):
        steps = milestones.sort_values("date")
        x = [*dates(steps["date"]), dates([end])[0]]
        y = [*numbers(steps["rate"]), float(steps["rate"].iloc[-1])]
        fig.scatter(
            x=x,
            y=y,
            name=_("Milestones"),
            mode="lines+markers",
            line={"color": NEUTRAL, "width": 2 * scale, "dash": "dash", "shape": "hv"},
            marker={"symbol": "diamond", "size": 9 * scale},
            hovertemplate="%{y:.0f}%<extra>%{fullData.name}</extra>",
        )
        for day, rate in zip(dates(steps["date"]), numbers(steps["rate"]), strict=True):
            fig.note(formats.percent(rate, 0), day, rate, colour=NEUTRAL, yshift=13 * scale)
    for i, ((tier, name), (colour, _pattern)) in enumerate(zip(tiers.items(), colours(len(tiers)), strict=True)):
        part = spent[spent["tier"] == tier].sort_values("date")
        if len(part):
            fig.scatter(
                x=dates(part["date"]),
                y=numbers(part["rate"]),
                name=name,
                mode="lines+markers",
                line={"color": colour, "width": 2.6 * scale, "dash": _DASHES[i % 5]},
                marker={"symbol": _MARKERS[i % 5], "size": 6 * scale},
                hovertemplate="%{y:.1f}%<extra>%{fullData.name}</extra>",
            )
    ticks, words = month_ticks([*spent["date"], *milestones["date"]], _)
    fig.xaxis |= {"showgrid": False, "tickvals": ticks, "ticktext": words, "hoverformat": "%Y-%m-%d"}
    fig.yaxis |= {"range": [0, 105], "ticksuffix": "%", "nticks": 6}
    return fig.figure()


def share(
    parts: Mapping[str, float],
    _: Translator,
    *,
    floor: float | None = None,
    unit: str = "万元",
    scale: float = 1,
    height: int = 120,
) -> go.Figure:
    """Draw one bar of shares with the floor the first part must reach (industry against 60 %).

    Parameters
    ----------
    parts : amount by translated name; the first is the part judged.
    floor : in per cent of the sum.
    """
    total = sum(v for v in parts.values() if not formats.missing(v))
    if not total:
        return empty(_("Nothing reported yet"), scale, height)
    fig = Draft(scale, height, barmode="stack", left=8)
    for (name, value), (colour, pattern) in zip(parts.items(), colours(len(parts)), strict=True):
        rate = 100 * (0 if formats.missing(value) else value) / total
        amount = formats.quantity(value, unit, _)
        fig.bar(
            y=[""],
            x=[rate],
            orientation="h",
            # The number stands in the legend, where no pattern crosses it.
            name=f"{plain(name)} {formats.percent(rate)}",
            marker=fill(colour, pattern, scale),
            hovertemplate=f"%{{fullData.name}}, {amount}<extra></extra>",
        )
    if floor is not None:
        words = _("at least {n}", n=formats.percent(floor, 0))
        fig.upright(floor, WARN, 3, words=words, y=0)
    fig.xaxis |= {"range": [0, 100], "showgrid": False, "showticklabels": False}
    fig.yaxis |= {"visible": False}
    return fig.figure()


def assets(kinds: pd.DataFrame, _: Translator, *, unit: str = "万元", scale: float = 1, height: int = 210) -> go.Figure:
    """Draw assets by kind, those with clear title apart from the others.

    Parameters
    ----------
    kinds : columns name, clear, unclear: amounts (or numbers) by kind.
    """
    if kinds.empty:
        return empty(_("Nothing reported yet"), scale, height)
    names = [plain(n) for n in kinds["name"]]
    fig = Draft(scale, height, barmode="stack", left=50)
    for column, name, colour, pattern in (
        ("clear", _("Title clear"), ACTUAL, ""),
        ("unclear", _("Title not clear"), WARN, "/"),
    ):
        values = numbers(kinds[column])
        fig.bar(
            x=names,
            y=values,
            name=name,
            marker=fill(colour, pattern, scale),
            text=[formats.number(v) if v and not pattern else "" for v in values],
            textposition="inside",
            textangle=0,
            customdata=[formats.quantity(v, unit, _) for v in values],
            hovertemplate="%{x} %{fullData.name}: %{customdata}<extra></extra>",
        )
    fig.xaxis |= {"showgrid": False}
    fig.yaxis |= {"nticks": 5, "tickformat": ",~f"}
    return fig.figure()
