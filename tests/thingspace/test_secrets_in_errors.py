"""No secret gets out through what goes wrong, whatever it is and at whichever call."""

from __future__ import annotations

import base64
import html
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from pulumi_fota._secret import Secret
from pulumi_fota.errors import ThingSpaceError, UnexpectedResponse
from pulumi_fota.settings import Application, User
from pulumi_fota.simulator import Credentials
from pulumi_fota.simulator.faults import NAMES
from pulumi_fota.thingspace.http import Response
from support import exposure
from support.canaries import CREDENTIALS, Canaries
from support.virtual_machine import VirtualMachine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.thingspace.http import Request
    from support.canaries import Finding

IMEIS = ("356938035643809", "359999000000018", "490154203237518")
CALLS = ("token", "login", "devices")
STATUSES = ("301", "400", "401", "403", "404", "405", "408", "418", "425", "429=3600", "429=-1", "500", "502", "503")


class Watched:
    """A client with canaries for credentials, and what becomes visible of its read."""

    def __init__(self, fleet: dict[str, Any], folder: Path, log: pytest.LogCaptureFixture) -> None:
        self.canaries = Canaries(CREDENTIALS)
        self.folder = folder
        self.log = log
        self.machine = VirtualMachine(fleet, folder, credentials=Credentials(**CREDENTIALS))
        secrets = {slot: Secret(text) for slot, text in CREDENTIALS.items()}
        self.client = self.machine.client(
            application=Application(key=secrets["key"], secret=secrets["secret"]),
            user=User(username="sim-user", password=secrets["password"]),
        )

    def read(self) -> ThingSpaceError | None:
        """Read the devices; give the error if it fails."""
        try:
            self.client.devices(IMEIS)
        except ThingSpaceError as error:
            return error
        return None

    def echo(self, call: str, answer: Callable[[str], Response], spell: Callable[[str], str]) -> None:
        """Answer the first three requests of a call with what they carried, and all credentials."""

        def outcome(request: Request) -> Response | None:
            self.machine.outcomes.append(outcome)
            if request.kind != call or self._echoes == 0:
                return None
            self._echoes -= 1
            carried = [header.reveal().split(" ")[-1] for header in request.headers.values()]
            return answer(" ".join(map(spell, [*carried, *CREDENTIALS.values()])))

        self._echoes = 3
        self.machine.outcomes.append(outcome)

    def leaks(self, error: ThingSpaceError | None) -> list[Finding]:
        """Look at all that is visible, for the tokens too that were used."""
        for number, request in enumerate(self.machine.simulator.requests):
            for name in ("Authorization", "VZ-M2M-Token"):
                if token := request.headers.get(name, "").split(" ")[-1]:
                    self.canaries.add(f"{name} {number}", token)
        found = self.canaries.find_in_files([self.folder])
        found += self.canaries.find(self.log.text, "the log")
        found += self.canaries.find("".join(repr(vars(record)) for record in self.log.records), "a record of the log")
        for where, seen in exposure.of_error(error) if error else ():
            found += self.canaries.find(seen, where)
        return found


