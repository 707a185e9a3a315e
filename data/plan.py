"""Plans as data: reading a plan file, checking it whole, and the catalogue of concepts.

A file is checked part by part, so that one mistake hides no other; `plan_problems` returns them all.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from data.expressions import Expression, ExpressionError
from data.home import home, own
from data.plan_model import (
    AGGREGATION_COLUMNS,
    AREAS,
    SCORED_KINDS,
    VILLAGE_AGGREGATIONS,
    Alternative,
    Annex,
    Breakdown,
    Concept,
    ContextBase,
    Goal,
    Header,
    Indicator,
    Milestone,
    Model,
    Parameter,
    Period,
    Place,
    Plan,
    Query,
    ReportingRule,
    Revision,
    Task,
)
from data.tables import items, tables
from geo.regions import regions

__all__ = [
    "AREAS",
    "Alternative",
    "Annex",
    "Breakdown",
    "Concept",
    "ConceptUse",
    "ContextBase",
    "Goal",
    "Header",
    "Indicator",
    "Milestone",
    "Parameter",
    "Period",
    "Place",
    "Plan",
    "PlanError",
    "PlanProblem",
    "Query",
    "ReportingRule",
    "Revision",
    "Task",
    "concept_uses",
    "concepts",
    "load_plan",
    "plan_problems",
    "plans",
    "revision_problems",
    "units",
]

FOLDER = Path(__file__).with_name("plans")
CATALOGUE = FOLDER / "concepts.yaml"
MAX_DEPTH = 30
SECTIONS: Mapping[str, type[Model]] = {
    "parameters": Parameter,
    "indicators": Indicator,
    "tasks": Task,
    "places": Place,
}


class PlanProblem(Model):
    """One mistake in a plan file.

    Attributes
    ----------
    file : str
        Path as given.
    section : str
        Part of the file: `plan`, `parameters`, `indicators`, `tasks`, `places`; "" for the file as a whole.
    where : str
        Id of the indicator, task ... ("" for the head of the plan).
    field : str
        Field in it, dotted (`data.where`).
    reason : str
        What is wrong and what would be right.
    line : int or None
        Line of the file, from 1.
    """

    file: str
    section: str = ""
    where: str = ""
    field: str = ""
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        """Return the problem on one line, as editors and terminals like it: `file:line: section id field: reason`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        part = " ".join(word for word in (self.section, self.where, self.field) if word)
        return f"{place}: {part}: {self.reason}" if part else f"{place}: {self.reason}"


class PlanError(ValueError):
    """A plan that cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Sequence[PlanProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


# --- doors ------------------------------------------------------------------------------------------------------------


def plans() -> list[str]:
    """Return the ids of all plans, the program's and those in `plans/` of `XIANJIE_HOME`, sorted."""
    folders = (FOLDER, home() / "plans")
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml") if path.name != CATALOGUE.name})


def load_plan(id_or_path: str | Path) -> Plan:
    """Read a plan by its id (`banan-2023`) or from a file; read again only when the file has changed.

    Raises
    ------
    FileNotFoundError
        There is no such plan or file.
    PlanError
        The file has mistakes; the error holds all of them.
    """
    path = _path(id_or_path)
    return _load(path, *_state(path))


@lru_cache(maxsize=64)
def plan_at(plan_id: str, state: tuple[int, int]) -> Plan:  # noqa: ARG001 - the state is there for the cache's key
    """Return a plan by its id, whose file is in a state (`plan_state`); without another look at the disk."""
    return load_plan(plan_id)


def plan_state(id_or_path: str | Path) -> tuple[int, int]:
    """Return what changes when a plan's file does: its time and size.

    Raises
    ------
    FileNotFoundError
        There is no such plan or file.
    """
    return _state(_path(id_or_path))


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def plan_problems(path: str | Path) -> list[PlanProblem]:
    """Return every mistake of a plan file (or of the shipped plan of that id), in the order of the file.

    Raises
    ------
    FileNotFoundError
        There is no such plan or file.
    """
    return _read(_path(path))[1]


@cache
def concepts() -> dict[str, Concept]:
    """Return the catalogue of concepts by id."""
    return {key: Concept.model_validate(entry) for key, entry in _catalogue()["concepts"].items()}


