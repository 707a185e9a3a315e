"""Identity numbers are known however they are typed, and other long numbers are none."""

import pytest
from intake.making import csv_bytes

from data.intake import check_file
from data.intake.identity import IDENTITY, checks

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
