"""The gate's own check: whether every device that was asked for came back.

Counted once by the gate, not by each rule. Pure: knows nothing of Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate.answer import PASS, RuleAnswer
from pulumi_fota.gate.rule import Rule, RuleCheck, check_choice
from pulumi_fota.gate.threshold import parse_at_most
from pulumi_fota.gate.wording import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_fota.model.device_set import DeviceSet

OnMissing: TypeAlias = Literal["fail", "warn", "pass"]

#: The id of the check: what waivers name, and what no other rule may be called.
MISSING = "missing"

_CAME_BACK = Phrase("came back", "came back")
_DID_NOT = Phrase("did not come back", "did not come back")


def missing_rule(on_missing: OnMissing, at_most: str | int) -> Rule | None:
    """Make the rule that the check is, or none where missing devices do not matter.

    Raises:
        InvalidRule: An argument cannot be used.
    """
    check_choice("on_missing", on_missing, ("fail", "warn", "pass"))
    parse_at_most(at_most, what="at_most_missing")
    if on_missing == "pass":
        if at_most != 0:
            raise InvalidRule.idle_at_most_missing()
        return None
    return Rule(
        id=MISSING,
        severity="mandatory" if on_missing == "fail" else "advisory",
        at_most=at_most or None,
        allow_empty=True,  # Nothing asked for, nothing missing: that there is nothing to check is another matter.
        check=RuleCheck(holds=_CAME_BACK, judge_of=lambda _devices: lambda _device: PASS),
    )


def answers_of_missing(devices: DeviceSet) -> Iterator[tuple[str, None, RuleAnswer]]:
    """Give the answer for each device that did not come back, with the service's words where it said why."""
    for imei in devices.missing:
        yield imei, None, RuleAnswer("fail", _DID_NOT, devices.refusals.get(imei, ""))
