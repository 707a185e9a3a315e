"""A briefing as text on a page: what the document will say, in the order it says it."""

from components.html.base import Markup, element, escape, join, raw
from components.status import status
from data import wording
from data.briefing.cells import told
from data.briefing.model import Block, Briefing, Cell, Chart, Items, Map, Paragraph, Section, Table, Told
from data.briefing.typeset import typeset
from data.language import Translator

SHOWN = 12
"""Rows of a table in the preview; the files have them all."""


def briefing_html(briefing: Briefing, _: Translator) -> Markup:
    """Return the text of a briefing: statement, sentences, the heads of its tables; charts and maps by their names."""
    return _Text(briefing, _).html()


class _Text:
    def __init__(self, briefing: Briefing, _: Translator) -> None:
        self.briefing, self._ = briefing, _

    def html(self) -> Markup:
        statement = join(element("p", self.set(line)) for line in self.briefing.statement)
        split = len(self.briefing.sections) - self.briefing.annex
        parts = [self.section(section, 2) for section in self.briefing.sections]
        body = join([*parts[:split], self.signature(), *parts[split:]])
        title = element("h1", self.set(self.briefing.title))
        names = self.briefing.addressees
        to = element("p", self.set(self._("To: {names}", names=names))) if names else Markup()
        return raw(f"<article class='brief'>{title}{to}<div class='statement'>{statement}</div>{body}</article>")

    def set(self, text: str) -> str:
        return typeset(text, self.briefing.lang)

    def signature(self) -> Markup:
        day = "" if self.briefing.dated is None else wording.day(self.briefing.dated, self._, year=True)
        return join(element("p", self.set(text), "signature") for text in (self.briefing.issuer, day) if text)

    def section(self, section: Section, level: int) -> Markup:
        parts = [element(f"h{level}", self.set(section.title))]
        parts += [self.block(block) for block in section.blocks]
        parts += [self.section(below, level + 1) for below in section.sections]
        return element("section", join(parts))

    def block(self, block: Block) -> Markup:
        match block:
            case Paragraph(text):
                return element("p", self.set(text))
            case Items(texts):
                return element("ol", join(element("li", self.set(text)) for text in texts))
            case Table():
                return self.table(block)
            case Chart():
                return element("p", self._("Chart: {title}", title=self.set(block.title)), "quiet")
            case Map():
                return element("p", self._("Map: {title}", title=self.set(block.title)), "quiet")

    def table(self, table: Table) -> Markup:
        heads = join(element("th", self.set(c.name), "num" if c.right else "") for c in table.columns)
        rows = join(
            element("tr", join(element("td", self.cell(cell), "num" if column.right else "")
                               for column, cell in zip(table.columns, row, strict=True)))
            for row in table.rows[:SHOWN]
        )  # fmt: skip
        rest = len(table.rows) - SHOWN
        more = element("p", self._("{n} more rows in the files", n=rest), "quiet") if rest > 0 else ""
        body = raw(
            f"<div class='wide'><table class='t'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
        return join([element("h4", self.set(table.title)), body, more])

    def cell(self, cell: Cell) -> object:
        match cell:
            case "":
                return ""
            case Told(code, word):
                return element("span", self.set(word), f"s {status(code).css}")
            case _:
                return escape(told(cell, self.briefing.lang))
