"""Words that several parts of the page use."""

from data.intake.model import FoundColumn
from data.intake.upload_headers import PLACES
from data.language import N_, Translator
from data.upload_words import ACTIONS

__all__ = [
    "ACTIONS",
    "KINDS",
    "NAMED",
    "PLACED",
    "SEVERITIES",
    "kinds",
    "looking_back",
    "meaning",
    "of_role",
    "severities",
    "understood",
]

SEVERITIES = {"error": N_("errors"), "warning": N_("warnings"), "repair": N_("repairs")}
KINDS = {"error": N_("Error"), "warning": N_("Warning"), "repair": N_("Repaired")}


def looking_back(_: Translator) -> str:
    """Return why nothing can be changed while the page shows what was known then."""
    return _("You are looking at the past: nothing can be uploaded, reported as none or undone here. Switch off “As "
             "known then” first.")  # fmt: skip


def severities(_: Translator) -> dict[str, str]:
    """Return the plural word of each kind of problem."""
    return {code: _(word) for code, word in SEVERITIES.items()}


def kinds(_: Translator) -> dict[str, str]:
    """Return the word of one problem of each kind."""
    return {code: _(word) for code, word in KINDS.items()}


# What `headings.yaml` calls quantities, for people; parts of a compound name are put together.
MEANINGS = {
    "seq": N_("running number"),
    "township_village": N_("township and village"),
    "village": N_("village"),
    "township": N_("township"),
    "county": N_("county"),
    "township_code": N_("township code"),
    "county_code": N_("county code"),
    "city_code": N_("prefecture code"),
    "province_code": N_("province code"),
    "village_code": N_("village code"),
    "place": N_("Place"),
    "location": N_("location"),
    "township_list": N_("several townships"),
    "project_name": N_("project name"),
    "build_nature": N_("nature of the works"),
    "category": N_("category"),
    "content": N_("content"),
    "beneficiary": N_("beneficiaries"),
    "responsible_unit": N_("responsible unit"),
    "note": N_("remark"),
    "day": N_("Date"),
    "indicator": N_("quantity named in the row"),
    "indicator_en": N_("quantity named in the row"),
    "unit": N_("Unit"),
    "group": N_("category"),
    "period": N_("time"),
    "season": N_("season"),
    "plot_type": N_("kind of plot"),
    "plot": N_("plot"),
    "crop": N_("crop"),
    "crop_code": N_("crop code"),
    "code": N_("code"),
    "task_households": N_("households planned"),
    "done_households": N_("households done"),
    "population_share": N_("share of the population"),
    "growth_rate": N_("growth"),
    "population": N_("people"),
    "labour": N_("labour force"),
    "labour_total": N_("labour force"),
    "households": N_("number of households"),
    "area": N_("area"),
    "yield": N_("yield"),
    "price_range": N_("range of prices"),
    "cost": N_("cost"),
    "funds": N_("funds"),
    "funds_paid": N_("funds paid"),
    "funds_subtotal": N_("funds, subtotal"),
    "funds_total": N_("funds, total"),
    "funds_central": N_("funds, central"),
    "funds_province": N_("funds, province"),
    "funds_city": N_("funds, prefecture"),
    "funds_county": N_("funds, county"),
    "value": N_("figure"),
    "indicator_value": N_("figure"),
}
_KINDS = {
    "number": N_("figure"),
    "share": N_("share"),
    "label": N_("words"),
    "list": N_("several in a cell"),
    "text": N_("words"),
    "period": N_("time"),
    "code": N_("code"),
}


def meaning(found: FoundColumn, _: Translator) -> str:
    """Return what a column of any table was taken for; "" if nothing is known of it."""
    name = (found.canonical or "").replace("funds_total_item", "funds")
    while name and name not in MEANINGS:
        name = name.rpartition("_")[0]
    if found.kind == "share" and name in {"value", "indicator_value"}:
        name = ""
    word = MEANINGS.get(name) or _KINDS.get(found.kind)
    return _(word) if word else ""


PLACED = frozenset({*PLACES, "period"})
"""What a column without a place in the table is called where it still says of which place or date its row is."""
NAMED = {
    "village_name": N_("name of the village, to find its code"),
    "township_name": N_("name of the township, to find its code"),
    "place_name": N_("name of the place, to find its code"),
    "tells_apart": N_("tells people apart, not kept"),
    "added_up": N_("read"),
}
"""Roles of columns that are no columns of the table but help to read its rows."""


def of_role(role: str, _: Translator, *, summed: bool) -> str:
    """Return what a column is read for that is none of the table; `summed`: rows are people, added up by village."""
    return _("added up by village") if summed and role == "added_up" else _(NAMED[role])


def understood(found: FoundColumn, _: Translator, *, generic: bool) -> bool:
    """Whether anything of a column is read: the list of columns says of all others that they are not used."""
    if found.role in {"personal", "ignored"}:
        return False
    if generic:
        return bool(meaning(found, _))
    return bool(found.name) or found.role in NAMED or found.canonical in PLACED
