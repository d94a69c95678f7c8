"""The firmware upgrades that the carrier offers to an account.

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
    """One upgrade, for the devices of a make and model that run a certain version. Text is as received.

    Source: ThingSpace, List available firmware (v3), table of the response.

    Attributes:
        name: The name of the package (`firmwareName`).
        make: The make that it is for.
        model: The model that it is for.
        firmware_from: The version that a device must run.
        firmware_to: The version that it installs.
        protocol: The protocol that it is sent with.
        launch_date: When the upgrade became available.
        release_note: What the vendor says about it.
    """

    name: str | None = None
    make: str | None = None
    model: str | None = None
    firmware_from: str | None = None
    firmware_to: str | None = None
    protocol: str | None = None
    launch_date: str | None = None
    release_note: str | None = None


@attrs.frozen(kw_only=True, slots=False, repr=False)
class AvailableFirmware(Sequence[Upgrade]):
    """The upgrades that are available to the devices of an account: a sequence, in the order received.

    Attributes:
        account: The billing account, with its zeros and its dash.
        read_at: When the read started: RFC 3339 text in UTC.
        protocol: The protocol filter of the read, if one was sent.
        connection: The name of the connection; `None` for the default one.
    """

    account: str
    read_at: str
    protocol: str | None = None
    connection: str | None = None
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
        """Return the upgrades for the make, model and firmware of a device, which are compared literally."""
        return self._from(device, device.firmware)

    def path(self, device: Device, to: str) -> tuple[Upgrade, ...] | None:
        """Return the shortest sequence of upgrades from the firmware of a device to another version.

        Only upgrades for the make and model of the device count, which are compared literally, as the service does. Of
        several shortest paths it is the one whose upgrades were received first.

        Returns:
            The upgrades in their order: none if the device runs that version already; `None` if there is no path.
        """
        paths: dict[str | None, tuple[Upgrade, ...]] = {device.firmware: ()}
        reached = [device.firmware]
        for version in reached:  # The list grows during the loop, nearest versions first.
            if version == to:
                return paths[version]
            for upgrade in self._from(device, version):
                if upgrade.firmware_to is not None and upgrade.firmware_to not in paths:
                    paths[upgrade.firmware_to] = (*paths[version], upgrade)
                    reached.append(upgrade.firmware_to)
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return `{account, upgrades}` as plain data, which the inputs of a resource take."""
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
