"""One section for each action area: how it stands, what is behind and where, and its indicators."""

import math
from collections.abc import Sequence

import pandas as pd

from data import plan_words, tally, wording
from data.briefing.composer import NAMED, Composer
from data.briefing.model import Block, Chart, Column, Items, Map, Paragraph, Section, Series, Shade, Table
from data.briefing.places import MOST, above_and_below
from data.explain import explain
from data.plan import Indicator
from data.progress import BAD, JUDGED, WORST_FIRST
from data.statuses import LOOKS, word

APART = (3, 3)
"""Places that are judged, and different values among them, from which an indicator is drawn: zeros are no picture."""
QUOTED, QUOTED_SHORT = 8, 2
"""Indicators explained one by one in an area in detail, where a table has them all, and in a bulletin."""
NAMED_SHORT = 3
"""Places named of each in a bulletin."""
_ORDER = {code: n for n, code in enumerate(WORST_FIRST)}


def in_short(c: Composer) -> Section | None:
    """Say of each area how it stands and what is furthest behind; draw the one indicator that is worst of all."""
    drawn = _worth_drawing(c, _behind(c.top))
    worst = None if drawn is None else c.area_of[drawn["indicator"].iloc[0]]
    found = [_area(c, name, drawn=drawn if name == worst else None) for name in c.areas]
    brief = [section for section in found if len(section.blocks) == 1]
    if len(brief) > 1:  # a page or a slide of one sentence each is none
        found = [section for section in found if section not in brief] + [_together(c, brief)]
    return Section("areas", c._("By action area"), sections=tuple(found)) if found else None


def _together(c: Composer, brief: Sequence[Section]) -> Section:
    """Return one section of those of which there is nothing to tell but how many are on schedule."""
    _, told = c._, []
    silent = [s.title for s in brief if not c.fine_share(c.top.loc[c.top["area"] == s.id])[1]]
    if heard := [s.title for s in brief if s.title not in silent]:
        told.append(_("{areas}: no indicator is behind", areas=_(", ").join(heard)))
    if silent:
        told.append(_("{area}: nothing judged yet", area=_(", ").join(silent)))
    texts = [
        Paragraph(_("{name}: {sentence}", name=s.title, sentence=block.text))
        for s in brief
        for block in s.blocks
        if isinstance(block, Paragraph)
    ]
    return Section("others", _(", ").join(s.title for s in brief), _("; ").join(told), tuple(texts))


def in_detail(c: Composer) -> Section | None:
    """Say and draw more of each area: a chart, a trend and a map, and the table of its indicators."""
    found = tuple(_area(c, name, detailed=True) for name in c.areas)
    return Section("areas", c._("By action area"), sections=found) if found else None


