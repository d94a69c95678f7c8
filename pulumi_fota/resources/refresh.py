"""Reads from ThingSpace for a refresh, in the provider's process.

Owns where a refresh finds its settings, and how refreshes share a request. Knows nothing of what is stored.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, cast

import attrs

from pulumi_fota.model import DeviceSet
from pulumi_fota.settings import Connection, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pulumi.dynamic import Config

    from pulumi_fota.resources.stored_form import ReadQuery

# Seconds. The SDK answers the engine in four threads. A shared read frees all of them at once, so the next reads arrive
# together as well.
_WINDOW = 0.02


def read_again(query: ReadQuery, config: Config) -> DeviceSet:
    """Read the devices of a query, with the settings that the provider's process finds now.

    Warnings name no device, since the engine does not say whether the facts in its state are secret.

    Args:
        query: What to read.
        config: The config that the engine passes to the provider: that of the last `pulumi up`.
    """
    from pulumi_fota.thingspace import client_for  # noqa: PLC0415 (HTTP would double the cost of our import)

    connection = Connection.named(query.connection) if query.connection else None
    as_mapping = cast("Mapping[str, Any]", config)  # Only its method `get` is used.
    settings = resolve(connection, account=query.account, provider_config=as_mapping)
    client = client_for(attrs.evolve(settings, protocol=query.protocol), secret=True)
    return client.account_devices() if query.imeis is None else client.devices(query.imeis)


@attrs.define
class _Batch:
    """Queries that are answered by one read."""

    lists: list[tuple[str, ...]] = attrs.field(factory=list)
    answer: Future[DeviceSet] = attrs.field(factory=Future)


@attrs.define
class SharedReads:
    """Combines reads that arrive together, so that many small snapshots do not need a request each."""

    _read: Callable[[ReadQuery], DeviceSet]
    _sleep: Callable[[float], None] = time.sleep
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _open: dict[ReadQuery, _Batch] = attrs.field(factory=dict, init=False)

    def devices(self, query: ReadQuery) -> DeviceSet:
        """Read the devices of a query, sharing a request with concurrent queries that differ in IMEIs alone."""
        imeis = query.imeis
        if imeis is None:  # Two snapshots of one whole account are rare.
            return self._read(query)
        shared = attrs.evolve(query, imeis=())
        with self._lock:
            is_first = shared not in self._open
            batch = self._open.setdefault(shared, _Batch())
            batch.lists.append(imeis)
        if is_first:
            self._answer(batch, shared)
        return DeviceSet.joined([batch.answer.result()], imeis)

    def _answer(self, batch: _Batch, shared: ReadQuery) -> None:
        self._sleep(_WINDOW)
        with self._lock:
            del self._open[shared]
        all_imeis = tuple(sorted({imei for imeis in batch.lists for imei in imeis}))
        try:
            batch.answer.set_result(self._read(attrs.evolve(shared, imeis=all_imeis)))
        except BaseException as error:  # noqa: BLE001 (it is raised in every thread that waits for the answer)
            batch.answer.set_exception(error)
