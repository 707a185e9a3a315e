"""What a plan file holds, as types. Field names are those of the YAML files; reading and checking is `data.plan`."""

import datetime as dt
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from data.expressions import Expression, parse
from data.tables import tables

AREAS = ("monitoring", "industry_employment", "livable_villages", "funds", "support")
"""The five action areas, in the order they are shown."""

Area = Literal["monitoring", "industry_employment", "livable_villages", "funds", "support"]
TargetKind = Literal["explicit", "implied", "derived", "directional", "unspecified", "annex_missing"]
Strength = Literal["binding", "strive", "reference"]
Comparator = Literal["==", ">=", "<=", "~"]
Rule = Literal["keep", "window", "periods", "milestones", "linear", "deadline"]
Frequency = Literal["continuous", "monthly", "quarterly", "half-yearly", "semester", "annual"]
Rollup = Literal["weighted_ratio", "sum", "share_of_villages", "county_only"]
LeadBasis = Literal["named", "first_listed", "subject", "none_named"]
Aggregation = Literal[
    "count", "sum", "mean", "last", "wmean", "share", "ratio", "periods", "distinct_tasks", "distinct_geo",
    "village_share", "village_sum_share",
]  # fmt: skip

TableId = Literal[
    "villages", "households", "persons", "facts", "projects", "funds", "assets", "issues", "actions", "staff",
]  # fmt: skip

SCORED_KINDS = frozenset({"explicit", "implied", "derived"})
RATES = frozenset({"%", "百分点"})
VILLAGE_AGGREGATIONS = frozenset({"village_share", "village_sum_share"})

AGGREGATION_COLUMNS = {
    "periods": "period",
    "distinct_tasks": "task_id",
    "distinct_geo": "geo_code",
    "village_share": "village_code",
    "village_sum_share": "village_code",
}
"""The column an aggregation itself reads, beside those of the query."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$")]
Dates = Annotated[tuple[dt.date, ...], BeforeValidator(lambda due: [due] if isinstance(due, str | dt.date) else due)]
"""One date or several; a single one may be written without a list."""

Text = Annotated[str, StringConstraints(min_length=1)]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class Model(BaseModel):
    """Base of all parts of a plan: unknown fields are mistakes, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def but(self, **changes: object) -> Self:
        """Return the same with other fields, without what was worked out of the old ones (`model_copy` keeps that)."""
        now = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_construct(**now | changes)  # type: ignore[return-value]  # pydantic's plugin forgets Self


@lru_cache(maxsize=4096)
def parsed(text: str, table: str) -> Expression:
    """Parse a query text for a table, once. Raises ExpressionError if it cannot be used."""
    return parse(text, tables()[table])


class Query(Model):
    """How an indicator is measured: a query over one upload table.

    `where` picks rows, `base` the rows they are a share of (for the village aggregations a query over `villages`),
    `value` what is added up. `rows`: the newest row of each thing, every row of the plan period, or every row.
    """

    table: TableId
    rows: Literal["latest", "window", "all"] = "latest"
    agg: Aggregation
    where: Text | None = None
    base: Text | None = None
    value: Text | None = None
    columns_written: tuple[str, ...] | None = Field(None, alias="columns")
    village_columns_written: tuple[str, ...] | None = Field(None, alias="village_columns")

    @property
    def base_table(self) -> str:
        """The table `base` is a query over."""
        return "villages" if self.agg in VILLAGE_AGGREGATIONS else self.table

    @property
    def where_expression(self) -> Expression | None:
        """`where`, parsed; None if absent. Raises ExpressionError if it cannot be used."""
        return parsed(self.where, self.table) if self.where else None

    @property
    def base_expression(self) -> Expression | None:
        """`base`, parsed over `base_table`."""
        return parsed(self.base, self.base_table) if self.base else None

    @property
    def value_expression(self) -> Expression | None:
        """`value`, parsed."""
        return parsed(self.value, self.table) if self.value else None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of `table` that are read, in the table's order."""
        parts = [self.where_expression, self.value_expression, None if self.village_columns else self.base_expression]
        read = {name for part in parts if part for name in part.columns} | {AGGREGATION_COLUMNS.get(self.agg)}
        return tuple(name for name in tables()[self.table].names if name in read)

    @cached_property
    def village_columns(self) -> tuple[str, ...]:
        """Columns of `villages` that the base of a village aggregation reads."""
        base = self.base_expression if self.agg in VILLAGE_AGGREGATIONS else None
        return tuple(name for name in tables()["villages"].names if base and name in base.columns)

    @cached_property
    def dates(self) -> frozenset[str]:
        """Date names (`asof`, `m0` ...) that are read."""
        parts = (self.where_expression, self.base_expression, self.value_expression)
        return frozenset(name for part in parts if part for name in part.dates)

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Items of `facts` that are read; () for other tables."""
        where = self.where_expression
        return where.equals("item") if where and self.table == "facts" else ()


class Milestone(Model):
    """What is due by a date, in the indicator's unit."""

    date: dt.date
    value: float


