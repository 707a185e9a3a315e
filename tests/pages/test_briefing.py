"""The bulletin's page: what it holds unless chosen otherwise, and who issues it."""

from data.briefing.compose import FULL, USUAL

OFFICE = "重庆市綦江区扶欢镇人民政府"


def article(page):
    """Return the text as it can be read before it is made."""
    return next(e.proto.body for e in page.get("html") if "class='brief'" in e.proto.body)


def test_the_usual_sections_and_the_issuer_are_there_and_can_be_changed(on_sample):
    page = on_sample("qijiang", "briefing")
    assert not page.exception
    sections = page.button_group(key="brief_sections")
    assert tuple(sections.value) == USUAL
    assert page.text_input(key="brief_issuer_fuhuan-2021").value == OFFICE
    assert OFFICE in article(page)
    assert "指标口径" not in article(page)
    page.text_input(key="brief_issuer_fuhuan-2021").set_value("扶欢镇乡村振兴办")
    sections.set_value(list(FULL)).run()
    assert not page.exception
    assert "扶欢镇乡村振兴办" in article(page)
    assert OFFICE not in article(page)
    assert "指标口径" in article(page)
