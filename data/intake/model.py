"""What the steps of the intake hand to each other: sheets of text, rules, problems, and the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict

from data.intake.kinds import BLANK, kind_of
from data.intake.periods import period_of_table
from data.tables import tables

if TYPE_CHECKING:
    from data.intake.corrections import Corrections
    from data.intake.structure import Structure

SEVERITY_ZH = {"refusal": "拒收", "error": "错误", "warning": "提醒", "repair": "修正"}
RULES_FILE = Path(__file__).with_name("rules.yaml")
PROBLEM_COLUMNS = ("row", "col", "column", "header", "value", "rule", "severity", "repair", "count", "more")

# Rules that are told beside the button too, not only in the list.
_NOTICES = ("export_read", "export_listed", "original_not_kept")
# Of rows with the same problem, so many are named.
_ROWS_NAMED = 3
# Of sheets with the same problem likewise: whoever sent them knows them by these names.
_SHEETS_NAMED = 12

Severity = Literal["refusal", "error", "warning", "repair"]
Outcome = Literal["parse", "warn", "reject"]
Codes = np.ndarray[Any, np.dtype[np.integer[Any]]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Kinds = np.ndarray[Any, np.dtype[np.int8]]
Merge = tuple[int, int, int, int]
Note = tuple[str, Mapping[str, object]]


class Rule(BaseModel):
    """One rule: what it is called, how grave it is, and how it is said.

    Attributes
    ----------
    table, at, when
        Of a rule that a condition says: the rows of `table` that meet `when` are told of at column `at`
        (`data.intake.conditions`). Empty for what code finds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    severity: Severity
    zh: str
    en: str
    say_zh: str
    say_en: str
    table: str = ""
    at: str = ""
    when: str = ""

    def name(self, lang: str) -> str:
        """Return the rule's name in `lang`."""
        return self.zh if lang == "zh" else self.en

    def say(self, lang: str, values: Mapping[str, object]) -> str:
        """Return the sentence in `lang` with its values put in."""
        said: str = (self.say_zh if lang == "zh" else self.say_en).format_map(values)
        return said


class Pairs(BaseModel):
    """Pairs of columns that one rule compares in the same way.

    Attributes
    ----------
    when
        A condition over `{left}` and `{right}`; told of at the left column.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str
    tables: dict[str, tuple[tuple[str, str], ...]]


class Leaps(BaseModel):
    """When a figure differs too much from the same figure before.

    Attributes
    ----------
    factor, spread
        It leaps if it changed more than `factor` times, and `spread` deviations from how others of its kind changed.
    fewest
        How many others it takes to tell how figures of the kind usually change.
    floor
        And by at least this share of what others of its kind usually are.
    slip, slip_within
        It slipped by a unit if it changed `slip` times, give or take `slip_within` times.
    columns
        By table: whose leaps are told of. Slips are told of cumulative columns too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    factor: float
    spread: float
    fewest: int
    floor: float
    slip: float
    slip_within: float
    columns: dict[str, tuple[str, ...]]


class Reference(BaseModel):
    """Something that rows name and another table should know.

    Attributes
    ----------
    tables, column
        Of the rows that name it; with `where` only those that meet this condition.
    table, columns
        Where it should be known, in any of these columns.
    within
        It is missed only where the other table has something for the same `township`, `village` or at all (`county`).
    monthly
        Whether the other table should know it in the row's month.
    least
        Share of what the file names there that the other table has to know before the rest is missed.
    reverse
        The rule told of a file of the other table that lacks what the stored rows of `tables` name in a township.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    tables: tuple[str, ...]
    column: str
    where: str = ""
    table: str
    columns: tuple[str, ...]
    within: Literal["township", "village", "county"]
    monthly: bool = False
    least: float = 0
    reverse: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the other table that it takes."""
        area = ("village_code",) if self.within == "village" else ()
        return tuple(dict.fromkeys((*self.columns, *area, *(("as_of",) if self.monthly else ()))))


