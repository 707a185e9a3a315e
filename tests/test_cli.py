"""The `xianjie` command as a county's IT person meets it: exit status, JSON alone on stdout, reasons in words."""

import json
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from cli import app
from data import demo, derive
from data.registry import county
from data.sample import sample_files
from data.store import Batch, Scope, Store, Submission, UnavailableError, open_store
from data.tables import empty, tables
from geo.regions import regions

TOWN = regions("500113").query("level == 'township'")["code"].iloc[0]
FUNDS = f"区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）\n{TOWN},2023-04-30,中央,衔接资金,100,33.5\n"


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env=environment)


def ok(*arguments: object):
    """Run with `--json`; return what stdout holds, which must be JSON alone."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "funds.csv"
    path.write_text(FUNDS, "utf-8")
    return path


def test_a_file_is_imported_listed_and_undone(file: Path) -> None:
    batch = ok("import", "-c", "banan", file, "--note", "April", "--actor", "finance")
    assert (batch["table"], batch["rows"], batch["added"]) == ("funds", 1, 1)
    assert (batch["periods"], batch["townships"]) == (["2023-04"], [TOWN[:9]])
    assert (batch["actor"], batch["verified"], batch["note"]) == ("finance", False, "April")
    undo = ok("undo", "-c", "500113", batch["batch"])
    assert (undo["undoes"], undo["removed"]) == (batch["batch"], 1)
    history = ok("history", "-c", "banan")
    assert [b["action"] for b in history] == ["undo", "import"]
    assert [b["active"] for b in history] == [False, False]
    assert "undone by" in run("history", "-c", "banan", "--lang", "en").stdout
    assert f"已被第 {undo['batch']} 批撤销" in run("history", "-c", "banan").stdout


def test_reporting_says_who_is_missing(file: Path) -> None:
    asked = ("reporting", "-c", "banan", "--period", "2023-06", "--as-of", "2023-06-30")
    before = ok(*asked)
    assert (before["due_in"], before["plan"]) == ("2023-06", "banan-2023")
    assert {row["state"] for row in before["reports"]} == {"missing"}
    funds = [row for row in before["reports"] if row["table"] == "funds"]
    assert [(row["name"], row["due"], row["rule"]) for row in funds] == [("区财政局", "2023-06-30", "monthly_dispatch")]
    ok("import", "-c", "banan", "--nil", "assets", "--period", "2023-06", "--township", TOWN)
    came = [row for row in ok(*asked)["reports"] if row["state"] != "missing"]
    assert [(row["debtor"], row["table"], row["state"], row["nil"]) for row in came] == [(TOWN, "assets", "late", True)]
    plain = run(*asked)
    assert plain.exit_code == 0
    assert "资金支出表（2023年6月，6月30日，期末）：区财政局" in plain.stdout
    assert run("reporting", "-c", "banan", "--period", "2022-01", "--as-of", "2023-06-30").exit_code == 0


def test_moments_are_told_in_the_time_of_china(home: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What came on 30 September at 23:30 UTC came on 1 October at 7:30 in China, a day late, wherever the machine is.
    ok("import", "-c", "banan", file)
    ok("import", "-c", "banan", "--nil", "assets", "--period", "2023-09", "--township", TOWN)
    ok("snapshot", "add", "-c", "banan", "--as-of", "2023-04-30")
    with closing(sqlite3.connect(home / "store.db")) as store, store:
        for one in ("batch", "snapshot"):
            store.execute(f"update {one} set at = '2023-09-30 23:30:00.000000'")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        for asked in (("history",), ("snapshot", "list")):
            told = run(*asked, "-c", "banan").stdout
            assert "2023-10-01 07:30" in told
            assert "2023-09-30" not in told
        reports = ok("reporting", "-c", "banan", "--period", "2023-09", "--as-of", "2023-09-30")["reports"]
        assert [(r["came"], r["days_late"]) for r in reports if r["table"] == "assets" and r["came"]] == [
            ("2023-10-01", 1)
        ]
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


def test_progress_counts_what_was_imported(file: Path) -> None:
    ok("import", "-c", "banan", file)
    records = ok("progress", "-c", "banan", "--as-of", "2023-04-30")
    central = next(r for r in records if r["indicator"] == "central_fund_expenditure")
    assert central["value"] == pytest.approx(33.5)
    towns = ok("progress", "-c", "banan", "--as-of", "2023-04-30", "--level", "township")
    assert {r["level"] for r in towns} == {"township"}


def test_the_same_file_twice_needs_to_be_meant(file: Path) -> None:
    ok("import", "-c", "banan", file)
    twice = run("import", "-c", "banan", file)
    assert twice.exit_code == 1
    assert "第 1 批入库" in twice.stderr
    assert "already as batch 1" in run("import", "-c", "banan", file, "--lang", "en").stderr
    assert ok("import", "-c", "banan", file, "--again")["unchanged"] == 1


def test_figures_that_could_not_be_computed_are_told_as_following(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> NoReturn:
        raise UnavailableError("busy")

    monkeypatch.setattr(Store, "write_measures", busy)
    told = run("import", "-c", "banan", file)
    assert told.exit_code == 0
    assert "已存为第 1 批" in told.stderr
    assert "没有任何改动" not in told.stdout + told.stderr
    told = run("undo", "-c", "banan", 1, "--lang", "en", "--json")
    assert json.loads(told.stdout)["undoes"] == 1
    assert "Stored as batch 2; the figures follow" in told.stderr


def test_a_check_holds_the_file_against_the_store_if_there_is_one(file: Path, home: Path) -> None:
    alone = run("check", file, "--json", "--lang", "en")
    assert {"falls", "slip", "ahead_of_data"} <= set(json.loads(alone.stdout)["not_checked"])
    assert "no county is named" in alone.stderr
    nothing = run("check", file, "-c", "banan")
    assert "没有数据库" in nothing.stderr
    assert "累计数减少" in nothing.stderr
    assert not (home / "store.db").exists()

    ok("import", "-c", "banan", file)
    file.write_text(FUNDS.replace("2023-04-30", "2023-05-31").replace("33.5", "30"), "utf-8")
    checked = run("check", file, "-c", "banan", "--json")
    found = json.loads(checked.stdout)
    assert (checked.exit_code, checked.stderr, found["not_checked"], found["outcome"]) == (0, "", [], "warn")
    assert [(p["row"], p["column"], p["value"], p["rule"]) for p in found["problems"]] == [(1, "spent", "30", "falls")]
    told = run("import", "-c", "banan", file)
    assert told.exit_code == 0
    assert "30 小于上期（2023-04-30）的 33.5" in told.stderr


def test_a_file_that_looks_like_another_countys_is_read_if_its_sender_says_so(file: Path, home: Path) -> None:
    names = ("大田坝村", "黄泥坡村", "石碾盘村", "老鹰岩村", "杉树坪村", "倒挂沟村", "牛背脊村")
    file.write_text("村,日期,村集体收入增长\n" + "".join(f"{name},2023-04-30,3\n" for name in names), "utf-8")
    for command in ("check", "import"):
        refused = run(command, file, "-c", "banan")
        assert refused.exit_code == 1
        assert "像是别的县区的" in refused.stdout + refused.stderr
        assert "--ours" in refused.stdout + refused.stderr
        told = run(command, file, "-c", "banan", "--ours")
        assert told.exit_code == 1  # each of its villages is asked about now
        assert "按选定作为巴南区的表读取" in told.stdout + told.stderr
        assert "大田坝村" in told.stdout + told.stderr


def test_errors_are_told_and_nothing_is_stored(file: Path) -> None:
    file.write_text(FUNDS.replace("33.5", "many"), "utf-8")
    checked = run("check", file, "-c", "banan", "--json")
    assert checked.exit_code == 1
    problems = json.loads(checked.stdout)["problems"]
    assert [(p["row"], p["value"], p["severity"]) for p in problems] == [(1, "many", "error")]
    refused = run("import", "-c", "banan", file, "--lang", "en")
    assert refused.exit_code == 1
    assert "row 2" in refused.stderr
    told = run("import", "-c", "banan", file, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["problems"] == problems
    assert ok("history", "-c", "banan") == []


def test_what_the_page_has_confirmed_is_refused_until_it_is_confirmed(file: Path) -> None:
    two = FUNDS + FUNDS.splitlines()[1].replace("中央", "省级") + "\n"
    file.write_text(two, "utf-8")
    quiet = run("import", "-c", "banan", file)
    assert quiet.stderr == ""

    def asked(*arguments: object, words: str) -> None:
        before = len(ok("history", "-c", "banan"))
        refused = run("import", "-c", "banan", *arguments, "--json")
        assert refused.exit_code == 1
        assert words in refused.stderr
        assert json.loads(refused.stdout)["outcome"] == "reject"
        assert len(ok("history", "-c", "banan")) == before
        meant = run("import", "-c", "banan", *arguments, "--yes")
        assert meant.exit_code == 0
        assert words in meant.stderr

    file.write_text(FUNDS.replace("2023-04-30", "2025-10-31"), "utf-8")
    asked(file, words="最新数据日期将由 2023-04-30 变为 2025-10-31")
    file.write_text(FUNDS.replace("33.5", "34"), "utf-8")
    asked(file, words="1 行不在文件中")
    asked("--nil", "funds", "--period", "2023-04", "--lang", "en", words="1 stored rows end")


def test_a_month_more_is_told_and_stored(file: Path) -> None:
    run("import", "-c", "banan", file)
    file.write_text(FUNDS.replace("2023-04-30", "2023-05-31"), "utf-8")
    next_month = run("import", "-c", "banan", file)
    assert next_month.exit_code == 0
    assert "最新数据日期将由 2023-04-30 变为 2023-05-31" in next_month.stderr


def test_merging_ends_no_row_and_needs_no_confirmation(file: Path) -> None:
    run("import", "-c", "banan", file)
    file.write_text(FUNDS.replace("中央", "省级"), "utf-8")
    assert run("import", "-c", "banan", file).exit_code == 1
    assert run("import", "-c", "banan", file, "--mode", "merge").exit_code == 0


def test_rows_of_other_townships_and_months_are_left_out_if_so_said_and_told(file: Path) -> None:
    other = regions("500113").query("level == 'township'").iloc[-1]
    row = FUNDS.splitlines()[1]
    more = [row.replace(row.split(",")[0], other["code"]), row.replace("2023-04-30", "2023-05-31")]
    file.write_text("\n".join([FUNDS.rstrip(), *more]) + "\n", "utf-8")
    there = ("import", "-c", "banan", file, "--township", other["name"], "--period", "2023-04", "--period", "2023-05")
    taken = run(*there, "--lang", "en", "--json")
    assert taken.exit_code == 0, taken.stderr
    assert "2 rows of the file are of other months or townships and are left out" in taken.stderr
    batch = json.loads(taken.stdout)
    assert (batch["rows"], batch["townships"], batch["periods"]) == (1, [other["code"][:9]], ["2023-04"])
    may = ok("import", "-c", "banan", file, "--period", "2023-05")
    assert (may["rows"], may["periods"]) == (1, ["2023-05"])


def test_replacing_the_whole_period_ends_what_other_townships_reported(file: Path) -> None:
    other = regions("500113").query("level == 'township'")["code"].iloc[-1]
    run("import", "-c", "banan", file)
    file.write_text(FUNDS.replace(FUNDS.splitlines()[1].split(",")[0], other), "utf-8")
    whole = ("import", "-c", "banan", file, "--mode", "period")
    refused = run(*whole, "--lang", "en")
    assert refused.exit_code == 1
    assert "1 stored rows of these months and townships are not in the file" in refused.stderr
    assert ok(*whole, "--yes")["removed"] == 1


def test_a_file_without_dates_is_of_one_month(tmp_path: Path) -> None:
    path = tmp_path / "资金.csv"
    lines = [",".join(cells[:1] + cells[2:]) for cells in (line.split(",") for line in FUNDS.splitlines())]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    two = run("import", "-c", "banan", path, "--table", "funds", "--period", "2023-04", "--period", "2023-05")
    assert two.exit_code == 2
    assert "one month" in " ".join(two.stderr.replace("│", " ").split())
    assert ok("import", "-c", "banan", path, "--table", "funds", "--period", "2023-04")["periods"] == ["2023-04"]


def test_a_nil_return() -> None:
    batch = ok("import", "-c", "banan", "--nil", "资金支出表", "--period", "2023-05")
    assert (batch["action"], batch["rows"], batch["periods"]) == ("nil", 0, ["2023-05"])
    assert "零报告，无文件" in run("history", "-c", "banan").stdout
    assert "nil return, no file" in run("history", "-c", "banan", "--lang", "en").stdout


def test_boundaries_replace_the_schematic_cells(tmp_path: Path) -> None:
    path = own_boundaries(tmp_path)
    imported = ("import", "-c", "banan", path, "--dataset", "boundaries")
    result = run(*imported, "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["table"] == "boundaries"
    assert (told["match"]["polygons"], len(told["match"]["missing"])) == (2, 311)
    assert "2 个村有边界" in result.stderr
    assert result.stderr.rstrip().endswith("另有 301 个")
    assert "没有图形，沿用原有图形" in result.stderr
    refused = run(*imported, "--lang", "en")
    assert refused.exit_code == 1
    assert "already as batch 1" in refused.stderr
    again = run(*imported, "--lang", "en", "--again")
    assert "2 villages with an outline" in again.stderr
    assert "311 villages without a shape keep the one they had" in again.stderr
    listed = run("history", "-c", "banan", "--lang", "en").stdout.splitlines()
    assert [line.rsplit("  ", 1)[1] for line in listed[1:]] == ["counts", "replaced by 2"]
    ok("undo", "-c", "banan", 2)
    assert "replaced" not in run("history", "-c", "banan", "--lang", "en").stdout


def own_boundaries(folder: Path) -> Path:
    villages = regions("500113").query("level == 'village'").head(2)
    shapes = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 29.3], [x + 0.01, 29.3], [x + 0.01, 29.31], [x, 29.31], [x, 29.3]]],
            },
        }
        for code, x in zip(villages["code"], (106.5, 106.51), strict=True)
    ]
    path = folder / "own.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}), "utf-8")
    return path


def test_boundaries_of_another_county_are_refused_in_words(tmp_path: Path) -> None:
    path = own_boundaries(tmp_path)
    for lang, words in (("zh", "只有 0 个属于本县区"), ("en", "only 0 belong to this county")):
        refused = run("import", "-c", "mouding", path, "--dataset", "boundaries", "--lang", lang)
        assert refused.exit_code == 1
        assert words in refused.stderr
    path.write_text("code,name", "utf-8")
    assert "不是 GeoJSON" in run("import", "-c", "mouding", path, "--dataset", "boundaries").stderr
    assert ok("history", "-c", "mouding") == []


def test_geojson_given_as_a_table_is_told_how_to_import_it(tmp_path: Path) -> None:
    path = own_boundaries(tmp_path)
    for arguments in (("import", "-c", "banan", path), ("check", path)):
        told = run(*arguments)
        assert told.exit_code == 1
        assert "--dataset boundaries" in told.stdout + told.stderr


def test_refused_plans_are_json_too(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("id: wrong\n", "utf-8")
    for arguments in (("plan", "show", wrong), ("progress", "--plan", wrong, "--as-of", "2023-04-30")):
        refused = run(*arguments, "--json")
        assert refused.exit_code == 1
        assert json.loads(refused.stdout)["outcome"] == "reject"


def test_a_county_without_sample_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "sample_counties", lambda: ("banan",))
    refused = run("demo", "-c", "qijiang")
    assert refused.exit_code == 1
    assert "没有示例数据" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = run("history", "-c", "banan", "--lang", "en", XIANJIE_HOME=str(tmp_path / "file" / "home"))
    assert result.exit_code == 1
    assert str(tmp_path / "file" / "home") in result.stderr
    assert "XIANJIE_HOME" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_of_tables_needs_no_store(tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    frames = sample_files("qijiang")
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    arguments = ("progress", "--plan", "fuhuan-2021", "--tables", folder, "--as-of", "2021-12-31")
    county, villages = ok(*arguments), ok(*arguments, "--level", "village")
    plan = next(p for p in ok("plan", "list") if p["id"] == "fuhuan-2021")
    assert len(county) == len({r["indicator"] for r in county}) == plan["indicators"]
    assert len(villages) == plan["indicators"] * len(frames["villages"])
    assert {"indicator", "gap", "status", "explanation"} <= set(county[0])
    assert not list(home.iterdir())


def test_plans_are_listed_shown_and_checked(tmp_path: Path) -> None:
    listed = {p["id"]: p for p in ok("plan", "list")}
    assert (listed["banan-2023"]["indicators"], listed["banan-2023"]["tasks"]) == (82, 173)
    assert sum(p["indicators"] for p in listed.values()) == 285
    shown = ok("plan", "show", "banan-2023")
    assert len(shown["indicators"]) == 82
    assert run("plan", "check", "banan-2023").exit_code == 0
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("id: wrong\n", "utf-8")
    assert run("plan", "check", wrong).exit_code == 1
    problems = run("plan", "check", wrong, "--json")
    assert problems.exit_code == 1
    assert len(json.loads(problems.stdout)) > 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "-c", "nowhere", "FILE"),
        ("import", "-c", "banan"),
        ("import", "-c", "banan", "FILE", "--nil", "funds"),
        ("import", "-c", "banan", "FILE", "--mode", "append"),
        ("import", "-c", "banan", "FILE", "--dataset", "weather"),
        ("import", "-c", "banan", "FILE", "--table", "weather"),
        ("import", "-c", "banan", "no-such-file.csv"),
        ("import", "-c", "banan", "--nil", "funds"),
        ("import", "-c", "banan", "--nil", "funds", "--period", "2023-13"),
        ("progress", "--as-of", "2023-09-30"),
        ("progress", "-c", "banan", "--as-of", "2023-9-30"),
        ("progress", "-c", "wanzhou", "--plan", "banan-2023", "--as-of", "2023-09-30"),
        ("progress", "-c", "banan", "--as-of", "2023-09-30", "--level", "street"),
        ("plan", "show", "no-such-plan"),
        ("undo", "-c", "banan", "one"),
        ("fly",),
        ("serve", "--port", "99999"),
    ],
)
def test_wrong_use_ends_with_2(arguments: tuple[str, ...], file: Path) -> None:
    result = run(*(str(file) if a == "FILE" else a for a in arguments))
    assert result.exit_code == 2
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (("import", "-c", "nowhere"), "没有县区", "no county"),
        (("import", "-c", "banan"), "二者择一", "not both"),
        (("import", "-c", "banan", "--nil", "weather"), "没有报表", "no table"),
        (("import", "-c", "banan", "--nil", "funds"), "按月报送", "by month"),
        (("import", "-c", "banan", "--nil", "funds", "--period", "2023-13"), "不是月份", "not a month"),
        (("progress", "--as-of", "2023-09-30"), "或二者", "or both"),
        (("progress", "-c", "banan", "--as-of", "2023-9-30"), "不是日期", "not a date"),
        (("progress", "-c", "wanzhou", "--plan", "banan-2023", "--as-of", "2023-09-30"), "不属于", "belongs"),
        (("plan", "show", "no-such-plan"), "没有计划", "no plan"),
        (("plan", "check", "no-such.yaml"), "没有文件", "no file"),
    ],
)
def test_wrong_use_is_told_in_both_languages(arguments: tuple[str, ...], zh: str, en: str) -> None:
    told = re.sub(r"[\s│]", "", run(*arguments).stderr)  # the frame around it breaks lines
    assert zh in told
    assert en.replace(" ", "") in told


def test_refusals_end_with_1(file: Path) -> None:
    assert run("undo", "-c", "banan", "7").exit_code == 1
    assert run("import", "-c", "banan", "--nil", "funds", "--period", "2023-05", "--township", "nowhere").exit_code == 1
    stopped = run("import", "-c", "banan", file, XIANJIE_READONLY="1")
    assert stopped.exit_code == 1
    assert "只读" in stopped.stderr
    ok("import", "-c", "banan", file)
    file.write_text(FUNDS.replace("中央", "省级").replace("2023-04-30", "2023-04-29"), "utf-8")
    stopped = run("import", "-c", "banan", file, XIANJIE_READONLY="1")
    assert stopped.stderr.count("\n") == 1
    stopped = run("import", "-c", "banan", "--nil", "funds", "--period", "2023-04", XIANJIE_READONLY="1")
    assert stopped.stderr.count("\n") == 1
    stopped = run("import", "-c", "banan", file, "--json", "--lang", "en", XIANJIE_READONLY="1")
    assert "read-only" in json.loads(stopped.stdout)["problems"][0]["message"]
    assert "没有第 7 批" in run("undo", "-c", "banan", "7").stderr
    assert "no batch 7 in Banan." in run("undo", "-c", "banan", "7", "--lang", "en").stderr


def test_the_demo_loads_marked_data_once() -> None:
    loaded = ok("demo", "-c", "qijiang")
    assert loaded[0]["county"] == "qijiang"
    assert loaded[0]["rows"] == sum(map(len, sample_files("qijiang").values()))
    assert all(b["sample"] for b in ok("history", "-c", "qijiang"))
    again = run("demo", "-c", "qijiang")
    assert again.exit_code == 1
    assert "已有数据" in again.stderr


def test_a_demo_that_was_cut_off_is_completed_and_no_data_of_others_is_touched(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def among(*slugs: str) -> None:
        monkeypatch.setattr(demo, "with_sample", lambda: [county(slug) for slug in slugs])

    commit, left = Store.commit, [1, 1, 1]

    def cut_off(store: Store, submission: Submission) -> Batch:
        if not left:
            raise UnavailableError("cut off")
        left.pop()
        return commit(store, submission)

    among("qijiang")
    with monkeypatch.context() as cut:
        cut.setattr(Store, "commit", cut_off)
        assert run("demo", "-c", "qijiang").exit_code == 1
    assert len(ok("history", "-c", "qijiang")) == 3
    added = ok("demo", "--if-unused")
    assert [(a["county"], a["batches"]) for a in added] == [("qijiang", len(tables()) - 3)]
    history = ok("history", "-c", "qijiang")
    assert sorted(b["table"] for b in history) == sorted(tables())
    assert not derive.behind(open_store(), county("qijiang"))
    assert ok("demo", "--if-unused") == []

    ok("import", "-c", "banan", file)
    among("banan", "qijiang", "mouding")
    assert ok("demo", "--if-unused") == []  # mouding is empty, but this is a store of real data now
    assert run("demo", "-c", "banan").exit_code == 1
    among("banan", "qijiang")
    told = run("demo")
    assert told.exit_code == 0
    assert "巴南区 (banan) 已有数据，跳过" in told.stderr
    assert "(qijiang)" in told.stderr
    assert len(ok("history", "-c", "banan")) == 1


def test_an_undone_table_of_the_sample_is_not_loaded_again() -> None:
    store, banan = open_store(), county("banan")
    assert demo.held(store, banan) is demo.Held.NOTHING
    for name in tables():
        scope = Scope(name, ("2023-04",) if tables()[name].dated else ("-",), (TOWN[:9],))
        nothing = Submission(banan.code, name, empty(name), b"", "示例数据", demo.ACTOR, scope=scope, sample=True)
        store.commit(replace(nothing, action="nil"))
        assert demo.held(store, banan) is (demo.Held.SAMPLE if name == list(tables())[-1] else demo.Held.PART)
    assert banan not in demo.lacking(store)
    store.undo(banan.code, 3, "somebody")
    assert demo.held(store, banan) is demo.Held.SAMPLE
    assert demo.lacking(store) == []


@pytest.mark.parametrize("command", ["serve", "demo", "check", "import", "undo", "history", "progress", "plan"])
def test_every_command_explains_itself(command: str) -> None:
    told = run(command, "--help")
    assert told.exit_code == 0
    assert any("\u4e00" <= c <= "\u9fff" for c in told.stdout)


def test_progress_is_written_as_people_read_it(file: Path) -> None:
    run("import", "-c", "banan", file)
    told = run("progress", "-c", "banan", "--as-of", "2023-04-30").stdout
    line = next(text for text in told.splitlines() if "central_fund_expenditure" in text)
    assert "33.5%" in line
    assert "个百分点" in line


def test_progress_is_told_in_the_unit_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an indicator counts villages, a county's figure is their share."""
    record = {"region_name": "巴南区", "indicator": "central_fund_expenditure", "status": "on_track", "explanation": ""}
    record |= {"value": 40.0, "target": 80.0, "gap": -40.0, "unit": "户"}
    monkeypatch.setattr(derive, "progress_at", lambda *_, **__: [record])
    told = run("progress", "-c", "banan", "--as-of", "2023-04-30").stdout
    assert "40户" in told.replace(" ", "")
    assert "40%" not in told


