"""Money as tables: funds by tier, places, projects, assets."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, raw
from components.html.progress import bar_html, spark_html
from components.html.table import Column, records, table, text
from components.status import status
from data.language import Translator
from data.registry import Bands
from data.summaries import FINISHED

_FLAGS = ("registered", "title_ok", "manager_ok", "custodian_ok")
_STAGE_STATUS = {"finished": "done", "accepted": "done", "suspended": "far_behind", "started": "on_schedule"}


def rate_html(rate: float | None, due: float | None, code: str, title: str = "") -> Markup:
    """Return a rate as a bar with the tick of what is due (both in per cent), and the number behind it."""
    bar = bar_html(
        None if formats.missing(rate) else round(float(rate or 0), 1),
        None if formats.missing(due) else float(due or 0) / 100,
        title,
    )
    return raw(f"<span class='pct {status(code).css}'>{bar}<small>{formats.percent(rate)}</small></span>")


def against(rate: float | None, due: float | None, bands: Bands) -> str:
    """Return the status code that colours a rate by the county's bands; neutral where nothing is due."""
    if formats.missing(rate):
        return "no_data"
    if formats.missing(due):
        return "not_due"
    return bands.status(float(rate or 0) - float(due or 0))


def fund_table(
    funds: pd.DataFrame,
    _: Translator,
    *,
    first: str,
    due: float | None,
    floor: float | None,
    bands: Bands,
    pickable: bool = False,
) -> Markup:
    """Return funds by tier, or linkage funds by place, with expenditure and the share for industry.

    Parameters
    ----------
    funds : columns id, name, received, spent, rate, industry_rate and optionally due and floor, which then replace:
    due : expenditure rate due by now (per cent), drawn as a tick.
    floor : least share for industry (per cent), drawn as a tick.
    bands : the county's, which colour the bars.
    """
    fields = ("id", "name", "received", "spent", "rate", "industry_rate", "due", "floor", "total")
    with_industry = funds["industry_rate"].notna().any()

    def expected(row: tuple[Any, ...]) -> float | None:
        return row[7] if "due" in funds else due

    def least(row: tuple[Any, ...]) -> float | None:
        return row[8] if "floor" in funds else floor

    columns: list[Column[tuple[Any, ...]]] = [
        Column(first, lambda r: text(r[2]), "nm"),
        Column(_("Received"), lambda r: formats.quantity_html(r[3], "万元", _), "num"),
        Column(_("Spent"), lambda r: formats.quantity_html(r[4], "万元", _), "num x"),
        Column(
            _("Expenditure rate"),
            lambda r: rate_html(r[5], expected(r), against(r[5], expected(r), bands)),
            "bar",
        ),
    ]
    if with_industry:
        columns.append(
            Column(
                _("Share for industry"),
                lambda r: "" if formats.missing(r[6]) else rate_html(r[6], least(r), against(r[6], least(r), bands)),
                "bar",
            )
        )
    return table(
        columns,
        records(funds, fields),
        key=(lambda r: r[1]) if pickable else None,
        row_css=lambda r: "all" if r[9] else "",
        css="slim",
    )


