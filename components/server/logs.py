"""The server's log: one JSON object a line to stderr, of Streamlit and uvicorn too.

A trace says where something happened, not with which values: the message of an exception may quote a row.
"""

import datetime as dt
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import streamlit.logger
from pythonjsonlogger.json import JsonFormatter

from data.plan import PlanError
from data.store import NewerDataError, UnavailableError

_ACCESS = "uvicorn.access"
# What these say names files, places in plans and databases, never a row.
_SPEAKING = (NewerDataError, PlanError, UnavailableError)


class Lines(JsonFormatter):
    """A record as one line: when, how grave, from where, what, and the fields of an event."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:  # noqa: ARG002
        """Fill the line."""
        log_data["at"] = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["from"] = record.name
        log_data["message"] = record.getMessage()
        log_data.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1]:
            log_data["trace"] = list(trace(record.exc_info[1]))


def trace(error: BaseException) -> Iterator[str]:
    """Return where an error was raised, and those it came from, without what they say of values; our own say none."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield f"{type(one).__name__}: {one}" if isinstance(one, _SPEAKING) else type(one).__name__
        yield from (f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(one.__traceback__))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def handler() -> logging.Handler:
    """Return what writes records as lines to stderr."""
    made = logging.StreamHandler()
    made.setFormatter(Lines())
    return made


def start(*more: logging.Handler) -> None:
    """Write every log of this process as lines.

    Parameters
    ----------
    more : handlers that hear what happened besides.
    """
    root = logging.getLogger()
    root.handlers = [handler(), *more]
    root.setLevel(logging.WARNING)
    logging.getLogger("data.events").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    # Streamlit gives each of its loggers a handler of its own, now and later.
    streamlit.logger.setup_formatter = _as_lines
    streamlit.logger.update_formatter()


def _as_lines(logger: logging.Logger) -> None:
    if mine := getattr(logger, "streamlit_console_handler", None):
        logger.removeHandler(mine)
    if logger.name == _ACCESS:  # uvicorn writes one line a request, with all that stands behind the `?`
        return
    logger.streamlit_console_handler = handler()  # type: ignore[attr-defined]
    logger.addHandler(logger.streamlit_console_handler)  # type: ignore[attr-defined]
