"""No refusal of a setting shows the credential that it refuses, wherever that stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pulumi
import pytest

from pulumi_fota.errors import InvalidSetting
from pulumi_fota.settings import Connection, resolve
from support import exposure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from support.canaries import Canaries

SLOTS = {
    "key": "key",
    "secret": "secret",
    "password": "password",
    "access_token": "accessToken",
    "session_token": "sessionToken",
}
BROKEN: dict[str, Callable[[str], Any]] = {
    "a line break": lambda text: f"{text}\n",
    "NUL": lambda text: f"{text[:9]}\0{text[9:]}",
    "half a surrogate": lambda text: f"{text[:9]}\ud800{text[9:]}",
    "bytes": lambda text: text.encode(),
    "a list": lambda text: [text],
    "an object": lambda text: {"value": text},
}


@pytest.fixture(autouse=True)
def _no_config() -> Iterator[None]:
    """Leave no config to the next test."""
    yield
    pulumi.runtime.set_all_config({})


def _in_program(slot: str, broken: Any, _monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(Connection(**{slot: broken}))


def _in_config(slot: str, broken: Any, _monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi.runtime.set_all_config({f"fota:{SLOTS[slot]}": broken})
    resolve()


def _in_environment(slot: str, broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"FOTA_{slot.upper()}", broken)
    resolve()


def _in_connections(slot: str, broken: Any, _monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {"east": {SLOTS[slot]: broken}}
    pulumi.runtime.set_all_config({"fota:connections": json.dumps(entries, default=lambda each: each.decode())})
    resolve(Connection.named("east"))


def _in_torn_connections(slot: str, broken: Any, _monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi.runtime.set_all_config({"fota:connections": f'{{"east": {{"{SLOTS[slot]}": "{broken}"'})
    resolve(Connection.named("east"))


PLACES = [_in_program, _in_config, _in_connections, _in_torn_connections]


@pytest.mark.parametrize(
    ("place", "broken"),
    [*((place, broken) for place in PLACES for broken in BROKEN), (_in_environment, "a line break")],
)
@pytest.mark.parametrize("slot", SLOTS)
def test_refusal_of_a_credential_does_not_show_it(
    canaries: Canaries, place: Callable[..., None], broken: str, slot: str, monkeypatch: pytest.MonkeyPatch
):
    """
    Neither the error nor what a report of a crash makes of it holds the text, or a part of it.
    """
    text = BROKEN[broken](canaries.texts["password"])

    with pytest.raises(InvalidSetting) as refused:
        place(slot, text, monkeypatch)

    error = refused.value.with_traceback(_within_the_package(refused.value.__traceback__))
    assert [finding for where, seen in exposure.of_error(error) for finding in canaries.find(seen, where)] == []


@pytest.mark.parametrize("address", ["https://bob:{}@example.com", "http://{}@127.0.0.1", "ftp://x:{}@[::1"])
def test_refusal_of_an_address_does_not_show_the_credential_in_it(canaries: Canaries, address: str):
    """
    Who writes user and password into the address finds neither in the error.
    """
    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection(base_url=address.format(quote(canaries.texts["password"], safe=""))))

    assert canaries.find(f"{refused.value} {refused.value!r} {vars(refused.value)}") == []


def _within_the_package(trace: TracebackType | None) -> TracebackType | None:
    """Leave out the frames of the test, which hold the text in plain."""
    while trace is not None and not trace.tb_frame.f_globals["__name__"].startswith("pulumi_fota"):
        trace = trace.tb_next
    return trace
