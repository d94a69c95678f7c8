"""The stored form of a snapshot: what Pulumi keeps of a set of devices.

The table `SCHEMA` is frozen, since every release reads the states of all others. What a later release stores as well is
an entry of `more`: a line of the table `MORE`. Knows nothing of HTTP or Pulumi's resources.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

import attrs
from pulumi.output import Unknown

from pulumi_fota._text import shown
from pulumi_fota.model.cohort_counts import cohort_of, to_tree
from pulumi_fota.model.digest import UNKNOWN, known_text, known_version
from pulumi_fota.model.imei_chunks import from_chunks, to_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_fota.model import DeviceSet

Record = Literal["devices", "cohorts"]
RECORDS: tuple[Record, ...] = ("devices", "cohorts")

Texts = Mapping[str, str]
Numbers = Mapping[str, int]


@attrs.frozen(kw_only=True)
class Key:
    """A stored key. It is in every snapshot; an empty map or text stands for nothing."""

    shape: Any  #: The type of its value.
    with_cohorts: Any = None  #: Its shape with `record="cohorts"`, if that is another one.
    is_pinned: bool = True  #: Whether a baseline keeps it as it was.
    doc: str = ""  #: What `DeviceSnapshot` says about it, if it has a property of that name.

    @property
    def output_type(self) -> Any:
        """The type of the property, whatever is recorded."""
        return Mapping[str, Any] if self.with_cohorts else self.shape


#: Every stored key. The keys, their shapes, and which of them a baseline keeps are frozen: the engine would take a key
#: that is pinned later out of the inputs of every older baseline. Devices of another account are another baseline.
SCHEMA: dict[str, Key] = {
    "account": Key(shape=str, is_pinned=False, doc="The billing account."),
    "protocol": Key(shape=str, doc="The protocol filter of the read; empty if none was sent."),
    "connection": Key(shape=str, doc="The name of the connection; empty for the default one."),
    "scope": Key(shape=str),
    "record": Key(shape=str),
    "pinned": Key(shape=bool, is_pinned=False),
    "firmware": Key(
        shape=Texts, doc='The firmware of each IMEI, as received, or `unknown`; empty with `record="cohorts"`.'
    ),
    "imeis": Key(shape=Texts),
    "ineligible": Key(
        shape=Texts,
        with_cohorts=Numbers,
        doc="Devices that are not known to be eligible: IMEI to `no` or `unknown`.\n\n"
        'With `record="cohorts"`: the number of devices for each of these words. This holds for `unlicensed`, '
        "`inactive`\nand `missing` too.",
    ),
    "unlicensed": Key(
        shape=Texts,
        with_cohorts=Numbers,
        doc="Devices that are not known to be licensed: IMEI to `no` or `unknown`.",
    ),
    "inactive": Key(
        shape=Texts,
        with_cohorts=Numbers,
        doc="Devices whose status is not active: IMEI to the status in lower case, or `unknown`.",
    ),
    "missing": Key(
        shape=Texts,
        with_cohorts=Numbers,
        doc="IMEIs that were asked for and did not come back: IMEI to `unknown`.",
    ),
    "count": Key(shape=int, doc="The number of devices that came back; the missing ones are not counted."),
    "cohorts": Key(
        shape=Mapping[str, Mapping[str, Numbers]],
        doc="The number of devices of each make, model and firmware; make and model in lower case.\n\n"
        "The 1,000 largest cohorts are listed. The devices of the others are added up under their make and model as\n"
        "`(other versions)`, for the 1,000 makes and models with the most of them; all others are counted under\n"
        "`(other makes)`, `(other models)`, `(other versions)`.",
    ),
    "digest": Key(shape=str, doc="64 hexadecimal digits that change when the facts do: a trigger for other resources."),
    "more": Key(shape=Mapping[str, object]),
}
KEYS = tuple(SCHEMA)
PINNED_KEYS = tuple(name for name, key in SCHEMA.items() if key.is_pinned)


@attrs.frozen(kw_only=True)
class Entry:
    """An entry of `more`. Once released, its name, shape and default never change."""

    shape: Any  #: The type of its value.
    default: Any  #: Its value in a state that was written before there was the entry.
    since: str  #: The first release that stores it.
    value: Callable[[DeviceSet, str], Any]  #: Returns what to store, from the devices and the resource's name.


#: What is stored in addition to the frozen keys, so that a later release can add a fact without a diff in any state.
MORE: dict[str, Entry] = {
    "name": Entry(shape=str, default="", since="0.1.0", value=lambda _devices, name: name),
}


def to_stored(devices: DeviceSet, *, name: str, record: Record, pinned: bool = False) -> dict[str, Any]:
    """Return what the snapshot called `name` stores of a set of devices.

    The result is the same for two sets that differ in order, in times, or in the case of a make, model or status.
    """
    exceptions = {
        "ineligible": {device.imei: _no(device.fota_eligible) for device in devices if not device.fota_eligible},
        "unlicensed": {device.imei: _no(device.license_assigned) for device in devices if not device.license_assigned},
        "inactive": {
            device.imei: word for device in devices if (word := known_text(device.status) or UNKNOWN) != "active"
        },
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
        "firmware": {device.imei: known_version(device.firmware) or UNKNOWN for device in devices} if rows else {},
        "imeis": {} if rows or devices.requested is None else to_chunks(devices.requested),
        **{key: words if rows else dict(sorted(Counter(words.values()).items())) for key, words in exceptions.items()},
        "count": len(devices),
        "cohorts": to_tree(map(cohort_of, devices)),
        "digest": devices.digest,
        "more": {key: entry.value(devices, name) for key, entry in MORE.items()},
    }


def keep_more(before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return `after`, with the `more` of `before` if nothing else differs.

    So neither an upgrade nor two releases that take turns show a diff. If anything else differs, the entries of another
    release are dropped, since they describe facts that no longer hold.
    """
    is_same = {**before, "more": None} == {**after, "more": None}
    return {**after, "more": before["more"]} if is_same else after


