"""The one evaluator: what a gate finds in a set of devices.

`require`, hooks, `check` and the reports use it, so all of them say the same. Pure: values in, a verdict out. Knows
nothing of how gates stop, warn or report, or of Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate.arguments import check_choice
from pulumi_fota.gate.message import message_of
from pulumi_fota.gate.rule import Phrase, Requirement, RuleAnswer, parse_at_most
from pulumi_fota.gate.verdict import Finding, FindingOutcome, RuleResult, Verdict
from pulumi_fota.gate.waiver import Waivers, ending_soon, unmatched

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.rule import Rule
    from pulumi_fota.gate.waiver import Waiver
    from pulumi_fota.model.device_set import DeviceSet

OnMissing: TypeAlias = Literal["fail", "warn", "pass"]

ON_MISSING: tuple[OnMissing, ...] = ("fail", "warn", "pass")

#: What waivers call the check of missing devices, and what no rule may be called.
MISSING = "missing"

_CAME_BACK = Phrase("came back", "came back")
_OUTCOMES: tuple[FindingOutcome, ...] = ("fail", "unknown", "waived")


@attrs.frozen(kw_only=True)
class GateTerms:
    """What a gate asks of a set of devices."""

    gate: str  #: The name of the gate.
    rules: tuple[Rule, ...]
    missing: Requirement | None  #: What is required of missing devices; `None` ignores them.
    waivers: tuple[Waiver, ...] = ()
    allow_empty: bool = False  #: Whether there may be no device at all.


def missing_requirement(on_missing: OnMissing, at_most: str | int) -> Requirement | None:
    """Return what a gate requires of missing devices, or `None` if they do not matter.

    Raises:
        InvalidRule: An argument is invalid.
    """
    check_choice("on_missing", on_missing, ON_MISSING)
    parse_at_most(at_most, what="at_most_missing")
    if on_missing == "pass":
        if at_most != 0:
            raise InvalidRule("at_most_missing has no effect with on_missing='pass': leave one of them out")
        return None
    return Requirement(
        id=MISSING,
        severity="mandatory" if on_missing == "fail" else "advisory",
        at_most=at_most or None,
        allow_empty=True,  # If nothing was asked for, nothing is missing: that there is no device is another matter.
        holds=_CAME_BACK,
    )


def evaluate(terms: GateTerms, devices: DeviceSet) -> Verdict:
    """Judge a set of devices.

    Raises:
        FotaError: A function of the program, a rule or a scheme, cannot judge a device.
    """
    today = devices.read_at[:10]
    may_be_empty = terms.allow_empty and not devices

    def result(rule: Requirement, passed: int, others: Iterable[tuple[str, str | None, RuleAnswer]]) -> RuleResult:
        waivers = Waivers.on(today, [waiver for waiver in terms.waivers if waiver.rule == rule.id])
        return _result(rule, passed, _findings(others, waivers), may_be_empty=may_be_empty)

    missing = None
    if terms.missing is not None:
        refused = devices.refusals
        only = f" to a read of {devices.protocol} devices alone" if devices.protocol else ""
        did_not = Phrase(f"did not come back{only}", f"did not come back{only}")
        gone = ((imei, None, RuleAnswer("fail", did_not, refused.get(imei, ""))) for imei in devices.missing)
        missing = result(terms.missing, len(devices), gone)
    rules = []
    for rule in terms.rules:
        asked, not_passed = rule.judge(devices)
        others = ((device.imei, device.model, answer) for device, answer in not_passed)
        rules.append(result(rule, asked - len(not_passed), others))
    verdict = Verdict(
        gate=terms.gate,
        missing=missing,
        rules=tuple(rules),
        devices=devices,
        nothing_checked=not devices and not terms.allow_empty,
        ending=ending_soon(terms.waivers, today),
        unmatched=unmatched(terms.waivers, today, devices) if devices.is_whole else (),
    )
    return attrs.evolve(verdict, message=message_of(verdict))


def _findings(not_passed: Iterable[tuple[str, str | None, RuleAnswer]], waivers: Waivers) -> tuple[Finding, ...]:
    """Group the devices with the same answer: failed, unknown, waived, each with the largest group first."""
    groups: dict[tuple[FindingOutcome, RuleAnswer, Waiver | None], list[str]] = {}
    for imei, model, answer in not_passed:
        waiver = waivers.for_device(imei, model)
        outcome: FindingOutcome = "waived" if waiver is not None else "fail" if answer.outcome == "fail" else "unknown"
        groups.setdefault((outcome, answer, waiver or waivers.expired_for(imei, model)), []).append(imei)
    findings = [Finding(outcome, answer, tuple(imeis), waiver) for (outcome, answer, waiver), imeis in groups.items()]
    return tuple(sorted(findings, key=lambda finding: (_OUTCOMES.index(finding.outcome), -len(finding.imeis))))


def _result(rule: Requirement, passed: int, findings: tuple[Finding, ...], *, may_be_empty: bool) -> RuleResult:
    failed, unknown, waived = (
        sum(len(finding.imeis) for finding in findings if finding.outcome == outcome) for outcome in _OUTCOMES
    )
    counted = RuleResult(rule=rule, passed=passed, failed=failed, unknown=unknown, waived=waived, findings=findings)
    if not passed + failed + unknown + waived:
        return counted if may_be_empty or rule.allow_empty else attrs.evolve(counted, why="empty", holds=False)
    if counted.total < rule.min_devices:
        return attrs.evolve(counted, why="few", holds=rule.on_unknown != "fail")
    nothing_known = rule.on_unknown == "warn" and unknown > 0 and not counted.total
    if not nothing_known and not rule.is_enough(counted.good, counted.bad):
        return attrs.evolve(counted, why="limit", holds=False)
    return counted
