"""A cohort: devices that are alike, such as those of one make, model and firmware.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from pulumi_fota.model.device_set import DeviceSet

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH = 40  # With the hash behind it, a key stays below the 63 characters of a DNS label.


@attrs.frozen(kw_only=True, slots=False)
class Cohort:
    """Devices that share the values of the fields they were grouped by.

    `make`, `model` and `firmware` are as received, and `None` where the service does not say or where
    the devices were grouped by other fields.
    """

    key: str  #: Stable text for a resource's name: lower-case letters, digits and hyphens, 63 at most.
    count: int  #: How many devices.
    make: str | None = None
    model: str | None = None
    firmware: str | None = None
    values: dict[str, Any] = attrs.field(hash=False)  #: The shared value of each field they were grouped by.
    _devices: DeviceSet = attrs.field(repr=False, hash=False)

    @property
    def devices(self) -> DeviceSet:
        """The devices of the cohort, in IMEI order. Not exported with it: ask for them by name."""
        return self._devices

    @classmethod
    def of(cls, devices: DeviceSet, values: dict[str, Any]) -> Cohort:
        """Name the cohort of the devices that share these values."""
        named = {name: values.get(name) for name in ("make", "model", "firmware")}
        return cls(key=_key(values), count=len(devices), values=values, devices=devices, **named)


def _key(values: dict[str, Any]) -> str:
    """Make a name from the values themselves, so that other cohorts coming and going never change it.

    The hash keeps apart what the readable part makes equal, and is there always: were it added only
    on a clash, a new cohort could rename an old one's resources.
    """
    readable = _NOT_SLUG.sub("-", "-".join(str(v) for v in values.values() if v is not None).lower())
    exact = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return f"{readable[:_SLUG_LENGTH].strip('-') or 'unknown'}-{exact[:8]}"
