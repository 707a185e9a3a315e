"""A briefing as slides: one message each, with charts and tables that can be edited, and sources in the notes."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from data import wording
from data.briefing import room, slide_charts, slide_tables
from data.briefing.deck import GOLD, MUTED, SMALL, STRIP, Box, Deck, height_of, largest
from data.briefing.model import Block, Briefing, Chart, Column, Items, Map, Paragraph, Section, Table
from data.briefing.text import written
from data.language import N_, translator
from data.upload import SAMPLE_MARK
from geo.boundaries import Boundaries

LEAST = 14
"""Smallest type of what is told on a slide, in points."""
FIRST_OF = N_("{title}: first {n} of {all}")
LAST_OF = N_("{title}: last {n} of {all}; the bulletin and the workbook have all")
"""What the two slides of a long ranking are called."""
_PT = 12_700
_SIZES = (24, 22, 20, 18, 16, 15, LEAST)
_INDENT, _APART = 1.3, 0.45  # em: of bullets, and between them
_LEAD = Inches(1.5)
"""Text up to this height stands above a table; more has a slide of its own."""
_CAPTION = Inches(0.36)
_NAMED = re.compile(r"[^。；;]{1,90}?(?:：|: )")
_HEADED = re.compile(r"[^，。；,;]{1,16}?(?:：|: )")
"""What an item, and what a paragraph is about: an indicator's name; a few words."""
_STOPS = {"zh": re.compile("。"), "en": re.compile(r"\.(?:\s|$)")}
_CLAUSES = {"zh": re.compile("；"), "en": re.compile(r";\s")}


def write(briefing: Briefing, boundaries: Boundaries, out: Path | BinaryIO, template: Path | None = None) -> None:
    """Write a briefing as a PowerPoint file.

    Parameters
    ----------
    boundaries : shapes its maps are drawn with.
    template : the county's .pptx, whose layouts (title, title and content, title only) are used.

    Raises
    ------
    data.briefing.errors.TemplateError
        The template cannot be used.
    """
    deck = Deck(briefing.lang, template)
    writer = _Writer(briefing, boundaries, deck)
    writer.opening()
    writer.messages()
    for section in briefing.sections:
        writer.section(section, ())
    if isinstance(out, Path):
        with out.open("wb") as file:
            deck.pptx.save(file)
    else:
        deck.pptx.save(out)


class Bullet(NamedTuple):
    """A sentence on a slide: what it is about, in bold, and what it says of it."""

    about: str
    told: str

    @property
    def text(self) -> str:
        """The whole of it."""
        return self.about + self.told


