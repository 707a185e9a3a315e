"""Words that several parts of the page use."""

from data.language import N_, Translator
from data.upload import ACTIONS

__all__ = ["ACTIONS", "KINDS", "MODES", "SEVERITIES", "kinds", "severities"]

SEVERITIES = {"error": N_("errors"), "warning": N_("warnings"), "repair": N_("repairs")}
KINDS = {"error": N_("Error"), "warning": N_("Warning"), "repair": N_("Repaired")}
MODES = {"replace": N_("Replace these months and townships"), "merge": N_("Merge by key")}


def severities(_: Translator) -> dict[str, str]:
    """Return the plural word of each kind of problem."""
    return {code: _(word) for code, word in SEVERITIES.items()}


def kinds(_: Translator) -> dict[str, str]:
    """Return the word of one problem of each kind."""
    return {code: _(word) for code, word in KINDS.items()}
