"""Tables of progress rows: indicators of a region, or regions of an indicator, in the order of urgency."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, image, join, raw
from components.html.table import Column, records, table
from components.status import ORDER, URGENT, badge_html, marks_html, status
from data import wording
from data.language import N_, Translator
from data.statuses import word
from data.tally import is_soft


class Label(NamedTuple):
    """What a row is called: name, a muted note beside it (area, township), who leads, and what each village must reach.

    The last (村 ≥2 次) where the row itself is the share of the villages that do.
    """

    name: str
    note: str = ""
    office: str = ""
    each: str = ""


class Row(NamedTuple):
    """One row of the progress frame; fields a frame lacks are None."""

    position: int
    indicator: str
    region: str
    level: str
    value: float | None
    numerator: float | None
    denominator: float | None
    target: float | None
    comparator: str | None
    unit: str | None
    rule: str | None
    schedule_share: float | None
    expected: float | None
    completion: float | None
    gap: float | None
    status: str
    marks: tuple[str, ...] | None
    reported: float | None
    of: float | None
    newest: Any
    previous: float | None
    change: float | None
    change_year: float | None
    rank: float | None
    gap_before: float | None
    status_before: str | None
    alternative: float | None
    ranked: float | None
    rank_inside: float | None
    ranked_inside: float | None


def rows_of(progress: pd.DataFrame) -> Iterator[Row]:
    """Iterate over a progress frame as typed rows."""
    return map(Row._make, records(progress, Row._fields[1:]))


def worst_first(progress: pd.DataFrame) -> pd.DataFrame:
    """Sort by status, then by gap; rows without a gap (a yes/no target not met) lead their status."""
    order = progress["status"].map(ORDER).fillna(len(ORDER))
    gap = pd.to_numeric(progress["gap"]).fillna(-float("inf"))
    return (
        progress.assign(_order=order, _gap=gap)
        .sort_values(["_order", "_gap"], kind="stable")
        .drop(columns=["_order", "_gap"])
    )


def urgent_first(progress: pd.DataFrame) -> pd.DataFrame:
    """Sort indicators as they are to be acted on: `worst_first`, but no soft target ahead of a binding one.

    What binds and is behind leads, then soft targets that are behind, then what is not behind, the soft ones last
    within their status.
    """
    rows = worst_first(progress)
    soft = rows["marks"].map(is_soft).astype(bool)
    calm = ~rows["status"].isin(list(URGENT))
    keys = pd.DataFrame({"calm": calm, "late": soft & ~calm, "status": rows["status"].map(ORDER), "soft": soft})
    return rows.loc[keys.sort_values(["calm", "late", "status", "soft"], kind="stable").index]


@lru_cache(maxsize=1 << 14)
def bar_html(completion: float | None, share: float | None, title: str = "") -> Markup:
    """Return a bar: length = progress to the target, tick = where the schedule stands, both in per cent of the target.

    One scale for every unit, so that rows can be compared; more than 100 % is a full bar.
    """
    style = ""
    if not formats.missing(completion):
        style = f"--a:{min(max(float(completion or 0), 0), 100):.1f};"
    if not formats.missing(share):
        style += f"--e:{min(max(float(share or 0) * 100, 0), 100):.1f}"
    css = "pb" if "--e" in style else "pb no"
    return raw(f"<i class='{css}' style='{style}' title=\"{escape(title)}\"></i>")


def spark_html(values: Sequence[float | None] | None) -> Markup:
    """Return a small line of the last values, its end dotted in the row's status colour."""
    drawn = _spark(values)
    return raw(f"<svg class='sp' {_SPARK} aria-hidden='true'>{drawn}</svg>") if drawn else raw("")


def spark_image(values: Sequence[float | None] | None) -> Markup:
    """Return the same in black, for paper."""
    drawn = _spark(values)
    ink = f"<g fill='none' stroke='black' stroke-width='1.5'>{drawn}</g>"
    return image(f"{_SPARK} width='70' height='20'", ink, "", "sp") if drawn else raw("")


_SPARK = "viewBox='0 0 70 20'"


def _spark(values: Sequence[float | None] | None) -> str:
    points = [(i, float(v or 0)) for i, v in enumerate(values or ()) if not formats.missing(v)]
    if not points:
        return ""
    low, high = min(v for _, v in points), max(v for _, v in points)
    step = 64 / max(len(values or ()) - 1, 1)
    xy = [(3 + i * step, 17 - 14 * ((v - low) / (high - low) if high > low else 0.5)) for i, v in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in xy)
    x, y = xy[-1]
    return f"<polyline points='{line}'/><circle cx='{x:.1f}' cy='{y:.1f}' r='2.5'/>"


