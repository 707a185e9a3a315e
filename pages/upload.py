"""上传: choose a file, see it, read what was understood, commit it, undo it."""

from components import context
from components.panels import side_by_side
from components.uploads import choose, commit, correct, history, result, sight

ctx = context.get()

if ctx.known_at is None:
    commit.done(ctx)
left, right = side_by_side([1, 1.62])
with left:
    held = choose.step_one(ctx) if ctx.known_at is None else choose.nothing_now(ctx)
if held:
    with right:
        result.as_it_stands(ctx, held)
        sight.panel_of(ctx, held)
    with left:
        correct.corrections(ctx, held)
        commit.step_two(ctx, held)
    result.problems_and_columns(ctx, held)
else:
    if ctx.known_at is None:
        with left:
            history.nil_return(ctx)
    with right:
        history.tables_and_templates(ctx)
history.batches(ctx)
