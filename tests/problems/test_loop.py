"""The closed loop of problems: each move worked by hand, on the page and by upload alike, and undone."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import beside, derive, reporting, spells, upload, upload_words
from data.intake import Checked, check_file
from data.intake.corrections import Corrections
from data.intake.people import without_names, without_sure_names
from data.language import translator
from data.plan import load_plan
from data.problems import course, ledger, moves, record, verify
from data.problems.moves import HandOver, Row
from data.registry import counties, county
from data.store import Batch, Store, open_store
from data.store.model import ReadOnlyError
from data.tables import tables, typed
from data.upload import Actor
from data.upload_words import UploadError
from geo.regions import regions

BANAN = county("banan")
VILLAGE, TOWN = "500113115219", "500113115000"
CLERK, CHECKER = Actor("李（区乡村振兴局）"), Actor("王（区纪委）")
WANTED = HandOver(
    "toilet_rate", VILLAGE, "governance", "normal", "卫生厕所普及率滞后", "区乡村振兴局", "人居环境科负责人岗",
    dt.date(2023, 9, 25), dt.date(2023, 10, 16), "逐户核实改造",
)  # fmt: skip

OF_ALL = "A1"
"""Number of the problem in the list of the whole county."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'store.db'}")


def handed(store: Store, wanted: HandOver = WANTED, actor: Actor = CLERK) -> Row:
    record.hand_over(store, BANAN, wanted, actor)
    return the_row(store)


def the_row(store: Store) -> Row:
    found = [row for row in record.as_rows(store.rows(BANAN.code, "issues")) if row["issue_id"] != OF_ALL]
    assert len(found) == 1
    return found[0]


def rectified(store: Store, on: str = "2023-10-09", actor: Actor = CLERK) -> Row:
    record.change(store, BANAN, the_row(store), lambda row: moves.rectify(row, day(on)), actor)
    return the_row(store)


def closed(store: Store, on: str = "2023-10-11", actor: Actor = CHECKER) -> Row:
    record.close(store, BANAN, the_row(store), day(on), actor)
    return the_row(store)


def test_handing_over_stores_one_row_as_an_edit_with_its_author(store: Store) -> None:
    row = handed(store)
    assert row["issue_id"] == "J50011320230925001"
    assert (row["village_code"], row["geo_code"]) == (VILLAGE, TOWN)
    assert (row["found_on"], row["handed_on"], row["due_on"]) == (
        day("2023-09-25"), day("2023-09-25"), day("2023-10-16"),
    )  # fmt: skip
    assert (row["office"], row["owner"], row["indicator"]) == ("区乡村振兴局", "人居环境科负责人岗", "toilet_rate")
    (batch,) = store.batches(BANAN.code)
    assert (batch.action, batch.mode, batch.actor, batch.rows) == ("edit", "merge", CLERK.name, 1)


def test_the_whole_way_and_its_course(store: Store) -> None:
    row = handed(store)
    record.note(store, BANAN, row, day("2023-09-28"), "已入户核实 12 户", CLERK)
    rectified(store)
    done = closed(store)
    assert (done["rectified_on"], done["closed_on"]) == (day("2023-10-09"), day("2023-10-11"))
    assert [(e.kind, e.day) for e in the_course(store)] == [
        ("found", day("2023-09-25")), ("handed", day("2023-09-25")), ("note", day("2023-09-28")),
        ("rectified", day("2023-10-09")), ("closed", day("2023-10-11")),
    ]  # fmt: skip
    assert the_course(store)[2].text == "已入户核实 12 户"


def test_why_it_was_sent_back_is_kept_with_the_batch_and_names_nobody(store: Store) -> None:
    handed(store)
    rectified(store)
    record.send_back(
        store, BANAN, the_row(store), day("2023-10-10"), CHECKER, why=" 未见现场照片，联系人张三，电话13812345678 "
    )
    (batch,) = [b for b in store.batches(BANAN.code) if b.number == 3]
    assert batch.note.startswith("2023-10-10 未见现场照片")
    assert "张三" not in batch.note
    assert "13812345678" not in batch.note
    assert the_row(store)["rectified_on"] is None


def test_a_step_is_of_the_day_it_was_taken_and_says_what_was_typed_with_it(store: Store) -> None:
    row = handed(store)
    record.change(store, BANAN, row, lambda r: moves.rectify(r, day("2023-10-09")), CLERK, why="已改 12 户")
    record.send_back(store, BANAN, the_row(store), day("2023-10-10"), CHECKER, why="缺照片")
    rectified(store, "2023-10-12")
    record.send_back(store, BANAN, the_row(store), day("2023-10-13"), CHECKER)
    rectified(store, "2023-10-14")
    record.close(store, BANAN, the_row(store), day("2023-10-15"), CHECKER, why="现场看过")
    assert [(e.kind, e.day, e.text) for e in the_course(store)][2:] == [
        ("rectified", day("2023-10-09"), "已改 12 户"), ("sent_back", day("2023-10-10"), "缺照片"),
        ("rectified", day("2023-10-12"), ""), ("sent_back", day("2023-10-13"), ""),
        ("rectified", day("2023-10-14"), ""), ("closed", day("2023-10-15"), "现场看过"),
    ]  # fmt: skip


def the_course(store: Store) -> list[course.Event]:
    number = the_row(store)["issue_id"]
    notes = store.rows(BANAN.code, "actions", batch_id=True)
    said = {b.batch_id: b.note for b in store.batches(BANAN.code)}
    return course.course(verify.counting(store, BANAN, number), notes.loc[notes["issue_id"] == number], said)


def test_whoever_reports_it_rectified_cannot_close_it(store: Store) -> None:
    handed(store)
    row = rectified(store)
    with pytest.raises(UploadError, match="somebody else has to verify") as refused:
        record.close(store, BANAN, row, day("2023-10-11"), CLERK)
    assert "须由他人核验后销号" in upload_words.refusal(refused.value, translator("zh"))
    assert the_row(store)["closed_on"] is None
    # Nor after somebody else has noted something or changed the row in between: who reported it stays who it was.
    record.note(store, BANAN, row, day("2023-10-10"), "现场看过", CHECKER)
    record.change(store, BANAN, row, lambda r: r | {"measure": "复核"}, CHECKER)
    assert verify.reporter(store, BANAN, row["issue_id"]) == CLERK.name
    with pytest.raises(UploadError):
        record.close(store, BANAN, the_row(store), day("2023-10-11"), CLERK)
    assert closed(store)["closed_on"] == day("2023-10-11")


def test_who_reported_it_after_it_was_sent_back_counts(store: Store) -> None:
    handed(store)
    rectified(store, actor=CHECKER)
    record.send_back(store, BANAN, the_row(store), day("2023-10-11"), CLERK)
    rectified(store, "2023-10-12", CLERK)
    assert verify.reporter(store, BANAN, the_row(store)["issue_id"]) == CLERK.name
    assert closed(store, "2023-10-13", CHECKER)["closed_on"] == day("2023-10-13")
    assert [(e.kind, e.day) for e in the_course(store)][2:] == [
        ("rectified", day("2023-10-09")), ("sent_back", day("2023-10-11")), ("rectified", day("2023-10-12")),
        ("closed", day("2023-10-13")),
    ]  # fmt: skip


