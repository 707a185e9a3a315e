"""Clerks without a browser: each drops a file on the upload page as the browser would, and may commit it."""

import asyncio
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from load import Viewer
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates

PATIENCE = 180.0  # seconds
COMMIT = "入库"
_BOUNDARY = "a-file-of-an-office"
_TRIES = 40  # commits pressed again, after others have changed the table


@dataclass
class Clerk(Viewer):
    """One open upload page and the person before it."""

    session: str = ""
    uploader: str = ""
    button: str = ""
    ready: bool = False
    held: UploadedFileInfo | None = None
    pressed: bool = False
    maps: int = 0
    _urls: asyncio.Queue[tuple[str, str, str]] = field(default_factory=asyncio.Queue)

    def see(self, reply: ForwardMsg) -> None:
        """Take note of the session, the file box, the button, and of maps drawn."""
        kind = reply.WhichOneof("type")
        if kind == "new_session":
            self.session, self.button = reply.new_session.initialize.session_id, ""
        elif kind == "file_urls_response":
            found = reply.file_urls_response.file_urls[0]
            self._urls.put_nowait((found.file_id, found.upload_url, found.delete_url))
        elif kind == "delta":
            element = reply.delta.new_element
            what = element.WhichOneof("type")
            if what == "file_uploader":
                self.uploader = element.file_uploader.id
            elif what == "button" and element.button.label == COMMIT:
                self.button, self.ready = element.button.id, not element.button.disabled
            elif what == "component_instance" and element.component_instance.component_name.endswith("county_map"):
                self.maps += 1

    def fill(self, states: WidgetStates) -> None:
        """Say what the page's widgets hold: the file, and whether the button was pressed."""
        super().fill(states)
        if self.held is not None:
            box = states.widgets.add(id=self.uploader)
            box.file_uploader_state_value.uploaded_file_info.append(self.held)
        if self.pressed:
            states.widgets.add(id=self.button, trigger_value=True)

    async def drop(self, path: Path) -> float:
        """Send a file and run the page with it; return the seconds until the script had finished."""
        began = time.perf_counter()
        message = BackMsg()
        message.file_urls_request.request_id = path.name
        message.file_urls_request.file_names.append(path.name)
        message.file_urls_request.session_id = self.session
        await self.socket.send(message.SerializeToString())
        while self._urls.empty():
            self.see(ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(decode=False), PATIENCE)))
        file_id, upload_url, delete_url = self._urls.get_nowait()
        size = await asyncio.to_thread(self._put, upload_url, path)
        self.held = UploadedFileInfo(name=path.name, size=size, file_id=file_id)
        self.held.file_urls.file_id, self.held.file_urls.upload_url = file_id, upload_url
        self.held.file_urls.delete_url = delete_url
        await self.rerun()
        return time.perf_counter() - began

    def _put(self, url: str, path: Path) -> int:
        """Send the file's bytes; return how many."""
        base = urllib.parse.urlsplit(self.url)
        county = base.path.strip("/").split("/")[0]
        root = f"{base.scheme}://{base.netloc}"
        own = dict(self.headers)
        health = urllib.request.Request(f"{root}/{county}/_stcore/health", headers=own)
        with urllib.request.urlopen(health, timeout=PATIENCE) as answer:
            cookies = answer.headers.get_all("Set-Cookie") or []
        token = next((c.partition("=")[2].split(";")[0] for c in cookies if c.startswith("_streamlit_xsrf=")), "")
        name = urllib.parse.quote(path.name)
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'
        body = head.encode() + path.read_bytes() + f"\r\n--{_BOUNDARY}--\r\n".encode()
        cookie = "; ".join(filter(None, (f"_streamlit_xsrf={token}", own.pop("Cookie", ""))))
        request = urllib.request.Request(f"{root}/{county}{url}", data=body, headers=own, method="PUT")
        request.add_header("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}")
        request.add_header("X-Xsrftoken", token)
        request.add_header("Cookie", cookie)
        urllib.request.urlopen(request, timeout=PATIENCE).close()
        return path.stat().st_size

    async def commit(self) -> float:
        """Press the button until the file is stored; return the seconds that took.

        Raises
        ------
        RuntimeError
            The page does not let it be pressed, or the file is never stored.
        """
        began, box = time.perf_counter(), self.uploader
        for _ in range(_TRIES):
            if not self.ready:
                raise RuntimeError("the file cannot be committed")
            self.pressed = True
            await self.rerun()
            self.pressed = False
            if self.uploader != box:  # an empty box: the page has let go of the file
                self.held = None
                return time.perf_counter() - began
        raise RuntimeError("others always came first")
