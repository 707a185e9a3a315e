"""The look of pages that the server draws by itself, without Streamlit: counties to choose, sign-in, refusals."""

from html import escape

from components.server.site import ICON, PRODUCT

_TAG = {
    "zh": "巩固拓展脱贫攻坚成果 · 衔接乡村振兴",
    "en": "Consolidating poverty alleviation · linking with rural revitalization",
}
OTHER = {"zh": "EN", "en": "中"}
"""What the link to the other language says."""

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
.go.do{margin:0 .8rem .8rem 0;padding:.6rem 1.3rem;border-radius:4px;background:var(--accent);color:var(--page);font-weight:600;text-decoration:none}
.go.do:hover,.go.do:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
"""  # noqa: E501 - a style sheet reads better by rule than by width


def plain_page(lang: str, title: str, switch: str, main: str, style: str = "") -> bytes:
    """Return a whole page.

    Parameters
    ----------
    title : its title, not escaped yet.
    switch : the link to the other language, as HTML; "" without.
    main : what it says, as HTML.
    style : rules besides those of all such pages.
    """
    return (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="{ICON}"><style>{_STYLE}{style}</style></head><body>'
        f"<header><i></i><b>{PRODUCT[lang]}</b><span>{_TAG[lang]}</span>{switch}</header>"
        f"<main>{main}</main></body></html>"
    ).encode()


def language_switch(lang: str, address: str) -> str:
    """Return the link to the same page in the other language, which has the address given."""
    return f'<a href="{escape(address)}" hreflang="{"en" if lang == "zh" else "zh-CN"}">{OTHER[lang]}</a>'