def test_a_problem_that_comes_back_is_the_same_problem(store: Store) -> None:
    number = handed(store)["issue_id"]
    rectified(store)
    closed(store)
    back = dataclasses.replace(WANTED, day=day("2023-11-20"), due=day("2023-12-04"), problem="再次滞后")
    row = handed(store, back)
    assert (row["issue_id"], row["reopened_n"], row["reopened_on"]) == (number, 1, day("2023-11-20"))
    assert (row["closed_on"], row["rectified_on"], row["found_on"]) == (None, None, day("2023-09-25"))
    rectified(store, "2023-11-28")
    closed(store, "2023-11-30")
    again = handed(store, dataclasses.replace(back, day=day("2023-12-10"), due=day("2023-12-20")))
    assert (again["issue_id"], again["reopened_n"]) == (number, 2)
    kinds = [event.kind for event in the_course(store)]
    assert (kinds.count("reopened"), kinds.count("closed"), kinds.count("handed")) == (2, 2, 3)


def open_overdue(store: Store) -> dict[str, float]:
    """Count the county's overdue problems of the guarantees by date."""
    found = store.measures(BANAN.code, BANAN.plans[0], indicators={"guarantee_open_issues"})
    found = found.loc[(found["region"] == f"{BANAN.code}000000") & found["value"].notna()]
    return {f"{day:%m-%d}": value for day, value in zip(found["as_of"], found["value"], strict=True)}


def test_what_comes_back_leaves_the_figures_of_the_time_before_as_they_were(store: Store) -> None:
    """Overdue in August, closed on 6 September, back on 10 October with another deadline: each date keeps its count."""
    sent_by_all(store)
    first = dataclasses.replace(
        WANTED, indicator="guarantee_open_issues", domain="housing", day=day("2023-07-01"), due=day("2023-07-15")
    )
    handed(store, first)
    rectified(store, "2023-09-05")
    closed(store, "2023-09-06")
    before = open_overdue(store)
    assert (before["08-31"], before["09-30"]) == (1, 0)
    handed(store, dataclasses.replace(first, day=day("2023-10-10"), due=day("2023-10-20"), problem="又漏水"))
    after = open_overdue(store)
    assert after == before | {"10-31": 1}

    def on(text: str) -> Row:
        rows = ledger.on(derive.problems(store, BANAN.code), SCOPE, day(text))
        (row,) = rows.loc[rows["issue_id"] != OF_ALL].to_dict("records")
        return {str(k): v for k, v in row.items()}

    august, september, october = on("2023-08-31"), on("2023-09-30"), on("2023-10-31")
    assert (august["status"], august["late"], august["due_on"]) == ("handed", 47, pd.Timestamp("2023-07-15"))
    assert (september["status"], september["age"], september["late"]) == ("closed", 67, 53)
    assert (october["status"], october["late"], october["problem"]) == ("handed", 11, "又漏水")
    # Closed and back once more: the time in between stays too, and the list as it stands has it once.
    rectified(store, "2023-10-12")
    closed(store, "2023-10-13")
    row = the_row(store)
    sent(store, "issues", row | {"closed_on": None, "rectified_on": None, "reopened_on": day("2023-10-25"),
                                 "reopened_n": 2, "due_on": day("2023-11-30")}, CHECKER)  # fmt: skip
    # A list sent speaks of July too: it was overdue from 15 July on.
    assert open_overdue(store) == before | {"10-31": 0, "07-15": 0, "07-31": 1}
    assert on("2023-10-11")["problem"] == "又漏水"
    assert [on(text)["status"] for text in ("2023-10-05", "2023-10-11", "2023-10-24", "2023-10-25")] == [
        "closed", "handed", "closed", "handed",
    ]  # fmt: skip
    now = ledger.now(derive.problems(store, BANAN.code), SCOPE, day("2023-10-05"))
    assert list(now.loc[now["issue_id"] != OF_ALL, "status"]) == ["handed"]
    # Taking the return back takes it off the figures too.
    upload.undo(store, BANAN, max(b.number for b in store.batches(BANAN.code)), CHECKER)
    assert the_row(store) == row
    assert on("2023-10-24")["status"] == "closed"
    assert on("2023-09-30")["age"] == 67


def funds_of(store: Store, day_of: str) -> Batch:
    """Bring the county's figures up to a date."""
    raw = f"区划代码,月末,层级,资金种类,到位额（万元）\n{BANAN.code}000000,{day_of},中央,衔接资金,100\n".encode()
    return upload.commit(store, BANAN, upload.check(BANAN, raw, "funds.csv"), raw, CLERK)


def due(store: Store, row: Row, on: str, **more: Any) -> Batch:
    """Send a list that says another deadline of an open problem."""
    return sent(store, "issues", row | {"due_on": day(on), **more}, CHECKER)


def test_a_deadline_that_is_lengthened_leaves_the_dates_shown_before(store: Store) -> None:
    """Due on 15 July and never closed. Figures reach 31 August when a list says 10 October instead, so July and August
    stay overdue; they reach 31 October when another says 30 November, so October, after 10 October, stays overdue too;
    at 30 November the deadline is that very day, and nothing is overdue; after that day it is."""
    first = dataclasses.replace(
        WANTED, indicator="guarantee_open_issues", domain="housing", day=day("2023-07-01"), due=day("2023-07-15")
    )
    funds_of(store, "2023-08-31")
    sent(store, "issues", moves.hand_over(first, ()), CLERK)
    row = the_row(store)
    due(store, row, "2023-10-10")
    funds_of(store, "2023-09-30")
    funds_of(store, "2023-10-31")
    counted = {"07-31": 1, "08-31": 1, "09-30": 0, "10-31": 1}
    assert {d: open_overdue(store)[d] for d in counted} == counted
    due(store, row, "2023-11-30")
    assert {d: open_overdue(store)[d] for d in counted} == counted
    funds_of(store, "2023-11-30")
    funds_of(store, "2023-12-31")
    counted |= {"11-30": 0, "12-31": 1}
    assert {d: open_overdue(store)[d] for d in counted} == counted

    def late(text: str) -> tuple[str, float]:
        rows = ledger.on(derive.problems(store, BANAN.code), SCOPE, day(text))
        (one,) = rows.to_dict("records")
        return f"{one['due_on']:%m-%d}", one["late"]

    assert [late(text) for text in ("2023-08-31", "2023-09-01", "2023-10-31", "2023-11-01", "2023-12-31")] == [
        ("07-15", 47), ("10-10", 0), ("10-10", 21), ("11-30", 0), ("11-30", 31),
    ]  # fmt: skip
    assert [(e.kind, e.text) for e in the_course(store) if e.kind == "due"] == [
        ("due", "2023-07-15 → 2023-10-10"), ("due", "2023-10-10 → 2023-11-30"),
    ]  # fmt: skip
    # What comes to light later of the time before counts at its date, by the deadline that stood.
    sent(store, "issues", row | {"due_on": day("2023-11-30"), "rectified_on": day("2023-08-18"),
                                 "closed_on": day("2023-08-20")}, CHECKER)  # fmt: skip
    assert {d: open_overdue(store)[d] for d in counted} == dict.fromkeys(counted, 0) | {"07-31": 1}
    assert late("2023-08-31") == ("07-15", 36)
    assert late("2023-12-31") == ("11-30", 0)


