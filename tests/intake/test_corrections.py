"""What a clerk says of a file counts, is told, and holds for the next file of the same form."""

import pytest
from intake.making import csv_bytes

from data.intake import check_file
from data.intake.check import NEVER
from data.intake.corrections import AS_FOUND, NOT_READ, Corrections, column_keys, form_of, remember, with_cells
from data.intake.files.read import read

COUNTY = "500113"
VILLAGE = "500113115219"  # 姜家镇平原村


def facts(*rows, head=("乡镇", "村名", "日期", "事项代码", "数值")):
    return csv_bytes([list(head), *[list(row) for row in rows]])


def told(checked, rule):
    return checked.problems.loc[checked.problems["rule"] == rule]


def test_a_place_that_is_not_known_is_asked_for_and_taken_as_said():
    raw = facts(["姜家镇", "乌有村", "2023-09-30", "policy_awareness", "90"])
    checked = check_file(raw, "t.csv", COUNTY)
    (question,) = checked.questions
    assert (question.kind, question.text, question.township, question.rows) == ("place", "乌有村", "姜家镇", 1)
    assert not checked.ok

    said = Corrections(places={("乌有村", "姜家镇"): VILLAGE})
    again = check_file(raw, "t.csv", COUNTY, said=said)
    assert "unknown_place" not in set(again.problems["rule"])
    assert not again.questions
    assert list(again.frame["village_code"]) == [VILLAGE]
    listing = again.listing("en")
    (row,) = listing.loc[listing["rule"] == "Place as chosen"].to_dict("records")
    assert row["row"] == "2"
    assert VILLAGE in row["repair"]


def test_a_place_that_is_not_known_is_one_error_not_four():
    raw = facts(["姜家镇", "乌有村", "2023-09-30", "collective_income", "90"])
    problems = check_file(raw, "t.csv", COUNTY).problems
    assert list(problems.loc[problems["severity"] == "error", "rule"]) == ["unknown_place"]


def test_a_place_said_with_a_township_is_not_taken_for_another_townships():
    raw = facts(["石滩镇", "乌有村", "2023-09-30", "policy_awareness", "90"])
    checked = check_file(raw, "t.csv", COUNTY, said=Corrections(places={("乌有村", "姜家镇"): VILLAGE}))
    assert "unknown_place" in set(checked.problems["rule"])


def test_rows_of_a_place_may_be_left_out_and_that_is_told():
    raw = facts(
        ["姜家镇", "平原村", "2023-09-30", "policy_awareness", "90"],
        ["姜家镇", "开发区", "2023-09-30", "policy_awareness", "不详"],
    )
    checked = check_file(raw, "t.csv", COUNTY, said=Corrections(places={("开发区", "姜家镇"): NOT_READ}))
    assert list(checked.frame["village_code"]) == [VILLAGE]
    assert list(checked.frame.index) == [2]
    (row,) = told(checked, "rows_left_out").to_dict("records")
    assert (row["row"], row["header"], row["value"]) == (3, "村名", "开发区")
    assert any("第 3 行 “村名” “开发区”按选定不读入" in line for line in checked.problem_lines("zh"))
    # Nothing else of a row that is not read is complained of.
    assert "not_a_number" not in set(checked.problems["rule"])


def test_a_column_is_taken_as_said_and_its_unit_too():
    head = ["区划代码", "月末", "层级", "资金种类", "拨来的钱", "累计支出（万元）"]
    raw = csv_bytes([head, ["500113115000", "2023-04-30", "中央", "衔接资金", "1000000", "33.5"]])
    first = check_file(raw, "t.csv", COUNTY)
    assert first.table == "funds"
    assert first.frame["received"].isna().all()
    said = Corrections(columns={"拨来的钱": "received"}, units={"拨来的钱": "元"})
    checked = check_file(raw, "t.csv", COUNTY, said=said)
    assert list(checked.frame["received"]) == [100.0]  # 1 000 000 元 are 100 万元
    assert {"column_as_said", "unit_as_said", "unit_converted"} <= set(checked.problems["rule"])
    assert "unknown_column" not in set(checked.problems["rule"])


def test_a_column_taken_for_another_gives_way_or_is_left_out():
    head = ["区划代码", "月末", "层级", "资金种类", "到位额（万元）", "累计支出（万元）", "新数"]
    raw = csv_bytes([head, ["500113115000", "2023-04-30", "中央", "衔接资金", "100", "33", "44"]])
    checked = check_file(raw, "t.csv", COUNTY, said=Corrections(columns={"新数": "spent"}))
    assert list(checked.frame["spent"]) == [44.0]
    assert "column_twice" not in set(checked.problems["rule"])
    left_out = check_file(raw, "t.csv", COUNTY, said=Corrections(columns={"到位额(万元)": NOT_READ}))
    assert left_out.frame["received"].isna().all()
    assert "column_not_read" in set(left_out.problems["rule"])


