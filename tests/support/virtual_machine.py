"""A machine whose time passes only when somebody waits, with a simulated ThingSpace on the other end of the line."""

from __future__ import annotations

import gzip
import itertools
import random
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pulumi_fota._secret import Secret
from pulumi_fota.settings import Application, Settings, User
from pulumi_fota.simulator import Simulator
from pulumi_fota.thingspace.client import Client
from pulumi_fota.thingspace.http import Failure, Response, cut_off, prepared_for, too_slow
from pulumi_fota.thingspace.process import Service
from pulumi_fota.thingspace.workers import Runtime
from support.fleet import ACCOUNT

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.thingspace.http import Request
    from pulumi_fota.thingspace.sockets import Origin

_addresses = itertools.count(1)  # What is remembered of an address must not reach another test.


def settings_for(base_url: str, **changes: Any) -> Settings:
    """Return settings that the simulator accepts, with these changes."""
    return Settings(
        **{
            "account": ACCOUNT,
            "application": Application(key=Secret("sim-key"), secret=Secret("sim-secret")),
            "user": User(username="sim-user", password=Secret("sim-password")),
            "base_url": base_url,
            **changes,
        }
    )


class VirtualMachine:
    """The machine, the service, and the time they share."""

    def __init__(self, fleet: dict[str, Any], folder: Path, *, seed: int = 0, **options: Any) -> None:
        number = next(_addresses)
        self.base_url = f"http://127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:1"
        self.now = 1000.0
        self.wall_offset = 1_700_000_000.0
        self.waits: list[float] = []  # Those of the client.
        self.simulator = Simulator(fleet, clock=self.clock, sleep=self._pass, seed=seed, **options)
        self.outcomes: list[Callable[[Request], Response | Failure | None]] = []  # In place of the next answers.
        self.random = random.Random(seed)  # noqa: S311 (the same waits again for the same seed)
        self.runtime = Runtime(
            clock=self.clock,
            wall_clock=lambda: self.now + self.wall_offset,
            wait=self._wait,
            random=self.random.random,
            spawn=lambda work: work(),
            connect=lambda origin, _clock: VirtualTransport(self, origin),
            state=lambda: folder,
        )

    def clock(self) -> float:
        """Return the virtual time."""
        return self.now

    def client(self, **changes: Any) -> Client:
        """Return a client that nobody has used."""
        settings = settings_for(self.base_url, **{"concurrency": 1, **changes})
        return Client(settings=settings, service=Service.of(settings, self.runtime))

    def next_outcome(self, outcome: Response | Failure) -> None:
        """Let the next request end so, before it reaches the service."""
        self.outcomes.append(lambda _request: outcome)

    def kinds(self) -> list[str]:
        """Return the kinds of the requests that reached the service."""
        return [request.kind for request in self.simulator.requests]

    def _pass(self, seconds: float) -> None:
        self.now += seconds

    def _wait(self, event: threading.Event, seconds: float) -> None:
        if not event.is_set():
            self.waits.append(seconds)
            self.now += seconds


class VirtualTransport:
    """Carries requests to the simulator in the same thread."""

    def __init__(self, machine: VirtualMachine, origin: Origin) -> None:
        self._machine = machine
        self._origin = origin

    def send(self, request: Request, seconds: float) -> Response | Failure:
        """Return the response, if it came in time."""
        began = self._machine.now
        if self._machine.outcomes and (outcome := self._machine.outcomes.pop(0)(request)) is not None:
            return outcome
        prepared = prepared_for(request, self._origin)
        parts = urlsplit(prepared.url or "")
        status, headers, body = self._machine.simulator.handle(
            prepared.method or "",
            parts.path,
            dict(parse_qsl(parts.query)),
            dict(prepared.headers),
            prepared.body or b"",
        )
        if self._machine.now - began >= seconds:
            self._machine.now = began + seconds
            return Failure(too_slow(seconds), "interrupted")
        return _answer(status, headers, body)

    def abort(self) -> None:
        """Do nothing: nothing is under way."""

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _answer(status: int, headers: dict[str, str], body: bytes) -> Response | Failure:
    expected = int(headers.get("Content-Length", len(body)))
    if expected > len(body):
        return Failure(cut_off(f" ({len(body):,} of {expected:,} bytes)"), "interrupted")
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    retry_after = tuple(value for name, value in headers.items() if name == "Retry-After")
    return Response(
        status=status,
        body=body,
        content_type=headers.get("Content-Type", ""),
        location=headers.get("Location", ""),
        date=headers.get("Date", ""),
        retry_after=retry_after,
    )
