"""What a person reads when a gate stops, warns or is asked.

One text for `require`, hooks, `check` and the reports: the gate's headline, a statement for each rule that fails or
warns, and the advice. It claims only what the gate knows. Plain text; what devices or the program wrote is made safe
here.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pulumi_fota._text import counted, safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.verdict import Finding, RuleResult, Verdict
    from pulumi_fota.gate.waiver import Waiver

_MOST_LINES = 40
_MOST_IMEIS = 10
_MOST_EXPIRED = 2
_MOST_WAIVERS = 5
_PHRASE_LENGTH = 400  # A phrase may name five versions.
_NOTES = {"fail": "", "warn": " (not counted)", "pass": " (counted as passed)"}

_NOTHING = "Check the IMEIs, or what selects the devices; if the gate may find none, pass allow_empty=True."
_MISSING = "Check the IMEIs and their account, or allow for missing ones with at_most_missing."
_REPORTS = "The reports of fota:reportDir list every device."
_EMPTY = "Check the make and model that the rule names, or pass allow_empty=True."


class _Sentence(NamedTuple):
    text: str
    devices: list[Finding]  #: The devices that it is about, listed after it if there is room.


def message_of(verdict: Verdict, verb: str | None = None, *, secret: bool = False) -> str:
    """Return the message of a verdict.

    Args:
        verdict: What the gate found.
        verb: What the gate did, such as `stopped this deployment`; by default, the message says whether it is open.
        secret: Whether the devices are secret: then the message has numbers alone, and nothing about any device.
    """
    results = [result for result in verdict.results if not (verdict.nothing_checked and result.why == "empty")]
    entries = []
    for result in worst_first(result for result in results if result.stops or result.warns):
        lines = statement(result, secret=secret)
        if result.stops:
            entries.append((result.rule.id, lines))
        else:
            entries.append(("advisory", [f"{result.rule.id}: {lines[0]}", *lines[1:]]))
    advice = _advice(verdict, [result for result in results if result.stops], secret=secret)
    head, foot = [_headline(verdict, verb)], [advice] if advice else []
    return "\n".join([*head, *_table(entries, room=_MOST_LINES - len(head) - len(foot)), *foot])


def passing_line(verdict: Verdict, *, secret: bool = False) -> str:
    """Return one line about a gate that passes: what it checked, what is waived, and what its limits allow for."""
    parts = [f"{counted(len(verdict.results), 'rule')}, {counted(len(verdict.devices), 'device')}"]
    waived = [finding for result in verdict.results for finding in result.findings if finding.outcome == "waived"]
    if waived:
        first = min((finding.waiver for finding in waived if finding.waiver), key=lambda waiver: waiver.until)
        why = "" if secret else f" (the first until {first.until.isoformat()}: {safe(first.reason)})"
        parts.append(f"{len({imei for finding in waived for imei in finding.imeis}):,} waived{why}")
    allowed_for = [result for result in verdict.results if result.holds and result.why is None and result.bad]
    if allowed_for:
        failures = counted(sum(result.bad for result in allowed_for), "failure")
        parts.append(f"{failures} allowed for, at most {sum(r.rule.allowance(r.total) for r in allowed_for):,}")
    return f"Gate '{safe(verdict.gate)}' passed: {'; '.join(parts)}"


def waiver_warnings(verdict: Verdict, *, secret: bool = False) -> list[str]:
    """Return one line about waivers that end soon, and one about waivers that match no device, if there are any."""
    lines = []
    if verdict.ending:
        what = counted(len(verdict.ending), "waiver ends", "waivers end")
        first = verdict.ending[0].until.isoformat()
        named = [f"{_about(waiver)} on {waiver.until.isoformat()} ({safe(waiver.reason)})" for waiver in verdict.ending]
        lines.append(f"{what} within 7 days{f', the first on {first}' if secret else f': {_some(named)}'}")
    if verdict.unmatched and not secret:
        what = counted(len(verdict.unmatched), "waiver matches", "waivers match")
        lines.append(f"{what} no device: {_some(list(map(_about, verdict.unmatched)))}; correct or remove them")
    return [f"gate '{safe(verdict.gate)}': {line}" for line in lines]


def _about(waiver: Waiver) -> str:
    return f"{waiver.rule} for {safe(waiver.imei or f'model {waiver.model}')}"


def _some(items: list[str]) -> str:
    more = len(items) - _MOST_WAIVERS
    return ", ".join(items[:_MOST_WAIVERS]) + (f" and {more:,} more" if more > 0 else "")


def worst_first(results: Iterable[RuleResult]) -> list[RuleResult]:
    """Sort results: what stops, then what warns; in each, what every device must pass, and what most devices miss."""
    return sorted(
        results,
        key=lambda result: (not result.stops, not result.warns, result.rule.limits != (None, None), -result.bad),
    )


def _table(entries: list[tuple[str, list[str]]], *, room: int) -> list[str]:
    """Return labels and statements side by side, as many whole entries as there is room for."""
    width = max((len(label) for label, _ in entries), default=0)
    rows = [
        [f"  {label if number == 0 else '':<{width}}  {line}" for number, line in enumerate(lines)]
        for label, lines in entries
    ]
    if sum(map(len, rows)) <= room:
        return [line for row in rows for line in row]
    fitting = sum(end < room for end in accumulate(map(len, rows)))  # One line is for how many more there are.
    return [*(line for row in rows[:fitting] for line in row), f"  … and {counted(len(rows) - fitting, 'more rule')}"]


def _headline(verdict: Verdict, verb: str | None) -> str:
    name, count = safe(verdict.gate), len(verdict.devices)
    mandatory = [result for result in verdict.results if result.rule.severity == "mandatory"]
    results = mandatory or verdict.results
    failed = sum(not result.holds for result in results)
    rules = counted(len(results), "rule" if mandatory else "advisory rule")
    outcome = f"{failed} of {rules} failed" if failed else f"{len(results)} of {rules} passed"
    if count:
        summary = f"{outcome} for {counted(count, 'device')}"
    else:  # Never "all passed": of no device that would be true, and worth nothing.
        summary = f"0 devices checked, {outcome}" if failed and not verdict.nothing_checked else "0 devices checked"
    return f"Gate '{name}' {verb or ('is open' if verdict.passed else 'is closed')}: {summary}."


def statement(result: RuleResult, *, secret: bool) -> list[str]:
    """Return the lines about a rule that fails or warns; for secret devices numbers alone."""
    if result.why == "empty":
        selects = f": none is of {safe(result.rule.selects)}" if result.rule.selects else ""
        return [f"0 devices checked{selects}"]
    if result.why == "few":
        return [f"{_devices(result)} to count, at least {result.rule.min_devices:,} needed"]
    listing = not secret and _lists_devices(result)
    sentences = _sentences(result, listing=listing)
    expired = _expired(result, most=0 if secret else _MOST_EXPIRED)
    if not listing:
        return ["; ".join(sentence.text for sentence in sentences), *expired]
    room = _room(finding for sentence in sentences for finding in sentence.devices)
    lines = []
    for sentence in sentences:
        named = _named(sentence.devices, room)
        lines.extend([f"{sentence.text}:", named] if named else [sentence.text])
    return [*lines, *expired]


def _lists_devices(result: RuleResult) -> bool:
    """Return whether to list devices: each of them must pass, or all of them can be listed."""
    every_device_must = result.stops and result.rule.limits == (None, None)
    return every_device_must or result.failed + result.unknown <= _MOST_IMEIS


def _sentences(result: RuleResult, *, listing: bool) -> list[_Sentence]:
    at_least, at_most = result.rule.limits
    groups = _by_phrase(result)
    sentences: list[_Sentence] = []
    if not result.holds and at_least is not None:
        # If all devices are waived or unknown, there is nothing to count, so no percentage.
        share = f" ({percent_down(Fraction(result.good, result.total))})" if result.total else ""
        says = safe(result.rule.holds.about(result.good), longest=_PHRASE_LENGTH)
        asked = f"at least {at_least.text} required" + (f", at most {at_most.text} may fail" if at_most else "")
        sentences.append(_Sentence(f"{result.good:,} of {_counted(result)}{share} {says}, {asked}", []))
        groups = [group for group in groups if listing or group[0].outcome == "unknown"]
    for findings in groups:
        count = sum(len(finding.imeis) for finding in findings)
        outcome, answer = findings[0].outcome, findings[0].answer
        says = safe(answer.phrase.about(count), longest=_PHRASE_LENGTH)
        note = _NOTES[result.rule.on_unknown] if outcome == "unknown" else ""
        of_all = "" if sentences or result.holds else f" of {_counted(result)}"
        limit = f", at most {at_most.text} may" if at_most and not sentences and not result.holds else ""
        sentences.append(_Sentence(f"{count:,}{of_all} {says}{note}{limit}", findings))
    if result.waived:
        sentences.append(_Sentence(f"{result.waived:,} waived", []))
    return sentences


def _leaves_devices_out(result: RuleResult) -> bool:
    """Return whether a statement is about more devices than it may list."""
    groups = _by_phrase(result) if result.why == "limit" else []
    return sum(len(finding.imeis) for findings in groups for finding in findings) > _MOST_IMEIS


def _by_phrase(result: RuleResult) -> list[list[Finding]]:
    """Group the findings that say the same about different values; if the rule holds, the unknown ones alone."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in result.findings:
        if finding.outcome == "unknown" or (finding.outcome == "fail" and not result.holds):
            groups.setdefault((finding.outcome, finding.answer.phrase.one), []).append(finding)
    return list(groups.values())


