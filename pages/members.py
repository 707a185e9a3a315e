"""成员: who has which roles in the county; given, changed and taken here."""

from components import context, members_view

ctx = context.get()

members_view.members(ctx)
