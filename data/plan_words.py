"""A plan's rules, targets and queries in words, in both languages: what the document page and reports print."""

import datetime as dt
import re
from itertools import pairwise

from data import wording
from data.language import N_, Translator
from data.plan import Indicator, Plan, Query, Revision
from data.plan_model import ReportingRule
from data.schedule import window_months
from data.tables import items, tables
from data.wording import language

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}
_NUMERAL = re.compile(r"[零一二三四五六七八九十]+|[0-9]+")
_ANNEX = "附件"


AREAS = {
    "monitoring": N_("Monitoring"),
    "industry_employment": N_("Industry and jobs"),
    "livable_villages": N_("Livable villages"),
    "funds": N_("Funds and projects"),
    "support": N_("Support"),
}


def area_name(area: str, _: Translator) -> str:
    """Return an action area's name."""
    return _(AREAS[area])


def clause_key(clause: str) -> tuple[int, ...]:
    """Return what sorts clauses as the document has them: `二(十一)` after `二(九)`, annexes last."""
    first = clause.partition(";")[0]
    return (int(first.startswith(_ANNEX)), *(_numeral(part) for part in _NUMERAL.findall(first)))


def _numeral(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS[tens]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


# ---- targets and schedules -------------------------------------------------------------------------------------------


def target_words(indicator: Indicator, _: Translator) -> str:
    """Return the target as it is scored, with tolerance or upper end: `≥75%`, `约 70%（±2）`; "" if there is none."""
    if indicator.value is None:
        return ""
    text = wording.requirement(
        indicator.value,
        indicator.comparator,
        indicator.unit,
        _,
        strict=indicator.strict,
        tolerance=indicator.tolerance or 0.0,
    )
    if indicator.upper is not None:
        text += " · " + _("at best {value}", value=wording.quantity(indicator.upper, indicator.unit, _))
    return text


def day(value: dt.date, plan: Plan, _: Translator) -> str:
    """Write a date of a plan, close as in tables; with its year where the plan runs over several."""
    text = wording.day(value, _, year=plan.start.year != plan.end.year or value.year != plan.end.year)
    return text.replace(" ", "") if language(_) == "zh" else text


def milestone_words(indicator: Indicator, plan: Plan, _: Translator) -> str:
    """Return the milestones in one line: `4 月 30 日 30%、6 月 30 日 50%`."""
    parts = [f"{day(m.date, plan, _)} {wording.quantity(m.value, indicator.unit, _)}" for m in indicator.milestones]
    return _(", ").join(parts)


def revision_words(indicator: Indicator, plan: Plan, _: Translator, *, until: dt.date | None = None) -> list[str]:
    """Say of each revision what it changed from which day: 8月1日起目标由 ≥80% 调整为 ≥85%.

    Parameters
    ----------
    until : only of revisions that hold by then.
    """
    told = []
    for before, after in pairwise(indicator.stages if indicator.revisions else ()):
        if after.since is None or (until is not None and after.since > until):
            continue
        old, new = before.indicator, after.indicator
        since = day(after.since, plan, _)
        if old.value != new.value:
            then, now = (target_words(i, _) or _("not scored") for i in (old, new))
            told.append(_("from {day} on the target is {now} instead of {then}", day=since, now=now, then=then))
        if old.rollup_value != new.rollup_value != new.value:
            then, now = (wording.quantity(i.rollup_value or 0.0, "%", _) for i in (old, new))
            told.append(_("from {day} on {now} of the villages must pass instead of {then}", day=since, now=now,
                          then=then))  # fmt: skip
        if old.due != new.due:
            then, now = (day(i.due, plan, _) for i in (old, new))
            told.append(_("from {day} on it is due on {now} instead of {then}", day=since, now=now, then=then))
        if old.milestones != new.milestones and new.milestones:
            told.append(_("from {day} on the milestones are {list}", day=since, list=milestone_words(new, plan, _)))
        if after.revision and after.revision.clause:
            told[-1] += _(" ({document})", document=after.revision.clause)
    return told


def asked_words(indicator: Indicator, revision: Revision, plan: Plan, _: Translator) -> str:
    """Return what a revision asks in one line: `≥85% · 11月30日前`."""
    new = indicator.but(**revision.changes)
    told = [target_words(new, _)] if revision.value is not None else []
    if revision.rollup_value is not None:
        told.append(_("of the whole {value}", value=wording.quantity(revision.rollup_value, "%", _)))
    if revision.due is not None:
        told.append(_("due {day}", day=day(revision.due, plan, _)))
    if revision.milestones is not None:
        told.append(milestone_words(new, plan, _) or _("no milestones"))
    return " · ".join(told)


def rule_words(indicator: Indicator, plan: Plan, _: Translator) -> str:
    """Say how much of the target is due when, as `data.schedule.schedule_share` counts it."""
    start, due = day(indicator.rule_start or plan.start, plan, _), day(indicator.due, plan, _)
    match indicator.rule:
        case "keep":
            return _("must hold at any time from {start}", start=start)
        case "window" if window_months(indicator) == 1:
            return _("anew every month: the elapsed share of the month, all of it on the last day")
        case "window":
            return _("anew every half-year: the elapsed share of it, all of it on the last day")
        case "periods" if indicator.milestones:
            return _("in steps, at each milestone")
        case "periods":
            return _("periods that have ended ÷ all periods to {due}", due=due)
        case "milestones":
            return _("evenly by month from one milestone to the next")
        case "linear":
            return _("evenly by month from {start} to {due}", start=start, due=due)
        case _:
            return _("judged on {due}; nothing is due before", due=due)


RULE_NAMES = {
    "keep": N_("At any time"),
    "window": N_("Every period anew"),
    "periods": N_("Period by period"),
    "milestones": N_("By milestones"),
    "linear": N_("Evenly by month"),
    "deadline": N_("By a date"),
}
ROLLUP_WORDS = {
    "weighted_ratio": N_("all numerators ÷ all denominators, never the mean of percentages"),
    "sum": N_("sum of the villages, or the county's own figure"),
    "share_of_villages": N_("share of villages that pass"),
    "county_only": N_("one figure of the county, none of villages"),
}
LEAD_BASIS_WORDS = {
    "named": N_("the plan names it as lead"),
    "first_listed": N_("first in the plan's list of offices"),
    "subject": N_("the office the matter belongs to"),
    "none_named": N_("the plan names none"),
}
DUE_BASIS_WORDS = {
    "stated": N_("as the plan states"),
    "period_end": N_("end of the plan"),
    "inferred": N_("inferred from the text"),
    "recurrent": N_("recurrent"),
}
FREQUENCY_WORDS = {
    "continuous": N_("continuous, counted by month"),
    "monthly": N_("monthly"),
    "quarterly": N_("quarterly"),
    "half-yearly": N_("half-yearly"),
    "semester": N_("each semester"),
    "annual": N_("yearly"),
    "once": N_("once"),
    "ongoing": N_("ongoing"),
}
UNSCORED_WORDS = {
    "directional": N_("the plan gives a direction, not a number"),
    "unspecified": N_("the plan names no quantity"),
    "annex_missing": N_("the figure stands in an annex that is not at hand"),
}


def when_words(rule: ReportingRule, plan: Plan, _: Translator) -> str:
    """Return how often and when a reporting rule asks: `每月 · 25 日前`."""
    days = _(", ").join(day(due, plan, _) for due in rule.due)
    by = _("by day {n}", n=rule.due_day) if rule.due_day else ""
    return " · ".join(x for x in (_(FREQUENCY_WORDS[rule.recurrence]), by, days) if x)


# ---- queries ---------------------------------------------------------------------------------------------------------

ROWS_WORDS = {
    "latest": N_("newest row of each thing"),
    "window": N_("rows of the plan period"),
    "all": N_("all rows so far"),
}
AGGREGATION_WORDS = {
    "count": N_("number of rows"),
    "sum": N_("sum"),
    "mean": N_("mean"),
    "last": N_("newest value"),
    "wmean": N_("weighted mean"),
    "share": N_("rows that meet the condition ÷ rows of the base"),
    "ratio": N_("sum ÷ sum"),
    "periods": N_("number of different periods"),
    "distinct_tasks": N_("number of different tasks"),
    "distinct_geo": N_("number of different places"),
    "village_share": N_("villages with a row that meets the condition ÷ villages of the base"),
    "village_sum_share": N_("villages whose sum meets the condition ÷ villages of the base"),
}
_DATE_WORDS = {
    "@asof": N_("as-of date"),
    "@d0": N_("plan start"),
    "@d1": N_("plan end or as-of date"),
    "@h0": N_("first day of the half-year"),
    "@h1": N_("last day of the half-year"),
    "@m0": N_("first day of the month"),
    "@m1": N_("last day of the month"),
}
_LOGIC = {
    "and": N_("and"),
    "or": N_("or"),
    "not": N_("not"),
    "in": N_("is one of"),
    "notnull": N_("filled in"),
    "isnull": N_("blank"),
}
_SIGNS = {"==": "=", "!=": "≠", ">=": "≥", "<=": "≤", "*": "×", "/": "÷", "-": "−"}
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|@\w+|[A-Za-z_]\w*|[0-9.]+|==|!=|<=|>=|[<>+\-*/()\[\],]")


def query_words(query: Query, plan: Plan, _: Translator) -> list[tuple[str, str]]:
    """Return how an indicator is counted, as label and words: table, computation, condition, base, value."""
    table = tables()[query.table]
    parts = [
        (_("Upload table"), f"{table.name(language(_))} · {_(ROWS_WORDS[query.rows])}"),
        (_("Computation"), _(AGGREGATION_WORDS[query.agg])),
    ]
    for label, text, over in (
        (_("Condition"), query.where, query.table),
        (_("Base"), query.base, query.base_table),
        (_("Value counted"), query.value, query.table),
    ):
        if text:
            parts.append((label, condition_words(text, over, plan, _)))
    return parts


def definition(indicator: Indicator, plan: Plan, _: Translator) -> str:
    """Return how an indicator is measured (口径) in one line.

    Plans define in Chinese only: elsewhere the line is put together from the query.
    """
    if language(_) == "zh":
        parts = [indicator.numerator, indicator.denominator] if indicator.denominator else [indicator.numerator]
        return " ÷ ".join(spoken(part, plan, _) for part in parts)
    (_label, table), (_label, computed), *more = query_words(indicator.data, plan, _)
    return _("; ").join([computed, table, *(f"{label}{_(': ')}{text}" for label, text in more)])


def condition_words(text: str, table_id: str, plan: Plan, _: Translator) -> str:
    """Return a query of the plan in words: `monitor_type!='none'` reads 监测类别 ≠ 无.

    Columns, codes and dates are named as on the upload templates; the structure stays as it is written.
    """
    table, lang = tables()[table_id], language(_)
    subject = ""

    def named(token: str) -> str:
        nonlocal subject
        if token[0] in "'\"":
            return _code(token[1:-1], subject)
        if token in table.names:
            subject = token
            return table.column(token).title(lang)
        return _(words[token]) if token in words else _SIGNS.get(token, token)

    def _code(value: str, column: str) -> str:
        if column == "item" and value in items():
            return items()[value].name_zh if lang == "zh" else items()[value].name_en
        if column == "task_id":
            return next((task.title_zh for task in plan.tasks if task.id == value), value)
        return table.column(column).label(value, lang) if column else value

    words = _DATE_WORDS | _LOGIC
    line = " ".join(named(token) for token in _TOKEN.findall(text))
    for tight, loose in (("(", "( "), (")", " )"), ("", "[ "), ("", " ]"), (_(", "), " , ")):
        line = line.replace(loose, tight)
    return line


_FIELDS_ZH = {"lead": "牵头单位", "leader_role": "责任领导职务", "base": "基数", "site": "安置点"}
_IDENTIFIER = re.compile(r"[a-z][a-z_]{2,}")
_BRACKETS = re.compile(r"（.*?）")


def spoken(text: str | None, plan: Plan, _: Translator) -> str:
    """Return a note of a plan file with the names readers know in place of columns, tables and ids.

    Notes are written in Chinese for those who edit the file; in English they stand as they are, as quotations.
    """
    if not text or language(_) != "zh":
        return text or ""
    return _IDENTIFIER.sub(lambda found: _name_zh(found[0], plan), text)


def _name_zh(word: str, plan: Plan) -> str:
    if word in tables():
        return _BRACKETS.sub("", tables()[word].name_zh)
    for table in tables().values():
        if word in table.names:
            return table.column(word).zh
    if word in items():
        return items()[word].name_zh
    return next((i.name_zh for i in plan.indicators if i.id == word), _FIELDS_ZH.get(word, word))