def _target(row: Row, each: str, _: Translator) -> Markup:
    """Return the target, and below what each village must reach, or what was judged by instead of it."""
    sign = {"<=": "≤ ", "<": "< ", ">": "> ", "~": "≈ "}.get(row.comparator or "", "")
    told = sign + formats.quantity_html(row.target, row.unit, _)
    if "alternative" in (row.marks or ()) and not formats.missing(row.alternative):
        each = _("national average {n}", n=formats.percent(row.alternative))
    return told + raw("<br>") + element("small", each) if each else told


def _marks(row: Row) -> tuple[str, ...]:
    """Return a row's marks; falling back by less than can be read is none."""
    marks = row.marks or ()
    if wording.fell_back(marks, row.value, row.previous, row.unit):
        return marks
    return tuple(m for m in marks if m != "regressed")


def _due(row: Row, _: Translator) -> Markup:
    digits = None
    if row.unit in wording.COUNTED and not (formats.missing(row.expected) or formats.missing(row.value)):
        digits = wording.apart(float(row.value or 0), float(row.expected or 0), row.unit or "")
        digits = None if digits > 0 else 0
    return formats.quantity_html(row.expected, row.unit, _, digits=digits)


def _gap(row: Row, _: Translator) -> str:
    # Nothing is expected yet that it could be ahead of, unless an average counts instead.
    early = row.schedule_share == 0 and "alternative" not in (row.marks or ())
    if row.status == "not_due" or early:
        return formats.NOTHING
    if not formats.missing(row.gap):
        return formats.signed(row.gap)
    return _("not met") if status(row.status).urgent else formats.NOTHING


def _bar(row: Row, _: Translator) -> Markup:
    done = formats.percent(row.completion)
    due = formats.percent(None if formats.missing(row.schedule_share) else float(row.schedule_share or 0) * 100)
    title = _("{a} of the target, {e} due by now", a=done, e=due)
    return bar_html(row.completion, row.schedule_share, title)


def _change(value: float | None, row: Row, _: Translator) -> Markup:
    return formats.change_html(value, _, row.unit, worse=formats.worsens(value, row.comparator))


def _number(row: Row, _: Translator) -> Markup:
    return element("b", formats.quantity_html(row.value, row.unit, _, digits=1 if row.unit == "%" else None))


def _standing(rank: float | None, of: float | None) -> Markup:
    if formats.missing(rank) or formats.missing(of):
        return Markup()
    return join([element("b", f"{rank:.0f}"), element("small", f"/{of:.0f}")])


Columns = Sequence[str]
OVERVIEW: Columns = ("status", "name", "target", "actual", "bar", "gap", "office", "change")
AREA: Columns = ("status", "name", "target", "actual", "due", "bar", "gap", "office", "change", "trend", "reported")
VILLAGES: Columns = ("status", "name", "target", "actual", "bar", "gap", "change", "newest")


def progress_table(
    progress: pd.DataFrame,
    labels: Mapping[str, Label],
    _: Translator,
    *,
    columns: Columns = OVERVIEW,
    by: str = "indicator",
    trends: Mapping[str, Sequence[float | None]] | None = None,
    heads: Mapping[str, str] | None = None,
    pickable: bool = True,
    css: str = "cards",
) -> Markup:
    """Return a table of progress rows in the frame's order (see `worst_first`).

    Parameters
    ----------
    progress : rows of the progress frame.
    labels : names by indicator id, or by region code where `by` is "region".
    columns : of "status", "rank", "name", "target", "actual", "due", "bar", "gap", "office", "change", "change_year",
        "trend", "reported", "newest", "before", "standing", "standing_inside".
    by : "indicator" or "region": what a row is about and what it reports when picked.
    trends : the last values by the same key, for "trend".
    heads : other heads for some columns, translated.
    pickable : whether rows can be picked on a `board`.
    css : "cards" turns rows into cards where the panel is narrow, "slim" keeps a table and drops columns.
    """
    key: Callable[[Row], str] = (lambda r: r.region) if by == "region" else (lambda r: r.indicator)
    nothing = Label("")

    def name(row: Row) -> Markup:
        label = labels.get(key(row), nothing)
        note = f" <small>{escape(label.note)}</small>" if label.note else ""
        marks = marks_html(_marks(row), _)
        share = element("small", _("share of villages there")) if each(row) else ""
        return raw(" ".join(filter(None, (f"{escape(label.name or key(row))}{note}", share, marks))))

    def each(row: Row) -> str:
        return labels.get(key(row), nothing).each if row.unit == "%" else ""

    series = trends or {}
    known: dict[str, Column[Row]] = {
        "rank": Column("", lambda r: "" if formats.missing(r.rank) else f"{r.rank:.0f}", "rk"),
        "status": Column(_("Status"), lambda r: badge_html(r.status, r.rule, _, village=r.level == "village"), "st"),
        "name": Column(_("Place") if by == "region" else _("Indicator"), name, "nm"),
        "target": Column(_("Target"), lambda r: _target(r, each(r), _), "num x tgt"),
        "actual": Column(_("Actual"), lambda r: _number(r, _), "num val"),
        "due": Column(_("Due by now"), lambda r: _due(r, _), "num x"),
        "bar": Column(_("Progress ┃ schedule"), lambda r: _bar(r, _), "bar"),
        "gap": Column(_("Gap (points)"), lambda r: _gap(r, _), "num gap"),
        "office": Column(_("Lead office"), lambda r: labels.get(key(r), nothing).office, "org"),
        "change": Column(_("Since last"), lambda r: _change(r.change, r, _), "num x"),
        "change_year": Column(_("Since a year before"), lambda r: _change(r.change_year, r, _), "num x"),
        "trend": Column(_("Trend"), lambda r: spark_html(series.get(key(r))), "x tr"),
        "reported": Column(
            _("Reported"),
            lambda r: element("small", formats.share_of(r.reported, r.of, "", _)) if r.of else "",
            "num x",
        ),
        "newest": Column(_("Data of"), lambda r: element("small", formats.date(r.newest, _)), "num x"),
        "standing": Column(_("Rank in county"), lambda r: _standing(r.rank, r.ranked), "num x"),
        "standing_inside": Column(_("Rank in township"), lambda r: _standing(r.rank_inside, r.ranked_inside), "num x"),
        "before": Column(_("Before"), lambda r: badge_html(r.status_before, r.rule, _)),
    }
    chosen = [known[c] for c in columns]
    if heads:
        chosen = [Column(heads.get(c, k.head), k.cell, k.css) for c, k in zip(columns, chosen, strict=True)]
    return table(
        chosen,
        rows_of(progress),
        key=key if pickable else None,
        row_css=lambda r: status(r.status).css,
        css=css,
    )


