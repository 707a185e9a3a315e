"""The sample: same bytes every run, every village, consistent tables, and the story it is meant to tell."""

import hashlib
import time

import numpy as np
import openpyxl
import pandas as pd
import pytest

from data import sample
from data.intake import check_file
from data.plan import load_plan
from data.registry import county
from data.tables import tables, typed
from geo.regions import regions, scope

SLUGS = sample.sample_counties()
VILLAGES = {"banan": 313, "wanzhou": 610, "mouding": 89, "qijiang": 16, "baiyin": 99}
COUNTY = {"banan": "500113000000", "wanzhou": "500101000000", "mouding": "532323000000", "baiyin": "620402000000"}
# Gross enrolment and multiples of a standard may exceed the whole; the intake doubts them, as it should.
ABOVE_ONE = {"junior_enrol", "destitute_support_ratio"}
DOUBTED = {"no_measure", "closed_early", "closed_but_unsafe", "closed_but_no_water"}
# Named each December: nothing can be reported before, so the sample shows what "not reported" looks like.
NOT_REPORTED = {("banan-2023", "civilised_town_share")}


@pytest.fixture(scope="module")
def frames():
    return {slug: sample.sample_files(slug) for slug in SLUGS}


@pytest.fixture(scope="module")
def banan(frames):
    return frames["banan"]


def at(frame, day):
    return frame[frame["as_of"] == pd.Timestamp(day)]


def latest(frame, key, day):
    """The newest row of each thing on a day."""
    return frame[frame["as_of"] <= pd.Timestamp(day)].sort_values("as_of").drop_duplicates(key, keep="last")


# Form


def test_every_run_writes_the_same_bytes(tmp_path):
    def digest(folder):
        return {
            f.path.name: hashlib.sha256(f.path.read_bytes()).hexdigest() for f in sample.write_sample("baiyin", folder)
        }

    first = digest(tmp_path / "first")
    time.sleep(1.1)  # file formats that note the time do so in seconds
    assert digest(tmp_path / "second") == first
    assert len(first) == 10


@pytest.mark.parametrize("slug", SLUGS)
def test_every_village_of_the_register_is_there_and_no_other(frames, slug):
    top = COUNTY.get(slug, "500110120000")
    register = scope(top)
    wanted = set(register.loc[register["level"] == "village", "code"])
    assert len(wanted) == VILLAGES[slug]
    for table in ("villages", "households", "persons", "assets"):
        assert set(frames[slug][table]["village_code"]) == wanted, table
    for table in ("facts", "projects", "issues", "actions", "staff"):
        assert set(frames[slug][table]["village_code"].dropna()) <= wanted, table


@pytest.mark.parametrize("slug", SLUGS)
def test_tables_are_typed_and_keys_are_unique_and_filled(frames, slug):
    assert list(frames[slug]) == list(tables())
    for name, frame in frames[slug].items():
        pd.testing.assert_frame_equal(frame, typed(name, frame))
        key = list(tables()[name].key)
        assert not frame[key].isna().any(axis=None), name
        assert not frame.duplicated(key).any(), name
        for column in tables()[name].columns:
            values = frame[column.name].dropna()
            if column.type == "enum":
                assert set(values) <= set(column.values), (name, column.name)
            if column.range:
                assert values.between(*column.range).all(), (name, column.name)


def test_the_size_is_what_benchmarks_expect(frames):
    rows = sum(len(frame) for tables_ in frames.values() for frame in tables_.values())
    assert 200_000 <= rows <= 320_000


@pytest.mark.parametrize("slug", SLUGS)
def test_eight_households_and_twenty_persons_a_village(frames, slug):
    villages = VILLAGES[slug]
    households, persons = frames[slug]["households"], frames[slug]["persons"]
    assert households.groupby("village_code")["hh_id"].nunique().eq(8).all()
    assert persons.groupby("village_code")["person_id"].nunique().eq(20).all()
    first = households["as_of"].min()
    assert len(at(households, first)) == 8 * villages
    assert len(at(persons, first)) == 20 * villages


