"""The configuration of nginx that counties are given, before two real processes, asked by programs and by Chromium."""

import http.client
import json
import socket
import ssl
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from support import nginx
from support.browser import VIEWPORT, Watch, settled
from support.server import free_port
from support.site import Site
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from data.intake import limits
from data.registry import counties

BURST = 60  # uploads at once, of the configuration


class Answer:
    """One answer through nginx, read whole; the path goes out exactly as written."""

    def __init__(self, site: Site, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> None:
        port = urlsplit(site.gateway.url).port
        connection = http.client.HTTPSConnection("localhost", port, timeout=60, context=site.gateway.trusting)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host="Host" in sent)
        if body is not None:
            sent["Content-Length"] = str(len(body))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        self.status, self.headers = answer.status, answer.headers
        self.text = answer.read().decode("utf-8", errors="replace")
        connection.close()


def opened(site: Site, county: str, **headers: str) -> str:
    """Open a session's websocket and return where it came out: the county of the page it runs."""
    address = f"{site.gateway.url.replace('https', 'wss')}/{county}/_stcore/stream"
    with connect(
        address,
        ssl=site.gateway.trusting,
        subprotocols=["streamlit"],
        origin=site.gateway.url,
        additional_headers=headers,
    ) as socket:
        return socket.response.headers["Upgrade"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/banan", "/banan/funds", "/mouding", "/mouding/plan?lang=en"])
def test_pages_of_both_processes_are_reached_by_their_address(site: Site, path: str) -> None:
    answer = Answer(site, path)
    assert answer.status == 200
    county = next((one for one in counties() if path.startswith(f"/{one.slug}")), None)
    assert county is None or county.name("en" if "lang=en" in path else "zh") in answer.text


def test_every_security_header_is_sent_once(site: Site) -> None:
    for path in ("/banan", "/mouding/_stcore/health", "/metrics", "/nowhere"):
        answer = Answer(site, path)
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "Strict-Transport-Security"):
            assert len(answer.headers.get_all(name) or []) == 1, (path, name)
        assert "nginx/" not in answer.headers["Server"]


