"""How the plan as a whole stands, and what moved since the last time."""

import math

import pandas as pd

from data import movement, tally, wording
from data.briefing.composer import Composer
from data.briefing.model import Block, Cell, Chart, Column, Items, Paragraph, Section, Series, Table
from data.explain import explain
from data.progress import BAD
from data.shown import NOTHING, WITHHELD
from data.statuses import LOOKS, word

CHANGED = 6
"""Explanations quoted in a list of what fell behind; the table of the annex has them all."""
_STACK = ("done", "on_schedule", "slightly_behind", "behind", "far_behind", "overdue", "not_due", "no_data", NOTHING,
          WITHHELD)  # fmt: skip


def overall(c: Composer) -> Section:
    """Say how many targets are on schedule, and how many of each area are."""
    _, rows = c._, c.top
    fine, judged = c.fine_share(rows)
    bad = tally.urgent(rows)
    message = _("Nothing can be judged yet")
    if judged:
        told = _("{fine} of {n} judged targets are on schedule or done, {bad} are behind or overdue")
        message = told.format(fine=fine, n=judged, bad=bad.binding)
    blocks: list[Block] = [Paragraph(_counts(c)), Paragraph(_areas_sentence(c)), _areas_chart(c), _areas_table(c)]
    if worst := _worst(c):
        blocks.insert(2, Paragraph(worst))
    return Section("overall", _("Overall progress"), message, tuple(blocks))


def _counts(c: Composer) -> str:
    _, ledger, rows = c._, c.ledger, c.top
    fine, judged = c.fine_share(rows)
    soft = rows["marks"].map(tally.is_soft).astype(bool)
    binding = rows.loc[~soft]["status"].value_counts()

    def n(*codes: str) -> str:
        return ledger.count(sum(int(binding.get(code, 0)) for code in codes), f"count/{'+'.join(codes)}")

    text = _(
        "By {date}, {judged} binding targets of the plan's {all} indicators can be judged: {fine} on schedule or done",
        date=c.day(c.facts.as_of),
        all=ledger.count(len(rows), "count/all"),
        judged=ledger.count(judged, "count/judged"),
        fine=ledger.count(fine, "count/fine"),
    )
    if judged:
        text += _(", {share}", share=ledger.percent(100 * fine / judged, "share/fine"))
    text += _compared(c, fine, judged)
    text += _(
        "; {slightly} are slightly behind, {bad} behind, far behind or overdue",
        slightly=n("slightly_behind"),
        bad=n(*BAD),
    )
    # By the words that tables, charts and pages have for these statuses; what there is none of is not told.
    rest = [
        _("{status} {n}", status=word(codes[0], None, _), n=n(*codes))
        for codes in (("not_due",), ("no_data",), (NOTHING,), (WITHHELD,), ("not_scored", "no_target"))
        if any(binding.get(code, 0) for code in codes)
    ]
    if rest:
        text += _("; ") + _(", ").join(rest)
    if soft.any():
        apart = ledger.count(int(soft.sum()), "count/soft")
        text += _("; {n} targets to strive for or refer to are counted apart", n=apart)
    return text + _(".") + c.not_judged(rows, "count")


def _compared(c: Composer, fine: int, judged: int) -> str:
    """Say how many more or fewer are fine than at the comparison date, and by how many points the share moved."""
    _, before, since = c._, c.top_before, c.since_name
    fine_before, judged_before = c.fine_share(before)
    if before is None or not judged or not judged_before:
        return ""
    more = fine - fine_before
    delta = 100 * fine / judged - 100 * fine_before / judged_before
    size = c.ledger.count(abs(more), "change/fine")
    first = (
        _(", {n} more than on {since}", n=size, since=since)
        if more > 0
        else _(", {n} fewer than on {since}", n=size, since=since)
        if more < 0
        else _(", as many as on {since}", since=since)
    )
    if not wording.moved(delta, "%"):
        return first
    points = c.ledger.points(round(delta, 1), "change/share")
    return first + (_(", share up {points}", points=points) if delta > 0 else _(", share down {points}", points=points))


def _areas_sentence(c: Composer) -> str:
    _, parts = c._, []
    for area, name in c.areas.items():
        fine, judged = c.fine_share(c.top.loc[c.top["area"] == area])
        if not judged:
            parts.append(_("{area}: nothing judged yet", area=name))
            continue
        parts.append(
            _(
                "{area}: {fine} of {judged}, {share}",
                area=name,
                fine=c.ledger.count(fine, f"area/{area}/fine"),
                judged=c.ledger.count(judged, f"area/{area}/judged"),
                share=c.ledger.percent(100 * fine / judged, f"area/{area}/share"),
            )
        )
    return _("On schedule or done by area: {areas}.", areas=_("; ").join(parts))


def _worst(c: Composer) -> str:
    """Name the binding indicators that are furthest behind."""
    _ = c._
    rows = c.top.loc[c.top["status"].isin(BAD) & ~c.top["marks"].map(tally.is_soft).astype(bool)]
    if rows.empty:
        return ""
    rows = rows.assign(order=rows["status"].map({code: n for n, code in enumerate(BAD)}))
    rows = rows.sort_values(["order", "gap"], kind="stable", na_position="first")
    names = [
        _("{name} ({status})", name=c.facts.plan.indicator(row["indicator"]).name(c.lang), status=c.status_word(row))
        for __, row in rows.iterrows()
    ]
    return _("Most urgent: {names}.", names=c.listed(names, 6))


