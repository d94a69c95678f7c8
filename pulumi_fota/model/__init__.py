"""Plain values: devices, sets of devices, what changed in them, cohorts, firmware, IMEIs, times, versions."""

from pulumi_fota.model.available_firmware import AvailableFirmware, Upgrade
from pulumi_fota.model.changes import Change, Changes
from pulumi_fota.model.device import Device, Software
from pulumi_fota.model.device_set import Cohort, DeviceSet, Split

__all__ = ["AvailableFirmware", "Change", "Changes", "Cohort", "Device", "DeviceSet", "Software", "Split", "Upgrade"]
