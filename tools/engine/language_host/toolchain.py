"""Which Python runs a program, and how its virtual environment is made.

Knows the options of `runtime` in Pulumi.yaml; knows nothing of gRPC.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from language_host.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPTIONS = {"toolchain", "virtualenv"}


@dataclass(frozen=True)
class Step:
    """One command of an installation, and what it does in words."""

    doing: str
    command: tuple[str, ...]

    def failed(self, code: int, output: str = "") -> HostError:
        """The error for a command that ended with `code`."""
        return HostError(f"{self.doing} failed: `{' '.join(self.command)}` ended with {code}\n{output}".rstrip())


@dataclass(frozen=True)
class Toolchain:
    """How the program in one folder gets its Python: pip or uv, in a virtual environment or in the Python at hand."""

    name: str
    program: Path
    virtualenv: Path | None

    @classmethod
    def chosen(cls, options: Mapping[str, object], *, root: Path, program: Path) -> Toolchain:
        """Reads the options of `runtime`. A relative `virtualenv` is relative to the project's root.

        Raises:
            HostError: An option or a toolchain that this host does not have.
        """
        if unknown := sorted(set(options) - _OPTIONS):
            raise HostError(
                f"runtime option {unknown[0]!r} is not known to this language host; it has 'toolchain' and 'virtualenv'"
            )
        name = str(options.get("toolchain") or ("uv" if _above(program, "uv.lock") else "pip"))
        given = options.get("virtualenv")
        virtualenv = root / str(given) if given else None
        if name == "uv":
            return cls(name, program, virtualenv or _uv_project(program) / ".venv")
        if name == "pip":
            return cls(name, program, virtualenv)
        raise HostError(f"toolchain {name!r} is not known to this language host; it has 'pip' and 'uv'")

    @property
    def python(self) -> str:
        """The path of the Python that runs the program."""
        if self.virtualenv:
            return str(self.virtualenv / "bin" / "python")
        return _python_at_hand()

    def activated(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment that a program runs in: the given one, with the virtual environment activated."""
        if self.virtualenv is None:
            return dict(environment)
        activated = {name: value for name, value in environment.items() if name != "PYTHONHOME"}
        activated["VIRTUAL_ENV"] = activated["UV_PROJECT_ENVIRONMENT"] = str(self.virtualenv)
        activated["PATH"] = f"{self.virtualenv / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
        return activated

    @property
    def _has_python(self) -> bool:
        return self.virtualenv is not None and (self.virtualenv / "bin" / "python").is_file()

    @property
    def is_ready(self) -> bool:
        """Whether a program can run as it is.

        Raises:
            HostError: The folder named by `virtualenv` is something else than a virtual environment.
        """
        if self.virtualenv is None:
            return True
        if self._has_python:
            # uv keeps an environment in step with its project at every run, as `uv run` does.
            return not (self.name == "uv" and _above(self.program, "pyproject.toml"))
        if self.virtualenv.exists() and (not self.virtualenv.is_dir() or any(self.virtualenv.iterdir())):
            raise HostError(
                f"the 'virtualenv' option is set to '{self.virtualenv}', which is no virtual environment; "
                "remove it, or name another folder, then run `pulumi install`"
            )
        return False

    def steps(self) -> list[Step]:
        """The commands that make the environment and install the program's dependencies into it.

        Raises:
            HostError: A command that they need is not there.
        """
        uv = self.name == "uv"
        if uv and not shutil.which("uv"):
            raise HostError("toolchain 'uv' needs the command `uv`, which is not on PATH; install it")
        if uv and _above(self.program, "pyproject.toml"):
            return [Step("Installing dependencies", ("uv", "sync", "--inexact"))]
        steps = []
        if self.virtualenv and not self._has_python:
            make = ("uv", "venv", "--allow-existing") if uv else (_python_at_hand(), "-m", "venv")
            steps.append(Step("Creating virtual environment", (*make, str(self.virtualenv))))
        requirements = self.program / "requirements.txt"
        if requirements.exists():
            install = ("uv", "pip", "install", "--python", self.python) if uv else (self.python, "-m", "pip", "install")
            steps.append(Step("Installing dependencies", (*install, "-r", str(requirements))))
        return steps

    def prepare(self) -> None:
        """Makes the environment, silently, where the program could not run without.

        Raises:
            HostError: A step failed; its output is in the message.
        """
        if self.is_ready:
            return
        for step in self.steps():
            done = subprocess.run(
                step.command,
                cwd=self.program,
                env=self.activated(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if done.returncode:
                raise step.failed(done.returncode, done.stdout)


def _python_at_hand() -> str:
    """PULUMI_PYTHON_CMD, else the activated or system-wide python3."""
    asked = os.environ.get("PULUMI_PYTHON_CMD")
    for command in [asked] if asked else ["python3", "python"]:
        if found := shutil.which(command):
            return str(Path(found).absolute())  # The program runs in another folder. A venv's link must stay a link.
    if asked:
        raise HostError(f"PULUMI_PYTHON_CMD is {asked!r}, which is no command; set it to a Python's path")
    raise HostError("no python3 is on PATH; set PULUMI_PYTHON_CMD to a Python's path")


def _above(folder: Path, name: str) -> Path | None:
    """The nearest folder, from `folder` upwards, that holds the file `name`."""
    return next((place for place in (folder, *folder.parents) if (place / name).exists()), None)


def _uv_project(program: Path) -> Path:
    return _above(program, "uv.lock") or _above(program, "pyproject.toml") or program
