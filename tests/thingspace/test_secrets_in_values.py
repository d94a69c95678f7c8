"""No secret is visible in any object of the package that holds or meets one while devices are read."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import pytest

import pulumi_fota
from pulumi_fota import Connection
from pulumi_fota.functions.batching import BatchingReader
from pulumi_fota.settings import resolve
from pulumi_fota.simulator import Credentials, Simulator
from pulumi_fota.thingspace.client import Client, client_for
from pulumi_fota.thingspace.http import HttpConnection
from pulumi_fota.thingspace.process import Service
from support import exposure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from pulumi_fota.thingspace.http import Failure, Request, Response
    from support.canaries import Canaries, Finding

PARTS = ("_secret", "settings", "thingspace", "functions")
IMEIS = ("356938035643809", "359999000000018", "490154203237518")
PROXY_PASSWORD = "sim-X9pLq2Rv"

#: What is there while a request is under way, and so is looked at.
LOOKED_AT = {
    *("_secret.Secret", "settings.connection.Connection", "settings.settings.Application", "settings.settings.User"),
    *(
        "settings.settings.Settings",
        "functions.batching.BatchingReader",
    ),
    *(
        "thingspace.auth.Authenticator",
        "thingspace.client.Client",
        "thingspace.auth.TokenCache",
    ),
    *(
        "thingspace.responses.CredentialScanner",
        "thingspace.rows.DevicePages",
        "thingspace.http.HttpConnection",
    ),
    *(
        "thingspace.client.CollectedDevices",
        "thingspace.auth.Token",
        "thingspace.refused_logins.RefusedLogins",
        "thingspace.sockets.Origin",
    ),
    *(
        "thingspace.workers.ReadJob",
        "thingspace.http.Response",
        "thingspace.http.Request",
        "thingspace.retry.RetryBudget",
    ),
    *("thingspace.process.Service", "thingspace.process._Services", "thingspace.sockets.Adapter"),
    *("thingspace.sockets.SocketDeadline", "thingspace.workers.Runtime", "thingspace.auth._Renewal"),
}
#: What can hold none, by the types of what is in it.
HOLDS_NONE = {
    "settings.settings.GateSettings": "what the stack says of its gates",
    "settings.settings.Setting": "a row of the table",
    "settings.sources.Search": "problems with settings, which name no secret",
    "settings.resolve._Places": "functions that look settings up",
    "settings.sources.Source": "two functions",
    "functions.outputs._Known": "arguments of a lookup",
    "functions.batching._Batch": "IMEIs",
    "functions.progress.ProgressLine": "one line of text",
    "functions.progress._EngineLines": "a prefix of lines",
    "thingspace.rows.Page": "devices",
    "thingspace.http._Stale": "a Failure",
    "thingspace.http.Failure": "an error and what to do about it; errors are looked at by themselves",
    "thingspace.workers.Stopped": "nothing",
    "thingspace.responses._Refusal": "words of a refusal; answers that repeat a credential are withheld",
    "thingspace.strict_json.BrokenJson": "words about JSON; answers that repeat a credential are withheld",
    "thingspace.http.Transport": "a protocol",
    "thingspace.retry.Attempts": "two numbers",
    "thingspace.refused_logins.RefusedLogin": "a time, and whether a user is locked",
    "thingspace.workers._Warning": "a line of the log; no line holds a credential",
}
#: An answer of the login is the token, not yet read: nobody dumps one but who means to.
BODIES = {("Response", way) for way in ("attributes", "asdict", "astuple", "pickle", "dill")}


def _modules() -> list[ModuleType]:
    """Return every module of the parts."""
    names = [module.name for module in pkgutil.walk_packages(pulumi_fota.__path__, "pulumi_fota.")]
    return [importlib.import_module(name) for name in names if name.split(".")[1] in PARTS]


def _classes() -> dict[str, type]:
    """Return every class of the parts, by its name without the package's."""
    return {
        f"{module.__name__}.{kind.__qualname__}".removeprefix("pulumi_fota."): kind
        for module in _modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
    }


