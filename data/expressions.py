"""The query language of indicators: a small whitelisted grammar over the columns of one upload table.

```
condition  = and-or-not of: comparison | column of type bool | notnull(column) | isnull(column) | x in ['a','b']
comparison = value == != < <= > >= value
value      = column | number | 'text' | 'YYYY-MM-DD' | @date | value + - * / value | (value)
```

Plan files are edited by hand and by strangers, so their text is read by the parser below and by nothing else: no
`eval`, no `DataFrame.query`, no attribute access, no calls but the two null tests.
"""

import operator
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import reduce
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from data.tables import Table

DATES: Mapping[str, str] = {
    "asof": "the evaluation date",
    "d0": "plan start",
    "d1": "plan end, or the evaluation date if earlier",
    "h0": "first day of the running half-year",
    "h1": "last day of the running half-year",
    "m0": "first day of the running month",
    "m1": "last day of the running month",
}

Kind = Literal["bool", "number", "text", "date"]
Dates = Mapping[str, pd.Timestamp] | Mapping[str, date]

MAX_LENGTH = 1000
MAX_DEPTH = 40

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_KINDS: dict[str, Kind] = {
    "str": "text",
    "enum": "text",
    "int": "number",
    "float": "number",
    "date": "date",
    "bool": "bool",
}
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<text>'[^'\n]*'|\"[^\"\n]*\")|(?P<date>@\w+)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>==|!=|<=|>=|[<>+\-*/()\[\],])",
    re.ASCII,
)
_WORDS = frozenset({"and", "or", "not", "in"})


