"""Firmware facts of Verizon ThingSpace devices in Pulumi programs.

Names are imported on first use, so that a process which needs few of them, such as that of a dynamic provider, pays for
no more.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_fota._version import __version__

if TYPE_CHECKING:
    from pulumi_fota import rules
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

#: The module that each name is imported from on first use. `rules` is a module itself.
_MODULES = {
    "AvailableFirmware": "pulumi_fota.model",
    "Cohort": "pulumi_fota.model",
    "Connection": "pulumi_fota.settings",
    "CredentialsRefused": "pulumi_fota.errors",
    "Device": "pulumi_fota.model",
    "DeviceNotFound": "pulumi_fota.errors",
    "DeviceSet": "pulumi_fota.model",
    "DeviceSnapshot": "pulumi_fota.resources",
    "FotaError": "pulumi_fota.errors",
    "Gate": "pulumi_fota.gate",
    "GateFailed": "pulumi_fota.errors",
    "InvalidArgument": "pulumi_fota.errors",
    "InvalidImei": "pulumi_fota.errors",
    "InvalidRule": "pulumi_fota.errors",
    "InvalidSetting": "pulumi_fota.errors",
    "RequestRefused": "pulumi_fota.errors",
    "Rule": "pulumi_fota.gate",
    "ServiceUnavailable": "pulumi_fota.errors",
    "ThingSpaceError": "pulumi_fota.errors",
    "UnexpectedResponse": "pulumi_fota.errors",
    "Verdict": "pulumi_fota.gate",
    "Waiver": "pulumi_fota.gate",
    "compare": "pulumi_fota.model.changes",
    "get_account_devices": "pulumi_fota.functions",
    "get_account_devices_output": "pulumi_fota.functions",
    "get_available_firmware": "pulumi_fota.functions",
    "get_available_firmware_output": "pulumi_fota.functions",
    "get_device": "pulumi_fota.functions",
    "get_device_output": "pulumi_fota.functions",
    "get_devices": "pulumi_fota.functions",
    "get_devices_output": "pulumi_fota.functions",
    "parse_imei": "pulumi_fota.model.imei",
    "read_imeis": "pulumi_fota.functions",
}

if not TYPE_CHECKING:  # A type checker would take every name for one that this function returns.

    def __getattr__(name: str) -> Any:
        if name == "rules":
            return import_module("pulumi_fota.rules")
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__])
        value = globals()[name] = getattr(import_module(_MODULES[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
