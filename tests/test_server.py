"""The server around Streamlit: which address leads where, and what no client can talk it into."""

import asyncio
import gzip
import json
import re
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest
import websockets
from support.answers import Answer
from support.server import ROOT, Server, running
from support.sessions import Session, run

from components.server import keeping_up, landing
from components.server.prefix import CountyPrefix
from components.server.site import HEADER, PAGES, PATHS
from data import plan
from data.plan import FOLDER, load_plan
from data.registry import counties

SLUGS = [county.slug for county in counties()]


# ---- the middleware by itself ----------------------------------------------------------------------------------------


class Inner:
    """Stands where Streamlit stands and remembers what reached it."""

    def __init__(self) -> None:
        self.scopes: list[dict] = []

    async def __call__(self, scope, _receive, send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"inner"})


def call(path: str, kind: str = "http", headers: tuple[tuple[bytes, bytes], ...] = (), raw: bytes | None = None):
    """Send one request through the middleware; return what reached Streamlit and what was sent back."""
    inner, sent = Inner(), []
    scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "raw_path": raw if raw is not None else path.encode(),
        "query_string": b"",
        "headers": list(headers),
    }

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    async def send(message) -> None:
        sent.append(message)

    run(CountyPrefix(inner)(scope, receive, send))
    return inner.scopes, sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("forged", [b"x-county", b"X-COUNTY", b"x_county"])
def test_the_county_comes_from_the_address_whatever_the_client_claims(kind: str, forged: bytes) -> None:
    reached, _ = call("/banan/_stcore/stream", kind, ((forged, b"mouding"), (b"accept", b"*/*")))
    assert [(name, value) for name, value in reached[0]["headers"] if b"county" in name.lower()] == [
        (HEADER.lower().encode(), b"banan")
    ]
    assert (b"accept", b"*/*") in reached[0]["headers"]
    assert reached[0]["root_path"] == "/banan"
    assert reached[0]["path"] == "/banan/_stcore/stream"


@pytest.mark.parametrize("path", ["/favicon.png", "/banan/favicon.png", "/banan/favicon.ico", "/banan/favicon.svg"])
def test_the_icon_is_there_wherever_the_client_asks_for_it(path: str) -> None:
    reached, sent = call(path)
    assert reached == []
    assert sent[0]["status"] == 200


def test_without_a_county_the_header_is_gone_too() -> None:
    reached, _ = call("/healthz", headers=((b"x-county", b"mouding"),))
    assert reached[0]["headers"] == []


@pytest.mark.parametrize(
    "path", ["/_stcore/stream", "/nowhere/_stcore/stream", "/banan/stream", "/BANAN/_stcore/stream"]
)
def test_a_websocket_without_a_county_never_reaches_streamlit(path: str) -> None:
    reached, sent = call(path, "websocket")
    assert reached == []
    assert [message["type"] for message in sent] == ["websocket.close"]


TRICKS = [
    b"//banan",
    b"/banan//upload",
    b"/banan%2fupload",
    b"/banan%2F_stcore/health",
    b"/banan/../mouding",
    b"/banan/%2e%2e/mouding/_stcore/health",
    b"/banan/./_stcore/health",
    b"/banan\\upload",
    b"/banan/%5c_stcore/health",
    b"/banan/%00",
    b"/banan%20",
    b"/%e5%b7%b4%e5%8d%97",
    b"/\xef\xbd\x82anan",
    b"/banan;/upload",
    b"/BANAN",
    b"/Banan/upload",
    b"/banan/nope",
    b"/banan/upload/more",
    b"/banan/_stcore/metrics",
    b"/banan/_stcore/agent/interact",
    b"/banan/healthz",
    b"/banan/static/../index.html",
    b"/banan/app/other.py",
    b"/static/js/index.js",
    b"/component/x/index.html",
    b"/media/x",
    b"/_stcore/host-config",
    b"/_stcore/metrics",
    b"/_stcore/upload_file/a/b",
    b"/nowhere",
]


@pytest.mark.parametrize("raw", TRICKS)
def test_an_address_that_is_not_ours_is_404_and_reaches_nobody(raw: bytes) -> None:
    from urllib.parse import unquote_to_bytes

    reached, sent = call(unquote_to_bytes(raw).decode(), raw=raw)
    assert reached == []
    assert sent[0]["status"] == 404


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/banan/component/components.map/county-500113-0123456789ab.html", "public, max-age=31536000, immutable"),
        ("/banan/component/components.map/index.html", "no-cache"),
        ("/banan/component/components.map/leaflet.js", "public, max-age=3600"),
    ],
)
def test_a_component_file_is_kept_for_ever_only_if_its_name_changes_with_it(path: str, cache: str) -> None:
    _, sent = call(path)
    assert dict(sent[0]["headers"])[b"cache-control"].decode() == cache


