"""Counts of households and persons by category at the page's date, as the field panels show them."""

import pandas as pd

from components import formats, indicator_view
from components.context import Context
from components.panels import foot
from data import loaders
from data.profiles import profiles
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


def complete(counts: pd.DataFrame, whole: pd.DataFrame) -> bool:
    """Whether the counts of every date add up to those of all, so that none is withheld and a sum is a total.

    Parameters
    ----------
    counts, whole : columns as_of and n; `whole` holds the number of all, one row a date.
    """
    sums = counts.groupby("as_of")["n"].sum()
    return bool((sums == whole.set_index("as_of")["n"].reindex(sums.index)).all())


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
        _("counts under {n} are not shown", n=SMALLEST_CELL),
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
