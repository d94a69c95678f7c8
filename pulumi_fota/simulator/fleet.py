"""Accounts with their devices and firmware packages, as a file or a test gives them.

Rows are kept and served as they are, whatever their keys and values: the service may send anything, and a test of that
needs a fleet that has it. Only `deviceId` is required. The keys around the rows are checked, since a misspelt one
would give an account without devices.
"""

from __future__ import annotations

import bisect
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_fota.simulator.suggestions import unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, Any]

DEVICE_FIELDS = (
    "deviceId",
    "mdn",
    "make",
    "model",
    "firmware",
    "fotaEligible",
    "licenseAssigned",
    "status",
    "protocol",
    "softwareList",
    "filesList",
    "fileList",
    "createTime",
    "upgradeTime",
    "updateTime",
    "statusTime",
    "refreshTime",
    "lastConnectionTime",
    "lastConnectTime",
    "requestStatus",
    "resultReason",
)
"""The keys that ThingSpace's pages and clients have for a device, in all spellings."""

_ACCOUNT_KEYS = ("accountName", "deviceList", "firmwareList")
# These are in responses around `deviceList`. They are ignored, so that a saved response can be a fleet.
_RESPONSE_KEYS = ("deviceCount", "hasMoreData", "lastSeenDeviceId", "maxPageSize")


class FleetError(ValueError):
    """A fleet is invalid, or does not have a device."""


class Account:
    """A billing account: its devices by IMEI, and its firmware packages.

    For each device it keeps the JSON text that is served, until somebody asks for the row itself, which can then be
    changed at any time.

    Args:
        name: The name of the account.
        devices: The rows of the devices.
        firmware: The rows of the firmware packages.

    Attributes:
        name: The name of the account.
        firmware: The rows of the firmware packages, to read or to change.
    """

    def __init__(self, name: str, devices: Iterable[Row] = (), firmware: Iterable[Row] = ()) -> None:
        self.name = name
        self.firmware: list[Row] = json.loads(json.dumps(list(firmware)))
        self._texts: dict[str, str] = {}
        self._rows: dict[str, Row] = {}  # Those that somebody asked for.
        self._order: list[str] | None = None
        for row in devices:
            self.add(row)

    def __contains__(self, imei: str) -> bool:
        return imei in self._texts

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def imeis(self) -> list[str]:
        """The IMEIs of the account, ascending."""
        if self._order is None:
            self._order = sorted(self._texts)
        return self._order

    def device(self, imei: str) -> Row:
        """Return the row of a device, to read or to change.

        Raises:
            FleetError: The account has no such device.
        """
        if imei not in self._rows:
            self._rows[imei] = json.loads(self.text(imei))
        return self._rows[imei]

    def add(self, row: Row) -> None:
        """Add a device with a copy of this row.

        Raises:
            FleetError: The row has no `deviceId`, or the account has the device already.
        """
        if not isinstance(row.get("deviceId"), (str, int)):
            raise FleetError(f"account {self.name!r}: the row of a device needs a deviceId")
        imei = str(row["deviceId"]).zfill(15)  # A number has lost its leading zeros.
        if imei in self._texts:
            raise FleetError(f"account {self.name!r} has device {imei} twice")
        self._texts[imei] = json.dumps(row)
        self._order = None

    def remove(self, imei: str) -> None:
        """Remove a device.

        Raises:
            FleetError: The account has no such device.
        """
        self._require(imei)
        del self._texts[imei]
        self._rows.pop(imei, None)
        self._order = None

    def text(self, imei: str) -> str:
        """Return the JSON text of a device's row.

        Raises:
            FleetError: The account has no such device.
        """
        self._require(imei)
        row = self._rows.get(imei)
        return self._texts[imei] if row is None else json.dumps(row)

    def _require(self, imei: str) -> None:
        if imei not in self._texts:
            raise FleetError(
                f"account {self.name!r} has no device {imei!r} among its {len(self):,}: "
                "add it first, or use one of those in `imeis`"
            )

    def has_protocol(self, imei: str, protocol: str) -> bool:
        """Return whether a device has a protocol: `LWM2M`, `HTTP`, or `OMADM` in any spelling."""
        spelling = str(json.loads(self.text(imei)).get("protocol")).replace("-", "").upper()
        return ("OMADM" if spelling in {"OMDDM", "OMA"} else spelling) == protocol

    def after(self, imei: str) -> Iterator[str]:
        """Iterate over the IMEIs that are greater than this one, ascending."""
        return itertools.islice(self.imeis, bisect.bisect_right(self.imeis, imei), None)


