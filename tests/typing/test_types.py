"""The types that a user's program sees, by mypy and by pyright, each at its strictest.

Pyright comes as basedpyright: a wheel with all that it needs, where the package of that name downloads npm packages.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pulumi_fota

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ("pulumi_fota", "pulumi_fota.rules", "pulumi_fota.simulator", "pulumi_fota.testing")
STRICT = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.10",
    "enableTypeIgnoreComments": True,
    "reportUnnecessaryTypeIgnoreComment": "error",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    The program of this folder and every example, side by side and out of reach of this project's own settings.
    """
    shutil.copy(Path(__file__).parent / "program.py", tmp_path)
    for example in (ROOT / "examples").glob("*/__main__.py"):
        shutil.copy(example, tmp_path / f"{example.parent.name}.py")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(STRICT))
    return tmp_path


def checked(module: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a type checker, which looks for modules where this Python does, and in the folder of the tested package."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(pulumi_fota.__file__).parents[1]),
    }
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)


def test_users_programs_are_typed_under_mypy_strict(folder: Path):
    """
    Every public name tells what it takes and gives, plain and as an Output, and refuses the rest; so do the examples.
    """
    (folder / "cohorts.py").unlink()  # Reading the Kubernetes package takes mypy 20 s; pyright does it in 5.
    programs = sorted(str(path) for path in folder.glob("*.py"))
    # Every Output is true, so an `if` on one is a mistake that only this finds in a branch that no test takes.
    options = ("--strict", "--enable-error-code=truthy-bool", "--cache-dir=cache", "--follow-imports=silent")

    done = checked("mypy", *options, *programs, folder=folder)

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(programs) >= 4


def test_users_programs_are_typed_under_pyright_strict(folder: Path):
    """
    The same programs, by the other checker.
    """
    done = checked("basedpyright", f"--pythonpath={sys.executable}", folder=folder)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_has_a_complete_type(symbols: dict[str, dict[str, Any]], module: str):
    """
    No part of a public name is left for a checker to infer, which each does in its own way.
    """
    names = [name for name in importlib.import_module(module).__all__ if not name.startswith("__")]

    incomplete = [name for name in names if not is_complete(symbols[f"{module}.{name}"])]

    assert incomplete == [], reasons(symbols)


def is_complete(symbol: dict[str, Any]) -> bool:
    """Return whether the type of everything that a name shows is known and written down."""
    return symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"]


def reasons(symbols: dict[str, dict[str, Any]]) -> list[str]:
    """What keeps a type from being complete, wherever it is in the package."""
    blamed = {name: each["diagnostics"] for name, each in symbols.items() if not is_complete(each)}
    said = [f"{name}: {each['message']}" for name, found in blamed.items() for each in found]
    return [line for line in said if "docstring" not in line]


@pytest.fixture(scope="module")
def symbols(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """
    What pyright says of each name in the package.
    """
    arguments = ("--verifytypes", "pulumi_fota", "--ignoreexternal", "--outputjson")
    done = checked("basedpyright", *arguments, folder=tmp_path_factory.mktemp("completeness"))
    return {each["name"]: each for each in json.loads(done.stdout)["typeCompleteness"]["symbols"]}
