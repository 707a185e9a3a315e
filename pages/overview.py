"""总览: the meeting's one screen. What is red, where, since when, who; what moved since the comparison date."""

from components import context, meetings, overview

ctx = context.get()

overview.area_tiles(ctx)
overview.urgent_and_map(ctx)
overview.heat_changes_and_reporting(ctx)
meetings.keeper(ctx)