class Against(BaseModel):
    """What is compared with the stored rows.

    Attributes
    ----------
    figures
        The rules over what a thing was before.
    stages
        By table and column the order in which values follow.
    problems
        The rules over lists of problems: what is newer than the list, and numbers given twice.
    numbers
        The rules over things that come without numbers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: tuple[str, ...]
    leaps: Leaps
    stages: dict[str, dict[str, tuple[str, ...]]]
    references: tuple[Reference, ...]
    problems: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that need a store."""
        told = (rule for reference in self.references for rule in (reference.rule, reference.reverse) if rule)
        return (*self.figures, *told, *self.numbers, *self.problems)


class RuleBook(BaseModel):
    """All rules, the pairs of columns that some compare, by rule, and what others compare with the stored rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...]
    pairs: dict[str, Pairs]
    against: Against
    personal: tuple[str, ...]
    in_office: tuple[str, ...]
    duties: tuple[str, ...]

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """Rules by id."""
        return {rule.id: rule for rule in self.rules}


@cache
def rule_book() -> RuleBook:
    """Return the rules of `rules.yaml`."""
    return RuleBook.model_validate(yaml.load(RULES_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader))


class Refusal(Exception):  # noqa: N818 - the design's word for it
    """A file that cannot be used, with the reason in plain words.

    Parameters
    ----------
    rule
        Id of a rule with severity `refusal`.
    values
        What its sentence names.
    """

    def __init__(self, rule: str, **values: object) -> None:
        self.rule = rule
        self.values = values
        super().__init__(self.text("en"))

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are packed by their sentence; this one is made of rule and values, as a session holds it packed.
        return _refusal, (self.rule, dict(self.values))

    def text(self, lang: str) -> str:
        """Return the reason in `lang`."""
        return rule_book().by_id[self.rule].say(lang, self.values)


def _refusal(rule: str, values: dict[str, object]) -> Refusal:
    return Refusal(rule, **values)


@dataclass(frozen=True)
class Cells:
    """One column of a sheet, each distinct text kept once.

    Attributes
    ----------
    codes
        Shape (rows,): for each row the position of its text in `texts`, in the fewest bytes that hold it.
    texts
        The texts, without blanks around them; blank cells are "".
    """

    codes: Codes
    texts: list[str]

    def __post_init__(self) -> None:
        # Most columns say few different things: a byte a cell, not eight, of a file that is held.
        object.__setattr__(self, "codes", self.codes.astype(np.min_scalar_type(len(self.texts)), copy=False))

    @property
    def blank(self) -> Mask:
        """Shape (rows,): which cells are blank."""
        result: Mask = (self.kinds == BLANK)[self.codes]
        return result

    @cached_property
    def kinds(self) -> Kinds:
        """Shape (texts,) or (1,): of each text what it is (`data.intake.kinds`), of no texts that it is blank."""
        return np.array([kind_of(text) for text in self.texts] or [BLANK], dtype=np.int8)

    def used(self, rows: Codes) -> tuple[Codes, list[str]]:
        """Return some rows as a column of their own: for each the position of its text, and the texts that occur."""
        codes = self.codes[rows]
        used = np.bincount(codes, minlength=len(self.texts)) > 0
        return (np.cumsum(used) - 1)[codes], [self.texts[code] for code in np.flatnonzero(used).tolist()]

    def text(self, row: int) -> str:
        """Return one cell."""
        found: str = self.texts[self.codes[row]]
        return found


@dataclass(frozen=True)
class Sheet:
    """A grid of text. Row 0 is the first row a spreadsheet shows (its row 1).

    Attributes
    ----------
    lengths
        For text files, the number of cells of each row as written; None for workbooks.
    merged
        First row, first column, last row, last column of each merged range, from 0; its text stands in the first cell,
        the others are blank.
    hidden_rows
        Rows a spreadsheet does not show; they are read like the others.
    """

    name: str
    columns: tuple[Cells, ...]
    height: int
    lengths: Codes | None = None
    hidden: bool = False
    merged: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.columns)

    @cached_property
    def filled(self) -> Mask:
        """Shape (rows,): which rows hold anything."""
        result = np.zeros(self.height, dtype=bool)
        for column in self.columns:
            result |= ~column.blank
        return result

    def row(self, row: int) -> list[str]:
        """Return the texts of one row."""
        return [column.text(row) for column in self.columns]


@dataclass(frozen=True)
class Book:
    """A file read: its sheets and what was found out about the file.

    Attributes
    ----------
    kind
        What it is by its content: `csv`, `xlsx`, `xls`, `ods` or `html`.
    notes
        What its reader must know of the file: ids of rules with severity `warning`, and what their sentences name.
    """

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    delimiter: str | None = None
    mixed_lines: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class FoundColumn:
    """A column of the file and what it was taken for.

    Attributes
    ----------
    col
        Position in the sheet, from 0.
    name
        Column of the upload table, None if it is none.
    role
        `column`, or a place's name that helps to find its code (`village_name`, `township_name`), or `ignored` (序号),
        `personal`, `unknown`.
    unit
        Unit in the file, if its header or title says one.
    score
        Certainty, 0 to 1.
    canonical
        What `headings.yaml` calls the quantity, upload table or not; None if the header says nothing known.
    kind
        `number`, `share`, `label`, `list`, `text`, `period` or `code`; empty if neither header nor content tell.
    doubted
        Words of the header that may make it another figure than `likely`, a column or an item, for which it would be
        taken without them.
    """

    col: int
    header: str
    name: str | None
    role: str
    unit: str | None
    score: float
    canonical: str | None = None
    kind: str = ""
    doubted: str = ""
    likely: str = ""


@dataclass(frozen=True)
class Told:
    """Something to be told of the sheet as the file has it, found before its cells are read."""

    rule: str
    row: int
    found: FoundColumn | None = None
    words: Mapping[str, object] = field(default_factory=dict)
    value: str = ""


@dataclass(frozen=True)
class Question:
    """A text that only the sender of a file can say the meaning of.

    Attributes
    ----------
    kind
        `place` or `option`.
    column, header
        Of the upload table and as the file calls it.
    text, township
        As written; the township beside a place, if any.
    rows
        Number of rows of the file.
    likely
        Codes of places, or options, it may mean, the most certain first.
    around
        Code of the township beside a place, else of the one that the sheet suggests; "" for none.
    """

    kind: Literal["place", "option"]
    column: str
    header: str
    text: str
    township: str = ""
    rows: int = 0
    likely: tuple[str, ...] = ()
    around: str = ""


@dataclass(frozen=True)
class Origin:
    """Where the cells of a sheet that was taken apart stand in the file.

    Attributes
    ----------
    rows, cols
        Row and column of the file for each cell; together they broadcast to shape (height, width).
    headers
        Header of a column of the file (of a row, if turned), where the sheet calls it something else.
    turned
        Whether what the sheet holds in a row is a column of the file.
    """

    rows: Codes
    cols: Codes
    headers: Mapping[int, str] = field(default_factory=dict)
    turned: bool = False

    def of(self, earlier: "Origin | None") -> "Origin":
        """Return where the cells stand in the file from which `earlier` was made first."""
        if earlier is None:
            return self
        rows, cols = np.broadcast_arrays(earlier.rows, earlier.cols)
        named = (rows if earlier.turned else cols)[0]
        headers = {int(named[col]): header for col, header in self.headers.items()}
        return Origin(rows[self.rows, self.cols], cols[self.rows, self.cols], headers, self.turned or earlier.turned)

    def cells(self, rows: "Sequence[int] | Codes", col: int) -> tuple[Codes, Codes]:
        """Return row and column in the file of the cells of one column."""
        every = np.broadcast_arrays(self.rows, self.cols)
        at = np.asarray(rows, dtype=np.intp)
        return every[0][at, col], every[1][at, col]

    def lines(self, rows: "Sequence[int] | Codes") -> Codes:
        """Return for rows of the sheet the rows of the file, or its columns if it was turned."""
        return self.cells(rows, 0)[1 if self.turned else 0]

    def header(self, found: FoundColumn, row: int, col: int) -> str:
        """Return what a cell's column is called in the file; of a turned table also which cell it is."""
        if self.turned:
            return f"{self.headers.get(row, found.header)} {letter(col)}{row + 1}"
        return self.headers.get(col, found.header)


