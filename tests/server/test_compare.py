"""Counties side by side: who sees which of them, and what is there, asked of a running server."""

import io

import openpyxl
import pandas as pd
import pytest
from support.answers import Answer
from support.server import Server

from data.plan import load_plan
from data.registry import county
from data.store import open_store

BASE = {"X-Remote-User": "wu"}
# A value of its own for each county, to be found in the page or not.
VALUES = {"banan": 41.7, "wanzhou": 52.3, "mouding": 63.9}
CONCEPT = "fund_expenditure_progress"
ROLES = ("viewer", "clerk", "approver", "admin")


def read(server: Server, roles: str, path: str = "/compare") -> Answer:
    return Answer(server, path, headers={**BASE, "X-Remote-Roles": roles} if roles else BASE)


def frame(slug: str) -> pd.DataFrame:
    plan = load_plan(county(slug).plans[0])
    one = next((i for i in plan.indicators if i.concept == CONCEPT), plan.indicators[0])
    row = {"indicator": one.id, "concept": one.concept, "as_of": pd.Timestamp(2023, 5, 31), "value": VALUES[slug]}
    row |= {"numerator": 1.0, "denominator": 2.0, "target": 75.0, "start_value": None, "unit": "%"}
    row |= {"comparator": ">=", "gap": -3.2, "completion": 50.0, "status": "slightly_behind"}
    return pd.DataFrame([row | {"reported": 7.0, "of": 9.0}]).astype({"start_value": float})


@pytest.fixture(scope="module", autouse=True)
def summaries(behind_gateway: Server) -> None:
    with open_store(f"sqlite:///{behind_gateway.home / 'store.db'}") as store:
        for slug in VALUES:
            entry = county(slug)
            store.write_summary(entry.code, entry.plans[0], frame(slug))


def seen(text: str) -> set[str]:
    return {slug for slug, value in VALUES.items() if f"{value}" in text}


@pytest.mark.parametrize("readable", [(), ("banan",), ("banan", "wanzhou"), ("mouding", "wanzhou"), tuple(VALUES)])
@pytest.mark.parametrize("role", ROLES)
def test_a_reader_sees_the_counties_that_made_them_one_and_nothing_of_others(
    behind_gateway: Server, readable: tuple[str, ...], role: str
) -> None:
    others = [slug for slug in VALUES if slug not in readable]
    given = [f"{slug}:reader" for slug in readable] + [f"{slug}:{role}" for slug in others]
    answer = read(behind_gateway, "; ".join(given))
    if not readable:
        assert answer.status == 403
        assert "您没有对比各县区的权限" in answer.text
    else:
        assert answer.status == 200
    assert seen(answer.text) == set(readable)
    for slug in others:
        assert county(slug).name_zh not in answer.text
        assert f"/{slug}" not in answer.text
        assert load_plan(county(slug).plans[0]).title("zh") not in answer.text


def test_who_is_nobody_is_told_the_way_and_who_forges_gets_nothing(behind_gateway: Server) -> None:
    assert Answer(behind_gateway, "/compare").status == 401
    forged = Answer(
        behind_gateway, "/compare", headers={**BASE, "X-Remote-Roles": "banan:reader"}, comes_from="127.0.0.2"
    )
    assert forged.status == 401
    assert seen(forged.text) == set()
    assert read(behind_gateway, "", "/compare.xlsx").status == 403
    assert read(behind_gateway, "banan:admin", "/compare.xlsx").status == 403


def test_the_list_of_counties_shows_the_way_to_readers_only(behind_gateway: Server) -> None:
    assert 'href="/compare"' in read(behind_gateway, "banan:reader", "/").text
    for roles in ("", "banan:admin", "banan:viewer; wanzhou:approver"):
        assert "/compare" not in read(behind_gateway, roles, "/").text


def test_each_figure_has_its_own_target_state_and_way_into_the_county(behind_gateway: Server) -> None:
    text = read(behind_gateway, "banan:reader; wanzhou:reader").text
    assert "目标 ≥ 75%" in text
    assert "已报 7/9" in text
    assert "略慢" in text
    assert "/banan/funds?indicator=" in text
    english = read(behind_gateway, "banan:reader; wanzhou:reader", "/compare?lang=en").text
    assert "Reported 7/9" in english
    assert "lang=en" in english.partition("/banan/funds?")[2][:120]


def test_areas_and_groups_narrow_the_page_and_a_group_of_one_is_not_offered(behind_gateway: Server) -> None:
    everything = "; ".join(f"{slug}:reader" for slug in VALUES)
    assert seen(read(behind_gateway, everything, "/compare?group=chongqing").text) == {"banan", "wanzhou"}
    assert "banan" not in seen(read(behind_gateway, everything, "/compare?area=support").text)
    assert "重庆市" not in read(behind_gateway, "banan:reader; mouding:reader").text
    strange = read(behind_gateway, everything, "/compare?area=%3Cb%3E&group=x&sort=y&lang=z")
    assert (strange.status, seen(strange.text)) == (200, set(VALUES))


def test_the_file_has_the_same_figures_and_each_county_s_log_says_who_took_it(behind_gateway: Server) -> None:
    answer = read(behind_gateway, "banan:reader; wanzhou:reader; mouding:viewer", "/compare.xlsx")
    assert answer.status == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets[1]
    told = {cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, float)}
    assert {VALUES["banan"], VALUES["wanzhou"]} <= told
    assert VALUES["mouding"] not in told
    with open_store(f"sqlite:///{behind_gateway.home / 'store.db'}") as store:
        for slug, logged in (("banan", True), ("wanzhou", True), ("mouding", False)):
            entries = [e for e in store.audit(county(slug).code) if e.event == "export" and e.subject == "compare.xlsx"]
            assert bool(entries) is logged
            assert all(e.user_id == "wu" for e in entries)
