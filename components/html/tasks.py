"""Duties as living lists: how far each is, its turns, and the records of work with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.table import Column, table
from components.status import badge_html, status
from data.language import N_, Translator

STATES: dict[str, tuple[str, str]] = {
    "overdue": ("overdue", N_("Overdue")),
    "doing": ("not_due", N_("In progress")),
    "not_started": ("no_data", N_("Not started")),
    "done": ("done", N_("Done")),
    "late": ("slightly_behind", N_("Done late")),
    "cancelled": ("no_target", N_("Called off")),
}
"""Look and word of each state of a duty; `late` is done, but after its day."""
MOVEMENTS: dict[str, str] = {"overdue": N_("Tasks newly overdue"), "done": N_("Tasks done")}
"""Heading of each group of turns that moved."""
_LONGEST_LINK = 46


def state_html(code: str, _: Translator) -> Markup:
    """Return symbol and word of a state."""
    look, word = STATES[code]
    return element("span", _(word), f"s {status(look).css}")


def evidence_html(text: str | None) -> Markup:
    """Return evidence: a link if it is an address of the web and nothing else, the words as they are if not."""
    if not text:
        return Markup()
    plain = text.strip()
    if not is_link(plain):
        return escape(plain)
    shown = plain if len(plain) <= _LONGEST_LINK else f"{plain[:_LONGEST_LINK]}…"
    return raw(f'<a href="{escape(plain)}" target="_blank" rel="noopener noreferrer">{escape(shown)}</a>')


def is_link(text: str) -> bool:
    """Whether a text is one address of the web: http or https, a host, and nothing that cannot stand in one."""
    if not text.isprintable() or any(c.isspace() or c in "\"'<>\\" for c in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One duty of the plan; texts are written already.

    Attributes
    ----------
    state : code of `STATES`, None without data.
    when : which turn the row speaks of, or how often the duty recurs.
    feeds : its indicators as (name, status code or None, rule).
    soon, off : in how many days it is due; that its day is no working day.
    part : places done of those with records, "" where there is one only.
    """

    id: str
    title: str
    clause: str
    lead: str
    when: str
    due: str
    state: str | None = None
    feeds: Sequence[tuple[str, str | None, str]] = ()
    soon: str = ""
    off: str = ""
    part: str = ""


def duties_table(rows: Sequence[TaskRow], _: Translator) -> Markup:
    """Return duties with their state, date and the present state of the indicators they serve; a row can be picked."""

    def title(row: TaskRow) -> Markup:
        return join([row.title, " ", element("small", row.clause)])

    def when(row: TaskRow) -> Markup:
        marks = [element("i", text, "mk warn") for text in (row.soon, row.off) if text]
        return join([element("b", row.due) if row.due else "", " ", element("small", row.when), *marks])

    def state(row: TaskRow) -> Markup:
        shown = state_html(row.state, _) if row.state else Markup()
        return join([shown, " ", element("small", row.part)]) if row.part else shown

    columns: list[Column[TaskRow]] = [Column(_("Task"), title, "nm"), Column(_("Due"), when, "due wrap")]
    if any(row.state for row in rows):
        columns.insert(0, Column(_("State"), state, "st"))
    columns += [
        Column(_("Lead office"), lambda r: r.lead, "org"),
        Column(_("Serves"), lambda r: feeds_html(r.feeds, _), "wrap x feeds"),
    ]
    return table(columns, rows, key=lambda r: r.id, css="cards tasks")


def feeds_html(feeds: Sequence[tuple[str, str | None, str]], _: Translator) -> Markup:
    """Return the indicators a duty serves, each with its present status."""
    return join(
        element("div", join([badge_html(code, rule, _) if code else "", element("small", f" {name}")]))
        for name, code, rule in feeds
    )


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One turn of a duty: which, by when, how far; `part` as in `TaskRow`, `note` what is odd about it."""

    turn: str
    due: str
    off: str
    state: str | None
    part: str
    note: str = ""


def turns_table(rows: Sequence[TurnRow], _: Translator) -> Markup:
    """Return the turns of a duty."""

    def due(row: TurnRow) -> Markup:
        return join([row.due, " ", element("i", row.off, "mk warn") if row.off else ""])

    columns: list[Column[TurnRow]] = [Column(_("Period"), lambda r: r.turn, "nm"), Column(_("Due"), due, "num")]
    if any(row.state for row in rows):
        columns += [
            Column(_("State"), lambda r: state_html(r.state, _) if r.state else "", "st"),
            Column(_("Done in"), lambda r: r.part or formats.NOTHING, "num"),
            Column("", lambda r: element("small", r.note), "wrap"),
        ]
    return table(columns, rows, css="slim")


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record of work for a duty, in words."""

    place: str
    turn: str
    due: str
    done: str
    state: str
    evidence: str | None


def records_table(rows: Sequence[RecordRow], _: Translator) -> Markup:
    """Return records of work with their evidence."""
    columns: list[Column[RecordRow]] = [
        Column(_("Place"), lambda r: r.place, "nm"),
        Column(_("Period"), lambda r: element("small", r.turn), "x"),
        Column(_("State"), lambda r: state_html(r.state, _), "st"),
        Column(_("Due"), lambda r: r.due, "num x"),
        Column(_("Done on"), lambda r: r.done, "num"),
        Column(_("Evidence"), lambda r: evidence_html(r.evidence) or element("small", formats.NOTHING), "wrap"),
    ]
    return table(columns, rows, css="slim")
