"""Who has which roles, what each role may do, and the audit log, as tables."""

from collections.abc import Mapping, Sequence

from components.html.base import Markup, element, join
from components.html.table import Column, table
from data.access.model import Action, Role
from data.audit_words import COLUMNS
from data.language import Translator
from data.wording import language

Row = Mapping[str, str]


def members_html(rows: Sequence[Row], _: Translator) -> Markup:
    """Return the members: account, name, roles, by, at; each is picked by its account."""
    columns: list[Column[Row]] = [
        Column(_("Name"), lambda r: r["name"], "nm t1"),
        Column(_("Account"), lambda r: r["account"], "wrap t5"),
        Column(_("Roles"), lambda r: r["roles"], "wrap t2"),
        Column(_("Given by"), lambda r: r["by"], "wrap t7"),
        Column(_("When"), lambda r: r["at"], "t6"),
    ]
    return table(columns, rows, key=lambda r: r["account"], css="slim told")


def roles_html(given: Mapping[str, Role], actions: Mapping[str, Action], _: Translator) -> Markup:
    """Return what each role may do."""
    lang = language(_)

    def may(role: Role) -> str:
        return _(", ").join(actions[action].name(lang) for action in role.may)

    columns: list[Column[Role]] = [
        Column(_("Role"), lambda role: role.name(lang), "nm t1"),
        Column(_("May"), may, "wrap t2"),
        Column(_("Given for"), lambda role: _("townships") if role.townships else _("the county"), "t3"),
    ]
    return table(columns, given.values(), css="slim told")


def log_html(rows: Sequence[Row], _: Translator, *, more: bool = False) -> Markup:
    """Return entries of the log, as `data.audit_words.rows` puts them; `more` says that older ones were found too."""
    head = {key: _(name) for key, name in COLUMNS.items()}
    columns: list[Column[Row]] = [
        Column(head["no"], lambda r: r["no"], "num t1"),
        Column(head["at"], lambda r: r["at"], "t5"),
        Column(head["event"], lambda r: join([element("b", r["event"]), " ", r["subject"]]), "wrap t2"),
        Column(head["who"], lambda r: join([r["who"], " ", element("small", r["account"])]), "wrap t7"),
        Column(head["address"], lambda r: element("small", r["address"]), "t6"),
        Column(head["detail"], lambda r: element("small", r["detail"]), "wrap t4"),
    ]
    foot = _("There are older entries: narrow the search, or take the file.") if more else ""
    return table(columns, rows, css="slim told", foot=foot)
