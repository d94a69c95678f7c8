"""What the tests of `tools/engine` share: fake executables, and projects run with this checkout's language host."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools" / "engine"
ENGINE = ROOT / ".engine" / "bin"
FROM_THE_ENGINE = ("pulumi", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
OTHER_HOSTS = ("pulumi-language-yaml", "pulumi-language-nodejs", "pulumi-language-go")
PROXIES = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}

sys.path[:0] = [str(TOOLS), str(TOOLS.parent)]


class FakeBin:
    """A folder of executables that are shell scripts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(self, name: str, script: str = "exit 0") -> Path:
        """Write one executable."""
        file = self.folder / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return file

    def add_pulumi(self, version: str, *, without: str = "") -> None:
        """Write a `pulumi` that says this version, with the language hosts of an installation, or without one file."""
        self.add("pulumi", f"echo {version}")
        for name in ("pulumi-language-python", *FROM_THE_ENGINE[1:], *OTHER_HOSTS):
            if name != without:
                self.add(name)

    @property
    def path(self) -> str:
        """A search path of this folder and the shell's own commands, where neither Pulumi nor Go is."""
        return f"{self.folder}{os.pathsep}{self.folder.parent / 'shell'}"


@pytest.fixture(autouse=True)
def _no_pythonpath(monkeypatch):
    """
    The wheel under test stands on PYTHONPATH, and is no part of the environments that are looked into here.
    """
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def fake_bin(tmp_path: Path) -> FakeBin:
    """
    An empty folder for fake executables, and the few real commands that scripts need.
    """
    shell = tmp_path / "shell"
    shell.mkdir()
    for command in ("sh", "sleep", "cat", "chmod", "mkdir"):
        found = shutil.which(command)
        assert found is not None
        (shell / command).symlink_to(found)
    return FakeBin(tmp_path / "fake-bin")


class Project:
    """A project on disk with a stack `dev`, run by the real engine with this checkout's language host."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def write(self, name: str, text: str) -> Path:
        """Write one file of the project."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `pulumi`, its output piped into one stream, in a process group of its own."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run `pulumi` to its end; gives all that it printed."""
        with self.start(*arguments) as running:
            said, _ = running.communicate(timeout=300)
        assert running.returncode == code, f"exit code {running.returncode}\n{said}"
        return said


@pytest.fixture(scope="session")
def engine_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """
    A search path on which the engine finds the language host of this checkout, whichever engine is installed.
    """
    assert (ENGINE / "pulumi").exists(), "there is no engine in .engine/bin: run `make engine`"
    folder = tmp_path_factory.mktemp("engine-bin")
    for name in FROM_THE_ENGINE:
        (folder / name).symlink_to(ENGINE / name)
    (folder / "pulumi-language-python").symlink_to(TOOLS / "pulumi-language-python")
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def project(tmp_path: Path, engine_path: str) -> Project:
    """
    A project of one resource. Its Python is the one that runs the tests, by PULUMI_PYTHON_CMD.
    """
    backend = tmp_path / "backend"
    folder = tmp_path / "project"
    for new in (backend, folder):
        new.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "VIRTUAL_ENV"))}
    environment = {
        **kept,
        **PROXIES,
        "PATH": engine_path,
        "PULUMI_HOME": str(tmp_path / "pulumi-home"),
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
        "NO_COLOR": "1",
    }
    made = Project(folder, environment)
    made.write("Pulumi.yaml", "name: probe\nruntime: python\n")
    made.write("__main__.py", "import pulumi\n\npulumi.export('made', pulumi.Stash('stash', input={'a': 1}).output)\n")
    made.run("stack", "init", "dev")
    return made


@pytest.fixture
def make_venv() -> Callable[..., Path]:
    """
    Make a virtual environment, in a moment: without pip, and with the packages of the tests unless it is to be bare.
    """

    def make(folder: Path, *, bare: bool = False) -> Path:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        if not bare:
            site = next(folder.glob("lib/python*/site-packages"))
            (site / "of_the_tests.pth").write_text(sysconfig.get_path("purelib"))
        return folder

    return make
