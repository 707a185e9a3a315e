"""Identity numbers are known however they are typed, and other long numbers are none."""

from datetime import date

import pytest
from intake.making import csv_bytes, workbook

from data.grid import grid
from data.intake import check_file
from data.intake.identity import IDENTITY, calls, checks, without_phones

TYPED = ["500113198001011234", "５００１１３１９８００１０１１２３４", "500113 19800101 1234", "500113-19800101-123X",
         "身份证500113198001011234。", "50011319800101123ｘ"]  # fmt: skip
OLD = ["500113650101123", "５００１１３６５０１０１１２３", "500113 650101 123", "身份证500113301231001。"]


@pytest.mark.parametrize("text", [*TYPED, *OLD])
def test_an_identity_number_is_known(text):
    assert IDENTITY.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "500113115219",
        "500113198013011234",
        "1500113198001011234",
        "50011319800101123",
        "500113 2023-05-31",
        "12.5",
        "500113651301123",  # no month 13
        "500113650132123",  # no day 32
        "900113650101123",
        "160113650101123",  # no province
        "500113230901001",
        "500113201201001",  # a number with a date, a village with a running number
        "0.500113650101123",
        "500113650101123.5",
        "1,500113650101123",
        "5001136501011234",
        "500113650101123456789",
    ],
)
def test_another_number_is_none(text):
    assert not IDENTITY.search(text)


@pytest.mark.parametrize(
    ("birthday", "one"),
    [
        ("19040229", True),
        ("19031231", False),  # older than 120 in 2024
        ("20240301", True),
        ("20240302", False),
        ("20250101", False),
        ("20991231", False),
    ],
)
def test_a_number_whose_birthday_nobody_alive_has_is_none(monkeypatch, birthday, one):
    monkeypatch.setattr("data.intake.identity._today", lambda: date(2024, 3, 1))
    number = f"500113{birthday}123X"
    assert bool(IDENTITY.search(number)) is one
    assert IDENTITY.sub("*", f"甲{number}乙") == ("甲*乙" if one else f"甲{number}乙")
    # One that is none hides no other behind it.
    assert IDENTITY.search(f"{number}、500113198001011234")


@pytest.mark.parametrize("number", ["500113650101123", "500113198001011234"])
@pytest.mark.parametrize("place", ["cell", "figure", "note", "below", "title", "sheet", "file", "stray"])
def test_an_identity_number_is_shown_from_nowhere(number, place):
    head, rows = ["乡镇", "鸡", "备注"], [["姜家镇", 1, ""], ["二圣镇", 2, ""], ["石滩镇", 3, ""]]
    sheet, name, table = "甲", "鸡.xlsx", [["养殖情况"], head, *rows]
    match place:
        case "cell":
            rows[0][2] = number
        case "figure":
            rows[0][1] = number
        case "note":
            rows[0][2] = f"户主{number}"
        case "below":
            table.append([f"注：{number}"])
        case "title":
            table[0] = [f"养殖情况 {number}"]
        case "sheet":
            sheet = f"甲{number}"
        case "file":
            name = f"{number}.xlsx"
        case "stray":
            rows[0].append(number)
    checked = check_file(workbook(**{sheet: table}), name, "500113")
    told = [checked.problem_list("zh").decode(), str(checked.to_json()), checked.frame.to_csv(), str(grid(checked)),
            checked.source("zh"), str(checked.questions)]  # fmt: skip
    assert not [text for text in told if number in text]
    assert float(number) not in checked.frame.select_dtypes("number").to_numpy()


@pytest.mark.parametrize("number", ["500113650101123", 500113650101123, "500113198001011234"])
def test_an_identity_number_is_no_amount(number):
    head = ["乡镇", "月末", "层级", "资金种类", "到位额（万元）", "累计支出（万元）"]
    raw = workbook(甲=[head, ["姜家镇", "2023-11-30", "中央", "衔接资金", number, 1]])
    checked = check_file(raw, "f.xlsx", "500113")
    (wrong,) = checked.problems.query("severity == 'error'").to_dict("records")
    assert (wrong["row"], wrong["column"], wrong["rule"]) == (2, "received", "not_a_number")
    assert str(number) not in checked.problem_list("zh").decode() + checked.frame.to_csv()


@pytest.mark.parametrize("key", [*TYPED, *OLD, "１３８12345678", "张三13812345678"])
def test_nobody_is_a_key_by_such_a_number(key):
    raw = csv_bytes([["村代码", "户编号", "截至日期", "脱贫户"], ["500113115219", key, "2023-06-30", "是"]])
    checked = check_file(raw, "户.csv", "500113", "households")
    assert "identity_number" in set(checked.problems["rule"])
    assert key not in checked.frame.to_csv()


