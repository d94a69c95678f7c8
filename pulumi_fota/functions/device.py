"""Facts of one IMEI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.errors import DeviceNotFound
from pulumi_fota.functions.batching import reader_for
from pulumi_fota.functions.imeis import checked_imei
from pulumi_fota.functions.outputs import output_of
from pulumi_fota.functions.read import read_devices
from pulumi_fota.settings import resolve

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import pulumi

    from pulumi_fota.model import Device, DeviceSet
    from pulumi_fota.settings import Connection, Settings


def get_device(
    imei: str,
    *,
    account: str | None = None,
    protocol: str | None = None,
    connection: Connection | None = None,
) -> Device:
    """Read what ThingSpace says of one IMEI, now, and wait for it: one request.

    For several IMEIs `get_devices` takes one request in all, and `get_device_output` travels with other lookups.

    Source: ThingSpace, Device information for a list (v3).

    Args:
        imei: The IMEI as text.
        account: As in `get_devices`.
        protocol: As in `get_devices`.
        connection: As in `get_devices`.

    Raises:
        DeviceNotFound: The answer holds no facts of the device.
        InvalidImei: It is no IMEI; nothing was sent.
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed.
    """
    requested = checked_imei(imei)
    return _of(requested, read_devices(resolve(connection, account=account, protocol=protocol), (requested,)))


def get_device_output(
    imei: pulumi.Input[str],
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[Device]:
    """Read what ThingSpace says of an IMEI that may be an Output, together with the other lookups of the program.

    Hundreds of these whose IMEIs are known cost one request. Unknown, secret, dependencies and `opts` are as in
    `get_devices_output`; the Output fails with `DeviceNotFound` where the answer holds no facts of the device.
    """

    def look_up(
        imei: str, account: str | None, protocol: str | None, connection: Connection | None, *, secret: bool
    ) -> Awaitable[Device]:
        requested = checked_imei(imei, secret=secret)
        settings = resolve(connection, account=account, protocol=protocol, secret=secret)
        return _read_batched(settings, requested, secret=secret)

    return output_of(look_up, imei, account, protocol, connection, opts=opts)


async def _read_batched(settings: Settings, imei: str, *, secret: bool) -> Device:
    return _of(imei, await reader_for(settings, secret=secret).devices((imei,)))


def _of(imei: str, devices: DeviceSet) -> Device:
    if imei in devices:
        return devices[imei]
    raise DeviceNotFound.asked_for(imei, account=devices.account, refusal=devices.refusals.get(imei))
