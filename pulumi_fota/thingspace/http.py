"""One exchange over HTTP: a request leaves, a complete answer comes back, or a failure that tells why not.

The one place where text leaves the client. Nothing is sent twice except on a connection that turns out to have
been closed. Knows nothing of tokens, devices or retries.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from urllib3 import exceptions as urllib3

from pulumi_fota._secret import Secret
from pulumi_fota._version import __version__
from pulumi_fota.errors import ServiceUnavailable, ThingSpaceError, UnexpectedResponse
from pulumi_fota.thingspace.failure import Failure
from pulumi_fota.thingspace.request import Request, Response
from pulumi_fota.thingspace.sockets import Adapter, SocketDeadline

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.thingspace.origin import Origin

    E = TypeVar("E", bound=BaseException)

CONNECT_SECONDS = 5.0  # For each address.
IDLE_SECONDS = 20.0
MOST_BYTES = 16 * 1024 * 1024  # A full page of 1,000 fat rows is below 1 MiB.

_PIECE, _PACKED_PIECE = 1024 * 1024, 16 * 1024  # Bytes read at once; of what is packed, 16 MiB at most when unpacked.
_PACKINGS = frozenset({"", "identity", "gzip", "x-gzip"})  # Only gzip is offered.
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d+)")  # `http.client` says so in words alone.
_EXPIRED, _WRONG_NAME, _WRONG_ADDRESS = 10, 62, 64  # OpenSSL's numbers (X509_V_ERR_…).


class HttpConnection:
    """The connection of one thread: opened when it is needed, kept open between requests."""

    def __init__(self, origin: Origin, clock: Callable[[], float]) -> None:
        self._origin = origin
        self._clock = clock
        self._deadline = SocketDeadline()
        self._adapter = Adapter(origin, self._deadline)

    def send(self, request: Request, seconds: float) -> Response | Failure:
        """Send a request and wait for its answer, for so many seconds at most."""
        ends = self._clock() + seconds
        if request.carries_credentials:
            self.close()  # A connection of its own: none that the other side may have closed meanwhile.
        outcome = self._attempt(request, ends)
        if isinstance(outcome, _Stale):
            outcome = self._attempt(request, ends)
        # Broken off inside its head, an answer looks whole and empty.
        if self._deadline.expired and self._deadline.sent:
            outcome = Failure(ServiceUnavailable.too_slow(seconds), attempts=3)
        if isinstance(outcome, Failure):
            self.close()
        return outcome

    def abort(self) -> None:
        """Break off what is under way and whatever follows, from another thread."""
        self._deadline.abort()

    def close(self) -> None:
        """Close the connection. The next request opens another."""
        self._adapter.close()
        self._deadline.release()

    def _attempt(self, request: Request, ends: float) -> Response | Failure:
        seconds = max(ends - self._clock(), 0.001)
        proxy = self._origin.proxy
        self._deadline.start(seconds)
        try:
            with self._adapter.send(
                prepared_for(request, self._origin),  # In here, since the library raises where it can make no request.
                stream=True,
                timeout=(min(CONNECT_SECONDS, seconds), min(IDLE_SECONDS, seconds)),
                proxies={"https": proxy.reveal()} if proxy else {},
            ) as response:
                self._deadline.answered = True
                return _read(response.raw)
        except (requests.RequestException, urllib3.HTTPError, OSError, UnicodeError) as error:
            return _failure(_causes(error), self._origin, self._deadline, seconds)
        finally:
            self._deadline.cancel()


class _Stale(Failure):
    """A connection kept open that the other side had closed, which says nothing of the request."""


def prepared_for(request: Request, origin: Origin) -> requests.PreparedRequest:
    """Turn a request into text, credentials included."""
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"pulumi_fota/{__version__}"}
    body = request.body.reveal().encode() if isinstance(request.body, Secret) else request.body
    if body is not None:
        headers["Content-Type"] = request.content_type
    headers |= {name: value.reveal() for name, value in request.headers.items()}
    return requests.Request(request.method, f"{origin.url}{request.path}", headers=headers, data=body).prepare()


def _read(raw: Any) -> Response | Failure:
    """Read an answer to its end, and no further than the most that it may be."""
    packing = raw.headers.get("Content-Encoding", "").strip().lower()
    if packing not in _PACKINGS:
        return Failure(UnexpectedResponse.not_unpacked(), attempts=2)
    body = bytearray()
    for piece in raw.stream(_PACKED_PIECE if packing else _PIECE, decode_content=True):
        body += piece
        if len(body) > MOST_BYTES:
            return Failure(UnexpectedResponse.too_large(MOST_BYTES))
    return Response(
        status=raw.status,
        body=bytes(body),
        content_type=raw.headers.get("Content-Type", ""),
        location=raw.headers.get("Location", ""),
        date=raw.headers.get("Date", ""),
        retry_after=tuple(raw.headers.getlist("Retry-After")),
    )


def _causes(error: BaseException) -> list[BaseException]:
    """Give all that an exception was made of, since the libraries wrap the first cause several times."""
    causes: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in causes:
            causes.append(cause)
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
    return [cause for cause in causes if not isinstance(cause, requests.RequestException)]  # Each is an OSError too.


def _first(causes: list[BaseException], *kinds: type[E]) -> E | None:
    return next((cause for cause in causes if isinstance(cause, kinds)), None)


def _failure(causes: list[BaseException], origin: Origin, deadline: SocketDeadline, seconds: float) -> Failure:
    """Tell why no answer came, or only a part of one."""
    if not deadline.sent:
        if deadline.expired:
            causes = [TimeoutError()]  # What else there is comes of its being broken off.
        return _not_open(causes, origin, seconds)
    if not deadline.opened and not deadline.answered and _first(causes, ConnectionError, ssl.SSLError):
        return _Stale(ServiceUnavailable.broken())
    words: ThingSpaceError = UnexpectedResponse.not_http()
    attempts = 2
    if _first(causes, urllib3.DecodeError):
        words = UnexpectedResponse.not_unpacked()
    elif not _first(causes, urllib3.InvalidChunkLength) and (late := _interrupted(causes, deadline, seconds)):
        words, attempts = late, 3
    return Failure(words, attempts=attempts)


def _interrupted(causes: list[BaseException], deadline: SocketDeadline, seconds: float) -> ServiceUnavailable | None:
    """Tell what broke off a talk that was HTTP until then."""
    if cut := _first(causes, urllib3.IncompleteRead):
        return ServiceUnavailable.cut(cut.partial, cut.partial + cut.expected)
    if _first(causes, urllib3.TimeoutError, TimeoutError):
        # The socket may wake before the watch does, where the attempt has less time than silence.
        return (
            ServiceUnavailable.silent(IDLE_SECONDS) if seconds > IDLE_SECONDS else ServiceUnavailable.too_slow(seconds)
        )
    if _first(causes, OSError):
        return ServiceUnavailable.broken()
    return ServiceUnavailable.cut_in_chunks() if deadline.answered else None


def _not_open(causes: list[BaseException], origin: Origin, seconds: float) -> Failure:
    """Tell why there is no connection."""
    host, port = origin.next_hop
    refused = next((match for cause in causes if (match := _TUNNEL_REFUSED.search(str(cause)))), None)
    if untrusted := _first(causes, ssl.SSLCertVerificationError):
        return Failure(_untrusted(untrusted, origin.host), sent=False)
    if tls := _first(causes, ssl.SSLError):
        return Failure(ServiceUnavailable.tls_broken(origin.host, tls.reason or "no TLS"), attempts=2, sent=False)
    if refused:
        return Failure(ServiceUnavailable.proxy_refused(f"{host}:{port}", int(refused[1])), attempts=3, sent=False)
    if _first(causes, socket.gaierror, UnicodeError, urllib3.LocationValueError):
        words = ServiceUnavailable.host_not_found(host)
    elif _first(causes, ConnectionRefusedError):
        words = ServiceUnavailable.connection_refused(host, port)
    elif _first(causes, TimeoutError):
        words = ServiceUnavailable.no_connection(host, min(CONNECT_SECONDS, seconds))
    else:
        reason = _first(causes, OSError)
        words = ServiceUnavailable.no_route(host, (reason.strerror if reason else None) or "connection broken")
    return Failure(words.at_the_proxy() if origin.proxy else words, attempts=3, sent=False)


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> ServiceUnavailable:
    if error.verify_code == _EXPIRED:
        return ServiceUnavailable.expired_certificate(host)
    if error.verify_code in {_WRONG_NAME, _WRONG_ADDRESS}:
        return ServiceUnavailable.foreign_certificate(host)
    return ServiceUnavailable.certificate(host, error.verify_message)
