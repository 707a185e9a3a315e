"""Every number of slides, sheets and the offline page is that of the model, and the model's is the engine's."""

import datetime as dt
import html
import io
import itertools
import json
import math
import re
from html.parser import HTMLParser

import openpyxl
import pytest
from matplotlib.figure import Figure
from pptx import Presentation
from pptx.util import Emu, Inches
from support.demo import sample_home
from support.occasions import OCCASIONS, Kit

from data import progress, wording
from data.briefing import maps, offline, pictures, slides, workbook
from data.briefing.cells import told
from data.briefing.model import Chart, Items, Map, Number, Paragraph, Table, Told
from data.briefing.slides import FIRST_OF, LAST_OF
from data.briefing.text import written
from data.language import translator
from data.places import plan_regions
from data.plan import load_plan
from data.registry import county
from data.shown import as_shown
from data.statuses import LOOKS
from data.store import open_store
from geo.boundaries import Boundaries

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
NOWHERE = Boundaries(())
BOTH = [("banan-2023", "zh"), ("wanzhou-2021-2025", "en")]


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return Kit(sample_home(tmp_path_factory))


def of_kind(briefing, *kinds):
    return [block for section in briefing.walk() for block in section.blocks if isinstance(block, kinds)]


def sentences(briefing):
    """Return all that is said outside of tables and charts, as documents set it."""
    texts = [briefing.title, briefing.source, briefing.county, briefing.plan, *briefing.statement]
    for section in briefing.walk():
        texts += [section.title, section.message]
        for block in section.blocks:
            if isinstance(block, Paragraph):
                texts.append(block.text)
            elif isinstance(block, Items):
                texts += block.texts
            else:
                texts += [block.title, block.note]
                texts += [block.line[1]] if isinstance(block, Chart) and block.line else []
    return [written(text, briefing.lang) for text in texts if text]


# The model


@pytest.fixture(scope="module")
def engine(kit):
    """Return the engine's rows of a plan by indicator and region, computed anew from the store."""
    known = {}

    def get(plan):
        if plan not in known:
            slug, _plan, as_of, _since = OCCASIONS[plan]
            place, loaded = county(slug), load_plan(plan)
            with open_store(f"sqlite:///{kit.home / 'store.db'}") as store:
                regions = plan_regions(loaded, store.rows(place.code, "villages"))
                cube = progress.Cube(loaded, store.measures(place.code, plan), regions)
            rows = progress.evaluate(cube, as_of, place.bands).assign(as_of=dt.datetime.combine(as_of, dt.time()))
            known[plan] = {(r["indicator"], r["region"]): r for r in as_shown(rows, loaded).to_dict("records")}
        return known[plan]

    return get


@pytest.mark.parametrize("plan", OCCASIONS)
def test_indicators_of_tables_are_the_engines(kit, engine, plan):
    loaded, rows = load_plan(plan), engine(plan)
    by_name = {i.name("zh"): i.id for i in loaded.indicators}
    assert len(by_name) == len(loaded.indicators)
    table = next(t for t in of_kind(kit.briefing(plan), Table) if t.id == "all-indicators")
    assert {row[0] for row in table.rows} == set(by_name)
    for name, _target, value, expected, gap, _change, status, _lead in table.rows:
        found = rows[by_name[name], loaded.top_region]
        for cell, key in ((value, "value"), (expected, "expected"), (gap, "gap")):
            if cell is None:
                assert math.isnan(found[key]), (name, key)
            else:
                assert cell.value == pytest.approx(found[key]), (name, key)
        assert status.code == found["status"]