def _counted(result: RuleResult) -> str:
    return _devices(result) if result.rule.selects else f"{result.total:,}"


def _devices(result: RuleResult) -> str:
    selects = f"{safe(result.rule.selects)} " if result.rule.selects else ""
    return counted(result.total, f"{selects}device")


def _room(findings: Iterable[Finding]) -> dict[int, int]:
    """Distribute the room for IMEIs: one for each finding, in order, then the rest to the first that has more."""
    listed = list(findings)
    room = {id(finding): 1 for finding in listed[:_MOST_IMEIS]}
    left = _MOST_IMEIS - len(room)
    for finding in listed:
        more = min(left, len(finding.imeis) - 1)
        room[id(finding)] = room.get(id(finding), 0) + more
        left -= more
    return room


def _named(findings: list[Finding], room: dict[int, int]) -> str:
    """Return devices by what they reported: `1.2 on 990…, 990… and 7 more; 1.1 on 990…`."""
    groups, unnamed = [], 0
    for finding in findings:
        places = room[id(finding)]
        if places == 0:
            unnamed += len(finding.imeis)
            continue
        rest = len(finding.imeis) - places
        imeis = ", ".join(finding.imeis[:places]) + (f" and {rest:,} more" if rest else "")
        groups.append(f"{safe(finding.answer.shown)} on {imeis}" if finding.answer.shown else imeis)
    if unnamed:
        groups.append(f"and {counted(unnamed, 'more device')}" if groups else counted(unnamed, "device"))
    return "; ".join(groups)


