"""What is recorded of a place: projects, problems, work, what the plan names there, and who last reported what."""

from typing import NamedTuple

import pandas as pd

from components import formats
from components.board import Board, live
from components.context import Context
from components.fields.funds import project_list, sources, words
from components.html.base import Markup, element, escape, join
from components.html.menu import page_link
from components.html.problems import overdue_then_words, problem_table
from components.html.table import frame_table
from components.panels import abreast_html, foot_html, head_html, panel_html, scroll_html
from components.place.finder import Here
from components.problems.panel import problems_of
from data import summaries
from data.plan_words import clause_key
from data.tables import tables
from geo.regions import match_place

MOST = 40
WEIGHTS = (1.4, 1)


def records(ctx: Context, here: Here) -> None:
    """Show the place's projects and problems, work, what the plan names here, and the newest report of every table.

    One element: every rerun pays for each.
    """
    html = ctx.built("place records", lambda: _records(ctx, here), here)
    live(html.markup, "place_records", *html.boards)


class _Panels(NamedTuple):
    """Panels as HTML, and the boards in them."""

    markup: Markup
    boards: tuple[Board, ...] = ()


def _records(ctx: Context, here: Here) -> _Panels:
    projects, problems = _projects(ctx), _problems(ctx)
    under = element("div", join([_named(ctx, here), _reports(ctx)]), "under")
    rows = (
        abreast_html(WEIGHTS, projects.markup, problems.markup),
        abreast_html(WEIGHTS, _work(ctx), under),
    )
    return _Panels(element("div", join(rows), "below"), (*projects.boards, *problems.boards))


def _projects(ctx: Context) -> _Panels:
    _ = ctx._
    projects = ctx.summary("projects", summaries.project_list)
    head = head_html(_("Projects"), _("{n} in all", n=len(projects)))
    if projects.empty:
        return _Panels(panel_html("place_projects", head, _nothing(_("No project has been reported here."))))
    one = Board(project_list(ctx, projects.head(MOST)), "place_projects")
    body = scroll_html("place_projects", one.markup), foot_html(*sources(ctx, "projects", ""))
    return _Panels(panel_html("place_projects", head, *body), (one,))


def _problems(ctx: Context) -> _Panels:
    """Return the place's problems, open ones first."""
    _ = ctx._
    problems = problems_of(ctx)
    todo = summaries.most_overdue_first(problems.loc[problems["open"]])
    head = head_html(_("Problems"), _("{n} open, {closed} closed", n=len(todo), closed=len(problems) - len(todo)))
    told = foot_html(*sources(ctx, "issues", ""))
    if todo.empty:
        return _Panels(panel_html("place_issues", head, _nothing(_("No problem is open here.")), told))
    table = problem_table(todo.head(MOST), words(ctx, "issues", "domain"), ctx.names, _)
    one = Board(table, "place_issues", into="issue")
    link = element("p", page_link(escape(_("Course and next steps")), f"/{ctx.county.slug}/tasks"), "on")
    return _Panels(panel_html("place_issues", head, scroll_html("place_issues", one.markup), link, told), (one,))


def _work(ctx: Context) -> Markup:
    _ = ctx._
    rows = ctx.summary("actions", summaries.work_list)
    done = int((rows["status"] == "done").sum())
    head = head_html(_("Work records"), _("{n} of {of} done", n=done, of=len(rows)))
    if rows.empty:
        return panel_html("place_work", head, _nothing(_("No work has been recorded here.")))
    heads, kinds = _work_heads(ctx)
    table = frame_table(_work_rows(ctx).head(MOST), heads, _, kinds=kinds)
    return panel_html("place_work", head, scroll_html("place_work", table), foot_html(*sources(ctx, "actions", "")))


def _work_heads(ctx: Context) -> tuple[dict[str, str], dict[str, str]]:
    _ = ctx._
    heads = {"task": _("Task"), "due": _("Due"), "done": _("Done on"), "state": _("State")}
    if ctx.region[9:] == "000":  # a village's records are all its own
        heads = {"place": _("Place"), **heads}
    return heads, {"due": "date", "done": "date"}


def _work_rows(ctx: Context) -> pd.DataFrame:
    """Return the work recorded in the place, in words: what is undone first."""
    rows = ctx.summary("actions", summaries.work_list)
    titles = {task.id: task.title_zh for task in ctx.plan.tasks}
    kinds, states = words(ctx, "actions", "kind"), words(ctx, "actions", "status")
    named = zip(rows["task_id"], rows["kind"], rows["period"].fillna(""), strict=True)
    places = rows["village_code"].fillna(rows["geo_code"])
    return pd.DataFrame(
        {
            "place": places.map(ctx.names),
            "task": [f"{titles.get(str(t), kinds.get(str(k), ''))} {p}".strip() for t, k, p in named],
            "due": rows["due_on"],
            "done": rows["done_on"].where(rows["status"] == "done"),
            "state": rows["status"].map(states),
        }
    )


def _named(ctx: Context, here: Here) -> Markup:
    """Return what the plan names at the place: sites, projects, bodies, and figures of its own."""
    _ = ctx._
    found = _named_here(ctx, here)
    head = head_html(_("Named by the plan"), _("{n} in all", n=len(found)))
    if found.empty:
        return panel_html("place_named", head, _nothing(_("The plan names nothing here.")))
    table = scroll_html("place_named", frame_table(found, _named_heads(ctx), _))
    return panel_html("place_named", head, table, foot_html(_("Source: {text}", text=ctx.plan.title(ctx.lang))))