@pytest.mark.parametrize("plan", OCCASIONS)
def test_bars_and_maps_are_the_engines(kit, engine, plan):
    rows, facts, briefing = engine(plan), kit.facts(plan), kit.briefing(plan)
    short = facts.regions["short_name"].fillna(facts.regions["name"])
    names = dict(zip(facts.regions["code"], short, strict=True))
    checked = 0
    for chart in of_kind(briefing, Chart):
        if chart.kind != "bars" or not chart.words:
            continue
        wanted = [
            (names[region], row["value"], row["status"])
            for (indicator, region), row in rows.items()
            if indicator == chart.id and row["level"] == facts.lower_level and region != facts.top
        ]
        values = list(zip(chart.categories, chart.series[0].values, chart.series[0].statuses, strict=True))
        for name, value, status in values:
            assert any((n, s) == (name, status) and v == pytest.approx(value) for n, v, s in wanted), name
        checked += len(values)
    for map_ in of_kind(briefing, Map):
        if map_.id == "scores":
            continue
        for region, shade in map_.places.items():
            assert map_.shades[shade].colour == LOOKS[rows[map_.id, region]["status"]].fill
            checked += 1
    assert checked or plan == "fuhuan-2021"


@pytest.mark.parametrize("plan", OCCASIONS)
def test_scores_are_shares_of_what_is_judged(kit, plan):
    for table in of_kind(kit.briefing(plan), Table):
        if table.id == "ranking":
            for _rank, _name, score, fine, judged, *_rest in table.rows:
                if not county(OCCASIONS[plan].slug).ranking.weights:
                    assert score.value == pytest.approx(100 * fine.value / judged.value)


@pytest.mark.parametrize("plan", OCCASIONS)
def test_the_messages_of_slides_have_no_number_of_their_own(kit, plan):
    briefing = kit.briefing(plan)
    known = {n for f in briefing.figures for n in NUMBER.findall(f.written)} | {"90", "60"}
    for section in briefing.walk():
        title = section.title
        assert set(NUMBER.findall(section.message.replace(title, ""))) <= known, section.message


@pytest.mark.parametrize("plan", OCCASIONS)
def test_one_status_has_one_word_in_chart_map_and_table(kit, plan):
    for section in kit.briefing(plan).walk():
        for chart in (b for b in section.blocks if isinstance(b, Chart) and b.words):
            assert set(chart.words) == set(chart.series[0].statuses)
            map_ = next(b for b in section.blocks if isinstance(b, Map) and b.id == chart.id)
            shown = {shade.colour: shade.name for shade in map_.shades}
            if map_.level != "village":  # a village under way says that it is not there yet
                assert {LOOKS[code].fill: word for code, word in chart.words.items()}.items() <= shown.items()
            table = next(b for b in section.blocks if isinstance(b, Table))
            row = next(row for row in table.rows if row[0] == chart.title)
            status = next(cell for cell in row if isinstance(cell, Told))
            assert chart.words.get(status.code, status.word) == status.word


# Slides


@pytest.fixture(scope="module")
def deck(kit):
    known = {}

    def get(plan, lang, boundaries=NOWHERE):
        key = plan, lang, boundaries is NOWHERE
        if key not in known:
            out = io.BytesIO()
            slides.write(kit.briefing(plan, lang), boundaries, out)
            known[key] = Presentation(out)
        return known[key]

    return get


@pytest.fixture
def no_maps(monkeypatch):
    drawn = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(drawn, format="png")
    monkeypatch.setattr("data.briefing.drawing.map_png", lambda *_: drawn.getvalue())


