"""The page of reports: the matrix, who is missing as text, how new the data are, in both languages."""

import re

import pytest
from support.pages import markup, texts, titles
from typer.testing import CliRunner

from cli import app
from data import loaders


def whole(page) -> str:
    return "\n".join(markup(page))


def chat(page) -> str:
    return page.code[0].value


def test_the_newest_month_due_stands_first(on_sample):
    page = on_sample("baiyin", "reporting")
    assert {"报送情况", "催报清单", "计划的报送要求"} <= set(titles(page))
    assert page.selectbox(key="due").value == "2022-12"
    # The month after is being collected: nothing of it is missing yet.
    page.selectbox(key="due").set_value("2023-01").run()
    assert "未到期" in texts(page)
    assert "（部门）未报" not in chat(page)
    assert chat(page).startswith("以下尚未报送")


def test_missing_tables_are_named_with_their_day(on_sample):
    """In the sample 白银 has households twice a year only, its plan wants them every month by the 20th."""
    page = on_sample("baiyin", "reporting", due="2022-11")
    assert "农户快照（2022年11月，11月20日前）：全部10个镇街" in chat(page).splitlines()
    assert "示例数据：按入库日均为迟报无意义，只看报没报" in texts(page)
    assert "每月20日前报区领导小组办公室" in whole(page)
    page.segmented_control(key="missing_by").set_value("按乡镇").run()
    assert any(line.startswith("水川镇：农户快照（") for line in chat(page).splitlines())


def test_a_township_shows_its_months(on_sample):
    page = on_sample("baiyin", "reporting", town="水川镇", due="2022-11")
    told = texts(page)
    assert {"2022年11月", "2021年12月"} <= set(told)
    assert "2022年12月" not in told
    assert "四龙镇" not in chat(page)
    assert "水川镇" in chat(page)


def test_a_plan_without_a_rule_says_so(on_sample):
    page = on_sample("wanzhou", "reporting", due="2022-11")
    assert "应报日非计划规定，按读取该表的指标的统计频次推定" in texts(page)
    assert "不是计划规定的时限" in chat(page)


def test_how_new_the_data_are(on_sample):
    page = on_sample("mouding", "reporting", asof="2023-09-30")
    page.segmented_control(key="reporting_view").set_value("数据新旧").run()
    assert not page.exception
    assert "9月30日" in texts(page)


def test_villages_that_stopped_reporting_are_counted(on_sample):
    """Counted anew from the rows: how many villages of a township have households this month, how many ever had."""
    page = on_sample("banan", "reporting", asof="2023-10-31")
    page.segmented_control(key="reporting_view").set_value("数据新旧").run()
    rows = loaders.stored("banan", "households").frame
    short = rows.groupby(rows["village_code"].str[:9]).apply(
        lambda part: (part.loc[part["as_of"] >= "2023-10-01", "village_code"].nunique(), part["village_code"].nunique())
    )
    behind = {f"{code}000": f"{n}/{of} 村" for code, (n, of) in short.items() if n < of}
    assert behind
    lines = {code: next(part for part in whole(page).split("<tr") if f'data-id="{code}"' in part) for code in behind}
    assert [code for code, told in behind.items() if told not in lines[code]] == []


def test_in_english(on_sample):
    page = on_sample("banan", "reporting", lang="en", due="2023-11")
    assert {"Reporting", "For the chat", "What the plan asks for"} <= set(titles(page))
    assert "Not due yet" in texts(page)
    assert chat(page).startswith("Not in yet; please report in time")


def test_an_early_date_owes_nothing(on_sample):
    """牟定's plan was issued on 22 May."""
    page = on_sample("mouding", "reporting", asof="2023-04-30")
    assert "按本计划，截至该日期尚无应报报表。" in texts(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_says_the_same(on_sample, lang):
    page = on_sample("baiyin", "reporting", due="2022-11", lang=lang)
    result = CliRunner().invoke(app, ["reporting", "-c", "baiyin", "--period", "2022-11", "--lang", lang])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.endswith(chat(page) + "\n")


@pytest.mark.parametrize(("lang", "head"), [("zh", "新报送 370"), ("en", "Came since then 370")])
def test_what_came_since_the_date_compared_with(on_sample, lang, head):
    # Two months of eight tables of 23 townships and one of an office.
    page = on_sample("banan", "reporting", since="2023-08-31", lang=lang)
    assert not page.exception
    told = [re.sub(r"<[^>]+>", "", html) for html in markup(page)]
    assert any(head in one for one in told)