@pytest.mark.parametrize("slug", SLUGS)
def test_persons_agree_with_their_households(frames, slug):
    households, persons = frames[slug]["households"], frames[slug]["persons"]
    full = persons.groupby("as_of").filter(lambda part: not part["is_lifted"].all())
    counted = full.groupby(["as_of", "hh_id"]).agg(
        members=("person_id", "size"),
        labour=("labour", "sum"),
        employed=("employed", "sum"),
        lifted=("is_lifted", "all"),
    )
    joined = counted.join(households.set_index(["as_of", "hh_id"]), how="left")
    assert (joined["members"] == joined["members_n"]).all()
    assert (joined["labour"] == joined["labour_n"]).all()
    assert (joined["employed"] == joined["employed_n"]).all()
    assert (joined["lifted"] == joined["is_lifted"]).all()
    assert (persons["labour"] | ~persons["employed"]).all()
    assert (persons["employed"] == persons["wage_month"].notna()).all()
    assert not (persons["in_school"] & persons["dropout"]).any()


@pytest.mark.parametrize("slug", SLUGS)
def test_no_date_lies_after_the_sample_or_its_own_snapshot(frames, slug):
    end = max(frame["as_of"].max() for frame in frames[slug].values() if "as_of" in frame)
    for name, frame in frames[slug].items():
        for column in (
            c.name for c in tables()[name].columns if c.type == "date" and c.name not in ("as_of", "due_on")
        ):
            assert not (frame[column] > end).any(), (name, column)
            if "as_of" in frame:
                assert not (frame[column] > frame["as_of"]).any(), (name, column)
    issues = frames[slug]["issues"]
    assert not (issues["closed_on"] < issues["found_on"]).any()


def test_people_are_codes(frames):
    for slug in SLUGS:
        for table, column in (
            ("households", "hh_id"),
            ("persons", "person_id"),
            ("persons", "hh_id"),
            ("staff", "staff_id"),
        ):
            assert frames[slug][table][column].str.fullmatch(r"[HPR]\d{12}[0-9A-Z]*").all()
        assert frames[slug]["issues"]["owner"].dropna().str.endswith("岗").all()


# Files


@pytest.mark.parametrize("slug", ["qijiang", "mouding"])
def test_files_pass_the_intake_and_come_back_as_they_were(frames, tmp_path, slug):
    code = county(slug).code
    seen: dict[str, list[pd.DataFrame]] = {}
    for file in sample.write_sample(slug, tmp_path):
        assert file.path.name.startswith(f"示例数据_{county(slug).name_zh}_")
        assert "示例数据" in file.note
        checked = check_file(file.path.read_bytes(), file.path.name, code)
        assert checked.refusal is None, file.path.name
        problems = checked.problems
        # Cases a county would look into too: few, and no mistake of the sample.
        doubts = problems["rule"].isin(DOUBTED)
        assert doubts.sum() <= 0.01 * len(checked.frame)
        others = checked.frame.loc[problems.loc[~doubts, "row"], "item"] if not doubts.all() else []
        assert set(others) <= ABOVE_ONE, (file.path.name, problems.to_string())
        assert not (problems["severity"] == "error").any()
        assert checked.table is not None
        seen.setdefault(file.table, []).append(checked.frame)
    assert list(seen) == list(tables())
    for table, parts in seen.items():
        key = list(tables()[table].key)
        back = typed(table, pd.concat(parts)).sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(back, frames[slug][table].sort_values(key, ignore_index=True), check_exact=False)


def test_big_tables_are_csv_with_a_mark_and_small_ones_workbooks(tmp_path):
    files = {file.table: file.path for file in sample.write_sample("baiyin", tmp_path)}
    assert {table: path.suffix for table, path in files.items() if path.suffix == ".csv"}.keys() == {
        "households",
        "persons",
        "facts",
    }
    for table, path in files.items():
        headers = [column.header("zh") for column in tables()[table].columns]
        if path.suffix == ".csv":
            raw = path.read_bytes()
            assert raw.startswith(b"\xef\xbb\xbf")
            assert (
                next(iter(pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns.to_frame().T.to_numpy().tolist()))
                == headers
            )
        else:
            book = openpyxl.load_workbook(path)
            assert [cell.value for cell in book.worksheets[0][1]] == headers
    assert "累计支出（万元）" in [column.header("zh") for column in tables()["funds"].columns]


