"""What a person can do about a gate that is closed.

It names a way out of everything that stops, and none that does not lead out. Plain text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.gate.missing import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.verdict import RuleResult

_NOTHING = "Check the IMEIs, or what selects the devices; a gate that may find none says allow_empty=True."
_MISSING = "Check the IMEIs and their account, or allow for missing ones with at_most_missing."
_EMPTY = "Check the make and model that the rule names, or say allow_empty=True."


def advice(stops: Iterable[RuleResult], *, nothing_checked: bool) -> str:
    """Name the ways out, or give an empty text where nothing stops.

    Args:
        stops: The rules that stop.
        nothing_checked: Whether there was no device, which the gate does not allow.
    """
    results = list(stops)
    sentences = [_NOTHING] if nothing_checked else []
    if any(result.rule.id == MISSING for result in results):
        sentences.append(_MISSING)
    if any(result.why == "empty" for result in results):
        sentences.append(_EMPTY)
    missed = [result for result in results if result.why == "limit" and result.rule.id != MISSING]
    curable = [result for result in missed if result.rule.is_enough(result.total, 0)]
    if curable:
        sentences.append(_of_devices(curable))
    numbers = ["change at_least"] if len(curable) < len(missed) else []
    numbers += ["lower min_devices"] if any(result.why == "few" for result in results) else []
    if numbers:
        sentences.append(f"Give the gate more devices that count, or {' and '.join(numbers)}.")
    return " ".join(sentences)


def _of_devices(results: list[RuleResult]) -> str:
    """Say what becomes of the devices that are at fault."""
    at_fault = {
        imei for result in results for finding in result.findings if result.blames(finding) for imei in finding.imeis
    }
    whom, them = ("device", "it") if len(at_fault) == 1 else ("devices", "them")
    if any(_holds_when_waived(result) for result in results):
        return f"Update the {whom}, change the rule, or waive {them} with a reason and a date."
    return f"Update the {whom}, or change the rule."


def _holds_when_waived(result: RuleResult) -> bool:
    """Tell whether waivers lead out: they take devices out of the count, which may then be too small."""
    enough = result.good >= result.rule.min_devices or result.rule.on_unknown != "fail"
    return enough and result.rule.is_enough(result.good, 0)