class Revision(Model):
    """A target changed while the plan runs: what holds from a day on. Fields left out stay as they were before.

    Its `milestones` stand in place of those before, so the list names all that hold from then on.
    """

    from_date: dt.date = Field(alias="from")
    value: float | None = None
    rollup_value: float | None = None
    due: dt.date | None = None
    milestones: tuple[Milestone, ...] | None = None
    clause: str = ""
    note: str = ""

    @property
    def changes(self) -> dict[str, Any]:
        """What it says of the target, by field."""
        fields = ("value", "rollup_value", "due", "milestones")
        return {name: given for name in fields if (given := getattr(self, name)) is not None}


class ContextBase(Model):
    """A figure the plan gives as background; never the baseline of a computation."""

    value: float | None = None
    unit: Text
    date: dt.date | None = None
    note: str = ""


class Breakdown(Model):
    """A part of the target: its own figure of a place, project, year ..., or a place under a shared total."""

    level: Literal["village", "township", "town", "zone", "site", "project", "programme", "industry", "group", "year"]
    name: Text
    value: float | None = None
    unit: Text
    township: str | None = None
    note: str = ""


class Alternative(Model):
    """One of several targets of which the best counts: the plan's own schedule, or a figure uploaded in a column."""

    target: Literal["schedule", "column"]
    table: str | None = None
    column: str | None = None
    note: str = ""


