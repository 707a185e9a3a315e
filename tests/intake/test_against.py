"""Rules over a file's rows together with what is stored."""

from datetime import date

import pandas as pd
import pytest
from intake.making import csv_bytes

from data.intake import check_file, rule_book
from data.intake.against import against
from data.tables import empty, tables, typed
from geo.regions import regions

TODAY = date(2023, 9, 30)
REGIONS = regions("500113")
TOWN = REGIONS.loc[REGIONS["level"] == "township", "code"].iloc[0]
VILLAGES = REGIONS.loc[(REGIONS["level"] == "village") & (REGIONS["parent"] == TOWN), "code"].tolist()
NAMES = dict(zip(REGIONS["code"], REGIONS["short_name"], strict=True))
VILLAGE, OTHER = VILLAGES[:2]
FUND = {"geo_code": TOWN, "as_of": "2023-05-31", "tier": "central", "fund": "linkage"}
FACT = {"geo_level": "village", "geo_code": VILLAGE, "as_of": "2023-05-31"}
PROJECT = {"project_id": "X1", "village_code": VILLAGE, "as_of": "2023-05-31"}
ASSET = {"asset_id": "A1", "village_code": VILLAGE, "as_of": "2023-05-31"}
HOUSEHOLD = {"hh_id": "H1", "village_code": VILLAGE, "as_of": "2023-05-31"}
PERSON = {"person_id": "P1", "village_code": VILLAGE, "as_of": "2023-05-31"}


def rows(table, *given):
    frame = pd.DataFrame(list(given))
    for column in tables()[table].columns:
        if column.type == "date" and column.name in frame:
            frame[column.name] = pd.to_datetime(frame[column.name])
    return typed(table, frame)


def told(table, new, doubts=frozenset(), **stored):
    """Return row, column and rule of what the stored rows give to doubt in a file of the rows `new`."""
    new = new if isinstance(new, list) else [new]
    names = list(dict.fromkeys(name for row in new for name in row))
    columns = [tables()[table].column(name) for name in names]
    cells = [[c.label(str(row.get(c.name, "")), "zh") for c in columns] for row in new]
    checked = check_file(csv_bytes([[c.header("zh") for c in columns], *cells]), "t.csv", "500113", table, today=TODAY)
    assert checked.ok
    assert set(checked.problems["rule"]) == set(doubts), checked.messages("zh")
    frames = {name: rows(name, *given) for name, given in stored.items()}
    found = against(checked, lambda name, columns: frames.get(name, empty(name))[list(columns)])
    assert found.ok
    assert len(found.messages("zh")) == len(found.messages("en")) == len(found.problems)
    return [
        (None if pd.isna(p["row"]) else int(p["row"]), p["column"], p["rule"]) for _, p in found.problems.iterrows()
    ]


@pytest.mark.parametrize(
    ("table", "before", "now", "doubted"),
    [
        # A running total of the year falls within it and starts anew in January.
        ("funds", {**FUND, "spent": 40}, {**FUND, "as_of": "2023-06-30", "spent": 39.5}, "spent"),
        ("funds", {**FUND, "spent": 40}, {**FUND, "as_of": "2023-06-30", "spent": 40}, None),
        ("funds", {**FUND, "as_of": "2022-12-31", "spent": 40}, {**FUND, "as_of": "2023-01-31", "spent": 4}, None),
        # Another fund of the same place is another thing.
        ("funds", {**FUND, "spent": 40}, {**FUND, "fund": "other", "as_of": "2023-06-30", "spent": 4}, None),
        # What a project has spent is summed up over its years.
        ("projects", {**PROJECT, "as_of": "2022-12-31", "paid": 40}, {**PROJECT, "paid": 39}, "paid"),
        ("projects", {**PROJECT, "as_of": "2022-12-31", "paid": 40}, {**PROJECT, "paid": 41}, None),
        ("assets", {**ASSET, "revenue": 3}, {**ASSET, "as_of": "2023-06-30", "revenue": 2}, "revenue"),
        (
            "facts",
            {**FACT, "item": "collective_income", "value": 12},
            {**FACT, "as_of": "2023-06-30", "item": "collective_income", "value": 11},
            "value",
        ),
        # A stock may fall.
        (
            "facts",
            {**FACT, "item": "homestays", "value": 12},
            {**FACT, "as_of": "2023-06-30", "item": "homestays", "value": 11},
            None,
        ),
        # What comes later says nothing of what was before.
        ("funds", {**FUND, "as_of": "2023-07-31", "spent": 40}, {**FUND, "spent": 39}, None),
        # The file corrects the row itself.
        ("funds", {**FUND, "spent": 40}, {**FUND, "spent": 39}, None),
    ],
)
def test_running_totals_do_not_fall(table, before, now, doubted):
    found = told(table, now, **{table: [before]})
    assert found == ([(2, doubted, "falls")] if doubted else [])