# ---- the whole server ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("end", ["", "/"])
def test_every_county_answers_at_once_without_redirect(server: Server, slug: str, end: str) -> None:
    answer = Answer(server, f"/{slug}{end}")
    county = next(entry for entry in counties() if entry.slug == slug)
    assert answer.status == 200
    assert 'lang="zh-CN"' in answer.text
    assert county.name_zh in re.search(r"<title>(.*?)</title>", answer.text)[1]


@pytest.mark.parametrize("path", sorted(PATHS - {""}))
def test_every_page_of_the_menu_has_an_address(server: Server, path: str) -> None:
    for end in ("", "/", "?lang=en"):
        assert Answer(server, f"/banan/{path}{end}").status == 200


def test_the_menu_is_what_stands_in_the_folder() -> None:
    assert {entry.name for entry in PAGES} == {file.stem for file in (ROOT / "pages").glob("*.py")}


def test_the_page_asks_for_nothing_but_what_its_county_serves(server: Server) -> None:
    answer = Answer(server, "/banan/upload")
    wanted = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert len(wanted) > 10
    for path in wanted:
        assert path.startswith(("/banan/", "/favicon"))
        found = Answer(server, path)
        assert found.status == 200
        if path.startswith("/banan/static/"):
            assert "immutable" in found.headers["Cache-Control"]


def test_english_and_chinese_differ_by_the_address(server: Server) -> None:
    assert '<html lang="en">' in Answer(server, "/banan?lang=en").text
    assert '<html lang="zh-CN">' in Answer(server, "/banan?lang=%22%3E%3Cscript%3E").text


