"""审计: what happened in the county, who did it, when and from where; searched, filtered, taken along."""

from components import audit_view, context

ctx = context.get()

audit_view.log(ctx)
