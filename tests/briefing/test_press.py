"""Files made in a process of their own: the same bytes, the same words when it cannot be, a county's one by one."""

import io
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from support.briefings import NOWHERE, briefing

from data.briefing import pictures, press
from data.briefing.errors import DocumentError
from data.briefing.writers import written
from data.language import translator


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(pictures, "_pictures", type(pictures._pictures)())


def test_the_file_is_the_one_that_would_be_made_here():
    assert press.make(briefing(), NOWHERE, "html") == written(briefing(), NOWHERE, "html")


def test_pictures_come_back_and_are_not_drawn_again(monkeypatch):
    press.make(briefing(), NOWHERE, "docx")
    drawn = pictures.kept()
    assert len(drawn) == 3  # the charts of the briefing
    assert all(picture.startswith(b"\x89PNG") for picture in drawn.values())
    monkeypatch.setattr(Figure, "savefig", lambda *_, **__: pytest.fail("drawn again"))
    written(briefing(), NOWHERE, "docx")  # here, with what came back
    press.make(briefing(), NOWHERE, "docx")
    assert pictures.kept() == drawn


def test_what_the_writer_says_is_said_here(tmp_path):
    broken = tmp_path / "县里.docx"
    broken.write_bytes(b"no document")
    with pytest.raises(DocumentError, match=r"县里\.docx cannot be used") as said:
        press.make(briefing(), NOWHERE, "docx", broken)
    assert said.value.values == {"name": "县里.docx"}


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (subprocess.CalledProcessError(-9, "x"), "the machine ended its process"),
        (subprocess.CalledProcessError(1, "x"), "a fault of the program"),
        (subprocess.TimeoutExpired("x", press.WITHIN), "within 5 minutes"),
        (OSError(28, "No space left on device"), "the machine ended its process"),
    ],
)
def test_how_a_process_ended_is_told_in_words(monkeypatch, end, told):
    def ended(*_, **__):
        raise end

    monkeypatch.setattr(press.subprocess, "run", ended)
    with pytest.raises(DocumentError, match=told) as error:
        press.make(briefing(), NOWHERE, "html")
    assert "未能生成" in error.value.told(translator("zh"))


def test_a_fault_in_the_process_is_no_want_of_memory(monkeypatch):
    monkeypatch.setattr(press, "__name__", "no.such.module")
    with pytest.raises(DocumentError, match="a fault of the program"):
        press.make(briefing(), NOWHERE, "html")


def test_it_stands_behind_everything_else():
    order = io.BytesIO(pickle.dumps((briefing(), NOWHERE, "html", None, {})))
    code = (
        "import os, runpy; runpy.run_module('data.briefing.press', run_name='__main__')"
        "; os.write(2, b'%d' % os.nice(0))"
    )
    done = subprocess.run([sys.executable, "-c", code], input=order.read(), capture_output=True, check=True)
    assert int(done.stderr.rpartition(b"\n")[2]) == min(os.nice(0) + press.BEHIND, 19)


def made_at_once(monkeypatch, counties):
    """Ask for a file of each county at the same time; return how many were being made whenever one began."""
    running, most, count = [], [], threading.Lock()
    together = threading.Barrier(min(len(set(counties)), press.AT_ONCE))

    def slow(*_arguments, **_options):
        with count:
            running.append(1)
            most.append(len(running))
        together.wait(10)
        with count:
            running.pop()
        raise OSError

    def ask(county):
        with pytest.raises(DocumentError):
            press.make(replace(briefing(), code=f"{county}-3"), NOWHERE, "html")

    monkeypatch.setattr(press.subprocess, "run", slow)
    with ThreadPoolExecutor(len(counties)) as pool:
        for asked in [pool.submit(ask, county) for county in counties]:
            asked.result(20)
    return most


def test_a_county_s_files_are_made_one_after_the_other(monkeypatch):
    assert made_at_once(monkeypatch, ["banan"] * 4) == [1, 1, 1, 1]


def test_one_county_does_not_wait_for_another_and_the_machine_has_no_more_than_it_can_make(monkeypatch):
    most = made_at_once(monkeypatch, ["banan", "wanzhou", "mouding", "qijiang"])
    assert max(most) == press.AT_ONCE
