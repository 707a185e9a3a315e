"""Tells of every request and websocket that was refused: what was asked, from where, how it was answered."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.events import tell

_LONGEST = 200


class Watched:
    """ASGI middleware around all others: nothing is changed, refusals are told. Never what stands behind a `?`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        opened = False

        async def watching(message: Message) -> None:
            nonlocal opened
            kind = message["type"]
            if kind == "http.response.start" and message["status"] >= HTTPStatus.BAD_REQUEST:
                _tell(scope, message["status"])
            elif kind == "websocket.accept":
                opened = True
            elif kind in {"websocket.close", "websocket.http.response.start"} and not opened:
                _tell(scope, message.get("status", HTTPStatus.FORBIDDEN))
            await send(message)

        await self.app(scope, receive, watching)


def _tell(scope: Scope, status: int) -> None:
    client = scope.get("client")
    tell(
        "refused",
        status=int(status),
        method=scope.get("method", "WEBSOCKET"),
        path=scope["path"][:_LONGEST],
        client=client[0] if client else None,
    )