def unscored_table(progress: pd.DataFrame, labels: Mapping[str, Label], _: Translator) -> Markup:
    """Return indicators that are not scored: value, change since the previous date and since a year before."""
    return progress_table(
        progress,
        labels,
        _,
        columns=("name", "actual", "change", "change_year", "reported"),
        heads={"name": _("Not scored"), "actual": _("Value")},
    )


def changes_table(progress: pd.DataFrame, labels: Mapping[str, Label], _: Translator) -> Markup:
    """Return the rows whose status differs from the one at the comparison date, those that got worse first."""
    moved = progress[(progress["status"] != progress["status_before"]) & progress["status_before"].notna()]
    if moved.empty:
        return element("p", _("No status changed since the comparison date."), "quiet")
    now, before = moved["status"].map(ORDER), moved["status_before"].map(ORDER)
    moved = moved.assign(_step=now - before).sort_values("_step", kind="stable").drop(columns="_step")
    columns, heads = ("name", "before", "status", "gap", "change"), {"status": _("Now")}
    return progress_table(moved, labels, _, columns=columns, heads=heads, css="slim")


MOVEMENTS = {
    "red": N_("Newly red: behind or overdue"),
    "done": N_("Newly done"),
    "reported": N_("Newly reported"),
    "down": N_("Moved down"),
    "up": N_("Moved up"),
    "other": N_("Changed otherwise"),
}


def movement_tables(groups: Mapping[str, pd.DataFrame], labels: Mapping[str, Label], _: Translator) -> Markup:
    """Return what moved since the comparison date, group by group (`data.movement.moved`), each with its number."""
    if not groups:
        return element("p", _("No status changed since the comparison date."), "quiet")
    columns, heads = ("name", "before", "status", "gap", "change"), {"status": _("Now")}
    return moved_groups(
        (_(MOVEMENTS[group]), len(rows), progress_table(rows, labels, _, columns=columns, heads=heads, css="slim"))
        for group, rows in groups.items()
    )


def moved_groups(groups: Iterable[tuple[str, int, Markup]]) -> Markup:
    """Return what moved under its headings: in one line how many of each, then each heading with what it holds."""
    told = list(groups)
    counted = join(element("span", join([head, " ", element("b", n)])) for head, n, _body in told)
    parts = [element("p", counted, "moves")]
    for head, n, body in told:
        parts += [element("h3", join([head, " ", element("b", n)])), body]
    return join(parts)


def why_html(code: str, rule: str | None, sentence: object, _: Translator, *, office: str = "") -> Markup:
    """Return the one line that says why a row has its status and who leads."""
    tail = element("span", _("Lead: {office}", office=office), "who") if office else ""
    return raw(
        f"<div class='why {status(code).css}'><b>{escape(word(code, rule, _))}</b>"
        f"<span>{escape(sentence)}</span>{escape(tail)}</div>"
    )


def count_badges(counts: Mapping[str, int], _: Translator, codes: Iterable[str] | None = None) -> Markup:
    """Return badges with counts, worst first, for the right end of a panel head."""
    shown = [c for c in (codes or ORDER) if counts.get(c)]
    return join(element("span", badge_html(c, None, _, count=counts[c]), "cb") for c in shown)
