"""The rows of the table of funds that count: a place gives its money by tier, or one total of all tiers."""

import numpy as np
import pandas as pd

TOTAL = "all"
"""The tier that is the total of the others."""


def counted(rows: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return which rows count where the tiers of a place and fund are added up: its tiers or its total, not both.

    The newer of the two counts, and the total where both are of one date: it is complete, its tiers may not be.

    Parameters
    ----------
    rows
        geo_code, fund, tier, as_of; of one state of the table, older rows of the same things may be among them.
    """
    total = rows["tier"].eq(TOTAL)

    def newest(of: "pd.Series[bool]") -> "pd.Series[pd.Timestamp]":
        return rows["as_of"].where(of).groupby([rows["geo_code"], rows["fund"]], dropna=False).transform("max")

    if not total.any():
        return np.ones(len(rows), dtype=bool)
    whole, tiers = newest(total), newest(~total)
    return np.asarray(total == (whole.notna() & ~(tiers > whole)), dtype=bool)
