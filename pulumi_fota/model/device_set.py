"""A set of devices: what was asked for, what came back, and what is missing; and its cohorts.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, overload

import attrs

from pulumi_fota._text import safe
from pulumi_fota.errors import DeviceNotFound, InvalidArgument
from pulumi_fota.model.device import FIELDS, Device
from pulumi_fota.model.digest import digest_of
from pulumi_fota.model.grouping import check_single, cohort_key, count_by, text_of, unknown_field
from pulumi_fota.model.percentage import parse_percentage

if TYPE_CHECKING:
    from collections.abc import Iterable

DeviceOutcome = Literal["pass", "fail", "unknown"]


class DeviceClassifier(Protocol):
    """What can divide a set of devices: a rule of a gate."""

    def outcomes(self, devices: DeviceSet) -> Iterable[tuple[Device, DeviceOutcome]]:
        """Return the outcome of each device that the rule applies to."""
        ...


class Split(NamedTuple):
    """The devices that a rule applies to, by outcome.

    Attributes:
        passed: Those that satisfy the rule.
        failed: Those that do not.
        unknown: Those without the facts that the rule needs.
    """

    passed: DeviceSet
    failed: DeviceSet
    unknown: DeviceSet


@attrs.frozen(kw_only=True, slots=False, eq=False, repr=False)
class DeviceSet(Sequence[Device]):
    """Devices in the order of their IMEIs, with what was asked for and what did not come back.

    `devices["356938035643809"]` and `devices[0]` are a `Device`; `in` takes an IMEI or a `Device`. `pulumi.export`
    takes the set and shows a list of dicts; the inputs of a resource take `to_dict()`. Two sets are equal if they hold
    the same devices of the same account and miss the same IMEIs.

    Attributes:
        account: The billing account, with its zeros and its dash.
        requested: The distinct IMEIs that were asked for, sorted; `None` if that was all of the account.
        missing: The IMEIs that were asked for and did not come back, sorted.
        read_at: When the read started: RFC 3339 text in UTC. Freshness is measured from this time.
        protocol: The protocol filter of the read, if one was sent.
        connection: The name of the connection; `None` for the default one.
        refusals: Why the service gave no facts for some of the missing IMEIs, in its words, by IMEI.
        refreshable: Whether a refresh can find the credentials of the read: not if its `Connection` has no name.
        is_whole: Whether the set holds all that was read. It is `False` for a selection, a canary included.
        firmware_by_imei: The firmware of each device, as received.
        digest: 64 hexadecimal digits that change when the facts do.
    """

    account: str
    requested: tuple[str, ...] | None
    missing: tuple[str, ...] = ()
    read_at: str
    protocol: str | None = None
    connection: str | None = None
    _devices: tuple[Device, ...] = attrs.field(alias="devices")
    _refusals: Mapping[str, str] = attrs.field(factory=dict)
    _refreshable: bool = True
    _is_whole: bool = True

    @classmethod
    def of(cls, devices: Iterable[Device], **read: Any) -> DeviceSet:
        """Return a set of devices that are given in any order."""
        return cls(devices=tuple(sorted(devices, key=lambda device: device.imei)), **read)

    @classmethod
    def joined(cls, reads: Sequence[DeviceSet], imeis: Iterable[str]) -> DeviceSet:
        """Return the set of some IMEIs from several reads of one connection; the first read that has a device wins.

        `read_at` is when the last of the reads started, so that no fact is newer.
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

    # A sequence, and a mapping by IMEI.

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
        """Why the service gave no facts for some of the missing IMEIs, in its words, by IMEI."""
        return self._refusals

    @property
    def refreshable(self) -> bool:
        """Whether a later refresh can find the credentials of the read."""
        return self._refreshable

    @property
    def is_whole(self) -> bool:
        """Whether the set holds all that was read, rather than a selection of it."""
        return self._is_whole

    # Parts of the set.

    def where(self, predicate: Callable[[Device], bool] | None = None, /, **fields: Any) -> DeviceSet:
        """Return the devices that satisfy a predicate and whose attributes equal the given values exactly.

        In the result, `requested` is the IMEIs of these devices, and `missing` is empty.

        Args:
            predicate: A function of a device that returns whether to keep it.
            **fields: Values by the name of an attribute, such as `make="SEQUANS"`.

        Raises:
            InvalidArgument: A device has no such attribute, or the predicate is not a function.
        """
        if predicate is not None and not callable(predicate):
            raise InvalidArgument(
                f"where was given a value of type {type(predicate).__name__}: "
                "pass a function that looks at a device, or a field by its name, as in where(make=…)"
            )
        for name in fields:
            if name not in FIELDS:
                raise unknown_field(name, FIELDS)
        wanted = fields.items()
        return self._part(
            device
            for device in self._devices
            if all(getattr(device, name) == value for name, value in wanted)
            and (predicate is None or predicate(device))
        )

    def split(self, rule: DeviceClassifier) -> Split:
        """Divide the devices that a rule applies to into those that pass, those that fail, and the unknown ones.

        Raises:
            InvalidArgument: The argument is not a rule.
        """
        if not callable(getattr(rule, "outcomes", None)):
            raise InvalidArgument(
                f"split was given a value of type {type(rule).__name__}: pass one rule of pulumi_fota.rules"
            )
        by_outcome: dict[DeviceOutcome, list[Device]] = {"pass": [], "fail": [], "unknown": []}
        for device, outcome in rule.outcomes(self):
            by_outcome[outcome].append(device)
        return Split(*(self._part(devices) for devices in by_outcome.values()))

    def canary(self, share: str, salt: str) -> DeviceSet:
        """Return about this share of the devices: the same ones on every run.

        A hash of salt and IMEI alone decides about each device, so a smaller share is a subset of a larger one, and no
        device moves when the fleet grows. In a small set the number of devices can differ from the share, and can be 0.

        Args:
            share: A percentage such as `"5%"`.
            salt: Any text; another salt selects other devices.

        Raises:
            InvalidArgument: The share is not a percentage, or the salt is not text.
        """
        if not isinstance(salt, str):
            raise InvalidArgument(f"the salt of a canary is of type {type(salt).__name__}: text was expected")
        limit = parse_percentage(share, what="the share of a canary") * 2**64
        return self._part(device for device in self._devices if _hash_position(salt, device.imei) < limit)

    def cohorts(self, *fields: str) -> tuple[Cohort, ...]:
        """Group the devices by make, model and firmware, or by other attributes; values are as received.

        Returns:
            The cohorts, sorted by their values; `None` comes first.

        Raises:
            InvalidArgument: A device has no such attribute, or it holds a list.
        """
        names = fields or ("make", "model", "firmware")
        check_single(names)
        groups: dict[tuple[Any, ...], list[Device]] = {}
        for device in self._devices:
            groups.setdefault(tuple(getattr(device, name) for name in names), []).append(device)
        return tuple(
            Cohort.of(self._part(groups[values]), dict(zip(names, values, strict=True)))
            for values in sorted(
                groups, key=lambda values: [text_of(value) if value is not None else "" for value in values]
            )
        )

    # Numbers and plain data.

    def count_by(self, *fields: str) -> dict[str, Any]:
        """Count the devices by an attribute: `{"1.2": 998, "unknown": 2}`; by several, a dict of dicts.

        `None` and blank text count as `"unknown"`, booleans as `"true"` or `"false"`.

        Raises:
            InvalidArgument: A device has no such attribute, it holds a list, or none was named.
        """
        if not fields:
            raise InvalidArgument("count_by was called without a field: name at least one, such as 'firmware'")
        check_single(fields)
        return count_by(self._devices, fields)

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

        The facts are account, missing IMEIs, and of each device IMEI, make, model, firmware, eligibility, licence and
        status: firmware as received, other text without regard to case and outer blanks. Order and times make no
        difference, and neither does how the service leaves out a text: no key, `null`, or blanks.
        """
        return self._digest

    def to_dict(self) -> dict[str, Any]:
        """Return `{account, missing, devices}` as plain data, which the inputs of a resource take."""
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


@attrs.frozen(kw_only=True, slots=False)
class Cohort:
    """Devices that are alike: those with the same values of the attributes that they were grouped by.

    Attributes:
        key: A stable name for a resource: at most 63 lower-case letters, digits and hyphens.
        count: The number of devices.
        make: The make, as received; `None` if it is not given, or if the devices were grouped by other attributes.
        model: The model; `None` as for `make`.
        firmware: The firmware; `None` as for `make`.
        values: The shared value of each attribute that the devices were grouped by.
        devices: The devices, in the order of their IMEIs. They are not exported with the cohort.
    """

    key: str
    count: int
    make: str | None = None
    model: str | None = None
    firmware: str | None = None
    values: dict[str, Any] = attrs.field(hash=False)
    _devices: DeviceSet = attrs.field(repr=False, hash=False)

    @property
    def devices(self) -> DeviceSet:
        """The devices of the cohort, in the order of their IMEIs. They are not exported with the cohort."""
        return self._devices

    @classmethod
    def of(cls, devices: DeviceSet, values: dict[str, Any]) -> Cohort:
        """Return the cohort of devices that share these values."""
        named = {name: values.get(name) for name in ("make", "model", "firmware")}
        return cls(key=cohort_key(values), count=len(devices), values=values, devices=devices, **named)


def _hash_position(salt: str, imei: str) -> int:
    """Return the position of a device among 2**64 positions."""
    return int.from_bytes(hashlib.sha256(f"{salt}\0{imei}".encode()).digest()[:8], "big")
