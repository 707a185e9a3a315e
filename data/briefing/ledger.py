"""Numbers on their way into text: each is written here once, and what it is stays on record."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from data import wording
from data.language import Translator


class Figure(NamedTuple):
    """A number of the text.

    Attributes
    ----------
    written : as it stands there.
    value : what was written.
    what : what it is: parts joined by slashes, such as `banan-2023/toilets/500113000000/value`.
    """

    written: str
    value: float
    what: str


class Ledger:
    """Writes the numbers of one briefing.

    Parameters
    ----------
    _ : whose language they are written in.
    """

    def __init__(self, _: Translator) -> None:
        self._ = _
        self.figures: list[Figure] = []

    def _keep(self, written: str, value: float, what: str) -> str:
        self.figures.append(Figure(written, value, what))
        return written

    def count(self, n: float, what: str) -> str:
        """Write how many there are."""
        return self._keep(wording.plain(float(n), 0), float(n), what)

    def quantity(self, value: float, unit: str, what: str, digits: int = 1) -> str:
        """Write a value with its unit."""
        return self._keep(wording.quantity(float(value), unit, self._, digits), float(value), what)

    def percent(self, value: float, what: str) -> str:
        """Write a share that is given in per cent."""
        return self.quantity(value, "%", what)

    def points(self, value: float, what: str) -> str:
        """Write the size of a difference of percentages."""
        return self._keep(wording.points(value, self._), value, what)

    def name(self, written: str, what: str) -> str:
        """Take over a name that has digits in it and is no figure."""
        return self._keep(written, float("nan"), what)

    def quote(self, sentence: str, row: Mapping[Any, Any]) -> str:
        """Take over a sentence that the engine made of a row of progress."""
        return self._keep(sentence, float("nan"), f"{row['indicator']}/{row['region']}/explanation")
