"""A server that sends exact bytes, for what no well-behaved server does."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

    Handler = Callable[["Connection"], None]


@attrs.frozen
class Seen:
    """A request that arrived."""

    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        """The request line."""
        return self.head.partition(b"\r\n")[0].decode("ascii")

    def header(self, name: str) -> str | None:
        """Return a header, or `None`."""
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.decode("latin-1").partition(":")
            if found.lower() == name.lower():
                return value.strip()
        return None


class Connection:
    """One connection, from the server's side."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def receive(self) -> Seen | None:
        """Wait for a whole request; `None` when the client has left."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := self.sock.recv(65536)):
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(Seen(head, b"").header("Content-Length") or 0)
        while len(body) < length:
            if not (more := self.sock.recv(65536)):
                return None
            body += more
        return Seen(head, body)

    def send(self, data: bytes) -> None:
        """Send these bytes."""
        self.sock.sendall(data)

    def trickle(self, data: bytes, *, gap: float) -> None:
        """Send byte by byte."""
        for index in range(len(data)):
            self.send(data[index : index + 1])
            time.sleep(gap)

    def reset(self) -> None:
        """Break the connection with a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.sock.close()


class RawServer:
    """Answers the nth request with the nth answer, and all further ones with the last.

    An answer is the bytes to send before the connection is closed, or a function that does with the connection what
    it likes; where that returns `"keep"`, the connection stays open for another request.
    """

    def __init__(
        self,
        *answers: bytes | Callable[[Connection], object],
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        greet: Callable[[Connection], object] | None = None,
    ) -> None:
        self._answers = answers
        self._tls = tls
        self._greet = greet
        self._host = host
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._socket.bind((host, 0))
        self._socket.listen(50)
        self.port: int = self._socket.getsockname()[1]
        self.seen: list[Seen] = []
        self.connections = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Where it is reached."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            with self._lock:
                self.connections += 1
                self._open.append(sock)
                self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._open.append(sock)
            connection = Connection(sock)
            if self._greet is None or self._greet(connection) == "go on":
                while self._answer(connection) == "keep":
                    pass
        sock.close()

    def _answer(self, connection: Connection) -> object:
        seen = connection.receive()
        if seen is None:
            return None
        with self._lock:
            self.seen.append(seen)
            answer = self._answers[min(len(self.seen), len(self._answers)) - 1]
        return connection.send(answer) if isinstance(answer, bytes) else answer(connection)


def response(
    body: bytes = b"", *, status: str = "200 OK", headers: Iterable[str] = (), length: int | None = None
) -> bytes:
    """Write an answer, with a `Content-Length` that may be a lie."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def kept(data: bytes) -> Callable[[Connection], str]:
    """Answer with these bytes, and keep the connection open."""

    def answer(connection: Connection) -> str:
        connection.send(data)
        return "keep"

    return answer
