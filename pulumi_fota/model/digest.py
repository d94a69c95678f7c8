"""What counts as the same fact: the digest of a set of devices, and the form in which facts are compared.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.model.device import Device

#: The word for a fact that the service did not give, wherever there must be a word.
UNKNOWN = "unknown"


def digest_of(account: str, missing: Iterable[str], devices: Iterable[Device]) -> str:
    """Return 64 hexadecimal digits that change if the facts of the devices do.

    Args:
        account: The account of the devices.
        missing: IMEIs that were asked for and did not come back, sorted.
        devices: The devices, in the order of their IMEIs.
    """
    text = hashlib.sha256(json.dumps([account, missing]).encode())
    written: dict[tuple[Any, ...], str] = {}  # Many devices of a fleet have the same facts.
    for device in devices:
        fields = _digest_fields(device)
        if fields not in written:
            written[fields] = json.dumps(_comparable(*fields)).removeprefix("[")
        text.update(f'["{device.imei}", {written[fields]}'.encode())
    return text.hexdigest()


def known_version(text: str | None) -> str | None:
    """Return a firmware version as received, or `None` if it is unknown: not given, blank, or the word itself."""
    version = text or ""
    return None if version.strip() == "" or version == UNKNOWN else version


@lru_cache(maxsize=1000)  # A fleet has few makes, models and statuses.
def known_text(text: str | None) -> str | None:
    """Return a make, model or status in lower case without outer blanks, or `None` if it is unknown."""
    word = (text or "").strip().casefold()
    return None if word in {"", UNKNOWN} else word


def _digest_fields(device: Device) -> tuple[Any, ...]:
    return device.firmware, device.fota_eligible, device.license_assigned, device.make, device.model, device.status


def _comparable(firmware: str | None, eligible: bool | None, licensed: bool | None, *texts: str | None) -> list[Any]:
    return [known_version(firmware), eligible, licensed, *map(known_text, texts)]
