"""The formats a briefing is written in, and what the files are called."""

import re
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from data.briefing.compose import SECTIONS, compose
from data.briefing.errors import DocumentError
from data.briefing.facts import Facts
from data.briefing.typeset import typeset
from data.language import N_, translator
from data.store.store import home
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


def make(
    facts: Facts,
    form: str,
    lang: str = "zh",
    *,
    towns: Collection[str] = (),
    sections: Collection[str] = SECTIONS,
    template: Path | None = None,
) -> bytes:
    """Return the file of a briefing.

    Parameters
    ----------
    form : one of `FORMATS`.
    towns, sections : as `data.briefing.compose.compose` takes them; a sheet per township has sections of its own.
    template : the county's own .docx or .pptx, where the format takes one.
    """
    # Each library is loaded by who needs it: together they take longer than a small briefing.
    out = BytesIO()
    if form == "townships":
        from data.briefing import townships  # noqa: PLC0415

        townships.write(facts, out, lang, towns)
        return out.getvalue()
    briefing, shapes = compose(facts, lang, towns=towns, sections=sections), facts.boundaries
    match form:
        case "docx":
            from data.briefing import word  # noqa: PLC0415

            word.write(briefing, shapes, out, template)
        case "pptx":
            from data.briefing import slides  # noqa: PLC0415

            slides.write(briefing, shapes, out, template)
        case "xlsx":
            from data.briefing import workbook  # noqa: PLC0415

            workbook.write(briefing, out)
        case "html":
            from data.briefing import offline  # noqa: PLC0415

            offline.write(briefing, shapes, out)
        case _:
            raise ValueError(f"no format {form}; known: {', '.join(FORMATS)}")
    return out.getvalue()


def county_template(slug: str, form: str) -> Path | None:
    """Return a county's own template, `templates/<slug>.docx` or `.pptx` in `XIANJIE_HOME`; None without one."""
    if not FORMATS[form].templated:
        return None
    found = home() / "templates" / f"{slug}.{FORMATS[form].ending}"
    return found if found.is_file() else None


def trouble(form: str, template: Path | None) -> DocumentError | None:
    """Return why a format cannot be written here, before anybody waits for it; None if nothing is in the way."""
    try:
        if FORMATS[form].templated:
            from data.briefing import deck, fonts, word  # noqa: PLC0415

            fonts.family()
            if template is not None and form == "docx":
                word.opened(template)
            elif template is not None:
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
