"""The functions that read from ThingSpace: each waits for the result, and has a twin that returns an Output.

Knows nothing of how lookups are batched, or of HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_fota._program_run import present_run, remembered
from pulumi_fota._text import counted, listed, safe, shown
from pulumi_fota.errors import DeviceNotFound
from pulumi_fota.functions.batching import BatchingReader, reader_for
from pulumi_fota.functions.imeis import checked_imei, checked_imeis
from pulumi_fota.functions.outputs import output_of
from pulumi_fota.functions.progress import read_account_devices, read_available_firmware, read_devices, warn
from pulumi_fota.settings import resolve, unknown_keys

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    import pulumi

    from pulumi_fota.model import AvailableFirmware, Device, DeviceSet
    from pulumi_fota.settings import Connection, Settings

T = TypeVar("T")

_LONGEST_REASON = 250


def get_devices(
    imeis: Iterable[str],
    *,
    account: str | None = None,
    protocol: str | None = None,
    connection: Connection | None = None,
) -> DeviceSet:
    """Read what ThingSpace knows about IMEIs, and wait for it.

    Works at module level and without an engine. Each call reads: one request for each 1,000 IMEIs, none for an empty
    list. A repeated IMEI is sent once. IMEIs that the answer leaves out are in `missing`.

    Source: ThingSpace, Device information for a list (v3).

    Args:
        imeis: IMEIs as text, such as those of `read_imeis`.
        account: The billing account, with its zeros and dash; default: the setting.
        protocol: `LWM2M`, `OMADM` or `HTTP`; devices of another protocol are missing. Default: the setting, or all.
        connection: An account and credentials other than those of stack config and environment.

    Raises:
        InvalidImei: An item of the list is not an IMEI; nothing was sent.
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed. A set is never a part of the answer.
    """
    requested = checked_imeis(imeis)
    return read_devices(_settings(account, protocol, connection), requested)


def get_devices_output(
    imeis: pulumi.Input[Iterable[pulumi.Input[str]]],
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[DeviceSet]:
    """Read what ThingSpace knows about IMEIs that may be Outputs, together with the other lookups of the program.

    Lookups whose arguments are known share one read; others follow as their arguments become known. An IMEI is sent
    once in a program run. If an argument is unknown in a preview, nothing is sent and the result is unknown. If an
    argument is secret, so is the result, and no message about it repeats a value of an argument; such lookups share
    requests only with each other. The result depends on the resources that the arguments come from.

    Args:
        imeis: IMEIs as text; the list and each item may be an Output.
        account: As in `get_devices`.
        protocol: As in `get_devices`.
        connection: As in `get_devices`.
        opts: `depends_on` names custom resources that must exist before ThingSpace is read. In a preview that has yet
            to create one of them the result is unknown. `parent` is accepted and has no effect: there is nothing to
            inherit.

    Raises:
        InvalidArgument: The options have something else, or `depends_on` names a component.
        InvalidImei: As in `get_devices`. If an argument is an Output, the result fails instead.
        InvalidSetting: Likewise.
    """

    def look_up(imeis: Iterable[str], *place: Any, secret: bool) -> Awaitable[DeviceSet]:
        requested = checked_imeis(imeis, secret=secret)
        return _batched(lambda reader: reader.devices(requested), *place, secret=secret)

    return output_of(look_up, imeis, account, protocol, connection, opts=opts)


def get_device(
    imei: str,
    *,
    account: str | None = None,
    protocol: str | None = None,
    connection: Connection | None = None,
) -> Device:
    """Read what ThingSpace knows about one IMEI, and wait for it: one request.

    `get_devices` needs one request for several IMEIs, and `get_device_output` shares one with other lookups.

    Source: ThingSpace, Device information for a list (v3).

    Args:
        imei: The IMEI as text.
        account: As in `get_devices`.
        protocol: As in `get_devices`.
        connection: As in `get_devices`.

    Raises:
        DeviceNotFound: The answer has no facts of the device.
        InvalidImei: The text is not an IMEI; nothing was sent.
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed.
    """
    requested = checked_imei(imei)
    return _device(requested, read_devices(_settings(account, protocol, connection), (requested,)))


def get_device_output(
    imei: pulumi.Input[str],
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[Device]:
    """Read what ThingSpace knows about an IMEI that may be an Output, together with the other lookups of the program.

    Hundreds of lookups whose IMEIs are known cost one request. Unknown and secret arguments, dependencies and `opts`
    are as in `get_devices_output`. The result fails with `DeviceNotFound` if the answer has no facts of the device.
    """

    def look_up(imei: str, *place: Any, secret: bool) -> Awaitable[Device]:
        requested = checked_imei(imei, secret=secret)

        async def read(reader: BatchingReader) -> Device:
            return _device(requested, await reader.device_set_with(requested))

        return _batched(read, *place, secret=secret)

    return output_of(look_up, imei, account, protocol, connection, opts=opts)


def get_account_devices(
    *, account: str | None = None, protocol: str | None = None, connection: Connection | None = None
) -> DeviceSet:
    """Read what ThingSpace knows about every device of the account, and wait for it: one request a page of 1,000.

    In the result `requested` is `None`, and nothing is `missing`.

    Source: ThingSpace, Account device information (v3).

    Args:
        account: As in `get_devices`.
        protocol: As in `get_devices`; devices of another protocol are left out.
        connection: As in `get_devices`.

    Raises:
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed. A set is never a part of the account.
    """
    return read_account_devices(_settings(account, protocol, connection))


def get_account_devices_output(
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[DeviceSet]:
    """Read what ThingSpace knows about every device of an account whose name may be an Output, once in a program run.

    Unknown and secret arguments, dependencies and `opts` are as in `get_devices_output`.
    """

    def look_up(*place: Any, secret: bool) -> Awaitable[DeviceSet]:
        return _batched(BatchingReader.account_devices, *place, secret=secret)

    return output_of(look_up, account, protocol, connection, opts=opts)


def get_available_firmware(
    *, account: str | None = None, protocol: str | None = None, connection: Connection | None = None
) -> AvailableFirmware:
    """Read which upgrades the carrier offers to the account, and wait for it: one request.

    Each entry leads one make and model from one version to another; `waiting_for` and `path` join them with a device.

    Source: ThingSpace, List available firmware (v3).

    Args:
        account: As in `get_devices`.
        protocol: As in `get_devices`; upgrades of another protocol are left out.
        connection: As in `get_devices`.

    Raises:
        InvalidSetting: A setting is missing or invalid; nothing was sent.
        ThingSpaceError: The read failed.
    """
    return read_available_firmware(_settings(account, protocol, connection))


def get_available_firmware_output(
    *,
    account: pulumi.Input[str | None] = None,
    protocol: pulumi.Input[str | None] = None,
    connection: pulumi.Input[Connection | None] = None,
    opts: pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[AvailableFirmware]:
    """Read which upgrades the carrier offers to an account whose name may be an Output, once in a program run.

    Unknown and secret arguments, dependencies and `opts` are as in `get_devices_output`.
    """

    def look_up(*place: Any, secret: bool) -> Awaitable[AvailableFirmware]:
        return _batched(BatchingReader.available_firmware, *place, secret=secret)

    return output_of(look_up, account, protocol, connection, opts=opts)


def _batched(
    read: Callable[[BatchingReader], Awaitable[T]],
    account: str | None,
    protocol: str | None,
    connection: Connection | None,
    *,
    secret: bool,
) -> Awaitable[T]:
    """Check the settings now, and read with the reader of the run as soon as its event loop runs."""
    settings = _settings(account, protocol, connection, secret=secret)

    async def on_loop() -> T:
        return await read(reader_for(settings, secret=secret))

    return on_loop()


def _settings(
    account: str | None, protocol: str | None, connection: Connection | None, *, secret: bool = False
) -> Settings:
    """Find the settings of a read, and warn once in a run of config keys that are not settings."""
    settings = resolve(connection, account=account, protocol=protocol, secret=secret)
    run, keys = present_run(), unknown_keys()
    if run is not None and keys and remembered(run, "unknown config keys", lambda: keys) is keys:
        warn(
            f"{counted(len(keys), 'config key is not a setting', 'config keys are not settings')} and nothing here "
            f"reads {'it' if len(keys) == 1 else 'them'}: {listed([safe(key) for key in keys])}; remove what is not "
            "needed, and move what the program itself reads to a namespace other than fota"
        )
    return settings


def _device(imei: str, devices: DeviceSet) -> Device:
    if imei in devices:
        return devices[imei]
    refusal = devices.refusals.get(imei)
    found = "the carrier's answer left it out" if refusal is None else "the carrier refuses it"
    advice = "; check the IMEI, or the account that the device is billed to"
    if devices.protocol is not None:
        advice += f"; only {devices.protocol} devices were asked for, so it may also have another protocol"
    raise DeviceNotFound(
        f"device {imei} is not in account {devices.account!r}: {found}",
        quoted="" if refusal is None else f" ({shown(refusal, longest=_LONGEST_REASON)})",
        rest=advice,
    )
