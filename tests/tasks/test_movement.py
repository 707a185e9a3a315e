"""What moved of duties since a day: turns newly overdue and turns done, worked by hand."""

import datetime as dt

from data.tasks.movement import moved
from data.tasks.state import states
from tests.tasks.test_state import EVERYWHERE, done, of, records

SINCE, DAY = dt.date(2023, 2, 28), dt.date(2023, 3, 31)
ROWS = (
    done("2023-01-30", period="2023-01"),
    done("2023-03-02", period="2023-02"),
    {"period": "2023-03", "due_on": "2023-03-30"},
    done("2023-03-20", period="2023-04"),
)


def told(since: dt.date = SINCE, *, known_then: bool = True) -> dict[str, list[str | None]]:
    plan, rows = of("monthly"), records(*ROWS)
    now = states(plan, rows, EVERYWHERE, DAY)
    then = states(plan, rows, EVERYWHERE, since) if known_then else {}
    return {group: [one.turn.period.label for one in some] for group, some in moved(now, then, since).items()}


def test_turns_newly_overdue_and_done() -> None:
    # February was done on 2 March, late; March was due on the 30th; April is done early, January was done before.
    assert told() == {"overdue": ["2023-03"], "done": ["2023-02", "2023-04"]}


def test_against_the_same_day_nothing_moved() -> None:
    assert told(DAY) == {}


def test_where_no_work_was_recorded_then_the_due_days_say_what_was_overdue() -> None:
    # By 28 February the turn of January had passed unrecorded: it is done now. March fell due since.
    assert told(known_then=False) == {"overdue": ["2023-03"], "done": ["2023-01", "2023-02", "2023-04"]}
    plan = of("monthly")
    silent = states(plan, records(*ROWS).iloc[:1], EVERYWHERE, DAY)
    # February's day passed on the 28th: overdue on 1 March, so new against February's end, old against 1 March.
    since = {day: moved(silent, {}, day) for day in (SINCE, dt.date(2023, 3, 1))}
    found = {day.day: [one.turn.period.label for one in groups.get("overdue", ())] for day, groups in since.items()}
    assert found == {28: ["2023-02"], 1: []}
