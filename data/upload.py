"""From a checked file to figures: commit, derive, undo. What pages and the command line do alike."""

from dataclasses import asdict, dataclass

from data import derive
from data.intake import Checked, check_file
from data.registry import County
from data.store import Batch, Scope, Store, StoreError, Submission
from data.store.model import NONE, Mode
from data.tables import empty, tables
from geo.boundaries import BoundaryError, MatchReport, prepare
from geo.regions import normalise_code, regions

SAMPLE_MARK = "示例数据"


class UploadError(Exception):
    """An upload was refused; the message says why and what to do."""


@dataclass(frozen=True)
class Actor:
    """Who does something, and whether anything vouches for it."""

    name: str
    verified: bool = False


def check(county: County, raw: bytes, file_name: str, table: str | None = None) -> Checked:
    """Check a file for a county; nothing is stored."""
    return check_file(raw, file_name, county.code, table)


def commit(
    store: Store,
    county: County,
    checked: Checked,
    raw: bytes,
    actor: Actor,
    *,
    note: str = "",
    mode: str | None = None,
    again: bool = False,
) -> Batch:
    """Commit a checked file whole and derive what it changes.

    Parameters
    ----------
    mode
        `replace` or `merge`; None = the table's own.
    again
        Commit even though the same file is active already.

    Raises
    ------
    UploadError
        The file has errors, has no rows, is active already, or the mode is unknown.
    StoreError
        The store refused.
    """
    if not checked.ok or checked.table is None:
        raise UploadError(f"{checked.file_name} has errors; nothing was stored")
    if checked.frame.empty:
        raise UploadError(f"{checked.file_name} has no rows; use a nil return (零报告) if there is nothing to report")
    if mode not in {None, "replace", "merge"}:
        raise UploadError(f"unknown mode '{mode}': replace or merge")
    seen = store.seen(county.code, raw, checked.table)
    if seen is not None and not again:
        raise UploadError(f"this file is imported already: {seen.describe()}; undo that batch to import it anew")
    batch = store.commit(
        Submission(
            county.code,
            checked.table,
            checked.frame.reset_index(drop=True),
            raw,
            checked.file_name,
            actor.name,
            note,
            _mode(mode),
            sample=SAMPLE_MARK in checked.file_name,
            verified=actor.verified,
        )
    )
    derive.after(store, county, batch)
    return batch


def _mode(text: str | None) -> Mode | None:
    return "replace" if text == "replace" else "merge" if text == "merge" else None


def nil_return(
    store: Store,
    county: County,
    table: str,
    periods: list[str],
    townships: list[str],
    actor: Actor,
    note: str = "",
) -> Batch:
    """Commit a 零报告: nothing to report for a table in these months and townships (all of the county if none).

    Raises
    ------
    UploadError
        A dated table without months, or an unknown township.
    """
    spec = tables()[table]
    if spec.dated and not periods:
        raise UploadError(f"{table} is reported by month: say which, for example --period 2023-09")
    placed = any(name in spec.names for name in ("village_code", "geo_code"))
    scope = Scope(
        table,
        tuple(periods) if spec.dated else (NONE,),
        _townships(county, townships) if placed else (NONE,),
    )
    batch = store.commit(
        Submission(
            county.code,
            table,
            empty(table),
            b"",
            "",
            actor.name,
            note,
            "replace",
            scope,
            action="nil",
            verified=actor.verified,
        )
    )
    derive.after(store, county, batch)
    return batch


def _townships(county: County, chosen: list[str]) -> tuple[str, ...]:
    known = regions(county.code)
    towns = known.loc[known["level"] == "township"]
    if not chosen:
        return (county.code + "000", *towns["code"].str[:9])
    found = []
    for text in chosen:
        code = normalise_code(text)
        match = towns.loc[(towns["code"] == code) | (towns["name"] == text), "code"]
        if match.empty:
            raise UploadError(f"no township '{text}' in {county.name_zh}")
        found.append(match.iloc[0][:9])
    return tuple(found)


def boundaries(
    store: Store, county: County, raw: bytes, file_name: str, actor: Actor, note: str = ""
) -> tuple[Batch, str]:
    """Replace the county's schematic cells by its own boundaries; return the batch and what did not match."""
    try:
        prepared = prepare(raw, regions(county.code))
    except BoundaryError as error:
        raise UploadError(str(error)) from error
    report = prepared.report
    batch = store.put_boundaries(
        county.code,
        prepared.boundaries.to_json(),
        report=asdict(report),
        raw=raw,
        file_name=file_name,
        actor=actor.name,
        note=note,
        verified=actor.verified,
    )
    return batch, match_text(report)


def match_text(report: MatchReport) -> str:
    """Return what became of the shapes of a boundary file, one finding a line."""
    moved = report.area_changes
    found = f"{report.polygons} villages with an outline, {report.points} with a point"
    lines = [
        f"{report.features} shapes: {found} ({report.by_code} matched by code, {report.by_name} by name)",
        *(f"shape {u.number} left out: {u.name or u.code or '?'}: {u.reason}" for u in report.unmatched),
        *(f"{code}: the file calls it {name}" for code, name in report.renamed.items()),
        *(f"shape {n}: its code belongs elsewhere, taken by name as {code}" for n, code in report.recoded.items()),
        *(f"{code}: area changed by {change:.1f} % by repairing overlaps and gaps" for code, change in moved.items()),
    ]
    if report.missing:
        lines.append(f"{len(report.missing)} villages without a shape: {', '.join(report.missing)}")
    return "\n".join(lines)


def undo(store: Store, county: County, batch_id: int, actor: Actor, note: str = "") -> Batch:
    """Take back a batch and derive what that changes."""
    batch = store.undo(county.code, batch_id, actor.name, note, verified=actor.verified)
    if batch.table in tables():
        derive.after(store, county, batch)
    return batch


__all__ = ["Actor", "StoreError", "UploadError", "boundaries", "check", "commit", "nil_return", "undo"]
