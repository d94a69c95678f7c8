"""Ctrl-C while a program reads, on the real engine."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator import Simulator

ENGINE = Path(__file__).resolve().parents[2] / ".engine" / "bin"
PROGRAM = """
import os
import pulumi
import pulumi_fota as fota

with open("pid", "w") as file:
    file.write(str(os.getpid()))
"""
PLAIN = PROGRAM + 'fota.get_devices(["356938035643809"])\n'
OUTPUT = PROGRAM + 'pulumi.export("devices", fota.get_devices_output(["356938035643809"]))\n'
IN_APPLY = PROGRAM + 'pulumi.Output.from_input("356938035643809").apply(lambda imei: fota.get_devices([imei]))\n'


@pytest.mark.row(59)
@pytest.mark.parametrize("program", [PLAIN, OUTPUT, IN_APPLY], ids=["plain", "output", "in apply"])
@pytest.mark.parametrize("is_at_once", [True, False], ids=["at once", "after a grace"])
def test_update_that_is_interrupted_in_a_read_ends_without_a_traceback(
    project: Callable[..., Callable[..., object]], simulator: Simulator, program: str, *, is_at_once: bool
):
    """
    Whether the language host passes Ctrl-C on to the program at once, as Pulumi's own does, or after the 2 s of ours:
    2 s later the program is gone, and nobody reads of its inner life.
    """
    fleet = project(program)
    simulator.fault("devices:slow=60")
    command = [str(ENGINE / "pulumi"), "up", "--yes", "--skip-preview", "--non-interactive"]
    output = fleet.folder.parent / "output"
    with output.open("wb") as file:
        engine = subprocess.Popen(
            command, cwd=fleet.folder, env=fleet.environment, stdout=file, stderr=subprocess.STDOUT
        )
    _until(lambda: simulator.count("devices") == 1, 60)
    pid = int((fleet.folder / "pid").read_text())

    engine.send_signal(signal.SIGINT)
    if is_at_once:
        os.kill(pid, signal.SIGINT)
    _until(lambda: not Path(f"/proc/{pid}").exists(), 2 if is_at_once else 4)
    engine.wait(60)

    said = output.read_text()
    assert engine.returncode != 0
    assert "error: update canceled" in said
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said
    assert simulator.count("devices") == 1


def _until(is_so: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, f"it did not come to be so within {seconds} s"
        time.sleep(0.02)
