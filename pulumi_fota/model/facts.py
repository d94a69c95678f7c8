"""The facts of a set of devices, or of a snapshot, in the one form in which they are compared.

Knows the keys of what a snapshot stores. Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.model.cohort_counts import cohort_of, from_tree, to_tree
from pulumi_fota.model.device_set import DeviceSet
from pulumi_fota.model.digest import UNKNOWN, known_text, known_version
from pulumi_fota.model.imei_chunks import to_chunks

if TYPE_CHECKING:
    from collections import Counter

    from pulumi_fota.model.cohort_counts import Leaf

    Value = str | bool | None

#: The facts that are counted if no row is stored.
NUMBERS = ("unlicensed", "ineligible", "inactive", "missing")


@attrs.frozen(kw_only=True)
class FactRows:
    """The facts of each device. Eligibility, licence and status hold the devices alone whose value is not good."""

    firmware: dict[str, str | None]
    eligibility: dict[str, Value]
    licence: dict[str, Value]
    status: dict[str, Value]
    missing: frozenset[str]
    models: dict[str, str] | None  #: `None` if models are stored as counts.

    @classmethod
    def of_set(cls, devices: DeviceSet) -> FactRows:
        """Return the rows of a set of devices."""
        return cls(
            firmware={device.imei: known_version(device.firmware) for device in devices},
            eligibility={device.imei: device.fota_eligible for device in devices if not device.fota_eligible},
            licence={device.imei: device.license_assigned for device in devices if not device.license_assigned},
            status={device.imei: word for device in devices if (word := known_text(device.status)) != "active"},
            missing=frozenset(devices.missing),
            models={device.imei: " ".join(cohort_of(device)[:2]) for device in devices},
        )

    @classmethod
    def of_stored(cls, facts: Mapping[str, Any]) -> FactRows:
        """Return the rows that a snapshot stores with `record="devices"`."""
        words = {"no": False, UNKNOWN: None}
        return cls(
            firmware={imei: known_version(version) for imei, version in facts["firmware"].items()},
            eligibility={imei: words[word] for imei, word in facts["ineligible"].items()},
            licence={imei: words[word] for imei, word in facts["unlicensed"].items()},
            status={imei: known_text(word) for imei, word in facts["inactive"].items()},
            missing=frozenset(facts["missing"]),
            models=None,
        )

    def requested(self) -> set[str]:
        """Return the IMEIs that were asked for, or that an account has."""
        return {*self.firmware, *self.missing}

    def place_of(self, imei: str) -> str | None:
        """Return whether a device is present or missing; `None` if it was not asked for."""
        if imei in self.firmware:
            return "present"
        return "missing" if imei in self.missing else None


@attrs.frozen(kw_only=True)
class Facts:
    """The facts of a set of devices, or those that a snapshot stores.

    Attributes:
        count: The number of devices that came back.
        numbers: The number of devices that are unlicensed, ineligible, inactive, and missing.
        chunks: With cohorts, the IMEIs that were asked for; they are empty if that was all of the account.
        rows: The facts of each device; `None` if numbers alone are stored.
    """

    account: str
    protocol: str | None
    is_account: bool
    digest: str
    count: int
    numbers: Mapping[str, int]
    cohorts: Counter[Leaf]
    chunks: Mapping[str, str]
    rows: FactRows | None

    @property
    def total(self) -> int:
        """The number of devices, the missing ones included."""
        return self.count + self.numbers["missing"]

    @classmethod
    def of(cls, given: DeviceSet | Mapping[str, Any], argument: str) -> Facts:
        """Return the facts of a set, or of a mapping of stored facts.

        Args:
            given: One of the two, or anything else.
            argument: The name of the argument that it was passed as, for the error.

        Raises:
            InvalidArgument: It is neither.
        """
        if isinstance(given, DeviceSet):
            return cls._of_set(given)
        try:
            if isinstance(given, Mapping):
                return cls._of_stored(given)
        except (KeyError, TypeError, ValueError, AttributeError):
            pass
        raise InvalidArgument(
            f"compare: {argument}= is of type {type(given).__name__} and not the facts of a snapshot: pass a "
            "DeviceSet, or what snapshot.facts.apply(…) passes to a function"
        ) from None

    @classmethod
    def _of_set(cls, devices: DeviceSet) -> Facts:
        rows = FactRows.of_set(devices)
        return cls(
            account=devices.account,
            protocol=devices.protocol,
            is_account=devices.requested is None,
            digest=devices.digest,
            count=len(devices),
            numbers=_numbers(rows),
            cohorts=from_tree(to_tree(map(cohort_of, devices))),  # Bounded, as the other side may be.
            chunks={},
            rows=rows,
        )

    @classmethod
    def _of_stored(cls, facts: Mapping[str, Any]) -> Facts:
        rows = FactRows.of_stored(facts) if facts["record"] == "devices" else None
        return cls(
            account=facts["account"],
            protocol=facts["protocol"] or None,
            is_account=facts["scope"] == "account",
            digest=facts["digest"],
            count=int(facts["count"]),
            numbers=_numbers(rows) if rows else {key: int(sum(facts[key].values())) for key in NUMBERS},
            cohorts=from_tree(facts["cohorts"]),
            chunks=facts["imeis"],
            rows=rows,
        )

    def requested(self) -> Mapping[str, str]:
        """Return the IMEIs that were asked for, packed as a snapshot with cohorts stores them."""
        return to_chunks(self.rows.requested()) if self.rows else self.chunks


def _numbers(rows: FactRows) -> dict[str, int]:
    return dict(zip(NUMBERS, map(len, (rows.licence, rows.eligibility, rows.status, rows.missing)), strict=True))
