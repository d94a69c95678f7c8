"""A change of stored facts, in one line of words.

Numbers alone, no IMEI and no version, since the facts may be secret. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pulumi_fota._text import counted
from pulumi_fota.resources.cohort_counts import from_tree, growth, growth_of_models
from pulumi_fota.resources.imei_chunks import from_chunks
from pulumi_fota.resources.stored_form import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Stored = Mapping[str, Any]
    Phrase = tuple[int, str]  # How many devices, and what they did.

_SAME_QUESTION = ("account", "protocol", "connection", "scope", "record")
#: What a device did that was fine and is not; that was unknown and is not fine; that is unknown now; that is fine now.
_MOVES = {
    "unlicensed": ("lost {its} licence", "turned out unlicensed", "went to unknown licence", "got a licence"),
    "ineligible": ("became ineligible", "turned out ineligible", "went to unknown eligibility", "became eligible"),
    "inactive": ("became inactive", "went to another inactive status", "went to unknown status", "became active"),
}


def in_words(before: Stored, after: Stored) -> str | None:
    """Tell what changed, such as `3 of 1,000 devices run another firmware, 1 lost its licence`.

    Returns:
        One line, or `None` where nothing changed, where the two were not asked for or not recorded alike, or
        where a hand has changed the old one so that it cannot be read.
    """
    try:
        return _in_words(before, after)
    except ValueError:  # IMEIs of the old one that cannot be unpacked.
        return None


def _in_words(before: Stored, after: Stored) -> str | None:
    if before["digest"] == after["digest"] or any(before[key] != after[key] for key in _SAME_QUESTION):
        return None
    in_rows = after["record"] == "devices"
    total = int(after["count"]) + (len(after["missing"]) if in_rows else _sum(after["missing"]))
    devices = counted(total, "device")
    phrases = [(n, text) for n, text in (_by_row if in_rows else _by_number)(before, after) if n]
    if not phrases:
        return f"facts of {devices} changed, and no number did"
    (n, text), *others = phrases
    return ", ".join([f"{n:,} of {devices} {_agree(text, n)}", *(f"{n:,} {_agree(text, n)}" for n, text in others)])


def _by_row(before: Stored, after: Stored) -> Iterator[Phrase]:
    """Compare row by row. What a device did is told of those that both answers hold."""
    both = before["firmware"].keys() & after["firmware"].keys()
    yield sum(before["firmware"][imei] != after["firmware"][imei] for imei in both), "run{s} another firmware"
    for key, texts in _MOVES.items():
        was, now = before[key], after[key]
        moved = Counter(_move(was.get(imei), now.get(imei)) for imei in both & (was.keys() | now.keys()))
        yield from ((moved[place], text) for place, text in enumerate(texts))
    yield len(before["firmware"].keys() & after["missing"].keys()), "went missing"
    yield len(before["missing"].keys() & after["firmware"].keys()), "came back"
    asked_before = before["firmware"].keys() | before["missing"].keys()
    asked_after = after["firmware"].keys() | after["missing"].keys()
    yield len(asked_after - asked_before), "joined the set"
    yield len(asked_before - asked_after), "left the set"
    if before["firmware"].keys() == after["firmware"].keys():
        cohorts = (from_tree(stored["cohorts"]) for stored in (before, after))
        yield growth_of_models(*cohorts), "{are} of another make or model"


def _by_number(before: Stored, after: Stored) -> Iterator[Phrase]:
    """Compare the numbers, which tell of the least that changed: what one lost and another got is not seen."""
    if before["imeis"] == after["imeis"] and before["count"] == after["count"]:
        cohorts = (from_tree(stored["cohorts"]) for stored in (before, after))
        yield growth(*cohorts), "{are} of another make, model or firmware"
    for key in ("unlicensed", "ineligible", "inactive", "missing"):
        more = _sum(after[key]) - _sum(before[key])
        yield max(more, 0), f"{{are}} newly {key}"
        yield max(-more, 0), f"{{are}} no longer {key}"
    joined, left = _came_and_went(before, after)
    yield joined, "joined the set"
    yield left, "left the set"


def _came_and_went(before: Stored, after: Stored) -> tuple[int, int]:
    if after["scope"] == "account":
        more = int(after["count"]) - int(before["count"])
        return max(more, 0), max(-more, 0)
    was, now = (
        set(from_chunks({prefix: text for prefix, text in one["imeis"].items() if text != other["imeis"].get(prefix)}))
        for one, other in ((before, after), (after, before))
    )
    return len(now - was), len(was - now)


def _move(was: str | None, now: str | None) -> int | None:
    """Give the place of what a device did among the four texts, or `None` where it stayed as it was."""
    if was == now:
        return None
    if now is None:
        return 3
    if now == UNKNOWN:
        return 2
    return 0 if was is None else 1


def _sum(numbers: Mapping[str, float]) -> int:
    return int(sum(numbers.values()))


def _agree(text: str, n: int) -> str:
    one = n == 1
    return text.format(s="s" if one else "", its="its" if one else "their", are="is" if one else "are")
