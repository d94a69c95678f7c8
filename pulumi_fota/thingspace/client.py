"""The reads that ThingSpace offers: devices of a list, devices of an account, available firmware.

Complete, or an error. Knows the paths of the API; how a request travels and is signed is no matter here.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import attrs

from pulumi_fota.errors.aside import aside
from pulumi_fota.errors.counted import counted
from pulumi_fota.errors.discretion import told
from pulumi_fota.model import AvailableFirmware, DeviceSet
from pulumi_fota.model.time import now_rfc3339
from pulumi_fota.thingspace import decode
from pulumi_fota.thingspace.harvest import Harvest
from pulumi_fota.thingspace.paging import pages
from pulumi_fota.thingspace.read import Read
from pulumi_fota.thingspace.request import Request
from pulumi_fota.thingspace.service import service_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace.read import Emit
    from pulumi_fota.thingspace.request import Kind
    from pulumi_fota.thingspace.service import Service
    from pulumi_fota.thingspace.world import Transport

    Progress = Callable[[int, int], None]

_log = logging.getLogger(__name__)

# ThingSpace, Get a list of available firmware (v3): OMA-DM has another name there than in the filter of devices.
_FIRMWARE_PROTOCOLS = {None: "all", "OMADM": "OMD-DM"}


@attrs.frozen(kw_only=True)
class Client:
    """Reads with one set of settings. What is costly behind it lives as long as the process."""

    settings: Settings
    _service: Service

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
        jobs = [tuple(imeis[first : first + size]) for first in range(0, len(imeis), size)]
        read = self._read(f"read {counted(len(imeis), 'device')}{aside(f' of {self._account}')}")
        harvest = Harvest(frozenset(imeis))
        decoder = decode.DevicePages(self.settings.account)
        read_at = now_rfc3339()
        asked = 0

        def work(job: tuple[str, ...], line: Transport, emit: Emit) -> None:
            body = json.dumps({"deviceList": job}, separators=(",", ":")).encode("ascii")

            def ask(cursor: str | None) -> decode.Page:
                request = self._request(read.what, "devices", cursor, body)
                return self._service.access.ask(read, line, request, decoder.decode)

            for page in pages(ask):
                emit(lambda page=page: harvest.add(page))  # type: ignore[misc]
            emit(lambda: through(len(job)))

        def through(count: int) -> None:
            nonlocal asked
            asked += count
            if progress is not None:
                progress(asked, len(imeis))

        read.run(self._service.origin, jobs, work)
        found = self._set(read, harvest, read_at, requested=tuple(imeis))
        self._tell(read, harvest, decoder, found)
        return found

    def account_devices(self, progress: Progress | None = None) -> DeviceSet:
        """Read every device of the account (ThingSpace, Get a list of devices in an account, v3).

        Args:
            progress: Called in this thread after each page, with how many devices there are so far, and 0.

        Raises:
            ThingSpaceError: The list could not be read to its end.
        """
        read = self._read(f"read the devices of {aside(self._account, 'the account')}")
        harvest = Harvest(None)
        decoder = decode.DevicePages(self.settings.account)
        read_at = now_rfc3339()

        def work(_job: None, line: Transport, emit: Emit) -> None:
            def ask(cursor: str | None) -> decode.Page:
                request = self._request(read.what, "account_devices", cursor or "0")
                return self._service.access.ask(read, line, request, decoder.decode)

            for page in pages(ask):
                emit(lambda page=page: through(page))  # type: ignore[misc]

        def through(page: decode.Page) -> None:
            harvest.add(page)
            if progress is not None:
                progress(len(harvest.devices), 0)

        read.run(self._service.origin, [None], work)
        found = self._set(read, harvest, read_at, requested=None)
        self._tell(read, harvest, decoder, found)
        return found

    def available_firmware(self) -> AvailableFirmware:
        """Read the upgrades that ThingSpace has for the account (ThingSpace, Get a list of available firmware, v3).

        Raises:
            ThingSpaceError: The list could not be read.
        """
        read = self._read(f"read the available firmware of {aside(self._account, 'the account')}")
        read_at = now_rfc3339()
        upgrades: list[Any] = []

        def work(_job: None, line: Transport, emit: Emit) -> None:
            request = self._request(read.what, "firmware")
            found = self._service.access.ask(
                read, line, request, lambda value: decode.available_firmware(value, self.settings.account)
            )
            emit(lambda: upgrades.extend(found))

        read.run(self._service.origin, [None], work)
        some, requests = counted(len(upgrades), "available upgrade"), counted(read.requests, "request")
        _log.info("%s in %s, %.1f s", some, requests, read.elapsed())
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

    def _read(self, what: str) -> Read:
        return Read(what, self.settings, self._service.world)

    def _request(self, what: str, kind: Kind, cursor: str | None = None, body: bytes | None = None) -> Request:
        protocol = self.settings.protocol
        if kind == "firmware":
            protocol = _FIRMWARE_PROTOCOLS.get(protocol, protocol)
        noun = "firmware" if kind == "firmware" else "devices"
        query = {"lastSeenDeviceId": cursor, "protocol": protocol}
        given = urlencode({key: value for key, value in query.items() if value is not None})
        path = f"/api/fota/v3/{noun}/{quote(self.settings.account, safe='')}{'?' if given else ''}{given}"
        return Request(kind=kind, what=what, path=path, headers={}, body=body)

    def _set(self, read: Read, harvest: Harvest, read_at: str, *, requested: tuple[str, ...] | None) -> DeviceSet:
        return DeviceSet.of(
            harvest.devices.values(),
            account=self.settings.account,
            requested=requested,
            missing=harvest.missing(read.what),
            read_at=read_at,
            protocol=self.settings.protocol,
            connection=self.settings.connection,
            refusals=harvest.refusals,
            refreshable=self.settings.refreshable,
        )

    def _tell(self, read: Read, harvest: Harvest, decoder: decode.DevicePages, found: DeviceSet) -> None:
        for warning in harvest.warnings():
            _log.warning(told(warning))
        if decoder.unread:
            first = aside(f": {decoder.unread[0]}")
            _log.warning(told(f"{counted(len(decoder.unread), 'time')} could not be read{first}"))
        _log.info(
            "%s in %s, %.1f s; %s missing",
            counted(len(found), "device"),
            counted(read.requests, "request"),
            read.elapsed(),
            f"{len(found.missing):,}",
        )


def client_for(settings: Settings) -> Client:
    """Give a client, which shares its tokens with all of the same address, application and user.

    Raises:
        InvalidSetting: The file of CA certificates, or the proxy of the environment, cannot be used.
    """
    return Client(settings=settings, service=service_for(settings))
