"""What every change to a problem does alike on a page: who acts, storing under a bar, refusals in words."""

import datetime as dt
from collections.abc import Callable

import streamlit as st

from components import actor, formats, outcome
from components.context import Context
from components.html.base import element
from components.uploads.working import working
from data import loaders, upload_words
from data.access import DeniedError
from data.derive import Tell
from data.language import Translator
from data.problems.record import EntryError
from data.store import Batch, StoreError
from data.upload import Actor
from data.upload_words import UploadError

_SAID = "_problem_said"
_EARLIEST = dt.date(2000, 1, 1)


def changeable(ctx: Context, town: str = "") -> bool:
    """Whether anything can be changed here: not in a read-only deployment, nor while looking at the past.

    Parameters
    ----------
    town : code of the township (or the county) the problem is of; whoever looks must be let change its problems.
    """
    may = not town or ctx.may("problems", (town,))
    return may and ctx.known_at is None and not loaders.store().read_only


def who_acts(ctx: Context, town: str) -> Actor | None:
    """Show who acts, and ask if nobody has said so; None, with words, where nothing can be changed.

    Parameters
    ----------
    town : code of the township (or the county) the problem is of.
    """
    if ctx.known_at is not None:
        st.html(element("p", looking_back(ctx._), "quiet"))
        return None
    if loaders.store().read_only:
        st.html(element("p", ctx._("This deployment is read-only: nothing can be changed here."), "quiet"))
        return None
    if not ctx.may("problems", (town,)):
        st.html(element("p", upload_words.denied(DeniedError("problems", (town,)), ctx._), "quiet"))
        return None
    return actor.ask(ctx)


def looking_back(_: Translator) -> str:
    """Return why nothing can be done with a problem while the page shows what was known then."""
    return _("You are looking at the past: problems cannot be handed over or moved on here. Switch off “As known then” "
             "first.")  # fmt: skip


def ask_day(label: str, value: dt.date, key: str) -> dt.date:
    """Ask for a day; what is cleared is the day proposed."""
    # Not `required`: Streamlit would write that word behind the label, in English.
    return st.date_input(label, value=value, min_value=_EARLIEST, key=key) or value


def save(ctx: Context, change: Callable[[Tell], Batch], said: str, then: Callable[[], None] | None = None) -> None:
    """Make a change and start the page anew, or say why it was refused.

    Parameters
    ----------
    change : stores it; is given what to tell the share of the work done.
    said : what is told once it is stored; `{n}` is the number of the batch.
    then : what is done on the page before that is told.
    """
    _, kept = ctx._, outcome.box(_SAID)
    if not changeable(ctx):  # switched over between looking and pressing
        st.error(formats.as_label(looking_back(_)))
        return
    try:
        with working(ctx) as tell, kept.busy:
            batch = change(tell)
            kept.holds = outcome.Message(_(said, n=batch.number), then)
    except EntryError as error:
        st.error(formats.as_label(" ".join(error.reasons(ctx.lang))))
    except (UploadError, StoreError) as error:
        st.error(formats.as_label(upload_words.refusal(error, _)))
    else:
        loaders.begin_run()
        st.rerun()


def told() -> None:
    """Say what was stored in the run before."""
    if outcome.box(_SAID).wait():  # this run read the problems before they were changed
        loaders.begin_run()
        st.rerun()
    said = outcome.message(_SAID)
    if said:
        st.success(formats.as_label(said))
