"""`/healthz`: is this process fit to serve, as one JSON object for a monitor or a load balancer."""

from http import HTTPStatus
from importlib.metadata import version

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from data import loaders
from data.access import as_server
from data.events import tell_error
from data.registry import counties


def _probe() -> None:
    """Read the store's version, the cheapest question that reaches its tables."""
    first = counties()[0]
    with as_server(first.code):
        loaders.version(first.slug)


async def healthz(_: Request) -> JSONResponse:
    """Answer 200 when the store can be read, else 503; the reason goes to the log, not to the world."""
    try:
        await run_in_threadpool(_probe)
    except Exception as error:  # noqa: BLE001 - whatever keeps the store from answering is what this route reports
        tell_error("health", error)
        store, status = "unreachable", HTTPStatus.SERVICE_UNAVAILABLE
    else:
        store, status = "ok", HTTPStatus.OK
    answer = {"status": "ok" if status == HTTPStatus.OK else "error", "store": store, "version": version("xianjie")}
    return JSONResponse(answer, status, {"Cache-Control": "no-store"})
