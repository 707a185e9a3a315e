"""What the server tells of itself: metrics, log, status; who may ask, and what never stands in it."""

import asyncio
import datetime as dt
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from support.server import Server
from support.uploads import COUNTY, commit, facts
from typer.testing import CliRunner

import cli
from components.server import logs, metrics
from components.server.watched import Watched
from data import operation
from data.backup import back_up
from data.events import tell_error
from data.store import NewerDataError, UnavailableError, address, open_store

RUN = CliRunner()


def ran(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what it returns; a browser of other tests may have a loop running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def asked(client: str, monkeypatch: pytest.MonkeyPatch, allowed: str = "", **headers: str) -> int:
    monkeypatch.setenv(metrics.FROM, allowed)
    raw = [(k.lower().replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": raw, "client": (client, 40000)}
    return ran(metrics.metrics(Request(scope))).status_code


def test_only_this_machine_and_who_is_listed_may_read_the_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked("127.0.0.1", monkeypatch) == asked("::1", monkeypatch) == 200
    assert asked("192.0.2.7", monkeypatch) == 403
    assert asked("192.0.2.7", monkeypatch, "192.0.2.0/24") == 200
    assert asked("198.51.100.7", monkeypatch, "192.0.2.0/24") == 403
    # Through a proxy on this machine anybody might come.
    for name in ("X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"):
        assert asked("127.0.0.1", monkeypatch, **{name: "127.0.0.1"}) == 403


def test_the_server_counts_what_it_refuses_and_writes_one_line_of_it(server: Server) -> None:
    def read() -> str:
        with urllib.request.urlopen(f"{server.url}/metrics") as answer:
            return answer.read().decode()

    def refused() -> int:
        return operation.load_of(read()).refused.get("404", 0)

    before = refused()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{server.url}/unheard-of/%E5%BC%A0?name=%E5%BC%A0%E4%B8%89")
    assert refused() == before + 1
    lines = [json.loads(line) for line in server.log.read_text("utf-8").splitlines() if line.startswith("{")]
    (line,) = [one for one in lines if one.get("path", "").startswith("/unheard-of")]  # by nobody else
    assert (line["message"], line["status"], line["method"], line["client"]) == ("refused", 404, "GET", "127.0.0.1")
    assert dt.datetime.fromisoformat(line["at"]).tzinfo
    assert "张三" not in server.log.read_text("utf-8")
    assert "%E4%B8%89" not in server.log.read_text("utf-8")
    families = {family.name for family in text_string_to_metric_families(read())}
    assert {operation.SESSIONS, operation.CHANGES, operation.REFUSED, operation.BACKUP} <= families
    assert "xianjie_build_info" in read()
    assert "banan" not in read(), "of no county"


def test_a_refused_websocket_is_told_and_an_open_one_is_not(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "data.events")

    async def nothing(*_: Any) -> dict[str, str]:
        return {}

    def through(*messages: str) -> None:
        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            for kind in messages:
                await send({"type": kind, "code": 1008})

        scope = {"type": "websocket", "path": "/x/_stcore/stream", "client": ("192.0.2.7", 1), "query_string": b"k=v"}
        ran(Watched(app)(scope, nothing, nothing))

    through("websocket.accept", "websocket.close")
    assert caplog.records == []
    through("websocket.close")
    (record,) = caplog.records
    assert record.fields == {"status": 403, "method": "WEBSOCKET", "path": "/x/_stcore/stream", "client": "192.0.2.7"}


def line_of(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    return json.loads(logs.Lines().format(caplog.records[-1]))


def test_a_fault_has_a_number_and_a_trace_that_quotes_no_value(caplog: pytest.LogCaptureFixture) -> None:
    try:
        try:
            {}["张三 511023199001011234"]
        except KeyError as error:
            raise ValueError("李四") from error
    except ValueError as error:
        number = tell_error("page", error, county="banan")
    line = line_of(caplog)
    assert (line["number"], line["where"], line["county"], line["error"]) == (number, "page", "banan", "ValueError")
    assert "ValueError" in line["trace"]
    assert "KeyError" in line["trace"]
    assert any("test_operation.py" in part for part in line["trace"])
    assert not {"张三", "李四", "511023199001011234"} & set(json.dumps(line, ensure_ascii=False).split())
    assert "张三" not in json.dumps(line, ensure_ascii=False)
    tell_error("page", UnavailableError("the database cannot be reached"))
    assert "the database cannot be reached" in json.dumps(line_of(caplog))


def test_what_is_stored_is_told_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "data.events")
    with open_store() as store:
        batch = commit(store, "facts", facts("2023-05"))
        store.undo(COUNTY, batch.batch_id, "张三", "李四")
    told = [r.fields for r in caplog.records if getattr(r, "event", "") == "stored"]
    assert [(one["action"], one["batch"], one["rows"]) for one in told] == [("import", 1, 3), ("undo", 2, 0)]
    assert "张三" not in json.dumps([json.loads(logs.Lines().format(r)) for r in caplog.records], ensure_ascii=False)
    before = operation.load_of(metrics.exposition()).changes
    counting = metrics.Counting()
    for record in caplog.records:
        counting.emit(record)
    after = operation.load_of(metrics.exposition()).changes
    assert {k: after[k] - before.get(k, 0) for k in ("import", "undo")} == {"import": 1, "undo": 1}


def test_pages_are_listed_slowest_first() -> None:
    buckets = {"fast": {0.1: 90, 0.5: 100}, "slow": {0.1: 10, 0.5: 60, 2: 96}}
    text = f"# TYPE {operation.RERUNS} histogram\n"
    for page, found in buckets.items():
        for upper in (0.1, 0.5, 2, 30):
            n = max((n for u, n in found.items() if u <= upper), default=0)
            text += f'{operation.RERUNS}_bucket{{page="{page}",le="{float(upper)}"}} {n}\n'
        text += f'{operation.RERUNS}_bucket{{page="{page}",le="+Inf"}} 100\n'
    pages = operation.load_of(text).pages
    assert [(p.name, p.runs, p.median, p.slow) for p in pages] == [("slow", 100, 0.5, 2), ("fast", 100, 0.1, 0.5)]
    endless = text.replace(" 96\n", " 90\n")
    assert operation.load_of(endless).pages[0].slow is None


# ---- how old the backup is -------------------------------------------------------------------------------------------


def test_a_backup_that_is_missing_old_or_gone_is_warned_of(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = dt.datetime.now(dt.UTC)
    assert operation.overdue(operation.last_backup(), now)
    with open_store() as store:
        commit(store, "facts", facts("2023-05"))
    made = back_up(address(), home)
    last = operation.last_backup()
    assert last
    assert (last.file, last.rows) == (str(made.file), made.manifest.rows)
    assert not operation.overdue(last, now)
    assert not operation.overdue(last, now + dt.timedelta(days=1, hours=1))
    assert operation.overdue(last, now + dt.timedelta(days=1, hours=3))
    monkeypatch.setenv(operation.DAYS, "7")
    assert not operation.overdue(last, now + dt.timedelta(days=7))
    assert operation.overdue(last, now + dt.timedelta(days=8))
    assert not operation.overdue(last, now - dt.timedelta(days=30)), "a clock that went back"
    made.file.unlink()
    assert operation.overdue(last, now)
    (home / "last-backup.json").write_text("{", "utf-8")
    assert operation.last_backup() is None


def test_the_status_command_says_what_the_page_says(home: Path, server: Server) -> None:
    with open_store() as store:
        commit(store, "facts", facts("2023-05"))
    told = RUN.invoke(cli.app, ["status", "--lang", "en", "--server", server.url]).stdout
    assert "WARNING: no backup" in told
    assert "Server: running since" in told
    back_up(address(), home)
    found = json.loads(RUN.invoke(cli.app, ["status", "--json", "--server", server.url]).stdout)
    assert found["backup_overdue"] is False
    assert found["database"]["kind"] == "sqlite"
    assert found["server"]["memory_bytes"] > 1e6
    nobody = RUN.invoke(cli.app, ["status", "--server", "http://127.0.0.1:9"]).stdout
    assert "没有运行中的服务" in nobody
    assert "最近备份" in nobody


def test_the_commands_back_up_check_restore_and_move(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store() as store:
        commit(store, "facts", facts("2023-05"))
    made = json.loads(RUN.invoke(cli.app, ["backup", "-o", str(tmp_path / "usb"), "--keep", "2", "--json"]).stdout)
    assert made["tables"]["facts"]["rows"] == 3
    whole = RUN.invoke(cli.app, ["restore", made["file"], "--check"])
    assert (whole.exit_code, "完整" in whole.stdout) == (0, True)
    full = RUN.invoke(cli.app, ["restore", made["file"]])
    assert full.exit_code == 1
    assert "不是空库" in full.output
    moved = RUN.invoke(cli.app, ["migrate-store", "--to", f"sqlite:///{tmp_path / 'moved' / 'store.db'}"])
    assert (moved.exit_code, "已迁移" in moved.stdout) == (0, True)
    monkeypatch.setenv("XIANJIE_HOME", str(tmp_path / "new"))
    done = RUN.invoke(cli.app, ["restore", made["file"]])
    assert (done.exit_code, "已恢复" in done.stdout) == (0, True)
    with open_store() as restored:
        assert restored.rows(COUNTY, "facts")["value"].tolist() == [1, 1, 1]


def test_a_server_older_than_its_data_does_not_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import text

    with open_store() as store, store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    monkeypatch.setattr("components.server.run.serve", lambda *_: pytest.fail("it started"))
    refused = RUN.invoke(cli.app, ["serve"])
    assert refused.exit_code == 1
    assert "9999" in refused.output
    assert "重新安装较新的版本" in refused.output
    with pytest.raises(NewerDataError):
        open_store()
