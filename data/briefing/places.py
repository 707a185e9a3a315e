"""How places compare: their ranking by the whole plan, and who is above and below a line by one indicator."""

import math

import pandas as pd

from data import ranking
from data.briefing.composer import NAMED, Composer
from data.briefing.model import Block, Cell, Chart, Column, Items, Map, Paragraph, Section, Series, Shade, Table
from data.explain import explain
from data.language import N_
from data.ranking import LEVEL
from data.ranking_words import parting

MOST = 40
"""Places drawn in one chart; tables have them all."""
LINES = (90.0, 60.0)
"""Scores from which a place is told as good, and below which as poor, in per cent (as the heat table's classes)."""
SCORES = (
    (90.0, N_("90% and more"), "#2A75AB"),
    (80.0, N_("80% to below 90%"), "#A9CDE6"),
    (70.0, N_("70% to below 80%"), "#DDE3EA"),
    (60.0, N_("60% to below 70%"), "#F3B183"),
    (-math.inf, N_("below 60%"), "#C2500A"),
)
_UNRANKED = Shade(N_("Not ranked"), "#FFFFFF")


def place_ranking(c: Composer) -> Section | None:
    """Rank the places by the share of their judged targets that are fine; None where nobody is ranked."""
    _, facts = c._, c.facts
    rule, areas = facts.county.ranking, c.area_of
    now = ranking.weighed(c.lower(facts.now), areas, rule)
    before = None if facts.before is None else ranking.weighed(c.lower(facts.before), areas, rule)
    board = ranking.board(now, before, c.places, rule.least(None))
    ranked = board.loc[board["level_rank"].notna()].sort_values("level_rank", kind="stable")
    if ranked.empty:
        return None
    title = _("Ranking of villages") if facts.lower_level == "village" else _("Ranking of townships")
    shown = ranked.loc[c.shown(ranked.index)]
    blocks: list[Block] = [Paragraph(_lines(c, ranked) + c.not_judged(c.lower(facts.now), "ranked"))]
    if named := _named(c, board, now, list(ranked.index)):
        blocks.append(Items(named))
    blocks += [_chart(c, shown), _table(c, shown, before is not None), _map(c, board)]
    good, poor = (int((ranked["score"] >= LINES[0]).sum()), int((ranked["score"] < LINES[1]).sum()))
    message = _("{good} at {upper}% or more, {poor} below {lower}%", good=good, upper=90, poor=poor, lower=60)
    return Section("ranking", title, f"{title}{_(': ')}{message}", tuple(blocks))


def _lines(c: Composer, ranked: pd.DataFrame) -> str:
    """Name who is at or above the upper line and who is below the lower one (超过…的有N个), with their scores."""
    _, ledger = c._, c.ledger
    text = _(
        "{n} are ranked by the share of their judged binding targets that are on schedule or done",
        n=ledger.name(c.place_word(len(ranked)), "ranked/n"),
    )
    for part, head, alone, line in (
        (
            ranked.loc[ranked["score"] >= LINES[0]],
            _("at {line} or more {n}: {names}"),
            _("at {line} or more {n}"),
            LINES[0],
        ),
        (
            ranked.loc[ranked["score"] < LINES[1]].iloc[::-1],
            _("below {line} {n}: {names}"),
            _("below {line} {n}"),
            LINES[1],
        ),
    ):
        if part.empty:
            continue
        named = c.shown(part.index)
        names = [
            _("{name} ({value})", name=c.names[code], value=ledger.percent(part["score"][code], f"score/{code}"))
            for code in named
        ]
        n, edge = ledger.count(len(part), f"ranked/{line:g}"), ledger.percent(line, "ranked/line")
        text += _("; ") + (head if names else alone).format(line=edge, n=n, names=c.listed(names, of=len(part)))
    return text + _(".")


def _named(c: Composer, board: pd.DataFrame, now: pd.DataFrame, ranked: list[str]) -> tuple[str, ...]:
    """Return one concrete sentence for each place named up (红榜) and down (黑榜) by the county's rule."""
    _, found = c._, []
    rows = c.facts.now
    for side, up in zip(ranking.named(board, LEVEL, c.facts.county.ranking), (True, False), strict=True):
        for code in c.shown(side.places):
            reason = ranking.level_reason(code, now, ranked, up=up)
            if reason is None:
                continue
            row = rows.loc[(rows["region"] == code) & (rows["indicator"] == reason.indicator)].iloc[0].to_dict()
            found.append(
                (_("Red list") if up else _("Black list"))
                + _(": ")
                + _(
                    "{place} ({score}). {indicator}: {sentence}",
                    place=c.names[code],
                    score=c.ledger.percent(float(board["score"][code]), f"score/{code}"),
                    indicator=c.facts.plan.indicator(reason.indicator).name(c.lang),
                    sentence=c.ledger.quote(explain(row, c.facts.plan, c.facts.as_of, c.lang), row),
                )
            )
    return tuple(found)


