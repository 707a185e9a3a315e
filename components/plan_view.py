"""Parts of the plan page: the document as data."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from components import address, formats, indicator_view, target_view
from components.board import board
from components.context import Context
from components.html.base import Markup, element, escape, join
from components.html.lists import Event, facts, plan_table, timeline
from components.html.plan import (
    OfficeRow,
    TargetRow,
    chips,
    definitions,
    mark_rules,
    offices_table,
    status_rules,
    targets_table,
)
from components.html.table import frame_table
from components.panels import foot, panel, side_by_side
from components.status import URGENT, badge_html, band_note, marks_html
from data import loaders, wording
from data import plan_words as words
from data.language import N_
from data.plan import Indicator, Plan, Task, concepts

_KINDS: dict[str, str] = {
    "scored": N_("Scored"),
    "unscored": N_("Not scored"),
    "inferred": N_("Inferred from the text"),
    "strive": N_("To strive for"),
    "reference": N_("For reference"),
    "directional": N_("Direction only"),
    "unspecified": N_("No figure"),
    "annex_missing": N_("Annex missing"),
}
_LEVELS = {
    "village": N_("villages"),
    "county": N_("the county"),
    "township": N_("townships"),
    "person": N_("persons"),
    "household": N_("households"),
    "project": N_("projects"),
    "asset": N_("assets"),
}
_PLACE_KINDS = {
    "village": N_("village"),
    "township": N_("township"),
    "site": N_("settlement site"),
    "zone": N_("zone"),
    "facility": N_("facility"),
    "project": N_("project"),
    "road": N_("road"),
    "platform": N_("platform"),
    "group": N_("group"),
    "body": N_("body"),
    "fund": N_("fund"),
    "company": N_("company"),
    "partner_county": N_("partner county"),
}


# ---- what the document is --------------------------------------------------------------------------------------------


def head(ctx: Context) -> None:
    """Show what document this is, what is in it, and when it wants reports."""
    left, right = side_by_side([1.45, 1])
    with left, panel("document", ctx.plan.title(ctx.lang), " · ".join(filter(None, (_edition(ctx), _quoted(ctx))))):
        st.html(facts(_contents(ctx)))
        st.html(definitions(_document(ctx), "def two"))
    with right, panel("rules", ctx._("Reporting rules and mechanisms"), _quoted(ctx)):
        st.html(_reporting(ctx) + _mechanisms(ctx))


def _quoted(ctx: Context) -> str:
    return "" if ctx.lang == "zh" else ctx._("texts in Chinese are quoted from the plan")


def _edition(ctx: Context) -> str:
    plan, issued = ctx.plan, ctx.plan.issue_date
    when = formats.date(issued, ctx._) if isinstance(issued, dt.date) else formats.month(issued, ctx._, year=True)
    return " · ".join(x for x in (plan.document_number, ctx._("issued {day}", day=when)) if x)


def _contents(ctx: Context) -> Iterable[tuple[object, object, object]]:
    _, plan = ctx._, ctx.plan
    scored = sum(i.scored for i in plan.indicators)
    soft = sum(i.scored and i.strength != "binding" for i in plan.indicators)
    dated = sum(bool(task.due) for task in plan.tasks)
    missing = sum(annex.missing for annex in plan.annexes)
    yield (
        _("Indicators"),
        len(plan.indicators),
        _("{scored} scored, of these {soft} strive or reference", scored=scored, soft=soft),
    )
    yield _("Tasks"), len(plan.tasks), _("{n} with a due date", n=dated)
    yield _("Parameters"), len(plan.parameters), _("lines and standards")
    yield _("Named places"), len(plan.places), _("places, projects, bodies")
    if plan.annexes:
        yield _("Annexes"), len(plan.annexes), _("{n} missing", n=missing)


def _document(ctx: Context) -> list[tuple[object, object]]:
    _, plan = ctx._, ctx.plan
    period = f"{formats.date(plan.start, _)} – {formats.date(plan.end, _)}"
    aside = " · ".join(x for x in (plan.period.transition, plan.period.outlook, plan.period.note) if x)
    return [
        (_("Issued by"), plan.issuing_body),
        (_("Period"), join([period, " ", element("small", aside)])),
        (_("Goals"), _("; ").join(goal.zh for goal in plan.goals)),
        (_("Index number"), plan.index_number),
        (_("Published"), formats.date(plan.publish_date, _) if plan.publish_date else ""),
        (_("Addressed to"), plan.addressees),
        (_("Based on"), plan.based_on),
        (_("Structure"), plan.structure),
        (_("Offices"), words.spoken(" · ".join(x for x in (plan.departments_note, plan.leader_note) if x), plan, _)),
        (_("Grades"), " · ".join(x for x in (plan.grades, plan.grades_note) if x)),
    ]


def _reporting(ctx: Context) -> Markup:
    _, plan = ctx._, ctx.plan

    pairs: list[tuple[object, object]] = [
        (rule.clause, join([rule.rule, " ", element("small", words.when_words(rule, plan, _))]))
        for rule in plan.reporting_rules
    ]
    return definitions([*pairs, (_("Note"), plan.reporting_note)], "def tight")


def _mechanisms(ctx: Context) -> Markup:
    _, plan = ctx._, ctx.plan
    return definitions([(_("Mechanisms"), chips(plan.mechanisms) if plan.mechanisms else "")], "def tight")


# ---- dates -----------------------------------------------------------------------------------------------------------


def dates(ctx: Context) -> None:
    """Show milestones and due dates on a line, each coloured by how its indicators stood on that day."""
    _, plan = ctx._, ctx.plan
    end = max(
        [plan.end, *(d for i in plan.indicators for d in i.all_dates), *(d for task in plan.tasks for d in task.due)]
    )
    with panel("dates", _("Milestones and due dates"), _dates_note(ctx)):
        st.html(timeline(_events(ctx), plan.start, end, _, as_of=ctx.as_of))
        if ctx.as_of:
            foot(_("Data up to {day}", day=formats.date(ctx.as_of, _)), _("colour: status on that day"))


def _dates_note(ctx: Context) -> str:
    n = sum(i.due_basis == "period_end" for i in ctx.plan.indicators)
    return ctx._("{n} indicators without a date of their own are due at the end of the plan", n=n)


def _events(ctx: Context) -> list[Event]:
    _, plan, stood = ctx._, ctx.plan, _stood(ctx)
    due: dict[dt.date, list[tuple[Indicator, str]]] = defaultdict(list)
    for i in plan.indicators:
        for day in i.all_dates:  # as it holds on that day: a revised target leaves those that were passed before
            now = i.in_force(day)
            steps = {m.date: m.value for m in now.milestones}
            if day in steps:
                due[day].append((i, wording.quantity(steps[day], i.unit, _)))
            elif day == now.due and (day != plan.end or i.due_basis == "stated"):
                due[day].append((i, words.target_words(now, _)))
    tasks: dict[dt.date, list[Task]] = defaultdict(list)
    for task in plan.tasks:
        for day in task.due:
            tasks[day].append(task)
    rules: dict[dt.date, list[str]] = defaultdict(list)
    for rule in plan.reporting_rules:
        for day in rule.due:
            rules[day].append(rule.rule)
    events = []
    for day in sorted({*due, *tasks, *rules, plan.end}):
        names = [f"{i.name(ctx.lang)} {text}".strip() for i, text in due[day]]
        names = names or [task.title_zh for task in tasks[day]] or rules[day]
        label = _("end of the plan") if day == plan.end else _first(names, ctx)
        counts = [_("{n} indicators", n=len(due[day]))] if len(due[day]) > 1 and day != plan.end else []
        if day == plan.end:
            counts = [_("{n} indicators", n=sum(i.due == plan.end for i in plan.indicators))]
        if tasks[day] and (due[day] or day == plan.end):
            counts.append(_("tasks: {n}", n=len(tasks[day])))
        codes = [stood[i.id, day] for i, _text in due[day] if (i.id, day) in stood]
        worst = next((code for code in (*URGENT, "slightly_behind") if code in codes), codes[0] if codes else None)
        events.append(Event(day, label, " · ".join(counts), worst))
    return events


def _first(names: list[str], ctx: Context) -> str:
    return names[0] if len(names) == 1 else ctx._("{first} and others", first=names[0]) if names else ""


def _stood(ctx: Context) -> dict[tuple[str, dt.date], str]:
    """Return how each indicator stood at the dates up to the as-of date."""
    if ctx.as_of is None:
        return {}
    found = {}
    for indicator in ctx.plan.indicators:
        dates = {day for day in indicator.all_dates if day <= ctx.as_of}
        if indicator.scored and dates:
            past = loaders.history(ctx.county.slug, ctx.plan.id, indicator.id, ctx.region)
            stood = zip(past["as_of"].dt.date, past["status"], strict=True)
            found.update({(indicator.id, day): code for day, code in stood if day in dates})
    return found


# ---- targets ---------------------------------------------------------------------------------------------------------


class Wanted:
    """What the filters ask for."""

    def __init__(self, area: str | None, office: str | None, kind: str | None, text: str) -> None:
        self.area, self.office, self.kind, self.text = area, office, kind, text

    def __call__(self, i: Indicator) -> bool:
        """Whether an indicator is asked for."""
        if self.area not in {None, i.area} or (self.kind and self.kind not in kinds_of(i)):
            return False
        if self.office and self.office not in i.lead:
            return False
        return not self.text or any(
            self.text in part.lower()
            for part in (i.name_zh, i.name_en, i.value_original, i.clause, i.id, *i.lead, *i.supporting)
        )


def targets(ctx: Context, wanted: Wanted) -> None:
    """Show the targets by clause, filtered, and the one picked in full."""
    left, right = side_by_side([1.55, 1])
    with left:
        shown = listed(ctx, wanted)
    with right:
        card(ctx, shown)


def revising(ctx: Context, wanted: Wanted) -> None:
    """Let who may revise the target picked in the list, and the status bands; show the revisions there were."""
    left, right = side_by_side([1.25, 1])
    with left:
        shown = listed(ctx, wanted)
    with right:
        target_view.revising(ctx, shown)
    target_view.bands_and_revisions(ctx)


def listed(ctx: Context, wanted: Wanted) -> Indicator | None:
    """Show the targets by clause, filtered; return the one that is picked, or the first."""
    _ = ctx._
    indicators = [i for i in in_order(ctx.plan) if wanted(i)]
    ids = {i.id for i in indicators}
    default = indicators[0].id if indicators else None
    chosen = address.keep("indicator", {i.id for i in ctx.plan.indicators}, default)
    shown = chosen if chosen in ids else default
    scored = sum(i.scored for i in indicators)
    note = _("{n} in all, {scored} scored", n=len(indicators), scored=scored)
    with panel("targets", _("Targets by clause"), note, _place(ctx)):
        if not indicators:
            st.html(element("p", _("Nothing matches the filter."), "quiet"))
        else:
            with st.container(key="scroll_targets"):
                rows = target_rows(ctx, indicators)
                board(targets_table(rows, _, judged=ctx.as_of is not None), "targets", shown, into="indicator")
    return ctx.plan.indicator(shown) if shown else None


def _place(ctx: Context) -> str:
    return ctx._("Status: {place}", place=ctx.names[ctx.region]) if ctx.as_of and ctx.township else ""


def choose(label: str, options: Mapping[str, str], key: str) -> str | None:
    """Let the viewer choose one of some options (name by id), or all of them (None).

    The names are the options, because a widget bound to the address writes there what it shows.
    """
    ids = {name: option for option, name in options.items()}
    if st.session_state.get(key) not in {None, label, *ids}:
        del st.session_state[key]
    picked = st.selectbox(label, [label, *ids], label_visibility="collapsed", key=key, bind="query-params")
    return ids.get(picked)


def search(ctx: Context, key: str) -> str:
    """Let the viewer type what to look for; lower case."""
    words_ = ctx._("Search name, wording, clause, office")
    typed = st.text_input(words_, placeholder=words_, label_visibility="collapsed", key=key, bind="query-params")
    return (typed or "").strip().lower()


def kinds_of(indicator: Indicator) -> set[str]:
    """Return under which kinds of the filter an indicator falls."""
    found = {"scored" if indicator.scored else "unscored", indicator.kind, indicator.strength}
    return found | ({"inferred"} if indicator.kind in {"implied", "derived"} else set())


def reading(ctx: Context) -> tuple[Wanted, str]:
    """Let the viewer filter, and choose to read one by one, read the whole text, or revise; return both."""
    _ = ctx._
    present = {kind for i in ctx.plan.indicators for kind in kinds_of(i)}
    kinds = {kind: _(name) for kind, name in _KINDS.items() if kind in present}
    views = {"pick": _("One by one"), "whole": _("Whole text, for printing")}
    if ctx.may("targets"):
        views["revise"] = _("Revise targets and bands")
    if st.session_state.get("reading") not in {None, *views}:
        del st.session_state["reading"]
    with st.container(horizontal=True, key="filters", vertical_alignment="center"):
        view = st.segmented_control(
            _("View"), list(views), default="pick", required=True, format_func=views.__getitem__, key="reading",
            label_visibility="collapsed", width="content",
        )  # fmt: skip
        wanted = Wanted(
            choose(_("All areas"), ctx.areas, "area"),
            choose(_("All lead offices"), {name: name for name in leads(ctx.plan)}, "office"),
            choose(_("All kinds"), kinds, "kind"),
            search(ctx, "q"),
        )
    return wanted, view or "pick"


def _duties(plan: Plan) -> list[Indicator | Task]:
    return [*plan.indicators, *plan.tasks]


def leads(plan: Plan) -> dict[str, None]:
    """Return the offices that lead an indicator or a task, those that lead most first."""
    count = Counter(office for part in _duties(plan) for office in part.lead)
    return dict.fromkeys(office for office, _n in count.most_common())


def in_order(plan: Plan) -> list[Indicator]:
    """Return the indicators in the order of the document's clauses."""
    return sorted(plan.indicators, key=lambda i: words.clause_key(i.clause))