def test_a_column_of_people_stays_out_whatever_is_said():
    head = ["村代码", "户编号", "截至日期", "脱贫户", "户主姓名"]
    raw = csv_bytes([head, [VILLAGE, "H1", "2023-06-30", "是", "张三丰"]])
    checked = check_file(raw, "t.csv", COUNTY, "households", said=Corrections(columns={"户主姓名": "risk_other"}))
    assert "personal_column" in set(checked.problems["rule"])
    assert "张三丰" not in checked.frame.to_csv() + checked.problems.to_csv()


def test_a_column_of_a_table_of_its_own_kind_becomes_an_item():
    raw = csv_bytes([["乡镇", "村名", "日期", "问了几人", "知道的"], ["姜家镇", "平原村", "2023-09-30", "50", "45"]])
    assert check_file(raw, "t.csv", COUNTY).generic
    columns = {"问了几人": "policy_awareness:denominator", "知道的": "policy_awareness:numerator"}
    said = Corrections("facts", columns)
    checked = check_file(raw, "t.csv", COUNTY, said=said)
    assert checked.ok
    assert checked.mode == "merge"
    row = checked.frame.iloc[0]
    assert (row["geo_code"], row["item"]) == (VILLAGE, "policy_awareness")
    assert (row["numerator"], row["denominator"]) == (45.0, 50.0)
    told_of = [row["more"]["meaning_zh"] for row in told(checked, "column_as_said").to_dict("records")]
    assert told_of == ["政策知晓度（分母）", "政策知晓度（分子）"]


def test_an_option_is_asked_for_and_taken_as_said():
    raw = facts(["姜家镇", "平原村", "2023-09-30", "政策知道率", "90"])
    checked = check_file(raw, "t.csv", COUNTY)
    (question,) = checked.questions
    assert (question.kind, question.column, question.text) == ("option", "item", "政策知道率")
    again = check_file(
        raw, "t.csv", COUNTY, said=Corrections(options={("facts.item", "政策知道率"): "policy_awareness"})
    )
    assert again.ok
    assert list(again.frame["item"]) == ["policy_awareness"]
    assert "option_as_said" in set(again.problems["rule"])


def test_a_cell_is_corrected_in_the_row_and_column_of_the_file():
    raw = facts(["姜家镇", "平原村", "2023-09-30", "policy_awareness", "九十几"])
    said = Corrections(cells={("", 1, 4): "91"})
    wrong = check_file(raw, "t.csv", COUNTY)
    sheet = wrong.layout.sheet.name
    assert not wrong.ok
    checked = check_file(raw, "t.csv", COUNTY, said=Corrections(cells={(sheet, 1, 4): "91"}))
    assert list(checked.frame["value"]) == [91.0]
    (row,) = told(checked, "cell_as_said").to_dict("records")
    assert (row["row"], row["value"], row["repair"]) == (2, "九十几", "91")
    if sheet:  # a cell of another sheet is none of this one's
        assert not check_file(raw, "t.csv", COUNTY, said=said).ok


def test_what_was_said_holds_for_the_next_month_of_the_same_form():
    head = ["乡镇", "村名", "日期", "事项代码", "{}月数"]

    def month(n, day):
        return csv_bytes([[h.format(n) for h in head], ["姜家镇", "乌有村", day, "policy_awareness", "90"]])

    said = Corrections("facts", {column_keys([("9月数",)])[0]: "value"}, places={("乌有村", "姜家镇"): VILLAGE})
    september = check_file(month(9, "2023-09-30"), "九月.csv", COUNTY, said=said)
    assert september.ok
    memory = remember([september.said.to_json(september.layout.form)])
    october = check_file(month(10, "2023-10-31"), "十月.csv", COUNTY, remembered=memory)
    assert october.ok
    assert list(october.frame["geo_code"]) == [VILLAGE]
    assert list(october.frame["value"]) == [90.0]
    # The batch of October says itself what it rests on: it outlives an undo of September's.
    assert remember([october.said.to_json(october.layout.form)]).about(october.layout.form) == memory.about(
        october.layout.form
    )
    # Said otherwise, it is as recognised again.
    taken_back = Corrections(places={("乌有村", "姜家镇"): AS_FOUND})
    asked = check_file(month(10, "2023-10-31"), "十月.csv", COUNTY, said=taken_back, remembered=memory)
    assert [q.text for q in asked.questions] == ["乌有村"]