def _behind(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that keep no pace, what binds before what is striven for or of reference, the worst first."""
    bad = rows.loc[rows["status"].isin([*BAD, "slightly_behind"])]
    bad = bad.assign(order=bad["status"].map(_ORDER), soft=bad["marks"].map(tally.is_soft).astype(bool))
    return bad.sort_values(["soft", "order", "gap"], kind="stable", na_position="first")


def _area(c: Composer, area_id: str, *, detailed: bool = False, drawn: pd.DataFrame | None = None) -> Section:
    _, name = c._, c.areas[area_id]
    rows = c.top.loc[c.top["area"] == area_id]
    fine, judged = c.fine_share(rows)
    bad = _behind(rows)
    urgent = tally.urgent(rows).binding
    message = _("{area}: nothing judged yet", area=name)
    if judged:
        told = _("{area}: {fine} of {n} judged targets on schedule or done, {bad} behind")
        message = told.format(area=name, fine=fine, n=judged, bad=urgent)
    blocks: list[Block] = [Paragraph(_counts(c, area_id, rows))]
    quoted, named = (QUOTED, NAMED) if detailed else (QUOTED_SHORT, NAMED_SHORT)
    if len(bad):
        blocks.append(Items(tuple(_item(c, row, named) for __, row in bad.head(quoted).iterrows())))
    if len(bad) > quoted and not detailed:
        more = c.ledger.count(len(bad) - quoted, f"area/{area_id}/more")
        blocks.append(Paragraph(_("{n} more indicators that are behind are not told one by one here.", n=more)))
    if detailed:
        drawn = _worth_drawing(c, bad if len(bad) else rows)
    if drawn is not None:
        blocks += _drawn(c, drawn, detailed=detailed)
    if detailed:
        blocks.append(_table(c, rows, area_id))
    return Section(area_id, name, message, tuple(blocks))


def _counts(c: Composer, area_id: str, rows: pd.DataFrame) -> str:
    _, ledger = c._, c.ledger
    fine, judged = c.fine_share(rows)
    all_ = ledger.count(len(rows), f"area/{area_id}/all")
    if not judged:
        told = _("{n} indicators, none of which can be judged by {date}.", n=all_, date=c.day(c.facts.as_of))
        return told + c.not_judged(rows, f"area/{area_id}")
    text = _(
        "By {date} {fine} of {judged} judged targets ({all} indicators) are on schedule or done, {share}",
        date=c.day(c.facts.as_of),
        all=all_,
        fine=ledger.count(fine, f"area/{area_id}/fine"),
        judged=ledger.count(judged, f"area/{area_id}/judged"),
        share=ledger.percent(100 * fine / judged, f"area/{area_id}/share"),
    )
    if c.top_before is not None:
        then, of = c.fine_share(c.top_before.loc[c.top_before["area"] == area_id])
        delta = 100 * fine / judged - 100 * then / of if of else 0.0
        if wording.moved(delta, "%"):
            points = ledger.points(round(delta, 1), f"area/{area_id}/change")
            told = _(", {points} more than on {since}") if delta > 0 else _(", {points} less than on {since}")
            text += told.format(points=points, since=c.since_name)
    return text + _(".") + c.not_judged(rows, f"area/{area_id}")


def _item(c: Composer, row: pd.Series, named: int) -> str:
    """Say of one indicator how it stands and why, who leads it, and which places keep pace."""
    _, plan = c._, c.facts.plan
    indicator = plan.indicator(row["indicator"])
    sentence = c.ledger.quote(explain(row.to_dict(), plan, c.facts.as_of, c.lang), row.to_dict())
    text = _("{name}: {sentence}", name=c.marked_name(row), sentence=sentence)
    if indicator.lead:
        text += _(" Lead office: {office}.", office=_(", ").join(indicator.lead))
    told = above_and_below(c, c.of_indicator(indicator.id, c.facts.lower_level), named)
    return text + (_(" {places}.", places=told[:1].upper() + told[1:]) if told else "")


def _worth_drawing(c: Composer, rows: pd.DataFrame) -> pd.DataFrame | None:
    """Return the places of the first indicator that tells them apart: some keep pace, some do not; None without one."""
    for indicator in rows["indicator"]:
        found = c.of_indicator(indicator, c.facts.lower_level)
        judged = found.loc[found["status"].isin(JUDGED) & found["value"].notna()]
        if len(judged) >= APART[0] and judged["value"].round(9).nunique() >= APART[1]:
            return found
    return None


def _drawn(c: Composer, rows: pd.DataFrame, *, detailed: bool) -> list[Block]:
    indicator = c.facts.plan.indicator(rows["indicator"].iloc[0])
    blocks: list[Block] = [_chart(c, indicator, rows)]
    if not detailed:
        return blocks
    past = c.facts.trend[indicator.id]
    past = past.loc[(past["as_of"] <= pd.Timestamp(c.facts.as_of)) & past["value"].notna()]
    if len(past) >= APART[0]:
        blocks.append(_trend(c, indicator, past))
    finest = c.of_indicator(indicator.id, "village")
    judged = finest["status"].isin(JUDGED).any()
    blocks.append(_map(c, indicator, finest if judged else rows, "village" if judged else c.facts.lower_level))
    return blocks


def _chart(c: Composer, indicator: Indicator, rows: pd.DataFrame) -> Chart:
    _ = c._
    rows = rows.loc[rows["value"].notna() & rows["region"].isin(c.shown(rows["region"]))]
    rows = rows.assign(order=rows["status"].map(_ORDER)).sort_values(["order", "gap"], kind="stable")
    part = rows.head(MOST)
    unit = part["unit"].iloc[0] if len(part) else indicator.unit
    same = part["expected"].dropna().round(9).unique()
    line = (float(same[0]), _("Due by now")) if len(same) == 1 else None
    note = "" if len(rows) <= MOST else _("The {n} furthest behind of {all}.", n=MOST, all=len(rows))
    return Chart(
        f"{indicator.id}",
        indicator.name(c.lang),
        "bars",
        tuple(c.names[code] for code in part["region"]),
        (Series(indicator.name(c.lang), tuple(float(v) for v in part["value"]), tuple(part["status"])),),
        unit=unit,
        line=line,
        note=note,
        words={code: word(code, indicator.rule, _) for code in LOOKS if (part["status"] == code).any()},
    )


def _trend(c: Composer, indicator: Indicator, past: pd.DataFrame) -> Chart:
    """Return the whole's own value at every date."""
    name = indicator.name(c.lang)
    unit = str(c.top.loc[c.top["indicator"] == indicator.id, "unit"].iloc[0])
    days = tuple(day.date().isoformat() for day in past["as_of"])
    values = Series(c.whole, tuple(float(v) for v in past["value"]), colour="#2A75AB")
    title = c._("{name} over time", name=name)
    return Chart(f"{indicator.id}-trend", title, "lines", days, (values,), unit=unit)


def _map(c: Composer, indicator: Indicator, rows: pd.DataFrame, level: str) -> Map:
    _ = c._
    rows = rows.loc[rows["region"].isin(c.shown(rows["region"]))]
    used = [code for code in LOOKS if (rows["status"] == code).any()]
    shades = tuple(Shade(word(code, indicator.rule, _, village=level == "village"), LOOKS[code].fill) for code in used)
    number = {code: n for n, code in enumerate(used)}
    places = {region: number[code] for region, code in zip(rows["region"], rows["status"], strict=True)}
    return Map(indicator.id, indicator.name(c.lang), level, shades, places)


def _table(c: Composer, rows: pd.DataFrame, area_id: str) -> Table:
    return indicators_table(c, rows, f"indicators-{area_id}", c._("Indicators: {area}", area=c.areas[area_id]))


def indicators_table(c: Composer, rows: pd.DataFrame, table_id: str, title: str) -> Table:
    """Return indicators with target, value, what was due, gap, change, status and lead office, the worst first."""
    _, plan, before = c._, c.facts.plan, c.top_before
    columns = [
        Column(_("Indicator"), 2.6),
        Column(_("Target"), 1.3),
        Column(_("Value"), 1.1, right=True),
        Column(_("Due by now"), 1.1, right=True),
        Column(_("Gap in points"), 0.9, right=True),
        Column(_("Status"), 1.1),
        Column(_("Lead office"), 1.5),
    ]
    past = {} if before is None else dict(zip(before["indicator"], before["value"], strict=True))
    if before is not None:
        columns.insert(5, Column(_("Change"), 1.0, right=True))
    ordered = rows.assign(order=rows["status"].map(_ORDER)).sort_values(["order", "gap"], kind="stable")
    lines = []
    for __, row in ordered.iterrows():
        indicator = plan.indicator(row["indicator"]).in_force(c.facts.as_of)
        line = [
            indicator.name(c.lang),
            plan_words.target_words(indicator, _),
            c.number(row["value"], row["unit"]),
            c.number(row["expected"], row["unit"]),
            c.signed(row["gap"], "百分点"),
            c.told(row),
            _(", ").join(indicator.lead) or _("not named"),
        ]
        if before is not None:
            change = row["value"] - past.get(row["indicator"], math.nan)
            line.insert(5, c.signed(change, row["unit"] if row["unit"] != "%" else "百分点"))
        lines.append(tuple(line))
    return Table(table_id, title, tuple(columns), tuple(lines))
