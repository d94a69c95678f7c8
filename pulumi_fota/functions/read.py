"""One read from ThingSpace, and what the person sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota._text import counted, listed
from pulumi_fota.functions.progress import ProgressLine, log_to_engine, warn
from pulumi_fota.model.imei import check_digit_fits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from pulumi_fota.model import AvailableFirmware, DeviceSet
    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace import Client


def read_devices(settings: Settings, imeis: Iterable[str], *, secret: bool = False) -> DeviceSet:
    """Read the devices of distinct IMEIs. For none of them nothing is sent.

    Args:
        settings: Where to read.
        imeis: The IMEIs.
        secret: Whether the arguments of the lookup are secret: then no line names a device, account or connection.
    """
    requested = sorted(imeis)
    _warn_of_check_digits([imei for imei in requested if not check_digit_fits(imei)], secret=secret)
    with _lines(settings, secret=secret), ProgressLine(f"0 of {len(requested):,} devices") as line:
        return _client(settings, secret=secret).devices(
            requested, progress=lambda done, total: line.update(f"{done:,} of {total:,} devices")
        )


def read_account_devices(settings: Settings, *, secret: bool = False) -> DeviceSet:
    """Read every device of the account; `secret` is as in `read_devices`."""
    account = "the account" if secret else f"account {settings.account!r}"
    with _lines(settings, secret=secret), ProgressLine(f"reading {account}") as line:
        return _client(settings, secret=secret).account_devices(
            progress=lambda done, _total: line.update(f"{done:,} devices of {account} so far")
        )


def read_available_firmware(settings: Settings, *, secret: bool = False) -> AvailableFirmware:
    """Read the upgrades that the carrier offers to the account; `secret` is as in `read_devices`."""
    account = "the account" if secret else repr(settings.account)
    with _lines(settings, secret=secret), ProgressLine(f"reading the available firmware of {account}"):
        return _client(settings, secret=secret).available_firmware()


def _lines(settings: Settings, *, secret: bool) -> AbstractContextManager[None]:
    return log_to_engine(None if secret else settings.connection)


def _client(settings: Settings, *, secret: bool) -> Client:
    from pulumi_fota.thingspace import client_for  # noqa: PLC0415 (HTTP is half of what our import would cost)

    return client_for(settings, secret=secret)


def _warn_of_check_digits(odd: list[str], *, secret: bool) -> None:
    if odd:
        some = counted(len(odd), "IMEI has", "IMEIs have")
        named = "" if secret else f": {listed(odd)}"
        warn(f"{some} a check digit that does not fit, perhaps a typing error; asked all the same{named}")