def test_scripts_travel_compressed_and_unchanged(server: Server) -> None:
    script = re.search(r'src="(/banan/static/js/[^"]+)"', Answer(server, "/banan").text)[1]
    plain = Answer(server, script)
    packed = Answer(server, script, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "javascript" in packed.headers["Content-Type"]
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2


def test_what_a_browser_has_is_not_sent_again(server: Server) -> None:
    tag = Answer(server, "/banan").headers["ETag"]
    again = Answer(server, "/banan", headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert Answer(server, "/mouding", headers={"If-None-Match": tag}).status == 200


def test_head_has_no_body(server: Server) -> None:
    for path in ("/banan", "/", "/healthz"):
        answer = Answer(server, path, "HEAD")
        assert answer.body == b""
        assert answer.status in (200, 503)


@pytest.mark.parametrize("path", ["/", "/banan", "/nowhere", "/banan/_stcore/health", "/healthz"])
def test_every_answer_keeps_the_page_on_its_own_machine(server: Server, path: str) -> None:
    headers = Answer(server, path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("raw", [b for b in TRICKS if b.isascii()])
def test_tricks_fail_on_the_wire_as_well(server: Server, raw: bytes) -> None:
    answer = Answer(server, raw.decode())
    assert answer.status in (400, 404)
    assert "_stcore/stream" not in answer.text


def test_a_404_repeats_nothing_and_leads_back(server: Server) -> None:
    unknown = Answer(server, "/zzgone<script>")
    assert unknown.status == 404
    assert "zzgone" not in unknown.text
    assert all(f'href="/{slug}"' in unknown.text for slug in SLUGS)
    below = Answer(server, "/banan/zzgone?lang=en")
    assert below.status == 404
    assert 'href="/banan?lang=en"' in below.text
    assert "mouding" not in below.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_landing_page_names_counties_and_their_plans(server: Server, lang: str) -> None:
    text = Answer(server, f"/?lang={lang}").text
    for county in counties():
        assert county.name(lang) in text
        for name in county.plans:
            assert load_plan(name).title(lang) in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_plan_that_cannot_be_read_costs_only_its_own_title(
    lang: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    broken, *others = counties()
    with monkeypatch.context() as wrong:
        wrong.setattr(plan, "FOLDER", tmp_path)
        for name in broken.plans:
            (tmp_path / f"{name}.yaml").write_text("id: wrong", "utf-8")
        for county in others:
            for name in county.plans:
                shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
        text = landing.landing_page(lang).body.decode()
        assert landing.not_found(None, lang).body.decode().count("<li>") == len(counties())
    assert load_plan(broken.plans[0]).title(lang) not in text
    assert landing._TEXTS[lang]["no_plan"] in text
    assert text.count("<li>") == len(counties())
    assert all(load_plan(name).title(lang) in text for county in others for name in county.plans)
    assert broken.slug in caplog.records[0].getMessage()
    assert load_plan(broken.plans[0]).title(lang) in landing.landing_page(lang).body.decode()  # set right meanwhile


def test_what_is_wrong_with_one_county_does_not_end_the_loading_of_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def warm(slug: str) -> None:
        if slug == SLUGS[0]:
            raise ValueError("nonsense")
        loaded.append(slug)

    class EnoughError(Exception):
        """Ends what runs as long as the process."""

    def end(_: float) -> NoReturn:
        raise EnoughError

    loaded: list[str] = []
    monkeypatch.setattr(keeping_up.loaders, "warm", warm)
    monkeypatch.setattr(keeping_up.time, "sleep", end)
    with pytest.raises(EnoughError):
        keeping_up._keep_up([keeping_up.Keeper(slug) for slug in SLUGS], lambda: loaded.append("all"))
    assert loaded == [*SLUGS[1:], "all"]
    assert [record.fields["county"] for record in caplog.records] == [SLUGS[0]]


def test_healthz_speaks_for_the_store(server: Server) -> None:
    answer = Answer(server, "/healthz")
    assert answer.status == 200
    assert json.loads(answer.body) == {"status": "ok", "store": "ok", "version": "0.1.0"}


def test_healthz_is_503_when_the_store_is_gone(tmp_path: Path) -> None:
    gone = {"XIANJIE_DATABASE_URL": "postgresql://nobody:secret-word@127.0.0.1:1/none"}
    with running(tmp_path, gone) as server:
        answer = Answer(server, "/healthz")
        assert answer.status == 503
        assert json.loads(answer.body)["store"] == "unreachable"
        assert "secret-word" not in answer.text
        assert Answer(server, "/banan").status == 200
        assert "secret-word" not in server.log.read_text()


def test_xianjie_serve_is_the_same_server_from_any_folder(tmp_path: Path) -> None:
    code = "import os; os.chdir('/'); from components.server.run import serve; serve(port={port})"
    with running(tmp_path, command=(sys.executable, "-c", code)) as server:
        assert Answer(server, "/banan").status == 200
        assert "script-src" not in Answer(server, "/banan/_stcore/host-config").text
        assert json.loads(Answer(server, "/banan/_stcore/host-config").body)["allowedOrigins"] == []
        log = server.log.read_text()
        assert all(f"http://localhost:{server.port}/{slug} " in log for slug in SLUGS)


# ---- sessions --------------------------------------------------------------------------------------------------------


async def _said(server: Server, path: str, headers: dict[str, str] | None = None, session: str = "") -> tuple[str, str]:
    """Run the script once over a websocket; return what it drew and the session's id."""
    async with Session(server, path, headers, session) as opened:
        return await opened.said(), opened.id


def test_a_session_is_about_the_county_of_its_address(server: Server) -> None:
    said, _ = run(_said(server, "/banan", {HEADER: "mouding"}))
    assert "巴南" in said
    assert "牟定" not in said


def test_whoever_leaves_while_a_page_is_drawn_is_no_fault(server: Server) -> None:
    before = server.log.stat().st_size

    async def leave(after: float) -> None:
        async with Session(server, "/mouding") as opened:
            await opened.asks()
            await asyncio.sleep(after)

    async def come_and_go() -> None:
        for _ in range(6):
            await asyncio.gather(*(leave(0.05 * turn) for turn in range(8)))
        await _said(server, "/mouding")  # what they had begun has come to its end, or to where it ends

    run(come_and_go())
    assert '"trace"' not in server.log.read_bytes()[before:].decode()


def test_a_session_resumed_under_another_address_changes_its_county(server: Server) -> None:
    async def both() -> str:
        _, session = await _said(server, "/banan")
        said, _ = await _said(server, "/mouding", session=session)
        return said

    said = run(both())
    assert "牟定" in said
    assert "巴南" not in said


@pytest.mark.parametrize("path", ["", "/nowhere", "/Banan"])
def test_a_websocket_elsewhere_is_refused(server: Server, path: str) -> None:
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        run(_said(server, path))
    assert refused.value.response.status_code == 403


def test_a_foreign_page_cannot_open_a_session(server: Server) -> None:
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        run(_said(server, "/banan", {"Origin": "http://elsewhere.example"}))
    assert refused.value.response.status_code == 403