@dataclass
class _Writer:
    briefing: Briefing
    boundaries: Boundaries
    deck: Deck
    source: str = field(init=False)
    short: str = field(init=False)

    def __post_init__(self) -> None:
        mark = f"{SAMPLE_MARK} · " if self.briefing.sample else ""
        self.source = self.set(mark + self.briefing.source)
        self.short = self.set(mark + self.briefing.code)

    def set(self, text: str) -> str:
        return written(text, self.deck.lang)

    # ---- the first slides --------------------------------------------------------------------------------------------

    def opening(self) -> None:
        """Say what the deck is, whose, up to when its data counts, and that it is sample data where it is."""
        briefing, deck = self.briefing, self.deck
        slide, box = deck.opening(self.set(briefing.title))
        day = wording.day(briefing.as_of, translator(deck.lang), year=True)
        lines = [f"{briefing.county}   {self.set(day)}", *(self.set(text) for text in briefing.statement)]
        sizes = (20, 18, 17, 16, 15, LEAST, 13, 12)
        size = largest(sizes, lines, box, apart=0.5)
        frame = deck.text(slide, box, "", size)
        colour = "FFFFFF" if deck.own else ""
        for n, text in enumerate(lines):
            paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(size * 0.5)
            deck.run(paragraph, text, size, colour=GOLD if deck.own and n == 0 else colour, bold=n == 0)
        self._notes(slide, briefing.statement)

    def messages(self) -> None:
        """Say on one slide what each part says."""
        _ = translator(self.deck.lang)
        rows = []
        for section in [s for top in self.briefing.sections for s in top.walk()]:
            message = re.sub(rf"^{re.escape(section.title)}\s*[:：]\s*", "", section.message)
            if message and message != section.title and any(_texts(section.blocks)):
                rows.append((section.title, message))
        if not rows:
            return
        columns = (Column(_("Section"), 0.5), Column(_("Message"), 3.0))
        table = Table("messages", _("At a glance"), columns, tuple(rows))
        self._table(table, Section("messages", table.title), "", table.title, [])

    # ---- sections ----------------------------------------------------------------------------------------------------

    def section(self, section: Section, above: tuple[str, ...]) -> None:
        """Put a section on slides: its message with its texts, its charts with their maps, its tables."""
        if section.blocks:
            self._blocks(section, " · ".join((*above, section.title)))
        for part in section.sections:
            self.section(part, (*above, section.title))

    def _blocks(self, section: Section, part: str) -> None:
        message = section.message or section.title
        charts = [b for b in section.blocks if isinstance(b, Chart) and b.categories]
        maps = {b.id: b for b in section.blocks if isinstance(b, Map)}
        tables = [b for b in section.blocks if isinstance(b, Table) and b.rows]
        bullets = self._bullets(section.blocks)
        short = bool(tables) and self._height(bullets) <= _LEAD
        own = [c for c in charts if self._about(c, section) is None]
        title = message
        for chart in own:
            if chart.id in maps:
                self._pictured(section, part, title, chart, maps.pop(chart.id))
            else:
                bullets = self._told_beside(section, part, title, chart, bullets)
            title = section.title
        lead: list[Bullet] = []
        if bullets and short and not own:
            lead = bullets
        elif bullets:
            self._told(section, part, title, bullets)
            title = ""
        for chart in charts:
            if chart not in own:
                self._pictured(
                    section, part, self._about(chart, section) or chart.title, chart, maps.pop(chart.id, None)
                )
        for map_ in maps.values():
            self._pictured(section, part, map_.title, None, map_)
        for n, table in enumerate(tables):
            self._table(table, section, part, message if lead and n == 0 else "", lead if n == 0 else [])

    def _about(self, chart: Chart, section: Section) -> str | None:
        """Return what the section says of a chart's indicator: the clause of the sentence that begins with its name."""
        for text in _texts(section.blocks):
            if re.match(rf"{re.escape(chart.title)}(\s*[(（][^)）]*[)）])?\s*[:：]", text):
                return _CLAUSES[self._lang].split(_beginning(text, 1, self._lang))[0].rstrip("。.")
        return None

    @property
    def _lang(self) -> str:
        return "zh" if self.deck.lang == "zh" else "en"

    def _bullets(self, blocks: Sequence[Block]) -> list[Bullet]:
        """Return what is told: items in full, or so many sentences of each that all stand on one slide.

        The notes have the rest.
        """
        for sentences, least in ((9, 18), (2, 15), (1, LEAST)):
            found = []
            for block in blocks:
                if isinstance(block, Paragraph):
                    found.append(_bullet(self.set(block.text), _HEADED))
                elif isinstance(block, Items):
                    texts = (_beginning(text, sentences, self._lang) for text in block.texts)
                    found += [_bullet(self.set(text), _NAMED) for text in texts]
            if self._height(found, least) <= self.deck.body.height:
                break
        return found

    def _height(self, bullets: Sequence[Bullet], size: float = 16, width: int | None = None) -> int:
        box = self.deck.body
        box = Box(box.left, box.top, width or box.width, box.height)
        return height_of([b.text for b in bullets], box, size, indent=_INDENT, apart=_APART)

    # ---- kinds of slides ---------------------------------------------------------------------------------------------

    def _told(self, section: Section, part: str, title: str, bullets: Sequence[Bullet]) -> None:
        """Put sentences on as many slides as they need."""
        body = self.deck.body
        texts = [bullet.text for bullet in bullets]
        size = largest(_SIZES, texts, body, indent=_INDENT, apart=_APART)
        heights = [height_of([text], body, size, indent=_INDENT, apart=_APART) for text in texts]
        pages = room.packed(bullets, heights, body.height, body.height)
        for n, page in enumerate(pages):
            slide = self._slide(section, part, self._numbered(title or section.title, n, len(pages)), bullets=True)
            self._list(slide, body, page, size)

    def _told_beside(
        self, section: Section, part: str, title: str, chart: Chart, bullets: Sequence[Bullet]
    ) -> list[Bullet]:
        """Put a chart beside the first sentences; return those that found no room."""
        texts = [bullet.text for bullet in bullets]
        for share in (0.54, 0.48):
            left, right = self.deck.body.split(share)
            for kept in range(len(texts), -1, -1):
                size = largest(_SIZES[3:], texts[:kept], right, indent=_INDENT, apart=_APART)
                if height_of(texts[:kept], right, size, indent=_INDENT, apart=_APART) <= right.height:
                    break
            if kept == len(texts):
                break
        slide = self._slide(section, part, title, bullets=bool(kept))
        slide_charts.draw(self.deck, slide, self._captioned(slide, left, chart), chart)
        if kept:
            self._list(slide, right, bullets[:kept], size)
        return list(bullets[kept:])

    def _captioned(self, slide: Slide, box: Box, chart: Chart) -> Box:
        """Name a chart that the slide's title does not name; return the box that is left."""
        name = self.set(chart.title)
        if name in slide.shapes.title.text_frame.text:
            return box
        self.deck.text(slide, box.strip(_CAPTION), name, LEAST, bold=True, anchor=MSO_ANCHOR.MIDDLE)
        return box.below(_CAPTION)

    def _pictured(self, section: Section, part: str, title: str, chart: Chart | None, map_: Map | None) -> None:
        """Put a chart on a slide with its map beside it; a chart of many places and its map on two."""
        if chart is not None and map_ is not None and len(chart.categories) > slide_charts.FULL:
            self._pictured(section, part, title, chart, None)
            chart = None
        slide = self._slide(section, part, title)
        body = self.deck.body
        body = body.below(slide_charts.key(self.deck, slide, body, chart, map_))
        left, right = body.split(0.56) if chart and map_ else (body, body)
        if chart is not None:
            slide_charts.draw(self.deck, slide, self._captioned(slide, left, chart), chart)
        if map_ is not None:
            self._map(slide, right, map_)

    def _table(self, table: Table, section: Section, part: str, title: str, lead: Sequence[Bullet]) -> None:
        """Put a table on as many slides as it needs, its head on each; `lead` stands above its beginning."""
        deck, body = self.deck, self.deck.body
        note = self.set(table.note)
        foot = height_of([note], body, SMALL) + Inches(0.06) if note else 0
        above = self._height(lead) + _CAPTION if lead else 0
        grid = slide_tables.measured(table, deck.lang, body.width, body.height - above - foot)
        pages = slide_tables.portions(grid, body.height - above - foot, body.height - foot)
        titles = [self._numbered(table.title, n, len(pages)) for n in range(len(pages))]
        if table.ranked and len(pages) > 2:
            full = room.packed(
                range(len(table.rows)), grid.heights, body.height - above - foot - grid.head, body.height
            )
            pages, titles = self._ends(table, len(full[0]))
        for n, (rows, named) in enumerate(zip(pages, titles, strict=True)):
            slide = self._slide(section, part, title if title and n == 0 else named, bullets=bool(lead) and n == 0)
            box = body
            if lead and n == 0:
                self._list(slide, body.strip(above - _CAPTION), lead, 16)
                caption = body.below(above - _CAPTION).strip(_CAPTION)
                deck.text(slide, caption, self.set(named), LEAST, bold=True, anchor=MSO_ANCHOR.MIDDLE)
                box = body.below(above)
            slide_tables.draw(slide, box, grid, rows)
            if note:
                below = Box(body.left, body.top + body.height - foot, body.width, foot)
                deck.text(slide, below, note, SMALL, colour=MUTED, anchor=MSO_ANCHOR.BOTTOM)

    def _ends(self, table: Table, size: int) -> tuple[list[list[int]], list[str]]:
        """Return so many first and last rows of a ranking and what they are called; a meeting reads no more."""
        _, all_ = translator(self.deck.lang), len(table.rows)
        return [list(range(size)), list(range(all_ - size, all_))], [
            _(which, title=table.title, n=size, all=all_) for which in (FIRST_OF, LAST_OF)
        ]

    def _numbered(self, title: str, n: int, of: int) -> str:
        _ = translator(self.deck.lang)
        return _("{title} ({n}/{of})", title=title, n=n + 1, of=of) if of > 1 else title

    # ---- parts of slides ---------------------------------------------------------------------------------------------

    def _slide(self, section: Section, part: str, title: str, *, bullets: bool = False) -> Slide:
        deck = self.deck
        slide = deck.slide(self.set(title), bullets=bullets)
        if deck.own:
            self._strip(slide, part)
        deck.foot(slide, self.source, self.short)
        self._notes(slide, _texts(section.blocks))
        return slide

    def _strip(self, slide: Slide, part: str) -> None:
        left = Box(Inches(0.6), STRIP.top, Inches(8.4), STRIP.height)
        right = Box(Inches(9.2), STRIP.top, Inches(3.53), STRIP.height)
        size = largest((14, 13, 12, 11), [self.set(part)], Box(left.left, 0, left.width, int(15 * room.LINE * _PT)))
        self.deck.text(slide, left, self.set(part), size, colour="FFFFFF", bold=True, anchor=MSO_ANCHOR.MIDDLE)
        frame = self.deck.text(
            slide, right, self.briefing.county, 14, colour="FFFFFF", align=PP_ALIGN.RIGHT, anchor=MSO_ANCHOR.MIDDLE
        )
        if self.briefing.sample:
            self.deck.run(frame.paragraphs[0], f"   {SAMPLE_MARK}", 14, colour=GOLD, bold=True)

    def _notes(self, slide: Slide, texts: Sequence[str]) -> None:
        lines = [*(self.set(text) for text in texts), self.source]
        slide.notes_slide.notes_text_frame.text = "\n".join(lines)

    def _list(self, slide: Slide, box: Box, bullets: Sequence[Bullet], size: float) -> None:
        """Write bullets into the layout's place for them, moved to a box; what an item is about is bold."""
        kinds = {PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.BODY}
        place = next((s for s in slide.placeholders if s.placeholder_format.type in kinds), None)
        if place is None:  # no layout of the template has a place for text
            place = slide.shapes.add_textbox(*map(Emu, (box.left, box.top, box.width, box.height)))
        place.left, place.top, place.width, place.height = map(Emu, (box.left, box.top, box.width, box.height))
        frame = place.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for n, bullet in enumerate(bullets):
            paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
            paragraph.space_before, paragraph.space_after = Pt(0), Pt(size * _APART)
            if bullet.about:
                self.deck.run(paragraph, bullet.about, size, bold=True)
            self.deck.run(paragraph, bullet.told, size)

    def _map(self, slide: Slide, box: Box, map_: Map) -> None:
        from data.briefing import drawing  # noqa: PLC0415 - matplotlib takes a while, and not every deck has a map

        medium = drawing.on_slide(box.width / Inches(1), box.height / Inches(1))
        drawn = drawing.map_png(map_, self.boundaries, self.deck.lang, medium)
        picture = slide.shapes.add_picture(io.BytesIO(drawn), Emu(box.left), Emu(box.top))
        scale = min(box.width / picture.width, box.height / picture.height)
        picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
        picture.left = Emu(box.left + (box.width - picture.width) // 2)
        picture.top = Emu(box.top + (box.height - picture.height) // 2)
        picture.name = self.set(map_.title)
        words = translator(self.deck.lang)(", ").join(shade.name for shade in map_.shades)
        picture._element.nvPicPr.cNvPr.set("descr", self.set(f"{map_.title}: {words}"))  # noqa: SLF001


def _texts(blocks: Sequence[Block]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        elif isinstance(block, Items):
            found += block.texts
    return found


def _beginning(text: str, sentences: int, lang: str) -> str:
    """Return the first sentences of a text."""
    ends = [stop.end() for stop in _STOPS[lang].finditer(text)]
    return text if len(ends) <= sentences else text[: ends[sentences - 1]].rstrip()


def _bullet(text: str, pattern: re.Pattern[str]) -> Bullet:
    found = pattern.match(text)
    return Bullet(found[0], text[found.end() :]) if found else Bullet("", text)
