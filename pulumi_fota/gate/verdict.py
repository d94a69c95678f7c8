"""What a gate found: the counts of missing devices and of each rule, the devices that did not pass, and what follows.

Plain values. Knows nothing of messages, reports or Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import attrs

if TYPE_CHECKING:
    from pulumi_fota.gate.rule import Requirement, RuleAnswer
    from pulumi_fota.gate.waiver import Waiver
    from pulumi_fota.model.device_set import DeviceSet

#: Why a rule fails or warns as a whole: it is about no device, too few devices count, or its limit is missed.
Why: TypeAlias = Literal["empty", "few", "limit"]

#: What became of a device that did not pass.
FindingOutcome: TypeAlias = Literal["fail", "unknown", "waived"]


class Finding(NamedTuple):
    """Devices that did not pass a rule and have the same answer."""

    outcome: FindingOutcome
    answer: RuleAnswer
    imeis: tuple[str, ...]  #: In ascending order.
    waiver: Waiver | None = None  #: The waiver of the devices; if they are not waived, their expired one.


@attrs.frozen(kw_only=True, slots=False)
class RuleResult:
    """What one rule found, or how many devices are missing.

    Attributes:
        rule: The rule; for missing devices, what the gate requires of them.
        passed: The number of devices that pass.
        failed: The number of devices that fail.
        unknown: The number of devices for which the rule has no answer.
        waived: The number of devices that do not pass and are waived.
        why: Why the rule fails or is unknown as a whole: `"empty"`, `"few"` or `"limit"`; `None` if it holds.
        holds: Whether the rule holds as a whole, thresholds and `on_unknown` considered.
        findings: The devices that did not pass: failed, unknown, waived, each with the largest group first.
    """

    rule: Requirement
    passed: int
    failed: int
    unknown: int
    waived: int
    why: Why | None = None
    holds: bool = True
    findings: tuple[Finding, ...] = ()

    @property
    def good(self) -> int:
        """The number of devices that count as passed."""
        return self.passed + self.unknown if self.rule.on_unknown == "pass" else self.passed

    @property
    def bad(self) -> int:
        """The number of devices that count as not passed."""
        return self.failed + self.unknown if self.rule.on_unknown == "fail" else self.failed

    @property
    def total(self) -> int:
        """The number of devices that count: without the waived ones, and with `"warn"` without the unknown ones."""
        return self.good + self.bad

    def imeis(self, *outcomes: FindingOutcome) -> list[str]:
        """Return the devices with these outcomes: `fail`, `unknown`, `waived`."""
        return [imei for finding in self.findings if finding.outcome in outcomes for imei in finding.imeis]

    def blames(self, finding: Finding) -> bool:
        """Return whether the rule stops or warns because of these devices.

        It does not if too few devices count, or if a limit allows for them. If unknown devices are not counted, a rule
        that holds warns of them; no rule fails because of them.
        """
        if self.why == "few" or finding.outcome == "waived":
            return False
        if finding.outcome == "unknown" and self.rule.on_unknown != "fail":
            return self.holds and self.rule.on_unknown == "warn"
        return not self.holds

    @property
    def stops(self) -> bool:
        """Whether the result is a reason to stop the deployment."""
        return not self.holds and self.rule.severity == "mandatory"

    @property
    def warns(self) -> bool:
        """Whether the result is a reason to warn, but not to stop."""
        if not self.holds:
            return self.rule.severity == "advisory"
        return self.rule.on_unknown == "warn" and (self.unknown > 0 or self.why is not None)


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Verdict:
    """What a gate found. True if nothing mandatory failed.

    Attributes:
        gate: The name of the gate.
        missing: How many of the devices that were asked for came back; `None` if the gate ignores missing devices.
        rules: The result of each rule, in the order of the gate.
        devices: The devices.
        nothing_checked: Whether there was no device, and the gate does not allow that.
        ending: Waivers that end within seven days.
        unmatched: Active waivers that match no device; empty for a part of a set.
        message: What a person reads: the rules that fail, the worst first; at most ten IMEIs for each and 40 lines.
    """

    gate: str
    missing: RuleResult | None
    rules: tuple[RuleResult, ...]
    devices: DeviceSet
    nothing_checked: bool = False
    ending: tuple[Waiver, ...] = ()
    unmatched: tuple[Waiver, ...] = ()
    message: str = ""

    @property
    def results(self) -> tuple[RuleResult, ...]:
        """The result for missing devices first, then those of the rules: as messages and reports count them."""
        return self.rules if self.missing is None else (self.missing, *self.rules)

    @property
    def passed(self) -> bool:
        """Whether the deployment may go on."""
        return not self.nothing_checked and not any(result.stops for result in self.results)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"<Verdict: {self.message.partition(chr(10))[0]}>"
