"""What several processes do together, and what is left when one of them is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pulumi_fota
from support.raw_server import RawServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_fota.simulator import Simulator
    from support.raw_server import Connection

TESTS = Path(__file__).resolve().parents[1]
PACKAGE = Path(pulumi_fota.__file__).parents[1]


@pytest.fixture
def start(simulator: Simulator, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """
    Start a program that reads from the simulator, with a state folder that all of them share.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(PACKAGE), str(TESTS)]),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }

    started: list[subprocess.Popen[str]] = []

    def begin(**job: Any) -> subprocess.Popen[str]:
        job = {"url": simulator.url, "password": "sim-wrong", **job}
        process = subprocess.Popen(
            [sys.executable, "-m", "support.reader", json.dumps(job)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def _finish(process: subprocess.Popen[str]) -> list[str]:
    out, errors = process.communicate(timeout=60)
    assert errors == ""
    return out.split("\n")[:-1]


@pytest.mark.row(36)
@pytest.mark.row(68)
@pytest.mark.parametrize("runs", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_one_wrong_password_is_one_login_on_a_machine(
    simulator: Simulator, start: Callable[..., subprocess.Popen[str]], runs: int
):
    """
    Eight processes of four threads each start together, over and over within the hour: one login in all. With the
    right password the next one succeeds.
    """
    for _ in range(runs):
        processes = [start(threads=4) for _ in range(8)]
        for process in processes:
            assert _finish(process) == ["CredentialsRefused"] * 4

    assert simulator.count("login") == 1
    assert _finish(start(password="sim-password")) == ["1 read"]
    assert simulator.count("login") == 2


@pytest.mark.row(68)
def test_fork_begins_with_a_client_of_its_own(simulator: Simulator, start: Callable[..., subprocess.Popen[str]]):
    """
    A child takes over neither locks nor connections of its parent; both go on reading.
    """
    assert _finish(start(password="sim-password", fork=True)) == ["1 read"] * 3
    assert (simulator.count("login"), simulator.count("devices")) == (2, 3)


@pytest.mark.row(60)
@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_process_that_is_killed_leaves_nothing_torn(
    simulator: Simulator, start: Callable[..., subprocess.Popen[str]], tmp_path: Path, kills: int
):
    """
    Killed at any moment of a refused login, a process leaves no file that a later one stumbles over, and no pile of
    files.
    """
    chance = random.Random(7)  # noqa: S311 (the same moments each time)
    for number in range(kills):
        process = start(password=f"sim-wrong-{number}")
        _until(lambda: simulator.count("login") > 0)
        time.sleep(chance.uniform(0, 0.12))
        process.kill()
        process.communicate()
        simulator.unlock()
        simulator.forget_requests()

    left = sorted(path.suffix for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert len(left) == len(set(left))
    assert set(left) <= {".json", ".lock", ".new"}
    assert _finish(start(password="sim-password")) == ["1 read"]


@pytest.mark.row(59)
@pytest.mark.parametrize("moment", range(20))
def test_interrupted_read_ends_at_once(simulator: Simulator, start: Callable[..., subprocess.Popen[str]], moment: int):
    """
    Ctrl-C at any moment of a read ends the program within 2 s, without a traceback, and no request starts after it.
    """
    simulator.latency = 0.15
    simulator.fault("devices:slow=30@5~3")
    process = start(password="sim-password", count=40, batch_size=1)
    _until(lambda: simulator.count() > 0)
    time.sleep(random.Random(moment).uniform(0, 1))  # noqa: S311 (the same moments each time)

    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    said = _finish(process)
    took = time.monotonic() - began
    sent = simulator.count()
    time.sleep(0.1)

    assert said == ["stopped"]
    assert took < 2
    assert simulator.count() == sent


@pytest.mark.row(8)
def test_process_ends_soon_after_a_read_that_failed(start: Callable[..., subprocess.Popen[str]]):
    """
    A server that would trickle for minutes holds the program no longer than the deadline: no thread waits on.
    """

    def trickle(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        connection.trickle(b" " * 1000, gap=0.1)

    with RawServer(trickle) as server:
        process = start(url=server.url, deadline=0.5)
        assert process.stdout is not None
        said = process.stdout.readline()

        process.wait(timeout=2)

    assert said == "ServiceUnavailable\n"


def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(1000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to be so within 10 s")
