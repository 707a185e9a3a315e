"""The plan and task pages, the words they print, and the published rules of progress."""

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest
from support.pages import texts, titles

from components import plan_view, task_view
from components.html.plan import DECIDED, status_rules
from components.status import STATUSES as LOOKS
from data import plan_words as words
from data import ranking
from data.language import translator
from data.plan import load_plan
from data.plan_model import Indicator
from data.progress import JUDGED, STATUSES
from data.registry import Bands, Ranking, counties, county
from data.schedule import schedule_share
from data.shown import NOTHING, WITHHELD
from data.statuses import word
from tests.support.worked import COUNTY, evaluated, indicator, plan, table

ZH, EN = translator("zh"), translator("en")
DOCUMENT = (Path(__file__).parents[2] / "docs" / "progress.md").read_text("utf-8")


# ---- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [entry.slug for entry in counties()])
def test_the_plan_page_needs_no_data(on_nothing, slug):
    page = on_nothing(slug, "plan")
    assert not page.exception
    told = texts(page)
    document = load_plan(county(slug).plans[0])
    assert document.title_zh in titles(page)
    assert {i.name_zh for i in document.indicators} <= set(told)
    assert document.issuing_body in told


@pytest.mark.parametrize("slug", [entry.slug for entry in counties()])
def test_the_task_page_shows_every_task_without_data(on_nothing, slug):
    page = on_nothing(slug, "tasks")
    assert not page.exception
    assert {task.title_zh for task in load_plan(county(slug).plans[0]).tasks} <= set(texts(page))


def test_the_milestones_of_the_central_funds_stand_on_the_time_line(on_nothing):
    # 巴南 asks 30, 50 and 75 % by the ends of April, June and September.
    told = " ".join(texts(on_nothing("banan", "plan")))
    for day, share in (("4月30日", "30%"), ("9月30日", "75%")):
        assert re.search(rf"{day}\s+中央衔接资金支出进度 {share}", told)


def test_an_office_narrows_the_targets_and_the_tasks(on_nothing):
    page = on_nothing("banan", "plan")
    page.selectbox(key="office").select("区财政局").run()
    led = [i for i in load_plan("banan-2023").indicators if "区财政局" in i.lead]
    scored = sum(i.scored for i in led)
    assert f"{len(led)} 项，计分 {scored}" in texts(page)
    tasks = on_nothing("banan", "tasks")
    tasks.selectbox(key="office").select("区财政局").run()
    assert "4／173 项" in texts(tasks)


def test_a_search_that_finds_nothing_says_so(on_nothing):
    page = on_nothing("banan", "plan")
    page.text_input(key="q").input("没有这样的指标").run()
    assert not page.exception
    assert "没有符合条件的内容。" in texts(page)


def test_the_whole_text_shows_every_section(on_nothing):
    page = on_nothing("mouding", "plan")
    page.segmented_control(key="reading").set_value("whole").run()
    assert not page.exception
    assert {"不计分", "状态怎么定", "参数", "点名地点", "附件"} <= set(titles(page))
    assert "缺失，未随文公开" in texts(page)  # all six annexes of 牟定


def test_english_quotes_the_tasks_and_says_so(on_nothing):
    told = texts(on_nothing("baiyin", "tasks", lang="en"))
    assert "titles exist in Chinese only and are quoted from the plan" in told
    assert load_plan("baiyin-2021").tasks[0].title_zh in told


# ---- order and words -------------------------------------------------------------------------------------------------


def test_clauses_stand_in_the_order_of_the_document():
    mixed = ["附件3", "二(十一)", "五(二十三)", "二(九)", "一", "二(二)1", "三;四(二)", "二(二)"]
    assert sorted(mixed, key=words.clause_key) == [
        "一", "二(二)", "二(二)1", "二(九)", "二(十一)", "三;四(二)", "五(二十三)", "附件3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "over", "zh", "en"),
    [
        ("monitor_type!='none' and labour_n>=1", "households", "监测类别 ≠ 无 且 劳动力 ≥ 1",
         "Monitoring category ≠ None and Labour force ≥ 1"),
        ("aid_type in ['dibao','tekun']", "households", "社会救助类别 属于 低保、特困",
         "Social assistance is one of Subsistence allowance, Extreme hardship"),
        ("visited_on>=@h0 and not is_lifted", "households", "最近走访日 ≥ 本半年首日 且 非 脱贫户",
         "Last visit ≥ first day of the half-year and not Lifted household"),
        ("notnull(visited_on)", "households", "已填 (最近走访日)", "filled in (Last visit)"),
    ],
)  # fmt: skip
def test_queries_in_words(query, over, zh, en):
    document = load_plan("banan-2023")
    assert words.condition_words(query, over, document, ZH) == zh
    assert words.condition_words(query, over, document, EN) == en