class ExpressionError(ValueError):
    """A query that cannot be used.

    Attributes
    ----------
    message : str
        What is wrong, in plain words.
    position : int
        Index of the offending character in the query.
    every : tuple of ExpressionError
        All problems of the query, this one first.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position
        self.every: tuple[ExpressionError, ...] = (self,)


# --- the tree ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Literal:
    value: str | float | np.datetime64


@dataclass(frozen=True, slots=True)
class _Date:
    name: str


@dataclass(frozen=True, slots=True)
class _Null:
    column: str
    blank: bool


@dataclass(frozen=True, slots=True)
class _Not:
    part: "_Node"


@dataclass(frozen=True, slots=True)
class _Logic:
    word: str
    parts: tuple["_Node", ...]


@dataclass(frozen=True, slots=True)
class _Compare:
    sign: str
    left: "_Node"
    right: "_Node"


@dataclass(frozen=True, slots=True)
class _Member:
    part: "_Node"
    choices: tuple[str | float | np.datetime64, ...]


@dataclass(frozen=True, slots=True)
class _Arithmetic:
    sign: str
    left: "_Node"
    right: "_Node"
    days: bool = False


_Node = _Column | _Literal | _Date | _Null | _Not | _Logic | _Compare | _Member | _Arithmetic


# --- values -----------------------------------------------------------------------------------------------------------


class _Truth(NamedTuple):
    """Kleene logic: where a condition certainly holds and where it certainly does not; neither = an input is blank."""

    yes: Any
    no: Any


class _Values(NamedTuple):
    values: Any
    known: Any


def _truth(node: _Node, frame: pd.DataFrame, dates: Dates) -> _Truth:
    match node:
        case _Column(name):
            yes = frame[name].to_numpy(dtype=bool)
            return _Truth(yes, ~yes)
        case _Null(name, blank):
            found = frame[name].isna().to_numpy(dtype=bool)
            return _Truth(found, ~found) if blank else _Truth(~found, found)
        case _Not(part):
            inner = _truth(part, frame, dates)
            return _Truth(inner.no, inner.yes)
        case _Logic(word, parts):
            truths = [_truth(part, frame, dates) for part in parts]
            both, either = (operator.and_, operator.or_) if word == "and" else (operator.or_, operator.and_)
            return _Truth(reduce(both, [t.yes for t in truths]), reduce(either, [t.no for t in truths]))
        case _Compare(sign, left, right):
            a, b = _values(left, frame, dates), _values(right, frame, dates)
            known = a.known & b.known
            holds = np.asarray(_COMPARE[sign](a.values, b.values), dtype=bool)
            return _Truth(holds & known, ~holds & known)
        case _Member(part, choices):
            inner_values = _values(part, frame, dates)
            holds = np.asarray(pd.Series(np.atleast_1d(inner_values.values)).isin(list(choices)), dtype=bool)
            return _Truth(holds & inner_values.known, ~holds & inner_values.known)
    msg = f"not a condition: {node!r}"
    raise TypeError(msg)


def _values(node: _Node, frame: pd.DataFrame, dates: Dates) -> _Values:
    match node:
        case _Column(name):
            series = frame[name]
            return _Values(series.to_numpy(), series.notna().to_numpy(dtype=bool))
        case _Literal(value):  # numpy divides by zero without a complaint, Python does not
            return _Values(np.float64(value) if isinstance(value, float) else value, np.True_)
        case _Date(name):
            return _Values(pd.Timestamp(dates[name]).to_datetime64(), np.True_)
        case _Arithmetic(sign, left, right, days):
            a, b = _values(left, frame, dates), _values(right, frame, dates)
            with np.errstate(all="ignore"):
                values = np.asarray(_ARITHMETIC[sign](a.values, b.values))
            if days:
                values = values / np.timedelta64(1, "D")
            # Nothing divided by nothing, or by zero, is unknown rather than infinite.
            return _Values(values, a.known & b.known & np.isfinite(values))
        case _:
            held = _truth(node, frame, dates)
            return _Values(np.where(held.yes, 1.0, 0.0), held.yes | held.no)


def _walk(node: _Node) -> Iterator[_Node]:
    yield node
    match node:
        case _Not(part) | _Member(part):
            yield from _walk(part)
        case _Logic(_, parts):
            for part in parts:
                yield from _walk(part)
        case _Compare(_, left, right) | _Arithmetic(_, left, right):
            yield from _walk(left)
            yield from _walk(right)


# --- what callers get -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked query over one table.

    Attributes
    ----------
    text : str
        As written; one of its `factors` keeps the text of the whole.
    kind : {'bool', 'number', 'text', 'date'}
        `bool` for conditions (use `mask`); conditions and numbers both answer `numbers`.
    columns, dates : frozenset of str
        Columns and date names (`asof`, `d0` ..., without their `@`) that are read.
    """

    text: str
    kind: Kind
    columns: frozenset[str]
    dates: frozenset[str]
    _node: _Node

    def mask(self, frame: pd.DataFrame, dates: Dates) -> np.ndarray:
        """Return which rows certainly meet the condition.

        A row with a blank input that decides the answer does not meet it, also under `not`.

        Parameters
        ----------
        frame : DataFrame
            Rows of the table with the dtypes of `data.tables.typed`.
        dates : mapping of str to Timestamp or date
            At least the names in `self.dates`.

        Returns
        -------
        ndarray of bool, shape (len(frame),)

        Raises
        ------
        TypeError
            The query is not a condition.
        """
        if self.kind != "bool":
            msg = f"'{self.text}' is a {self.kind}, not a condition"
            raise TypeError(msg)
        yes = _truth(self._node, frame, dates).yes
        return np.broadcast_to(np.asarray(yes, dtype=bool), (len(frame),)).copy()

    def numbers(self, frame: pd.DataFrame, dates: Dates) -> np.ndarray:
        """Return the value of each row, NaN where an input is blank; a condition gives 1 and 0.

        Returns
        -------
        ndarray of float64, shape (len(frame),)

        Raises
        ------
        TypeError
            The query is text or a date.
        """
        if self.kind not in {"number", "bool"}:
            msg = f"'{self.text}' is a {self.kind}, not a number"
            raise TypeError(msg)
        found = _values(self._node, frame, dates)
        return np.broadcast_to(np.where(found.known, found.values, np.nan).astype("float64"), (len(frame),)).copy()

    @property
    def operator(self) -> str | None:
        """The outermost sign (`/`, `*`, `>=`, `and` ...); None for a bare column or literal."""
        match self._node:
            case _Compare(sign) | _Arithmetic(sign):
                return sign
            case _Logic(word):
                return word
            case _Not():
                return "not"
            case _Member():
                return "in"
        return None

    def factors(self) -> "tuple[Expression, Expression] | None":
        """Return both sides of an outermost `a/b`, `a*b` or `a>=b`; None for anything else."""
        match self._node:
            case _Compare(">=", left, right) | _Arithmetic("/" | "*", left, right):
                return _expression(self.text, "number", left), _expression(self.text, "number", right)
        return None

    def implies(self, other: "Expression") -> bool:
        """Return whether this condition asks, among other things, for all that `other` asks for, word for word."""
        return other.conditions <= self.conditions

    @property
    def conditions(self) -> frozenset[Hashable]:
        """What an outermost `and` joins; else the condition itself: the same for the same words."""
        return frozenset(_parts(self._node))

    def equals(self, column: str) -> tuple[str, ...]:
        """Return the texts `column` is pinned to by the outermost `and` conditions; () if it is not pinned."""
        pinned: list[list[str]] = []
        for part in _parts(self._node):
            match part:
                case _Compare("==", _Column(name), _Literal(value)) | _Compare("==", _Literal(value), _Column(name)):
                    found: tuple[object, ...] = (value,)
                case _Member(_Column(name), choices):
                    found = choices
                case _:
                    continue
            if name == column:
                pinned.append([value for value in found if isinstance(value, str)])
        return tuple(value for value in pinned[0] if all(value in more for more in pinned)) if pinned else ()


