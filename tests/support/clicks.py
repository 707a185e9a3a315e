"""A second click while the first one's work is done, as a browser sends it: the same state of all widgets once more."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx


def click_meanwhile(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[int]:
    """Let a second click come just after the first call of a function that stores; return how often it was called."""
    real: Callable[..., Any] = getattr(module, name)
    calls: list[int] = []

    def stored(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        calls.append(1)
        ctx = get_script_run_ctx()
        assert ctx is not None
        assert ctx.script_requests is not None
        if len(calls) == 1:
            states = WidgetStates(widgets=ctx.session_state.get_widget_states())
            again = RerunData(ctx.query_string, states, ctx.page_script_hash)
            ctx.script_requests.request_rerun(again)
        return found

    monkeypatch.setattr(module, name, stored)
    return calls
