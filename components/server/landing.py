"""Pages the server draws by itself: the list of counties, and the answer to an address that leads nowhere."""

import logging
from functools import cache, lru_cache
from html import escape
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp

from components.server.document import Document
from components.server.site import ICON, PRODUCT, language_of
from data.plan import load_plan, plan_state
from data.registry import County, counties

_LOG = logging.getLogger(__name__)

_TEXTS = {
    "zh": {
        "tag": "巩固拓展脱贫攻坚成果 · 衔接乡村振兴",
        "choose": "选择县区",
        "lead": "对照本县区的衔接计划，看各项目标进展到哪个村。各县区地址独立，数据互不相见。",
        "other": "EN",
        "missing": "没有这个页面",
        "missing_county": "这个地址不属于任何县区。请从下面选择，或核对收到的链接。",
        "missing_page": "{name}没有这个页面，它可能已改名。",
        "home": "回到{name}首页",
        "back": "返回县区列表",
        "no_plan": "计划文件有误，暂不能读取",
    },
    "en": {
        "tag": "Consolidating poverty alleviation · linking with rural revitalization",
        "choose": "Choose a county",
        "lead": "Progress against the county's own plan, down to the village. "
        "Each county has its own address; none sees another's data.",
        "other": "中",
        "missing": "There is no such page",
        "missing_county": "This address belongs to no county. Choose one below, or check the link you were given.",
        "missing_page": "{name} has no such page; it may have been renamed.",
        "home": "To the first page of {name}",
        "back": "Back to the list of counties",
        "no_plan": "The plan file has mistakes and cannot be read",
    },
}

_STYLE = """
:root{--page:#F2F4F7;--panel:#FFF;--line:#D5DCE4;--text:#17212B;--mute:#536170;--accent:#0B5CAD;--bar:#0F2F4E;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--page:#0D141C;--panel:#16202B;--line:#2B3947;--text:#E8EEF4;--mute:#A6B6C6;--accent:#6DB3F2;--bar:#0A1B2C}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif}
header{background:var(--bar);color:#F4F8FC;display:flex;align-items:center;gap:.7rem;padding:0 1.2rem;min-height:3.2rem}
header i{width:.3rem;height:1.5rem;background:#F0B93A;border-radius:1px}header b{font-size:1.25rem;letter-spacing:.04em;white-space:nowrap}
header span{font-size:.87rem;opacity:.8;padding-left:.7rem;border-left:1px solid #FFFFFF40}header a{color:#F4F8FC;margin-left:auto;text-decoration:none;border:1px solid #FFFFFF40;border-radius:4px;padding:.1rem .7rem}
main{max-width:68rem;margin:0 auto;padding:2.4rem 1.2rem 3rem}h1{font-size:1.7rem;margin:0 0 .3rem}main>p{color:var(--mute);margin:0 0 1.6rem;max-width:44rem}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.7rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr))}
li a{display:block;height:100%;background:var(--panel);border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:4px;padding:.9rem 1.1rem 1rem;color:inherit;text-decoration:none}
li a:hover,li a:focus-visible{border-color:var(--accent);outline:none;box-shadow:0 0 0 1px var(--accent)}
li b{font-size:1.3rem}li small{color:var(--mute);font-size:.87rem;margin-left:.5rem}li span{display:block;margin-top:.35rem;font-size:.93rem}li code{display:block;margin-top:.5rem;color:var(--mute);font-size:.87rem}
.go{display:inline-block;margin-right:1.2rem;color:var(--accent)}
"""  # noqa: E501 - a style sheet reads better by rule than by width


def _html(lang: str, title: str, switch: str, main: str) -> str:
    texts = _TEXTS[lang]
    return (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="{ICON}"><style>{_STYLE}</style></head><body>'
        f"<header><i></i><b>{PRODUCT[lang]}</b><span>{texts['tag']}</span>{switch}</header>"
        f"<main>{main}</main></body></html>"
    )


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


def landing_page(lang: str) -> Document:
    """Return the list of counties."""
    return _landing_page(lang, _plan_states())


@lru_cache(maxsize=4)
def _landing_page(lang: str, _states: object) -> Document:
    texts = _TEXTS[lang]
    switch = f'<a href="/{"?lang=en" if lang == "zh" else ""}" hreflang>{texts["other"]}</a>'
    main = f"<h1>{texts['choose']}</h1><p>{texts['lead']}</p>{_cards(lang)}"
    return Document(_html(lang, PRODUCT[lang], switch, main).encode(), "text/html")


def not_found(county: County | None, lang: str) -> Document:
    """Return the 404 page: the way back into a county, or the list of counties. It repeats nothing of the address."""
    return _county_missing(lang, _plan_states()) if county is None else _page_missing(county, lang)


@lru_cache(maxsize=4)
def _county_missing(lang: str, _states: object) -> Document:
    texts = _TEXTS[lang]
    main = f"<h1>{texts['missing']}</h1><p>{texts['missing_county']}</p>{_cards(lang)}"
    return Document(_html(lang, texts["missing"], "", main).encode(), "text/html", status=HTTPStatus.NOT_FOUND)


@cache
def _page_missing(county: County, lang: str) -> Document:
    texts = _TEXTS[lang]
    name, query = escape(county.name(lang)), "" if lang == "zh" else "?lang=en"
    main = (
        f"<h1>{texts['missing']}</h1><p>{texts['missing_page'].format(name=name)}</p>"
        f'<a class="go" href="/{county.slug}{query}">{texts["home"].format(name=name)}</a>'
        f'<a class="go" href="/{query}">{texts["back"]}</a>'
    )
    return Document(_html(lang, texts["missing"], "", main).encode(), "text/html", status=HTTPStatus.NOT_FOUND)


async def landing(request: Request) -> ASGIApp:
    """Answer `/`."""
    return landing_page(language_of(request.scope["query_string"]))
