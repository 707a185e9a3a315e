"""The workbook for a township meeting: a summary, and a sheet for each township with its indicators and villages.

Of a plan of one township, whose villages are compared, each village has its sheet.
"""

import dataclasses
import math
from collections.abc import Collection, Hashable, Mapping
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from data import ranking, tally, wording
from data.briefing import workbook
from data.briefing.compose import compose
from data.briefing.composer import Composer
from data.briefing.facts import Facts
from data.briefing.model import Briefing, Cell, Column, Section, Table
from data.language import translator
from data.progress import BAD, WORST_FIRST
from data.ranking import LEVEL
from data.ranking_words import parting
from data.standing import standings
from data.statuses import word

_ORDER = {code: n for n, code in enumerate(WORST_FIRST)}
_STANDING = ("fine", "judged", "score", "level_rank")
_WORST = 3
"""Indicators named for each place in the summary; its own sheet has them all."""


def write(facts: Facts, out: Path | BinaryIO, lang: str = "zh", towns: Collection[str] = ()) -> None:
    """Write the workbook; `towns` are the codes of the townships it is narrowed to, all without."""
    workbook.write(content(facts, lang, towns), out)


def content(facts: Facts, lang: str = "zh", towns: Collection[str] = ()) -> Briefing:
    """Return what the workbook says: a section with the summary, then one for each township."""
    c = Composer(facts, lang, frozenset(towns))
    rows = _worst_first(c.lower(facts.now))
    board = ranking.board(
        ranking.weighed(rows, c.area_of, facts.county.ranking), None, c.places, facts.county.ranking.least(None)
    )
    standing = standings(facts.now, facts.plan, facts.regions)
    known = dict(zip(standing.index, zip(standing["rank"], standing["ranked"], strict=True), strict=True))
    villages = _villages(c)
    by_place = {str(code): part for code, part in rows.groupby("region", sort=False)}
    shown = c.shown(board.sort_values("level_rank", kind="stable").index)
    sections = [_summary(c, board.loc[shown], by_place)]
    for place in c.shown(c.places):
        part = by_place.get(place, rows.iloc[:0])
        sections.append(_place(c, place, part, board, known, villages))
    _ = translator(lang)
    title = _("{county}: indicators by village, {date}") if c.facts.lower_level == "village" else ""
    title = title or _("{county}: indicators by township, {date}")
    head = compose(facts, lang, towns=towns, sections=())
    return dataclasses.replace(
        head,
        title=title.format(county=c.whole, date=c.day(facts.as_of)),
        sections=tuple(sections),
        figures=(*head.figures, *c.ledger.figures),
    )


