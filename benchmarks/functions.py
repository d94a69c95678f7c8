"""What the functions cost: the import, and three hundred lookups."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pulumi

import pulumi_fota as fota
from benchmarks.row import Row
from pulumi_fota.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNT = 300
_IMPORT = "import time, pulumi; t = time.perf_counter(); import pulumi_fota; print(time.perf_counter() - t)"


def rows() -> Iterator[Row]:
    """Measure."""
    yield Row("`import pulumi_fota`, beyond `import pulumi`", _import_milliseconds(), 150, "ms")
    imeis = [f"35{n:012d}0" for n in range(_COUNT)]
    fleet = {"accountName": "0000123456-00001", "deviceList": [{"deviceId": imei} for imei in imeis]}
    with Simulator(fleet) as simulator:
        os.environ.update(
            FOTA_ACCOUNT="0000123456-00001",
            FOTA_BASE_URL=simulator.url,
            FOTA_KEY="sim-key",
            FOTA_SECRET="sim-secret",  # noqa: S106 (the simulator's)
            FOTA_USERNAME="sim-user",
            FOTA_PASSWORD="sim-password",  # noqa: S106 (the simulator's)
        )
        fota.get_devices(imeis)  # The login is no part of what is measured.
        one = statistics.median(asyncio.run(_seconds(imeis[:1])) for _ in range(5))
        simulator.forget_requests()
        many = asyncio.run(_seconds(imeis))
        yield Row(
            f"requests for {_COUNT} `get_device_output` of known IMEIs", simulator.count("devices"), 1, "requests"
        )
    yield Row(f"{_COUNT} `get_device_output`, against one", many / one, 5)


def _import_milliseconds() -> float:
    command = [sys.executable, "-c", _IMPORT]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(5)]  # noqa: S603 (ours)
    return statistics.median(float(run.stdout) for run in runs) * 1000


async def _seconds(imeis: list[str]) -> float:
    began = time.perf_counter()
    devices: pulumi.Output[Any] = pulumi.Output.all(*(fota.get_device_output(imei) for imei in imeis))
    await devices.future()
    return time.perf_counter() - began
