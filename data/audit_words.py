"""The audit log in words, for page and command line; and as a table to take along."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import xlsxwriter

from data import wording
from data.access import Grant, roles
from data.briefing.compose import section_names
from data.briefing.files import FORMATS
from data.language import N_, Translator
from data.operation_words import megabytes
from data.past import ZONE, stamp
from data.plan import Indicator, Plan, load_plan
from data.registry import counties
from data.store import Entry
from data.store.schema import BATCHED, REVISIONS
from data.tables import Table, tables
from data.upload_words import ACTIONS, places_named, signed, table_name
from data.wording import language
from geo.regions import regions

EVENTS = {
    "sign_in": N_("Signed in"),
    "sign_in_failed": N_("Sign-in failed"),
    "sign_out": N_("Signed out"),
    "arrived": N_("Came in through the gateway"),
    "refused": N_("Not allowed"),
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
Told = Mapping[int, Sequence[str]]
_ASKED = {
    "value": N_("Target"),
    "rollup_value": N_("Asked of the whole"),
    "due": N_("Due"),
    "milestones": N_("Milestones"),
    "slightly_behind": N_("Edge of “slightly behind”"),
    "behind": N_("Edge of “behind”"),
}
_NOTHING: tuple[object, ...] = (None, "", [])
_FILES = {"audit": N_("Audit log"), "compare": N_("Counties compared")}
_LARGE = 1_000_000
_VILLAGES = 100
"""Of more villages with a text in their names the townships are searched for."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(entries: Iterable[Entry], _: Translator, told: Told = MappingProxyType({})) -> list[dict[str, str]]:
    """Return entries as texts by the columns of `COLUMNS`.

    Parameters
    ----------
    told : what is known of batches beyond their entries, by number (`data.audit_batches`).
    """
    return [
        {
            "no": str(entry.number),
            "at": stamp(entry.at),
            "event": event_name(entry.event, _),
            "subject": subject(entry, _),
            "who": signed(entry.name, _, verified=entry.verified),
            "account": entry.user_id,
            "address": entry.address,
            "detail": "; ".join([*detail(entry, _), *told.get(entry.detail.get("batch", 0), ())]),
        }
        for entry in entries
    ]


def event_name(event: str, _: Translator) -> str:
    """Return what happened; the id of what a newer release wrote."""
    return _(EVENTS[event]) if event in EVENTS else event


def subject(entry: Entry, _: Translator) -> str:
    """Return what it happened to: a table, an action refused, a member, a meeting, a file; "" where that is who did."""
    if entry.event in {*ACTIONS, "people_shown"}:
        return table_name(entry.subject, _) if entry.subject in BATCHED else entry.subject
    if entry.event == "refused" and entry.subject in roles().actions:
        return roles().actions[entry.subject].name(language(_))
    if entry.event == "export":
        return _file_name(entry.subject, _)
    return "" if entry.subject == entry.user_id and entry.event != "member" else entry.subject


def _file_name(form: str, _: Translator) -> str:
    """Return what a file taken out is called: a form of the briefing, or `audit.csv`."""
    if form in FORMATS:
        return _(FORMATS[form].name)
    of, _dot, ending = form.partition(".")
    return f"{_(_FILES[of])} {ending.upper()}" if of in _FILES else form


def detail(entry: Entry, _: Translator) -> list[str]:
    """Return counts and what was before and after, in words."""
    kept = dict(entry.detail)
    if entry.event in ACTIONS:
        return _batch(entry, _)
    if entry.event == "member":
        before, after = (roles_named(_grants(kept[name]), entry.county_code, _) for name in ("before", "after"))
        return [_("{name}: {before} → {after}", name=kept["name"], before=before, after=after)]
    if entry.event == "people_shown":
        return [_("{n} rows of {village} up to {day}; reason: {reason}", n=kept["rows"], day=kept["as_of"],
                  village=_places([kept["village"]], entry.county_code, _), reason=kept["reason"])]  # fmt: skip
    return [
        KNOWN[key](value, entry.county_code, _) if key in KNOWN else f"{key}: {_plain(value)}"
        for key, value in sorted(kept.items(), key=lambda one: _ORDER.get(one[0], len(_ORDER)))
    ]


