"""Whatever goes wrong while a page is drawn: the viewer reads words, never a traceback."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from support.pages import texts

from data import loaders
from data.language import translator
from data.store import DiskFullError, NewerDataError, UnavailableError

pytestmark = pytest.mark.faulty
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


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DiskFullError(), "There is no room on the server's disk"),
        (NewerDataError("9999", "1"), "The program is older than its data"),
    ],
)
def test_a_full_disk_and_an_older_program_are_told_with_their_number(
    on_sample: Any, monkeypatch: Any, caplog: Any, error: Exception, told: str
):
    monkeypatch.setattr(loaders, "is_sample", failing(error))
    page = on_sample("mouding", "funds", lang="en")
    shown = " ".join(texts(page))
    assert told in shown
    numbers = [r.fields["number"] for r in caplog.records if getattr(r, "event", "") == "error"]
    assert numbers
    assert f"Number in the log: {numbers[-1]}" in shown


@pytest.mark.postgres
def test_a_page_says_that_its_database_is_away_and_comes_back_by_itself(on_nothing: Any, monkeypatch: Any):
    from support import postgres

    with postgres.running() as server:
        monkeypatch.setenv("XIANJIE_DATABASE_URL", server.create())
        page = on_nothing("banan", "upload", lang="en")
        assert AWAY not in " ".join(texts(page))
        server.stop()
        page.run()
        assert not page.exception
        assert AWAY in " ".join(texts(page))
        server.start()
        page.run()
        assert not page.exception
        assert AWAY not in " ".join(texts(page))
        loaders.store().close()
