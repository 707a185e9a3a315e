"""The door: no public method of a guarded store reads or changes a county without an access that allows it."""

import datetime as dt
import inspect
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from support.uploads import COUNTY, EAST, WEST, commit, facts, issues, projects

from data.access import Access, DeniedError, Grant, User, access, as_server, everything, roles, using
from data.plan_model import Revision
from data.registry import Bands
from data.store import NOWHERE, Batch, Member, Scope, Store, Submission, open_store
from data.tables import typed

OTHER = "990102"
CLERK = User("sso:zhang", "张三（测试镇）", "oidc", address="198.51.100.7")
DAY = dt.date(2023, 8, 31)
EAST12 = f"{EAST}000"


@pytest.fixture
def guarded(url: str, store: Store) -> Any:
    with open_store(url, guarded=True) as opened:
        yield opened


def holding(*grants: Grant, county: str = COUNTY) -> Access:
    return access(CLERK, county, grants)


REVISION = Revision.model_validate({"from": DAY, "value": 1, "clause": "文号", "note": "原因"})
# Whatever else is public is neither a reading nor a change of a county.
NO_DOOR = {"close", "may", "need", "own_rows", "record"}
# What a method is given where its first arguments are not a county and plain words.
SPECIAL: dict[str, Callable[[str], tuple[Any, ...]]] = {
    "commit": lambda county: (Submission(county, "facts", facts("2023-05"), b"", "", "a tester"),),
    "end_sign_in": lambda _county: ("0" * 64, dt.datetime.now(dt.UTC)),
    "ended_sign_ins": lambda _county: (),
    "rows": lambda county: (county, "facts"),
    "past_rows": lambda county: (county, "facts"),
    "people": lambda county: (county, "persons", f"{EAST}201", DAY, "核对七月走访名单", "a tester"),
    "ever": lambda county: (county, "facts", "item"),
    "newest_days": lambda county: (county, "facts"),
    "event_months": lambda county: (county, "issues"),
    "batch": lambda county: (county, 1),
    "undo": lambda county: (county, 1, "a tester"),
    "in_the_way": lambda county: (county, 1),
    "raw": lambda county: (county, 1),
    "measures": lambda county: (county, "a plan"),
    "seen": lambda county: (county, b"a file"),
    "computed_version": lambda county: (county, "a plan"),
    "mark_computed": lambda county: (county, "a plan", 1),
    "write_measures": lambda county: (county, "a plan", pd.DataFrame(), [], DAY),
    "write_profiles": lambda county: (county, pd.DataFrame(), [], DAY),
    "write_summary": lambda county: (county, "a plan", pd.DataFrame()),
    "keep_snapshot": lambda county: (county, "会", DAY, "a tester"),
    "remove_snapshot": lambda county: (county, 1, "a tester"),
    "set_member": lambda county: (county, "sso:li", [Grant("viewer")], "a tester"),
    "put_boundaries": lambda county: (county, b"{}"),
    "revise_target": lambda county: (county, "a plan", "an indicator", REVISION, "a tester"),
    "revise_bands": lambda county: (county, Bands(), "文号", "原因", "a tester"),
}
PUBLIC = [
    name
    for name, one in inspect.getmembers(Store, inspect.isfunction)
    if not name.startswith("_") and name not in NO_DOOR
]


def call(store: Store, name: str, county: str = COUNTY) -> Any:
    arguments = SPECIAL.get(name, lambda county: (county,))(county)
    named = {"report": {}, "raw": b"", "file_name": "", "actor": "a tester"} if name == "put_boundaries" else {}
    return getattr(store, name)(*arguments, **named)


def test_every_method_is_looked_at() -> None:
    assert {"rows", "commit", "undo", "measures", "audit", "members"} <= set(PUBLIC)
    assert set(SPECIAL) <= set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_nothing_is_done_without_an_access(guarded: Store, store: Store, name: str) -> None:
    with pytest.raises(DeniedError):
        call(guarded, name)
    with using(everything(CLERK, OTHER)), pytest.raises(DeniedError):
        call(guarded, name)  # of another county
    with using(holding()), pytest.raises(DeniedError):
        call(guarded, name)  # without any role
    assert store.batches(COUNTY) == []
    assert store.members(COUNTY) == []
    # What is of no county is refused there.
    assert {entry.event for code in (COUNTY, NOWHERE) for entry in store.audit(code)} == {"refused"}


