"""Turns ThingSpace's JSON into values: the one place that knows the API's spelling.

Source of each key: ThingSpace, Device information for a list (v3), table of the response; of its other spellings,
the pages of the sister calls.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota._text import shown
from pulumi_fota.errors import REPORT, UnexpectedResponse
from pulumi_fota.model import Device, Software, Upgrade
from pulumi_fota.model.time import many_to_rfc3339, to_rfc3339
from pulumi_fota.thingspace.strict_json import is_too_deep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Times = tuple[str | None, ...]

_KNOWN = frozenset(
    [
        *("deviceId", "mdn", "make", "model", "firmware", "fotaEligible", "licenseAssigned", "status", "protocol"),
        *("softwareList", "filesList", "fileList", "createTime", "upgradeTime", "updateTime", "statusTime"),
        *("refreshTime", "lastConnectionTime", "lastConnectTime", "requestStatus", "resultReason"),
    ]
)
_KNOWN_OF_SOFTWARE = frozenset({"name", "version", "upgradeTime"})
_KNOWN_OF_FILES = frozenset({"name"})
_TEXTS = ("make", "model", "firmware", "status", "protocol")  # Those that many devices have in common.
_PACKAGE = frozenset({"firmwareName", "firmwareFrom", "firmwareTo"})  # Keys by which a lone package is recognized.
_FLAGS = ("fotaEligible", "licenseAssigned")
_TIMES = ("createTime", "upgradeTime", "updateTime", "statusTime", "refreshTime")
_NOTHING: tuple[Any, ...] = (None, [], {})  # In place of a list.
_UNSAID = (None, "", "N/A")
_NEIGHBOURS = (10, 1)  # Rows whose times are read at once, so that an odd one slows down few others.
_BOOLEANS = {"true": True, "false": False, "": None}
# A sister call says `FirmwareVersionUpdateSuccess` (ThingSpace, Synchronize device firmware, v3).
_SUCCESS = re.compile(r"(?!(?:un|no|non|not)success)[a-z]*success(?:ful|fully)?|succeeded|ok|true", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_IMEI_LENGTH = 15
_LENGTHS_OF_NUMBERS = (13, 14, 15)  # An IMEI begins with at most two zeros, which a number has lost.
_new = Device.__new__


@attrs.frozen(kw_only=True)
class Page:
    """One page of devices."""

    devices: list[Device]
    refusals: dict[str, str]  #: What the service says of devices whose rows hold no facts, by IMEI.
    count: int | None  #: `deviceCount`, if the page has one.
    cursor: str | None  #: The IMEI after which the next page begins; `None` on the last page.


class DevicePages:
    """Decodes the pages of one read, keeps one copy of each text, and collects the times that it could not read."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.unreadable: list[str] = []
        self._texts: dict[str, str] = {}
        self._shared: dict[Any, tuple[Any, ...]] = {}  # What many devices have in common, as received and as read.

    def decode(self, value: Any) -> Page:
        """Decode a page.

        Raises:
            UnexpectedResponse: It is not what the API documents.
        """
        if not isinstance(value, dict):
            raise UnexpectedResponse(f"the answer is {_kind(value)}, an object was expected", REPORT)
        _check_account(value, self.account)
        if "deviceList" not in value:
            raise UnexpectedResponse("the answer has no `deviceList`", REPORT)
        devices: list[Device] = []
        refusals: dict[str, str] = {}
        rows = _listed(value["deviceList"], "deviceList")
        for row, times in zip(rows, _times_of(rows), strict=True):
            imei = _imei(row)
            reason = _failure(row) if "requestStatus" in row or "resultReason" in row else None
            if reason is None:
                devices.append(self._device(row, imei, times))
            else:
                refusals[imei] = reason
        count = value.get("deviceCount")
        return Page(
            devices=devices, refusals=refusals, count=count if isinstance(count, int) else None, cursor=_cursor(value)
        )

    def _device(self, row: dict[str, Any], imei: str, times: Times | None) -> Device:
        get = row.get
        extra = {}
        if not _KNOWN.issuperset(row):
            extra = {key: value for key, value in row.items() if key not in _KNOWN}
        make, model, firmware, eligible, licensed, status, protocol = self._shared_of(row, imei)
        software, files = get("softwareList"), get("filesList")
        if files in _NOTHING:
            files = get("fileList")
        mdn = get("mdn")
        device = _new(Device)
        field = device.__dict__  # Filled as attrs fills it: a call with 18 keywords costs as much as all the times.
        field["imei"] = imei
        field["make"] = make
        field["model"] = model
        field["firmware"] = firmware
        field["fota_eligible"] = eligible
        field["license_assigned"] = licensed
        field["status"] = status
        field["protocol"] = protocol
        field["software"] = () if software in _NOTHING else self._software(software, imei, extra)
        field["files"] = () if files in _NOTHING else self._files(files, imei, extra)
        (
            field["create_time"],
            field["upgrade_time"],
            field["update_time"],
            field["status_time"],
            field["refresh_time"],
            field["last_connection_time"],
        ) = times or self._each_time(row, imei, extra)
        field["_mdn"] = mdn if mdn.__class__ is str else _text(row, "mdn", imei)
        if extra and is_too_deep(extra):
            raise UnexpectedResponse(f"a value of device {imei} is nested too deeply", REPORT)
        field["_extra"] = extra or None
        return device

    def _shared_of(self, row: dict[str, Any], imei: str) -> tuple[Any, ...]:
        """Return the texts and flags that many devices share. A combination is checked once."""
        get = row.get
        eligible, licensed = get("fotaEligible"), get("licenseAssigned")
        texts = get("make"), get("model"), get("firmware"), get("status"), get("protocol")
        received = texts, eligible, licensed, eligible.__class__, licensed.__class__  # Since 1 is the same key as True.
        try:
            read = self._shared.get(received)
        except TypeError:  # A list or an object cannot be a key. It is not a text either.
            read = None
        if read is None:
            make, model, firmware, status, protocol = (self._text(row, key, imei) for key in _TEXTS)
            eligible, licensed = (_boolean(row, key, imei) for key in _FLAGS)
            read = self._shared[received] = (make, model, firmware, eligible, licensed, status, protocol)
        return read

    def _text(self, row: dict[str, Any], key: str, imei: str) -> str | None:
        """Return a text that many devices share, as one object for all of them."""
        value = row.get(key)
        if value.__class__ is str:
            return self._texts.setdefault(value, value)
        return _text(row, key, imei)

    def _each_time(self, row: dict[str, Any], imei: str, extra: dict[str, Any]) -> Iterable[str | None]:
        last = "lastConnectionTime" if row.get("lastConnectTime") in _UNSAID else "lastConnectTime"
        return [self._time(row, key, imei, extra) for key in (*_TIMES, last)]

    def _time(self, row: dict[str, Any], key: str, imei: str, extra: dict[str, Any], where: str = "") -> str | None:
        """Return a time as RFC 3339 text. One that cannot be read goes to `extra`, and never costs the row."""
        value = row.get(key)
        if value.__class__ is not str:
            return _text(row, key, imei)
        try:
            return to_rfc3339(value)
        except ValueError:
            extra[where + key] = value
            self.unreadable.append(f"{where}{key} of device {imei} is {shown(value)}")
            return None

    def _software(self, value: Any, imei: str, extra: dict[str, Any]) -> tuple[Software, ...]:
        return tuple(
            Software(
                name=self._text(entry, "name", imei),
                version=self._text(entry, "version", imei),
                upgrade_time=self._time(entry, "upgradeTime", imei, extra, where),
            )
            for where, entry in _placed(_listed(value, "softwareList", imei), "softwareList", _KNOWN_OF_SOFTWARE, extra)
        )

    def _files(self, value: Any, imei: str, extra: dict[str, Any]) -> tuple[str, ...]:
        rows = [
            {"name": entry} if isinstance(entry, str) else entry
            for entry in _listed(value, "filesList", imei, also=str)
        ]
        names = (self._text(entry, "name", imei) for _, entry in _placed(rows, "filesList", _KNOWN_OF_FILES, extra))
        return tuple(name for name in names if name)


