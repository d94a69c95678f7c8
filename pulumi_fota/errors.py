"""Every exception of the package, and every word that it says.

    FotaError                   all of them; a `pulumi.RunError`, so a program that stops prints the message alone
    ├── InvalidSetting          a setting is missing or wrong: whoever configures the stack moves next
    ├── InvalidArgument         the program passed something that cannot be: its author moves next
    │   └── InvalidImei         an IMEI, or a file of them, cannot be read
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

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self


class FotaError(pulumi.RunError):
    """What every error of this package is: caught by type, shown by Pulumi without a traceback."""

    def at_refresh(self) -> Self:
        """Tell it as a refresh does: what became of the state, and where a refresh looks for credentials."""
        kept = "The snapshot in state is as it was."
        if isinstance(self, (InvalidSetting, CredentialsRefused)):
            kept += (
                " A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the "
                "environment, which goes first here, or run `pulumi refresh --run-program`."
            )
        return type(self)(f"{self}\n{kept}")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


# Settings and arguments.


class InvalidSetting(FotaError):
    """A setting is missing or cannot be used. Nothing was sent."""

    @classmethod
    def found(cls, problems: Sequence[str], *, connection: str | None = None) -> Self:
        of = f" of connection {connection!r}" if connection else ""
        what = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        return cls("\n  ".join([f"{what} missing or cannot be used{of}; nothing was sent to ThingSpace:", *problems]))

    @staticmethod
    def missing(keys: Sequence[str], *, stand_in: str | None, variables: Sequence[str]) -> str:
        path = "--path " if "." in keys[0] else ""
        secret = "--secret " if stand_in else ""  # The command asks for a secret, so none stands in a shell's history.
        commands = " and ".join(f"`pulumi config set {path}{secret}{key}`" for key in keys)
        instead = f" (or {stand_in})" if stand_in else ""
        are = "is" if len(keys) == 1 else "are"
        return (
            f"{' and '.join(keys)}{instead} {are} missing or empty: {commands}, "
            f"or set {' and '.join(variables)} in the environment"
        )

    @staticmethod
    def half_a_group(there: str, absent: str) -> str:
        return f"{there} is set, but {absent} is missing or empty: set both in the same place"


class InvalidArgument(FotaError):
    """The program passed an argument that cannot be used. Nothing was sent."""

    @classmethod
    def unknown_field(cls, name: str, *, known: Iterable[str]) -> Self:
        return cls(f"a device has no field {name!r}: use one of {', '.join(known)}")

    @classmethod
    def ungroupable_field(cls, name: str) -> Self:
        return cls(f"devices cannot be counted by {name!r}: it is a list; use a field that holds one value")

    @classmethod
    def bad_connection_name(cls, reason: str) -> Self:
        return cls(f"the name of a connection is {reason}")

    @classmethod
    def no_field(cls, what: str) -> Self:
        return cls(f"{what} was called without a field: name at least one, such as 'firmware'")

    @classmethod
    def bad_share(cls, what: str, found: object) -> Self:
        return cls(
            f"{what} is {found!r}, which is no share: "
            "write a percentage from '0%' to '100%' as text, such as '5%' or '99.5%'"
        )

    @classmethod
    def no_device_set(cls, name: str, found: str) -> Self:
        return cls(
            f"snapshot {name!r}: devices= is of type {found}: "
            "pass what get_devices or get_devices_output gave, or a part of it"
        )

    @classmethod
    def unknown_record(cls, name: str, found: object, *, known: Iterable[str]) -> Self:
        return cls(f"snapshot {name!r}: record= is {found!r}: use one of {', '.join(map(repr, known))}")

    @classmethod
    def unnamed_connection(cls, name: str) -> Self:
        return cls(
            f"snapshot {name!r}: its devices were read through a Connection without a name, and `pulumi refresh` "
            "could not find its credentials again: store them under `fota:connections` and read through "
            "Connection.named(…)"
        )


class InvalidImei(InvalidArgument):
    """An IMEI, or a file of them, cannot be read. Nothing was sent."""

    @classmethod
    def read(cls, shown: str, reason: str) -> Self:
        return cls(f"IMEI {shown} {reason}")

    @staticmethod
    def problem(position: str, shown: str, reason: str) -> str:
        return f"{position}: {shown} {reason}"

    @classmethod
    def found(cls, problems: Sequence[str], *, count: int, where: str) -> Self:
        more = [f"and {len(problems) - 20:,} more"] if len(problems) > 20 else []  # noqa: PLR2004 (a screenful)
        some = f"{len(problems):,} of {_counted(count, 'IMEI')}"
        head = f"{some} in {where} cannot be used; nothing was sent to ThingSpace:"
        return cls("\n  ".join([head, *problems[:20], *more]))

    @classmethod
    def no_file(cls, path: str, reason: str) -> Self:
        advice = "a relative path starts at the program's folder"
        return cls(f"the file of IMEIs {path!r} cannot be read: {reason}; {advice}")

    @classmethod
    def unreadable(cls, file: str, reason: str) -> Self:
        return cls(f"the file of IMEIs {file!r} cannot be read: {reason}")

    @classmethod
    def no_column(cls, file: str, column: str | None, names: Sequence[str]) -> Self:
        there = ", ".join(repr(name) for name in names[:20])
        lacks = f"has no column {column!r}" if column is not None else "has no column that is called IMEI or device ID"
        return cls(f"{file} {lacks}: there are {there}; name the right one with column=")


class DeviceNotFound(FotaError):
    """ThingSpace knows no device of this IMEI in the account."""

    @classmethod
    def asked_for(cls, imei: str, *, account: str) -> Self:
        return cls(
            f"device {imei} is not in account {account!r}: "
            "the carrier's answer left it out; check the IMEI, or the account that the device is billed to"
        )

    @classmethod
    def not_in_set(cls, imei: str, *, size: int) -> Self:
        return cls(f"device {imei} is not in this set of {size:,} devices: look it up in `missing`, or ask for it")


# ThingSpace.


class ThingSpaceError(FotaError):
    """A read from ThingSpace failed. Nothing was read, nothing was changed."""


class CredentialsRefused(ThingSpaceError):
    """ThingSpace does not accept the application key, the user or the session."""


class RequestRefused(ThingSpaceError):
    """ThingSpace understood the request and refuses it."""


class ServiceUnavailable(ThingSpaceError):
    """ThingSpace cannot be reached, or fails. The same run may work later."""


class UnexpectedResponse(ThingSpaceError):
    """ThingSpace answered with something that its API does not document."""


# The gate.


class GateFailed(FotaError):
    """The fleet is not as a gate of the program demands."""