def _expired(result: RuleResult, *, most: int) -> list[str]:
    """Return lines about expired waivers that would have let devices through, and how many more there are."""
    ended = {
        finding.waiver: None
        for finding in result.findings
        if finding.outcome != "waived" and finding.waiver is not None and not result.holds
    }
    lines = [
        f"its waiver for {safe(waiver.imei or f'model {waiver.model}')} ended on {waiver.until.isoformat()}: "
        f"{safe(waiver.reason)}"
        for waiver in list(ended)[:most]
    ]
    if len(ended) > most:
        lines.append(f"{counted(len(ended) - most, 'more waiver' if lines else 'waiver')} ended")
    return lines


def _advice(verdict: Verdict, stops: list[RuleResult], *, secret: bool) -> str:
    """Name a way out of everything that stops, and none that does not lead out; empty if nothing stops."""
    sentences = [_NOTHING] if verdict.nothing_checked else []
    if verdict.missing is not None and verdict.missing.stops:
        sentences.append(_MISSING)
    if any(result.why == "empty" for result in stops):
        sentences.append(_EMPTY)
    missed = [result for result in stops if result.why == "limit" and result is not verdict.missing]
    curable = [result for result in missed if result.rule.is_enough(result.total, 0)]
    if curable:
        sentences.append(_of_devices(curable))
    numbers = ["change at_least"] if len(curable) < len(missed) else []
    numbers += ["lower min_devices"] if any(result.why == "few" for result in stops) else []
    if numbers:
        sentences.append(f"Give the gate more devices that count, or {' and '.join(numbers)}.")
    if not secret and any(map(_leaves_devices_out, stops)):
        sentences.append(_REPORTS)
    return " ".join(sentences)


def _of_devices(results: list[RuleResult]) -> str:
    """Return what to do with the devices that do not pass."""
    at_fault = {
        imei for result in results for finding in result.findings if result.blames(finding) for imei in finding.imeis
    }
    whom, them = ("device", "it") if len(at_fault) == 1 else ("devices", "them")
    if any(_holds_when_waived(result) for result in results):
        return f"Update the {whom}, change the rule, or waive {them} with a reason and a date."
    return f"Update the {whom}, or change the rule."


def _holds_when_waived(result: RuleResult) -> bool:
    """Return whether waivers would help: they take devices out of the count, which may then be too small."""
    enough = result.good >= result.rule.min_devices or result.rule.on_unknown != "fail"
    return enough and result.rule.is_enough(result.good, 0)


def percent_down(share: Fraction) -> str:
    """Write a share with one decimal, never more than it is: 94.96 % reads `94.9 %`."""
    tenths = int(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %"
