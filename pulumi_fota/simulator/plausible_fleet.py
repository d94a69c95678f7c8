"""Fleets of plausible devices, for given IMEIs or for as many as are wanted.

A device depends on its IMEI and on the present time alone. Devices with the same type code are of the same model. Most
run its newest firmware, are eligible and licensed, and have connected since yesterday; some differ in any of these.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from pulumi_fota.simulator.fleet import FleetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ACCOUNT = "0000123456-00001"
"""The name of the account."""

MAX_DEVICES = 1_000_000
"""The most IMEIs that `made_imeis` returns."""

T = TypeVar("T")

_HOUR, _DAY = 3_600, 86_400
_IMEI = re.compile(r"[0-9]{15}")


@attrs.frozen
class _Model:
    share: int  # Of 100 devices.
    type_code: str  # The first 8 digits of an IMEI; no real device has these.
    make: str
    model: str
    protocol: str
    versions: tuple[str, ...]  # Oldest first.


_MODELS = (
    _Model(50, "35999900", "SEQUANS COMMUNICATIONS", "GM01Q", "LWM2M", ("SR1.1.0.0-9001", "SR1.2.0.0-10657")),
    _Model(30, "35999901", "Quectel", "BG96", "LWM2M", ("BG96MAR02A07M1G", "BG96MAR03A06M1G", "BG96MAR04A04M1G")),
    _Model(15, "35999902", "Telit", "ME910C1", "OMADM", ("M0B.950003-B004", "M0B.950004-B006")),
    _Model(5, "35999903", "NORDIC SEMICONDUCTOR ASA", "NRF9160", "HTTP", ("e7f4d5d4-f607-43a6-b383-cfdb6d725c82",)),
)
_BY_TYPE_CODE = {model.type_code: model for model in _MODELS}
_SHARES_OF_VERSIONS = (5, 20, 75)  # Of the newest version last.


def plausible_fleet(imeis: Iterable[str], *, now: dt.datetime) -> dict[str, Any]:
    """Return a fleet with these devices in one account, and the upgrades for those that run older firmware.

    Args:
        imeis: The IMEIs, each of 15 digits.
        now: The present, before which all times lie.
    """
    now = now.astimezone(dt.timezone.utc)
    models = {imei: _model(imei) for imei in imeis}
    return {
        "accountName": ACCOUNT,
        "deviceList": [_device(imei, model, now) for imei, model in models.items()],
        "firmwareList": [
            _upgrade(model, version, now)
            for model in _MODELS
            if model in models.values()
            for version in model.versions[:-1]
        ],
    }


def made_imeis(count: int) -> list[str]:
    """Return IMEIs of devices that do not exist. Fewer are the first of more.

    Args:
        count: How many, at most `MAX_DEVICES`.
    """
    return [_with_check_digit(f"{_random_model(str(n)).type_code}{n:06}") for n in range(count)]


def read_imeis(path: str | Path) -> list[str]:
    """Return the IMEIs in a text file, one a line. Blank lines are skipped.

    Raises:
        FleetError: The file cannot be read or has no IMEI, or a line is not an IMEI of 15 digits or repeats one.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FleetError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FleetError(f"cannot read {path}: it is not UTF-8 text") from None
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not (imei := line.strip()):
            continue
        if not _IMEI.fullmatch(imei):
            raise FleetError(f"{path}, line {number}: {imei[:50]!r} is not an IMEI of 15 digits")
        if imei in lines:
            raise FleetError(f"{path}, line {number}: {imei} is in line {lines[imei]} already")
        lines[imei] = number
    if not lines:
        raise FleetError(f"{path} has no IMEI")
    return list(lines)


def _model(imei: str) -> _Model:
    type_code = imei[:8]
    return _BY_TYPE_CODE.get(type_code) or _random_model(type_code)


def _random_model(seed: str) -> _Model:
    return _choose(random.Random(seed), _MODELS, [model.share for model in _MODELS])  # noqa: S311 - Not a secret.


def _choose(numbers: random.Random, items: Sequence[T], weights: Sequence[int]) -> T:
    return numbers.choices(items, weights)[0]


def _device(imei: str, model: _Model, now: dt.datetime) -> dict[str, Any]:
    numbers = random.Random(imei)  # noqa: S311 - Not a secret.

    def before(latest: dt.datetime, least: int, most: int) -> dt.datetime:
        return latest - dt.timedelta(milliseconds=numbers.randrange(least * 1000, most * 1000))

    version = _choose(numbers, model.versions, _SHARES_OF_VERSIONS[-len(model.versions) :])
    connected = before(now, *_choose(numbers, [(0, 36 * _HOUR), (2 * _DAY, 90 * _DAY)], [90, 10]))
    upgraded = before(connected, _HOUR, 200 * _DAY)
    created = before(upgraded, _DAY, 600 * _DAY)
    return {
        "deviceId": imei,
        "mdn": f"555{numbers.randrange(10**7):07}",
        "make": model.make,
        "model": model.model,
        "firmware": version,
        "fotaEligible": numbers.random() < 0.94,  # noqa: PLR2004 - Shares of the fleet, here and below.
        "licenseAssigned": numbers.random() < 0.97,  # noqa: PLR2004
        "status": "Active",
        "protocol": model.protocol,
        "createTime": _time(created),
        "upgradeTime": "N/A" if version == model.versions[0] else _time(upgraded),
        "refreshTime": _time(connected),
        "lastConnectionTime": "N/A" if numbers.random() < 0.03 else _time(connected),  # noqa: PLR2004
    }


def _upgrade(model: _Model, version: str, now: dt.datetime) -> dict[str, Any]:
    make = model.make.replace(" ", "")
    newest = model.versions[-1]
    return {
        "firmwareName": f"{make}_{model.model}_{version}_{newest}",
        "firmwareFrom": version,
        "firmwareTo": newest,
        "launchDate": (now - dt.timedelta(days=30)).strftime("%Y-%m-%dT00:00:00.000Z"),
        "releaseNote": "",
        "make": model.make,
        "model": model.model,
        "protocol": model.protocol,
    }


def _time(time: dt.datetime) -> str:
    """Return a time as the service prints it: with as many digits of the second as needed."""
    fraction = f"{time.microsecond:06}".rstrip("0")
    return f"{time:%Y-%m-%d %H:%M:%S}{'.' if fraction else ''}{fraction} +0000 UTC"


def _with_check_digit(fourteen: str) -> str:
    """Return the IMEI of these 14 digits (3GPP TS 23.003, annex B: every second digit is doubled)."""
    total = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(fourteen))
    return f"{fourteen}{-total % 10}"
