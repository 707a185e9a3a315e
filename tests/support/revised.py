"""A target revised in mid-year, worked by hand.

Of Banan's central fund 75 % are to be spent by 30 September, 50 % by 30 June: on 31 July 50 + 25/3 = 58.33 are due, on
31 August 50 + 50/3 = 66.67. From 1 August on 85 % are asked by the same day: 50 + 70/3 = 73.33 on 31 August. Spent are
60 by 31 July and 70 by 31 August: on schedule by the old target, 3.33 points behind by the new one.
"""

import datetime as dt

import pandas as pd

from data import targets, upload
from data.plan import load_plan
from data.registry import county
from data.store import Batch, Store, Submission
from data.tables import typed
from data.targets import Target, Why
from data.upload import Actor

BANAN = county("banan")
PLAN = load_plan("banan-2023")
FUND = "central_fund_expenditure"
JULY, AUGUST = dt.date(2023, 7, 31), dt.date(2023, 8, 31)
FROM = dt.date(2023, 8, 1)
WHY = Why("渝乡振发〔2023〕12号", "市级加码")
ACTOR = Actor("区乡村振兴局", verified=True)
STEPS = "2023-04-30 30\n2023-06-30 50\n2023-09-30 85"
DUE = dt.date(2023, 9, 30)
RAISED = Target(85, DUE, targets.milestones(STEPS))


def spend(store: Store) -> None:
    """Store what was spent by the end of July and of August, and compute it."""
    row = {"geo_code": "500113000000", "year": 2023, "tier": "central", "fund": "linkage", "received": 100.0}
    rows = [row | {"as_of": pd.Timestamp(day), "spent": spent} for day, spent in ((JULY, 60.0), (AUGUST, 70.0))]
    frame = typed("funds", pd.DataFrame(rows))
    batch = store.commit(Submission(BANAN.code, "funds", frame, b"", "funds.csv", "a tester", mode="replace"))
    upload.compute_after(store, BANAN, batch)


def raise_it(store: Store, target: Target = RAISED, day: dt.date = FROM) -> Batch:
    """Revise the target."""
    return targets.revise(store, BANAN, PLAN, FUND, day, target, WHY, ACTOR)
