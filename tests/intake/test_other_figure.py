"""Headers whose words make the figure another one than its name says: told and not read, whatever form they have."""

import pytest

from data.intake import check_file
from data.intake.corrections import Corrections

FUNDS = """2023年5月衔接资金（万元）
乡镇,层级,资金种类,到位额,{header}
姜家镇,中央,衔接资金,100,5
接龙镇,中央,衔接资金,100,6
"""
CAPTION = """2023年5月（万元）
乡镇,层级,资金种类,{caption},
,,,到位额,支出
姜家镇,中央,衔接资金,100,5
接龙镇,中央,衔接资金,90,6
"""
BOTH = """2023年5月（万元）
乡镇,层级,资金种类,到位额,支出,
,,,,当月,累计
姜家镇,中央,衔接资金,100,5,60
接龙镇,中央,衔接资金,90,6,50
"""
PROJECTS = "2023年5月项目（万元）\n项目编号,项目名称,村,{header}\nP1,路,姜家镇平原村,10\nP2,桥,姜家镇文石村,20\n"
ITEMS = "2023年5月\n村,{caption}\n,{name}\n姜家镇平原村,10\n姜家镇文石村,20\n"
OVER_UNDER_BESIDE = ["村,{caption}\n,监测对象户数", "村,监测对象户数\n,{caption}", "村,监测对象户数（{caption}）"]
MONTHS = """2023年衔接资金支出（万元）
乡镇,层级,资金种类,1月,2月,3月,合计
姜家镇,中央,衔接资金,5,6,7,{first}
接龙镇,中央,衔接资金,6,7,8,{second}
"""


def check(text, **said):
    return check_file(text.encode(), "表.csv", "500113", **said)


def told(checked):
    return set(checked.problems["rule"])


@pytest.mark.parametrize(
    "word",
    [
        "本月",
        "当月",
        "上年",
        "截至4月底",
        "截至2022年5月底",
        "计划",
        "2022年",
        "6月",
        "其中：产业",
        "支出率",
        "新增",
        "未完成",
    ],
)
def test_what_brackets_say_of_a_running_total_is_heard(word):
    checked = check(FUNDS.format(header=f"支出（{word}）"))
    assert checked.table == "funds"
    assert checked.frame["spent"].isna().all()
    assert any("未读入" in line for line in checked.problem_lines("zh"))


@pytest.mark.parametrize(
    "header",
    [
        "支出（累计）",
        "支出（2023年）",
        "支出（截至5月底）",
        "支出（截至2023年5月31日）",
        "支出（本年）",
        "累计支出（万元）",
    ],
)
def test_brackets_that_say_the_same_change_nothing(header):
    assert check(FUNDS.format(header=header)).frame["spent"].tolist() == [5, 6]


@pytest.mark.parametrize(("header", "column", "read"), [
    ("已支出（本月）", "paid", False), ("已支出（今年）", "paid", False), ("总投资（上年）", "invest", False),
    ("总投资（计划）", "invest", True), ("总投资（批复）", "invest", True),
])  # fmt: skip
def test_what_may_be_planned_and_what_runs_on_for_years(header, column, read):
    assert check(PROJECTS.format(header=header)).frame[column].notna().all() == read


@pytest.mark.parametrize("caption", ["当月", "本月", "上年", "计划"])
def test_a_caption_above_figures_of_an_upload_table_is_heard(caption):
    frame = check(CAPTION.format(caption=caption)).frame
    assert "spent" not in frame or frame["spent"].isna().all()


def test_beside_the_month_the_running_total_is_taken():
    assert check(BOTH).frame["spent"].tolist() == [60, 50]


@pytest.mark.parametrize("caption", ["上年末", "上年同期", "本月新增", "目标任务", "计划", "2022年", "截至上月底"])
def test_a_caption_above_an_item_is_heard(caption):
    assert check(ITEMS.format(caption=caption, name="监测对象户数")).table is None


@pytest.mark.parametrize("caption", ["本月", "2023年", "监测对象", "现有情况", "其中"])
def test_a_caption_that_says_no_other_figure_changes_nothing(caption):
    assert check(ITEMS.format(caption=caption, name="监测对象户数")).frame["value"].tolist() == [10, 20]


def test_a_month_above_one_item_dates_it():
    frame = check(ITEMS.format(caption="4月", name="监测对象户数")).frame
    assert set(frame["as_of"].astype(str)) == {"2023-04-30"}


def test_what_the_sender_says_counts_more():
    text = FUNDS.format(header="支出（本月）")
    key = next(k for k in check(text).layout.keys if "本月" in k)
    assert check(text, said=Corrections(columns={key: "spent"})).frame["spent"].tolist() == [5, 6]


def test_months_whose_total_is_their_sum_are_not_to_date():
    assert "not_to_date" in told(check(MONTHS.format(first=18, second=21)))


def test_months_whose_total_repeats_the_last_are_to_date():
    checked = check(MONTHS.format(first=7, second=8))
    assert "not_to_date" not in told(checked)
    assert checked.ok


