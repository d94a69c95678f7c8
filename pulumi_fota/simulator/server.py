"""A threaded HTTP/1.1 server that keeps connections open.

Knows how bytes become a request and an answer becomes bytes, nothing of what they mean. (Werkzeug's own development
server closes each connection, which would hide how a client treats one that is kept open.)
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from werkzeug.datastructures import Headers

from pulumi_fota.simulator.exchange import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator.exchange import Answer

_MAX_BODY = 16 * 1024 * 1024


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Head and body leave in one packet.
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            self.close_connection = True  # The client left without its answer.
        finally:
            self.server.closed(self.connection)

    def _exchange(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdecimal() or int(length) > _MAX_BODY:
            self.close_connection = True
            self.send_error(411 if self.headers.get("Transfer-Encoding") else 413)
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # The client left in the middle of its request.
            return
        answer = self.server.handle(self._request(body))
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
            if name == "Content-Length" and int(value) > len(answer.body):
                self.close_connection = True
        if not any(name.lower() == "date" for name, _ in answer.headers):
            self.send_header("Date", self.date_time_string())
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

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

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _exchange  # noqa: N815 - http.server's names.

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests carry credentials."""


class Server(ThreadingTCPServer):
    """Serves one function on a port of one address, in threads of its own.

    Raises:
        OSError: The port is in use.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, handle: Callable[[Request], Answer], host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.handle = handle
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((host, port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """Where the server is reached."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if self.address_family == socket.AF_INET6 else f"http://{host!s}:{port}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close every connection."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # The client may have closed it first.
                    connection.shutdown(socket.SHUT_RDWR)

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, so that it can be closed at the end."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - What both are is not said.
        """Say nothing of a client that broke off, and all of a mistake in here."""
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()
