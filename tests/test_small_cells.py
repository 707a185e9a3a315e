"""No count under five can be worked out from what is shown beside it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.small_cells import SMALLEST_CELL, Sum, withheld

COUNTS = st.integers(0, 9)


def tree(towns: list[list[int]]) -> tuple[np.ndarray, list[Sum]]:
    """Return a county's count, its townships' and their villages', with the sums between them."""
    counts, sums = [sum(map(sum, towns))], []
    heads = []
    for villages in towns:
        heads.append(len(counts))
        counts += [sum(villages), *villages]
        sums.append(Sum(heads[-1], range(heads[-1] + 1, heads[-1] + 1 + len(villages))))
    return np.array(counts, dtype=float), [Sum(0, heads), *sums]


def solutions(counts: np.ndarray, sums: list[Sum], hidden: np.ndarray, least: int, most: int) -> list[np.ndarray]:
    """Return every way to fill in what is hidden that agrees with what is shown; leaves up to `most`."""
    totals = [s.total for s in sums]
    leaves = [i for i in np.flatnonzero(hidden) if i not in totals]
    found = []
    for values in product(range(least, most + 1), repeat=len(leaves)):
        filled = counts.copy()
        filled[leaves] = values
        for s in reversed(sums):
            total = filled[list(s.parts)].sum()
            if hidden[s.total]:
                filled[s.total] = total
            elif total != filled[s.total]:
                break
        else:
            if (filled[hidden] >= least).all():
                found.append(filled)
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_small_count_of_villages_and_townships_can_be_told(towns: list[list[int]]) -> None:
    counts, sums = tree(towns)
    hidden = withheld(counts, sums, zeros=True)
    small = (counts > 0) & (counts < SMALLEST_CELL)
    assert (hidden | ~small).all()
    assert not hidden[counts == 0].any()
    if not small.any():
        assert not hidden.any()
        return
    leaves = sum(1 for i in np.flatnonzero(hidden) if i not in {s.total for s in sums})
    if leaves > 5:  # more than can be tried one by one: what is hidden still has to be in company
        assert hidden.sum() > 1
        return
    every = solutions(counts, sums, hidden, least=1, most=9)
    assert any((one == counts).all() for one in every)
    for cell in np.flatnonzero(small):
        values = {one[cell] for one in every}
        assert len(values) > 1
        assert max(values) >= SMALLEST_CELL


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_small_count_of_a_table_follows_from_its_sums(rows: list[list[int]]) -> None:
    table = np.array(rows, dtype=float)
    high, wide = table.shape
    counts = np.concatenate([table.ravel(), table.sum(axis=1), table.sum(axis=0), [table.sum()]])
    at = np.arange(high * wide).reshape(high, wide)
    row, column = high * wide + np.arange(high), high * wide + high + np.arange(wide)
    every = len(counts) - 1
    sums = [Sum(int(row[i]), at[i]) for i in range(high)] + [Sum(int(column[j]), at[:, j]) for j in range(wide)]
    sums += [Sum(every, row), Sum(every, column)]
    hidden = withheld(counts, sums, zeros=False)
    small = (counts > 0) & (counts < SMALLEST_CELL)
    assert (hidden | ~small).all()
    # One unknown in a sum is told by it, whichever sum that is.
    for s in sums:
        unknown = [c for c in (*s.parts, s.total) if hidden[c]]
        assert not (len(unknown) == 1 and small[unknown[0]])
        rest = counts[s.total] - sum(counts[c] for c in s.parts if not hidden[c])
        if not hidden[s.total] and any(small[c] for c in unknown):
            assert rest >= SMALLEST_CELL


@pytest.mark.parametrize(
    ("villages", "shown"),
    [
        ([20, 30, 3], [30]),  # the smallest other one covers it
        ([20, 30, 0], [20, 30, 0]),  # nothing is small: nobody is there, or nobody has it
        ([9, 3, 3], [9]),  # two cover each other: six in all, one to five each
        ([9, 2, 3], []),  # five in all would be one to four each
    ],
)
def test_what_is_withheld_of_a_township(villages: list[int], shown: list[int]) -> None:
    counts, sums = tree([villages, [40, 50]])
    hidden = withheld(counts, sums, zeros=True)
    assert [int(n) for n, h in zip(counts[2:5], hidden[2:5], strict=True) if not h] == shown
    assert not hidden[:2].any()


def test_a_county_of_one_small_count_is_withheld_itself() -> None:
    counts, sums = tree([[0, 3], [0, 0]])
    assert withheld(counts, sums, zeros=True).tolist() == [True, True, False, True, False, False, False]


def test_what_is_left_over_of_a_share_is_covered_too() -> None:
    """Of 60 households 57 have a plan: three have none."""
    counts = np.array([60.0, 57.0, 3.0])
    hidden = withheld(counts, [Sum(0, (1, 2))], never_shown=np.array([False, False, True]), zeros=False)
    assert hidden.tolist() == [False, True, True]
