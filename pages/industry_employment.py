"""产业就业: the area's indicators, one of them in depth, and its jobs, village incomes, projects and crops."""

from components import area, context, moves
from components.fields import industry

ctx = context.get()

area.indicators_and_depth(ctx, "industry_employment")
moves.moves(ctx, "industry_employment")
industry.field(ctx)
