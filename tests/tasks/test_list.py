"""The list of tasks on the page."""

from types import SimpleNamespace

import pytest

from components import task_view
from data.plan import load_plan


def test_the_list_is_filtered_by_the_state_as_it_is_when_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reruns by itself, long after the filters, and what is made then is kept for everybody."""
    plan, given = load_plan("banan-2023"), []
    now = {task.id: SimpleNamespace(status="done") for task in plan.tasks}
    monkeypatch.setattr(task_view, "state_of", lambda _ctx: now)
    wanted = task_view.Wanted(lambda _task, state: given.append(state) is None, None, ())
    found = task_view._listed(SimpleNamespace(plan=plan, as_of=None), wanted)  # type: ignore[arg-type]
    assert len(found) == len(plan.tasks)
    assert all(state is now for state in given)
