"""What the pages of one read hold together, against what was asked.

Plain values. Knows nothing of HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from pulumi_fota.errors import UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_fota.model import Device
    from pulumi_fota.thingspace.rows import Page

_NAMED = 10


@attrs.define
class CollectedDevices:
    """The devices of one read."""

    requested: frozenset[str] | None  #: `None` where all of the account was asked for.
    devices: dict[str, Device] = attrs.field(factory=dict)
    refusals: dict[str, str] = attrs.field(factory=dict)
    foreign: set[str] = attrs.field(factory=set)
    pages: int = 0
    miscounted: int = 0

    def add(self, page: Page) -> None:
        """Add a page.

        Raises:
            UnexpectedResponse: It says something else of a device than a page before.
        """
        self.pages += 1
        for device in page.devices:
            imei = device.imei
            if self.requested is not None and imei not in self.requested:
                self.foreign.add(imei)
            else:
                known = self.devices.setdefault(imei, device)
                if (known is not device and known != device) or imei in self.refusals:
                    raise UnexpectedResponse.contradiction(imei)
        for imei, reason in page.refusals.items():
            if self.requested is not None and imei not in self.requested:
                self.foreign.add(imei)
            elif imei in self.devices:
                raise UnexpectedResponse.contradiction(imei)
            else:
                self.refusals[imei] = reason
        if page.count is not None and page.cursor is None and page.count != len(page.devices) + len(page.refusals):
            self.miscounted += 1

    def missing(self, what: str) -> tuple[str, ...]:
        """Give the IMEIs without facts, sorted.

        Raises:
            UnexpectedResponse: Others came in their place, so that the list was not heeded.
        """
        if self.requested is None:
            return tuple(sorted(self.refusals))
        missing = self.requested - self.devices.keys()
        unanswered = missing - self.refusals.keys()
        if self.foreign and unanswered:
            raise UnexpectedResponse.other_devices(min(self.foreign), min(unanswered)).about(what)
        return tuple(sorted(missing))

    def warnings(self) -> Iterator[tuple[str, str]]:
        """Return what was odd about it and is not a reason to fail: numbers, and the names of some devices."""
        if self.foreign:
            some = f"ThingSpace answered for devices that were not asked for ({len(self.foreign):,}), left out"
            yield some, f": {', '.join(sorted(self.foreign)[:_NAMED])}"
        if self.miscounted:
            yield f"`deviceCount` is not the number of devices in {self.miscounted:,} of {self.pages:,} answers", ""