def marks_of(indicator: Indicator) -> list[str]:
    """Return the marks that the plan itself gives an indicator, and whether its target was revised."""
    revised = ["revised"] if indicator.revisions else []
    return [*(m for m in (indicator.strength, indicator.kind) if m not in {"binding", "explicit"}), *revised]


def states(ctx: Context) -> dict[str, tuple[str, str]]:
    """Return status and rule by indicator at the as-of date; {} without data."""
    if ctx.as_of is None:
        return {}
    rows = ctx.progress()
    return {i: (code, rule) for i, code, rule in zip(rows["indicator"], rows["status"], rows["rule"], strict=True)}


def target_rows(ctx: Context, indicators: Iterable[Indicator]) -> list[TargetRow]:
    """Return indicators as the list of targets shows them."""
    _, state = ctx._, states(ctx)
    return [
        TargetRow(
            i.id,
            i.clause,
            i.name(ctx.lang),
            i.value_original,
            words.target_words(now, _) if i.scored else "",
            words.day(now.due, ctx.plan, _),
            _(", ").join(i.lead) or _("not named"),
            marks_of(i),
            *state.get(i.id, (None, None)),
        )
        for i, now in ((i, ctx.in_force(i)) for i in indicators)
    ]


# ---- one indicator in full -------------------------------------------------------------------------------------------


