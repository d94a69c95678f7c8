"""What a gate costs: judging a large fleet beside a loop by hand, and its reports beside `json.dumps`."""

from __future__ import annotations

import json
import tempfile
import time
from typing import TYPE_CHECKING

from benchmarks.row import Row
from pulumi_fota import Device, DeviceSet, Gate, rules
from pulumi_fota.gate.reports import Report, write_reports
from pulumi_fota.model.imei import with_check_digit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COUNT = 100_000
_ROUNDS = 5
_ALLOWED = ("SR1.2.0.0-10657", "SR1.3.0.0-11002")
_OLDEST = "2026-01-30T12:00:00"


def rows() -> Iterator[Row]:
    """Measure."""
    yield _judging()
    yield _reporting()


def _judging() -> Row:
    devices = _fleet(behind=500)
    gate = Gate(
        "meters",
        rules.fota_eligible(),
        rules.licensed(),
        rules.active(),
        rules.protocol_in("LWM2M"),
        rules.allowed_versions(*_ALLOWED),
        rules.fresh_within(days=30),
    )
    verdict, by_hand = gate.check(devices), _by_hand(devices)
    if {result.rule.id: sorted(result.imeis("fail", "unknown")) for result in verdict.results} != {
        "missing": [],
        **by_hand,
    }:
        raise AssertionError("the loop does not find what the gate finds")
    ratio = _seconds(lambda: gate.check(devices)) / _seconds(lambda: _by_hand(devices))
    return Row(f"a gate of 6 rules on {_COUNT:,} devices, beside a plain loop that compares the same", ratio, 4)


def _reporting() -> Row:
    devices = _fleet(behind=5000)
    verdict = Gate("meters", rules.allowed_versions(*_ALLOWED)).check(devices)
    plain = [device.to_dict() for device in devices]
    blank = Report(
        gate="meters",
        project="bench",
        stack="dev",
        run="preview",
        ran_at=devices.read_at,
        mode="mandatory",
        outcome="failed",
        message=verdict.message,
    )
    with tempfile.TemporaryDirectory() as folder:
        ours = _seconds(lambda: write_reports(blank.with_verdict(verdict, masked=False, secret=False), folder))
    what = f"the three reports of {_COUNT:,} devices with 5,000 failures, on disk, beside `json.dumps` of the devices"
    return Row(what, ours / _seconds(lambda: json.dumps(plain)), 4)


def _by_hand(devices: DeviceSet) -> dict[str, list[str]]:
    """Find the devices that do not pass, as one would without a gate: a loop, and a list for each rule."""
    ineligible, unlicensed, inactive, strange, other, stale = [], [], [], [], [], []
    for device in devices:
        if device.fota_eligible is not True:
            ineligible.append(device.imei)
        if device.license_assigned is not True:
            unlicensed.append(device.imei)
        if device.status != "Active":
            inactive.append(device.imei)
        if device.protocol != "LWM2M":
            strange.append(device.imei)
        if device.firmware not in _ALLOWED:
            other.append(device.imei)
        if device.last_connection_time is None or device.last_connection_time < _OLDEST:
            stale.append(device.imei)
    return {
        "fota-eligible": ineligible,
        "licensed": unlicensed,
        "active": inactive,
        "protocol-in": strange,
        "allowed-versions": other,
        "fresh-within": stale,
    }


def _fleet(*, behind: int) -> DeviceSet:
    """Make a fleet, so many of which run old firmware, and a hundredth each of which do not pass another rule."""
    every = _COUNT // behind
    devices = [
        Device(
            imei=with_check_digit(f"{n:014}"),
            make="SEQUANS COMMUNICATIONS",
            model="GM01Q",
            firmware="SR1.1.0.0-9001" if n % every == 0 else _ALLOWED[n % 2],
            fota_eligible=n % 100 != 1,
            license_assigned=n % 100 != 2,  # noqa: PLR2004 (each another hundredth)
            status="Active" if n % 100 != 3 else "Suspended",  # noqa: PLR2004
            protocol="LWM2M" if n % 100 != 4 else "OMADM",  # noqa: PLR2004
            create_time="2021-06-09T17:41:16.72Z",
            refresh_time=f"2026-02-{1 + n % 28:02}T06:10:01.{1 + n % 999}Z",
            last_connection_time=f"2026-0{2 if n % 100 != 5 else 1}-{1 + n % 28:02}T06:{n % 60:02}:01Z",  # noqa: PLR2004
        )
        for n in range(_COUNT)
    ]
    imeis = tuple(sorted(device.imei for device in devices))
    return DeviceSet.of(devices, account="0000123456-00001", requested=imeis, read_at="2026-03-01T12:00:00Z")


def _seconds(work: Callable[[], object]) -> float:
    """Return how long it takes at best, when other work on the machine disturbed it least."""
    times = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)
