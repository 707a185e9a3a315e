"""A file held against what a county has stored: by the command line at once, by a page's worker from a source."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import pandas as pd

from data import derive, preview
from data.access import Access, current, using
from data.intake import Checked, sheets
from data.intake.against import Stored, against, carried, kept
from data.intake.corrections import NOTHING, Corrections
from data.intake.numbering import as_stored
from data.intake.older import Earlier, newer_kept
from data.intake.posts import posts_kept
from data.parts import Parts
from data.preview import Placed
from data.registry import County
from data.store import Store, open_store
from data.tables import tables


@dataclass(frozen=True)
class Beside:
    """What a file is held against: rows that count now, and the states they went through."""

    now: Stored
    earlier: Earlier

    def __call__(self, table: str, columns: tuple[str, ...]) -> pd.DataFrame:
        """Return some columns of the rows of an upload table that count now."""
        return self.now(table, columns)


def stored(store: Store, county: County) -> Beside:
    """Return what reads the rows of a county that a file is held against."""
    return Beside(lambda table, columns: store.rows(county.code, table, only=columns), _earlier(store, county))


def _earlier(store: Store, county: County) -> Earlier:
    return lambda table: derive.states(store, county.code, table)


def held_against(checked: Checked, beside: Beside, said: Corrections = NOTHING) -> Checked:
    """Return what was understood of a file, held against what is stored.

    `said` is what its sender says of it.
    """

    def held(one: Checked) -> Checked:
        one = as_stored(one, beside) if one.ok else one
        if one.ok and one.layout and one.layout.own_items:
            one = replace(one, frame=carried(one, beside))
        elif one.ok and one.table and tables()[one.table].events:
            one = posts_kept(replace(one, frame=kept(one, beside)), beside)
            one = newer_kept(one, beside, beside.earlier, said)
        return against(one, beside)

    return sheets.each(checked, held)


# ---- in another process ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """Where a county's rows are and whose access holds: all that another process needs to read them."""

    county: County
    url: str
    guarded: bool
    access: Access | None

    @classmethod
    def of(cls, store: Store, county: County) -> "Source":
        """Return the source that reads what `store` would read here and now."""
        return cls(county, store.url, store.guarded, current.get())

    @contextmanager
    def rows(self) -> Iterator["Rows"]:
        """Read within the block, as whoever the access is of."""
        with using(self.access) if self.access else nullcontext():
            yield Rows(self, _opened(self.url, self.guarded))


@dataclass(frozen=True)
class Rows:
    """A county's rows as they are stored, remembered by the process until their table changes; never to be shown."""

    source: Source
    store: Store

    @property
    def beside(self) -> Beside:
        """What a file is held against."""
        return Beside(self.columns, _earlier(self.store, self.source.county))

    def version(self, table: str) -> int:
        """Return the version at which a table last changed."""
        return self.store.version(self.source.county.code, table)

    def columns(self, table: str, columns: tuple[str, ...]) -> pd.DataFrame:
        """Return some columns of the rows of a table that count now."""
        code, at = self.source.county.code, self.version(table)
        return _READ.get(self._key(table, *columns), lambda: self.store.rows(code, table, at, only=columns), at)

    def placed(self, table: str) -> Placed:
        """Return the rows of a table that count now, with their places and months."""
        code, at = self.source.county.code, self.version(table)
        return _READ.get(self._key(table), lambda: preview.placed(table, self.store.rows(code, table, at), code), at)

    def _key(self, *what: str) -> tuple[object, ...]:
        code = self.source.county.code
        # Before what is remembered as before what is read: who asks must be allowed to.
        self.store.need(code, "upload")
        return self.source.url, code, self.store.own_rows(code, what[0]), *what


@lru_cache(maxsize=1)
def _opened(url: str, guarded: bool) -> Store:  # noqa: FBT001 - as `Source` has it
    return open_store(url, read_only=True, guarded=guarded)


_READ: Final = Parts(16)
