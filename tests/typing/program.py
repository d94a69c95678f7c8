"""What a type checker makes of a user's program. Checked under `mypy --strict`, never run."""

from __future__ import annotations

import pulumi
from typing_extensions import assert_type

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.model import Upgrade

meters = fota.get_devices(fota.read_imeis("meters.csv", column="imei"), account="0000123456-00001", protocol="LWM2M")
assert_type(meters, fota.DeviceSet)
assert_type(meters[0], fota.Device)
assert_type(meters["356938035643809"], fota.Device)
assert_type(meters[1:], tuple[fota.Device, ...])
assert_type(meters[0].firmware, str | None)
assert_type(meters[0].fota_eligible, bool | None)
assert_type(meters.missing, tuple[str, ...])
assert_type("356938035643809" in meters, bool)
assert_type(meters.where(model="GM01Q").canary("5%", salt="x"), fota.DeviceSet)
assert_type(meters.cohorts()[0].devices, fota.DeviceSet)
assert_type([meter.imei for meter in meters], list[str])

later = fota.get_devices_output([pulumi.Output.from_input("356938035643809"), "490154203237518"])
assert_type(later, pulumi.Output[fota.DeviceSet])
assert_type(later.apply(len), pulumi.Output[int])
imeis: pulumi.Output[list[str]] = pulumi.Output.from_input(["356938035643809"])
assert_type(fota.get_devices_output(imeis, account=pulumi.Output.from_input("a")), pulumi.Output[fota.DeviceSet])
assert_type(fota.get_device("356938035643809"), fota.Device)
assert_type(fota.get_device_output("356938035643809"), pulumi.Output[fota.Device])
assert_type(fota.get_account_devices_output(), pulumi.Output[fota.DeviceSet])
assert_type(fota.get_available_firmware(), fota.AvailableFirmware)
assert_type(fota.get_available_firmware().path(meters[0], "SR1.2"), tuple[Upgrade, ...] | None)

gate = fota.Gate("meters", rules.fota_eligible())
assert_type(gate.require(meters), fota.DeviceSet)
assert_type(gate.require(later), pulumi.Output[fota.DeviceSet])