def test_files_stay_below_what_an_upload_may_cost(tmp_path):
    for file in sample.write_sample("banan", tmp_path):
        assert file.path.stat().st_size < 16 * 1024**2, file.path.name


# Every indicator is fed


@pytest.mark.parametrize("slug", SLUGS)
def test_every_indicator_reads_rows(frames, slug):
    for plan_id in county(slug).plans:
        for indicator in load_plan(plan_id).indicators:
            if (plan_id, indicator.id) in NOT_REPORTED:
                continue
            frame = frames[slug][indicator.data.table]
            where = f"{indicator.data.where} {indicator.data.base or ''}"
            for column, part in (("item", "item=="), ("task_id", "task_id==")):
                for quoted in where.split(part)[1:]:
                    assert (frame[column] == quoted.split("'")[1]).any(), indicator.id
            assert len(frame), indicator.id


def test_what_is_not_reported_really_is_not(banan):
    assert not (banan["facts"]["item"] == "civilised_town").any()


def test_tasks_of_the_record_are_tasks_of_the_plan(frames):
    for slug in SLUGS:
        known = {task.id for plan in county(slug).plans for task in load_plan(plan).tasks}
        queried = {i.data.where or "" for plan in county(slug).plans for i in load_plan(plan).indicators}
        for task in set(frames[slug]["actions"]["task_id"]) - known:
            assert any(f"'{task}'" in where for where in queried), task


@pytest.mark.parametrize("slug", SLUGS)
def test_work_that_comes_back_falls_due_when_the_plan_says(frames, slug):
    """A quarter the plan gives no date for has no report, so none is overdue."""
    record = frames[slug]["actions"]
    for task in (task for plan in county(slug).plans for task in load_plan(plan).tasks):
        if task.recurrence != "once" and task.due and (record["task_id"] == task.id).any():
            found = record.loc[record["task_id"] == task.id, "due_on"]
            assert set(found.dt.date) <= set(task.due), task.id


# Nothing is counted twice


@pytest.mark.parametrize("slug", SLUGS)
def test_a_fund_is_booked_at_one_level_only(frames, slug):
    funds = frames[slug]["funds"]
    top = COUNTY.get(slug)
    for fund, part in funds.groupby("fund"):
        at_top = part["geo_code"] == top
        assert at_top.all() or not at_top.any(), fund
    assert (funds["spent"] <= funds["received"] + 0.005).all()
    shares = funds[["industry", "employment", "rural_use"]].sum(axis=1)
    assert (shares <= funds["received"] + 0.01).all()


@pytest.mark.parametrize("slug", SLUGS)
def test_spending_never_falls_within_a_year(frames, slug):
    funds = frames[slug]["funds"].sort_values("as_of")
    steps = funds.groupby(["geo_code", "tier", "fund", "year"])["spent"].diff()
    assert not (steps < -0.01).any()


def test_an_item_has_one_level_and_direct_counts_agree(frames):
    for slug in SLUGS:
        facts = frames[slug]["facts"]
        levels = facts.groupby("item")["geo_level"].agg(lambda column: tuple(sorted(set(column))))
        for item, found in levels[levels.map(len) > 1].items():
            assert found == ("county", "township")
            part = facts[facts["item"] == item]
            sums = part.pivot_table(index="as_of", columns="geo_level", values="value", aggfunc="sum")
            assert (sums["county"] == sums["township"]).all(), item


def test_running_totals_agree_with_the_monthly_amounts(frames):
    facts = frames["mouding"]["facts"]
    item = facts.set_index("as_of").groupby("item")
    new, stock = (item.get_group(name) for name in ("market_entities_net", "market_entities_total"))
    reported = stock[stock.index == stock.index.max()].set_index("village_code")["value"]
    first = 826  # the plan's figure for the end of 2022
    silent = 89 - len(reported)
    assert abs(first + new["value"].sum() - reported.sum()) <= 15 * silent
    rate = item.get_group("beautiful_village_rate")
    assert (rate["numerator"] <= rate["denominator"]).all()
    assert frames["mouding"]["villages"]["natural_villages_n"].sum() == 727


