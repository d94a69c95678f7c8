"""What the carrier says, as plain values: devices, sets of them, cohorts, firmware, IMEIs, times, versions."""

from pulumi_fota.model.available_firmware import AvailableFirmware, Upgrade
from pulumi_fota.model.cohort import Cohort
from pulumi_fota.model.device import Device, Software
from pulumi_fota.model.device_set import DeviceSet, Split

__all__ = ["AvailableFirmware", "Cohort", "Device", "DeviceSet", "Software", "Split", "Upgrade"]