@pytest.mark.parametrize(("title", "doubted"), [
    ("2023年5月当月衔接资金支出（万元）", True), ("2023年各月衔接资金支出（万元）", True),
    ("2023年5月衔接资金月报表（万元）", False), ("截至2023年5月当月累计支出（万元）", False),
])  # fmt: skip
def test_a_title_of_one_month_is_doubted_above_a_running_total(title, doubted):
    text = FUNDS.format(header="支出").replace("2023年5月衔接资金（万元）", title)
    assert ("title_of_month" in told(check(text))) == doubted


@pytest.mark.parametrize("numbers", [",,,(1),(2),(3)", "1,2,3,4,5,6=5/4"])
def test_a_row_that_numbers_the_columns_is_no_data(numbers):
    text = f"2023年5月（万元）\n乡镇,层级,资金种类,到位额,支出,支出率\n{numbers}\n姜家镇,中央,衔接资金,100,50,0.5\n"
    assert check(text).frame["spent"].tolist() == [50]


def test_figures_that_count_are_data():
    text = "2023年5月\n序号,村,监测对象户数,监测对象人数\n1,平原村,2,3\n2,文石村,4,5\n"
    assert check(text).frame["value"].tolist() == [2, 4, 3, 5]


@pytest.mark.parametrize("caption", [
    "易地搬迁", "脱贫户", "女性", "其中：已消除", "完成率", "同比", "排名", "序时进度", "较上月", "期初", "人均",
    "已消除", "第一批",
])  # fmt: skip
@pytest.mark.parametrize(
    "form", ["村,{caption}\n,监测对象户数", "村,监测对象户数\n,{caption}", "村,监测对象户数（{caption}）"]
)
def test_words_that_may_narrow_an_item_are_asked_about(form, caption):
    checked = check(f"2023年5月\n{form.format(caption=caption)}\n姜家镇平原村,10\n姜家镇文石村,20\n")
    assert checked.table is None
    assert "other_figure" in told(checked)
    assert any("监测对象户数" in line and "未读入" in line for line in checked.problem_lines("zh"))


@pytest.mark.parametrize(
    "form", ["村,{caption}\n,监测对象户数", "村,监测对象户数\n,{caption}", "村,监测对象户数（{caption}）"]
)
@pytest.mark.parametrize("caption", ["总数", "合计", "实际", "截至目前", "实有", "本月", "2023年", "累计", "月末"])
def test_words_that_leave_an_item_whole_change_nothing(form, caption):
    checked = check(f"2023年5月\n{form.format(caption=caption)}\n姜家镇平原村,10\n姜家镇文石村,20\n")
    assert checked.frame["value"].tolist() == [10, 20]
    assert "other_figure" not in told(checked)


def test_an_item_that_is_a_part_of_the_one_below_it_is_meant():
    frame = check(ITEMS.format(caption="脱贫不稳定户", name="监测对象户数")).frame
    assert set(frame["item"]) == {"monitored_unstable"}


def test_a_running_total_is_no_amount_of_a_period():
    checked = check("2023年5月\n区县,消费帮扶额（万元）\n,累计\n巴南区,10\n")
    assert checked.table is None or checked.frame["value"].isna().all()


@pytest.mark.parametrize("caption", ["易地搬迁", "其中：产业", "减少", "女性", "完成率", "排名", "财政"])
@pytest.mark.parametrize(
    "form",
    [
        "项目编号,项目名称,村,{c}\n,,,总投资",
        "项目编号,项目名称,村,总投资\n,,,{c}",
        "项目编号,项目名称,村,总投资（{c}）",
    ],
)
def test_words_that_may_narrow_a_column_are_asked_about(form, caption):
    checked = check(f"2023年5月项目（万元）\n{form.format(c=caption)}\nP1,路,姜家镇平原村,10\nP2,桥,姜家镇文石村,20\n")
    assert checked.table == "projects"
    assert checked.frame["invest"].isna().all()
    assert any("总投资" in line and "未读入" in line for line in checked.problem_lines("zh"))


@pytest.mark.parametrize("caption", ["资金投入", "项目投资情况", "合计", "计划", "批复", "2023年"])
def test_captions_of_a_record_change_nothing(caption):
    text = (
        "2023年5月项目（万元）\n项目编号,项目名称,村,{c},\n,,,总投资,已支出\n"
        "P1,路,姜家镇平原村,10,1\nP2,桥,姜家镇文石村,20,2\n"
    )
    assert check(text.format(c=caption)).frame["invest"].tolist() == [10, 20]


def test_days_of_a_year_are_no_days_of_a_month():
    text = "2023年11月\n人员编号,村,职务,在村天数（{}）\nS1,平原村,第一书记,20\n"
    assert check(text.format("本月")).frame["days"].tolist() == [20]
    assert check(text.format("本年累计")).frame["days"].isna().all()


def test_what_the_sender_says_of_a_narrowed_item_counts_more():
    text = ITEMS.format(caption="易地搬迁", name="监测对象户数")
    key = next(k for k in check(text).layout.keys if "监测" in k)
    assert check(text, said=Corrections(columns={key: "monitored_households"})).frame["value"].tolist() == [10, 20]


def test_beside_plan_and_rate_the_actual_figure_is_taken():
    text = "2023年5月\n村,公益性岗位人数,,\n,计划,实际,完成率（%）\n姜家镇平原村,40,30,75\n姜家镇文石村,20,10,50\n"
    checked = check(text)
    assert checked.frame["value"].tolist() == [30, 10]
    assert set(checked.frame["item"]) == {"public_post_workers"}
