"""A device as the carrier describes it.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping


@attrs.frozen(kw_only=True, slots=False)
class Software:
    """One piece of software on a device, as received.

    Source: ThingSpace, Device information for a list (v3), `softwareList`.

    Attributes:
        name: The name of the software.
        version: The version that is installed.
        upgrade_time: When it was last upgraded: RFC 3339 text in UTC.
    """

    name: str | None = None
    version: str | None = None
    upgrade_time: str | None = None


@attrs.frozen(kw_only=True, slots=False)
class Device:
    """One device, with what ThingSpace says about it.

    Text is as received. A time is RFC 3339 text in UTC; it is `None` if it is not given, is `N/A` or cannot be read. A
    boolean is `None` if the answer does not contain it. `pulumi.export` shows all attributes but `mdn` and `extra`,
    which take no part in equality and hash either.

    Source: ThingSpace, Device information for a list (v3), table of the response.

    Attributes:
        imei: The IMEI, 15 digits (`deviceId`).
        make: The make as FOTA knows it: free text in mixed case.
        model: The model as FOTA knows it: free text.
        firmware: The version that the device last reported: any text, on some modules a UUID.
        fota_eligible: Whether the device can be upgraded over the air (`fotaEligible`).
        license_assigned: Whether the device has a monthly licence (`licenseAssigned`).
        status: `Active` in every documented sample; other values are not documented.
        protocol: `LWM2M`, `OMADM`, `HTTP` or `NONE`.
        software: The software on the device (`softwareList`).
        files: The names in `filesList`.
        create_time: When the record was created.
        upgrade_time: When firmware or software was last upgraded.
        update_time: When the record was updated.
        status_time: When `status` was set.
        refresh_time: When the record was refreshed: how fresh these facts are.
        last_connection_time: When the device was last connected to the network.
        mdn: The phone number. It is personal data, so it is not exported.
        extra: Keys that this release does not know, and times that cannot be read, as received. Not exported.
    """

    imei: str
    make: str | None = None
    model: str | None = None
    firmware: str | None = None
    fota_eligible: bool | None = None
    license_assigned: bool | None = None
    status: str | None = None
    protocol: str | None = None
    software: tuple[Software, ...] = ()
    files: tuple[str, ...] = ()
    create_time: str | None = None
    upgrade_time: str | None = None
    update_time: str | None = None
    status_time: str | None = None
    refresh_time: str | None = None
    last_connection_time: str | None = None
    _mdn: str | None = attrs.field(default=None, eq=False, repr=False)
    _extra: Mapping[str, Any] | None = attrs.field(default=None, eq=False, repr=False)

    if TYPE_CHECKING:
        # attrs writes both. Without them here, a type checker takes `imei in devices` for a mistake.
        def __eq__(self, other: object) -> bool: ...
        def __hash__(self) -> int: ...

    @property
    def mdn(self) -> str | None:
        """The phone number, as received. It is personal data, so it is not exported."""
        return self._mdn

    @property
    def extra(self) -> Mapping[str, Any]:
        """Keys that this release does not know, and times that cannot be read, as received. Not exported."""
        return self._extra or {}

    def to_dict(self) -> dict[str, Any]:
        """Return the exported attributes as a dict, which the inputs of a resource take."""
        return {
            **{name: getattr(self, name) for name in FIELDS},
            "software": [attrs.asdict(software) for software in self.software],
            "files": list(self.files),
        }


#: The names of the exported attributes, in their order.
FIELDS: tuple[str, ...] = tuple(field.name for field in attrs.fields(Device) if not field.name.startswith("_"))
#: Those with a single value, by which devices can be grouped.
SINGLE_FIELDS: tuple[str, ...] = tuple(name for name in FIELDS if name not in {"software", "files"})