def _parts(node: _Node) -> tuple[_Node, ...]:
    """Return the conditions that an outermost `and` joins; else the condition itself."""
    return node.parts if isinstance(node, _Logic) and node.word == "and" else (node,)


def _expression(text: str, kind: Kind, node: _Node) -> Expression:
    nodes = list(_walk(node))
    columns = {n.name for n in nodes if isinstance(n, _Column)} | {n.column for n in nodes if isinstance(n, _Null)}
    return Expression(text, kind, frozenset(columns), frozenset(n.name for n in nodes if isinstance(n, _Date)), node)


# --- the parser -------------------------------------------------------------------------------------------------------


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Typed(NamedTuple):
    """A node with its kind (None once a problem is noted, so that one mistake is reported once) and position."""

    node: _Node
    kind: Kind | None
    at: int


class _Parser:
    def __init__(self, text: str, table: Table) -> None:
        self.table = table
        self.names = {column.name: column for column in table.columns}
        self.problems: list[ExpressionError] = []
        self.tokens = self._tokens(text)
        self.next = 0
        self.depth = 0

    @staticmethod
    def _tokens(text: str) -> list[_Token]:
        if len(text) > MAX_LENGTH:
            msg = f"the query has {len(text)} characters; {MAX_LENGTH} are allowed"
            raise ExpressionError(msg, MAX_LENGTH)
        tokens, at = [], 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                unfinished = text[at] in "'\""
                what = "the text is not closed by a quote" if unfinished else f"'{text[at]}' has no meaning here"
                if text[at] == "=":
                    what = "'=' has no meaning here; write '==' to compare"
                raise ExpressionError(what, at)
            if found.lastgroup != "space":
                kind = "word" if found[0] in _WORDS else str(found.lastgroup)
                tokens.append(_Token(kind, found[0], at))
            at = found.end()
        return [*tokens, _Token("end", "", len(text))]

    # Reading tokens.

    @property
    def now(self) -> _Token:
        return self.tokens[self.next]

    def take(self, *texts: str) -> _Token | None:
        if self.now.kind in {"sign", "word"} and self.now.text in texts:
            self.next += 1
            return self.tokens[self.next - 1]
        return None

    def need(self, text: str, why: str) -> _Token:
        token = self.take(text)
        if token is None:
            raise ExpressionError(f"'{text}' is missing {why}", self.now.at)
        return token

    def note(self, message: str, at: int) -> None:
        self.problems.append(ExpressionError(message, at))

    # The grammar, loosest binding first.

    def whole(self) -> _Typed:
        if self.now.kind == "end":
            msg = "the query is empty"
            raise ExpressionError(msg, 0)
        result = self.either()
        if self.now.kind != "end":
            msg = f"'{self.now.text}' was not expected; an 'and', 'or' or comparison sign may be missing before it"
            raise ExpressionError(msg, self.now.at)
        if result.kind in {"text", "date"}:
            self.note(f"the query gives a {result.kind}; it must give a condition or a number", result.at)
        return result

    def either(self) -> _Typed:
        return self.logic("or", self.both)

    def both(self) -> _Typed:
        return self.logic("and", self.negated)

    def logic(self, word: str, inner: Callable[[], _Typed]) -> _Typed:
        first = inner()
        parts = [first]
        while self.take(word):
            parts.append(inner())
        if len(parts) == 1:
            return first
        for part in parts:
            self.condition(part, word)
        return _Typed(_Logic(word, tuple(part.node for part in parts)), "bool", first.at)

    def negated(self) -> _Typed:
        token = self.take("not")
        if token is None:
            return self.comparison()
        with self.nested(token.at):
            part = self.negated()
        self.condition(part, "not")
        return _Typed(_Not(part.node), "bool", token.at)

    def condition(self, part: _Typed, word: str) -> None:
        if part.kind not in {"bool", None}:
            self.note(f"'{word}' joins conditions, but this is a {part.kind}", part.at)

    def comparison(self) -> _Typed:
        left = self.sum()
        if sign := self.take(*_COMPARE):
            right = self.sum()
            if again := self.take(*_COMPARE):
                msg = "comparisons cannot be chained; join two with 'and'"
                raise ExpressionError(msg, again.at)
            return self.compare(sign, left, right)
        if self.take("in"):
            return self.member(left)
        if self.now.text == "not" and self.tokens[self.next + 1].text == "in":
            self.next += 2
            return _Typed(_Not(self.member(left).node), "bool", left.at)
        return left

    def compare(self, sign: _Token, left: _Typed, right: _Typed) -> _Typed:
        left, right = self.as_date(left, right), self.as_date(right, left)
        result = _Typed(_Compare(sign.text, left.node, right.node), "bool", left.at)
        kinds = {left.kind, right.kind}
        if None in kinds:
            return result
        if "bool" in kinds:
            self.note("a yes/no column is not compared; write it alone or with 'not'", sign.at)
        elif len(kinds) > 1:
            self.note(f"a {left.kind} cannot be compared with a {right.kind}", sign.at)
        elif kinds == {"text"}:
            if sign.text not in {"==", "!="}:
                self.note(f"text has no order: '{sign.text}' needs numbers or dates", sign.at)
            for column, literal in ((left, right), (right, left)):
                self.choice(column.node, literal.node, literal.at)
        return result

    def as_date(self, part: _Typed, other: _Typed) -> _Typed:
        """Read a text literal beside a date as an ISO date."""
        if not (isinstance(part.node, _Literal) and isinstance(part.node.value, str) and other.kind == "date"):
            return part
        text = part.node.value
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                raise ValueError  # noqa: TRY301 - fromisoformat also reads week dates and times
            value = np.datetime64(date.fromisoformat(text), "ns")
        except ValueError:
            self.note(f"'{text}' is not a date; write it as YYYY-MM-DD", part.at)
            return part._replace(kind=None)
        return part._replace(node=_Literal(value), kind="date")

    def choice(self, column: _Node, literal: _Node, at: int) -> None:
        match column, literal:
            case _Column(name, choices), _Literal(str() as value) if choices and value not in choices:
                self.note(f"'{value}' is not a value of {name}: {', '.join(choices)}", at)

    def member(self, left: _Typed) -> _Typed:
        opening = self.need("[", "after 'in'")
        choices: list[_Typed] = []
        while not choices or self.take(","):
            if self.now.text == "]" and not choices:
                break
            choices.append(self.as_date(self.literal(), left))
        self.need("]", "at the end of the list")
        if not choices:
            self.note("the list is empty", opening.at)
        if left.kind == "bool":
            self.note("a yes/no column is not compared; write it alone or with 'not'", left.at)
        for choice in choices:
            if left.kind in {"text", "number", "date"} and choice.kind not in {left.kind, None}:
                self.note(f"a {left.kind} cannot be compared with a {choice.kind}", choice.at)
            self.choice(left.node, choice.node, choice.at)
        values = tuple(choice.node.value for choice in choices if isinstance(choice.node, _Literal))
        return _Typed(_Member(left.node, values), "bool", left.at)

    def literal(self) -> _Typed:
        token = self.now
        if token.kind not in {"number", "text"}:
            msg = "a number or a quoted text is missing in the list"
            raise ExpressionError(msg, token.at)
        self.next += 1
        if token.kind == "number":
            return _Typed(_Literal(float(token.text)), "number", token.at)
        return _Typed(_Literal(token.text[1:-1]), "text", token.at)

    def sum(self) -> _Typed:
        return self.arithmetic(("+", "-"), self.product)

    def product(self) -> _Typed:
        return self.arithmetic(("*", "/"), self.factor)

    def arithmetic(self, signs: tuple[str, ...], inner: Callable[[], _Typed]) -> _Typed:
        left = inner()
        while sign := self.take(*signs):
            right = inner()
            kinds = (left.kind, right.kind)
            days = sign.text == "-" and kinds == ("date", "date")
            wrong = {kind for kind in kinds if kind not in {"number", None}}
            if wrong and not days:
                self.note(f"'{sign.text}' needs numbers, not a {min(wrong)}", sign.at)
            node = _Arithmetic(sign.text, left.node, right.node, days)
            left = _Typed(node, None if None in kinds else "number", left.at)
        return left

    def factor(self) -> _Typed:
        token = self.take("-")
        if token is None:
            return self.primary()
        with self.nested(token.at):
            part = self.factor()
        if part.kind not in {"number", None}:
            self.note(f"'-' needs a number, not a {part.kind}", token.at)
        return _Typed(_Arithmetic("*", _Literal(-1.0), part.node), part.kind and "number", token.at)

    def primary(self) -> _Typed:
        token = self.now
        if self.take("("):
            with self.nested(token.at):
                inner = self.either()
            self.need(")", "to close the bracket")
            return inner
        if token.kind in {"number", "text"}:
            return self.literal()
        if token.kind == "date":
            self.next += 1
            name = token.text[1:]
            if name not in DATES:
                self.note(f"'@{name}' is not a date name: {', '.join(f'@{known}' for known in DATES)}", token.at)
            return _Typed(_Date(name), "date" if name in DATES else None, token.at)
        if token.kind == "name":
            self.next += 1
            return self.call(token) if self.now.text == "(" else self.column(token)
        what = f"'{token.text}'" if token.text else "the query's end"
        msg = f"a column, number, text or date is missing before {what}"
        raise ExpressionError(msg, token.at)

    def call(self, function: _Token) -> _Typed:
        if function.text not in {"notnull", "isnull"}:
            msg = f"'{function.text}' is not a function; there are notnull(column) and isnull(column)"
            raise ExpressionError(msg, function.at)
        self.need("(", "")
        token = self.now
        if token.kind != "name":
            msg = f"{function.text}() needs one column"
            raise ExpressionError(msg, token.at)
        self.next += 1
        self.column(token)
        self.need(")", f"after the column of {function.text}()")
        return _Typed(_Null(token.text, function.text == "isnull"), "bool", function.at)

    def column(self, token: _Token) -> _Typed:
        column = self.names.get(token.text)
        if column is None:
            near = get_close_matches(token.text, self.names, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(self.names)}"
            self.note(f"table {self.table.id} has no column '{token.text}'{hint}", token.at)
            return _Typed(_Column(token.text), None, token.at)
        return _Typed(_Column(column.name, column.values), _KINDS[column.type], token.at)

    def nested(self, at: int) -> "_Nesting":
        return _Nesting(self, at)


class _Nesting:
    """Bounds the recursion, so that a hostile file gets a message and not a crash."""

    def __init__(self, parser: _Parser, at: int) -> None:
        self.parser = parser
        self.at = at

    def __enter__(self) -> None:
        self.parser.depth += 1
        if self.parser.depth > MAX_DEPTH:
            msg = f"the query is nested more than {MAX_DEPTH} deep"
            raise ExpressionError(msg, self.at)

    def __exit__(self, *_: object) -> None:
        self.parser.depth -= 1


def parse(text: str, table: Table) -> Expression:
    """Read a query over the columns of `table`.

    Raises
    ------
    ExpressionError
        The query breaks the grammar, or names a column, function, date or enum value there is not, or mixes kinds.
        `error.every` holds all problems found (a break of the grammar ends the reading).
    """
    parser = _Parser(text, table)
    try:
        result = parser.whole()
    except ExpressionError as error:
        parser.problems.append(error)
    if parser.problems:
        first = parser.problems[0]
        first.every = tuple(parser.problems)
        raise first
    return _expression(text.strip(), result.kind or "bool", result.node)