def card(ctx: Context, indicator: Indicator | None) -> None:
    """Show everything the plan and we say about one indicator."""
    _ = ctx._
    if indicator is None:
        return
    rows = ctx.progress() if ctx.as_of else None
    row = None if rows is None else rows.loc[rows["indicator"] == indicator.id].iloc[0]
    badge = badge_html(row["status"], row["rule"], _) if row is not None else ""
    with panel(
        "card", join([indicator.name(ctx.lang), " ", marks_html(marks_of(indicator), _)]), indicator.clause, badge
    ):
        if row is not None:
            indicator_view.why(ctx, row)
        with st.container(key="scroll_card"):
            st.html(definitions(describe(ctx, indicator)))
        foot(
            ctx.area_name(indicator.area),
            _("Concept: {name}", name=concepts()[indicator.concept].name(ctx.lang)),
            _quoted(ctx),
        )


def describe(ctx: Context, i: Indicator) -> list[tuple[object, object]]:
    """Return what there is to say about an indicator as label and text, empty where the plan is silent."""
    return [
        *_asked(ctx, i),
        *_duty(ctx, i),
        *_measured(ctx, i),
        (ctx._("Notes"), words.spoken(i.notes, ctx.plan, ctx._)),
    ]


def _small(main: object, aside: object) -> Markup:
    return join([escape(main), " ", element("small", aside)]) if aside else escape(main)