@pytest.mark.parametrize(("lang", "said"), [("zh", "数据库打不开"), ("en", "The store cannot be opened")])
def test_a_store_that_cannot_be_opened_is_told_in_the_language_asked_for(home, lang, said):
    (home / "store.db").mkdir(parents=True)  # no file can be opened here
    result = run("history", "--county", "banan", "--lang", lang)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_townships_table_with_a_column_per_item_counts_and_is_taken_back(tmp_path: Path) -> None:
    table = tmp_path / "2023年9月姜家镇.csv"
    rows = ["姜家镇各村情况表,,,", ",,,单位：元", "序号,村名,村集体收入增长,庭院经济示范户（户）", "合计,,300000,30",
            "1,姜家镇平原村,100000,10", "2,姜家镇文石村,200000,20", "填表人：某某,,,"]  # fmt: skip
    table.write_text("\n".join(rows), "gb18030")
    checked = json.loads(run("check", table, "-c", "banan", "--json").stdout)
    assert (checked["outcome"], checked["kind"], checked["period"]) == ("parse", "facts", "2023-09")
    batch = ok("import", "-c", "banan", table)
    assert (batch["table"], batch["rows"], batch["mode"], batch["periods"]) == ("facts", 4, "merge", ["2023-09"])
    assert ok("undo", "-c", "banan", batch["batch"])["removed"] == 4


