"""What is left of reads that are over."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

import pytest

import pulumi_fota as fota
from pulumi_fota.model.imei import with_check_digit
from pulumi_fota.simulator import Simulator
from support.fleet import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

IMEIS = [with_check_digit(str(35_000_000_000_000 + n)) for n in range(100)]  # No warning, which pytest would keep.


@pytest.fixture
def _traced() -> Iterator[None]:
    """
    Every allocation of this process counts.
    """
    tracemalloc.start()
    yield
    tracemalloc.stop()


def _held_bytes() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.slow
@pytest.mark.usefixtures("_traced")
def test_thousand_reads_leave_nothing_behind():
    """
    A program that reads over and over does not grow: 1,000 reads of 100 devices, each of which holds 68 kB while it
    goes on, add less than 4 MB together.
    """
    fleet = {"accountName": ACCOUNT, "deviceList": [{"deviceId": imei, "make": "ACME"} for imei in IMEIS]}
    with Simulator(fleet, record=False) as simulator:
        connection = fota.Connection(
            account=ACCOUNT,
            base_url=simulator.url,
            access_token=simulator.bearer(),
            session_token=simulator.session(),
            batch_size=25,
        )
        for _ in range(20):  # What is made once and kept, such as the cache of a pattern, is there now.
            fota.get_devices(IMEIS, connection=connection)
        before = _held_bytes()

        for _ in range(1000):
            fota.get_devices(IMEIS, connection=connection)

        grown = _held_bytes() - before

    assert grown < 4_000_000