# The story


def spent_share(frames, day, tier=None):
    funds = at(frames["funds"], day)
    part = funds[(funds["fund"] == "linkage") & (funds["tier"].eq(tier) if tier else True)]
    return 100 * part["spent"].sum() / part["received"].sum()


def test_banan_meets_the_april_milestone_misses_june_narrowly_and_september_clearly(banan):
    assert spent_share(banan, "2023-04-30", "central") >= 30
    assert 47 <= spent_share(banan, "2023-06-30", "central") < 50
    assert spent_share(banan, "2023-09-30", "central") < 75 - 8
    assert spent_share(banan, "2023-09-30", "central") + 5 < spent_share(banan, "2023-10-31", "central") < 75


def test_banan_three_tiers_are_above_the_national_average_but_below_schedule(banan):
    national = at(banan["funds"], "2023-10-31")["national_avg"].unique()
    assert len(national) == 1
    assert national[0] < spent_share(banan, "2023-10-31") < 79.2


def test_spending_is_slow_in_the_first_quarter_everywhere(frames):
    for slug in SLUGS:
        year = 2023 if slug in ("banan", "mouding") else 2022
        assert spent_share(frames[slug], f"{year}-03-31") < 22
        assert spent_share(frames[slug], f"{year}-10-31") > 65


def test_visits_fall_in_september_and_recover(banan):
    households = banan["households"]
    visits = {}
    for month in (7, 8, 9, 10):
        day = pd.Timestamp(2023, month, 1) + pd.offsets.MonthEnd(0)
        rows = latest(households, ["hh_id"], day)
        rows = rows[rows["is_lifted"] | (rows["monitor_type"] != "none")]
        visits[month] = 100 * (rows["visited_on"] >= day.replace(day=1)).mean()
    assert visits[9] < visits[7] - 5
    assert visits[9] < visits[8] - 1
    assert visits[10] > visits[9] + 5
    assert visits[10] > 92


def test_migrants_go_home_for_the_spring_festival(banan):
    persons = banan["persons"]
    persons = persons[persons["is_lifted"] & persons["labour"]]
    away = persons.groupby("as_of")["transferred"].mean()
    assert away["2023-01-31"] < 0.8 * away["2022-12-31"]
    assert away["2023-06-30"] > 0.95 * away["2022-12-31"]


def test_one_township_loses_income_in_summer(banan):
    households = banan["households"].merge(banan["villages"][["village_code", "township_code"]], on="village_code")
    lifted = households[households["is_lifted"]]
    fell = (lifted["income_pc"] < lifted["income_pc_prev"]).groupby([lifted["as_of"], lifted["township_code"]]).mean()
    october, may = fell["2023-10-31"].sort_values(), fell["2023-05-31"]
    assert october.iloc[-1] > 0.5
    assert october.iloc[-2] < 0.15
    assert may[october.index[-1]] < 0.15


def test_lifted_employment_of_banan_reaches_the_plan_in_october(banan):
    persons = latest(banan["persons"], ["person_id"], "2023-10-31")
    assert (persons["is_lifted"] & persons["employed"]).sum() >= 4927


def test_open_problems_are_few_and_one_is_a_pupil_not_back_in_school(banan):
    issues = banan["issues"]
    end = pd.Timestamp("2023-10-31")
    overdue = issues[(issues["due_on"] < end) & (issues["closed_on"].isna() | (issues["closed_on"] > end))]
    assert 1 <= len(overdue) <= 5
    assert (overdue["domain"] == "education").sum() == 1
    assert not issues["severity"].ne("normal").any()