def _areas_chart(c: Composer) -> Chart:
    _ = c._
    rows = c.top.loc[c.top["status"].isin(_STACK)]
    counts = rows.groupby(["area", "status"]).size()
    used = [code for code in _STACK if any((area, code) in counts.index for area in c.areas)]
    series = [
        Series(
            word(code, None, _),
            tuple(float(counts.get((area, code), 0)) for area in c.areas),
            colour=LOOKS[code].fill,
        )
        for code in used
    ]
    note = _("Number of scored indicators by status, targets to strive for included.")
    return Chart("areas", _("Indicators by action area"), "stacked", tuple(c.areas.values()), tuple(series), note=note)


def _areas_table(c: Composer) -> Table:
    _, before = c._, c.top_before
    columns = [
        Column(_("Action area"), 1.6),
        Column(_("Indicators"), right=True),
        Column(_("Judged"), right=True),
        Column(_("On schedule or done"), right=True),
        Column(_("Share"), right=True),
        Column(_("Behind or overdue"), right=True),
        Column(_("Not reported"), right=True),
    ]
    if before is not None:
        columns.append(Column(_("Change in points"), right=True))
    lines: list[tuple[Cell, ...]] = []
    for area, name in {"": _("All areas"), **c.areas}.items():
        rows = c.top if not area else c.top.loc[c.top["area"] == area]
        fine, judged = c.fine_share(rows)
        share = 100 * fine / judged if judged else math.nan
        bad = tally.urgent(rows).binding
        silent = int(((rows["status"] == "no_data") & ~rows["marks"].map(tally.is_soft).astype(bool)).sum())
        line: list[Cell] = [name, c.count(len(rows)), c.count(judged), c.count(fine), c.number(share, "%")]
        line += [c.count(bad), c.count(silent)]
        if before is not None:
            then = before if not area else before.loc[before["area"] == area]
            fine_then, judged_then = c.fine_share(then)
            line.append(c.signed(share - 100 * fine_then / judged_then if judged_then else math.nan, "百分点"))
        lines.append(tuple(line))
    # A workbook has the tables only.
    note = _("Judged: binding targets with data that count by now; share = on schedule or done ÷ judged.")
    note = c.with_not_judged(note, c.top, "count")
    return Table("areas", _("Progress by action area"), tuple(columns), tuple(lines), note)


# ---- what moved ------------------------------------------------------------------------------------------------------


def changes(c: Composer) -> Section | None:
    """Say what moved since the comparison date; None without one."""
    _, before = c._, c.top_before
    if before is None:
        return None
    now = c.top.merge(
        before[["indicator", "status"]].rename(columns={"status": "status_before"}), on="indicator", how="left"
    )
    groups = movement.moved(now)
    title = _("What moved since {since}", since=c.since_name)
    if not groups:
        text = _("No indicator changed its status since {since}.", since=c.since_name)
        return Section("changes", title, _("No indicator changed its status"), (Paragraph(text),))
    counts = {name: len(part) for name, part in groups.items()}
    heads = {
        "red": _("Newly behind or overdue: {n}"),
        "done": _("Newly done: {n}"),
        "reported": _("Newly reported: {n}"),
        "down": _("Otherwise worse: {n}"),
        "up": _("Otherwise better: {n}"),
        "other": _("Newly due, or not to be judged any more: {n}"),
    }
    told = [heads[name].format(n=c.ledger.count(n, f"moved/{name}")) for name, n in counts.items()]
    blocks: list[Block] = [Paragraph(_("Since {since}: {counts}.", since=c.since_name, counts=_("; ").join(told)))]
    if "red" in groups:
        blocks.append(Items(tuple(_why(c, row) for __, row in groups["red"].head(CHANGED).iterrows())))
    blocks.append(_moved_table(c, groups))
    better = sum(counts.get(name, 0) for name in ("done", "up"))
    message = _("{red} newly behind or overdue, {better} done or better", red=counts.get("red", 0), better=better)
    return Section("changes", title, message, tuple(blocks))


def _why(c: Composer, row: pd.Series) -> str:
    _ = c._
    sentence = c.ledger.quote(explain(row.to_dict(), c.facts.plan, c.facts.as_of, c.lang), row.to_dict())
    return _("{name}: {sentence}", name=c.marked_name(row), sentence=sentence)


def _moved_table(c: Composer, groups: dict[str, pd.DataFrame]) -> Table:
    _ = c._
    columns = (Column(_("Indicator"), 2.4), Column(_("Action area")), Column(_("Before")), Column(_("Now")))
    rows = []
    for part in groups.values():
        for __, row in part.iterrows():
            then = word(row["status_before"], row["rule"], _)
            rows.append(
                (c.facts.plan.indicator(row["indicator"]).name(c.lang), c.areas[row["area"]], then, c.told(row))
            )
    return Table("moved", _("Indicators whose status changed"), columns, tuple(rows))
