"""Attacks on a server behind a gateway that says who users are: none gets in, nothing is told, the server stays up."""

import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support.answers import Answer
from support.server import Server, running
from support.sessions import Session, run
from support.signed import GATEWAY
from websockets.exceptions import InvalidStatus

from components.server import identity
from data.access import Grant, User
from data.registry import county
from data.store import NOWHERE, Wanted, open_store

STRANGER = "127.0.0.2"  # any address that is not the gateway's
CLERK = {"X-Remote-User": "zhang", "X-Remote-Name": quote("张三（区财政局）"), "X-Remote-Roles": "banan:clerk"}
NEIGHBOUR = {"X-Remote-User": "li", "X-Remote-Roles": "banan:clerk; wanzhou:clerk"}
VIEWER = {"X-Remote-User": "wang", "X-Remote-Roles": "banan:viewer"}
NOBODY = {"X-Remote-User": "zhao"}
ADMIN = {"X-Remote-User": "chen", "X-Remote-Roles": "banan:admin"}


@pytest.fixture(autouse=True)
def stays_up(behind_gateway: Server) -> Iterator[None]:
    yield
    assert json.loads(Answer(behind_gateway, "/healthz").body)["status"] == "ok"


def refused_session(server: Server, path: str, headers: dict[str, str] | None = None, **more: str) -> int:
    async def opened() -> str:
        async with Session(server, path, headers, **more) as session:
            return await session.said()

    with pytest.raises(InvalidStatus) as refused:
        run(opened())
    return refused.value.response.status_code


def said(server: Server, path: str, headers: dict[str, str], page: str = "", query: str = "") -> str:
    async def told() -> str:
        async with Session(server, path, headers) as session:
            return await session.said(page, query)

    return run(told())


# ---- who ---------------------------------------------------------------------------------------------------------


def test_the_gateway_s_user_comes_in_with_name_and_roles(behind_gateway: Server) -> None:
    assert Answer(behind_gateway, "/banan/upload", headers=CLERK).status == 200
    assert "巴南" in said(behind_gateway, "/banan", CLERK)


@pytest.mark.parametrize("lang", ["", "?lang=en"])
def test_somebody_nobody_vouches_for_is_told_to_come_through_the_portal(behind_gateway: Server, lang: str) -> None:
    answer = Answer(behind_gateway, f"/banan/funds{lang}")
    assert answer.status == 401
    assert ("portal" if lang else "统一门户") in answer.text
    assert "_stcore" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        CLERK,
        {"X_Remote_User": "zhang", "X_Remote_Roles": "banan:admin"},
        {"x-remote-user": "zhang", "x-remote-roles": "banan:admin"},
        {"X-Xianjie-User": identity.sealed(User("root", "root", "open"))},
        {"X_Xianjie_User": identity.sealed(User("root", "root", "shell"))},
        {"X-County": "banan", "X-Xianjie-User": identity.sealed(User("zhang", "zhang", "proxy"))},
        CLERK | {"X-Forwarded-For": "127.0.0.1"},
        CLERK | {"X-Forwarded-For": "127.0.0.1, 127.0.0.2", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    ],
)
def test_headers_of_anybody_but_the_gateway_say_nothing(behind_gateway: Server, headers: dict[str, str]) -> None:
    assert Answer(behind_gateway, "/banan/upload", headers=headers, comes_from=STRANGER).status == 401
    assert refused_session(behind_gateway, "/banan", headers, comes_from=STRANGER) == 403


@pytest.mark.parametrize("more", [{"X_Remote_User": "root"}, {"X-Xianjie-User": "e30="}, {"X-County": "wanzhou"}])
def test_what_a_client_sends_through_the_gateway_beside_its_headers_changes_nobody(
    behind_gateway: Server, more: dict[str, str]
) -> None:
    answer = Answer(behind_gateway, "/wanzhou", headers=CLERK | more)
    assert answer.status in (401, 403)  # never another county, and two claims are none
    if "X_Remote_User" not in more:
        assert "万州" not in said(behind_gateway, "/banan", CLERK | more)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("banan:clerk; wanzhou:township_clerk@500101101000", {"banan": ["clerk"], "wanzhou": ["township_clerk"]}),
        ("banan:clerk,banan:approver", {"banan": ["clerk", "approver"]}),
        # no county, no role, one that is not given, a role for townships without one, a county role with one,
        # another county's township
        ("nowhere:clerk; banan:king; banan:anonymous; banan", {}),
        ("banan:township_clerk; banan:clerk@500113115000; banan:township_clerk@500101101000", {}),
        ("banan:township_clerk@500113", {}),
        ("", {}),
    ],
)
def test_roles_are_read_as_they_are_meant_or_not_at_all(text: str, found: dict[str, list[str]]) -> None:
    assert {slug: [grant.role for grant in grants] for slug, grants in identity.roles_of(text).items()} == found


