"""任务: the plan's duties with their periods and records, and the problems handed over, up to their closing."""

from components import context, task_moves, task_view
from components.problems.panel import problems

ctx = context.get()

task_view.counts(ctx)
task_moves.moves(ctx)
wanted = task_view.filters(ctx)
task_view.list_and_depth(ctx, wanted)
problems(ctx)