@pytest.mark.parametrize(
    ("title", "line", "known"),
    [
        ("石滩镇2023年10月辣椒种植情况", "单位：亩", True),  # of a neighbour, a month later
        ("姜家镇2023年10月花生种植情况", "单位：亩", False),
        ("姜家镇2023年10月辣椒种植情况", "单位：万亩", False),
    ],
)
def test_a_form_with_another_title_or_line_of_units_is_another_form(title, line, known):
    def file(title, line):
        rows = [[title], [line], ["乡镇", "村名", "面积"], ["姜家镇", "平原村", "7"], ["姜家镇", "文石村", "8"]]
        return csv_bytes(rows)

    said = Corrections("facts", {"面积": "collective_income"})
    first = check_file(file("姜家镇2023年9月辣椒种植情况", "单位：亩"), "九月.csv", COUNTY, said=said)
    memory = remember([first.said.to_json(first.layout.form)])
    next_one = check_file(file(title, line), "十月.csv", COUNTY, remembered=memory)
    assert ("column_remembered" in set(next_one.problems["rule"])) is known
    assert (next_one.table == "facts") is known


def test_a_file_keeps_only_what_counted_for_it():
    memory = remember([Corrections(places={("乌有村", "姜家镇"): VILLAGE}).to_json("x")])
    raw = facts(["姜家镇", "平原村", "2023-09-30", "policy_awareness", "90"])
    assert not check_file(raw, "t.csv", COUNTY, remembered=memory).said


def test_what_was_said_last_counts_and_nothing_said_is_nothing_kept():
    first = Corrections("facts", {"甲": "value"}, places={("a", ""): "1"}).to_json("f")
    second = Corrections(columns={"甲": "numerator"}, places={("a", ""): "2"}).to_json("f")
    about = remember([first, second]).about("f")
    assert (about.table, about.columns, about.places) == ("facts", {"甲": "numerator"}, {("a", ""): "2"})
    assert remember([first, second]).about("other").columns == {}
    assert remember([first, second]).about("other").places == {("a", ""): "2"}
    assert Corrections().to_json("f") == ""
    assert remember(["", ""]) == NEVER


@pytest.mark.parametrize(("one", "other", "same"), [
    (("2023年9月",), ("2023年10月",), True),
    (("九月",), ("十月",), True),
    (("户数",), ("人数",), False),
])  # fmt: skip
def test_a_form_is_known_by_its_headers_whatever_the_month(one, other, same):
    assert (form_of([("乡镇",), one]) == form_of([("乡镇",), other])) is same


def test_headers_that_repeat_are_numbered():
    assert column_keys([("数",), (), ("数",), ("合", "数")]) == ("数", "", "数 (2)", "合/数")


def test_an_option_of_one_table_says_nothing_of_another():
    text = Corrections(options={("projects.kind", "经营性"): "industry"}).to_json("f")
    head = ["村代码", "资产编号", "截至日期", "类别", "原值（万元）"]
    raw = csv_bytes([head, [VILLAGE, "A1", "2023-06-30", "经营性", "10"]])
    checked = check_file(raw, "资产.csv", COUNTY, "assets", remembered=remember([text]))
    assert "unknown_value" not in set(checked.problems["rule"])
    assert not checked.said.options


def test_rows_left_out_of_one_form_are_read_in_another():
    raw = facts(["姜家镇", "平原村", "2023-09-30", "collective_income", "90"])
    memory = remember([Corrections(places={("平原村", "姜家镇"): NOT_READ}).to_json("of another form")])
    assert len(check_file(raw, "t.csv", COUNTY, remembered=memory).frame) == 1


def test_what_did_not_count_is_not_kept():
    raw = facts(["姜家镇", "平原村", "2023-09-30", "collective_income", "90"])
    said = Corrections(options={("households.monitor_type", "不稳"): "unstable"}, places={("没有村", ""): VILLAGE})
    assert not check_file(raw, "t.csv", COUNTY, said=said).said


@pytest.mark.parametrize(
    "number", ["500113198001011234", "５００１１３１９８００１０１１２３４", "500113 19800101 123X"]
)
def test_no_identity_number_is_kept_with_what_was_said(number):
    said = Corrections(cells={("", 1, 2): f"张三{number}"}, places={(number, ""): VILLAGE})
    assert number not in said.to_json("f")


