"""The connection of one thread, which can be watched and broken off.

A timeout of sockets counts the gap between two bytes, so a server that trickles beats it for ever; a timer shuts the
socket. Only the adapter of requests is used, not its sessions: so there are no redirects, no cookies, and no `.netrc`
that replaces a token. Knows nothing of tokens or devices.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from pulumi_fota.thingspace.origin import Origin


class SocketDeadline:
    """What one thread's connection does, and the means to break it off."""

    def __init__(self) -> None:
        self.sent = False  #: Whether a byte of the request can have left.
        self.opened = False  #: Whether the connection was opened for this attempt.
        self.answered = False  #: Whether the head of an answer has come.
        self.expired = False  #: Whether it was broken off because its time was over.
        self._is_aborted = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(0, self._expire)  # Not started.

    def start(self, seconds: float) -> None:
        """Begin an attempt that is broken off after so many seconds."""
        self.sent = self.opened = self.answered = self.expired = False
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """End the attempt: from now on nothing is broken off."""
        self._timer.cancel()

    def watch(self, connected: socket.socket) -> None:
        """Watch another connection. A duplicate serves, since TLS takes the socket itself over."""
        self.release()
        self.opened = True
        self._socket = connected.dup()
        if self.expired or self._is_aborted:
            self._break_off()

    def abort(self) -> None:
        """Break off what is under way and whatever follows, from another thread."""
        self._is_aborted = True
        self._break_off()

    def _break_off(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # It may be closed already.
                self._socket.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _expire(self) -> None:
        self.expired = True
        self._break_off()


class Adapter(HTTPAdapter):
    """The adapter of one thread: one watched connection, no retries, the origin's certificates and no others."""

    def __init__(self, origin: Origin, deadline: SocketDeadline) -> None:
        self._tls = origin.tls
        self._pools = _watched_pools(deadline)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make connections that are watched."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make connections through a proxy that are watched too."""
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._tls)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, *_args: Any) -> None:
        """Add no certificates: the origin's context has those to trust, and requires them."""


def _watched_pools(deadline: SocketDeadline) -> dict[str, type[HTTPConnectionPool]]:
    class Pool(HTTPConnectionPool):
        ConnectionCls = _watched(HTTPConnection, deadline)

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = _watched(HTTPSConnection, deadline)

    return {"http": Pool, "https": TlsPool}


def _watched(kind: Any, deadline: SocketDeadline) -> Any:
    """Derive a kind of connection that tells the watch what it does."""

    class Watched(kind):  # type: ignore[misc]
        debuglevel = 0  # Whatever a program sets for all connections, since that would print credentials.

        def _new_conn(self) -> socket.socket:
            connected: socket.socket = super()._new_conn()
            deadline.watch(connected)
            return connected

        def connect(self) -> None:
            try:
                super().connect()
            finally:
                deadline.sent = False  # What has left so far was the handshake, or CONNECT.

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            deadline.sent = True
            super().send(data)

    return Watched
