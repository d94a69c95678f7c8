"""The stored form of a snapshot: what Pulumi keeps of a set of devices.

The keys and their shapes are frozen, since every release reads the states of all others. What a later release
stores as well is an entry of `more`, and stands in the table `MORE`. Knows nothing of HTTP or Pulumi's resources.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import attrs
from pulumi.output import Unknown

from pulumi_fota._text import shown
from pulumi_fota.resources.cohort_counts import to_tree
from pulumi_fota.resources.imei_chunks import from_chunks, to_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pulumi_fota.model import Device, DeviceSet

Record = Literal["devices", "cohorts"]
RECORDS: tuple[Record, ...] = ("devices", "cohorts")
UNKNOWN = "unknown"  # What the service did not say. Pulumi drops a key whose value is None.

_TEXTS = {str: str}
_NUMBER = (int, float)  # Pulumi carries every number as a float.
_NUMBERS = {str: _NUMBER}
#: Every stored key and its shape. Each key is in every snapshot: an empty map or text stands for nothing.
_SHAPES: dict[str, Any] = {
    "account": str,
    "protocol": str,
    "connection": str,
    "scope": str,
    "record": str,
    "pinned": bool,
    "firmware": _TEXTS,
    "imeis": _TEXTS,
    "ineligible": _TEXTS,
    "unlicensed": _TEXTS,
    "inactive": _TEXTS,
    "missing": _TEXTS,
    "count": _NUMBER,
    "cohorts": {str: {str: _NUMBERS}},
    "digest": str,
    "more": {str: object},
}
_EXCEPTIONS = ("ineligible", "unlicensed", "inactive", "missing")
#: A number for each word, where no row is stored.
_SHAPES_OF_COHORTS = {**_SHAPES, **dict.fromkeys(_EXCEPTIONS, _NUMBERS)}
KEYS = tuple(_SHAPES)
#: The keys that a baseline keeps as they were. Devices of another account are another baseline. A key that joins
#: this list later would be taken out of the inputs of every older baseline by the engine.
PINNED_KEYS = tuple(key for key in KEYS if key not in {"account", "pinned"})


@attrs.frozen(kw_only=True)
class Entry:
    """An entry of `more`. Once released, its name, shape and default never change."""

    shape: Any  #: The shape of its value, as in the table of keys.
    default: Any  #: What a state says that was written before there was the entry.
    since: str  #: The first release that stores it.
    value: Callable[[DeviceSet, str], Any]  #: What to store of a set of devices and the resource's name.


#: What is stored beside the frozen keys, so that a later release can add a fact without a difference to any state.
MORE: dict[str, Entry] = {
    "name": Entry(shape=str, default="", since="0.1.0", value=lambda _devices, name: name),
}


def to_stored(devices: DeviceSet, *, name: str, record: Record, pinned: bool = False) -> dict[str, Any]:
    """Return what the snapshot called `name` stores of a set.

    Two sets that differ in order, in times, or in the case of a make, model or status give equal results.
    """
    exceptions = {
        "ineligible": {device.imei: _no(device.fota_eligible) for device in devices if not device.fota_eligible},
        "unlicensed": {device.imei: _no(device.license_assigned) for device in devices if not device.license_assigned},
        "inactive": {device.imei: word for device in devices if (word := _word(device.status)) != "active"},
        "missing": dict.fromkeys(devices.missing, UNKNOWN),
    }
    rows = record == "devices"
    return {
        "account": devices.account,
        "protocol": devices.protocol or "",
        "connection": devices.connection or "",
        "scope": "account" if devices.requested is None else "list",
        "record": record,
        "pinned": pinned,
        "firmware": {device.imei: _version(device) for device in devices} if rows else {},
        "imeis": {} if rows or devices.requested is None else to_chunks(devices.requested),
        **{key: words if rows else dict(sorted(Counter(words.values()).items())) for key, words in exceptions.items()},
        "count": len(devices),
        "cohorts": to_tree(map(_cohort, devices)),
        "digest": devices.digest,
        "more": {key: entry.value(devices, name) for key, entry in MORE.items()},
    }


def keep_more(before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return `after`, with the `more` of `before` if nothing else differs.

    So neither an upgrade nor two releases that take turns show a difference. With a difference the entries of
    another release go, since they speak of facts that are no longer so.
    """
    is_same = {**before, "more": None} == {**after, "more": None}
    return {**after, "more": before["more"]} if is_same else after


def entry_of(more: Mapping[str, Any], key: str) -> Any:
    """Return an entry of a stored `more`, or its default if the release that wrote it did not know it."""
    return _whole(more.get(key, MORE[key].default))


