"""What people are told of uploads: refusals, batches named, why a batch does not count."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise

from data.access import DeniedError, current
from data.language import N_, Translator
from data.preview import Staying
from data.registry import County
from data.store import BANDS, TARGETS, Batch, MemberRefusedError, SnapshotRefusedError
from data.store.members import LONGEST_ID
from data.store.model import (
    BatchesInTheWayError,
    DiskFullError,
    KeyTakenError,
    NewerDataError,
    ReadOnlyError,
    UnavailableError,
)
from data.store.snapshots import LONGEST_NAME
from data.store.store import BOUNDARIES
from data.tables import NONE, Table, tables
from data.wording import language
from geo.regions import regions

# Of the places whose rows stay so many are named.
_STAYING = 12
# Months and townships of a batch likewise.
_SCOPE = 6
_CODE = 12
ACTIONS = {"import": N_("Import"), "edit": N_("Edit"), "nil": N_("Nil return"), "undo": N_("Undo")}
COMMAND_LINE = N_("command line")
"""Who acts where a command does not say."""
_OTHERS = {BOUNDARIES: N_("Boundaries"), TARGETS: N_("Revised target"), BANDS: N_("Status bands")}
_FILELESS = {"nil": N_("nil return, no file"), "edit": N_("entered on a page, no file"), "undo": N_("no file")}


SNAPSHOTS = {
    "no_name": N_("Give the meeting a name of at most {n} characters."),
    "taken": N_("There is a snapshot of this name and date already; give another name, or remove that one first."),
    "no_version": N_("The data have no such version."),
    "unknown": N_("There is no snapshot of this number."),
    "removed": N_("This snapshot was removed already."),
}


MEMBERS = {
    "no_id": N_("A member needs an account of at most {n} characters, as the sign-in or the gateway names it."),
    "no_role": N_("There is no such role to be given."),
    "no_township": N_("A township clerk needs at least one township; other roles are given for the whole county."),
    "no_such_township": N_("This is no township of the county."),
    "own": N_("Nobody changes their own roles: another administrator does, or the operator by command."),
    "unknown": N_("There is no such member."),
}


class UploadError(Exception):
    """An upload was refused; the message says why and what to do.

    Parameters
    ----------
    text
        In English, marked for the catalogue where it has a Chinese form.
    values
        What it names; a county or a table is named in the reader's language.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.text, self.values = text, values
        super().__init__(text.format(**_named(values, "en")) if values else text)


def _named(values: dict[str, object], lang: str) -> dict[str, object]:
    return {key: v.name(lang) if isinstance(v, County | Table) else v for key, v in values.items()}


def refusal(error: Exception, _: Translator) -> str:
    """Return why the store or an upload refused, in the translator's language; batches in the way are named."""
    if isinstance(error, UploadError):
        return _(error.text, **_named(error.values, language(_)))
    if isinstance(error, SnapshotRefusedError):
        return _(SNAPSHOTS[error.why], n=LONGEST_NAME)
    if isinstance(error, MemberRefusedError):
        return _(MEMBERS[error.why], n=LONGEST_ID)
    if isinstance(error, DeniedError):
        return denied(error, _)
    if isinstance(error, ReadOnlyError):
        return _("This deployment is read-only: nothing can be imported or undone here.")
    if isinstance(error, BatchesInTheWayError):
        batches = "; ".join(described(batch, _) for batch in error.batches)
        if isinstance(error, KeyTakenError):
            return _("Refused, nothing was changed. Rows with the same numbers count already for another place; "
                     "correct the numbers, or undo: {batches}", batches=batches)  # fmt: skip
        return _("Refused, nothing was changed. In the way: {batches}", batches=batches)
    if isinstance(error, DiskFullError):
        return _("The disk of the server's database is full: nothing was stored, and nothing stored before is lost. "
                 "Tell whoever looks after the server to make room, then do it again.")  # fmt: skip
    if isinstance(error, NewerDataError):
        return _("The data were written by a newer release of this program (schema {found}; this one knows {known}), "
                 "so it leaves them alone. Install the newer release again, or restore a backup of before the upgrade "
                 "into an empty place.", found=error.found, known=error.known)  # fmt: skip
    if isinstance(error, UnavailableError):
        return _("The store cannot be opened or reached, or is busy; nothing was changed. Try again in a moment; if it "
                 "stays so, whoever looks after the server needs the reason: {reason}", reason=str(error))  # fmt: skip
    return _("The store refused, nothing was changed: {reason}", reason=str(error))


