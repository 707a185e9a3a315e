"""A file made on the click: its address, or our words for why there is none."""

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime import app_session
from streamlit.runtime.media_file_storage import MediaFileStorageError

from components.exports import exported
from components.server import downloads
from data import loaders
from data.access import User, everything, using
from data.language import translator
from data.registry import county


class Files:
    """Stands in for Streamlit's manager of files, which wraps whatever a callable raises."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble

    def execute_deferred(self, file_id: str) -> str:
        if self.trouble is not None:
            raise MediaFileStorageError("Callable execution failed") from self.trouble
        return f"/media/{file_id}"


def asked(trouble: Exception | None = None):
    request = BackendOperationRequest(request_id="1")
    request.deferred_file.file_id = "abc"
    answer = downloads.Downloads(lambda: Files(trouble)).handle(request, "session")
    with ThreadPoolExecutor(1) as pool:  # a browser of other tests may have a loop running in this thread
        return pool.submit(asyncio.run, answer).result()


def test_a_file_that_is_made_has_an_address():
    assert asked().deferred_file.url == "/media/abc"


def test_why_there_is_none_is_said_in_our_words():
    said = asked(downloads.DownloadError("模板已损坏"))
    assert (said.request_id, said.error_msg) == ("1", "模板已损坏")


def test_what_nobody_foresaw_is_not_shown_to_people():
    with pytest.raises(MediaFileStorageError):
        asked(ValueError("a path"))


def test_who_may_not_have_it_any_more_is_told_so(home, monkeypatch):
    st.cache_resource.clear()
    monkeypatch.setenv("XIANJIE_ACCESS", "proxy")
    somebody = User("wang", "王某", "proxy")
    with using(everything(somebody, county("banan").code)):  # when the page was drawn
        made = exported(county("banan"), "docx", lambda: b"", translator("zh"))
    with pytest.raises(downloads.DownloadError, match="导出文稿和表格"):
        made()
    st.cache_resource.clear()


def test_sessions_answer_so(monkeypatch):
    monkeypatch.setattr(app_session, "DeferredFileHandler", app_session.DeferredFileHandler)
    downloads.install()
    assert app_session.DeferredFileHandler is downloads.Downloads


def test_who_has_signed_out_is_made_no_file_and_the_log_has_none(home, monkeypatch):
    st.cache_resource.clear()
    monkeypatch.setenv("XIANJIE_ACCESS", "open")
    somebody = User("wang", "王某", "oidc", expires=dt.datetime(2023, 1, 1, tzinfo=dt.UTC))
    with using(everything(somebody, county("banan").code)):  # when the page was drawn
        made = exported(county("banan"), "docx", lambda: b"", translator("zh"))
    with pytest.raises(downloads.DownloadError, match="导出文稿和表格"):
        made()
    assert loaders.store().audit(county("banan").code) == []
