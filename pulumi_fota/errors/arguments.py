"""What is wrong with a setting or an argument, found before anything is sent; and a device that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from pulumi_fota._text import counted, safe, shown
from pulumi_fota.errors.fota_error import FotaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self


_LONGEST_PATH, _LONGEST_REASON = 400, 250


def brief(found: object) -> str:
    """Show a value in no more than a line."""
    if isinstance(found, pulumi.Output):
        return "an Output"
    return shown(found)


class InvalidSetting(FotaError):
    """A setting is missing or invalid."""

    is_about_settings = True

    @classmethod
    def found(cls, problems: Sequence[str], *, connection: str | None = None, nothing_sent: bool = True) -> Self:
        """Return an error that lists what is wrong.

        Args:
            problems: A line for each setting.
            connection: The name of the connection that they belong to.
            nothing_sent: Whether the settings are those of a read, which then sent nothing.
        """
        of = f" of connection {connection!r}" if connection else ""
        what = f"{counted(len(problems), 'setting')}{of} {'is' if len(problems) == 1 else 'are'} missing or invalid"
        sent = "; nothing was sent to ThingSpace" if nothing_sent else ""
        return cls("\n  ".join([f"{what}{sent}:", *problems]))


class InvalidArgument(FotaError):
    """The program passed an argument that cannot be used. Nothing was sent."""

    @classmethod
    def unknown_field(cls, name: str, *, known: Iterable[str]) -> Self:
        return cls(f"a device has no field {shown(name)}: use one of {', '.join(known)}")

    @classmethod
    def ungroupable_field(cls, name: str) -> Self:
        return cls(f"devices cannot be counted by {shown(name)}: it is a list; use a field that holds one value")

    @classmethod
    def no_field(cls, what: str) -> Self:
        return cls(f"{what} was called without a field: name at least one, such as 'firmware'")

    @classmethod
    def bad_share(cls, what: str, found: object) -> Self:
        return cls(
            f"{what} is {brief(found)}, which is no share: "
            "write a percentage from '0%' to '100%' as text, such as '5%' or '99.5%'"
        )

    @classmethod
    def no_device_set(cls, name: str, found: str) -> Self:
        return cls(
            f"snapshot {shown(name)}: devices= is of type {found}: "
            "pass what get_devices or get_devices_output gave, or a part of it"
        )

    @classmethod
    def unknown_record(cls, name: str, found: object, *, known: Iterable[str]) -> Self:
        return cls(f"snapshot {shown(name)}: record= is {brief(found)}: use one of {', '.join(map(repr, known))}")

    @classmethod
    def no_flag(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {brief(found)}: pass True or False (from config: `config.get_bool(…) or False`)")

    @classmethod
    def no_predicate(cls, found: object) -> Self:
        return cls(
            f"where was given a value of type {type(found).__name__}: "
            "pass a function that looks at a device, or a field by its name, as in where(make=…)"
        )

    @classmethod
    def no_judge(cls, found: object) -> Self:
        return cls(f"split was given a value of type {type(found).__name__}: pass one rule of pulumi_fota.rules")

    @classmethod
    def bad_salt(cls, found: object) -> Self:
        return cls(f"the salt of a canary is of type {type(found).__name__}: text was expected")

    @classmethod
    def no_path(cls, found: object) -> Self:
        if isinstance(found, pulumi.Output):
            return cls(
                "the path of a file of IMEIs is an Output, whose value is not known yet: read the file inside .apply"
            )
        return cls(f"the path of a file of IMEIs is of type {type(found).__name__}: text or a Path was expected")

    @classmethod
    def own_token(cls, subclass: str, given: Sequence[str]) -> Self:
        named = " and ".join(f"{key}=" for key in given)
        return cls(
            f"class {subclass} names {named}: leave it out, since a subclass of DeviceSnapshot keeps its type, by "
            "which what is in state is found again"
        )

    @classmethod
    def unnamed_connection(cls, name: str) -> Self:
        return cls(
            f"snapshot {shown(name)}: its devices were read through a Connection without a name, and `pulumi refresh` "
            "could not find its credentials again: store them under `fota:connections` and read through "
            "Connection.named(…)"
        )

    @staticmethod
    def changed_input(problem: str) -> str:
        return f"{problem}: take out the transform or policy that changes what DeviceSnapshot passes"

    @classmethod
    def changed_state(cls, problems: Sequence[str]) -> Self:
        return cls(
            f"the snapshot's state cannot be read: {', '.join(problems)}; "
            "import the state as it was, or store the facts anew with `pulumi up --replace URN`"
        )

    @classmethod
    def unreleased_state(cls) -> Self:
        return cls(
            "the snapshot was stored before the first release of pulumi_fota, in a form that no release reads; "
            "store the facts anew with `pulumi up --replace URN`"
        )

    # The functions.

    @classmethod
    def output_in_plain_call(cls, what: str) -> Self:
        return cls(f"{what} is an Output, whose value is not known yet: use the function that ends in _output")


class InvalidImei(InvalidArgument):
    """An IMEI, or a file of them, cannot be read. Nothing was sent."""

    @classmethod
    def read(cls, shown: str, reason: str) -> Self:
        return cls(f"IMEI {shown} {reason}")

    @staticmethod
    def problem(position: str, shown: str | None, reason: str) -> str:
        return f"{position} {reason}" if shown is None else f"{position}: {shown} {reason}"

    @classmethod
    def found(cls, problems: Sequence[str], *, count: int, where: str) -> Self:
        more = [f"and {len(problems) - 20:,} more"] if len(problems) > 20 else []  # noqa: PLR2004 (a screenful)
        some = f"{len(problems):,} of {counted(count, 'IMEI')}"
        head = f"{some} in {safe(where)} cannot be used; nothing was sent to ThingSpace:"
        return cls("\n  ".join([head, *problems[:20], *more]))

    @classmethod
    def unreadable(cls, file: str, reason: str) -> Self:
        return cls(
            f"the file of IMEIs {shown(file, longest=_LONGEST_PATH)} cannot be read: {safe(reason, longest=600)}"
        )


class DeviceNotFound(FotaError):
    """ThingSpace knows no device of this IMEI in the account."""

    @classmethod
    def not_in_set(cls, imei: str, *, size: int) -> Self:
        return cls(
            f"device {safe(str(imei))} is not in this set of {size:,} devices: look it up in `missing`, or ask for it"
        )
