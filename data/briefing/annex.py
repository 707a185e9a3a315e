"""What stands behind the figures: every indicator, how each is measured, and the rules."""

from data import plan_words
from data.briefing.areas import indicators_table
from data.briefing.composer import Composer
from data.briefing.facts import code
from data.briefing.model import Column, Items, Section, Table


def all_indicators(c: Composer) -> Section:
    """List every indicator of the plan as it stands."""
    title = c._("All indicators")
    return Section("all-indicators", title, title, (indicators_table(c, c.top, "all-indicators", title),))


def definitions(c: Composer) -> Section:
    """Say how each indicator is measured (口径), by whose clause, and by which rules all are judged."""
    _, plan = c._, c.facts.plan
    rows = tuple(
        (i.name(c.lang), plan_words.definition(i, plan, _), plan_words.rule_words(i, plan, _), i.clause)
        for i in plan.indicators
    )
    columns = (
        Column(_("Indicator"), 1.6),
        Column(_("Definition"), 2.6),
        Column(_("Schedule"), 1.6),
        Column(_("Clause"), 0.8),
    )
    title = _("Definitions and rules")
    table = Table("definitions", _("How each indicator is measured"), columns, rows)
    return Section("definitions", title, title, (Items(_rules(c)), table))


def _rules(c: Composer) -> tuple[str, ...]:
    _, bands = c._, c.facts.bands
    low, lower = c.ledger.count(bands.slightly_behind, "bands/low"), c.ledger.count(bands.behind, "bands/lower")
    rules = [
        _("Bands: slightly behind to {low}, behind to {lower} points", low=low, lower=lower),
        _("Judged: binding targets with data that count by now; share = on schedule or done ÷ judged."),
        _("Score = on schedule or done ÷ judged, in %, of binding targets."),
    ]
    rules.append(
        _(
            "`xianjie history --code {code}` finds the data these figures rest on.",
            code=c.ledger.name(code(c.facts), "code"),
        )
    )
    if c.facts.boundaries.schematic:
        rules.append(_("Township and village borders are schematic, not legal borders"))
    return tuple(rules)