@pytest.mark.usefixtures("no_maps")
@pytest.mark.parametrize(("plan", "lang"), BOTH)
def test_slides_say_what_the_model_says(kit, deck, plan, lang):
    briefing = kit.briefing(plan, lang)
    said, numbered = "\n".join(sentences(briefing)), re.compile(r" ?[（(]\d+/\d+[）)]$")
    lines = {
        written(f"{chart.line[1]} {wording.quantity(chart.line[0], chart.unit, translator(lang))}", lang)
        for chart in of_kind(briefing, Chart)
        if chart.line
    }
    legends = {written(shade.name, lang) for map_ in of_kind(briefing, Map) for shade in map_.shades}
    day = written(f"{briefing.county}   {wording.day(briefing.as_of, translator(lang), year=True)}", lang)
    _, checked = translator(lang), 0
    for table in (table for table in of_kind(briefing, Table) if table.ranked):
        for n, said_of in itertools.product(range(6, len(table.rows)), (FIRST_OF, LAST_OF)):
            lines.add(written(_(said_of, title=table.title, n=n, all=len(table.rows)), lang))
    for slide in deck(plan, lang).slides:
        for shape in slide.shapes:
            if not shape.has_text_frame or "fld" in shape._element.xml:
                continue
            for paragraph in shape.text_frame.paragraphs:
                text = numbered.sub("", paragraph.text).strip().removeprefix("示例数据 · ")
                if text.startswith(("■", "□")):
                    parts = [part.strip() for part in re.split("[■□]", text) if NUMBER.search(part)]
                    assert set(parts) <= legends
                elif NUMBER.search(text) and text not in lines:
                    assert text in said or text.replace(" ", "") == day.replace(" ", ""), text
                checked += bool(NUMBER.search(text))
    assert checked > 20


def shown(table, rows, lang):
    """Return the rows of a table that slides have to show: of a long ranking as many of its top as of its end."""
    every = [[told(cell, lang) for cell in row] for row in table.rows]
    kept = [row for row in every if row in rows]
    if table.ranked and kept != every:
        n = len(kept) // 2
        assert n > 5
        return [*every[:n], *every[-n:]]
    return every


@pytest.mark.usefixtures("no_maps")
@pytest.mark.parametrize(("plan", "lang"), BOTH)
def test_tables_and_charts_of_slides_are_the_models(kit, deck, plan, lang):
    briefing = kit.briefing(plan, lang)
    shapes = [shape for slide in deck(plan, lang).slides for shape in slide.shapes]
    rows = [[cell.text for cell in row.cells] for s in shapes if s.has_table for row in list(s.table.rows)[1:]]
    wanted = [row for t in of_kind(briefing, Table) for row in shown(t, rows, lang)]
    assert [row for row in rows if len(row) > 2 or row in wanted] == [r for r in wanted if len(r) > 2 or r in rows]
    drawn = [v for s in shapes if s.has_chart for v in s.chart.plots[0].series[0].values]
    assert drawn == [v for c in charts_in_order(shapes, briefing, lang) for v in c.series[0].values]


def charts_in_order(shapes, briefing, lang):
    """Return the charts of the model in the order in which a deck has them; halves of one count once."""
    known = {written(c.title, lang): c for c in of_kind(briefing, Chart)}
    order = dict.fromkeys(shape.name for shape in shapes if shape.has_chart)
    assert set(order) == {name for name, chart in known.items() if chart.categories}
    return [known[name] for name in order]


@pytest.mark.parametrize("plan", ["banan-2023", "wanzhou-2021-2025"])
def test_nothing_on_a_slide_is_smaller_than_ten_points(kit, deck, plan, monkeypatch):
    drawn = []

    class Seen(Figure):
        def savefig(self, *arguments, **options):
            drawn.append(self)
            super().savefig(*arguments, **options)

    monkeypatch.setattr(maps, "Figure", Seen)
    monkeypatch.setattr(pictures, "_pictures", type(pictures._pictures)())
    made = deck(plan, "zh", kit.facts(plan).boundaries)
    shown = [s for slide in made.slides for s in slide.shapes if s.shape_type == 13]  # pictures
    assert len(shown) == len(drawn) >= 2
    for picture, figure in zip(shown, drawn, strict=True):
        scale = picture.width / Inches(1) / figure.get_figwidth()
        names = [text for text in figure.findobj(lambda a: hasattr(a, "get_fontsize")) if text.get_text()]
        assert len([t for t in names if t.axes is not None]) >= 15  # of the townships
        assert min(text.get_fontsize() * scale for text in names) >= 10
        assert picture.left + picture.width <= made.slide_width
        assert picture.top + picture.height <= made.slide_height - Emu(Inches(0.3))
    for slide in made.slides:
        parts = [slide.part, *(rel.target_part for rel in slide.part.rels.values() if "chart" in rel.reltype)]
        for part in parts:
            sizes = [int(size) for size in re.findall(r'\bsz="(\d+)"', part.blob.decode())]
            assert min(sizes, default=1000) >= 1000, slide.shapes.title.text_frame.text


