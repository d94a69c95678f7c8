"""What the times of an answer become, the odd ones above all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.model import Software
from pulumi_fota.model.time import to_rfc3339
from pulumi_fota.thingspace import rows
from support.fleet import IMEI

if TYPE_CHECKING:
    from support.virtual_machine import VirtualMachine

SECOND, THIRD = "359999000000018", "490154203237518"


def _answered(machine: VirtualMachine, *page: Any) -> None:
    machine.simulator.answer_with(json={"accountName": "0000123456-00001", "deviceList": list(page)}, on="devices")


def test_time_that_cannot_be_read_never_costs_the_row(machine: VirtualMachine, caplog: pytest.LogCaptureFixture):
    """
    Such a time is not said, kept as received in `extra`, and warned of once for the whole read.
    """
    _answered(machine, {"deviceId": IMEI, "createTime": "soon", "upgradeTime": "2022-13-01 00:00:00 +0000 UTC"})

    device = machine.client().devices([IMEI])[IMEI]

    assert (device.create_time, device.upgrade_time) == (None, None)
    assert device.extra == {"createTime": "soon", "upgradeTime": "2022-13-01 00:00:00 +0000 UTC"}
    assert caplog.messages == [f"2 times could not be read: createTime of device {IMEI} is 'soon'"]


def test_time_of_software_that_cannot_be_read_hides_no_other(machine: VirtualMachine, caplog: pytest.LogCaptureFixture):
    """
    Each has a key of its own in `extra`, which tells whose it is.
    """
    software = [{"name": "boot", "upgradeTime": "soon"}, {"name": "app", "upgradeTime": "later"}]
    _answered(machine, {"deviceId": IMEI, "upgradeTime": "never", "softwareList": software})

    device = machine.client().devices([IMEI])[IMEI]

    assert device.software == (Software(name="boot"), Software(name="app"))
    assert device.extra == {
        "upgradeTime": "never",
        "softwareList[0].upgradeTime": "soon",
        "softwareList[1].upgradeTime": "later",
    }
    assert caplog.messages[0].startswith("3 times could not be read: softwareList[0].upgradeTime of device")


def test_time_that_cannot_be_read_moves_no_time_of_other_rows(machine: VirtualMachine):
    """
    Times are read for many rows at once; those beside an odd one, or beside one with a bar in it, stay what they are.
    """
    _answered(
        machine,
        {"deviceId": IMEI, "createTime": "2022-01-25", "lastConnectionTime": "2022-01-26"},
        {"deviceId": THIRD, "createTime": "N/A|N/A", "statusTime": "2022-01-27"},
        {"deviceId": SECOND, "updateTime": "2022-01-28 00:00:00.5 +0000 UTC", "lastConnectTime": "2022-01-29"},
    )

    devices = machine.client().devices(sorted([IMEI, SECOND, THIRD]))

    assert [(each.create_time, each.update_time, each.status_time, each.last_connection_time) for each in devices] == [
        ("2022-01-25T00:00:00Z", None, None, "2022-01-26T00:00:00Z"),
        (None, "2022-01-28T00:00:00.5Z", None, "2022-01-29T00:00:00Z"),
        (None, None, "2022-01-27T00:00:00Z", None),
    ]


@pytest.mark.parametrize("unsaid", [None, "", "N/A"])
@pytest.mark.parametrize("beside", [{}, {"createTime": "soon"}])
def test_spelling_that_says_nothing_hides_no_other(machine: VirtualMachine, unsaid: str | None, beside: dict[str, str]):
    """
    A row may have both keys of the last contact, also where its times are read one by one.
    """
    _answered(machine, {"deviceId": IMEI, "lastConnectTime": unsaid, "lastConnectionTime": "2022-01-25", **beside})

    device = machine.client().devices([IMEI])[IMEI]

    assert device.last_connection_time == "2022-01-25T00:00:00Z"


@pytest.mark.parametrize("odd", ["2022-01-04 02:45:00.123456789 +0000 UTC", "soon"])
def test_odd_time_costs_no_other_row_a_closer_look(odd: str, monkeypatch: pytest.MonkeyPatch):
    """
    Of a page of many rows, the times of that one alone are read one by one, which takes several times as long.
    """
    closely: list[str] = []
    monkeypatch.setattr(rows, "to_rfc3339", lambda text: closely.append(text) or to_rfc3339(text))
    page = [{"deviceId": str(350000000000000 + n), "createTime": "2022-01-25"} for n in range(1000)]
    page[50]["upgradeTime"] = odd

    rows.DevicePages("0000123456-00001").decode({"deviceList": page})

    assert closely == ["2022-01-25", odd]