def test_what_the_script_reads_is_what_the_gate_found() -> None:
    user = User("张三", "张三", "proxy", claimed=identity.roles_of("wanzhou:township_clerk@500101101000; banan:viewer"))
    again = identity.unsealed(identity.sealed(user), "192.0.2.1")
    assert (again, again.address) == (user, "192.0.2.1")
    assert again.claimed["wanzhou"] == (Grant("township_clerk", ("500101101000",)),)


# ---- what of a county --------------------------------------------------------------------------------------------


def test_there_is_no_sign_in_of_ours_behind_a_gateway(behind_gateway: Server) -> None:
    for path in ("/oauth2callback", "/auth/login", "/auth/logout"):
        assert Answer(behind_gateway, path, headers=CLERK).status == 404
    for path in ("/banan/sign-in/city", "/banan/sign-out", "/banan/auth/logout", "/banan/oauth2callback"):
        assert Answer(behind_gateway, path, headers=CLERK).status == 404


BELOW = [
    "/wanzhou",
    "/wanzhou/upload?lang=en",
    "/wanzhou/_stcore/health",
    "/wanzhou/_stcore/host-config",
    "/wanzhou/static/js/index.js",
    "/wanzhou/app/static/board.js",
    "/wanzhou/component/components.map/index.html",
    "/wanzhou/media/0123456789abcdef.xlsx",
    "/wanzhou/_stcore/upload_file/a/b",
    "/wanzhou/nope",
]


@pytest.mark.parametrize("path", BELOW)
@pytest.mark.parametrize("who", [CLERK, NOBODY], ids=["of another county", "without roles"])
def test_below_a_county_there_is_nothing_for_those_without_rights(
    behind_gateway: Server, path: str, who: dict[str, str]
) -> None:
    answer = Answer(behind_gateway, path, headers=who)
    assert answer.status == 403
    assert "_stcore" not in answer.text
    assert Answer(behind_gateway, path).status in (401, 403)


@pytest.mark.parametrize(("who", "status"), [(NOBODY, 403), ({}, 401)], ids=["without roles", "not signed in"])
def test_whoever_mistypes_a_page_is_told_how_to_come_in(
    behind_gateway: Server, who: dict[str, str], status: int
) -> None:
    answer = Answer(behind_gateway, "/wanzhou/nope", headers={"Accept": "text/html,*/*", **who})
    assert answer.status == status
    assert ("您还没有这里的权限" if who else "统一门户") in answer.text


@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("path", ["/banan/media/0123456789abcdef.xlsx", "/banan/_stcore/upload_file/a/b"])
def test_what_is_somebody_s_own_is_not_the_county_s(behind_gateway: Server, path: str, end: str) -> None:
    assert Answer(behind_gateway, f"{path}{end}", headers=CLERK).status == 403


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("500101-0123456789ab.html", 403),
        ("sub/500101-0.html", 403),
        ("500101-0123456789ab.html/", 403),
        ("500101-0123456789ab.html/.", 404),
        ("500101-0123456789ab.html%2F", 404),
        ("sub//500101-0.html//", 404),
        ("500113-0123456789ab.html", 404),
    ],
)
def test_another_county_s_map_is_not_below_this_one(behind_gateway: Server, name: str, status: int) -> None:
    run(opened_once(behind_gateway))  # makes the map component known
    answer = Answer(behind_gateway, f"/banan/component/components.county_map.component/{name}", headers=CLERK)
    assert answer.status == status


async def opened_once(server: Server) -> None:
    async with Session(server, "/banan", CLERK) as session:
        await session.said()


def test_a_page_that_needs_more_is_refused_with_the_account_to_be_named(behind_gateway: Server) -> None:
    answer = Answer(behind_gateway, "/banan/upload", headers=VIEWER)
    assert answer.status == 403
    assert "wang" in answer.text
    assert "上传报表" in answer.text
    assert 'href="/banan"' in answer.text
    english = Answer(behind_gateway, "/banan/upload?lang=en", headers=VIEWER)
    assert "upload tables" in english.text
    assert 'href="/banan?lang=en"' in english.text


