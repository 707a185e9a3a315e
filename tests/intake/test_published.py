"""Tables as published by governments: what must be understood of each, cell by cell as it was printed."""

from pathlib import Path

import pytest
import yaml

from data.intake import check_file
from data.intake.report import as_json

FOLDER = Path(__file__).with_name("published")
EXPECTED = yaml.safe_load((FOLDER / "expected.yaml").read_text("utf-8"))
# The unit of this table stands only in the letter it came with.
UNIT_UNKNOWN = "2020年市级财政专项扶贫资金安排表.xlsx"


@pytest.mark.parametrize("expected", EXPECTED, ids=[e["file"] for e in EXPECTED])
def test_what_is_understood_of_a_published_table(expected):
    file = FOLDER / expected["file"]
    found = as_json(check_file(file.read_bytes(), file.name), "zh")
    assert found["outcome"] in {"parse", "warn"}
    assert found["header_rows"] == expected["header_rows"]
    columns = {c["col"]: [c["col"], c["canonical"], c["unit"]] for c in found["columns"]}
    got = [columns[col] for col, _, _ in expected["columns"]]
    if file.name == UNIT_UNKNOWN:
        assert [c[:2] for c in got] == [c[:2] for c in expected["columns"]]
        assert {unit for _, _, unit in got} == {None}
    else:
        assert got == expected["columns"]
    if "total_rows" in expected:
        assert found["total_rows"] == expected["total_rows"]
        assert found["n_data_rows"] == expected["n_data_rows"]
    if "sum" in expected:
        col, total = expected["sum"]
        assert found["sums"][str(col)] == pytest.approx(total, rel=1e-6)


def test_every_file_has_an_expectation():
    files = {file.name for file in FOLDER.iterdir()} - {"expected.yaml"}
    assert files == {e["file"] for e in EXPECTED}


def test_tables_side_by_side_are_told_and_put_one_below_the_other():
    file = next(FOLDER.glob("*残疾人*"))
    checked = check_file(file.read_bytes(), file.name)
    assert checked.outcome == "warn"
    assert "side_by_side" in set(checked.problems["rule"])
    names = checked.frame[0].tolist()
    assert {"海宁市", "定海区", "桐庐县"} <= set(names)
    assert not any(name.endswith(("合计", "小计")) for name in names)