def denied(error: DeniedError, _: Translator) -> str:
    """Return what whoever is at the door may not do, and where they may, if their role is for some townships."""
    now, what = current.get(), error.words(language(_))
    own = now.reach.get(error.action) if now else None
    if not own:
        return _("Your roles in this county do not include this: {what}. Its administrators give roles.", what=what)
    mine = _named_few([_place(code) for code in sorted(own)], _SCOPE, _)
    if not error.townships:
        return _("You may do this for your townships only, not for the whole county: {what}. Yours: {places}.",
                 what=what, places=mine)  # fmt: skip
    others = _named_few([_place(code) for code in error.townships if code not in own], _SCOPE, _)
    return _("You may do this for {places} only: {what}. It would also change {others}.", what=what, places=mine,
             others=others)  # fmt: skip


def _place(code: str) -> str:
    known = regions(code[:6])
    names = known.loc[known["code"] == code, "name"]
    return code if names.empty else str(names.iloc[0])


def came_as(batch: Batch, _: Translator) -> str:
    """Return the name of a batch's file; of a batch without one, how it came."""
    return batch.file_name or _(_FILELESS.get(batch.action, _FILELESS["undo"]))


def described(batch: Batch, _: Translator) -> str:
    """Return one line naming a batch: number, table, file, who."""
    name = table_name(batch.table, _)
    return " · ".join([_("batch {n}", n=batch.number), name, came_as(batch, _), acted(batch.actor, _)])


def acted(name: str, _: Translator) -> str:
    """Return who did something as people read it; the command line names itself where nobody was named."""
    return _(COMMAND_LINE) if name == COMMAND_LINE else name


def signed(name: str, _: Translator, *, verified: bool) -> str:
    """Return who did something, with a word where nothing vouches for it."""
    name = acted(name, _)
    return name if verified or not name else f"{name} ({_('unverified')})"


def table_name(table_id: str, _: Translator) -> str:
    """Return the name of a table, or of what else a batch can be about."""
    return tables()[table_id].name(language(_)) if table_id in tables() else _(_OTHERS[table_id])


def superseded(batches: Iterable[Batch], _: Translator) -> dict[int, str]:
    """Return, by id, in words why a batch does not count: undone, an undo itself, or boundaries replaced by later.

    Parameters
    ----------
    batches : all of a county's; an undo of the later boundaries brings the earlier ones back.
    """
    batches = list(batches)
    counted = sorted((b for b in batches if b.table == BOUNDARIES and b.active), key=lambda b: b.batch_id)
    later = {one.batch_id: after.number for one, after in pairwise(counted)}
    told = {}
    for batch in batches:
        if batch.undoes:
            told[batch.batch_id] = _("undoes {n}", n=batch.undoes_number)
        elif batch.undone_by:
            told[batch.batch_id] = _("undone by {n}", n=batch.undone_by_number)
        elif batch.batch_id in later:
            told[batch.batch_id] = _("replaced by {n}", n=later[batch.batch_id])
    return told


