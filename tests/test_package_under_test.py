"""Which copy of the package is tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_fota

ROOT = Path(__file__).resolve().parents[1]
SHOW = "import pulumi_fota; print(pulumi_fota.__file__)"


def this_process() -> str:
    return pulumi_fota.__file__


def another_process() -> str:
    return subprocess.run([sys.executable, "-c", SHOW], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("file", [this_process, another_process])
def test_make_test_tests_the_wheel_and_pytest_the_checkout(file):
    """
    `make test` runs in an empty folder, so that nothing but the built wheel can be imported there by its name.
    """
    is_make_test = Path.cwd() == ROOT / "build" / "empty"

    assert Path(file()).parents[1] == (ROOT / "build" / "wheel" if is_make_test else ROOT)
