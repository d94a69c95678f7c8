"""Every block of the documents is true: it stands in a tested file, or it is run here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
QUICKSTART = ROOT / "examples" / "quickstart"


def test_a_block_says_how_it_is_kept_true(block_any):
    """
    A block that nobody runs goes stale, so each is preceded by a comment that this folder knows.
    """
    kept = block_any.kept.split(":")[0]

    assert kept in {"from", "program", "stopped", "pytest", "shell"}


def test_a_block_from_a_file_stands_in_it(block_from):
    """
    Text that was copied from a tested file is still the file's own.
    """
    source = (ROOT / block_from.kept.removeprefix("from:").strip()).read_text(encoding="utf-8")

    assert block_from.text in source


def test_a_program_runs(block_program, project):
    """
    What is shown as a program ends well in a real preview.
    """
    project(block_program.text)("preview")


def test_a_program_that_is_stopped_says_so_without_a_traceback(block_stopped, project):
    """
    What is shown as an error is one, in words.
    """
    done = project(block_stopped.text)("preview", code=1)

    assert "Traceback" not in done.stdout + done.stderr


def test_a_test_file_passes(block_pytest, tmp_path):
    """
    A test that people are to copy passes as it stands, in a folder with nothing else.
    """
    (tmp_path / "test_shown.py").write_text(block_pytest.text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shown.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_shell_block_runs(block_shell, project):
    """
    Commands are run as they stand; of `make` what it would do, since this very test is one of those.
    """
    there = project(QUICKSTART)
    script = re.sub(r"^make\b", f"make --silent -n -C {ROOT} >/dev/null", block_shell.text, flags=re.MULTILINE)

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
