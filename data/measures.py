"""Measures: the value of every indicator for every region at a date, computed from the upload tables.

The reading conventions of `tables.yaml` hold to the letter. Rows are located at a node of the region tree (village,
township or top); additive parts are counted per node and summed up the tree, so every total is the sum of its parts and
a rate is always sum of numerators over sum of denominators.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from data import funds, schedule
from data.plan import Indicator, Plan
from data.plan_model import Query, parsed
from data.sources import (
    NO_DAY,
    REGISTERS,
    SERIES,
    Bools,
    Floats,
    Ints,
    Source,
    Tables,
    Tree,
    day_number,
    register,
)
from data.statements import Said
from data.tables import tables

MEASURE_COLUMNS = (
    "indicator",
    "region",
    "level",
    "as_of",
    "value",
    "numerator",
    "denominator",
    "alternative",
    "reported",
    "of",
    "newest",
    "direct",
)


@dataclass(frozen=True)
class Part:
    """What one indicator gives per node: the value and its parts, whether there is data, and how new it is."""

    value: Floats
    numerator: Floats
    denominator: Floats
    newest: Ints
    direct: Bools


class Engine:
    """Computes measures of one plan from one state of the tables."""

    def __init__(self, plan: Plan, uploaded: Tables, regions: pd.DataFrame, *, whole_register: bool = False) -> None:
        self.plan = plan
        self.uploaded = uploaded
        self.villages = register(regions, uploaded.frames.get("villages"), whole=whole_register)
        self.tree = Tree(regions, self.villages["village_code"])
        county = plan.county_code + "000000"
        above = frozenset() if self.tree.top == county else frozenset({county})
        self.sources = {
            name: Source(name, frame, self.tree, above) for name, frame in uploaded.frames.items() if name != "villages"
        }
        self.said = Said(uploaded.statements, self.tree)
        self._bases: dict[str | None, Bools] = {}

    def rows(self, source: Source, mode: str, day: dt.date) -> Ints:
        """Return the positions of the rows a query reads at a date.

        The newest row of a thing is not its state any more where a nil return (零报告) of a later month says that
        there is no such thing. What happened or was paid before (`window`, `all`) stays as it was.
        """
        positions = source.rows(mode, self.plan, day)
        if mode != "latest" or source.days is None or source.table in SERIES or not self.said.of(source.table):
            return positions
        nodes = source.nodes[positions]
        emptied = self.said.emptied(source.table, day)[nodes]
        kept: Ints = positions[(nodes < 0) | (source.days[positions] >= emptied)]
        return kept

    @staticmethod
    def _figure_by_figure(query: Query) -> bool:
        """Whether a nil return of the table says nothing of the figure: stocks of the long tables are given singly."""
        return query.table in SERIES and query.rows != "window"

    # ---- one indicator at one date -------------------------------------------------------------------------------

    def part(self, indicator: Indicator, day: dt.date) -> Part:
        """Return the measures of one indicator at one date, per node."""
        own = self._queried(indicator, day)
        return self._with_direct(indicator, day, own)

    def _queried(self, indicator: Indicator, day: dt.date) -> Part:
        query = indicator.data
        source = self.sources.get(query.table)
        dates = schedule.query_dates(self.plan, day)
        if source is None or (source.frame.empty and query.table in SERIES):
            return self._nothing(indicator, day)
        positions = self.rows(source, query.rows, day)
        nodes = source.nodes[positions]
        if indicator.rollup == "county_only":  # a township's plan may rest on a figure of its county
            nodes = np.where(source.above[positions], 0, nodes)
        where_all = source.mask(query.where, dates)
        where = where_all[positions]
        kept = source.series(query.where)[positions]
        flat = False
        # The newest figure of a place is not added up: there, coarser rows count beside finer ones.
        if query.table in SERIES and query.agg != "last":
            positions, nodes = self._one_level(source, query.where, positions[kept], nodes[kept])
            where, kept = where_all[positions], np.ones(len(positions), dtype=bool)
            flat = True
        present = self._present(source, nodes[kept], day, flat=flat)
        where = where & kept
        days = source.dated[positions]
        newest = self.tree.newest(nodes[kept & (nodes >= 0)], days[kept & (nodes >= 0)])
        if not self._figure_by_figure(query):
            newest = np.maximum(newest, self.said.newest(query.table, day))
        value, num, den = self._aggregate(indicator, source, positions, nodes, where, kept, dates, flat=flat)
        value = np.where(present, value, np.nan)
        if is_growth(indicator):
            before = self._totals(indicator, schedule.year_before(day))
            value, num, den = _ratio(value - before, before, 100.0), value, before
        missing = np.isnan(value)
        return Part(
            value,
            np.where(missing, np.nan, num),
            np.where(missing, np.nan, den),
            newest,
            np.zeros(self.tree.size, dtype=bool),
        )

    def _totals(self, indicator: Indicator, day: dt.date) -> Floats:
        """Return the sum whose growth is measured, at another date."""
        plain = indicator.model_copy(update={"unit": ""})
        return self._queried(plain, day).value

    def _nothing(self, indicator: Indicator, day: dt.date) -> Part:
        """No file at all: only a nil return makes a count zero."""
        nan = np.full(self.tree.size, np.nan)
        value = nan.copy()
        newest = np.full(self.tree.size, NO_DAY)
        if indicator.data.agg in {"count", "sum"} and indicator.data.table not in SERIES:
            value = np.where(self.said.by(indicator.data.table, day), 0.0, np.nan)
            newest = self.said.newest(indicator.data.table, day)
        return Part(value, nan, nan, newest, np.zeros(self.tree.size, dtype=bool))

    def _present(self, source: Source, nodes: Ints, day: dt.date, *, flat: bool) -> Bools:
        """Nodes with data. Where a list or a nil return speaks for a node, what it does not name is zero."""
        said = self.said.by(source.table, day)
        if source.days is None and self.said.of(source.table):
            return said
        if source.days is None or source.frame.empty:  # a file with a header only is a nil return
            return np.ones(self.tree.size, dtype=bool)
        present = self.tree.count(nodes, flat=flat) > 0
        return present if source.table in SERIES else present | said

    def _one_level(self, source: Source, where: str | None, positions: Ints, nodes: Ints) -> tuple[Ints, Ints]:
        """List, for every region, the rows of one level of each series: what is given twice is counted once.

        `facts`: the finest level present in the region (convention of `tables.yaml`). `funds`: the coarsest, for the
        finance office's own figure of a place is the sum of its parts and may be more complete. Where the query names
        no tier, a place's tiers or its total count (`data.funds`).

        Returns
        -------
        positions, nodes
            One entry per row and region it counts for.
        """
        if source.table == "funds" and not (where is not None and source.expression(where).equals("tier")):
            rows = source.frame[["fund", "tier", "as_of"]].iloc[positions].assign(geo_code=nodes)
            once = funds.counted(rows)
            positions, nodes = positions[once], nodes[once]
        rank = source.fineness[positions]
        if where is not None:
            named = source.expression(where).equals("geo_level")
            if named:  # the query itself names the levels it reads
                inside = source.frame["geo_level"].isin(named).to_numpy()[positions]
                positions, nodes, rank = positions[inside], nodes[inside], rank[inside]
        if source.table == "funds":
            rank = -rank
        group = np.zeros(len(positions), dtype=np.int64)
        for name in SERIES[source.table]:
            codes = source.codes(name)[positions]
            group = group * (codes.max(initial=0) + 2) + codes + 1
        group = np.unique(group, return_inverse=True)[1] if len(group) else group
        chains = self.tree.ancestors(nodes)
        best = np.full((int(group.max(initial=0)) + 1, self.tree.size), np.iinfo(np.int64).max)
        for chain in chains:
            ok = chain >= 0
            np.minimum.at(best, (group[ok], chain[ok]), rank[ok])
        chosen = [(chain >= 0) & (rank == best[group, chain]) for chain in chains]
        return (
            np.concatenate([positions[c] for c in chosen]),
            np.concatenate([chain[c] for chain, c in zip(chains, chosen, strict=True)]),
        )

    def _aggregate(
        self,
        indicator: Indicator,
        source: Source,
        positions: Ints,
        nodes: Ints,
        where: Bools,
        kept: Bools,
        dates: Mapping[str, dt.date],
        *,
        flat: bool,
    ) -> tuple[Floats, Floats, Floats]:
        query, tree = indicator.data, self.tree
        count = partial(tree.count, flat=flat)
        nan = np.full(tree.size, np.nan)
        match query.agg:
            case "count":
                return count(nodes[where]), nan, nan
            case "share":
                base = source.mask(query.base, dates)[positions] & kept
                num, den = count(nodes[base & where]), count(nodes[base])
                return _ratio(num, den, 100.0), num, den
            case "ratio" | "wmean" | "mean":
                return self._quotient(indicator, source, positions, nodes, where, flat=flat)
            case "sum":
                expression = source.expression(query.value or "")
                numbers = source.numbers(expression, query.value)[positions]
                given = where & ~np.isnan(numbers)
                blank = (count(nodes[where]) > 0) & (count(nodes[given]) == 0)
                return np.where(blank, np.nan, count(nodes[given], numbers[given])), nan, nan
            case "last":
                return self._last(source, query.value or "", positions, nodes, where), nan, nan
            case "periods":
                return self._distinct(source.codes("period")[positions], nodes, where), nan, nan
            case "distinct_tasks":
                return self._distinct(source.codes("task_id")[positions], nodes, where), nan, nan
            case "distinct_geo":
                return self._distinct(source.codes("geo_code")[positions], nodes, where), nan, nan
            case "village_share":
                flagged = np.bincount(nodes[where & (nodes >= 0)], minlength=tree.size) > 0
                return self._village_share(query.base, flagged)
            case "village_sum_share":
                expression = source.expression(query.value or "")
                left, right = expression.factors() or (expression, expression)
                numbers = source.numbers(left, ("left", query.value))[positions]
                given = where & ~np.isnan(numbers) & (nodes >= 0)
                total = np.bincount(nodes[given], numbers[given], minlength=tree.size)
                threshold = float(right.numbers(source.frame.iloc[:1], {})[0])
                return self._village_share(query.base, _compare(total, expression.operator or ">=", threshold))

    def _quotient(
        self, indicator: Indicator, source: Source, positions: Ints, nodes: Ints, where: Bools, *, flat: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Σa/Σb over rows where both are given; a weighted mean is Σab/Σb, a mean has b = 1."""
        query = indicator.data
        expression = source.expression(query.value or "")
        if query.agg == "mean":
            a = source.numbers(expression, query.value)[positions]
            b = np.ones(len(positions))
        else:
            left, right = expression.factors() or (expression, expression)
            a = source.numbers(left, ("left", query.value))[positions]
            b = source.numbers(right, ("right", query.value))[positions]
            if query.agg == "wmean":
                a = a * b
        given = where & ~np.isnan(a) & ~np.isnan(b)
        num = self.tree.count(nodes[given], a[given], flat=flat)
        den = self.tree.count(nodes[given], b[given], flat=flat)
        percent = query.agg == "ratio" and indicator.unit != "倍"
        return _ratio(num, den, 100.0 if percent else 1.0), num, den

    def _last(self, source: Source, text: str, positions: Ints, nodes: Ints, where: Bools) -> Floats:
        """Return the newest figure given for a node itself or, failing that, for a place below it."""
        numbers = source.numbers(source.expression(text), text)[positions]
        given = np.flatnonzero(where & ~np.isnan(numbers) & (nodes >= 0))
        days = source.dated[positions]
        result = np.full(self.tree.size, np.nan)
        # Later assignments win: deeper places first, then older before newer, so that a node's own newest figure stays.
        for chain in reversed(self.tree.ancestors(nodes[given])):
            order = np.lexsort((numbers[given], days[given]))
            order = order[chain[order] >= 0]
            result[chain[order]] = numbers[given][order]
        return result

    def _distinct(self, codes: Ints, nodes: Ints, where: Bools) -> Floats:
        """Count distinct codes per node, from it and below; blanks do not count."""
        ok = where & (codes >= 0) & (nodes >= 0)
        width = int(codes.max(initial=0)) + 1
        result = np.zeros(self.tree.size)
        pairs = [chain[chain >= 0] * width + codes[ok][chain >= 0] for chain in self.tree.ancestors(nodes[ok])]
        unique = np.unique(np.concatenate(pairs)) if pairs else np.array([], dtype=np.int64)
        np.add.at(result, unique // width, 1.0)
        return result

    def base(self, text: str | None) -> Bools:
        """Nodes of the villages that meet a condition on the table `villages`."""
        if text not in self._bases:
            chosen = np.zeros(self.tree.size, dtype=bool)
            if text is None:
                mask = np.ones(len(self.villages), dtype=bool)
            else:
                mask = parsed(text, "villages").mask(self.villages, {})
            chosen[[self.tree.index[c] for c in self.villages["village_code"].to_numpy()[mask]]] = True
            self._bases[text] = chosen
        return self._bases[text]

    def _village_share(self, base_text: str | None, flagged: Bools) -> tuple[Floats, Floats, Floats]:
        base = self.base(base_text) & self.tree.is_village
        num = self.tree.up((flagged & base).astype(float))
        den = self.tree.up(base.astype(float))
        return _ratio(num, den, 100.0), num, den

    # ---- direct rows ---------------------------------------------------------------------------------------------

    def _with_direct(self, indicator: Indicator, day: dt.date, own: Part) -> Part:
        """Put in figures reported directly (`facts` rows whose item is the indicator's id), rolled up where needed."""
        source = self.sources.get("facts")
        if source is None or source.frame.empty:
            return own
        where = indicator.data.where
        if indicator.data.table == "facts" and where and indicator.id in source.expression(where).equals("item"):
            return own
        is_item = source.item(indicator.id)
        if is_item is None:
            return own
        positions = source.rows("latest", self.plan, day)
        positions = positions[is_item[positions] & (source.nodes[positions] >= 0)]
        if not len(positions):
            return own
        nodes = source.nodes[positions]
        frame = source.frame
        value, num, den = (frame[c].to_numpy()[positions] for c in ("value", "numerator", "denominator"))
        factor = 1.0 if indicator.unit != "%" else 100.0
        rates = ~np.isnan(num) & ~np.isnan(den) & (den != 0)
        figure = np.where(rates & np.isnan(value), factor * num / np.where(rates, den, 1.0), value)
        tree, size = self.tree, self.tree.size
        at = np.full((3, size), np.nan)
        at[0][nodes], at[1][nodes], at[2][nodes] = figure, np.where(rates, num, np.nan), np.where(rates, den, np.nan)
        # What a village has sent of the rows themselves since then is newer than the figure.
        reported = np.full(size, NO_DAY)
        reported[nodes] = source.dated[positions]
        at[:, tree.is_village & (own.newest > reported) & ~np.isnan(own.value)] = np.nan
        # Nor does it outlive a nil return: there is nothing left that it was a figure of.
        asked = indicator.data
        if tables()[asked.table].dated and asked.table not in SERIES and asked.rows != "window":
            at[:, reported < self.said.emptied(asked.table, day)] = np.nan
        given = ~np.isnan(at[0])
        rolled, touched = self._roll_direct(indicator, at, own, factor)
        queried = (own.value, own.numerator, own.denominator)
        merged = [np.where(given, a, np.where(touched, r, q)) for a, r, q in zip(at, rolled, queried, strict=True)]
        direct = given | touched
        newest = np.where(direct, np.maximum(tree.newest(nodes, source.dated[positions]), own.newest), own.newest)
        return Part(merged[0], merged[1], merged[2], newest, direct)

    def _roll_direct(self, indicator: Indicator, at: Ints, own: Part, factor: float) -> tuple[list[Floats], Bools]:
        """Put direct figures of places below in the stead of what the query gave there, in every region above them.

        Returns
        -------
        parts, touched
            Value, numerator, denominator per region, and the regions where a figure from below was put in. Only sums
            and rates can be formed from parts.
        """
        tree = self.tree
        nan = np.full(tree.size, np.nan)
        leaf = ~np.isnan(at[0])
        f = tree.first_village
        # A township's own figure stands in place of its villages'.
        leaf[f:] &= np.isnan(at[0])[tree.parent[f:]] | (tree.parent[f:] == 0)
        leaf[0] = False

        def replaced(direct: Floats, queried: Floats) -> Floats:
            shift = np.where(leaf, np.nan_to_num(direct) - np.nan_to_num(queried), 0.0)
            return np.nan_to_num(queried) + tree.up(shift)

        if indicator.rollup == "sum":
            return [replaced(at[0], own.value), nan, nan], tree.up(leaf.astype(float)) > 0
        if indicator.rollup == "weighted_ratio":
            leaf &= ~np.isnan(at[1])
            num, den = replaced(at[1], own.numerator), replaced(at[2], own.denominator)
            return [_ratio(num, den, factor), num, den], tree.up(leaf.astype(float)) > 0
        return [nan, nan, nan], np.zeros(tree.size, dtype=bool)

    # ---- who has reported ----------------------------------------------------------------------------------------

    def reported(self, indicator: Indicator, day: dt.date) -> tuple[Ints, Ints]:
        """Return per node how many units have reported for the period of the date, and how many should.

        Units are villages (those that meet the base of a village share), townships or the top itself, by the
        indicator's level. The period is that of the indicator's `frequency`; continuous counts as monthly.
        """
        tree = self.tree
        unit = np.zeros(tree.size, dtype=bool)
        if indicator.level == "county" or indicator.rollup == "county_only":
            unit[0] = True
        elif indicator.level == "township" and tree.first_village > 1:
            unit[1 : tree.first_village] = True
        elif indicator.data.agg in {"village_share", "village_sum_share"}:
            unit = self.base(indicator.data.base) & tree.is_village
        else:
            unit = tree.is_village.copy()
        covered = self._covered(indicator, day)
        if unit[0]:
            covered = np.full(tree.size, covered.any())
        done = tree.up((covered & unit).astype(float)) if not unit[0] else (covered & unit).astype(float)
        of = tree.up(unit.astype(float)) if not unit[0] else unit.astype(float)
        return done.astype(np.int64), of.astype(np.int64)

    def _covered(self, indicator: Indicator, day: dt.date) -> Bools:
        tree, query = self.tree, indicator.data
        months = schedule.PERIOD_MONTHS.get(indicator.frequency, 1)
        first = schedule.period_start(day, months)
        silent = self._figure_by_figure(query)
        result = np.zeros(tree.size, dtype=bool) if silent else self.said.between(query.table, first, day)
        for table, item in ((query.table, None), ("facts", indicator.id)):
            source = self.sources.get(table)
            series = None if source is None else source.item(item) if item else source.series(query.where)
            if source is None or series is None:
                continue
            if source.frame.empty and table in SERIES:
                continue  # which series would a file without rows speak for?
            if source.days is None and self.said.of(table):
                continue  # whom its batches speak for is said
            if source.days is None or source.frame.empty:
                return np.ones(tree.size, dtype=bool)
            low, high = day_number(first), day_number(day)
            rows = series & (source.days >= low) & (source.days <= high) & (source.nodes >= 0)
            seen = np.zeros(tree.size, dtype=bool)
            seen[source.nodes[rows]] = True
            f = tree.first_village
            if table in REGISTERS:
                seen[tree.parent[f:][seen[f:]]] = True
            if f > 1:
                seen[f:] |= seen[tree.parent[f:]] & (tree.parent[f:] != 0)
            elif table in REGISTERS:
                seen[f:] |= seen[0]
            result |= seen
        return result

    # ---- alternatives --------------------------------------------------------------------------------------------

    def alternative(self, indicator: Indicator, day: dt.date) -> float:
        """Newest value of the column an `any_of` target names, or NaN."""
        for option in indicator.any_of:
            if option.target == "column" and option.table in self.sources and option.column:
                source = self.sources[option.table]
                positions = source.rows("latest", self.plan, day)
                where = source.mask(indicator.data.where, schedule.query_dates(self.plan, day))[positions]
                values = source.frame[option.column].to_numpy()[positions]
                ok = ~np.isnan(values) & where
                if ok.any():
                    days = source.dated[positions][ok]
                    return float(values[ok][days == days.max()].max())
        return float("nan")


def compute(
    engine: Engine,
    dates: Sequence[dt.date],
    indicators: Iterable[str] | None = None,
    tell: Callable[[float], object] = lambda _: None,
) -> pd.DataFrame:
    """Compute measures of the engine's plan at dates.

    Parameters
    ----------
    engine
        The plan and the state of its tables.
    dates
        Evaluation dates.
    indicators
        Indicator ids to compute; all if None.
    tell
        Told the share that is done after each indicator.

    Returns
    -------
    DataFrame
        `MEASURE_COLUMNS`; one row per indicator, region and date with a value or something to report. `value` in
        the indicator's unit (a share of villages in %), `reported`/`of` in units that report, `newest` the date of
        the newest row used.
    """
    wanted = None if indicators is None else set(indicators)
    chosen = [i for i in engine.plan.indicators if wanted is None or i.id in wanted]
    blocks = []
    for n, indicator in enumerate(chosen, 1):
        blocks += [_block(engine, indicator, day) for day in dates]
        tell(n / len(chosen))
    if not blocks:
        blocks = [_block(engine, i, engine.plan.start) for i in engine.plan.indicators[:1]]
        return pd.DataFrame(blocks[0] if blocks else {}, columns=list(MEASURE_COLUMNS)).iloc[:0]
    columns = {c: np.concatenate([b[c] for b in blocks]) for c in MEASURE_COLUMNS}
    # The dtype is said, because pandas would make its own text type of objects, and the store objects of that again.
    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in columns.items()})