def _batch(entry: Entry, _: Translator) -> list[str]:
    told, table = entry.detail, entry.subject
    said = [_("batch {n}", n=told["batch"])]
    if "undoes" in told:
        said.append(_("undoes {n}", n=told["undoes"]))
    if table in REVISIONS:
        said += _revised(entry, _)
    else:
        said.append(_("{before} → {after} rows", before=told["before"], after=told["after"]))
        said.append(
            _("{n} rows back, {m} taken away", n=told["added"], m=told["removed"]) if entry.event == "undo"
            else _("{new} new, {changed} changed, {removed} removed", new=told["added"], changed=told["changed"],
                   removed=told["removed"])
        )  # fmt: skip
    months, keys, columns = (list(told.get(name) or ()) for name in ("months", "keys", "columns"))
    if months:
        said.append(months[0] if len(months) == 1 else f"{months[0]} – {months[-1]} ({len(months)})")
    if towns := told.get("townships"):
        said.append(_places(towns, entry.county_code, _))
    said += [_("rows: {keys}", keys=", ".join(keys))] if keys else []
    if columns and table in tables():
        titles = {column.name: column.title(language(_)) for column in tables()[table].columns}
        said.append(_("columns: {names}", names=_(", ").join(titles.get(name, name) for name in columns)))
    said += [str(told["file"])] if "file" in told else []
    said += [noted(told["note"], _)] if "note" in told else []
    return said


def noted(note: str, _: Translator) -> str:
    """Return the reason that was given for something."""
    return _("reason: {text}", text=note)


# ---- targets and bands -----------------------------------------------------------------------------------------------


def _revised(entry: Entry, _: Translator) -> list[str]:
    """Return what was asked before a revision of a target or of the bands, and after it."""
    was, now = (dict(next(iter(entry.detail.get(name) or ()), ())) for name in ("was", "now"))
    of = _indicator(entry.county_code, was.get("indicator") or now.get("indicator") or "")
    named = of.name(language(_)) if of else now.get("indicator")
    said = [str(named)] if named else []
    for name, word in _ASKED.items():
        if was.get(name) in _NOTHING and now.get(name) in _NOTHING:
            continue
        then, after = (_figure(name, row.get(name), of, _) or _("what held before") for row in (was, now))
        said.append(f"{_(word)} {then} → {after}")
    said += [_("from {day} on", day=now["holds_from"])] if now.get("holds_from") else []
    return said + ([f"{_('Document')} {now['document']}"] if now.get("document") else [])


def _indicator(county_code: str, indicator: str) -> Indicator | None:
    found = (one for plan in _plans(county_code) for one in plan.indicators if one.id == indicator)
    return next(found, None)


def _plans(county_code: str) -> list[Plan]:
    """Return the plans of a county; none of one that is not registered any more."""
    entry = next((one for one in counties() if one.code == county_code), None)
    return [load_plan(plan_id) for plan_id in entry.plans] if entry else []


def _figure(name: str, value: Any, of: Indicator | None, _: Translator) -> str:
    """Write a figure of a revision with its unit; "" without one."""
    if value in _NOTHING:
        return ""
    unit = of.unit if of else ""
    if name == "milestones":
        steps = json.loads(value) if isinstance(value, str) else value
        return _(", ").join(f"{day} {wording.quantity(step, unit, _)}" for day, step in steps)
    if name == "due":
        return str(value)
    if name in {"slightly_behind", "behind"}:
        return _("{n} points", n=wording.plain(value, 2))
    whole = name == "rollup_value" and of is not None and of.rollup == "share_of_villages"
    return wording.quantity(value, "%" if whole else unit, _, 2)


# ---- people, places and the rest -------------------------------------------------------------------------------------