class Indicator(Model):
    """A plan's use of a concept: target, schedule, roll-up and query. See the head of each plan file for the fields."""

    id: Id
    concept: Id
    name_zh: Text
    name_en: Text
    area: Area
    clause: Text
    kind: TargetKind
    strength: Strength = "binding"
    comparator: Comparator
    value: float | None = None
    unit: Text
    strict: bool = False
    tolerance: float | None = Field(None, ge=0)
    upper: float | None = None
    value_original: str = ""
    compare_to: Literal["previous_year", "previous_period"] | None = None
    due: dt.date
    due_basis: Literal["stated", "period_end", "inferred"] = "stated"
    rule: Rule
    rule_start: dt.date | None = None
    accrual: Literal["cumulative", "periodic", "state"] = "state"
    frequency: Frequency = "continuous"
    milestones: tuple[Milestone, ...] = ()
    any_of: tuple[Alternative, ...] = ()
    start_value: float | None = None
    context_base: ContextBase | None = None
    level: Literal["village", "county", "person", "household", "project", "asset", "township"]
    rollup: Rollup
    rollup_value: float | None = None
    village_rule: str | None = None
    numerator: str = ""
    denominator: str | None = None
    breakdown_basis: Literal["per_unit", "shared_total"] | None = None
    breakdown: tuple[Breakdown, ...] = ()
    lead: tuple[Text, ...] = ()
    supporting: tuple[Text, ...] = ()
    lead_basis: LeadBasis = "none_named"
    leader_role: str | None = None
    parameters: tuple[Id, ...] = ()
    data: Query
    notes: str = ""
    revisions: tuple[Revision, ...] = ()

    def in_force(self, day: dt.date) -> "Indicator":
        """Return the indicator with the target that holds on a day; it has no revisions any more."""
        if not self.revisions:
            return self
        found = self
        for stage in self.stages:
            if stage.since is None or stage.since <= day:
                found = stage.indicator
        return found

    @cached_property
    def stages(self) -> "tuple[Stage, ...]":
        """The targets in the order they hold: first the plan's own (since None), then as each revision leaves it."""
        now = self.but(revisions=())
        found = [Stage(None, now, None)]
        for revision in self.revisions:
            changes = revision.changes
            if now.one_figure and "value" in changes:
                changes = {"rollup_value": revision.value, **changes}
            now = now.but(**changes)
            found.append(Stage(revision.from_date, now, revision))
        return tuple(found)

    @property
    def one_figure(self) -> bool:
        """Whether what is asked of the whole is what is asked of its parts, so that a plan leaves it out."""
        return (self.rollup != "share_of_villages" or self.unit == "%") and self.rollup_value == self.value

    @property
    def all_dates(self) -> tuple[dt.date, ...]:
        """Due dates and milestones of all targets the indicator ever had."""
        stages = [stage.indicator for stage in self.stages] if self.revisions else [self]
        return tuple(sorted({day for one in stages for day in (one.due, *(m.date for m in one.milestones))}))

    @property
    def scored(self) -> bool:
        """Whether there is a number to be scored against."""
        return self.value is not None and self.kind in SCORED_KINDS

    @property
    def is_rate(self) -> bool:
        """Whether values are percentages or points, so that gaps are plain differences."""
        return self.unit in RATES

    @property
    def yes_no(self) -> bool:
        """Whether the target is met or not, without degrees: none at all, about, more than, exactly a sum."""
        if self.value is None:
            return False
        none = self.value == 0 and self.comparator in {"==", "<="}
        exact = none or (self.comparator == "==" and self.unit != "%")
        return exact or self.comparator == "~" or self.strict

    def name(self, lang: str) -> str:
        """Return the indicator's name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en


class Stage(NamedTuple):
    """A target of an indicator and the day it holds from; None for the plan's own."""

    since: dt.date | None
    indicator: Indicator
    revision: Revision | None


