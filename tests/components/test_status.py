import re
from xml.etree import ElementTree as ET

import pytest

from components import palette, style
from components.status import MARKS, ORDER, STATUSES, URGENT, badge_html, marks_html
from data import progress, shown
from data.statuses import word

CODES = [
    "far_behind",
    "overdue",
    "behind",
    "slightly_behind",
    "on_schedule",
    "done",
    "not_due",
    "no_data",
    "nothing",
    "withheld",
    "no_target",
    "not_scored",
]


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the ratio, 1 (same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_status_of_the_engine_has_its_look_worst_first():
    assert list(STATUSES) == CODES
    assert [*ORDER] == CODES
    for s in STATUSES.values():
        assert s.word
        ET.fromstring(f"<svg>{s.symbol}</svg>")


def test_statuses_differ_in_symbol_and_class_and_those_that_need_action_in_texture_too():
    assert len({s.symbol for s in STATUSES.values()}) == len(STATUSES)
    assert len({s.css for s in STATUSES.values()}) == len(STATUSES)
    assert len({s.marker for s in STATUSES.values()}) == len(STATUSES)
    urgent = [STATUSES[c] for c in URGENT]
    assert len({s.texture for s in urgent}) == len({s.pattern for s in urgent}) == len(urgent)
    assert not any(s.texture for s in (STATUSES["on_schedule"], STATUSES["done"]))


def test_only_what_is_fine_counts_as_fine_and_nothing_red_is():
    assert set(URGENT) == set(progress.BAD)
    assert [code for code in STATUSES if code not in {shown.NOTHING, shown.WITHHELD}] == list(progress.WORST_FIRST)
    assert tuple(STATUSES)[: len(shown.ORDER)] == shown.ORDER
    assert "not_scored" not in shown.SCORED


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_letters_can_be_read_on_every_surface_they_stand_on(theme):
    surfaces = {name: shade[theme] for name, shade in palette.SURFACES.items()}
    letters = {code: s.text[theme] for code, s in STATUSES.items()}
    letters |= {name: surfaces[name] for name in ("text", "mute", "accent", "warn", "bad")}
    for ground in ("panel", "page", "pick"):
        for name, colour in letters.items():
            assert contrast(colour, surfaces[ground]) >= 4.5, (name, ground)
    for edge, fill, text in palette.HEAT:
        assert contrast(text[theme], fill[theme]) >= 4.5, edge


def test_stylesheet_defines_each_class_and_every_variable_it_uses():
    css = style.stylesheet()
    for s in STATUSES.values():
        assert f".{s.css}{{" in css
    local = {"n", "a", "e", "x", "l", "share", "between", "wide", "row"}  # set on the element, or for one run
    defined = set(re.findall(r"--([a-z0-9-]+):", css)) | local
    assert set(re.findall(r"var\(--([a-z0-9-]+)", css)) <= defined
    assert css.count("{") == css.count("}")
    assert "http://" not in css.replace("http://www.w3.org/2000/svg", "")


def test_themed_colours_fall_back_to_light_where_light_dark_is_unknown():
    plain, themed = palette.rule(".x", {"c": palette.Shade("#111111", "#EEEEEE")}).split("@supports")
    assert plain == ".x{--c:#111111;}"
    assert "light-dark(#111111, #EEEEEE)" in themed


def test_a_target_to_be_kept_is_met_not_done(en):
    assert word("done", "keep", en) == "Met"
    assert word("done", "linear", en) == "Done"
    assert word("behind", "keep", en) == "Behind"


def test_a_village_under_way_has_not_met_its_target_a_county_may_have(en):
    assert word("not_due", "deadline", en, village=True) == "Under way, not met yet"
    assert word("not_due", "deadline", en) == "Under way"
    assert word("done", "deadline", en, village=True) == "Done"
    tints = {code: STATUSES[code].tint for code in ("not_due", "no_target", "nothing", "done", "on_schedule")}
    for theme in (0, 1):
        others = [t[theme] for code, t in tints.items() if code not in {"not_due", "nothing"}]
        assert all(contrast(tints["not_due"][theme], other) > 1.2 for other in others), "seen apart on a map"


def test_unknown_status_reads_as_not_reported(en):
    assert word(None, None, en) == word("surprise", None, en) == "Not reported"


def test_a_badge_shows_word_and_count(en):
    html = badge_html("behind", None, en, count=3)
    assert "Behind" in html
    assert "<b>3</b>" in html


def test_marks_show_each_word_once_and_warn_only_of_falling_back(en):
    html = marks_html(("implied", "derived", "regressed"), en)
    assert html.count("inferred") == 1
    assert html.count("warn") == 1
    assert "&lt;b&gt;" in marks_html(("<b>",), en)
    assert {c for c, m in MARKS.items() if m.warns} == {"regressed"}
