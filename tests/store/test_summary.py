"""A county's summary: replaced plan by plan, never another county's, and refused when data moved meanwhile."""

import pandas as pd
import pytest
from support.uploads import COUNTY, commit, facts

from data.store import Store
from data.store.model import StaleError

OTHER = "990202"


def frame(value: float) -> pd.DataFrame:
    row = {"indicator": "one", "concept": "c", "as_of": pd.Timestamp(2023, 5, 31), "value": value, "numerator": 1.0}
    row |= {"denominator": 2.0, "target": 75.0, "start_value": float("nan"), "unit": "%", "comparator": ">="}
    row |= {"gap": -3.2, "completion": 50.0, "status": "slightly_behind", "reported": 7.0, "of": 9.0}
    return pd.DataFrame([row])


def test_a_plan_s_summary_is_replaced_and_no_other(store: Store) -> None:
    for county, plan in ((COUNTY, "a"), (COUNTY, "b"), (OTHER, "a")):
        store.write_summary(county, plan, frame(1.0))
    before = store.version(COUNTY)
    store.write_summary(COUNTY, "a", frame(2.0))
    found = store.summary(COUNTY).set_index("plan_id")
    assert found["value"].to_dict() == {"a": 2.0, "b": 1.0}
    assert (found.loc["a", "of"], pd.isna(found.loc["a", "start_value"])) == (9.0, True)
    assert store.summary(OTHER)["value"].tolist() == [1.0]
    store.write_summary(COUNTY, "a", pd.DataFrame())
    assert store.summary(COUNTY)["plan_id"].tolist() == ["b"]
    assert store.version(COUNTY) == before  # no page of the county rests on it


def test_a_summary_of_data_that_moved_meanwhile_is_refused(store: Store) -> None:
    commit(store, "facts", facts("2023-05"))
    version = store.data_version(COUNTY)
    commit(store, "facts", facts("2023-06"))
    with pytest.raises(StaleError):
        store.write_summary(COUNTY, "a", frame(1.0), data_version=version)
    assert store.summary(COUNTY).empty
