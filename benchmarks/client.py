"""What reads from ThingSpace cost: time, processor, memory and calls."""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from verizon.api_helper import APIHelper  # type: ignore[import-untyped]
from verizon.models.device_list_result import DeviceListResult  # type: ignore[import-untyped]

import pulumi_fota as fota
from benchmarks import canned
from benchmarks.row import Row
from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.simulator import Simulator
from pulumi_fota.thingspace import strict_json
from pulumi_fota.thingspace.rows import DevicePages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 100_000
LATENCY = 0.3
CONCURRENCY = 8
TIMES = ("createTime", "upgradeTime", "statusTime", "refreshTime", "lastConnectionTime")


def rows() -> Iterator[Row]:
    """Measure."""
    imeis = canned.imeis(COUNT)
    with canned.served(COUNT, LATENCY) as url:
        wall = min(_seconds(lambda: _read(url, imeis), time.perf_counter) for _ in range(3))
    limit = math.ceil(COUNT / canned.BATCH / CONCURRENCY) * LATENCY
    yield Row("100,000 IMEIs at 0.3 s latency, 8 at once, against the latency alone", wall / limit, 1.2)
    with canned.served(COUNT) as url:
        ours, by_hand = _fastest(lambda: _read(url, imeis), lambda: _read_by_hand(url, imeis))
        yield Row("processor time of `get_devices`, against a loop of `requests` that gives dicts", ours / by_hand, 3)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            yield Row("memory for 100,000 devices held", fresh.submit(_held, url).result() / 1e6, 120, "MB")
    yield Row("decoding a page of 1,000, against the official client's model", _decoding(), 1 / 6)
    most = max(_calls(n) - (1 + 1 + math.ceil(n / canned.BATCH)) for n in (1, 999, 1000, 1001, 2000, 2001, 10_000))
    yield Row("calls for n devices, beyond 1 + 1 + ⌈n/1,000⌉", most, 0, "calls")
    extra, needed = _calls_of_a_flapping_service()
    yield Row("extra calls where every second fails, beyond 10 % of those needed", extra - needed / 10, 10, "calls")


# What is compared.


def _read(url: str, imeis: list[str]) -> fota.DeviceSet:
    tokens: dict[str, Any] = {"access_token": "sim-bearer", "session_token": "sim-session"}
    return fota.get_devices(
        imeis,
        connection=fota.Connection(account=canned.ACCOUNT, base_url=url, concurrency=CONCURRENCY, **tokens),
    )


def _read_by_hand(url: str, imeis: list[str]) -> dict[str, dict[str, Any]]:
    """Read as a script would that somebody wrote for the day."""
    of_thread = threading.local()

    def ask(some: list[str]) -> list[dict[str, Any]]:
        if not hasattr(of_thread, "session"):
            of_thread.session = requests.Session()
            of_thread.session.headers.update({"Authorization": "Bearer sim-bearer", "VZ-M2M-Token": "sim-session"})
        answer = of_thread.session.post(
            f"{url}/api/fota/v3/devices/{canned.ACCOUNT}", json={"deviceList": some}, timeout=30
        )
        answer.raise_for_status()
        devices: list[dict[str, Any]] = answer.json()["deviceList"]
        return devices

    lists = [imeis[first : first + canned.BATCH] for first in range(0, len(imeis), canned.BATCH)]
    devices: dict[str, dict[str, Any]] = {}
    with ThreadPoolExecutor(CONCURRENCY) as threads:
        for some in threads.map(ask, lists):
            devices.update((row["deviceId"], row) for row in some)
    return devices


def _decoding() -> float:
    """Compare with the official client on a page that it can read: it takes no time but RFC 3339."""
    rows = [canned.row(2 * number, imei) for number, imei in enumerate(canned.imeis(canned.BATCH))]
    for row in rows:
        row.update((name, row[name].replace(" +0000 UTC", "Z").replace(" ", "T")) for name in TIMES)
    page = json.dumps({"accountName": canned.ACCOUNT, "deviceCount": len(rows), "deviceList": rows})
    body = page.encode("ascii")
    ours, official = _fastest(
        lambda: DevicePages(canned.ACCOUNT).decode(strict_json.parse(body)),
        lambda: APIHelper.json_deserialize(page, DeviceListResult.from_dictionary),
        rounds=20,
    )
    return ours / official


# Memory.


def _held(url: str) -> int:
    """Return how many bytes a process needs for the devices that it has read and holds."""
    imeis = canned.imeis(COUNT)
    _read(url, imeis[: canned.BATCH])  # What is loaded once is no part of it.
    gc.collect()
    before = _resident()
    held = _read(url, imeis)
    gc.collect()
    assert len(held) == COUNT  # noqa: S101 (it is held until here)
    return _resident() - before


def _resident() -> int:
    """Return how many bytes of memory this process has, as Linux counts them."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# Calls.


def _calls(count: int) -> int:
    imeis = canned.imeis(count)
    with Simulator(_fleet(imeis)) as simulator:
        devices = fota.get_devices(imeis, connection=_simulated(simulator))
        assert len(devices) == count  # noqa: S101 (else the calls are no measure)
        return simulator.count()


def _calls_of_a_flapping_service() -> tuple[int, int]:
    """Return the calls that were extra, and those that were needed until the client gave up."""
    imeis = canned.imeis(1000)
    with Simulator(_fleet(imeis)) as simulator:
        simulator.fault("503", on="devices", every=2)
        with contextlib.suppress(ServiceUnavailable):  # Too many requests failed.
            fota.get_devices(imeis, connection=_simulated(simulator, batch_size=10))
        asked = [request.body for request in simulator.requests if request.kind == "devices"]
    return len(asked) - len(set(asked)), len(set(asked))


def _simulated(simulator: Simulator, **settings: Any) -> fota.Connection:
    login: dict[str, Any] = {
        "key": "sim-key",
        "secret": "sim-secret",
        "username": "sim-user",
        "password": "sim-password",
    }
    return fota.Connection(account=canned.ACCOUNT, base_url=simulator.url, **login, **settings)


def _fleet(imeis: list[str]) -> dict[str, Any]:
    return {"accountName": canned.ACCOUNT, "deviceList": [{"deviceId": imei} for imei in imeis], "firmwareList": []}


# How it is measured.


def _fastest(one: Callable[[], object], other: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Return the processor seconds of each when it was least disturbed, in turns, so that both meet the same load."""
    pairs = [(_seconds(one, time.process_time), _seconds(other, time.process_time)) for _ in range(rounds + 1)][1:]
    return min(first for first, _ in pairs), min(second for _, second in pairs)


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()
    began = clock()
    work()
    return clock() - began