def test_only_rows_that_counted_when_a_deadline_was_moved_had_been_shown(store: Store) -> None:
    """Found in July, due on 15 July. Funds of 31 August are replaced by those of 20 August before a list moves the
    deadline: nothing later than the 20th was shown by the old one. What replaces these later changes nothing, nor does
    a nil return, which brings no date."""
    row = moves.hand_over(dataclasses.replace(WANTED, day=day("2023-07-01"), due=day("2023-07-15")), ())
    sent(store, "issues", row, CLERK)
    row = the_row(store)
    funds_of(store, "2023-08-31")
    funds_of(store, "2023-08-20")
    upload.nil_return(store, BANAN, "funds", ("2023-09",), (TOWN,), CLERK)
    due(store, row, "2023-10-10")
    funds_of(store, "2023-08-25")

    def dues(*days: str) -> list[str]:
        rows = derive.problems(store, BANAN.code)
        return [f"{ledger.on(rows, SCOPE, day(text))['due_on'].iloc[0]:%m-%d}" for text in days]

    assert dues("2023-07-31", "2023-08-20", "2023-08-21", "2023-08-31") == ["07-15", "07-15", "10-10", "10-10"]
    assert list(store.rows(BANAN.code, "funds")["as_of"].dt.strftime("%m-%d")) == ["08-25"]


def test_a_deadline_moved_twice_between_two_dates_or_filled_in_says_nothing_of_its_own(store: Store) -> None:
    funds_of(store, "2023-08-31")
    row = moves.hand_over(dataclasses.replace(WANTED, day=day("2023-07-01"), due=day("2023-07-15")), ())
    sent(store, "issues", row | {"due_on": None}, CLERK)
    row = the_row(store)

    def dues(*days: str) -> list[str | None]:
        problems = derive.problems(store, BANAN.code)
        found = [ledger.on(problems, SCOPE, day(text))["due_on"].to_list() for text in days]
        assert all(len(one) == 1 for one in found)
        return [None if pd.isna(one) else f"{one:%m-%d}" for (one,) in found]

    due(store, row, "2023-07-15")  # filled in: it always was
    assert dues("2023-07-31", "2023-08-31", "2023-09-30") == ["07-15"] * 3
    due(store, row, "2023-09-15")
    due(store, row, "2023-10-15")
    assert dues("2023-07-31", "2023-08-31", "2023-09-01") == ["07-15", "07-15", "10-15"]
    # Taking one back takes it off the figures; as known then it still stands.
    known = store.data_version(BANAN.code)
    upload.undo(store, BANAN, max(b.number for b in store.batches(BANAN.code)), CHECKER)
    assert dues("2023-08-31", "2023-09-01") == ["07-15", "09-15"]
    then = derive.problems(store, BANAN.code, known)
    assert f"{ledger.on(then, SCOPE, day('2023-09-01'))['due_on'].iloc[0]:%m-%d}" == "10-15"


def test_a_deadline_moved_before_a_problem_came_back_stands_until_then(store: Store) -> None:
    """Shown up to 31 August; due 15 July, then 10 September; closed on 6 September; back on 10 October, due 20 October,
    which is moved to 25 November when figures reach 31 October."""
    funds_of(store, "2023-08-31")
    first = dataclasses.replace(WANTED, day=day("2023-07-01"), due=day("2023-07-15"))
    sent(store, "issues", moves.hand_over(first, ()), CLERK)
    row = the_row(store)
    due(store, row, "2023-09-10")
    rectified(store, "2023-09-05")
    closed(store, "2023-09-06")
    funds_of(store, "2023-10-31")
    handed(store, dataclasses.replace(WANTED, day=day("2023-10-10"), due=day("2023-10-20")))
    due(store, the_row(store), "2023-11-25")
    problems = derive.problems(store, BANAN.code)

    def stood(text: str) -> tuple[str, str]:
        (one,) = ledger.on(problems, SCOPE, day(text)).to_dict("records")
        return one["status"], f"{one['due_on']:%m-%d}"

    assert {text: stood(text) for text in ("2023-08-31", "2023-09-01", "2023-10-09", "2023-10-10", "2023-10-31",
                                           "2023-11-01")} == {
        "2023-08-31": ("handed", "07-15"), "2023-09-01": ("handed", "09-10"), "2023-10-09": ("closed", "09-10"),
        "2023-10-10": ("handed", "10-20"), "2023-10-31": ("handed", "10-20"), "2023-11-01": ("handed", "11-25"),
    }  # fmt: skip


