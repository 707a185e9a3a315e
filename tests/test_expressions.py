"""The query language: what it accepts, what it means on blank cells, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.expressions import DATES, ExpressionError, parse
from data.tables import tables, typed

AS_OF = {
    "asof": "2023-06-30", "d0": "2023-01-01", "d1": "2023-06-30", "h0": "2023-01-01",
    "h1": "2023-06-30", "m0": "2023-06-01", "m1": "2023-06-30",
}  # fmt: skip
ON = {name: pd.Timestamp(day) for name, day in AS_OF.items()}

HOUSEHOLDS = typed(
    "households",
    pd.DataFrame(
        {
            "hh_id": ["a", "b", "c", "d"],
            "monitor_type": ["none", "sudden", None, "marginal"],
            "is_lifted": [True, False, True, None],
            "labour_n": [2, 0, None, 1],
            "income_pc": [9000.0, 7000.0, None, 8000.0],
            "members_n": [4, 2, 3, None],
            "visited_on": ["2023-06-15", "2023-05-31", None, "2023-06-30"],
            "income_measure_on": ["2023-03-31", "2023-04-01", None, "2022-12-31"],
        }
    ),
)


def mask(text: str) -> list[bool]:
    return parse(text, tables()["households"]).mask(HOUSEHOLDS, ON).tolist()


def numbers(text: str, table: str, rows: dict[str, list[object]]) -> list[float]:
    return parse(text, tables()[table]).numbers(typed(table, pd.DataFrame(rows)), ON).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monitor_type=='sudden'", "0100"),
        ("'sudden' == monitor_type", "0100"),
        ("monitor_type!='none'", "0101"),
        ("monitor_type in ['none', 'marginal']", "1001"),
        ("monitor_type not in ['none', 'marginal']", "0100"),
        ("not monitor_type in ['none', 'marginal']", "0100"),
        ("labour_n>=1", "1001"),
        ("1 <= labour_n", "1001"),
        ("labour_n==0", "0100"),
        ("labour_n in [0, 1]", "0101"),
        ("income_pc<8000", "0100"),
        ("income_pc<=8000", "0101"),
        ("income_pc>-1", "1101"),
        ("is_lifted", "1010"),
        ("not is_lifted", "0101"),
        ("is_lifted and labour_n>=1", "1000"),
        ("is_lifted or labour_n>=1", "1011"),
        ("visited_on>=@m0 and visited_on<=@m1", "1001"),
        ("income_measure_on<='2023-03-31'", "1001"),
        ("'2023-03-31' >= income_measure_on", "1001"),
        ("visited_on in ['2023-05-31']", "0100"),
        ("@asof - visited_on > 14", "1100"),
        ("notnull(labour_n)", "1101"),
        ("isnull(monitor_type)", "0010"),
        ("not isnull(labour_n)", "1101"),
        ("income_pc*members_n>14000", "1000"),
        ("(labour_n+1)*2-1==5", "1000"),
        ("1==1", "1111"),
    ],
)
def test_conditions(text: str, expected: str) -> None:
    assert "".join(str(int(met)) for met in mask(text)) == expected


def test_a_blank_input_never_meets_a_condition_nor_its_opposite() -> None:
    assert mask("labour_n>=1")[2] is False
    assert mask("not labour_n>=1") == [False, True, False, False]
    assert mask("not (labour_n>=1 and income_pc>0)") == [False, True, False, False]
    assert mask("not monitor_type=='sudden'")[2] is False


def test_a_blank_input_is_harmless_where_the_rest_decides() -> None:
    # As in "still open at the evaluation date": never closed, or closed later.
    assert mask("isnull(visited_on) or visited_on>@m0") == [True, False, True, True]
    assert mask("is_lifted or labour_n>=1")[2] is True
    assert mask("not (not is_lifted and labour_n>=1)")[2] is True


def test_and_binds_tighter_than_or_and_not_tighter_than_both() -> None:
    assert mask("is_lifted or is_lifted and labour_n>=1") == [True, False, True, False]
    assert mask("(is_lifted or labour_n==0) and labour_n==0") == [False, True, False, False]
    assert mask("not is_lifted and labour_n==0") == [False, True, False, False]


def test_numbers_are_missing_where_an_input_is() -> None:
    rows: dict[str, list[object]] = {"received": [200, None, 0], "industry": [50, 1, 0], "employment": [70, 1, 0]}
    found = numbers("(industry+employment)/received", "funds", rows)
    assert found[0] == pytest.approx(0.6)
    assert np.isnan(found[1:]).all()


def test_arithmetic_follows_school_rules() -> None:
    rows: dict[str, list[object]] = {"spent": [7.0], "received": [2.0]}
    for text, expected in {
        "spent-received-1": 4, "spent-(received-1)": 6, "spent+received*3": 13, "spent/received/2": 1.75,
        "-spent+1": -6, "1.5*received": 3, "12": 12,
    }.items():  # fmt: skip
        assert numbers(text, "funds", rows) == [expected]


def test_dividing_by_zero_is_unknown() -> None:
    for text in ("0/0", "spent/0", "spent/(received-received)"):
        assert np.isnan(numbers(text, "funds", {"spent": [1.0], "received": [2.0]})[0])


def test_a_condition_counts_as_one_and_zero() -> None:
    assert numbers("visits_n>=6", "staff", {"visits_n": [6, 5, None]})[:2] == [1, 0]
    assert np.isnan(numbers("visits_n>=6", "staff", {"visits_n": [None]})).all()


def test_days_of_the_month() -> None:
    staff = typed("staff", pd.DataFrame({"days": [20, 19, 21], "month_days": [30, 30, 31]}))
    assert parse("days*3>=month_days*2", tables()["staff"]).mask(staff, ON).tolist() == [True, False, True]


def test_an_empty_frame_gives_an_empty_answer() -> None:
    none = HOUSEHOLDS.iloc[:0]
    assert parse("is_lifted and 1==1", tables()["households"]).mask(none, ON).shape == (0,)
    assert parse("3", tables()["households"]).numbers(none, ON).shape == (0,)


def test_columns_and_dates_that_are_read() -> None:
    found = parse("isnull(closed_on) or closed_on>@asof and due_on<'2023-01-01'", tables()["issues"])
    assert found.columns == {"closed_on", "due_on"}
    assert found.dates == {"asof"}
    assert all(parse(f"found_on<=@{name}", tables()["issues"]).dates == {name} for name in DATES)


def test_factors() -> None:
    funds = typed("funds", pd.DataFrame({"received": [4.0], "industry": [1.0], "employment": [2.0]}))
    ratio = parse("((industry+employment)/received)", tables()["funds"])
    assert ratio.operator == "/"
    parts = ratio.factors()
    assert parts is not None
    assert [part.numbers(funds, ON).tolist() for part in parts] == [[3.0], [4.0]]
    assert [part.columns for part in parts] == [{"industry", "employment"}, {"received"}]
    product = parse("income_pc*members_n", tables()["households"])
    assert product.operator == "*"
    assert product.factors() is not None
    threshold = parse("visits_n>=6", tables()["staff"])
    assert threshold.operator == ">="
    parts = threshold.factors()
    assert parts is not None
    assert parts[0].columns == {"visits_n"}
    assert parse("spent", tables()["funds"]).factors() is None
    assert parse("spent+received", tables()["funds"]).factors() is None


def test_pinned_values() -> None:
    facts = tables()["facts"]
    assert parse("item=='toilet'", facts).equals("item") == ("toilet",)
    assert parse("value>=1 and item in ['a','b']", facts).equals("item") == ("a", "b")
    assert parse("item in ['a','b'] and item=='b'", facts).equals("item") == ("b",)
    assert parse("item=='a' or item=='b'", facts).equals("item") == ()
    assert parse("not item=='a'", facts).equals("item") == ()
    assert parse("item=='a'", facts).equals("geo_code") == ()


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("labour_m>=1", 0, "did you mean labour_n"),
        ("labour_n>=", 10, "missing"),
        ("labour_n>=1 and", 15, "missing"),
        ("labour_n>=1)", 11, "not expected"),
        ("(labour_n>=1", 12, "')' is missing"),
        ("labour_n=1", 8, "'=='"),
        ("monitor_type=='sudden", 14, "quote"),
        ("monitor_type=='suden'", 14, "sudden"),
        ("monitor_type in ['none','x']", 24, "sudden"),
        ("monitor_type in []", 16, "empty"),
        ("monitor_type in ['none'", 23, "']'"),
        ("monitor_type in 'none'", 16, "'['"),
        ("monitor_type<'none'", 12, "no order"),
        ("monitor_type<1", 12, "text cannot be compared with a number"),
        ("labour_n=='1'", 8, "number cannot be compared with a text"),
        ("visited_on>3", 10, "date cannot be compared with a number"),
        ("visited_on>'June'", 11, "YYYY-MM-DD"),
        ("visited_on>'2023-02-30'", 11, "YYYY-MM-DD"),
        ("visited_on>@m2", 11, "@m1"),
        ("is_lifted==1", 9, "yes/no"),
        ("is_lifted in [1]", 0, "yes/no"),
        ("labour_n and is_lifted", 0, "conditions"),
        ("not labour_n", 4, "conditions"),
        ("1 < labour_n < 3", 13, "chained"),
        ("monitor_type", 0, "gives a text"),
        ("monitor_type*2", 12, "needs numbers"),
        ("@asof", 0, "gives a date"),
        ("sum(labour_n)", 0, "not a function"),
        ("notnull(1)", 8, "one column"),
        ("notnull(hh_idd)", 8, "did you mean hh_id"),
        ("is_lifted is_relocated", 10, "not expected"),
    ],
)
def test_mistakes_say_what_and_where(text: str, position: int, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, tables()["households"])
    assert part in caught.value.message
    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "hh_id.__class__",
        "a.b",
        "lambda: 1",
        "hh_id[0]=='x'",
        "[x for x in hh_id]",
        "labour_n if is_lifted else 1",
        "eval('1')",
        "labour_n**99",
        "labour_n//2==1",
        "labour_n := 1",
        "`hh_id`=='a'",
        "@pd.eval('1')",
        "f'{hh_id}'=='a'",
        "labour_n>=1; is_lifted",
        "labour_n>=１",
        "True",
        "0x10==labour_n",
        "1e3<labour_n",
    ],
)
def test_nothing_but_the_grammar_is_read(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text, tables()["households"])


def test_every_mistake_of_a_query_is_reported() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("labour_m>=1 and monitor_type=='x' and visited_on>@now and", tables()["households"])
    assert [error.position for error in caught.value.every] == [0, 30, 49, 57]


@pytest.mark.parametrize("text", ["(" * 5000 + "is_lifted", "not " * 400 + "is_lifted", "-" * 900 + "1", "1+" * 9000])
def test_hostile_depth_and_length_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text, tables()["households"])


def test_a_long_flat_query_is_fine() -> None:
    assert mask(" or ".join(["labour_n==0"] * 60)) == [False, True, False, False]
    assert numbers("+".join(["1"] * 500), "funds", {"spent": [1.0]}) == [500.0]


def test_asking_the_wrong_kind_is_an_error() -> None:
    with pytest.raises(TypeError):
        parse("labour_n", tables()["households"]).mask(HOUSEHOLDS, ON)


@settings(deadline=None)
@given(st.text(alphabet="abn()[]<>=!'\"@_.,+-*/ 019\n", max_size=40))
def test_any_text_gives_an_expression_or_an_expression_error(text: str) -> None:
    answer: tuple[int, int] | int
    try:
        answer = len(parse(text, tables()["households"]).numbers(HOUSEHOLDS, ON))
    except ExpressionError as error:
        answer = (error.position, len(error.message))
    if isinstance(answer, tuple):
        position, length = answer
        assert length
        assert 0 <= position <= len(text)
    else:
        assert answer == len(HOUSEHOLDS)


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=20),
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=20),
)
def test_conditions_agree_with_kleene_logic_row_by_row(labour: list[int | None], members: list[int | None]) -> None:
    size = min(len(labour), len(members))
    frame = typed("households", pd.DataFrame({"labour_n": labour[:size], "members_n": members[:size]}, dtype=object))
    found = parse("not (labour_n>=1 and not members_n<2) or labour_n==members_n", tables()["households"])

    def one(a: int | None, b: int | None) -> bool:
        first = None if a is None else a >= 1
        second = None if b is None else not b < 2
        both = False if first is False or second is False else None if None in (first, second) else True
        return both is False or (a is not None and a == b)

    assert found.mask(frame, ON).tolist() == [one(a, b) for a, b in zip(labour[:size], members[:size], strict=True)]
