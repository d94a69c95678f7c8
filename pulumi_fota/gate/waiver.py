"""A waiver: a device, or a model, that may fail a rule until a day, for a reason.

Pure: what day it is comes from the set of devices. Knows nothing of Pulumi.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate.rule import canonical, check_text
from pulumi_fota.model.imei import parse_imei

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self


@attrs.frozen(kw_only=True, slots=False)
class Waiver:
    """Lets one device, or all of a model, fail a rule until a day.

    A device that passes is counted as passed, waived or not. One that fails, or where the rule cannot tell, leaves
    the count and is listed apart. After its last day a waiver is ignored, and the message names it.
    """

    rule: str  #: The id of the rule, such as `minimum-version`; `missing` for devices that did not come back.
    imei: str | None = None  #: The device.
    model: str | None = None  #: All devices of this model, whatever its case.
    reason: str  #: Why, for the next person.
    until: date  #: The last day on which it counts, in UTC.

    def __attrs_post_init__(self) -> None:
        check_text("the rule of a waiver", self.rule)
        check_text("the reason of a waiver", self.reason)
        if (self.imei is None) == (self.model is None):
            raise InvalidRule.waiver_for_whom(self.rule, both=self.imei is not None)
        if self.imei is not None:
            object.__setattr__(self, "imei", parse_imei(self.imei))
        if self.model is not None:
            check_text("the model of a waiver", self.model)
        if isinstance(self.until, datetime) or not isinstance(self.until, date):
            raise InvalidRule.waiver_without_date(self.rule, self.until)

    def counts_on(self, day: str) -> bool:
        """Tell whether it still counts on a day, given as `2026-12-31`."""
        return day <= self.until.isoformat()


@attrs.frozen
class Waivers:
    """The waivers of one rule on one day, ready to be looked up."""

    by_imei: dict[str, Waiver]
    by_model: dict[str, Waiver]
    expired_by_imei: dict[str, Waiver]
    expired_by_model: dict[str, Waiver]

    @classmethod
    def on(cls, day: str, waivers: Iterable[Waiver]) -> Self:
        """Part waivers into those that count on a day and those that no longer do."""
        lookup = cls({}, {}, {}, {})
        for waiver in waivers:
            counts = waiver.counts_on(day)
            if waiver.imei is not None:
                (lookup.by_imei if counts else lookup.expired_by_imei)[waiver.imei] = waiver
            if waiver.model is not None:
                (lookup.by_model if counts else lookup.expired_by_model)[canonical(waiver.model)] = waiver
        return lookup

    def for_device(self, imei: str, model: str | None) -> Waiver | None:
        """Find the waiver that counts for a device."""
        return self.by_imei.get(imei) or self.by_model.get(canonical(model or ""))

    def expired_for(self, imei: str, model: str | None) -> Waiver | None:
        """Find a waiver that counted for a device once."""
        return self.expired_by_imei.get(imei) or self.expired_by_model.get(canonical(model or ""))
