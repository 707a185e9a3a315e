"""The agenda a meeting walks: overview, action areas, rankings, the townships furthest behind, tasks."""

from components.context import Context
from components.html.agenda import Step, agenda_html
from components.html.base import Markup
from components.server.site import PAGES
from data import loaders

WORST = 3
"""Townships that are looked at one by one."""
_BEFORE, _AFTER = "ranking", "tasks"


def bar(ctx: Context, page: str) -> Markup:
    """Return the agenda's bar on a page, "" being the overview."""
    steps = _steps(ctx, page)
    town = _called(ctx).get(ctx.township or "", "")
    path = f"/{ctx.county.slug}/{page}".rstrip("/")
    found = [n for n, step in enumerate(steps) if step.href == path and (not step.town or step.town == town)]
    return agenda_html(steps, found[0] if found else None, ctx._)


def _steps(ctx: Context, page: str) -> list[Step]:
    _, home = ctx._, f"/{ctx.county.slug}"
    titles = {entry.name: _(entry.title) for entry in PAGES}
    first, *areas = PAGES[0].name, *(area for area in ctx.areas if area in titles)
    steps = [Step(titles[first], home), *(Step(titles[area], f"{home}/{area}") for area in areas)]
    steps.append(Step(titles[_BEFORE], f"{home}/{_BEFORE}"))
    worst = _worst(ctx, page)
    if not worst:
        return [*steps, Step(titles[_AFTER], f"{home}/{_AFTER}")]
    # Walked into and out of: what is narrowed for a look at one township is widened by the step that leaves it.
    if ctx.township:
        steps[-1] = steps[-1]._replace(town="")
    steps += [Step(name, f"{home}/village", name) for name in worst]
    return [*steps, Step(titles[_AFTER], f"{home}/{_AFTER}", "")]


def _called(ctx: Context) -> dict[str, str]:
    """Return the names of townships as the address has them, by code."""
    return {code: name for name, code in loaders.townships(ctx.county.slug, ctx.plan.id).items()}


def _worst(ctx: Context, page: str) -> list[str]:
    """Return the townships whose share of judged targets that are fine is lowest; none where the meeting is of one."""
    if ctx.as_of is None or len(loaders.townships(ctx.county.slug, ctx.plan.id)) <= 1:
        return []
    shares = loaders.area_shares(
        ctx.county.slug, ctx.plan.id, ctx.as_of, ctx.since, "township", None, ctx.since_version
    )  # fmt: skip
    called = _called(ctx)
    worst = [called[code] for code in shares.index[shares["total"].notna()][:WORST]]
    looking = page == "village" and called.get(ctx.township or "") in worst
    return worst if ctx.township is None or looking else []