def _named_heads(ctx: Context) -> dict[str, str]:
    _ = ctx._
    return {"name": _("Name"), "what": _("What the plan says of it"), "clause": _("Clause")}


def _named_here(ctx: Context, here: Here) -> pd.DataFrame:
    """Return the plan's places and breakdown figures that are this place or lie in it, made once for page and sheet."""
    return ctx.built("named here", lambda: _named_rows(ctx, here))


def _named_rows(ctx: Context, here: Here) -> pd.DataFrame:
    codes = {here.code} | set(ctx.regions.loc[ctx.regions["parent"] == here.code, "code"])

    def lies(name: str, township: str | None) -> bool:
        hits = match_place(ctx.regions, name, township)
        if len(hits) != 1 and township and here.level == "township":
            hits = match_place(ctx.regions, township, None, "township")
        return len(hits) == 1 and hits[0] in codes

    rows = [
        (p.name_zh, p.what, p.clause)
        for p in sorted(ctx.plan.places, key=lambda p: clause_key(p.clause))
        if lies(p.name_zh, p.township)
    ]
    for indicator in ctx.plan.indicators:
        for part in indicator.breakdown:
            if part.level in {"village", "township", "town"} and lies(part.name, part.township):
                asked = formats.quantity(part.value, part.unit, ctx._) if part.value is not None else ""
                what = " ".join(t for t in (indicator.name(ctx.lang), asked) if t)
                rows.append((part.name, what, indicator.clause))
    return pd.DataFrame(rows, columns=["name", "what", "clause"])


def _reports(ctx: Context) -> Markup:
    """Return the newest data of every table that speaks for the place."""
    _ = ctx._
    head, rows = head_html(_("Last reports"), _("by table")), _reports_of(ctx)
    if rows.empty:
        none = _nothing(_("Nothing is asked of this place and nothing was reported."))
        return panel_html("place_reports", head, none)
    heads, kinds = _report_heads(ctx)
    told = foot_html(_("Data up to {day}", day=formats.date(ctx.as_of, _)))
    return panel_html("place_reports", head, frame_table(rows, heads, _, kinds=kinds), told)


def _report_heads(ctx: Context) -> tuple[dict[str, str], dict[str, str]]:
    _ = ctx._
    return {"table": _("Table"), "newest": _("Newest data"), "now": _("Reported")}, {"newest": "date"}


def _reports_of(ctx: Context) -> pd.DataFrame:
    """Return the newest data by table in words, made once for page and sheet."""
    return ctx.built("place reports", lambda: _report_rows(ctx))


def _report_rows(ctx: Context) -> pd.DataFrame:
    _ = ctx._
    table_of = {i.id: i.data.table for i in ctx.plan.indicators}
    rows = ctx.progress()
    rows = rows.assign(table=rows["indicator"].map(table_of)).loc[rows["of"] > 0]
    grouped = rows.groupby("table")[["newest", "reported", "of"]]
    found = grouped.agg({"newest": "max", "reported": "sum", "of": "sum"})
    found = found.loc[[name for name in tables() if name in found.index]]
    said = [
        _("this period") if now == of else _("in part") if now else _("not this period")
        for now, of in zip(found["reported"], found["of"], strict=True)
    ]
    names = {t.id: t.name(ctx.lang) for t in tables().values()}
    return pd.DataFrame({"table": found.index.map(names), "newest": found["newest"].to_numpy(), "now": said})


class Listed(NamedTuple):
    """A list for the sheet on paper: title, rows in words, heads and kinds of the columns."""

    title: str
    rows: pd.DataFrame
    heads: dict[str, str]
    kinds: dict[str, str]


def lists(ctx: Context, here: Here) -> list[Listed]:
    """Return the place's lists as plain frames: projects, open problems, work, what the plan names, last reports."""
    _ = ctx._
    projects = ctx.summary("projects", summaries.project_list)
    stages = words(ctx, "projects", "status")
    problems = problems_of(ctx)
    todo = summaries.most_overdue_first(problems.loc[problems["open"]])
    marks = [overdue_then_words(due, _) for due in todo["due_then"]]
    told = [" · ".join(t for t in pair if t) for pair in zip(todo["problem"].fillna(""), marks, strict=True)]
    return [
        Listed(
            _("Projects"),
            projects.assign(stage=projects["status"].map(stages))[["name", "stage", "invest", "rate"]],
            {"name": _("Project"), "stage": _("Stage"), "invest": _("Investment (10k yuan)"), "rate": _("Spent")},
            {"invest": "number", "rate": "percent"},
        ),
        Listed(
            _("Problems"),
            todo.assign(problem=told)[["problem", "due_on", "owner"]],
            {"problem": _("Problem"), "due_on": _("Due"), "owner": _("Post in charge")},
            {"due_on": "date"},
        ),
        Listed(_("Work records"), _work_rows(ctx), *_work_heads(ctx)),
        Listed(_("Named by the plan"), _named_here(ctx, here), _named_heads(ctx), {}),
        Listed(_("Last reports"), _reports_of(ctx), *_report_heads(ctx)),
    ]


def _nothing(text: str) -> Markup:
    return element("p", text, "quiet")