@cache
def units() -> frozenset[str]:
    """Return the units that indicators, breakdowns and parameters may use."""
    return frozenset(_catalogue()["units"])


class ConceptUse(NamedTuple):
    """How a plan uses a concept: its indicators or, without any, the tasks that serve it."""

    indicators: tuple[str, ...]
    tasks_only: tuple[str, ...]


@cache
def concept_uses() -> dict[str, dict[str, ConceptUse]]:
    """Return concept id -> plan id -> use, over the shipped plans; what lets counties be compared."""
    found: dict[str, dict[str, ConceptUse]] = {key: {} for key in concepts()}
    for plan in map(load_plan, plans()):
        for indicator in plan.indicators:
            mine = found[indicator.concept].get(plan.id, ConceptUse((), ()))
            found[indicator.concept][plan.id] = ConceptUse((*mine.indicators, indicator.id), ())
        for task in plan.tasks:
            for concept in task.concepts:
                mine = found[concept].get(plan.id, ConceptUse((), ()))
                if not mine.indicators:
                    found[concept][plan.id] = ConceptUse((), (*mine.tasks_only, task.id))
    return found


@cache
def _catalogue() -> dict[str, Any]:
    catalogue: dict[str, Any] = yaml.load(CATALOGUE.read_text("utf-8"), yaml.CSafeLoader)
    return catalogue


def _path(id_or_path: str | Path) -> Path:
    text = str(id_or_path)
    is_id = isinstance(id_or_path, str) and not set(text) & set("/\\.")
    path = own(f"plans/{text}.yaml", FOLDER / f"{text}.yaml") if is_id else Path(text)
    if not path.is_file() or path.name == CATALOGUE.name:
        known = f"没有计划 no plan '{text}'; 可用 known: {', '.join(plans())}"
        raise FileNotFoundError(known if is_id else f"没有文件 no file '{text}'")
    return path


@lru_cache(maxsize=64)
def _load(path: Path, changed: int, size: int) -> Plan:  # noqa: ARG001 - they are there for the cache's key
    plan, problems = _read(path)
    if plan is None:
        raise PlanError(problems)
    return plan


# --- reading ----------------------------------------------------------------------------------------------------------

_Where = tuple[str | int, ...]
_Found = Iterator[tuple[_Where, str]]


