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
from pulumi_fota._text import redact
from pulumi_fota.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNT = 300
_VALUES = [f"{n:015d}" for n in range(100_000)]
_ROUNDS = 7
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
    yield _redacting()


def _import_milliseconds() -> float:
    command = [sys.executable, "-c", _IMPORT]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(5)]  # noqa: S603 (ours)
    return statistics.median(float(run.stdout) for run in runs) * 1000


def _redacting() -> Row:
    """Measure with new texts in each round: a text keeps its hash, which is most of what a set of them costs."""
    message = f"cannot read 3 devices of account '0000123456-00001': device {_VALUES[0]} came twice; " + "x" * 300
    redactings, sets = [], []
    for _ in range(_ROUNDS):
        values, again, more = ([f"{value}"[:1] + value[1:] for value in _VALUES] for _ in range(3))
        began = time.process_time()
        redact(message, values)
        redactings.append(time.process_time() - began)
        began = time.process_time()
        set(again), set(more)
        sets.append(time.process_time() - began)
    what = f"redacting a message with {len(_VALUES):,} secret values, beside building the set of them twice"
    return Row(what, min(redactings) / min(sets), 1)


async def _seconds(imeis: list[str]) -> float:
    began = time.perf_counter()
    devices: pulumi.Output[Any] = pulumi.Output.all(*(fota.get_device_output(imei) for imei in imeis))
    await devices.future()
    return time.perf_counter() - began
