"""The firmware that the carrier offers to an account.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

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
        return self._from(device, device.firmware)

    def path(self, device: Device, to: str) -> tuple[Upgrade, ...] | None:
        """Find the fewest upgrades that take a device from its firmware to another version, in their order.

        Only upgrades of the device's make and model count, compared literally, as the service joins them. Of
        paths of equal length it is the one whose upgrades were received first.

        Returns:
            No upgrade at all where the device runs that version already; `None` where no path leads there.
        """
        paths: dict[str | None, tuple[Upgrade, ...]] = {device.firmware: ()}
        reached = [device.firmware]
        for version in reached:  # Grows while it is walked, nearest versions first.
            if version == to:
                return paths[version]
            for upgrade in self._from(device, version):
                if upgrade.firmware_to is not None and upgrade.firmware_to not in paths:
                    paths[upgrade.firmware_to] = (*paths[version], upgrade)
                    reached.append(upgrade.firmware_to)
        return None

    def to_dict(self) -> dict[str, Any]:
        """Give `{account, upgrades}` as plain data, which is what a resource's inputs take."""
        return {"account": self.account, "upgrades": [attrs.asdict(upgrade) for upgrade in self._upgrades]}

    def _from(self, device: Device, version: str | None) -> tuple[Upgrade, ...]:
        if version is None:
            return ()
        return self._by_start.get((device.make, device.model, version), ())

    @cached_property
    def _by_start(self) -> dict[tuple[str | None, ...], tuple[Upgrade, ...]]:
        starts: dict[tuple[str | None, ...], tuple[Upgrade, ...]] = {}
        for upgrade in self._upgrades:
            start = (upgrade.make, upgrade.model, upgrade.firmware_from)
            starts[start] = (*starts.get(start, ()), upgrade)
        return starts
