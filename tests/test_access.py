"""Roles: what each may do, that more of them never take anything away, and the setting that asks who somebody is."""

import datetime as dt
import json
import re
import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli import app
from components.server.run import APP
from data import audit_words, upload_words
from data.access import (
    Access,
    DeniedError,
    Grant,
    ModeError,
    User,
    access,
    as_server,
    current,
    everything,
    mode,
    roles,
    township_codes,
    using,
)
from data.language import translator
from data.registry import Admission, county
from data.store import Entry, Wanted, open_store

CODE, TOWNS = "500113", ("500113115000", "500113111000")
ME = User("zhang", "张三", "proxy")
ACTIONS = tuple(roles().actions)

# The table of the roles, written down a second time: a slip in roles.yaml opens something or closes it.
LOOK = {"view", "details"}
WORK = LOOK | {"export", "small", "upload", "problems"}
TABLE = {
    "anonymous": {"view"},
    "viewer": LOOK | {"export"},
    "township_clerk": WORK,
    "clerk": WORK | {"meetings"},
    "approver": WORK | {"meetings", "close", "undo", "targets"},
    "admin": LOOK | {"export", "small", "members", "audit", "operate"},
    "reader": LOOK | {"compare"},
}


def grant(role: str, *towns: str) -> Grant:
    return Grant(role, towns or (TOWNS[:1] if roles().roles[role].townships else ()))


@pytest.mark.parametrize("role", roles().roles)
def test_a_role_may_what_the_table_says(role: str) -> None:
    found = access(ME, CODE, [grant(role)])
    assert {action for action in ACTIONS if found.may(action)} == TABLE[role]


def test_who_uploads_may_see_small_counts() -> None:
    """What a file would show before it is stored, and what a batch moved, withholds none of them."""
    assert all("small" in role.may for role in roles().roles.values() if "upload" in role.may)


def test_persons_are_for_the_roles_a_county_names() -> None:
    assert not any("persons" in may or "compute" in may for may in TABLE.values())
    assert access(ME, CODE, [grant("clerk")], persons=["clerk"]).may("persons")
    assert not access(ME, CODE, [grant("viewer")], persons=["clerk"]).may("persons")


def test_only_a_township_clerk_is_confined() -> None:
    mine, other = TOWNS
    confined = access(ME, CODE, [grant("township_clerk", mine)])
    assert confined.may("upload", [mine])
    assert not confined.may("upload", [mine, other])
    assert not confined.may("upload", None)
    assert confined.may("upload", township_codes([mine[:9]]))
    assert not confined.may("upload", township_codes(["-"]))
    assert not confined.may("upload", township_codes([f"{CODE}000"]))
    both = access(ME, CODE, [grant("township_clerk", mine), grant("clerk")])
    assert both.may("upload", None)


GRANTS = st.sampled_from(tuple(roles().roles)).flatmap(
    lambda role: (
        st.sets(st.sampled_from(TOWNS), min_size=1).map(lambda towns: Grant(role, tuple(sorted(towns))))
        if roles().roles[role].townships
        else st.just(Grant(role))
    )
)
PLACES = st.none() | st.sets(st.sampled_from((*TOWNS, f"{CODE}000000")))


@given(st.lists(GRANTS), st.lists(GRANTS), st.sampled_from(ACTIONS), PLACES)
def test_more_roles_never_take_anything_away(
    had: list[Grant], more: list[Grant], action: str, places: set[str] | None
) -> None:
    before, after = access(ME, CODE, had), access(ME, CODE, [*had, *more])
    assert after.may(action, places) or not before.may(action, places)
    assert everything(ME, CODE).may(action, places)


@given(st.lists(GRANTS), st.sampled_from(ACTIONS), st.sets(st.sampled_from(TOWNS)), st.sets(st.sampled_from(TOWNS)))
def test_who_may_in_a_place_may_in_a_part_of_it(
    had: list[Grant], action: str, places: set[str], part: set[str]
) -> None:
    found = access(ME, CODE, had)
    assert not found.may(action, places) or found.may(action, places & part)
    assert not found.may(action, None) or found.may(action, places)


def test_an_access_holds_in_its_block_and_no_longer() -> None:
    outer = current.get()
    mine = access(ME, CODE, [grant("viewer")])
    with using(mine):
        assert current.get() is mine
        with as_server(CODE):
            now = current.get()
            assert isinstance(now, Access)
            assert now.user.source == "server"
            assert now.may("compute", None)
        assert current.get() is mine
    assert current.get() is outer


def test_what_vouches_for_somebody_ends() -> None:
    now = dt.datetime(2023, 9, 30, 12, tzinfo=dt.UTC)
    user = User("zhang", "张三", "oidc", expires=now)
    assert user.expired(now)
    assert not user.expired(now - dt.timedelta(seconds=1))
    assert not ME.expired(now)


@pytest.mark.parametrize(
    ("said", "meant"), [(None, "open"), ("", "open"), ("open", "open"), (" proxy ", "proxy"), ("oidc", "oidc")]
)
def test_the_setting_names_a_mode(monkeypatch: pytest.MonkeyPatch, said: str | None, meant: str) -> None:
    if said is not None:
        monkeypatch.setenv("XIANJIE_ACCESS", said)
    assert mode() == meant


