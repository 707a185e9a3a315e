"""监测帮扶: the area's indicators, one of them in depth, and its households: kinds, measures, visits, incomes."""

from components import area, context, moves
from components.fields import monitoring

ctx = context.get()

area.indicators_and_depth(ctx, "monitoring")
moves.moves(ctx, "monitoring")
monitoring.households(ctx)
