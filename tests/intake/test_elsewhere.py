"""A table of another county is refused once, and only where what it names says so."""

import pytest
from intake.making import csv_bytes
from intake.test_exports import BANAN, ledger, rows_of

from data.intake import check_file
from data.intake.corrections import Corrections

# Made up: no county has these.
STRANGE = ("黑水塘村", "磨盘岭村", "老鸦溪村", "七里坡村", "牛角湾村", "杨柳坝村")
COUNTY = "500113"


def checked(places, title="", header="村", **said):
    rows = "".join(f"{place},资金{n},2023,{n}\n" for n, place in enumerate(places, 1))
    text = f"{title}\n{header},资金名称,预算年度,到位额（万元）\n{rows}".lstrip()
    return check_file(text.encode(), "t.csv", COUNTY, "funds", period="2023-09", **said)


def test_codes_of_another_county_refuse_the_file_once():
    found = checked([f"50010100120{n}" for n in range(5)], header="行政区划代码")
    assert found.refusal
    assert found.refusal.rule == "elsewhere"
    assert "5 个代码以 500101 开头（万州区）" in found.refusal.text("zh")
    assert "没有一处在巴南区" in found.refusal.text("zh")
    assert "5 codes begin with 500101 (Wanzhou" in found.refusal.text("en")
    assert found.problems.empty


def test_names_of_which_none_is_known_here_refuse_it():
    found = checked(STRANGE)
    assert found.refusal
    assert found.refusal.rule == "elsewhere"
    assert "“黑水塘村”“磨盘岭村”“老鸦溪村”等 6 个地名在名册里没有" in found.refusal.text("zh")


def test_another_county_in_the_title_makes_fewer_names_enough():
    assert checked(STRANGE[:3]).refusal is None
    found = checked(STRANGE[:3], "重庆市南川区2023年资金表")
    assert found.refusal
    assert "表里写的是“南川区”" in found.refusal.text("zh")


@pytest.mark.parametrize("title", ["巴南区2023年资金表", "巴南区高新区2023年资金表", "搬迁安置社区资金表", ""])
def test_a_title_that_names_this_county_or_none_is_no_evidence(title):
    assert checked(STRANGE[:3], title).refusal is None


def test_one_place_known_here_or_a_word_of_its_sender_is_enough_to_read_it():
    assert checked([*STRANGE, "平原村"]).refusal is None
    assert checked([*(f"50010100120{n}" for n in range(5)), "500113115219"], header="行政区划代码").refusal is None
    said = Corrections(places={(STRANGE[0], ""): "500113115219"})
    assert checked(STRANGE, said=said).refusal is None


def test_two_slips_are_no_other_county():
    assert checked(["黑水塘村", "磨盘岭村"]).refusal is None


def test_an_export_of_another_county_is_refused_too():
    people = [{**p, "乡(镇)": "黑水镇", "行政村": STRANGE[n]} for n, p in enumerate(ledger())]
    found = check_file(csv_bytes(rows_of(people)), "信息_20231218.csv", BANAN.code)
    assert found.refusal
    assert found.refusal.rule == "elsewhere"