@pytest.mark.parametrize("said", ["Open", "none", "off", "sso"])
def test_another_word_stops_the_server(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("XIANJIE_ACCESS", said)
    with pytest.raises(ModeError, match="open, oidc, proxy"):
        mode()
    with pytest.raises(SystemExit, match=f"'{said}'"):
        runpy.run_path(str(APP))


def test_a_county_names_roles_that_there_are() -> None:
    assert not county("banan").access.anonymous
    with pytest.raises(ValueError, match="emperor"):
        Admission(persons=("emperor",))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refusal_names_what_and_where(lang: str) -> None:
    _ = translator(lang)
    with using(access(ME, CODE, [grant("township_clerk", TOWNS[0])])):
        beyond = upload_words.refusal(DeniedError("upload", TOWNS), _)
        whole = upload_words.refusal(DeniedError("upload"), _)
        none = upload_words.refusal(DeniedError("undo"), _)
    assert roles().actions["upload"].name(lang) in beyond
    assert upload_words._place(TOWNS[0]) in beyond
    assert upload_words._place(TOWNS[1]) in beyond
    assert upload_words._place(TOWNS[0]) in whole
    assert roles().actions["undo"].name(lang) in none


# ---- the commands ----------------------------------------------------------------------------------------------------


def command(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_first_administrator_is_made_by_command(home: Path) -> None:
    command("members", "add", "sso:li", "-c", "banan", "--role", "admin", "--name", "李四（乡村振兴局）")
    added = command("members", "add", "zhang", "-c", "banan", "--role", "township_clerk", "--township", "一品街道")
    assert "乡镇经办（一品" in added
    assert "命令行" in added
    command("members", "add", "zhang", "-c", "banan", "--role", "viewer")
    listed = {one["user_id"]: one for one in json.loads(command("members", "list", "-c", "banan", "--json"))}
    assert [g["role"] for g in listed["zhang"]["grants"]] == ["township_clerk", "viewer"]
    assert listed["sso:li"]["name"] == "李四（乡村振兴局）"
    command("members", "remove", "zhang", "-c", "banan", "--role", "viewer")
    command("members", "remove", "zhang", "-c", "banan")
    assert [one["user_id"] for one in json.loads(command("members", "list", "-c", "banan", "--json"))] == ["sso:li"]
    told = command("audit", "-c", "banan", "--event", "member")
    assert told.count("角色变更") == 5
    assert "查看" in told
    assert "命令行" in told
    assert "command line" not in told
    assert "乡镇经办（一品" in told
    assert "zhang" in command("audit", "-c", "banan", "--text", "一品街道")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("members", "add", "x", "-c", "banan", "--role", "emperor"), "xianjie members roles"),
        (("members", "add", "x", "-c", "banan", "--role", "township_clerk"), "至少指定一个乡镇"),
        (("members", "add", "x", "-c", "banan", "--role", "township_clerk", "--township", "不存在镇"), "不存在镇"),
        (("members", "remove", "x", "-c", "banan"), "没有这名成员"),
    ],
)
def test_commands_refuse_in_words(home: Path, words: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert json.loads(command("members", "list", "-c", "banan", "--json")) == []


def test_the_log_is_listed_searched_and_written(home: Path, tmp_path: Path) -> None:
    command("members", "add", "=cmd()", "-c", "banan", "--role", "admin", "--name", "李四")
    command("members", "add", "zhang", "-c", "banan", "--role", "viewer", "--actor", "县办（值班）")
    found = json.loads(command("audit", "-c", "banan", "--text", "值班", "--json"))
    assert [entry["subject"] for entry in found] == ["zhang"]
    assert found[0]["detail"] == {"before": {}, "after": {"viewer": []}, "name": "zhang"}
    assert json.loads(command("audit", "-c", "banan", "--since", "2999-01-01", "--json")) == []
    for form in ("csv", "xlsx", "json"):
        target = tmp_path / f"log.{form}"
        command("audit", "-c", "banan", "--format", form, "-o", str(target))
        assert target.stat().st_size
    text = (tmp_path / "log.csv").read_bytes().decode("utf-8-sig")
    assert "'=cmd()" in text
    assert len(json.loads((tmp_path / "log.json").read_text("utf-8"))) == 4  # two exports are in it
    assert [e.event for e in open_store().audit(CODE, Wanted(limit=1))] == ["export"]
    assert CliRunner().invoke(app, ["audit", "-c", "banan", "--event", "earthquake"]).exit_code == 2
    assert CliRunner().invoke(app, ["audit", "-c", "banan", "--format", "csv"]).exit_code == 2


def test_the_help_names_every_event() -> None:
    told = re.findall(r"[a-z_]+", command("audit", "--help"))
    assert audit_words.EVENTS.keys() - set(told) == set()


def test_what_a_newer_release_wrote_is_shown_as_it_stands() -> None:
    at = dt.datetime(2023, 9, 30, 12, tzinfo=dt.UTC)
    detail = {"n": 1, "why": ["a"]}
    entry = Entry(
        CODE, 1, at, "zhang", "张三", verified=True, address="", event="earthquake", subject="x", detail=detail
    )
    (row,) = audit_words.rows([entry], translator("zh"))
    assert (row["event"], row["detail"], row["at"]) == ("earthquake", 'n: 1; why: ["a"]', "2023-09-30 20:00")
