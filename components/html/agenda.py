"""The agenda of a meeting as a slim bar: where one is, the step before and after, fullscreen, lists held still."""

from collections.abc import Sequence
from typing import NamedTuple

from components.html.base import Markup, element, escape, join, raw
from data.language import Translator

_STILL = "M3 2v8M9 2v8"
_FULL = "M1.5 4.5v-3h3M7.5 1.5h3v3M10.5 7.5v3h-3M4.5 10.5h-3v-3"


class Step(NamedTuple):
    """A step of the agenda.

    Attributes
    ----------
    title : what is shown there.
    href : address of its page, without query.
    town : name of the township it is narrowed to; "" for what ends such a narrowing, None where none is touched.
    """

    title: str
    href: str
    town: str | None = None


def agenda_html(steps: Sequence[Step], here: int | None, _: Translator) -> Markup:
    """Return the bar; `here` is the step shown, None for a page that is not on the agenda."""
    at = -1 if here is None else here
    before = steps[at - 1] if at > 0 else None
    after = steps[at + 1] if at + 1 < len(steps) else None
    told = _("step {n} of {all}", n=at + 1, all=len(steps)) if here is not None else _("off the agenda")
    name = steps[at].title if here is not None else ""
    middle = join([element("b", name), element("small", told)])
    parts = [
        _turn(before, "before", "‹", _),
        element("span", middle, "at"),
        _turn(after, "next", "›", _),
        _button("still", _STILL, _("Lists turn their pages by themselves; press to hold them still")),
        _button("full", _FULL, _("Fullscreen (F)")),
    ]
    return raw("<nav class='agenda' aria-label=\"{}\">{}</nav>").format(_("Agenda"), join(parts))


def _turn(step: Step | None, rel: str, sign: str, _: Translator) -> Markup:
    if step is None:
        return raw(f"<span class='off' aria-hidden='true'>{sign}</span>")
    town = "" if step.town is None else f' data-town="{escape(step.town)}"'
    said = escape(_("{title} (arrow keys, page keys)", title=step.title))
    return raw(
        f'<a data-page rel=\'{rel}\'{town} href="{escape(step.href)}" title="{said}">'
        + (
            f"{sign} <small>{escape(step.title)}</small>"
            if rel == "before"
            else f"<small>{escape(step.title)}</small> {sign}"
        )
        + "</a>"
    )


def _button(does: str, drawing: str, said: str) -> Markup:
    told = escape(said)
    return raw(
        f"<button type='button' data-does='{does}' title=\"{told}\" aria-label=\"{told}\">"
        f"<svg viewBox='0 0 12 12'><path d='{drawing}'/></svg></button>"
    )