def letter(col: int) -> str:
    """Return a column's letters as a spreadsheet shows them: 0 → A, 26 → AA."""
    text = ""
    while col >= 0:
        col, rest = divmod(col, 26)
        text, col = chr(65 + rest) + text, col - 1
    return text


def _nothing_said() -> "Corrections":
    from data.intake.corrections import NOTHING  # noqa: PLC0415 - corrections are said of what this module holds

    return NOTHING


@dataclass(frozen=True)
class Layout:
    """Where the table stands in a sheet and what its columns are; row numbers count from 0.

    Attributes
    ----------
    table
        Upload table, None for any other table.
    about
        Names of the file and the sheet, which like the title may say of which period it is.
    sheet
        As it is read: what stood side by side, in one cell or in a column per item is one below the other.
    origin
        Where the cells of `sheet` stand in the file; None where they are the same.
    own_items
        Whether the file speaks for its own items only, not for all facts of a month.
    scales
        What the figures of a column are multiplied by, row by row of `sheet`, where rows are in different units.
    row_units
        Likewise the unit that a figure without one of its own is in; empty where nothing says it.
    told
        What is to be told of how the sheet was taken apart.
    before
        The sheet as the file has it, where it was taken apart.
    summed
        The sheet whose totals are compared with its rows, where its columns became rows.
    form, said
        What tells this form from others, and what its sender says or said before in place of what was understood.
    now
        Of that, what is said of this very file.
    keys, asked
        What each column is called in corrections, by its position; the columns that may be corrected. A sheet with a
        column per item (`wide`) has its own here, not those of the long table.
    other_sheets
        Those of the workbook that hold data too and are not read, with their number of rows.
    export
        Which export of a national system it is (`exports.yaml`), if any.
    """

    table: str | None
    about: str
    sheet: Sheet
    structure: "Structure"
    columns: tuple[FoundColumn, ...]
    score: float
    form: str
    said: "Corrections"
    keys: tuple[str, ...]
    asked: tuple[FoundColumn, ...]
    wide: bool = False
    now: "Corrections" = field(default_factory=_nothing_said)
    other_sheets: tuple[tuple[str, int], ...] = ()
    origin: Origin | None = None
    own_items: bool = False
    scales: Mapping[int, "np.ndarray[Any, np.dtype[np.float64]]"] = field(default_factory=dict)
    row_units: Mapping[int, "np.ndarray[Any, np.dtype[np.object_]]"] = field(default_factory=dict)
    told: tuple[Told, ...] = ()
    before: "Layout | None" = None
    summed: "Layout | None" = None
    export: str | None = None

    @property
    def period(self) -> str | None:
        """The period that the title, else the name of the sheet or the file speaks of: `2023-09`, `2023-H1`, `2023`."""
        return period_of_table(self.structure.title, self.about, self.structure.days)

    @property
    def dated_by(self) -> str:
        """What says the period: the title, the names of sheet and file, or both together."""
        title, days = self.structure.title, self.structure.days
        if period_of_table(title, "", days) == self.period:
            return " ".join([title, *days])
        return self.about if period_of_table("", self.about) == self.period else f"{title} {self.about}"

    @property
    def turned(self) -> bool:
        """Whether what is read as a row is a column of the file."""
        return self.origin is not None and self.origin.turned

    @property
    def header_row(self) -> int:
        """The lowest row of the header."""
        return self.structure.header_row

    @property
    def data_rows(self) -> Codes:
        """Rows of data."""
        return self.structure.data_rows

    def in_file(self, rows: "Sequence[int] | Codes") -> list[int]:
        """Return rows as the file has them, from 0; of a turned table its columns."""
        return [int(r) for r in (self.origin.lines(rows) if self.origin is not None and len(rows) else rows)]


