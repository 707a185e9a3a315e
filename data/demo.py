"""Load the marked sample data through the same checks and the same store as any upload."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from data import derive
from data.intake import check_file
from data.registry import County
from data.sample import write_sample
from data.store import Store, Submission
from data.tables import tables
from data.upload import SAMPLE_MARK

ACTOR = "示例数据 demo"
# Shares of the time a county takes: writing the files, importing them, computing.
WRITING, IMPORTING, COMPUTING = 20, 60, 20
STEPS = WRITING + IMPORTING + COMPUTING


class NotEmptyError(Exception):
    """The county holds data already; sample data would mix with it."""


def load(store: Store, county: County, advance: Callable[[int], object] = lambda _: None) -> dict[str, str | int]:
    """Import one county's sample files and derive its measures once.

    Parameters
    ----------
    advance
        Called with how many of the county's `STEPS` were done since the last call.

    Returns
    -------
    dict
        county, rows, batches, version.

    Raises
    ------
    NotEmptyError
        The county holds batches already.
    StoreError
        The store refused.
    """
    if any(b.active and b.table in tables() for b in store.batches(county.code)):
        raise NotEmptyError(
            f"{county.name_zh} ({county.slug}) 已有数据，未导入示例数据。"
            f" It holds data already; the sample data was not loaded."
        )
    rows = 0
    with tempfile.TemporaryDirectory() as folder:
        files = write_sample(county.slug, Path(folder))
        advance(WRITING)
        sizes = [file.path.stat().st_size for file in files]
        done = 0
        for file, size in zip(files, sizes, strict=True):
            raw = file.path.read_bytes()
            checked = check_file(raw, file.path.name, county.code, file.table)
            if not checked.ok:
                raise ValueError("; ".join([str(checked.refusal or ""), *checked.messages("en", 5)]))
            store.commit(
                Submission(
                    county.code,
                    file.table,
                    checked.frame.reset_index(drop=True),
                    raw,
                    file.path.name,
                    ACTOR,
                    file.note,
                    sample=SAMPLE_MARK in file.path.name,
                )
            )
            rows += len(checked.frame)
            before, done = done, done + size
            advance(IMPORTING * done // sum(sizes) - IMPORTING * before // sum(sizes))
    derive.derive(store, county)
    advance(COMPUTING)
    return {"county": county.slug, "rows": rows, "batches": len(files), "version": store.version(county.code)}
