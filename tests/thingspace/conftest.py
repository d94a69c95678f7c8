"""What the client's tests may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.virtual_machine import VirtualMachine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

METERS = ("356938035643809", "359999000000018", "490154203237518")


@pytest.fixture
def machine(fleet: dict[str, Any], tmp_path: Path) -> VirtualMachine:
    """
    A machine whose time passes only when the client waits, and ThingSpace with three meters.
    """
    return VirtualMachine(fleet, tmp_path)


@pytest.fixture
def make_machine(fleet: dict[str, Any], tmp_path: Path) -> Callable[..., VirtualMachine]:
    """
    Make such a machine with options of the simulator, or with another fleet.
    """

    def make(**options: Any) -> VirtualMachine:
        return VirtualMachine(options.pop("fleet", fleet), tmp_path, **options)

    return make


@pytest.fixture
def meters_imeis() -> tuple[str, ...]:
    """
    The IMEIs of the three meters.
    """
    return METERS


@pytest.fixture
def many() -> Callable[[int], dict[str, Any]]:
    """
    Make a fleet of so many devices, whose IMEIs begin at 350000000000000.
    """

    def make(count: int) -> dict[str, Any]:
        rows = [{"deviceId": str(350000000000000 + n), "make": "ACME", "firmware": "1.2"} for n in range(count)]
        return {"accountName": "0000123456-00001", "deviceList": rows, "firmwareList": []}

    return make
