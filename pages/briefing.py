"""通报: choose what the bulletin says, read it, take it along as Word, slides, workbook or offline page."""

from components import briefing_view, context

ctx = context.get()

wanted = briefing_view.chosen(ctx)
briefing_view.files_and_text(ctx, wanted)
