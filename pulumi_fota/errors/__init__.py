"""Every exception of the package, and every word that it says.

    FotaError                   all of them; a `pulumi.RunError`, so a program that stops prints the message alone
    ├── InvalidSetting          a setting is missing or wrong: whoever configures the stack moves next
    ├── InvalidArgument         the program passed something that cannot be: its author moves next
    │   ├── InvalidImei         an IMEI, or a file of them, cannot be read
    │   └── InvalidRule         a rule, a waiver or a gate is written in a way that cannot be
    ├── DeviceNotFound          the carrier's answer holds no device of this IMEI
    ├── ThingSpaceError         a read failed and nothing was read
    │   ├── CredentialsRefused  the application key, the user or the session is not accepted
    │   ├── RequestRefused      the service understood the request and refuses it
    │   ├── ServiceUnavailable  the service cannot be reached, or fails: the same run may work later
    │   └── UnexpectedResponse  the answer is not what the API documents: please report it
    └── GateFailed              the fleet is not as the program demands

A message says what happened to which thing, what was found, and what to do. Errors hold text and numbers only:
never a request, a response or a secret.
"""

from pulumi_fota.errors.arguments import DeviceNotFound, InvalidArgument, InvalidImei, InvalidSetting
from pulumi_fota.errors.fota_error import FotaError
from pulumi_fota.errors.gate import GateFailed
from pulumi_fota.errors.rules import InvalidRule
from pulumi_fota.errors.thingspace import (
    CredentialsRefused,
    RequestRefused,
    ServiceUnavailable,
    ThingSpaceError,
    UnexpectedResponse,
)

__all__ = [
    "CredentialsRefused",
    "DeviceNotFound",
    "FotaError",
    "GateFailed",
    "InvalidArgument",
    "InvalidImei",
    "InvalidRule",
    "InvalidSetting",
    "RequestRefused",
    "ServiceUnavailable",
    "ThingSpaceError",
    "UnexpectedResponse",
]
