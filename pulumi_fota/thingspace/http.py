"""One exchange over HTTP: a request leaves, and a complete response comes back, or a failure that says why not.

The one place where text leaves the client. Nothing is sent twice, except on a connection that turns out to have been
closed. Knows nothing of tokens, devices or retries.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import attrs
import requests
from urllib3 import exceptions as urllib3

from pulumi_fota._secret import Secret
from pulumi_fota._version import __version__
from pulumi_fota.errors import REPORT, ServiceUnavailable, ThingSpaceError, UnexpectedResponse
from pulumi_fota.thingspace.sockets import Adapter, SocketDeadline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pulumi_fota.thingspace.sockets import Origin

    E = TypeVar("E", bound=BaseException)

RequestKind = Literal["token", "login", "devices", "account_devices", "firmware"]
#: Kinds of failure, as the retry policy tells them apart: `retry.POLICY` says what each one covers.
FailureKind = Literal["unreachable", "handshake", "interrupted", "garbled", "busy", "failed", "final"]
#: What a refusal may be about: a token that has died, or what a token was asked with.
Credential = Literal["bearer", "session", "key", "user", "locked user"]

CONNECT_SECONDS = 5.0  # For each address.
IDLE_SECONDS = 20.0
MOST_BYTES = 16 * 1024 * 1024  # A full page of 1,000 large rows is below 1 MiB.

_PIECE, _PACKED_PIECE = 1024 * 1024, 16 * 1024  # Bytes read at once; packed ones unpack to 16 MiB at most.
_PACKINGS = frozenset({"", "identity", "gzip", "x-gzip"})  # Only gzip is offered.
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d+)")  # `http.client` has the status in this text alone.
# OpenSSL's numbers (X509_V_ERR_…).
_OUT_OF_TIME = {9: "is not valid yet", 10: "has expired"}
_WRONG_HOST = frozenset({62, 64})  # Another name, another address.


@attrs.frozen(kw_only=True)
class Request:
    """A request. Credentials are secrets in it, and become text when it leaves."""

    kind: RequestKind
    what: str  #: What it is for, to follow "cannot" in an error.
    path: str  #: Percent-encoded, with the query.
    headers: Mapping[str, Secret] = attrs.field(factory=dict)
    body: bytes | Secret | None = None  #: Without a body it is a GET, else a POST.
    content_type: str = "application/json"

    @property
    def is_login(self) -> bool:
        """Whether it may count towards a lock, and must not be sent twice."""
        return self.kind == "login"

    @property
    def carries_credentials(self) -> bool:
        """Whether it is a token call or a login, whose response is never quoted."""
        return self.kind in ("token", "login")


@attrs.frozen(kw_only=True)
class Response:
    """A complete response: unpacked, and not yet interpreted."""

    status: int
    body: bytes = attrs.field(repr=False)
    content_type: str = ""
    location: str = ""
    date: str = ""
    retry_after: tuple[str, ...] = ()


@attrs.frozen
class Failure:
    """A request that did not give what it was for."""

    error: ThingSpaceError  #: What it is to the user, not yet raised.
    kind: FailureKind  #: What it is to the retry policy.
    refuses: Credential | None = attrs.field(default=None, kw_only=True)  #: What the service no longer accepts.
    code: str = attrs.field(default="", kw_only=True)  #: The service's own code for it.


class Transport(Protocol):
    """What carries requests: an `HttpConnection`, or a test's own."""

    def send(self, request: Request, seconds: float) -> Response | Failure:
        """Send a request, and return the complete response, or why there is none."""
        ...

    def abort(self) -> None:
        """Break off what is under way, from another thread."""
        ...

    def close(self) -> None:
        """Close the connection. The next request opens another."""
        ...


class HttpConnection:
    """The connection of one thread: opened when it is needed, kept open between requests."""

    def __init__(self, origin: Origin, clock: Callable[[], float]) -> None:
        self._origin = origin
        self._clock = clock
        self._deadline = SocketDeadline()
        self._adapter = Adapter(origin, self._deadline)

    def send(self, request: Request, seconds: float) -> Response | Failure:
        """Send a request and wait for its response, for at most this many seconds."""
        ends = self._clock() + seconds
        if request.carries_credentials:
            self.close()  # It gets a new connection, which the other side cannot have closed meanwhile.
        outcome = self._attempt(request, ends)
        if isinstance(outcome, _Stale):
            outcome = self._attempt(request, ends)
        # A response broken off inside its head looks whole and empty.
        if self._deadline.expired and self._deadline.sent:
            outcome = Failure(too_slow(seconds), "interrupted")
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
                prepared_for(request, self._origin),  # In here, since the library raises if it cannot make a request.
                stream=True,
                timeout=(min(CONNECT_SECONDS, seconds), min(IDLE_SECONDS, seconds)),
                proxies={"https": proxy.reveal()} if proxy else {},
            ) as response:
                self._deadline.answered = True
                return _read(response.raw)
        except (requests.RequestException, urllib3.HTTPError, OSError, UnicodeError) as error:
            return _explain(_causes(error), self._origin, self._deadline, seconds)
        finally:
            self._deadline.cancel()


class _Stale(Failure):
    """A kept connection that the other side had closed, which says nothing of the request."""


def prepared_for(request: Request, origin: Origin) -> requests.PreparedRequest:
    """Turn a request into text, credentials included."""
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"pulumi_fota/{__version__}"}
    body = request.body.reveal().encode() if isinstance(request.body, Secret) else request.body
    if body is not None:
        headers["Content-Type"] = request.content_type
    headers |= {name: value.reveal() for name, value in request.headers.items()}
    method = "GET" if body is None else "POST"
    return requests.Request(method, f"{origin.url}{request.path}", headers=headers, data=body).prepare()


def _read(raw: Any) -> Response | Failure:
    """Read a response to its end, up to the largest size it may have."""
    packing = raw.headers.get("Content-Encoding", "").strip().lower()
    if packing not in _PACKINGS:
        return _not_unpacked()
    body = bytearray()
    for piece in raw.stream(_PACKED_PIECE if packing else _PIECE, decode_content=True):
        body += piece
        if len(body) > MOST_BYTES:
            return Failure(UnexpectedResponse(f"the answer is larger than {MOST_BYTES // 2**20} MiB", REPORT), "final")
    return Response(
        status=raw.status,
        body=bytes(body),
        content_type=raw.headers.get("Content-Type", ""),
        location=raw.headers.get("Location", ""),
        date=raw.headers.get("Date", ""),
        retry_after=tuple(raw.headers.getlist("Retry-After")),
    )


# Why there is no response.


def _causes(error: BaseException) -> list[BaseException]:
    """Return all exceptions that an exception was made of, since the libraries wrap the first cause several times."""
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


def _explain(causes: list[BaseException], origin: Origin, deadline: SocketDeadline, seconds: float) -> Failure:
    """Explain why no response came, or only a part of one."""
    if not deadline.sent:
        if deadline.expired:
            causes = [TimeoutError()]  # Any other cause comes of its being broken off.
        return _not_connected(causes, origin, seconds)
    if not deadline.opened and not deadline.answered and _first(causes, ConnectionError, ssl.SSLError):
        return _Stale(broken(), "interrupted")
    if _first(causes, urllib3.DecodeError):
        return _not_unpacked()
    if not _first(causes, urllib3.InvalidChunkLength) and (interruption := _interruption(causes, deadline, seconds)):
        return Failure(interruption, "interrupted")
    not_http = UnexpectedResponse("the answer is not HTTP", "check fota:baseUrl, and whether a proxy is in the way")
    return Failure(not_http, "garbled")


def _interruption(causes: list[BaseException], deadline: SocketDeadline, seconds: float) -> ServiceUnavailable | None:
    """Explain what interrupted an exchange that was HTTP until then."""
    if cut := _first(causes, urllib3.IncompleteRead):
        return cut_off(f" ({cut.partial:,} of {cut.partial + cut.expected:,} bytes)")
    if _first(causes, urllib3.TimeoutError, TimeoutError):
        # If the attempt has less time than silence may last, the socket may wake before the timer.
        if seconds <= IDLE_SECONDS:
            return too_slow(seconds)
        return ServiceUnavailable(f"nothing was received for {IDLE_SECONDS:g} s", "run it again")
    if _first(causes, OSError):
        return broken()
    return cut_off(" before its last chunk") if deadline.answered else None


def _not_connected(causes: list[BaseException], origin: Origin, seconds: float) -> Failure:
    """Explain why there is no connection."""
    if untrusted := _first(causes, ssl.SSLCertVerificationError):
        return Failure(_untrusted(untrusted, origin.host), "final")
    if tls := _first(causes, ssl.SSLError):
        found = f"the TLS handshake with {origin.host} failed ({tls.reason or 'no TLS'})"
        return Failure(ServiceUnavailable(found, "check fota:baseUrl, and whether a proxy is in the way"), "handshake")
    host, port = origin.next_hop
    found, do = f"{host} cannot be reached", "check the network, a VPN, or a firewall"
    if refused := next((match for cause in causes if (match := _TUNNEL_REFUSED.search(str(cause)))), None):
        found = f"the proxy {host}:{port} answered {refused[1]} to CONNECT"
        do = "give HTTPS_PROXY a user and password that the proxy accepts, or set NO_PROXY"
        return Failure(ServiceUnavailable(found, do), "unreachable")
    if _first(causes, socket.gaierror, UnicodeError, urllib3.LocationValueError):
        found, do = f"the host {host} was not found", "check the network, a VPN, or fota:baseUrl"
    elif _first(causes, ConnectionRefusedError):
        found = f"{host} refused the connection on port {port}"
        do = "a proxy or firewall may be in the way, or fota:baseUrl is wrong"
    elif _first(causes, TimeoutError):
        found = f"{host} did not accept a connection within {_rounded(min(CONNECT_SECONDS, seconds))} s"
    else:
        reason = _first(causes, OSError)
        found += f" ({(reason.strerror if reason else None) or 'connection broken'})"
    if origin.proxy:
        found, do = f"at the proxy: {found}", "check HTTPS_PROXY or ALL_PROXY, or set NO_PROXY"
    return Failure(ServiceUnavailable(found, do), "unreachable")


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> ServiceUnavailable:
    if found := _OUT_OF_TIME.get(error.verify_code):
        return ServiceUnavailable(
            f"the certificate of {host} {found}", "check the clock of this machine, and fota:baseUrl"
        )
    if error.verify_code in _WRONG_HOST:
        return ServiceUnavailable(
            f"the certificate of {host} was issued for another host",
            "check fota:baseUrl, and whether a proxy is in the way",
        )
    return ServiceUnavailable(
        f"the certificate of {host} is not trusted by this machine ({error.verify_message})",
        "if a proxy inspects TLS traffic, set fota:caBundle to the file of its CA certificate",
    )


def _not_unpacked() -> Failure:
    return Failure(UnexpectedResponse("the answer could not be decompressed", REPORT), "garbled")


def broken() -> ServiceUnavailable:
    """Return the error for a connection that broke after something was sent."""
    return ServiceUnavailable("the connection broke before an answer arrived", "run it again")


def too_slow(seconds: float) -> ServiceUnavailable:
    """Return the error for a response that was not complete in time."""
    found = f"no complete answer arrived within {_rounded(seconds)} s"
    return ServiceUnavailable(found, "run it again, or raise fota:timeout")


def cut_off(where: str) -> ServiceUnavailable:
    """Return the error for a response that ended too early."""
    return ServiceUnavailable(f"the answer was cut off{where}", "run it again")


def _rounded(seconds: float) -> str:
    """Format seconds, which may be the rest of a deadline, with one decimal place at most."""
    return f"{round(seconds, 1) or 0.1:g}"
