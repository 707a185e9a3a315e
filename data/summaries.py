"""Sums of open rows for charts that are no indicator: money, projects, assets, work records, problems. Pure pandas.

Every function takes the rows of one table, the codes of the regions they may belong to, and the day up to which rows
count; nothing of households, persons or staff comes here.
"""

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from data import spells
from data.funds import counted
from data.tables import tables

AMOUNTS = ("received", "spent", "industry", "employment", "rural_use")
FINISHED = frozenset({"finished", "accepted"})
UNSCHEDULED = frozenset({"reserve"})
"""In the reserve nothing is due yet. A suspended project keeps its schedule: somebody has to act."""
STAGES = ("suspended", "reserve", "approved", "started", "finished", "accepted")
"""Project statuses, the least advanced first."""
AGES = (7, 30, 90)
"""Inner edges of the age of an open problem, in days."""
REGISTER_COLUMNS = tuple(column for column in tables()["villages"].columns if column.type in {"bool", "int"})
"""What the register of villages counts and marks."""
_HALF = {"H": 6, "S": 6, "Q": 3}


def _newest(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Keep the newest row of each thing."""
    ordered = frame.sort_values("as_of", kind="stable")
    return ordered.drop_duplicates(list(tables()[table].thing), keep="last")


def _fineness(codes: pd.Series) -> pd.Series:
    """Return 0 for a county's code, 1 for a township's, 2 for a village's."""
    return (codes.str[6:9] != "000").astype(int) + (codes.str[9:] != "000").astype(int)


def fund_rows(funds: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return the rows of the fund year of `day` that add up: per tier and fund only those of the finest level."""
    stamp = pd.Timestamp(day)
    year = funds["year"].fillna(funds["as_of"].dt.year)
    rows = funds.loc[(funds["as_of"] <= stamp) & (year == stamp.year) & funds["geo_code"].isin(set(scope))]
    level = _fineness(rows["geo_code"])
    finest = level.groupby([rows["tier"], rows["fund"]]).transform("max")
    return rows.loc[level == finest]


def fund_months(funds: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return what was received and spent by each month end of the running fund year.

    A place that has not reported for a month counts with its newest figures, as in the measures.

    Returns
    -------
    DataFrame
        tier, fund, date, the `AMOUNTS` (year to date), national_avg (per cent).
    """
    rows = fund_rows(funds, scope, day)
    columns = ["tier", "fund", "date", *AMOUNTS, "national_avg"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    wide = rows.pivot_table(index="as_of", columns=["tier", "fund", "geo_code"], values=list(AMOUNTS), aggfunc="last")
    wide = wide.ffill()
    if not counted(rows).all():
        for date in wide.index:
            known = rows.loc[rows["as_of"] <= date]
            left_out = known.loc[~counted(known), ["tier", "fund", "geo_code"]]
            things = set(left_out.itertuples(index=False, name=None))
            wide.loc[date, [tuple(column[1:]) in things for column in wide.columns]] = np.nan
    sums = wide.T.groupby(level=[1, 2, 0]).sum(min_count=1)
    long = sums.stack().unstack(2)  # noqa: PD010, PD013 - levels are turned, nothing is added up
    long = long.rename_axis(["tier", "fund", "date"]).reset_index()
    average = rows.groupby("as_of")["national_avg"].max()
    return long.assign(national_avg=long["date"].map(average)).reindex(columns=columns)


def fund_places(funds: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return the linkage funds of each place at its newest report.

    Returns
    -------
    DataFrame
        geo_code, as_of, the `AMOUNTS` of all tiers, central_received and central_industry.
    """
    rows = fund_rows(funds, scope, day)
    rows = _newest(rows.loc[rows["fund"] == "linkage"], "funds")
    central = rows["tier"] == "central"
    rows = rows.assign(
        central_received=rows["received"].where(central), central_industry=rows["industry"].where(central)
    )
    once = counted(rows)
    rows.loc[~once, list(AMOUNTS)] = np.nan
    grouped = rows.groupby("geo_code")
    sums = grouped[[*AMOUNTS, "central_received", "central_industry"]].sum(min_count=1)
    return sums.assign(as_of=grouped["as_of"].max()).reset_index()


def project_list(projects: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return each project at its newest snapshot.

    Returns
    -------
    DataFrame
        The table's columns with rate (spent of the investment, per cent), due (share of the plan year that has passed,
        per cent; missing in the reserve), gap (rate - due; missing in the reserve and once finished), moved (when money
        or stage last changed), still (days since then; missing like the gap) and series (rates over the snapshots);
        the furthest behind first, those without a gap last.
    """
    seen = projects.loc[(projects["as_of"] <= pd.Timestamp(day)) & projects["village_code"].isin(set(scope))]
    seen = seen.sort_values(["project_id", "as_of"], kind="stable")
    rate = 100 * seen["paid"] / seen["invest"].where(seen["invest"] > 0)
    same = seen["project_id"] == seen["project_id"].shift()
    still = same & (seen["paid"] == seen["paid"].shift()) & (seen["status"] == seen["status"].shift())
    moved = seen["as_of"].where(~still).groupby(seen["project_id"]).max()
    series = rate.groupby(seen["project_id"]).agg(list)
    now = seen.assign(rate=rate).drop_duplicates("project_id", keep="last").set_index("project_id")
    elapsed = 100 * ((day.year - now["plan_year"]) * 12 + day.month) / 12
    running = ~now["status"].isin(FINISHED | UNSCHEDULED)
    due = elapsed.clip(0, 100).where(~now["status"].isin(UNSCHEDULED))
    now = now.assign(due=due, moved=moved, series=series)
    now["gap"] = (now["rate"].fillna(0) - due).where(running)
    now["still"] = (pd.Timestamp(day) - now["moved"]).dt.days.where(running)
    return now.reset_index().sort_values(["gap", "still"], ascending=[True, False], kind="stable", ignore_index=True)


def village_projects(projects: pd.DataFrame) -> pd.DataFrame:
    """Add a project list up by village: index village_code; n, invest, paid, rate, stage (the least advanced one)."""
    order = {stage: i for i, stage in enumerate(STAGES)}
    rank = projects["status"].map(order).fillna(0)
    grouped = projects.assign(rank=rank).groupby("village_code")
    sums = grouped[["invest", "paid"]].sum()
    stage = grouped["rank"].min().map(dict(enumerate(STAGES)))
    return sums.assign(
        n=grouped.size(), rate=100 * sums["paid"] / sums["invest"].where(sums["invest"] > 0), stage=stage
    )


def register(villages: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:  # noqa: ARG001 - undated
    """Return the villages' rows of the register: `REGISTER_COLUMNS` only, which say what kind of village it is."""
    inside = villages["village_code"].isin(set(scope))
    return villages.loc[inside, ["village_code", *(c.name for c in REGISTER_COLUMNS)]]


def asset_list(assets: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return each asset of the regions at its newest snapshot up to the day."""
    rows = assets.loc[(assets["as_of"] <= pd.Timestamp(day)) & assets["village_code"].isin(set(scope))]
    return _newest(rows, "assets")


def asset_kinds(assets: pd.DataFrame) -> pd.DataFrame:
    """Add an asset list up by kind.

    Returns
    -------
    DataFrame
        Index kind; n, registered, title_ok, manager_ok, custodian_ok, idle, lost (numbers), original, clear, unclear
        (original value by title), dividend_due, dividend_paid, dividend_late (万元).
    """
    frame = assets.assign(
        clear=assets["original"].where(assets["title_ok"], 0),
        unclear=assets["original"].where(~assets["title_ok"], 0),
        idle=assets["status"] == "idle",
        lost=assets["status"] == "lost",
    )
    flags = ["registered", "title_ok", "manager_ok", "custodian_ok", "idle", "lost"]
    money = ["original", "clear", "unclear", "dividend_due", "dividend_paid", "dividend_late"]
    grouped = frame.groupby("kind")
    return grouped[flags + money].sum().assign(n=grouped.size())


def inside(rows: pd.DataFrame, scope: Collection[str]) -> pd.Series:
    """Whether rows of a list are of the regions, by their village or by the place they name."""
    wanted = set(scope)
    found: pd.Series = rows["village_code"].isin(wanted) | rows["geo_code"].isin(wanted)
    return found


def done_by(actions: pd.DataFrame, stamp: pd.Timestamp) -> pd.Series:
    """Whether the work of a record was done by a day."""
    found: pd.Series = (actions["status"] == "done") & (actions["done_on"] <= stamp)
    return found


def period_months(period: str | None) -> tuple[int, int, int] | None:
    """Return year, first month and number of months of a period; None if it is none.

    >>> period_months("2023-Q2")
    (2023, 4, 3)
    """
    year, _, part = (period or "").partition("-")
    if len(year) != 4 or not year.isdecimal() or int(year) == 0:
        return None
    if not part:
        return int(year), 1, 12
    if part.isdecimal():
        return (int(year), int(part), 1) if 1 <= int(part) <= 12 else None
    length = _HALF.get(part[0])
    if length is None or not part[1:].isdecimal() or not 1 <= int(part[1:]) * length <= 12:
        return None
    return int(year), (int(part[1:]) - 1) * length + 1, length


def work_calendar(actions: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return how much of each task of each period was done by the day.

    Returns
    -------
    DataFrame
        task_id, kind, level, period, year, month, months, due, n, done, in_time (numbers of records), overdue
        (whether the due date has passed with something undone), in the order of first due dates.
    """
    stamp = pd.Timestamp(day)
    rows = actions.loc[actions["geo_code"].isin(set(scope)) & (actions["status"] != "cancelled")]
    spans = {p: period_months(p) for p in rows["period"].dropna().unique()}
    rows = rows.loc[rows["period"].map(lambda p: spans.get(p) is not None)]
    done = done_by(rows, stamp)
    in_time = done & (rows["due_on"].isna() | (rows["done_on"] <= rows["due_on"]))
    grouped = rows.assign(done=done, in_time=in_time).groupby(["task_id", "period"], sort=False)
    found = grouped.agg(
        kind=("kind", "first"),
        level=("geo_level", "first"),
        due=("due_on", "max"),
        n=("done", "size"),
        done=("done", "sum"),
        in_time=("in_time", "sum"),
    ).reset_index()
    parts = [spans[p] or (0, 0, 0) for p in found["period"]]
    found[["year", "month", "months"]] = np.array(parts, dtype=int).reshape(-1, 3)
    found["overdue"] = (found["due"] < stamp) & (found["done"] < found["n"])
    return found.sort_values(["months", "task_id", "month"], kind="stable", ignore_index=True)


def places_reached(actions: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return per task done in townships one by one: task_id, kind, geo_code, done_on (missing while not reached)."""
    rows = actions.loc[
        (actions["geo_level"] == "township")
        & actions["geo_code"].isin(set(scope))
        & (actions["status"] != "cancelled")
        & (actions["period"].isna() | (actions["period"].str[:4] == str(day.year)))
    ]
    when = rows["done_on"].where(done_by(rows, pd.Timestamp(day)))
    grouped = rows.assign(done_on=when).groupby(["task_id", "kind", "geo_code"], sort=False)
    return grouped["done_on"].min().reset_index()


def work_list(actions: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return the records of work in the regions that were due or done by the day or are due after it.

    Returns
    -------
    DataFrame
        The table's columns with `status` as it stood on the day: what was done later is not done yet, what was due
        before and is not done is overdue. Undone ones first, by due date; then the newest done.
    """
    stamp = pd.Timestamp(day)
    rows = actions.loc[inside(actions, scope) & (actions["status"] != "cancelled")]
    done = done_by(rows, stamp)
    late = ~done & (rows["due_on"] < stamp)
    status = np.select([done, late, rows["status"] == "doing"], ["done", "overdue", "doing"], "planned")
    rows = rows.assign(status=status)
    todo = rows.loc[~done].sort_values("due_on", kind="stable")
    return pd.concat([todo, rows.loc[done].sort_values("done_on", ascending=False, kind="stable")], ignore_index=True)


def issue_list(issues: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return the problems found by the day.

    Returns
    -------
    DataFrame
        The table's columns with open, age (days since found, or until closed), late (days past the due date while
        open, or at closing; 0 if in time) and band (0, 1, 2 ...: how many of `AGES` the age exceeds).
    """
    stamp = pd.Timestamp(day)
    issues = spells.at(issues, day)
    rows = issues.loc[inside(issues, scope) & (issues["found_on"] <= stamp)]
    return aged(rows, ~(rows["closed_on"] <= stamp), stamp)


def aged(rows: pd.DataFrame, is_open: pd.Series, stamp: pd.Timestamp) -> pd.DataFrame:
    """Return problems with the columns that `issue_list` adds; who says which are open decides how old they are."""
    end = rows["closed_on"].where(~is_open, stamp)
    age = (end - rows["found_on"]).dt.days.fillna(0)
    late = (end - rows["due_on"]).dt.days.clip(lower=0).fillna(0)
    band = np.searchsorted(AGES, age.to_numpy(), side="left")
    return rows.assign(open=is_open, age=age, late=late, band=band)


def most_overdue_first(problems: pd.DataFrame) -> pd.DataFrame:
    """Return problems in the order somebody must act on them: the most overdue first, of these the oldest."""
    return problems.sort_values(["late", "age"], ascending=False, kind="stable")