def is_growth(indicator: Indicator) -> bool:
    """Whether the measure is the growth of a sum in percent: a sum cannot be a rate by itself."""
    return indicator.data.agg == "sum" and indicator.unit == "%"


def _block(engine: Engine, indicator: Indicator, day: dt.date) -> dict[str, np.ndarray]:
    tree = engine.tree
    part = engine.part(indicator, day)
    reported, of = engine.reported(indicator, day)
    keep = ~np.isnan(part.value) | (of > 0)
    if indicator.rollup == "county_only":
        keep &= np.arange(tree.size) == 0
    chosen = np.flatnonzero(keep)
    newest = part.newest[chosen].astype("datetime64[D]").astype("datetime64[ns]")
    newest[part.newest[chosen] == NO_DAY] = np.datetime64("NaT")
    n = len(chosen)
    alternative = engine.alternative(indicator, day) if indicator.any_of else np.nan
    return {
        "indicator": np.full(n, indicator.id, dtype=object),
        "region": np.array(tree.codes, dtype=object)[chosen],
        "level": np.array(tree.levels, dtype=object)[chosen],
        "as_of": np.full(n, np.datetime64(day, "ns")),
        "value": part.value[chosen],
        "numerator": part.numerator[chosen],
        "denominator": part.denominator[chosen],
        "alternative": np.full(n, alternative),
        "reported": reported[chosen],
        "of": of[chosen],
        "newest": newest,
        "direct": part.direct[chosen],
    }


def _ratio(num: Floats, den: Floats, factor: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(den != 0, factor * num / den, np.nan)


def _compare(values: Floats, operator: str, threshold: float) -> Bools:
    eps = 1e-9
    match operator:
        case ">=":
            return values >= threshold - eps
        case ">":
            return values > threshold + eps
        case "<=":
            return values <= threshold + eps
        case "<":
            return values < threshold - eps
    return np.abs(values - threshold) <= eps
