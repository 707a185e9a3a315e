"""Streamlit's own texts in Chinese, and nothing else translated: on one page with one of each widget."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.browser import english_chrome, open_page, settled
from support.server import running

APP = Path(__file__).parents[1] / "support" / "chrome_app.py"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command = (sys.executable, "-m", "streamlit", "run", str(APP), "--server.port={port}")
    with running(tmp_path_factory.mktemp("chrome"), command=command) as started:
        yield started.url


@pytest.fixture
def widgets(browser: Browser, address: str) -> Iterator[Page]:
    with open_page(browser, address) as page:
        page.goto("/banan")
        settled(page)
        expect(page.locator(".modebar-btn").first).to_be_attached()
        expect(page.get_by_test_id("stFileUploader")).to_contain_text("单个文件不超过 5MB")
        yield page


def chrome(page: Page) -> list[str]:
    """Return the English found, less the words the page says on purpose."""
    return [text for text in english_chrome(page) if text not in {"Search", "Settings", "Select all", "Close"}]


def press(button: Locator) -> None:
    """Press a button of a toolbar that floats over, and sometimes under, what it belongs to."""
    button.focus()
    button.press("Enter")


def test_a_page_of_widgets_at_rest(widgets: Page) -> None:
    assert chrome(widgets) == []
    expect(widgets.get_by_test_id("stFileUploaderDropzone").locator("button")).to_contain_text("选择文件")
    expect(widgets.get_by_test_id("stMultiSelect").get_by_placeholder("请选择")).to_be_attached()


def test_our_own_words_are_left_alone(widgets: Page) -> None:
    expect(widgets.get_by_test_id("stMarkdownContainer").get_by_text("Search", exact=True)).to_be_visible()
    expect(widgets.get_by_role("heading", name="Settings")).to_be_visible()
    assert widgets.locator("#own").inner_text() == "Select all"
    widgets.get_by_role("combobox", name="镇").click()
    expect(widgets.get_by_role("option", name="Close")).to_be_visible()


def test_lists_that_open(widgets: Page) -> None:
    box = widgets.get_by_role("combobox", name="镇")
    box.click()
    box.fill("丙")
    expect(widgets.get_by_text("没有匹配项")).to_be_visible()
    assert chrome(widgets) == []
    widgets.keyboard.press("Escape")
    widgets.get_by_test_id("stMultiSelect").get_by_role("combobox").click()
    expect(widgets.get_by_text("全选")).to_be_visible()
    assert chrome(widgets) == []


@pytest.mark.parametrize("leave", ["click", "tab"])
def test_new_words_typed_into_a_list_are_taken_up_without_enter(widgets: Page, leave: str) -> None:
    box = widgets.get_by_role("combobox", name="单位")
    box.click()
    box.press_sequentially("区财")  # also the beginning of one that is there: what was typed counts
    expect(widgets.get_by_role("option", name="添加：区财")).to_be_visible()
    if leave == "click":
        widgets.get_by_label("名称").click()
    else:
        box.press("Tab")
    expect(widgets.locator("#said")).to_have_text("区财")
    expect(box).to_have_value("区财")


def test_hints_while_typing(widgets: Page) -> None:
    widgets.get_by_label("名称").fill("x")
    expect(widgets.get_by_text("按回车键确认")).to_be_visible()
    widgets.get_by_label("表单").fill("x")
    expect(widgets.get_by_text("按回车键提交")).to_be_visible()
    assert chrome(widgets) == []


def test_the_calendar(widgets: Page) -> None:
    widgets.get_by_test_id("stDateInput").get_by_role("button").first.click()
    expect(widgets.get_by_role("grid").last).to_be_visible()
    assert chrome(widgets) == []


def test_the_toolbar_of_a_table_and_its_search(widgets: Page) -> None:
    table = widgets.get_by_test_id("stDataFrame")
    table.hover()
    for name in ("下载 CSV", "搜索", "全屏"):
        expect(table.get_by_role("button", name=name)).to_be_visible()
    press(table.get_by_role("button", name="显示或隐藏列"))
    assert chrome(widgets) == []
    widgets.keyboard.press("Escape")
    press(table.get_by_role("button", name="搜索"))
    widgets.keyboard.type("甲")
    expect(widgets.get_by_text("处").first).to_be_visible()
    assert chrome(widgets) == []


def test_the_menu_of_a_column(widgets: Page) -> None:
    table = widgets.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    dots = box["x"] + 361, box["y"] + 16  # at the right end of the first column's head, drawn while the mouse is there
    widgets.mouse.move(*dots)
    widgets.mouse.click(*dots)
    expect(widgets.get_by_role("menuitem").first).to_be_visible()
    assert chrome(widgets) == []
    shown = widgets.get_by_role("menuitem").all_inner_texts()
    assert any("升序" in text for text in shown)


def test_a_chart_and_a_dialog(widgets: Page) -> None:
    widgets.get_by_test_id("stPlotlyChart").hover()
    titles = widgets.locator(".modebar-btn").evaluate_all("all => all.map(e => e.dataset.title)")
    assert "下载图片" in titles
    assert not [title for title in titles if title and title.isascii()]
    widgets.get_by_role("button", name="打开说明").click()
    expect(widgets.get_by_role("dialog")).to_be_visible()
    expect(widgets.get_by_role("dialog").get_by_label("关闭")).to_be_visible()
    assert chrome(widgets) == []


def test_refused_and_accepted_files(widgets: Page, tmp_path: Path) -> None:
    chosen = widgets.get_by_test_id("stFileUploaderDropzoneInput")
    chosen.set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(widgets.get_by_text("不接受")).to_be_visible()
    chosen.set_input_files({"name": "Upload.csv", "mimeType": "text/csv", "buffer": b"a,b"})
    expect(widgets.get_by_text("Upload.csv")).to_be_visible()
    settled(widgets)
    assert [text for text in chrome(widgets) if "Upload.csv" not in text] == []


def test_english_comes_back_with_the_switch(widgets: Page) -> None:
    widgets.get_by_role("radio", name="en").or_(widgets.get_by_role("button", name="en", exact=True)).first.click()
    expect(widgets.get_by_test_id("stFileUploaderDropzone").locator("button")).to_contain_text("Upload")
    assert widgets.locator("html").get_attribute("lang") == "en"
    widgets.get_by_role("radio", name="zh").or_(widgets.get_by_role("button", name="zh", exact=True)).first.click()
    expect(widgets.get_by_test_id("stFileUploaderDropzone").locator("button")).to_contain_text("选择文件")
    assert widgets.locator("html").get_attribute("lang") == "zh-CN"
