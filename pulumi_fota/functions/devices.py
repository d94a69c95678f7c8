"""Facts of a list of IMEIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.functions.batching import reader_for
from pulumi_fota.functions.imeis import checked_imeis
from pulumi_fota.functions.outputs import output_of
from pulumi_fota.functions.read import read_devices
from pulumi_fota.settings import resolve

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    import pulumi

    from pulumi_fota.model import DeviceSet
    from pulumi_fota.settings import Connection, Settings


def get_devices(
    imeis: Iterable[str],
    *,
    account: str | None = None,
    protocol: str | None = None,
    connection: Connection | None = None,
) -> DeviceSet:
    """Read what ThingSpace says of these IMEIs, now, and wait for it.

    Works at module level and without an engine. Each call reads: 1 request for each 1,000 IMEIs, none for an
    empty list. An IMEI that stands twice is asked once. What the answer leaves out is in `missing`.

    Source: ThingSpace, Device information for a list (v3).

    Args:
        imeis: IMEIs as text, such as those of `read_imeis`.
        account: The billing account, zeros and dash included; default: the setting.
        protocol: `LWM2M`, `OMADM` or `HTTP`: devices of another one are missing; default: the setting, or no filter.
        connection: Another account and credentials than those of config and environment.

    Raises:
        InvalidImei: Something in the list is no IMEI; nothing was sent.
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed; a set is never a part of the answer.
    """
    requested = checked_imeis(imeis)
    return read_devices(resolve(connection, account=account, protocol=protocol), requested)


def get_devices_output(
    imeis: pulumi.Input[Iterable[pulumi.Input[str]]],
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[DeviceSet]:
    """Read what ThingSpace says of IMEIs that may be Outputs, together with the other lookups of the program.

    Lookups whose arguments are known travel in one read, others as their arguments become known; an IMEI is
    asked once in a program run. Where an argument is unknown in preview nothing is asked, and the result is
    unknown. If an argument is secret, so is the result, and no message repeats a value of any argument; such lookups
    share requests among themselves alone. The result depends on the resources behind the arguments.

    Args:
        imeis: IMEIs as text; the list, and each of it, may be an Output.
        account: As in `get_devices`.
        protocol: As in `get_devices`.
        connection: As in `get_devices`.
        opts: `depends_on` alone: custom resources that must be there before ThingSpace is asked. In a preview
            that has yet to create one of them the result is unknown.

    Raises:
        InvalidArgument: The options name something else, or a component.
        InvalidImei: As in `get_devices`; where arguments are Outputs, the Output fails instead.
        InvalidSetting: Likewise.
    """

    def look_up(
        imeis: Iterable[str], account: str | None, protocol: str | None, connection: Connection | None, *, secret: bool
    ) -> Awaitable[DeviceSet]:
        requested = checked_imeis(imeis, secret=secret)
        settings = resolve(connection, account=account, protocol=protocol, secret=secret)
        return _read_batched(settings, requested, secret=secret)

    return output_of(look_up, imeis, account, protocol, connection, opts=opts)


async def _read_batched(settings: Settings, imeis: tuple[str, ...], *, secret: bool) -> DeviceSet:
    return await reader_for(settings, secret=secret).devices(imeis)
