"""What has to be done: open problems, overdue duties and what is due next, and who has not reported."""

import datetime as dt

import pandas as pd

from data import reporting_words
from data.briefing.composer import Composer
from data.briefing.model import Block, Cell, Column, Paragraph, Section, Table
from data.problems import ledger as problems_of
from data.summaries import most_overdue_first
from data.tables import tables
from data.tasks.state import states

SOON = 30
"""Days ahead within which a duty is told as due next."""


def problems(c: Composer) -> Section | None:
    """List the open problems with offices and due days, the most overdue first; None where none was ever found."""
    _, facts = c._, c.facts
    rows = problems_of.on(facts.issues, set(facts.regions["code"]), facts.as_of)
    if rows.empty:
        return None
    still = most_overdue_first(rows.loc[rows["open"]])
    late, closed = still.loc[still["late"] > 0], len(rows) - len(still)
    text = _(
        "By {date} {n} problems were found; {closed} are closed, {open} are open, {late} of them overdue",
        date=c.day(facts.as_of),
        n=c.ledger.count(len(rows), "problems/all"),
        closed=c.ledger.count(closed, "problems/closed"),
        open=c.ledger.count(len(still), "problems/open"),
        late=c.ledger.count(len(late), "problems/late"),
    )
    if len(late):
        text += _(", the longest by {n} days", n=c.ledger.count(late["late"].max(), "problems/longest"))
    blocks: list[Block] = [Paragraph(text + _("."))]
    places = set(c.shown(c.names))
    listed = still.loc[still["place"].isin(places) | still["town"].isin(places)]
    if len(listed):
        blocks.append(_problem_table(c, listed))
    message = _("{open} problems are open, {late} of them overdue", open=len(still), late=len(late))
    return Section("problems", _("Problems to be rectified"), message, tuple(blocks))


def _problem_table(c: Composer, still: pd.DataFrame) -> Table:
    _ = c._
    word = next(column for column in tables()["issues"].columns if column.name == "domain")
    columns = (
        Column(_("Problem"), 3.0),
        Column(_("Domain"), 1.0),
        Column(_("Place"), 1.2),
        Column(_("Office in charge"), 1.5),
        Column(_("Due"), 1.0),
        Column(_("Days overdue"), 0.8, right=True),
    )
    lines: list[tuple[Cell, ...]] = []
    for __, row in still.iterrows():
        place = c.names.get(row["place"] or "", c.names.get(row["town"] or "", ""))
        late = c.count(row["late"]) if row["late"] > 0 else None
        domain = word.label(_text(row["domain"]), c.lang)
        lines.append(
            (_text(row["problem"]), domain, place, _text(row["office"]) or _("not named"), _day(row["due_on"]), late)
        )
    return Table("problems", _("Open problems"), columns, tuple(lines))


def tasks(c: Composer) -> Section | None:
    """List duties that are overdue and those due next; None where no work was ever recorded."""
    _, facts = c._, c.facts
    if facts.actions.empty or not facts.plan.tasks:
        return None
    found = states(facts.plan, facts.actions, set(facts.regions["code"]), facts.as_of)
    counts = {
        status: sum(s.status == status for s in found.values())
        for status in ("done", "doing", "overdue", "not_started")
    }
    text = _(
        "Of the plan's {n} tasks {done} are done, {doing} under way, {overdue} overdue and {not_started} not started.",
        n=c.ledger.count(len(found), "tasks/all"),
        **{status: c.ledger.count(n, f"tasks/{status}") for status, n in counts.items()},
    )
    turns = [(task, [turn.period.due for turn in found[task.id].overdue]) for task in facts.plan.tasks]
    missed = [(task, [due for due in days if due is not None]) for task, days in turns]
    late = [(task, min(days), len(days)) for task, days in missed if days]
    following = [(task, found[task.id].next_due) for task in facts.plan.tasks]
    dated = [(task, turn.period.due) for task, turn in following if turn is not None and turn.open]
    soon = [(task, due) for task, due in dated if due is not None and (due - facts.as_of).days <= SOON]
    late.sort(key=lambda one: one[1])
    soon.sort(key=lambda one: one[1])
    blocks: list[Block] = [Paragraph(text)]
    if late:
        columns = (
            Column(_("Task"), 3.5),
            Column(_("Lead office"), 1.6),
            Column(_("Oldest day due"), 1.0),
            Column(_("Turns overdue"), 0.8, right=True),
            Column(_("Days overdue"), 0.8, right=True),
        )
        lines = [
            (task.title_zh, _offices(c, task.lead), due, c.count(n), c.count((facts.as_of - due).days))
            for task, due, n in late
        ]
        blocks.append(Table("overdue", _("Overdue tasks"), columns, tuple(lines)))
    if soon:
        n = c.ledger.count(SOON, "tasks/soon")
        heads = (Column(_("Task"), 3.5), Column(_("Lead office"), 1.6), Column(_("Due"), 1.0))
        next_ = tuple((task.title_zh, _offices(c, task.lead), due) for task, due in soon)
        blocks.append(Table("due-next", _("Due within {n} days", n=n), heads, next_))
    message = _(
        "{overdue} tasks are overdue, {soon} due within {n} days", overdue=counts["overdue"], soon=len(soon), n=SOON
    )
    return Section("tasks", _("Tasks"), message, tuple(blocks))


def reports(c: Composer) -> Section | None:
    """Say who owed a report in the newest month and has not sent it; None where nothing was due."""
    _, facts = c._, c.facts
    if not facts.reports:
        return None
    counts = {state: sum(cell.state == state for cell in facts.reports) for state in ("missing", "late")}
    text = reporting_words.missing_text(facts.reports, c.names, facts.as_of, _)
    lines = [line for line in text.split("\n") if line]
    for line in lines:
        c.ledger.quote(line, {"indicator": "reporting", "region": facts.top})
    message = _("All reports came in time")
    if counts["missing"] or counts["late"]:
        message = _("{n} reports are missing, {late} came late", n=counts["missing"], late=counts["late"])
    return Section("reporting", _("Reporting"), message, tuple(Paragraph(line) for line in lines))


def _offices(c: Composer, names: tuple[str, ...]) -> str:
    return c._(", ").join(names) or c._("not named")


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _day(value: object) -> dt.date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[call-overload,arg-type]
