"""A device as the carrier knows it.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping


@attrs.frozen(kw_only=True, slots=False)
class Software:
    """One piece of software on a device (`softwareList` of the device information, v3)."""

    name: str | None = None
    version: str | None = None
    upgrade_time: str | None = None


@attrs.frozen(kw_only=True, slots=False)
class Device:
    """What ThingSpace says of one device.

    Text is as received. A time is RFC 3339 text in UTC, or `None`: never, `N/A` or unreadable. A boolean is
    `None` where the answer does not say. The public fields are what `pulumi.export` shows; `mdn` and `extra`
    are not exported and take no part in equality and hash.

    Source: ThingSpace, Device information for a list (v3), table of the response.
    """

    imei: str  #: 15 digits (`deviceId`).
    make: str | None = None  #: The make as FOTA knows it; free text in mixed case.
    model: str | None = None  #: The model as FOTA knows it; free text.
    firmware: str | None = None  #: The version as last reported: any text, a UUID on some modules.
    fota_eligible: bool | None = None  #: Whether the device can be upgraded over the air (`fotaEligible`).
    license_assigned: bool | None = None  #: Whether a monthly licence is on the device (`licenseAssigned`).
    status: str | None = None  #: `Active` in every sample; the other values are not documented.
    protocol: str | None = None  #: `LWM2M`, `OMADM`, `HTTP` or `NONE`, as received.
    software: tuple[Software, ...] = ()  #: `softwareList`.
    files: tuple[str, ...] = ()  #: The names in `filesList`.
    create_time: str | None = None  #: When the record was created.
    upgrade_time: str | None = None  #: When firmware or software was last upgraded.
    update_time: str | None = None  #: When the record was updated.
    status_time: str | None = None  #: The time stamp of `status`.
    refresh_time: str | None = None  #: When the record was refreshed: how fresh this row is.
    last_connection_time: str | None = None  #: When the device was last in contact with the network.
    _mdn: str | None = attrs.field(default=None, eq=False, repr=False)
    _extra: Mapping[str, Any] | None = attrs.field(default=None, eq=False, repr=False)

    if TYPE_CHECKING:
        # attrs writes both. Without them here, a type checker takes `imei in devices` for a mistake.
        def __eq__(self, other: object) -> bool: ...
        def __hash__(self) -> int: ...

    @property
    def mdn(self) -> str | None:
        """The phone number, as received. Not exported: it is personal data."""
        return self._mdn

    @property
    def extra(self) -> Mapping[str, Any]:
        """Keys of the row that this version does not know, and times that could not be read, as received."""
        return self._extra or {}

    def to_dict(self) -> dict[str, Any]:
        """Give the exported fields as a dict, which is what a resource's inputs take."""
        return {
            **{name: getattr(self, name) for name in FIELDS},
            "software": [attrs.asdict(software) for software in self.software],
            "files": list(self.files),
        }


#: The names of the exported fields, in their order.
FIELDS: tuple[str, ...] = tuple(field.name for field in attrs.fields(Device) if not field.name.startswith("_"))
#: Those that hold one value, by which devices can be grouped.
SINGLE_FIELDS: tuple[str, ...] = tuple(name for name in FIELDS if name not in {"software", "files"})
