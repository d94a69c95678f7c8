"""A machine whose time passes only when somebody waits, with a simulated ThingSpace on the other end of the line."""

from __future__ import annotations

import gzip
import itertools
import random
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pulumi_fota._secret import Secret
from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.settings import Application, Settings, User
from pulumi_fota.simulator import Simulator
from pulumi_fota.thingspace.client import Client
from pulumi_fota.thingspace.exchange import prepared_for
from pulumi_fota.thingspace.failure import Failure
from pulumi_fota.thingspace.request import Answer
from pulumi_fota.thingspace.service import Service
from pulumi_fota.thingspace.world import World

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.thingspace.origin import Origin
    from pulumi_fota.thingspace.request import Request

ACCOUNT = "0000123456-00001"
_addresses = itertools.count(1)  # What is remembered of an address must not reach another test.


def settings_for(base_url: str, **changes: Any) -> Settings:
    """Give settings that the simulator accepts, with these changes."""
    return Settings(
        **{
            "account": ACCOUNT,
            "application": Application(key=Secret("sim-key"), secret=Secret("sim-secret")),
            "user": User(username="sim-user", password=Secret("sim-password")),
            "base_url": base_url,
            **changes,
        }
    )


class VirtualWorld:
    """The machine, the service, and the time they share."""

    def __init__(self, fleet: dict[str, Any], folder: Path, *, seed: int = 0, **options: Any) -> None:
        number = next(_addresses)
        self.base_url = f"http://127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:1"
        self.now = 1000.0
        self.wall_offset = 1_700_000_000.0
        self.waits: list[float] = []  # Those of the client.
        self.simulator = Simulator(fleet, clock=self.clock, sleep=self._pass, seed=seed, **options)
        self.outcomes: list[Callable[[Request], Answer | Failure | None]] = []  # In place of the next answers.
        self.random = random.Random(seed)  # noqa: S311 (the same waits again for the same seed)
        self.world = World(
            clock=self.clock,
            wall=lambda: self.now + self.wall_offset,
            wait=self._wait,
            random=self.random.random,
            spawn=lambda work: work(),
            line=lambda origin, _clock: VirtualLine(self, origin),
            state=lambda: folder,
        )

    def clock(self) -> float:
        """Tell the time."""
        return self.now

    def client(self, **changes: Any) -> Client:
        """Give a client that nobody has used."""
        settings = settings_for(self.base_url, **{"concurrency": 1, **changes})
        return Client(settings=settings, service=Service.of(settings, self.world))

    def next_outcome(self, outcome: Answer | Failure) -> None:
        """Let the next request end so, before it reaches the service."""
        self.outcomes.append(lambda _request: outcome)

    def kinds(self) -> list[str]:
        """Tell what reached the service."""
        return [request.kind for request in self.simulator.requests]

    def _pass(self, seconds: float) -> None:
        self.now += seconds

    def _wait(self, event: threading.Event, seconds: float) -> None:
        if not event.is_set():
            self.waits.append(seconds)
            self.now += seconds


class VirtualLine:
    """Carries requests to the simulator in the same thread."""

    def __init__(self, world: VirtualWorld, origin: Origin) -> None:
        self._world = world
        self._origin = origin

    def send(self, request: Request, seconds: float) -> Answer | Failure:
        """Give what came back, if it came in time."""
        began = self._world.now
        if self._world.outcomes and (outcome := self._world.outcomes.pop(0)(request)) is not None:
            return outcome
        prepared = prepared_for(request, self._origin)
        parts = urlsplit(prepared.url or "")
        status, headers, body = self._world.simulator.handle(
            prepared.method or "",
            parts.path,
            dict(parse_qsl(parts.query)),
            dict(prepared.headers),
            prepared.body or b"",
        )
        if self._world.now - began >= seconds:
            self._world.now = began + seconds
            return Failure(ServiceUnavailable.too_slow(seconds), attempts=3)
        return _answer(status, headers, body)

    def shut(self) -> None:
        """Do nothing: nothing is under way."""

    def end(self) -> None:
        """Do nothing: nothing is open."""


def _answer(status: int, headers: dict[str, str], body: bytes) -> Answer | Failure:
    expected = int(headers.get("Content-Length", len(body)))
    if expected > len(body):
        return Failure(ServiceUnavailable.cut(len(body), expected), attempts=3)
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    retry_after = tuple(value for name, value in headers.items() if name == "Retry-After")
    return Answer(
        status=status,
        body=body,
        content_type=headers.get("Content-Type", ""),
        location=headers.get("Location", ""),
        date=headers.get("Date", ""),
        retry_after=retry_after,
    )
