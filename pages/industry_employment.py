"""One action area: its indicators, one of them in depth, and the charts of its field."""

from components import area, context

ctx = context.get()

area.indicators_and_depth(ctx, "industry_employment")
