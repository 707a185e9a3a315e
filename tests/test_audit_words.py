"""The log in words: places, roles, indicators and files by their names, reasons, and the figures before and after."""

import ast
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data import audit_batches, audit_words, targets, upload
from data.access import Grant
from data.audit_words import KNOWN, detail, named, rows
from data.history import figures_moved
from data.language import translator
from data.plan import load_plan
from data.registry import county
from data.store import BANDS, NOWHERE, Entry, Store, Wanted, open_store
from data.targets import Target, Why
from data.upload import Actor
from geo.regions import regions

ROOT = Path(__file__).parents[1]
BANAN = county("banan")
ME = Actor("区乡村振兴局", verified=True)
ZH, EN = translator("zh"), translator("en")
TOWN, TOWNSHIPS = "500113115", list(regions("500113").query("level == 'township'")["code"].str[:9])
NAME = regions("500113").set_index("code").loc[f"{TOWN}000", "short_name"]
FUNDS = "区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）\n{place},2023-04-30,中央,衔接资金,100,{spent}\n"
COUNTS = {"rows": 3, "added": 3, "changed": 0, "unchanged": 0, "removed": 2, "batch": 4, "before": 2, "after": 3}


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with open_store() as found:
        yield found


def entry(event: str, subject: str = "", code: str = BANAN.code, **told: Any) -> Entry:
    at = dt.datetime(2023, 9, 30, 12, tzinfo=dt.UTC)
    return Entry(code, 1, at, "adm", "李四", verified=True, address="", event=event, subject=subject, detail=told)


def send(store: Store, spent: float, note: str = "", place: str = "500113000000") -> Any:
    raw = FUNDS.format(spent=spent, place=place).encode()
    return upload.commit(store, BANAN, upload.check(BANAN, raw, f"{spent}.csv"), raw, ME, note=note)


def test_a_batch_names_its_townships() -> None:
    told = "; ".join(detail(entry("import", "issues", **COUNTS, townships=[TOWN]), ZH))
    assert NAME in told
    assert TOWN not in told
    whole = detail(entry("import", "issues", **COUNTS, townships=["500113000", *TOWNSHIPS]), ZH)
    assert "全县（区）" in whole
    # Of a county that is no more the codes stand.
    assert TOWN in detail(entry("import", "issues", "990101", **COUNTS, townships=[TOWN]), ZH)


def test_an_undo_reads_as_on_the_page_of_uploads() -> None:
    told = "; ".join(detail(entry("undo", "issues", **COUNTS, undoes=3), ZH))
    assert "恢复 3 行，撤去 2 行" in told
    assert "新增" not in told


def test_roles_and_refusals_name_townships_and_an_arrival_its_account_once() -> None:
    told = detail(entry("member", "wang", name="王五", before={}, after={"township_clerk": [f"{TOWN}000"]}), ZH)
    assert told == [f"王五：无 → 乡镇经办（{NAME}）"]
    assert detail(entry("refused", "upload", townships=[f"{TOWN}000"]), ZH) == [NAME]
    (row,) = rows([entry("refused", "view")], ZH)
    assert row["event"] == "拒绝"
    (row,) = rows([entry("arrived", "adm")], ZH)
    assert (row["subject"], row["account"]) == ("", "adm")


def test_the_command_line_is_named_in_the_readers_language() -> None:
    by_command = Entry(**{**vars(entry("import", "issues", **COUNTS)), "name": "command line", "verified": False})
    assert [rows([by_command], _)[0]["who"] for _ in (ZH, EN)] == ["命令行 (未认证)", "command line (unverified)"]


def test_a_target_is_told_by_name_with_its_unit(store: Store) -> None:
    why = Why("渝乡振发〔2023〕12号", "市级加码，联系 13812345678")
    plan = load_plan(BANAN.plans[0])
    one = plan.indicator("points_system_coverage")
    batch = targets.revise(store, BANAN, plan, one.id, dt.date(2023, 8, 1), Target(99, one.due), why, ME)
    targets.undo(store, BANAN, batch.number, batch.table, ME, "有误")
    undone, made = (row["detail"] for row in rows(store.audit(BANAN.code, Wanted(limit=2)), ZH))
    assert one.name("zh") in made
    assert one.id not in made
    assert f"目标 {one.value:g}% → 99%" in made
    assert "渝乡振发〔2023〕12号" in made
    assert made.endswith("原因：市级加码，联系 ***")
    assert f"目标 99% → {one.value:g}%" in undone  # what was asked before it is asked again
    assert undone.endswith("原因：有误")


def test_bands_are_told_by_their_names_and_edges(store: Store) -> None:
    targets.revise_bands(store, BANAN, -2, -10, Why("文号", "试行"), ME)
    (row,) = rows(store.audit(BANAN.code, Wanted(limit=1)), ZH)
    assert f"“略慢”下限 −{-BANAN.bands.slightly_behind:g} 个百分点 → −2 个百分点" in row["detail"]
    (batch,) = store.batches(BANAN.code, BANDS)
    targets.undo(store, BANAN, batch.number, BANDS, ME, "有误")
    (row,) = rows(store.audit(BANAN.code, Wanted(limit=1)), EN)
    assert f"−2 points → −{-BANAN.bands.slightly_behind:g} points" in row["detail"]