# Sheets


@pytest.mark.parametrize(("plan", "lang"), BOTH)
def test_sheets_hold_every_value_of_the_model(kit, plan, lang):
    briefing, out = kit.briefing(plan, lang), io.BytesIO()
    workbook.write(briefing, out)
    book = openpyxl.load_workbook(out)
    blocks = of_kind(briefing, Table, Chart)
    assert len(book.worksheets) == len(blocks) + 1
    for sheet, block in zip(book.worksheets[1:], blocks, strict=True):
        head = next(row[0].row for row in sheet.iter_rows() if row[0].fill.fgColor.rgb == "FF0F2F4E")
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
        if isinstance(block, Chart):
            for k, series in enumerate(block.series, start=1):
                assert [row[k] for row in rows[: len(block.categories)]] == [
                    None if v is None else pytest.approx(v) for v in series.values
                ]
            continue
        for line, cells in zip(rows, block.rows, strict=True):
            for found, cell in zip(line, cells, strict=True):
                if isinstance(cell, Number):
                    assert found == pytest.approx(cell.value)
                elif isinstance(cell, dt.date):
                    assert found.date() == cell
                elif isinstance(cell, int):
                    assert found == cell
                else:
                    assert found.lstrip("'") == told(cell, lang)


# The offline page


class Page(HTMLParser):
    """What a page says: texts of paragraphs and items, cells, script elements, attributes that run something."""

    def __init__(self) -> None:
        super().__init__()
        self.texts, self.cells, self.scripts, self.running = [], [], [], []
        self._open = []

    def handle_starttag(self, tag, attrs):
        self.running += [name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")]
        if tag in {"p", "li", "h1", "h2", "h3", "figcaption", "footer", "td", "script"}:
            self._open.append((tag, []))

    def handle_endtag(self, tag):
        if self._open and self._open[-1][0] == tag:
            text = "".join(self._open.pop()[1])
            {"td": self.cells, "script": self.scripts}.get(tag, self.texts).append(text)

    def handle_data(self, data):
        if self._open:
            self._open[-1][1].append(data)


def read(text):
    page = Page()
    page.feed(text)
    return page


@pytest.mark.parametrize(("plan", "lang"), BOTH)
def test_the_offline_page_says_what_the_model_says(kit, plan, lang):
    briefing = kit.briefing(plan, lang)
    page = read(offline.page(briefing, NOWHERE))
    said = sentences(briefing)
    _ = translator(lang)
    units = {
        written(_("{name} ({status})", name=c.title, status=wording.unit(c.unit, _)), lang)
        for c in of_kind(briefing, Chart)
    }
    for text in page.texts:
        assert not NUMBER.search(text) or text in said or text in units or html.unescape(text) in said, text
    cells = [cell for t in of_kind(briefing, Table) for row in t.rows for cell in row]
    assert len(page.cells) == len(cells)
    for found, cell in zip(page.cells, cells, strict=True):
        expected = "" if cell == "" else told(cell, lang)
        assert found == expected
    figures = json.loads(re.match(r"const FIGURES = (\[.*?\]);for ", page.scripts[-1], re.DOTALL)[1])
    charts = of_kind(briefing, Chart)
    assert len(figures) == len(charts)
    for figure, chart in zip(figures, charts, strict=True):
        key = "y" if chart.kind == "lines" else "x"
        assert [trace[key] for trace in figure["data"]] == [list(series.values) for series in chart.series]
        if chart.kind == "bars":
            for trace, series in zip(figure["data"], chart.series, strict=True):
                shown = ["" if v is None else written(wording.quantity(v, chart.unit, _), lang) for v in series.values]
                assert trace["text"] == shown
        if chart.line:
            assert figure["layout"]["shapes"][0]["x0"] == pytest.approx(chart.line[0])