def _asked(ctx: Context, i: Indicator) -> list[tuple[object, object]]:
    _, plan = ctx._, ctx.plan
    reason = words.UNSCORED_WORDS.get(i.kind)
    now = ctx.in_force(i)
    scored = element("b", words.target_words(now, _)) if i.scored else ""
    base = i.context_base
    return [
        (_("In the plan's words"), i.value_original),
        (_("Scored as"), scored or _small(_("not scored"), _(reason) if reason else "")),
        (_("Compared with"), _compared(ctx, i)),
        (_("Due"), _small(words.day(now.due, plan, _), _(words.DUE_BASIS_WORDS[i.due_basis]))),
        (_("Revised"), _revised(ctx, i)),
        (_("Schedule"), _small(_(words.RULE_NAMES[i.rule]), words.rule_words(now, plan, _))),
        (_("Milestones"), words.milestone_words(now, plan, _)),
        (_("Or instead"), _alternatives(ctx, i)),
        (_("Start value"), "" if i.start_value is None else wording.quantity(i.start_value, i.unit, _)),
        (_("Background"), _background(ctx, i) if base else ""),
        (_("Figures by place"), _breakdown(ctx, i)),
    ]


def _revised(ctx: Context, i: Indicator) -> Markup | str:
    """Return what became of the target while the plan runs, by which document and why; both targets stay readable."""
    _ = ctx._
    told = _("; ").join(words.revision_words(i, ctx.plan, _))
    return _small(told, _("; ").join(r.note for r in i.revisions if r.note))