def test_a_name_from_the_gateway_is_text(behind_gateway: Server) -> None:
    headers = {"X-Remote-User": "x", "X-Remote-Name": quote("<script>alert(1)</script>")}
    text = Answer(behind_gateway, "/banan", headers=headers).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("query", ["?county=wanzhou", "?village=500101101001", "?known=1", "?plan=wanzhou-2021-2025"])
def test_another_county_s_batch_village_or_plan_is_not_to_be_had_by_asking(behind_gateway: Server, query: str) -> None:
    for page in ("", "upload", "village", "plan"):
        assert "万州" not in said(behind_gateway, "/banan", CLERK, page, query)


# ---- sessions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/nowhere", "/BANAN", "//banan", "/banan/.."])
def test_a_websocket_without_a_county_is_refused(behind_gateway: Server, path: str) -> None:
    assert refused_session(behind_gateway, path, CLERK) in (403, 404)


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "http://localhost:1", "http://127.0.0.1:1", "null"])
def test_a_foreign_page_cannot_open_a_session_even_from_this_machine(behind_gateway: Server, origin: str) -> None:
    assert refused_session(behind_gateway, "/banan", CLERK | {"Origin": origin}) == 403


def test_a_page_of_ours_can(behind_gateway: Server) -> None:
    assert "巴南" in said(behind_gateway, "/banan", CLERK | {"Origin": behind_gateway.url})


@pytest.mark.parametrize(
    ("path", "who"),
    [("/banan", NEIGHBOUR), ("/wanzhou", NEIGHBOUR)],
    ids=["by another user", "below another county"],
)
def test_a_session_is_not_to_be_had_by_its_id(behind_gateway: Server, path: str, who: dict[str, str]) -> None:
    async def stolen() -> tuple[str, str]:
        async with Session(behind_gateway, "/banan", CLERK) as own:
            await own.said()
            async with Session(behind_gateway, path, who, own.id) as thief:
                await thief.said()
                assert "巴南" in await own.said()  # the victim's goes on
                return own.id, thief.id

    own, stolen_id = run(stolen())
    assert own != stolen_id


def test_somebody_s_own_session_is_resumed(behind_gateway: Server) -> None:
    async def again() -> tuple[str, str]:
        async with Session(behind_gateway, "/banan", CLERK) as first:
            await first.said()
        async with Session(behind_gateway, "/banan", CLERK, first.id) as second:
            await second.said()
        return first.id, second.id

    first, second = run(again())
    assert first == second


def test_a_role_taken_away_is_gone_at_the_next_click(behind_gateway: Server) -> None:
    """The gateway vouches for who they are, the store for what they may do."""
    who = {"X-Remote-User": "qian"}
    code = county("banan").code
    with open_store(f"sqlite:///{behind_gateway.home / 'store.db'}") as store:
        store.set_member(code, "qian", [Grant("clerk")], "a tester")

        async def clicked() -> tuple[bool, bool]:
            async with Session(behind_gateway, "/banan", who) as session:
                await session.said("upload")
                before = session.drew("file_uploader")
                store.set_member(code, "qian", [Grant("viewer")], "a tester")
                await session.said("upload")
                return before, session.drew("file_uploader")

        assert run(clicked()) == (True, False)
        assert Answer(behind_gateway, "/banan/upload", headers=who).status == 403
        store.set_member(code, "qian", [], "a tester")
        assert refused_session(behind_gateway, "/banan", who) == 403


# ---- files -------------------------------------------------------------------------------------------------------


def test_a_download_is_for_whom_it_was_made(behind_gateway: Server) -> None:
    async def made() -> None:
        async with Session(behind_gateway, "/banan", CLERK) as session:
            await session.said("upload")
            name = (await session.download()).rsplit("/", 1)[1]
        own = Answer(behind_gateway, f"/banan/media/{name}", headers=CLERK)
        assert own.status == 200
        assert own.body[:2] == b"PK"
        for path, who in (("banan", NEIGHBOUR), ("wanzhou", NEIGHBOUR), ("wanzhou", CLERK), ("banan", VIEWER)):
            assert Answer(behind_gateway, f"/{path}/media/{name}", headers=who).status == 403
        assert Answer(behind_gateway, f"/banan/media/{name}").status == 403
        assert Answer(behind_gateway, f"/media/{name}", headers=CLERK).status == 404

    run(made())


