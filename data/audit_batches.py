"""What the log tells of batches beyond its entries: reasons older entries lack, and the county's figures. Pure.

Figures are computed after a batch is stored, so that its entry, which nobody can change, has the rows only.
"""

from collections.abc import Callable, Iterable, Sequence

from data.audit_words import noted
from data.history import Moved
from data.history_words import moved_words
from data.intake.identity import without_numbers
from data.language import Translator
from data.plan import Plan
from data.store import Batch, Entry
from data.tables import tables
from data.upload_words import ACTIONS

MOST = 100
"""Of so many batches, the newest, the figures are looked up for a file; each takes a few hundredths of a second."""


def told(
    entries: Iterable[Entry],
    batches: Sequence[Batch],
    plans: Sequence[Plan],
    moved: Callable[[Plan, Batch], Moved],
    _: Translator,
    most: int = MOST,
) -> dict[int, list[str]]:
    """Return what is told of batches by their number.

    Parameters
    ----------
    entries : of one county, newest first.
    batches, plans : all of the county's.
    moved : what became of a plan's figures by a batch, as `data.history.figures_moved`.
    most : of so many batches the figures are told.
    """
    by_number = {batch.number: batch for batch in batches}
    found: dict[int, list[str]] = {}
    for entry in entries:
        batch = by_number.get(entry.detail.get("batch", 0)) if entry.event in ACTIONS else None
        if batch is None:
            continue
        said = found.setdefault(batch.number, [])
        if batch.note.strip() and "note" not in entry.detail:
            said.append(noted(without_numbers(batch.note), _))
        if batch.table in tables() and most > 0:
            most -= 1
            said += [moved_words(moved(plan, batch), plan, _) for plan in plans]
    return found
