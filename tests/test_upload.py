"""What an upload shows before it is stored, how it is counted, who may act, and what never leaves the server."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NoReturn

import pandas as pd
import pytest

from components.server.keeping_up import Keeper
from components.server.peer import from_trusted_proxy, without_forged_user
from data import beside, covering, derive, loaders, preview, upload, upload_words
from data.extent import Extent
from data.intake import Checked
from data.language import translator
from data.plan import load_plan
from data.registry import county
from data.shown import counted_anew
from data.store import Store, UnavailableError, open_store
from data.tables import tables, typed
from data.upload import Actor
from data.upload_words import UploadError
from geo.regions import regions

BANAN = county("banan")
WHO = Actor("a tester")
VILLAGES = regions("500113").query("level == 'village'")
FIRST = VILLAGES["code"].iloc[0]
TOWN = VILLAGES["parent"].iloc[0]


def test_a_new_newest_date_is_told_with_what_becomes_of_those_who_have_not_reported():
    newest, english = date(2023, 9, 15), translator("en")
    same = upload_words.moves(date(2023, 9, 30), newest, english)
    assert same == "Once stored, the county's newest data date changes from 2023-09-15 to 2023-09-30."
    later = upload_words.moves(date(2023, 10, 31), newest, translator("zh"))
    assert "2023-10 的第一份文件" in later
    assert "2023-09-15 变为 2023-10-31" in later
    assert "沿用" in later
    assert "“未报”" not in later
    named = upload_words.moves(date(2023, 10, 31), newest, translator("zh"), ["走访率", "培训率"])
    assert "但有 2 项指标按月（半年）重新计，不沿用，报送前显示“未报”：走访率、培训率。" in named


def test_what_is_counted_each_month_or_half_year_starts_anew_with_it():
    plan = load_plan("banan-2023")
    monthly, half = "job_monitor_coverage", "hh_visit_coverage"
    within = counted_anew(plan, date(2023, 9, 30), date(2023, 10, 31), "funds")
    assert monthly in within
    assert half not in within
    assert {monthly, half} <= set(counted_anew(plan, date(2023, 6, 30), date(2023, 7, 31), "funds"))
    assert monthly not in counted_anew(plan, date(2023, 9, 30), date(2023, 10, 31), "persons")
    assert counted_anew(plan, date(2023, 9, 15), date(2023, 9, 30), "funds") == []


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'store.db'}")


def funds_csv(*rows: tuple[str, str, float]) -> bytes:
    """Write funds as an office would: code, month end, spent."""
    lines = ["区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）"]
    lines += [f"{code},{day},中央,衔接资金,100,{spent}" for code, day, spent in rows]
    return "\n".join(lines).encode()


def checked(raw: bytes, name: str = "funds.csv") -> Checked:
    found = upload.check(BANAN, raw, name)
    assert found.ok, found.problem_lines("en")
    return found


def commit(store: Store, raw: bytes, name: str = "funds.csv"):
    return upload.commit(store, BANAN, checked(raw, name), raw, WHO)


def test_the_preview_counts_what_the_commit_then_does(store: Store) -> None:
    town = TOWN
    commit(store, funds_csv((town, "2023-03-31", 10), (town, "2023-04-30", 20), ("500113000000", "2023-04-30", 5)))
    raw = funds_csv((town, "2023-04-30", 20), (town, "2023-05-31", 30), (VILLAGES["parent"].iloc[-1], "2023-05-31", 1))
    new = preview.placed("funds", checked(raw).frame, BANAN.code)
    told = preview.compare(preview.stored(store, BANAN, "funds"), new, Extent("replace").scope(new))
    batch = commit(store, raw)
    assert (told.new, told.changed, told.equal, told.removed) == (2, 0, 1, 0)
    assert (batch.added, batch.changed, batch.unchanged, batch.removed) == (2, 0, 1, 0)


def test_a_row_that_is_not_in_the_file_any_more_is_counted_as_removed(store: Store) -> None:
    commit(store, funds_csv((TOWN, "2023-04-30", 20), ("500113000000", "2023-04-30", 5)))
    raw = funds_csv((TOWN, "2023-04-30", 21)).replace(
        b"\xe8\xa1\x94\xe6\x8e\xa5\xe8\xb5\x84\xe9\x87\x91", "其他".encode()
    )
    new = preview.placed("funds", checked(raw).frame, BANAN.code)
    old = preview.stored(store, BANAN, "funds")
    replaced, merged = preview.compare(old, new, Extent("replace").scope(new)), preview.compare(old, new, None)
    batch = commit(store, raw)
    # The township's linkage row ends; the county's own row lies outside the file's townships.
    assert (replaced.new, replaced.removed) == (1, 1) == (batch.added, batch.removed)
    assert (merged.new, merged.removed) == (1, 0)


def test_totals_by_place_and_month(store: Store) -> None:
    raw = funds_csv((TOWN, "2023-03-31", 10), (TOWN, "2023-04-30", 20), ("500113000000", "2023-04-30", 5))
    found = checked(raw)
    placed = preview.placed("funds", found.frame, BANAN.code)
    spent = next(m for m in preview.measures("funds", found.frame, BANAN) if m.id == "spent")
    assert placed.totals("_month", spent).to_dict() == {"2023-03": 10, "2023-04": 5}  # the county's own row
    april = placed.within({TOWN, "500113000000"}, {"2023-04"})
    assert april.totals("_township", spent).to_dict() == {TOWN: 20, "500113000000": 5}
    assert placed.totals("_village", spent).empty


def spent(rows: list[tuple[str, str, str, float]], by: str) -> dict[str, float]:
    """Return what a preview of funds says was spent, from (code, tier, fund, spent) in one month."""
    columns = ["geo_code", "tier", "fund", "spent"]
    frame = typed("funds", pd.DataFrame(rows, columns=columns).assign(as_of=pd.Timestamp(2023, 4, 30)))
    measure = next(m for m in preview.measures("funds", frame, BANAN) if m.id == "spent")
    return preview.placed("funds", frame, BANAN.code).totals(by, measure).to_dict()


OTHER = VILLAGES["parent"].iloc[-1]
COUNTY = "500113000000"


@pytest.mark.parametrize(
    ("rows", "month", "places"),
    [
        # the total of all tiers is not added to its parts
        ([(COUNTY, "all", 9), (COUNTY, "central", 5)], 9, {COUNTY: 9}),
        ([(COUNTY, "central", 5), (COUNTY, "county", 3)], 8, {COUNTY: 8}),
        # a place's own row stands for those below, tier by tier
        ([(COUNTY, "central", 5), (TOWN, "central", 2), (OTHER, "central", 1)], 5, {COUNTY: 5, TOWN: 2, OTHER: 1}),
        ([(COUNTY, "central", 5), (TOWN, "county", 2)], 7, {COUNTY: 5, TOWN: 2}),
        ([(COUNTY, "all", 9), (TOWN, "county", 2)], 9, {COUNTY: 9, TOWN: 2}),
        ([(COUNTY, "central", 5), (TOWN, "all", 2)], 5, {COUNTY: 5, TOWN: 2}),
        # one township gives a total, another only its parts
        ([(TOWN, "all", 4), (TOWN, "central", 4), (OTHER, "central", 1), (OTHER, "county", 1)], 6, {TOWN: 4, OTHER: 2}),
    ],
)
def test_funds_count_once(rows: list[tuple[str, str, float]], month: float, places: dict[str, float]) -> None:
    told = [(code, tier, "linkage", amount) for code, tier, amount in rows]
    assert spent(told, "_month") == {"2023-04": month}
    assert spent(told, "_township") == places
    # other funds are added to it
    assert spent([*told, (COUNTY, "all", "other", 1)], "_month") == {"2023-04": month + 1}


def test_stored_and_new_months_are_counted_by_one_rule() -> None:
    """The finest level is that of the place and month looked at, not of whatever else is stored."""
    rows = [("township", TOWN, None, "2023-04-30", 7), ("village", FIRST, FIRST, "2023-05-31", 3)]
    rows += [("township", TOWN, None, "2023-05-31", 9)]
    columns = ["geo_level", "geo_code", "village_code", "as_of", "value"]
    frame = typed("facts", pd.DataFrame(rows, columns=columns).assign(item="collective_income"))
    measure = replace(preview.measures("facts", frame, BANAN)[0], how="sum")
    placed = preview.placed("facts", frame, BANAN.code).of(measure)
    assert placed.totals("_month", measure).to_dict() == {"2023-04": 7, "2023-05": 3}
    assert placed.totals("_village", measure).to_dict() == {FIRST: 3}


def test_the_stored_line_speaks_of_the_place_of_the_points(store: Store) -> None:
    commit(store, funds_csv((TOWN, "2023-03-31", 10), (OTHER, "2023-03-31", 4), (COUNTY, "2023-04-30", 20)))
    stored = preview.stored(store, BANAN, "funds")
    measure = replace(preview.ROWS, id="spent", how="sum", column="spent")

    def line(code: str) -> dict[str, float]:
        frame = checked(funds_csv((code, "2023-05-31", 30))).frame
        return stored.beside(preview.placed("funds", frame, BANAN.code)).totals("_month", measure).to_dict()

    assert line(COUNTY) == {"2023-03": 14, "2023-04": 20}
    assert line(TOWN) == {"2023-03": 10}


def test_a_ratio_divides_sums_and_only_the_finest_level_counts() -> None:
    day = pd.Timestamp(2023, 5, 31)
    villages = [
        {"geo_level": "village", "geo_code": c, "village_code": c, "numerator": n, "denominator": d}
        for c, n, d in ((VILLAGES["code"].iloc[0], 1, 2), (VILLAGES["code"].iloc[1], 9, 18))
    ]
    whole = {"geo_level": "county", "geo_code": "500113000000", "numerator": 99, "denominator": 99}
    frame = typed("facts", pd.DataFrame([*villages, whole]).assign(as_of=day, item="policy_awareness"))
    share = preview.measures("facts", frame, BANAN)[0]
    placed = preview.placed("facts", frame, BANAN.code)
    assert share.how == "share"
    assert placed.of(share).totals("_month", share).to_dict() == {"2023-05": 50}


def households(n: int) -> pd.DataFrame:
    row = {"as_of": pd.Timestamp(2023, 5, 31), "village_code": FIRST, "members_n": 3.0}
    return typed("households", pd.DataFrame([row | {"hh_id": f"H{i}"} for i in range(n)]))


@pytest.mark.parametrize(("n", "shown"), [(4, 0), (5, 1)])
def test_numbers_of_fewer_than_five_households_are_not_shown(n: int, shown: int) -> None:
    frame = households(n)
    members = next(m for m in preview.measures("households", frame, BANAN) if m.id == "members_n")
    assert len(preview.placed("households", frame, BANAN.code).totals("_village", members)) == shown


def test_numbers_of_people_are_covered_in_problem_lists() -> None:
    head = "村代码,户编号（化名）,快照日,人口"
    lines = [head, f"{FIRST},SECRET-7,2023-05-31,3", f"{FIRST},SECRET-7,2023-05-31,400"]
    found = upload.check(BANAN, "\n".join(lines).encode(), "h.csv", "households")
    assert "duplicate_key" in set(found.problems["rule"])
    shown = covering.covered(found)
    text = shown.problem_list("zh").decode("utf-8-sig") + "".join(shown.messages("en")) + shown.listing("zh").to_csv()
    assert "SECRET" not in text
    assert "400" in text  # what is wrong with a number stays readable
    assert found.counts() == shown.counts()


def test_the_same_file_twice_is_refused_and_undo_allows_it_again(store: Store) -> None:
    raw = funds_csv((TOWN, "2023-04-30", 20))
    batch = commit(store, raw)
    with pytest.raises(UploadError, match=f"batch {batch.number}"):
        commit(store, raw)
    upload.undo(store, BANAN, batch.number, WHO, "again")
    assert commit(store, raw).rows == 1


def test_a_file_with_errors_is_not_stored(store: Store) -> None:
    raw = funds_csv((TOWN, "2023-04-30", 20)).replace(b"2023-04-30", b"yesterday")
    found = upload.check(BANAN, raw, "funds.csv")
    with pytest.raises(UploadError):
        upload.commit(store, BANAN, found, raw, WHO)
    assert store.batches(BANAN.code) == []


def test_a_nil_return_covers_the_whole_county_in_codes_of_nine_digits(store: Store) -> None:
    batch = upload.nil_return(store, BANAN, "funds", ["2023-05"], [], WHO)
    towns = regions("500113").query("level == 'township'")["code"].str[:9]
    assert set(batch.scope.townships) == {"500113000", *towns}
    name = regions("500113").set_index("code")["name"][TOWN]
    assert upload.nil_return(store, BANAN, "issues", [], [name], WHO).scope.townships == (TOWN[:9],)
    with pytest.raises(UploadError, match="nowhere"):
        upload.nil_return(store, BANAN, "issues", [], ["nowhere"], WHO)
    with pytest.raises(UploadError, match="month"):
        upload.nil_return(store, BANAN, "funds", [], [], WHO)


# ---- what fails after the commit -------------------------------------------------------------------------------------


def busy(*_: object, **__: object) -> NoReturn:
    raise UnavailableError("busy")


def test_what_fails_after_the_commit_is_no_refusal_and_is_computed_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(Store, "write_measures", busy)
        batch = commit(store, funds_csv((TOWN, "2023-04-30", 20)))
        assert [b.batch_id for b in store.batches(BANAN.code)] == [batch.batch_id]
        assert upload.figures_follow(store, BANAN)
    assert derive.catch_up(store, BANAN)
    assert not upload.figures_follow(store, BANAN)
    with monkeypatch.context() as failing:
        failing.setattr(derive, "load_plan", lambda _: 1 / 0)
        nil = upload.nil_return(store, BANAN, "issues", [], [], WHO)
        undone = upload.undo(store, BANAN, batch.number, WHO, "a mistake")
        assert upload.figures_follow(store, BANAN)
    assert [b.batch_id for b in store.batches(BANAN.code)] == [undone.batch_id, nil.batch_id, batch.batch_id]
    assert upload.figures_follow(store, BANAN)
    # The next batch computes what was left, too.
    commit(store, funds_csv((TOWN, "2023-05-31", 20)))
    assert not upload.figures_follow(store, BANAN)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, store: Store) -> Store:
    """Let the loaders, and so the server, read this store."""
    monkeypatch.setattr(loaders, "store", lambda: store)
    monkeypatch.setattr(loaders, "map_document", lambda *_: None)
    return store


def test_what_is_committed_during_a_run_shows_in_the_next_one_only(served: Store) -> None:
    cached = (loaders._rows, loaders._measured, loaders._newest, loaders._evaluation_dates)
    for one in cached:
        one.clear()
    plan = BANAN.plans[0]
    commit(served, funds_csv((TOWN, "2023-04-30", 20)))
    loaders.begin_run()
    assert loaders.version("banan", "funds")  # the run has looked
    commit(served, funds_csv((TOWN, "2023-05-31", 30)))
    assert loaders.rows("banan", "funds")["spent"].tolist() == [20]
    assert f"{loaders.evaluation_dates('banan', plan)[0]:%m-%d}" == "04-30"
    loaders.begin_run()
    assert sorted(loaders.rows("banan", "funds")["spent"]) == [20, 30]
    assert f"{loaders.evaluation_dates('banan', plan)[0]:%m-%d}" == "05-31"
    for one in cached:
        one.clear()


def test_the_running_server_computes_what_was_left(served: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(Store, "write_measures", busy)
        commit(served, funds_csv((TOWN, "2023-04-30", 20)))
    keeper = Keeper("banan")
    keeper.look()
    assert upload.figures_follow(served, BANAN)  # whoever committed may be computing it at this moment
    keeper.look()
    assert not upload.figures_follow(served, BANAN)


def test_a_county_that_cannot_be_brought_up_to_date_is_tried_again_and_named_in_the_log(
    served: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper("banan")
    with monkeypatch.context() as failing:
        failing.setattr(Store, "write_measures", busy)
        commit(served, funds_csv((TOWN, "2023-04-30", 20)))
        caplog.clear()
        keeper.load()
        for _ in range(8):
            keeper.look()
    assert 2 <= len(caplog.records) < 6  # less and less often
    assert all(record.fields["county"] == "banan" for record in caplog.records)
    for _ in range(20):
        keeper.look()
    assert not upload.figures_follow(served, BANAN)


# ---- who ----------------------------------------------------------------------------------------------------


def scope(peer: tuple[str, int], *headers: tuple[str, str]) -> dict:
    return {"type": "websocket", "client": peer, "headers": [(k.lower().encode(), v.encode()) for k, v in headers]}


USER = ("X-Remote-User", "zhang")


def users(found: list[tuple[bytes, bytes]]) -> list[bytes]:
    return [value for name, value in found if b"remote" in name]


def test_nobody_is_believed_unless_a_proxy_is_named() -> None:
    assert users(without_forged_user(scope(("127.0.0.1", 5000), USER))) == []


@pytest.mark.parametrize(
    ("peer", "trusted", "headers", "believed"),
    [
        (("192.0.2.7", 5000), "192.0.2.7", [], True),
        (("192.0.2.7", 5000), "198.51.100.1, 192.0.2.0/24", [], True),
        (("192.0.2.8", 5000), "192.0.2.7", [], False),
        (("::1", 5000), "127.0.0.1", [], True),
        # uvicorn put the forwarded address in place of a peer on loopback, and says so by port 0
        (("203.0.113.9", 0), "127.0.0.1", [("X-Forwarded-For", "203.0.113.9")], True),
        (("203.0.113.9", 0), "192.0.2.7", [("X-Forwarded-For", "203.0.113.9")], False),
        # an address that stands in the header may have been taken from it
        (("192.0.2.7", 80), "192.0.2.7", [("X-Forwarded-For", "192.0.2.7:80")], False),
        (("192.0.2.7", 80), "192.0.2.7", [("X-Forwarded-For", "203.0.113.9")], True),
    ],
)
def test_only_a_named_proxy_says_who_a_user_is(
    peer: tuple[str, int], trusted: str, headers: list, *, believed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANJIE_TRUSTED_PROXIES", trusted)
    assert from_trusted_proxy(scope(peer, USER, *headers)) is believed
    assert users(without_forged_user(scope(peer, USER, *headers))) == ([b"zhang"] if believed else [])


def test_two_claims_and_other_spellings_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANJIE_TRUSTED_PROXIES", "192.0.2.7")
    peer = ("192.0.2.7", 5000)
    assert users(without_forged_user(scope(peer, USER, ("X_Remote_User", "root")))) == []
    assert users(without_forged_user(scope(peer, ("X-Remote_User", "root")))) == []
    assert without_forged_user(scope(peer, ("Accept", "x"))) == [(b"accept", b"x")]


def test_uvicorn_rewriting_for_anybody_is_never_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANJIE_TRUSTED_PROXIES", "0.0.0.0/0")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert not from_trusted_proxy(scope(("203.0.113.9", 0), USER))


def test_a_column_per_item_changes_the_figure_and_nothing_beside_it(home):
    banan, store = county("banan"), open_store()
    head = f"层级,代码或名称,日期,事项代码,数值,{tables()['facts'].column('source_dept').zh}\n"
    long = f"{head}village,500113115219,2023-09-30,collective_income,5,区农业农村委\n".encode()
    upload.commit(store, banan, upload.check(banan, long, "长表.csv"), long, Actor("a tester"))
    wide = "乡镇,村名,日期,村集体收入增长\n姜家镇,平原村,2023-09-30,{}\n"
    for figure, changed in ((7, 1), (7.0, 0)):
        raw = wide.format(figure).encode()
        checked = upload.check(banan, raw, "宽表.csv", stored=beside.stored(store, banan))
        batch = upload.commit(store, banan, checked, raw, Actor("a tester"))
        assert (batch.changed, batch.unchanged) == (changed, 1 - changed)
    (row,) = store.rows("500113", "facts").to_dict("records")
    assert (row["value"], row["source_dept"]) == (7.0, "区农业农村委")


def register_csv(*codes: str, people: int = 1000) -> bytes:
    lines = ["行政村代码,农村人口"]
    return "\n".join([*lines, *(f"{code},{people}" for code in codes)]).encode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_villages_that_are_stored_and_not_in_the_file_are_named_and_stay(store: Store, lang: str) -> None:
    """A list is merged by key: of three villages of a township one is sent anew, and another township has one."""
    own = VILLAGES.loc[VILLAGES["parent"] == TOWN].head(3)
    other = VILLAGES.loc[VILLAGES["parent"] != TOWN].iloc[0]
    commit(store, register_csv(*own["code"], other["code"]), "v.csv")
    raw = register_csv(own["code"].iloc[0], people=900)
    found = checked(raw, "v2.csv")
    new, old = preview.placed("villages", found.frame, BANAN.code), preview.stored(store, BANAN, "villages")
    extent = Extent.of_file(found)
    assert extent.stored_mode == "merge"
    left = preview.staying(old, new, extent.scope(new))
    assert left == preview.Staying(2, dict.fromkeys(own["code"].iloc[1:], 1), 1)
    told = upload_words.staying(left, tables()["villages"], BANAN, translator(lang))
    assert len(told) == 3
    assert all(name in told[0] for name in own["short_name"].iloc[1:])
    assert own["short_name"].iloc[0] not in told[0]
    assert {"zh": "已入库、文件里没有的村有 2 个，保持不变", "en": "2 villages are stored"}[lang] in told[0]
    assert {"zh": "已入库 1 行", "en": "1 rows stored"}[lang] in told[2]
    batch = commit(store, raw, "v2.csv")
    assert (batch.changed, batch.removed) == (1, 0)
    people = store.rows(BANAN.code, "villages").set_index("village_code")["rural_pop_n"]
    assert people[list(own["code"])].tolist() == [900, 1000, 1000]


@pytest.mark.parametrize("table", ["issues", "actions"])
def test_nobody_is_invited_to_end_what_a_running_list_has_of_before(table: str) -> None:
    left = preview.Staying(2, {TOWN: 2}, 0)
    (told,) = upload_words.staying(left, tables()[table], BANAN, translator("zh"))
    assert "保持不变" in told


def test_a_file_that_has_all_that_is_stored_leaves_nothing(store: Store) -> None:
    raw = register_csv(FIRST)
    commit(store, raw, "v.csv")
    new = preview.placed("villages", checked(raw, "v2.csv").frame, BANAN.code)
    left = preview.staying(preview.stored(store, BANAN, "villages"), new, Extent("merge").scope(new))
    assert left == preview.Staying(0, {}, 0)
    assert upload_words.staying(left, tables()["villages"], BANAN, translator("zh")) == []


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["撤回零报告：资金支出表 · 2023-04 · {town}。", "因零报告失效的 1 行恢复有效", "没有使任何数据失效"]),
        ("en", ["is taken back: Funds · 2023-04 · {town}.", "The 1 rows that ended by it count again", "No row ended"]),
    ],
)
def test_what_the_undo_of_a_nil_return_brings_back_is_said(store: Store, lang: str, words: list[str]) -> None:
    commit(store, funds_csv((TOWN, "2023-04-30", 10)))
    first = upload.nil_return(store, BANAN, "funds", ["2023-04"], [TOWN], WHO)
    second = upload.nil_return(store, BANAN, "funds", ["2023-05"], [TOWN], WHO)
    known = regions("500113").set_index("code")["short_name"]
    told = " ".join(upload_words.undone(first, BANAN, translator(lang)))
    assert words[0].format(town=known[TOWN]) in told
    assert words[1] in told
    assert words[2] not in told
    assert words[2] in " ".join(upload_words.undone(second, BANAN, translator(lang)))
    back = upload.undo(store, BANAN, first.number, WHO)
    assert back.added == 1


def test_what_the_undo_of_an_upload_brings_back_is_said(store: Store) -> None:
    first = commit(store, funds_csv((TOWN, "2023-04-30", 10), (TOWN, "2023-03-31", 5)))
    second = commit(store, funds_csv((TOWN, "2023-04-30", 20)))
    zh = translator("zh")
    assert upload_words.undone(first, BANAN, zh)[0] == "该批 2 行将失效。该批没有替换任何数据，因此没有数据恢复。"
    assert upload_words.undone(second, BANAN, zh)[0] == "该批 1 行将失效；被其替换或结束的 1 行恢复有效。"
    assert upload.undo(store, BANAN, second.number, WHO).added == 1
