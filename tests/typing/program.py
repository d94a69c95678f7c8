"""What a type checker makes of a user's program. Checked by two of them at their strictest, never run.

A line that must be refused carries an ignore, which both checkers report where there is nothing to ignore.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pulumi
import pytest
from typing_extensions import assert_type

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.model import Change, Changes, Software, Upgrade
from pulumi_fota.simulator import Request, Simulator
from pulumi_fota.testing import FakeThingSpace, Mocks

# IMEIs.
assert_type(fota.read_imeis(Path("meters.csv"), column="imei"), tuple[str, ...])
assert_type(fota.read_imeis("a.csv", where=lambda row: row["SIM status"] == "active", skip_blank=True), tuple[str, ...])
assert_type(fota.parse_imei("35-693803-564380-9"), str)

# Reading, plain.
meters = fota.get_devices(fota.read_imeis("meters.csv"), account="0000123456-00001", protocol="LWM2M")
assert_type(meters, fota.DeviceSet)
assert_type(fota.get_device("356938035643809"), fota.Device)
assert_type(fota.get_account_devices(connection=fota.Connection.named("east")), fota.DeviceSet)
available = fota.get_available_firmware(connection=fota.Connection(account="0000123456-00001", timeout=5))
assert_type(available, fota.AvailableFirmware)

# A set of devices.
assert_type(meters[0], fota.Device)
assert_type(meters["356938035643809"], fota.Device)
assert_type(meters[1:], tuple[fota.Device, ...])
assert_type("356938035643809" in meters, bool)
assert_type(meters[0] in meters, bool)
assert_type([meter.imei for meter in meters], list[str])
assert_type(meters.account, str)
assert_type(meters.connection, str | None)
assert_type(meters.requested, tuple[str, ...] | None)
assert_type(meters.missing, tuple[str, ...])
assert_type(meters.where(lambda meter: meter.fota_eligible is True, model="GM01Q"), fota.DeviceSet)
assert_type(meters.canary("5%", salt="x"), fota.DeviceSet)
assert_type(meters.count_by("make", "model"), dict[str, Any])
assert_type(meters.firmware_by_imei, dict[str, str | None])
assert_type(meters.digest, str)
assert_type(meters.to_dict(), dict[str, Any])
passed, failed, unknown = meters.split(rules.licensed())
assert_type((passed, failed, unknown), tuple[fota.DeviceSet, fota.DeviceSet, fota.DeviceSet])
for cohort in meters.cohorts("make", "firmware"):
    assert_type(cohort.key, str)
    assert_type(cohort.firmware, str | None)
    assert_type(cohort.devices, fota.DeviceSet)

# One device: text, yes and no are real ones, which an `if` may ask.
meter = meters[0]
assert_type(meter.firmware, str | None)
assert_type(meter.fota_eligible, bool | None)
assert_type(meter.software, tuple[Software, ...])
assert_type(meter.mdn, str | None)
assert_type(available.waiting_for(meter), tuple[Upgrade, ...])
assert_type(available.path(meter, "SR1.2"), tuple[Upgrade, ...] | None)

# Reading, as Outputs, at any depth.
later = fota.get_devices_output([pulumi.Output.from_input("356938035643809"), "490154203237518"])
assert_type(later, pulumi.Output[fota.DeviceSet])
assert_type(later.apply(len), pulumi.Output[int])
imeis: pulumi.Output[list[str]] = pulumi.Output.from_input(["356938035643809"])
assert_type(fota.get_devices_output(imeis, account=pulumi.Output.from_input("a")), pulumi.Output[fota.DeviceSet])
mixed: list[str | pulumi.Output[str]] = ["356938035643809"]
assert_type(fota.get_devices_output(mixed), pulumi.Output[fota.DeviceSet])
assert_type(fota.get_devices_output(fota.read_imeis("meters.csv")), pulumi.Output[fota.DeviceSet])
options = pulumi.InvokeOutputOptions(depends_on=[pulumi.Stash("site", input=1)])
assert_type(fota.get_device_output("356938035643809", opts=options), pulumi.Output[fota.Device])
assert_type(fota.get_account_devices_output(opts=options), pulumi.Output[fota.DeviceSet])
assert_type(fota.get_available_firmware_output(), pulumi.Output[fota.AvailableFirmware])

# Gates: what goes in comes out, plain or as an Output.
waiver = fota.Waiver(rule="licensed", model="GM01Q", reason="on the bench", until=date(2026, 12, 31))
gate = fota.Gate("meters", rules.fota_eligible(), rules.licensed(severity="advisory", at_least="95%"), waivers=[waiver])
assert_type(gate.require(meters), fota.DeviceSet)
assert_type(gate.require(later), pulumi.Output[fota.DeviceSet])
verdict = gate.check(meters)
assert_type(verdict, fota.Verdict)
assert_type(verdict.passed, bool)
pulumi.Stash("guarded", input=1, opts=pulumi.ResourceOptions(hooks=gate.hooks(meters)))


@rules.rule("even")
def even(device: fota.Device) -> bool | str | None:
    """Ask for something of one's own."""
    return int(device.imei) % 2 == 0


assert_type(even, fota.Rule)

# Snapshots.
snapshot = fota.DeviceSnapshot("meters", devices=gate.require(later), record="cohorts", pinned=True)
assert_type(snapshot.digest, pulumi.Output[str])
assert_type(snapshot.facts, pulumi.Output[Mapping[str, Any]])
assert_type(snapshot.count, pulumi.Output[int])
assert_type(snapshot.facts.apply(lambda then: fota.compare(then, meters)), pulumi.Output[Changes])
assert_type(fota.compare(meters, meters).firmware, tuple[Change, ...])
assert_type(fota.DeviceSnapshot("plain", devices=meters).firmware, pulumi.Output[Mapping[str, str]])


# Tests of a user's own.
def test_of_a_user(thingspace: FakeThingSpace) -> None:
    """Use all that the fixture gives."""
    assert_type(thingspace.add_devices(2, firmware="SR1.2"), tuple[str, ...])
    assert_type(thingspace.simulator, Simulator)
    assert_type(thingspace.simulator.requests, list[Request])
    assert_type(thingspace.simulator.count("devices"), int)
    pulumi.runtime.set_mocks(Mocks())
    with pytest.raises(fota.GateFailed):
        gate.require(meters)


# What must be refused: an Output where a value is needed, a value of another type, a field that is none.
fota.get_devicez([])  # type: ignore[attr-defined]
fota.get_device(pulumi.Output.from_input("356938035643809"))  # type: ignore[arg-type]
fota.get_devices([356938035643809])  # type: ignore[list-item]
fota.get_devices(meters, protocol=4)  # type: ignore[arg-type]
fota.get_device_output(356938035643809)  # type: ignore[arg-type]
gate.check(later)  # type: ignore[arg-type]
gate.hooks(later)  # type: ignore[arg-type]
gate.require(imeis)  # type: ignore[arg-type]
fota.DeviceSnapshot("wrong", devices=imeis)  # type: ignore[arg-type]
rules.licensed(severity="fatal")  # type: ignore[arg-type]
pulumi.export("wrong", meter.firmwares)  # type: ignore[attr-defined]
