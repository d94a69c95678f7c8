"""The types that a user's program sees."""

import subprocess
import sys
from pathlib import Path


def test_a_users_program_is_typed_under_mypy_strict(tmp_path):
    """
    Every public function of reading tells what it takes and gives, plain and as an Output.
    """
    program = Path(__file__).parent / "program.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(program)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 0, done.stdout
