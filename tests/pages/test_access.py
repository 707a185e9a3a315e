"""Every page as every role: what one may not do is neither offered nor shown, and said in words."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.demo import sample_home
from support.pages import markup, texts

from components import entrance
from components.server.site import PAGES, ROOT
from data import audit_words, loaders, upload
from data.access import Grant, User, roles
from data.registry import county
from data.store import open_store
from data.upload import Actor

BAIYIN = county("baiyin")
CODE = BAIYIN.code
GIVEN = [name for name, role in roles().roles.items() if role.given]
REFUSED = "您没有此项权限"
LINK = re.compile(r'href="/baiyin/?([a-z_]*)"')
ME = User("sso:zhang", "张三（测试）", "oidc", address="198.51.100.7")

As = Callable[..., None]


@pytest.fixture(scope="module")
def own_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_home(tmp_path_factory, BAIYIN.slug)


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch) -> As:
    """Be signed in with these roles, as a gateway would have it: `as_role("clerk")`."""
    monkeypatch.setenv("XIANJIE_ACCESS", "oidc")

    def be(*names: str, towns: tuple[str, ...] = ()) -> None:
        grants = tuple(Grant(name, towns if roles().roles[name].townships else ()) for name in names)
        user = User(ME.id, ME.name, ME.source, claimed={"baiyin": grants}, address=ME.address)
        monkeypatch.setattr(entrance, "identify", lambda: user)

    return be


@pytest.fixture
def opened(
    home: Path, own_sample: Path, kept_caches: None, as_county: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    from conftest import opener  # type: ignore[import-not-found]

    monkeypatch.setenv("XIANJIE_HOME", str(own_sample))
    return opener(as_county)


def menu(page: AppTest) -> set[str]:
    nav = next(html for html in markup(page) if html.startswith("<nav"))
    return {name or PAGES[0].name for name in LINK.findall(nav)}


def town() -> str:
    return next(iter(loaders.townships("baiyin", BAIYIN.plans[0]).values()))