def multipart(size: int) -> tuple[dict[str, str], bytes]:
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\nContent-Type: text/csv\r\n\r\n'
    return {"Content-Type": "multipart/form-data; boundary=x"}, head + b"a" * size + b"\r\n--x--\r\n"


def token(server: Server) -> dict[str, str]:
    """Return what Streamlit asks for beside the session: its token, as cookie and as header."""
    sent = Answer(server, "/banan/_stcore/health", headers=CLERK).headers["Set-Cookie"].partition(";")[0]
    return {"Cookie": sent, "X-Xsrftoken": sent.partition("=")[2].strip('"')}


def test_only_its_own_user_uploads_into_a_session(behind_gateway: Server) -> None:
    kind, body = multipart(10)
    proof = token(behind_gateway) | kind

    async def tried() -> None:
        async with Session(behind_gateway, "/banan", CLERK) as session:
            await session.said("upload")
            path = f"_stcore/upload_file/{session.id}/1"

            def put(slug: str, who: dict[str, str]) -> int:
                return Answer(behind_gateway, f"/{slug}/{path}", "PUT", proof | who, body=body).status

            assert put("banan", CLERK) == 204
            assert put("banan", NEIGHBOUR) == 403
            assert put("wanzhou", NEIGHBOUR) == 403
            assert put("banan", VIEWER) == 403
            assert put("banan", {}) == 403
            without = Answer(behind_gateway, f"/banan/{path}", "PUT", CLERK | kind, body=body)
            assert without.status == 403  # another site's form has no token
            gone = Answer(behind_gateway, f"/banan/{path}", "DELETE", proof | NEIGHBOUR)
            assert gone.status == 403

    run(tried())


def test_files_sent_by_who_may_not_are_in_the_log_once_a_minute(behind_gateway: Server) -> None:
    kind, body = multipart(10)
    path = "/banan/_stcore/upload_file/somebody-else/1"
    for who in ("portal:qian", ""):
        headers = {"X-Remote-User": who, "X-Remote-Roles": "banan:clerk"} if who else {}
        for _ in range(2):
            assert Answer(behind_gateway, path, "PUT", token(behind_gateway) | kind | headers, body=body).status == 403
        with open_store(f"sqlite:///{behind_gateway.home / 'store.db'}") as store:
            refused = store.audit(county("banan").code, Wanted(event="refused"))
        (entry,) = [e for e in refused if e.user_id == who]
        assert (entry.subject, entry.address, entry.verified) == ("upload", "127.0.0.1", bool(who))


def test_who_has_no_name_but_in_the_list_of_members_has_that_one_in_the_log(behind_gateway: Server) -> None:
    headers = {"X-Remote-User": "portal:zhao"}
    with open_store(f"sqlite:///{behind_gateway.home / 'store.db'}") as store:
        store.set_member(county("banan").code, headers["X-Remote-User"], [Grant("viewer")], "test", name="赵六")
        said(behind_gateway, "/banan", headers)
        (entry,) = [e for e in store.audit(county("banan").code, Wanted(event="arrived")) if e.name == "赵六"]
        assert entry.user_id == headers["X-Remote-User"]


def test_an_upload_that_says_it_is_too_large_is_refused_unread(behind_gateway: Server) -> None:
    async def tried() -> int:
        async with Session(behind_gateway, "/banan", CLERK) as session:
            await session.said("upload")
            headers = token(behind_gateway) | CLERK | multipart(1)[0] | {"Content-Length": str(10**10)}
            path = f"/banan/_stcore/upload_file/{session.id}/1"
            return Answer(behind_gateway, path, "PUT", headers).status

    assert run(tried()) == 413


def test_uploads_that_never_end_keep_nobody_waiting(behind_gateway: Server) -> None:
    async def tried() -> None:
        async with Session(behind_gateway, "/banan", CLERK) as session:
            await session.said("upload")
            lines = token(behind_gateway) | CLERK | multipart(1)[0] | {"Host": "x", "Content-Length": "1000"}
            head = f"PUT /banan/_stcore/upload_file/{session.id}/1 HTTP/1.1\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n--x"
            slow = [socket.create_connection(("127.0.0.1", behind_gateway.port), 10) for _ in range(40)]
            try:
                for one in slow:
                    one.sendall(head.encode("latin-1"))
                begun = time.monotonic()
                assert Answer(behind_gateway, "/banan", headers=VIEWER).status == 200
                assert "巴南" in await session.said()
                assert time.monotonic() - begun < 20
            finally:
                for one in slow:
                    with closing(one):
                        pass

    run(tried())


