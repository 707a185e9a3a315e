"""How a deployment stands: release, schema, sizes, the newest backup; and what its running server tells of itself."""

import datetime as dt
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from data.backup.beside import LAST
from data.home import home
from data.store import Store
from data.store.schema import REVISION

# Names of what a server counts.
SESSIONS = "xianjie_sessions"
RERUNS = "xianjie_rerun_seconds"
CHANGES = "xianjie_changes"
REFUSED = "xianjie_refused"
ERRORS = "xianjie_errors"
BACKUP = "xianjie_last_backup_timestamp_seconds"

DAYS = "XIANJIE_BACKUP_DAYS"
# A nightly backup is made some minutes later or earlier than the one before.
_GRACE = dt.timedelta(hours=2)


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that was made of this home: where it is, how large, of when."""

    file: str
    bytes: int
    at: dt.datetime
    rows: int

    @property
    def there(self) -> bool:
        """Whether the file is still where it was written."""
        return Path(self.file).is_file()


@dataclass(frozen=True)
class Page:
    """How a page does: how often its script ran, and within how many seconds half, and 95 of 100 runs, were done.

    None stands for longer than the server distinguishes.
    """

    name: str
    runs: int
    median: float | None
    slow: float | None


@dataclass(frozen=True)
class Load:
    """What a running server tells of itself since its start."""

    started: dt.datetime | None
    memory: int | None
    sessions: int
    pages: tuple[Page, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """How a deployment stands.

    Attributes
    ----------
    version, revision
        Of the program, and of its schema.
    database, bytes
        Kind and size of the database.
    home, free
        The folder of the deployment, and the bytes that are free on its disk.
    counties
        By slug: how many batches, and when the newest came.
    backup
        The newest backup; None if none was made.
    overdue
        Whether there ought to be a newer one (`XIANJIE_BACKUP_DAYS`), or it is not there any more.
    """

    version: str
    revision: str
    database: str
    bytes: int
    home: str
    free: int
    counties: Mapping[str, tuple[int, dt.datetime | None]]
    backup: LastBackup | None
    backup_age: dt.timedelta | None
    overdue: bool


def last_backup(folder: Path | None = None) -> LastBackup | None:
    """Return the newest backup of a home, None if none was made or the note of it cannot be read."""
    try:
        told = json.loads(((folder or home()) / LAST).read_text("utf-8"))
        return LastBackup(told["file"], told["bytes"], dt.datetime.fromisoformat(told["at"]), told["rows"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def days_between() -> float:
    """Return after how many days a backup is too old; a day if `XIANJIE_BACKUP_DAYS` says nothing."""
    try:
        return max(float(os.environ.get(DAYS) or 1), 0)
    except ValueError:
        return 1


def overdue(last: LastBackup | None, now: dt.datetime) -> bool:
    """Whether there ought to be a newer backup."""
    return last is None or not last.there or now - last.at > dt.timedelta(days=days_between()) + _GRACE


def standing(store: Store, counties: Mapping[str, str], now: dt.datetime | None = None) -> Standing:
    """Return how the deployment stands.

    Parameters
    ----------
    counties : codes by slug.
    now : the moment a backup's age is told at.
    """
    now, folder, last = now or dt.datetime.now(dt.UTC), home(), last_backup()
    found = {}
    for slug, code in counties.items():
        batches = store.batches(code)
        found[slug] = (len(batches), batches[0].at if batches else None)
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return Standing(
        version=version("xianjie"),
        revision=REVISION,
        database=store.database,
        bytes=store.size(next(iter(counties.values()))),
        home=str(folder),
        free=shutil.disk_usage(there).free,
        counties=found,
        backup=last,
        backup_age=None if last is None else now - last.at,
        overdue=overdue(last, now),
    )


# ---- what a server tells ---------------------------------------------------------------------------------------------


def load_of(text: str) -> Load:
    """Read what a server exposes at `/metrics`; pages are slowest first."""
    families = {family.name: family.samples for family in text_string_to_metric_families(text)}

    def one(name: str) -> float | None:
        return next((sample.value for sample in families.get(name, ()) if sample.name == name), None)

    def counts(name: str) -> dict[str, int]:
        samples = [s for s in families.get(name, ()) if s.name == f"{name}_total"]
        return {" ".join(s.labels.values()): int(s.value) for s in samples}

    started, memory = one("process_start_time_seconds"), one("process_resident_memory_bytes")
    return Load(
        started=None if started is None else dt.datetime.fromtimestamp(started, dt.UTC),
        memory=None if memory is None else int(memory),
        sessions=int(one(SESSIONS) or 0),
        pages=tuple(_pages(families.get(RERUNS, ()))),
        changes=counts(CHANGES),
        refused=counts(REFUSED),
        errors=counts(ERRORS),
    )


def _pages(samples: Sequence[Any]) -> list[Page]:
    runs: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for sample in samples:
        if sample.name == f"{RERUNS}_bucket":
            runs[sample.labels["page"]].append((float(sample.labels["le"]), sample.value))
    pages = [
        Page(name, int(max(n for _, n in found)), _within(found, 0.5), _within(found, 0.95))
        for name, found in runs.items()
    ]
    return sorted(pages, key=lambda p: (-(p.slow or float("inf")), -(p.median or float("inf")), p.name))


def _within(found: Sequence[tuple[float, float]], share: float) -> float | None:
    """Return within which of the times counted a share of the runs was done."""
    found = sorted(found)
    wanted = share * found[-1][1]
    seconds = next(upper for upper, n in found if n >= wanted)
    return None if seconds == float("inf") else seconds


def as_json(found: Standing, load: Load | None) -> dict[str, Any]:
    """Return both for programs."""
    last = found.backup
    return {
        "version": found.version,
        "schema": found.revision,
        "database": {"kind": found.database, "bytes": found.bytes},
        "home": found.home,
        "disk_free_bytes": found.free,
        "counties": {
            slug: {"batches": n, "newest": at.isoformat() if at else None} for slug, (n, at) in found.counties.items()
        },
        "backup": None
        if last is None or found.backup_age is None
        else {"file": last.file, "bytes": last.bytes, "at": last.at.isoformat(), "there": last.there,
              "age_hours": round(found.backup_age.total_seconds() / 3600, 1)},
        "backup_overdue": found.overdue,
        "server": None
        if load is None
        else {
            "started": load.started.isoformat() if load.started else None,
            "memory_bytes": load.memory,
            "sessions": load.sessions,
            "pages": [{"page": p.name, "runs": p.runs, "p50_s": p.median, "p95_s": p.slow} for p in load.pages],
            "changes": dict(load.changes),
            "refused": dict(load.refused),
            "errors": dict(load.errors),
        },
    }  # fmt: skip
