"""Put a Pulumi engine for Python and YAML programs into `.engine/bin`.

A `pulumi` on PATH is used where it is new enough and has its Python host: `.engine/bin` then holds links to it and to
the other language hosts that it has. Otherwise the pinned version is built from its Go modules. A language host that is
asked for and missing is built beside it. Either way, whoever puts `.engine/bin` first on PATH has the engine, and need
not know which one it is.

    python3 tools/engine/install.py [--into .engine] [--hosts] [--kubernetes]
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import builds
import official
from builds import say
from go_module import GoError
from part import Part, forget, move, staging

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parent.parent
_INTERRUPTED = 130


def install(into: Path, hosts: Sequence[builds.Build]) -> None:
    """Make sure that `into/bin` holds an engine with its Python host and these other language hosts.

    Raises:
        GoError: One of them has to be built, and cannot be.
    """
    try:
        found = official.find(os.environ.get("PATH", ""), apart_from=into / "bin")
    except official.UnusableError as unusable:
        _build(into, because=str(unusable))
        for host in hosts:
            host.install(into)
    else:
        _link(into, found)
        for host in hosts:
            (file,) = host.part.files
            if file not in found.files:
                host.install(into, because=f"{found.pulumi}, version {found.version}, has no {file}")


def _link(into: Path, found: official.Official) -> None:
    with staging(into) as folder:
        for name, target in found.files.items():
            (folder / name).symlink_to(target)
        for name in ("cli", "host", *found.files):
            forget(into, name)
        _unlink(into, keep=found.files)
        move(folder, into / "bin")
    say(f"pulumi {found.version} of {found.files['pulumi'].parent} is used; {into / 'bin'} holds links to it")


def _build(into: Path, *, because: str) -> None:
    cli, host = builds.cli(), _python_host()
    cli.install(into, because=because)
    if not host.is_current(into):
        host.install(into)
    _unlink(into, keep=())


def _unlink(into: Path, *, keep: Collection[str]) -> None:
    """Remove the links to a Pulumi that was used before."""
    for file in (into / "bin").glob("*"):
        if file.is_symlink() and file.name not in keep:
            file.unlink()


def _python_host() -> Part:
    """Return the language host of our own, which stands beside a CLI that was built."""

    def make(folder: Path) -> None:
        shutil.copy(_HERE / "pulumi-language-python", folder)
        shutil.copytree(_HERE / "language_host", folder / "language_host", ignore=shutil.ignore_patterns("__pycache__"))

    sources = (_HERE / "pulumi-language-python", *sorted((_HERE / "language_host").glob("*.py")))
    return Part("host", ("pulumi-language-python", "language_host"), sources, make)


def main() -> None:
    """Read the command line, install, and turn what can go wrong into one message."""
    options = argparse.ArgumentParser(description="Put a Pulumi engine for Python and YAML programs into a folder.")
    options.add_argument("--into", type=Path, default=_CHECKOUT / ".engine", help="the folder (default: .engine)")
    options.add_argument("--hosts", action="store_true", help="also the language hosts of Node and Go")
    options.add_argument("--kubernetes", action="store_true", help="also build the Kubernetes provider")
    given = options.parse_args()
    into = given.into.absolute()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Stopped either way, it tidies up.
    try:
        install(into, [builds.yaml_host(), *([builds.node_host(), builds.go_host()] if given.hosts else [])])
        if given.kubernetes:
            builds.kubernetes_provider().install(into)
    except (GoError, OSError) as error:
        sys.exit(f"engine: {error}")
    except KeyboardInterrupt:
        print("engine: interrupted; nothing half-made was left", file=sys.stderr)
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
