"""Attacks on a server with sign-in, and what it does without its provider."""

import datetime as dt
import json
import re
import time
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from support.answers import Answer
from support.server import Server, running
from support.sessions import Session, run
from support.signed import ORIGIN, SECRET, cookie, oidc_home
from websockets.exceptions import InvalidStatus

from components import entrance
from components.server import ended, identity, noted, providers, returning
from data import loaders
from data.access import Grant, User
from data.registry import county
from data.store import NOWHERE, Entry, UnavailableError, open_store

BANAN = county("banan").code
CLERK = "city:zhang"


@pytest.fixture(autouse=True)
def stays_up(signing_in: Server) -> Iterator[None]:
    yield
    assert json.loads(Answer(signing_in, "/healthz").body)["status"] == "ok"


@pytest.fixture(scope="module", autouse=True)
def members(signing_in: Server) -> None:
    with open_store(f"sqlite:///{signing_in.home / 'store.db'}") as store:
        store.set_member(BANAN, CLERK, [Grant("clerk")], "a tester")
        store.set_member(BANAN, "city:leaver", [Grant("clerk")], "a tester")


def log(server: Server, code: str = BANAN) -> list[Entry]:
    with open_store(f"sqlite:///{server.home / 'store.db'}") as store:
        return store.audit(code)


def links(answer: Answer) -> list[str]:
    return [unescape(href) for href in re.findall(r'<a class="go(?: do)?" href="([^"]+)"', answer.text)]


# ---- the cookie --------------------------------------------------------------------------------------------------


def test_who_is_signed_in_comes_in_below_their_county_only(signing_in: Server) -> None:
    assert Answer(signing_in, "/banan/upload", headers=cookie("zhang")).status == 200
    refused = Answer(signing_in, "/wanzhou", headers=cookie("zhang"))
    assert refused.status == 403
    assert CLERK in refused.text
    assert "/wanzhou/sign-out" in links(refused)


def forged(part: int) -> dict[str, str]:
    """Return a cookie with one character of its value, time or signature changed."""
    name, _, value = cookie("zhang")["Cookie"].partition("=")
    parts = value.rsplit(".", 2)
    parts[part] = parts[part][:2] + ("B" if parts[part][2] == "A" else "A") + parts[part][3:]
    return {"Cookie": f"{name}={'.'.join(parts)}"}


BAD: dict[str, Mapping[str, str]] = {
    "another secret": cookie("zhang", secret="an-attacker-s-own-secret-of-forty-chars-"),
    "no secret": cookie("zhang", secret=""),
    "value": forged(0),
    "time": forged(1),
    "signature": forged(2),
    "garbage": {"Cookie": "_streamlit_user=garbage"},
    "empty": {"Cookie": "_streamlit_user="},
    "not Latin": {"Cookie": "_streamlit_user=\xff\xfe"},
    "another dashboard's": cookie("zhang", origin="http://elsewhere.example"),
    "no origin": cookie("zhang", origin=None),
    "expired": cookie("zhang", exp=time.time() - 1),
    "no end": cookie("zhang", exp=None),
    "endless": cookie("zhang", exp=float("inf")),
    "end is no number": cookie("zhang", exp="tomorrow"),
    "end beyond time": cookie("zhang", exp=1e300),
    "end is not a number": cookie("zhang", exp=float("nan")),
    "no subject": cookie("zhang", sub=None),
    "no provider": cookie("zhang", provider=None),
    "control characters": cookie("zhang\n"),
    "too long": cookie("z" * 300),
    "another name's signature": {
        "Cookie": f"_streamlit_user={create_signed_value(SECRET, '_streamlit_user_tokens', '{}').decode()}"
    },
    "a list": {"Cookie": f"_streamlit_user={create_signed_value(SECRET, '_streamlit_user', '[]').decode()}"},
    "chunks that are not there": {
        "Cookie": f"_streamlit_user={create_signed_value(SECRET, '_streamlit_user', 'chunks-99').decode()}"
    },
}