class Problems:
    """Collects problems, many at a time."""

    def __init__(self, origin: Origin | None = None) -> None:
        self._parts: list[pd.DataFrame] = []
        self._origin = origin

    def add(
        self,
        rule: str,
        rows: Sequence[int] | Codes | None = None,
        found: FoundColumn | None = None,
        *,
        column: str = "",
        values: Sequence[object] = ("",),
        repairs: Sequence[str] = ("",),
        counts: Sequence[int] = (1,),
        more: Sequence[Mapping[str, object]] | Mapping[str, object] | None = None,
    ) -> None:
        """Add one problem per row; without `rows` one problem about the column or file.

        `rows` count from 0 as in the sheet. Sequences are as long as `rows` or of length 1.
        """
        if rows is not None and len(rows) == 0:
            return
        number = 1 if rows is None else len(rows)
        details = [{}] if more is None else [more] if isinstance(more, Mapping) else list(more)

        def spread(items: Sequence[Any]) -> list[Any]:
            return list(items) * number if len(items) == 1 else list(items)

        cols: Sequence[Any] = [found.col if found else pd.NA] * number
        headers = [found.header if found else ""] * number
        if rows is not None and self._origin is not None:
            rows, at = self._origin.cells(rows, max(found.col, 0) if found else 0)
            if found is not None and found.col >= 0:
                cols = at.tolist()
                headers = [self._origin.header(found, *cell) for cell in zip(rows.tolist(), cols, strict=True)]
        row = [pd.NA] if rows is None else np.asarray(rows, dtype=np.int64) + 1
        part = pd.DataFrame(
            {
                "row": pd.array(row, dtype="Int64"),
                "col": pd.array(cols, dtype="Int64"),
                "column": column or (found.name or "" if found else ""),
                "header": pd.Series(headers, dtype="object"),
                "value": pd.Series(spread([str(v) for v in values]), dtype="object"),
                "rule": rule,
                "severity": rule_book().by_id[rule].severity,
                "repair": pd.Series(spread(repairs), dtype="object"),
                "count": spread(counts),
                "more": pd.Series(spread(details), dtype="object"),
            }
        )
        self._parts.append(part)

    @property
    def parts(self) -> list[pd.DataFrame]:
        """What was collected so far."""
        return self._parts

    def hides(self, sign: str) -> bool:
        """Whether something of a cell was covered by a sign in what was told."""
        told = (part[name] for part in self._parts for name in ("value", "repair"))
        return any(bool(texts.str.contains(sign, regex=False).any()) for texts in told)

    def take(self, others: "Problems") -> None:
        """Add what another has collected."""
        self._parts += others.parts

    def frame(self) -> pd.DataFrame:
        """Return all problems with PROBLEM_COLUMNS, by row, those about the whole file first."""
        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype="object") for name in PROBLEM_COLUMNS})
        together = pd.concat(self._parts, ignore_index=True)
        if self._origin is not None:
            # A cell that is said again in several rows is told once.
            cell = together[["row", "col", "rule", "value", "repair"]]
            together = together.loc[~cell.duplicated() | together["row"].isna() | together["col"].isna()]
        return together.sort_values(["row", "col"], kind="stable", na_position="first", ignore_index=True)


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries with text keys."""
    return [{str(name): value for name, value in record.items()} for record in frame.to_dict("records")]


def named_lines(lines: Sequence[int], lang: str, *, turned: bool) -> str:
    """Return rows of the file (from 0), or columns where the table was turned, as a sentence names them."""
    zh = lang == "zh"
    at = [letter(n) if turned else n + 1 for n in lines]
    kind = (" 列" if turned else " 行") if zh else ("columns" if turned else "rows")
    text = _rows_text(list(at), lang)
    if zh:
        return f"第 {text.removesuffix(' 行')}{kind}"
    return f"{kind} {text}"


def _rows_text(rows: list[Any], lang: str) -> str:
    """Return rows as people read them: `2`, `2、3、4`, `2、3、4 等 200 行`; empty for the whole file."""
    known = list(dict.fromkeys(str(row) for row in rows if not pd.isna(row)))
    zh = lang == "zh"
    text = ("、" if zh else ", ").join(known[:_ROWS_NAMED])
    if len(known) <= _ROWS_NAMED:
        return text
    return f"{text} 等 {len(known)} 行" if zh else f"{text} and {len(known) - _ROWS_NAMED} more"


def _in_sheets_text(found: list[Any], lang: str) -> str:
    """Return rows of several sheets as people read them; where each sheet has it in one row, the sheets by name."""
    zh = lang == "zh"
    at = list(dict.fromkeys(pair for pair in found if isinstance(pair, tuple)))
    lines = {line for _, line in at}
    names = [f"“{sheet}”" if zh else f'"{sheet}"' for sheet, _ in at if sheet]
    if len(lines) > 1 or len(set(names)) < len(at) or len(at) == 1:
        return _rows_text([_in_sheet_text(sheet, line, lang) for sheet, line in at], lang)
    named = ("、" if zh else ", ").join(names[:_SHEETS_NAMED])
    rest = len(names) - _SHEETS_NAMED
    if rest > 0:
        named = f"{named} 等 {len(names)} 张表" if zh else f"{named} and {rest} more sheets"
    (line,) = lines or {None}
    if line is None:
        return named
    return f"{named}第 {line} 行" if zh else f"row {line} of {named}"


def _in_sheet_text(sheet: str, line: int | None, lang: str) -> str:
    named = (f"“{sheet}”" if lang == "zh" else f'"{sheet}"') if sheet else ""
    return named + ("" if line is None else f"第 {line} 行" if lang == "zh" else f" row {line}")


def _no_problems() -> pd.DataFrame:
    return Problems().frame()


@dataclass(frozen=True)
class Checked:
    """What was understood of a file, and everything to be said about it.

    Attributes
    ----------
    table
        Upload table; None if the file was refused before it was known, or holds another table (`generic`).
    frame
        Typed rows as `data.tables.typed` gives them; the index is the row a spreadsheet shows (from 1). Of a generic
        table the columns are the positions in the sheet: figures as float64, all else as text.
    problems
        One row per problem (PROBLEM_COLUMNS): row as a spreadsheet shows it (1-based, NA: the whole file), col (0-based
        position), column (declared name), header, value, rule, severity, repair (what the value is read as), count
        (cells alike; repairs are told once per distinct value), more (what the sentence names).
    said
        What counted of what its sender said of it or of such files before.
    questions
        What only its sender can answer: places and options that were not found.
    periods
        Months of the rows, `2023-05`; empty for running lists.
    townships
        12-digit codes of the townships (or the county) the rows belong to.
    personal
        Whether the file tells who somebody is: then only its rows are kept (`kept`), not the file.
    items
        Of a file that speaks for its own items of the long table only: those; empty: it speaks for all.
    whole
        Whether an export is of all of the county, not of a few of its townships.
    parts
        The sheets, where several are read as one table (`data.intake.sheets`); `layout` is that of the first.
    """

    file_name: str
    county_code: str | None
    table: str | None = None
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: pd.DataFrame = field(default_factory=_no_problems)
    refusal: Refusal | None = None
    layout: Layout | None = None
    encoding: str | None = None
    delimiter: str | None = None
    questions: tuple[Question, ...] = ()
    said: "Corrections | None" = None
    periods: tuple[str, ...] = ()
    townships: tuple[str, ...] = ()
    personal: bool = False
    items: tuple[str, ...] = ()
    whole: bool = False
    parts: tuple["Part", ...] = ()

    def part_of(self, row: int) -> tuple["Checked", int]:
        """Return the sheet that a row (from 1) is of, as a result of its own, and the row's number there."""
        found = next((part for part in reversed(self.parts) if part.before < row), None)
        return (found.checked, row - found.before) if found else (self, row)

    @property
    def outcome(self) -> Outcome:
        """`reject`: refused or with an error; `warn`: with warnings; `parse`: all understood."""
        severities = set(self.problems["severity"])
        if self.refusal or "error" in severities:
            return "reject"
        return "warn" if "warning" in severities else "parse"

    @property
    def generic(self) -> bool:
        """Whether it is a table of its own kind, that can be looked at but not stored."""
        return self.table is None and self.layout is not None and self.refusal is None

    @property
    def mode(self) -> Literal["replace", "period", "merge"]:
        """How its rows are stored unless somebody says otherwise (`data.extent`).

        An export lists everybody there is: where it has no row of a village any more, nobody is left there. A column
        per item only replaces figures that are given.
        """
        if self.items and self.layout and self.layout.export:
            return "period" if self.whole else "replace"
        if self.table is None or self.items:
            return "merge"
        return tables()[self.table].mode

    @property
    def ok(self) -> bool:
        """Whether the rows may be committed: all or nothing, and only to an upload table."""
        return self.table is not None and self.outcome != "reject"

    @property
    def undated(self) -> bool:
        """Whether rows of its table have dates and the file has no column of them."""
        dated = self.table is not None and self.refusal is None and tables()[self.table].dated
        return dated and not {"as_of", "month"} & {c.name for c in self.columns}

    def for_storing(self) -> "Checked":
        """Return it as what is to be stored: a table that is no upload table is refused, with its headers named."""
        if not self.generic:
            return self
        headers = "、".join(c.header for c in self.columns if c.header and c.role != "personal")
        refusal = Refusal("unknown_table", headers=headers if len(headers) < 200 else f"{headers[:200]}…")
        return replace(self, refusal=refusal)

    @property
    def header_row(self) -> int | None:
        """Row of the header as a spreadsheet shows it (from 1)."""
        return (self.layout.before or self.layout).header_row + 1 if self.layout else None

    @property
    def columns(self) -> tuple[FoundColumn, ...]:
        """The file's columns and what each was taken for."""
        return self.layout.columns if self.layout else ()

    @property
    def sheet(self) -> str:
        """Name of the sheet that was read, the first names of several; empty for a file of text."""
        if self.parts:
            names = [part.checked.sheet for part in self.parts]
            return "、".join(names[:_ROWS_NAMED]) + ("…" if len(names) > _ROWS_NAMED else "")
        return self.layout.sheet.name if self.layout and self.layout.sheet.lengths is None else ""

    def source(self, lang: str) -> str:
        """Return the file, and the sheet of a workbook: `支出.xlsx“十一月”`."""
        if not self.sheet:
            return self.file_name
        return f"{self.file_name}“{self.sheet}”" if lang == "zh" else f'{self.file_name} "{self.sheet}"'

    def counts(self) -> dict[str, int]:
        """Return the number of errors, warnings and repairs."""
        found = self.problems["severity"].value_counts()
        return {severity: int(found.get(severity, 0)) for severity in ("error", "warning", "repair")}

    def messages(self, lang: str, limit: int | None = None) -> list[str]:
        """Return the sentence of each problem (of the first `limit`), in the order of `problems`."""
        rules = rule_book().by_id
        head = self.problems if limit is None else self.problems.head(limit)
        return [rules[str(r["rule"])].say(lang, {**r, **r["more"]}) for r in records_of(head)]

    def summary(self, lang: str = "zh") -> str:
        """Return one line: which table, how many rows, how many problems, or why the file was refused."""
        zh = lang == "zh"
        if self.refusal:
            return f"{self.file_name}{'：' if zh else ': '}{self.refusal.text(lang)}"
        table = tables()[self.table].name(lang) if self.table else "其他表格" if zh else "another table"
        n, rows = self.counts(), len(self.frame)
        if zh:
            said = (
                f"{self.source(lang)}：{table}，{rows} 行；错误 {n['error']}，提醒 {n['warning']}，修正 {n['repair']}"
            )
            if self.generic:
                return f"{said}。不是上报表，只能查看，不能入库"
            return said if self.ok else f"{said}。有错误，不能入库"
        counted = f"{n['error']} errors, {n['warning']} warnings, {n['repair']} repairs"
        said = f"{self.source(lang)}: {table}, {rows} rows; {counted}"
        if self.generic:
            return f"{said}. It is no upload table: it can be looked at, not stored"
        return said if self.ok else f"{said}. It has errors and cannot be stored"

    def problem_lines(self, lang: str = "zh", limit: int | None = None, only: str | None = None) -> list[str]:
        """Return each problem (the first `limit`) as a line of text: how grave, row, column and sentence.

        With `only`, those of one severity.
        """
        zh = lang == "zh"
        words = SEVERITY_ZH if zh else {}
        lines = []
        listing = self.listing(lang, limit)
        for record in records_of(listing if only is None else listing.loc[listing["severity"] == only]):
            row = (
                f"{record['row']} "  # that says its sheet too
                if self.parts
                else f"第 {record['row']}{'' if record['row'].endswith('行') else ' 行'} "
                if zh
                else f"row {record['row']} "
            )
            column = f"“{record['column']}” " if record["column"] else ""
            severity = words.get(record["severity"], record["severity"])
            lines.append(f"[{severity}] {row if record['row'] else ''}{column}{record['message']}")
        return lines

    def listing(self, lang: str, limit: int | None = None) -> pd.DataFrame:
        """Return the problems for people: row, column, value, rule, severity, message, repair; for a page or a file.

        The same said of several rows is one line, whose `row` is a text: the first rows and how many there are.
        """
        head = self.problems if limit is None else self.problems.head(limit)
        names = {rule.id: rule.name(lang) for rule in rule_book().rules}
        titles = {c.name: c.title(lang) for c in tables()[self.table].columns} if self.table else {}
        every = pd.DataFrame(
            {
                "row": self._numbered(head) if self.parts else head["row"],
                # A column that is not in the file has no header there: its title tells it.
                "column": head["header"].where(head["header"] != "", head["column"].map(lambda c: titles.get(c, c))),
                "value": head["value"],
                "rule": head["rule"].map(names),
                "severity": head["severity"],
                "message": self.messages(lang, limit),
                "repair": head["repair"],
            }
        )
        groups = every.groupby([name for name in every if name != "row"], sort=False, dropna=False)["row"]
        first = ~every.duplicated([name for name in every if name != "row"])
        told = every.loc[first]
        said = _in_sheets_text if self.parts else _rows_text
        rows = [said(found, lang) for found in groups.agg(list)]
        return told.assign(row=pd.Series(rows, index=told.index, dtype=object)).reset_index(drop=True)

    def _numbered(self, problems: pd.DataFrame) -> "pd.Series[Any]":
        """Return where each problem is: the sheet, and the row that a spreadsheet shows there; NA for all of them."""
        said = [
            (sheet, None if pd.isna(row) else self.part_of(int(row))[1]) if sheet or not pd.isna(row) else pd.NA
            for sheet, row in zip(problems["sheet"], problems["row"], strict=True)
        ]
        return pd.Series(said, index=problems.index, dtype=object)

    def kept(self) -> bytes | None:
        """Return what is kept of a file with personal data in its stead: the checked rows as CSV; None for others."""
        if not self.personal or self.table is None:
            return None
        from data.intake.report import rows_as_csv  # noqa: PLC0415 - the report reads this module

        return rows_as_csv(self)

    def notices(self, lang: str) -> list[str]:
        """Return what whoever commits the file has to be told: what an export became, that the file is not kept."""
        wanted = self.problems["rule"].isin(_NOTICES).to_numpy()
        return [text for text, is_ in zip(self.messages(lang), wanted, strict=True) if is_] if wanted.any() else []

    def problem_list(self, lang: str) -> bytes:
        """Return all problems as a CSV file that opens in Excel and runs nothing there."""
        from data.intake.report import as_csv  # noqa: PLC0415 - the report reads this module

        return as_csv(self, lang)

    def to_json(self, lang: str = "zh") -> dict[str, Any]:
        """Return what `xianjie check --json` prints; rows and columns count from 0 there.

        Returns
        -------
        dict
            outcome, kind, sheet, encoding, delimiter, header_rows, data_rows, total_rows, note_rows, columns, sums,
            period, county, problems; plus file, table, periods, townships, counts.
        """
        from data.intake.report import as_json  # noqa: PLC0415 - the report reads this module

        return as_json(self, lang)


@dataclass(frozen=True)
class Part:
    """A sheet of several that are read as one table.

    Attributes
    ----------
    checked
        The result of the sheet alone.
    before
        Number of rows of the sheets before it: its row 1 is row `before + 1` of the table.
    """

    checked: Checked
    before: int
