"""What is kept in the address: who wins where the session and the address differ."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from components import address


def script():
    import streamlit as st

    from components import address

    st.text(address.keep("village", {"a", "b"}, "none"))


@pytest.fixture
def page():
    page = AppTest.from_function(script)
    page.query_params["village"] = "a"
    return page.run()


def kept(page):
    assert not page.exception
    asked = page.query_params.get("village")
    return page.text[0].value, asked[0] if isinstance(asked, list) else asked


def test_a_shared_link_is_followed(page):
    assert kept(page) == ("a", "a")


def test_what_was_picked_stands_in_the_address(page):
    page.session_state["village"] = "b"
    assert kept(page.run()) == ("b", "b")


@pytest.mark.parametrize("asked", [None, "a"])
def test_a_click_sent_before_the_answer_to_the_last_one_takes_nothing_back(page, asked):
    page.session_state["village"] = "b"
    page.run()
    page.query_params.pop("village")
    if asked:
        page.query_params["village"] = asked
    assert kept(page.run()) == ("b", "b")


@pytest.mark.parametrize(("asked", "shown"), [(None, "none"), ("a", "a")])
def test_the_way_back_is_followed(page, monkeypatch, asked, shown):
    page.session_state["village"] = "b"
    page.run()
    page.query_params.pop("village")
    if asked:
        page.query_params["village"] = asked
    monkeypatch.setattr(address, "_followed", lambda: True)
    assert kept(page.run()) == (shown, asked)


def test_a_value_that_does_not_exist_is_dropped(page):
    page.session_state["village"] = "c"
    assert kept(page.run()) == ("none", None)


@pytest.mark.parametrize(
    ("url", "page"),
    [("http://a/banan/upload?town=x", "upload"), ("http://a/banan/", ""), ("http://a/banan", "banan"), (None, "")],
)
def test_the_page_of_a_first_run_is_what_the_browser_shows(monkeypatch, url, page):
    monkeypatch.setattr(address.st, "session_state", {})
    monkeypatch.setattr(address.st, "context", SimpleNamespace(url=url))
    assert address.page() == page
    address.begin("funds")
    assert address.page() == "funds"
