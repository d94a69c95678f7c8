"""Which Python runs the language host itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).resolve().parents[2] / "tools" / "engine" / "pulumi-language-python"


@pytest.fixture
def bare_python(make_venv, tmp_path):
    """
    A Python that has no package at all.
    """
    return str(make_venv(tmp_path / "bare", bare=True) / "bin" / "python")


@pytest.fixture
def launch(bare_python, tmp_path):
    """
    Run a copy of the launcher, outside the checkout, with that Python; its stdin is closed at once, so that a
    host that starts ends again.
    """
    copy = tmp_path / "bin" / "pulumi-language-python"
    copy.parent.mkdir()
    copy.write_bytes(LAUNCHER.read_bytes())
    (copy.parent / "language_host").symlink_to(LAUNCHER.parent / "language_host")

    def run(**environment):
        kept = {k: v for k, v in os.environ.items() if k not in {"PULUMI_PYTHON_CMD", "VIRTUAL_ENV", "PYTHONPATH"}}
        with subprocess.Popen(
            [bare_python, str(copy), "127.0.0.1:1"],
            env={**kept, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            said, complained = running.communicate(timeout=60)
        return running.returncode, said, complained

    return run


@pytest.mark.parametrize("by", ["PULUMI_PYTHON_CMD", "VIRTUAL_ENV"])
def test_a_python_without_pulumi_hands_over_to_the_one_that_is_named(launch, make_venv, tmp_path, by):
    """
    `python3` on PATH may be the system's. The host says its port, and ends when the engine lets go of its stdin.
    """
    venv = make_venv(tmp_path / "venv")
    named = {"PULUMI_PYTHON_CMD": str(venv / "bin" / "python"), "VIRTUAL_ENV": str(venv)}

    code, said, complained = launch(**{by: named[by]})

    assert (code, complained) == (0, "")
    assert said.strip().isdigit()


def test_no_python_with_pulumi_is_one_message(launch, bare_python, tmp_path):
    """
    It lists what was tried, and what to do.
    """
    code, said, complained = launch(PULUMI_PYTHON_CMD="/nowhere/python", VIRTUAL_ENV=str(tmp_path / "bare"))

    assert (code, said) == (1, "")
    assert complained == (
        f"pulumi-language-python: no Python here has the package 'pulumi'; tried {bare_python}, "
        f"/nowhere/python (PULUMI_PYTHON_CMD), {tmp_path}/bare/bin/python (VIRTUAL_ENV), "
        f"{tmp_path.parent}/.venv/bin/python (the checkout's .venv); set PULUMI_PYTHON_CMD to one that has it, "
        "activate a virtual environment, or run `make .venv/ready`\n"
    )


def test_the_tests_themselves_run_with_a_python_that_can_serve():
    """
    Else the tests of the host would test nothing.
    """
    assert subprocess.run([sys.executable, "-c", "import pulumi, grpc"], check=False).returncode == 0
