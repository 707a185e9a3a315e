"""The comparison date on pages and in their address: what it is by itself, and what was chosen.

Mouding has figures of the month ends from April to October, and is compared with the month before unless one chooses.
"""

import re

import pytest
from support.pages import markup


def compared(page):
    """Return the comparison date as the page shows it, and as its address says it."""
    assert not page.exception
    asked = page.query_params.get("since")
    return page.selectbox(key="since_choice").value, asked[0] if isinstance(asked, list) else asked


def test_the_comparison_date_follows_the_as_of_date_until_one_is_chosen(on_sample):
    page = on_sample("mouding", "overview", asof="2023-08-31")
    assert compared(page) == ("2023-07-31", None)
    page.selectbox(key="asof").select("2023-10-31").run()
    assert compared(page) == ("2023-09-30", None)
    page.selectbox(key="asof").select("2023-07-31").run()
    assert compared(page) == ("2023-06-30", None)


def test_a_chosen_comparison_date_stays_and_stands_in_the_address(on_sample):
    page = on_sample("mouding", "overview")
    page.selectbox(key="since_choice").select("2023-05-31").run()
    assert compared(page) == ("2023-05-31", "2023-05-31")
    page.selectbox(key="asof").select("2023-08-31").run()
    assert compared(page) == ("2023-05-31", "2023-05-31")
    page.selectbox(key="asof").select("2023-05-31").run()  # a date is not compared with itself
    assert compared(page) == ("2023-04-30", None)


def test_what_the_as_of_date_is_compared_with_by_itself_does_not_stand_in_the_address(on_sample):
    # It left the address at the next reload only.
    page = on_sample("mouding", "overview", since="2023-07-31")
    assert compared(page) == ("2023-07-31", "2023-07-31")
    page.selectbox(key="asof").select("2023-08-31").run()
    assert compared(page) == ("2023-07-31", None)
    page.selectbox(key="since_choice").select("2023-06-30").run()
    assert compared(page) == ("2023-06-30", "2023-06-30")
    page.selectbox(key="since_choice").select("2023-07-31").run()
    assert compared(page) == ("2023-07-31", None)


def test_a_comparison_date_that_does_not_exist_is_dropped(on_sample):
    assert compared(on_sample("mouding", "overview", since="2023-07-15")) == ("2023-09-30", None)


@pytest.mark.parametrize(("since", "moved"), [({}, "↓ 50.0"), ({"since": "2023-05-31"}, "↓ 100.0")])
def test_places_in_a_table_are_compared_with_what_is_chosen(on_sample, since, moved):
    # Of this village's cadres half kept their days in September, all in May and none in October. The evaluation date
    # before is 15 October, for which nobody reports: there was no change to it.
    page = on_sample("banan", "overview", indicator="cadre_days_compliance", **since)
    view = next(one for one in page.segmented_control if one.key.startswith("view_"))
    view.set_value("table").run()
    assert not page.exception
    table = next(html for html in markup(page) if "data-id='500113114233'" in html or 'data-id="500113114233"' in html)
    row = next(row for row in re.split("<tr", table) if "500113114233" in row)
    assert moved in re.sub(r"<[^>]+>|\s+", " ", row).replace("  ", " ")