def staying(found: Staying, table: Table, county: County, _: Translator) -> list[str]:
    """Return what a merge by key leaves as it is: the villages a file lacks by name, what to do if they should end."""
    told = []
    if found.rows:
        known = regions(county.code)
        names = dict(zip(known["code"], known["short_name"], strict=True))
        towns = {code: names.get(parent, "") for code, parent in zip(known["code"], known["parent"], strict=True)}
        levels = dict(zip(known["code"], known["level"], strict=True))
        named = []
        for code, n in found.places.items():
            town = f"{towns[code]} " if levels.get(code) == "village" else ""
            named.append(f"{town}{names.get(code, code)}" + (f" ({n})" if n > 1 else ""))
        where = _named_few(named, _STAYING, _)
        said = (
            N_("{n} villages are stored and not in the file; they stay as they are: {places}.")
            if table.key == ("village_code",)
            else N_("{n} stored rows are not in the file; they stay as they are: {places}.")
        )
        told.append(_(said, n=f"{found.rows:,}", places=where))
        # What is old in a running list goes on unless a row of its own says that it is over.
        if not table.events:
            told.append(_("If they should end, choose “Replace these townships only”."))
    if found.elsewhere and not table.dated:
        said = N_("{n} rows stored for townships that the file does not name stay as well.")
        told.append(_(said, n=f"{found.elsewhere:,}"))
    return told


def undone(batch: Batch, county: County, _: Translator) -> list[str]:
    """Return what taking back a batch does: what stops counting, and what stands again.

    Of a nil return it is the word that there is nothing, and the rows that ended by it.
    """
    back = f"{batch.removed + batch.changed:,}"
    if batch.action == "nil":
        what = scope_named(batch, county, _)
        told = [_("The word that there is nothing to report is taken back: {what}.", what=what)]
        if batch.removed:
            told.append(_("The {n} rows that ended by it count again, and so do the figures made of them.", n=back))
        else:
            told.append(_("No row ended by it, so none comes back: these months and townships stand again as before "
                          "it, with carried-over figures or as not reported."))  # fmt: skip
    elif batch.removed + batch.changed:
        told = [_("Its {n} rows stop counting; the {m} rows that they replaced or ended count again.",
                  n=f"{batch.rows:,}", m=back)]  # fmt: skip
    else:
        told = [_("Its {n} rows stop counting. It replaced nothing, so no row comes back.", n=f"{batch.rows:,}")]
    return [*told, _("The undo is kept in the history.")]


def scope_named(batch: Batch, county: County, _: Translator) -> str:
    """Return table, months and townships of a batch in words."""
    scope = batch.scope
    where = places_named([code for code in scope.townships if code != NONE], county.code, _, most=_SCOPE)
    when = _named_few([month for month in scope.periods if month != NONE], _SCOPE, _)
    return " · ".join(filter(None, [table_name(batch.table, _), when, where]))


def places_named(codes: Sequence[str], county_code: str, _: Translator, *, most: int | None = None) -> str:
    """Return the names of places of a county; that they are all of it, where every township is among them.

    Parameters
    ----------
    codes : of twelve digits, or the first nine of a township's.
    most : so many are named; None = each of them.
    """
    known = regions(county_code)
    names = dict(zip(known["code"], known["short_name"], strict=True))
    whole = [code.ljust(_CODE, "0") for code in codes]
    if set(known.loc[known["level"] == "township", "code"]) <= set(whole):
        return _("all of the county")
    return _named_few([names.get(code, code) for code in whole], most or len(whole), _)


def _named_few(names: Sequence[str], most: int, _: Translator) -> str:
    rest = len(names) - most
    return _(", ").join(names[:most]) + (_(" and {n} more", n=rest) if rest > 0 else "")


def moves(newer: dt.date, newest: dt.date, _: Translator, anew: Sequence[str] = ()) -> str:
    """Return what a new newest date means to the whole county, whoever's file brings it.

    Parameters
    ----------
    anew : names of the indicators that are counted anew from it on, and have a figure now.
    """
    if (newer.year, newer.month) == (newest.year, newest.month):
        return _("Once stored, the county's newest data date changes from {then} to {now}.", then=newest, now=newer)
    told = _("This is the first file of {month}: once stored, the county's newest data date changes from {then} to "
             "{now}. Whoever has not reported for {month} yet keeps the last figures, marked as carried over.",
             month=f"{newer:%Y-%m}", then=newest, now=newer)  # fmt: skip
    if not anew:
        return told
    but = _("But {n} indicators that are counted anew each month or half-year keep none; until their data come they "
            "are not reported: {names}.", n=len(anew), names=_(", ").join(anew))  # fmt: skip
    return f"{told} {but}"
