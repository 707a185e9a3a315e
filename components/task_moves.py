"""What moved of duties and problems since the comparison date."""

from components.board import Board, live
from components.context import Context
from components.fields.funds import words
from components.html.base import Markup, element
from components.html.problems import MOVEMENTS as PROBLEMS
from components.html.problems import problem_table
from components.html.progress import moved_groups
from components.html.tasks import MOVEMENTS as TURNS
from components.html.tasks import duties_table
from components.panels import foot_html, head_html, panel_html, scroll_html
from components.problems.panel import problems_of
from components.task_view import row_of, state_of
from data.problems import movement as of_problems
from data.summaries import most_overdue_first
from data.tasks import movement as of_tasks

MOST = 30
"""Rows of one group that are listed; its number says how many there are."""
Groups = list[tuple[str, int, Markup]]


def moves(ctx: Context) -> None:
    """Show the turns and the problems that moved; a row opens its task or problem. Nothing without a second date."""
    if ctx.since is None:
        return
    _ = ctx._
    turns = Board(ctx.built("task moves", lambda: _moved(_turns(ctx))), "task_moves", into="task")
    problems = Board(ctx.built("problem moves", lambda: _moved(_problems(ctx))), "problem_moves", into="issue")
    body = [scroll_html(one.key, one.markup) for one in (turns, problems) if one.html]
    if not body:
        body = [element("p", _("No task and no problem moved since then."), "quiet")]
    told = foot_html(_("each once, under the first heading that holds; pick one to open it below"))
    live(
        panel_html("task_moves", head_html(_("What changed"), ctx.since_words), *body, told),
        "task_moves",
        turns,
        problems,
    )


def _moved(groups: Groups) -> Markup:
    return moved_groups(groups) if groups else Markup()


def _turns(ctx: Context) -> Groups:
    """Return the turns of duties that moved, once any work was recorded."""
    _, now = ctx._, state_of(ctx)
    if not now or ctx.since is None:
        return []
    with ctx.then():
        then = state_of(ctx.before(ctx.since))
    tasks = {task.id: task for task in ctx.plan.tasks}
    return [
        (_(TURNS[group]), len(some), duties_table([row_of(ctx, tasks[one.task], one.turn) for one in some[:MOST]], _))
        for group, some in of_tasks.moved(now, then, ctx.since).items()
    ]


def _problems(ctx: Context) -> Groups:
    _, now = ctx._, problems_of(ctx)
    if ctx.since is None:
        return []
    with ctx.then():
        then = problems_of(ctx.before(ctx.since))
    domains = words(ctx, "issues", "domain")
    return [
        (_(PROBLEMS[group]), len(rows), problem_table(most_overdue_first(rows).head(MOST), domains, ctx.names, _))
        for group, rows in of_problems.moved(now, then).items()
    ]
