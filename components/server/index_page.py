"""Streamlit's own page, told whose it is before its script runs: language, title, addresses, chrome in Chinese."""

import json
import re
from functools import cache
from html import escape
from pathlib import Path

from streamlit import file_util

from components.server.document import Document
from components.server.site import ICON, PRODUCT, ROOT
from data.registry import County

SCRIPTS = [ROOT / "static" / name for name in ("chrome.js", "board.js", "meeting.js")]

_WAIT = {"zh": "正在打开……", "en": "Opening…"}
_NO_SCRIPT = {"zh": "请在浏览器中启用 JavaScript。", "en": "Please allow JavaScript in this browser."}
# What shows while the scripts load: the bar of the finished page, so that nothing jumps.
_OPENING = (
    "<div style=\"background:#0F2F4E;color:#F4F8FC;font:700 17.5px/45px 'Noto Sans CJK SC','PingFang SC',"
    "'Microsoft YaHei',sans-serif;padding:0 16px\">{name}</div>"
    '<p style="font:14px/1.5 sans-serif;color:#536170;padding:0 16px">{wait}</p>'
)

# What the frame and every page draw with. Streamlit's client asks for these one wave after another, and only when the
# script has answered; asked for with the page, they come while the websocket opens.
_DRAWN_WITH = ("Html", "Selectbox", "ButtonGroup", "Checkbox", "BidiComponent", "ComponentInstance")
# What only some charts need and is large: fetched into the browser's cache when the page has long been read.
_DRAWN_LATER = ("PlotlyChart",)
_LATER_MS = 5000
_IMPORT = re.compile(r"""(?:from|import)\s*["']\./([^"']+\.js)["']""")


@cache
def _scripts(drawn_with: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scripts of these parts of Streamlit's client and all they import, without those the page names."""
    folder = Path(file_util.get_static_dir(), "static", "js")
    page = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    found: dict[str, None] = {}
    waiting = [next(folder.glob(f"{name}.*.js")).name for name in drawn_with]
    while waiting:
        name = waiting.pop(0)
        if name not in found and name not in page:
            found[name] = None
            waiting += _IMPORT.findall((folder / name).read_text("utf-8"))
    return tuple(found)


def _replaced(html: str, pattern: str, by: str) -> str:
    """Replace what must be there; a Streamlit that changed its page is noticed at start, not by a visitor."""
    html, times = re.subn(pattern, lambda _: by, html, flags=re.DOTALL)
    if not times:
        raise RuntimeError(f"Streamlit's index.html has no {pattern!r} any more")
    return html


@cache
def index_page(county: County, lang: str) -> Document:
    """Return the page that starts Streamlit's client for a county.

    Addresses are absolute below the county, so that the page works at any depth and with or without a closing slash;
    `window.__streamlit` keeps the client from guessing where its server is.
    """
    base = f"/{county.slug}/"
    html = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    hints = dict.fromkeys(("BACKEND_BASE_URL", "MAIN_PAGE_BASE_URL", "HOST_CONFIG_BASE_URL"), base)
    boot = (
        f"<script>window.__streamlit=Object.fromEntries(Object.entries({json.dumps(hints)})"
        f".map(([k,v])=>[k,location.origin+v]))</script>"
        + "".join(f"<script>{script.read_text('utf-8')}</script>" for script in SCRIPTS)
    )
    early = "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{script}">' for script in _scripts(_DRAWN_WITH)
    )
    later = [f"{base}static/js/{script}" for script in _scripts(_DRAWN_LATER) if script not in _scripts(_DRAWN_WITH)]
    # A hint: what cannot be fetched now is asked for when it is needed, and fails there if it must.
    early += (
        f"<script>addEventListener('load',()=>setTimeout(()=>{json.dumps(later)}"
        f".forEach(u=>fetch(u,{{priority:'low'}}).catch(()=>{{}})),{_LATER_MS}))</script>"
    )
    name = escape(county.name(lang))
    opening = _OPENING.format(name=name, wait=_WAIT[lang])
    for pattern, by in {
        r'<html lang="en">': f'<html lang="{"zh-CN" if lang == "zh" else "en"}">',
        r"<title>.*?</title>": f"<title>{name} · {PRODUCT[lang]}</title>{boot}",
        r"<noscript>.*?</noscript>": f"<noscript>{_NO_SCRIPT[lang]}</noscript>",
        r'<div id="root"></div>': f'<div id="root">{opening}</div>',
        r'<link rel="service-desc"[^>]*>': "",
        r'<link\s+rel="preload"[^>]*as="font"[^>]*>': "",  # the theme's fonts are the system's
        r'href="\./favicon\.png"': f'href="{ICON}"',
        r"</head>": f"{early}</head>",
        r"<!--.*?-->": "",
        r'="\./': f'="{base}',
    }.items():
        html = _replaced(html, pattern, by)
    return Document(html.strip().encode(), "text/html")