def to_facts(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return all stored facts side by side: the frozen keys and the entries of `more`, whose defaults are filled in.

    Numbers are whole again. Entries of a later release are left out.
    """
    frozen = {key: _whole(stored[key]) for key in KEYS if key != "more"}
    return {**frozen, **{key: entry_of(stored["more"], key) for key in MORE}}


def title(stored: Mapping[str, Any]) -> str:
    """Return how to name a snapshot in a message: by the resource's name, unless a hand took that out of the state."""
    more = stored.get("more")
    name = more.get("name") if isinstance(more, dict) else None
    return f"snapshot {shown(name)}" if name and isinstance(name, str) else "a snapshot"


# What can be asked again.


@attrs.frozen(kw_only=True)
class ReadQuery:
    """What to ask ThingSpace so that the answer can be compared with a stored one."""

    account: str
    protocol: str | None
    connection: str | None
    imeis: tuple[str, ...] | None  #: `None` is all of the account.

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> ReadQuery:
        """Return the query whose answer was stored.

        Raises:
            ValueError: `imeis` holds something that `to_stored` did not write.
        """
        if stored["scope"] == "account":
            imeis = None
        elif stored["record"] == "cohorts":
            imeis = from_chunks(stored["imeis"])
        else:
            imeis = tuple(sorted({**stored["firmware"], **stored["missing"]}))
        return cls(
            account=stored["account"],
            protocol=stored["protocol"] or None,
            connection=stored["connection"] or None,
            imeis=imeis,
        )


# What makes it well formed. The program builds it right; a transform, a policy's remediation or a hand in the
# state may not.


def schema_errors(stored: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with each property that is missing, of another shape, or unknown. Names no value."""
    shapes = _SHAPES_OF_COHORTS if stored.get("record") == "cohorts" else _SHAPES
    return [
        *(f"`{key}` is missing" for key in shapes if key not in stored),
        *(
            f"`{key}` is not as a snapshot stores it"
            for key, value in stored.items()
            if key in shapes and not _is_of(shapes[key], value)
        ),
        *_errors_of_entries(stored.get("more")),
        *(f"`{key}` is no property of a snapshot" for key in stored if key not in shapes),
    ]


def _errors_of_entries(more: Any) -> Iterator[str]:
    """Find the entries of another shape. Those that are unknown here may be of a later release."""
    if isinstance(more, dict):
        for key, value in more.items():
            if key in MORE and not _is_of(MORE[key].shape, value):
                yield f"`more.{key}` is not as a snapshot stores it"


def is_known(stored: Mapping[str, Any]) -> bool:
    """Return whether every property has its value already; in a preview it may not."""
    return not any(isinstance(value, Unknown) for value in stored.values())


def _is_of(shape: Any, value: Any) -> bool:
    if isinstance(value, Unknown):
        return True
    if not isinstance(shape, dict):
        return isinstance(value, shape)
    (inner,) = shape.values()
    return isinstance(value, dict) and all(_is_of(inner, each) for each in value.values())


# How large it is.

_MIB = 2**20
#: gRPC refuses a message above 4 MiB unless a host raises that; the Pulumi command line does, others do not.
_MUCH = _MIB
_DIVIDE = "divide the set among several snapshots"


def size_warning(name: str, stored: Mapping[str, Any]) -> str | None:
    """Return a warning well before the facts are too large for a message of Pulumi's, with what makes them smaller."""
    size = _size(stored)
    if size <= _MUCH:
        return None
    return (
        f"snapshot {shown(name)}: the facts of {stored['count']:,} devices take {size / _MIB:.1f} MiB, which state "
        f"holds twice, and some hosts of Pulumi refuse messages above 4 MiB: {_smaller(stored)}"
    )


def _smaller(stored: Mapping[str, Any]) -> str:
    """Choose what helps against what is largest. `cohorts` is bounded, and so never that."""
    largest = max(stored, key=lambda key: _size(stored[key]))
    if largest == "imeis":
        return f"{_DIVIDE}, or read the whole account, whose IMEIs are not stored"
    if stored["record"] == "devices":
        return 'record="cohorts" stores numbers, and the IMEIs alone in a compact form'
    return _DIVIDE


def _size(facts: Any) -> int:
    return len(json.dumps(facts, separators=(",", ":")))


# Single values.


def _cohort(device: Device) -> tuple[str, str, str]:
    """Return make, model and firmware as the digest sees them: make and model without regard to case."""
    return _word(device.make), _word(device.model), _version(device)


def _version(device: Device) -> str:
    """Return the firmware as received, or `unknown`."""
    return device.firmware if device.firmware and device.firmware.strip() else UNKNOWN


def _no(said: bool | None) -> str:
    return UNKNOWN if said is None else "no"


@lru_cache(maxsize=1000)  # A fleet has few makes, models and statuses.
def _word(text: str | None) -> str:
    return (text or "").strip().casefold() or UNKNOWN


def _whole(value: Any) -> Any:
    """Return a value as it was stored: Pulumi carries every number as a float."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
