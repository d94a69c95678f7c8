"""Wheels and locks that tests make, and what an environment holds."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.tags import sys_tags
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

_NOT_IN_A_WHEEL = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"}
_LIST = """
import importlib.metadata, json
print(json.dumps({found.name: found.version for found in importlib.metadata.distributions()}))
"""


def locked(lock: Path, python: str | None = None) -> dict[str, str]:
    """Return the version of each package that a lock names, for a Python such as 3.12 or that of the tests."""
    environment = {} if python is None else {"python_version": python, "python_full_version": f"{python}.0"}
    lines = [line for line in lock.read_text().splitlines() if not line.startswith(" ")]
    named = [Requirement(line.partition(" --hash=")[0].rstrip(" \\")) for line in lines]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in named
        if each.marker is None or each.marker.evaluate(environment)
    }


def installed(folder: Path) -> dict[str, str]:
    """Return the version of each package that an environment holds."""
    python = folder / "bin" / "python"
    found = json.loads(subprocess.run([python, "-I", "-c", _LIST], capture_output=True, check=True).stdout)
    return {canonicalize_name(name): version for name, version in found.items()}


def write_wheel(folder: Path, name: str, version: str, *requires: str) -> Path:
    """Write a wheel that holds nothing."""
    metadata = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {requirement}" for requirement in requires)]
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    return _write(
        folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl",
        {
            f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", *metadata, ""]).encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        },
    )


def pack_installed(folder: Path, name: str) -> Path:
    """Write the wheel that a package, as the Python of the tests has it, was installed from."""
    found = importlib.metadata.distribution(name)
    files = [file for file in found.files or () if ".." not in file.parts and file.suffix != ".pyc"]
    tags = re.findall(r"^Tag: (\S+)", found.read_text("WHEEL") or "", re.MULTILINE)
    tag = next(str(tag) for tag in sys_tags() if str(tag) in tags)
    contents = {str(file): file.read_binary() for file in files if file.name not in _NOT_IN_A_WHEEL}
    return _write(folder / f"{name.replace('-', '_')}-{found.version}-{tag}.whl", contents)


def write_lock(file: Path, wheels: list[Path]) -> Path:
    """Write the lock that names these wheels."""
    lines = []
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    file.write_text("".join(lines))
    return file


def _write(wheel: Path, contents: dict[str, bytes]) -> Path:
    info = next(name.partition("/")[0] for name in contents if name.endswith(".dist-info/METADATA"))
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in (*contents, f"{info}/RECORD")))
    return wheel