def test_sheets_of_one_form_are_imported_together_or_one_of_them(tmp_path: Path) -> None:
    table = tmp_path / "各镇.xlsx"
    made = openpyxl.Workbook()
    made.remove(made.active)
    head = ["月末", "层级", "资金种类", "到位额（万元）", "累计支出（万元）"]
    for town, spent in (("姜家镇", 10), ("安澜镇", 20)):
        sheet = made.create_sheet(town)
        sheet.append(head)
        sheet.append(["2023-04-30", "中央", "衔接资金", 100, spent])
    made.save(table)
    told = json.loads(run("check", table, "-c", "banan", "--json").stdout)
    assert (told["sheets"], told["n_data_rows"]) == ({"姜家镇": [1], "安澜镇": [1]}, 2)
    assert ok("import", "-c", "banan", table, "--sheet", "安澜镇")["rows"] == 1
    assert ok("undo", "-c", "banan", 1)["removed"] == 1
    both = ok("import", "-c", "banan", table)
    assert (both["rows"], len(both["townships"])) == (2, 2)
    refused = run("check", table, "-c", "banan", "--sheet", "丙")
    assert refused.exit_code == 1
    assert "没有工作表“丙”；有：姜家镇、安澜镇" in refused.stdout


def test_a_table_of_its_own_kind_is_understood_but_not_stored(tmp_path: Path) -> None:
    table = tmp_path / "人口.csv"
    table.write_text("乡镇,常住人口\n姜家镇,1\n接龙镇,2\n", "utf-8")
    assert run("check", table, "-c", "banan").exit_code == 0
    refused = run("import", "-c", "banan", table)
    assert refused.exit_code == 1
    assert "乡镇、常住人口" in refused.stderr
    assert ok("history", "-c", "banan") == []


