"""计划: the document as data: what it asks, when, of whom, how each target is measured, and what is not scored."""

from components import context, plan_view

ctx = context.get()

plan_view.head(ctx)
plan_view.dates(ctx)
wanted, view = plan_view.reading(ctx)
if view == "whole":
    plan_view.whole(ctx, wanted)
elif view == "revise":
    plan_view.revising(ctx, wanted)
else:
    plan_view.targets(ctx, wanted)
    plan_view.offices_and_sections(ctx)
