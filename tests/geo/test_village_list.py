"""A list of places with codes and names only is completed as the statistics bureau's own lists are."""

from pathlib import Path

import pandas as pd
import pytest

from geo import village_list
from geo.regions import FOLDER
from geo.village_list import VillageListError

LISTS = sorted(FOLDER.glob("[0-9]*.csv"))
MADE = ["level", "parent_code", "kind", "short_name"]


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.stem)
def test_what_codes_and_names_leave_out_follows_from_them(file: Path, tmp_path: Path) -> None:
    whole = pd.read_csv(file, dtype="str")
    short = tmp_path / file.name
    whole[["code", "name"]].to_csv(short, index=False, encoding="utf-8-sig")  # as Excel writes it
    pd.testing.assert_frame_equal(village_list.read(short)[["code", "name", *MADE]], whole[["code", "name", *MADE]])


def test_what_a_list_says_itself_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "532328.csv"
    file.write_text("code,name,short_name\n532328000000,元谋县,元谋\n", "utf-8")
    assert village_list.read(file)["short_name"].tolist() == ["元谋"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("53232810100,某村", "3: 代码不是 12 位数字"),
        ("532329101001,某村", "3: 代码 532329101001 不属于 532328"),
        ("532328000000,某县", "3: 代码 532328000000 重复"),
        ("532328101001,某村委会", "3: 没有上级 532328101000 的行"),
        ("532328101000,", "3: 没有名称"),
    ],
)
def test_each_wrong_line_is_said(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "532328.csv"
    file.write_text(f"code,name\n532328000000,元谋县\n{line}\n", "utf-8")
    with pytest.raises(VillageListError) as error:
        village_list.read(file)
    assert f"532328.csv:{said}" in str(error.value)


def test_a_list_without_its_county_or_columns_or_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "532328.csv"
    for raw, said in (
        ("code,name\n532328101000,元马镇\n".encode(), "没有县级的行 532328000000"),
        ("代码,名称\n532328000000,元谋县\n".encode(), "缺少列 missing columns: code, name"),
        ("code,name\n532328000000,元谋县\n".encode("gbk"), "不是 UTF-8"),
    ):
        file.write_bytes(raw)
        with pytest.raises(VillageListError, match=said):
            village_list.read(file)
