"""A set of devices: what was asked, what came back, and what is missing.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, overload

import attrs

from pulumi_fota._text import safe, shown
from pulumi_fota.errors import DeviceNotFound, InvalidArgument
from pulumi_fota.model.cohort import Cohort
from pulumi_fota.model.device import FIELDS, SINGLE_FIELDS, Device
from pulumi_fota.model.digest import UNKNOWN, digest_of
from pulumi_fota.model.percentage import parse_percentage

if TYPE_CHECKING:
    from collections.abc import Iterable

DeviceOutcome = Literal["pass", "fail", "unknown"]


class DeviceClassifier(Protocol):
    """What can sort devices: a rule of the gate."""

    def outcomes(self, devices: DeviceSet) -> Iterable[tuple[Device, DeviceOutcome]]:
        """Judge each device that the rule speaks of."""
        ...


class Split(NamedTuple):
    """The three sets that a rule makes of the devices it speaks of."""

    passed: DeviceSet
    failed: DeviceSet
    unknown: DeviceSet


@attrs.frozen(kw_only=True, slots=False, eq=False, repr=False)
class DeviceSet(Sequence[Device]):
    """Devices in the order of their IMEIs, with what was asked and what did not come back.

    `devices["356938035643809"]` and `devices[0]` give a `Device`; `in` takes an IMEI or a `Device`.
    `pulumi.export` takes the set whole and shows a list of dicts; a resource's input takes `to_dict()`.
    Two sets are equal when they hold the same devices of the same account and miss the same IMEIs.
    """

    account: str  #: The billing account, zeros and dash included.
    requested: tuple[str, ...] | None  #: The distinct IMEIs asked for, sorted; `None` is all of the account.
    missing: tuple[str, ...] = ()  #: IMEIs asked for without facts in the answer, sorted.
    read_at: str  #: When the read started: RFC 3339 text in UTC, the clock that freshness is judged by.
    protocol: str | None = None  #: The protocol filter of the read, if one was sent.
    connection: str | None = None  #: The name of the connection; `None` for the default one.
    _devices: tuple[Device, ...] = attrs.field(alias="devices")
    #: What the service said of devices that it answered with a row of failure; their IMEIs are in `missing`.
    _refusals: Mapping[str, str] = attrs.field(factory=dict)
    #: False when the set came through a `Connection` without a name, whose credentials nobody can find again.
    _refreshable: bool = True
    #: False of devices that were selected from a larger set, a canary included.
    _is_whole: bool = True

    @classmethod
    def of(cls, devices: Iterable[Device], **read: Any) -> DeviceSet:
        """Make a set of devices in any order."""
        return cls(devices=tuple(sorted(devices, key=lambda device: device.imei)), **read)

    @classmethod
    def joined(cls, reads: Sequence[DeviceSet], imeis: Iterable[str]) -> DeviceSet:
        """Tell of some IMEIs what one or more reads of one connection tell of them, the first that knows a device.

        `read_at` is when the last of them started, so that no fact is newer than it.
        """
        requested = tuple(sorted(set(imeis)))
        devices = {imei: read[imei] for imei in requested for read in reversed(reads) if imei in read}
        missing = tuple(imei for imei in requested if imei not in devices)
        refusals = {imei: read.refusals[imei] for imei in missing for read in reads if imei in read.refusals}
        return attrs.evolve(
            reads[0],
            devices=tuple(devices.values()),
            requested=requested,
            missing=missing,
            refusals=refusals,
            read_at=max(read.read_at for read in reads),
        )

    # A sequence that also knows IMEIs.

    @cached_property
    def _by_imei(self) -> dict[str, Device]:
        return {device.imei: device for device in self._devices}

    @overload
    def __getitem__(self, key: int | str) -> Device: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Device, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Device | tuple[Device, ...]:
        if not isinstance(key, str):
            return self._devices[key]
        device = self._by_imei.get(key)
        if device is None:
            raise DeviceNotFound(
                f"device {safe(str(key))} is not in this set of {len(self):,} devices: "
                "look it up in `missing`, or ask for it"
            )
        return device

    def __len__(self) -> int:
        return len(self._devices)

    def __iter__(self) -> Iterator[Device]:
        return iter(self._devices)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, Device):
            return self._by_imei.get(item.imei) == item
        return item in self._by_imei

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DeviceSet):
            return NotImplemented
        return (self.account, self._devices, self.missing) == (other.account, other._devices, other.missing)

    def __hash__(self) -> int:
        return hash((self.account, self._devices, self.missing))

    def __repr__(self) -> str:
        return f"<DeviceSet of {len(self):,} devices of account {self.account!r}, {len(self.missing):,} missing>"

    @property
    def refusals(self) -> Mapping[str, str]:
        """Why the service gave no facts of some of the missing, by IMEI, in its words."""
        return self._refusals

    @property
    def refreshable(self) -> bool:
        """Whether a later refresh can find the credentials that the set was read with."""
        return self._refreshable

    @property
    def is_whole(self) -> bool:
        """Whether the set holds all that was read, and not a selection of it."""
        return self._is_whole

    # Parts of the set.

    def where(self, predicate: Callable[[Device], bool] | None = None, /, **fields: Any) -> DeviceSet:
        """Keep the devices that satisfy the predicate and whose fields equal the values given, exactly.

        In the result `requested` are the devices kept, and `missing` is empty.

        Raises:
            InvalidArgument: A device has no such field, or the predicate is no function.
        """
        if predicate is not None and not callable(predicate):
            raise InvalidArgument(
                f"where was given a value of type {type(predicate).__name__}: "
                "pass a function that looks at a device, or a field by its name, as in where(make=…)"
            )
        for name in fields:
            if name not in FIELDS:
                raise _unknown_field(name, FIELDS)
        wanted = fields.items()
        return self._part(
            device
            for device in self._devices
            if all(getattr(device, name) == value for name, value in wanted)
            and (predicate is None or predicate(device))
        )

    def split(self, rule: DeviceClassifier) -> Split:
        """Sort the devices that a rule speaks of into those that pass, fail, and where it cannot tell.

        Raises:
            InvalidArgument: It is no rule.
        """
        if not callable(getattr(rule, "outcomes", None)):
            raise InvalidArgument(
                f"split was given a value of type {type(rule).__name__}: pass one rule of pulumi_fota.rules"
            )
        sorted_out: dict[DeviceOutcome, list[Device]] = {"pass": [], "fail": [], "unknown": []}
        for device, outcome in rule.outcomes(self):
            sorted_out[outcome].append(device)
        return Split(*(self._part(part) for part in sorted_out.values()))

    def canary(self, share: str, salt: str) -> DeviceSet:
        """Keep about this share of the devices: the same ones on every run.

        A device is in or out by a hash of salt and IMEI alone, whatever else the set holds, so a smaller
        share lies inside a larger one, and a growing fleet moves nobody. Of few devices the number kept
        differs from the share, and may be none.

        Args:
            share: A percentage such as `"5%"`.
            salt: Any text; another salt chooses other devices.

        Raises:
            InvalidArgument: The share is no percentage, or the salt no text.
        """
        if not isinstance(salt, str):
            raise InvalidArgument(f"the salt of a canary is of type {type(salt).__name__}: text was expected")
        limit = parse_percentage(share, what="the share of a canary") * 2**64
        return self._part(device for device in self._devices if _hash_position(salt, device.imei) < limit)

    def cohorts(self, *fields: str) -> tuple[Cohort, ...]:
        """Group the devices by make, model and firmware, or by the fields given; values as received.

        Returns:
            The cohorts in the order of their values, "not said" first.

        Raises:
            InvalidArgument: A device has no such field, or it holds a list.
        """
        names = fields or ("make", "model", "firmware")
        _check_single(names)
        groups: dict[tuple[Any, ...], list[Device]] = {}
        for device in self._devices:
            groups.setdefault(tuple(getattr(device, name) for name in names), []).append(device)
        return tuple(
            Cohort.of(self._part(groups[values]), dict(zip(names, values, strict=True)))
            for values in sorted(
                groups, key=lambda values: [_as_key(value) if value is not None else "" for value in values]
            )
        )

    # The set as numbers and plain data.

    def count_by(self, *fields: str) -> dict[str, Any]:
        """Count the devices by the values of a field: `{"1.2": 998, "unknown": 2}`; by two fields, a dict of dicts.

        What is not said, or blank, counts as `"unknown"`; a boolean as `"true"` or `"false"`.

        Raises:
            InvalidArgument: A device has no such field, it holds a list, or none was named.
        """
        if not fields:
            raise InvalidArgument("count_by was called without a field: name at least one, such as 'firmware'")
        _check_single(fields)
        counts: dict[str, Any] = {}
        for device in self._devices:
            level = counts
            for name in fields[:-1]:
                level = level.setdefault(_as_key(getattr(device, name)), {})
            last = _as_key(getattr(device, fields[-1]))
            level[last] = level.get(last, 0) + 1
        return _in_order(counts)

    @property
    def firmware_by_imei(self) -> dict[str, str | None]:
        """The firmware of each device, as received."""
        return {device.imei: device.firmware for device in self._devices}

    @cached_property
    def _digest(self) -> str:
        return digest_of(self.account, self.missing, self._devices)

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that change when the facts do.

        Covers account, IMEI, make, model, firmware, eligible, licensed, status and missing; firmware as
        received, the rest without regard to case and outer blanks. Order and times do not move it, nor how
        it is left open what a text is: by no key, `null` or blanks.
        """
        return self._digest

    def to_dict(self) -> dict[str, Any]:
        """Give `{account, missing, devices}` as plain data, which is what a resource's inputs take."""
        return {
            "account": self.account,
            "missing": list(self.missing),
            "devices": [device.to_dict() for device in self._devices],
        }

    def _part(self, devices: Iterable[Device]) -> DeviceSet:
        kept = tuple(devices)
        return attrs.evolve(
            self,
            devices=kept,
            requested=tuple(device.imei for device in kept),
            missing=(),
            refusals={},
            is_whole=False,
        )


def _unknown_field(name: str, known: Iterable[str]) -> InvalidArgument:
    return InvalidArgument(f"a device has no field {shown(name)}: use one of {', '.join(known)}")


def _check_single(names: Iterable[str]) -> None:
    for name in names:
        if name not in FIELDS:
            raise _unknown_field(name, SINGLE_FIELDS)
        if name not in SINGLE_FIELDS:
            raise InvalidArgument(
                f"devices cannot be counted by {shown(name)}: it is a list; use a field that holds one value"
            )


def _as_key(value: str | bool | None) -> str:
    if isinstance(value, str):
        return value if value.strip() else UNKNOWN
    return UNKNOWN if value is None else str(value).lower()


def _in_order(counts: dict[str, Any]) -> dict[str, Any]:
    return {key: _in_order(n) if isinstance(n, dict) else n for key, n in sorted(counts.items())}


def _hash_position(salt: str, imei: str) -> int:
    """Tell the place of a device on a line of 2**64 points."""
    return int.from_bytes(hashlib.sha256(f"{salt}\0{imei}".encode()).digest()[:8], "big")