@pytest.mark.parametrize("other", [{"domain": "water"}, {"place": TOWN}, {"indicator": "garbage_rate"}])
def test_another_domain_place_or_indicator_is_another_problem(store: Store, other: dict[str, str]) -> None:
    handed(store)
    rectified(store)
    closed(store)
    second = dataclasses.replace(WANTED, **other)
    record.hand_over(store, BANAN, second, CLERK)
    assert list(store.rows(BANAN.code, "issues")["issue_id"].sort_values()) == [
        "J50011320230925001", "J50011320230925002",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"problem": " "}, "请填写问题内容。"),
        ({"office": ""}, "请选择或填写整改责任单位。"),
        ({"post": ""}, "请填写责任岗位"),
        ({"due": dt.date(2023, 9, 24)}, "整改时限不得早于交办日"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_stored(store: Store, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UploadError) as refused:
        record.hand_over(store, BANAN, dataclasses.replace(WANTED, **wrong), CLERK)
    assert said in upload_words.refusal(refused.value, translator("zh"))
    assert store.batches(BANAN.code) == []


def test_moves_out_of_turn_are_refused(store: Store) -> None:
    row = handed(store)
    refused: list[Callable[[], Any]] = [
        lambda: record.hand_over(store, BANAN, WANTED, CLERK),  # it is open
        lambda: record.close(store, BANAN, row, day("2023-10-11"), CHECKER),  # not rectified
        lambda: moves.send_back(row, day("2023-10-11")),
        lambda: moves.rectify(row, day("2023-09-24")),  # before it was found
        lambda: moves.reopen(row, day("2023-12-01"), day("2023-12-15")),
        lambda: moves.note(row, day("2023-10-01"), "  ", ()),
    ]
    waiting = row | {"rectified_on": day("2023-10-09")}
    over = waiting | {"closed_on": day("2023-10-11")}
    refused += [
        lambda: moves.rectify(waiting, day("2023-10-10")),
        lambda: moves.close(waiting, day("2023-10-08"), "a", "b"),
        lambda: moves.send_back(waiting, day("2023-10-08")),
        lambda: moves.rectify(over, day("2023-10-12")),
        lambda: moves.reopen(over, day("2023-10-10"), day("2023-10-20")),
        lambda: moves.reopen(over, day("2023-10-12"), day("2023-10-11")),
    ]
    for move in refused:
        with pytest.raises(UploadError):
            move()
    assert len(store.batches(BANAN.code)) == 1


@pytest.mark.parametrize("blank", ["/", "-", "—", "N/A", "\u200b", " \u3000", "#N/A"])
@pytest.mark.parametrize("name", ["problem", "office", "post"])
def test_a_sign_for_nothing_fills_no_field(name: str, blank: str) -> None:
    with pytest.raises(UploadError):
        moves.hand_over(dataclasses.replace(WANTED, **{name: blank}), ())


@pytest.mark.parametrize(
    "same", ["李（区乡村振兴局）", "李 （区乡村振兴局）", "李\u200b(区乡村振兴局)", "李（区财政局）", "李"]
)
def test_the_same_name_written_otherwise_is_nobody_else(same: str) -> None:
    waiting = moves.hand_over(WANTED, ()) | {"rectified_on": day("2023-10-09"), "closed_on": None}
    with pytest.raises(UploadError, match="somebody else"):
        moves.close(waiting, day("2023-10-11"), same, CLERK.name)
    assert moves.close(waiting, day("2023-10-11"), "李四（区乡村振兴局）", CLERK.name)["closed_on"]


def test_a_list_closed_under_the_same_name_of_another_office_is_refused(store: Store) -> None:
    handed(store)
    row = rectified(store)
    with pytest.raises(UploadError, match=row["issue_id"]):
        sent(store, "issues", row | {"closed_on": day("2023-10-11")}, Actor("李\u200b（区财政局）"))


@pytest.mark.parametrize(
    ("post", "kept"),
    [
        ("科长岗13812345678", "科长岗***"),
        ("科长岗 023-12345678", "科长岗 ***"),
        ("水利股股长，0878-5212345", "水利股股长，***"),
        ("村文书 短号661234", "村文书 短号***"),
        ("村支书钱二狗", "村支书***"),
        ("资金股股长 孙三娘", "资金股股长 ***"),
        ("驻村工作队长（欧阳修文）", "驻村工作队长（***）"),
        ("会计仝某", "会计***"),
        ("负责人钱二狗", "负责人***"),
        ("钱二狗副镇长", "***副镇长"),
        ("钱二狗副镇长岗", "***副镇长岗"),
        ("孙娘科长", "***科长"),
        ("欧阳修站长", "***站长"),
        ("姜家镇孙娘书记", "姜家镇***书记"),
        ("区水利局钱二狗副局长", "区水利局***副局长"),
        ("钱二狗党委委员、副镇长", "***党委委员、副镇长"),
        ("孙书记", "***书记"),
        ("孙　娘书记", "***书记"),
        ("姜家镇 孙娘 副书记", "姜家镇 *** 副书记"),
        ("镇长钱二狗书记孙三娘", "镇长***书记***"),
        ("高峰书记", "***书记"),
        ("常务副区长", "常务副区长"),
        ("村文书", "村文书"),
        ("区残联康复股", "区残联康复股"),
    ],
)
def test_a_post_is_kept_without_name_and_number_on_the_page_and_by_upload_alike(store: Store, post, kept) -> None:
    row = handed(store, dataclasses.replace(WANTED, post=post))
    assert row["owner"] == kept
    sent(store, "issues", row | {"issue_id": "U1", "owner": post}, CLERK)
    rows = store.rows(BANAN.code, "issues").set_index("issue_id")
    assert rows.loc["U1", "owner"] == kept


@pytest.mark.parametrize(
    ("office", "kept"),
    [
        ("区水利局 １３８１２３４５６７８", "区水利局 ***"),
        ("区财政局钱二狗", "区财政局***"),
        ("钱二狗副镇长", "***副镇长"),
        ("姜家镇孙娘书记", "姜家镇***书记"),
        ("农商行", "农商行"),
        ("李家沱", "李家沱"),
        ("姜家", "姜家"),
        ("姜家镇人民政府", "姜家镇人民政府"),
        ("区科协", "区科协"),
    ],
)
def test_an_office_is_kept_without_name_and_number(store: Store, office, kept) -> None:
    assert handed(store, dataclasses.replace(WANTED, office=office))["office"] == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("已联系责任人钱二狗，电话13812345678", "已联系责任人***，电话***"),
        ("回电（023）1234 5678核实", "回电***核实"),
        ("拨打12317举报电话12317", "拨打12317举报电话12317"),
        ("更换座机3台，投入2.5万元", "更换座机3台，投入2.5万元"),
        ("2023-05-31至2023-12-31完成", "2023-05-31至2023-12-31完成"),
    ],
)
def test_notes_and_problems_are_kept_without_names_and_numbers(store: Store, text, kept) -> None:
    row = handed(store, dataclasses.replace(WANTED, problem=text, measure=text))
    assert (row["problem"], row["measure"]) == (kept, kept)
    record.note(store, BANAN, row, day("2023-10-01"), text, CLERK)
    assert store.rows(BANAN.code, "actions")["evidence"].tolist() == [kept]


def test_a_name_alone_is_no_post(store: Store) -> None:
    with pytest.raises(UploadError, match="no person's name"):
        handed(store, dataclasses.replace(WANTED, post="钱二狗"))
    row = handed(store)
    head = f"{VILLAGE},{TOWN},governance,厕所,钱二狗,2023-10-01,2023-11-01"
    raw = f"问题编号,行政村代码,代码或名称,领域,问题,责任人岗位,发现日期,整改期限\nU2,{head}\n".encode()
    checked = upload.check(BANAN, raw, "issues.csv", "issues")
    told = checked.problems.loc[checked.problems["rule"] == "name_without_post"]
    assert told["column"].tolist() == ["owner"]
    assert "钱二狗" not in checked.problem_list("zh").decode() + checked.frame.to_csv() + str(checked.messages("en"))
    assert checked.personal  # the file itself is not kept
    assert row["owner"] == WANTED.post


def test_posts_and_offices_that_plans_name_stay_as_they_are() -> None:
    names = {office for entry in counties() for office in entry.offices}
    for plan in (load_plan(plan_id) for entry in counties() for plan_id in entry.plans):
        for one in plan.indicators:
            names |= {*one.lead, *one.supporting, *filter(None, [one.leader_role])}
    assert len(names) > 50
    assert [name for name in names if without_names(name) != name or without_sure_names(name) != name] == []


