"""The comparison of counties as a workbook: a row for each figure, so that it can be filtered and sorted."""

import io
from collections.abc import Sequence

from data import plan_words, wording
from data.briefing import workbook
from data.briefing.model import Briefing, Cell, Column, Number, Section, Table, Told
from data.comparison import DIFFERENCES, Entry, Line, Standing
from data.language import translator
from data.statuses import word


def as_xlsx(standings: Sequence[Standing], lines: Sequence[Line], title: str, rule: str, lang: str) -> bytes:
    """Return the lines as a workbook; `rule` says what may be compared."""
    _ = translator(lang)
    columns = (
        Column(_("Area")),
        Column(_("Concept")),
        Column(_("County")),
        Column(_("Indicator")),
        Column(_("Actual"), right=True),
        Column(_("Target"), right=True),
        Column(_("Start value"), right=True),
        Column(_("Gap (points)"), right=True),
        Column(_("Status")),
        Column(_("Reported"), right=True),
        Column(_("To report"), right=True),
        Column(_("Data up to")),
        Column(_("Plan")),
        Column(_("Differs")),
    )
    rows = tuple(
        _row(line, entry, lang)
        for line in lines
        for one in standings
        for entry in line.entries.get(one.county.slug, ())
    )
    table = Table("comparison", title, columns, rows)
    sample = any(one.sample for one in standings)
    days = [entry.as_of for one in standings for entry in one.entries]
    made = Briefing(
        lang=lang,
        title=title,
        county=_(", ").join(one.county.name(lang) for one in standings),
        plan="",
        as_of=max(days),
        statement=((_("Sample data"),) if sample else ()) + (rule,),
        code="",
        sample=sample,
        source=_("Counties: {names}", names=_(", ").join(one.county.name(lang) for one in standings)),
        sections=(Section("comparison", title, title, (table,)),),
        annex=0,
        figures=(),
    )
    out = io.BytesIO()
    workbook.write(made, out)
    return out.getvalue()


def _row(line: Line, entry: Entry, lang: str) -> tuple[Cell, ...]:
    _, row = translator(lang), entry.row

    def figure(name: str, unit: str) -> Cell:
        value = row[name]
        return None if value is None else Number(value, unit, wording.quantity(value, unit, _))

    return (
        plan_words.area_name(line.concept.area, _),
        line.concept.name(lang),
        entry.county.name(lang),
        entry.indicator.name(lang),
        figure("value", row["unit"]),
        figure("target", row["unit"]),
        figure("start_value", row["unit"]),
        figure("gap", ""),
        Told(row["status"], word(row["status"], entry.indicator.rule, _)),
        int(row["reported"]),
        int(row["of"]),
        entry.as_of,
        entry.plan.title(lang),
        _("; ").join(_(DIFFERENCES[name]) for name in line.differs) or None,
    )