def test_a_month_in_the_file_stands_for_the_one_stored():
    """Stored is 40 for May; the file corrects it to 30, so 35 in June is no fall, and 28 is."""
    may, june = {**FUND, "spent": 30}, {**FUND, "as_of": "2023-06-30", "spent": 35}
    assert told("funds", [may, june], funds=[{**FUND, "spent": 40}]) == []
    assert told("funds", [june, {**may, "spent": 36}], funds=[{**FUND, "spent": 40}]) == [(2, "spent", "falls")]


@pytest.mark.parametrize(
    ("now", "rule"),
    [(123_400, "slip"), (12.34 / 10_000, "slip"), (62, "leap"), (2.4, "leap"), (61, None), (12.5, None)],
)
def test_figures_off_by_a_unit_or_far_from_the_period_before(now, rule):
    item = {**FACT, "item": "nursery_area"}
    found = told("facts", {**item, "as_of": "2023-06-30", "value": now}, facts=[{**item, "value": 12.34}])
    assert found == ([(2, "value", rule)] if rule else [])


def test_a_cell_doubted_already_is_not_doubted_for_its_size():
    households = {**HOUSEHOLD, "as_of": "2023-06-30", "income_pc": 1.25}
    before = {**HOUSEHOLD, "income_pc": 12_500}
    assert told("households", households, households=[before], doubts={"income_in_wan"}) == [
        (2, "income_pc", "income_in_wan")
    ]


def test_what_grows_with_all_others_is_no_leap():
    """In February all townships' sums are ten times those of January; one is six hundred times its own."""
    villages = VILLAGES[:10]
    item = {"geo_level": "village", "item": "collective_income"}
    before = [{**item, "geo_code": v, "as_of": "2023-01-31", "value": 1.0 + n / 10} for n, v in enumerate(villages)]
    now = [{**row, "as_of": "2023-02-28", "value": row["value"] * 10} for row in before]
    assert told("facts", now, facts=before) == []
    now[3]["value"] = before[3]["value"] * 600
    assert told("facts", now, facts=before) == [(5, "value", "leap")]
    # Of one sum alone nobody can say how fast it grows.
    assert told("facts", now[:1], facts=before) == []


def test_a_small_figure_beside_large_ones_does_not_leap():
    """From one to six households is no leap where villages have hundreds, from 100 to 600 it is."""
    item = {"geo_level": "village", "item": "courtyard_demo_households"}
    before = [{**item, "geo_code": v, "as_of": "2023-04-30", "value": 100} for v in VILLAGES[:10]]
    before[0]["value"] = 1
    now = [{**row, "as_of": "2023-05-31"} for row in before]
    now[0]["value"], now[1]["value"] = 6, 600
    assert told("facts", now, facts=before) == [(3, "value", "leap")]


@pytest.mark.parametrize(("then", "now", "back"), [("finished", "started", True), ("started", "finished", False),
                                                   ("suspended", "started", False)])  # fmt: skip
def test_states_do_not_go_back(then, now, back):
    found = told("projects", {**PROJECT, "as_of": "2023-06-30", "status": now}, projects=[{**PROJECT, "status": then}])
    assert found == ([(2, "status", "stage_back")] if back else [])


def listed(code):
    return {"village_code": code, "village_name": NAMES[code]}


@pytest.mark.parametrize(
    ("table", "new", "column"),
    [
        ("households", HOUSEHOLD, "village_code"),
        ("persons", PERSON, "village_code"),
        ("projects", PROJECT, "village_code"),
        ("assets", ASSET, "village_code"),
        ("issues", {"issue_id": "I1", "village_code": VILLAGE}, "village_code"),
        ("actions", {"action_id": "W1", "geo_level": "village", "geo_code": VILLAGE}, "village_code"),
        ("staff", {"staff_id": "S1", "village_code": VILLAGE, "month": "2023-05"}, "village_code"),
        ("facts", {**FACT, "item": "homestays", "value": 1}, "village_code"),
    ],
)
def test_villages_the_village_register_lacks(table, new, column):
    doubts = [(2, column, "village_not_listed")]
    assert told(table, new, villages=[listed(OTHER)]) == doubts
    assert told(table, new, villages=[listed(OTHER), listed(VILLAGE)]) == []
    assert told(table, new) == []  # no register of the township, nothing to miss


def test_households_the_household_table_lacks():
    person = {**PERSON, "hh_id": "H9"}
    stored = {**HOUSEHOLD, "as_of": "2022-12-31"}
    assert told("persons", person, households=[stored]) == [(2, "hh_id", "household_not_listed")]
    assert told("persons", {**person, "hh_id": "H1"}, households=[stored]) == []
    assert told("persons", person, households=[{**stored, "village_code": OTHER}]) == []