@pytest.mark.parametrize("key", ["500113010201001", "P500113010201001", "500113115219013"])
def test_a_running_number_within_a_village_is_a_key(key):
    raw = csv_bytes([["村代码", "户编号", "截至日期", "脱贫户"], ["500113115219", key, "2023-06-30", "是"]])
    assert list(check_file(raw, "户.csv", "500113", "households").frame["hh_id"]) == [key]


def test_many_wrong_cells_are_told_in_one_go(monkeypatch):
    from data.intake.model import Problems

    added = []
    plain = Problems.add
    monkeypatch.setattr(Problems, "add", lambda self, rule, *a, **k: added.append(rule) or plain(self, rule, *a, **k))
    rows = [["500113115219", f"H{n}", "2023-06-30", "是", f"选项{n}"] for n in range(300)]
    checked = check_file(
        csv_bytes([["村代码", "户编号", "截至日期", "脱贫户", "监测类别"], *rows]), "户.csv", "500113", "households"
    )
    assert (checked.problems["rule"] == "unknown_value").sum() == 300
    assert added.count("unknown_value") == 1


def test_the_check_digit_tells_identity_numbers():
    assert checks("11010519491231002X")  # the example of the standard (GB 11643)
    assert checks("11010519491231002ｘ")
    assert not checks("110105194912310021")
    assert not checks("110105491231002")


@pytest.mark.parametrize(("key", "kept"), [("110105202305310012", True), ("11010519491231002X", False)])
def test_a_project_numbered_by_county_and_date_is_nobody(key, kept):
    head = ["项目编号", "项目名称", "村代码", "总投资（万元）", "状态", "快照日"]
    checked = check_file(csv_bytes([head, [key, "路", "500113115219", 3, "已开工", "2023-05-31"]]), "t.csv", "500113")
    assert checked.table == "projects"
    assert (list(checked.frame["project_id"]) == [key]) is kept
    assert ("identity_number" in set(checked.problems["rule"])) is not kept


ISSUE = ["编号", "村代码", "代码或名称", "领域", "问题", "责任人岗位", "发现日期", "整改期限"]
ROW = ["500113115219", "500113115000", "governance", "厕所", "村支书岗", "2023-10-01", "2023-11-01"]


@pytest.mark.parametrize(
    "number", ["13812345678", "１３８１２３４５６７８", "1 3 8 1 2 3 4 5 6 7 8", "138 1234 5678", "023-66221234",
               "(023)66221234", "0878-5212345", "钱二狗", "孙三娘副镇长", "买买提·艾山", "户主13812345678"]
)  # fmt: skip
def test_a_problem_is_not_numbered_by_a_telephone_or_a_name(number):
    checked = check_file(csv_bytes([ISSUE, ["A1", *ROW], [number, *ROW]]), "t.csv", "500113", "issues")
    (wrong,) = checked.problems.query("severity == 'error'").to_dict("records")
    assert (wrong["row"], wrong["column"], wrong["rule"]) == (3, "issue_id", "person_as_number")
    assert number not in checked.problem_list("zh").decode() + str(checked.messages("en")) + checked.frame.to_csv()


@pytest.mark.parametrize(
    "number", ["A1", "2023-05-001", "001-2023001", "0012023001", "J50011320230925001", "50011300001",
               "整改1号", "高石坝", "12345678901"]
)  # fmt: skip
def test_other_numbers_of_problems_are_taken(number):
    checked = check_file(csv_bytes([ISSUE, [number, *ROW]]), "t.csv", "500113", "issues")
    assert checked.problems.query("severity == 'error'").empty
    assert list(checked.frame["issue_id"]) == [number]


def test_a_number_that_begins_with_the_county_is_no_mobile():
    assert calls("13098100001")
    assert not calls("13098100001", "130981")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("手机1 3 8 1 2 3 4 5 6 7 8", "手机***"),
        ("1　3　8　1　2　3　4　5　6　7　8。", "***。"),
        ("得分1 3 8 1 2 3 4 5 6 7 8 9", "得分1 3 8 1 2 3 4 5 6 7 8 9"),
        ("2 1 3 8 1 2 3 4 5 6 7 8", "2 1 3 8 1 2 3 4 5 6 7 8"),
    ],
)
def test_a_mobile_with_its_figures_set_apart_is_one(text, kept):
    assert without_phones(text) == kept
