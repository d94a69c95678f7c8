"""Facts of every device of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.functions.batching import reader_for
from pulumi_fota.functions.outputs import output_of
from pulumi_fota.functions.read import read_account_devices
from pulumi_fota.settings import resolve

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import pulumi

    from pulumi_fota.model import DeviceSet
    from pulumi_fota.settings import Connection, Settings


def get_account_devices(
    *, account: str | None = None, protocol: str | None = None, connection: Connection | None = None
) -> DeviceSet:
    """Read what ThingSpace says of every device of the account, now, and wait for it: one request a page of 1,000.

    `requested` is `None`, and nothing is `missing`.

    Source: ThingSpace, Account device information (v3).

    Args:
        account: As in `get_devices`.
        protocol: As in `get_devices`; devices of another one are left out.
        connection: As in `get_devices`.

    Raises:
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed; a set is never a part of the account.
    """
    return read_account_devices(resolve(connection, account=account, protocol=protocol))


def get_account_devices_output(
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[DeviceSet]:
    """Read what ThingSpace says of every device of an account whose name may be an Output, once in a program run.

    Unknown, secret, dependencies and `opts` are as in `get_devices_output`.
    """

    def look_up(
        account: str | None, protocol: str | None, connection: Connection | None, *, secret: bool
    ) -> Awaitable[DeviceSet]:
        settings = resolve(connection, account=account, protocol=protocol, secret=secret)
        return _read_batched(settings, secret=secret)

    return output_of(look_up, account, protocol, connection, opts=opts)


async def _read_batched(settings: Settings, *, secret: bool) -> DeviceSet:
    return await reader_for(settings, secret=secret).account_devices()
