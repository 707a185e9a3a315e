"""Signing in with a real provider in a real browser: from a link, to the page it means, and out again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support.browser import PATIENCE, VIEWPORT, Watch, settled
from support.provider import PASSWORD, provider
from support.server import Server, free_port, running

from data.access import Grant
from data.registry import county
from data.store import open_store

BANAN = county("banan").code
WITH = "用统一身份认证登录"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the dashboard with an empty store, and a provider who knows 张三."""
    home, port = tmp_path_factory.mktemp("signed"), free_port()
    at = f"http://127.0.0.1:{port}"
    with provider(home / "identity", at, zhangsan="张三（区财政局）") as url:
        assert url != at
        settings = {"XIANJIE_ACCESS": "oidc", "STREAMLIT_SECRETS_FILES": str(home / "identity" / "secrets.toml")}
        with running(home, settings, port=port) as server:
            yield server


@pytest.fixture
def context(browser: Browser, signed: Server) -> Iterator[BrowserContext]:
    """Let somebody come with an empty browser."""
    opened = browser.new_context(base_url=signed.url, locale="zh-CN", viewport=VIEWPORT, reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def enter_password(page: Page, account: str, password: str = PASSWORD) -> None:
    """Fill in the provider's own two pages."""
    page.locator("input[name=login]").fill(account)
    page.locator("button[type=submit]").first.click()
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit]").first.click()


def give(server: Server, *roles: str) -> None:
    with open_store(f"sqlite:///{server.home / 'store.db'}") as store:
        store.set_member(BANAN, "id:zhangsan", [Grant(role) for role in roles], "a tester")


def test_from_a_link_to_its_page_and_out_again(context: BrowserContext, signed: Server) -> None:
    page = context.new_page()
    page.goto("/banan/upload?mode=meeting")
    expect(page.get_by_role("heading")).to_have_text("登录巴南区")
    page.get_by_role("link", name=WITH).click()
    enter_password(page, "zhangsan")

    # Known, but nobody's member: the account to be named to the administrator.
    page.wait_for_url("/banan/upload?mode=meeting")
    expect(page.get_by_role("heading")).to_have_text("您还没有这里的权限")
    expect(page.get_by_text("id:zhangsan")).to_be_visible()

    give(signed, "clerk")
    watch = Watch(page, signed.url)
    page.reload()
    settled(page)
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    expect(page.locator(".who")).to_contain_text("张三（区财政局）")
    watch.verify()

    # A role taken away is gone at the next click.
    give(signed, "viewer")
    page.locator(".st-key-lang button").last.click()
    settled(page)
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    expect(page.locator(".who")).to_contain_text("Sign out")

    assert page.goto("/wanzhou").status == 403
    assert page.goto("/banan/upload").status == 403
    assert page.goto("/banan/plan").status == 200
    settled(page)
    signed_cookies = [cookie for cookie in context.cookies() if cookie["name"].startswith("_streamlit_user")]
    assert signed_cookies
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in signed_cookies)

    page.get_by_role("link", name="退出登录").click()
    page.wait_for_url("/banan")
    expect(page.get_by_role("heading")).to_have_text("登录巴南区")
    assert not [cookie for cookie in context.cookies() if cookie["name"].startswith("_streamlit_user")]
    context.add_cookies(signed_cookies)  # a copy of what was signed out
    assert page.goto("/banan/plan").status == 401

    with open_store(f"sqlite:///{signed.home / 'store.db'}") as store:
        told = [(entry.event, entry.user_id) for entry in reversed(store.audit(BANAN)) if entry.event != "member"]
    assert ("sign_in", "id:zhangsan") in told
    assert told[-1] == ("sign_out", "id:zhangsan")


def test_a_wrong_password_lets_nobody_in(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/banan?lang=en")
    page.get_by_role("link", name="Sign in with").click()
    enter_password(page, "zhangsan", "wrong")
    expect(page.locator("input[name=password]")).to_be_visible()
    assert page.goto("/banan").status == 401
