"""报送情况: who owed which table by which day, what came, who is missing; how new the data are."""

from components import context, reporting_moves, reporting_view

ctx = context.get()

reporting_view.matrix_and_missing(ctx)
reporting_moves.moves(ctx)
reporting_view.rules(ctx)