def _compared(ctx: Context, i: Indicator) -> str:
    _ = ctx._
    return {"previous_year": _("the year before"), "previous_period": _("the period before")}.get(
        i.compare_to or "", ""
    )


def _alternatives(ctx: Context, i: Indicator) -> str:
    _ = ctx._
    own = {"schedule": _("the plan's own schedule"), "column": _("a figure uploaded with the data, such as an average")}
    parts = [" · ".join(x for x in (own[a.target], words.spoken(a.note, ctx.plan, _)) if x) for a in i.any_of]
    return _("the best of these counts: {list}", list=_("; ").join(parts)) if parts else ""


def _background(ctx: Context, i: Indicator) -> str:
    _, base = ctx._, i.context_base
    if base is None:
        return ""
    value = "" if base.value is None else wording.quantity(base.value, base.unit, _)
    day = words.day(base.date, ctx.plan, _) if base.date else ""
    return " · ".join(x for x in (value, day, base.note, _("never the baseline of a computation")) if x)


def _breakdown(ctx: Context, i: Indicator) -> Markup | str:
    _ = ctx._
    if not i.breakdown:
        return ""
    basis = {"per_unit": _("each has its own figure"), "shared_total": _("they share one total; none is scored alone")}
    parts = [
        f"{part.township or ''}{part.name}"
        + ("" if part.value is None else f" {wording.quantity(part.value, part.unit, _)}")
        for part in i.breakdown
    ]
    return _small(_(", ").join(parts), basis.get(i.breakdown_basis or "", ""))


def _duty(ctx: Context, i: Indicator) -> list[tuple[object, object]]:
    _ = ctx._
    tasks = [task.title_zh for task in ctx.plan.tasks if i.id in task.feeds]
    return [
        (
            _("Lead office"),
            _small(
                _(", ").join(i.lead) or _("not named"),
                _("how found: {text}", text=_(words.LEAD_BASIS_WORDS[i.lead_basis])),
            ),
        ),
        (_("Leader"), i.leader_role),
        (_("Supporting"), _(", ").join(i.supporting)),
        (_("Tasks"), _("; ").join(tasks)),
    ]


