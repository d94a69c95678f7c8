"""The firmware that the carrier offers to an account.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import attrs

if TYPE_CHECKING:
    from pulumi_fota.model.device import Device


@attrs.frozen(kw_only=True, slots=False)
class Upgrade:
    """One package: from which version to which, for which make and model. Text as received.

    Source: ThingSpace, List available firmware (v3), table of the response.
    """

    name: str | None = None  #: `firmwareName`.
    make: str | None = None
    model: str | None = None
    firmware_from: str | None = None
    firmware_to: str | None = None
    protocol: str | None = None
    launch_date: str | None = None
    release_note: str | None = None


@attrs.frozen(kw_only=True, slots=False, repr=False)
class AvailableFirmware(Sequence[Upgrade]):
    """The upgrades that wait for the devices of an account, in the order received."""

    account: str
    read_at: str  #: When the read started: RFC 3339 text in UTC.
    protocol: str | None = None  #: The protocol filter of the read, if one was sent.
    connection: str | None = None  #: The name of the connection; `None` for the default one.
    _upgrades: tuple[Upgrade, ...] = attrs.field(alias="upgrades")

    @overload
    def __getitem__(self, key: int) -> Upgrade: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Upgrade, ...]: ...
    def __getitem__(self, key: int | slice) -> Upgrade | tuple[Upgrade, ...]:
        return self._upgrades[key]

    def __len__(self) -> int:
        return len(self._upgrades)

    def __iter__(self) -> Iterator[Upgrade]:
        return iter(self._upgrades)

    def __repr__(self) -> str:
        return f"<AvailableFirmware of {len(self):,} upgrades for account {self.account!r}>"

    def waiting_for(self, device: Device) -> tuple[Upgrade, ...]:
        """Give the upgrades that start at this device's make, model and firmware, each compared literally."""
        return tuple(
            upgrade
            for upgrade in self._upgrades
            if device.firmware is not None
            and (upgrade.make, upgrade.model, upgrade.firmware_from) == (device.make, device.model, device.firmware)
        )
