"""A ThingSpace that a test fills with devices."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from pulumi_fota.model.imei import with_check_digit
from pulumi_fota.simulator import Credentials, Simulator

if TYPE_CHECKING:
    from typing_extensions import Self

_ACCOUNT = "0000123456-00001"
_CREDENTIALS = Credentials(key="sim-key", secret="sim-secret", username="sim-user", password="sim-password")  # noqa: S106
_TYPE = "35999900"  # A type allocation code of no real device.
# What devices are in turn unless the test says otherwise; times are uneven, as Go prints them, or were never.
_KINDS: tuple[dict[str, Any], ...] = (
    {
        "make": "SEQUANS COMMUNICATIONS",
        "model": "GM01Q",
        "firmware": "SR1.2.0.0-10657",
        "protocol": "LWM2M",
        "lastConnectionTime": "2022-02-04 06:10:01.441 +0000 UTC",
    },
    {
        "make": "Telit",
        "model": "ME910C1",
        "firmware": "M0B.950004-B006",
        "protocol": "OMADM",
        "lastConnectionTime": "2022-02-03 21:55:20.07 +0000 UTC",
    },
    {
        "make": "Quectel",
        "model": "BG96",
        "firmware": "BG96MAR02A07M1G",
        "protocol": "LWM2M",
        "lastConnectionTime": "N/A",
    },
)
_ALL: dict[str, Any] = {
    "fotaEligible": True,
    "licenseAssigned": True,
    "status": "Active",
    "createTime": "2021-06-09 17:41:16.72 +0000 UTC",
    "upgradeTime": "N/A",
    "refreshTime": "2022-02-04 06:10:01.441 +0000 UTC",
}


class FakeThingSpace:
    """The service in this process, with an account that begins empty.

    `simulator` is the whole of it: faults, outages, what was asked.
    """

    def __init__(self) -> None:
        fleet = {"accountName": _ACCOUNT, "deviceList": [], "firmwareList": []}
        self.simulator: Simulator = Simulator(fleet, credentials=_CREDENTIALS)
        self.account = _ACCOUNT
        self._made = 0

    def __enter__(self) -> Self:
        self.simulator.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self.simulator.__exit__(None, None, None)

    @property
    def settings(self) -> dict[str, str]:
        """Give the environment variables that reach it."""
        return {
            "FOTA_ACCOUNT": _ACCOUNT,
            "FOTA_BASE_URL": self.simulator.url,
            "FOTA_KEY": "sim-key",
            "FOTA_SECRET": "sim-secret",
            "FOTA_USERNAME": "sim-user",
            "FOTA_PASSWORD": "sim-password",
        }

    def add_devices(self, count: int = 1, **fields: Any) -> tuple[str, ...]:
        """Add plausible devices with valid IMEIs, and give those.

        Args:
            count: How many.
            fields: What all of them have, by the names of the API (`fotaEligible=False`); makes, models and
                versions are of three kinds in turn unless they are given.
        """
        made = []
        for kind in islice(cycle(_KINDS), count):
            self._made += 1
            imei = with_check_digit(f"{_TYPE}{self._made:06d}")
            mdn = f"908555{self._made:04d}"
            self.simulator.add({"deviceId": imei, "mdn": mdn, **_ALL, **kind, **fields})
            made.append(imei)
        return tuple(made)

    def change(self, imei: str, **fields: Any) -> None:
        """Change what is known of a device, by the names of the API.

        Raises:
            FleetError: No such device was added.
        """
        self.simulator.device(imei).update(fields)

    def remove(self, imei: str) -> None:
        """Take a device out of the account.

        Raises:
            FleetError: No such device was added.
        """
        self.simulator.remove(imei)
