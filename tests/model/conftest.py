"""Devices and sets of them, made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fota.errors import InvalidImei
from pulumi_fota.model import Device, DeviceSet
from pulumi_fota.model.imei_file import read_imei_file

IMEIS = ("356938035643809", "359999000000018", "359999000000026", "490154203237518")


@pytest.fixture
def device():
    """
    Make a device; what is not said is that of a meter that is up to date.
    """

    def make(imei: str = IMEIS[0], **fields: Any) -> Device:
        meter = {"make": "SEQUANS COMMUNICATIONS", "model": "GM01Q", "firmware": "SR1.2", "status": "Active"}
        return Device(imei=imei, **{**meter, "fota_eligible": True, "license_assigned": True, **fields})

    return make


@pytest.fixture
def device_set():
    """
    Make a set of devices; the account and the time of the read are the same each time.
    """

    def make(*devices: Device, **read: Any) -> DeviceSet:
        asked = {
            "account": "0000123456-00001",
            "read_at": "2022-02-05T00:00:00.000Z",
            "requested": tuple(sorted(each.imei for each in devices)),
        }
        return DeviceSet.of(devices, **{**asked, **read})

    return make


@pytest.fixture
def file(tmp_path):
    """
    Write a file of this name and give its path.
    """

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def refusal():
    """
    Read a file of IMEIs that is refused, and give the message.
    """

    def read(path, **options):
        with pytest.raises(InvalidImei) as refused:
            read_imei_file(path, **options)
        return str(refused.value)

    return read