# Words of posts, offices and places that begin like a surname before a post; places are of the registers.
POSTS = [
    "专干", "社工", "综治", "技术指导", "李家沱", "龙洲湾", "石滩镇长", "文石村支书", "白云山村支书",
    "姜家镇党委书记", "党支部书记", "党总支书记", "镇党工委书记", "党小组长", "安全副主任", "卫生院长",
    "镇卫生院院长", "扶贫车间主任", "车间主任", "项目经理", "施工队长", "农房科负责人岗", "农技站长", "林长",
    "路长", "班主任", "县委常委", "常务副区长", "包片领导", "包户干部", "单位负责人", "全国人大代表",
    "高级工程师", "江津区委书记", "管委会主任", "党群服务中心主任", "储备干部", "村党支部书记岗",
]  # fmt: skip


@pytest.mark.parametrize("post", POSTS)
def test_posts_and_places_that_begin_like_a_surname_stay(post: str) -> None:
    assert (without_names(post), without_sure_names(post)) == (post, post)


def test_a_change_on_what_somebody_else_has_changed_is_refused(store: Store) -> None:
    seen = handed(store)
    rectified(store, actor=CHECKER)
    with pytest.raises(UploadError, match="changed by somebody else"):
        record.change(store, BANAN, seen, lambda row: moves.rectify(row, day("2023-10-12")), CLERK)


def test_identity_numbers_do_not_get_into_the_list(store: Store) -> None:
    row = handed(store, dataclasses.replace(WANTED, problem="户主500113198001011234未改厕"))
    assert "500113198001011234" not in row["problem"]
    assert "未改厕" in row["problem"]


def test_undo_brings_back_what_was(store: Store) -> None:
    row = handed(store)
    waiting = rectified(store)
    closing = record.close(store, BANAN, waiting, day("2023-10-11"), CHECKER)
    upload.undo(store, BANAN, closing.number, CHECKER)
    assert the_row(store) == waiting
    assert [e.kind for e in the_course(store)] == ["found", "handed", "rectified"]
    number = next(b.number for b in store.batches(BANAN.code, "issues") if b.action == "edit" and b.number == 2)
    upload.undo(store, BANAN, number, CLERK)
    assert the_row(store) == row
    assert verify.reporter(store, BANAN, row["issue_id"]) is None


def test_the_number_of_an_undone_hand_over_is_not_given_out_again(store: Store) -> None:
    gone = handed(store)
    record.note(store, BANAN, gone, day("2023-09-28"), "已入户核实", CLERK)
    first = min(b.number for b in store.batches(BANAN.code))
    upload.undo(store, BANAN, first, CLERK)
    with pytest.raises(UploadError, match="no problem"):
        record.note(store, BANAN, gone, day("2023-09-29"), "再次核实", CLERK)
    other = handed(store, dataclasses.replace(WANTED, domain="water", problem="水管漏水"))
    assert (gone["issue_id"], other["issue_id"]) == ("J50011320230925001", "J50011320230925002")
    # Nor one that only a record of work names: its list of problems may come later.
    named = moves.note(gone | {"issue_id": "J50011320230925003"}, day("2023-09-30"), "走访", ())
    sent(store, "actions", named, CLERK)
    third = dataclasses.replace(WANTED, domain="housing")
    record.hand_over(store, BANAN, third, CLERK)
    assert set(store.rows(BANAN.code, "issues")["issue_id"]) == {other["issue_id"], "J50011320230925004"}


def test_a_note_on_what_somebody_else_has_changed_is_refused_and_its_number_not_used_again(store: Store) -> None:
    seen = handed(store)
    written = record.note(store, BANAN, seen, day("2023-09-28"), "已入户核实", CLERK)
    upload.undo(store, BANAN, written.number, CLERK)
    record.note(store, BANAN, seen, day("2023-09-29"), "重新记录", CLERK)
    assert list(store.rows(BANAN.code, "actions")["action_id"]) == [f"{seen['issue_id']}-02"]
    rectified(store, actor=CHECKER)
    with pytest.raises(UploadError, match="changed by somebody else"):
        record.note(store, BANAN, seen, day("2023-10-10"), "还在整改", CLERK)


def test_a_read_only_store_takes_nothing(home: Path) -> None:
    open_store(f"sqlite:///{home / 'store.db'}").close()
    with (
        open_store(f"sqlite:///{home / 'store.db'}", read_only=True) as store,
        pytest.raises(ReadOnlyError),
    ):
        record.hand_over(store, BANAN, WANTED, CLERK)


def test_a_problem_entered_on_a_page_is_nobodys_report(store: Store) -> None:
    """Neither its township nor any other has sent a list by it, and no figure takes the one row for all there is."""
    row = handed(store)
    record.note(store, BANAN, row, day("2023-09-28"), "已入户核实", CLERK)
    batches = store.batches(BANAN.code)
    assert reporting.arrivals(batches, derive.list_months(store, BANAN.code, batches), BANAN.code) == {}
    assert store.coverage(BANAN.code).empty
    raw = f"区划代码,月末,层级,资金种类,到位额（万元）\n{BANAN.code}000000,2023-10-31,中央,衔接资金,100\n".encode()
    upload.commit(store, BANAN, upload.check(BANAN, raw, "funds.csv"), raw, CLERK)
    assert not (store.coverage(BANAN.code)["table"] == "issues").any()
    plan = load_plan(BANAN.plans[0])
    lists = {i.id for i in plan.indicators if i.data.table in {"issues", "actions"}}
    found = store.measures(BANAN.code, plan.id, indicators=lists)
    assert not found.empty
    assert found["value"].isna().all()
    assert not found["reported"].any()
    # A list of the township speaks, and the row entered before it counts in it.
    sent(store, "issues", row | {"issue_id": "L1", "indicator": None, "found_on": day("2023-09-20")}, CLERK)
    assert set(store.coverage(BANAN.code).query("table == 'issues'")["township"]) == {TOWN[:9]}


# ---- the same by upload ----------------------------------------------------------------------------------------------


