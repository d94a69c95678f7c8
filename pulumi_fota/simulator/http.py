"""HTTP/1.1: requests, responses, and a threaded server that keeps connections open.

Knows how bytes become a request and how a response becomes bytes, and nothing of what they mean. (Werkzeug's own
server closes the connection after each response, which would hide how a client treats connections that stay open.)
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import attrs
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_MAX_BODY = 16 * 1024 * 1024


@attrs.define(kw_only=True, eq=False)
class Request:
    """A request that reached the simulator.

    Attributes:
        method: The method, in capitals.
        path: The path, still percent-encoded, without the query.
        query: The first value of each query parameter.
        headers: The headers; names match in any case.
        body: The body.
        connection: The client's end of the connection, such as `127.0.0.1:41234`; empty without a socket.
        kind: What was asked for: one of `KINDS` in `endpoints.py`.
        status: The status of the response; `None` until there is one.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: Headers = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    connection: str = ""
    kind: str = "other"
    status: int | None = None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@attrs.frozen
class Response:
    """A response of the simulator.

    If the body is shorter than its `Content-Length` header says, it is sent as it is and the connection is closed.

    Attributes:
        status: The status.
        headers: Names and values.
        body: The body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = attrs.field(repr=False)

    @classmethod
    def of(cls, body: bytes | str, *, status: int = 200, content_type: str | None = JSON) -> Response:
        """Return a response with this body, and with its type and length as headers."""
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        kind = () if content_type is None else (("Content-Type", content_type),)
        length = () if status == HTTPStatus.NO_CONTENT else (("Content-Length", str(len(data))),)
        return cls(status, (*kind, *length), data)

    @classmethod
    def of_json(cls, value: Any, *, status: int = 200) -> Response:
        """Return a response with this JSON value."""
        return cls.of(json.dumps(value), status=status)

    def with_headers(self, headers: dict[str, str]) -> Response:
        """Return the response with these headers added; they replace those of the same name."""
        names = {name.lower() for name in headers}
        kept = [header for header in self.headers if header[0].lower() not in names]
        return attrs.evolve(self, headers=(*kept, *headers.items()))

    def with_body(self, body: bytes) -> Response:
        """Return the response with another body and its length."""
        return attrs.evolve(self, body=body).with_headers({"Content-Length": str(len(body))})


class Server(ThreadingTCPServer):
    """Serves one function at one address, with a thread for each connection.

    Args:
        respond: Returns the response to a request.
        host: The address to serve at.
        port: The port to serve at; 0 takes a free one.

    Raises:
        OSError: The port is in use, or the address is not one of this machine.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, respond: Callable[[Request], Response], host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.respond = respond
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((host, port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """The base URL."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if self.address_family == socket.AF_INET6 else f"http://{host!s}:{port}"

    def start(self) -> None:
        """Start to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close all connections."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # The client may have closed it already.
                    connection.shutdown(socket.SHUT_RDWR)

    def connection_opened(self, connection: socket.socket) -> None:
        """Remember a connection, so that `stop` closes it."""
        with self._lock:
            self._connections.add(connection)

    def connection_closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._connections.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - The base class has them.
        """Print the traceback of an error, unless it is that of a client that left."""
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Headers and body are sent together.
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connection_opened(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            self.close_connection = True  # The client left before it got the response.
        finally:
            self.server.connection_closed(self.connection)

    def _exchange(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdecimal() or int(length) > _MAX_BODY:
            self.close_connection = True
            self.send_error(411 if self.headers.get("Transfer-Encoding") else 413)
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # The client left before it had sent the whole request.
            return
        response = self.server.respond(self._request(body))
        self.send_response_only(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
            if name == "Content-Length" and int(value) > len(response.body):
                self.close_connection = True
        if not any(name.lower() == "date" for name, _ in response.headers):
            self.send_header("Date", self.date_time_string())
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _request(self, body: bytes) -> Request:
        path, _, query = self.path.partition("?")
        host, port = self.client_address[:2]
        return Request(
            method=self.command,
            path=path,
            query={name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()},
            headers=Headers(self.headers.items()),
            body=body,
            connection=f"{host}:{port}",
        )

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _exchange  # noqa: N815 - Names of http.server.

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: requests contain credentials."""