def test_a_file_read_once_is_checked_again_without_being_read():
    raw = facts(["姜家镇", "平原村", "2023-09-30", "collective_income", "九十"])
    book = read(raw, "t.csv")
    sheet = book.sheets[0].name
    again = check_file(b"", "t.csv", COUNTY, said=Corrections(cells={(sheet, 1, 4): "91"}), book=book)
    assert list(again.frame["value"]) == [91.0]


def test_a_corrected_cell_may_be_one_text_more_than_a_byte_counts():
    rows = [["村", "人口"], *([f"第{n}村", str(n)] for n in range(1, 255))]
    book = read(csv_bytes(rows), "a.csv")
    full = book.sheets[0].columns[1]
    corrected = with_cells(book, {(book.sheets[0].name, 3, 1): "新", (book.sheets[0].name, 4, 1): "再新"})
    column = corrected.sheets[0].columns[1]
    assert [column.text(row) for row in range(2, 6)] == ["2", "新", "再新", "5"]
    assert full.text(3) == "3"


def fund_sheet(title, *heads):
    head = ["乡镇", *heads, "到位额（万元）", "累计支出（万元）"]
    return csv_bytes([[title], head, ["姜家镇", *("中央" for _ in heads), 100, 50]])


def test_a_kind_that_nothing_states_is_asked_for_once_and_says_what_to_do():
    checked = check_file(fund_sheet("2023年9月衔接资金情况"), "t.csv", COUNTY)
    assert [(q.kind, q.column, q.text, q.rows) for q in checked.questions] == [("option", "tier", "", 1)]
    assert [q.likely for q in checked.questions] == [("central", "provincial", "county", "all")]
    (row,) = told(checked, "missing_option").to_dict("records")
    assert row["column"] == "tier"
    said = next(line for line in checked.problem_lines("zh") if "[错误]" in line)
    assert all(word in said for word in ("中央、省级、县级、合计", "就地更正", "加一列“层级”", "重新上传"))


def test_a_kind_that_is_said_of_all_rows_holds_for_this_form_only():
    raw = fund_sheet("2023年9月衔接资金情况")
    said = Corrections(options={("funds.tier", ""): "provincial"})
    checked = check_file(raw, "t.csv", COUNTY, said=said)
    assert checked.ok
    assert checked.frame["tier"].tolist() == ["provincial"]
    assert len(told(checked, "option_of_all")) == 1
    memory = remember([checked.said.to_json(checked.layout.form)])
    again = check_file(fund_sheet("2023年10月衔接资金情况"), "t.csv", COUNTY, remembered=memory)
    assert again.ok
    assert again.frame["tier"].tolist() == ["provincial"]
    assert len(told(again, "option_of_all_remembered")) == 1
    other = check_file(fund_sheet("2023年10月土地出让收益情况"), "t.csv", COUNTY, remembered=memory)
    assert not other.ok
    assert [q.column for q in other.questions] == ["tier"]
    # Taken back it is asked for again.
    back = Corrections(options={("funds.tier", ""): AS_FOUND})
    assert [q.column for q in check_file(raw, "t.csv", COUNTY, said=back, remembered=memory).questions] == ["tier"]


@pytest.mark.parametrize(
    ("title", "tier", "fund"),
    [
        ("2023年9月中央衔接资金情况", "central", "linkage"),
        ("2023年9月省级土地出让收益情况", "provincial", "land_revenue"),
        ("2023年9月省级和市级衔接资金情况", None, "linkage"),
        ("2023年9月市级、省级衔接资金情况", None, "linkage"),
        ("2023年9月中央、省级衔接资金情况", None, "linkage"),
        ("2023年9月非衔接资金情况", None, None),
        ("2023年9月资金情况", None, None),
    ],
)
def test_kinds_that_the_title_names_are_taken_from_it_and_told(title, tier, fund):
    checked = check_file(fund_sheet(title), "t.csv", COUNTY)
    assert checked.table == "funds"
    assert [*told(checked, "option_by_title")["column"]] == [n for n, v in (("tier", tier), ("fund", fund)) if v]
    assert [q.column for q in checked.questions] == [n for n, v in (("tier", tier), ("fund", fund)) if not v]
    for name, value in (("tier", tier), ("fund", fund)):
        assert checked.frame[name].dropna().tolist() == ([value] if value else [])


def test_a_column_of_kinds_counts_whatever_the_title_names():
    checked = check_file(fund_sheet("2023年9月省级衔接资金情况", "层级"), "t.csv", COUNTY)
    assert checked.frame["tier"].tolist() == ["central"]
    assert not len(told(checked, "option_by_title").query("column == 'tier'"))
