"""Whose turn it is to be drawn: a page that works on files gives way to those that only show something."""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.lanes import give_way, lane


@contextmanager
def on_files() -> Iterator[None]:
    """Take turns with the others that work on files, and give way to pages at each thing that is shown.

    The interpreter shares its time equally among threads and knows no priority. What a page shows passes one place, a
    hundred times and more in a tenth of a second; there it can wait.
    """
    run = get_script_run_ctx()
    if run is None:
        message = "no page is being drawn by this thread"
        raise RuntimeError(message)
    send = run.enqueue

    def send_politely(message: ForwardMsg) -> None:
        send(message)
        give_way("files")

    with lane("files"):
        if "enqueue" in vars(run):  # from the frame on
            yield
            return
        vars(run)["enqueue"] = send_politely
        try:
            yield
        finally:
            del vars(run)["enqueue"]