def read_fleet(fleet: Mapping[str, Any]) -> dict[str, Account]:
    """Return the accounts of a fleet, by name.

    Args:
        fleet: `{"accountName": …, "deviceList": [rows], "firmwareList": [rows]}`, or `{"accounts": […]}` with several
            of these. Only `accountName`, and `deviceId` in each row, are required.

    Raises:
        FleetError: The fleet has another form.
    """
    if not isinstance(fleet, dict):
        raise FleetError(f"a fleet is an object with accountName and deviceList, not a {type(fleet).__name__}")
    several = "accounts" in fleet
    if several:
        _check_keys(fleet, ("accounts",), "the fleet")
    accounts: dict[str, Account] = {}
    for item in _list(fleet, "accounts", "the fleet") if several else [fleet]:
        account = _account(item)
        if account.name in accounts:
            raise FleetError(f"the fleet has account {account.name!r} twice")
        accounts[account.name] = account
    if not accounts:
        raise FleetError("the fleet has no account")
    return accounts


def _account(item: Any) -> Account:
    if not isinstance(item, dict):
        raise FleetError(f"an account is an object with accountName and deviceList, not a {type(item).__name__}")
    name = item.get("accountName")
    owner = f"account {name!r}" if name else "an account"
    _check_keys(item, _ACCOUNT_KEYS, owner, ignored=_RESPONSE_KEYS)
    if not isinstance(name, str) or not name:
        raise FleetError("an account has no accountName, which must be a string")
    devices, firmware = _list(item, "deviceList", owner), _list(item, "firmwareList", owner)
    for index, row in enumerate(devices):
        if not isinstance(row, dict) or not isinstance(row.get("deviceId"), (str, int)):
            raise FleetError(f"{owner}: deviceList[{index}] is not an object with a deviceId")
    for index, row in enumerate(firmware):
        if not isinstance(row, dict):
            raise FleetError(f"{owner}: firmwareList[{index}] is not an object")
    return Account(name, devices, firmware)


def _check_keys(item: Mapping[str, Any], names: tuple[str, ...], owner: str, *, ignored: tuple[str, ...] = ()) -> None:
    for key in item:
        if key not in names and key not in ignored:
            raise FleetError(f"{owner}: {unknown_name('key', key, names)}")


def _list(item: Mapping[str, Any], key: str, owner: str) -> list[Any]:
    value = item.get(key, [])
    if not isinstance(value, list):
        raise FleetError(f"{owner}: {key} is not a list")
    return value


class FleetFile:
    """A fleet in a JSON file, which may change while it is served.

    Args:
        path: The path of the file.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._content: bytes | None = None  # What was last read, `None` if the file could not be read.

    def read(self) -> dict[str, Account]:
        """Return the accounts in the file.

        Raises:
            FleetError: The file cannot be read, is not JSON, or is not a fleet.
        """
        self._content = self._read_content()
        return self._accounts(self._content)

    def read_if_changed(self) -> dict[str, Account] | None:
        """Return the accounts if the file has changed since it was last read, otherwise `None`.

        If they cannot be read, print one line to stderr and return `None`, so that the last fleet stays.
        """
        last, self._content = self._content, None
        try:
            self._content = self._read_content()
            return None if self._content == last else self._accounts(self._content)
        except FleetError as error:
            if (last, self._content) != (None, None):  # Otherwise it could not be read the last time either.
                print(f"{error}; the fleet stays as it was", file=sys.stderr, flush=True)  # noqa: T201
            return None

    def _read_content(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise FleetError(f"cannot read fleet file {self._path}: {error.strerror}") from None

    def _accounts(self, content: bytes) -> dict[str, Account]:
        try:
            return read_fleet(json.loads(content))
        except (ValueError, RecursionError) as error:
            reason = error if isinstance(error, FleetError) else f"not JSON: {error}"
            raise FleetError(f"fleet file {self._path}: {reason}") from None
