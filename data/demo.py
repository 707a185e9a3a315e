"""Load the marked sample data through the same checks and the same store as any upload."""

import tempfile
from collections.abc import Callable
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path

from data import derive, upload
from data.intake import check_file
from data.registry import County, counties
from data.sample import sample_counties, write_sample
from data.store import Batch, Store
from data.tables import tables

ACTOR = "示例数据 demo"
# Shares of the time a county takes: writing the files, importing them, computing.
WRITING, IMPORTING, COMPUTING = 20, 60, 20
STEPS = WRITING + IMPORTING + COMPUTING


class NotEmptyError(Exception):
    """The county holds data already; sample data would mix with it."""


class NoSampleError(Exception):
    """There is no sample data for the county."""


class Held(Enum):
    """What a county's store holds."""

    NOTHING = auto()
    PART = auto()  # a load of the sample that was cut off
    SAMPLE = auto()
    OTHER = auto()


def held(store: Store, county: County) -> Held:
    """Return what counts in a county now."""
    batches = [b for b in store.batches(county.code) if b.table in tables()]
    counting = [b for b in batches if b.active]
    if not counting:
        return Held.NOTHING
    if not all(map(_ours, counting)):
        return Held.OTHER
    # A table of the sample that somebody undid is not missing. Files go in table by table, the last one in one file.
    return Held.SAMPLE if {b.table for b in batches if _ours(b)} == set(tables()) else Held.PART


def lacking(store: Store) -> list[County]:
    """Return the counties whose sample data are missing or incomplete; none once anybody did something of their own."""
    if store.read_only or not all(_ours(b) for county in counties() for b in store.batches(county.code)):
        return []
    return [county for county in with_sample() if held(store, county) in {Held.NOTHING, Held.PART}]


def with_sample() -> list[County]:
    """Return the counties there is sample data for."""
    return [county for county in counties() if county.slug in sample_counties()]


def _ours(batch: Batch) -> bool:
    return batch.sample and batch.actor == ACTOR


def load(store: Store, county: County, advance: Callable[[int], object] = lambda _: None) -> dict[str, str | int]:
    """Import one county's sample files and derive its measures once; go on where an earlier load was cut off.

    Parameters
    ----------
    advance
        Called with how many of the county's `STEPS` were done since the last call.

    Returns
    -------
    dict
        county, rows, batches, version; rows and batches that were added.

    Raises
    ------
    NoSampleError
        The project holds no sample data for the county.
    NotEmptyError
        The county holds other data, or all of the sample.
    StoreError
        The store refused.
    """
    if county not in with_sample():
        raise NoSampleError(
            f"{county.name_zh} ({county.slug}) 没有示例数据。 There is no sample data for it, "
            f"only for 仅有: {', '.join(sample_counties())}"
        )
    found = held(store, county)
    if found in {Held.OTHER, Held.SAMPLE}:
        raise NotEmptyError(
            f"{county.name_zh} ({county.slug}) 已有数据，未导入示例数据。"
            f" It holds data already; the sample data was not loaded."
        )
    stored = {b.sha256 for b in store.batches(county.code) if _ours(b)} if found is Held.PART else set()
    rows = added = done = 0
    with tempfile.TemporaryDirectory() as folder:
        files = write_sample(county.slug, Path(folder))
        advance(WRITING)
        sizes = [file.path.stat().st_size for file in files]
        for file, size in zip(files, sizes, strict=True):
            raw = file.path.read_bytes()
            if sha256(raw).hexdigest() not in stored:
                checked = check_file(raw, file.path.name, county.code, file.table)
                if not checked.ok:
                    raise ValueError("; ".join([str(checked.refusal or ""), *checked.messages("en", 5)]))
                store.commit(upload.submission(county, checked, raw, upload.Actor(ACTOR), note=file.note))
                rows, added = rows + len(checked.frame), added + 1
            before, done = done, done + size
            advance(IMPORTING * done // sum(sizes) - IMPORTING * before // sum(sizes))
    derive.derive(store, county)
    advance(COMPUTING)
    return {"county": county.slug, "rows": rows, "batches": added, "version": store.version(county.code)}
