"""Puts a Pulumi engine for Python programs into `.engine/bin`.

A `pulumi` on PATH is used where it is new enough and has its Python host: `.engine/bin` then holds
links to it. Otherwise the pinned version is built from its Go modules. Either way, whoever puts
`.engine/bin` first on PATH has the engine, and need not know which one it is.

    python3 tools/engine/install.py [--into .engine] [--kubernetes]
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import official
from go_module import GoError, GoModule, spoken
from part import Part, forget, move, staging

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parent.parent
_INTERRUPTED = 130

_CLI = "github.com/pulumi/pulumi/pkg/v3"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_KUBERNETES = "github.com/pulumi/pulumi-kubernetes/provider/v4"
_SDK_SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")


def install(into: Path) -> None:
    """Makes sure that `into/bin` holds an engine.

    Raises:
        GoError: It has to be built, and cannot be.
    """
    try:
        found = official.find(os.environ.get("PATH", ""), apart_from=into / "bin")
    except official.UnusableError as unusable:
        _build(into, because=str(unusable))
    else:
        _link(into, found)


def install_kubernetes(into: Path) -> None:
    """Makes sure that `into/bin` holds the Kubernetes provider.

    Raises:
        GoError: It cannot be built.
    """
    module = GoModule(_HERE / "kubernetes")
    part = Part("kubernetes", ("pulumi-resource-kubernetes",), module.sources, _make_kubernetes)
    if not part.is_current(into):
        try:
            module.check_go()
        except GoError as error:
            raise GoError(
                f"the Kubernetes provider cannot be built from its Go modules: {error}; "
                f"install Go {module.go} (https://go.dev/dl/), and try again"
            ) from None
        _say("building the Kubernetes provider from its Go modules: about 6 minutes the first time, then a minute")
        _install_timed(part, into)
    _say(f"the Kubernetes provider is in {into / 'bin'}")


def _link(into: Path, found: official.Official) -> None:
    with staging(into) as folder:
        for name, target in found.files.items():
            (folder / name).symlink_to(target)
        for part in _parts(GoModule(_HERE)):
            forget(into, part.name)
        move(folder, into / "bin")
    _say(f"pulumi {found.version} of {found.files['pulumi'].parent} is used; {into / 'bin'} holds links to it")


def _build(into: Path, *, because: str) -> None:
    module = GoModule(_HERE)
    version = module.version(_CLI)
    cli, host = _parts(module)
    if not cli.is_current(into):
        try:
            module.check_go()
        except GoError as error:
            raise GoError(
                f"{because}, and pulumi {version} cannot be built from its Go modules: {error}; install "
                f"Pulumi (https://www.pulumi.com/docs/install/) or Go {module.go} (https://go.dev/dl/), and try again"
            ) from None
        _say(f"{because}: building pulumi {version} from its Go modules: about 4 minutes the first time, then seconds")
        _install_timed(cli, into)
    if not host.is_current(into):
        host.install(into)
    _say(f"pulumi {version} is in {into / 'bin'}")


def _install_timed(part: Part, into: Path) -> None:
    began = time.monotonic()
    part.install(into)
    _say(f"built in {spoken(time.monotonic() - began)}")


def _parts(module: GoModule) -> tuple[Part, Part]:
    """What is built where no official Pulumi is found: its CLI, and a language host of our own."""

    def make_cli(folder: Path) -> None:
        named = f"-s -w -X {_SDK}/go/common/version.Version=v{module.version(_CLI)}"
        module.build(f"{_CLI}/cmd/pulumi", to=folder / "pulumi", flags=("-ldflags", named), say=_say)
        sdk = Path(module.folder_of(_SDK))
        for script in _SDK_SCRIPTS:
            copied = Path(shutil.copyfile(sdk / script, folder / Path(script).name))
            copied.chmod(0o755)  # Go keeps its modules read-only.

    def make_host(folder: Path) -> None:
        shutil.copy(_HERE / "pulumi-language-python", folder)
        shutil.copytree(_HERE / "language_host", folder / "language_host", ignore=shutil.ignore_patterns("__pycache__"))

    scripts = tuple(Path(script).name for script in _SDK_SCRIPTS)
    host_sources = (_HERE / "pulumi-language-python", *sorted((_HERE / "language_host").glob("*.py")))
    return (
        Part("cli", ("pulumi", *scripts), module.sources, make_cli),
        Part("host", ("pulumi-language-python", "language_host"), host_sources, make_host),
    )


def _make_kubernetes(folder: Path) -> None:
    module = GoModule(_HERE / "kubernetes")
    command = Path(module.folder_of(_KUBERNETES)) / "cmd" / "pulumi-resource-kubernetes"
    with tempfile.TemporaryDirectory(prefix="source-", dir=folder.parent) as source:
        for file in (*module.sources, command / "schema.json", command / "terraform-mapping.json"):
            shutil.copyfile(file, Path(source) / file.name)
        built = folder / "pulumi-resource-kubernetes"
        GoModule(Path(source)).build(".", to=built, flags=("-ldflags", "-s -w"), say=_say)


def _say(text: str) -> None:
    print(f"engine: {text}", flush=True)


def main() -> None:
    """Reads the command line, installs, and turns what can go wrong into one message."""
    options = argparse.ArgumentParser(description="Puts a Pulumi engine for Python programs into a folder.")
    options.add_argument("--into", type=Path, default=_CHECKOUT / ".engine", help="the folder (default: .engine)")
    options.add_argument("--kubernetes", action="store_true", help="also build the Kubernetes provider")
    given = options.parse_args()
    into = given.into.absolute()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Stopped either way, it tidies up.
    try:
        install(into)
        if given.kubernetes:
            install_kubernetes(into)
    except (GoError, OSError) as error:
        sys.exit(f"engine: {error}")
    except KeyboardInterrupt:
        print("engine: interrupted; nothing half-made was left", file=sys.stderr)
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
