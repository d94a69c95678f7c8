"""Sets of meters, made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fota.model import Device, DeviceSet

ACCOUNT = "0000123456-00001"
GOOD = {
    "make": "SEQUANS COMMUNICATIONS",
    "model": "GM01Q",
    "firmware": "SR1.2",
    "fota_eligible": True,
    "license_assigned": True,
    "status": "Active",
}


@pytest.fixture
def meters():
    """
    Make a set: for each IMEI what is out of the ordinary about it, or `None` where the answer left it out.
    """

    def make(rows: dict[str, dict[str, Any] | None], **read: Any) -> DeviceSet:
        asked = {
            "account": ACCOUNT,
            "read_at": "2022-02-05T00:00:00.000Z",
            "requested": tuple(sorted(rows)),
            "missing": tuple(sorted(imei for imei, fields in rows.items() if fields is None)),
        }
        devices = [Device(imei=imei, **{**GOOD, **fields}) for imei, fields in rows.items() if fields is not None]
        return DeviceSet.of(devices, **{**asked, **read})

    return make
