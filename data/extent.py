"""Which part of a table a file speaks for: chosen before the commit, told in full, and nothing outside it ends."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from data.intake import Checked
from data.language import N_
from data.preview import Placed
from data.store import Scope
from data.store.model import Mode
from geo.regions import regions

MODES = {
    "replace": N_("Replace these townships only"),
    "period": N_("Replace the whole period"),
    "merge": N_("Merge by key"),
}
"""How a file may meet what is stored, and what it is called."""


class Share(NamedTuple):
    """What a month of a township (nine digits) has: rows stored now, rows in the file."""

    month: str
    township: str
    stored: int
    rows: int


@dataclass(frozen=True)
class Extent:
    """What a commit is to replace.

    Attributes
    ----------
    mode
        `replace` ends what is stored of the file's months in the file's townships, `period` what is stored of its
        months in all of the county, `merge` only rows with the same key.
    months, townships
        Only rows of these are taken from the file (months `YYYY-MM`, townships of nine digits); None = all it has.
        Where the whole period is replaced, there is no choice of townships.
    items
        Only stored rows of these items end, where the file speaks for nothing else; None = of all.
    """

    mode: str
    months: frozenset[str] | None = None
    townships: frozenset[str] | None = None
    items: frozenset[str] | None = None

    @classmethod
    def of_file(
        cls,
        checked: Checked,
        mode: str | None = None,
        months: frozenset[str] | None = None,
        townships: frozenset[str] | None = None,
    ) -> "Extent":
        """Return what a file replaces, in the mode it asks for (`Checked.mode`) unless another is chosen."""
        return cls(mode or checked.mode, months, townships, frozenset(checked.items) or None)

    @property
    def stored_mode(self) -> Mode:
        """The mode in which the store takes it."""
        return "merge" if self.mode == "merge" else "replace"

    @property
    def words(self) -> str:
        """The choice as one word, the same for the same choice."""
        parts = (self.mode, sorted(self.months or ()), sorted(self.townships or ()))
        return "-".join(f"{part}" for part in parts)

    def kept(self, rows: Placed) -> "pd.Series[bool]":
        """Return which rows of a file are taken."""
        frame = rows.frame
        kept = pd.Series(data=True, index=frame.index)
        if self.months is not None and rows.table.dated:
            kept &= frame["_month"].isin(self.months)
        if self.townships is not None and self.mode != "period":
            kept &= rows.lying_in(self.townships)
        return kept

    def of(self, rows: Placed) -> Placed:
        """Return the rows of a file that are taken."""
        return replace(rows, frame=rows.frame.loc[self.kept(rows).to_numpy()])

    def scope(self, rows: Placed) -> Scope:
        """Return the months and townships for which the rows that are taken speak, as the store knows them."""
        found = self.of(rows).by_scope()
        months = {month for month, _ in found}
        codes = {township for _, township in found}
        if self.mode == "period":
            codes |= set(everywhere(rows.county_code))
        return Scope(rows.table.id, tuple(sorted(months)), tuple(sorted(codes)), tuple(sorted(self.items or ())))


def everywhere(county_code: str) -> tuple[str, ...]:
    """Return the county itself and its townships, nine digits each, as the store knows them."""
    known = regions(county_code)
    return f"{county_code}000", *known.loc[known["level"] == "township", "code"].str[:9]


def shares(stored: Placed, file: Placed, extent: Extent) -> list[Share]:
    """Return what each month of each township in the scope has, those first whose stored rows the file does not have.

    Pairs that neither the store nor the file has are left out.
    """
    scope = extent.scope(file)
    now, new = stored.of_items(scope.items).by_scope(), extent.of(file).by_scope()
    found = [Share(*pair, now[pair], new[pair]) for pair in {*now, *new} & scope.pairs()]
    return sorted(found, key=lambda s: (s.rows > 0, s.month, s.township))
