"""Whole reads: lists in chunks, what a call is sent, firmware."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.errors import RequestRefused, ServiceUnavailable, UnexpectedResponse
from pulumi_fota.model import Upgrade

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.virtual_machine import VirtualMachine

REPORT = "; please report it as an issue of pulumi_fota"


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2), (2001, 3)])
def test_list_is_read_in_chunks_of_a_thousand(
    make_machine: Callable[..., VirtualMachine], many: Callable[[int], dict[str, Any]], count: int, calls: int
):
    """
    As many calls as there are thousands, one token, one login; and not one call for an empty list.
    """
    machine = make_machine(fleet=many(2001))
    imeis = [str(350000000000000 + n) for n in range(count)]

    devices = machine.client().devices(imeis)

    assert [device.imei for device in devices] == imeis
    assert devices.missing == ()
    assert machine.kinds() == (["token", "login"] + ["devices"] * calls if count else [])


def test_set_tells_how_it_was_read(machine: VirtualMachine, meters_imeis: tuple[str, ...]):
    """
    Account, what was asked for, protocol, connection and time of the read stand in the set.
    """
    client = machine.client(protocol="LWM2M", connection="east", refreshable=False)

    devices = client.devices(meters_imeis)

    assert (devices.account, devices.requested) == ("0000123456-00001", meters_imeis)
    assert (devices.protocol, devices.connection, devices.refreshable) == ("LWM2M", "east", False)
    assert devices.read_at.endswith("Z")


def test_second_chunk_that_fails_fails_the_read(
    make_machine: Callable[..., VirtualMachine], many: Callable[[int], dict[str, Any]]
):
    """
    Never is the first thousand taken for the whole.
    """
    machine = make_machine(fleet=many(2000))
    machine.simulator.fault("devices:503@2~1")

    with pytest.raises(ServiceUnavailable) as error:
        machine.client().devices([str(350000000000000 + n) for n in range(2000)])

    assert str(error.value).startswith("cannot read 2,000 devices of account '0000123456-00001': ")
    assert "ThingSpace is unavailable (503), 3 attempts in " in str(error.value)


def test_progress_tells_how_many_were_asked_for(
    make_machine: Callable[..., VirtualMachine], many: Callable[[int], dict[str, Any]]
):
    """
    After each list that is through, with the number until then and in all.
    """
    machine = make_machine(fleet=many(250))
    steps: list[tuple[int, int]] = []

    machine.client(batch_size=100).devices(
        [str(350000000000000 + n) for n in range(250)], lambda *step: steps.append(step)
    )

    assert steps == [(100, 250), (200, 250), (250, 250)]


@pytest.mark.parametrize(
    ("protocol", "device_query", "firmware_query"),
    [
        (None, {}, {"protocol": "all"}),
        ("LWM2M", {"protocol": "LWM2M"}, {"protocol": "LWM2M"}),
        ("OMADM", {"protocol": "OMADM"}, {"protocol": "OMD-DM"}),
        ("HTTP", {"protocol": "HTTP"}, {"protocol": "HTTP"}),
    ],
)
def test_protocol_is_spelled_as_each_call_takes_it(
    machine: VirtualMachine,
    meters_imeis: tuple[str, ...],
    protocol: str | None,
    device_query: dict[str, str],
    firmware_query: dict[str, str],
):
    """
    The filter of devices and that of firmware know OMA-DM by different names; without one, "all" firmware.
    """
    client = machine.client(protocol=protocol)

    client.devices(meters_imeis)
    client.account_devices()
    client.available_firmware()

    queries = [request.query for request in machine.simulator.requests[2:]]
    assert queries == [device_query, {"lastSeenDeviceId": "0", **device_query}, firmware_query]


def test_account_is_encoded_in_the_path(make_machine: Callable[..., VirtualMachine]):
    """
    What a path cannot carry is percent-encoded, leading zeros stay.
    """
    machine = make_machine(fleet={"accountName": "TestAccount-1", "deviceList": [{"deviceId": "356938035643809"}]})

    machine.client(account="TestAccount-1").account_devices()

    assert machine.simulator.requests[-1].path == "/api/fota/v3/devices/TestAccount-1"


FIRMWARE = {
    "firmwareName": "FOTA_1",
    "firmwareFrom": "1.1",
    "firmwareTo": "1.2",
    "launchDate": "2012-04-23T18:25:43.511Z",
    "releaseNote": "",
    "make": "ACME",
    "model": "M1",
    "protocol": "LWM2M",
    "unknown": 5,
}
UPGRADE = Upgrade(
    name="FOTA_1",
    firmware_from="1.1",
    firmware_to="1.2",
    launch_date="2012-04-23T18:25:43.511Z",
    release_note="",
    make="ACME",
    model="M1",
    protocol="LWM2M",
)


@pytest.mark.parametrize(
    ("answer", "upgrades"),
    [
        ([FIRMWARE], (UPGRADE,)),
        (FIRMWARE, (UPGRADE,)),
        ({"firmwareFrom": "1.1"}, (Upgrade(firmware_from="1.1"),)),
        ({"firmwareList": [FIRMWARE]}, (UPGRADE,)),
        ({"accountName": "0000123456-00001", "firmwareList": [FIRMWARE]}, (UPGRADE,)),
        ({"firmwareList": None}, ()),
        ([], ()),
    ],
)
def test_available_firmware_is_read(machine: VirtualMachine, answer: Any, upgrades: tuple[Upgrade, ...]):
    """
    Each upgrade as received, in the order received, from a list or from a lone object.
    """
    machine.simulator.answer_with(body=json.dumps(answer).encode(), on="firmware")

    firmware = machine.client(protocol="LWM2M", connection="east").available_firmware()

    assert tuple(firmware) == upgrades
    assert (firmware.account, firmware.protocol, firmware.connection) == ("0000123456-00001", "LWM2M", "east")


def test_firmware_of_a_wrong_type_is_an_error(machine: VirtualMachine):
    """
    A version that is no text is refused, with the key's name.
    """
    machine.simulator.answer_with(json=[{"firmwareTo": 1.1}], on="firmware")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().available_firmware()

    assert str(error.value) == (
        "cannot read the available firmware of account '0000123456-00001': `firmwareTo` is a number, text was expected"
        + REPORT
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, "the answer has no `firmwareList`"),
        ({"message": "moved", "make": "ACME"}, "the answer has no `firmwareList`"),
        (
            {"accountName": "0000999999-00009", "firmwareList": []},
            "ThingSpace answered for an account other than '0000123456-00001': '0000999999-00009'",
        ),
        ({"accountName": 123456, "firmwareList": []}, "`accountName` is a number, text was expected"),
    ],
)
def test_object_that_is_no_list_of_firmware_is_an_error(machine: VirtualMachine, answer: dict[str, Any], words: str):
    """
    Another object is not taken for an upgrade that says nothing, nor is the list of another account taken.
    """
    machine.simulator.answer_with(json=answer, on="firmware")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().available_firmware()

    assert str(error.value) == (f"cannot read the available firmware of account '0000123456-00001': {words}{REPORT}")


def test_long_list_that_is_refused_names_the_setting(
    make_machine: Callable[..., VirtualMachine], many: Callable[[int], dict[str, Any]]
):
    """
    How long a list may be is documented nowhere, so a refused long one tells of the setting that shortens it.
    """
    machine = make_machine(fleet=many(500), max_devices=100)

    with pytest.raises(RequestRefused) as error:
        machine.client().devices([str(350000000000000 + n) for n in range(500)])

    assert str(error.value) == (
        "cannot read 500 devices of account '0000123456-00001': ThingSpace refused the request (400): "
        "INVALID_PARAMETER Device "
        "list is too long; if the list is too long for ThingSpace, set fota:batchSize to 100"
    )


def test_numbers_of_a_read_are_logged(
    machine: VirtualMachine, meters_imeis: tuple[str, ...], caplog: pytest.LogCaptureFixture
):
    """
    How many devices came in how many requests, in what time, and how many are missing.
    """
    machine.simulator.latency = 0.4

    with caplog.at_level("INFO", "pulumi_fota"):
        machine.client().devices([*meters_imeis, "999999999999999"])

    assert "3 devices in 1 request, 1.2 s; 1 missing" in caplog.messages
