"""One read from ThingSpace, and what the person sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota._text import counted, listed
from pulumi_fota.errors import FotaError
from pulumi_fota.errors.aside import aside
from pulumi_fota.errors.discretion import discretion
from pulumi_fota.functions.progress import ProgressLine, log_to_engine, warn
from pulumi_fota.model.imei import check_digit_fits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pulumi_fota.model import AvailableFirmware, DeviceSet
    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace import Client


def read_devices(settings: Settings, imeis: Iterable[str], secret: Collection[str] = ()) -> DeviceSet:
    """Read the devices of distinct IMEIs. For none of them nothing is sent.

    Args:
        settings: Where to read.
        imeis: The IMEIs.
        secret: Those of them that must not be seen. What is told of the answer then names no device at all.
    """
    requested = sorted(imeis)
    odd = [imei for imei in requested if not check_digit_fits(imei)]
    _warn_of_check_digits([imei for imei in odd if imei not in secret])
    with discretion(secret=bool(secret)):
        _warn_of_check_digits([imei for imei in odd if imei in secret])
        try:
            with log_to_engine(settings.connection), ProgressLine(f"0 of {len(requested):,} devices") as line:
                return _client(settings).devices(
                    requested, progress=lambda done, total: line.update(f"{done:,} of {total:,} devices")
                )
        except FotaError as error:
            failure = error.told()
    raise failure  # Out here, so that no other is chained to it.


def read_account_devices(settings: Settings) -> DeviceSet:
    """Read every device of the account."""
    account = f"account {settings.account!r}"
    with log_to_engine(settings.connection), ProgressLine(f"reading {aside(account, 'the account')}") as line:
        return _client(settings).account_devices(
            progress=lambda done, _total: line.update(f"{done:,} devices{aside(f' of {account}')} so far")
        )


def read_available_firmware(settings: Settings) -> AvailableFirmware:
    """Read the upgrades that the carrier offers to the account."""
    with (
        log_to_engine(settings.connection),
        ProgressLine(f"reading the available firmware{aside(f' of {settings.account!r}')}"),
    ):
        return _client(settings).available_firmware()


def _client(settings: Settings) -> Client:
    from pulumi_fota.thingspace import client_for  # noqa: PLC0415 (HTTP is half of what our import would cost)

    return client_for(settings)


def _warn_of_check_digits(odd: list[str]) -> None:
    if odd:
        some = counted(len(odd), "IMEI has", "IMEIs have")
        named = aside(f": {listed(odd)}")
        warn(f"{some} a check digit that does not fit, perhaps a typing error; asked all the same{named}")
