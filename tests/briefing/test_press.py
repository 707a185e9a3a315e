"""Files made in a process of their own: the same bytes, the same words when it cannot be, one at a time, no traces."""

import os
import subprocess
import sys
import threading
import time

import pytest
from matplotlib.figure import Figure
from support.briefings import NOWHERE, briefing

from data.briefing import pictures, press
from data.briefing.errors import DocumentError
from data.briefing.writers import written


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


def test_a_process_that_is_ended_is_told_in_words(monkeypatch):
    monkeypatch.setattr(press, "__name__", "no.such.module")
    with pytest.raises(DocumentError, match="could not be made"):
        press.make(briefing(), NOWHERE, "html")


def test_it_stands_behind_everything_else():
    code = f"import os; os.nice({press.BEHIND}); print(os.nice(0))"
    before = os.nice(0)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == min(before + press.BEHIND, 19)
    assert os.nice(0) == before


def test_one_is_made_at_a_time(monkeypatch):
    running, most = [], []

    def slow(*_arguments, **_options):
        running.append(1)
        most.append(len(running))
        time.sleep(0.05)
        running.pop()
        raise subprocess.TimeoutExpired("x", 1)

    monkeypatch.setattr(press.subprocess, "run", slow)

    def ask():
        with pytest.raises(DocumentError):
            press.make(briefing(), NOWHERE, "html")

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_a_machine_without_room_for_a_process_is_told_in_words(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(subprocess, "run", full)
    with pytest.raises(DocumentError, match="could not be made"):
        press.make(briefing(), NOWHERE, "html")