def _placed(
    rows: list[dict[str, Any]], key: str, known: frozenset[str], extra: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows inside a device's row, each with the path of its keys in `extra`, where unknown ones go."""
    for number, row in enumerate(rows):
        where = f"{key}[{number}]."
        extra.update((where + name, value) for name, value in row.items() if name not in known)
        yield where, row


def available_firmware(value: Any, account: str) -> tuple[Upgrade, ...]:
    """Decode the packages of an account (ThingSpace, Get a list of available firmware, v3).

    Raises:
        UnexpectedResponse: It is not what the API documents.
    """
    if isinstance(value, dict):
        _check_account(value, account)
        if "firmwareList" in value:
            value = value["firmwareList"]
        elif _PACKAGE.isdisjoint(value):  # Any other object, which is not a package.
            raise UnexpectedResponse("the answer has no `firmwareList`", REPORT)
    names = {
        "name": "firmwareName",
        "make": "make",
        "model": "model",
        "firmware_from": "firmwareFrom",
        "firmware_to": "firmwareTo",
        "protocol": "protocol",
        "launch_date": "launchDate",
        "release_note": "releaseNote",
    }
    return tuple(
        Upgrade(**{name: _text(row, key, "") for name, key in names.items()}) for row in _listed(value, "firmwareList")
    )


def _check_account(value: dict[str, Any], account: str) -> None:
    name = _text(value, "accountName", "")
    if name is not None and name != account:
        found = f"ThingSpace answered for an account other than {account!r}"
        raise UnexpectedResponse(found, REPORT, quoted=f": {shown(name)}")


def _imei(row: dict[str, Any]) -> str:
    device_id = row.get("deviceId")
    if device_id.__class__ is str and len(device_id) == _IMEI_LENGTH and device_id.isascii() and device_id.isdigit():
        return str(device_id)
    if device_id.__class__ is int and len(str(device_id)) in _LENGTHS_OF_NUMBERS and device_id > 0:
        return str(device_id).zfill(_IMEI_LENGTH)
    quoted = f": {shown(device_id) if isinstance(device_id, str) else _kind(device_id)}"
    raise UnexpectedResponse("the `deviceId` of a device in the answer is not an IMEI", REPORT, quoted=quoted)


def _times_of(rows: list[dict[str, Any]]) -> Iterator[Times | None]:
    """Yield the six times of each row, or `None` if one of them needs a closer look."""
    texts: list[Any] = []
    for row in rows:
        get = row.get
        last = "lastConnectionTime" if get("lastConnectTime") in _UNSAID else "lastConnectTime"
        texts += get("createTime", ""), get("upgradeTime", ""), get("updateTime", ""), get("statusTime", "")
        texts += get("refreshTime", ""), get(last, "")
    return _in_sixes(texts, _NEIGHBOURS)


def _in_sixes(texts: list[Any], neighbours: tuple[int, ...]) -> Iterator[Times | None]:
    """Read the times of several rows at once; if one of them is odd, of fewer at once."""
    size = 6 * neighbours[0]
    for first in range(0, len(texts), size):
        some = texts[first : first + size]
        try:
            times = many_to_rfc3339(some)
        except TypeError:  # One of them is not a text.
            times = None
        if times:
            yield from zip(*[iter(times)] * 6, strict=True)
        elif neighbours[1:]:
            yield from _in_sixes(some, neighbours[1:])
        else:
            yield None


def _failure(row: dict[str, Any]) -> str | None:
    """Return why a row holds no facts, or `None` if it does. Only the official client knows both keys.

    The status alone decides, since a success may have a reason too; if there is no status, the reason does.
    """
    values = row.get("requestStatus"), row.get("resultReason")
    status, reason = ("" if value is None else str(value).strip() for value in values)
    said = status or reason
    return None if not said or _SUCCESS.fullmatch(said.removesuffix(".")) else (reason or status)[:200]


def _cursor(page: dict[str, Any]) -> str | None:
    """Return the cursor of the next page. If `hasMoreData` is missing or false, there is none."""
    if _boolean(page, "hasMoreData", "") is not True:
        return None
    cursor = page.get("lastSeenDeviceId")
    text = str(cursor).zfill(_IMEI_LENGTH) if isinstance(cursor, int) and not isinstance(cursor, bool) else cursor
    if text is None or text == "":
        found = "the answer says that there is more (`hasMoreData`), but not where (`lastSeenDeviceId`)"
        raise UnexpectedResponse(found, REPORT)
    if not isinstance(text, str) or not _DIGITS.fullmatch(text):
        raise UnexpectedResponse("`lastSeenDeviceId` is not an IMEI", REPORT, quoted=f": {shown(str(text)[:50])}")
    return text


def _text(row: dict[str, Any], key: str, imei: str) -> str | None:
    value = row.get(key)
    if value is None or value.__class__ is str:
        return value
    raise _wrong_type(key, imei, value, "text")


def _boolean(row: dict[str, Any], key: str, imei: str) -> bool | None:
    value = row.get(key)
    if value is None or value.__class__ is bool:
        return value
    if isinstance(value, str) and (text := value.strip().lower()) in _BOOLEANS:
        return _BOOLEANS[text]
    raise _wrong_type(key, imei, value, "true or false")


def _listed(value: Any, key: str, imei: str = "", *, also: type = dict) -> list[Any]:
    """Return the rows of a list. `null` is an empty one, and a lone row is a list of one (both occur)."""
    if value is None:
        return []
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        if not isinstance(row, (dict, also)):
            raise _wrong_type(key, imei, row, "a list of objects")
    return rows


def _wrong_type(key: str, imei: str, value: Any, expected: str) -> UnexpectedResponse:
    of = f" of device {imei}" if imei else ""
    return UnexpectedResponse(f"`{key}`{of} is {_kind(value)}, {expected} was expected", REPORT)


def _kind(value: Any) -> str:
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "text"),
        (dict, "an object"),
        (list, "a list"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "null")
