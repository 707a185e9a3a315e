"""What stands at a county's door: sign-in, no rights, sign-in that failed, rights that cannot be looked up."""

from collections.abc import Iterable
from html import escape
from http import HTTPStatus
from urllib.parse import quote

from components.server.document import Document
from components.server.plain_page import language_switch, plain_page
from components.server.providers import providers
from components.server.returning import Place, place
from data.access import User, mode, roles

_TEXTS = {
    "zh": {
        "sign_in": "登录{name}",
        "why": "只有{name}的成员能看到这里。登录后回到您要看的页面。",
        "compare": "各县区对比",
        "compare_why": "只有上级查阅人员能看到这里。登录后回到本页。",
        "with": "用{provider}登录",
        "gateway": "请从本单位的统一门户进入。您没有经过门户，或门户没有告知您是谁；请与系统管理员联系。",
        "refused": "您还没有这里的权限",
        "refused_why": "您以{user}登录，账号 {id}。请把账号告诉{name}的系统管理员，由其授予“{action}”的权限。",
        "sign_out": "退出登录",
        "home": "回到{name}首页",
        "back": "返回县区列表",
        "failed": "登录没有成功",
        "failed_why": "身份认证没有完成，或已取消。请再试一次；仍不成功请与系统管理员联系。",
        "away": "身份认证服务没有应答",
        "away_why": "看板正常，但现在无法登录。请稍后再试，或与系统管理员联系。",
        "unknown": "暂时无法确认您的权限",
        "unknown_why": "数据库没有应答。请稍后再试，或与系统管理员联系。",
        "again": "再试一次",
    },
    "en": {
        "sign_in": "Sign in to {name}",
        "why": "Only members of {name} come in here. Signing in leads back to the page you asked for.",
        "compare": "the comparison of counties",
        "compare_why": "Only readers of several counties come in here. Signing in leads back to this page.",
        "with": "Sign in with {provider}",
        "gateway": "Please come in through your organization's portal. You did not, or it did not say who you are; ask "
        "your administrator.",
        "refused": "You have no rights here yet",
        "refused_why": "You are signed in as {user}, account {id}. Tell the account to an administrator of {name}, who "
        "can give you the right: {action}.",
        "sign_out": "Sign out",
        "home": "To the first page of {name}",
        "back": "Back to the list of counties",
        "failed": "Signing in did not work",
        "failed_why": "It was not completed, or cancelled. Try again; if it still fails, ask your administrator.",
        "away": "The identity provider does not answer",
        "away_why": "The dashboard runs, but nobody can sign in now. Try again later, or ask your administrator.",
        "unknown": "Your rights cannot be looked up now",
        "unknown_why": "The database does not answer. Try again later, or ask your administrator.",
        "again": "Try again",
    },
}

FORBIDDEN = Document(b"", "text/plain", "no-store", HTTPStatus.FORBIDDEN)
"""For what is no page: a script, a file, an upload."""
UNAVAILABLE = Document(b"", "text/plain", "no-store", HTTPStatus.SERVICE_UNAVAILABLE)


def _page(
    at: Place,
    status: HTTPStatus,
    title: str,
    why: str,
    *links: tuple[str, str],
    buttons: Iterable[tuple[str, str]] = (),
) -> Document:
    """Return a page of one sentence, buttons and links, each an address and what it says."""
    lang = at.lang
    query = [("lang", "en")] if lang == "zh" else []
    kept = "&".join(part for part in at.query.split("&") if part and not part.startswith("lang="))
    told = "&".join(filter(None, (kept, *(f"{name}={value}" for name, value in query))))
    switch = language_switch(lang, Place(at.county, at.page, told).address)
    shown = "".join(_link(css, *one) for css, some in (("go do", buttons), ("go", links)) for one in some)
    main = f"<h1>{escape(title)}</h1><p>{escape(why)}</p>{shown}"
    return Document(plain_page(lang, f"{title} · {_name(at)}", switch, main), "text/html", "no-store", status)


def _name(at: Place) -> str:
    return at.county.name(at.lang) if at.county else _TEXTS[at.lang]["compare"]


def _link(css: str, href: str, text: str) -> str:
    return f'<a class="{css}" href="{escape(href)}">{escape(text)}</a>'


def _home(at: Place) -> str:
    return place(at.county, "", b"" if at.lang == "zh" else b"lang=en").address


def sign_in_links(at: Place) -> list[tuple[str, str]]:
    """Return the buttons that lead to the providers and back to a page."""
    to = quote(at.address, safe="")
    words = _TEXTS[at.lang]["with"]
    return [(f"{at.door}/sign-in/{one.name}?to={to}", words.format(provider=one.label(at.lang))) for one in providers()]


def sign_in_page(at: Place) -> Document:
    """Return the page for somebody nobody vouches for."""
    texts, name = _TEXTS[at.lang], _name(at)
    title = texts["sign_in"].format(name=name)
    if mode() == "proxy":
        return _page(at, HTTPStatus.UNAUTHORIZED, title, texts["gateway"])
    why = texts["why"].format(name=name) if at.county else texts["compare_why"]
    return _page(at, HTTPStatus.UNAUTHORIZED, title, why, buttons=sign_in_links(at))


def refused_page(at: Place, user: User, action: str, *, home: bool) -> Document:
    """Return the page for somebody without the right to see it; `home` = they may see the county's first page."""
    texts, name = _TEXTS[at.lang], _name(at)
    may = roles().actions[action].name(at.lang)
    why = texts["refused_why"].format(user=user.name, id=user.id, name=name, action=may)
    links = [(_home(at), texts["home"].format(name=name))] if home else []
    if user.source == "oidc":
        links.append((f"{at.door}/sign-out", texts["sign_out"]))
    links.append(("/" if at.lang == "zh" else "/?lang=en", texts["back"]))
    return _page(at, HTTPStatus.FORBIDDEN, texts["refused"], why, *links)


def failed_page(at: Place) -> Document:
    """Return the page for a sign-in that came to nothing."""
    texts = _TEXTS[at.lang]
    return _page(
        at, HTTPStatus.UNAUTHORIZED, texts["failed"], texts["failed_why"], buttons=[(at.address, texts["again"])]
    )


def away_page(at: Place) -> Document:
    """Return the page for a provider that does not answer."""
    texts = _TEXTS[at.lang]
    return _page(
        at, HTTPStatus.SERVICE_UNAVAILABLE, texts["away"], texts["away_why"], buttons=[(at.address, texts["again"])]
    )


def unknown_page(at: Place) -> Document:
    """Return the page for rights that cannot be looked up."""
    return _again(at, HTTPStatus.SERVICE_UNAVAILABLE, "unknown")


def _again(at: Place, status: HTTPStatus, what: str) -> Document:
    texts = _TEXTS[at.lang]
    return _page(at, status, texts[what], texts[f"{what}_why"], buttons=[(at.address, texts["again"])])
