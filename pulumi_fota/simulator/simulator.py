"""The simulator as tests and the command line use it: accounts, tokens, faults and a server in one."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers

from pulumi_fota.simulator import faults
from pulumi_fota.simulator.access import Access
from pulumi_fota.simulator.credentials import Credentials
from pulumi_fota.simulator.endpoints import Endpoints, Options, find
from pulumi_fota.simulator.exchange import JSON, KINDS, Answer, Request
from pulumi_fota.simulator.fleet import Account, FleetFile, Row, read_fleet
from pulumi_fota.simulator.refusals import usual_answer
from pulumi_fota.simulator.server import Server
from pulumi_fota.simulator.wsgi import wsgi_app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from _typeshed.wsgi import WSGIApplication
    from typing_extensions import Self

_log = logging.getLogger("pulumi_fota.simulator")


class Simulator:
    """A ThingSpace of one application, one user and the accounts of one fleet.

    Args:
        fleet: The fleet, or the path of its JSON file, which is read again whenever it has changed.
        credentials: The ones that are accepted. Each begins with `sim-`.
        host: The address to serve at.
        port: The port to serve at; 0 takes a free one.
        latency: Seconds that every answer takes.
        page_size: Devices on one page of an account's list.
        post_page_size: Devices on one page of the answer to a list of IMEIs; `None` for all on one page.
        max_devices: IMEIs that one request may have.
        unknown: What an IMEI gets that the account does not have: `omit` leaves it out, `row` gives a row with
            `requestStatus`, `refuse` answers 400.
        single_session: A login ends the sessions before it.
        clock: Gives monotonic seconds, for the lives of the tokens.
        sleep: Waits so many seconds, for `latency` and slow answers.
        seed: Makes the tokens the same in each run.
        record: Keep every request in `requests`.

    Raises:
        FleetError: The fleet cannot be used.
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
        self.access: Access = Access(
            credentials or Credentials(), clock=clock, seed=seed, single_session=single_session
        )
        self.latency = latency
        self.faults: faults.Faults = faults.Faults()
        self.requests: list[Request] = []
        self._endpoints = Endpoints(
            accounts,
            self.access,
            Options(page_size=page_size, post_page_size=post_page_size, max_devices=max_devices, unknown=unknown),
        )
        self._sleep = sleep
        self._record = record
        self._counts: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._address = (host, port)
        self._server: Server | None = None

    # The server.

    def start(self) -> Self:
        """Begin to serve."""
        self._server = Server(self._answer, *self._address)
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving and close every connection."""
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
        """The first account, which in most fleets is the only one."""
        return next(iter(self.accounts.values()))

    def device(self, imei: str) -> Row:
        """Give the row of a device of the first account, to read or to change.

        Raises:
            FleetError: It has no such device.
        """
        return self.account.device(imei)

    def add(self, row: Row) -> None:
        """Add a device to the first account."""
        self.account.add(row)

    def remove(self, imei: str) -> None:
        """Remove a device from the first account.

        Raises:
            FleetError: It has no such device.
        """
        self.account.remove(imei)

    # The tokens.

    def bearer(self) -> str:
        """Give the bearer that is good now, without a request for one."""
        return self.access.bearer()[0]

    def session(self) -> str:
        """Open a session without a login, and give its token."""
        return self.access.open_session()

    def expire_bearer(self, *, after: float = 0) -> None:
        """End the bearer in so many seconds; the next one is another."""
        self.access.expire_bearer(after=after)

    def expire_session(self) -> None:
        """End all sessions, as 20 idle minutes would."""
        self.access.expire_sessions()

    def lock(self) -> None:
        """Lock the user, as five refused logins would."""
        self.access.lock()

    def unlock(self) -> None:
        """Unlock the user."""
        self.access.unlock()

    def change_password(self, password: str) -> None:
        """Accept another password from now on; sessions go on."""
        now = self.access.credentials
        self.access.credentials = Credentials(key=now.key, secret=now.secret, username=now.username, password=password)

    # What reached it.

    def count(self, kind: str | None = None) -> int:
        """Count the requests that reached the simulator.

        Args:
            kind: `token`, `login`, `devices`, `account_devices`, `firmware` or `other`; all of them unless given.
        """
        if kind is None:
            return sum(self._counts.values())
        return self._counts[_known(kind)]

    def forget_requests(self) -> None:
        """Forget all requests and begin to count anew."""
        with self._lock:
            self.requests.clear()
            self._counts.clear()

    # What goes wrong.

    def answer_with(
        self,
        status: int = 200,
        *,
        body: bytes | str | None = None,
        json: Any = None,
        content_type: str = JSON,
        headers: Mapping[str, str] | None = None,
        delay: float = 0,
        on: str | None = None,
        times: int | None = None,
        first: int | None = None,
        every: int | None = None,
    ) -> None:
        """Answer with this instead, until `answer_normally`.

        Args:
            status: The status. Without a body it comes with what ThingSpace, or a proxy before it, usually sends.
            body: The body, of any bytes.
            json: The body, as a value.
            content_type: The type of the body.
            headers: Further headers, such as `{"Retry-After": "20"}`.
            delay: Seconds that the answer takes longer.
            on: The kind of request (see `count`); all kinds unless given.
            times: How often; always unless given.
            first: The request that it begins at, counted from now; alone it means that one request.
            every: At every 2nd, 3rd … request from there on.
        """
        if json is not None:
            answer = Answer.of_json(json, status=status)
        elif body is not None:
            answer = Answer.of(body, status=status, content_type=content_type)
        else:
            answer = usual_answer(status)
        fault = faults.Fault(name=str(status), answer=faults.with_headers(answer, dict(headers or {})), delay=delay)
        self._put(faults.Plan.of(fault, on=on, times=times, first=first, every=every))

    def fault(
        self,
        spec: str,
        *,
        on: str | None = None,
        times: int | None = None,
        first: int | None = None,
        every: int | None = None,
    ) -> None:
        """Put in a fault as the command line takes it: `503`, `session-expired`, `devices:429=20*2`, `slow=0.3`.

        `faults.GRAMMAR` tells how it is written, `faults.NAMES` what there is; the arguments are those of
        `answer_with`.

        Raises:
            ValueError: There is no such fault, or no such kind of request.
        """
        self._put(faults.parse(spec, on=on, times=times, first=first, every=every))

    def alter(
        self,
        change: Callable[[Any], Any],
        *,
        on: str | None = None,
        times: int | None = None,
        first: int | None = None,
        every: int | None = None,
    ) -> None:
        """Change the JSON of good answers before they leave.

        `change` gets the value, and changes it in place or returns another; the arguments beside it are those of
        `answer_with`.
        """
        fault = faults.Fault(name="altered", spoil=faults.altered(change))
        self._put(faults.Plan.of(fault, on=on, times=times, first=first, every=every))

    def chaos(self, seed: int) -> None:
        """Let random faults happen at a tenth of the requests, the same for the same seed; no login is refused."""
        with self._lock:
            self.faults.chaos = faults.Chaos(seed)

    def answer_normally(self) -> None:
        """End all faults."""
        with self._lock:
            self.faults.clear()

    def _put(self, plan: faults.Plan) -> None:
        with self._lock:
            self.faults.add(plan)

    # One exchange.

    @property
    def app(self) -> WSGIApplication:
        """The simulator as a WSGI application."""
        return wsgi_app(self._answer)

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request without a socket: status, headers and body.

        Args:
            method: The method, in capitals.
            path: The path, percent-encoded, without the query.
            query: The parameters of the query.
            headers: The headers.
            body: The body.
        """
        request = Request(
            method=method, path=path, query=dict(query or {}), headers=Headers(dict(headers or {})), body=body
        )
        answer = self._answer(request)
        return answer.status, dict(answer.headers), answer.body

    def _answer(self, request: Request) -> Answer:
        endpoint, name = find(request.method, request.path)
        request.kind = kind = endpoint if endpoint in KINDS else "other"
        with self._lock:
            self._counts[kind] += 1
            if self._record:
                self.requests.append(request)
            fault = self.faults.at(kind)
        if (delay := self.latency + (fault.delay if fault else 0)) > 0:
            self._sleep(delay)
        with self._lock:
            self._read_fleet_again()
            answer = fault.happen(self.access) if fault else None
            if answer is None:
                answer = self._endpoints.answer(endpoint, name, request)
            if fault and fault.spoil:
                answer = fault.spoil(answer)
            request.status = answer.status
        _log.info("%s: %d, %d bytes in, %d out", kind, answer.status, len(request.body), len(answer.body))
        return answer

    def _read_fleet_again(self) -> None:
        if self._file and (accounts := self._file.read_if_changed()) is not None:
            self._endpoints.accounts = accounts


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"no such kind of request: {kind!r}; there are {', '.join(KINDS)}")
    return kind
