"""While a county changes it is shown as it was; of what is new some runs make the pages before all see it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from time import sleep

import pytest

from data import lanes, showing
from data.showing import MANY, Showing, State


class Store:
    """Versions as a store has them."""

    def __init__(self) -> None:
        self.version, self.gone = 1, False

    def read(self) -> dict[str, int]:
        if self.gone:
            raise OSError("gone")
        return {"funds": self.version}


class Place:
    """A county that people look at, and its store."""

    def __init__(self) -> None:
        self.store, self.shown = Store(), Showing()

    def look(self, page: str = "funds", seen: int = 0) -> State:
        with self.shown.looking(page, seen, self.store.read) as state:
            return state

    def at(self, page: str = "funds", seen: int = 0) -> int:
        """Return the version a page is shown at."""
        versions = self.look(page, seen).versions
        assert versions is not None
        return versions["funds"]

    @contextmanager
    def ending(self) -> Iterator[Thread]:
        """Store something and go on as soon as it waits to be shown; it has been shown when the block has ended."""
        stored = Event()

        def change() -> None:
            with self.shown.changing(self.store.read):
                self.store.version += 1
            stored.set()

        waiting = Event()
        usual = self.shown._room.wait_for

        def wait_for(told, timeout=None):  # type: ignore[no-untyped-def]
            waiting.set()
            return usual(told, timeout)

        self.shown._room.wait_for = wait_for  # type: ignore[method-assign]
        thread = Thread(target=change)
        thread.start()
        assert waiting.wait(10)
        yield thread
        thread.join(10)
        assert stored.is_set()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    """A county; whoever waits for a page to be made waits for long."""
    monkeypatch.setattr(showing, "LONGEST", 30.0)
    return Place()


def looked_at(place: Place, *pages: str) -> None:
    for _ in range(MANY):
        for page in pages:
            place.look(page)


def test_what_is_being_stored_is_shown_to_nobody_until_it_is_done(place: Place) -> None:
    with place.shown.changing(place.store.read):
        place.store.version = 2
        assert place.at() == 1
        assert place.at("a page nobody has seen") == 1
    assert place.at() == 2
    assert place.shown._shown.versions is None


def test_what_somebody_begins_to_store_while_a_run_begins_is_not_half_shown(place: Place) -> None:
    with ExitStack() as storing:

        def read() -> dict[str, int]:
            if place.store.version == 1:
                storing.enter_context(place.shown.changing(place.store.read))
                place.store.version = 2
            return place.store.read()

        with place.shown.looking("funds", 0, read) as state:
            assert state.versions == {"funds": 1}
    assert place.at() == 2


def test_a_failed_change_leaves_nothing_behind(place: Place) -> None:
    with pytest.raises(ValueError, match="refused"), place.shown.changing(place.store.read):
        raise ValueError("refused")
    assert place.shown._shown.versions is None
    place.store.version = 2
    assert place.at() == 2


def test_a_store_that_cannot_be_asked_any_more_ends_the_change(place: Place) -> None:
    with pytest.raises(OSError, match="gone"), place.shown.changing(place.store.read):
        place.store.gone = True
    with pytest.raises(OSError, match="gone"), place.shown.changing(place.store.read):
        pass
    assert place.shown._shown.versions is None


def test_of_a_page_that_many_look_at_one_run_makes_the_new_state_before_all_see_it(place: Place) -> None:
    looked_at(place, "funds")
    with place.ending() as change:
        with place.shown.looking("funds", 0, place.store.read) as makes:
            assert makes.versions == {"funds": 2}
            assert place.at() == 1  # others of the page
            assert place.at("another page") == 1
            assert place.at(seen=makes.number) == 2  # nobody goes back
            assert change.is_alive()
        change.join(10)
        assert place.at() == 2
    assert place.shown._shown.versions is None


def test_every_page_that_many_look_at_is_made(place: Place) -> None:
    looked_at(place, "funds", "overview")
    with place.ending() as change:
        place.look("overview")
        assert change.is_alive()
        assert place.at("overview") == 1  # made, and shown with the others
        place.look("funds")


def test_pages_are_made_one_after_the_other(place: Place) -> None:
    looked_at(place, "funds", "overview")
    with place.ending():
        with place.shown.looking("funds", 0, place.store.read) as makes:
            assert makes.versions == {"funds": 2}
            assert place.at("overview") == 1  # its turn comes
        with place.shown.looking("overview", 0, place.store.read) as makes:
            assert makes.versions == {"funds": 2}
            assert place.at("funds") == 1
    assert place.at("funds") == place.at("overview") == 2


def test_who_makes_a_page_keeps_none_of_the_few_places_of_those_who_are_shown_it_as_it_was(place: Place) -> None:
    looked_at(place, "funds")
    drawn = Event()

    def others() -> None:
        with ExitStack() as all_at_once:
            for _ in range(lanes.BESIDE):
                assert lanes.LOOKING._room.acquire(timeout=0)
                all_at_once.callback(lanes.LOOKING._room.release)
            drawn.set()

    with place.ending(), lanes.LOOKING.drawing(), place.shown.looking("funds", 0, place.store.read):
        other = Thread(target=others)
        other.start()
        other.join(10)
        assert drawn.is_set()


def test_nobody_waits_for_pages_that_few_look_at(place: Place) -> None:
    for _look in range(MANY - 1):
        place.look()
    with place.shown.changing(place.store.read):
        place.store.version = 2
    assert place.at() == 2


def test_nobody_waits_for_pages_that_were_looked_at_long_ago(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(place, "funds")
    now = showing.time.monotonic()
    monkeypatch.setattr(showing.time, "monotonic", lambda: now + showing.RECENT + 1)
    with place.shown.changing(place.store.read):
        place.store.version = 2
    assert place.at() == 2


def test_a_page_that_nobody_comes_back_to_is_waited_for_only_so_long(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "LONGEST", 0.01)
    looked_at(place, "funds")
    with place.shown.changing(place.store.read):
        place.store.version = 2
    assert place.at() == 2


def test_a_run_that_is_ended_while_it_makes_a_page_holds_up_nobody(place: Place) -> None:
    looked_at(place, "funds")
    with place.ending(), pytest.raises(KeyboardInterrupt), place.shown.looking("funds", 0, place.store.read):
        raise KeyboardInterrupt
    assert place.at() == 2


def test_of_several_changes_each_is_shown_once_it_is_done(place: Place) -> None:
    with ExitStack() as slow:
        slow.enter_context(place.shown.changing(place.store.read))
        with place.shown.changing(place.store.read):
            place.store.version = 2
            assert place.at("one") == 1
        assert place.at("one") == 2  # whoever stored it was told
        place.store.version = 3
        assert place.at("another") == 2
    assert place.at("another") == 3
    assert place.shown._shown.versions is None


def test_a_change_that_comes_while_pages_are_made_is_shown_instead(place: Place) -> None:
    looked_at(place, "funds")
    with place.ending() as first, place.shown.looking("funds", 0, place.store.read) as makes:
        late = Thread(target=lambda: _change(place))
        late.start()
        while place.shown._next is makes:
            sleep(0.001)
        newer = place.look()  # makes the page of the newer state
        assert newer.versions == {"funds": 3}
        first.join(10)
        late.join(10)
        assert place.at() == 3
    assert place.shown._shown.versions is None


def _change(place: Place) -> None:
    with place.shown.changing(place.store.read):
        place.store.version += 1


def test_a_state_seen_is_never_followed_by_an_older_one(place: Place) -> None:
    looked_at(place, "funds")
    numbers = [place.look().number]
    for _ in range(3):
        with place.ending():
            numbers.append(place.look(seen=numbers[-1]).number)
            numbers.append(place.look(seen=numbers[-1]).number)
        numbers.append(place.look(seen=numbers[-1]).number)
        looked_at(place, "funds")
    assert numbers == sorted(numbers)
    assert numbers[-1] == 3
