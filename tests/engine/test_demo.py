"""The demo, as `make demo` runs it once all is set up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo(tmp_path):
    """
    The demo under way, in a session of its own with an empty home.
    """
    home = tmp_path / "home"
    home.mkdir()
    with subprocess.Popen(
        [sys.executable, "tools/demo.py"],
        cwd=ROOT,
        env=os.environ | {"HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def test_the_demo_shows_the_gate_stop_and_pass_and_the_drift(demo, tmp_path):
    """
    Each step ends as announced, and nothing is left in the home folder or in the checkout's root.
    """
    shown, errors = demo.communicate()

    assert demo.returncode == 0, errors
    assert "Gate 'meters' stopped this deployment: 1 of 4 rules failed for 5 devices." in shown
    assert "+ 5 created" in shown
    assert "~ 1 to update" in shown
    assert "~ 1 updated" in shown
    assert "- 5 deleted" in shown
    assert list((tmp_path / "home").iterdir()) == []
    assert not (ROOT / "Pulumi.demo.yaml").exists()


def test_the_demo_that_is_stopped_leaves_nothing_running(demo):
    """
    Ctrl-C, which reaches all processes of a terminal, ends the simulator and the engine too.
    """
    for line in demo.stdout:
        if line.startswith("$ pulumi up"):
            break
    os.killpg(demo.pid, signal.SIGINT)
    _, errors = demo.communicate()

    assert demo.returncode == 130
    assert errors.endswith("demo: stopped\n")
    assert "Traceback" not in errors
    assert not (ROOT / "Pulumi.demo.yaml").exists()
    assert is_gone(demo.pid)


def test_the_demo_leaves_a_stack_file_that_it_did_not_make():
    """
    Who has settings of a stack of that name keeps them.
    """
    file = ROOT / "Pulumi.demo.yaml"
    file.write_text("config: {}\n", encoding="utf-8")
    try:
        done = subprocess.run([sys.executable, "tools/demo.py"], cwd=ROOT, capture_output=True, text=True, check=False)

        assert done.returncode == 1
        assert done.stderr == f"demo: {file} is in the way: move it, or remove it if a demo was killed\n"
        assert file.read_text(encoding="utf-8") == "config: {}\n"
    finally:
        file.unlink()


def is_gone(group: int) -> bool:
    """Return whether no process of the group is left, given a moment to end."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
