"""运行状况: release, database, backups, who is connected, what is slow; for whoever looks after the server."""

from components import context, operation_view

ctx = context.get()

operation_view.backup(ctx)
operation_view.deployment(ctx)
operation_view.pages_and_events(ctx)