def test_projects_the_project_table_lacks():
    facts = [
        {"geo_level": "project", "geo_code": code, "as_of": "2023-05-31", "item": "work_relief_placed", "value": 1}
        for code in ("X1", "X2")
    ]
    assert told("facts", facts, projects=[PROJECT]) == [(3, "geo_code", "project_not_listed")]
    assert told("facts", facts, projects=[PROJECT, {**PROJECT, "project_id": "9", "name": "X2"}]) == []
    # Where none of them is known, they are projects of another kind.
    assert told("facts", facts, projects=[{**PROJECT, "project_id": "9"}]) == []


def test_villages_with_projects_that_report_nothing():
    new = [PROJECT, {**PROJECT, "project_id": "X2", "village_code": OTHER}]
    report = {**FACT, "village_code": VILLAGE, "item": "homestays", "value": 1}
    assert told("projects", new, facts=[report]) == [(3, "village_code", "village_silent")]
    assert told("projects", new, facts=[report, {**report, "geo_code": OTHER, "village_code": OTHER}]) == []
    assert told("projects", new, facts=[{**report, "as_of": "2023-04-30"}]) == []  # no report of the month at all


def test_villages_with_projects_that_a_file_of_facts_leaves_out():
    """Three villages have projects; the file has two of them, the third is told of unless it reported before."""
    third = VILLAGES[2]
    projects = [{**PROJECT, "project_id": f"X{n}", "village_code": v} for n, v in enumerate((VILLAGE, OTHER, third))]
    new = [{**FACT, "geo_code": v, "item": "homestays", "value": 1} for v in (VILLAGE, OTHER)]
    assert told("facts", new, projects=projects) == [(None, "village_code", "villages_left_out")]
    stored = {**FACT, "geo_code": third, "village_code": third, "item": "demo_village", "value": 1}
    assert told("facts", new, projects=projects, facts=[stored]) == []
    earlier = {**stored, "as_of": "2023-04-30"}
    assert told("facts", new, projects=projects, facts=[earlier]) == [(None, "village_code", "villages_left_out")]
    assert told("facts", new[:1], projects=projects) == []  # one of three: a file of few villages on purpose
    ended = [{**p, "as_of": "2022-05-31"} for p in projects[2:]]
    assert told("facts", new, projects=[*projects[:2], *ended]) == []  # the newest list no longer has it


def test_a_file_with_errors_or_of_its_own_kind_is_left_as_it_is():
    head = [tables()["funds"].column(name).header("zh") for name in (*FUND, "spent")]
    wrong = check_file(csv_bytes([head, [*FUND.values(), "甲"]]), "t.csv", "500113")
    other = check_file("乡镇,户数\n甲镇,2\n乙镇,3\n".encode(), "t.csv")
    for checked in (wrong, other):
        assert against(checked, lambda name, _: empty(name)) is checked


def test_a_column_per_item_is_told_of_where_it_stands():
    raw = f"乡镇,村名,日期,村集体收入增长,庭院经济示范户\n{NAMES[TOWN]},{NAMES[VILLAGE]},2023-06-30,11,3\n"
    checked = check_file(raw.encode(), "t.csv", "500113", today=TODAY)
    stored = {"facts": rows("facts", {**FACT, "item": "collective_income", "value": 12})}
    found = against(checked, lambda name, columns: stored.get(name, empty(name))[list(columns)]).problems
    doubt = found.loc[found["rule"] == "falls"].iloc[0]
    assert (doubt["row"], doubt["col"]) == (2, 3)
    assert doubt["more"]["label_zh"] == "村集体经济收入"


def test_every_rule_against_the_store_is_tested_here_and_a_warning():
    book = rule_book()
    assert set(book.against.rules) == {
        "falls", "leap", "slip", "stage_back", "village_not_listed", "household_not_listed", "project_not_listed",
        "village_silent", "villages_left_out",
        *book.against.problems,  # tests/problems/test_loop.py
        *book.against.numbers,  # test_numbering.py
    }  # fmt: skip
    assert {book.by_id[rule].severity for rule in {*book.against.rules} - {*book.against.numbers}} == {"warning"}
    for reference in book.against.references:
        for table in reference.tables:
            assert reference.column in tables()[table].names
        assert set(reference.columns) <= set(tables()[reference.table].names)
    for table, columns in book.against.leaps.columns.items():
        assert all(tables()[table].column(name).numeric for name in columns)
    for table, stages in book.against.stages.items():
        for name, order in stages.items():
            assert set(order) <= set(tables()[table].column(name).values)
