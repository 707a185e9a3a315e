"""支撑保障: the area's indicators, then resident teams, the work calendar, townships reached, open problems."""

from components import area, context, moves
from components.fields import support

ctx = context.get()

area.indicators_and_depth(ctx, "support")
moves.moves(ctx, "support")
support.teams(ctx)
support.meetings(ctx)
support.reached(ctx)
support.problems(ctx)