def test_http_is_sent_to_https_and_a_name_nobody_registered_gets_nothing(site: Site) -> None:
    port = urlsplit(site.gateway.plain).port
    for host, status in ((f"localhost:{port}", 301), ("attacker.example", 404)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/banan/funds?lang=en", headers={"Host": host})
        answer = connection.getresponse()
        assert answer.status == status
        assert answer.headers.get("Location") == (f"{site.gateway.url}/banan/funds?lang=en" if status == 301 else None)
        connection.close()
    foreign = Answer(site, "/banan", Host="attacker.example")
    assert foreign.status == 404
    assert "没有登记" in foreign.text


def test_cookies_are_secure(site: Site) -> None:
    cookies = Answer(site, "/mouding/_stcore/health").headers.get_all("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_figures_of_the_machine_are_closed_and_refusals_are_words(site: Site) -> None:
    for path in ("/metrics", "/_stcore/metrics", "/x/../metrics", "/%6detrics"):
        answer = Answer(site, path)
        assert answer.status == 404, path
        assert "没有这个网址" in answer.text or "xianjie" not in answer.text
        assert "python_gc" not in answer.text


@pytest.mark.parametrize("path", ["/banan//funds", "/banan/%2e%2e/mouding", "/banan/..%2fmouding", "/banan%2ffunds"])
def test_tricks_with_paths_reach_the_program_as_they_are_and_are_refused_there(site: Site, path: str) -> None:
    assert Answer(site, path).status in (400, 404)


def test_what_only_the_server_may_say_is_dropped(site: Site) -> None:
    """Both processes believe this nginx, so a user who came through it would be believed."""
    forged = {"X_County": "wanzhou", "X_Remote_User": "admin", "X_Forwarded_For": "203.0.113.9", "X_Xianjie_User": "x"}
    answer = Answer(site, "/banan", **forged)
    assert answer.status == 200
    assert counties()[0].name_zh in answer.text
    seen = _sent_on(site, {name.replace("_", "-"): value for name, value in forged.items()} | {"Forwarded": "for=9"})
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "https"
    assert not {"x-county", "x-remote-user", "x-remote-name", "x-remote-roles", "x-xianjie-user", "forwarded"} & set(
        seen
    )


@pytest.mark.parametrize("portal", ["127.0.0.1", "127.0.0.2"])
def test_only_the_portal_says_who_somebody_is_and_from_where(site: Site, portal: str) -> None:
    sent = {"X-Remote-User": "zhang", "X-Remote-Name": "z", "X-Remote-Roles": "banan:clerk"}
    seen = _sent_on(site, sent | {"X-Forwarded-For": "198.51.100.9, 203.0.113.9"}, portal)
    told = {name.lower(): value for name, value in sent.items()} | {"x-forwarded-for": "203.0.113.9"}
    if portal != "127.0.0.1":  # from where this test asks
        told = {"x-forwarded-for": "127.0.0.1"}
    assert {name: value for name, value in seen.items() if name.startswith(("x-remote", "x-forwarded-for"))} == told


def test_behind_a_portal_limits_count_by_who_is_behind_it(tmp_path: Path, site: Site) -> None:
    with nginx.before(tmp_path, [free_port(), free_port()], "127.0.0.1") as gateway:
        behind = Site(site.first, site.second, gateway)

        def asked(address: str) -> int:
            return Answer(behind, "/banan/sign-in", X_Forwarded_For=address).status

        assert 429 in [asked("203.0.113.7") for _ in range(25)]
        assert asked("203.0.113.8") == 502  # let through to a program that is not there


def _sent_on(site: Site, headers: dict[str, str], portal: str | None = None) -> dict[str, str]:
    """Return the headers that nginx sends on: it is run before a socket that answers nothing but them."""
    folder = Path(tempfile.mkdtemp(dir=site.gateway.folder))
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        port = listening.getsockname()[1]

        def echo() -> None:
            connection, _ = listening.accept()
            with connection:
                lines = connection.recv(65536).decode("latin-1").split("\r\n\r\n")[0].split("\r\n")[1:]
                body = json.dumps(dict(line.lower().split(": ", 1) for line in lines)).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

        told = pool.submit(echo)
        with nginx.before(folder, [port, free_port()], portal) as gateway:
            found = Answer(Site(site.first, site.second, gateway), "/banan", **headers)
        told.result(30)
    return json.loads(found.text)


def test_a_file_too_large_is_refused_in_words(site: Site) -> None:
    for path, size in (("/banan", 2 * 2**20), ("/banan/_stcore/upload_file/a/b", 52 * 2**20)):
        answer = _announced(site, path, size)
        assert answer.startswith("HTTP/1.1 413"), path
        assert "文件太大" in answer
        assert f"不能超过 {limits.FILE_BYTES // 2**20} MB" in answer


def _announced(site: Site, path: str, size: int) -> str:
    """Announce a body and send none of it; return the answer."""
    address = ("localhost", urlsplit(site.gateway.url).port)
    with (
        socket.create_connection(address, 30) as plain,
        site.gateway.trusting.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        head = f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
        secured.sendall(head.encode())
        return b"".join(iter(lambda: _received(secured), b"")).decode("utf-8", errors="replace")


def _received(secured: ssl.SSLSocket) -> bytes:
    try:
        return secured.recv(65536)
    except ssl.SSLEOFError:
        return b""


def test_a_websocket_opens_below_a_county_only(site: Site) -> None:
    assert opened(site, "mouding").lower() == "websocket"
    with pytest.raises(InvalidStatus) as refused:
        opened(site, "nowhere")
    assert refused.value.response.status_code == 403


@pytest.mark.browser
def test_pages_work_in_a_browser_through_nginx(site: Site, browser: Browser) -> None:
    """Nothing leaves the origin, nothing violates the policy, a file is read, its upload is seen."""
    context = browser.new_context(base_url=site.gateway.url, locale="zh-CN", ignore_https_errors=True)
    page = context.new_page()
    page.set_viewport_size(VIEWPORT)
    watch = Watch(page, site.gateway.url)
    for address in ("/banan", "/banan/funds", "/mouding/village"):
        page.goto(address)
        settled(page)
        expect(page.get_by_test_id("stApp")).to_contain_text("牟定" if "mouding" in address else "巴南")
    page.goto("/mouding/upload")
    settled(page)
    page.set_input_files("input[type=file]", {"name": "资金.csv", "mimeType": "text/csv", "buffer": FUNDS.encode()})
    expect(page.get_by_test_id("stApp")).to_contain_text("资金支出表")
    settled(page)
    page.goto("/banan/upload")
    settled(page)
    page.route("**/_stcore/upload_file/**", lambda route: route.fulfill(status=429))  # as nginx would, in time
    page.set_input_files("input[type=file]", {"name": "资金.csv", "mimeType": "text/csv", "buffer": FUNDS.encode()})
    expect(page.get_by_test_id("stFileUploader")).to_contain_text("上传太频繁，请稍候一分钟再试")
    watch.verify()
    context.close()


FUNDS = """2023年5月衔接资金支出情况表
县区,县区或乡镇代码,层级,资金名称,到位资金（万元）,累计支出（万元）
牟定县,532323,中央,衔接资金,3200,1500
"""


def test_too_many_at_once_are_refused_in_words(site: Site) -> None:
    """Last of the file: for a while this address may send no more."""
    paths = {"/mouding/_stcore/upload_file/a/b": "PUT", "/banan/sign-in/x": "GET"}
    for path, method in paths.items():

        def ask(_: int, path: str = path, method: str = method) -> Answer:
            return Answer(site, path, method, b"" if method == "PUT" else None)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(BURST + 20)))
        refused = [answer for answer in answers if answer.status == 429]
        assert refused, path
        assert len(refused) < len(answers), path  # those within the limit were let through
        assert all("操作太频繁" in answer.text and answer.headers["Retry-After"] == "60" for answer in refused)
    assert Answer(site, "/banan").status == 200  # who only looks is not concerned


def test_a_county_goes_to_its_own_process_and_that_it_is_away_is_told_in_words(site: Site) -> None:

    folder = site.gateway.folder / "away"
    folder.mkdir()
    with nginx.before(folder, [site.first.port, free_port()]) as gateway:
        away = Site(site.first, site.second, gateway)
        answer = Answer(away, "/mouding")
        assert answer.status == 502
        assert "系统暂时不能访问" in answer.text
        assert Answer(away, "/banan").status == 200
