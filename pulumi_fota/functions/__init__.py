"""The functions that read from ThingSpace, each plain and as an Output.

Own what unknown, secret and dependency mean for them, and how lookups of one program run share reads. Know nothing of
HTTP.
"""

from pulumi_fota.functions.functions import (
    get_account_devices,
    get_account_devices_output,
    get_available_firmware,
    get_available_firmware_output,
    get_device,
    get_device_output,
    get_devices,
    get_devices_output,
)
from pulumi_fota.functions.imeis import read_imeis

__all__ = [
    "get_account_devices",
    "get_account_devices_output",
    "get_available_firmware",
    "get_available_firmware_output",
    "get_device",
    "get_device_output",
    "get_devices",
    "get_devices_output",
    "read_imeis",
]