class _Loader(yaml.CSafeLoader):
    """Leaves dates as text, so that `2023-02-30` becomes a problem with a place and not a failure of the file."""

    yaml_implicit_resolvers: ClassVar = {  # type: ignore[misc]  # the stubs call it an instance's
        first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:  # noqa: ARG002
        """Bound the nesting: libyaml's composer recurses in C, where too deep a file ends the whole process."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested more than {MAX_DEPTH} deep")

    def ascend_resolver(self) -> None:
        """Leave a level."""
        self.depth -= 1


class _Document:
    """A parsed file: its plain values, and its nodes for line numbers and doubled keys."""

    def __init__(self, text: str) -> None:
        loader = _Loader(text)
        try:
            self.root = loader.get_single_node()
            self.doubled = list(self._doubled(self.root, set()))
            raw = loader.construct_document(self.root) if self.root else None
        finally:
            loader.dispose()
        self.raw: dict[str, Any] = _without_blanks(raw) if isinstance(raw, dict) else {}
        if "objects" in self.raw and "places" not in self.raw:
            self.raw["places"] = self.raw.pop("objects")

    def _doubled(self, node: yaml.Node | None, seen: set[int]) -> Iterator[tuple[str, int]]:
        if not isinstance(node, yaml.CollectionNode):
            return
        if id(node) in seen:  # A few aliases of aliases can stand for more values than memory holds.
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not used here", problem_mark=node.start_mark)
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
            yield from ((key, node.start_mark.line + 1) for key, count in keys.items() if count > 1)
        for inner in node.value:
            yield from self._doubled(inner[1] if isinstance(inner, tuple) else inner, seen)

    def line(self, where: _Where) -> int | None:
        """Return the line of the deepest part of `where` that is in the file."""
        node, line = self.root, None
        for step in where:
            if isinstance(node, yaml.MappingNode):
                names = {step, "objects"} if step == "places" else {step}
                found = [(key, value) for key, value in node.value if key.value in names]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def name(self, where: _Where) -> str:
        """Return the id of the part `where` points into, or its place in the list if it has none."""
        match where:
            case (str() as section, int() as index, *_) if section in SECTIONS:
                part = self.raw[section][index]
                named = part.get("id") if isinstance(part, dict) else None
                return str(named) if named else f"number {index + 1}"
        return ""


def _without_blanks(value: Any) -> Any:  # whatever YAML can hold
    """Drop fields that are null: a blank field is a field left out."""
    if isinstance(value, dict):
        return {key: _without_blanks(inner) for key, inner in value.items() if inner is not None}
    return [_without_blanks(inner) for inner in value] if isinstance(value, list) else value


def _read(path: Path) -> tuple[Plan | None, list[PlanProblem]]:
    file = str(path)
    try:
        document = _Document(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return None, [PlanProblem(file=file, reason=f"the file cannot be read as UTF-8 text: {error}")]
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a value that does not fit its explicit tag
        mark = getattr(error, "problem_mark", None)
        reason = f"the file is not YAML: {getattr(error, 'problem', None) or error}"
        return None, [PlanProblem(file=file, reason=reason, line=mark.line + 1 if mark else None)]

    problems = [
        PlanProblem(file=file, field=key, reason="is written twice in one group; the first would be lost", line=line)
        for key, line in document.doubled
    ]
    reader = _Reader(document)
    for where, reason in reader.problems():
        rest = where[2:] if where[0] in SECTIONS and len(where) > 1 else where[1:]
        field = ".".join(str(step + 1) if isinstance(step, int) else step for step in rest)
        problems.append(
            PlanProblem(
                file=file,
                section=str(where[0]),
                where=document.name(where),
                field=field,
                reason=reason,
                line=document.line(where),
            )
        )
    problems.sort(key=lambda problem: problem.line or 0)
    return (reader.plan() if not problems else None), problems


_NEUTRAL: Mapping[str, Any] = {
    "id": "unnamed",
    "concept": "mass_relapse_events",
    "name_zh": "-",
    "name_en": "-",
    "title_zh": "-",
    "area": "support",
    "clause": "-",
    "kind": "unspecified",
    "comparator": ">=",
    "unit": "%",
    "due": "9999-12-31",
    "rule": "keep",
    "level": "county",
    "rollup": "sum",
    "recurrence": "once",
    "data": {"table": "issues", "agg": "count"},
}


class _Reader:
    """Validates the parts of a document one by one, then what they say about each other."""

    def __init__(self, document: _Document) -> None:
        self.raw = document.raw
        self.header: Header | None = None
        self.parts: dict[str, dict[int, Model]] = {section: {} for section in SECTIONS}
        self.wrong: dict[tuple[str, int], set[str]] = {}
        self.ids: dict[str, set[str]] = {section: set() for section in SECTIONS}

    def plan(self) -> Plan:
        """Return the plan; every part has been validated before."""
        sections = {section: tuple(parts.values()) for section, parts in self.parts.items()}
        return Plan.model_validate({**_header_defaults(self.raw["plan"]), **sections})

    def problems(self) -> _Found:
        yield from self._shape()
        yield from self._header()
        for section in SECTIONS:
            yield from self._section(section)
        if self.header:
            yield from _check_header(self.header)
        for section, check in {
            "parameters": self._check_parameter,
            "indicators": self._check_indicator,
            "tasks": self._check_task,
            "places": self._check_place,
        }.items():
            for index, part in self.parts[section].items():
                for where, reason in check(part):  # type: ignore[operator]
                    if where[0] not in self.wrong.get((section, index), ()):
                        yield (section, index, *where), reason

    # Shapes and types.

    def _shape(self) -> _Found:
        known = {"schema_version", "plan", *SECTIONS}
        for key in self.raw:
            if key not in known:
                yield (str(key),), f"is not a section of a plan file; there are {', '.join(sorted(known))}"
        if self.raw.get("schema_version", 1) != 1:
            yield ("schema_version",), "must be 1"
        if not self.raw.get("indicators"):
            yield ("indicators",), "a plan needs a list of indicators"

    def _header(self) -> _Found:
        raw = self.raw.get("plan")
        if not isinstance(raw, dict):
            yield ("plan",), "the section 'plan' is missing: id, county_zh, adm_code, title_zh, period ..."
            return
        raw = _header_defaults(raw)
        if "top_region" not in raw:
            yield ("plan", "top_region"), "give the 12-digit code of the township the plan belongs to"
            raw = {**raw, "top_region": "0" * 12}
        try:
            self.header = Header.model_validate(raw)
        except ValidationError as error:
            for detail in error.errors():
                yield ("plan", *detail["loc"]), _plain(detail)

    def _section(self, section: str) -> _Found:
        raw = self.raw.get(section, [])
        if not isinstance(raw, list):
            yield (section,), "must be a list; begin each entry with '- id:'"
            return
        seen: set[str] = set()
        for index, entry in enumerate(raw):
            if not isinstance(entry, dict):
                yield (section, index), "must be a group of fields beginning with '- id:'"
                continue
            name = str(entry.get("id", ""))
            if name and name in seen:
                yield (section, index, "id"), f"'{name}' is there twice; ids are unique in {section}"
            seen.add(name)
            filled = self._defaults(section, entry)
            try:
                self.parts[section][index] = SECTIONS[section].model_validate(filled)
            except ValidationError as error:
                for detail in error.errors():
                    yield (section, index, *detail["loc"]), _plain(detail)
                self._mend(section, index, filled, {str(detail["loc"][0]) for detail in error.errors()})
        self.ids[section] = seen

    def _mend(self, section: str, index: int, entry: dict[str, Any], wrong: set[str]) -> None:
        """Put neutral values for what is wrong, so that the rest of the part is checked in the same run."""
        model = SECTIONS[section]
        right = {key: value for key, value in entry.items() if key not in wrong}
        neutral = {key: value for key, value in _NEUTRAL.items() if key in model.model_fields}
        self.wrong[section, index] = wrong
        with suppress(ValidationError):
            self.parts[section][index] = model.model_validate({**neutral, **right})

    def _defaults(self, section: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Fill what a file may leave out because it follows from the rest."""
        end = self.header.period.end if self.header else dt.date.max
        if section == "tasks" and "due" not in entry and entry.get("recurrence") == "once":
            return {"due_basis": "period_end", **entry, "due": end}
        if section in {"indicators", "tasks"} and "due" in entry:
            entry = {"due_basis": "stated", **entry}
        if section != "indicators":
            return entry
        if "due" not in entry:
            entry = {"due_basis": "period_end", **entry, "due": end}
        counts_villages = entry.get("rollup") == "share_of_villages" and entry.get("unit") != "%"
        if "rollup_value" not in entry and "value" in entry and not counts_villages:
            entry = {**entry, "rollup_value": entry["value"]}
        if isinstance(entry.get("breakdown"), list) and "unit" in entry:
            parts = [{"unit": entry["unit"], **part} if isinstance(part, dict) else part for part in entry["breakdown"]]
            entry = {**entry, "breakdown": parts}
        return entry

    # What parts say about each other.

    def _unknown(self, field: str, names: Sequence[str], known: set[str] | Mapping[str, object], what: str) -> _Found:
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield (field,), f"there is no {what} '{name}'{hint}"

    def _check_parameter(self, part: Parameter) -> _Found:
        yield from self._unknown("used_by", part.used_by, self.ids["indicators"], "indicator")
        yield from _check_unit(("unit",), part.unit)

    def _check_task(self, part: Task) -> _Found:
        yield from self._unknown("feeds", part.feeds, self.ids["indicators"], "indicator")
        yield from self._unknown("concepts", part.concepts, concepts(), "concept")
        yield from _check_lead(part)
        if list(part.due) != sorted(set(part.due)):
            yield ("due",), "dates must rise and none be there twice"

    def _check_place(self, part: Place) -> _Found:
        yield from self._unknown("indicators", part.indicators, self.ids["indicators"], "indicator")
        yield from self._unknown("parent", [part.parent] if part.parent else [], self.ids["places"], "place")

    def _check_indicator(self, part: Indicator) -> _Found:
        yield from self._unknown("concept", [part.concept], concepts(), "concept")
        yield from self._unknown("parameters", part.parameters, self.ids["parameters"], "parameter")
        yield from _check_unit(("unit",), part.unit)
        yield from _check_target(part)
        if self.header:
            yield from _check_dates(part, self.header.period)
            yield from revision_problems(part, self.header.period)
        yield from _check_breakdown(part)
        yield from _check_lead(part)
        problems = list(self._check_query(part.data))
        yield from ((("data", *where), reason) for where, reason in problems)
        if not problems and (part.rule == "window") != bool(part.data.dates & {"m0", "m1", "h0", "h1"}):
            yield ("rule",), "'window' goes with a query over @m0 @m1 (month) or @h0 @h1 (half-year), and only with it"

    def _check_query(self, query: Query) -> _Found:
        table = tables()[query.table]
        parsed: dict[str, Expression] = {}
        for field in ("where", "base", "value"):
            try:
                if expression := getattr(query, f"{field}_expression"):
                    parsed[field] = expression
            except ExpressionError as error:
                for mistake in error.every:
                    yield (field,), f"{mistake.message} (at character {mistake.position + 1})"
        yield from _check_aggregation(query, parsed)
        if query.rows == "window" and not table.dated:
            yield ("rows",), f"'window' needs rows with a date; {table.id} has no column as_of, so write 'all'"
        if "where" in parsed:
            yield from self._check_names(query, parsed["where"])
        broken = sum(getattr(query, field) is not None for field in ("where", "base", "value")) - len(parsed)
        if not broken:
            yield from _check_columns(query)

    def _check_names(self, query: Query, where: Expression) -> _Found:
        if query.table == "facts":
            wanted = where.equals("item")
            if not wanted:
                yield ("where",), "a query over facts must say which item it reads: item=='...' and ..."
            known = {*items(), *concepts(), *self.ids["indicators"]}
            yield from self._unknown("where", wanted, known, "item")
        if query.table == "actions":
            yield from self._unknown("where", where.equals("task_id"), self.ids["tasks"], "task")


def _header_defaults(raw: dict[str, Any]) -> dict[str, Any]:
    """Fill the top region: the county, or the township of that name; left out if it cannot be found."""
    code = str(raw.get("adm_code", ""))
    if "top_region" in raw:
        return raw
    if raw.get("level") != "town":
        return {**raw, "top_region": f"{code}000000"}
    try:
        known = regions(code)
    except KeyError:
        return raw
    found = known.loc[(known["level"] == "township") & (known["name"] == raw.get("town_zh")), "code"]
    return {**raw, "top_region": str(found.iloc[0])} if len(found) == 1 else raw


# --- checks -----------------------------------------------------------------------------------------------------------


def _check_header(header: Header) -> _Found:
    period = header.period
    if period.end < period.start:
        yield ("plan", "period", "end"), f"is before the start, {period.start}"
    if header.top_region[:6] != header.adm_code and header.top_region != "0" * 12:
        yield ("plan", "top_region"), f"must lie in the county: begin with {header.adm_code}"
    if header.level == "town" and not header.town_zh:
        yield ("plan", "town_zh"), "is missing; a plan of level 'town' names its town"
    for field, parts in (("goals", header.goals), ("reporting_rules", header.reporting_rules)):
        for name, count in Counter(part.id for part in parts).items():
            if count > 1:
                yield ("plan", field), f"'{name}' is there twice; ids are unique"
    for index, goal in enumerate(header.goals):
        for concept in goal.concepts:
            if concept not in concepts():
                yield ("plan", "goals", index, "concepts"), f"there is no concept '{concept}'"


def _check_unit(where: _Where, unit: str) -> _Found:
    if unit not in units():
        yield where, f"unknown unit '{unit}'; units are listed in {CATALOGUE.name}: {' '.join(sorted(units()))}"


def _check_lead(part: Indicator | Task) -> _Found:
    if part.lead and part.lead_basis == "none_named":
        yield ("lead_basis",), "says how the lead office was found: named, first_listed or subject"
    if not part.lead and part.lead_basis != "none_named":
        yield ("lead",), "is empty; name the office, or leave lead_basis out"


def _check_target(part: Indicator) -> _Found:
    number, about = part.value is not None, part.comparator == "~"
    rules = (
        (
            number or part.kind not in SCORED_KINDS,
            "value",
            f"is missing; a target of kind '{part.kind}' needs a number, else write directional or unspecified",
        ),
        (
            not number or part.kind not in {"directional", "annex_missing"},
            "value",
            f"a target of kind '{part.kind}' has no number; leave it out or write another kind",
        ),
        (
            part.tolerance is not None or not about,
            "tolerance",
            "is missing; '~' needs the difference that still counts as met",
        ),
        (part.tolerance is None or about, "tolerance", "goes with comparator '~' only"),
        (
            not part.strict or part.comparator in {">=", "<="},
            "strict",
            "goes with comparator '>=' (more than) or '<=' (less than)",
        ),
        (part.upper is None or (part.value is not None and part.upper > part.value), "upper", "must be above value"),
        (
            part.rollup_value is not None or not part.scored or part.rollup != "share_of_villages",
            "rollup_value",
            "is missing; give the percentage of villages that must pass",
        ),
    )
    yield from (((field,), reason) for right, field, reason in rules if not right)
    if part.context_base:
        yield from _check_unit(("context_base", "unit"), part.context_base.unit)
    for index, option in enumerate(part.any_of):
        table = tables().get(option.table or "")
        if option.target == "column" and (table is None or option.column not in table.names):
            yield ("any_of", index, "column"), f"there is no column '{option.column}' in table '{option.table}'"


def _check_dates(part: Indicator, period: Period) -> _Found:
    if part.due < period.start:
        yield ("due",), f"{part.due} is before the plan's start, {period.start}"
    if part.rule_start and not period.start <= part.rule_start <= part.due:
        yield ("rule_start",), f"must lie between the plan's start and due ({period.start} to {part.due})"
    days = [milestone.date for milestone in part.milestones]
    if days != sorted(set(days)):
        yield ("milestones",), "dates must rise and none be there twice"
    for index, day in enumerate(days):
        if not period.start <= day <= part.due:
            yield ("milestones", index, "date"), f"{day} is outside {period.start} to {part.due} (start to due)"
    if part.milestones and part.value is not None and part.milestones[-1].value != part.value:
        last = f"{part.milestones[-1].value:g}"
        yield ("milestones",), f"the last one is {last}, but value is {part.value:g}; they must agree"
    if part.rule == "milestones" and not part.milestones:
        yield ("milestones",), "is missing; rule 'milestones' needs dates and values"
    if part.rule == "periods" and not part.milestones and part.frequency == "continuous":
        yield ("frequency",), "rule 'periods' needs a period: monthly, quarterly, half-yearly, semester or annual"


def revision_problems(part: Indicator, period: Period) -> _Found:
    """Yield what is wrong with a target's revisions: their days, that each changes something, what each leaves."""
    own = {reason for _, reason in (*_check_target(part), *_check_dates(part, period))}
    before = part.stages[0]
    for index, stage in enumerate(part.stages[1:]):
        where, day = ("revisions", index), stage.since or period.start
        if day <= period.start:
            yield (*where, "from"), f"{day} is not after the plan's start, {period.start}; change the target itself"
        elif day > stage.indicator.due:
            yield (*where, "from"), f"{day} is after the target is due, {stage.indicator.due}; give a later due date"
        if before.since and day <= before.since:
            yield (*where, "from"), f"{day} is not after the revision before it, {before.since}; they stand in order"
        if stage.indicator == before.indicator:
            yield where, "changes nothing; give another value, rollup_value, due or milestones"
        for (field, *inner), reason in (*_check_target(stage.indicator), *_check_dates(stage.indicator, period)):
            if reason not in own:
                yield (*where, field, *inner), reason
        before = stage


def _check_breakdown(part: Indicator) -> _Found:
    if part.breakdown and not part.breakdown_basis:
        yield ("breakdown_basis",), "is missing; write per_unit (own figures) or shared_total (only the sum is known)"
    for index, piece in enumerate(part.breakdown):
        if piece.unit != part.unit:
            yield from _check_unit(("breakdown", index, "unit"), piece.unit)
        if part.breakdown_basis == "shared_total" and piece.value is not None:
            yield ("breakdown", index, "value"), "a place under a shared total has no figure of its own"


_VALUE_SHAPE = {"ratio": ("/", "a/b"), "wmean": ("*", "a*b"), "village_sum_share": (">=", "a>=b")}
_WITH_VALUE = frozenset({"sum", "mean", "last", *_VALUE_SHAPE})
_WITH_BASE = frozenset({"share", "village_share"})


def _check_aggregation(query: Query, parsed: Mapping[str, Expression]) -> _Found:
    if query.agg in _WITH_VALUE and query.value is None:
        yield ("value",), f"is missing; agg '{query.agg}' needs what to add up"
    if query.agg not in _WITH_VALUE and query.value is not None:
        yield ("value",), f"agg '{query.agg}' reads no value; leave it out or use sum, mean, last, ratio or wmean"
    if query.agg not in _WITH_BASE | VILLAGE_AGGREGATIONS and query.base is not None:
        yield ("base",), f"agg '{query.agg}' has no base; leave it out or use share"
    if query.where is None and query.agg in {"share", *VILLAGE_AGGREGATIONS} - {"village_sum_share"}:
        yield ("where",), f"is missing; agg '{query.agg}' needs the condition to be met"
    if query.agg in AGGREGATION_COLUMNS and AGGREGATION_COLUMNS[query.agg] not in tables()[query.table].names:
        column = AGGREGATION_COLUMNS[query.agg]
        yield ("agg",), f"'{query.agg}' needs a column {column}, which table {query.table} does not have"
    for field in ("where", "base"):
        if field in parsed and parsed[field].kind != "bool":
            yield (field,), f"must be a condition, not a {parsed[field].kind}"
    if "value" in parsed:
        sign, form = _VALUE_SHAPE.get(query.agg, ("", ""))
        if sign and (parsed["value"].factors() is None or parsed["value"].operator != sign):
            yield ("value",), f"agg '{query.agg}' needs the form {form}, as outermost sign"


def _check_columns(query: Query) -> _Found:
    """Compare the columns a file lists with those its query reads; a file need not list them."""
    for field, written, read in (
        ("columns", query.columns_written, query.columns),
        ("village_columns", query.village_columns_written, query.village_columns),
    ):
        if written is not None and set(written) != set(read):
            yield (field,), f"the query reads {', '.join(read) or 'none'}; correct the list or leave it out"


_FIELDS = sorted({
    field.alias or name
    for model in (
        Alternative, Annex, Breakdown, ContextBase, Goal, Header, Indicator, Milestone, Parameter, Period, Place, Query,
        ReportingRule, Revision, Task,
    )
    for name, field in model.model_fields.items()
})  # fmt: skip


_PLAIN = {
    "missing": "is missing",
    "string_type": "{shown} must be text; put it in quotes",
    "string_too_short": "is empty",
    "tuple_type": "{shown} must be a list, as in [a, b]",
    "model_type": "{shown} must be a group of fields",
    "date": "{shown} is not a date; write it as YYYY-MM-DD",
    "float": "{shown} is not a number",
    "int": "{shown} is not a whole number",
    "finite": "{shown} is not a number",
    "bool": "{shown} must be true or false",
    "literal": "{shown} is not one of {expected}",
}


def _plain(detail: ErrorDetails) -> str:
    """Say in plain words what pydantic found."""
    kind, given, field = detail["type"], detail["input"], str(detail["loc"][-1])
    if kind == "extra_forbidden":
        near = get_close_matches(field, _FIELDS, n=1)
        return "is not a known field" + (f"; did you mean {near[0]}?" if near else "; remove it")
    shown = repr(given) if isinstance(given, str | int | float | bool) else "this"
    if kind == "string_pattern_mismatch":
        form = "lower-case letters, digits and _" if field == "id" else detail["ctx"]["pattern"]
        return f"{shown} does not have the right form: {form}"
    text = _PLAIN.get(kind) or _PLAIN.get(kind.partition("_")[0])
    return text.format(shown=shown, expected=detail.get("ctx", {}).get("expected")) if text else detail["msg"]
