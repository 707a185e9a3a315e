"""A county's own boundaries: uploaded in place of schematic cells, and what became of their shapes."""

from collections.abc import Sequence
from dataclasses import asdict

from data.language import Translator
from data.registry import County
from data.store import Batch, Document, Store
from data.store.store import BOUNDARIES
from data.upload import Actor, stored_already
from data.upload_words import UploadError
from geo.boundaries import BoundaryError, MatchReport, prepare
from geo.partial import complete
from geo.regions import regions

NAMED = 10
"""Places named one by one in a report; of more, only their number is told."""


def replace_boundaries(
    store: Store, county: County, raw: bytes, file_name: str, actor: Actor, note: str = "", *, again: bool = False
) -> tuple[Batch, MatchReport]:
    """Replace schematic cells by the county's own boundaries; villages that the file lacks keep the shape they had.

    Raises
    ------
    UploadError
        The file cannot be used, is another county's, or is what the map shows already.
    StoreError
        The store refused.
    """
    before = store.boundaries(county.code)
    seen = store.seen(county.code, raw, BOUNDARIES)
    if seen is not None and not again and _drawn(before, seen):
        raise stored_already(seen)
    try:
        prepared = prepare(raw, regions(county.code))
    except BoundaryError as error:
        raise UploadError(error.text, **error.values) from error
    shapes = complete(prepared.boundaries, county.code, before.body if before else None)
    report = prepared.report
    batch = store.put_boundaries(
        county.code,
        shapes.to_json(),
        report=asdict(report),
        raw=raw,
        file_name=file_name,
        actor=actor.name,
        note=note,
        verified=actor.verified,
    )
    return batch, report


def _drawn(now: Document | None, batch: Batch) -> bool:
    """Whether a boundary batch is what counts; an earlier file may come back."""
    return now is not None and now.batch_id == batch.batch_id


def match_text(report: MatchReport, county: County, _: Translator) -> str:
    """Return what became of the shapes of a boundary file in the translator's language, one finding a line."""
    frame = regions(county.code)
    names = dict(zip(frame["code"], frame["short_name"], strict=True))

    def place(code: str) -> str:
        return f"{names[code]} {code}"

    found = _("{n} shapes: {m} villages with an outline, {k} with a point", n=report.features, m=report.polygons,
              k=report.points)  # fmt: skip
    how = _("{n} shapes matched by code, {m} by name", n=report.by_code, m=report.by_name)
    left = [
        _("shape {n} left out: {place}: {reason}", n=u.number, place=u.name or u.code or "?", reason=_(u.reason))
        for u in report.unmatched
    ]
    renamed = [_("{place}: the file calls it {name}", place=place(c), name=name) for c, name in report.renamed.items()]
    recoded = [
        _("shape {n}: its code belongs elsewhere, taken by name as {place}", n=n, place=place(code))
        for n, code in report.recoded.items()
    ]
    moved = [
        _("{place}: area changed by {change:.1f} % by repairing overlaps and gaps", place=place(code), change=change)
        for code, change in report.area_changes.items()
    ]
    lines = [found, how]
    for findings in (left, renamed, recoded, moved):
        lines += _first(findings, _)
    if report.missing:
        told = _(", ").join(_first([place(code) for code in report.missing], _))
        lines.append(_("{n} villages without a shape keep the one they had: {places}", n=len(report.missing),
                       places=told))  # fmt: skip
    return "\n".join(lines)


def _first(texts: Sequence[str], _: Translator) -> list[str]:
    more = len(texts) - NAMED
    return [*texts[:NAMED], *([_("and {n} more", n=more)] if more > 0 else [])]