def _worst_first(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(order=rows["status"].map(_ORDER)).sort_values(
        ["order", "gap"], kind="stable", na_position="first"
    )


def _villages(c: Composer) -> Mapping[tuple[str, str], pd.DataFrame]:
    """Return the villages that are behind, the furthest first, by township and indicator."""
    if c.facts.lower_level == "village":
        return {}
    rows = c.short(c.facts.now.loc[c.facts.now["level"] == "village"])
    rows = _worst_first(rows.assign(town=rows["region"].map(c.parents)))
    return {(str(town), str(indicator)): part for (town, indicator), part in rows.groupby(["town", "indicator"])}


def _binding(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.loc[~rows["marks"].map(tally.is_soft).astype(bool)]


def _summary(c: Composer, board: pd.DataFrame, by_place: Mapping[str, pd.DataFrame]) -> Section:
    _ = c._
    columns = (
        Column(_("Rank"), 0.6, right=True),
        Column(_("Village") if c.facts.lower_level == "village" else _("Township"), 1.4),
        Column(_("Score"), right=True),
        Column(_("On schedule or done"), right=True),
        Column(_("Judged"), right=True),
        Column(word("slightly_behind", None, _), right=True),
        Column(_("Behind or overdue"), right=True),
        Column(_("Not reported"), right=True),
        Column(_("Furthest behind"), 3.0),
    )
    lines: list[tuple[Cell, ...]] = []
    for code, standing in board.iterrows():
        rows = by_place.get(str(code))
        own = _binding(rows) if rows is not None else pd.DataFrame({"status": [], "indicator": []})
        bad = own.loc[own["status"].isin(BAD)]
        names = [c.facts.plan.indicator(i).name(c.lang) for i in bad["indicator"].head(_WORST)]
        rank = standing["level_rank"]
        lines.append(
            (
                None if pd.isna(rank) else int(rank),
                c.names[str(code)],
                c.number(math.nan if pd.isna(rank) else standing["score"], "%"),
                c.count(standing["fine"]),
                c.count(standing["judged"]),
                c.count(int((own["status"] == "slightly_behind").sum())),
                c.count(len(bad)),
                c.count(int((own["status"] == "no_data").sum())),
                _(", ").join(names),
            )
        )
    title = _("Summary")
    note = f"{_('Score = on schedule or done ÷ judged, in %, of binding targets.')} {parting(LEVEL, _)}"
    if by_place:
        note = c.with_not_judged(note, pd.concat(by_place.values()), "ranked")
    return Section("summary", title, "", (Table("summary", title, columns, tuple(lines), note),))


def _place(
    c: Composer,
    place: str,
    rows: pd.DataFrame,
    board: pd.DataFrame,
    known: Mapping[Hashable, tuple[float, float]],
    villages: Mapping[tuple[str, str], pd.DataFrame],
) -> Section:
    """Return a place's indicators, the worst first, without those it has no task in."""
    _, plan, name = c._, c.facts.plan, c.names[place]
    columns = [
        Column(_("Indicator"), 2.6),
        Column(_("Action area"), 1.2),
        Column(_("Target"), 1.2),
        Column(_("Value"), right=True),
        Column(_("Due by now"), right=True),
        Column(_("Gap in points"), right=True),
        Column(_("Status")),
        Column(_("Rank"), 0.7, right=True),
        Column(_("Ranked places"), 0.7, right=True),
    ]
    with_villages = c.facts.lower_level != "village"
    if with_villages:
        columns += [Column(_("Villages behind"), 0.8, right=True), Column(_("Villages that are behind"), 4.0)]
    lines: list[tuple[Cell, ...]] = []
    for __, row in rows.loc[rows["status"] != "no_target"].iterrows():
        indicator = plan.indicator(row["indicator"]).in_force(c.facts.as_of)
        standing = known.get((indicator.id, place))
        line: list[Cell] = [
            indicator.name(c.lang),
            c.areas[row["area"]],
            _target(c, row, strict=indicator.strict, tolerance=indicator.tolerance or 0.0),
            c.number(row["value"], row["unit"]),
            c.number(row["expected"], row["unit"]),
            c.signed(row["gap"], "百分点"),
            c.told(row),
            None if standing is None else int(standing[0]),
            None if standing is None else int(standing[1]),
        ]
        if with_villages:
            behind = villages.get((place, indicator.id))
            line += [None, ""] if behind is None else [c.count(len(behind)), _named(c, behind)]
        lines.append(tuple(line))
    return Section(place, name, "", (Table(place, name, tuple(columns), tuple(lines), _note(c, place, rows, board)),))


def _target(c: Composer, row: pd.Series, *, strict: bool, tolerance: float) -> str:
    """Return what is asked of the place itself: of a target shared out among townships its own part."""
    if pd.isna(row["target"]):
        return ""
    return wording.requirement(row["target"], row["comparator"], row["unit"], c._, strict=strict, tolerance=tolerance)


def _named(c: Composer, rows: pd.DataFrame) -> str:
    _ = c._
    return _(", ").join(
        _(
            "{name} ({value})",
            name=c.names[row["region"]],
            value=c.ledger.quantity(row["value"], row["unit"], f"{row['indicator']}/{row['region']}/value"),
        )
        for __, row in rows.iterrows()
    )


def _note(c: Composer, place: str, rows: pd.DataFrame, board: pd.DataFrame) -> str:
    """Say where a place stands by its score."""
    _, standing = c._, dict(zip(_STANDING, map(float, board.loc[place, list(_STANDING)]), strict=True))
    bad = int(_binding(rows)["status"].isin(BAD).sum())
    text = _(
        "{fine} of {judged} judged binding targets are on schedule or done, {bad} behind or overdue",
        fine=c.ledger.count(standing["fine"], f"{place}/fine"),
        judged=c.ledger.count(standing["judged"], f"{place}/judged"),
        bad=c.ledger.count(bad, f"{place}/bad"),
    )
    if not math.isnan(standing["level_rank"]):
        text += _(
            "; score {score}, rank {rank} of {n}",
            score=c.ledger.percent(standing["score"], f"score/{place}"),
            rank=c.ledger.count(standing["level_rank"], f"rank/{place}"),
            n=c.ledger.count(int(board["level_rank"].notna().sum()), "ranked/n"),
        )
    return text + _(".") + c.not_judged(rows, place)
