"""A waiver: a device, or a model, that may fail a rule until a day, for a reason.

Pure: the day comes from the set of devices. Knows nothing of gates, verdicts or Pulumi.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from pulumi_fota._text import shown
from pulumi_fota.errors import InvalidRule, described
from pulumi_fota.gate.arguments import check_text
from pulumi_fota.gate.rule import canonical
from pulumi_fota.model.imei import parse_imei

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self

    from pulumi_fota.model.device_set import DeviceSet

_SOON = timedelta(days=7)


@attrs.frozen(kw_only=True, slots=False)
class Waiver:
    """Lets one device, or all of a model, fail a rule until a day.

    A device that passes is counted as passed, waived or not. One that fails, or for which the rule has no answer, is
    not counted and is listed separately. After its last day a waiver is ignored, and the message names it.

    Attributes:
        rule: The id of the rule, such as `minimum-version`; `missing` for devices that did not come back.
        imei: The device.
        model: All devices of this model, ignoring case.
        reason: Why, for the next person.
        until: The last day on which the waiver is active, in UTC.
    """

    rule: str
    imei: str | None = None
    model: str | None = None
    reason: str
    until: date

    def __attrs_post_init__(self) -> None:
        check_text("the rule of a waiver", self.rule)
        check_text("the reason of a waiver", self.reason)
        if (self.imei is None) == (self.model is None):
            named = "neither an imei nor a model" if self.imei is None else "both an imei and a model"
            raise InvalidRule(f"the waiver of rule {shown(self.rule)} names {named}: name either an imei or a model")
        if self.imei is not None:
            object.__setattr__(self, "imei", parse_imei(self.imei))
        if self.model is not None:
            check_text("the model of a waiver", self.model)
        if isinstance(self.until, datetime) or not isinstance(self.until, date):
            raise InvalidRule(
                f"the waiver of rule {shown(self.rule)} ends on {described(self.until)}: "
                "give its last day in UTC as a date, such as until=date(2026, 12, 31)"
            )

    def counts_on(self, day: str) -> bool:
        """Return whether the waiver is active on a day, given as `2026-12-31`."""
        return day <= self.until.isoformat()


@attrs.frozen
class Waivers:
    """The waivers of one rule on one day, indexed for lookup."""

    by_imei: dict[str, Waiver]
    by_model: dict[str, Waiver]
    expired_by_imei: dict[str, Waiver]
    expired_by_model: dict[str, Waiver]

    @classmethod
    def on(cls, day: str, waivers: Iterable[Waiver]) -> Self:
        """Split waivers into active and expired ones."""
        lookup = cls({}, {}, {}, {})
        for waiver in waivers:
            counts = waiver.counts_on(day)
            if waiver.imei is not None:
                (lookup.by_imei if counts else lookup.expired_by_imei)[waiver.imei] = waiver
            if waiver.model is not None:
                (lookup.by_model if counts else lookup.expired_by_model)[canonical(waiver.model)] = waiver
        return lookup

    def for_device(self, imei: str, model: str | None) -> Waiver | None:
        """Return the active waiver of a device."""
        return self.by_imei.get(imei) or self.by_model.get(canonical(model or ""))

    def expired_for(self, imei: str, model: str | None) -> Waiver | None:
        """Return the expired waiver of a device."""
        return self.expired_by_imei.get(imei) or self.expired_by_model.get(canonical(model or ""))


def ending_soon(waivers: Iterable[Waiver], day: str) -> tuple[Waiver, ...]:
    """Return the waivers that are active on a day and end within seven days of it, the first to end first."""
    last = date.fromisoformat(day) + _SOON
    soon = [waiver for waiver in waivers if waiver.counts_on(day) and waiver.until <= last]
    return tuple(sorted(soon, key=lambda waiver: waiver.until))


def unmatched(waivers: Iterable[Waiver], day: str, devices: DeviceSet) -> tuple[Waiver, ...]:
    """Return the waivers that are active on a day, and about no device of a set or of those that did not come back."""
    missing = set(devices.missing)
    models = {canonical(model) for model in {device.model for device in devices} if model}
    return tuple(
        waiver
        for waiver in waivers
        if waiver.counts_on(day)
        and waiver.imei not in devices
        and waiver.imei not in missing
        and canonical(waiver.model or "") not in models
    )
