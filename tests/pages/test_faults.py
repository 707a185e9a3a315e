"""Whatever goes wrong while a page is drawn: the viewer reads words, never a traceback."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from support.pages import texts

from data import loaders
from data.language import translator
from data.store import UnavailableError

FAULT, AWAY = "This page could not be shown", "The data cannot be reached"


def failing(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("broken", "error", "told"),
    [
        ("is_sample", UnavailableError("no answer"), AWAY),  # in the frame
        ("is_sample", KeyError("nonsense"), FAULT),
        ("for_indicator", ValueError("nonsense"), FAULT),  # in the part of a page that also reruns by itself
        ("for_indicator", UnavailableError("no answer"), AWAY),
        ("summary", ValueError("nonsense"), FAULT),  # in the field of a page
    ],
)
def test_a_fault_is_told_in_words(
    on_sample: Any, monkeypatch: Any, broken: str, error: Exception, told: str, lang: str
):
    loaders._parts.clear()  # what other tests built
    monkeypatch.setattr(loaders, broken, failing(error))
    page = on_sample("mouding", "funds", lang=lang)
    assert not page.exception
    shown = " ".join(texts(page))
    assert translator(lang)(told) in shown
    assert "Traceback" not in shown
    assert "nonsense" not in shown
