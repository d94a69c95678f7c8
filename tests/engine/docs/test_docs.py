"""Every block of the documents is true: it stands in a tested file, or it is run here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
QUICKSTART = ROOT / "examples" / "quickstart"


@pytest.fixture
def thingspace_environment(thingspace_environment):
    """
    The settings of the default connection and of one called "east", and its secrets as a shell holds them.
    """
    names = ("ACCOUNT", "KEY", "SECRET", "USERNAME", "PASSWORD")
    east = {f"FOTA_CONNECTION_EAST_{name}": thingspace_environment[f"FOTA_{name}"] for name in names}
    typed = {"EAST_KEY": "sim-key", "EAST_SECRET": "sim-secret", "EAST_PASSWORD": "sim-password"}
    return {**thingspace_environment, **east, **typed}


@pytest.fixture
def keep(project, tmp_path):
    """
    What is done with a block, by the comment that stands before it.
    """
    return {
        "from": stands_in_its_file,
        "program": lambda block: runs(block, project),
        "stopped": lambda block: is_stopped_in_words(block, project),
        "pytest": lambda block: passes(block, tmp_path),
        "shell": lambda block: is_typed(block, project),
    }


def test_a_block_is_true(block, keep):
    """
    A block that nobody runs goes stale, so each is preceded by a comment that says how it is kept true, and is.
    """
    how = block.kept.split(":")[0]

    assert how in keep, "the block is not preceded by a comment that says how it is kept true"
    keep[how](block)


def stands_in_its_file(block):
    """Find the block's text in the file that it was copied from, which is tested by itself."""
    source = (ROOT / block.kept.removeprefix("from:").strip()).read_text(encoding="utf-8")
    assert block.text in source


def runs(block, project):
    """Run the block as a program, in a real preview."""
    project(block.text)("preview")


def is_stopped_in_words(block, project):
    """Run the block as a program that is stopped."""
    done = project(block.text)("preview", code=1)
    assert "Traceback" not in done.stdout + done.stderr


def passes(block, folder):
    """Run the block as a test file, in a folder with nothing else."""
    (folder / "test_shown.py").write_text(block.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shown.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def is_typed(block, project):
    """Run commands as they stand; of `make` what it would do, since this very test is one of those."""
    there = project(QUICKSTART)
    script = re.sub(r"^make\b", f"make --silent -n -C {ROOT} >/dev/null", block.text, flags=re.MULTILINE)
    path = f"{Path(sys.executable).parent}{os.pathsep}{there.environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=there.folder,
        env={**there.environment, "PATH": path, "MAKEFLAGS": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