def listed(store: Store, table: str, row: Row, *, older: bool = False) -> tuple[Checked, bytes]:
    """Check a clerk's file of one row with Chinese headers."""
    spec = tables()[table]

    def word(name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        # Of a column without options `label` leaves the text as it is.
        return "" if value is None else spec.column(name).label(str(value), "zh")

    head = ",".join(column.header("zh") for column in spec.columns)
    raw = f"{head}\n{','.join(word(c.name, row.get(c.name)) for c in spec.columns)}\n".encode()
    stored = beside.stored(store, BANAN)
    checked = upload.check(BANAN, raw, "list.csv", table, said=Corrections(older=older), stored=stored)
    assert checked.ok, checked.messages("zh")
    return checked, raw


def sent(store: Store, table: str, row: Row, actor: Actor, *, older: bool = False) -> Batch:
    """Upload one row as a clerk's file."""
    checked, raw = listed(store, table, row, older=older)
    return upload.commit(store, BANAN, checked, raw, actor)


def test_an_upload_of_the_same_rows_gives_the_same_result(home: Path, tmp_path: Path) -> None:
    page, file = (open_store(f"sqlite:///{tmp_path / name}.db") for name in ("page", "file"))
    earlier = sent_by_all(page), sent_by_all(file)
    assert earlier[0].scope == earlier[1].scope
    row = handed(page)
    record.note(page, BANAN, row, day("2023-09-28"), "已入户核实", CLERK)
    rectified(page)
    closed(page)
    sent(file, "issues", row, CLERK)
    sent(file, "actions", moves.note(row, day("2023-09-28"), "已入户核实", ()), CLERK)
    waiting = row | {"rectified_on": day("2023-10-09")}
    sent(file, "issues", waiting, CLERK)
    sent(file, "issues", waiting | {"closed_on": day("2023-10-11")}, CHECKER)
    for table in ("issues", "actions"):
        pd.testing.assert_frame_equal(page.rows(BANAN.code, table), file.rows(BANAN.code, table))
    told_of = [[dataclasses.replace(e, batch=0) for e in the_course(one)] for one in (page, file)]
    assert told_of[0] == told_of[1]
    # The figures are the same; but only who sends a list reports its months, so that of the page are carried over.
    told = ["indicator", "region", "as_of", "value"]
    measures = [one.measures(BANAN.code, BANAN.plans[0]) for one in (page, file)]
    # Nobody but the file with the note has sent a list of work.
    work = {i.id for i in load_plan(BANAN.plans[0]).indicators if i.data.table == "actions"}
    same = [m.loc[~m["indicator"].isin(work), told].sort_values(told, ignore_index=True) for m in measures]
    pd.testing.assert_frame_equal(*same)
    assert [reported(m, "2023-10-31", VILLAGE) for m in measures] == [{0}, {1}]
    assert [reported(m, "2023-08-31", VILLAGE) for m in measures] == [{1}, {1}]


def reported(measures: pd.DataFrame, month: str, place: str) -> set[int]:
    """Whether the village's figures of the list of problems were reported in the month."""
    of_lists = {i.id for i in load_plan(BANAN.plans[0]).indicators if i.data.table == "issues"}
    at = (measures["as_of"] == month) & (measures["region"] == place) & measures["indicator"].isin(of_lists)
    return set(measures.loc[at & (measures["of"] > 0), "reported"])


def sent_by_all(store: Store) -> Batch:
    """Send a list of the whole county with a problem found and closed in August, and funds up to October."""
    county_wide = moves.hand_over(WANTED, ()) | {
        "issue_id": OF_ALL, "village_code": None, "geo_code": f"{BANAN.code}000000", "found_on": day("2023-08-02"),
        "handed_on": day("2023-08-02"), "due_on": day("2023-08-20"), "rectified_on": day("2023-08-09"),
        "closed_on": day("2023-08-11"),
    }  # fmt: skip
    raw = f"区划代码,月末,层级,资金种类,到位额（万元）\n{BANAN.code}000000,2023-10-31,中央,衔接资金,100\n".encode()
    upload.commit(store, BANAN, upload.check(BANAN, raw, "funds.csv"), raw, CLERK)
    return sent(store, "issues", county_wide, CLERK)


def test_an_upload_cannot_close_what_its_sender_reported_rectified(store: Store) -> None:
    handed(store)
    row = rectified(store)
    with pytest.raises(UploadError, match=row["issue_id"]):
        sent(store, "issues", row | {"closed_on": day("2023-10-11")}, CLERK)
    assert sent(store, "issues", row | {"closed_on": day("2023-10-11")}, CHECKER).changed == 1


def test_who_reported_the_problems_of_a_long_list_is_asked_of_the_store_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More numbers than are asked for one by one; each of two clerks reported every second of them."""
    numbers = [f"L{n}" for n in range(verify._BY_NUMBER + 2)]
    first = {"village_code": WANTED.places["village_code"], "domain": "housing", "found_on": "2023-09-01"}
    for who, actor in enumerate((CLERK, CHECKER)):
        rows = [first | {"issue_id": one, "rectified_on": "2023-10-09"} for one in numbers[who::2]]
        upload.edit(store, BANAN, "issues", typed("issues", pd.DataFrame(rows)), actor)
    asked = []
    for name in ("past_rows", "batches", "batch"):
        ask = getattr(store, name)
        monkeypatch.setattr(store, name, lambda *a, _ask=ask, _name=name, **k: asked.append(_name) or _ask(*a, **k))
    told = verify.reporters(store, BANAN, numbers)
    assert sorted(asked) == ["batches", "past_rows"]
    assert told == {one: (CLERK, CHECKER)[n % 2].name for n, one in enumerate(numbers)}
    assert verify.reporters(store, BANAN, ["L1", "nothing"]) == {"L1": CHECKER.name}


def test_a_list_of_old_problems_with_both_dates_is_taken(store: Store) -> None:
    row = moves.hand_over(WANTED, ()) | {"rectified_on": day("2023-10-09"), "closed_on": day("2023-10-11")}
    assert sent(store, "issues", row, CLERK).rows == 1


def test_a_list_without_the_columns_of_the_loop_leaves_them(store: Store) -> None:
    handed(store)
    row = rectified(store)
    values = f"{row['issue_id']},{VILLAGE},治理,2023-09-25,2023-10-20,换了说法"
    raw = f"编号,村代码,领域,发现日,时限,问题\n{values}\n".encode()
    checked = upload.check(BANAN, raw, "list.csv", "issues", stored=beside.stored(store, BANAN))
    upload.commit(store, BANAN, checked, raw, CHECKER)
    now = the_row(store)
    assert (now["problem"], now["due_on"]) == ("换了说法", day("2023-10-20"))
    kept = ("office", "owner", "indicator", "handed_on", "rectified_on", "measure")
    assert {name: now[name] for name in kept} == {name: row[name] for name in kept}


def test_dates_out_of_order_are_told_on_upload() -> None:
    head = "编号,村代码,发现日,交办日,整改完成日,销号日"
    raw = f"{head}\n1,{VILLAGE},2023-09-01,2023-08-31,2023-09-20,2023-09-19\n".encode()
    told = check_file(raw, "list.csv", BANAN.code, "issues", today=day("2023-12-31")).messages("zh")
    assert sum("早于" in text for text in told) == 2


# ---- the list --------------------------------------------------------------------------------------------------------

SCOPE = set(regions(BANAN.code)["code"])


def problems(*rows: dict[str, Any]) -> pd.DataFrame:
    fixed = {"village_code": VILLAGE, "geo_code": TOWN, "domain": "water", "found_on": "2023-09-01"}
    return typed("issues", pd.DataFrame([fixed | {"issue_id": str(n)} | row for n, row in enumerate(rows)]))


ROWS = (
    {},
    {"handed_on": "2023-09-10", "office": "区水利局", "due_on": "2023-09-20"},
    {"handed_on": "2023-09-10", "office": "区水利局", "rectified_on": "2023-09-28"},
    {"handed_on": "2023-09-10", "rectified_on": "2023-09-15", "closed_on": "2023-09-29"},
    {"owner": "村支书岗"},
)


def test_states_on_a_day() -> None:
    def on(text: str) -> list[str]:
        return list(ledger.on(problems(*ROWS), SCOPE, day(text))["status"])

    assert on("2023-09-30") == ["found", "handed", "rectified", "closed", "handed"]
    assert on("2023-09-27") == ["found", "handed", "handed", "rectified", "handed"]
    assert on("2023-09-05") == ["found", "found", "found", "found", "handed"]
    assert on("2023-08-31") == []


def test_now_knows_what_came_after_the_newest_data() -> None:
    later = {"found_on": "2023-10-08", "handed_on": "2023-10-08", "due_on": "2023-10-20"}
    listed = ledger.now(problems(*ROWS, later), SCOPE, day("2023-09-27"))
    assert list(listed["status"]) == ["found", "handed", "rectified", "closed", "handed", "handed"]
    assert listed["age"].tolist() == [26, 26, 26, 28, 26, 0]
    assert listed["late"].tolist() == [0, 7, 0, 0, 0, 0]


def test_now_names_the_deadline_that_was_overdue_on_the_day_and_was_moved_since() -> None:
    fixed = {"village_code": VILLAGE, "found_on": "2023-09-01"}
    ways = {  # deadlines, one after the other; the figures had reached 31 October when the second came
        "moved": ("2023-09-16", "2023-11-20"), "not late then": ("2023-11-10", "2023-11-20"),
        "late by both": ("2023-09-16", "2023-10-10"), "never moved": ("2023-09-16",),
    }  # fmt: skip
    every = [fixed | {"issue_id": one, "due_on": due} for one, dues in ways.items() for due in dues]
    states = typed("issues", pd.DataFrame(every))
    states = states.assign(batch_id=[1 + int(again) for again in states["issue_id"].duplicated()])
    newest = states.drop_duplicates("issue_id", keep="last").drop(columns="batch_id")
    rows = spells.with_earlier(newest, states, {2: day("2023-11-01")})
    listed = ledger.now(rows, SCOPE, day("2023-10-31")).set_index("issue_id")
    assert listed["due_then"].dropna().to_dict() == {"moved": pd.Timestamp("2023-09-16")}
    assert listed.loc["moved", "late"] == 0
    assert listed.loc["late by both", "late"] == 21
    # At an earlier date the list is as it was then: there is nothing to add.
    assert ledger.on(rows, SCOPE, day("2023-10-31"))["due_then"].isna().all()


def test_open_problems_by_office_and_age() -> None:
    listed = ledger.on(problems(*ROWS), SCOPE, day("2023-09-30"))
    counted = ledger.counts(listed, "office")
    assert counted.loc["区水利局"].to_dict() == {
        "open": 2, "overdue": 1, "rectified": 1, "band0": 0, "band1": 2, "band2": 0, "band3": 0,
    }  # fmt: skip
    assert counted.loc[""]["open"] == 2
    assert ledger.counts(listed, "town")["open"].to_dict() == {TOWN: 4}


# ---- lists that are older than what is stored ------------------------------------------------------------------------


def doubts(checked: Checked) -> list[tuple[str, str]]:
    told = checked.problems.loc[checked.problems["rule"].isin({"older_kept", "older_taken"})]
    assert all(more["id"] == "J50011320230925001" for more in told["more"])
    return list(zip(told["rule"], told["column"], strict=True))


def test_a_list_made_before_a_problem_was_closed_does_not_open_it_again(store: Store) -> None:
    handed(store)
    exported = rectified(store)
    done = closed(store)
    edited = exported | {"measure": "改了措施"}
    checked, _ = listed(store, "issues", edited)
    assert doubts(checked) == [("older_kept", "closed_on")]
    (said,) = [text for text in checked.messages("zh") if "清单" in text]
    assert said.startswith("编号 J50011320230925001 在系统里已于 2023-10-11 销号，这份清单还是之前的状态。默认保留")
    sent(store, "issues", edited, CLERK)
    # What cannot have been changed on the page meanwhile is the list's.
    assert the_row(store) == done | {"measure": "改了措施"}
    # Whoever means it opens it again.
    checked, _ = listed(store, "issues", exported, older=True)
    assert doubts(checked) == [("older_taken", "closed_on")]
    assert checked.said is not None
    assert checked.said.older
    sent(store, "issues", exported, CLERK, older=True)
    assert the_row(store) == exported


def test_a_closing_that_a_list_stored_is_kept_as_one_of_the_page(store: Store) -> None:
    exported = handed(store)
    sent(store, "issues", exported | {"rectified_on": day("2023-10-09"), "closed_on": day("2023-10-11")}, CHECKER)
    done = the_row(store)
    assert done["closed_on"] == day("2023-10-11")
    assert doubts(listed(store, "issues", exported)[0]) == [("older_kept", "closed_on")]
    sent(store, "issues", exported, CLERK)
    assert the_row(store) == done


@pytest.mark.parametrize("name", ["钱二狗", "孙三娘13812345678", "欧阳修文"])
def test_a_stored_post_and_office_stay_where_a_list_names_somebody(store: Store, name: str) -> None:
    row = handed(store)
    checked, _ = listed(store, "issues", row | {"owner": name, "office": name, "measure": "改了措施"})
    told = checked.problems.loc[checked.problems["rule"].isin({"name_without_post", "post_kept"})]
    assert told[["rule", "column", "repair"]].to_numpy().tolist() == [
        ["post_kept", "owner", WANTED.post],
        ["post_kept", "office", WANTED.office],
    ]
    assert name[:3] not in checked.problem_list("zh").decode() + str(checked.messages("en"))
    sent(store, "issues", row | {"owner": name, "office": name, "measure": "改了措施"}, CLERK)
    assert the_row(store) == row | {"measure": "改了措施"}
    # Nothing is made up for a problem that is not stored.
    checked, _ = listed(store, "issues", row | {"issue_id": "U7", "owner": name, "indicator": None})
    assert checked.problems["rule"].tolist().count("name_without_post") == 1


def test_a_list_made_before_it_was_reported_rectified_keeps_that(store: Store) -> None:
    exported = handed(store)
    waiting = rectified(store)
    assert doubts(listed(store, "issues", exported)[0]) == [("older_kept", "rectified_on")]
    sent(store, "issues", exported, CHECKER)
    assert the_row(store) == waiting


def test_a_list_made_before_it_was_sent_back_does_not_report_it_rectified_again(store: Store) -> None:
    handed(store)
    exported = rectified(store)
    record.send_back(store, BANAN, exported, exported["rectified_on"], CHECKER)
    back = the_row(store)
    assert doubts(listed(store, "issues", exported)[0]) == [("older_kept", "rectified_on")]
    sent(store, "issues", exported, CLERK)
    assert the_row(store) == back
    # Another day is another report.
    assert doubts(listed(store, "issues", exported | {"rectified_on": day("2023-10-20")})[0]) == []


@pytest.mark.parametrize("without", [(), ("reopened_on", "reopened_n")])
def test_a_list_made_before_it_came_back_takes_nothing_of_that_away(store: Store, without: tuple[str, ...]) -> None:
    handed(store)
    rectified(store)
    exported = closed(store)
    handed(store, dataclasses.replace(WANTED, day=day("2023-11-20"), due=day("2023-12-04"), problem="再次滞后"))
    back = the_row(store)
    assert back["closed_on"] is None
    names = [name for name in tables()["issues"].names if name not in without]
    head = ",".join(tables()["issues"].column(name).header("zh") for name in names)
    cells = ["" if (value := exported.get(name)) is None else "否" if value is False else str(value) for name in names]
    raw = f"{head}\n{','.join(cells)}\n".replace("governance", "治理").replace("normal", "一般").encode()
    checked = upload.check(BANAN, raw, "list.csv", "issues", stored=beside.stored(store, BANAN))
    assert checked.ok, checked.messages("zh")
    assert doubts(checked) == [("older_kept", "reopened_on")]
    upload.commit(store, BANAN, checked, raw, CHECKER)
    assert the_row(store) == back


def moved(store: Store, due: str) -> Row:
    sent(store, "issues", the_row(store) | {"due_on": day(due)}, CHECKER)
    return the_row(store)


@pytest.mark.parametrize("was", ["2023-10-16", None])
def test_a_list_made_before_a_deadline_was_moved_does_not_take_that_back(store: Store, was: str | None) -> None:
    exported = handed(store)
    if was is None:
        sent(store, "issues", exported | {"due_on": None}, CLERK)
        exported = the_row(store)
    now = moved(store, "2023-11-21")
    checked, _ = listed(store, "issues", exported | {"measure": "改了措施"})
    assert doubts(checked) == [("older_kept", "due_on")]
    (said,) = [text for text in checked.messages("zh") if "清单" in text]
    said_first = "编号 J50011320230925001 在系统里的时限已调整为 2023-11-21，这份清单还是之前的状态。默认保留"
    assert said.startswith(said_first)
    sent(store, "issues", exported | {"measure": "改了措施"}, CLERK)
    assert the_row(store) == now | {"measure": "改了措施"}
    meant = exported | {"measure": "照清单办"}
    checked, _ = listed(store, "issues", meant, older=True)
    assert doubts(checked) == [("older_taken", "due_on")]
    sent(store, "issues", meant, CLERK, older=True)
    assert the_row(store) == meant


def test_an_older_deadline_and_an_older_state_are_told_each_and_kept_both(store: Store) -> None:
    exported = handed(store)
    moved(store, "2023-11-21")
    waiting = rectified(store)
    checked, _ = listed(store, "issues", exported)
    assert sorted(doubts(checked)) == [("older_kept", "due_on"), ("older_kept", "rectified_on")]
    sent(store, "issues", exported, CHECKER)
    assert the_row(store) == waiting
    assert sorted(doubts(listed(store, "issues", exported, older=True)[0])) == [
        ("older_taken", "due_on"), ("older_taken", "rectified_on"),
    ]  # fmt: skip
    # The list goes on with the problem, with the deadline it was written with.
    done = waiting | {"due_on": exported["due_on"], "closed_on": day("2023-10-11")}
    assert doubts(listed(store, "issues", done)[0]) == [("older_kept", "due_on")]
    sent(store, "issues", done, CHECKER)
    assert the_row(store) == waiting | {"closed_on": day("2023-10-11")}


def test_a_deadline_that_never_stood_is_a_new_one(store: Store) -> None:
    handed(store)
    now = moved(store, "2023-11-21")
    assert doubts(listed(store, "issues", now | {"due_on": day("2023-11-22")})[0]) == []
    # What was undone never stood.
    upload.undo(store, BANAN, sent(store, "issues", now | {"due_on": day("2023-12-22")}, CLERK).number, CLERK)
    assert doubts(listed(store, "issues", now | {"due_on": day("2023-12-22")})[0]) == []
    # Nor did the deadline of the time before it came back, since then.
    rectified(store)
    closed(store)
    back = handed(store, dataclasses.replace(WANTED, day=day("2023-11-20"), due=day("2023-12-04"), problem="再次滞后"))
    assert doubts(listed(store, "issues", back | {"due_on": day("2023-11-21")})[0]) == []


def test_a_list_that_goes_on_from_what_is_stored_is_taken_as_it_is(store: Store) -> None:
    row = handed(store)
    done = row | {"rectified_on": day("2023-10-09"), "closed_on": day("2023-10-11")}
    assert doubts(listed(store, "issues", done)[0]) == []
    sent(store, "issues", done, CLERK)
    back = done | {"rectified_on": None, "closed_on": None, "reopened_on": day("2023-11-20"), "reopened_n": 1}
    assert doubts(listed(store, "issues", back)[0]) == []
    sent(store, "issues", back, CLERK)
    assert the_row(store) == back
    # An undone closing is nothing newer.
    again = back | {"rectified_on": day("2023-11-25"), "closed_on": day("2023-11-26")}
    upload.undo(store, BANAN, sent(store, "issues", again, CLERK).number, CLERK)
    assert doubts(listed(store, "issues", again)[0]) == []


# ---- one problem, one number -----------------------------------------------------------------------------------------


def numbers_told(checked: Checked) -> list[tuple[int, str, str]]:
    told = checked.problems.loc[checked.problems["rule"].isin({"second_number", "closed_number"})]
    return [(int(p["row"]), p["rule"], p["more"]["other"]) for p in told.to_dict("records")]


def test_a_second_number_for_the_same_problem_is_doubted(store: Store) -> None:
    row = handed(store)
    other = row | {"issue_id": "B7"}
    assert numbers_told(listed(store, "issues", other)[0]) == [(2, "second_number", row["issue_id"])]
    for differs in ({"indicator": "garbage_rate"}, {"domain": "water"}, {"village_code": "500113115218"},
                    {"indicator": None}, {"closed_on": day("2023-10-01")}):  # fmt: skip
        assert numbers_told(listed(store, "issues", other | differs)[0]) == [], differs
    assert numbers_told(listed(store, "issues", row)[0]) == []  # the problem itself
    rectified(store)
    closed(store)
    assert numbers_told(listed(store, "issues", other)[0]) == [(2, "closed_number", row["issue_id"])]
    # Once it was stored under its own number it is not asked again.
    sent(store, "issues", other, CLERK)
    assert numbers_told(listed(store, "issues", other)[0]) == []


def test_two_numbers_in_one_list_are_told_at_the_later_row(store: Store) -> None:
    head = "编号,村代码,领域,关联指标,发现日,销号日"
    rows = [f"{number},{VILLAGE},治理,hh_visit_coverage,2023-09-01,{over}" for number, over in
            (("A", "2023-09-20"), ("B", ""), ("C", ""))]  # fmt: skip
    raw = "\n".join([head, *rows]).encode()
    checked = upload.check(BANAN, raw, "list.csv", "issues", stored=beside.stored(store, BANAN))
    assert numbers_told(checked) == [(3, "closed_number", "A"), (4, "second_number", "B")]
