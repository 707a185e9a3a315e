"""Small multiples as tables: villages of each township as strips, tasks over the months, townships reached."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.progress import bar_html
from components.html.table import Column, records, table
from components.status import badge_html, status
from data.language import N_, Translator

_STEP = 3  # widths of a bar and its gap in the strip's own units
_HEIGHT = 22
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Strip:
    """One indicator in one place.

    Attributes
    ----------
    value, unit, code : the place's own figure and its status.
    heights : one per village below it, 0-1 of the target (or of the highest value), lowest first.
    passed : how many of `heights`, from the end, are where they should be; None where nothing is asked of a village.
    of, reported : villages there are, and how many of them have reported.
    hidden : villages whose figure is not shown.
    """

    value: float | None
    unit: str
    code: str
    heights: Sequence[float] = ()
    passed: int | None = None
    of: int = 0
    reported: int = 0
    hidden: int = 0


def strip_svg(heights: Sequence[float], passed: int | None) -> Markup:
    """Return one bar per village, lowest first; those that are behind in the warning colour."""
    if not heights:
        return raw("")
    short = len(heights) if passed is None else len(heights) - passed

    def bars(first: int, last: int) -> str:
        # A village at zero keeps a stub: it has reported.
        return "".join(
            f"M{i * _STEP + 1} {_HEIGHT}V{_HEIGHT - max(heights[i], 0.09) * (_HEIGHT - 2):.0f}"
            for i in range(first, last)
        )

    low = "" if passed is None else " class='lo'"
    parts = f"<path{low} d='{bars(0, short)}'/>" if short else ""
    if short < len(heights):
        parts += f"<path d='{bars(short, len(heights))}'/>"
    width = len(heights) * _STEP
    return raw(
        f"<svg class='strip' style='--n:{len(heights)}' viewBox='0 0 {width} {_HEIGHT}' preserveAspectRatio='none' "
        f"aria-hidden='true'>{parts}</svg>"
    )


def strips_table(
    places: Sequence[str],
    names: Mapping[str, str],
    indicators: Mapping[str, Markup],
    strips: Mapping[tuple[str, str], Strip],
    _: Translator,
    *,
    first: str,
    whole: str | None = None,
) -> Markup:
    """Return places by indicators; each cell has the place's figure and a strip of its villages.

    Parameters
    ----------
    places : region codes in the order shown; `whole` (the plan's top) leads without being pickable.
    indicators : head of each column by indicator id.
    """

    def cell(indicator: str) -> Callable[[str], object]:
        def render(place: str) -> object:
            strip = strips.get((place, indicator))
            if strip is None or formats.missing(strip.value):
                silent = strip and strip.of and strip.code not in {"nothing", "withheld"}
                return element("small", _("n/r") if silent else formats.NOTHING)
            number = formats.quantity_html(strip.value, strip.unit, _, digits=1 if strip.unit == "%" else None)
            if not strip.heights:
                shown = bar_html(float(strip.value or 0), None) if strip.unit == "%" else raw("")
                number = raw("<u class='s'></u>") + number  # of the place itself, not of villages below it
            else:
                shown = strip_svg(strip.heights, strip.passed)
            title, css = escape(_title(strip, _)), status(strip.code).css
            return raw(f'<span class="mx {css}" title="{title}">{shown}<b>{number}</b></span>')

        return render

    columns: list[Column[str]] = [Column(first, lambda c: names.get(c, c), "nm")]
    columns += [Column(head, cell(indicator)) for indicator, head in indicators.items()]
    rows = ([whole] if whole else []) + list(places)
    return table(
        columns, rows, key=lambda c: "" if c == whole else c, row_css=lambda c: "all" if c == whole else "", css="mxt"
    )


def _title(strip: Strip, _: Translator) -> str:
    if not strip.heights:
        return ""
    parts = []
    if strip.passed is not None:
        parts.append(_("{n} of {of} villages are where they should be", n=strip.passed, of=len(strip.heights)))
    if strip.of:
        parts.append(formats.reported(strip.reported, strip.of, _))
    if strip.hidden:
        parts.append(_("{n} not shown as they tell of under five", n=strip.hidden))
    return " · ".join(parts)


def calendar(
    work: pd.DataFrame, names: Mapping[str, str], kinds: Mapping[str, str], year: int, _: Translator
) -> Markup:
    """Return tasks over the months of a year: done in time, late, overdue or not yet due.

    Parameters
    ----------
    work : as `data.summaries.work_calendar` returns it.
    names, kinds : words by task id and by kind of work.
    """
    months = "".join(
        f"<th scope='col'>{escape(formats.month(pd.Timestamp(year, m, 1), _))}</th>" for m in range(1, _YEAR + 1)
    )
    body = []
    shown = work.loc[work["year"] == year]
    for task, rows in shown.groupby("task_id", sort=False):
        kind = kinds.get(rows["kind"].iloc[0], "")
        cells, at = [], 1
        fields = ("month", "months", "due", "n", "done", "in_time", "overdue")
        for _i, month, span, due, n, done, in_time, overdue in records(rows.sort_values("month"), fields):
            if month < at:
                continue
            if month > at:
                cells.append(f"<td colspan='{month - at}'></td>")
            code, words = period_state(n, done, in_time, overdue=overdue)
            many = n > 1
            share = f"--a:{100 * done / n:.0f}" if many else ""
            note = escape(_("{done} of {n} done, due {day}", done=done, n=n, day=formats.date(due, _)))
            label = f"{formats.number(done, 0)}/{formats.number(n, 0)}" if many else ""
            css = f"{status(code).css}{' part' if many else ''}"
            inner = (
                f"<i class='{css}' style='{share}' title=\"{escape(_(words))} · {note}\"><u class='s'></u>{label}</i>"
            )
            cells.append(f"<td colspan='{span}'>{inner}</td>")
            at = month + span
        if at <= _YEAR:
            cells.append(f"<td colspan='{_YEAR + 1 - at}'></td>")
        title = escape(names.get(str(task), str(task)))
        body.append(f"<tr><td class='nm'>{title} <small>{escape(kind)}</small></td>{''.join(cells)}</tr>")
    head = f"<thead><tr><th scope='col' class='nm'>{escape(_('Task'))}</th>{months}</tr></thead>"
    return raw(f"<table class='t cal'>{head}<tbody>{''.join(body)}</tbody></table>")


def period_state(n: int, done: int, in_time: int, *, overdue: bool) -> tuple[str, str]:
    """Return status code and msgid of a task in a period."""
    if done >= n:
        return ("done", N_("Done in time")) if in_time >= n else ("slightly_behind", N_("Done late"))
    if overdue:
        return ("behind", N_("Overdue in part")) if done else ("overdue", N_("Overdue"))
    return "not_due", N_("Not due yet")


def calendar_key(_: Translator) -> Markup:
    """Return the states of the calendar as a legend."""
    words = (
        ("done", _("Done in time")),
        ("slightly_behind", _("Done late")),
        ("behind", _("Overdue in part")),
        ("overdue", _("Overdue")),
        ("not_due", _("Not due yet")),
    )
    parts = [raw(f"<span class='s {status(code).css}'>{escape(word)}</span>") for code, word in words]
    return element("span", join(parts), "legend")


def chips(items: Iterable[tuple[str, str, str, str]]) -> Markup:
    """Return places side by side, each with the symbol of its status: code, name, status, title."""
    parts = [
        f'<span class="chip {status(code).css}" title="{escape(title)}"><u class="s"></u>{escape(name)}</span>'
        for _region, name, code, title in items
    ]
    return raw(f"<div class='chips'>{''.join(parts)}</div>")


def issue_table(issues: pd.DataFrame, domains: Mapping[str, str], names: Mapping[str, str], _: Translator) -> Markup:
    """Return open problems, those that are most overdue first; the post in charge, never a person.

    Parameters
    ----------
    issues : as `data.summaries.issue_list` returns it, open ones only.
    """
    fields = ("village_code", "geo_code", "domain", "problem", "measure", "owner", "age", "due_on", "late")

    def place(row: tuple[Any, ...]) -> Markup:
        village = names.get(row[1] or "", "")
        town = names.get(row[2] or "", "")
        return raw(f"{escape(village or town)} <small>{escape(town if village else '')}</small>")

    def late(row: tuple[Any, ...]) -> object:
        if row[9] > 0:
            return element("span", _("{n} days overdue", n=formats.number(row[9], 0)), "s s-overdue")
        return badge_html("not_due", None, _)

    columns: list[Column[tuple[Any, ...]]] = [
        Column(
            _("Problem"),
            lambda r: raw(f"{escape(r[4] or '')} <small>{escape(domains.get(r[3], r[3] or ''))}</small>"),
            "nm",
        ),
        Column(_("Place"), place, "wrap"),
        Column(_("State"), late, "st"),
        Column(_("Open for"), lambda r: _("{n} days", n=formats.number(r[7], 0)), "num val"),
        Column(_("Due"), lambda r: formats.day(r[8], _), "num x"),
        Column(_("Measure"), lambda r: r[5] or "", "wrap x"),
        Column(_("Post in charge"), lambda r: r[6] or element("b", _("not named"), "dn"), "org wrap"),
    ]
    return table(columns, records(issues, fields), key=lambda r: r[1] or r[2] or "", css="cards")


def demonstration_table(
    rows: pd.DataFrame, names: Mapping[str, str], towns: Mapping[str, str], _: Translator
) -> Markup:
    """Return demonstration villages: which, where, and whether built or being built.

    Parameters
    ----------
    rows : columns region, what, built.
    """
    columns: list[Column[tuple[Any, ...]]] = [
        Column(
            _("Village"),
            lambda r: raw(f"{escape(names.get(r[1], r[1]))} <small>{escape(towns.get(r[1], ''))}</small>"),
            "nm",
        ),
        Column(_("Mark"), lambda r: r[2], "wrap"),
        Column(
            _("State"),
            lambda r: (
                element("span", _("Built"), "s s-done")
                if r[3]
                else element("span", _("Being built"), "s s-slightly-behind")
            ),
            "st",
        ),
    ]
    return table(columns, records(rows, ("region", "what", "built")), key=lambda r: r[1], css="slim")
