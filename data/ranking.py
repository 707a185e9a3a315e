"""Places ranked by their whole plan or one of its areas (晾晒): by level, by increment, who is named, and why. Pure.

The rules are those of `docs/progress.md`, section 8.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from data import tally
from data.plan_model import RATES
from data.progress import EPS, WORST_FIRST
from data.registry import Ranking

LEVEL, CHANGE = "level", "change"
FEW, NOTHING = "few", "nothing"
_FULL = 100.0


class Named(NamedTuple):
    """Who is named on one side of a board.

    Attributes
    ----------
    places : their codes, the furthest out first.
    tied : how many places share the rank at which the list would overflow, and are therefore not named; 0 if none.
    """

    places: tuple[str, ...]
    tied: int


class Reason(NamedTuple):
    """The indicator that did most for a place's standing.

    Attributes
    ----------
    indicator : its id.
    peers_fine, peers : of the other ranked places judged by it, how many are fine, and how many there are.
    status_before : its status at the comparison date where the board is by increment; None where it was not judged.
    """

    indicator: str
    peers_fine: int
    peers: int
    status_before: str | None


def weighed(rows: pd.DataFrame, area_of: Mapping[str, str], rule: Ranking, area: str | None = None) -> pd.DataFrame:
    """Return what is judged of every place, and how many points of its score each indicator is worth.

    Parameters
    ----------
    rows : progress of the places to be ranked.
    area_of : action area by indicator.
    area : only this one; None for all, by the county's weights.

    Returns
    -------
    DataFrame
        Rows of `data.tally.judged_rows` with `worth`; the worths of a place sum up to 100. The score of a place is the
        worth of what is fine. `short`, `lead` and `room` part equal scores, in percentage points: how far it lies
        behind, how far ahead of schedule up to the target, and how far ahead it could be.
    """
    judged = tally.judged_rows(rows, area_of)
    if area is not None:
        judged = judged.loc[judged["area"] == area]
    elif rule.weights:
        judged = judged.loc[judged["area"].isin(list(rule.weights))]
    if area is not None or not rule.weights:
        weight = pd.Series(1.0, index=judged.index)
    else:  # an area's weight is shared by what is judged of it, so that an area of many targets weighs no more
        size = judged.groupby(["region", "area"])["indicator"].transform("size")
        weight = judged["area"].map(rule.weights).astype(float) / size.astype(float)  # of no row they have no type
    total = weight.groupby(judged["region"]).transform("sum")
    return _measured(judged.assign(worth=_FULL * weight / total))


def _measured(judged: pd.DataFrame) -> pd.DataFrame:
    gap, fine = judged["gap"].astype(float), judged["fine"].astype(bool)
    short = (-gap).fillna(_FULL).clip(0.0, _FULL).where(~fine, 0.0)  # a yes or no missed is missed as a whole
    by_rate = (judged["target"] - judged["expected"]).astype(float)
    by_amount = _FULL * (1.0 - judged["schedule_share"].astype(float))
    room = by_rate.where(judged["unit"].isin(RATES), by_amount)
    # Nobody is ahead of a ceiling or of a yes or no; what has fallen due, or must hold at any time, leaves no room.
    room = room.where(fine & gap.notna() & (judged["comparator"] != "<="), 0.0).fillna(0.0).clip(lower=0.0)
    lead = gap.fillna(0.0).clip(lower=0.0)
    return judged.assign(short=short, lead=lead.where(lead < room, room), room=room)


def board(now: pd.DataFrame, before: pd.DataFrame | None, places: Sequence[str], least: int) -> pd.DataFrame:
    """Rank places by level and by increment.

    Parameters
    ----------
    now, before : `weighed` at the as-of date and at the comparison date.
    places : codes of all places; who is not judged is in the board too.
    least : judged indicators from which a place is ranked.

    Returns
    -------
    DataFrame
        Index region, in the order of `places`. `score`, `fine`, `judged` and the same with `_before`; `change` in
        percentage points; `shortfall`, how far the place lies behind in points of the score; `early`, of what is not
        due yet the part that is done, in per cent, where it is behind in nothing; `caught_up`, points by which the
        shortfall fell; `level_rank`, `level_rank_before` and `change_rank` (1 is best; equal scores are parted by the
        shortfall, then by what is done early, equal increments by what was caught up; ties share the better rank;
        NaN: not ranked); `apart`: "" if ranked, "few" below the minimum, "nothing" if nothing is judged. Scores below
        the minimum are kept, but neither ranked nor compared.
    """
    index = pd.Index(list(places), name="region")
    result = _scores(now, index)
    past = _scores(now.iloc[:0] if before is None else before, index)
    result = result.join(past.add_suffix("_before"))
    enough, enough_before = result["judged"] >= least, result["judged_before"] >= least
    both = enough & enough_before
    result["change"] = (result["score"] - result["score_before"]).where(both)
    result["caught_up"] = (result["shortfall_before"] - result["shortfall"]).where(both)
    result["level_rank"] = _ranks(result["score"].where(enough), -result["shortfall"], result["early"])
    result["level_rank_before"] = _ranks(
        result["score_before"].where(enough_before), -result["shortfall_before"], result["early_before"]
    )
    result["change_rank"] = _ranks(result["change"], result["caught_up"])
    result["apart"] = ""
    result.loc[~enough, "apart"] = FEW
    result.loc[result["judged"] == 0, "apart"] = NOTHING
    return result


def _scores(rows: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    grouped = rows.groupby("region")["fine"]

    def points(column: str) -> pd.Series:
        sums = (rows["worth"] * rows[column]).groupby(rows["region"]).sum()
        return sums.reindex(index).astype(float)

    score, room = points("fine").round(9), points("room")
    early = (_FULL * points("lead") / room.where(room > EPS)).fillna(_FULL)  # nothing is left to be done early
    return pd.DataFrame(
        {
            "score": score,
            "fine": grouped.sum().reindex(index, fill_value=0).astype(int),
            "judged": grouped.size().reindex(index, fill_value=0).astype(int),
            "shortfall": points("short") / _FULL,
            "early": early.where(score == _FULL),
        },
        index=index,
    )


def _ranks(*keys: pd.Series) -> pd.Series:
    """Rank by the first key, the highest first, what is equal in it by the next; without the first there is no rank."""
    order = pd.DataFrame({n: -key.round(9).fillna(0.0) for n, key in enumerate(keys)}).loc[keys[0].notna()]
    return order.groupby(list(order.columns), sort=True).ngroup().rank(method="min").reindex(keys[0].index)


def named(ranked: pd.DataFrame, by: str, rule: Ranking) -> tuple[Named, Named]:
    """Return who is named up (红榜) and down (黑榜) of a board, by "level" or by "change".

    Never more than half of the ranked places on either side. Who shares a rank is named together or, where the list
    would overflow, not at all. Nobody is named down for a full score or a rise, nor up for none or a fall.
    """
    ranks = ranked[f"{by}_rank"].dropna()
    values = ranked[{LEVEL: "score", CHANGE: CHANGE}[by]].reindex(ranks.index).round(9)
    half = len(ranks) // 2
    up = ranks.loc[values > 0]
    down = ranks.loc[values < (_FULL if by == LEVEL else 0)]
    return _outermost(up, min(rule.red, half), best=True), _outermost(down, min(rule.black, half), best=False)


def _outermost(ranks: pd.Series, most: int, *, best: bool) -> Named:
    found: list[str] = []
    for _rank, group in sorted(ranks.groupby(ranks), key=lambda pair: pair[0], reverse=not best):
        if len(found) + len(group) > most:
            return Named(tuple(found), len(group) if len(found) < most else 0)
        found += [str(code) for code in group.index]
    return Named(tuple(found), 0)


def level_reason(place: str, now: pd.DataFrame, ranked: Sequence[str], *, up: bool) -> Reason | None:
    """Return the indicator that sets a place's score apart from the others' most; None if there is none.

    Of what is fine (up) or not (down): the one whose points differ most from what the other ranked places make of it on
    average. Where several do alike, the largest lead, or the worst status and gap, decides.
    """
    rows = now.loc[(now["region"] == place) & (now["fine"] == up)]
    if rows.empty:
        return None
    rows = _with_peers(rows, place, now, ranked)
    share = (rows["peers_fine"] / rows["peers"]).fillna(float(up))  # nobody to differ from
    apart = (rows["worth"] * (rows["fine"] - share)).abs().round(9)
    return _first(rows.assign(most=-apart), up=up)


def change_reason(
    place: str, now: pd.DataFrame, before: pd.DataFrame, rows: pd.DataFrame, ranked: Sequence[str], *, up: bool
) -> Reason | None:
    """Return the indicator that moved a place's score most since the comparison date; None if there is none.

    Up: of what has become fine; down: of what has ceased to be. Where nothing has, of what is no longer judged. Those
    of equal worth are told apart by how far their gap moved.

    Parameters
    ----------
    rows : progress of the place at the as-of date, for what is not judged any more.
    """
    own, past = now.loc[now["region"] == place], before.loc[before["region"] == place].set_index("indicator")
    fine_before, gap_before = own["indicator"].map(past["fine"]), own["indicator"].map(past["gap"])
    moved = own.loc[(own["fine"] == up) & (fine_before.astype(object) != up)]
    if moved.empty:
        gone = past.loc[(past["fine"] != up) & ~past.index.isin(own["indicator"])]
        moved = rows.loc[(rows["region"] == place) & rows["indicator"].isin(gone.index)]
        moved = moved.assign(worth=moved["indicator"].map(gone["worth"]))
    if moved.empty:
        return None
    moved = _with_peers(moved, place, now, ranked)
    step = (moved["gap"] - gap_before.reindex(moved.index)).fillna(0.0)
    moved = moved.assign(most=-moved["worth"].round(9), step=-step if up else step)
    return _first(moved, up=up, status_before=past["status"])


def _with_peers(rows: pd.DataFrame, place: str, now: pd.DataFrame, ranked: Sequence[str]) -> pd.DataFrame:
    """Add how many of the other ranked places are judged by each indicator, and how many of them are fine."""
    others = now.loc[now["region"].isin(list(ranked)) & (now["region"] != place)].groupby("indicator")["fine"]
    return rows.assign(
        peers_fine=rows["indicator"].map(others.sum()).fillna(0), peers=rows["indicator"].map(others.size()).fillna(0)
    )


def _first(rows: pd.DataFrame, *, up: bool, status_before: pd.Series | None = None) -> Reason:
    worst = rows["status"].map({code: i for i, code in enumerate(WORST_FIRST)}).fillna(len(WORST_FIRST))
    gap = rows["gap"].astype(float)
    rows = rows.assign(
        order=0 if up else worst,
        size=-gap.fillna(-float("inf")) if up else gap.fillna(-float("inf")),  # a yes or no missed leads its status
        step=rows.get("step", 0.0),
    )
    first = rows.sort_values(["most", "step", "order", "size"], kind="stable").iloc[0]
    known = None if status_before is None else status_before.get(first["indicator"])
    return Reason(str(first["indicator"]), int(first["peers_fine"]), int(first["peers"]), known)


def by_month(
    rows: pd.DataFrame, area_of: Mapping[str, str], rule: Ranking, places: Sequence[str], area: str | None = None
) -> pd.DataFrame:
    """Return the score of every place at several dates, by the same rules: index region, a column per date.

    Parameters
    ----------
    rows : progress at several dates, with their date in `as_of`. Places below the minimum at a date are NaN there.
    """
    least = rule.least(area)
    columns = {}
    for day, part in rows.groupby("as_of"):
        found = board(weighed(part, area_of, rule, area), None, places, least)
        columns[day] = found["score"].where(found["apart"] == "")
    return pd.DataFrame(columns, index=pd.Index(list(places), name="region"))
