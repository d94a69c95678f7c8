"""What is said of one rule in a message: how many devices, what is so of them, and which.

Plain text. Everything that devices or the program wrote is made visible here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from pulumi_fota._text import counted, safe
from pulumi_fota.gate.wording import percent_down

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.verdict import Finding, RuleResult

_MOST_IMEIS = 10
_MOST_EXPIRED = 2
_PHRASE_LENGTH = 400  # A phrase may name five versions.
_NOTES = {"fail": "", "warn": " (not counted)", "pass": " (counted as passed)"}


class _Sentence(NamedTuple):
    text: str
    devices: list[Finding]  #: Those that it speaks of, to be listed behind it where there is room.


def statement(result: RuleResult, *, secret: bool) -> list[str]:
    """Write the lines about a rule that fails or warns; of devices that are a secret, how many and nothing of any."""
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
    """List devices where each of them must pass, or where all of them can be listed."""
    every_device_must = result.stops and result.rule.limits == (None, None)
    return every_device_must or result.failed + result.unknown <= _MOST_IMEIS


def _sentences(result: RuleResult, *, listing: bool) -> list[_Sentence]:
    at_least, at_most = result.rule.limits
    groups = _by_phrase(result)
    sentences: list[_Sentence] = []
    if not result.holds and at_least is not None:
        # Where all devices are waived or unknown there is none to count, and no share of none.
        share = f" ({percent_down(Fraction(result.good, result.total))})" if result.total else ""
        says = safe(result.rule.holds.about(result.good), longest=_PHRASE_LENGTH)
        asked = f"at least {at_least.text} asked" + (f", at most {at_most.text} may fail" if at_most else "")
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


def _by_phrase(result: RuleResult) -> list[list[Finding]]:
    """Put together the findings that say the same of different values; of a rule that holds, the unknown alone."""
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
    """Share out the places for IMEIs: one for each finding, in order, then the rest to the first that has more."""
    listed = list(findings)
    room = {id(finding): 1 for finding in listed[:_MOST_IMEIS]}
    left = _MOST_IMEIS - len(room)
    for finding in listed:
        more = min(left, len(finding.imeis) - 1)
        room[id(finding)] = room.get(id(finding), 0) + more
        left -= more
    return room


def _named(findings: list[Finding], room: dict[int, int]) -> str:
    """List devices by what was found on them: `1.2 on 990…, 990… and 7 more; 1.1 on 990…`."""
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
    """Name waivers that would have let devices through, had they not ended, and say how many more there are."""
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
