"""Batches and caches the lookups of one program run, and keeps its event loop free while ThingSpace is read.

Only the `_output` functions look up here; the plain ones read each time. Knows nothing of Outputs.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

import attrs

from pulumi_fota._program_run import present_run, remembered
from pulumi_fota.functions.progress import read_account_devices, read_available_firmware, read_devices
from pulumi_fota.model import DeviceSet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from pulumi_fota.model import AvailableFirmware
    from pulumi_fota.settings import Settings

T = TypeVar("T")

#: Seconds for which a read waits for more lookups. Those whose arguments are known come within one turn of the loop,
#: those whose arguments are outputs of resources trickle in as the engine answers.
_BATCHING_SECONDS = 0.05


@attrs.frozen(eq=False)
class _Batch:
    """IMEIs that will be read together, and the task that reads them."""

    imeis: list[str]
    read: asyncio.Task[None]


class BatchingReader:
    """Reads through one connection in one run, nothing twice. A failure is raised in all who wait, and not kept.

    IMEIs that are looked up while another read is under way wait for it and are read together, so that resources
    created one after another share requests. Lookups with secret arguments have a reader of their own, so that what is
    logged of a read never depends on who else waits for it.
    """

    def __init__(self, settings: Settings, *, secret: bool) -> None:
        self._read_devices = partial(read_devices, settings, secret=secret)
        self._read_account = partial(read_account_devices, settings, secret=secret)
        self._read_firmware = partial(read_available_firmware, settings, secret=secret)
        self._results: dict[str, Any] = {}  # By IMEI or by the name of another read, what it returned.
        self._under_way: dict[str, asyncio.Task[None]] = {}  # By the same, the read that will return it.
        self._open_batch: _Batch | None = None  # The batch that still takes more IMEIs.
        self._last: asyncio.Task[None] | None = None

    async def device_set_with(self, imei: str) -> DeviceSet:
        """Return what was read when this IMEI was, other IMEIs included."""
        (device_set,) = await self._device_sets((imei,))
        return device_set

    async def devices(self, imeis: tuple[str, ...]) -> DeviceSet:
        """Return the devices of distinct IMEIs, from as few reads as possible."""
        if not imeis:
            return self._read_devices(())  # Sends nothing.
        device_sets = await self._device_sets(imeis)
        if len(device_sets) == 1 and len(device_sets[0].requested or ()) == len(imeis):
            return device_sets[0]
        return DeviceSet.joined(device_sets, imeis)

    async def account_devices(self) -> DeviceSet:
        """Return every device of the account."""
        return await self._once("account devices", self._read_account)

    async def available_firmware(self) -> AvailableFirmware:
        """Return the upgrades that the carrier offers to the account."""
        return await self._once("available firmware", self._read_firmware)

    async def _once(self, name: str, read: Callable[[], T]) -> T:
        if name not in self._results and name not in self._under_way:
            self._under_way[name] = asyncio.create_task(self._keep([name], partial(in_background, read)))
        result: T
        (result,) = await self._finished([name])
        return result

    async def _device_sets(self, imeis: tuple[str, ...]) -> list[DeviceSet]:
        self._enqueue([imei for imei in imeis if imei not in self._results and imei not in self._under_way])
        return list({id(device_set): device_set for device_set in await self._finished(imeis)}.values())

    async def _finished(self, keys: Iterable[str]) -> list[Any]:
        reads = {self._under_way[key] for key in keys if key in self._under_way}
        await asyncio.gather(*(asyncio.shield(read) for read in reads))
        return [self._results[key] for key in keys]

    def _enqueue(self, imeis: list[str]) -> None:
        if not imeis:
            return
        if self._open_batch is None:
            together: list[str] = []
            read = partial(self._read_batch, together, after=self._last)
            self._last = asyncio.create_task(self._keep(together, read))
            self._open_batch = _Batch(together, self._last)
        self._open_batch.imeis.extend(imeis)
        self._under_way.update(dict.fromkeys(imeis, self._open_batch.read))

    async def _read_batch(self, imeis: list[str], *, after: asyncio.Task[None] | None) -> DeviceSet:
        await asyncio.sleep(_BATCHING_SECONDS)
        if after is not None:
            await asyncio.wait([after])
        self._open_batch = None
        return await in_background(self._read_devices, tuple(imeis))

    async def _keep(self, keys: list[str], read: Callable[[], Awaitable[Any]]) -> None:
        try:
            self._results.update(dict.fromkeys(keys, await read()))
        finally:
            # No task stays behind: it would keep the loop, and so the run, alive.
            for key in keys:
                del self._under_way[key]
            if self._last is asyncio.current_task():
                self._open_batch = self._last = None


def reader_for(settings: Settings, *, secret: bool) -> BatchingReader:
    """Return the reader of a connection in the run of the caller, who is on the run's event loop.

    Args:
        settings: The settings of the connection.
        secret: Whether the arguments of the lookup are secret.
    """
    loop = asyncio.get_running_loop()
    # A reader is bound to its loop, and under Pulumi's mocks a run may see several, each of which may end.
    readers_by_loop: _ReadersByLoop = remembered(present_run() or loop, "readers", WeakKeyDictionary)
    readers = readers_by_loop.setdefault(loop, {})
    key = settings, secret
    if key not in readers:
        readers[key] = BatchingReader(settings, secret=secret)
    return readers[key]


_ReadersByLoop: TypeAlias = "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[Settings, bool], BatchingReader]]"


async def in_background(work: Callable[..., T], *arguments: Any) -> T:
    """Do work on a thread of its own, in the context of the caller, and return its result.

    No exit of the program waits for the thread. The loop's own threads are joined when a program ends, so that Ctrl-C
    would wait for a read until its deadline.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def deliver(settle: Callable[[Any], None], result: object) -> None:
        if not outcome.done():  # The caller may have been cancelled.
            settle(result)

    def run() -> None:
        try:
            settled: tuple[Callable[[Any], None], object] = outcome.set_result, context.run(work, *arguments)
        except BaseException as error:  # noqa: BLE001 (it is raised where the outcome is awaited)
            settled = outcome.set_exception, _for_future(error)
        with suppress(RuntimeError):  # The loop is closed if the program has ended meanwhile.
            loop.call_soon_threadsafe(deliver, *settled)

    threading.Thread(target=run, name="fota-read", daemon=True).start()
    return await outcome


def _for_future(error: BaseException) -> BaseException:
    """Wrap a StopIteration, which a future cannot hold."""
    if not isinstance(error, StopIteration):
        return error
    carried = RuntimeError("work in the background raised StopIteration")
    carried.__cause__ = error
    return carried
