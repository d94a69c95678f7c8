"""Firmware facts of Verizon ThingSpace devices in Pulumi programs."""

from pulumi_fota import rules
from pulumi_fota._version import __version__
from pulumi_fota.errors import (
    CredentialsRefused,
    DeviceNotFound,
    FotaError,
    GateFailed,
    InvalidArgument,
    InvalidImei,
    InvalidRule,
    InvalidSetting,
    RequestRefused,
    ServiceUnavailable,
    ThingSpaceError,
    UnexpectedResponse,
)
from pulumi_fota.functions import (
    get_account_devices,
    get_account_devices_output,
    get_available_firmware,
    get_available_firmware_output,
    get_device,
    get_device_output,
    get_devices,
    get_devices_output,
    read_imeis,
)
from pulumi_fota.gate import Gate, Rule, Verdict, Waiver
from pulumi_fota.model import AvailableFirmware, Cohort, Device, DeviceSet
from pulumi_fota.model.changes import compare
from pulumi_fota.model.imei import parse_imei
from pulumi_fota.resources import DeviceSnapshot
from pulumi_fota.settings import Connection

__all__ = [
    "AvailableFirmware",
    "Cohort",
    "Connection",
    "CredentialsRefused",
    "Device",
    "DeviceNotFound",
    "DeviceSet",
    "DeviceSnapshot",
    "FotaError",
    "Gate",
    "GateFailed",
    "InvalidArgument",
    "InvalidImei",
    "InvalidRule",
    "InvalidSetting",
    "RequestRefused",
    "Rule",
    "ServiceUnavailable",
    "ThingSpaceError",
    "UnexpectedResponse",
    "Verdict",
    "Waiver",
    "__version__",
    "compare",
    "get_account_devices",
    "get_account_devices_output",
    "get_available_firmware",
    "get_available_firmware_output",
    "get_device",
    "get_device_output",
    "get_devices",
    "get_devices_output",
    "parse_imei",
    "read_imeis",
    "rules",
]
