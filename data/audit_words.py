"""The audit log in words, for page and command line; and as a table to take along."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence

import xlsxwriter

from data.access import roles
from data.language import N_, Translator
from data.past import ZONE, stamp
from data.store import Entry
from data.store.schema import BATCHED
from data.tables import tables
from data.upload_words import ACTIONS, table_name
from data.wording import language

EVENTS = {
    "sign_in": N_("Signed in"),
    "sign_in_failed": N_("Sign-in failed"),
    "sign_out": N_("Signed out"),
    "arrived": N_("Came in through the gateway"),
    "refused": N_("Refused"),
    **ACTIONS,
    "snapshot_kept": N_("Meeting kept"),
    "snapshot_removed": N_("Meeting removed"),
    "member": N_("Roles changed"),
    "export": N_("Export"),
    "people_shown": N_("List of people shown"),
}
COLUMNS = {
    "no": N_("Entry"),
    "at": N_("When"),
    "event": N_("What"),
    "subject": N_("Of what"),
    "who": N_("Who"),
    "account": N_("Account"),
    "address": N_("From where"),
    "detail": N_("Details"),
}
_FIELDS = {
    "indicator": N_("Indicator"),
    "holds_from": N_("Holds from"),
    "value": N_("Target"),
    "rollup_value": N_("Asked of the whole"),
    "due": N_("Due"),
    "milestones": N_("Milestones"),
    "slightly_behind": N_("Slightly behind"),
    "behind": N_("Behind"),
    "document": N_("Document"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(entries: Iterable[Entry], _: Translator) -> list[dict[str, str]]:
    """Return entries as texts by the columns of `COLUMNS`."""
    return [
        {
            "no": str(entry.number),
            "at": stamp(entry.at),
            "event": event_name(entry.event, _),
            "subject": subject(entry, _),
            "who": entry.name if entry.verified or not entry.name else f"{entry.name} ({_('unverified')})",
            "account": entry.user_id,
            "address": entry.address,
            "detail": detail(entry, _),
        }
        for entry in entries
    ]


def event_name(event: str, _: Translator) -> str:
    """Return what happened; the id of what a newer release wrote."""
    return _(EVENTS[event]) if event in EVENTS else event


def subject(entry: Entry, _: Translator) -> str:
    """Return what it happened to: a table, an action refused, a member, a meeting."""
    if entry.event in {*ACTIONS, "people_shown"}:
        return table_name(entry.subject, _) if entry.subject in BATCHED else entry.subject
    if entry.event == "refused" and entry.subject in roles().actions:
        return roles().actions[entry.subject].name(language(_))
    return entry.subject


def detail(entry: Entry, _: Translator) -> str:
    """Return counts and what was before and after, in words."""
    told = dict(entry.detail)
    if entry.event in ACTIONS:
        return _batch(entry.subject, told, _)
    if entry.event == "member":
        return _("{name}: {before} → {after}", name=told["name"], before=_roles(told["before"], _),
                 after=_roles(told["after"], _))  # fmt: skip
    if entry.event == "people_shown":
        return _("{n} rows of {village} up to {day}; reason: {reason}", n=told["rows"], village=told["village"],
                 day=told["as_of"], reason=told["reason"])  # fmt: skip
    return "; ".join(f"{key}: {_plain(value)}" for key, value in told.items())


def _batch(table: str, told: dict[str, object], _: Translator) -> str:
    said = [
        _("batch {n}", n=told["batch"]),
        _("{before} → {after} rows", before=told["before"], after=told["after"]),
        _("{new} new, {changed} changed, {removed} removed", new=told["added"], changed=told["changed"],
          removed=told["removed"]),
    ]  # fmt: skip
    if "undoes" in told:
        said.append(_("undoes {n}", n=told["undoes"]))
    months, keys, columns = (list(told.get(name) or ()) for name in ("months", "keys", "columns"))  # type: ignore[call-overload]
    if months:
        said.append(months[0] if len(months) == 1 else f"{months[0]} – {months[-1]} ({len(months)})")
    said += [_("rows: {keys}", keys=", ".join(keys))] if keys else []
    if columns and table in tables():
        titles = {column.name: column.title(language(_)) for column in tables()[table].columns}
        said.append(_("columns: {names}", names=_(", ").join(titles.get(name, name) for name in columns)))
    said += [str(told["file"])] if "file" in told else []
    said += [f"{_asked(told['was'], _)} → {_asked(told['now'], _)}"] if "was" in told else []
    return "; ".join(said)


def _asked(rows: object, _: Translator) -> str:
    """Return a revision of a target or of the bands as it was kept: fields with their figures."""
    if not isinstance(rows, list) or not rows:
        return _("as the file has it")
    named = {name: _(word) for name, word in _FIELDS.items()}
    return ", ".join(
        f"{named[name]} {_plain(value)}" for row in rows for name, value in row.items() if name in named and value != ""
    )


def _roles(found: dict[str, list[str]], _: Translator) -> str:
    lang, known = language(_), roles().roles
    names = [
        (known[role].name(lang) if role in known else role) + (f" ({', '.join(towns)})" if towns else "")
        for role, towns in found.items()
    ]
    return _(", ").join(names) or _("none")


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def day_begins(day: dt.date) -> dt.datetime:
    """Return the moment a day begins in China."""
    return dt.datetime.combine(day, dt.time(), ZONE)


def as_csv(entries: Sequence[Entry], _: Translator) -> bytes:
    """Return entries as CSV that Excel opens in the right letters, and takes for text what could be a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_(name) for name in COLUMNS.values()])
    for row in rows(entries, _):
        writer.writerow([f"'{text}" if text.startswith(_FORMULA) else text for text in row.values()])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(entries: Sequence[Entry], _: Translator) -> bytes:
    """Return entries as a workbook of texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet(_("Log")), book.add_format({"bold": True, "bottom": 1})
        for n, name in enumerate(COLUMNS.values()):
            sheet.write_string(0, n, _(name), bold)
        for line, row in enumerate(rows(entries, _), 1):
            for n, text in enumerate(row.values()):
                sheet.write_string(line, n, text)
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, len(COLUMNS) - 2, 18)
        sheet.set_column(len(COLUMNS) - 1, len(COLUMNS) - 1, 60)
        if entries:
            sheet.autofilter(0, 0, len(entries), len(COLUMNS) - 1)
    return out.getvalue()


def as_json(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """Return entries for programs."""
    return [{**vars(entry), "at": entry.at.isoformat(), "detail": dict(entry.detail)} for entry in entries]
