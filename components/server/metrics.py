"""`/metrics`: how this process does, as Prometheus reads it; of the machine and the program, never of a county.

Only who asks directly from this machine, or from an address in `XIANJIE_METRICS_FROM`, gets an answer: what came
through a proxy may come from anybody.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from importlib.metadata import version

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, Info, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from streamlit.runtime import Runtime, exists
from streamlit.runtime.stats import GaugeStat

from components.server.peer import LOOPBACK, listed
from data import operation
from data.store.schema import REVISION

FROM = "XIANJIE_METRICS_FROM"
_PROXIED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")

# A rerun that takes no longer than the second of these is not noticed, one of more than two seconds is.
_SECONDS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)

RERUNS = Histogram(operation.RERUNS, "Time of a run of a page's script", ["page"], buckets=_SECONDS)
CHANGES = Counter(operation.CHANGES, "Batches stored or taken back", ["action"])
REFUSED = Counter(operation.REFUSED, "Requests refused", ["status"])
ERRORS = Counter(operation.ERRORS, "Faults told to viewers or found beside the server", ["where"])
SESSIONS = Gauge(operation.SESSIONS, "Browsers connected")
BACKUP = Gauge(operation.BACKUP, "When the newest backup was made, 0 if never; of this deployment's home")
Info("xianjie_build", "Release and schema").info({"version": version("xianjie"), "schema": REVISION})


def _sessions() -> float:
    if not exists():
        return 0
    found = Runtime.instance().stats_mgr.get_stats(["active_sessions"]).get("active_sessions", [])
    return float(sum(one.value for one in found if isinstance(one, GaugeStat)))


def _backup() -> float:
    last = operation.last_backup()
    return last.at.timestamp() if last else 0


SESSIONS.set_function(_sessions)
BACKUP.set_function(_backup)


class Counting(logging.Handler):
    """Counts what `data.events` tells."""

    def emit(self, record: logging.LogRecord) -> None:
        """Count one record."""
        fields = getattr(record, "fields", {})
        match getattr(record, "event", None):
            case "stored":
                CHANGES.labels(fields["action"]).inc()
            case "refused":
                REFUSED.labels(str(fields["status"])).inc()
            case "error":
                ERRORS.labels(fields["where"]).inc()


@contextmanager
def timed(page: str, begun: float) -> Iterator[None]:
    """Time a run of a page that began at a reading of `perf_counter`, however it ends."""
    try:
        yield
    finally:
        RERUNS.labels(page).observe(time.perf_counter() - begun)


def exposition() -> str:
    """Return all numbers in Prometheus' text form."""
    return generate_latest(REGISTRY).decode()


async def metrics(request: Request) -> Response:
    """Answer a scraper."""
    client = request.client
    allowed = client is not None and listed(client.host, f"{LOOPBACK},{os.environ.get(FROM, '')}")
    if not allowed or any(name in request.headers for name in _PROXIED):
        return PlainTextResponse(f"only for this machine and {FROM}\n", HTTPStatus.FORBIDDEN)
    text = await run_in_threadpool(exposition)
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})
