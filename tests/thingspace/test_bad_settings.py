"""Settings that no request can be made of are refused before one is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.errors import InvalidSetting
from pulumi_fota.settings import Connection, resolve

if TYPE_CHECKING:
    from pulumi_fota.simulator import Simulator

GOOD = {
    "account": "0000123456-00001",
    "key": "sim-key",
    "secret": "sim-secret",
    "username": "sim-user",
    "password": "sim-password",
}
CANARY = "hunter2"


@pytest.mark.row(65)
@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("session_token", f"{CANARY}\n", "line break or another control character (did the file end with a newline?)"),
        ("access_token", f"{CANARY}\0", "line break or another control character (did the file end with a newline?)"),
        ("password", f"{CANARY}\n", "line break or another control character (did the file end with a newline?)"),
        (
            "access_token",
            f" {CANARY}",
            "blank or another character that no HTTP header can hold, or is longer than 4,096",
        ),
        (
            "access_token",
            f"{CANARY}é",
            "blank or another character that no HTTP header can hold, or is longer than 4,096",
        ),
        (
            "session_token",
            f"{CANARY}\N{ROCKET}",
            "blank or another character that no HTTP header can hold, or is longer than 4,096",
        ),
    ],
)
def test_credential_that_no_header_can_carry_is_refused(simulator: Simulator, name: str, value: str, problem: str):
    """
    The message names the setting, and never shows its value.
    """
    with pytest.raises(InvalidSetting) as error:
        resolve(Connection(**{**GOOD, "base_url": simulator.url, name: value}))

    assert str(error.value) == (
        f"1 setting is missing or invalid; nothing was sent to ThingSpace:\n  Connection({name}=…) contains a {problem}"
    )
    assert simulator.count() == 0


@pytest.mark.row(66)
@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("thingspace.verizon.com", "does not begin with https:// and a host"),
        ("ftp://thingspace.verizon.com", "does not begin with https:// and a host"),
        (
            "http://thingspace.verizon.com",
            "is plain http to 'thingspace.verizon.com': use https; plain http is only possible to this machine",
        ),
        (
            f"https://bob:{CANARY}@thingspace.verizon.com",
            "contains a user or password: remove it; credentials have settings of their own",
        ),
        ("https://thingspace.verizon.com/api", "has something after the host: remove it; the path is added"),
        ("https://thingspace.verizon.com?x=1", "has something after the host: remove it; the path is added"),
        (
            "https://thingspace.verizon.com:99999",
            (
                "has an invalid host or port: "
                "use letters, digits, dashes and underscores between single dots, or an IP address"
            ),
        ),
        ("https://thingspäce.verizon.com", "contains a blank or a character outside ASCII"),
    ],
)
def test_base_url_that_is_none_is_refused(url: str, problem: str):
    """
    The message names the part that is off, and never shows a password in it.
    """
    with pytest.raises(InvalidSetting) as error:
        resolve(Connection(**{**GOOD, "base_url": url}))

    assert str(error.value) == (
        f"1 setting is missing or invalid; nothing was sent to ThingSpace:\n  Connection(base_url=…) {problem}"
    )


def test_secret_of_any_characters_reaches_the_service(make_machine: Any):
    """
    What travels encoded may hold quotes, backslashes, colons and accents.
    """
    machine = make_machine()
    password = 'sim-"\\:%/é\N{ROCKET}'
    machine.simulator.change_password(password)
    settings = resolve(Connection(**{**GOOD, "password": password, "base_url": machine.base_url}))

    client = machine.client(user=settings.user)

    assert len(client.devices(["356938035643809"])) == 1