def test_an_access_opens_what_it_says(guarded: Store) -> None:
    with using(everything(CLERK, COUNTY)):
        batch = commit(guarded, "facts", facts("2023-05"))
        assert len(guarded.rows(COUNTY, "facts")) == 3
        guarded.undo(COUNTY, batch.batch_id, "a tester")
    with using(holding(Grant("viewer"))):
        assert guarded.rows(COUNTY, "facts").empty
        for name in ("commit", "undo", "keep_snapshot", "set_member", "audit", "members", "mark_computed", "raw"):
            with pytest.raises(DeniedError):
                call(guarded, name)
    with using(holding(Grant("admin"))):
        assert guarded.members(COUNTY) == []
        assert guarded.audit(COUNTY)
        with pytest.raises(DeniedError):
            call(guarded, "commit")
    with as_server(COUNTY):
        guarded.mark_computed(COUNTY, "a plan", 1)


@pytest.mark.parametrize("table", ["households", "persons", "staff"])
def test_rows_of_people_are_for_those_who_upload_or_may_see_them(guarded: Store, table: str) -> None:
    for role in ("viewer", "admin", "reader"):
        with using(holding(Grant(role))), pytest.raises(DeniedError):
            guarded.rows(COUNTY, table)
        with using(holding(Grant(role))), pytest.raises(DeniedError):
            guarded.past_rows(COUNTY, table)
    with using(holding(Grant("clerk"))):
        assert guarded.rows(COUNTY, table).empty
    with using(access(CLERK, COUNTY, [Grant("viewer")], persons=["viewer"])):
        assert guarded.rows(COUNTY, table).empty


# ---- a township's clerk ----------------------------------------------------------------------------------------------

IN_THE_EAST = Grant("township_clerk", (EAST12,))


def edit(store: Store, frame: pd.DataFrame) -> Batch:
    return store.commit(Submission(COUNTY, "issues", frame, b"", "", "a tester", mode="merge", action="edit"))


def test_a_township_clerk_changes_rows_of_their_township(guarded: Store, store: Store) -> None:
    commit(store, "facts", facts("2023-05", WEST))
    with using(holding(IN_THE_EAST)):
        assert commit(guarded, "facts", facts("2023-05", EAST)).added == 3
        with pytest.raises(DeniedError) as refused:
            commit(guarded, "facts", pd.concat([facts("2023-05", EAST), facts("2023-05", WEST)]))
        assert refused.value.townships == (EAST12, f"{WEST}000")
        whole = Scope("facts", ("2023-05",), (EAST, WEST))
        with pytest.raises(DeniedError):  # rows of one, to replace both
            guarded.commit(Submission(COUNTY, "facts", facts("2023-05"), b"", "", "a tester", scope=whole))
        own = facts("2023-05").assign(geo_level="county", geo_code=f"{COUNTY}000000", village_code=None)
        with pytest.raises(DeniedError):  # of the county itself
            commit(guarded, "facts", typed("facts", own.head(1)))
        nothing = typed("facts", pd.DataFrame())
        nil = Submission(COUNTY, "facts", nothing, b"", "", "a tester", scope=whole, action="nil")
        with pytest.raises(DeniedError):
            guarded.commit(nil)
    assert len(store.rows(COUNTY, "facts")) == 6


def test_a_key_of_another_townships_row_is_not_taken(guarded: Store, store: Store) -> None:
    """Merged by key, a row of one's own township would end that of another."""
    commit(store, "issues", issues(("1", "管网漏损")).assign(village_code=f"{WEST}001"))
    with using(holding(IN_THE_EAST)):
        with pytest.raises(DeniedError) as refused:
            commit(guarded, "issues", issues(("1", "别的问题")))
        assert refused.value.townships == (f"{WEST}000",)
        with pytest.raises(DeniedError):
            edit(guarded, issues(("1", "别的问题")))
        assert edit(guarded, issues(("2", "自己的问题"))).added == 1
    assert sorted(store.rows(COUNTY, "issues")["problem"]) == ["管网漏损", "自己的问题"]