@pytest.mark.parametrize("why", BAD)
def test_a_cookie_that_is_not_ours_is_nobody_s(signing_in: Server, why: str) -> None:
    answer = Answer(signing_in, "/banan/upload", headers=dict(BAD[why]))
    assert answer.status == 401
    assert "_stcore" not in answer.text
    assert Answer(signing_in, "/banan/_stcore/host-config", headers=dict(BAD[why])).status == 403
    if why != "not Latin":
        with pytest.raises(InvalidStatus):
            run(opened(signing_in, dict(BAD[why])))


async def opened(server: Server, headers: dict[str, str]) -> str:
    async with Session(server, "/banan", headers) as session:
        return await session.said()


def test_headers_of_a_gateway_say_nothing_where_people_sign_in(signing_in: Server) -> None:
    headers = {"X-Remote-User": CLERK, "X-Remote-Roles": "banan:admin", "X-Xianjie-User": "e30="}
    assert Answer(signing_in, "/banan", headers=headers).status == 401


def test_a_page_that_stays_open_ends_with_the_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANJIE_ACCESS", "oidc")
    now = dt.datetime.now(dt.UTC)

    def here(user: User) -> User:
        monkeypatch.setattr(entrance, "identify", lambda: user)
        return entrance.enter(county("banan")).user

    holds = User(CLERK, "Zhang", "oidc", now + dt.timedelta(minutes=1), address="192.0.2.1")
    assert here(holds) == holds
    assert here(User(CLERK, "Zhang", "oidc", now)) == User("", "", "oidc")
    ended.end(holds)
    assert not here(holds).signed_in
    again = User(CLERK, "Zhang", "oidc", now + dt.timedelta(minutes=2))
    assert here(again) == again
    # What another process ended is learned of; what has expired anyway is forgotten, here and in the store.
    with open_store() as store:
        store.end_sign_in("0" * 64, now - dt.timedelta(seconds=1))
        monkeypatch.setattr(ended, "_known", ended._Known({"f" * 64: now}))
        assert not here(holds).signed_in
        ended.end(again)
        assert not here(again).signed_in
        assert store.ended_sign_ins() == ended._known.until
        assert set(ended._known.until.values()) == {holds.expires, again.expires}


