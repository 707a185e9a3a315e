"""Counts of households and persons by category at the page's date, as the field panels show them."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from components import formats, indicator_view
from components.context import Context
from components.html.shares import Share
from components.panels import foot
from data import loaders
from data.language import Translator
from data.profiles import REST, WHOLE, profiles
from data.small_cells import SMALLEST_CELL
from data.tables import tables


def counted(ctx: Context, profile: str) -> pd.DataFrame:
    """Return a profile's counts of the page's region up to the as-of date: as_of, category, n."""

    def until_now() -> pd.DataFrame:
        frame = loaders.profile(ctx.county.slug, profile, ctx.region)
        return frame.loc[frame["as_of"] <= pd.Timestamp(ctx.need_date())]

    return ctx.built("counted", until_now, profile)


def newest(counts: pd.DataFrame, until: object = None) -> dict[str, float]:
    """Return the counts by category of the newest snapshot (up to a date)."""
    if until is not None:
        counts = counts.loc[counts["as_of"] <= pd.Timestamp(until)]  # type: ignore[arg-type]
    last = counts.loc[counts["as_of"] == counts["as_of"].max()]
    return dict(zip(last["category"], last["n"].astype(float), strict=True))


def not_shown(counts: pd.DataFrame) -> pd.Series:
    """Return by date how many the categories shown leave of all; NaN where it is not told how many those are.

    Where it is nothing, a category without a count has none.
    """
    of_all = counts["category"] == WHOLE
    sums = counts.loc[~of_all].groupby("as_of")["n"].sum().astype(float)
    return counts.loc[of_all].set_index("as_of")["n"].reindex(sums.index) - sums


def with_rest(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts by category, with what is not shown of all as one more, so that they add up."""
    rest = not_shown(counts)
    one_more = rest.loc[rest > 0].rename("n").reset_index().assign(category=REST)
    return pd.concat([counts.loc[counts["category"] != WHOLE], one_more], ignore_index=True)


def bars_words(counts: pd.DataFrame, _: Translator) -> str:
    """Say that bars by month are too low where what is not shown cannot be drawn with the rest."""
    return _("bars leave out what is not shown") if not_shown(counts).isna().any() else ""


def not_shown_words(_: Translator) -> str:
    """Say which counts are not shown."""
    return _("not shown: counts under {n}, and those that would tell them", n=SMALLEST_CELL)


def shares(
    ctx: Context, profile: str, counts: pd.DataFrame, good: Mapping[str, int] = MappingProxyType({})
) -> list[Share]:
    """Return each category of the newest date as a share of all, what is not shown of them last.

    Parameters
    ----------
    counts : as `counted` returns them.
    good : what growth of a category means, as `Share` has it.
    """
    now, then = newest(counts), before(ctx, profile)
    whole, rest = now.get(WHOLE), not_shown(counts).iloc[-1]
    words = profiles()[profile].categories(ctx.lang)
    told = [
        Share(name, now[code], whole, change(now, then, code), good.get(code, 0))
        for code, name in words.items()
        if code in now
    ]
    return [*told, Share(ctx._("not shown"), rest, whole)] if rest > 0 else told


def before(ctx: Context, profile: str) -> dict[str, float]:
    """Return a profile's counts at the comparison date, as known at the meeting if it is one; none without one."""
    if ctx.since is None:
        return {}
    with ctx.then():
        return newest(loaders.profile(ctx.county.slug, profile, ctx.region), ctx.since)


def change(now: dict[str, float], then: dict[str, float], category: str) -> float | None:
    """Return how a count changed; None where either is withheld or unknown."""
    return now[category] - then[category] if category in now and category in then else None


def provenance(ctx: Context, profile: str, counts: pd.DataFrame, *more: object) -> None:
    """Close a panel with what was counted, where it comes from, of which day, and what is not shown."""
    _ = ctx._
    found = profiles()[profile]
    name = found.name_zh if ctx.lang == "zh" else found.name_en
    table = tables()[found.table]
    foot(
        _("Definition: {text}", text=name),
        _("Source: {text}", text=table.name_zh if ctx.lang == "zh" else table.name_en),
        ctx.built("counted up to", lambda: _("Data up to {day}", day=formats.date(counts["as_of"].max(), _)), profile),
        ctx.built("reported", lambda: _reported(ctx, found.table), found.table),
        not_shown_words(_),
        *more,
    )


def _reported(ctx: Context, table: str) -> str:
    """Return how many villages reported a list, as the indicators that read it say."""
    reading = {i.id: indicator_view.reporters(i) for i in ctx.plan.indicators if i.data.table == table}
    rows = ctx.progress()
    rows = rows.loc[rows["indicator"].isin(list(reading)) & rows["of"].gt(0)].sort_values(["of", "reported"])
    if rows.empty:
        return ""
    last = rows.iloc[-1]
    return formats.reported(last["reported"], last["of"], ctx._, reading[last["indicator"]])
