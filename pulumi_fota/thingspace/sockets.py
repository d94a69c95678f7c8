"""The one place that requests go to, and the connection of one thread to it, which can be broken off.

Owns address, proxy and trusted certificates. Proxies and CA files are taken from the environment as other programs do,
and nothing else is. A timeout of sockets counts the gap between two bytes, so a server that trickles is never too late
for it: a timer shuts the socket instead. Only the adapter of requests is used, not its sessions: so there are no
redirects, no cookies, and no `.netrc` that replaces a token. Knows nothing of tokens or devices.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pulumi_fota._secret import Secret
from pulumi_fota._text import safe
from pulumi_fota.errors import InvalidSetting
from pulumi_fota.settings import checks

if TYPE_CHECKING:
    from typing_extensions import Self

_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")  # In the order in which they count.
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # What other programs that use HTTP here go by.
_LONGEST_PATH = 400


@attrs.frozen(kw_only=True, eq=False)
class Origin:
    """The one place that requests go to."""

    url: str  #: Scheme, host and port, as the settings have checked it.
    host: str
    port: int
    proxy: Secret | None  #: The address of the proxy, in which a password may stand; none for this machine.
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, base_url: str, ca_bundle: str | None) -> Self:
        """Find the way to a base URL.

        Raises:
            InvalidSetting: The file of CA certificates, or the proxy of the environment, is invalid.
        """
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        if parts.scheme == "http":  # This machine, as the settings ensure: no proxy may read what goes there.
            return cls(url=base_url, host=host, port=parts.port or 80, proxy=None, tls=None)
        address = select_proxy(base_url, get_environ_proxies(base_url))
        proxy = Secret(_checked_proxy(address)) if address else None
        return cls(url=base_url, host=host, port=parts.port or 443, proxy=proxy, tls=_tls(ca_bundle))

    @property
    def next_hop(self) -> tuple[str, int]:
        """Host and port that a connection is opened to: the proxy's, if there is one."""
        parts = urlsplit(self.proxy.reveal() if self.proxy else self.url)
        return parts.hostname or "", parts.port or (80 if self.proxy else self.port)


def _checked_proxy(address: str) -> str:
    whole = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(whole)
        is_valid = parts.scheme in {"http", "https"} and checks.is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        where = next(
            (name for name in _PROXY_VARIABLES if os.environ.get(name) == address), "the proxy of this machine"
        )
        is_socks = whole.lower().startswith("socks")
        what = "names a SOCKS proxy, which is not supported: set one" if is_socks else "is not an address"
        if checks.is_placeholder(address):
            what = "is a placeholder that nothing has replaced: set an address"
        raise InvalidSetting.found([f"{where} {what} such as http://proxy.example.com:3128"])
    return whole


def _tls(ca_bundle: str | None) -> ssl.SSLContext:
    # Not `ssl.create_default_context`, which writes the keys of every connection to the file of SSLKEYLOGFILE.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    name, path = _ca_file(ca_bundle)
    if not path:
        context.load_default_certs()
        return context
    shown_path = safe(path, longest=_LONGEST_PATH)
    try:
        context.load_verify_locations(**{"capath" if Path(path).is_dir() else "cafile": path})
    except FileNotFoundError:
        problem = f"{name}: the file {shown_path} does not exist"
    except ssl.SSLError:
        problem = f"{name}: the file {shown_path} contains no CA certificate in PEM format"
    except OSError as error:
        problem = f"{name}: the file {shown_path} cannot be read ({error.strerror})"
    else:
        return context
    raise InvalidSetting.found([problem])


def _ca_file(ca_bundle: str | None) -> tuple[str, str]:
    if ca_bundle:
        return "fota:caBundle", ca_bundle
    return next(((name, path) for name in _CA_VARIABLES if (path := os.environ.get(name))), ("", ""))


class SocketDeadline:
    """Watches one thread's connection, and can break it off."""

    def __init__(self) -> None:
        self.sent = False  #: Whether a byte of the request can have left.
        self.opened = False  #: Whether the connection was opened for this attempt.
        self.answered = False  #: Whether the head of a response has come.
        self.expired = False  #: Whether it was broken off because its time was over.
        self._is_aborted = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(0, self._expire)  # Not started.

    def start(self, seconds: float) -> None:
        """Begin an attempt, to be broken off after this many seconds."""
        self.sent = self.opened = self.answered = self.expired = False
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """End the attempt: from now on nothing is broken off."""
        self._timer.cancel()

    def watch(self, connected: socket.socket) -> None:
        """Watch another connection. A duplicate serves, since TLS takes over the socket itself."""
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
        """Stop watching the connection."""
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
    """Derive a class of connections that report to a deadline what they do."""

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
