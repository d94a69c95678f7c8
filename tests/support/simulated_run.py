"""One run of the real client against the real simulator in virtual time, with faults drawn from a seed.

A run is a few reads by one or two processes of one machine, between which time passes. After each read its result is
compared with what the service held meanwhile; after the run all is well again, and must be.
"""

from __future__ import annotations

import logging
import random
import re
import threading
from collections import Counter
from math import ceil
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota._secret import Secret
from pulumi_fota.errors import CredentialsRefused, ThingSpaceError
from pulumi_fota.settings import Application, User
from pulumi_fota.simulator import Credentials
from pulumi_fota.thingspace import refused_logins
from pulumi_fota.thingspace.http import Failure
from support.canaries import CREDENTIALS
from support.simulated_faults import ALL, TABLE, Call, Fault
from support.virtual_machine import VirtualMachine, VirtualTransport

if TYPE_CHECKING:
    from pathlib import Path

    from pulumi_fota.model import DeviceSet
    from pulumi_fota.thingspace.client import Client
    from pulumi_fota.thingspace.http import Request, Response
    from pulumi_fota.thingspace.sockets import Origin

    Facts = tuple[Any, ...]

_PATH = re.compile(r"(?<=delete )/\S+")
_LOG = logging.getLogger("pulumi_fota.thingspace")

ACTIVE, FIRED = 0.25, 0.25  # The share of faults that a run draws from, and of calls at which one happens.
DEADLINE = 120.0
FOREIGN = "990000999999990"
HOUR = 3600.0
FIRST = 350_000_000_000_000


class Broken(AssertionError):
    """An invariant does not hold."""


@attrs.define
class Process:
    """A process of the machine, with a client and what it remembers."""

    client: Client
    password: str
    memory: dict[Any, float] = attrs.field(factory=dict)
    login_refused: float | None = None  #: When it heard that its login is refused.
    key_refused: bool = False  #: Whether it has heard that its key is refused.


class FaultyTransport:
    """Carries requests to the simulator, unless something goes wrong."""

    def __init__(self, run: Run, origin: Origin) -> None:
        self._run = run
        self._transport = VirtualTransport(run.machine, origin)
        self.is_open = False

    def send(self, request: Request, seconds: float) -> Response | Failure:
        """Return the response."""
        self.is_open = True
        return self._run.call(request, seconds, lambda: self._transport.send(request, seconds))

    def abort(self) -> None:
        """Do nothing: nothing is under way in another thread."""

    def close(self) -> None:
        """Note that it is closed."""
        self.is_open = False


