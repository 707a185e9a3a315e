"""Problems as lists: how far each is, its course, and how many are open by office, township and age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.table import Column, records, table
from components.status import status
from data.language import N_, Translator
from data.summaries import AGES

STATES: dict[str, tuple[str, str]] = {
    "found": ("no_data", N_("To be handed over")),
    "handed": ("not_due", N_("Being rectified")),
    "rectified": ("slightly_behind", N_("Rectified, to be verified")),
    "closed": ("done", N_("Closed")),
}
"""Look and word of each state of a problem."""

STEPS: dict[str, str] = {
    "found": N_("Found"),
    "handed": N_("Handed over"),
    "due": N_("Deadline moved"),
    "note": N_("Progress"),
    "rectified": N_("Reported rectified"),
    "sent_back": N_("Not passed, sent back"),
    "closed": N_("Verified and closed"),
    "reopened": N_("Came back"),
}
"""Word of each step of a problem's course."""


MOVEMENTS: dict[str, str] = {
    "late": N_("Problems newly overdue"),
    "back": N_("Problems that came back"),
    "closed": N_("Problems closed"),
    "found": N_("Problems found"),
}
"""Heading of each group of problems that moved."""


def state_html(code: str, late: float, _: Translator) -> Markup:
    """Return symbol and word of a problem's state; how many days an open one is overdue stands behind it."""
    look, word = STATES[code]
    shown = element("span", _(word), f"s {status(look).css}")
    if code == "closed" or not late > 0:
        return shown
    return join([shown, " ", element("span", _("{n} days overdue", n=formats.number(late, 0)), "s s-overdue")])


def overdue_then(due: Any, _: Translator) -> Markup:
    """Return the mark of a problem that was overdue by a deadline that was moved since; nothing without one."""
    said = overdue_then_words(due, _)
    return element("i", said, "mk warn") if said else Markup()


def overdue_then_words(due: Any, _: Translator) -> str:
    """Return the same as plain words; "" without such a deadline."""
    return "" if due is None or pd.isna(due) else _("deadline then {day}, overdue by it", day=formats.date(due, _))


def problem_table(
    problems: pd.DataFrame, domains: Mapping[str, str], names: Mapping[str, str], _: Translator
) -> Markup:
    """Return problems with state, age, office and post; a row can be picked.

    Parameters
    ----------
    problems : as `data.problems.ledger` returns them.
    domains, names : words by domain and by code of a place.
    """
    fields = ("issue_id", "place", "town", "domain", "problem", "office", "owner", "age", "due_on", "late", "status",
              "reopened_n", "due_then")  # fmt: skip

    def place(row: tuple[Any, ...]) -> Markup:
        own, town = names.get(row[2] or "", ""), names.get(row[3] or "", "")
        return join([own or town, " ", element("small", town if own and own != town else "")])

    def what(row: tuple[Any, ...]) -> Markup:
        small = element("small", domains.get(row[4], row[4] or ""))
        return join([row[5] or "", " ", small, " ", came_back(row[12], _)])

    def who(row: tuple[Any, ...]) -> Markup:
        named = join([row[6] or "", " ", element("small", row[7] or "")])
        return named if row[6] or row[7] else element("b", _("not named"), "dn")

    columns: list[Column[tuple[Any, ...]]] = [
        Column(_("Problem"), what, "nm"),
        Column(_("Place"), place, "wrap"),
        Column(_("State"), lambda r: join([state_html(r[11], r[10], _), " ", overdue_then(r[13], _)]), "st wrap"),
        Column(_("Age"), lambda r: _("{n} days", n=formats.number(r[8], 0)), "num val"),
        Column(_("Due"), lambda r: formats.day(r[9], _), "num x"),
        Column(_("In charge"), who, "org wrap"),
    ]
    return table(columns, records(problems, fields), key=lambda r: r[1], css="cards problems")


def came_back(n: float | None, _: Translator) -> Markup:
    """Return the mark of a problem that has come back, with how often; nothing if it has not."""
    if n is None or formats.missing(n) or n < 1:
        return Markup()
    return element("i", _("came back {n}×", n=formats.number(n, 0)), "mk warn")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a problem's course: code of `STEPS`, day and words as written, the number of its batch, and who."""

    kind: str
    day: str
    text: str
    batch: str
    who: Markup | str = ""


def course_html(steps: Sequence[Step], _: Translator) -> Markup:
    """Return the course of a problem, its first step on top."""
    rows = [
        raw(
            f"<li class='{step.kind}'><time>{escape(step.day)}</time><b>{escape(_(STEPS[step.kind]))}</b>"
            f"<span>{_words(step)}</span><small>{escape(step.batch)}</small></li>"
        )
        for step in steps
    ]
    return raw(f"<ol class='course'>{join(rows)}</ol>")


def _words(step: Step) -> Markup:
    if not step.who:
        return escape(step.text)
    return join([step.text, " " if step.text else "", element("small", step.who)])


def counts_table(counts: pd.DataFrame, names: Mapping[str, str], first: str, _: Translator) -> Markup:
    """Return how many problems are open by office or township, by age; a row can be picked.

    Parameters
    ----------
    counts : as `data.problems.ledger.counts` returns them.
    names : word of each value of its index; "" for those that name none.
    first : head of the names.
    """
    fields = ("key", "open", "overdue", "rectified", *(f"band{n}" for n in range(len(AGES) + 1)))

    def cell(n: int, css: str = "") -> Column[tuple[Any, ...]]:
        def render(row: tuple[Any, ...]) -> object:
            return element("b", row[n], css) if row[n] else element("small", "·")

        return Column(heads[n], render, "num")

    heads = {2: _("Open"), 3: _("Overdue"), 4: _("To be verified")}
    heads |= {5 + n: text for n, text in enumerate(ages(_))}
    columns: list[Column[tuple[Any, ...]]] = [
        Column(first, lambda r: names.get(r[1], r[1]) or _("not named"), "nm"),
        cell(2),
        cell(3, "dn"),
        *(cell(n) for n in range(4, len(heads) + 2)),
    ]
    rows = counts.reset_index(names="key")
    return table(columns, records(rows, fields), key=lambda r: r[1] or "-", css="slim")


def ages(_: Translator) -> list[str]:
    """Return the bands of the age of an open problem in words, the youngest first."""
    edges = [0, *AGES]
    bands = [_("{a} to {b} days", a=a + 1 if a else 0, b=b) for a, b in zip(edges, AGES, strict=False)]
    return [*bands, _("over {n} days", n=AGES[-1])]
