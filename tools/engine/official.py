"""The Pulumi that a machine already has: where it is, and whether it can serve here.

Owns the search on PATH. Builds and installs nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

FLOOR = (3, 216, 0)
"""The oldest CLI that this project supports."""
HOST_FILES = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
"""What the engine runs for a Python program: the language host, the program, a dynamic provider."""
OTHER_HOSTS = ("pulumi-language-yaml", "pulumi-language-nodejs", "pulumi-language-go")
"""The hosts of other languages that programs here are written in; an installation may lack them."""
_VERSION_TIMEOUT = 20.0


@dataclass(frozen=True)
class Official:
    """A `pulumi` on PATH with its Python host, and the other hosts that it has."""

    pulumi: Path
    """Where it was found."""
    version: str
    files: dict[str, Path]
    """Where each file truly is, by name."""


class UnusableError(Exception):
    """There is no such Pulumi; the message says what was found."""


def find(path: str, *, apart_from: Path) -> Official:
    """Look for Pulumi along `path`, a search path as in PATH. The folder `apart_from` does not count.

    Raises:
        UnusableError: None is there, or it is too old, or its Python host is missing.
    """
    folders = [folder for folder in path.split(os.pathsep) if folder and Path(folder).resolve() != apart_from.resolve()]
    path = os.pathsep.join(folders)
    found = shutil.which("pulumi", path=path)
    if found is None:
        raise UnusableError("no pulumi is on PATH")
    pulumi = Path(found).absolute()
    if pulumi.resolve().parent == apart_from.resolve():
        raise UnusableError(f"{pulumi} is a link to the engine that was built here before")
    version = version_of(pulumi)
    if parse_version(version) < FLOOR:
        raise UnusableError(f"{pulumi} is version {version}, older than {'.'.join(map(str, FLOOR))}")
    files = {"pulumi": pulumi.resolve()}
    for name in (*HOST_FILES, *OTHER_HOSTS):
        # The engine itself looks on PATH first, then beside the true place of `pulumi`.
        on_path, beside = shutil.which(name, path=path), pulumi.resolve().with_name(name)
        file = Path(on_path).resolve() if on_path else beside
        if os.access(file, os.X_OK) and file.parent != apart_from.resolve():
            files[name] = file
        elif name in HOST_FILES:
            raise UnusableError(f"{pulumi}, version {version}, has no {name}")
    return Official(pulumi, version, files)


def version_of(pulumi: Path) -> str:
    """The version that an executable says it has, without the leading `v`.

    Raises:
        UnusableError: It does not say one.
    """
    try:
        said = subprocess.run(
            [pulumi, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_VERSION_TIMEOUT,
            check=True,
        ).stdout.strip()
        parse_version(said)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise UnusableError(f"{pulumi} does not say its version: {error}") from error
    return said.removeprefix("v")


def parse_version(text: str) -> tuple[int, int, int]:
    """Major, minor and patch of a version such as `v3.216.0` or `3.216.0-alpha.1+abc`.

    Raises:
        ValueError: The text is no version.
    """
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)(?![\w.])", text)
    if not match:
        raise ValueError(f"{text!r} is no version")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch
