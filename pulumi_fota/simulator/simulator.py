"""The simulator as tests and the command line use it: accounts, tokens, faults and a server."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from werkzeug.datastructures import Headers

from pulumi_fota.simulator.auth import Credentials, TokenRegistry
from pulumi_fota.simulator.endpoints import KINDS, Behavior, Endpoints, find
from pulumi_fota.simulator.fault_plan import Chaos, Faults, Plan, When, parse_plan
from pulumi_fota.simulator.faults import Fault, json_change
from pulumi_fota.simulator.fleet import Account, FleetFile, Row, read_fleet
from pulumi_fota.simulator.http import JSON, Request, Response, Server
from pulumi_fota.simulator.refusals import usual_response
from pulumi_fota.simulator.suggestions import unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from typing_extensions import Self, Unpack

_log = logging.getLogger("pulumi_fota.simulator")


class Simulator:
    """A ThingSpace with the accounts of a fleet, one application and one user.

    Args:
        fleet: The fleet, or the path of a JSON file, which is read again whenever it has changed.
        credentials: The credentials that are accepted. Each begins with `sim-`.
        host: The address to serve at.
        port: The port to serve at; 0 takes a free one.
        latency: Seconds that every response takes.
        page_size: The number of devices on a page of the account's list.
        post_page_size: The number of devices on a page of the response to a list of IMEIs; `None` for a single page.
        max_devices: The number of IMEIs that a request may have.
        unknown: What happens if an IMEI is not in the account: `omit` leaves it out, `row` returns a row with
            `requestStatus`, `refuse` responds with 400.
        single_session: A login ends earlier sessions.
        clock: Returns monotonic seconds, which the lifetimes of the tokens are measured in.
        sleep: Waits some seconds, for `latency` and slow responses.
        seed: Makes the tokens the same in each run.
        record: Keep every request in `requests`.

    Attributes:
        tokens: The bearer token, the sessions, and the lock of the user.
        latency: Seconds that every response takes.
        faults: The faults that are in force.
        requests: Every request since the start or the last `forget_requests`, with its kind and status.

    Raises:
        FleetError: The fleet is invalid.
        ValueError: An option is invalid.
    """

    def __init__(
        self,
        fleet: Mapping[str, Any] | str | Path,
        *,
        credentials: Credentials | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        latency: float = 0.0,
        page_size: int = 1000,
        post_page_size: int | None = None,
        max_devices: int = 1000,
        unknown: str = "omit",
        single_session: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        seed: int | None = None,
        record: bool = True,
    ) -> None:
        self._file: FleetFile | None = None
        if isinstance(fleet, (str, Path)):
            self._file = FleetFile(fleet)
            accounts = self._file.read()
        else:
            accounts = read_fleet(fleet)
        self.tokens: TokenRegistry = TokenRegistry(
            credentials or Credentials(), clock=clock, seed=seed, single_session=single_session
        )
        self.latency = latency
        self.faults: Faults = Faults()
        self.requests: list[Request] = []
        behavior = Behavior(
            page_size=page_size, post_page_size=post_page_size, max_devices=max_devices, unknown=unknown
        )
        self._endpoints = Endpoints(accounts, self.tokens, behavior)
        self._sleep = sleep
        self._record = record
        self._counts: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._address = (host, port)
        self._server: Server | None = None

    # The server.

    def start(self) -> Self:
        """Start to serve.

        Raises:
            OSError: The port is in use, or the address is not one of this machine.
        """
        self._server = Server(self._respond, *self._address)
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving and close all connections."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL, such as `http://127.0.0.1:41234`."""
        if self._server is None:
            raise RuntimeError("the simulator is not serving: use it in a with statement, or start() it")
        return self._server.url

    # The accounts.

    @property
    def accounts(self) -> dict[str, Account]:
        """The accounts, by name."""
        return self._endpoints.accounts

    @property
    def account(self) -> Account:
        """The first account, which is the only one in most fleets."""
        return next(iter(self.accounts.values()))

    def device(self, imei: str) -> Row:
        """Return the row of a device of the first account, to read or to change.

        Raises:
            FleetError: The account has no such device.
        """
        return self.account.device(imei)

    def add(self, row: Row) -> None:
        """Add a device to the first account.

        Raises:
            FleetError: The row has no `deviceId`, or the account has the device already.
        """
        self.account.add(row)

    def remove(self, imei: str) -> None:
        """Remove a device from the first account.

        Raises:
            FleetError: The account has no such device.
        """
        self.account.remove(imei)

    # The tokens.

    def bearer(self) -> str:
        """Return the valid bearer token, without a request for one."""
        return self.tokens.bearer()[0]

    def session(self) -> str:
        """Open a session without a login and return its token."""
        return self.tokens.open_session()

    def expire_bearer(self, *, after: float = 0) -> None:
        """End the bearer token after some seconds. The next one differs."""
        self.tokens.expire_bearer(after=after)

    def expire_session(self) -> None:
        """End all sessions, as 20 idle minutes would."""
        self.tokens.expire_sessions()

    def lock(self) -> None:
        """Lock the user, as five refused logins would."""
        self.tokens.lock()

    def unlock(self) -> None:
        """Unlock the user."""
        self.tokens.unlock()

    def change_password(self, password: str) -> None:
        """Accept another password from now on. Sessions stay valid."""
        self.tokens.credentials = attrs.evolve(self.tokens.credentials, password=password)

    # The requests.

    def count(self, kind: str | None = None) -> int:
        """Return how many requests have reached the simulator.

        Args:
            kind: `token`, `login`, `devices`, `account_devices`, `firmware` or `other`; by default, all of them.

        Raises:
            ValueError: There is no such kind.
        """
        if kind is None:
            return sum(self._counts.values())
        if kind not in KINDS:
            raise ValueError(unknown_name("kind of request", kind, KINDS))
        return self._counts[kind]

    def forget_requests(self) -> None:
        """Forget all requests, and count from zero."""
        with self._lock:
            self.requests.clear()
            self._counts.clear()

    # The faults. (`OPTIONS` in fault_plan.py says what on, times, first and every mean.)

    def answer_with(
        self,
        status: int = 200,
        *,
        body: bytes | str | None = None,
        json: Any = None,
        content_type: str = JSON,
        headers: Mapping[str, str] | None = None,
        delay: float = 0,
        **when: Unpack[When],
    ) -> None:
        """Respond with this until `answer_normally`.

        Args:
            status: The status. Without a body it has the one that ThingSpace, or a proxy before it, usually sends.
            body: The body.
            json: The body, as a JSON value.
            content_type: The type of the body.
            headers: Further headers, such as `{"Retry-After": "20"}`.
            delay: Seconds that the response takes longer.
            when: The requests that it applies to, by default all: `on` is their kind (see `count`), `times` how often,
                `first` the first one, counted from now (alone it means that one request), and `every` each 2nd, 3rd …
                from there on.

        Raises:
            TypeError: There is no such option.
            ValueError: There is no such kind of request, or a number is below 1.
        """
        if json is not None:
            response = Response.of_json(json, status=status)
        elif body is not None:
            response = Response.of(body, status=status, content_type=content_type)
        else:
            response = usual_response(status)
        fault = Fault(str(status), response=response.with_headers(dict(headers or {})), delay=delay)
        self._add(Plan(fault, **when))

    def fault(self, text: str, **when: Unpack[When]) -> None:
        """Inject a fault from its text: `503`, `session-expired`, `devices:429=20*2`, `slow=0.3`.

        Args:
            text: The text. `--help` of the command line says how it is written, and lists all faults.
            when: The requests that it happens at, as far as the text does not say (see `answer_with`).

        Raises:
            TypeError: There is no such option.
            ValueError: There is no such fault or kind of request, or a number is below 1.
        """
        self._add(parse_plan(text, **when))

    def alter(self, change: Callable[[Any], Any], **when: Unpack[When]) -> None:
        """Change the JSON values of successful responses before they are sent.

        Args:
            change: Gets the value, and changes it in place or returns another one.
            when: The requests that it happens at (see `answer_with`).

        Raises:
            TypeError: There is no such option.
            ValueError: There is no such kind of request, or a number is below 1.
        """
        self._add(Plan(Fault("altered", change=json_change(change)), **when))

    def chaos(self, seed: int) -> None:
        """Inject random faults at a tenth of the requests, the same for the same seed. No login is refused."""
        with self._lock:
            self.faults.chaos = Chaos(seed)

    def answer_normally(self) -> None:
        """End all faults."""
        with self._lock:
            self.faults.clear()

    def _add(self, plan: Plan) -> None:
        with self._lock:
            self.faults.add(plan)

    # The responses.

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> tuple[int, dict[str, str], bytes]:
        """Return the status, headers and body of the response to a request, without a socket.

        Args:
            method: The method, in capitals.
            path: The path, percent-encoded, without the query.
            query: The query parameters.
            headers: The headers.
            body: The body.
        """
        request = Request(
            method=method, path=path, query=dict(query or {}), headers=Headers(dict(headers or {})), body=body
        )
        response = self._respond(request)
        return response.status, dict(response.headers), response.body

    def _respond(self, request: Request) -> Response:
        endpoint, name = find(request.method, request.path)
        request.kind = kind = endpoint if endpoint in KINDS else "other"
        with self._lock:
            self._counts[kind] += 1
            if self._record:
                self.requests.append(request)
            fault = self.faults.at(kind) or Fault("")
        if (delay := self.latency + fault.delay) > 0:
            self._sleep(delay)
        with self._lock:
            if self._file and (accounts := self._file.read_if_changed()) is not None:
                self._endpoints.accounts = accounts
            response = fault.begin(self.tokens) or self._endpoints.respond(endpoint, name, request)
            if fault.change:
                response = fault.change(response)
            request.status = response.status
        _log.info("%s: %d, %d bytes in, %d out", kind, response.status, len(request.body), len(response.body))
        return response