@pytest.fixture
def watch(fleet: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Callable[[], Watched]:
    """
    Make a client with canaries for credentials, at whose DEBUG log somebody looks.
    """
    caplog.set_level(logging.DEBUG)
    return lambda: Watched(fleet, tmp_path, caplog)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", ["slow=31" if name == "slow" else name for name in (*NAMES, *STATUSES)])
def test_no_fault_shows_a_secret(watch: Callable[[], Watched], call: str, fault: str):
    """
    Whatever goes wrong at whichever call, neither the error and what it holds, nor the log, nor a file shows any.
    """
    watched = watch()
    watched.machine.simulator.fault(fault, on=call)

    error = watched.read()

    assert watched.machine.simulator.faults.fired
    assert watched.leaks(error) == []


ECHOES: dict[str, Callable[[str], str]] = {
    "page": lambda seen: f"<html>Your request: {seen}</html>",
    "text": lambda seen: f"Your request: {seen}",
    "text that is cut at 150": lambda seen: "x" * 140 + seen,
    "blanks that are cut at 2,000": lambda seen: " " * 1991 + seen,
    "message": lambda seen: json.dumps({"errorCode": "INVALID_PARAMETER", "errorMessage": seen}),
    "code": lambda seen: json.dumps({"errorCode": seen.split(" ")[0], "errorMessage": "no"}),
    "last code": lambda seen: json.dumps({"errorCode": seen.split(" ")[-1], "errorMessage": "no"}),
    "message of OAuth": lambda seen: json.dumps({"error": "invalid_client", "error_description": seen}),
    "code of OAuth": lambda seen: json.dumps({"error": seen.split(" ")[0]}),
    "message of the gateway": lambda seen: json.dumps({"fault": {"code": 900908, "message": seen}}),
    "code of the gateway": lambda seen: json.dumps({"code": seen.split(" ")[0], "message": "no"}),
    "code of a dead session": lambda seen: json.dumps(
        {"errorCode": seen.split(" ")[0], "errorMessage": "SessionToken"}
    ),
    "message in XML": lambda seen: f"<am:fault><am:code>403</am:code><am:message>{seen}</am:message></am:fault>",
    "broken JSON": lambda seen: f'{{"a": "{seen}",',
    "key twice": lambda seen: f"{{{json.dumps(seen)}: 1, {json.dumps(seen)}: 2}}",
    "account": lambda seen: json.dumps({"accountName": seen, "deviceList": []}),
    "IMEI": lambda seen: json.dumps({"deviceList": [{"deviceId": seen}]}),
    "cursor": lambda seen: json.dumps({"deviceList": [], "hasMoreData": True, "lastSeenDeviceId": seen}),
    "token": lambda seen: json.dumps({"access_token": f"{seen}\n", "sessionToken": f"{seen}\n"}),
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "json": lambda text: json.dumps(text)[1:-1],
    "html": html.escape,
    "percent": lambda text: quote(text, safe=""),
    "form": quote_plus,
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, 400, 401, 503])
@pytest.mark.parametrize("echo", ECHOES)
def test_answer_that_repeats_a_secret_is_not_repeated(watch: Callable[[], Watched], echo: str, status: int, call: str):
    """
    A proxy that shows the request it could not pass on is quoted without the credentials in it, whole or in part.
    """
    for spell in SPELLINGS.values():
        watched = watch()
        watched.echo(call, lambda seen: Response(status=status, body=ECHOES[echo](seen).encode()), spell)

        error = watched.read()

        assert watched.leaks(error) == [], error


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "answer",
    [
        lambda seen: Response(status=503, body=b"x", content_type=seen),
        lambda seen: Response(status=200, body=b"<html>", content_type=f"text/html {seen}"),
        lambda seen: Response(status=302, body=b"", location=f"https://{seen.split(' ')[0]}.example/"),
        lambda seen: Response(status=302, body=b"", location=f"https://elsewhere.example/?{seen}"),
        lambda seen: Response(status=429, body=b"", retry_after=(seen,)),
    ],
)
def test_header_that_repeats_a_secret_is_not_repeated(
    watch: Callable[[], Watched], answer: Callable[[str], Response], call: str
):
    """
    Headers are quoted without credentials too.
    """
    watched = watch()
    watched.echo(call, answer, str)

    error = watched.read()

    assert watched.leaks(error) == [], error


def _worst(text: str) -> UnexpectedResponse:
    """Make an error that shows a text in every way that an error can."""
    try:
        try:
            raise ValueError(text)  # noqa: TRY301 (as a library would, inside)
        except ValueError:
            error = UnexpectedResponse("something")
            error.do = text
            error.extra = [{"deep": [base64.b64encode(text.encode())]}]
            raise error from None
    except UnexpectedResponse as raised:
        return raised


def test_exposure_sees_what_an_error_holds(canaries: Canaries):
    """
    What these tests look with sees an attribute, the error before, a local variable, and what is deep inside.
    """
    seen = {where for where, text in exposure.of_error(_worst(CREDENTIALS["password"])) if canaries.find(text)}

    assert seen == {
        "error 0 of the chain (UnexpectedResponse), attributes",
        "error 0 of the chain (UnexpectedResponse), traceback with locals",
        "error 1 of the chain (ValueError), text",
        "error 1 of the chain (ValueError), traceback with locals",
        "pickle",
        "dill",
        "what it holds",
    }
