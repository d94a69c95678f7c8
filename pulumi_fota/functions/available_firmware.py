"""The firmware that waits for the devices of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.functions.batching import reader_for
from pulumi_fota.functions.outputs import output_of
from pulumi_fota.functions.read import read_available_firmware
from pulumi_fota.settings import resolve

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import pulumi

    from pulumi_fota.model import AvailableFirmware
    from pulumi_fota.settings import Connection, Settings


def get_available_firmware(
    *, account: str | None = None, protocol: str | None = None, connection: Connection | None = None
) -> AvailableFirmware:
    """Read which upgrades the carrier offers to the account, now, and wait for it: one request.

    Each entry leads one make and model from one version to another; `waiting_for` and `path` join them with a device.

    Source: ThingSpace, List available firmware (v3).

    Args:
        account: As in `get_devices`.
        protocol: As in `get_devices`; upgrades of another one are left out.
        connection: As in `get_devices`.

    Raises:
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed.
    """
    return read_available_firmware(resolve(connection, account=account, protocol=protocol))


def get_available_firmware_output(
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[AvailableFirmware]:
    """Read which upgrades the carrier offers to an account whose name may be an Output, once in a program run.

    Unknown, secret, dependencies and `opts` are as in `get_devices_output`.
    """

    def look_up(
        account: str | None, protocol: str | None, connection: Connection | None, *, secret: bool
    ) -> Awaitable[AvailableFirmware]:
        settings = resolve(connection, account=account, protocol=protocol, secret=secret)
        return _read_batched(settings, secret=secret)

    return output_of(look_up, account, protocol, connection, opts=opts)


async def _read_batched(settings: Settings, *, secret: bool) -> AvailableFirmware:
    return await reader_for(settings, secret=secret).available_firmware()
