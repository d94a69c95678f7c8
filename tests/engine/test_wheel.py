"""The wheel in an environment that holds nothing but what it asks for, as a new user has it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = ROOT / "examples" / "quickstart"
BEHIND = "490154203237518"
PROXIES = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}

pytestmark = [pytest.mark.slow, pytest.mark.network]


@pytest.fixture
def fleet():
    """
    The fleet that the quickstart comes with.
    """
    return json.loads((QUICKSTART / "fleet.json").read_text(encoding="utf-8"))


@pytest.fixture
def quickstart(project, monkeypatch):
    """
    The quickstart, with the wheel beside it and the file of docs/ci that names it; the checkout is out of reach.
    """
    monkeypatch.delenv("PYTHONPATH", raising=False)
    made = project(QUICKSTART)
    build = [sys.executable, str(ROOT / "tools" / "dist.py"), "--into", str(made.folder / "wheels")]
    subprocess.run(build, check=True, capture_output=True)
    shutil.copy(ROOT / "docs" / "ci" / "requirements.txt", made.folder)
    return made


def test_the_quickstart_runs_with_the_wheel_alone(quickstart, simulator, tmp_path):
    """
    Everything that it needs is there as a wheel, so that no compiler is asked for; the gate stops and passes.
    """
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--requirement", "requirements.txt"]
    subprocess.run(install, cwd=quickstart.folder, env={**os.environ, **PROXIES}, check=True)
    where = subprocess.run(
        [python, "-c", "import pulumi_fota; print(pulumi_fota.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    quickstart.environment["PULUMI_PYTHON_CMD"] = python

    stopped = quickstart("preview", code=1).stdout
    simulator.device(BEHIND)["firmware"] = "SR1.2.0.0-10657"
    quickstart("up", "--yes", "--skip-preview")
    again = quickstart("refresh", "--yes", "--skip-preview", "--expect-no-changes").stdout

    assert Path(where.strip()).is_relative_to(venv)
    assert "Gate 'meters' stopped this deployment: 1 of 4 rules failed for 5 devices." in stopped
    assert "unchanged" in again
