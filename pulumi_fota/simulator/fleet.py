"""The devices and firmware packages of accounts, as a file or a test gives them.

Rows are kept and served as they stand: what is spelled oddly here is spelled oddly on the wire.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, Any]

_RACY = 0.1
"""Seconds for which a file may change again without a new time stamp."""


class FleetError(ValueError):
    """A fleet cannot be used, or not so; the message says why."""


def imei_of(row: Row) -> str:
    """Give the IMEI under which a row is found: 15 digits also where the row has a number that lost its zeros."""
    return str(row["deviceId"]).zfill(15)


class Account:
    """One billing account: its devices by IMEI, and the firmware packages it may use.

    Of a device it keeps the JSON text that is served, until somebody asks for the row itself: from then on it may
    change at any time.
    """

    def __init__(self, name: str, devices: Iterable[Row] = (), firmware: Iterable[Row] = ()) -> None:
        self.name = name
        self.firmware: list[Row] = json.loads(json.dumps(list(firmware)))
        self._texts: dict[str, str] = {}
        self._lent: dict[str, Row] = {}
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
        """Give the row of a device, to read or to change.

        Raises:
            FleetError: The account has no such device.
        """
        if imei not in self._lent:
            self._lent[imei] = json.loads(self.text(imei))
        return self._lent[imei]

    def add(self, row: Row) -> None:
        """Add a device, as the row is now."""
        imei = imei_of(row)
        if imei in self._texts:
            raise FleetError(f"account {self.name!r} has device {imei} twice")
        self._texts[imei] = json.dumps(row)
        self._order = None

    def remove(self, imei: str) -> None:
        """Remove a device.

        Raises:
            FleetError: The account has no such device.
        """
        self._expect(imei)
        del self._texts[imei]
        self._lent.pop(imei, None)
        self._order = None

    def text(self, imei: str) -> str:
        """Give the JSON text of a device's row."""
        self._expect(imei)
        row = self._lent.get(imei)
        return self._texts[imei] if row is None else json.dumps(row)

    def _expect(self, imei: str) -> None:
        if imei not in self._texts:
            raise FleetError(
                f"account {self.name!r} has no device {imei!r} among its {len(self):,}: "
                "add it first, or take one of those in `imeis`"
            )

    def has_protocol(self, imei: str, protocol: str) -> bool:
        """Tell whether a device has a protocol of the filters: `LWM2M`, `OMADM` in any spelling, or `HTTP`."""
        spelt = str(json.loads(self.text(imei)).get("protocol")).replace("-", "").upper()
        return ("OMADM" if spelt in {"OMDDM", "OMA"} else spelt) == protocol

    def after(self, imei: str) -> Iterator[str]:
        """Go through the IMEIs greater than this one, ascending."""
        return itertools.islice(self.imeis, bisect.bisect_right(self.imeis, imei), None)


def read_fleet(fleet: Mapping[str, Any]) -> dict[str, Account]:
    """Read the accounts of a fleet, by name.

    Args:
        fleet: `{"accountName": …, "deviceList": [rows], "firmwareList": [rows]}`, or `{"accounts": [such, …]}`.
            Only `accountName` and each row's `deviceId` must be there.

    Raises:
        FleetError: The fleet has another shape.
    """
    if not isinstance(fleet, dict):
        raise FleetError(f"a fleet is an object with accountName and deviceList, not a {type(fleet).__name__}")
    accounts: dict[str, Account] = {}
    for item in _list(fleet, "accounts", "the fleet") if "accounts" in fleet else [fleet]:
        account = _account(item)
        if account.name in accounts:
            raise FleetError(f"account {account.name!r} stands twice")
        accounts[account.name] = account
    if not accounts:
        raise FleetError("the fleet has no account")
    return accounts


def _account(item: Any) -> Account:
    name = item.get("accountName") if isinstance(item, dict) else None
    if not isinstance(name, str) or not name:
        raise FleetError("an account has no accountName, which must be a string")
    devices = _list(item, "deviceList", f"account {name!r}")
    for index, row in enumerate(devices):
        if not isinstance(row, dict) or not isinstance(row.get("deviceId"), (str, int)):
            raise FleetError(f"account {name!r}: deviceList[{index}] is no object with a deviceId")
    return Account(name, devices, _list(item, "firmwareList", f"account {name!r}"))


def _list(item: Mapping[str, Any], key: str, owner: str) -> list[Any]:
    value = item.get(key, [])
    if not isinstance(value, list):
        raise FleetError(f"{owner}: {key} is no list")
    return value


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


class FleetFile:
    """A fleet in a JSON file, read again whenever it has changed.

    Raises:
        FleetError: The file is missing, no JSON, or of another shape.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._stamp: tuple[int, int, int] | None = None
        self._digest: bytes | None = None

    def read(self) -> dict[str, Account]:
        """Read the file."""
        try:
            self._stamp = self._stat()
            content = self.path.read_bytes()
            self._digest = _digest(content)
            return read_fleet(json.loads(content))
        except OSError as error:
            raise FleetError(f"cannot read fleet file {self.path}: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            found = error if isinstance(error, FleetError) else f"no JSON: {error}"
            raise FleetError(f"fleet file {self.path}: {found}") from None

    def read_if_changed(self) -> dict[str, Account] | None:
        """Read the file if it has changed since it was last read.

        A file that can no longer be used costs one line on stderr for each change; the last good fleet stays.
        """
        try:
            if (stamp := self._stat()) == self._stamp and not self._may_have_changed_since(stamp):
                return None
            if _digest(self.path.read_bytes()) == self._digest:
                self._stamp = stamp
                return None
            return self.read()
        except FleetError as error:
            found = str(error)
        except OSError as error:
            if self._stamp is None:
                return None
            self._stamp = self._digest = None
            found = f"cannot read fleet file {self.path}: {error.strerror}"
        print(f"{found}; the fleet stays as it was", file=sys.stderr, flush=True)  # noqa: T201
        return None

    def _stat(self) -> tuple[int, int, int]:
        stat = self.path.stat()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _may_have_changed_since(self, stamp: tuple[int, int, int]) -> bool:
        """Tell whether the stamp is so young that a second change might carry the same one."""
        return time.time() - stamp[0] / 1e9 < _RACY
