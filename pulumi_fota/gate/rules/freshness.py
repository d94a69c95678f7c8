"""The rule about age: how long ago a device was last heard of.

Pure: "now" is the moment at which the set of devices was read. Knows nothing of Pulumi.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pulumi_fota._text import counted
from pulumi_fota.errors import InvalidRule, described
from pulumi_fota.gate.arguments import check_choice
from pulumi_fota.gate.rule import PASS, Judge, Phrase, Rule, RuleAnswer, RuleCheck
from pulumi_fota.model.time import to_datetime

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pulumi_fota.gate.rule import RuleOptions
    from pulumi_fota.model.device import Device
    from pulumi_fota.model.device_set import DeviceSet

TIMES = ("create_time", "upgrade_time", "update_time", "status_time", "refresh_time", "last_connection_time")
MOST_DAYS = 36_500
_CLOCKS_DIFFER = timedelta(days=1)


def fresh_within(*, days: int, field: str = "last_connection_time", **options: Unpack[RuleOptions]) -> Rule:
    """Require that a time of a device is no older than a number of days, counted from the set's `read_at`.

    Unknown if the device has no such time (never, `N/A`, unreadable), or if it is more than a day in the future.
    Id: `fresh-within`.

    Args:
        days: Days of 24 hours, 1 to 36,500.
        field: One of `last_connection_time` (last contact with the network), `refresh_time` (how fresh the row
            is), `create_time`, `upgrade_time`, `update_time` or `status_time`.
        options: The keywords that every rule takes.

    Raises:
        InvalidRule: There is no such field, or the number of days is invalid.

    Source: ThingSpace, Device information for a list (v3), the times of a device.
    """
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise InvalidRule(f"days is {described(days)}: use a whole number from 1 to {MOST_DAYS:,}")
    check_choice("field", field, TIMES)
    says = _Wording(days, field)

    def judge_of(devices: DeviceSet) -> Judge:
        now = to_datetime(devices.read_at)
        oldest, newest = _text(now - timedelta(days=days)), _text(now + _CLOCKS_DIFFER)

        def judge(device: Device) -> RuleAnswer:
            time = getattr(device, field)
            if time is None:
                return says.never
            # RFC 3339 text in UTC sorts as time does once the Z is off: a fraction only makes it longer.
            if oldest <= time[:-1] <= newest:
                return PASS
            if time[:-1] < oldest:
                return RuleAnswer("fail", says.stale, f"last {time[:10]}")
            return RuleAnswer("unknown", says.future, time)

        return judge

    return Rule.with_check(RuleCheck(judge_of=judge_of, fields=(field,)), says.holds, "fresh-within", options)


class _Wording:
    """The phrases about a time: the last connection in words, the other times by the name of the field."""

    def __init__(self, days: int, field: str) -> None:
        within = f"within {counted(days, 'day')}"
        if field == "last_connection_time":
            self.holds = Phrase("connected " + within, "connected " + within)
            self.stale = Phrase.of("has", "have", f"not connected {within}")
            self.never = RuleAnswer("unknown", Phrase.of("has", "have", "never connected"))
        else:
            self.holds = Phrase.of("has", "have", f"a {field} {within}")
            self.stale = Phrase.of("has", "have", f"no {field} {within}")
            self.never = RuleAnswer("unknown", Phrase.of("has", "have", f"no {field}"))
        self.future = Phrase.of("has", "have", f"a {field} in the future")


def _text(moment: datetime) -> str:
    text = moment.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if moment.microsecond else text
