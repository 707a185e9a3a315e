"""Rules that a condition over the columns of one table says, as data in `rules.yaml`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data import wording
from data.expressions import Expression, parse
from data.intake.model import Mask, Problems, Rule, rule_book
from data.intake.written import Written, days
from data.tables import tables

if TYPE_CHECKING:
    from data.plan import Plan


@dataclass(frozen=True)
class Condition:
    """A rule over the rows of a table.

    Attributes
    ----------
    at
        The column whose cell is told of.
    right
        The column it is compared with, for a rule that speaks of pairs; "" for others.
    text
        What a doubtful row meets, in the language of `data.expressions`; `{name}` stands for a parameter of the plans.
    """

    rule: Rule
    table: str
    at: str
    right: str
    text: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """Ids of the plan parameters it reads."""
        return _slots(self.text)

    @property
    def slots(self) -> tuple[str, ...]:
        """What its sentences name."""
        return tuple(dict.fromkeys((*_slots(self.rule.say_zh), *_slots(self.rule.say_en))))

    def expression(self, values: Mapping[str, float]) -> Expression:
        """Return the condition with its parameters put in.

        Raises
        ------
        ExpressionError
            The condition cannot be read.
        """
        return _expression(self.table, self.text.format_map({k: f"{v:.15g}" for k, v in values.items()}))


@cache
def conditions(table_id: str) -> tuple[Condition, ...]:
    """Return the conditions over a table's rows, in the order of `rules.yaml`."""
    book = rule_book()
    found = [Condition(rule, rule.table, rule.at, "", rule.when) for rule in book.rules if rule.table == table_id]
    for rule_id, pairs in book.pairs.items():
        for left, right in pairs.tables.get(table_id, ()):
            text = pairs.when.format(left=left, right=right)
            found.append(Condition(book.by_id[rule_id], table_id, left, right, text))
    return tuple(found)


def check_conditions(
    file: Written,
    frame: pd.DataFrame,
    given: Collection[str],
    problems: Problems,
    plans: "Sequence[Plan]",
    today: date | None,
) -> None:
    """Tell of the rows that meet a condition all of whose columns the file has.

    Parameters
    ----------
    file, frame, problems
        As `RowRules` has them.
    given
        Columns of the table that are filled: a column the file lacks says nothing about a row.
    plans
        Of the county. A condition that reads a parameter speaks of the rows dated within a plan that sets it.
    today
        The date `@asof`; conditions that read it are left out without it.
    """
    dates = {"asof": today} if today else {}
    for condition in conditions(file.table.id):
        if condition.at not in file.found:
            continue
        for values, rows in _parts(condition, frame, plans):
            expression = condition.expression(values)
            if expression.columns <= set(given) and expression.dates <= set(dates):
                wrong = expression.mask(frame, dates) & rows
                if wrong.any():
                    _tell(condition, values, file, frame, wrong, problems)


def _parts(
    condition: Condition, frame: pd.DataFrame, plans: "Sequence[Plan]"
) -> list[tuple[dict[str, float], "Mask | np.bool_"]]:
    """Return the parameters of a condition and the rows they hold for: those within the plan that sets them."""
    if not condition.parameters:
        return [({}, np.True_)]
    found: list[tuple[dict[str, float], Mask | np.bool_]] = []
    for plan in plans:
        values = {p.id: p.value for p in plan.parameters if p.id in condition.parameters and p.value is not None}
        if len(values) == len(condition.parameters):
            day = frame["as_of"]
            found.append((values, ((day >= pd.Timestamp(plan.start)) & (day <= pd.Timestamp(plan.end))).to_numpy()))
    return found


def _tell(
    condition: Condition,
    parameters: Mapping[str, float],
    file: Written,
    frame: pd.DataFrame,
    wrong: Mask,
    problems: Problems,
) -> None:
    rows = file.rows[wrong]
    words = {name: wording.plain(value) for name, value in parameters.items()}
    if condition.right:
        left, right = file.table.column(condition.at), file.table.column(condition.right)
        words |= {"left_zh": left.zh, "left_en": left.en, "right_zh": right.zh, "right_en": right.en}
    columns = {"value": condition.at, "bound": condition.right}
    named = {slot: columns.get(slot, slot) for slot in condition.slots if slot not in words}
    more: Mapping[str, object] | list[Mapping[str, object]] = words
    if named:
        cells = list(zip(*(_said(name, file, frame, wrong) for name in named.values()), strict=True))
        distinct = {texts: words | dict(zip(named, texts, strict=True)) for texts in set(cells)}
        more = [distinct[texts] for texts in cells]
    values = file.original(condition.at, rows)
    problems.add(condition.rule.id, rows, file.at(condition.at), values=values, more=more)


def _said(name: str, file: Written, frame: pd.DataFrame, wrong: Mask) -> list[str]:
    """Return the cells of a column as written; as read what stands in another unit, and dates, which may be serials."""
    column, found = file.table.column(name), file.found.get(name)
    if column.type == "date":
        return days(frame.loc[wrong, name])
    if column.numeric and found is not None and found.unit not in {None, column.unit} and name in frame:
        return ["" if pd.isna(value) else wording.plain(value) for value in frame.loc[wrong, name]]
    return file.original(name, file.rows[wrong])


def _slots(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))


@cache
def _expression(table_id: str, text: str) -> Expression:
    return parse(text, tables()[table_id])
