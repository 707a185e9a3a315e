"""和美乡村: the area's indicators, then rates by village, demonstration villages, housing and water works."""

from components import area, context, moves
from components.fields import livable

ctx = context.get()

area.indicators_and_depth(ctx, "livable_villages")
moves.moves(ctx, "livable_villages")
livable.rates(ctx)
livable.demonstrations(ctx)
livable.works(ctx)
