"""Counts of people that are too small to be shown, and those withheld with them so that nobody can work them out. Pure.

A cell under five is withheld (primary suppression); where the totals beside it would tell it all the same, so is the
smallest other cell of the sum, or the total itself (complementary suppression: A. Hundepool et al., *Statistical
Disclosure Control*, Wiley 2012, chapter 4; *Handbook on Statistical Disclosure Control*, ESSnet 2010, section 4.2). A
cell is told if its bounds, as anybody can work them out from what is shown, meet or stay under five.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SMALLEST_CELL = 5

Bools = np.ndarray[Any, Any]
Floats = np.ndarray[Any, Any]

_ROUNDS = 60


@dataclass(frozen=True)
class Sum:
    """A total and its parts, by their positions among the cells; what the parts leave of it is taken to be known."""

    total: int
    parts: Sequence[int]


def withheld(
    counts: Floats, sums: Sequence[Sum], *, never_shown: Bools | None = None, kept: Bools | None = None, zeros: bool
) -> Bools:
    """Return which counts are not to be shown.

    Parameters
    ----------
    counts : of people or households, none blank.
    sums : all sums over them that somebody could form from what is shown beside each other.
    never_shown : counts that stand nowhere but could be worked out (of all households those without a plan).
    kept : counts that stand elsewhere too: they are never small nor withheld to cover another.
    zeros : whether zeros are shown as such. Then a withheld count is known to be one at least.
    """
    hidden_cells = np.zeros(len(counts), dtype=bool) if never_shown is None else never_shown
    fixed = np.zeros(len(counts), dtype=bool) if kept is None else kept
    small = (counts > 0) & (counts < SMALLEST_CELL) & ~fixed
    hidden: Bools = small | hidden_cells | ((counts == 0) & ~fixed & (not zeros))
    if not small.any():
        return hidden
    system = _System(counts, sums)
    least = np.where(hidden_cells | (not zeros), 0.0, 1.0)
    while (told := small & hidden & system.told(hidden, least)).any():
        covered: set[int] = set()
        before = hidden.sum()
        for cell in np.flatnonzero(told):
            system.cover(int(cell), hidden, fixed, covered)
        if hidden.sum() == before:  # what is kept elsewhere tells it: no more can be done here
            break
    return hidden


class _System:
    """The sums as equations: parts less total = a constant."""

    def __init__(self, counts: Floats, sums: Sequence[Sum]) -> None:
        self.counts = counts
        self.equation = np.repeat(np.arange(len(sums)), [len(s.parts) + 1 for s in sums])
        self.cell = np.array([cell for s in sums for cell in (*s.parts, s.total)], dtype=int)
        self.sign = np.array([sign for s in sums for sign in (*[1.0] * len(s.parts), -1.0)])
        self.size = len(sums)
        self.constant = np.bincount(self.equation, self.sign * counts[self.cell], minlength=self.size)
        self.of_cell: list[list[int]] = [[] for _ in counts]
        self.cells: list[list[int]] = [[] for _ in sums]
        self.total = [s.total for s in sums]
        for equation, cell in zip(self.equation.tolist(), self.cell.tolist(), strict=True):
            self.of_cell[cell].append(equation)
            self.cells[equation].append(cell)

    def bounds(self, hidden: Bools, least: Floats) -> tuple[Floats, Floats]:
        """Return between which numbers each count lies, for all that is shown: exact where the sums form a tree."""
        low, high = np.where(hidden, least, self.counts), np.where(hidden, np.inf, self.counts)
        plus = self.sign > 0
        for _round in range(_ROUNDS):
            a = np.where(plus, low[self.cell], -high[self.cell])
            b = np.where(plus, high[self.cell], -low[self.cell])
            up, down = self.constant[self.equation] - self._others(a), self.constant[self.equation] - self._others(b)
            new_low, new_high = low.copy(), high.copy()
            np.maximum.at(new_low, self.cell, np.where(plus, down, -up))
            np.minimum.at(new_high, self.cell, np.where(plus, up, -down))
            if np.array_equal(new_low, low) and np.array_equal(new_high, high):
                break
            low, high = new_low, new_high
        return low, high

    def _others(self, values: Floats) -> Floats:
        """Return for each term the sum of the other terms of its equation; infinite where one of those is."""
        infinite = np.isinf(values)
        finite = np.where(infinite, 0.0, values)
        total = np.bincount(self.equation, finite, minlength=self.size)[self.equation] - finite
        many = np.bincount(self.equation, infinite, minlength=self.size)[self.equation] - infinite
        # Lower bounds are infinite below, upper ones above; never both.
        endless = -np.inf if (values == -np.inf).any() else np.inf
        result: Floats = np.where(many > 0, endless, total)
        return result

    def told(self, hidden: Bools, least: Floats) -> Bools:
        """Return which counts can be told to be under five, or exactly, from those not hidden."""
        low, high = self.bounds(hidden, least)
        told: Bools = (high < SMALLEST_CELL) | (low == high)
        return told

    def cover(self, cell: int, hidden: Bools, fixed: Bools, covered: set[int]) -> None:
        """Hide the smallest count shown in a sum with a cell: a part before the total, the nearest first."""
        seen: set[int] = set()
        frontier = set(self.of_cell[cell])
        while frontier:
            if frontier & covered:
                return  # something was hidden there already in this round
            seen |= frontier
            found = [
                (other == self.total[e], self.counts[other], other, e)
                for e in frontier
                for other in self.cells[e]
                if not hidden[other] and not fixed[other] and self.counts[other] > 0
            ]
            if found:
                _is_total, _count, other, equation = min(found)
                covered.add(equation)
                self._hide(other, hidden, fixed)
                return
            beyond = {other for e in frontier for other in self.cells[e] if hidden[other]}
            frontier = {e for other in beyond for e in self.of_cell[other]} - seen

    def _hide(self, cell: int, hidden: Bools, fixed: Bools) -> None:
        """Hide a count, and one of its parts if all of them are shown: they would tell it."""
        hidden[cell] = True
        for e in self.of_cell[cell]:
            if self.total[e] != cell or any(hidden[o] and o != cell for o in self.cells[e]):
                continue
            parts = [(self.counts[o], o) for o in self.cells[e] if self.counts[o] > 0 and o != cell and not fixed[o]]
            if parts:
                self._hide(min(parts)[1], hidden, fixed)