def test_closing_and_sending_back_are_for_those_who_verify(guarded: Store, store: Store) -> None:
    rectified = issues(("1", "管网漏损")).assign(rectified_on=pd.Timestamp(DAY))
    closed = rectified.assign(closed_on=pd.Timestamp(DAY))
    commit(store, "issues", rectified)
    for role in (Grant("clerk"), IN_THE_EAST):
        with using(holding(role)):
            for frame in (closed, issues(("1", "管网漏损"))):
                with pytest.raises(DeniedError) as refused:
                    edit(guarded, frame)
                assert refused.value.action == "close"
    with using(holding(Grant("approver"))):
        edit(guarded, closed)
    with using(holding(Grant("clerk"))):
        edit(guarded, issues(("1", "管网漏损")))  # reopened: it has come back
    assert store.rows(COUNTY, "issues")["closed_on"].isna().all()


# ---- members ---------------------------------------------------------------------------------------------------------


def test_members_are_given_changed_and_taken(guarded: Store, store: Store) -> None:
    store.set_member(COUNTY, " sso:li ", [Grant("admin")], "操作员", name="李四（乡村振兴局）")
    admin = access(User("sso:li", "李四", "oidc"), COUNTY, [Grant("admin")])
    with using(admin):
        guarded.set_member(COUNTY, CLERK.id, [IN_THE_EAST, Grant("viewer")], "李四", name=CLERK.name, verified=True)
    found = {m.user_id: m for m in store.members(COUNTY)}
    assert found[CLERK.id].grants == (IN_THE_EAST, Grant("viewer"))
    assert (found[CLERK.id].added_by, found["sso:li"].name) == ("李四", "李四（乡村振兴局）")
    assert store.members(OTHER) == []
    before = store.version(COUNTY, "members")
    with using(admin):
        guarded.set_member(COUNTY, CLERK.id, [Grant("viewer")], "李四")
        guarded.set_member(COUNTY, CLERK.id, [], "李四")
    assert store.version(COUNTY, "members") == before + 2
    assert [m.user_id for m in store.members(COUNTY)] == ["sso:li"]
    last = store.audit(COUNTY)[0]
    assert (last.event, last.subject, last.user_id, last.verified) == ("member", CLERK.id, "sso:li", False)
    assert last.detail == {"before": {"viewer": []}, "after": {}, "name": CLERK.name}


@pytest.mark.parametrize(
    ("user", "grants", "why"),
    [
        (" ", [Grant("viewer")], "no_id"),
        ("x" * 201, [Grant("viewer")], "no_id"),
        ("sso:li", [Grant("emperor")], "no_role"),
        ("sso:li", [Grant("anonymous")], "no_role"),
        ("sso:li", [Grant("township_clerk")], "no_township"),
        ("sso:li", [Grant("clerk", (EAST12,))], "no_township"),
        ("sso:li", [Grant("township_clerk", (EAST,))], "no_such_township"),
        ("sso:li", [Grant("township_clerk", ("990102100000",))], "no_such_township"),
        ("sso:li", [Grant("township_clerk", (f"{COUNTY}000000",))], "no_such_township"),
        ("sso:li", [], "unknown"),
    ],
)
def test_roles_that_cannot_be_given_so_are_refused(store: Store, user: str, grants: list[Grant], why: str) -> None:
    from data.store import MemberRefusedError

    with pytest.raises(MemberRefusedError) as refused:
        store.set_member(COUNTY, user, grants, "操作员")
    assert refused.value.why == why
    assert store.members(COUNTY) == []


def test_nobody_changes_their_own_roles(guarded: Store, store: Store) -> None:
    from data.store import MemberRefusedError

    store.set_member(COUNTY, CLERK.id, [Grant("admin")], "操作员")
    with using(holding(Grant("admin"))), pytest.raises(MemberRefusedError) as refused:
        guarded.set_member(COUNTY, CLERK.id, [Grant("admin"), Grant("approver")], CLERK.name)
    assert refused.value.why == "own"
    (same,) = store.members(COUNTY)
    assert isinstance(same, Member)
    assert [g.role for g in same.grants] == ["admin"]


def test_every_role_can_be_given_but_the_one_of_nobody(store: Store) -> None:
    for name, role in roles().roles.items():
        if role.given:
            store.set_member(COUNTY, f"a {name}", [Grant(name, (EAST12,) if role.townships else ())], "操作员")
    assert len(store.members(COUNTY)) == len(roles().roles) - 1


def test_projects_without_a_place_are_the_countys(guarded: Store) -> None:
    with using(holding(IN_THE_EAST)):
        assert commit(guarded, "projects", projects(("P1", "2023-05", EAST, 3.0))).added == 1
        with pytest.raises(DeniedError):
            commit(guarded, "projects", projects(("P2", "2023-05", EAST, 3.0)).assign(village_code=None))
