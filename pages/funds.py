"""资金项目: the area's indicators, one of them in depth, then money by tier and place, projects, assets."""

from components import area, context, moves
from components.fields import funds

ctx = context.get()

area.indicators_and_depth(ctx, "funds")
moves.moves(ctx, "funds")
funds.money(ctx)
funds.projects(ctx)
funds.assets(ctx)
