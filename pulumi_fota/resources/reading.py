"""Asking ThingSpace again, in the provider's process.

Knows where a refresh finds its settings. Knows nothing of what is stored.
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

#: Seconds. The SDK answers the engine in four threads, which a joined read sets free together, so that the
#: next reads arrive together as well.
_WINDOW = 0.02


def ask_thingspace(query: ReadQuery, config: Config) -> DeviceSet:
    """Read what the query asks for, with the settings that the provider's process finds now.

    Warnings name no device: the engine does not say whether what it has in state is a secret.
    """
    from pulumi_fota.thingspace import client_for  # noqa: PLC0415 (HTTP is half of what our import would cost)

    connection = Connection.named(query.connection) if query.connection else None
    as_mapping = cast("Mapping[str, Any]", config)  # Settings are only looked up in it, with `get`.
    settings = resolve(connection, account=query.account, provider_config=as_mapping)
    client = client_for(attrs.evolve(settings, protocol=query.protocol), secret=True)
    return client.account_devices() if query.imeis is None else client.devices(query.imeis)


@attrs.define
class _Batch:
    """Queries that are asked as one."""

    lists: list[tuple[str, ...]] = attrs.field(factory=list)
    answer: Future[DeviceSet] = attrs.field(factory=Future)


@attrs.define
class SharedReads:
    """Joins the reads that arrive together, so that many small snapshots do not cost a request each."""

    _ask: Callable[[ReadQuery], DeviceSet]
    _sleep: Callable[[float], None] = time.sleep
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _open: dict[ReadQuery, _Batch] = attrs.field(factory=dict, init=False)

    def devices(self, query: ReadQuery) -> DeviceSet:
        """Read the devices of a query, in one request with those of whoever asks alike just now."""
        imeis = query.imeis
        if imeis is None:  # An account is read whole, and hardly by two snapshots.
            return self._ask(query)
        alike = attrs.evolve(query, imeis=())
        with self._lock:
            leads = alike not in self._open
            batch = self._open.setdefault(alike, _Batch())
            batch.lists.append(imeis)
        if leads:
            self._answer(batch, alike)
        return DeviceSet.joined([batch.answer.result()], imeis)

    def _answer(self, batch: _Batch, alike: ReadQuery) -> None:
        self._sleep(_WINDOW)
        with self._lock:
            del self._open[alike]
        all_imeis = tuple(sorted({imei for each in batch.lists for imei in each}))
        try:
            batch.answer.set_result(self._ask(attrs.evolve(alike, imeis=all_imeis)))
        except BaseException as error:  # noqa: BLE001 (whoever waits must hear of it, whatever it is)
            batch.answer.set_exception(error)
