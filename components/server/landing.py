"""Pages the server draws by itself: the list of counties, and the answer to an address that leads nowhere."""

import logging
from functools import cache, lru_cache
from html import escape
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp

from components.server.comparing import may_compare
from components.server.document import Document
from components.server.identity import user_of
from components.server.plain_page import language_switch, plain_page
from components.server.site import PRODUCT, language_of
from data.plan import load_plan, plan_state
from data.registry import County, counties

_LOG = logging.getLogger(__name__)

_TEXTS = {
    "zh": {
        "choose": "选择县区",
        "lead": "对照本县区的衔接计划，看各项目标进展到哪个村。各县区地址独立，数据互不相见。",
        "missing": "没有这个页面",
        "missing_county": "这个地址不属于任何县区。请从下面选择，或核对收到的链接。",
        "missing_page": "{name}没有这个页面，它可能已改名。",
        "home": "回到{name}首页",
        "back": "返回县区列表",
        "no_plan": "计划文件有误，暂不能读取",
        "compare": "各县区对比",
    },
    "en": {
        "choose": "Choose a county",
        "lead": "Progress against the county's own plan, down to the village. "
        "Each county has its own address; none sees another's data.",
        "missing": "There is no such page",
        "missing_county": "This address belongs to no county. Choose one below, or check the link you were given.",
        "missing_page": "{name} has no such page; it may have been renamed.",
        "home": "To the first page of {name}",
        "back": "Back to the list of counties",
        "no_plan": "The plan file has mistakes and cannot be read",
        "compare": "Compare counties",
    },
}


def _title(county: County, plan_id: str, lang: str) -> str:
    """Return a plan's title, or words in its place: one county's mistake must not stop the server for all."""
    try:
        return load_plan(plan_id).title(lang)
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        _LOG.exception("%s: its plan %s cannot be read", county.slug, plan_id)
        return _TEXTS[lang]["no_plan"]


def _cards(lang: str) -> str:
    """Return one card per county: its names, its plans, its address."""
    other = "en" if lang == "zh" else "zh"
    query = "" if lang == "zh" else "?lang=en"
    cards = []
    for county in counties():
        plans = "".join(f"<span>{escape(_title(county, plan, lang))}</span>" for plan in county.plans)
        cards.append(
            f'<li><a href="/{county.slug}{query}"><b>{escape(county.name(lang))}</b>'
            f"<small>{escape(county.name(other))}</small>{plans}<code>/{county.slug}</code></a></li>"
        )
    return f"<ul>{''.join(cards)}</ul>"


def _plan_states() -> tuple[tuple[int, int] | None, ...]:
    """Return what changes when a plan's file does, so that one set right is shown without a restart."""

    def state(plan_id: str) -> tuple[int, int] | None:
        try:
            return plan_state(plan_id)
        except OSError:
            return None

    return tuple(state(plan_id) for county in counties() for plan_id in county.plans)


def landing_page(lang: str, *, compares: bool = False) -> Document:
    """Return the list of counties, with the way to their comparison for who may see it."""
    return _landing_page(lang, _plan_states(), compares=compares)


@lru_cache(maxsize=8)
def _landing_page(lang: str, _states: object, *, compares: bool) -> Document:
    texts = _TEXTS[lang]
    way = f'<p><a class="go" href="/compare{"" if lang == "zh" else "?lang=en"}">{texts["compare"]}</a></p>'
    switch = language_switch(lang, "/?lang=en" if lang == "zh" else "/")
    main = f"<h1>{texts['choose']}</h1><p>{texts['lead']}</p>{_cards(lang)}{way if compares else ''}"
    return Document(plain_page(lang, PRODUCT[lang], switch, main), "text/html")


def not_found(county: County | None, lang: str) -> Document:
    """Return the 404 page: the way back into a county, or the list of counties. It repeats nothing of the address."""
    return _county_missing(lang, _plan_states()) if county is None else _page_missing(county, lang)


@lru_cache(maxsize=4)
def _county_missing(lang: str, _states: object) -> Document:
    texts = _TEXTS[lang]
    main = f"<h1>{texts['missing']}</h1><p>{texts['missing_county']}</p>{_cards(lang)}"
    return Document(plain_page(lang, texts["missing"], "", main), "text/html", status=HTTPStatus.NOT_FOUND)


@cache
def _page_missing(county: County, lang: str) -> Document:
    texts = _TEXTS[lang]
    name, query = escape(county.name(lang)), "" if lang == "zh" else "?lang=en"
    main = (
        f"<h1>{texts['missing']}</h1><p>{texts['missing_page'].format(name=name)}</p>"
        f'<a class="go" href="/{county.slug}{query}">{texts["home"].format(name=name)}</a>'
        f'<a class="go" href="/{query}">{texts["back"]}</a>'
    )
    return Document(plain_page(lang, texts["missing"], "", main), "text/html", status=HTTPStatus.NOT_FOUND)


async def landing(request: Request) -> ASGIApp:
    """Answer `/`."""
    compares = await run_in_threadpool(may_compare, user_of(request.scope))
    return landing_page(language_of(request.scope["query_string"]), compares=compares)
