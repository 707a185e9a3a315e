"""`/compare`: counties side by side, for who may compare them; a page of the server's own, without a session."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp

from components.html.base import Markup, element, escape, join, raw
from components.html.compare import Choice, choices_html, comparison_table
from components.html.notes import sample_mark
from components.server.comparing import readable, standing
from components.server.document import Document
from components.server.door_pages import sign_in_page
from components.server.identity import user_of
from components.server.noted import note_arrival, note_refusal
from components.server.plain_page import language_switch, plain_page
from components.server.returning import place
from components.server.site import COMPARE, ROOT, language_of
from components.style import stylesheet
from data import comparison_file, loaders, plan_words
from data.access import Access, User, access, using
from data.comparison import Line, Standing, lines
from data.language import Translator, translator
from data.plan_model import AREAS
from data.registry import County, Group, groups
from data.store import NOWHERE, StoreError

FILE = f"{COMPARE}.xlsx"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STYLE = ROOT / "static" / "compare.css"
_SORTS = ("concept", "counties")


class Asked(NamedTuple):
    """What an address asks for; what it means nothing by is left out."""

    lang: str
    area: str | None
    group: str | None
    sort: str

    def address(self, path: str = COMPARE, **other: str | None) -> str:
        """Return the address of this, with something changed."""
        told = self._asdict() | other
        usual = {"lang": "zh", "area": None, "group": None, "sort": _SORTS[0]}
        query = urlencode({name: value for name, value in told.items() if value != usual[name]})
        return f"{path}?{query}" if query else path


def asked(query: bytes) -> Asked:
    """Read the query of an address."""
    found = {name: values[-1] for name, values in parse_qs(query.decode("latin-1")).items()}
    area, group, sort = found.get("area"), found.get("group"), found.get("sort", "")
    return Asked(
        language_of(query),
        area if area in AREAS else None,
        group if group in {one.slug for one in groups()} else None,
        sort if sort in _SORTS else _SORTS[0],
    )


async def compare(request: Request) -> ASGIApp:
    """Answer `/compare`."""
    return await run_in_threadpool(_answer, user_of(request.scope), asked(request.scope["query_string"]), as_file=False)


async def compare_file(request: Request) -> ASGIApp:
    """Answer `/compare.xlsx`."""
    return await run_in_threadpool(_answer, user_of(request.scope), asked(request.scope["query_string"]), as_file=True)


def _answer(user: User, wanted: Asked, *, as_file: bool) -> Document:
    try:
        mine = readable(user)
        if not mine:
            return _refused(user, wanted)
        note_arrival(user, NOWHERE)
        offered = [group for group in groups() if sum(county.slug in group.counties for county, _ in mine) > 1]
        group = next((one for one in offered if one.slug == wanted.group), None)
        chosen = [(c, a) for c, a in mine if group is None or c.slug in group.counties]
        found = [standing(county, its) for county, its in chosen]
        shown = lines(found, wanted.area, most_first=wanted.sort == "counties")
        return _file(found, shown, chosen, wanted) if as_file else _page(found, shown, offered, wanted)
    except StoreError:
        _ = translator(wanted.lang)
        return _words(wanted, HTTPStatus.SERVICE_UNAVAILABLE, _("The database does not answer; try again later."))


def _title(_: Translator) -> str:
    return _("Counties side by side")


def _rule(_: Translator) -> str:
    return _(
        "Each figure is its county's own, by its own plan, base and target. Only figures of the same concept and unit "
        "may be compared; what differs besides is marked. Nothing is averaged over counties or ranked."
    )


# ---- the page --------------------------------------------------------------------------------------------------------


def _page(found: Sequence[Standing], shown: Sequence[Line], offered: Sequence[Group], wanted: Asked) -> Document:
    _ = translator(wanted.lang)
    shared, single = [one for one in shown if one.shared], [one for one in shown if not one.shared]
    parts = [_head(found, wanted, _), _filters(offered, wanted, _)]
    if shared:
        parts.append(raw(f"<div class='sbs-in'>{comparison_table(found, shared, _)}</div>"))
    elif shown:
        parts.append(element("p", _("No concept here is shared by several of these counties."), "quiet"))
    else:
        parts.append(element("p", _("None of these counties has figures yet."), "quiet"))
    if single:
        title = _("Concepts that only one of these counties has ({n})", n=len(single))
        table = f"<div class='sbs-in'>{comparison_table(found, single, _)}</div>"
        parts.append(raw(f"<details><summary>{escape(title)}</summary>{table}</details>"))
    return _document(wanted, _title(_), join(parts))


def _head(found: Sequence[Standing], wanted: Asked, _: Translator) -> Markup:
    mark = sample_mark(_) if any(one.sample for one in found) else ""
    file = raw(f'<a class="go" href="{escape(wanted.address(FILE))}">{_("Download ({form})", form="XLSX")}</a>')
    back = raw(f'<a class="go" href="{"/" if wanted.lang == "zh" else "/?lang=en"}">{_("List of counties")}</a>')
    return join(
        [raw(f"<h1>{escape(_title(_))} {mark}</h1>"), element("p", _rule(_)), element("p", file + back, "go-in")]
    )


def _filters(offered: Sequence[Group], wanted: Asked, _: Translator) -> Markup:
    areas = [(None, _("All areas")), *((area, plan_words.area_name(area, _)) for area in AREAS)]
    rows = [choices_html(_("Area"), [Choice(name, wanted.address(area=a), a == wanted.area) for a, name in areas])]
    if offered:
        named = [(None, _("All counties")), *((one.slug, one.name(wanted.lang)) for one in offered)]
        links = [Choice(name, wanted.address(group=slug), slug == wanted.group) for slug, name in named]
        rows.append(choices_html(_("Counties"), links))
    sorts = zip(_SORTS, (_("By catalogue"), _("Most counties first")), strict=True)
    links = [Choice(name, wanted.address(sort=sort), sort == wanted.sort) for sort, name in sorts]
    rows.append(choices_html(_("Order"), links))
    return raw(f"<div class='sbs-by'>{join(rows)}</div>")


def _document(wanted: Asked, title: str, main: Markup, status: HTTPStatus = HTTPStatus.OK) -> Document:
    switch = language_switch(wanted.lang, wanted.address(lang="en" if wanted.lang == "zh" else "zh"))
    style = stylesheet() + _STYLE.read_text("utf-8")
    return Document(plain_page(wanted.lang, title, switch, main, style), "text/html", "no-store", status)


# ---- the file --------------------------------------------------------------------------------------------------------


def _file(
    found: Sequence[Standing], shown: Sequence[Line], chosen: Sequence[tuple[County, Access]], wanted: Asked
) -> Document:
    _ = translator(wanted.lang)
    if not shown:
        return _words(wanted, HTTPStatus.NOT_FOUND, _("None of these counties has figures yet."))
    body = comparison_file.as_xlsx(found, shown, _title(_), _rule(_), wanted.lang)
    detail = {"counties": [county.slug for county, _access in chosen], "bytes": len(body)}
    for county, its in chosen:
        with using(its):
            loaders.store().record(county.code, "export", "compare.xlsx", detail)
    made = Document(body, _XLSX, "no-store")
    made.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_title(_))}.xlsx"
    return made


# ---- who may not -----------------------------------------------------------------------------------------------------


def _refused(user: User, wanted: Asked) -> Document:
    _ = translator(wanted.lang)
    if not user.signed_in:
        return sign_in_page(place(None, "", urlsplit(wanted.address()).query.encode()))
    note_refusal(access(user, NOWHERE, ()), "compare")
    told = _(
        "Only readers of several counties, such as of the city or the province, see this page. You are signed in as "
        "{name}, account {id}; an administrator of each county can give you that role.",
        name=user.name,
        id=user.id,
    )
    out = [(f"{COMPARE}/sign-out{'' if wanted.lang == 'zh' else '?lang=en'}", _("Sign out"))]
    return _words(wanted, HTTPStatus.FORBIDDEN, told, *(out if user.source == "oidc" else ()))


def _words(wanted: Asked, status: HTTPStatus, told: str, *links: tuple[str, str]) -> Document:
    _ = translator(wanted.lang)
    title = _("You may not compare counties") if status == HTTPStatus.FORBIDDEN else _title(_)
    home = ("/" if wanted.lang == "zh" else "/?lang=en", _("List of counties"))
    shown = join(raw(f'<a class="go" href="{escape(href)}">{escape(text)}</a>') for href, text in (*links, home))
    return _document(wanted, title, join([element("h1", title), element("p", told), shown]), status)