@pytest.mark.parametrize("entry", counties(), ids=lambda entry: entry.slug)
def test_no_query_leaves_a_name_of_the_code(entry):
    for plan_id in entry.plans:
        document = load_plan(plan_id)
        tasks = {task.id for task in document.tasks}
        for i in document.indicators:
            for label, text in words.query_words(i.data, document, ZH):
                left = set(re.findall(r"@?[A-Za-z_]{2,}", text))
                unknown_task = {w for w in left if f"task_id=='{w}'" in (i.data.where or "") and w not in tasks}
                assert not left - unknown_task, (i.id, label, text)


def test_notes_name_columns_as_the_templates_do():
    document = load_plan("banan-2023")
    assert words.spoken("由projects.fiscal按村汇总", document, ZH).startswith("由项目表.")
    assert words.spoken("由projects.fiscal按村汇总", document, EN) == "由projects.fiscal按村汇总"


def test_due_soon_comes_first_and_the_rest_follows_the_document():
    document = load_plan("banan-2023")
    ordered = task_view.in_order(document, document.tasks, {}, dt.date(2023, 9, 30))
    titles_ = [task.title_zh for task in ordered]
    # On the day itself the central funds are due and what is due each month and quarter; a fortnight later those of
    # all three tiers.
    monthly = {t.title_zh for t in document.tasks if t.recurrence in {"monthly", "quarterly"}}
    first = titles_.index("三级资金支出达标")
    assert set(titles_[:first]) == monthly
    assert "中央资金支出调度" in monthly
    rest = [words.clause_key(task.clause) for task in ordered[first + 1 :]]
    assert rest == sorted(rest)
    assert len(ordered) == len(document.tasks)


def test_targets_follow_the_clauses():
    found = [words.clause_key(i.clause) for i in plan_view.in_order(load_plan("mouding-2023"))]
    assert found == sorted(found)


# ---- the published rules ---------------------------------------------------------------------------------------------


