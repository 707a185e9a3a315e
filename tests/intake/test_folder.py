"""The strict reader of a folder of tables."""

import pandas as pd
import pytest
from intake.making import csv_bytes, xlsx_bytes

from data.intake import Refusal, read_table_dir
from data.tables import tables

HEAD = ["geo_code", "as_of", "tier", "fund", "received", "spent", "year"]
ROW = ["500113000000", "2023-06-30", "central", "linkage", "100", "46.3", "2023.0"]


def put(folder, name, *rows, head=HEAD):
    raw = xlsx_bytes([head, *rows]) if name.endswith("xlsx") else csv_bytes([head, *rows])
    (folder / name).write_bytes(raw)


def test_one_file_per_table_and_missing_files(tmp_path):
    put(tmp_path, "funds.csv", ROW)
    put(tmp_path, "issues.xlsx", head=["issue_id", "found_on"])
    frames, warnings = read_table_dir(tmp_path, "500113")
    assert sorted(frames) == ["funds", "issues"]
    assert frames["funds"]["year"].tolist() == [2023]
    assert frames["funds"].index.tolist() == [0]
    assert list(frames["issues"]) == list(tables()["issues"].names)
    assert len(frames["issues"]) == 0
    assert warnings == []


def test_booleans_integers_dates(tmp_path):
    head = ["village_code", "hh_id", "as_of", "is_lifted", "members_n"]
    rows = [
        ["500113003200", str(i), "2023-06-30", word, "3.0"]
        for i, word in enumerate(["True", "1", "是", "False", "0", "否", ""])
    ]
    put(tmp_path, "households.csv", *rows, head=head)
    frame = read_table_dir(tmp_path, None)[0]["households"]
    assert frame["is_lifted"].tolist() == [True, True, True, False, False, False, False]
    assert frame["members_n"].tolist() == [3] * 7
    assert frame["as_of"].tolist() == [pd.Timestamp(2023, 6, 30)] * 7


@pytest.mark.parametrize(
    ("position", "value"), [(1, "六月底"), (4, "几百"), (6, "2023.5")], ids=["date", "number", "integer"]
)
def test_wrong_types_are_refused_with_row_and_column(tmp_path, position, value):
    row = list(ROW)
    row[position] = value
    put(tmp_path, "funds.csv", ROW, row)
    with pytest.raises(Refusal, match=rf"funds\.csv.*row 3.*{HEAD[position]}.*{value}"):
        read_table_dir(tmp_path, "500113")


def test_what_is_wrong_is_said_in_chinese_too(tmp_path):
    put(tmp_path, "funds.csv", ROW, [*ROW[:4], "几百", *ROW[5:]])
    with pytest.raises(Refusal) as refused:
        read_table_dir(tmp_path, "500113", "zh")
    said = refused.value.text("zh")
    assert said.startswith(f"funds.csv：第 3 行，“{HEAD[4]}”列：")
    assert "几百" in said
    put(tmp_path, "funds.csv", *[["500101000000", *ROW[1:]]] * 3)
    put(tmp_path, "money.csv", ROW)
    warnings = read_table_dir(tmp_path, "500113", "zh")[1]
    assert warnings[0] == "money.csv：文件名不是任何一张上报表的名称，未读取"
    assert "（另有 2 处：第 3, 4 行）" in "".join(warnings)


def test_a_wrong_boolean_is_refused(tmp_path):
    put(
        tmp_path,
        "staff.csv",
        ["1", "500113003200", "2023-05", "2023-05-31", "也许"],
        head=["staff_id", "village_code", "month", "as_of", "trained"],
    )
    with pytest.raises(Refusal, match="也许"):
        read_table_dir(tmp_path, None)


def test_a_missing_key_column_is_refused(tmp_path):
    put(tmp_path, "funds.csv", ROW[1:], head=HEAD[1:])
    with pytest.raises(Refusal, match="geo_code"):
        read_table_dir(tmp_path, "500113")


def test_a_missing_other_column_is_blank(tmp_path):
    put(tmp_path, "funds.csv", ROW[:5], head=HEAD[:5])
    assert read_table_dir(tmp_path, "500113")[0]["funds"]["spent"].isna().all()


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.4", b"PK\x03\x04rubbish"])
def test_an_unreadable_file_is_refused(tmp_path, raw):
    (tmp_path / "funds.csv").write_bytes(raw)
    with pytest.raises(Refusal, match=r"funds\.csv"):
        read_table_dir(tmp_path, "500113")


def test_unknown_places_and_implausible_values_are_only_warnings(tmp_path):
    rows = [
        ["500113999000", *ROW[1:]],
        ["500101000000", *ROW[1:]],
        [ROW[0], *ROW[1:4], "-5", "9", "1999"],
        [ROW[0], ROW[1], "none of these", *ROW[3:]],
    ]
    put(tmp_path, "funds.csv", *rows)
    frames, warnings = read_table_dir(tmp_path, "500113")
    frame = frames["funds"]
    assert frame["geo_code"].tolist()[:2] == ["500113999000", "500101000000"]
    assert frame["received"].tolist()[2] == -5
    text = "\n".join(warnings)
    for word in ("500113999000", "500101000000", "-5", "none of these"):
        assert word in text


def test_short_codes_name_the_same_place(tmp_path):
    put(tmp_path, "funds.csv", ["500113", *ROW[1:]])
    assert read_table_dir(tmp_path, "500113")[0]["funds"]["geo_code"].tolist() == ["500113000000"]


def test_other_files_are_not_read(tmp_path):
    put(tmp_path, "money.csv", ROW)
    (tmp_path / "README.md").write_text("x")
    frames, warnings = read_table_dir(tmp_path, "500113")
    assert frames == {}
    assert ["money.csv" in text for text in warnings] == [True]


def test_two_files_for_a_table_are_refused(tmp_path):
    put(tmp_path, "funds.csv", ROW)
    put(tmp_path, "funds.xlsx", ROW)
    with pytest.raises(Refusal, match=r"funds\.csv"):
        read_table_dir(tmp_path, "500113")


def test_not_a_folder(tmp_path):
    with pytest.raises(Refusal):
        read_table_dir(tmp_path / "none", None)
