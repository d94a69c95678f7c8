"""A simulated ThingSpace that a test fills with devices."""

from __future__ import annotations

import json
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from pulumi_fota.model.imei import with_check_digit
from pulumi_fota.simulator import Credentials, Simulator
from pulumi_fota.simulator.fleet import DEVICE_FIELDS
from pulumi_fota.simulator.suggestions import unknown_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

_ACCOUNT = "0000123456-00001"
_CREDENTIALS = Credentials()
_TYPE_CODE = "35999900"  # The first 8 digits of the IMEIs; no real device has these.
# Devices are of these models in turn. Times are printed as the service does, or say that there was none.
_MODELS: tuple[dict[str, Any], ...] = (
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
_DEFAULTS: dict[str, Any] = {
    "fotaEligible": True,
    "licenseAssigned": True,
    "status": "Active",
    "createTime": "2021-06-09 17:41:16.72 +0000 UTC",
    "upgradeTime": "N/A",
    "refreshTime": "2022-02-04 06:10:01.441 +0000 UTC",
}
_FIELDS = tuple(name for name in DEVICE_FIELDS if name != "deviceId")


class FakeThingSpace:
    """ThingSpace, simulated in this process, with one account that has no devices at first.

    Attributes:
        simulator: The simulator, for faults, outages, and the requests that it got.
        account: The name of the account.
    """

    def __init__(self) -> None:
        self.simulator: Simulator = Simulator({"accountName": _ACCOUNT}, credentials=_CREDENTIALS)
        self.account = _ACCOUNT
        self._made = 0

    def __enter__(self) -> Self:
        self.simulator.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.simulator.stop()

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that point a program at it."""
        credentials = _CREDENTIALS
        return {
            "FOTA_ACCOUNT": _ACCOUNT,
            "FOTA_BASE_URL": self.simulator.url,
            "FOTA_KEY": credentials.key,
            "FOTA_SECRET": credentials.secret,
            "FOTA_USERNAME": credentials.username,
            "FOTA_PASSWORD": credentials.password,
        }

    def add_devices(self, count: int = 1, *, extra: Mapping[str, Any] | None = None, **fields: Any) -> tuple[str, ...]:
        """Add plausible devices and return their IMEIs, which are valid.

        Args:
            count: The number of devices.
            extra: What else all of them have: keys that the documentation of the API does not have for a device.
            fields: What all of them have, by the names of the API (`fotaEligible=False`). By default they are of three
                models in turn, eligible and licensed.

        Raises:
            TypeError: A field is unknown, or is the IMEI, or a value is not JSON.
        """
        given = _checked(fields, extra)
        imeis = []
        for model in islice(cycle(_MODELS), count):
            self._made += 1
            imei = with_check_digit(f"{_TYPE_CODE}{self._made:06d}")
            mdn = f"908555{self._made:04d}"
            self.simulator.add({"deviceId": imei, "mdn": mdn, **_DEFAULTS, **model, **given})
            imeis.append(imei)
        return tuple(imeis)

    def change(self, imei: str, *, extra: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """Change what is known of a device.

        Args:
            imei: The device.
            extra: As in `add_devices`.
            fields: As in `add_devices`.

        Raises:
            FleetError: No such device was added.
            TypeError: A field is unknown, or is the IMEI, or a value is not JSON.
        """
        self.simulator.device(imei).update(_checked(fields, extra))

    def remove(self, imei: str) -> None:
        """Remove a device from the account.

        Raises:
            FleetError: No such device was added.
        """
        self.simulator.remove(imei)


def _checked(fields: dict[str, Any], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the fields and the extra keys, if all fields are known: a test with a misspelt one would test nothing."""
    for name in fields:
        if name not in DEVICE_FIELDS:
            raise TypeError(f"{unknown_name('field', name, _FIELDS)} (other keys of a row: extra={{{name!r}: …}})")
    given = {**fields, **(extra or {})}
    if "deviceId" in given:
        raise TypeError("the IMEI is not a field: add a device of your own with `simulator.add({'deviceId': …})`")
    json.dumps(given)
    return given
