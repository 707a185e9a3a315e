"""The plan as a document: its targets by clause, one of them in full, its offices and the rules of judging."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.table import Column, table
from components.status import MARKS, badge_html, marks_html, status
from data.language import N_, Translator
from data.registry import Bands


def definitions(pairs: Iterable[tuple[object, object]], css: str = "def") -> Markup:
    """Return label and text, one under the other; pairs without text are left out."""
    rows = [raw(f"<div><dt>{escape(label)}</dt><dd>{escape(text)}</dd></div>") for label, text in pairs if text]
    return element("dl", join(rows), css)


def chips(texts: Iterable[object]) -> Markup:
    """Return short texts beside each other, each in a frame of its own."""
    return element("div", join(element("span", text) for text in texts), "chips")


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One indicator as the list of targets shows it; texts are written already.

    Attributes
    ----------
    clause : clause of the document; shown once for rows that follow each other.
    stated : the document's own wording.
    target : what is scored, "" where nothing is.
    marks : codes of `components.status.MARKS`.
    code, rule : present status and rule, None without data.
    """

    id: str
    clause: str
    name: str
    stated: str
    target: str
    due: str
    lead: str
    marks: Sequence[str] = ()
    code: str | None = None
    rule: str | None = None
    reason: str = ""


def targets_table(rows: Sequence[TargetRow], _: Translator, *, judged: bool) -> Markup:
    """Return the targets under their clauses; a row can be picked on a `board`.

    Parameters
    ----------
    judged : whether there are data, so that a status can be shown.
    """
    heads = {row.id for before, row in zip([None, *rows[:-1]], rows, strict=True) if _differs(before, row)}

    def target(row: TargetRow) -> Markup:
        return element("b", row.target) if row.target else element("small", _("not scored"))

    columns: list[Column[TargetRow]] = [
        Column(_("Clause"), lambda r: r.clause if r.id in heads else "", "cl x"),
        Column(_("Indicator"), lambda r: join([r.name, " ", marks_html(r.marks, _)]), "nm"),
        Column(_("In the plan's words"), lambda r: element("small", r.stated), "wrap x"),
        Column(_("Scored as"), target, "num gap0"),
        Column(_("Due"), lambda r: element("small", r.due), "num x"),
        Column(_("Lead office"), lambda r: r.lead, "org"),
    ]
    if judged:
        columns.append(Column(_("Status"), lambda r: badge_html(r.code, r.rule, _), "st"))
    return table(
        columns, rows, key=lambda r: r.id, row_css=lambda r: "head" if r.id in heads else "", css="cards clauses"
    )


def _differs(before: TargetRow | None, row: TargetRow) -> bool:
    return before is None or before.clause != row.clause


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """How much an office leads and supports, and how many of the indicators it leads are behind."""

    name: str
    indicators: int
    scored: int
    behind: int | None
    tasks: int
    supports: int


def offices_table(rows: Sequence[OfficeRow], _: Translator) -> Markup:
    """Return offices by what they lead; a row can be picked to see only its targets."""
    most = max((row.indicators + row.tasks for row in rows), default=1) or 1

    def load(row: OfficeRow) -> Markup:
        parts = ((row.indicators, "s-on-schedule"), (row.tasks, "s-not-due"))
        bars = "".join(f"<i class='{css}' style='--n:{n}'></i>" for n, css in parts if n)
        rest = most - row.indicators - row.tasks
        return raw(f"<div class='stack load'>{bars}<u style='flex:{rest} 0 0'></u></div>")

    columns: list[Column[OfficeRow]] = [
        Column(_("Office"), lambda r: r.name, "nm"),
        Column(_("Leads indicators"), lambda r: element("b", formats.number(r.indicators)), "num"),
        Column(_("scored"), lambda r: formats.number(r.scored), "num x"),
    ]
    if any(row.behind is not None for row in rows):
        columns.append(
            Column(_("behind"), lambda r: element("b", r.behind, "dn") if r.behind else element("small", "0"), "num")
        )
    columns += [
        Column(_("Leads tasks"), lambda r: formats.number(r.tasks), "num"),
        Column(_("Supports"), lambda r: element("small", formats.number(r.supports)), "num x"),
        Column("", load, "bar x"),
    ]
    return table(columns, rows, key=lambda r: r.name, css="slim")


# ---- how a status comes about ----------------------------------------------------------------------------------------

_WHEN = {
    "not_scored": N_("the plan gives no number to be judged by"),
    "no_target": N_("the plan asks nothing at this level"),
    "no_data": N_("nothing has been reported (who has reported without anything to count is called so, not judged)"),
    "done": N_("the target is reached (for what must hold at any time: met)"),
    "overdue": N_("the due date has passed and the target is not reached"),
    "not_due": N_("the due date is still ahead and nothing is due before it"),
    "on_schedule": N_("gap of 0 points or better"),
    "slightly_behind": N_("gap from {low} to less than 0 points"),
    "behind": N_("gap from {lower} to less than {low} points"),
    "far_behind": N_("gap below {lower} points, or a yes/no target not met"),
}
DECIDED: tuple[str, ...] = tuple(_WHEN)
"""Statuses in the order in which the first that holds is given."""


def status_rules(bands: Bands, _: Translator) -> Markup:
    """Return the statuses in the order they are decided, with the county's own edges."""
    edges = {
        name: f"{edge:g}".replace("-", formats.MINUS)
        for name, edge in (("low", bands.slightly_behind), ("lower", bands.behind))
    }
    columns: list[Column[tuple[int, str]]] = [
        Column("", lambda r: r[0], "rk"),
        Column(_("Status"), lambda r: badge_html(r[1], None, _), "st"),
        Column(_("Condition"), lambda r: _(_WHEN[r[1]], **edges), "wrap"),
    ]
    rows = list(enumerate(DECIDED, 1))
    return table(columns, rows, row_css=lambda r: status(r[1]).css, css="slim")


def mark_rules(codes: Iterable[str], _: Translator) -> Markup:
    """Return what the marks beside indicators mean."""
    seen: Mapping[str, str] = {MARKS[code].word: code for code in codes if code in MARKS}
    return definitions((marks_html((code,), _), _(MARKS[code].title)) for code in seen.values())


def counts_table(
    rows: Sequence[tuple[str, Mapping[str, int]]], heads: Mapping[str, str], first: str, _: Translator
) -> Markup:
    """Return how many tasks of each kind a name has, with their sum; a row can be picked on a `board`.

    Parameters
    ----------
    rows : name and counts by kind.
    heads : translated word by kind, in the order of the columns; kinds that no row has are left out.
    first : head of the names.
    """
    used = [kind for kind in heads if any(counts.get(kind) for _name, counts in rows)]

    def cell(kind: str) -> Column[tuple[str, Mapping[str, int]]]:
        return Column(heads[kind], lambda r: r[1].get(kind) or element("small", "·"), "num")

    columns: list[Column[tuple[str, Mapping[str, int]]]] = [
        Column(first, lambda r: r[0], "nm"),
        Column(_("All"), lambda r: element("b", sum(r[1].values())), "num"),
        *(cell(kind) for kind in used),
    ]
    return table(columns, rows, key=lambda r: r[0], css="slim")
