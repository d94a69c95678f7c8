"""The reads that ThingSpace offers: devices of a list, devices of an account, available firmware.

Complete, or an error. Knows the paths of the API, and how pages follow each other. Sending and signing are handled
elsewhere.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

import attrs

from pulumi_fota._text import counted
from pulumi_fota.errors import REPORT, UnexpectedResponse
from pulumi_fota.model import AvailableFirmware, DeviceSet
from pulumi_fota.model.time import now_rfc3339
from pulumi_fota.thingspace import rows
from pulumi_fota.thingspace.http import Request
from pulumi_fota.thingspace.process import service_for
from pulumi_fota.thingspace.responses import withheld
from pulumi_fota.thingspace.workers import ReadJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pulumi_fota.errors import ThingSpaceError
    from pulumi_fota.model import Device, Upgrade
    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace.http import RequestKind, Transport
    from pulumi_fota.thingspace.process import Service

    Progress = Callable[[int, int], None]

T = TypeVar("T")

MOST_PAGES = 10_000

_log = logging.getLogger(__name__)

# ThingSpace, Get a list of available firmware (v3): OMA-DM has another name there than in the filter of devices.
_FIRMWARE_PROTOCOLS = {None: "all", "OMADM": "OMD-DM"}
_NAMED = 10  # IMEIs in a warning.


@attrs.frozen(kw_only=True)
class Client:
    """Reads with one set of settings. Connections and tokens are shared by all clients of the process.

    A read is complete or an error, and takes no longer than `fota:deadline`. Within it a request is sent three times at
    most if the host cannot be reached, the connection breaks, or the service says that it is busy (408, 425, 429, 502,
    503, 504); twice if the TLS handshake breaks, the response is damaged, or the service fails in another way (500 and
    above). Between two attempts up to 1 s passes, then up to 2 s, or what the service asks for: at most 60 s, during
    which no thread sends anything. All reads of an application and user share ten retries, and gain one for every ten
    requests that succeed. Never sent again: a login that may have counted, and what was refused, redirected, or
    answered with a page or JSON that the API does not document. A token that has died is renewed once in a read.
    `retry.POLICY` is the table of this; the numbers may change with a release.
    """

    settings: Settings
    _service: Service
    secret: bool = False  #: Whether what is read is secret, so that warnings name no device.

    def devices(self, imeis: Sequence[str], progress: Progress | None = None) -> DeviceSet:
        """Read the devices of a list (ThingSpace, Device information for a list, v3).

        Args:
            imeis: Distinct IMEIs of 15 digits, sorted. If there are none, nothing is sent.
            progress: Called in this thread after each batch, with the number of devices asked for until then, and in
                all.

        Returns:
            Every device that the account has, and the IMEIs of those that it has not.

        Raises:
            ThingSpaceError: Anything else; there is never a part of the devices.
        """
        size = self.settings.batch_size
        batches = [tuple(imeis[first : first + size]) for first in range(0, len(imeis), size)]
        decoder = rows.DevicePages(self.settings.account)
        read_at = now_rfc3339()
        asked = 0

        def fetch(batch: tuple[str, ...], transport: Transport) -> Iterator[tuple[rows.Page, int]]:
            body = json.dumps({"deviceList": batch}, separators=(",", ":")).encode("ascii")
            for page in self._pages(job, transport, decoder, "devices", body):
                yield page, 0 if page.cursor else len(batch)

        with self._job(f"read {counted(len(imeis), 'device')} of account {self.settings.account!r}") as job:
            collected = CollectedDevices(job.what, requested=tuple(imeis))
            for page, done in job.run(batches, fetch):
                collected.add(page)
                asked += done
                if done and progress is not None:
                    progress(asked, len(imeis))
        return self._device_set(job, collected, decoder, read_at)

    def account_devices(self, progress: Progress | None = None) -> DeviceSet:
        """Read every device of the account (ThingSpace, Get a list of devices in an account, v3).

        Args:
            progress: Called in this thread after each page, with the number of devices so far, and 0.

        Raises:
            ThingSpaceError: The list could not be read to its end.
        """
        decoder = rows.DevicePages(self.settings.account)
        read_at = now_rfc3339()

        def fetch(_batch: None, transport: Transport) -> Iterator[rows.Page]:
            return self._pages(job, transport, decoder, "account_devices")

        with self._job(f"read the devices of account {self.settings.account!r}") as job:
            collected = CollectedDevices(job.what)
            for page in job.run([None], fetch):
                collected.add(page)
                if progress is not None:
                    progress(len(collected.devices), 0)
        return self._device_set(job, collected, decoder, read_at)

    def available_firmware(self) -> AvailableFirmware:
        """Read the upgrades that ThingSpace has for the account (ThingSpace, Get a list of available firmware, v3).

        Raises:
            ThingSpaceError: The list could not be read.
        """
        account = self.settings.account
        read_at = now_rfc3339()

        def fetch(_batch: None, transport: Transport) -> tuple[Upgrade, ...]:
            answer = self._service.authenticator.send(job, transport, self._request(job, "firmware"))
            return self._decoded(answer, lambda value: rows.available_firmware(value, account))

        with self._job(f"read the available firmware of account {account!r}") as job:
            upgrades = tuple(job.run([None], fetch))
        some, requests = counted(len(upgrades), "available upgrade"), counted(job.requests, "request")
        _log.info("%s in %s, %.1f s", some, requests, job.elapsed())
        return AvailableFirmware(
            account=account,
            read_at=read_at,
            protocol=self.settings.protocol,
            connection=self.settings.connection,
            upgrades=upgrades,
        )

    # Requests and pages.

    def _job(self, what: str) -> ReadJob:
        return ReadJob(what, self.settings, self._service.origin, self._service.runtime, secret=self.secret)

    def _request(
        self, job: ReadJob, kind: RequestKind, cursor: str | None = None, body: bytes | None = None
    ) -> Request:
        protocol = self.settings.protocol
        if kind == "firmware":
            protocol = _FIRMWARE_PROTOCOLS.get(protocol, protocol)
        noun = "firmware" if kind == "firmware" else "devices"
        query = {"lastSeenDeviceId": cursor, "protocol": protocol}
        given = urlencode({key: value for key, value in query.items() if value is not None})
        path = f"/api/fota/v3/{noun}/{quote(self.settings.account, safe='')}{'?' if given else ''}{given}"
        return Request(kind=kind, what=job.what, path=path, body=body)

    def _pages(
        self,
        job: ReadJob,
        transport: Transport,
        decoder: rows.DevicePages,
        kind: RequestKind,
        body: bytes | None = None,
    ) -> Iterator[rows.Page]:
        """Ask for page after page, each from the cursor of the last.

        A cursor is the IMEI after which the next page begins, so it must grow: that ends every loop.

        Raises:
            UnexpectedResponse: It does not grow.
        """
        last = "0"
        cursor = None if kind == "devices" else last
        for number in range(1, MOST_PAGES + 1):
            answer = self._service.authenticator.send(job, transport, self._request(job, kind, cursor, body))
            page = self._decoded(answer, decoder.decode)
            yield page
            cursor = page.cursor
            if cursor is None:
                return
            if int(cursor) <= int(last):
                quoted = f" (cursor {cursor} after {last})"
                raise UnexpectedResponse(f"page {number:,} does not advance", REPORT, quoted=quoted)
            last = cursor
        raise UnexpectedResponse(f"there were more than {MOST_PAGES:,} pages", REPORT)

    def _decoded(self, answer: Any, decode: Callable[[Any], T]) -> T:
        """Decode an answer. An error never repeats a credential in it."""
        problem: ThingSpaceError
        try:
            return decode(answer)
        except UnexpectedResponse as error:
            problem = error
        if self._service.authenticator.scanner.found_in(json.dumps(answer, ensure_ascii=False)):
            problem = withheld(UnexpectedResponse, "the answer")
        raise problem

    # The set.

    def _device_set(
        self, job: ReadJob, collected: CollectedDevices, decoder: rows.DevicePages, read_at: str
    ) -> DeviceSet:
        devices = DeviceSet.of(
            collected.devices.values(),
            account=self.settings.account,
            requested=collected.requested,
            missing=collected.missing(),
            read_at=read_at,
            protocol=self.settings.protocol,
            connection=self.settings.connection,
            refusals=collected.refusals,
            refreshable=self.settings.refreshable,
        )
        for warning, detail in collected.warnings():
            job.log_warning(warning, detail)
        if decoder.unreadable:
            some = f"{counted(len(decoder.unreadable), 'time')} could not be read"
            job.log_warning(some, f": {decoder.unreadable[0]}")
        only = f" (only {devices.protocol} devices were asked for)" if devices.missing and devices.protocol else ""
        _log.info(
            "%s in %s, %.1f s; %s missing%s",
            counted(len(devices), "device"),
            counted(job.requests, "request"),
            job.elapsed(),
            f"{len(devices.missing):,}",
            only,
        )
        return devices


@attrs.define(slots=False)
class CollectedDevices:
    """Collects the pages of one read, and checks them against the request."""

    what: str  #: What the read does, to follow "cannot" in an error.
    requested: tuple[str, ...] | None = None  #: The IMEIs; `None` if all of the account was asked for.
    devices: dict[str, Device] = attrs.field(factory=dict)
    refusals: dict[str, str] = attrs.field(factory=dict)
    foreign: set[str] = attrs.field(factory=set)
    pages: int = 0
    miscounted: int = 0

    def __attrs_post_init__(self) -> None:
        self._requested = None if self.requested is None else frozenset(self.requested)

    def add(self, page: rows.Page) -> None:
        """Add a page.

        Raises:
            UnexpectedResponse: It contradicts an earlier page.
        """
        self.pages += 1
        for device in page.devices:
            imei = device.imei
            if self._requested is not None and imei not in self._requested:
                self.foreign.add(imei)
            else:
                known = self.devices.setdefault(imei, device)
                if (known is not device and known != device) or imei in self.refusals:
                    raise self._contradiction(imei)
        for imei, reason in page.refusals.items():
            if self._requested is not None and imei not in self._requested:
                self.foreign.add(imei)
            elif imei in self.devices:
                raise self._contradiction(imei)
            else:
                self.refusals[imei] = reason
        if page.count is not None and page.cursor is None and page.count != len(page.devices) + len(page.refusals):
            self.miscounted += 1

    def missing(self) -> tuple[str, ...]:
        """Return the IMEIs without facts, sorted.

        Raises:
            UnexpectedResponse: Other devices came instead, so the list was ignored.
        """
        if self._requested is None:
            return tuple(sorted(self.refusals))
        missing = self._requested - self.devices.keys()
        unanswered = missing - self.refusals.keys()
        if self.foreign and unanswered:
            quoted = f", such as {min(self.foreign)} and not {min(unanswered)}"
            found = "ThingSpace answered for devices other than those asked for"
            raise UnexpectedResponse(found, REPORT, quoted=quoted).about(self.what)
        return tuple(sorted(missing))

    def warnings(self) -> Iterator[tuple[str, str]]:
        """Yield what was odd but not a reason to fail: numbers, and the names of some devices."""
        if self.foreign:
            some = f"ThingSpace answered for devices that were not asked for ({len(self.foreign):,}), left out"
            yield some, f": {', '.join(sorted(self.foreign)[:_NAMED])}"
        if self.miscounted:
            yield f"`deviceCount` is not the number of devices in {self.miscounted:,} of {self.pages:,} answers", ""

    def _contradiction(self, imei: str) -> UnexpectedResponse:
        found, do = f"device {imei} came twice with different facts", "run it again: the device may have just changed"
        return UnexpectedResponse(found, do).about(self.what)


def client_for(settings: Settings, *, secret: bool = False) -> Client:
    """Return a client, which shares its tokens with all of the same address, application and user.

    Args:
        settings: Where to read.
        secret: Whether what is read is secret: then no warning names a device.

    Raises:
        InvalidSetting: The file of CA certificates, or the proxy of the environment, is invalid.
    """
    return Client(settings=settings, service=service_for(settings), secret=secret)
