"""What a gate found: for each rule its counts and the devices that did not pass, and what it comes to.

Plain values. Knows nothing of Pulumi.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import attrs

from pulumi_fota.gate.message import message_of

if TYPE_CHECKING:
    from pulumi_fota.gate.answer import RuleAnswer
    from pulumi_fota.gate.rule import Rule
    from pulumi_fota.gate.waiver import Waiver
    from pulumi_fota.model.device_set import DeviceSet

#: Why a rule fails or warns as a whole: it found no device to speak of, too few to count, or its limit is missed.
Why: TypeAlias = Literal["empty", "few", "limit"]


#: What became of a device that did not pass.
FindingOutcome: TypeAlias = Literal["fail", "unknown", "waived"]


class Finding(NamedTuple):
    """Devices that did not pass a rule and have the same answer."""

    outcome: FindingOutcome
    answer: RuleAnswer
    imeis: tuple[str, ...]  #: In ascending order.
    waiver: Waiver | None = None  #: What waives them; of devices that are not waived, the waiver that has expired.


@attrs.frozen(kw_only=True, slots=False)
class RuleResult:
    """What one rule found."""

    rule: Rule
    passed: int  #: Devices that pass.
    failed: int  #: Devices that fail.
    unknown: int  #: Devices where the rule cannot tell.
    waived: int  #: Devices that do not pass and are waived.
    why: Why | None = None  #: Why it does not hold, or could not be told; `None` where it holds.
    holds: bool = True  #: Whether it holds as a whole, thresholds and `on_unknown` considered.
    findings: tuple[Finding, ...] = ()  #: Those that did not pass: failed, unknown, waived, each the largest first.

    @property
    def good(self) -> int:
        """Devices that count as passed."""
        return self.passed + self.unknown if self.rule.on_unknown == "pass" else self.passed

    @property
    def bad(self) -> int:
        """Devices that count as not passed."""
        return self.failed + self.unknown if self.rule.on_unknown == "fail" else self.failed

    @property
    def total(self) -> int:
        """The devices that count: all that the rule speaks of but the waived, and with `"warn"` the unknown."""
        return self.good + self.bad

    def imeis(self, *outcomes: FindingOutcome) -> list[str]:
        """The devices of these outcomes: `fail`, `unknown`, `waived`."""
        return [imei for finding in self.findings if finding.outcome in outcomes for imei in finding.imeis]

    def blames(self, finding: Finding) -> bool:
        """Tell whether it stops or warns because of these devices.

        Not where there are too few to count, or a limit allows for them. Unknown devices that are left out are what a
        rule that holds warns of; no rule fails because of them.
        """
        if self.why == "few" or finding.outcome == "waived":
            return False
        if finding.outcome == "unknown" and self.rule.on_unknown != "fail":
            return self.holds and self.rule.on_unknown == "warn"
        return not self.holds

    @property
    def stops(self) -> bool:
        """Whether it is reason to stop the deployment."""
        return not self.holds and self.rule.severity == "mandatory"

    @property
    def warns(self) -> bool:
        """Whether it is no reason to stop, but to be told."""
        if not self.holds:
            return self.rule.severity == "advisory"
        return self.rule.on_unknown == "warn" and (self.unknown > 0 or self.why is not None)


@attrs.frozen(kw_only=True, slots=False)
class Verdict:
    """What a gate found. True where nothing mandatory failed."""

    gate: str  #: The gate's name.
    results: tuple[RuleResult, ...]  #: The gate's own check of missing devices first, then its rules in their order.
    devices: DeviceSet = attrs.field(repr=False)
    nothing_checked: bool = False  #: There was no device, and the gate does not allow that.

    @property
    def passed(self) -> bool:
        """Whether the deployment may go on."""
        return not self.nothing_checked and not any(result.stops for result in self.results)

    def __bool__(self) -> bool:
        return self.passed

    @cached_property
    def message(self) -> str:
        """What a person reads: the rules that fail, the worst first; at most ten IMEIs for each and 40 lines in all."""
        return message_of(self)
