"""What is built from Go modules: the CLI, language hosts beside our own for Python, and the Kubernetes provider.

Owns which modules and commands these are. Knows nothing of a Pulumi that was installed otherwise.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from go_module import GoError, GoModule, spoken
from part import Part

_HERE = Path(__file__).resolve().parent
_PULUMI = "github.com/pulumi/pulumi"
_YAML = "github.com/pulumi/pulumi-yaml"
_KUBERNETES = "github.com/pulumi/pulumi-kubernetes/provider/v4"
_SDK_VERSION = f"{_PULUMI}/sdk/v3/go/common/version.Version"
_SDK_SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")


@dataclass(frozen=True)
class Build:
    """A part that is built from the Go modules that a folder of ours pins."""

    name: str
    takes: str
    """How long the first build takes, and the next."""
    module: GoModule
    part: Part
    instead_of_go: str = ""
    """What a person can install in place of Go."""

    def install(self, into: Path, *, because: str = "") -> None:
        """Make sure that the part is in `into/bin`, and print what is done.

        Raises:
            GoError: It has to be built, and cannot be.
        """
        if not self.part.is_current(into):
            self._check_go(because)
            say(f"{because and f'{because}: '}building {self.name} from its Go modules: {self.takes}")
            began = time.monotonic()
            try:
                self.part.install(into)
            except GoError as error:
                raise GoError(f"{self.name} was not installed: {error}") from None
            say(f"built in {spoken(time.monotonic() - began)}")
        say(f"{self.name} is in {into / 'bin'}")

    def _check_go(self, because: str) -> None:
        try:
            self.module.check_go()
        except GoError as error:
            raise GoError(
                f"{because and f'{because}, and '}{self.name} cannot be built from its Go modules: {error}; "
                f"install {self.instead_of_go}Go {self.module.go} (https://go.dev/dl/), and try again"
            ) from None


def cli() -> Build:
    """Return the build of the Pulumi CLI, with the scripts of the SDK that run Python programs."""
    module = GoModule(_HERE)
    version = module.version(f"{_PULUMI}/pkg/v3")

    def make(folder: Path) -> None:
        _compile(module, f"{_PULUMI}/pkg/v3/cmd/pulumi", folder / "pulumi", f"{_SDK_VERSION}=v{version}")
        sdk = Path(module.folder_of(f"{_PULUMI}/sdk/v3"))
        for script in _SDK_SCRIPTS:
            copied = Path(shutil.copyfile(sdk / script, folder / Path(script).name))
            copied.chmod(0o755)  # Go keeps its modules read-only.

    scripts = (Path(script).name for script in _SDK_SCRIPTS)
    return Build(
        f"pulumi {version}",
        "about 4 minutes the first time, then seconds",
        module,
        Part("cli", ("pulumi", *scripts), module.sources, make),
        instead_of_go="Pulumi (https://www.pulumi.com/docs/install/) or ",
    )


def yaml_host() -> Build:
    """Return the build of the language host for YAML programs."""
    return _host("yaml", "YAML", _YAML, "cmd/pulumi-language-yaml", f"{_YAML}/pkg/version.Version")


def node_host() -> Build:
    """Return the build of the language host for Node programs."""
    return _host("nodejs", "Node", f"{_PULUMI}/sdk/v3", "nodejs/cmd/pulumi-language-nodejs", _SDK_VERSION)


def go_host() -> Build:
    """Return the build of the language host for Go programs."""
    return _host("go", "Go", f"{_PULUMI}/sdk/v3", "go/pulumi-language-go", _SDK_VERSION)


def _host(folder: str, language: str, pinned: str, command: str, version_of: str) -> Build:
    """Return the build of the host whose module is pinned in `hosts/<folder>`; `version_of` names its version in Go."""
    module = GoModule(_HERE / "hosts" / folder)
    version = module.version(pinned)
    file = Path(command).name

    def make(into: Path) -> None:
        _compile(module, f"{pinned}/{command}", into / file, f"{version_of}=v{version}")

    return Build(
        f"the {language} host {version}",
        "about a minute the first time, then seconds",
        module,
        Part(file, (file,), module.sources, make),
    )


def kubernetes_provider() -> Build:
    """Return the build of the Kubernetes provider."""
    module = GoModule(_HERE / "kubernetes")

    def make(folder: Path) -> None:
        command = Path(module.folder_of(_KUBERNETES)) / "cmd" / "pulumi-resource-kubernetes"
        with tempfile.TemporaryDirectory(prefix="source-", dir=folder.parent) as source:
            for file in (*module.sources, command / "schema.json", command / "terraform-mapping.json"):
                shutil.copyfile(file, Path(source) / file.name)
            _compile(GoModule(Path(source)), ".", folder / "pulumi-resource-kubernetes")

    return Build(
        "the Kubernetes provider",
        "about 6 minutes the first time, then a minute",
        module,
        Part("kubernetes", ("pulumi-resource-kubernetes",), module.sources, make),
    )


def _compile(module: GoModule, package: str, to: Path, *variables: str) -> None:
    """Build a command without symbols, and with these values of its variables."""
    flags = " ".join(["-s -w", *(f"-X {variable}" for variable in variables)])
    module.build(package, to=to, flags=("-ldflags", flags), say=say)


def say(text: str) -> None:
    """Print a line about the installation."""
    print(f"engine: {text}", flush=True)
