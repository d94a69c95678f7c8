"""A client of the simulator that does only what it is told, and a clock that a test moves."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from pulumi_fota.simulator import Credentials, Simulator
from support.fleet import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable

READS = "/api/fota/v3"
GOOD = Credentials()
SAMPLES = Path(__file__).parent / "samples"


@attrs.define
class Clock:
    """Monotonic seconds that pass when a test says so, or when something sleeps."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@attrs.frozen
class Reply:
    """A response: its status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The message of a refusal by the firmware service."""
        return self.json["errorMessage"]

    @property
    def imeis(self) -> list[str]:
        """The IMEIs of the devices in the response."""
        return [row["deviceId"] for row in self.json["deviceList"]]


@attrs.define
class Caller:
    """Sends requests to a simulator without a socket, with valid tokens by default."""

    simulator: Simulator
    bearer: str = ""
    session: str = ""

    def send(self, method: str, path: str, *, query: Any = None, headers: Any = None, body: bytes = b"") -> Reply:
        """Send one request as it is."""
        return Reply(*self.simulator.handle(method, path, query, headers, body))

    def token(self, key: str = GOOD.key, secret: str = GOOD.secret, **changes: Any) -> Reply:
        """Request a bearer token."""
        basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        body = changes.pop("body", b"grant_type=client_credentials")
        return self.send("POST", "/api/ts/v1/oauth2/token", headers=without_none(headers | changes), body=body)

    def login(self, username: Any = GOOD.username, password: Any = GOOD.password, **changes: Any) -> Reply:
        """Request a session."""
        headers = {"Authorization": f"Bearer {self.bearer}", "Content-Type": "application/json"}
        body = changes.pop("body", json.dumps({"username": username, "password": password}).encode())
        return self.send("POST", "/api/m2m/v1/session/login", headers=without_none(headers | changes), body=body)

    def devices(self, imeis: Any, *, account: str = ACCOUNT, query: Any = None, **changes: Any) -> Reply:
        """Request the devices of a list."""
        headers = {"Content-Type": "application/json"} | self.tokens() | changes.pop("headers", {})
        body = changes.pop("body", json.dumps({"deviceList": imeis}).encode())
        path = f"{READS}/devices/{account}"
        return self.send("POST", path, query=query, headers=without_none(headers), body=body)

    def account_devices(self, *, account: str = ACCOUNT, **query: str) -> Reply:
        """Request a page of all devices."""
        return self.send("GET", f"{READS}/devices/{account}", query=query, headers=self.tokens())

    def firmware(self, *, account: str = ACCOUNT, **query: str) -> Reply:
        """Request the firmware packages."""
        return self.send("GET", f"{READS}/firmware/{account}", query=query, headers=self.tokens())

    def tokens(self) -> dict[str, str]:
        """Return the two headers that each read needs."""
        return {"Authorization": f"Bearer {self.bearer}", "VZ-M2M-Token": self.session}


def without_none(headers: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}


@pytest.fixture
def clock() -> Clock:
    """
    A clock that stands still.
    """
    return Clock()


@pytest.fixture
def call(clock: Clock, fleet: dict[str, Any]) -> Callable[..., Caller]:
    """
    Returns a caller, with both tokens, of a simulator with these options and, by default, the small fleet.
    """

    def make(fleet: Any = fleet, **options: Any) -> Caller:
        simulator = Simulator(fleet, clock=clock, sleep=clock.sleep, **options)
        return Caller(simulator, simulator.bearer(), simulator.session())

    return make


@pytest.fixture
def caller(call: Callable[..., Caller]) -> Caller:
    """
    A caller of a simulator with the small fleet.
    """
    return call()


@pytest.fixture
def many() -> dict[str, Any]:
    """
    2,345 devices in one account.
    """
    rows = [{"deviceId": f"{359999000000000 + number:015}", "firmware": "1"} for number in range(2345)]
    return {"accountName": ACCOUNT, "deviceList": rows}


@pytest.fixture
def sample() -> Callable[[str], Any]:
    """
    Reads a documented sample: the shapes of ThingSpace's pages, with values.
    """

    def read(name: str) -> Any:
        return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))

    return read
