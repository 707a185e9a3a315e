"""晾晒: places by level and by increment, who is named and why; one indicator in all places, and month by month."""

from components import context
from components.ranking import boards, over_time

ctx = context.get()

boards.board_and_named(ctx)
over_time.multiples_and_months(ctx)
