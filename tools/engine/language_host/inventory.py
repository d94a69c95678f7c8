"""Lists the distributions of the Python that runs it, as JSON on stdout.

The host runs this file with the *program's* Python, which may be another one than its own and
need not have `pulumi`: standard library only.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import pathlib
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLUGIN_FILE = "pulumi-plugin.json"


def _normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _plugin_file(distribution: importlib.metadata.Distribution, name: str) -> str | None:
    """The text of the distribution's pulumi-plugin.json, or None."""
    for file in distribution.files or ():
        if file.name == _PLUGIN_FILE:
            return pathlib.Path(str(file.locate())).read_text(encoding="utf-8")
    if not name.startswith("pulumi-"):
        return None
    # An editable installation lists no package files; its folder is where Python would import it from.
    spec = importlib.util.find_spec(name.replace("-", "_"))
    for folder in (spec and spec.submodule_search_locations) or ():
        path = pathlib.Path(folder) / _PLUGIN_FILE
        if path.exists():
            return path.read_text(encoding="utf-8")
    return None


def _requirements(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    """The names of the distributions that this one always needs; those of its extras are left out."""
    for requirement in distribution.requires or ():
        name = re.match(r"[\w.-]+", requirement)
        if name and "extra ==" not in requirement:
            yield _normal(name.group())


def inventory() -> list[dict[str, object]]:
    """One entry for each distribution: name, version, whether another one requires it, its plugin file."""
    found: dict[str, importlib.metadata.Distribution] = {}
    for distribution in importlib.metadata.distributions():
        if name := distribution.metadata["Name"]:
            found.setdefault(_normal(name), distribution)  # The first on the path is the one that is imported.
    required = {name for distribution in found.values() for name in _requirements(distribution)}
    return [
        {
            "name": name,
            "version": distribution.version,
            "required": name in required,
            "plugin": _plugin_file(distribution, name),
        }
        for name, distribution in sorted(found.items())
    ]


if __name__ == "__main__":
    json.dump(inventory(), sys.stdout)
