"""镇村: one village or township at a glance, with its records; or several side by side."""

from components import context, moves
from components.place import compare, finder, glance, paper, people, records

ctx = context.get()

here = finder.chosen(ctx)
several = finder.way(ctx, here)
if several:
    compare.side_by_side_places(ctx, here)
elif here is None:
    finder.all_places(ctx)
else:
    place = ctx.at(here.code)
    glance.head(place, here)
    glance.indicators_and_map(place, here)
    moves.moves(place)
    glance.villages(place, here)
    records.records(place, here)
    people.of_village(place, here)
    paper.sheet(place, here)