def test_projects_without_numbers_are_numbered_when_it_is_said_and_keep_the_numbers_they_have(tmp_path: Path) -> None:
    def sheet(month: int, *rows: str, head: str = "项目名称,乡镇,村,总投资（万元）,已支付（万元）,状态") -> Path:
        file = tmp_path / f"{month}月.csv"
        title = f"姜家镇2023年项目进度（截至2023年{month}月底）"
        file.write_text("\n".join([title, head, *rows]), "utf-8")
        return file

    bridge, pipes = "便民桥,姜家镇,文石村,10,{},在建", "管网,姜家镇,平原村,10,1,在建"
    known = sheet(1, f"X1,{bridge.format(1)}", head="项目编号,项目名称,乡镇,村,总投资（万元）,已支付（万元）,状态")
    assert run("import", known, "-c", "banan").exit_code == 0
    refused = run("import", sheet(2, bridge.format(2), pipes), "-c", "banan")
    assert refused.exit_code == 1
    assert "--number-by-name" in refused.stdout + refused.stderr
    command = ("import", sheet(2, bridge.format(2), pipes), "-c", "banan", "--number-by-name")
    assert ok("check", *command[1:])["counts"]["error"] == 0
    assert run(*command).exit_code == 0
    assert run("import", sheet(3, pipes, bridge.format(3)), "-c", "banan").exit_code == 0, "remembered for the form"
    with open_store() as store:
        rows = store.rows("500113", "projects")
    of_month = {day.month: set(group) for day, group in rows.groupby("as_of")["project_id"]}
    assert of_month[1] == {"X1"}
    assert "X1" in of_month[2]
    assert len(of_month[2]) == 2
    assert of_month[3] == of_month[2]