# ---- beyond the entry ------------------------------------------------------------------------------------------------


def told(store: Store, most: int = audit_batches.MOST) -> list[str]:
    entries, batches = store.audit(BANAN.code), store.batches(BANAN.code)
    plans = [load_plan(plan_id) for plan_id in BANAN.plans]
    more = audit_batches.told(
        entries, batches, plans, lambda plan, one: figures_moved(store, plan, one, batches), ZH, most
    )
    return [row["detail"] for row in rows(entries, ZH, more)]


def test_the_figures_before_and_after_stand_with_the_newest_batches(store: Store) -> None:
    send(store, 72.8)
    send(store, 73.1, "补报")
    newest, first = told(store)
    name = load_plan("banan-2023").indicator("central_fund_expenditure").name("zh")
    assert f"{name}：72.8% → 73.1%" in newest
    assert newest.count("补报") == 1
    assert name in first
    assert [name in one for one in told(store, most=1)] == [True, False]


def test_the_reason_of_a_batch_is_looked_up_where_its_entry_has_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.store.store._noted", lambda _note: {})  # as entries were before
    send(store, 20, "补报，电话 13812345678")
    assert "note" not in store.audit(BANAN.code)[0].detail
    assert "原因：补报，电话 ***" in told(store)[0]


def test_entries_are_found_by_names_of_places_tables_and_indicators(store: Store) -> None:
    send(store, 20, place=f"{TOWN}000")
    store.set_member(BANAN.code, "wang", [Grant("township_clerk", (f"{TOWN}000",))], "县办")
    store.record(BANAN.code, "sign_in")

    def found(text: str) -> list[str]:
        wanted = Wanted(text=text, named=named(text, BANAN.code))
        return [one.event for one in store.audit(BANAN.code, wanted)]

    assert found(NAME) == ["member", "import"]
    assert found("资金") == ["import"]
    assert found("没有这个地方") == []
    assert named("村", BANAN.code)  # a list of villages too long to be searched for: their townships
    assert max(map(len, (code for code in named("村", BANAN.code) if code.isdecimal()))) == len(TOWN)
    assert named("姜家", NOWHERE) == ()


# ---- every key has its words -----------------------------------------------------------------------------------------


def literals(node: ast.AST) -> set[str]:
    """Return the keys of the dicts written out within a part of the code."""
    dicts = [one for one in ast.walk(node) if isinstance(one, ast.Dict)]
    return {key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant)}


def kept() -> dict[str, set[str]]:
    """Return the keys that the code gives to the log by event, wherever it writes one."""
    found: dict[str, set[str]] = {}
    for file in [ROOT / "cli.py", *(ROOT / "data").rglob("*.py"), *(ROOT / "components").rglob("*.py")]:
        tree = ast.parse(file.read_text("utf-8"))
        for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
            assigned: dict[str, set[str]] = {}
            for one in ast.walk(function):
                names = (
                    one.targets
                    if isinstance(one, ast.Assign)
                    else [one.target]
                    if isinstance(one, ast.AugAssign)
                    else []
                )
                for name in names:
                    if isinstance(name, ast.Name) and isinstance(one, ast.Assign | ast.AugAssign):
                        assigned[name.id] = assigned.get(name.id, set()) | literals(one.value)
            for call in (one for one in ast.walk(function) if isinstance(one, ast.Call)):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                if name == "exported":
                    found.setdefault("export", set()).update(
                        k.arg for k in call.keywords if k.arg not in {None, "needs"}
                    )
                elif name in {"record", "_note"}:
                    events = [
                        a.value for a in call.args if isinstance(a, ast.Constant) and a.value in audit_words.EVENTS
                    ]
                    for event in events:
                        keys = {key for a in call.args for key in literals(a)}
                        used = {n.id for a in call.args for n in ast.walk(a) if isinstance(n, ast.Name)}
                        found.setdefault(event, set()).update(keys, *(assigned.get(n, set()) for n in used))
    return found


def test_every_key_that_is_ever_kept_has_its_words() -> None:
    found = kept()
    assert found["export"] >= {"bytes", "plan", "sections", "counties", "entries"}
    assert found["snapshot_kept"] == found["snapshot_removed"] == {"number", "as_of", "version"}
    others = {"member", "people_shown"}  # have sentences of their own
    assert others <= found.keys()
    assert {
        event: keys - KNOWN.keys() for event, keys in found.items() if event not in others and keys - KNOWN.keys()
    } == {}


def test_what_is_kept_of_a_file_taken_out_reads_as_words() -> None:
    briefed = entry("export", "docx", plan="banan-2023", as_of="2023-09-30", sections=["problems"], bytes=2_500_000)
    (row,) = rows([briefed], ZH)
    assert row["subject"] == "Word 通报"
    assert "截至 2023-09-30" in row["detail"]
    assert not {"problems", "banan-2023", "bytes"} & set(row["detail"].split("; "))
    side_by_side = entry("export", "compare.xlsx", counties=["banan", "wanzhou"], bytes=17_275)
    assert detail(side_by_side, ZH) == ["巴南区、万州区", "17.3 KB"]
    kept_meeting = entry("snapshot_kept", "8月调度会", number=1, as_of="2023-08-31", version=12)
    assert detail(kept_meeting, ZH) == ["第 1 号", "截至 2023-08-31", "数据版本 12"]