def entry_of(more: Mapping[str, Any], key: str) -> Any:
    """Return an entry of a stored `more`, or its default if an older release wrote it."""
    return _whole(more.get(key, MORE[key].default))


def to_facts(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return all stored facts in one dict: the frozen keys, and the entries of `more` or their defaults.

    Numbers are integers again. Entries of a later release are left out.
    """
    frozen = {key: _whole(stored[key]) for key in KEYS if key != "more"}
    return {**frozen, **{key: entry_of(stored["more"], key) for key in MORE}}


def title(stored: Mapping[str, Any]) -> str:
    """Return how a message names a snapshot: by the resource's name, unless that was edited out of the state."""
    more = stored.get("more")
    name = more.get("name") if isinstance(more, dict) else None
    return f"snapshot {shown(name)}" if name and isinstance(name, str) else "a snapshot"


# Reading again.


@attrs.frozen(kw_only=True)
class ReadQuery:
    """What a refresh asks ThingSpace for, so that the answer can be compared with the stored facts.

    Attributes:
        imeis: The IMEIs; `None` is all of the account.
    """

    account: str
    protocol: str | None
    connection: str | None
    imeis: tuple[str, ...] | None

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> ReadQuery:
        """Return the query whose answer was stored.

        Raises:
            ValueError: `imeis` is not as `to_stored` writes it.
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


# Validation. The program stores well-formed facts; a transform, a policy's remediation or an edit of the state may not.


def schema_errors(stored: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with each property that is missing, unknown, or of another shape. Names no value."""
    with_cohorts = stored.get("record") == "cohorts"
    shapes = {name: (with_cohorts and key.with_cohorts) or key.shape for name, key in SCHEMA.items()}
    return [
        *(f"`{name}` is missing" for name in shapes if name not in stored),
        *(
            f"`{name}` is not as a snapshot stores it"
            for name, value in stored.items()
            if name in shapes and not _is_of(shapes[name], value)
        ),
        *_errors_of_entries(stored.get("more")),
        *(f"`{name}` is not a property of a snapshot" for name in stored if name not in shapes),
    ]


def _errors_of_entries(more: Any) -> Iterator[str]:
    """Yield what is wrong with the entries of `more`. An unknown entry may be one of a later release."""
    if isinstance(more, dict):
        for name, value in more.items():
            if name in MORE and not _is_of(MORE[name].shape, value):
                yield f"`more.{name}` is not as a snapshot stores it"


def is_known(stored: Mapping[str, Any]) -> bool:
    """Return whether every property has its value already; in a preview it may not."""
    return not any(isinstance(value, Unknown) for value in stored.values())


def _is_of(shape: Any, value: Any) -> bool:
    if isinstance(value, Unknown):
        return True
    if shape is int:
        return isinstance(value, int | float)  # Pulumi carries every number as a float.
    if not (arguments := get_args(shape)):
        return isinstance(value, shape)
    return isinstance(value, dict) and all(_is_of(arguments[1], inner) for inner in value.values())


# The size.

_MIB = 2**20
# gRPC refuses messages above 4 MiB unless a host raises the limit, as the Pulumi command line does and others do not.
_LARGE = _MIB
_DIVIDE = "divide the set among several snapshots"


def size_warning(name: str, stored: Mapping[str, Any]) -> str | None:
    """Return a warning if the facts come near the limit of Pulumi's messages, with what makes them smaller."""
    size = _size(stored)
    if size <= _LARGE:
        return None
    return (
        f"snapshot {shown(name)}: the facts of {stored['count']:,} devices take {size / _MIB:.1f} MiB, which state "
        f"holds twice, and some hosts of Pulumi refuse messages above 4 MiB: {_advice(stored)}"
    )


def _advice(stored: Mapping[str, Any]) -> str:
    """Return what makes the largest key smaller. That is never `cohorts`, which is bounded."""
    largest = max(stored, key=lambda key: _size(stored[key]))
    if largest == "imeis":
        return f"{_DIVIDE}, or read the whole account, whose IMEIs are not stored"
    if stored["record"] == "devices":
        return 'record="cohorts" stores numbers, and the IMEIs alone in a compact form'
    return _DIVIDE


def _size(facts: Any) -> int:
    return len(json.dumps(facts, separators=(",", ":")))


def _no(fact: bool | None) -> str:
    return UNKNOWN if fact is None else "no"


def _whole(value: Any) -> Any:
    """Return a value as it was stored: Pulumi carries every number as a float."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
