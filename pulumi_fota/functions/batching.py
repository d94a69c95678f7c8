"""What one run of a program has asked, so that its lookups travel together and ask nothing twice.

A run has an event loop of its own, and what it was told is forgotten with it: nothing outlives a run, and two
stacks in two threads never meet. Only the `_output` functions ask here; the plain ones read each time.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

import attrs

from pulumi_fota._program_run import present_run, remembered
from pulumi_fota.functions.background import in_background
from pulumi_fota.functions.read import read_account_devices, read_available_firmware, read_devices
from pulumi_fota.model import DeviceSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.model import AvailableFirmware
    from pulumi_fota.settings import Settings

T = TypeVar("T")

#: Seconds for which a read waits for more lookups. Those whose arguments are known come within one turn of the loop,
#: those that come out of resources trickle in as the engine answers.
_BATCHING_SECONDS = 0.05


class SharedRead(Generic[T]):
    """A read that is made once, whoever asks; a failure is told to those who wait and not kept."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._found: T | None = None
        self._under_way: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """Tell what was found."""
        if self._found is None:
            if self._under_way is None:
                self._under_way = asyncio.create_task(self._find())
            return await asyncio.shield(self._under_way)
        return self._found

    async def _find(self) -> T:
        try:
            self._found = await in_background(self._read)
        finally:
            self._under_way = None
        return self._found


@attrs.frozen(eq=False)
class _Batch:
    """Lookups that travel together."""

    imeis: list[str]
    read: asyncio.Task[None]


class BatchingReader:
    """Reads through one connection, in one run, for lookups with secret arguments or for the others.

    Lookups that come while another read is under way wait for it and travel together, so that resources which
    come into being one by one do not cost a request each.
    """

    def __init__(self, settings: Settings, *, secret: bool) -> None:
        self.account_devices: SharedRead[DeviceSet] = SharedRead(partial(read_account_devices, settings, secret=secret))
        self.available_firmware: SharedRead[AvailableFirmware] = SharedRead(
            partial(read_available_firmware, settings, secret=secret)
        )
        self._read_devices = partial(read_devices, settings, secret=secret)
        self._device_sets: dict[str, DeviceSet] = {}  # By IMEI, the read that told of it.
        self._under_way: dict[str, asyncio.Task[None]] = {}  # By IMEI, the read that will.
        self._open_batch: _Batch | None = None  # The read that still waits for more lookups.
        self._last: asyncio.Task[None] | None = None

    async def devices(self, imeis: tuple[str, ...]) -> DeviceSet:
        """Tell what ThingSpace says of these IMEIs, out of as few reads as can be."""
        if not imeis:
            return self._read_devices(())  # Sends nothing.
        self._enqueue([imei for imei in imeis if imei not in self._device_sets and imei not in self._under_way])
        reads = {self._under_way[imei] for imei in imeis if imei in self._under_way}
        await asyncio.gather(*(asyncio.shield(read) for read in reads))
        device_sets = {id(device_set): device_set for device_set in (self._device_sets[imei] for imei in imeis)}
        return DeviceSet.joined(list(device_sets.values()), imeis)

    def _enqueue(self, imeis: list[str]) -> None:
        """Let these IMEIs travel with the next read."""
        if not imeis:
            return
        if self._open_batch is None:
            together: list[str] = []
            self._last = asyncio.create_task(self._read(together, after=self._last))
            self._open_batch = _Batch(together, self._last)
        self._open_batch.imeis.extend(imeis)
        self._under_way.update(dict.fromkeys(imeis, self._open_batch.read))

    async def _read(self, imeis: list[str], *, after: asyncio.Task[None] | None) -> None:
        try:
            await asyncio.sleep(_BATCHING_SECONDS)
            if after is not None:
                await asyncio.wait([after])
            self._open_batch = None
            device_set = await in_background(self._read_devices, tuple(imeis))
            self._device_sets.update(dict.fromkeys(imeis, device_set))
        finally:
            # No task stays behind: it would keep the loop, and so the run, alive.
            for imei in imeis:
                del self._under_way[imei]
            if self._last is asyncio.current_task():
                self._open_batch = self._last = None


def reader_for(settings: Settings, *, secret: bool) -> BatchingReader:
    """Return the reader of a connection in the run of the caller, who is on the run's event loop.

    Args:
        settings: The connection.
        secret: Whether the arguments of the lookup are secret. Such lookups share no read with others, so that what is
            said of a read never depends on who else waits for it.
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
