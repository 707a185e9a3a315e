"""What stands around the numbers: provenance, the sample-data mark, and what to do when there is nothing yet."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from components import formats
from components.html.base import Markup, element, escape, join, raw
from data import upload_words
from data.access import DeniedError
from data.language import Translator
from data.past import Moment, stamp


def sample_mark(_: Translator) -> Markup:
    """Return the mark every page and document with sample data carries."""
    return element("em", _("Sample data"), "sample")


def provenance(
    _: Translator,
    *,
    definition: str = "",
    source: str = "",
    as_of: Any = None,
    reported: tuple[int, int] | None = None,
    unit: str = "村",
    bands: str = "",
) -> list[str]:
    """Return 口径 · 来源 · 数据截至 · 已报 · 分档 as the parts of a panel's foot; what is not known is left out.

    Parameters
    ----------
    reported : how many of how many reported.
    unit : who they are, as `components.indicator_view.reporters` returns it.
    bands : as `components.status.band_note` returns it.
    """
    parts = [
        _("Definition: {text}", text=definition) if definition else "",
        _("Source: {text}", text=source) if source else "",
        _("Data up to {day}", day=formats.date(as_of, _)) if as_of is not None else "",
        formats.reported(*reported, _, unit) if reported else "",
        bands,
    ]
    return [p for p in parts if p]


def past_mark(known: Moment, asked: dt.date, shown: dt.date | None, _: Translator, *, pinned: bool) -> Markup:
    """Return the mark of every page that shows what was known then; or why it shows what is known now.

    Parameters
    ----------
    asked, shown : the as-of date chosen, and the one there were figures for.
    pinned : whether the page shows the past.
    """
    back = _("Switch off “As known then” to come back to the present.")
    if known.last is None:
        told = _(
            "Nothing had been stored by the end of {day}, so what is known now is shown.", day=formats.date(asked, _)
        )
        return _mark("", told, back)
    last = stamp(known.last.at)
    if known.version is None:
        told = _("Nothing was stored after batch {n} ({at}): what was known then is what is known now.",
                 n=known.last.number, at=last)  # fmt: skip
        return _mark("", told, back)
    if not pinned:
        told = _("After batch {n} ({at}) there were no figures up to {day} yet, so what is known now is shown.",
                 n=known.last.number, at=last, day=formats.date(asked, _))  # fmt: skip
        return _mark("", told, back)
    day = formats.date(known.day, _)
    head = _("You see the data as of {day}", day=day)
    if known.snapshot:
        head = _("You see the data of {meeting}, as of {day}", meeting=known.snapshot.name, day=day)
    told = _("Batch {n} ({at}) is the newest in them; nothing can be reported or changed here.", n=known.last.number,
             at=last)  # fmt: skip
    if shown and shown != asked:
        told += _(" There were figures up to {day} only.", day=formats.date(shown, _))
    return _mark(head, told, back)


def _mark(head: str, told: str, back: str) -> Markup:
    return raw(f"<p class='past' role='status'>{element('b', head) if head else ''} {escape(told)} {escape(back)}</p>")


def empty_state(title: object, lines: Iterable[object], commands: Iterable[str] = ()) -> Markup:
    """Return a calm box that says why there is nothing and what to do, with commands to copy."""
    told = join(element("p", line) for line in lines)
    code = "".join(f"<code>{escape(c)}</code>" for c in commands)
    return raw(f"<div class='empty'><h3>{escape(title)}</h3>{told}{code}</div>")


def no_data(slug: str, _: Translator) -> Markup:
    """Return the empty state of a county whose store holds nothing."""
    return empty_state(
        _("No data yet"),
        [
            _("Upload the county's tables on the page “Upload”, or load marked sample data on the server:"),
        ],
        [f"xianjie demo --county {slug}", f"xianjie import --county {slug} FILE.xlsx"],
    )


def unavailable(number: str, _: Translator) -> Markup:
    """Return what a page says while its database does not answer; the log has the reason under the number."""
    told = _("The database does not answer. Nothing is lost: try again in a minute, or tell whoever runs the server.")
    return empty_state(_("The data cannot be reached"), [told, _numbered(number, _)])


def denied(error: DeniedError, _: Translator) -> Markup:
    """Return what stands in the place of what somebody may not see or do."""
    return empty_state(_("This is not open to you"), [upload_words.denied(error, _)])


def disk_full(number: str, _: Translator) -> Markup:
    """Return what a page says when nothing more can be stored."""
    told = _("The disk of the database is full: what was to be stored is not, what was stored before is all there. "
             "Whoever runs the server has to make room; then do it again.")  # fmt: skip
    return empty_state(_("There is no room on the server's disk"), [told, _numbered(number, _)])


def newer_data(number: str, _: Translator) -> Markup:
    """Return what a page says where an older release meets the data of a newer one."""
    told = _("The data were written by a newer release of this program than the one that runs now. Nothing is lost: "
             "whoever runs the server has to start the newer release again.")  # fmt: skip
    return empty_state(_("The program is older than its data"), [told, _numbered(number, _)])


def fault(number: str, _: Translator) -> Markup:
    """Return what a page says when it stumbled: words for the viewer, the trace is in the log under the number."""
    told = _("The fault is in the server's log. Other pages still work; try again, or tell whoever runs it.")
    return empty_state(_("This page could not be shown"), [told, _numbered(number, _)])


def _numbered(number: str, _: Translator) -> str:
    return _("Number in the log: {number}", number=number)


def no_villages(_: Translator) -> Markup:
    """Return the empty state of an indicator that has no numbers by village."""
    return empty_state(
        _("No village data for this indicator"),
        [_("It is reported by township or by the county only; the table shows what there is.")],
    )
