"""What the rows of an answer become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.errors import UnexpectedResponse
from pulumi_fota.model import Device, Software
from support.fleet import IMEI

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.virtual_machine import VirtualMachine

SECOND, THIRD = "359999000000018", "490154203237518"


def _answered(machine: VirtualMachine, *rows: Any, **top: Any) -> None:
    machine.simulator.answer_with(
        json={"accountName": "0000123456-00001", "deviceList": list(rows), **top}, on="devices"
    )


@pytest.mark.parametrize(
    ("key", "field", "value", "expected"),
    [
        ("fotaEligible", "fota_eligible", True, True),
        ("fotaEligible", "fota_eligible", "true", True),
        ("fotaEligible", "fota_eligible", "False", False),
        ("fotaEligible", "fota_eligible", "", None),
        ("licenseAssigned", "license_assigned", None, None),
        ("licenseAssigned", "license_assigned", "false", False),
        ("firmware", "firmware", None, None),
        ("firmware", "firmware", "0012", "0012"),
        ("createTime", "create_time", "2022-02-04 06:10:01.441 +0000 UTC", "2022-02-04T06:10:01.441Z"),
        ("createTime", "create_time", "2022-01-04 02:45:00.67 +0000 UTC", "2022-01-04T02:45:00.67Z"),
        ("createTime", "create_time", "2022-01-04 02:45:00 +0000 UTC", "2022-01-04T02:45:00Z"),
        ("createTime", "create_time", "2022-01-04 02:45:00.123456789 +0000 UTC", "2022-01-04T02:45:00.123456Z"),
        ("createTime", "create_time", "2022-01-04 02:45:00.5 +0000 UTC", "2022-01-04T02:45:00.5Z"),
        ("createTime", "create_time", "2012-04-23T18:25:43.511Z", "2012-04-23T18:25:43.511Z"),
        ("createTime", "create_time", "2022-01-25", "2022-01-25T00:00:00Z"),
        ("upgradeTime", "upgrade_time", "01/01/1900 0:0:0", None),
        ("upgradeTime", "upgrade_time", "0001-01-01 00:00:00 +0000 UTC", None),
        ("updateTime", "update_time", "2022-01-25", "2022-01-25T00:00:00Z"),
        ("statusTime", "status_time", "2022-01-25", "2022-01-25T00:00:00Z"),
        ("refreshTime", "refresh_time", "", None),
        ("refreshTime", "refresh_time", None, None),
        ("lastConnectionTime", "last_connection_time", "N/A", None),
        ("lastConnectionTime", "last_connection_time", "2022-01-25", "2022-01-25T00:00:00Z"),
        ("lastConnectTime", "last_connection_time", "2022-01-25", "2022-01-25T00:00:00Z"),
        ("filesList", "files", [{"name": "a.bin"}, {"name": "b.bin"}], ("a.bin", "b.bin")),
        ("fileList", "files", [{"name": "a.bin"}, "b.bin", {"size": 3}], ("a.bin", "b.bin")),
        ("filesList", "files", {"name": "a.bin"}, ("a.bin",)),
        ("filesList", "files", [], ()),
        ("filesList", "files", {}, ()),
        ("softwareList", "software", [], ()),
        ("softwareList", "software", None, ()),
        ("softwareList", "software", {"name": "boot", "version": "2"}, (Software(name="boot", version="2"),)),
        (
            "softwareList",
            "software",
            [{"name": "boot", "version": "2", "upgradeTime": "2022-01-25"}],
            (Software(name="boot", version="2", upgrade_time="2022-01-25T00:00:00Z"),),
        ),
        (
            "softwareList",
            "extra",
            [{"name": "boot"}, {"name": "app", "size": 3, "upgradeTime": "N/A"}],
            {"softwareList[1].size": 3},
        ),
        ("fileList", "extra", ["a.bin", {"name": "b.bin", "size": {"kB": 3}}], {"filesList[1].size": {"kB": 3}}),
        ("mdn", "mdn", "0085550001", "0085550001"),
        ("newKey", "extra", {"deep": [1]}, {"newKey": {"deep": [1]}}),
    ],
)
def test_key_of_a_row_becomes_a_field_of_the_device(
    machine: VirtualMachine, key: str, field: str, value: Any, expected: Any
):
    """
    Each spelling that ThingSpace's pages and clients know of a key and its value ends in the one field of the model.
    """
    _answered(machine, {"deviceId": IMEI, key: value})

    device = machine.client().devices([IMEI])[IMEI]

    assert getattr(device, field) == expected


@pytest.mark.row(17)
@pytest.mark.parametrize("number", [1, 1.0])
def test_number_is_no_flag_after_a_flag_that_it_equals(machine: VirtualMachine, number: float):
    """
    What devices share is checked once for all of them, and 1, which equals true, is not taken for it.
    """
    row = {"make": "ACME", "fotaEligible": True}
    _answered(machine, {"deviceId": IMEI, **row}, {"deviceId": SECOND, **row, "fotaEligible": number})

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI, SECOND])

    assert str(error.value) == (
        "cannot read 2 devices of account '0000123456-00001': "
        f"`fotaEligible` of device {SECOND} is a number, true or false was expected; please report it as an issue of "
        "pulumi_fota"
    )


def test_device_from_an_answer_holds_what_one_made_by_hand_holds(machine: VirtualMachine):
    """
    Each field that there is, in the order of the model, which is the order of an export.
    """
    _answered(machine, {"deviceId": IMEI})

    device = machine.client().devices([IMEI])[IMEI]

    assert list(vars(device).items()) == list(vars(Device(imei=IMEI)).items())


def test_lone_object_is_a_list_of_one_device(machine: VirtualMachine):
    """
    An account of one device may be answered with an object in place of a list.
    """
    machine.simulator.answer_with(
        json={"deviceCount": 1, "deviceList": {"deviceId": IMEI, "firmware": "1.2.3"}}, on="devices"
    )

    devices = machine.client().devices([IMEI])

    assert [(device.imei, device.firmware) for device in devices] == [(IMEI, "1.2.3")]


def test_null_in_place_of_the_list_is_no_device(machine: VirtualMachine):
    """
    `null` is how some answers write an empty list: all of those asked for are missing.
    """
    machine.simulator.answer_with(json={"deviceList": None}, on="devices")

    devices = machine.client().devices([IMEI])

    assert (len(devices), devices.missing) == (0, (IMEI,))


@pytest.mark.row(53)
def test_imei_that_came_as_a_number_gets_its_zeros_back(make_machine: Callable[..., VirtualMachine]):
    """
    A number has lost the zeros in front, which the 15 digits of an IMEI bring back.
    """
    imei = "012345670123467"
    machine = make_machine(fleet={"accountName": "0000123456-00001", "deviceList": [{"deviceId": imei}]})
    _answered(machine, {"deviceId": 12345670123467})

    assert [device.imei for device in machine.client().devices([imei])] == [imei]


@pytest.mark.row(51)
def test_device_twice_with_the_same_facts_is_one_device(machine: VirtualMachine):
    """
    Rows that say the same are one row.
    """
    row = {"deviceId": IMEI, "firmware": "1.2"}
    _answered(machine, row, row)

    assert len(machine.client().devices([IMEI])) == 1


@pytest.mark.row(51)
@pytest.mark.parametrize(
    "other", [{"deviceId": IMEI, "firmware": "1.3"}, {"deviceId": IMEI, "requestStatus": "Failure"}]
)
@pytest.mark.parametrize("first", [0, 1])
def test_device_twice_with_different_facts_is_an_error(machine: VirtualMachine, other: dict[str, Any], first: int):
    """
    Which of two rows is true cannot be told, so neither is taken.
    """
    rows = [{"deviceId": IMEI, "firmware": "1.2"}, other]
    _answered(machine, rows[first], rows[1 - first])

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        f"cannot read 1 device of account '0000123456-00001': device {IMEI} came twice with different facts; "
        "run it again: the device may have just changed"
    )


@pytest.mark.row(52)
def test_device_that_is_not_in_the_answer_is_missing(machine: VirtualMachine):
    """
    An IMEI asked for without a row is listed, and taken for nothing else.
    """
    machine.simulator.fault("row-missing", on="devices")

    devices = machine.client().devices([IMEI, SECOND])

    assert (devices.requested, devices.missing) == ((IMEI, SECOND), (IMEI,))
    assert [device.imei for device in devices] == [SECOND]


@pytest.mark.row(52)
def test_device_count_that_disagrees_is_a_warning(machine: VirtualMachine, caplog: pytest.LogCaptureFixture):
    """
    The rows are counted, and `deviceCount` is believed by nobody.
    """
    machine.simulator.alter(lambda body: body.update(deviceCount=7), on="devices")

    devices = machine.client().devices([IMEI, SECOND])

    assert len(devices) == 2
    assert caplog.messages == ["`deviceCount` is not the number of devices in 1 of 1 answers"]


@pytest.mark.row(53)
def test_device_that_was_not_asked_for_is_left_out(machine: VirtualMachine, caplog: pytest.LogCaptureFixture):
    """
    A foreign row is dropped with a warning where all that was asked for is there.
    """
    _answered(machine, {"deviceId": IMEI}, {"deviceId": SECOND}, {"deviceId": THIRD, "requestStatus": "Failure"})

    devices = machine.client().devices([IMEI])

    assert [device.imei for device in devices] == [IMEI]
    assert caplog.messages == [
        f"ThingSpace answered for devices that were not asked for (2), left out: {SECOND}, {THIRD}"
    ]


@pytest.mark.row(53)
def test_other_devices_in_place_of_those_asked_for_are_an_error(machine: VirtualMachine):
    """
    Foreign rows and missing ones together mean that the list was not heeded.
    """
    _answered(machine, {"deviceId": SECOND})

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        "cannot read 1 device of account '0000123456-00001': ThingSpace answered for devices other than those asked "
        "for, such "
        f"as {SECOND} and not {IMEI}; please report it as an issue of pulumi_fota"
    )


@pytest.mark.row(55)
@pytest.mark.parametrize(
    ("failed", "reason"),
    [
        ({"requestStatus": "Failure", "resultReason": "Device not found"}, "Device not found"),
        ({"requestStatus": "Failure", "firmware": "1.2"}, "Failure"),
        ({"resultReason": "Device not found"}, "Device not found"),
        ({"requestStatus": False}, "False"),
        ({"requestStatus": "Failure", "resultReason": "Success"}, "Success"),
        ({"requestStatus": "Unsuccessful"}, "Unsuccessful"),
        ({"requestStatus": "NotSuccess"}, "NotSuccess"),
        ({"requestStatus": "Partial success"}, "Partial success"),
        ({"requestStatus": " ", "resultReason": "Device not found"}, "Device not found"),
    ],
)
def test_row_of_a_failure_gives_no_facts(machine: VirtualMachine, failed: dict[str, Any], reason: str):
    """
    The device of such a row is missing, with the service's reason beside it.
    """
    _answered(machine, {"deviceId": IMEI, **failed})

    devices = machine.client().devices([IMEI])

    assert (len(devices), devices.missing, devices.refusals) == (0, (IMEI,), {IMEI: reason})


@pytest.mark.row(55)
@pytest.mark.parametrize(
    "said",
    [
        {"requestStatus": "Success"},
        {"requestStatus": "successful"},
        {"requestStatus": "OK."},
        {"requestStatus": True},
        {"requestStatus": "FirmwareVersionUpdateSuccess"},
        {"requestStatus": "Success", "resultReason": "Request processed"},
        {"resultReason": "Success"},
        {"requestStatus": "", "resultReason": None},
    ],
)
def test_row_of_a_success_gives_facts(machine: VirtualMachine, said: dict[str, Any]):
    """
    A row that says it succeeded, whatever it says beside, or says nothing, is a row like any other.
    """
    _answered(machine, {"deviceId": IMEI, "firmware": "1.2", **said})

    assert machine.client().devices([IMEI])[0].firmware == "1.2"


@pytest.mark.row(55)
def test_row_of_a_failure_in_an_account_is_missing(machine: VirtualMachine):
    """
    A device that the account lists without facts is missing there too.
    """
    machine.simulator.alter(
        lambda body: body["deviceList"][0].update(requestStatus="Failure", resultReason="no data"), on="account_devices"
    )

    devices = machine.client().account_devices()

    assert (len(devices), devices.missing, devices.requested) == (2, (IMEI,), None)
