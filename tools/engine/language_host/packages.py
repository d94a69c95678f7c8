"""What a program's Python has installed, and which engine plugins that asks for.

The rule is Pulumi's: a distribution that carries a `pulumi-plugin.json`, or whose name begins with
`pulumi-`, has a resource plugin of its name and version, unless the file says `"resource": false`.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import language_pb2, plugin_pb2

from language_host.errors import HostError

if TYPE_CHECKING:
    from language_host.toolchain import Toolchain

_INVENTORY = Path(__file__).with_name("inventory.py")
_WITHOUT_PLUGIN = {"pulumi-policy"}  # It has no pulumi-plugin.json, and no plugin either.


@dataclass(frozen=True)
class Package:
    """One installed distribution; `plugin` is the text of its pulumi-plugin.json."""

    name: str
    version: str
    required: bool
    plugin: str | None

    def dependency(self) -> plugin_pb2.PackageDependency | None:
        """The plugin that the engine should have for this package, if any.

        Raises:
            HostError: The package's pulumi-plugin.json cannot be read.
        """
        if self.plugin is None and (not self.name.startswith("pulumi-") or self.name in _WITHOUT_PLUGIN):
            return None
        said = self._said()
        if self.plugin is not None and not said.get("resource"):
            return None
        version = said.get("version") or _semver(self.version)
        return plugin_pb2.PackageDependency(
            kind="resource",
            name=said.get("name") or self.name.removeprefix("pulumi-"),
            version=version if version.startswith("v") else f"v{version}",
            server=said.get("server") or "",
            parameterization=_parameterization(said.get("parameterization")),
        )

    def _said(self) -> dict[str, Any]:
        try:
            said = json.loads(self.plugin or "{}")
        except ValueError as error:
            raise HostError(f"failed to parse pulumi-plugin.json for {self.name}: {error}") from None
        if not isinstance(said, dict):
            raise HostError(f"failed to parse pulumi-plugin.json for {self.name}: it holds no JSON object")
        return said


def installed(toolchain: Toolchain) -> list[Package]:
    """Every distribution that the program's Python can import.

    Raises:
        HostError: That Python could not be asked.
    """
    done = _ask(toolchain, str(_INVENTORY))
    if done.returncode:
        raise HostError(f"{toolchain.python} could not list its packages:\n{done.stderr}")
    return [Package(**package) for package in json.loads(done.stdout)]


def python_version(toolchain: Toolchain) -> str:
    """The version of the program's Python, as `python --version` has it."""
    return _ask(toolchain, "--version").stdout.removeprefix("Python ").strip()


def required_plugins(packages: list[Package]) -> list[plugin_pb2.PackageDependency]:
    """The plugins that `preview`, `up` and `install` make sure of before they begin."""
    return [dependency for package in packages if (dependency := package.dependency())]


def dependencies(packages: list[Package], *, transitive: bool) -> list[language_pb2.DependencyInfo]:
    """What `pulumi about` shows: all packages, or those alone that no other one requires."""
    return [
        language_pb2.DependencyInfo(name=package.name, version=package.version)
        for package in packages
        if transitive or not package.required
    ]


def _ask(toolchain: Toolchain, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [toolchain.python, *arguments],
        cwd=toolchain.program,
        env=toolchain.activated(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _parameterization(said: dict[str, Any] | None) -> plugin_pb2.PackageParameterization | None:
    if not said:
        return None
    return plugin_pb2.PackageParameterization(
        name=said.get("name", ""),
        version=said.get("version", ""),
        value=base64.b64decode(said.get("value", "")),
    )


def _semver(version: str) -> str:
    """Python's spelling of a version in the engine's: `1.2.0a3` becomes `1.2.0-alpha.3`, `1.2.dev1` `1.2.0-dev.1`."""
    match = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.\d+)*[._-]?(?:(a|b|rc|dev)(\d*))?", version)
    if not match:
        return version
    major, minor, patch, stage, number = match.groups()
    words = {"a": "alpha", "b": "beta", "rc": "rc", "dev": "dev"}
    suffix = f"-{words[stage]}.{number or 0}" if stage else ""
    return f"{major}.{minor or 0}.{patch or 0}{suffix}"