class Census:
    """Looks at all objects of the package whenever a request leaves, and when its answer is there."""

    def __init__(self, canaries: Canaries) -> None:
        self.canaries = canaries
        self.seen: set[str] = set()
        self.findings: set[Finding] = set()
        self._names = {kind: name for name, kind in _classes().items()}
        lasting = {id(value) for module in _modules() for value in vars(module).values()}
        # What other tests left behind; kept, so that no new object takes the identity of an old one.
        self._others = [item for item in self._objects() if id(item) not in lasting]
        self._ignored = {id(item) for item in self._others}

    def _objects(self) -> Iterator[object]:
        return (item for item in gc.get_objects() if type(item) in self._names)

    def take(self) -> None:
        """Look at every object that there is now, but what other tests left."""
        for item in self._objects():
            if id(item) not in self._ignored:
                self.seen.add(self._names[type(item)])
                self.look(item)

    def look(self, value: object) -> None:
        """Look at an object in every way."""
        kind = type(value).__name__
        for way, shown in exposure.of_value(value):
            if (kind, way) not in BODIES:
                self.findings.update(self.canaries.find(shown, f"{kind} by {way}"))


@pytest.fixture
def connect(canaries: Canaries) -> Callable[..., Connection]:
    """
    Make a connection with canaries for credentials.
    """
    return lambda **more: Connection(account="0000123456-00001", username="sim-user", **canaries.texts, **more)


@pytest.fixture
def census(
    fleet: dict[str, Any], canaries: Canaries, connect: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Census]:
    """
    A census that was taken during a read, over the wire, of a program with canaries for credentials.
    """
    taken = Census(canaries)
    send = HttpConnection.send

    def watched(line: HttpConnection, request: Request, seconds: float) -> Response | Failure:
        for name, header in request.headers.items():
            canaries.add(f"{name} of {request.kind}", header.reveal().split(" ")[-1])
        taken.take()
        outcome = send(line, request, seconds)
        taken.take()
        return outcome

    monkeypatch.setattr(
        HttpConnection, "send", watched
    )  # Not through the world, which would then hold what looks at it.
    with Simulator(fleet, credentials=Credentials(**canaries.texts)) as simulator:
        connection = connect(base_url=simulator.url)
        settings = resolve(connection)
        reader = BatchingReader(settings, secret=False)
        assert len(client_for(settings).devices(IMEIS)) == 3
        taken.take()
        yield taken
        assert connection
        assert reader


def test_no_object_shows_a_secret_while_devices_are_read(census: Census):
    """
    Printed, formatted, dumped or walked through, no object of the package shows a credential or a token.
    """
    assert sorted(map(str, census.findings)) == []


def test_every_class_is_looked_at_or_holds_none(census: Census):
    """
    A new class is looked at during a read, or somebody has said why it can hold no secret.
    """
    assert census.seen >= LOOKED_AT
    assert set(_classes()) == LOOKED_AT | set(HOLDS_NONE)


def test_proxy_is_not_shown_with_its_password(
    connect: Callable[..., Connection], canaries: Canaries, monkeypatch: pytest.MonkeyPatch
):
    """
    The password in the address of a proxy is as secret as any other.
    """
    monkeypatch.setenv("HTTPS_PROXY", f"http://bob:{PROXY_PASSWORD}@127.0.0.1:1")
    settings = resolve(connect())
    canaries.add("proxy", PROXY_PASSWORD)
    service = Service.of(settings)
    looked = Census(canaries)

    for item in (
        Client(settings=settings, service=service),
        service,
        service.origin,
        HttpConnection(service.origin, lambda: 0),
    ):
        looked.look(item)

    assert sorted(map(str, looked.findings)) == []


@pytest.mark.parametrize("wrong", [bytes, bytearray, lambda text: {"value": text}, lambda text: (text,)])
@pytest.mark.parametrize("slot", ["key", "secret", "password", "access_token", "session_token"])
def test_connection_hides_a_credential_of_another_type(canaries: Canaries, slot: str, wrong: Callable[[Any], Any]):
    """
    A credential that was read from a file in binary mode is wrong, and no less secret.
    """
    text = canaries.texts["password"]
    given = wrong(text.encode()) if wrong in (bytes, bytearray) else wrong(text)
    looked = Census(canaries)

    for way, shown in exposure.of_value(Connection(**{slot: given})):
        if way in {"repr", "str", "format", "percent"}:
            looked.findings.update(canaries.find(shown, way))

    assert sorted(map(str, looked.findings)) == []
