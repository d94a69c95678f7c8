"""What a snapshot stores of a set of devices, and what can be asked again from what is stored.

The one place that knows the stored form, which is for ever: later releases read what this one wrote. Compact
and keyed, because the engine compares maps by key and lists by position. Holds no time and no phone number.
Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import attrs

from pulumi_fota.resources.cohort_counts import to_tree
from pulumi_fota.resources.imei_chunks import from_chunks, to_chunks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fota.model import Device, DeviceSet

Record = Literal["devices", "cohorts"]
RECORDS: tuple[Record, ...] = ("devices", "cohorts")
UNKNOWN = "unknown"  # What the service did not say. Pulumi drops a key whose value is None.

#: Every stored key, in every snapshot: an empty map or text stands where there is nothing.
KEYS = (
    "account",
    "protocol",
    "connection",
    "scope",
    "record",
    "pinned",
    "firmware",
    "imeis",
    "ineligible",
    "unlicensed",
    "inactive",
    "missing",
    "count",
    "cohorts",
    "digest",
)
#: Those that a baseline keeps as they were. Devices of another account are another baseline.
PINNED_KEYS = tuple(key for key in KEYS if key not in {"account", "pinned"})


def to_stored(devices: DeviceSet, *, record: Record, pinned: bool = False) -> dict[str, Any]:
    """Tell what to store of a set.

    Two sets that differ in order, in times, or in the case of a make, model or status give equal results.
    """
    exceptions = {
        "ineligible": {device.imei: _no(device.fota_eligible) for device in devices if not device.fota_eligible},
        "unlicensed": {device.imei: _no(device.license_assigned) for device in devices if not device.license_assigned},
        "inactive": {device.imei: word for device in devices if (word := _word(device.status)) != "active"},
        "missing": dict.fromkeys(devices.missing, UNKNOWN),
    }
    rows = record == "devices"
    return {
        "account": devices.account,
        "protocol": devices.protocol or "",
        "connection": devices.connection or "",
        "scope": "account" if devices.requested is None else "list",
        "record": record,
        "pinned": pinned,
        "firmware": {device.imei: _version(device) for device in devices} if rows else {},
        "imeis": {} if rows or devices.requested is None else to_chunks(devices.requested),
        **{key: words if rows else dict(sorted(Counter(words.values()).items())) for key, words in exceptions.items()},
        "count": len(devices),
        "cohorts": to_tree(map(_cohort, devices)),
        "digest": devices.digest,
    }


@attrs.frozen(kw_only=True)
class Question:
    """What to ask ThingSpace so that the answer can be compared with a stored one."""

    account: str
    protocol: str | None
    connection: str | None
    imeis: tuple[str, ...] | None  #: `None` is all of the account.

    @classmethod
    def that_gave(cls, stored: Mapping[str, Any]) -> Question:
        """Find the question in what was stored of its answer.

        Raises:
            ValueError: `imeis` holds something that `to_stored` did not write.
        """
        if stored["scope"] == "account":
            imeis = None
        elif stored["record"] == "cohorts":
            imeis = from_chunks(stored["imeis"])
        else:
            imeis = tuple(sorted({**stored["firmware"], **stored["missing"]}))
        return cls(
            account=stored["account"],
            protocol=stored["protocol"] or None,
            connection=stored["connection"] or None,
            imeis=imeis,
        )


def _cohort(device: Device) -> tuple[str, str, str]:
    """Name make, model and firmware as the digest sees them: make and model without regard to case."""
    return _word(device.make), _word(device.model), _version(device)


def _version(device: Device) -> str:
    """Give the firmware as received, where it is said."""
    return device.firmware if device.firmware and device.firmware.strip() else UNKNOWN


def _no(said: bool | None) -> str:
    return UNKNOWN if said is None else "no"


@lru_cache(maxsize=1000)  # A fleet has few makes, models and statuses.
def _word(text: str | None) -> str:
    return (text or "").strip().casefold() or UNKNOWN
