"""How a deployment stands, in words of the command line and the status page."""

import datetime as dt

from data.language import Translator
from data.operation import Load, Standing, days_between
from data.past import stamp


def age(of: dt.timedelta, _: Translator) -> str:
    """Return an age as people say it."""
    hours = max(of.total_seconds(), 0) / 3600
    if hours < 1:
        return _("{n} minutes", n=round(hours * 60))
    return _("{n} hours", n=round(hours)) if hours < 48 else _("{n} days", n=round(hours / 24))


def megabytes(n: float, _: Translator) -> str:
    """Return a size as people say it."""
    return _("{n} GB", n=f"{n / 1e9:.1f}") if n >= 1e9 else _("{n} MB", n=f"{n / 1e6:.1f}")


def told(found: Standing, load: Load | None, _: Translator) -> list[str]:
    """Return the lines of `xianjie status`."""
    lines = [
        _("Release {version}, schema {revision}", version=found.version, revision=found.revision),
        _("Database: {kind}, {size}; {free} free on the disk of {home}", kind=found.database,
          size=megabytes(found.bytes, _), free=megabytes(found.free, _), home=found.home),
    ]  # fmt: skip
    for slug, (n, at) in found.counties.items():
        newest = _("newest of {at}", at=stamp(at)) if at else _("no data")
        lines.append(_("  {county}: {n} batches, {newest}", county=slug, n=n, newest=newest))
    lines.append(backup_line(found, _))
    if load is None:
        lines.append(_("No server answers at this address."))
        return lines
    since = stamp(load.started) if load.started else "?"
    lines.append(_("Server: running since {at}, {n} browsers connected, {size} memory", at=since, n=load.sessions,
                   size=megabytes(load.memory or 0, _)))  # fmt: skip
    for page in load.pages[:5]:
        slow = _("over 30 s") if page.slow is None else _("{n} s", n=f"{page.slow:g}")
        lines.append(_("  {page}: {n} runs, 95 of 100 within {slow}", page=page.name, n=page.runs, slow=slow))
    lines += [_("  faults, {where}: {n}", where=where, n=n) for where, n in load.errors.items()]
    return lines


def backup_line(found: Standing, _: Translator) -> str:
    """Return how old the newest backup is, and whether that is too old."""
    last = found.backup
    if last is None or found.backup_age is None:
        return _("WARNING: no backup of this deployment was ever made. Make one: xianjie backup")
    told = {"at": stamp(last.at), "age": age(found.backup_age, _), "file": last.file}
    if not last.there:
        return _("WARNING: the last backup, {file}, is no more where it was written.", **told)
    if found.overdue:
        return _("WARNING: the last backup is {age} old ({at}, {file}); there should be one every {n} days.",
                 n=f"{days_between():g}", **told)  # fmt: skip
    return _("Last backup: {age} ago ({at}), {file}", **told)