def rows_under(head: str) -> list[list[str]]:
    """Return the rows of the document's table with this head."""
    lines = DOCUMENT.split(f"{head}\n", 1)[1].splitlines()[1:]
    body = lines[: next((n for n, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in body]


def made(rule: str, text: str) -> Indicator:
    """Make the indicator an example describes."""
    steps = re.findall(r"(\d{4}-\d\d-\d\d): (\d+)", text)
    total = float(found[1]) if (found := re.search(r" of (\d+)", text)) else 100.0
    due = found[1] if (found := re.search(r"due (\S+)", text)) else "2023-12-31"
    window = {"month": "visited_on>=@m0", "half-year": "visited_on>=@h0"}.get(text)
    more = {"frequency": "quarterly"} if text == "quarterly" else {}
    data = {"where": window} if window else {}
    milestones = [{"date": day, "value": float(value)} for day, value in steps]
    return indicator(data, rule=rule, value=total, due=due, milestones=milestones, **more)


EXAMPLES = rows_under("| Rule | Set-up | On | S |")


@pytest.mark.parametrize(("rule", "setup", "day", "share"), EXAMPLES)
def test_published_schedule_examples(rule, setup, day, share):
    one = made(rule, setup)
    assert schedule_share(one, plan(one), dt.date.fromisoformat(day)) == pytest.approx(float(share), abs=5e-7)


def test_every_rule_is_published_with_an_example():
    rules = set(words.RULE_NAMES)
    assert {row[0] for row in EXAMPLES} == rules
    published = {
        rule: name
        for rule, name, _share in rows_under("| Rule in the plan file | Word on the page | S at the end of a day |")
    }
    assert published == {rule: f"{ZH(name)} {EN(name)}" for rule, name in words.RULE_NAMES.items()}


def test_statuses_are_published_in_the_order_they_are_decided():
    published = rows_under("| Order | Status | 中文 | When |")
    assert [code for _n, code, _zh, _when in published] == list(STATUSES) == list(DECIDED)
    for _n, code, zh, _when in published:
        assert zh.split(" ")[0] == word(code, None, ZH)
    assert {*DECIDED, NOTHING, WITHHELD} == set(LOOKS)


@pytest.mark.parametrize(("spent", "gap", "status"), rows_under("| Spent | Gap | Status |"))
def test_published_status_examples(spent, gap, status):
    steps = [{"date": d, "value": v} for d, v in (("2023-04-30", 30), ("2023-06-30", 50), ("2023-09-30", 75))]
    query = {"table": "funds", "agg": "ratio", "where": "fund=='linkage'", "value": "spent/received"}
    one = indicator(query, value=75, due="2023-09-30", rule="milestones", level="county", milestones=steps)
    paid = {"geo_code": COUNTY, "as_of": "2023-06-30", "tier": "central", "fund": "linkage", "received": 1000.0}
    row = evaluated(one, table("funds", paid | {"spent": float(spent)}), "2023-06-30")[COUNTY]
    assert (row["gap"], row["status"]) == (pytest.approx(float(gap)), status)


@pytest.mark.parametrize(
    ("funds", "villages", "plain", "weighed"),
    rows_under("| Funds: fine of judged | Villages: fine of judged | Score without weights | Score with weights |"),
)
def test_published_scores(funds, villages, plain, weighed):
    areas = {"funds": funds, "livable_villages": villages}
    signs = [
        (f"{area}{n}", "on_schedule" if n < fine else "behind")
        for area, text in areas.items()
        for fine, judged in [[int(part) for part in text.split(" of ")]]
        for n in range(judged)
    ]
    rows = pd.DataFrame(signs, columns=["indicator", "status"]).assign(region="a", marks=[()] * len(signs), gap=0.0)
    rows = rows.assign(target=100.0, expected=100.0, schedule_share=1.0, unit="%", comparator=">=")
    area_of = {i: i.rstrip("0123456789") for i, _status in signs}
    weights = {"funds": 80.0, "livable_villages": 20.0}
    for rule, told in ((Ranking(), plain), (Ranking(weights=weights), weighed)):
        found = ranking.board(ranking.weighed(rows, area_of, rule), None, ["a"], 1)
        assert round(found.loc["a", "score"], 1) == float(told)


def test_published_order_of_equal_scores():
    published = rows_under("| Values | Score | Shortfall | Done early | Rank |")
    rows = pd.DataFrame(
        [
            {"region": values, "indicator": f"i{n}", "gap": float(value) - 50.0}
            for values, *_rest in published
            for n, value in enumerate(values.split(", "))
        ]
    ).assign(target=100.0, expected=50.0, schedule_share=0.5, unit="%", comparator=">=")
    rows["marks"] = [()] * len(rows)
    rows["status"] = ["on_schedule" if gap >= 0 else "behind" for gap in rows["gap"]]
    area_of = {f"i{n}": "funds" for n in range(4)}
    found = ranking.board(ranking.weighed(rows, area_of, Ranking()), None, [row[0] for row in published], 1)
    for values, *told in published:
        own = found.loc[values, ["score", "shortfall", "early", "level_rank"]]
        assert own.tolist() == pytest.approx([float(text or "nan") for text in told], nan_ok=True)


def test_published_settings_of_rankings_are_the_defaults():
    rule = Ranking()
    assert f"Below {rule.minimum} judged indicators, in a single area below {rule.minimum_in_area}," in DOCUMENT
    assert (rule.red, rule.black) == (3, 3)
    assert "Three up and three down" in DOCUMENT
    judged = re.search(r"due by\s+now \((.*?)\)", DOCUMENT, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", judged[1])) == JUDGED


def test_the_county_sees_its_own_bands():
    shown = str(status_rules(Bands(slightly_behind=-3, behind=-8), ZH))
    assert "−3 ≤ 差距 &lt; 0" in shown
    assert "差距 &lt; −8" in shown


def test_targets_in_words():
    about = indicator(value=70, comparator="~", tolerance=2)
    assert words.target_words(about, ZH) == "约 70%（±2）"
    assert words.target_words(indicator(value=None, kind="directional", rollup_value=None), ZH) == ""
    one = indicator(rule="deadline", due="2023-09-30")
    assert words.rule_words(one, plan(one), ZH) == "9月30日考核，此前不考核"


@pytest.mark.parametrize("entry", counties(), ids=lambda c: c.slug)
def test_definitions_are_the_plans_own_words_in_chinese_and_told_from_the_query_in_english(entry):
    for whole in map(load_plan, entry.plans):
        titles_zh = sorted((re.escape(t.title_zh) for t in whole.tasks), key=len, reverse=True)
        for i in whole.indicators:
            assert words.definition(i, whole, ZH)
            told = words.definition(i, whole, EN)
            assert words.AGGREGATION_WORDS[i.data.agg] in told
            # A task has a Chinese title only.
            assert not re.search(r"[\u4e00-\u9fff]", re.sub("|".join(titles_zh), "", told)), i.id


def test_the_foot_of_an_english_page_defines_in_english(on_sample):
    page = on_sample("banan", "livable_villages", lang="en", indicator="civilised_village_share")
    told = next(t for t in texts(page) if t.startswith("Definition: "))
    assert told.startswith("Definition: villages with a row that meets the condition ÷ villages of the base; Facts")
