"""The reads that ThingSpace offers: devices of a list, devices of an account, available firmware.

Complete, or an error. Knows the paths of the API; how a request travels and is signed is no matter here.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import attrs

from pulumi_fota._text import counted
from pulumi_fota.model import AvailableFirmware, DeviceSet
from pulumi_fota.model.time import now_rfc3339
from pulumi_fota.thingspace import rows
from pulumi_fota.thingspace.collected import CollectedDevices
from pulumi_fota.thingspace.paging import pages
from pulumi_fota.thingspace.process import service_for
from pulumi_fota.thingspace.request import Request
from pulumi_fota.thingspace.workers import ReadJob

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace.process import Service
    from pulumi_fota.thingspace.request import RequestKind
    from pulumi_fota.thingspace.runtime import Transport
    from pulumi_fota.thingspace.workers import Publish

    Progress = Callable[[int, int], None]

_log = logging.getLogger(__name__)

# ThingSpace, Get a list of available firmware (v3): OMA-DM has another name there than in the filter of devices.
_FIRMWARE_PROTOCOLS = {None: "all", "OMADM": "OMD-DM"}


@attrs.frozen(kw_only=True)
class Client:
    """Reads with one set of settings. What is costly behind it lives as long as the process."""

    settings: Settings
    _service: Service
    secret: bool = False  #: Whether what is read is secret, so that warnings name no device.

    def devices(self, imeis: Sequence[str], progress: Progress | None = None) -> DeviceSet:
        """Read the devices of a list (ThingSpace, Device information for a list, v3).

        Args:
            imeis: Distinct IMEIs of 15 digits, sorted. For none of them nothing is sent.
            progress: Called in this thread after each list that is through, with how many devices were asked for
                until then, and in all.

        Returns:
            Every device that the account has, and the IMEIs of those that it has not.

        Raises:
            ThingSpaceError: Anything else; there is no part of an answer.
        """
        size = self.settings.batch_size
        batches = [tuple(imeis[first : first + size]) for first in range(0, len(imeis), size)]
        job = self._read(f"read {counted(len(imeis), 'device')} of {self._account}")
        collected = CollectedDevices(frozenset(imeis))
        decoder = rows.DevicePages(self.settings.account)
        read_at = now_rfc3339()
        asked = 0

        def fetch(batch: tuple[str, ...], transport: Transport, publish: Publish) -> None:
            body = json.dumps({"deviceList": batch}, separators=(",", ":")).encode("ascii")

            def fetch_page(cursor: str | None) -> rows.Page:
                request = self._request(job.what, "devices", cursor, body)
                return self._service.authenticator.send(job, transport, request, decoder.decode)

            for page in pages(fetch_page):
                publish(lambda page=page: collected.add(page))  # type: ignore[misc]
            publish(lambda: count_batch(len(batch)))

        def count_batch(count: int) -> None:
            nonlocal asked
            asked += count
            if progress is not None:
                progress(asked, len(imeis))

        job.run(self._service.origin, batches, fetch)
        device_set = self._device_set(job, collected, read_at, requested=tuple(imeis))
        self._log_outcome(job, collected, decoder, device_set)
        return device_set

    def account_devices(self, progress: Progress | None = None) -> DeviceSet:
        """Read every device of the account (ThingSpace, Get a list of devices in an account, v3).

        Args:
            progress: Called in this thread after each page, with how many devices there are so far, and 0.

        Raises:
            ThingSpaceError: The list could not be read to its end.
        """
        job = self._read(f"read the devices of {self._account}")
        collected = CollectedDevices(None)
        decoder = rows.DevicePages(self.settings.account)
        read_at = now_rfc3339()

        def fetch(_batch: None, transport: Transport, publish: Publish) -> None:
            def fetch_page(cursor: str | None) -> rows.Page:
                request = self._request(job.what, "account_devices", cursor or "0")
                return self._service.authenticator.send(job, transport, request, decoder.decode)

            for page in pages(fetch_page):
                publish(lambda page=page: add_page(page))  # type: ignore[misc]

        def add_page(page: rows.Page) -> None:
            collected.add(page)
            if progress is not None:
                progress(len(collected.devices), 0)

        job.run(self._service.origin, [None], fetch)
        device_set = self._device_set(job, collected, read_at, requested=None)
        self._log_outcome(job, collected, decoder, device_set)
        return device_set

    def available_firmware(self) -> AvailableFirmware:
        """Read the upgrades that ThingSpace has for the account (ThingSpace, Get a list of available firmware, v3).

        Raises:
            ThingSpaceError: The list could not be read.
        """
        job = self._read(f"read the available firmware of {self._account}")
        read_at = now_rfc3339()
        upgrades: list[Any] = []

        def fetch(_batch: None, transport: Transport, publish: Publish) -> None:
            request = self._request(job.what, "firmware")
            received = self._service.authenticator.send(
                job, transport, request, lambda value: rows.available_firmware(value, self.settings.account)
            )
            publish(lambda: upgrades.extend(received))

        job.run(self._service.origin, [None], fetch)
        some, requests = counted(len(upgrades), "available upgrade"), counted(job.requests, "request")
        _log.info("%s in %s, %.1f s", some, requests, job.elapsed())
        return AvailableFirmware(
            account=self.settings.account,
            read_at=read_at,
            protocol=self.settings.protocol,
            connection=self.settings.connection,
            upgrades=tuple(upgrades),
        )

    @property
    def _account(self) -> str:
        return f"account {self.settings.account!r}"

    def _read(self, what: str) -> ReadJob:
        return ReadJob(what, self.settings, self._service.runtime, secret=self.secret)

    def _request(self, what: str, kind: RequestKind, cursor: str | None = None, body: bytes | None = None) -> Request:
        protocol = self.settings.protocol
        if kind == "firmware":
            protocol = _FIRMWARE_PROTOCOLS.get(protocol, protocol)
        noun = "firmware" if kind == "firmware" else "devices"
        query = {"lastSeenDeviceId": cursor, "protocol": protocol}
        given = urlencode({key: value for key, value in query.items() if value is not None})
        path = f"/api/fota/v3/{noun}/{quote(self.settings.account, safe='')}{'?' if given else ''}{given}"
        return Request(kind=kind, what=what, path=path, headers={}, body=body)

    def _device_set(
        self, job: ReadJob, collected: CollectedDevices, read_at: str, *, requested: tuple[str, ...] | None
    ) -> DeviceSet:
        return DeviceSet.of(
            collected.devices.values(),
            account=self.settings.account,
            requested=requested,
            missing=collected.missing(job.what),
            read_at=read_at,
            protocol=self.settings.protocol,
            connection=self.settings.connection,
            refusals=collected.refusals,
            refreshable=self.settings.refreshable,
        )

    def _log_outcome(
        self, job: ReadJob, collected: CollectedDevices, decoder: rows.DevicePages, device_set: DeviceSet
    ) -> None:
        for warning, detail in collected.warnings():
            job.log_warning(warning, detail)
        if decoder.unreadable:
            job.log_warning(
                f"{counted(len(decoder.unreadable), 'time')} could not be read", f": {decoder.unreadable[0]}"
            )
        _log.info(
            "%s in %s, %.1f s; %s missing",
            counted(len(device_set), "device"),
            counted(job.requests, "request"),
            job.elapsed(),
            f"{len(device_set.missing):,}",
        )


def client_for(settings: Settings, *, secret: bool = False) -> Client:
    """Return a client, which shares its tokens with all of the same address, application and user.

    Args:
        settings: Where to read.
        secret: Whether what is read is secret: then no warning names a device.

    Raises:
        InvalidSetting: The file of CA certificates, or the proxy of the environment, cannot be used.
    """
    return Client(settings=settings, service=service_for(settings), secret=secret)