def roles_named(grants: Iterable[Grant], county_code: str, _: Translator) -> str:
    """Return roles in words, with their townships: 乡镇经办（姜家镇）."""
    known = roles().roles
    names = []
    for grant in grants:
        name = known[grant.role].name(language(_)) if grant.role in known else grant.role
        towns = _places(grant.townships, county_code, _)
        names.append(_("{role} ({places})", role=name, places=towns) if towns else name)
    return _(", ").join(names) or _("none")


def _grants(kept: Mapping[str, Sequence[str]]) -> list[Grant]:
    return [Grant(role, tuple(towns)) for role, towns in kept.items()]


def _places(codes: Sequence[str], county_code: str, _: Translator) -> str:
    """Return names of places; their codes where nobody knows the county any more."""
    try:
        return places_named(codes, county_code, _)
    except KeyError:
        return _(", ").join(codes)


def _size(n: int, _county: str, _: Translator) -> str:
    return megabytes(n, _) if n >= _LARGE else _("{n} KB", n=wording.plain(n / 1000))


def _counties(slugs: Sequence[str], _county: str, _: Translator) -> str:
    names = {one.slug: one.name(language(_)) for one in counties()}
    return _(", ").join(names.get(slug, slug) for slug in slugs)


def _plan_title(plan_id: str, county_code: str, _: Translator) -> str:
    return next((plan.title(language(_)) for plan in _plans(county_code) if plan.id == plan_id), plan_id)


def _sections(ids: Sequence[str], _county: str, _: Translator) -> str:
    names = section_names(language(_))
    return _(", ").join(names.get(one, one) for one in ids)


KNOWN: dict[str, Callable[[Any, str, Translator], str]] = {
    "number": lambda n, _county, _: _("no. {n}", n=n),
    "plan": _plan_title,
    "as_of": lambda day, _county, _: _("as of {day}", day=day),
    "version": lambda n, _county, _: _("version {n} of the data", n=n),
    "note": lambda text, _county, _: noted(text, _),
    "townships": _places,
    "sections": _sections,
    "counties": _counties,
    "entries": lambda n, _county, _: _("{n} entries", n=n),
    "bytes": _size,
}
"""What is kept of events other than batches, members and people shown, and how it reads."""
_ORDER = {key: n for n, key in enumerate(KNOWN)}


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def named(text: str, county_code: str) -> tuple[str, ...]:
    """Return how the ids begin of what has a text in its name: places, tables and indicators, as entries hold them."""
    text = text.strip().casefold()
    if not text:
        return ()
    try:
        frame = regions(county_code)
    except KeyError:
        places = set()
    else:
        found = frame.loc[frame["name"].str.casefold().str.contains(text, regex=False) & (frame["level"] != "county")]
        # A township has as many villages as it likes; those it is about are found by its own nine digits.
        lists = found["level"].eq("village").sum() > _VILLAGES
        places = {code[:9] if lists or level == "township" else code
                  for code, level in zip(found["code"], found["level"], strict=True)}  # fmt: skip
    things: list[Table | Indicator] = [*tables().values()]
    things += [one for plan in _plans(county_code) for one in plan.indicators]
    ids = {one.id for one in things if any(text in one.name(lang).casefold() for lang in ("zh", "en"))}
    return (*sorted(places), *sorted(ids))


def day_begins(day: dt.date) -> dt.datetime:
    """Return the moment a day begins in China."""
    return dt.datetime.combine(day, dt.time(), ZONE)


def as_csv(entries: Sequence[Entry], _: Translator, told: Told = MappingProxyType({})) -> bytes:
    """Return entries as CSV that Excel opens in the right letters, and takes for text what could be a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_(name) for name in COLUMNS.values()])
    for row in rows(entries, _, told):
        writer.writerow([f"'{text}" if text.startswith(_FORMULA) else text for text in row.values()])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(entries: Sequence[Entry], _: Translator, told: Told = MappingProxyType({})) -> bytes:
    """Return entries as a workbook of texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet(_("Log")), book.add_format({"bold": True, "bottom": 1})
        for n, name in enumerate(COLUMNS.values()):
            sheet.write_string(0, n, _(name), bold)
        for line, row in enumerate(rows(entries, _, told), 1):
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
