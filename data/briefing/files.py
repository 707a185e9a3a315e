"""The formats a briefing is written in, and what the files are called."""

import datetime as dt
import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from data.briefing.compose import USUAL, compose
from data.briefing.errors import DocumentError
from data.briefing.facts import Facts
from data.briefing.model import Briefing
from data.briefing.typeset import typeset
from data.briefing.writers import written
from data.home import home
from data.language import N_, translator
from data.upload import SAMPLE_MARK


class Format(NamedTuple):
    """A format: its ending, what people call it, its media type, and whether a county's template can be given."""

    ending: str
    name: str
    mime: str
    templated: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHEETS = _OFFICE + "spreadsheetml.sheet"
FORMATS: dict[str, Format] = {
    "docx": Format("docx", N_("Word bulletin"), _OFFICE + "wordprocessingml.document", templated=True),
    "pptx": Format("pptx", N_("PowerPoint slides"), _OFFICE + "presentationml.presentation", templated=True),
    "xlsx": Format("xlsx", N_("Excel, a sheet per table and chart"), _SHEETS),
    "townships": Format("xlsx", N_("Excel, a sheet per township"), _SHEETS),
    "html": Format("html", N_("Offline page"), "text/html"),
}
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def content(
    facts: Facts,
    form: str,
    lang: str = "zh",
    *,
    towns: Collection[str] = (),
    sections: Collection[str] = USUAL,
    addressees: str = "",
    issuer: str = "",
    dated: dt.date | None = None,
) -> Briefing:
    """Return what the file of a format says.

    Parameters
    ----------
    form : one of `FORMATS`.
    towns, sections, addressees, issuer, dated : as `data.briefing.compose.compose` takes them; a sheet per township has
        sections of its own.
    """
    if form == "townships":
        from data.briefing import townships  # noqa: PLC0415 - few ask for it

        return townships.content(facts, lang, towns)
    return compose(facts, lang, towns=towns, sections=sections, addressees=addressees, issuer=issuer, dated=dated)


def make(facts: Facts, form: str, lang: str = "zh", *, template: Path | None = None, **said: Any) -> bytes:
    """Return the file of a briefing, made in this process; a server has `data.briefing.press` make it.

    Parameters
    ----------
    template : the county's own .docx or .pptx, where the format takes one.
    said : as `content` takes it.
    """
    return written(content(facts, form, lang, **said), facts.boundaries, form, template)


def write_whole(path: Path, body: bytes) -> None:
    """Write a file that is there as a whole or not at all: a full disk leaves yesterday's.

    Raises
    ------
    OSError
        There is no room, no such folder, or no leave to write there.
    """
    if path.exists() and not path.is_file():  # a pipe or a device
        path.write_bytes(body)
        return
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def county_template(slug: str, form: str) -> Path | None:
    """Return a county's own template, `templates/<slug>.docx` or `.pptx` in `XIANJIE_HOME`; None without one."""
    if not FORMATS[form].templated:
        return None
    found = home() / "templates" / f"{slug}.{FORMATS[form].ending}"
    return found if found.is_file() else None


def trouble(form: str, template: Path | None) -> DocumentError | None:
    """Return why a format cannot be written here, before anybody waits for it; None if nothing is in the way."""
    if not FORMATS[form].templated:
        return None
    from data.briefing import fonts  # noqa: PLC0415 - each library is loaded by who needs it

    try:
        fonts.family()  # asked anew until there is one: it may be installed while the server runs
    except DocumentError as error:
        return error
    return _of_template(form, template, template.stat().st_mtime_ns) if template else None


def notice(form: str, template: Path | None, lang: str) -> str:
    """Return what a county should know of its template although it can be used: styles it does not have; "" if none."""
    if form != "docx" or template is None:
        return ""
    missing = _lacking(template, template.stat().st_mtime_ns)
    if not missing:
        return ""
    _ = translator(lang)
    return _(
        "The template {name} has no styles of these names, "
        "so what they are for looks as official documents do: {styles}",
        name=template.name,
        styles=_(", ").join(missing),
    )


@lru_cache(maxsize=16)
def _lacking(template: Path, _changed: int) -> tuple[str, ...]:
    from data.briefing import word  # noqa: PLC0415

    return tuple(word.lacking(template))


@lru_cache(maxsize=16)
def _of_template(form: str, template: Path, _changed: int) -> DocumentError | None:
    from data.briefing import deck, word  # noqa: PLC0415

    try:
        if form == "docx":
            word.opened(template)
        else:
            deck.Deck("zh", template)
    except DocumentError as error:
        return error
    return None


def file_name(facts: Facts, form: str, lang: str = "zh") -> str:
    """Return what a file is called: plan, date and format; marked where any figure rests on sample data."""
    _, what = translator(lang), FORMATS[form]
    parts = [SAMPLE_MARK] if facts.sample else []
    parts += [typeset(facts.plan.title(lang), lang), facts.as_of.isoformat(), _(what.name)]
    return _UNSAFE.sub(" ", "_".join(parts)) + f".{what.ending}"
