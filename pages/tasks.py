"""任务: the plan's duties by office, area and date, with the state of the indicators they serve; read only."""

from components import context, task_view

ctx = context.get()

task_view.counts(ctx)
wanted = task_view.filters(ctx)
task_view.table(ctx, wanted)