def _measured(ctx: Context, i: Indicator) -> list[tuple[object, object]]:
    _ = ctx._
    used = [f"{p.name(ctx.lang)} {p.value_original}".strip() for p in ctx.plan.parameters if i.id in p.used_by]
    whole = i.rollup_value
    passing = "" if whole is None or i.rollup != "share_of_villages" else f" ≥ {wording.plain(whole)}%"
    return [
        (_("Numerator"), words.spoken(i.numerator, ctx.plan, _)),
        (_("Denominator"), words.spoken(i.denominator, ctx.plan, _)),
        *((label, text) for label, text in words.query_words(i.data, ctx.plan, _)),
        (_("Counted for"), _(_LEVELS[i.level])),
        (_("Roll-up"), _(words.ROLLUP_WORDS[i.rollup]) + passing),
        (_("A village passes when"), words.spoken(i.village_rule, ctx.plan, _)),
        (_("Reported how often"), _(words.FREQUENCY_WORDS[i.frequency])),
        (_("Parameters"), _("; ").join(used)),
    ]


# ---- offices, and what stands around the targets ---------------------------------------------------------------------


def offices(ctx: Context) -> None:
    """Show who leads how much; a row narrows the targets above to that office."""
    _, plan, state = ctx._, ctx.plan, states(ctx)
    rows = []
    for name in leads(plan):
        own = [i for i in plan.indicators if name in i.lead]
        behind = sum(state[i.id][0] in URGENT for i in own) if state else None
        supports = sum(name in part.supporting for part in _duties(plan))
        rows.append(
            OfficeRow(
                name, len(own), sum(i.scored for i in own), behind, sum(name in t.lead for t in plan.tasks), supports
            )
        )
    nobody = sum(not i.lead for i in plan.indicators)
    with panel("offices", _("Who leads"), _("pick an office to see its targets")):
        if rows:
            with st.container(key="scroll_offices"):
                board(offices_table(rows, _), "offices", st.session_state.get("office"), into="office")
        else:
            st.html(element("p", words.spoken(plan.departments_note, plan, _) or _("the plan names none"), "quiet"))
        foot(
            _("{n} offices lead", n=len(rows)),
            _("{n} indicators without a lead office", n=nobody) if nobody else "",
            _("found: {list}", list=_basis_counts(ctx)),
        )


def _basis_counts(ctx: Context) -> str:
    _ = ctx._
    count = Counter(i.lead_basis for i in ctx.plan.indicators)
    return _("; ").join(f"{_(words.LEAD_BASIS_WORDS[basis])} {n}" for basis, n in count.most_common())


SECTIONS = {
    "unscored": N_("Not scored"),
    "judged": N_("How it is judged"),
    "parameters": N_("Parameters"),
    "places": N_("Named places"),
    "annexes": N_("Annexes"),
}


def around(ctx: Context) -> None:
    """Show one of: what is not scored and why, how statuses come about, parameters, named places, annexes."""
    _ = ctx._
    names = {key: _(name) for key, name in SECTIONS.items() if key != "annexes" or ctx.plan.annexes}
    with panel("around"):
        section = st.segmented_control(
            _("Section"), list(names), default="unscored", required=True, format_func=names.__getitem__,
            key="section", label_visibility="collapsed",
        )  # fmt: skip
        with st.container(key="scroll_around"):
            st.html(section_html(ctx, section or "unscored"))
        foot(_quoted(ctx))


def section_html(ctx: Context, section: str) -> Markup:
    """Return one section as markup."""
    builders = {
        "unscored": _unscored, "judged": _judged, "parameters": _parameters, "places": _places, "annexes": _annexes,
    }  # fmt: skip
    return builders[section](ctx)


def _unscored(ctx: Context) -> Markup:
    _ = ctx._
    rows = [
        {
            "clause": i.clause,
            "name": i.name(ctx.lang),
            "stated": i.value_original,
            "why": _(words.UNSCORED_WORDS[i.kind]),
        }
        for i in in_order(ctx.plan)
        if not i.scored
    ]
    heads = {
        "clause": _("Clause"),
        "name": _("Indicator"),
        "stated": _("In the plan's words"),
        "why": _("Why not scored"),
    }
    count = Counter(row["why"] for row in rows)
    note = _("; ").join(f"{why} {n}" for why, n in count.most_common())
    if not rows:
        return element("p", _("Every indicator is scored."), "quiet")
    return element("p", note, "rest") + frame_table(pd.DataFrame(rows), heads, _)