# ---- the log -----------------------------------------------------------------------------------------------------


def test_refusals_are_in_the_log_of_the_county_with_who_and_from_where(behind_gateway: Server) -> None:
    headers = NOBODY | {"X-Remote-User": "sun", "X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
    Answer(behind_gateway, "/mouding", headers=headers)
    with open_store(f"sqlite:///{behind_gateway.home / 'store.db'}") as store:
        entry = store.audit(county("mouding").code)[0]
    assert (entry.user_id, entry.event, entry.subject, entry.address) == ("sun", "refused", "view", "203.0.113.7")
    assert entry.verified


def test_who_comes_through_the_gateway_is_in_the_log_once_a_day(behind_gateway: Server, tmp_path: Path) -> None:
    headers = {"X-Remote-User": "portal:wu", "X-Remote-Name": "Wu", "X-Remote-Roles": "banan:reader; wanzhou:reader"}
    for _ in range(2):
        assert Answer(behind_gateway, "/banan", headers=headers).status == 200
        said(behind_gateway, "/banan", headers)
        assert Answer(behind_gateway, "/compare", headers=headers).status == 200
    again = {"XIANJIE_DATABASE_URL": f"sqlite:///{behind_gateway.home / 'store.db'}"}
    with running(tmp_path, GATEWAY | again) as restarted:
        said(restarted, "/banan", headers)
        said(restarted, "/wanzhou", headers)
    with open_store(again["XIANJIE_DATABASE_URL"]) as store:
        for code in (county("banan").code, county("wanzhou").code, NOWHERE):
            (entry,) = [one for one in store.audit(code, Wanted(event="arrived")) if one.user_id == "portal:wu"]
            assert (entry.name, entry.verified, entry.address, entry.subject) == ("Wu", True, "127.0.0.1", "")


# ---- a township's clerk --------------------------------------------------------------------------------------------

OWN, OTHER = "500113115000", "500113111000"
FUNDS = "区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）\n{town},2023-04-30,中央,衔接资金,100,33.5\n"


@pytest.fixture
def township_clerk(behind_gateway: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    from clerks import Clerk

    headers = {"X-Remote-User": "portal:xiang", "X-Remote-Roles": f"banan:township_clerk@{OWN}"}
    yield lambda: Clerk(f"{behind_gateway.url}/banan/upload", headers)
    for name in ("clerks", "load"):
        sys.modules.pop(name, None)


def test_a_townships_clerk_writes_rows_of_their_own_township_and_of_no_other(
    behind_gateway: Server, township_clerk: Any, tmp_path: Path
) -> None:
    files = {town: tmp_path / f"{town}.csv" for town in (OWN, OTHER, "500113000000")}
    for town, file in files.items():
        file.write_text(FUNDS.format(town=town), "utf-8")

    async def tried(town: str) -> bool:
        clerk = township_clerk()
        await clerk.open()
        await clerk.drop(files[town])
        assert clerk.button
        ready = bool(clerk.ready)
        clerk.pressed = True  # whatever the page says of its button
        await clerk.rerun()
        await clerk.socket.close()
        assert clerk.errors == 0
        return ready

    with open_store(f"sqlite:///{behind_gateway.home / 'store.db'}") as store:
        code = county("banan").code
        before = store.version(code, "funds")
        assert not run(tried(OTHER))
        assert not run(tried("500113000000"))  # of the county itself
        assert store.version(code, "funds") == before
        assert run(tried(OWN))
        batch = store.batches(code)[0]
        assert (batch.scope.townships, batch.actor, batch.verified) == ((OWN[:9],), "portal:xiang", True)
        assert store.version(code, "funds") == batch.batch_id
        assert [e.user_id for e in store.audit(code, Wanted(event="import"))] == ["portal:xiang"]


def test_who_looks_comes_nowhere_near_files_and_their_history(behind_gateway: Server) -> None:
    async def asked() -> None:
        async with Session(behind_gateway, "/banan", VIEWER) as session:
            shown = await session.said("upload")
            assert not session.drew("file_uploader")
            assert "上传" in shown  # in the words of the refusal

    assert Answer(behind_gateway, "/banan/upload", headers=VIEWER).status == 403
    run(asked())
