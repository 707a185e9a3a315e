"""Rows that repeat a key are found where one may be left out for the others, and rows left out are told."""

from intake.making import csv_bytes

from data.intake import check_file
from data.intake.corrections import NOT_READ, Corrections
from data.intake.repeats import Difference, Repeat, differing, repeats

COUNTY = "500113"
HEAD = ["乡镇", "村名", "日期", "事项代码", "数值", "序号"]


def facts(*rows):
    return csv_bytes([HEAD, *[list(row) for row in rows]])


def row(village, value, n, item="collective_income"):
    return ["姜家镇", village, "2023-09-30", item, value, n]


TWICE = facts(row("平原村", "90", "1"), row("文石村", "80", "2"), row("平原村", "90.0", "3"), row("文石村", "81", "4"))


def left_out(*rows, sheet=""):
    return Corrections(rows={(sheet, n): NOT_READ for n in rows})


def rules(checked):
    return set(checked.problems["rule"])


def test_rows_of_one_key_are_told_apart_by_whether_they_say_the_same():
    checked = check_file(TWICE, "t.csv", COUNTY)
    assert not checked.ok
    # 90 and 90.0 are one figure, and the running number is not read.
    assert repeats(checked) == [Repeat((1, 3), alike=True), Repeat((2, 4), alike=False)]
    assert differing(checked, Repeat((2, 4), alike=False)) == [Difference("value", "collective_income", (80.0, 81.0))]


def test_rows_left_out_do_not_count_and_each_is_told():
    sheet = check_file(TWICE, "t.csv", COUNTY).layout.sheet.name
    checked = check_file(TWICE, "t.csv", COUNTY, said=left_out(3, 2, 999, sheet=sheet))  # the file has no row 1000
    assert checked.ok
    assert list(checked.frame.index) == [2, 5]
    assert list(checked.frame["value"]) == [90.0, 81.0]
    told = checked.problems.loc[checked.problems["rule"] == "row_left_out"]
    assert list(told["row"]) == [3, 4]
    assert repeats(checked) == []
    assert checked.said.rows == {(sheet, 3): NOT_READ, (sheet, 2): NOT_READ}


def test_a_row_left_out_is_of_its_sheet_and_its_file_only():
    assert list(check_file(TWICE, "t.csv", COUNTY, said=left_out(3, sheet="another")).frame.index) == [2, 3, 4, 5]


def test_totals_are_held_against_the_rows_that_are_left():
    head = ["村名", "村集体收入增长（元）"]
    raw = csv_bytes(
        [["姜家镇2023年9月", ""], head, ["平原村", "1000"], ["文石村", "2000"], ["文石村", "2000"], ["合计", "3000"]]
    )
    checked = check_file(raw, "t.csv", COUNTY)
    assert "total_differs" in rules(checked)
    assert [found.rows for found in repeats(checked)] == [(3, 4)]
    again = check_file(raw, "t.csv", COUNTY, said=left_out(4, sheet=checked.layout.sheet.name))
    assert again.ok
    assert "total_differs" not in rules(again)


def test_a_row_that_also_says_what_no_other_says_is_not_offered():
    head = ["村名", "村集体收入增长（元）", "庭院经济示范户（户）"]
    raw = csv_bytes(
        [["姜家镇2023年9月", "", ""], head, ["平原村", "1000", "3"], ["文石村", "2000", ""], ["文石村", "2000", "7"]]
    )
    checked = check_file(raw, "t.csv", COUNTY)
    assert "duplicate_key" in rules(checked)
    assert repeats(checked) == []
    full = csv_bytes([["姜家镇2023年9月", "", ""], head, ["文石村", "2000", "7"], ["文石村", "2000", "7"]])
    assert repeats(check_file(full, "t.csv", COUNTY)) == [Repeat((2, 3), alike=True)]


def test_rows_below_one_that_is_left_out_keep_the_label_it_gives_them():
    head = ["乡镇", "村名", "日期", "事项代码", "数值"]
    first, second = (row(village, value, "")[:5] for village, value in (("平原村", "90"), ("文石村", "80")))
    raw = csv_bytes([head, first, ["", *first[1:]], ["", *second[1:]]])
    whole = check_file(raw, "t.csv", COUNTY)
    assert repeats(whole) == [Repeat((1, 2), alike=True)]
    checked = check_file(raw, "t.csv", COUNTY, said=left_out(1, sheet=whole.layout.sheet.name))
    assert checked.ok
    assert list(checked.frame["value"]) == [90.0, 80.0]
