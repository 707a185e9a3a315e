"""How a deployment stands, for whoever looks after the server."""

from collections.abc import Mapping

from components import formats
from components.html.base import Markup, element, join
from components.html.notes import empty_state
from components.html.table import Column, table
from data.language import N_, Translator
from data.operation import Load, Page, Standing, days_between
from data.operation_words import age, megabytes
from data.past import stamp

Fact = tuple[object, object, object]
_ACTIONS = {"import": N_("Import"), "edit": N_("Edit"), "nil": N_("Nil return"), "undo": N_("Undo")}
_WHERE = {
    "page": N_("Pages that could not be shown"),
    "health": N_("Store not reached, asked by a monitor"),
    "figures": N_("Figures that could not be computed"),
}


def overdue(found: Standing, _: Translator) -> Markup:
    """Return the warning that there ought to be a newer backup, and the command that makes one."""
    last = found.backup
    if last is None or found.backup_age is None:
        title, told = _("No backup yet"), _("No backup of this deployment was ever made.")
    elif not last.there:
        title = _("The last backup is gone")
        told = _("It was written to {file}, where it is no more.", file=last.file)
    else:
        title = _("The last backup is {age} old", age=age(found.backup_age, _))
        told = _("It is of {at}, in {file}.", at=stamp(last.at), file=last.file)
    every = _("There should be one every {n} days (XIANJIE_BACKUP_DAYS). On the server:", n=f"{days_between():g}")
    return element(
        "div",
        empty_state(title, [told, every], [_("xianjie backup --output FOLDER_ON_ANOTHER_DISK --keep 14")]),
        "warn",
    )


def backup_facts(found: Standing, _: Translator) -> list[Fact]:
    """Return the key figures of the newest backup."""
    last = found.backup
    if last is None or found.backup_age is None:
        return []
    return [
        (_("Last backup"), _("{age} ago", age=age(found.backup_age, _)), stamp(last.at)),
        (_("Size"), megabytes(last.bytes, _), _("{n} rows", n=f"{last.rows:,}")),
        (_("Where"), element("small", last.file), ""),
    ]


def deployment_facts(found: Standing, load: Load, slug: str, _: Translator) -> list[Fact]:
    """Return the key figures of program, database and process."""
    kinds = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    batches, newest = found.counties[slug]
    since = _("since {at}", at=stamp(load.started)) if load.started else ""
    return [
        (_("Release"), found.version, _("schema {revision}", revision=found.revision)),
        (_("Database"), kinds.get(found.database, found.database), megabytes(found.bytes, _)),
        (_("Free on the disk"), megabytes(found.free, _), element("span", found.home)),
        (_("Browsers connected"), load.sessions, since),
        (_("Memory"), megabytes(load.memory, _) if load.memory else formats.NOTHING, _("of this process")),
        (_("Batches of this county"), batches, stamp(newest) if newest else ""),
    ]


def slowest(load: Load, titles: Mapping[str, str], _: Translator) -> Markup:
    """Return the pages, slowest first."""
    columns: list[Column[Page]] = [
        Column(_("Page"), lambda page: titles.get(page.name, page.name), "nm"),
        Column(_("Runs"), lambda page: f"{page.runs:,}", "num"),
        Column(_("Half within"), lambda page: _seconds(page.median, _), "num"),
        Column(_("95 of 100 within"), lambda page: _seconds(page.slow, _), "num"),
    ]
    return table(columns, load.pages, css="slim")


def _seconds(value: float | None, _: Translator) -> str:
    return _("over 30 s") if value is None else _("{n} s", n=f"{value:g}")


def events(load: Load, _: Translator) -> Markup:
    """Return what was stored, refused and went wrong, counted."""
    stored = [(_(_ACTIONS[name]), n) for name, n in load.changes.items() if name in _ACTIONS]
    refused = [(_("Requests refused ({status})", status=status), n) for status, n in load.refused.items()]
    errors = [(_(_WHERE[name]), n) for name, n in load.errors.items() if name in _WHERE]
    rows = [*stored, *refused, *errors]
    if not rows:
        return element("p", _("Nothing was stored, refused or went wrong since the start."), "quiet")
    columns: list[Column[tuple[str, int]]] = [
        Column(_("What"), lambda row: row[0], "nm"),
        Column(_("How often"), lambda row: f"{row[1]:,}", "num"),
    ]
    told = _("Faults have a number on the page and in the server's log.") if errors else ""
    return join([table(columns, rows, css="slim"), element("p", told, "quiet") if told else ""])
