"""How the tests are shared out among processes."""

import pytest
from support.scheduling import FIRST, SHARED_OUT, Scheduling
from support.server import ROOT


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        ("tests/test_plan.py::test_one[a]", "tests/test_plan.py"),
        ("tests/browser/test_journeys.py::test_one[zh::en]", "tests/browser/test_journeys.py::test_one"),
    ],
)
def test_a_file_stays_together_unless_it_is_long(test, unit):
    assert Scheduling._split_scope(Scheduling.__new__(Scheduling), test) == unit


def test_what_is_shared_out_or_begun_first_is_there():
    assert all((ROOT / file).is_file() for file in (*SHARED_OUT, *FIRST))
