"""The font of pictures: one with Chinese characters, or a message that says which package to install."""

import pytest
from matplotlib import font_manager
from matplotlib.font_manager import FontEntry
from matplotlib.ft2font import FT2Font

from data.briefing import files, fonts
from data.language import translator


@pytest.fixture(autouse=True)
def fresh():
    fonts.family.cache_clear()
    yield
    fonts.family.cache_clear()


@pytest.fixture
def listed(monkeypatch):
    """Let matplotlib know other fonts than it found: `listed([...])`."""

    def choose(entries):
        monkeypatch.setattr(font_manager.fontManager, "ttflist", entries)

    return choose


def latin():
    return [e for e in font_manager.fontManager.ttflist if e.name == "DejaVu Sans"]


def test_the_family_of_this_machine_draws_what_reports_are_written_with():
    file = font_manager.findfont(fonts.properties(10))
    index = getattr(file, "face_index", 0)
    font = FT2Font(str(file), face_index=index)
    assert all(font.get_char_index(ord(letter)) for letter in "巴南区衔接资金支出进度一二三：，%")


def test_bold_is_bold():
    assert fonts.properties(10, bold=True).get_weight() == "bold"
    assert fonts.properties(10).get_weight() == "normal"


def test_a_machine_without_chinese_font_is_told_what_to_install(listed, monkeypatch):
    listed(latin())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [e.fname for e in latin()])
    with pytest.raises(fonts.NoFontError) as error:
        fonts.family()
    chinese, english = (error.value.told(translator(lang)) for lang in ("zh", "en"))
    assert "fonts-noto-cjk" in chinese
    assert "中文字体" in chinese
    assert "fonts-noto-cjk" in english
    assert "Chinese" in english


def test_a_font_installed_while_the_server_runs_ends_the_trouble(listed, monkeypatch):
    known, found = list(font_manager.fontManager.ttflist), font_manager.findSystemFonts
    listed(latin())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [e.fname for e in latin()])
    assert isinstance(files.trouble("docx", None), fonts.NoFontError)
    assert files.trouble("html", None) is None  # its maps are drawn by the reader's own browser
    monkeypatch.setattr(font_manager, "findSystemFonts", found)
    listed(known)
    assert files.trouble("docx", None) is None


def test_a_font_installed_after_matplotlib_listed_the_machines_is_found(listed):
    listed(latin())
    assert fonts.family() not in {"DejaVu Sans", ""}


def test_a_font_that_was_removed_or_only_has_a_chinese_name_is_passed_over(listed, tmp_path):
    broken = tmp_path / "NotoSansCJK-Regular.ttc"
    broken.write_bytes(b"no font")
    real = font_manager.fontManager.ttflist
    only_name = FontEntry(fname=latin()[0].fname, name="SimSun")
    listed([FontEntry(fname=str(broken), name="Noto Sans CJK SC"), only_name, *latin()])
    assert fonts._choose(font_manager.fontManager.ttflist) is None
    listed([FontEntry(fname=str(broken), name="Noto Sans CJK SC"), *(e for e in real if "Serif CJK" in e.name)])
    assert "Serif CJK" in fonts.family()


def test_fonts_nobody_listed_are_taken_when_they_have_the_characters(listed):
    real = next(e for e in font_manager.fontManager.ttflist if e.name == "Noto Sans CJK SC")
    strange = FontEntry(fname=real.fname, name="县里的字体")
    listed([*latin(), strange])
    assert fonts.family() == "县里的字体"
