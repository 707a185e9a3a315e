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
# One step for writing the files, one per table, one for the measures.
STEPS = len(tables()) + 2


class NotEmptyError(Exception):
    """The county holds data already; sample data would mix with it."""


def load(store: Store, county: County, advance: Callable[[], object] = lambda: None) -> None:
    """Import one county's sample files and derive its measures once.

    Raises
    ------
    NotEmptyError
        The county holds batches already.
    """
    if any(b.active for b in store.batches(county.code)):
        raise NotEmptyError(f"{county.name_zh} ({county.slug}) holds data already; the sample data was not loaded")
    with tempfile.TemporaryDirectory() as folder:
        files = write_sample(county.slug, Path(folder))
        advance()
        for file in files:
            raw = file.path.read_bytes()
            checked = check_file(raw, file.path.name, county.code, file.table)
            if not checked.ok:
                raise ValueError("; ".join([str(checked.refusal), *checked.messages("en", 5)]))
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
            advance()
    derive.derive(store, county)
    advance()
