"""What lives as long as the process, and who shares it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import platformdirs
import pytest

from pulumi_fota import thingspace
from pulumi_fota._secret import Secret
from pulumi_fota.errors import DeviceNotFound, RequestRefused
from pulumi_fota.settings import Application
from pulumi_fota.thingspace.responses import CredentialScanner
from pulumi_fota.thingspace.workers import Runtime
from support.fleet import IMEI
from support.virtual_machine import settings_for

if TYPE_CHECKING:
    from pulumi_fota.simulator import Simulator


def test_equal_settings_get_the_same_client(simulator: Simulator):
    """
    Asked twice, the process has one client, and one pair of tokens.
    """
    first = thingspace.client_for(settings_for(simulator.url))
    first.devices([IMEI])

    second = thingspace.client_for(settings_for(simulator.url))
    second.devices([IMEI])

    assert first == second
    assert [request.kind for request in simulator.requests] == ["token", "login", "devices", "devices"]


def test_reads_of_other_accounts_share_the_tokens(simulator: Simulator):
    """
    Neither account, protocol nor size of a list has a login of its own.
    """
    settings = settings_for(simulator.url)
    thingspace.client_for(settings).devices([IMEI])

    thingspace.client_for(attrs.evolve(settings, protocol="LWM2M", batch_size=10)).devices([IMEI])
    with pytest.raises(RequestRefused):
        thingspace.client_for(attrs.evolve(settings, account="0000999999-00009")).devices([IMEI])

    assert (simulator.count("token"), simulator.count("login")) == (1, 1)


def test_another_key_has_tokens_of_its_own(simulator: Simulator):
    """
    What one application may do says nothing of another.
    """
    settings = settings_for(simulator.url)
    other = Application(key=Secret("sim-key"), secret=Secret("sim-secret"), access_token=Secret(simulator.bearer()))

    clients = [thingspace.client_for(settings), thingspace.client_for(attrs.evolve(settings, application=other))]
    for client in clients:
        client.devices([IMEI])

    assert clients[0] != clients[1]
    assert simulator.count("login") == 2


def test_device_that_is_missing_is_no_error_of_the_read(simulator: Simulator):
    """
    Whoever looks it up in the set is told, and not before.
    """
    devices = thingspace.client_for(settings_for(simulator.url)).devices(["999999999999999"])

    assert devices.missing == ("999999999999999",)
    with pytest.raises(DeviceNotFound):
        devices["999999999999999"]


@pytest.mark.row(67)
def test_machine_without_a_home_gets_no_folder(monkeypatch: pytest.MonkeyPatch):
    """
    Where no home is known nothing is written, least of all into a folder called `~`.
    """
    monkeypatch.setattr(platformdirs, "user_state_path", lambda _name: Path("~/.local/state/pulumi_fota"))

    assert Runtime().state() == Path(os.devnull)


@pytest.mark.parametrize(
    ("secret", "body", "repeats"),
    [
        ("Ab3dEf6hIj9l", "x Ab3dEf6h y", True),
        ("Ab3dEf6hIj9l", "x Ef6hIj9l y", True),
        ("Ab3dEf6hIj9l", "x b3dEf6hIj9 y", False),
        ("Ab3dEf6hIj9l", '{"a": "\\u0041b3dEf6h"}', True),
        ("Ab3d/f6hIj9l", '{"a": "Ab3d\\/f6h"}', True),
        ("Ab3d/f6hIj9l", "?q=Ab3d%2Ff6h", True),
        ("Ab3d&f6hIj9l", "<b>Ab3d&amp;f6h</b>", True),
        ("Ab3dEf6hIj9l", "AB3DEF6H", True),
        ("my-password", "User name or password is not valid.", False),
        ("password", "User name or password is not valid.", True),
        ("Qx7", "error Qx7", True),
        ("Qx7", '{"token":"qx7"}', True),
        ("Qx7", "the error_Qx7_", True),
        ("Qx7", "error aqx7b, qx71 and éqx7", False),
        ("format", "Invalid account name format", True),
        ("form", "Invalid account name format", False),
        ("a", "Invalid account name format", False),
    ],
)
def test_credential_in_an_answer_is_recognized(secret: str, body: str, repeats: bool):
    """
    In whole or by either end, in any case, as JSON, HTML and URLs write it; a mere word at its end is none.
    """
    scanner = CredentialScanner(None, Secret(secret))

    assert scanner.found_in(body) is repeats
