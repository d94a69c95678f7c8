"""Compares two reads of devices: two sets, or the facts that a snapshot stores.

Owns what counts as a change, and the words for it. Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota._text import counted, shown
from pulumi_fota.errors import InvalidArgument
from pulumi_fota.model.cohort_counts import growth, growth_of_models
from pulumi_fota.model.facts import NUMBERS, Facts
from pulumi_fota.model.imei_chunks import from_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pulumi_fota.model.device_set import DeviceSet
    from pulumi_fota.model.facts import FactRows, Value

    Phrase = tuple[int, str]  # The number of devices, and what they did.

#: The words for a move: from the good value to a bad one; from unknown, or from another bad status, to a bad one; to
#: unknown; to the good value.
_MOVES = {
    "licence": ("lost {its} licence", "turned out unlicensed", "now {has} an unknown licence", "got a licence"),
    "eligibility": ("became ineligible", "turned out ineligible", "now {has} unknown eligibility", "became eligible"),
    "status": ("became inactive", "changed to another inactive status", "now {has} an unknown status", "became active"),
}
_GOOD: dict[str, str | bool] = {"licence": True, "eligibility": True, "status": "active"}
_LEFT = "left the set"


@attrs.frozen(slots=False)
class Change:
    """One fact of one device, then and now.

    Attributes:
        imei: The device.
        then: The earlier value; `None` if it was unknown, or if the device was not in the set.
        now: The later value; `None` if it is unknown, or if the device is no longer in the set.
    """

    imei: str
    then: Value
    now: Value


@attrs.frozen(kw_only=True, slots=False)
class Changes:
    """What changed between two reads. It is true if anything did.

    The tuples hold a `Change` for each device, in the order of IMEIs. Those of facts cover the devices that both reads
    hold. If one side is a snapshot with `record="cohorts"`, numbers alone can be compared: the tuples are empty, and
    `counts` and `count` are the least that explains the difference.

    Attributes:
        joined: Devices that are new in the set; now `"present"` or `"missing"`.
        left: Devices that are no longer in the set; then `"present"` or `"missing"`.
        missing: Devices that went missing: then `"present"`, now `"missing"`.
        back: Devices that came back: then `"missing"`, now `"present"`.
        firmware: Devices with another firmware version, as received.
        eligibility: Devices whose eligibility for FOTA changed: `True`, `False`, or `None` for unknown.
        licence: Devices whose licence changed: `True`, `False`, or `None` for unknown.
        status: Devices with another status, in lower case.
        model: Devices of another make or model: both in lower case, with a blank between them. Empty if one side is a
            snapshot, which counts models; then `counts["model"]` is the least number of devices that changed.
        counts: The number of devices for each of these names, if it is not 0. With cohorts the names are `joined`,
            `left`, `cohorts`, `unlicensed`, `ineligible`, `inactive` and `missing`; of the last four it is the
            difference, which can be negative.
        count: The number of devices that changed.
        message: One line with numbers alone, such as `3 of 1,000 devices run another firmware, 1 lost its licence`.
    """

    joined: tuple[Change, ...] = ()
    left: tuple[Change, ...] = ()
    missing: tuple[Change, ...] = ()
    back: tuple[Change, ...] = ()
    firmware: tuple[Change, ...] = ()
    eligibility: tuple[Change, ...] = ()
    licence: tuple[Change, ...] = ()
    status: tuple[Change, ...] = ()
    model: tuple[Change, ...] = ()
    counts: Mapping[str, int] = attrs.field(hash=False)
    count: int
    message: str

    def __bool__(self) -> bool:
        return self.count > 0

    def to_dict(self) -> dict[str, Any]:
        """Return all of this as plain data, which JSON and the inputs of a resource take."""
        lists = {name: [attrs.asdict(change) for change in getattr(self, name)] for name in _LISTS}
        return {**lists, "counts": dict(self.counts), "count": self.count, "message": self.message}


_LISTS = tuple(field.name for field in attrs.fields(Changes) if field.name not in {"counts", "count", "message"})


def compare(then: DeviceSet | Mapping[str, Any], now: DeviceSet | Mapping[str, Any]) -> Changes:
    """Compare two reads of devices of one account.

    Makes, models and statuses are compared without regard to case. Order and times make no difference.

    Args:
        then: The earlier `DeviceSet`, or the facts of a snapshot: what `snapshot.facts.apply(…)` passes to a function.
        now: The later one. A set can be compared with the facts of a snapshot.

    Raises:
        InvalidArgument: The two were read from different accounts or with different protocols, or one is neither a set
            nor the facts of a snapshot.
    """
    before, after = Facts.of(then, "then"), Facts.of(now, "now")
    _check_comparable(before, after)
    if before.rows and after.rows:
        return _by_row(before, after, before.rows, after.rows)
    return _by_number(before, after)


def _check_comparable(before: Facts, after: Facts) -> None:
    if before.account != after.account:
        raise InvalidArgument(
            f"compare was given devices of account {shown(before.account)} and of account {shown(after.account)}: "
            "pass two reads of one account"
        )
    if before.protocol != after.protocol:
        one, other = (
            f"with protocol {shown(side.protocol)}" if side.protocol else "without" for side in (before, after)
        )
        raise InvalidArgument(
            f"compare was given a read {one} and one {other}, which leave out different devices: "
            "pass two reads with the same protocol"
        )


# Device by device.


def _by_row(before: Facts, after: Facts, was: FactRows, now: FactRows) -> Changes:
    both = was.firmware.keys() & now.firmware.keys()
    requested_before, requested_after = was.requested(), now.requested()
    places = {
        "missing": was.firmware.keys() & now.missing,
        "back": now.firmware.keys() & was.missing,
        "joined": requested_after - requested_before,
        "left": requested_before - requested_after,
    }
    lists = {
        "firmware": _differences(both, was.firmware.get, now.firmware.get),
        **{fact: _moves(both, getattr(was, fact), getattr(now, fact), good) for fact, good in _GOOD.items()},
        **{name: _differences(imeis, was.place_of, now.place_of) for name, imeis in places.items()},
    }
    counts = {name: len(changes) for name, changes in lists.items()}
    if was.models is not None and now.models is not None:
        lists["model"] = _differences(both, was.models.get, now.models.get)
        counts["model"] = len(lists["model"])
    elif was.firmware.keys() == now.firmware.keys():
        # While no firmware changes, a cohort that grows has got a device of another make or model.
        grown = growth_of_models if lists["firmware"] else growth
        counts["model"] = grown(before.cohorts, after.cohorts)
    phrases = [
        (counts["firmware"], "run{s} another firmware"),
        *(phrase for fact in _MOVES for phrase in _phrases_of_moves(fact, lists[fact])),
        (counts["missing"], "went missing"),
        (counts["back"], "came back"),
        (counts["joined"], "joined the set"),
        (counts["left"], _LEFT),
        (counts.get("model", 0), "{are} of another make or model"),
    ]
    changed = {change.imei for changes in lists.values() for change in changes}
    return _changes(
        before,
        after,
        phrases,
        lists=lists,
        counts=counts,
        count=max(len(changed), counts.get("model", 0)),
        # Make and model are all that the digest covers and a snapshot stores by count alone.
        unseen="make or model of some of {devices} changed, but the number of each did not",
    )


def _moves(both: Iterable[str], was: dict[str, Value], now: dict[str, Value], good: Value) -> tuple[Change, ...]:
    touched = (was.keys() | now.keys()).intersection(both)
    return _differences(touched, lambda imei: was.get(imei, good), lambda imei: now.get(imei, good))


def _differences(imeis: Iterable[str], then: Callable[[str], Value], now: Callable[[str], Value]) -> tuple[Change, ...]:
    changed = sorted(imei for imei in imeis if then(imei) != now(imei))
    return tuple(Change(imei, then(imei), now(imei)) for imei in changed)


def _phrases_of_moves(fact: str, changes: Iterable[Change]) -> Iterator[Phrase]:
    moved = Counter(_move(change, _GOOD[fact]) for change in changes)
    return ((moved[place], text) for place, text in enumerate(_MOVES[fact]))


def _move(change: Change, good: Value) -> int:
    """Return the place of a move among its four texts."""
    if change.now == good:
        return 3
    if change.now is None:
        return 2
    return 0 if change.then == good else 1


# By numbers.


def _by_number(before: Facts, after: Facts) -> Changes:
    """Compare numbers, which show the least that changed: not what one device lost and another got."""
    joined, left = _joined_and_left(before, after)
    same_devices = not joined and not left and before.count == after.count
    counts = {
        "cohorts": growth(before.cohorts, after.cohorts) if same_devices else 0,
        **{key: after.numbers[key] - before.numbers[key] for key in NUMBERS},
        "joined": joined,
        "left": left,
    }
    phrases = [
        (counts["cohorts"], "{are} of another make, model or firmware"),
        *(phrase for key in NUMBERS for phrase in _phrases_of_number(key, counts[key])),
        (joined, "joined the set"),
        (left, _LEFT),
    ]
    return _changes(
        before,
        after,
        phrases,
        lists={},
        counts=counts,
        count=max(joined + left, counts["cohorts"], *(abs(counts[key]) for key in NUMBERS)),
        unseen="facts of {devices} changed, but no count did",
    )


def _phrases_of_number(key: str, more: int) -> Iterator[Phrase]:
    yield max(more, 0), f"{{are}} newly {key}"
    yield max(-more, 0), f"{{are}} no longer {key}"


def _joined_and_left(before: Facts, after: Facts) -> tuple[int, int]:
    if before.is_account or after.is_account:
        more = after.count - before.count
        return max(more, 0), max(-more, 0)
    chunks = before.requested(), after.requested()
    try:
        was, now = (
            set(from_chunks({prefix: text for prefix, text in one.items() if text != other.get(prefix)}))
            for one, other in (chunks, chunks[::-1])
        )
    except ValueError:
        raise InvalidArgument(
            "compare was given facts whose `imeis` cannot be read: pass the facts as the snapshot stores them"
        ) from None
    return len(now - was), len(was - now)


# The result.


def _changes(
    before: Facts,
    after: Facts,
    phrases: Iterable[Phrase],
    *,
    lists: Mapping[str, tuple[Change, ...]],
    counts: Mapping[str, int],
    count: int,
    unseen: str,
) -> Changes:
    message = _message(before, after, [(n, text) for n, text in phrases if n])
    if not count and before.digest != after.digest:
        count, message = 1, unseen.format(devices=counted(after.total, "device"))
    return Changes(**lists, counts={name: n for name, n in counts.items() if n}, count=count, message=message)


def _message(before: Facts, after: Facts, phrases: list[Phrase]) -> str:
    if not phrases:
        return f"no changes in {counted(after.total, 'device')}"
    (n, text), *others = phrases
    total = before.total if text == _LEFT else after.total  # What left is a part of what was there.
    devices = counted(total, "device")
    return ", ".join([f"{n:,} of {devices} {_agree(text, n)}", *(f"{n:,} {_agree(text, n)}" for n, text in others)])


def _agree(text: str, n: int) -> str:
    one = n == 1
    its, are, has = ("its", "is", "has") if one else ("their", "are", "have")
    return text.format(s="s" if one else "", its=its, are=are, has=has)