@pytest.mark.parametrize("slug", SLUGS)
def test_one_project_is_suspended_and_one_asset_idle(frames, slug):
    projects, assets = frames[slug]["projects"], frames[slug]["assets"]
    assert (at(projects, projects["as_of"].max())["status"] == "suspended").sum() == 1
    assert (at(assets, assets["as_of"].max())["status"] == "idle").sum() == 1
    assert (projects["paid"] <= projects["invest"]).all()
    paid = projects.sort_values("as_of").groupby("project_id")["paid"].diff()
    assert not (paid < -0.01).any()


def test_mouding_head_counts_are_of_the_size_of_its_plan(frames):
    facts = at(frames["mouding"]["facts"], "2023-10-31")
    counts = facts[facts["geo_level"] == "county"].set_index("item")["value"]
    assert counts["transfer_total"] >= 87500
    assert counts["lifted_transfer"] >= 5700
    assert 0.9 * 21300 < counts["transfer_out_province"] < 21300
    january = at(frames["mouding"]["facts"], "2023-01-31")
    assert (
        january[january["geo_level"] == "county"].set_index("item")["value"]["transfer_total"]
        < 0.85 * counts["transfer_total"]
    )


@pytest.mark.parametrize("slug", ["banan", "wanzhou", "mouding", "baiyin"])
def test_some_villages_do_not_report_in_some_months_and_a_township_catches_up(frames, slug):
    facts = frames[slug]["facts"]
    income = facts[facts["item"] == "collective_income"]
    income = income[income["as_of"] >= income["as_of"].max() - pd.DateOffset(months=9)]
    by_month = income.groupby("as_of")["village_code"].nunique()
    places = income["village_code"].nunique()
    assert (by_month < places).sum() >= 3
    assert by_month.min() < by_month.iloc[-1]
    assert by_month.iloc[-1] > 0.95 * places


def test_townships_differ_in_the_same_direction_across_areas(banan):
    """A township's character shows in visits, spending, list systems and water alike."""
    towns = banan["villages"].set_index("village_code")["township_code"]
    households = at(banan["households"], "2023-10-31")
    by_town = households["village_code"].map(towns)
    month = pd.Timestamp("2023-10-01")
    areas = pd.DataFrame(
        {
            "visits": households[households["is_lifted"]]
            .groupby(by_town)["visited_on"]
            .agg(lambda d: (d >= month).mean()),
            "courtyards": households[households["is_lifted"]].groupby(by_town)["courtyard_project"].mean(),
            "checks": households[households["is_lifted"]]
            .groupby(by_town)["income_checked_on"]
            .agg(lambda d: (d >= month).mean()),
        }
    )
    funds = at(banan["funds"], "2023-10-31")
    linkage = funds[funds["fund"] == "linkage"].groupby("geo_code")[["spent", "received"]].sum()
    areas["spending"] = linkage["spent"] / linkage["received"]
    correlation = areas.corr(method="spearman").to_numpy()
    assert correlation[np.triu_indices(4, 1)].min() > 0.15
    assert np.median(correlation[np.triu_indices(4, 1)]) > 0.35


def test_mountain_villages_have_weaker_water(frames):
    for slug in ("banan", "wanzhou"):
        told = sample.story(slug).villages.set_index("code")
        households = frames[slug]["households"]
        fine = (households["water_l_day"] >= 20) & (households["water_dist_m"] <= 800) & households["water_quality_ok"]
        remote = households["village_code"].map(told["remote"])
        assert fine[remote < 0.3].mean() > fine[remote > 0.7].mean() + 0.01


def test_characters_have_reasons_and_places_in_every_county():
    for slug in SLUGS:
        found = set(sample.story(slug).villages["character"])
        assert {"ahead", "steady", "late", "behind"} <= found <= set(sample.REASONS)


def test_an_unknown_county_is_refused_by_name(tmp_path):
    with pytest.raises(KeyError, match="atlantis"):
        sample.write_sample("atlantis", tmp_path)


def test_townships_of_the_register_are_named_as_in_the_register(banan):
    names = regions("500113").set_index("code")["name"]
    villages = banan["villages"]
    assert (villages["township_code"].map(names) == villages["township_name"]).all()
    assert (villages["rural_hh_n"] >= 8).all()
    assert (villages["rural_pop_n"] >= 20).all()