def test_a_store_that_is_away_puts_nobody_into_the_log(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server's log says that no name stands in it."""

    def away() -> NoReturn:
        raise UnavailableError("the database is away")

    monkeypatch.setattr(loaders, "store", away)
    monkeypatch.setattr(ended, "_known", ended._Known())
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    ended.end(User(CLERK, "Zhang", "oidc", until))
    noted.note_arrival(User(CLERK, "Zhang", "proxy"), BANAN)
    assert len(caplog.messages) == 3
    assert all("the database is away" in told for told in caplog.messages)
    assert not re.search("zhang", caplog.text, re.IGNORECASE)


# ---- signing in --------------------------------------------------------------------------------------------------


def test_the_sign_in_page_offers_each_provider_and_keeps_the_address(signing_in: Server) -> None:
    answer = Answer(signing_in, "/banan/funds?asof=2023-09-30&lang=en&x=%3Cb%3E")
    assert answer.status == 401
    assert "Sign in with the city&#x27;s sign-in" in answer.text
    to = quote("/banan/funds?asof=2023-09-30&lang=en&x=%3Cb%3E", safe="")
    assert links(answer) == [f"/banan/sign-in/{name}?to={to}" for name in ("city", "county-hall")]
    assert "用市统一认证登录" in Answer(signing_in, "/banan").text


ELSEWHERE = [
    "//evil.example",
    "https://evil.example/banan",
    "/\\evil.example",
    "/banan\\@evil.example",
    "/banan//evil.example",
    "/banan/../mouding",
    "/nowhere",
    "/banan/nope",
    "/mouding/upload",
    "javascript:alert(1)",
    "http:///evil.example",
    "/banan@evil.example",
    "http://[",
    "/banan/upload/../../x",
    "",
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_a_sign_in_leads_nowhere_but_into_its_county(signing_in: Server, to: str) -> None:
    answer = Answer(signing_in, f"/banan/sign-in/city?to={quote(to, safe='')}")
    assert links(answer) == ["/banan"]
    assert "evil" not in answer.text


def test_a_sign_in_from_the_comparison_leads_back_to_it(signing_in: Server) -> None:
    answer = Answer(signing_in, "/compare?area=funds&lang=en&x=1")
    assert answer.status == 401
    assert "the comparison of counties" in answer.text
    to = quote("/compare?lang=en&area=funds", safe="")
    assert links(answer) == [f"/compare/sign-in/{name}?to={to}" for name in ("city", "county-hall")]
    # The file is made for who is in: the page is what one comes back to.
    assert links(Answer(signing_in, "/compare.xlsx"))[0].endswith(quote("/compare", safe=""))
    assert links(Answer(signing_in, f"/compare/sign-in/city?to={to}")) == ["/compare?lang=en&area=funds"]
    headers = {"Cookie": f"{returning.COOKIE}={quote('in /compare?area=funds', safe='')}"}
    failed = Answer(signing_in, "/oauth2callback?error=access_denied&state=x", headers=headers)
    assert (failed.status, links(failed)) == (401, ["/compare?area=funds"])
    assert log(signing_in, NOWHERE)[0].event == "sign_in_failed"


@pytest.mark.parametrize("to", [*ELSEWHERE, "/compare/", "/compare/funds", "/compare.xlsx", "/compare", "/banan"])
def test_a_sign_in_of_the_comparison_leads_nowhere_else(signing_in: Server, to: str) -> None:
    assert links(Answer(signing_in, f"/compare/sign-in/city?to={quote(to, safe='')}")) == ["/compare"]


def test_who_may_not_compare_can_sign_out_there(signing_in: Server) -> None:
    signed = cookie("zhang", name="Goes")
    refused = Answer(signing_in, "/compare", headers=signed)
    assert (refused.status, links(refused)[0]) == (403, "/compare/sign-out")
    gone = Answer(signing_in, "/compare/sign-out", headers=signed)
    assert (gone.status, gone.headers["Location"]) == (302, "/compare")
    assert Answer(signing_in, "/compare", headers=signed).status == 401
    for path in ("/compare/", "/compare/funds", "/compare/sign-out/x"):
        assert Answer(signing_in, path).status == 404


@pytest.mark.parametrize("to", ["/banan", "/banan/upload", "/banan/funds?asof=2023-09-30&lang=en"])
def test_what_is_ours_is_kept_while_the_provider_does_not_answer(signing_in: Server, to: str) -> None:
    answer = Answer(signing_in, f"/banan/sign-in/city?to={quote(to, safe='')}")
    assert answer.status == 503
    assert links(answer) == [to]
    assert ("does not answer" if "lang=en" in to else "没有应答") in answer.text


def test_a_provider_nobody_named_is_the_sign_in_page_again(signing_in: Server) -> None:
    for name in ("nobody", "city%2f", "", "city/more", "../city"):
        assert Answer(signing_in, f"/banan/sign-in/{name}").status in (401, 404)


@pytest.mark.parametrize("to", [to for to in ELSEWHERE if to != "/mouding/upload"])
@pytest.mark.parametrize("query", ["", "?error=access_denied&error_description=%0d%0aX:%20y", "?code=x&state=y"])
def test_a_forged_way_back_leads_to_no_other_place(signing_in: Server, to: str, query: str) -> None:
    headers = {"Cookie": f"{returning.COOKIE}={quote(f'in {to}', safe='')}"}
    answer = Answer(signing_in, f"/oauth2callback{query}", headers=headers)
    assert (answer.status, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("query", "address"),
    [("?error=access_denied&state=x", "127.0.2.1"), ("?code=forged&state=forged", "127.0.2.2"), ("", "127.0.2.3")],
)
def test_a_sign_in_that_fails_is_said_and_logged_once_a_minute(signing_in: Server, query: str, address: str) -> None:
    before = len(log(signing_in))
    headers = {"Cookie": f"{returning.COOKIE}={quote('in /banan/funds?lang=en', safe='')}"}
    for _again in range(3):
        answer = Answer(signing_in, f"/oauth2callback{query}", headers=headers, comes_from=address)
        assert answer.status == 401
        assert "did not work" in answer.text
        assert links(answer) == ["/banan/funds?lang=en"]
    entries = log(signing_in)
    assert len(entries) == before + 1
    assert (entries[0].event, entries[0].user_id, entries[0].address) == ("sign_in_failed", "", address)


def test_the_way_back_is_spelled_anew() -> None:
    found = returning.read("/banan/funds?asof=2023-09-30&q=%0d%0aSet-Cookie:x&中=1")
    assert found is not None
    assert found.address == "/banan/funds?asof=2023-09-30&q=%0D%0ASet-Cookie%3Ax&%E4%B8%AD=1"
    assert returning.errand(quote("in /banan", safe="")) == returning.Errand("in", returning.read("/banan"))
    assert returning.errand(quote("by /banan", safe="")) is None
    assert returning.read(f"/banan?{'a' * 9000}=1").address == "/banan"


def test_streamlit_s_own_sign_in_is_not_to_be_reached(signing_in: Server) -> None:
    for path in ("/auth/login?provider=x", "/auth/logout", "/auth/login"):
        assert Answer(signing_in, path).status == 404


# ---- signing out -------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_cookie_and_the_pages_that_are_open(signing_in: Server) -> None:
    signed = cookie("leaver")

    async def left() -> tuple[bool, bool, Answer]:
        async with Session(signing_in, "/banan", signed) as session:
            await session.said("upload")
            before = session.drew("file_uploader")
            crossed = Answer(signing_in, "/banan/sign-out", headers=signed | {"Sec-Fetch-Site": "cross-site"})
            assert crossed.headers["Set-Cookie"] is None
            assert Answer(signing_in, "/banan", headers=signed).status == 200
            answer = Answer(signing_in, "/banan/sign-out?lang=en", headers=signed)
            await session.said("upload")
            return before, session.drew("file_uploader"), answer

    before, after, answer = run(left())
    assert (before, after) == (True, False)
    assert (answer.status, answer.headers["Location"]) == (302, "/banan?lang=en")
    gone = answer.headers.get_all("Set-Cookie")
    assert any(line.startswith("_streamlit_user=") and "Max-Age=0" in line for line in gone)
    assert Answer(signing_in, "/banan", headers=signed).status == 401  # a copy of the cookie is worth nothing
    entry = next(entry for entry in log(signing_in) if entry.event == "sign_out")
    assert (entry.user_id, entry.verified, entry.address) == ("city:leaver", True, "127.0.0.1")


def test_who_signed_out_is_out_in_every_process_and_after_a_restart(
    signing_in: Server, beside_it: Server, tmp_path: Path
) -> None:
    signed, other = cookie("zhang", name="Leaves"), cookie("zhang", exp=time.time() + 500)
    assert Answer(beside_it, "/banan/upload", headers=signed).status == 200
    assert Answer(signing_in, "/banan/sign-out", headers=signed).status == 302

    async def goes_on() -> None:
        async with Session(beside_it, "/banan", other) as session:  # as the same person, by another sign-in
            await session.said("upload")
            assert session.drew("file_uploader")

    until = time.monotonic() + 10 * ended.FRESH
    while Answer(beside_it, "/banan/upload", headers=signed).status != 401:
        assert time.monotonic() < until, "the other process never learned that the sign-in was ended"
    run(goes_on())
    settings = {"XIANJIE_ACCESS": "oidc", "STREAMLIT_SECRETS_FILES": str(signing_in.home / "secrets.toml")}
    store = {"XIANJIE_DATABASE_URL": f"sqlite:///{signing_in.home / 'store.db'}"}
    with running(tmp_path, settings | store) as anew:
        assert Answer(anew, "/banan/upload", headers=signed).status == 401
        assert Answer(anew, "/banan/upload", headers=other).status == 200


# ---- cookies and settings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_cookies_are_secure_behind_tls_and_httponly(signing_in: Server, scheme: str) -> None:
    headers = cookie("zhang") | {"X-Forwarded-Proto": scheme}
    sent = Answer(signing_in, "/banan/sign-out", headers=headers | {"Cookie": "_streamlit_user=x"}).headers
    lines = sent.get_all("Set-Cookie")
    assert lines
    assert all(("; secure" in line.lower()) == (scheme == "https") for line in lines)
    errand = Answer(signing_in, "/banan/_stcore/health", headers=headers).headers["Set-Cookie"]
    assert "samesite=lax" in errand.lower()


_SHARED = f'[auth]\nredirect_uri = "https://x.example/oauth2callback"\ncookie_secret = "{SECRET}"\n'
SETTINGS = {
    "no file": ("", "secrets.toml"),
    "not TOML": ("[auth", "secrets.toml"),
    "no section": ("[other]\nx = 1", "[auth]"),
    "no address": (f'[auth]\ncookie_secret = "{SECRET}"\n[auth.a]\n', "redirect_uri"),
    "another path": (_SHARED.replace("oauth2callback", "back"), "redirect_uri"),
    "short secret": (_SHARED.replace(SECRET, "short"), "cookie_secret"),
    "no client": (f"{_SHARED}[auth.a]\n", "[auth.a]"),
    "bad name": (f"{_SHARED}[auth.a_b]\n", "[auth.a_b]"),
}


@pytest.mark.parametrize("why", SETTINGS)
def test_settings_that_are_wrong_are_named(why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text, named = SETTINGS[why]
    told = secrets(monkeypatch, tmp_path, text or None)
    with pytest.raises(providers.SettingsError) as wrong:
        told()
    assert named in str(wrong.value)
    assert SECRET not in str(wrong.value)


def test_one_provider_needs_no_section_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = f"""[auth]
redirect_uri = "{ORIGIN}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "x"
client_secret = "y"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""
    (only,) = secrets(monkeypatch, tmp_path, text)()
    assert (only.name, only.label("zh"), only.label("en")) == ("default", "统一身份认证", "Sign in")


def secrets(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str | None) -> Any:
    """Let Streamlit read this text as its secrets; return what reads the providers anew."""
    from streamlit import config
    from streamlit.runtime.secrets import Secrets

    file = folder / "secrets.toml"
    if text is not None:
        file.write_text(text, "utf-8")
    fresh = Secrets()
    monkeypatch.setattr(config, "get_option", lambda name, real=config.get_option: [str(file)] if name == "secrets.files" else real(name))  # fmt: skip # noqa: E501
    monkeypatch.setattr("streamlit.get_option", config.get_option)
    monkeypatch.setattr("streamlit.secrets", fresh)
    monkeypatch.setattr("streamlit.auth_util.secrets_singleton", fresh)
    return providers.providers.__wrapped__


def test_a_server_that_could_not_sign_anybody_in_does_not_start(tmp_path: Path) -> None:
    settings = oidc_home(tmp_path) | {"STREAMLIT_SECRETS_FILES": str(tmp_path / "gone.toml")}
    with pytest.raises(RuntimeError) as ended_with, running(tmp_path, settings):
        pass
    assert "gone.toml" in str(ended_with.value)
    assert "Traceback" not in str(ended_with.value)


def test_ids_and_names_come_from_the_token() -> None:
    """A long name is cut, the account is not."""
    told = {"provider": "city", "sub": "x", "exp": time.time() + 9}
    assert identity._signed_in(told | {"name": "", "preferred_username": "小李"}, "").name == "小李"
    assert identity._signed_in(told, "").name == "city:x"
    assert len(identity._signed_in(told | {"name": "x" * 500}, "").name) == identity.LONGEST_NAME