def _chart(c: Composer, ranked: pd.DataFrame) -> Chart:
    _ = c._
    part = ranked.head(MOST)
    title = _("Score by village") if c.facts.lower_level == "village" else _("Score by township")
    values = tuple(float(v) for v in part["score"])
    return Chart(
        "scores",
        title,
        "bars",
        tuple(c.names[str(code)] for code in part.index),
        (Series(_("Score"), values, colour="#2A75AB"),),
        unit="%",
        note=_too_many(c, len(ranked)),
        tabled=True,
    )


def _too_many(c: Composer, n: int) -> str:
    return "" if n <= MOST else c._("The first {n} of {all}.", n=MOST, all=n)


def _table(c: Composer, ranked: pd.DataFrame, compared: bool) -> Table:  # noqa: FBT001 - said by name below
    _ = c._
    columns = [
        Column(_("Rank"), 0.6, right=True),
        Column(_("Village") if c.facts.lower_level == "village" else _("Township"), 1.6),
        Column(_("Score"), right=True),
        Column(_("On schedule or done"), right=True),
        Column(_("Judged"), right=True),
        Column(_("Points short"), right=True),
    ]
    ahead = bool(ranked["early"].notna().any())
    if ahead:
        columns.append(Column(_("Done early"), right=True))
    if compared:
        columns += [Column(_("Rank before"), right=True), Column(_("Change in points"), right=True)]
    lines: list[tuple[Cell, ...]] = []
    for code, row in ranked.iterrows():
        line: list[Cell] = [
            int(row["level_rank"]),
            c.names[str(code)],
            c.number(row["score"], "%"),
            c.count(row["fine"]),
            c.count(row["judged"]),
            c.number(row["shortfall"], "", 2),
        ]
        if ahead:
            line.append(c.number(row["early"], "%"))
        if compared:
            before = row["level_rank_before"]
            line += [None if pd.isna(before) else int(before), c.signed(row["change"], "百分点")]
        lines.append(tuple(line))
    least = c.facts.county.ranking.least(None)
    ties = _("ranked from {n} judged indicators on; ties share the better rank", n=least)
    note = c.with_not_judged(f"{parting(LEVEL, _)}{_('; ')}{ties}", c.lower(c.facts.now), "ranked")
    return Table("ranking", _("Places by score"), tuple(columns), tuple(lines), note, ranked=True)


def _map(c: Composer, board: pd.DataFrame) -> Map:
    _ = c._
    shades = [Shade(_(name), colour) for _edge, name, colour in SCORES]
    shades.append(Shade(_(_UNRANKED.name), _UNRANKED.colour))
    scores = board["score"].where(board["level_rank"].notna())
    places = {
        str(code): len(SCORES) if pd.isna(score) else next(k for k, s in enumerate(SCORES) if score >= s[0])
        for code, score in scores.items()
    }
    chosen = set(c.shown(places))
    return Map(
        "scores",
        _("Score by village") if c.facts.lower_level == "village" else _("Score by township"),
        c.facts.lower_level,
        tuple(shades),
        {code: shade for code, shade in places.items() if code in chosen},
    )


def above_and_below(c: Composer, rows: pd.DataFrame, most: int = NAMED) -> str:
    """Name the places that keep pace with an indicator and those that do not, with their values; "" if none is judged.

    All are counted; of those that lists are narrowed to some are named.

    Parameters
    ----------
    rows : progress of one indicator, a row per place.
    most : places named on each side.
    """
    _, ledger, parts = c._, c.ledger, []
    for part, head, alone, what in (
        (
            c.fine(rows).sort_values("gap", ascending=False, kind="stable"),
            _("keeping pace {n}: {names}"),
            _("keeping pace {n}"),
            "fine",
        ),
        (
            c.short(rows).sort_values("gap", kind="stable"),
            _("not keeping pace {n}: {names}"),
            _("not keeping pace {n}"),
            "short",
        ),
    ):
        if part.empty:
            continue
        n = ledger.count(len(part), f"{part['indicator'].iloc[0]}/{what}")
        named = part.loc[part["region"].isin(c.shown(part["region"]))]
        if named.empty or (what == "fine" and len(part) > most):  # a dozen that are all right are a number
            parts.append(alone.format(n=n))
            continue
        names = [
            _(
                "{name} ({value})",
                name=c.names[row["region"]],
                value=ledger.quantity(row["value"], row["unit"], f"{row['indicator']}/{row['region']}/value"),
            )
            for __, row in named.iterrows()
        ]
        parts.append(head.format(n=n, names=c.listed(names, most, len(part))))
    return _("; ").join(parts)
