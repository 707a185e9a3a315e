"""What moved since a meeting: each row once, under the first heading that holds."""

import pandas as pd
import pytest

from data.movement import moved


@pytest.mark.parametrize(
    ("before", "now", "group"),
    [
        ("on_schedule", "behind", "red"),
        ("no_data", "far_behind", "red"),
        ("not_due", "overdue", "red"),
        ("far_behind", "done", "done"),
        ("no_data", "done", "done"),
        ("no_data", "on_schedule", "reported"),
        ("no_data", "nothing", "reported"),
        ("behind", "far_behind", "down"),
        ("done", "slightly_behind", "down"),
        ("far_behind", "behind", "up"),
        ("overdue", "on_schedule", "up"),
        ("not_due", "on_schedule", "other"),
        ("on_schedule", "no_data", "other"),
    ],
)
def test_a_change_has_one_heading(before: str, now: str, group: str) -> None:
    rows = pd.DataFrame({"indicator": ["x"], "status": [now], "status_before": [before]})
    assert list(moved(rows)) == [group]


def test_what_stayed_or_was_not_there_is_left_out_and_groups_keep_their_order() -> None:
    rows = pd.DataFrame(
        [
            ("up", "behind", "far_behind"),
            ("same", "behind", "behind"),
            ("new", "behind", None),
            ("red", "behind", "done"),
            ("red too", "overdue", "done"),
        ],
        columns=["indicator", "status", "status_before"],
    )
    found = moved(rows)
    assert {group: list(part["indicator"]) for group, part in found.items()} == {
        "red": ["red", "red too"],
        "up": ["up"],
    }
    assert list(found) == ["red", "up"]