class Parameter(Model):
    """A number of the plan that is no target: a line, a standard, a count of categories."""

    id: Id
    name_zh: Text
    name_en: Text
    clause: Text
    area: Area
    comparator: Comparator = "=="
    value: float | None = None
    unit: Text
    value_original: str = ""
    used_by: tuple[Id, ...] = ()
    notes: str = ""

    def name(self, lang: str) -> str:
        """Return the parameter's name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en


class Task(Model):
    """A duty of the plan. `feeds` names the indicators it serves, `concepts` those it serves without an indicator."""

    id: Id
    title_zh: Text
    area: Area
    clause: Text
    recurrence: Literal["once", "ongoing", "monthly", "quarterly", "half-yearly", "semester", "annual"]
    due_day: int | None = Field(None, ge=1, le=31)
    due: Dates = ()
    due_basis: Literal["stated", "period_end", "recurrent"] = "recurrent"
    lead: tuple[Text, ...] = ()
    supporting: tuple[Text, ...] = ()
    lead_basis: LeadBasis = "none_named"
    leader_role: str | None = None
    evidence: tuple[Text, ...] = ()
    feeds: tuple[Id, ...] = ()
    concepts: tuple[Id, ...] = ()
    notes: str = ""


class Place(Model):
    """A place, project, platform or body the plan names, and the indicators it matters for."""

    id: Id
    name_zh: Text
    kind: Literal[
        "village", "township", "site", "zone", "facility", "project", "road", "platform", "group", "body", "fund",
        "company", "partner_county",
    ]  # fmt: skip
    township: str | None = None
    parent: Id | None = None
    clause: Text
    what: str = ""
    indicators: tuple[Id, ...] = ()
    notes: str = ""


class Period(Model):
    """From when to when the plan runs."""

    start: dt.date
    end: dt.date
    transition: str | None = None
    outlook: str | None = None
    note: str = ""


class Goal(Model):
    """An aim of the plan in words."""

    id: Id
    zh: Text
    concepts: tuple[Id, ...] = ()


class ReportingRule(Model):
    """When something has to be reported or met about."""

    id: Id
    rule: Text
    recurrence: Literal["once", "monthly", "quarterly", "half-yearly", "semester", "annual"]
    due_day: int | None = Field(None, ge=1, le=31)
    due: Dates = ()
    clause: Text


class Annex(Model):
    """An annex the plan names."""

    no: int
    zh: Text
    missing: bool = False


class Header(Model):
    """The section `plan` of a file: what the document is."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    county_zh: Text
    county_en: Text
    adm_code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    top_region: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    town_zh: str | None = None
    town_en: str | None = None
    level: Literal["county", "district", "town"]
    title_zh: Text
    title_en: Text
    issue_date: dt.date | Month
    publish_date: dt.date | None = None
    document_number: str | None = None
    index_number: str | None = None
    issuing_body: Text
    addressees: str | None = None
    based_on: str | None = None
    period: Period
    source_file: str | None = None
    structure: str | None = None
    goals: tuple[Goal, ...] = ()
    reporting_rules: tuple[ReportingRule, ...] = ()
    reporting_note: str = ""
    mechanisms: tuple[Text, ...] = ()
    grades: str | None = None
    grades_note: str = ""
    departments_note: str = ""
    leader_note: str = ""
    annexes: tuple[Annex, ...] = ()


class Plan(Header):
    """One plan document of a county, or of a township in it."""

    parameters: tuple[Parameter, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    tasks: tuple[Task, ...] = ()
    places: tuple[Place, ...] = Field((), validation_alias=AliasChoices("places", "objects"))

    @property
    def county_code(self) -> str:
        """The six-digit code of the county, the tenant key."""
        return self.adm_code

    @property
    def top_level(self) -> Literal["county", "township"]:
        """The level of the region the plan is about."""
        return "township" if self.level == "town" else "county"

    @property
    def start(self) -> dt.date:
        """First day of the plan."""
        return self.period.start

    @property
    def end(self) -> dt.date:
        """Last day of the plan."""
        return self.period.end

    @property
    def areas(self) -> tuple[str, ...]:
        """Action areas that have an indicator or a task, in the order they are shown."""
        used = {indicator.area for indicator in self.indicators} | {task.area for task in self.tasks}
        return tuple(area for area in AREAS if area in used)

    def title(self, lang: str) -> str:
        """Return the plan's title in `lang`."""
        return self.title_zh if lang == "zh" else self.title_en

    def indicator(self, indicator_id: str) -> Indicator:
        """Return one indicator; KeyError with a readable message if there is none."""
        try:
            return self._indicators[indicator_id]
        except KeyError:
            msg = f"plan {self.id} has no indicator '{indicator_id}'"
            raise KeyError(msg) from None

    def parameter(self, parameter_id: str) -> Parameter:
        """Return one parameter; KeyError if there is none."""
        return self._parameters[parameter_id]

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {part.id: part for part in self.indicators}

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        return {part.id: part for part in self.parameters}


class Concept(Model):
    """An entry of the catalogue that plans share, so that counties can be compared."""

    name_zh: Text
    name_en: Text
    area: Area
    better: Literal["up", "down", "target"]
    unit: Text

    def name(self, lang: str) -> str:
        """Return the concept's name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en
