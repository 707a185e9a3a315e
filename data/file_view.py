"""What a page shows of a checked file before anything is stored: made once, and what it shows first by the worker."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar

import pandas as pd

from data import preview
from data.beside import Rows, Source, held_against
from data.covering import covered
from data.extent import Extent, Share, shares
from data.grid import Grid, grid
from data.intake import Checked, apart
from data.intake.corrections import Corrections, Remembered
from data.intake.model import Book, Question
from data.lanes import aside, lane
from data.preview import Comparison, Measure, Placed, Staying
from data.quick_look import Figure, Look, Totals
from data.registry import County
from data.store import Scope

T = TypeVar("T")
Stored = Callable[[], Placed]
"""Returns the stored rows of the file's table: read only if something is made of them."""


@dataclass
class FileView:
    """What was understood of a file, with what was made of it for a page.

    Attributes
    ----------
    checked
        The whole result, `shown` the one for eyes: values covered that could tell who somebody is.
    made
        What was made of it, by name and what it depends on. The whole view is made anew once stored rows of the file's
        townships change; where rows of all townships are to be replaced, their version `at` is a part of the name.
    """

    checked: Checked
    shown: Checked
    county: County
    made: dict[Hashable, Any] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the rows with their places: as large as the file, and hardly asked for once all this is made."""
        return {name: value for name, value in self.__dict__.items() if name != "placed"}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is made of the file under this key, made at the first call."""
        if key not in self.made:
            with lane("files"):
                self.made[key] = make()
        found: T = self.made[key]
        return found

    def unfound(self) -> tuple[Question, ...]:
        """Return the places that a look at a table of its own kind did not find, to be asked for."""
        return self.once("unfound", lambda: self.look.questions)

    # ---- the file by itself ------------------------------------------------------------------------------------------

    @cached_property
    def placed(self) -> Placed:
        """The rows without errors, with their places and months."""
        with lane("files"):
            return preview.placed(self.checked.table or "", preview.without_errors(self.checked), self.county.code)

    @cached_property
    def look(self) -> Look:
        """A table of its own kind, to be looked at."""
        return Look(self.checked, self.county.code)

    @property
    def grid(self) -> Grid | None:
        """The rows that show what the file is."""
        return self.once("grid", lambda: grid(self.checked))

    @property
    def wrong_rows(self) -> int:
        """How many rows of the file have an error, and are not, or not whole, in any figure."""
        every = Counter(self.checked.frame.index)
        return self.once("wrong rows", lambda: len(every - Counter(self.placed.frame.index)))

    @property
    def drawn(self) -> int:
        """How many rows can be drawn: those without errors."""
        return self.once("drawn", lambda: len(self.placed.frame))

    @property
    def months(self) -> list[str]:
        """The months of the rows, in order; none of a running list."""
        return self.once("months", lambda: self.placed.months)

    @property
    def townships(self) -> set[str]:
        """The townships the rows belong to."""
        return self.once("townships", lambda: set(self.placed.frame["_township"]))

    @property
    def villages(self) -> int:
        """How many villages the rows belong to."""
        return self.once("villages", lambda: int(self.placed.frame["_village"].nunique()))

    @property
    def measures(self) -> list[Measure]:
        """What can be looked at in the file, the most telling first."""
        return self.once(
            "measures", lambda: preview.measures(self.checked.table or "", self.checked.frame, self.county)
        )

    def series(self, by: str, measure: Measure, month: str | None = None) -> dict[str, float]:
        """Return the measure by `_village`, `_township` or `_month`, in one month of the file or of all rows."""

        def made() -> dict[str, float]:
            rows = self.placed.of(measure)
            if month:
                rows = rows.within(self.townships, {month})
            return {str(k): float(v) for k, v in rows.totals(by, measure).items()}

        return self.once(("series", by, measure.id, month), made)

    def totals(self, figure: Figure, by: str, moment: str) -> Totals:
        """Return a figure of a table of its own kind by place or words."""
        return self.once(("totals", figure.id, by, moment), lambda: self.look.totals(figure, by, moment))

    def listing(self, lang: str) -> pd.DataFrame:
        """Return the problems in one language, errors first."""
        order = {"error": 0, "warning": 1, "repair": 2}

        def made() -> pd.DataFrame:
            found = self.shown.listing(lang)
            return found.sort_values("severity", key=lambda s: s.map(order), kind="stable")

        return self.once(("listing", lang), made)

    # ---- what of it is taken -----------------------------------------------------------------------------------------

    def scope(self, extent: Extent) -> Scope:
        """Return the months and townships for which the rows that are taken speak."""
        return self.once(("scope", extent), lambda: extent.scope(self.placed))

    def left_out(self, extent: Extent) -> int:
        """Return how many rows are not taken."""
        return self.once(("left out", extent), lambda: int((~extent.kept(self.placed)).sum()))

    # ---- beside what is stored ---------------------------------------------------------------------------------------

    def comparison(self, stored: Stored, at: int, extent: Extent) -> Comparison:
        """Return how the rows that are taken meet the stored ones."""
        scope = self.scope(extent) if extent.stored_mode == "replace" else None
        return self.once(
            ("comparison", _of_all(extent, at), extent),
            lambda: preview.compare(stored(), extent.of(self.placed), scope),
        )

    def staying(self, stored: Stored, extent: Extent) -> Staying:
        """Return the stored rows that the file lacks and that stay as they are, as it is merged by key."""
        return self.once(
            ("staying", extent),
            lambda: preview.staying(stored(), extent.of(self.placed), self.scope(extent)),
        )

    def shares(self, stored: Stored, at: int, extent: Extent) -> list[Share]:
        """Return what each month of each township that is replaced has stored and in the file."""
        return self.once(("shares", _of_all(extent, at), extent), lambda: shares(stored(), self.placed, extent))

    def stored_months(self, stored: Stored, measure: Measure) -> "pd.Series[float]":
        """Return the measure by month as stored for the file's townships."""

        def made() -> "pd.Series[float]":
            return stored().of(measure).beside(self.placed).totals("_month", measure)

        return self.once(("stored months", measure.id), made)

    # ---- what is seen first ------------------------------------------------------------------------------------------

    def ready(self, rows: Rows, lang: str) -> None:
        """Make what a page shows of it before anybody has chosen anything."""
        self.listing(lang)
        if self.checked.refusal:
            return
        _ = self.grid
        if self.checked.generic:
            self._ready_to_look()
            return
        _ = self.wrong_rows, self.villages
        if not self.drawn:
            return
        table = self.checked.table or ""
        stored, at = partial(rows.placed, table), rows.version(table)
        measure, newest = self.measures[0], self.months[-1] if len(self.months) > 1 else None
        for by in ("_village", "_township"):
            self.series(by, measure, newest)
        if self.months:
            self.series("_month", measure)
            self.stored_months(stored, measure)
        if self.checked.ok:
            extent = Extent.of_file(self.checked)
            self.scope(Extent("merge"))
            self.left_out(extent)
            self.comparison(stored, at, extent)
            self.shares(stored, at, extent)
            if extent.stored_mode == "merge":
                self.staying(stored, extent)

    def _ready_to_look(self) -> None:
        look = self.look
        if look.frame.empty:
            return
        self.unfound()
        if by := next(iter([*look.levels, *look.labels]), None):
            self.totals(look.figures[0], by, look.periods[-1] if look.periods else "")


def _of_all(extent: Extent, at: int) -> int:
    """Return the version of the table where rows of other townships than the file's are replaced too."""
    return at if extent.mode == "period" else 0


def look(
    source: Source,
    raw: bytes,
    file_name: str,
    book: Book | None = None,
    *,
    table: str | None = None,
    newest: dt.date | None = None,
    period: str | None = None,
    said: Corrections,
    remembered: Remembered,
    lang: str,
) -> tuple[Book | None, FileView]:
    """Check a file as `data.upload.check` does, for a page: by the worker, beside a server's viewers.

    Returns
    -------
    book
        The file as read, to be checked again and again without being read anew; None if it cannot be read.
    """
    with aside("files"):
        return apart.look(
            raw, file_name, book, partial(_viewed, source, said, lang), county_code=source.county.code, table=table,
            newest=newest, period=period, said=said, remembered=remembered,
        )  # fmt: skip


def _viewed(source: Source, said: Corrections, lang: str, checked: Checked) -> FileView:
    if checked.refusal:
        return FileView(checked, covered(checked), source.county)
    with source.rows() as rows:
        checked = held_against(checked, rows.beside, said)
        view = FileView(checked, covered(checked), source.county)
        view.ready(rows, lang)
    return view
