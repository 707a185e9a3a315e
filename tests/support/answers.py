"""One HTTP request as an attacker sends it: the path exactly as written, from whatever address of this machine."""

import http.client
from urllib.parse import urlsplit

from support.server import Server


class Answer:
    """One HTTP answer, read whole."""

    def __init__(
        self,
        server: Server,
        path: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        *,
        body: bytes = b"",
        comes_from: str = "127.0.0.1",
    ) -> None:
        address = urlsplit(server.url)
        connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=30, source_address=(comes_from, 0)
        )
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            self.status, self.headers, self.body = response.status, response.headers, response.read()
        finally:
            connection.close()

    @property
    def text(self) -> str:
        return self.body.decode()
