"""The one evaluator: what a gate finds in a set of devices.

Behind `require`, `hooks`, `check` and the reports, so that all say the same. Pure: knows nothing of Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from pulumi_fota.gate.judgement import judge
from pulumi_fota.gate.missing import MISSING, answers_of_missing
from pulumi_fota.gate.verdict import Finding, FindingOutcome, RuleResult, Verdict
from pulumi_fota.gate.waiver import Waivers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.answer import RuleAnswer
    from pulumi_fota.gate.gate import Gate
    from pulumi_fota.gate.rule import Rule
    from pulumi_fota.gate.waiver import Waiver
    from pulumi_fota.model.device_set import DeviceSet

_KINDS: tuple[FindingOutcome, ...] = ("fail", "unknown", "waived")


def evaluate(gate: Gate, devices: DeviceSet) -> Verdict:
    """Judge a set of devices by all rules of a gate."""
    today = devices.read_at[:10]
    judgements = {rule.id: judgement for rule, judgement in zip(gate.rules, judge(gate.rules, devices), strict=True)}
    results = []
    for rule in gate.all_rules:
        waivers = Waivers.on(today, [waiver for waiver in gate.waivers if waiver.rule == rule.id])
        if rule.id == MISSING:
            findings = _findings(answers_of_missing(devices), waivers)
            passed = len(devices)
        else:
            judgement = judgements[rule.id]
            findings = _findings(
                ((device.imei, device.model, answer) for device, answer in judgement.not_passed), waivers
            )
            passed = judgement.asked - len(judgement.not_passed)
        results.append(_result(rule, passed, findings, may_be_empty=gate.allow_empty and not devices))
    return Verdict(
        gate=gate.name,
        results=tuple(results),
        devices=devices,
        nothing_checked=not devices and not gate.allow_empty,
    )


def _findings(not_passed: Iterable[tuple[str, str | None, RuleAnswer]], waivers: Waivers) -> tuple[Finding, ...]:
    """Put together the devices with the same answer: failed, unknown, waived, the largest group first."""
    groups: dict[tuple[FindingOutcome, RuleAnswer, Waiver | None], list[str]] = {}
    for imei, model, answer in not_passed:
        waiver = waivers.for_device(imei, model)
        outcome: FindingOutcome = "waived" if waiver is not None else "fail" if answer.outcome == "fail" else "unknown"
        groups.setdefault((outcome, answer, waiver or waivers.expired_for(imei, model)), []).append(imei)
    findings = [Finding(kind, answer, tuple(imeis), waiver) for (kind, answer, waiver), imeis in groups.items()]
    return tuple(sorted(findings, key=lambda finding: (_KINDS.index(finding.outcome), -len(finding.imeis))))


def _result(rule: Rule, passed: int, findings: tuple[Finding, ...], *, may_be_empty: bool) -> RuleResult:
    failed, unknown, waived = (
        sum(len(finding.imeis) for finding in findings if finding.outcome == kind) for kind in _KINDS
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