class Listener(logging.Handler):
    """Hears what the client logs."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(record.getMessage())


class Run:
    """One run, by its seed."""

    def __init__(self, seed: int, folder: Path, seen: Counter[str] | None = None) -> None:
        self.random = random.Random(seed)  # noqa: S311 (the same run again for the same seed)
        self.folder = folder
        self.seen = Counter() if seen is None else seen  #: How often each fault happened, and each kind of end.
        self.history: list[str] = []  #: What happened, to tell a run from another.
        self.active = [fault for fault in TABLE if self.random.random() < ACTIVE]
        self.faulty = True
        self.cancelled = self.jumped = self.lied = False
        self.password = CREDENTIALS["password"]
        self.transports: list[FaultyTransport] = []
        self._listener = Listener()
        self._begin_machine(seed)
        self._new = FIRST + 500
        self._process = self._processes[0]
        self._begin_read()

    def _begin_machine(self, seed: int) -> None:
        draw = self.random
        rows = [self._row(FIRST + n) for n in range(draw.choice([0, 1, 3, 12, 30]))]
        self.page_size, self.post_page_size = draw.choice([2, 7, 1000]), draw.choice([None, 1, 3])
        self.machine = VirtualMachine(
            {"accountName": "0000123456-00001", "deviceList": rows, "firmwareList": [{"firmwareTo": "1.3"}]},
            self.folder,
            seed=seed,
            credentials=Credentials(**CREDENTIALS),
            page_size=self.page_size,
            post_page_size=self.post_page_size,
            unknown=draw.choice(["omit", "row", "refuse"]),
            single_session=draw.random() < 0.5,
        )
        self.simulator = self.machine.simulator
        self.machine.runtime = attrs.evolve(self.machine.runtime, connect=lambda origin, _clock: self._connect(origin))
        self.batch_size = draw.choice([1, 5, 1000])
        self._processes = [Process(self._client(), self.password) for _ in range(draw.choice([1, 2]))]

    def _row(self, imei: int) -> dict[str, Any]:
        return {
            "deviceId": str(imei),
            "firmware": self.random.choice(["1.1", "1.2", ""]),
            "fotaEligible": self.random.random() < 0.5,
            "createTime": "2021-06-09 17:41:16.72 +0000 UTC",
        }

    def _client(self) -> Client:
        return self.machine.client(
            application=Application(key=Secret(CREDENTIALS["key"]), secret=Secret(CREDENTIALS["secret"])),
            user=User(username="sim-user", password=Secret(self.password)),
            batch_size=self.batch_size,
            deadline=DEADLINE,
        )

    def _connect(self, origin: Origin) -> FaultyTransport:
        self.transports.append(FaultyTransport(self, origin))
        return self.transports[-1]

    # What faults do to the world.

    def change_device(self) -> None:
        """Upgrade a device."""
        if imeis := self.simulator.account.imeis:
            row = self.simulator.device(self.random.choice(imeis))
            row["firmware"] += "+"
            self._held[row["deviceId"]].add(_facts(row))

    def add_device(self) -> None:
        """Add a device."""
        self._new += 1
        row = self._row(self._new - 700 * self.random.choice([0, 1]))
        if row["deviceId"] not in self.simulator.account:
            self.simulator.add(row)
            self._held.setdefault(row["deviceId"], set()).add(_facts(row))
            self._unstable.add(row["deviceId"])

    def remove_device(self) -> None:
        """Remove a device."""
        if imeis := self.simulator.account.imeis:
            imei = self.random.choice(imeis)
            self.simulator.remove(imei)
            self._unstable.add(imei)

    def change_password(self) -> None:
        """Change the password, of which the processes do not hear."""
        self.password = f"sim-{self.random.random()}"
        self.simulator.change_password(self.password)

    def jump(self) -> None:
        """Set the machine's clock, by hours or by years."""
        self.jumped = True
        self.machine.wall_offset += self.random.choice([-3e8, -3600, 3600, 3e8])

    # A call.

    def call(self, request: Request, seconds: float, go: Any) -> Response | Failure:
        """Let a call happen, with a fault or without."""
        if self.cancelled:
            raise Broken("I9: a call began after Ctrl-C")
        self._check_right_to(request.kind)
        self._calls[request.kind] += 1
        self.call_began = self.machine.now
        fault = self._draw(request.kind)
        outcome = fault.happen(self, Call(request.kind, seconds, go)) if fault else None
        if outcome is None:
            outcome = go()
        if request.is_login:
            if isinstance(outcome, Failure):
                sent = outcome.kind not in ("unreachable", "handshake")
            else:
                sent = outcome.status not in (200, 401)
            self._unsure = self._unsure or sent
        self.simulator.answer_normally()  # What was put in was for this call alone.
        self.history.append(f"{self.machine.now:.3f} {request.kind} {fault.name if fault else ''} {outcome}")
        return outcome

    def _draw(self, kind: str) -> Fault | None:
        if not self.faulty or self.random.random() >= FIRED:
            return None
        candidates = [fault for fault in self.active if kind in fault.kinds]
        if not candidates:
            return None
        weights = [len(ALL) / len(fault.kinds) for fault in candidates]  # Those of the login have few chances.
        fault = self.random.choices(candidates, weights)[0]
        self.seen[fault.name] += 1
        self.lied = self.lied or fault.lies
        return fault

    # A read.

    def go(self) -> None:
        """Make the reads of the run, then let all be well again."""
        _LOG.addHandler(self._listener)
        try:
            for _ in range(self.random.choice([1, 2, 3, 5])):
                self._process = self.random.choice(self._processes)
                self._read()
                self.machine.now += self.random.choice([0, 1, 10, 1300, 4000])
            self._heal()
        finally:
            _LOG.removeHandler(self._listener)

    def _begin_read(self) -> None:
        self._calls: Counter[str] = Counter()
        self._held = {imei: {_facts(self.simulator.device(imei))} for imei in self.simulator.account.imeis}
        self._unstable: set[str] = set()
        self.cancelled = self.lied = self._unsure = False
        self.transports.clear()
        self._listener.lines.clear()
        self.simulator.forget_requests()
        self._threads = set(threading.enumerate())  # Whoever ran before may have left some.

    def _read(self) -> None:
        self._begin_read()
        began = self.machine.now
        imeis = self._imeis() if self.random.random() < 0.7 else None
        refused_logins._refused_in_process.clear()
        refused_logins._refused_in_process.update(self._process.memory)
        devices: DeviceSet | None = None
        try:
            client = self._process.client
            devices = client.account_devices() if imeis is None else client.devices(imeis)
            self.seen["success"] += 1
        except ThingSpaceError as error:
            self.seen[type(error).__name__] += 1
            self._note(error)
        except KeyboardInterrupt:
            self.seen["KeyboardInterrupt"] += 1
            self._demand(self.cancelled, "I9: interrupted by nobody")
        self._process.memory = dict(refused_logins._refused_in_process)
        if devices is not None:
            self._demand(not self.cancelled, "I9: a result in spite of Ctrl-C")
            self._compare(devices, imeis)
        self._check_manners(imeis, self.machine.now - began)
        self.history.append(f"{devices!r} {[(device.imei, device.firmware) for device in devices or ()]}")

    def _imeis(self) -> tuple[str, ...]:
        known = [imei for imei in self.simulator.account.imeis if self.random.random() < 0.8]
        unknown = [str(FIRST + 900 + n) for n in range(self.random.choice([0, 0, 2]))]
        return tuple(sorted([*known, *unknown]))

    def _note(self, error: ThingSpaceError) -> None:
        """Remember a refusal, and look at the words."""
        text = _PATH.sub("…", str(error))  # Where the file of a refusal lies differs from run to run.
        self.history.append(text)
        self._demand(error.__context__ is None and error.__cause__ is None, "I7: an error leads to another")
        self._demand(len(text) <= 400, f"a message of {len(text)} characters: {text}")
        self._look_for_secrets(f"{text} {vars(error)} {error.args}")
        if isinstance(error, CredentialsRefused):
            if "refused user and password" in text or "has locked this user" in text:
                self._process.login_refused = self.machine.now
            self._process.key_refused |= "this application key" in text

    # The invariants.

    def _demand(self, holds: bool, what: str) -> None:
        if not holds:
            raise Broken(what)

    def _check_right_to(self, kind: str) -> None:
        """I4: what was refused is not sent again."""
        self._demand(kind != "token" or not self._process.key_refused, "I4: a refused key was sent again")
        if kind == "login":
            self._demand(not self._unsure, "I4: a login followed one that may have counted")
            self._demand(self._process.login_refused is None, "I4: a refused login was sent again by its process")
            for process in self._processes:
                recent = process.login_refused is not None and self.machine.now - process.login_refused < HOUR
                self._demand(self.jumped or not recent, "I4: a refused login was sent again by another process")

    def _compare(self, devices: DeviceSet, imeis: tuple[str, ...] | None) -> None:
        """I1 and I2: what came is what was there, and all of it."""
        for device in devices:
            held = self._held.get(device.imei, set())
            if not (self.lied and device.imei == FOREIGN):
                facts = (device.firmware, device.fota_eligible)
                self._demand(facts in held, f"I1: {device.imei} was never {facts}")
        returned = set(devices.firmware_by_imei)
        self._demand(len(returned) == len(devices), "I2: a device came twice")
        self._demand(returned.isdisjoint(devices.missing), "I2: a device is there and missing")
        if imeis is not None:
            self._demand(
                returned | set(devices.missing) == set(imeis), "I2: returned and missing are not what was asked"
            )
        stable = self._held.keys() - self._unstable
        expected = stable if imeis is None else stable & set(imeis)
        told = returned | set(devices.refusals)
        self._demand(self.lied or expected <= told, f"I2: not there: {sorted(expected - told)}")

    def _check_manners(self, imeis: tuple[str, ...] | None, elapsed: float) -> None:
        """I5 to I8, and I10: calls, time, secrets, origin, and what is left behind."""
        calls = sum(self._calls.values())
        most = 1.1 * self._pages(imeis) + 18
        self._demand(calls <= most, f"I5: {calls} calls where {most:.0f} are the most")
        logins = [request for request in self.simulator.requests if request.kind == "login" and request.status != 401]
        self._demand(len(logins) <= 2, f"I5: {len(logins)} logins")
        self._demand(elapsed <= DEADLINE + 1, f"I6: it took {elapsed:.1f} s")
        self._demand(self.simulator.count("other") == 0, "I8: something was sent where nothing is read from")
        self._demand(not any(line.is_open for line in self.transports), "I10: a line was left open")
        self._look_for_secrets("\n".join(self._listener.lines))
        self._demand(self._threads.issuperset(threading.enumerate()), "I10: a thread was left")

    def _pages(self, imeis: tuple[str, ...] | None) -> int:
        if imeis is None:
            return ceil(len(self._held) / self.page_size) + 1
        return sum(
            max(1, ceil(len(imeis[first : first + self.batch_size]) / (self.post_page_size or 1000)))
            for first in range(0, len(imeis), self.batch_size)
        )

    def _look_for_secrets(self, text: str) -> None:
        """I7: no credential, and no token."""
        tokens = {
            request.headers.get(name, "").split(" ")[-1]
            for request in self.simulator.requests
            for name in ("Authorization", "VZ-M2M-Token")
        }
        for secret in {*CREDENTIALS.values(), self.password, *tokens} - {""}:
            self._demand(secret[:8] not in text and secret[-8:] not in text, f"I7: a secret in: {text}")

    def _heal(self) -> None:
        """Whatever was: two hours later, on a service without faults, a read is right, unless credentials are not."""
        self.faulty = False
        self.simulator.unlock()
        self.machine.now += 2 * HOUR
        self.machine.wall_offset += 1e9
        new = Process(self._client(), self.password)
        for process in [*self._processes, new]:
            self._process = process
            self._begin_read()
            refused_logins._refused_in_process.clear()
            refused_logins._refused_in_process.update(process.memory)
            try:
                devices = process.client.account_devices()
            except CredentialsRefused as error:
                stale = self.password != process.password
                # It may not have heard of the refusal itself: another fault of the same read was told first.
                excused = bool(process.memory) or process.login_refused is not None or process.key_refused or stale
                self._demand(process is not new and excused, f"not healed: {error}")
                continue
            except ThingSpaceError as error:
                raise Broken(f"not healed: {error}") from None
            facts = {device.imei: {(device.firmware, device.fota_eligible)} for device in devices}
            self._demand(facts == self._held and not devices.missing, "not healed: the fleet is another")


def _facts(row: dict[str, Any]) -> Facts:
    return row["firmware"], row["fotaEligible"]
