"""A briefing as content without form: what every format is made of."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from data.briefing.ledger import Figure


class Number(NamedTuple):
    """A figure in a table: its value, its unit, and how it reads."""

    value: float
    unit: str
    written: str


class Told(NamedTuple):
    """A status in a table: its code and its word."""

    code: str
    word: str


Cell = str | int | dt.date | Number | Told | None
"""What stands in a table; None is shown as a dash."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : its head.
    share : its width against the other columns'.
    right : whether its cells stand at the right edge, as numbers do.
    """

    name: str
    share: float = 1.0
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; `note` says what they rest on.

    `ranked` says that its rows are in order, so that where room is short both its ends are shown.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    ranked: bool = False


class Series(NamedTuple):
    """Values of a chart by category, None where there is none.

    `statuses` are codes that colour each value of bars; `colour` is that of the whole series.
    """

    name: str
    values: tuple[float | None, ...]
    statuses: tuple[str, ...] = ()
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes
    ----------
    kind : horizontal bars (the first category on top), horizontal bars stacked, or lines over time.
    unit : of all values; "" for counts.
    line : a value to be held against, drawn across the bars, and its name; None without.
    words : of the statuses that colour bars, by code, as its map and table have them.
    tabled : whether a table of its section has all its figures, so that paper can do without the picture.
    """

    id: str
    title: str
    kind: Literal["bars", "stacked", "lines"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    line: tuple[float, str] | None = None
    note: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    tabled: bool = False


class Shade(NamedTuple):
    """A class of a map: its word and its colour."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Map:
    """A map of the places of a level.

    Attributes
    ----------
    shades : its legend, in order.
    places : number of the shade by region code; a place that is not in it is left blank.
    """

    id: str
    title: str
    level: str
    shades: tuple[Shade, ...]
    places: Mapping[str, int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A numbered list of sentences."""

    texts: tuple[str, ...]


Block = Paragraph | Items | Table | Chart | Map


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a heading; `message` is what it says in one line, the title of its slide."""

    id: str
    title: str
    message: str = ""
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()

    def walk(self) -> Iterator["Section"]:
        """Yield the section and all below it, in reading order."""
        yield self
        for section in self.sections:
            yield from section.walk()


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything a document says.

    Attributes
    ----------
    lang : zh or en.
    title, county, plan : what it is called, whose it is, and the plan's title.
    as_of : the date up to which data counts.
    statement : sentences that stand in the body of every document before anything else: 示例数据 where so, 数据截至,
        the version of the data and the code.
    code : what `xianjie history --code` finds the version of the data by.
    sample : whether any figure rests on sample data.
    source : one line that says where figures come from, for notes of slides and sheets.
    sections : in reading order; the last are annexes.
    annex : how many sections at the end are annexes.
    figures : every number of the text, as written, with what it is.
    addressees : whom the bulletin is sent to, as it stands above it; "" where nobody said.
    issuer, dated : who issues the bulletin and on which day, as they stand below it; "" and None where nobody said.
    """

    lang: str
    title: str
    county: str
    plan: str
    as_of: dt.date
    statement: tuple[str, ...]
    code: str
    sample: bool
    source: str
    sections: tuple[Section, ...]
    annex: int
    figures: tuple[Figure, ...]
    addressees: str = ""
    issuer: str = ""
    dated: dt.date | None = None

    def walk(self) -> Iterator[Section]:
        """Yield all sections, in reading order."""
        for section in self.sections:
            yield from section.walk()
