"""Places that a ranking leaves out, named by the reason."""

from collections.abc import Mapping

import pandas as pd

from data.language import Translator
from data.shown import WITHHELD


def unranked_words(rows: pd.DataFrame, names: Mapping[str, str], _: Translator) -> list[str]:
    """Return a line for each reason why places are not ranked: silent, nothing to count, or not to be shown.

    Parameters
    ----------
    rows : progress of the places without a rank: region, status and `empty`.
    names : what places are called, by code.
    """
    rows = rows.loc[rows["status"] != "no_target"]
    covered = rows["status"] == WITHHELD
    empty = rows["empty"] & ~covered

    def told(kind: "pd.Series[bool]") -> dict[str, object]:
        return {"n": int(kind.sum()), "names": _(", ").join(names[code] for code in rows.loc[kind, "region"])}

    lines = [
        (~covered & ~empty, _("Not reported, not ranked ({n}): {names}", **told(~covered & ~empty))),
        (empty, _("Nothing to count ({n}): {names}", **told(empty))),
        (covered, _("Not shown as they tell of under five, not ranked ({n}): {names}", **told(covered))),
    ]
    return [line for kind, line in lines if kind.any()]