def _judged(ctx: Context) -> Markup:
    _ = ctx._
    used = dict.fromkeys(m for i in ctx.plan.indicators for m in marks_of(i))
    bands = ctx.bands
    return join(
        [
            element("p", _("The first that holds is the status. Gap = actual − due by schedule, in points."), "rest"),
            status_rules(bands, _),
            element("h3", _("Marks")),
            mark_rules([*used, "regressed", "direct", "carried"], _),
            element("p", band_note(bands.slightly_behind, bands.behind, _), "rest"),
        ]
    )


def _parameters(ctx: Context) -> Markup:
    _ = ctx._
    names = {i.id: i.name(ctx.lang) for i in ctx.plan.indicators}
    rows = [
        {
            "clause": p.clause,
            "name": p.name(ctx.lang),
            "value": "" if p.value is None else wording.requirement(p.value, p.comparator, p.unit, _),
            "stated": p.value_original,
            "used": _(", ").join(names.get(i, i) for i in p.used_by),
            "notes": words.spoken(p.notes, ctx.plan, _),
        }
        for p in sorted(ctx.plan.parameters, key=lambda p: words.clause_key(p.clause))
    ]
    heads = {
        "clause": _("Clause"), "name": _("Parameter"), "value": _("Value read"), "stated": _("In the plan's words"),
        "used": _("Matters for"), "notes": _("Notes"),
    }  # fmt: skip
    return frame_table(pd.DataFrame(rows, columns=list(heads)), heads, _)


def _places(ctx: Context) -> Markup:
    _ = ctx._
    names = {i.id: i.name(ctx.lang) for i in ctx.plan.indicators}
    rows = [
        {
            "clause": p.clause,
            "name": " · ".join(x for x in (p.township, p.name_zh) if x),
            "kind": _(_PLACE_KINDS[p.kind]),
            "what": p.what,
            "used": _(", ").join(names.get(i, i) for i in p.indicators),
        }
        for p in sorted(ctx.plan.places, key=lambda p: words.clause_key(p.clause))
    ]
    heads = {
        "clause": _("Clause"), "name": _("Name"), "kind": _("Kind"), "what": _("What the plan says of it"),
        "used": _("Matters for"),
    }  # fmt: skip
    return frame_table(pd.DataFrame(rows, columns=list(heads)), heads, _)


def _annexes(ctx: Context) -> Markup:
    _ = ctx._
    rows = [
        {
            "no": str(a.no),
            "name": a.zh,
            "state": _("missing: not among the documents at hand") if a.missing else _("at hand"),
        }
        for a in ctx.plan.annexes
    ]
    heads = {"no": _("No."), "name": _("Annex"), "state": _("State")}
    return frame_table(pd.DataFrame(rows, columns=list(heads)), heads, _)


def offices_and_sections(ctx: Context) -> None:
    """Show who leads beside what stands around the targets."""
    left, right = side_by_side([1, 1.4])
    with left:
        offices(ctx)
    with right:
        around(ctx)


# ---- everything on paper ---------------------------------------------------------------------------------------------


def whole(ctx: Context, wanted: Wanted) -> None:
    """Show the targets asked for with their definitions, then every section, for reading on and for paper."""
    _ = ctx._
    rows = [
        {
            "id": i.id,
            "clause": i.clause,
            "name": i.name(ctx.lang),
            "marks": marks_of(i),
            "area": i.area,
            "target": words.target_words(now, _) if i.scored else "",
            "due": now.due,
            "milestones": words.milestone_words(now, ctx.plan, _),
            "office": _(", ").join(i.lead),
            "rule": _(words.RULE_NAMES[i.rule]),
            "definition": _("; ").join([words.definition(i, ctx.plan, _), *words.revision_words(i, ctx.plan, _)]),
            "reason": _(words.UNSCORED_WORDS[i.kind]) if not i.scored else "",
        }
        for i, now in ((i, ctx.in_force(i)) for i in in_order(ctx.plan) if wanted(i))
    ]
    with panel("whole", _("Targets by clause"), _quoted(ctx)):
        st.html(plan_table(pd.DataFrame(rows), _, areas=ctx.areas))
    for section, name in SECTIONS.items():
        if section == "annexes" and not ctx.plan.annexes:
            continue
        with panel(f"section_{section}", _(name)):
            st.html(section_html(ctx, section))
