"""A session of the dashboard without a browser: what Streamlit's client says over its websocket."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol

from support.server import Server

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: in this one, the browser of other tests may have a loop running."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, work).result()


class Session:
    """An open session; `async with` it."""

    def __init__(
        self,
        server: Server,
        path: str,
        headers: dict[str, str] | None = None,
        resume: str = "",
        *,
        comes_from: str = "127.0.0.1",
    ) -> None:
        self.id = ""
        self._opening = websockets.connect(
            f"{server.url.replace('http', 'ws', 1)}{path}/_stcore/stream",
            subprotocols=[Subprotocol(name) for name in ("streamlit", "none", resume) if name],
            additional_headers=headers,
            max_size=None,
            compression=None,
            local_addr=(comes_from, 0),
        )

    async def __aenter__(self) -> Self:
        self._socket = await self._opening.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._opening.__aexit__(*error)

    async def asks(self, page: str = "", query: str = "") -> None:
        """Have the script run, and wait for nothing."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        await self._socket.send(message.SerializeToString())

    async def said(self, page: str = "", query: str = "") -> str:
        """Run the script once; return the bytes of everything it drew, as text."""
        self.drawn: list[ForwardMsg] = []
        said = b""
        await self.asks(page, query)
        while True:
            raw, reply = await self._next()
            said += raw
            self.drawn.append(reply)
            kind = reply.WhichOneof("type")
            if kind == "new_session":
                self.id = reply.new_session.initialize.session_id
            if kind == "script_finished":
                return said.decode(errors="ignore")

    def drew(self, kind: str) -> bool:
        """Whether the last run showed an element of a kind, such as `file_uploader`."""
        return any(
            reply.WhichOneof("type") == "delta" and reply.delta.new_element.WhichOneof("type") == kind
            for reply in self.drawn
        )

    async def download(self) -> str:
        """Press the first download button that was drawn; return the address of the file."""
        buttons = [reply.delta.new_element.download_button for reply in self.drawn]
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = self.id
        wanted = next(button.deferred_file_id for button in buttons if button.deferred_file_id)
        message.backend_operation_request.deferred_file.file_id = wanted
        await self._socket.send(message.SerializeToString())
        while True:
            _, reply = await self._next()
            if reply.WhichOneof("type") == "backend_operation_response":
                return str(reply.backend_operation_response.deferred_file.url)

    async def _next(self) -> tuple[bytes, ForwardMsg]:
        raw = await asyncio.wait_for(self._socket.recv(decode=False), 60)
        return raw, ForwardMsg.FromString(raw)
