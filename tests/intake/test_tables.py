"""tables.yaml as data: complete in both languages, and free of contradictions."""

import pandas as pd
import pytest

from data.intake.upload_headers import match_header
from data.tables import empty, tables, typed

COLUMNS = [(table.id, column) for table in tables().values() for column in table.columns]


def test_ten_tables_with_names_and_keys():
    assert list(tables()) == [
        "villages", "households", "persons", "facts", "projects", "funds", "assets", "issues", "actions", "staff",
    ]  # fmt: skip
    for table in tables().values():
        assert table.name_zh
        assert table.name_en
        assert set(table.key) <= set(table.names)
        assert table.place_columns, table.id


def test_every_column_is_named_and_every_option_labelled_in_both_languages():
    for table_id, column in COLUMNS:
        assert column.zh, (table_id, column.name)
        assert column.en, (table_id, column.name)
        assert len(column.values) == len(column.labels) == len(column.labels_en)
        assert all(column.labels)
        assert len(set(column.labels)) == len(column.labels)
        assert (column.type == "enum") == bool(column.values)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_header_leads_back_to_its_own_column(lang):
    for table_id, column in COLUMNS:
        for header in (column.header(lang), column.title(lang), column.name):
            role, name, _, _ = match_header(table_id, header)
            assert (role, name) == ("column", column.name), (table_id, header)


def test_ranges_are_for_numbers_and_in_order():
    ranged = [(table_id, column) for table_id, column in COLUMNS if column.range]
    assert len(ranged) > 20
    for table_id, column in ranged:
        assert column.numeric, (table_id, column.name)
        assert column.range[0] < column.range[1], (table_id, column.name)


def test_typed_keeps_blank_and_zero_apart():
    frame = typed("funds", pd.DataFrame({"geo_code": ["500113000000"] * 2, "received": [0, None]}))
    assert frame["received"].iloc[0] == 0
    assert pd.isna(frame["received"].iloc[1])
    assert list(frame) == list(tables()["funds"].names) == list(empty("funds"))