def project_rows(
    projects: pd.DataFrame,
    names: Mapping[str, str],
    towns: Mapping[str, str],
    stages: Mapping[str, str],
    kinds: Mapping[str, str],
    bands: Bands,
    _: Translator,
    *,
    people: bool = False,
) -> Markup:
    """Return projects with stage, money, expenditure against the plan year's schedule, pace and last movement.

    Parameters
    ----------
    projects : as `data.summaries.project_list` returns it.
    names, towns : name of a village, and of its township, by village code.
    stages, kinds : words by project status and kind.
    bands : the county's, which colour the bars.
    people : show how many people benefit instead of the kind.
    """
    fields = (
        "project_id",
        "name",
        "village_code",
        "status",
        "kind",
        "invest",
        "paid",
        "rate",
        "due",
        "gap",
        "still",
        "series",
        "people_n",
    )

    def code(row: tuple[Any, ...]) -> str:
        return _STAGE_STATUS.get(row[4], "not_due")

    def name(row: tuple[Any, ...]) -> Markup:
        place = " ".join(n for n in (towns.get(row[3], ""), names.get(row[3], "")) if n)
        kind = "" if people else kinds.get(row[5], text(row[5]))
        note = " · ".join(n for n in (place, kind) if n)
        return raw(f"{escape(text(row[2]))} <small>{escape(note)}</small>")

    def rate(row: tuple[Any, ...]) -> Markup:
        # What is finished has no gap.
        gap = 0.0 if formats.missing(row[10]) else float(row[10])
        shade = "not_due" if formats.missing(row[9]) else bands.status(gap)
        return rate_html(row[8], row[9] if row[4] not in FINISHED else None, shade)

    def still(row: tuple[Any, ...]) -> object:
        if formats.missing(row[11]):
            return ""
        words = _("{n} days", n=formats.number(row[11], 0))
        return element("b", words, "dn") if row[11] > 60 else words

    columns: list[Column[tuple[Any, ...]]] = [
        Column(_("Project"), name, "nm"),
        Column(
            _("Stage"),
            lambda r: raw(f"<span class='s {status(code(r)).css}'>{escape(stages.get(r[4], text(r[4])))}</span>"),
            "st",
        ),
        Column(
            _("Spent / investment (10k yuan)"),
            lambda r: raw(f"{formats.number(r[7])}<small> / {formats.number(r[6])}</small>"),
            "num val",
        ),
        Column(_("Expenditure | schedule"), rate, "bar"),
        Column(
            _("Gap (points)"),
            lambda r: (
                element("b", formats.signed(r[10]), "dn")
                if not formats.missing(r[10]) and r[10] < 0
                else formats.signed(r[10])
            ),
            "num",
        ),
        Column(_("Trend"), lambda r: spark_html(r[12]), "x"),
        Column(_("No movement for"), still, "num x"),
    ]
    if people:
        columns.insert(2, Column(_("People benefiting"), lambda r: formats.number(r[13], 0), "num x"))
    return table(columns, records(projects, fields), key=lambda r: r[1], css="cards proj")


def asset_table(
    kinds: pd.DataFrame, words: Mapping[str, str], due: Mapping[str, float], bands: Bands, _: Translator
) -> Markup:
    """Return assets by kind: number, original value, and how many are registered, have title, manager and custodian.

    Parameters
    ----------
    kinds : as `data.summaries.asset_kinds` returns it, with a last row "" for all of them.
    due : what is due by now in per cent by column (registered, title_ok, ...), drawn as ticks.
    bands : the county's, which colour the bars.
    """
    fields = ("kind", "n", "original", *_FLAGS, "idle", "lost")
    heads: Sequence[str] = (_("Registered"), _("Title clear"), _("Manager named"), _("Custodian in place"))

    def share(i: int) -> Column[tuple[Any, ...]]:
        def cell(row: tuple[Any, ...]) -> Markup:
            rate = 100 * row[4 + i] / row[2] if row[2] else None
            title = formats.share_of(row[4 + i], row[2], "项", _)
            asked = due.get(_FLAGS[i])
            return rate_html(rate, asked, against(rate, asked, bands), title)

        return Column(heads[i], cell, "bar")

    columns: list[Column[tuple[Any, ...]]] = [
        Column(_("Kind of asset"), lambda r: words.get(r[1], _("All")), "nm"),
        Column(_("Number"), lambda r: formats.number(r[2], 0), "num"),
        Column(_("Original value"), lambda r: formats.quantity_html(r[3], "万元", _), "num x"),
        *(share(i) for i in range(len(_FLAGS))),
        Column(_("Idle"), lambda r: element("b", formats.number(r[8], 0), "dn") if r[8] else "0", "num"),
        Column(_("Lost"), lambda r: element("b", formats.number(r[9], 0), "dn") if r[9] else "0", "num"),
    ]
    return table(columns, records(kinds, fields), row_css=lambda r: "" if r[1] else "all", css="slim")
